//! `np.random`: what all distributions have in common, and the generator's state. The distributions stand in
//! `random::continuous` and `random::discrete`, selections and whole vectors in `random::choice`.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::{DType, shape};
use mxnet::array::random::{self, Draw, State};
use mxnet::array::{Argument, Array, DeviceRef, Result};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arguments::{Integers, Place, Type, Value, device_of, dtype_of, truth};
use crate::array::compute;
use crate::device;
use crate::reductions::{finish, out_array};

type Object<'py> = Bound<'py, PyAny>;

/// A parameter of a distribution: its default number, or what the user gave.
pub(crate) enum Parameter<'py> {
    Default(f64),
    Given(Value<'py>),
}

impl<'py> FromPyObject<'_, 'py> for Parameter<'py> {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Parameter<'py>> {
        object.extract().map(Parameter::Given)
    }
}

impl Parameter<'_> {
    fn argument(&self) -> PyResult<Argument<'_>> {
        match self {
            Parameter::Default(value) => Ok(Argument::from(*value)),
            // numbers are wanted as doubles, however large the integer is
            Parameter::Given(value) => value.argument(Some(DType::F64)),
        }
    }
}

/// The keywords that all distributions take.
pub(crate) struct Keywords<'a, 'py> {
    pub size: Option<Integers>,
    pub dtype: Option<Type>,
    pub device: Option<Place>,
    pub ctx: Option<Place>,
    pub out: Option<&'a Object<'py>>,
}

impl<'py> Keywords<'_, 'py> {
    /// Where to draw: where the user says, else where the parameters live, else on the current device.
    fn place(&self, arrays: bool) -> PyResult<Option<DeviceRef>> {
        match (self.ctx, self.device) {
            (None, None) if arrays => Ok(None),
            (None, None) => device::current().map(Some),
            (ctx, device) => device_of(ctx, device).map(Some),
        }
    }

    /// Draws by `work` into `out` or a new array; `arrays` tells whether a parameter is one, `elements` how many they
    /// have.
    pub fn draw(
        &self,
        py: Python<'py>,
        name: &str,
        arrays: bool,
        elements: i64,
        work: impl FnOnce(&Draw) -> Result<Array> + Send,
    ) -> PyResult<Object<'py>> {
        let out = self.out.filter(|out| !out.is_none()).map(|out| out_array(name, out)).transpose()?;
        let size = match (&self.size, out) {
            (Some(size), _) => Some(size.0.clone()),
            (None, Some(out)) => Some(out.get().array().shape().to_vec()),
            (None, None) => None,
        };
        let device = self.place(arrays)?;
        let draw = Draw { size: size.as_deref(), dtype: dtype_of(self.dtype), device };
        let count = size.as_ref().map_or(elements, |size| shape::size(size).unwrap_or(0));
        let result = compute(py, count, || work(&draw))?;
        finish(py, name, result, self.out)
    }
}

/// Draws with parameters that may be arrays.
pub(crate) fn drawn<'py, const N: usize>(
    py: Python<'py>,
    name: &str,
    parameters: [Parameter<'py>; N],
    keywords: &Keywords<'_, 'py>,
    work: impl FnOnce([Argument; N], &Draw) -> Result<Array> + Send,
) -> PyResult<Object<'py>> {
    let mut arguments = [Argument::from(0.0); N];
    let mut elements = None;
    for (slot, parameter) in arguments.iter_mut().zip(&parameters) {
        *slot = parameter.argument()?;
        if let Argument::Array(array) = slot {
            elements = elements.max(Some(array.size()));
        }
    }
    keywords.draw(py, name, elements.is_some(), elements.unwrap_or(1), |draw| work(arguments, draw))
}

/// Distributions as functions: parameters with their defaults, the function of `array`, the signature to show, and what
/// the docstring says of it: summary, parameters, when it raises, arguments of the example.
macro_rules! distributions {
    ($(
        $public:literal $name:ident($($parameter:ident $(= $default:literal)?),*) $kernel:path,
        $signature:literal, $summary:literal, $parameters:literal, $raises:literal, $example:literal;
    )*) => {
        $(
            #[doc = concat!($summary, "

Parameters
----------
", $parameters, "size : int or tuple of ints, optional
    Shape of the result; without it, the shape that the parameters have together.
dtype : dtype, optional
device, ctx : Device, optional
out : ndarray, optional

Returns
-------
ndarray

Raises
------
ValueError
    ", $raises, "

Examples
--------
>>> np.random.", $public, "(", $example, "size=(2, 3)).shape
(2, 3)")]
            #[pyfunction(name = $public)]
            #[pyo3(signature = ($($parameter $(= Parameter::Default($default))?,)* size=None, dtype=None, device=None,
                out=None, *, ctx=None), text_signature = $signature)]
            fn $name<'py>(
                py: Python<'py>,
                $($parameter: Parameter<'py>,)*
                size: Option<Integers>,
                dtype: Option<Type>,
                device: Option<Place>,
                out: Option<&Object<'py>>,
                ctx: Option<Place>,
            ) -> PyResult<Object<'py>> {
                let keywords = Keywords { size, dtype, device, ctx, out };
                drawn(py, $public, [$($parameter),*], &keywords, |[$($parameter),*], draw| $kernel($($parameter,)* draw))
            }
        )*

        pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

