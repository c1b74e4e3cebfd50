//! `ufunc` objects: rows of the op book with NumPy's calling convention. Called by users as `np.exp(x)`; the methods
//! (`reduce`, `accumulate`, ...) stand in `ufunc_methods`.

use base::promote::{self, Casting};
use base::{DType, Kind, Op, Space};
use mxnet::array::create::{self, Order};
use mxnet::array::{Argument, Array, elementwise, flags};
use mxnet::ops;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::array::{compute, wrap_any};
use crate::convert::{self, Operand};
use crate::error::Raised;
use crate::floating;
use crate::functions::select;
use crate::reductions::out_array;
use crate::ufunc_text::{self, Documentation};
use crate::{dtype, interop, methods, sequence};

type Object<'py> = Bound<'py, PyAny>;

// A row of the op book under a name, called like NumPy's ufuncs. What it tells of itself stands in `ufunc_text`.
#[pyclass(frozen, name = "ufunc", module = "mxnet.numpy")]
pub(crate) struct Ufunc {
    pub row: &'static Op,
    /// The row's name; aliases are the same object.
    pub name: &'static str,
}

/// What the keyword arguments of a call say.
struct Keywords<'py> {
    out: Option<Object<'py>>,
    mask: Option<Array>,
    dtype: Option<DType>,
    casting: Casting,
    order: Option<String>,
}

impl Default for Keywords<'_> {
    fn default() -> Self {
        Keywords { out: None, mask: None, dtype: None, casting: Casting::SameKind, order: None }
    }
}

fn keywords<'py>(name: &str, given: &Bound<'py, PyDict>) -> PyResult<Keywords<'py>> {
    let mut keywords = Keywords::default();
    for (key, value) in given.iter() {
        match &*key.cast::<PyString>()?.to_cow()? {
            "where" if is_true(&value) => {}
            "where" => keywords.mask = Some(convert::to_array(&value)?.astype_if(DType::Bool).raised()?),
            "dtype" => keywords.dtype = dtype::parse_option(Some(&value))?,
            "casting" => keywords.casting = methods::casting(&value.extract::<String>()?)?,
            "order" => keywords.order = value.extract()?,
            "subok" => {}
            "signature" | "sig" if value.is_none() => {}
            "signature" | "sig" => keywords.dtype = dtype_of_signature(name, &value)?,
            other => {
                let text = format!("{name}() got an unexpected keyword argument '{other}'");
                return Err(PyTypeError::new_err(text));
            }
        }
    }
    Ok(keywords)
}

/// `out` may be the array or a tuple with it.
fn only_out<'py>(name: &str, out: Object<'py>) -> PyResult<Option<Object<'py>>> {
    let out = match out.cast_into::<PyTuple>() {
        Err(error) => error.into_inner(),
        Ok(tuple) if tuple.len() == 1 => tuple.get_item(0)?,
        Ok(_) => {
            return Err(PyValueError::new_err(format!(
                "{name}: the 'out' tuple must have exactly one entry"
            )));
        }
    };
    Ok((!out.is_none()).then_some(out))
}

fn size_of(argument: &Argument) -> i64 {
    match argument {
        Argument::Array(array) => array.size(),
        Argument::Scalar(..) => 0,
    }
}

fn is_true(value: &Object<'_>) -> bool {
    value.is(pyo3::types::PyBool::new(value.py(), true))
}

/// `signature=('f4', 'f4', 'f4')` names the dtype to compute in.
fn dtype_of_signature(name: &str, value: &Object<'_>) -> PyResult<Option<DType>> {
    match value.cast::<PyTuple>() {
        Ok(tuple) if !tuple.is_empty() => {
            let first = tuple.get_item(0)?;
            dtype::parse_option(Some(&first))
        }
        _ => Err(PyTypeError::new_err(format!("{name}: signature must be a tuple of dtypes"))),
    }
}

fn wrong_count(name: &str, takes: usize, given: usize) -> PyErr {
    PyTypeError::new_err(format!(
        "{name}() takes from {takes} to {} positional arguments but {given} were given",
        takes + 1
    ))
}

fn not_an_operand(name: &str, object: &Object<'_>) -> PyErr {
    let error = sequence::not_a_number(object);
    let text = error.value(object.py()).to_string();
    PyTypeError::new_err(text.replacen("array:", &format!("{name}:"), 1))
}

