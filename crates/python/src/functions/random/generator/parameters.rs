//! Parameters of the sequential distributions: numbers or arrays of doubles or of whole numbers, their conditions in
//! NumPy's words, and the shape that they have together.

use base::{DType, Dims, Error, shape};
use mxnet::array::Array;
use mxnet::streams::Column;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt};

use super::{Object, host};
use crate::array::NdArray;
use crate::convert;
use crate::error::{Raised, raise};
use crate::sequence::Integers;

/// An argument: its default number, or what the user gave.
pub(in super::super) enum Given<'py> {
    Default(f64),
    Object(Object<'py>),
}

impl<'py> FromPyObject<'_, 'py> for Given<'py> {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Given<'py>> {
        Ok(Given::Object(object.to_owned()))
    }
}

/// A parameter that has been read.
pub(super) enum Read<T> {
    One(T),
    Array(Array, Vec<T>),
}

/// A parameter over all elements of the result.
pub(super) enum Spread<T> {
    One(T),
    Each(Vec<T>),
}

impl<T: Copy> Spread<T> {
    pub fn column(&self) -> Column<'_, T> {
        match self {
            Spread::One(value) => Column::One(*value),
            Spread::Each(values) => Column::Each(values),
        }
    }
}

/// A type of parameters.
pub(super) trait Kind: Copy {
    const DTYPE: DType;
    fn from_bytes(bytes: &[u8]) -> Self;
    fn as_f64(self) -> f64;
}

impl Kind for f64 {
    const DTYPE: DType = DType::F64;
    fn from_bytes(bytes: &[u8]) -> f64 {
        f64::from_ne_bytes(bytes.try_into().unwrap_or_default())
    }
    fn as_f64(self) -> f64 {
        self
    }
}

impl Kind for f32 {
    const DTYPE: DType = DType::F32;
    fn from_bytes(bytes: &[u8]) -> f32 {
        f32::from_ne_bytes(bytes.try_into().unwrap_or_default())
    }
    fn as_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Kind for i64 {
    const DTYPE: DType = DType::I64;
    fn from_bytes(bytes: &[u8]) -> i64 {
        i64::from_ne_bytes(bytes.try_into().unwrap_or_default())
    }
    fn as_f64(self) -> f64 {
        self as f64
    }
}

fn values<T: Kind>(array: &Array) -> PyResult<Vec<T>> {
    Ok(array.to_bytes().raised()?.chunks_exact(T::DTYPE.size()).map(T::from_bytes).collect())
}

/// An array of the object, in doubles unless it has a dtype of its own.
pub(super) fn array_of(object: &Object<'_>, dtype: DType, integers: Integers) -> PyResult<Array> {
    let host = host()?;
    let typed = object.is_instance_of::<NdArray>() || object.hasattr("dtype")?;
    let array = convert::make(object, (!typed).then_some(dtype), integers, host)?;
    array.detach().to_device(host).raised()
}

impl<T: Kind> Read<T> {
    /// Doubles (or floats): everything real converts.
    pub fn real(name: &str, given: &Given<'_>) -> PyResult<Read<f64>> {
        let object = match given {
            Given::Default(value) => return Ok(Read::One(*value)),
            Given::Object(object) => object,
        };
        if let Ok(value) = object.cast_exact::<PyFloat>() {
            return Ok(Read::One(value.value()));
        }
        if object.is_exact_instance_of::<PyInt>() {
            return Ok(Read::One(object.extract()?));
        }
        if object.is_instance_of::<pyo3::types::PyComplex>() {
            return Err(raise(Error::type_(format!("{name}: Cannot cast a complex number to float64"))));
        }
        let array = array_of(object, DType::F64, Integers::Default)?;
        if array.dtype().is_complex() {
            return Err(raise(Error::type_(format!(
                "{name}: Cannot cast array data from dtype('{}') to dtype('float64') according to the rule 'safe'",
                array.dtype()
            ))));
        }
        Read::of(array.astype_if(DType::F64).raised()?)
    }

    /// Whole numbers; our float arrays hold them where they are whole, Python's floats are cut.
    pub fn whole(name: &str, given: &Object<'_>) -> PyResult<Read<i64>> {
        if given.is_exact_instance_of::<PyInt>() {
            return Ok(Read::One(given.extract()?));
        }
        let refuse = |dtype: DType| {
            Err(raise(Error::type_(format!(
                "{name}: Cannot cast array data from dtype('{dtype}') to dtype('int64') according to the rule 'safe'"
            ))))
        };
        if given.is_instance_of::<PyFloat>() {
            // as NumPy: what lies behind the point is dropped
            return Ok(Read::One(given.py().get_type::<PyInt>().call1((given,))?.extract()?));
        }
        let array = array_of(given, DType::I64, Integers::Int64)?;
        let ours = given.is_instance_of::<NdArray>();
        let dtype = array.dtype();
        if dtype.is_complex() || dtype == DType::U64 || (dtype.is_float() && !ours && array.size() > 0) {
            return refuse(dtype);
        }
        if dtype.is_float() {
            let wide: Vec<f64> = values(&array.astype_if(DType::F64).raised()?)?;
            if wide.iter().any(|value| value.fract() != 0.0 || value.abs() > 9e18) {
                return refuse(dtype);
            }
        }
        Read::of(array.astype_if(DType::I64).raised()?)
    }
}

impl<T: Kind> Read<T> {
    fn of(array: Array) -> PyResult<Read<T>> {
        let values = values(&array)?;
        match (array.ndim(), values.first()) {
            (0, Some(&value)) => Ok(Read::One(value)),
            _ => Ok(Read::Array(array, values)),
        }
    }