mod choice;
mod continuous;
mod discrete;
mod generator;

/// Starts the generator anew: the same seed gives the same numbers, on any device and with any number of threads.
///
/// Parameters
/// ----------
/// seed : int, optional
///     Without it the system's entropy decides.
/// device : Device or str, optional
///     Accepted for compatibility: there is one generator for all devices.
/// ctx : Device, optional
///     Another name of `device`.
///
/// Raises
/// ------
/// ValueError
///     A negative number.
///
/// Examples
/// --------
/// >>> np.random.seed(7)
/// >>> x = np.random.uniform()
/// >>> np.random.seed(7)
/// >>> bool(np.random.uniform() == x)
/// True
#[pyfunction]
#[pyo3(signature = (seed=None, device=None, *, ctx=None),
    text_signature = "(seed=None, device='all', *, ctx=None)")]
fn seed(seed: Option<&Object<'_>>, device: Option<&Object<'_>>, ctx: Option<&Object<'_>>) -> PyResult<()> {
    use std::hash::{BuildHasher, Hasher};
    let _one_generator = (device, ctx);
    let key = match seed {
        // the standard library takes the keys of its hashers from the system
        None => std::hash::RandomState::new().build_hasher().finish(),
        Some(seed) => match seed.extract::<u64>() {
            Ok(seed) => seed,
            Err(_) => u64::try_from(crate::convert::to_integer(seed)?)
                .map_err(|_| PyValueError::new_err("seed: the seed must be between 0 and 2**64 - 1"))?,
        },
    };
    random::seed(key);
    Ok(())
}

/// Where the generator stands.
///
/// Parameters
/// ----------
/// legacy : bool, optional
///     `False` gives a dict instead of a tuple.
///
/// Returns
/// -------
/// tuple or dict
///     The generator's name, its key and its counter.
///
/// Examples
/// --------
/// >>> state = np.random.get_state()
/// >>> x = np.random.uniform()
/// >>> np.random.set_state(state)
/// >>> bool(np.random.uniform() == x)
/// True
#[pyfunction]
#[pyo3(signature = (legacy=true))]
fn get_state(py: Python<'_>, #[pyo3(from_py_with = truth)] legacy: bool) -> PyResult<Object<'_>> {
    let State { key, counter } = random::get_state();
    if legacy {
        return Ok((GENERATOR, key, counter).into_pyobject(py)?.into_any());
    }
    let state = pyo3::types::PyDict::new(py);
    state.set_item("bit_generator", GENERATOR)?;
    state.set_item("key", key)?;
    state.set_item("counter", counter)?;
    Ok(state.into_any())
}

const GENERATOR: &str = "Philox4x32-10";

/// Continues from a state of `get_state`.
///
/// Parameters
/// ----------
/// state : tuple or dict
///
/// Raises
/// ------
/// ValueError
///     The state of another generator.
///
/// Examples
/// --------
/// >>> np.random.set_state(np.random.get_state())
#[pyfunction]
fn set_state(state: &Object<'_>) -> PyResult<()> {
    let item = |name: &str, at: usize| match state.cast::<pyo3::types::PyDict>() {
        Ok(state) => state.as_any().get_item(name),
        Err(_) => state.get_item(at),
    };
    let name: String = item("bit_generator", 0)?.extract()?;
    if name != GENERATOR {
        return Err(PyValueError::new_err(format!(
            "set_state: a state of '{name}' cannot continue in '{GENERATOR}'"
        )));
    }
    random::set_state(State { key: item("key", 1)?.extract()?, counter: item("counter", 2)?.extract()? });
    Ok(())
}

/// Fills the module `np.random`.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    continuous::register(module)?;
    discrete::register(module)?;
    choice::register(module)?;
    generator::register(module)?;
    for alias in ["random_sample", "ranf", "sample"] {
        module.add(alias, module.getattr("random")?)?;
    }
    module.add_function(wrap_pyfunction!(seed, module)?)?;
    module.add_function(wrap_pyfunction!(get_state, module)?)?;
    module.add_function(wrap_pyfunction!(set_state, module)?)
}