impl Ufunc {
    /// The dtype to compute in for `dtype=`, and whether the inputs may be cast to it.
    fn compute_dtype(&self, keywords: &Keywords<'_>, arguments: &[Argument]) -> PyResult<Option<DType>> {
        let Some(wanted) = keywords.dtype else { return Ok(None) };
        let missing = || {
            PyTypeError::new_err(format!(
                "No loop matching the specified signature and casting was found for ufunc {}; none gives {wanted}",
                self.name
            ))
        };
        if self.row.kind == Kind::Count1 {
            return if wanted == DType::U8 { Ok(None) } else { Err(missing()) };
        }
        let tests = matches!(self.row.kind, Kind::Test1 | Kind::Compare2 | Kind::Logic1 | Kind::Logic2);
        if tests {
            // dtype is the result's, and a test's result is bool
            return if wanted == DType::Bool { Ok(None) } else { Err(missing()) };
        }
        let real_only = self.row.kind == Kind::Real1 && wanted.is_complex();
        if real_only || !self.row.computes_in(wanted) {
            return Err(missing());
        }
        for (index, argument) in arguments.iter().enumerate() {
            let from = match argument {
                Argument::Array(array) => array.dtype(),
                Argument::Scalar(weak, _) => promote::promote_weak(DType::Bool, *weak),
            };
            let to = self.row.kind.source(index, wanted);
            let weak_fits =
                matches!(argument, Argument::Scalar(..)) && promote::can_cast(from, to, Casting::SameKind);
            if !weak_fits && !promote::can_cast(from, to, keywords.casting) {
                return Err(crate::error::raise(base::Error::type_(format!(
                    "Cannot cast ufunc '{}' input {index} from {from} to {to} with casting rule '{}'",
                    self.name,
                    keywords.casting.name()
                ))));
            }
        }
        Ok(Some(wanted))
    }

    /// `npx.relu(data=x)`, as MXNet's users call operators of one operand: positional arguments and what else was named.
    fn mxnet_names<'py>(
        &self,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Option<(Bound<'py, PyTuple>, Option<Bound<'py, PyDict>>)>> {
        if self.row.space != Space::Npx || self.row.arity() != 1 || !args.is_empty() {
            return Ok(None);
        }
        let Some((data, given)) = kwargs.and_then(|given| Some((given.get_item("data").ok()??, given)))
        else {
            return Ok(None);
        };
        let rest = given.copy()?;
        rest.del_item("data")?;
        let args = PyTuple::new(args.py(), [data])?;
        Ok(Some((args, (!rest.is_empty()).then_some(rest))))
    }

    /// `op(*operands)` without keywords: the short road.
    #[inline]
    fn plain<'py>(&self, py: Python<'py>, args: &Bound<'py, PyTuple>) -> PyResult<Object<'py>> {
        let op = self.row;
        let refused = |item: &Object<'py>| not_an_operand(self.name, item);
        let first = args.get_borrowed_item(0)?;
        let x = Operand::of(&first)?.ok_or_else(|| refused(&first))?;
        if op.arity() == 1 {
            let x = x.argument(None)?;
            return wrap_any(py, floating::call(py, op, size_of(&x), &[x])?);
        }
        let second = args.get_borrowed_item(1)?;
        let y = Operand::of(&second)?.ok_or_else(|| refused(&second))?;
        let dtype = x.array().or(y.array()).map(Array::dtype);
        if op.arity() == 2 {
            let (x, y) = (x.argument_of(op, dtype)?, y.argument_of(op, dtype)?);
            let size = size_of(&x).max(size_of(&y));
            return wrap_any(py, floating::call(py, op, size, &[x, y])?);
        }
        let third = args.get_borrowed_item(2)?;
        let z = Operand::of(&third)?.ok_or_else(|| refused(&third))?;
        self.apply(py, &[x, y, z], &Keywords::default())
    }

    /// `op(*operands)` under the keywords.
    fn apply<'py>(
        &self,
        py: Python<'py>,
        operands: &[Operand<'_, 'py>],
        keywords: &Keywords<'py>,
    ) -> PyResult<Object<'py>> {
        let dtype = operands.iter().find_map(|operand| operand.array().map(Array::dtype));
        let size = operands.iter().filter_map(|operand| operand.array().map(Array::size)).max().unwrap_or(0);
        let op = self.row;
        let zero = || Argument::from(false);
        let mut arguments = [zero(), zero(), zero()];
        for (slot, operand) in arguments.iter_mut().zip(operands) {
            *slot = operand.argument_of(op, dtype)?;
        }
        let arguments = &arguments[..operands.len()];
        let wanted = self.compute_dtype(keywords, arguments)?;
        if let Some(out) = &keywords.out {
            let target = out_array(self.name, out)?;
            let array = target.get().array();
            let (mask, casting) = (keywords.mask.as_ref(), keywords.casting);
            let size = size.max(array.size());
            floating::call_into(py, op, size, arguments, (array, mask), wanted, casting)?;
            return Ok(out.clone());
        }
        let work = || match wanted {
            None => elementwise::call(op, arguments),
            Some(_) => {
                elementwise::call_in(op, arguments, wanted).map_err(|error| error.in_operator(op.name))
            }
        };
        let find = |under| flags::of_call(op, arguments, wanted, keywords.mask.as_ref(), under);
        let result = floating::observed(py, op.name, find, || compute(py, size, work))?;
        let result = self.masked(result, keywords)?;
        match keywords.order.as_deref() {
            Some("C" | "c") => wrap_any(py, create::to_order(&result, Order::C).raised()?),
            Some("F" | "f") => wrap_any(py, create::to_order(&result, Order::F).raised()?),
            _ => wrap_any(py, result),
        }
    }

    /// Without `out`, elements that `where` leaves out are undefined in NumPy; here they are computed like the others.
    fn masked(&self, result: Array, keywords: &Keywords<'_>) -> PyResult<Array> {
        match &keywords.mask {
            Some(mask) if mask.shape() != result.shape() => {
                let shape = base::shape::broadcast(&[mask.shape(), result.shape()]).raised()?;
                result
                    .broadcast_to(&shape)
                    .and_then(|spread| create::copy(&spread, create::Order::C))
                    .raised()
            }
            _ => Ok(result),
        }
    }
}

