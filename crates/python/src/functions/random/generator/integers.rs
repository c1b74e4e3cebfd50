//! Integers of a range: bounds of any size as 128-bit integers, checked in NumPy's words, and drawn as the bits of the
//! dtype.

use base::{DType, Error, shape};
use mxnet::array::{Array, Element};
use mxnet::streams::{Column, Word, fill_bounded};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyTuple, PyType};

use super::parameters::{array_of, drawn_shape, index};
use super::{Draws, Object, Target};
use crate::arguments::{Integers, Place, truth};
use crate::array::wrap_any;
use crate::error::{Raised, raise};
use crate::number;
use crate::sequence;

/// One bound, or several.
enum Bounds {
    One(i128),
    Array(Vec<i128>, Vec<i64>),
}

impl Bounds {
    fn read(given: &Object<'_>) -> PyResult<Bounds> {
        if given.is_exact_instance_of::<PyInt>() {
            return Ok(Bounds::One(saturated(given)?));
        }
        if given.is_instance_of::<PyFloat>() {
            return Ok(Bounds::One(index(&given.py().get_type::<PyInt>().call1((given,))?)?));
        }
        let array = match array_of(given, DType::I64, sequence::Integers::Int64) {
            Ok(array) => array,
            // beyond 63 bits, of any sign and size
            Err(error) => {
                let (mut values, mut shape) = (Vec::new(), Vec::new());
                return match exact(given, 0, &mut values, &mut shape) {
                    Ok(true) => Ok(Bounds::Array(values, shape)),
                    _ => Err(error),
                };
            }
        };
        let values = wide(&array)?;
        Ok(match (array.ndim(), values.first()) {
            (0, Some(&value)) => Bounds::One(value),
            _ => Bounds::Array(values, array.shape().to_vec()),
        })
    }

    fn values(&self) -> &[i128] {
        match self {
            Bounds::One(value) => std::slice::from_ref(value),
            Bounds::Array(values, _) => values,
        }
    }

    fn shape(&self) -> &[i64] {
        match self {
            Bounds::One(_) => &[],
            Bounds::Array(_, shape) => shape,
        }
    }

    /// The bounds over a shape, in C order.
    fn over(&self, wanted: &[i64]) -> PyResult<Vec<i128>> {
        let count = shape::size(wanted).raised()? as usize;
        let Bounds::Array(values, own) = self else { return Ok(vec![self.values()[0]; count]) };
        let places: Vec<u8> = (0..values.len() as i64).flat_map(i64::to_ne_bytes).collect();
        let places = Array::from_bytes(&places, own, DType::I64, super::host()?).raised()?;
        let places = places.broadcast_to(wanted).raised()?.to_bytes().raised()?;
        let place = |bytes: &[u8]| i64::from_ne_bytes(bytes.try_into().unwrap_or_default()) as usize;
        Ok(places.chunks_exact(8).map(|bytes| values[place(bytes)]).collect())
    }
}

