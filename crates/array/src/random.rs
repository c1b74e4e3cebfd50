//! Random numbers: the generator's state, and the draws that every distribution is made of. Numbers come from a counter,
//! so a seed gives the same arrays with any number of threads, lazily and eagerly, on every device.
//!
//! * `continuous`: families of one transformed draw, with gradients to their parameters. `rejection`: gamma and what
//!   follows from it (`implicit`: its gradient). `discrete`: integers and counts. `choice`: selections and orders.
//!   `joint`: whole vectors. `rare`: the rest of `numpy.random`.

mod choice;
mod continuous;
mod discrete;
mod implicit;
mod joint;
mod rare;
mod rejection;
mod table;

use std::hash::{BuildHasher, Hasher};

use base::{DType, Dims, Error, Op, Result, Scalar, promote, shape};
use graph::{DeviceRef, Distribution, Kernel, Law, work};
use parking_lot::Mutex;

pub use choice::{Population, choice, permutation, shuffle};
pub use continuous::{
    exponential, gumbel, laplace, logistic, lognormal, normal, pareto, power, rand, randn, rayleigh,
    standard_cauchy, standard_exponential, standard_normal, triangular, uniform, weibull,
};
pub use discrete::{bernoulli, binomial, geometric, negative_binomial, poisson, randint, randint_between};
pub use joint::{dirichlet, multinomial, multivariate_normal};
pub use rare::{hypergeometric, logseries, noncentral_chisquare, noncentral_f, vonmises, wald, zipf};
pub use rejection::{beta, chisquare, f, gamma, standard_gamma, standard_t};

use crate::elementwise::{Argument, call, common_device};
use crate::{Array, reduce, tape};

/// Where the generator stands: draws are functions of the key and of counters from `counter` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The seed.
    pub key: u64,
    /// The first counter that nobody has used.
    pub counter: u64,
}

/// The one generator of the process; `None` until somebody draws or seeds.
static STATE: Mutex<Option<State>> = Mutex::new(None);

/// Devices hand out counters in groups of at most this many, of which a draw may leave some unused.
const GROUP: u64 = 8;

/// Starts the generator anew: the same seed gives the same numbers.
pub fn seed(seed: u64) {
    *STATE.lock() = Some(State { key: seed, counter: 0 });
}

/// Where the generator stands; without a seed it starts from the system's entropy.
pub fn get_state() -> State {
    *STATE.lock().get_or_insert_with(unseeded)
}

/// Continues from a state of [`get_state`].
pub fn set_state(state: State) {
    *STATE.lock() = Some(state);
}

fn unseeded() -> State {
    // The standard library seeds its hashers from the system.
    State { key: std::hash::RandomState::new().build_hasher().finish(), counter: 0 }
}

/// Takes counters for a draw of `count` elements; devices use at most one per element, in whole groups.
fn take(count: i64) -> State {
    let mut place = STATE.lock();
    let state = place.get_or_insert_with(unseeded);
    let taken = *state;
    state.counter = taken.counter.wrapping_add((count.max(0) as u64).next_multiple_of(GROUP));
    taken
}

/// What all draws have in common.
#[derive(Clone, Copy, Debug, Default)]
pub struct Draw<'a> {
    /// Shape of the result; `None`: the shape that the parameters broadcast to.
    pub size: Option<&'a [i64]>,
    /// dtype of the result; `None`: the distribution's default.
    pub dtype: Option<DType>,
    /// Where the result lives; `None`: where the parameters live, or on the CPU.
    pub device: Option<DeviceRef>,
}

impl Draw<'_> {
    /// dtype of a continuous distribution.
    fn float(&self, name: &str) -> Result<DType> {
        match self.dtype {
            None => Ok(promote::default_float()),
            Some(dtype) if dtype.is_float() => Ok(dtype),
            Some(dtype) => {
                Err(Error::type_(format!("{name}: Unsupported dtype {dtype}; draw a float and cast it")))
            }
        }
    }

    /// dtype of a distribution over whole numbers: any real number holds them.
    fn number(&self, name: &str, default: DType) -> Result<DType> {
        match self.dtype {
            None => Ok(default),
            Some(dtype) if !dtype.is_complex() => Ok(dtype),
            Some(dtype) => Err(Error::type_(format!("{name}: Unsupported dtype {dtype}"))),
        }
    }

    fn shape(&self, name: &str, parameters: &[&Parameter]) -> Result<Dims> {
        let shapes: Vec<&[i64]> = parameters.iter().filter_map(|parameter| parameter.shape()).collect();
        let broadcast = shape::broadcast(&shapes).map_err(|error| error.in_operator(name))?;
        let Some(size) = self.size else { return Ok(broadcast) };
        shape::check(size).map_err(|error| error.in_operator(name))?;
        let fits = shape::broadcast(&[&broadcast, size]).is_ok_and(|both| both.as_slice() == size);
        if !fits {
            return Err(Error::value(format!(
                "{name}: Output size {} is not compatible with broadcast dimensions of inputs {}",
                shape::text(size),
                shape::text(&broadcast)
            )));
        }
        Ok(Dims::from_slice(size))
    }

    fn device(&self, parameters: &[&Parameter]) -> Result<DeviceRef> {
        let arguments: Vec<Argument> = parameters.iter().map(|parameter| parameter.argument()).collect();
        match self.device {
            Some(device) => Ok(device),
            None => common_device(&arguments),
        }
    }
}

/// A parameter of a distribution: a number, or an array that takes part in broadcasting and in gradients.
enum Parameter {
    Number(f64),
    Array(Array),
}