    /// All values.
    pub fn values(&self) -> &[T] {
        match self {
            Read::One(value) => std::slice::from_ref(value),
            Read::Array(_, values) => values,
        }
    }

    pub fn shape(&self) -> &[i64] {
        match self {
            Read::One(_) => &[],
            Read::Array(array, _) => array.shape(),
        }
    }

    pub fn is_one(&self) -> bool {
        matches!(self, Read::One(_))
    }

    /// The values over a shape, in C order.
    pub fn over(&self, shape: &[i64]) -> PyResult<Spread<T>> {
        Ok(match self {
            Read::One(value) => Spread::One(*value),
            Read::Array(array, values) if array.shape() == shape => Spread::Each(values.clone()),
            Read::Array(array, _) => Spread::Each(self::values(&array.broadcast_to(shape).raised()?)?),
        })
    }
}

/// What must hold for a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Any,
    NonNegative,
    Positive,
    PositiveNumber,
    /// 0 <= p <= 1
    Probability,
    /// 0 < p <= 1
    PositiveProbability,
    /// 0 <= p < 1
    ProperProbability,
    AboveOne,
    AtLeastOne,
    PoissonMean,
}

/// The largest mean whose counts fit into 64 bits.
pub(super) const POISSON_MOST: f64 = 9.223372006484771e18;

impl Condition {
    /// Why the values cannot be taken, in NumPy's words.
    fn complaint<T: Kind>(self, parameter: &str, read: &Read<T>) -> Option<String> {
        let one = read.is_one();
        let nan = if one { "is NaN" } else { "contains NaNs" };
        let all = |test: fn(f64) -> bool| read.values().iter().all(|value| test(value.as_f64()));
        let no = |holds: bool, text: String| (!holds).then_some(text);
        match self {
            Condition::Any => None,
            Condition::NonNegative => {
                no(all(|x| x.is_nan() || x.is_sign_positive()), format!("{parameter} < 0"))
            }
            Condition::Positive => no(all(|x| x.is_nan() || x > 0.0), format!("{parameter} <= 0")),
            Condition::PositiveNumber => no(all(|x| !x.is_nan()), format!("{parameter} must not be NaN"))
                .or_else(|| no(all(|x| x > 0.0), format!("{parameter} <= 0"))),
            Condition::Probability => no(
                all(|x| (0.0..=1.0).contains(&x)),
                format!("{parameter} < 0, {parameter} > 1 or {parameter} {nan}"),
            ),
            Condition::PositiveProbability => no(
                all(|x| x > 0.0 && x <= 1.0),
                format!("{parameter} <= 0, {parameter} > 1 or {parameter} contains NaNs"),
            ),
            Condition::ProperProbability => no(
                all(|x| (0.0..1.0).contains(&x)),
                format!("{parameter} < 0, {parameter} >= 1 or {parameter} {nan}"),
            ),
            Condition::AboveOne => no(all(|x| x > 1.0), format!("{parameter} <= 1 or {parameter} {nan}")),
            Condition::AtLeastOne => no(all(|x| x >= 1.0), format!("{parameter} < 1 or {parameter} {nan}")),
            Condition::PoissonMean => {
                let (small, large) = (
                    no(all(|x| x >= 0.0), format!("{parameter} < 0 or {parameter} {nan}")),
                    no(all(|x| x <= POISSON_MOST), format!("{parameter} value too large")),
                );
                if one { small.or(large) } else { large.or(small) }
            }
        }
    }

    /// Checks a parameter of a distribution.
    pub fn check<T: Kind>(self, name: &str, parameter: &str, read: &Read<T>) -> PyResult<()> {
        match self.complaint(parameter, read) {
            None => Ok(()),
            Some(complaint) => Err(raise(Error::value(format!("{name}: {complaint}")))),
        }
    }
}

/// The shape of a draw: that of the parameters together, or `size`, to which they must broadcast.
pub(super) fn drawn_shape(name: &str, size: Option<&[i64]>, shapes: &[&[i64]]) -> PyResult<Dims> {
    let mut together = shapes.to_vec();
    if let Some(size) = size {
        shape::check(size).map_err(|error| error.in_operator(name)).raised()?;
        together.push(size);
    }
    let broadcast = shape::broadcast(&together).map_err(|error| error.in_operator(name)).raised()?;
    match size {
        Some(size) if broadcast.as_slice() != size => Err(raise(Error::value(format!(
            "{name}: Output size {} is not compatible with broadcast dimensions of inputs {}.",
            shape::text(size),
            shape::text(&broadcast)
        )))),
        _ => Ok(broadcast),
    }
}

/// A Python integer of any object that is one.
pub(super) fn index(object: &Object<'_>) -> PyResult<i128> {
    if let Ok(value) = object.extract::<i128>() {
        return Ok(value);
    }
    let whole = object
        .call_method0("__index__")
        .map_err(|_| PyTypeError::new_err(format!("an integer is wanted, not {}", object.get_type())))?;
    whole.extract()
}