/// The Python integers of nested lists, in C order, and the lengths of the lists; false where there is anything else.
fn exact(given: &Object<'_>, depth: usize, values: &mut Vec<i128>, shape: &mut Vec<i64>) -> PyResult<bool> {
    if !given.is_instance_of::<PyList>() && !given.is_instance_of::<PyTuple>() {
        if !given.is_instance_of::<PyInt>() || depth != shape.len() {
            return Ok(false);
        }
        values.push(saturated(given)?);
        return Ok(true);
    }
    let length = given.len()? as i64;
    match shape.get(depth) {
        Some(&known) if known != length => return Ok(false),
        Some(_) => {}
        None if values.is_empty() && depth < 64 => shape.push(length),
        None => return Ok(false),
    }
    for item in given.try_iter()? {
        if !exact(&item?, depth + 1, values, shape)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A Python integer; what needs more than 100 bits is out of every range.
fn saturated(given: &Object<'_>) -> PyResult<i128> {
    match given.extract::<i128>() {
        Ok(value) => Ok(value.clamp(-(1 << 100), 1 << 100)),
        Err(_) => Ok(if given.lt(0)? { -(1 << 100) } else { 1 << 100 }),
    }
}

/// Elements as wide integers; what lies behind a point is dropped.
fn wide(array: &Array) -> PyResult<Vec<i128>> {
    let dtype = array.dtype();
    if dtype.is_complex() {
        return Err(raise(Error::type_(format!("integers: bounds must be real numbers, not {dtype}"))));
    }
    let bytes = |wanted: DType| array.astype_if(wanted).and_then(|array| array.to_bytes()).raised();
    let eight = |chunk: &[u8]| -> [u8; 8] { chunk.try_into().unwrap_or_default() };
    if dtype.is_float() {
        let values = bytes(DType::F64)?;
        return values
            .chunks_exact(8)
            .map(|chunk| match f64::from_ne_bytes(eight(chunk)) {
                value if value.is_finite() => Ok(value as i128),
                value => Err(raise(Error::overflow(format!("integers: cannot convert {value} to integer")))),
            })
            .collect();
    }
    if dtype == DType::U64 {
        return Ok(bytes(dtype)?
            .chunks_exact(8)
            .map(|chunk| u64::from_ne_bytes(eight(chunk)).into())
            .collect());
    }
    Ok(bytes(DType::I64)?.chunks_exact(8).map(|chunk| i64::from_ne_bytes(eight(chunk)).into()).collect())
}

/// The least and the greatest integer of a dtype.
fn limits(dtype: DType) -> (i128, i128) {
    let bits = 8 * dtype.size() as u32;
    match dtype {
        DType::Bool => (0, 1),
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        _ => (0, (1 << bits) - 1),
    }
}

/// Checks the bounds, the upper one included.
fn check(name: &str, dtype: DType, lows: &Bounds, highs: &Bounds, closed: bool) -> PyResult<()> {
    let (least, most) = limits(dtype);
    let fail = |message: String| Err(raise(Error::value(format!("{name}: {message}"))));
    if lows.values().iter().any(|&low| low < least) {
        return fail(format!("low is out of bounds for {dtype}"));
    }
    let open = i128::from(!closed);
    if highs.values().iter().any(|&high| high - open > most) {
        return fail(format!("high is out of bounds for {dtype}"));
    }
    let both = drawn_shape(name, None, &[lows.shape(), highs.shape()])?;
    let empty = match (lows, highs) {
        (Bounds::One(low), Bounds::One(high)) => *low > high - open,
        _ => lows.over(&both)?.iter().zip(&highs.over(&both)?).any(|(&low, &high)| low > high - open),
    };
    if empty {
        let zero = lows.values().iter().all(|&low| low == 0);
        return fail(match (zero, closed) {
            (true, true) => "high < 0".to_owned(),
            (true, false) => "high <= 0".to_owned(),
            (false, true) => "low > high".to_owned(),
            (false, false) => "low >= high".to_owned(),
        });
    }
    Ok(())
}

/// Which integers to draw.
struct Range<'a> {
    offsets: Column<'a, u64>,
    ranges: Column<'a, u64>,
    masked: bool,
}

impl Draws {
    fn typed<T: Element + Word>(&self, py: Python<'_>, shape: &[i64], range: Range<'_>) -> PyResult<Array> {
        let Range { offsets, ranges, masked } = range;
        self.fill(py, shape, |source, _, out: &mut [T]| fill_bounded(source, offsets, ranges, masked, out))
    }

    /// Booleans, which fresh memory does not hold yet.
    fn flags(&self, py: Python<'_>, shape: &[i64], range: Range<'_>) -> PyResult<Array> {
        let count = shape::size(shape).raised()?;
        let Range { offsets, ranges, masked } = range;
        let drawn = self.work(py, count, |source, _| {
            let mut out = vec![false; count as usize];
            fill_bounded(source, offsets, ranges, masked, &mut out);
            out
        })?;
        let bytes: Vec<u8> = drawn.into_iter().map(u8::from).collect();
        Array::from_bytes(&bytes, shape, DType::Bool, super::host()?).raised()
    }

    /// Integers as the bits of `dtype`, signed ones reinterpreted.
    fn bits_of(&self, py: Python<'_>, dtype: DType, shape: &[i64], range: Range<'_>) -> PyResult<Array> {
        let drawn = match dtype.size() {
            _ if dtype == DType::Bool => self.flags(py, shape, range),
            1 => self.typed::<u8>(py, shape, range),
            2 => self.typed::<u16>(py, shape, range),
            4 => self.typed::<u32>(py, shape, range),
            _ => self.typed::<u64>(py, shape, range),
        }?;
        if drawn.dtype() == dtype { Ok(drawn) } else { drawn.view_as(dtype).raised() }
    }
}

#[pymethods]
impl Draws {
    /// Integers between `low` and `high`; the work of `integers` and `randint`.
    #[pyo3(signature = (name, low, high, size, dtype, endpoint, device=None, ctx=None))]
    fn _integers<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        low: &Object<'py>,
        high: Option<&Object<'py>>,
        size: Option<Integers>,
        dtype: &Object<'py>,
        #[pyo3(from_py_with = truth)] endpoint: bool,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let target = Target::on(device, ctx);
        let plain = dtype
            .cast::<PyType>()
            .is_ok_and(|class| class.is(py.get_type::<PyInt>()) || class.is(py.get_type::<PyBool>()));
        let given = dtype;
        let dtype = crate::dtype::parse(given)?;
        if !dtype.is_integer() && dtype != DType::Bool {
            return Err(raise(Error::type_(format!("Unsupported dtype dtype('{dtype}') for {name}"))));
        }
        if let Some(size) = &size {
            shape::check(size).raised()?;
            if shape::size(size).raised()? == 0 {
                return target.finish(py, Array::empty(size, dtype, super::host()?).raised()?);
            }
        }
        let (lows, highs) = match high {
            Some(high) => (Bounds::read(low)?, Bounds::read(high)?),
            None => (Bounds::One(0), Bounds::read(low)?),
        };
        check(name, dtype, &lows, &highs, endpoint)?;
        let open = i128::from(!endpoint);
        let wanted = drawn_shape(name, size.as_ref().map(|size| &size[..]), &[lows.shape(), highs.shape()])?;
        target.place()?;
        let (mut offsets, mut ranges) = (Vec::new(), Vec::new());
        let masked = self.legacy();
        let range = match (&lows, &highs) {
            (Bounds::One(low), Bounds::One(high)) => Range {
                offsets: Column::One(*low as u64),
                ranges: Column::One((high - open - low) as u64),
                masked,
            },
            _ => {
                for (low, high) in lows.over(&wanted)?.iter().zip(&highs.over(&wanted)?) {
                    offsets.push(*low as u64);
                    ranges.push((high - open - low) as u64);
                }
                Range { offsets: Column::Each(&offsets), ranges: Column::Each(&ranges), masked }
            }
        };
        let drawn = self.bits_of(py, dtype, &wanted, range)?;
        if size.is_none() && plain && drawn.ndim() == 0 {
            return number::to_python(py, drawn.item().raised()?);
        }
        if size.is_none() && drawn.ndim() == 0 {
            return wrap_any(py, drawn.to_device(target.place()?).raised()?);
        }
        target.finish(py, drawn)
    }

    /// Random bytes.
    ///
    /// Parameters
    /// ----------
    /// length : int
    ///
    /// Returns
    /// -------
    /// bytes
    ///
    /// Examples
    /// --------
    /// >>> len(np.random.default_rng(1).bytes(10))
    /// 10
    #[pyo3(signature = (length))]
    fn bytes<'py>(&self, py: Python<'py>, length: i64) -> PyResult<Object<'py>> {
        let words = (length - 1) / 4 + 1; // NumPy draws a word even for no bytes
        shape::check(&[words]).raised()?;
        let everything = Range {
            offsets: Column::One(0),
            ranges: Column::One(u64::from(u32::MAX)),
            masked: self.legacy(),
        };
        let drawn = self.typed::<u32>(py, &[words], everything)?.to_bytes().raised()?;
        let little: Vec<u8> = drawn
            .chunks_exact(4)
            .flat_map(|word| u32::from_ne_bytes(word.try_into().unwrap_or_default()).to_le_bytes())
            .collect();
        Ok(pyo3::types::PyBytes::new(py, &little[..length.max(0) as usize]).into_any())
    }
}
