//! `x.flags`: facts about an array's memory. Made by the attribute; knows no other attribute.

use mxnet::array::Array;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;

use crate::arguments::Flag;
use crate::array::NdArray;
use crate::error::Raised;

/// Facts about an array's memory, by attribute or by name.
///
/// Examples
/// --------
/// >>> flags = np.ones((2, 3)).flags
/// >>> flags.c_contiguous, flags['C_CONTIGUOUS']
/// (True, True)
/// >>> flags
///   C_CONTIGUOUS : True
///   F_CONTIGUOUS : False
///   OWNDATA : True
///   WRITEABLE : True
///   ALIGNED : True
///   WRITEBACKIFCOPY : False
/// <BLANKLINE>
#[pyclass(frozen, name = "flagsobj", module = "mxnet.numpy")]
pub(crate) struct Flags {
    pub array: Py<NdArray>,
}

impl Flags {
    fn of(&self) -> &Array {
        self.array.get().array()
    }
}

#[pymethods]
impl Flags {
    /// Whether all flags are equal.
    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let facts =
            |flags: &Flags| [flags.c_contiguous(), flags.f_contiguous(), flags.owndata(), flags.writeable()];
        other.cast::<Flags>().is_ok_and(|other| facts(self) == facts(other.get()))
    }

    /// Whether the elements lie in one run in C order.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).flags.c_contiguous
    /// True
    #[getter]
    fn c_contiguous(&self) -> bool {
        self.of().view().is_contiguous()
    }

    /// Whether the elements lie in one run in Fortran's order.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).flags.f_contiguous
    /// False
    #[getter]
    fn f_contiguous(&self) -> bool {
        self.of().view().is_fortran_contiguous()
    }

    /// Whether the elements lie in one run in C order, as `c_contiguous`.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3))[:, ::2].flags.contiguous
    /// False
    #[getter]
    fn contiguous(&self) -> bool {
        self.c_contiguous()
    }

    /// Whether the elements lie in Fortran's order and not in C order.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).T.flags.fnc
    /// True
    #[getter]
    fn fnc(&self) -> bool {
        self.f_contiguous() && !self.c_contiguous()
    }

    /// Whether the elements lie in one run, in Fortran's order or in C order.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).T.flags.forc
    /// True
    #[getter]
    fn forc(&self) -> bool {
        self.f_contiguous() || self.c_contiguous()
    }

    /// Whether the array has its memory for itself: not a view, not another library's.
    ///
    /// Examples
    /// --------
    /// >>> x = np.ones(3)
    /// >>> x.flags.owndata, x[1:].flags.owndata
    /// (True, False)
    #[getter]
    fn owndata(&self) -> bool {
        self.array.get().base.is_none() && !self.of().operand().node.is_foreign()
    }

    /// Whether elements may be written through this array. It may be assigned to, but memory that somebody else made
    /// read-only stays so.
    ///
    /// Examples
    /// --------
    /// >>> x = np.ones(3)
    /// >>> x.flags.writeable = False
    /// >>> x.flags.writeable
    /// False
    #[getter]
    fn writeable(&self) -> bool {
        self.of().is_writable()
    }

    /// Whether elements may be written through this array. Memory that somebody else made read-only stays so.
    #[setter(writeable)]
    fn set_writeable(&self, writeable: Flag) -> PyResult<()> {
        self.of().set_writable(writeable.0).raised()
    }

    /// Whether elements lie where the processor wants them: always.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(3).flags.aligned
    /// True
    #[getter]
    fn aligned(&self) -> bool {
        true
    }

    /// Whether this is a copy that will be written back: never.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(3).flags.writebackifcopy
    /// False
    #[getter]
    fn writebackifcopy(&self) -> bool {
        false
    }

    /// Whether the elements lie in one run in Fortran's order, as `f_contiguous`.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).flags.fortran
    /// False
    #[getter]
    fn fortran(&self) -> bool {
        self.f_contiguous()
    }

    /// Whether the array is aligned and may be written.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(3).flags.behaved
    /// True
    #[getter]
    fn behaved(&self) -> bool {
        self.aligned() && self.writeable()
    }

    /// Whether the array is aligned, may be written and lies in C order.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(3).flags.carray
    /// True
    #[getter]
    fn carray(&self) -> bool {
        self.behaved() && self.c_contiguous()
    }

    /// Whether the array is aligned, but not in C order, as NumPy has it.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).T.flags.farray
    /// True
    #[getter]
    fn farray(&self) -> bool {
        self.aligned() && !self.c_contiguous()
    }

    /// The flags as bits, as NumPy's C code has them.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).flags.num
    /// 1285
    #[getter]
    fn num(&self) -> u32 {
        let bits = [
            (self.c_contiguous(), 0x1),
            (self.f_contiguous(), 0x2),
            (self.owndata(), 0x4),
            (self.aligned(), 0x100),
            (self.writeable(), 0x400),
            (self.writebackifcopy(), 0x2000),
        ];
        bits.iter().filter(|(set, _)| *set).map(|(_, bit)| bit).sum()
    }

    fn __getitem__(&self, name: &str) -> PyResult<bool> {
        Ok(match name {
            "C" | "C_CONTIGUOUS" | "CONTIGUOUS" => self.c_contiguous(),
            "F" | "F_CONTIGUOUS" | "FORTRAN" => self.f_contiguous(),
            "O" | "OWNDATA" => self.owndata(),
            "W" | "WRITEABLE" => self.writeable(),
            "A" | "ALIGNED" => self.aligned(),
            "X" | "WRITEBACKIFCOPY" => self.writebackifcopy(),
            "FNC" => self.fnc(),
            "FORC" => self.forc(),
            "B" | "BEHAVED" => self.behaved(),
            "CA" | "CARRAY" => self.carray(),
            "FA" | "FARRAY" => self.farray(),
            _ => return Err(PyKeyError::new_err("Unknown flag")),
        })
    }

    fn __setitem__(&self, name: &str, value: Flag) -> PyResult<()> {
        match name {
            "W" | "WRITEABLE" => self.set_writeable(value),
            _ => Err(PyKeyError::new_err("Unknown flag")),
        }
    }

    fn __repr__(&self) -> String {
        let text = |value: bool| if value { "True" } else { "False" };
        format!(
            "  C_CONTIGUOUS : {}\n  F_CONTIGUOUS : {}\n  OWNDATA : {}\n  WRITEABLE : {}\n  ALIGNED : {}\n  \
             WRITEBACKIFCOPY : {}\n",
            text(self.c_contiguous()),
            text(self.f_contiguous()),
            text(self.owndata()),
            text(self.writeable()),
            text(self.aligned()),
            text(self.writebackifcopy()),
        )
    }
}