#[pymethods]
impl Ufunc {
    // `out` has a place of its own: a dictionary of the other keywords is made only where one is given.
    #[pyo3(signature = (*args, out=None, **kwargs))]
    fn __call__<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        out: Option<Object<'py>>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Object<'py>> {
        let (py, this) = (slf.py(), slf.get());
        let arity = this.row.arity();
        let count = args.len();
        if count < arity
            && let Some((args, kwargs)) = this.mxnet_names(args, kwargs)?
        {
            return Self::__call__(slf, &args, out, kwargs.as_ref());
        }
        if let Some(answer) =
            interop::answer_of_another(slf.as_any(), "__call__", args, out.as_ref(), kwargs)?
        {
            return Ok(answer);
        }
        if count == arity && out.is_none() && kwargs.is_none() {
            return this.plain(py, args);
        }
        if this.row == ops::WHERE && (1..arity).contains(&count) && kwargs.is_none() {
            let x = args.get_item(1).ok().map(|x| x.extract()).transpose()?;
            return select::r#where(py, args.get_item(0)?.extract()?, x, None);
        }
        let mut keywords = match kwargs {
            Some(given) => keywords(this.name, given)?,
            None => Keywords::default(),
        };
        if let Some(out) = out {
            keywords.out = only_out(this.name, out)?;
        }
        if count == arity + 1 && keywords.out.is_none() {
            keywords.out = only_out(this.name, args.get_item(arity)?)?;
        } else if count != arity {
            return Err(wrong_count(this.name, arity, count));
        }
        let items = [0, 1, 2].map(|at| if at < arity { args.get_item(at).ok() } else { None });
        let operand = |at: usize| -> PyResult<Operand<'_, 'py>> {
            let Some(item) = &items[at] else { return Err(wrong_count(this.name, arity, count)) };
            Operand::of(item)?.ok_or_else(|| not_an_operand(this.name, item))
        };
        match arity {
            1 => this.apply(py, &[operand(0)?], &keywords),
            2 => this.apply(py, &[operand(0)?, operand(1)?], &keywords),
            _ => this.apply(py, &[operand(0)?, operand(1)?, operand(2)?], &keywords),
        }
    }