impl Parameter {
    /// Arrays are converted to the dtype of the draw.
    fn new(name: &str, argument: Argument, dtype: DType) -> Result<Parameter> {
        let given = match argument {
            Argument::Array(array) => array.dtype(),
            Argument::Scalar(_, value) => value.dtype(),
        };
        if given.is_complex() {
            return Err(Error::type_(format!("{name}: parameters must be real numbers, not {given}")));
        }
        Ok(match argument {
            Argument::Array(array) => Parameter::Array(array.astype_if(dtype)?),
            Argument::Scalar(_, value) => Parameter::Number(value.as_f64()),
        })
    }

    fn shape(&self) -> Option<&[i64]> {
        match self {
            Parameter::Number(_) => None,
            Parameter::Array(array) => Some(array.shape()),
        }
    }

    fn argument(&self) -> Argument<'_> {
        match self {
            Parameter::Number(value) => Argument::from(*value),
            Parameter::Array(array) => Argument::Array(array),
        }
    }

    /// Checks `parameter (op) bound` for every element; nan fails.
    fn require(&self, name: &str, op: &'static Op, bound: f64, message: &str) -> Result<()> {
        let holds = match self {
            Parameter::Number(value) => number_holds(op, *value, bound),
            Parameter::Array(array) => {
                let holds = call(op, &[Argument::Array(&array.detach()), Argument::from(bound)])?;
                reduce::all(&holds, &reduce::Options::default())?.item()?.is_truthy()
            }
        };
        if holds { Ok(()) } else { Err(Error::value(format!("{name}: {message}"))) }
    }

    /// The elements over `wanted`, flat, on a device, cut from the tape.
    fn flat(&self, wanted: &[i64], dtype: DType, device: DeviceRef) -> Result<Array> {
        let array = match self {
            Parameter::Number(value) => Array::full(wanted, Scalar::F64(*value), dtype, device)?,
            Parameter::Array(array) => array.detach().astype_if(dtype)?.to_device(device)?,
        };
        array.broadcast_to(wanted)?.contiguous()?.reshape(&[-1])
    }
}

/// A comparison of two numbers.
fn number_holds(op: &'static Op, value: f64, bound: f64) -> bool {
    if op == ops::GREATER {
        value > bound
    } else if op == ops::GREATER_EQUAL {
        value >= bound
    } else if op == ops::LESS {
        value < bound
    } else if op == ops::LESS_EQUAL {
        value <= bound
    } else {
        value == bound
    }
}

/// Fresh elements drawn by the device. Not recorded: draws are constants.
fn fill(distribution: Distribution, size: &[i64], dtype: DType, device: DeviceRef) -> Result<Array> {
    let out = Array::empty(size, dtype, device)?;
    if out.size() > 0 {
        let State { key, counter } = take(out.size());
        work::run(&Kernel::Random { distribution, key, counter }, &[], std::slice::from_ref(&out.operand))?;
    }
    Ok(out)
}

/// Draws in float64 with flat float64 arrays of parameters, one element each.
fn sample(law: Law, parameters: &[&Array], device: DeviceRef) -> Result<Array> {
    let count = parameters.first().map_or(0, |parameter| parameter.size());
    sample_many(law, parameters, count, device)
}

/// `count` draws in float64 with flat float64 arrays of parameters: one element each, or one for all.
fn sample_many(law: Law, parameters: &[&Array], count: i64, device: DeviceRef) -> Result<Array> {
    let out = Array::empty(&[count], DType::F64, device)?;
    if count > 0 {
        let State { key, counter } = take(count);
        let inputs = parameters.iter().map(|parameter| Ok(parameter.detach().contiguous()?.operand));
        let inputs = inputs.collect::<Result<Vec<_>>>()?;
        work::run(&Kernel::RandomLaw { law, key, counter }, &inputs, std::slice::from_ref(&out.operand))?;
    }
    Ok(out)
}

/// Draws of at most this many elements are made one by one; more of them a whole array at a time.
const FEW: i64 = 512;

fn is_few(count: i64, device: DeviceRef) -> bool {
    (1..=FEW).contains(&count) && device.backend.is_host()
}

/// Whether somebody may ask for a gradient with respect to a parameter.
fn is_recorded(parameters: &[&Parameter]) -> bool {
    let linked =
        |parameter: &&Parameter| matches!(parameter, Parameter::Array(array) if array.link().is_some());
    tape::is_recording() && parameters.iter().any(linked)
}

/// A few draws over `size`, one by one, cut from the tape; `None` where there are too many.
fn sample_few(
    law: Law,
    parameters: &[&Parameter],
    size: &[i64],
    dtype: DType,
    device: DeviceRef,
) -> Result<Option<Array>> {
    if !is_few(shape::size(size)?, device) {
        return Ok(None);
    }
    sample_each(law, parameters, size, dtype, device).map(Some)
}

/// Draws over `size` by the host's samplers, cut from the tape.
fn sample_each(
    law: Law,
    parameters: &[&Parameter],
    size: &[i64],
    dtype: DType,
    device: DeviceRef,
) -> Result<Array> {
    tape::paused(|| {
        let column = |parameter: &&Parameter| match parameter {
            Parameter::Number(_) => parameter.flat(&[1], DType::F64, device),
            Parameter::Array(_) => parameter.flat(size, DType::F64, device),
        };
        let columns = parameters.iter().map(column).collect::<Result<Vec<_>>>()?;
        let drawn = sample_many(law, &columns.iter().collect::<Vec<_>>(), shape::size(size)?, device)?;
        drawn.astype_if(dtype)?.reshape(size)
    })
}

/// `op` over two operands, arrays or numbers.
fn apply<'a>(op: &'static Op, x: impl Into<Argument<'a>>, y: impl Into<Argument<'a>>) -> Result<Array> {
    call(op, &[x.into(), y.into()])
}
