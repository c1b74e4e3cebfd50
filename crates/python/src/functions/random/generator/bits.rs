//! Bit generators and seed sequences for the classes of the package: the streams themselves, and their states as tuples
//! of integers. What the states are called in dicts is the package's business.

use std::sync::Mutex;

use base::DType;
use mxnet::array::Array;
use mxnet::streams::{
    Bits, Mt19937, Pcg64, Pcg64Dxsm, Philox, Pool, Sfc64, Source, Spare, entropy_words, with_bits,
};
use pyo3::exceptions::{PyNotImplementedError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::{Object, host, lock};
use crate::arguments::{Integers, truth};
use crate::array::{compute, wrap_any};
use crate::error::Raised;
use crate::place::detached;

/// A stream of bits; the package's bit generators inherit it.
#[pyclass(subclass, frozen, name = "_BitStream", module = "mxnet.numpy.random")]
pub(in super::super) struct BitStream {
    source: Mutex<Source>,
}

impl BitStream {
    pub(super) fn source(&self) -> &Mutex<Source> {
        &self.source
    }
}

/// Words that must be so many.
fn words<T: Copy, const N: usize>(given: &[T], name: &str) -> PyResult<[T; N]> {
    <[T; N]>::try_from(given)
        .map_err(|_| PyValueError::new_err(format!("{name}: {N} words are wanted, not {}", given.len())))
}

#[pymethods]
impl BitStream {
    /// A generator that still wants its seed.
    #[new]
    #[pyo3(signature = (*_arguments, **_keywords))]
    fn new(_arguments: &Bound<'_, PyTuple>, _keywords: Option<&Bound<'_, PyDict>>) -> BitStream {
        BitStream { source: Mutex::new(Source::Sfc64(Sfc64::new([0; 3]))) }
    }

    /// Starts a generator from the words of a seed sequence.
    fn _start(&self, name: &str, seed: Vec<u64>) -> PyResult<()> {
        let source = match name {
            "PCG64" => Source::Pcg64(Pcg64::new(words(&seed, name)?)),
            "PCG64DXSM" => Source::Pcg64Dxsm(Pcg64Dxsm::new(words(&seed, name)?)),
            "SFC64" => Source::Sfc64(Sfc64::new(words(&seed, name)?)),
            "Philox" => {
                let [low, high, counter @ ..]: [u64; 6] = words(&seed, name)?;
                Source::Philox(Philox::new([low, high], counter))
            }
            "MT19937" => {
                let seed: Vec<u32> = seed.iter().map(|&word| word as u32).collect();
                Source::Mt19937(Box::new(Mt19937::new(&words(&seed, name)?)))
            }
            _ => return Err(PyValueError::new_err(format!("there is no bit generator '{name}'"))),
        };
        *lock(&self.source) = source;
        Ok(())
    }

    /// Starts the Mersenne twister in the legacy way, from one number or from several.
    fn _start_legacy(&self, seed: Vec<u32>, one: bool) -> PyResult<()> {
        let made = match (one, seed.first()) {
            (true, Some(&seed)) => Some(Mt19937::from_number(seed)),
            _ => Mt19937::from_numbers(&seed),
        };
        let made = made.ok_or_else(|| PyValueError::new_err("Seed must be non-empty"))?;
        *lock(&self.source) = Source::Mt19937(Box::new(made));
        Ok(())
    }

    /// The state as integers: words, then what belongs to the generator, then the spare half word.
    fn _get(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let spare = |spare: &Spare| (u8::from(spare.full), spare.word);
        let state = match &*lock(&self.source) {
            Source::Pcg64(bits) => (bits.state, bits.increment, spare(&bits.spare)).into_pyobject(py)?,
            Source::Pcg64Dxsm(bits) => (bits.state, bits.increment, spare(&bits.spare)).into_pyobject(py)?,
            Source::Mt19937(bits) => (bits.key.to_vec(), bits.position).into_pyobject(py)?,
            Source::Philox(bits) => {
                let state = (bits.counter, bits.key, bits.buffer, bits.used, spare(&bits.spare));
                state.into_pyobject(py)?
            }
            Source::Sfc64(bits) => (bits.state, spare(&bits.spare)).into_pyobject(py)?,
        };
        Ok(state.into_any().unbind())
    }

    /// Continues from a state of `_get`.
    fn _set(&self, state: &Bound<'_, PyTuple>) -> PyResult<()> {
        let spare = |place: usize| -> PyResult<Spare> {
            let (full, word): (i64, u32) = state.get_item(place)?.extract()?;
            Ok(Spare { full: full != 0, word })
        };
        let mut source = lock(&self.source);
        *source = match &*source {
            Source::Pcg64(_) => {
                let (state, increment) = (state.get_item(0)?.extract()?, state.get_item(1)?.extract()?);
                Source::Pcg64(Pcg64 { state, increment, spare: spare(2)? })
            }
            Source::Pcg64Dxsm(_) => {
                let (state, increment) = (state.get_item(0)?.extract()?, state.get_item(1)?.extract()?);
                Source::Pcg64Dxsm(Pcg64Dxsm { state, increment, spare: spare(2)? })
            }
            Source::Mt19937(_) => {
                let key: Vec<u32> = state.get_item(0)?.extract()?;
                let position: usize = state.get_item(1)?.extract()?;
                if position > 624 {
                    return Err(PyValueError::new_err(format!(
                        "MT19937: pos must be at most 624, not {position}"
                    )));
                }
                Source::Mt19937(Box::new(Mt19937 { key: words(&key, "MT19937")?, position }))
            }
            Source::Philox(_) => Source::Philox(Philox {
                counter: state.get_item(0)?.extract()?,
                key: state.get_item(1)?.extract()?,
                buffer: state.get_item(2)?.extract()?,
                used: state.get_item(3)?.extract::<usize>()?.min(4),
                spare: spare(4)?,
            }),
            Source::Sfc64(_) => {
                Source::Sfc64(Sfc64 { state: state.get_item(0)?.extract()?, spare: spare(1)? })
            }
        };
        Ok(())
    }

    /// Goes on by so many draws, given as words of 64 bits, low word first.
    fn _advance(&self, delta: [u64; 4]) -> PyResult<()> {
        let wide = u128::from(delta[1]) << 64 | u128::from(delta[0]);
        match &mut *lock(&self.source) {
            Source::Pcg64(bits) => bits.advance(wide),
            Source::Pcg64Dxsm(bits) => bits.advance(wide),
            Source::Philox(bits) => bits.advance(delta),
            Source::Mt19937(_) | Source::Sfc64(_) => {
                return Err(PyNotImplementedError::new_err("this bit generator cannot advance"));
            }
        }
        Ok(())
    }

    /// Jumps the Mersenne twister by 2**128 draws, so many times.
    fn _jump_twister(&self, py: Python<'_>, jumps: u64) -> PyResult<()> {
        detached(py, || {
            if let Source::Mt19937(bits) = &mut *lock(&self.source) {
                bits.jump(jumps);
            }
        });
        Ok(())
    }

    /// What the generator itself puts out, before any distribution.
    ///
    /// Parameters
    /// ----------
    /// size : int or tuple of ints, optional
    /// output : bool, optional
    ///     False only goes on and returns nothing.
    ///
    /// Returns
    /// -------
    /// int, ndarray of uint64, or None
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     A negative size.
    ///
    /// Examples
    /// --------
    /// >>> np.random.PCG64(1).random_raw()
    /// 9441442522235856127
    #[pyo3(signature = (size=None, output=true))]
    fn random_raw<'py>(
        &self,
        py: Python<'py>,
        size: Option<Integers>,
        #[pyo3(from_py_with = truth)] output: bool,
    ) -> PyResult<Object<'py>> {
        let shape = size.as_ref().map_or(&[][..], |size| &size.0);
        base::shape::check(shape).raised()?;
        let count = base::shape::size(shape).raised()?;
        let drawn = compute(py, count, || {
            let mut source = lock(&self.source);
            Ok(with_bits!(&mut *source, bits => {
                if output {
                    (0..count).map(|_| bits.next_raw()).collect::<Vec<u64>>()
                } else {
                    (0..count).for_each(|_| {
                        bits.next_raw();
                    });
                    Vec::new()
                }
            }))
        })?;
        if !output {
            return Ok(py.None().into_bound(py));
        }
        if size.is_none() {
            return Ok(drawn[0].into_pyobject(py)?.into_any());
        }
        let bytes: Vec<u8> = drawn.iter().flat_map(|word| word.to_ne_bytes()).collect();
        wrap_any(py, Array::from_bytes(&bytes, shape, DType::U64, host()?).raised()?)
    }
}

/// The pool of a seed sequence.
#[pyfunction]
fn _mix_entropy(entropy: Vec<u32>, spawn_key: Vec<u32>, pool_size: usize) -> Vec<u32> {
    Pool::new(&entropy_words(&entropy, &spawn_key, pool_size), pool_size).0
}

/// Words of state from a pool, of 32 bits or of 64.
#[pyfunction]
fn _generate_words(
    py: Python<'_>,
    pool: Vec<u32>,
    count: usize,
    #[pyo3(from_py_with = truth)] wide: bool,
) -> PyResult<Py<PyAny>> {
    let pool = Pool(pool);
    Ok(if wide {
        pool.wide_words(count).into_pyobject(py)?.into_any().unbind()
    } else {
        pool.words(count).into_pyobject(py)?.into_any().unbind()
    })
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<BitStream>()?;
    module.add_function(wrap_pyfunction!(_mix_entropy, module)?)?;
    module.add_function(wrap_pyfunction!(_generate_words, module)?)
}