    #[getter]
    fn __name__(&self) -> &'static str {
        self.name
    }

    #[getter]
    fn __qualname__(&self) -> &'static str {
        self.name
    }

    #[classattr]
    fn __doc__() -> Documentation {
        Documentation
    }

    #[getter]
    fn __text_signature__(&self) -> String {
        ufunc_text::signature(self.row)
    }

    /// What `inspect.signature` shows.
    #[getter]
    fn __signature__<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        let text = ufunc_text::signature(self.row);
        let text = format!("lambda {}: None", &text[1..text.len() - 1]);
        let text = std::ffi::CString::new(text)?;
        py.import("inspect")?.getattr("signature")?.call1((py.eval(&text, None, None)?,))
    }

    /// Number of operands.
    ///
    /// Examples
    /// --------
    /// >>> np.add.nin
    /// 2
    #[getter]
    fn nin(&self) -> usize {
        self.row.arity()
    }

    /// Number of results.
    ///
    /// Examples
    /// --------
    /// >>> np.add.nout
    /// 1
    #[getter]
    fn nout(&self) -> usize {
        1
    }

    /// Number of operands and results.
    ///
    /// Examples
    /// --------
    /// >>> np.add.nargs
    /// 3
    #[getter]
    fn nargs(&self) -> usize {
        self.row.arity() + 1
    }

    /// Number of dtypes that the function computes in.
    ///
    /// Examples
    /// --------
    /// >>> np.logical_and.ntypes == len(np.logical_and.types)
    /// True
    #[getter]
    fn ntypes<'py>(&self, py: Python<'py>) -> PyResult<usize> {
        Ok(self.types(py)?.len())
    }

    /// The dtypes that the function computes in, as NumPy's type characters (bfloat16 is 'E').
    ///
    /// Examples
    /// --------
    /// >>> np.gcd.types
    /// ['bb->b', 'BB->B', 'hh->h', 'HH->H', 'ii->i', 'II->I', 'll->l', 'LL->L']
    #[getter]
    fn types<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let letter = |dtype: DType| match dtype {
            DType::Bool => '?',
            DType::I8 => 'b',
            DType::U8 => 'B',
            DType::I16 => 'h',
            DType::U16 => 'H',
            DType::I32 => 'i',
            DType::U32 => 'I',
            DType::I64 => 'l',
            DType::U64 => 'L',
            DType::F16 => 'e',
            DType::BF16 => 'E',
            DType::F32 => 'f',
            DType::F64 => 'd',
            DType::C64 => 'F',
            DType::C128 => 'D',
        };
        let op = self.row;
        let rows = DType::ALL.into_iter().filter(|&dtype| op.computes_in(dtype)).map(|dtype| {
            let sources: String = (0..op.arity()).map(|index| letter(op.kind.source(index, dtype))).collect();
            format!("{sources}->{}", letter(op.kind.result(dtype)))
        });
        PyList::new(py, rows.collect::<Vec<_>>())
    }

    /// Value that changes nothing, or `None`.
    ///
    /// Examples
    /// --------
    /// >>> np.multiply.identity, np.subtract.identity
    /// (1, None)
    #[getter]
    fn identity<'py>(&self, py: Python<'py>) -> PyResult<Option<Object<'py>>> {
        let Some(value) = self.row.identity else { return Ok(None) };
        Ok(Some(match self.row.kind {
            Kind::Logic2 => pyo3::types::PyBool::new(py, value != 0.0).to_owned().into_any(),
            _ if value.fract() == 0.0 && value.is_finite() => (value as i64).into_pyobject(py)?.into_any(),
            _ => value.into_pyobject(py)?.into_any(),
        }))
    }

    /// Axes that the function works on at once: `None`, as it works on single elements.
    ///
    /// Examples
    /// --------
    /// >>> np.add.signature is None
    /// True
    #[getter]
    fn signature(&self) -> Option<&'static str> {
        None
    }

    fn __repr__(&self) -> String {
        format!("<ufunc '{}'>", self.name)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Object<'py>, (&'static str,))> {
        Ok((py.import("mxnet._core")?.getattr("_ufunc")?, (self.name,)))
    }
}

/// The ufunc of that name; what pickles call.
#[pyfunction]
fn _ufunc(name: &str) -> PyResult<Ufunc> {
    let row = ops::find(name)
        .ok_or_else(|| PyValueError::new_err(format!("there is no operator named '{name}'")))?;
    Ok(Ufunc { row, name: row.name })
}

/// Every row of the op book: name, aliases, doc, space, arity, kind, rule, sample, whether it has a gradient.
#[pyfunction]
fn op_table<'py>(py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
    let rows = PyList::empty(py);
    for op in ops::all() {
        let row = PyDict::new(py);
        row.set_item("name", op.name)?;
        row.set_item("aliases", op.aliases)?;
        row.set_item("doc", op.doc)?;
        row.set_item("space", format!("{:?}", op.space).to_lowercase())?;
        row.set_item("arity", op.arity())?;
        row.set_item("kind", format!("{:?}", op.kind))?;
        row.set_item("rule", format!("{:?}", op.rule))?;
        row.set_item("sample", (op.sample.start, op.sample.end))?;
        row.set_item("has_gradient", op.vjp.is_some() || op.formula.is_some())?;
        row.set_item("identity", op.identity)?;
        rows.append(row)?;
    }
    Ok(rows)
}

/// The ufunc objects of a namespace ('np' or 'npx'), by every name that users know.
#[pyfunction]
fn ufuncs<'py>(py: Python<'py>, space: &str) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    for row in ops::all().filter(|op| format!("{:?}", op.space).eq_ignore_ascii_case(space)) {
        // an alias is the same object, as `np.abs is np.absolute` in NumPy
        let ufunc = Bound::new(py, Ufunc { row, name: row.name })?;
        for name in std::iter::once(row.name).chain(row.aliases.iter().copied()) {
            found.set_item(name, &ufunc)?;
        }
    }
    Ok(found)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Ufunc>()?;
    module.add_function(wrap_pyfunction!(_ufunc, module)?)?;
    module.add_function(wrap_pyfunction!(op_table, module)?)?;
    module.add_function(wrap_pyfunction!(ufuncs, module)?)
}
