//! Tables of cases for the tests of array functions: the NumPy expression, what we make of it, and what NumPy 2.4 gave
//! (`dtype shape values`, arrays of a list between bars).
#![allow(dead_code)] // each test file uses its part

use base::{DType, Result, Scalar};
use graph::{DeviceKind, DeviceRef};
use mxnet_array::Array;

/// The CPU, installed once.
pub fn device() -> DeviceRef {
    static INSTALLED: std::sync::Once = std::sync::Once::new();
    INSTALLED.call_once(cpu::install);
    graph::device::device(graph::DeviceId { kind: DeviceKind::Cpu, index: 0 }).unwrap()
}

pub fn array(shape: &[i64], dtype: DType, values: &[f64]) -> Array {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|&value| Scalar::F64(value).cast(dtype).to_bytes()[..dtype.size()].to_vec())
        .collect();
    Array::from_bytes(&bytes, shape, dtype, device()).unwrap()
}

/// `arange(size)` under a shape.
pub fn counting(shape: &[i64], dtype: DType) -> Array {
    let size: i64 = shape.iter().product();
    array(shape, dtype, &(0..size).map(|value| value as f64).collect::<Vec<_>>())
}

pub fn floats(values: &[f64]) -> Array {
    array(&[values.len() as i64], DType::F32, values)
}

pub fn integers(values: &[f64]) -> Array {
    array(&[values.len() as i64], DType::I64, values)
}

pub fn bools(values: &[f64]) -> Array {
    array(&[values.len() as i64], DType::Bool, values)
}

/// Results that a case may have.
pub trait Shown {
    fn arrays(self) -> Result<Vec<Array>>;
}
impl Shown for Result<Array> {
    fn arrays(self) -> Result<Vec<Array>> {
        self.map(|array| vec![array])
    }
}
impl Shown for Result<Vec<Array>> {
    fn arrays(self) -> Result<Vec<Array>> {
        self
    }
}
impl Shown for Result<(Array, Array)> {
    fn arrays(self) -> Result<Vec<Array>> {
        self.map(|(first, second)| vec![first, second])
    }
}

pub fn values(array: &Array) -> Vec<f64> {
    let bytes = array.detach().to_bytes().unwrap();
    bytes.chunks(array.dtype().size()).map(|one| Scalar::from_bytes(array.dtype(), one).as_f64()).collect()
}

fn text(array: &Array) -> String {
    let values: String = values(array).iter().map(|value| format!(" {value}")).collect();
    format!("{} {}{values}", array.dtype(), base::shape::tight(array.shape()))
}

fn same(ours: &str, theirs: &str) -> bool {
    let (ours, theirs): (Vec<&str>, Vec<&str>) =
        (ours.split_whitespace().collect(), theirs.split_whitespace().collect());
    ours.len() == theirs.len()
        && ours.iter().zip(&theirs).all(|(ours, theirs)| {
            ours == theirs
                || match (ours.parse::<f64>(), theirs.parse::<f64>()) {
                    (Ok(ours), Ok(theirs)) => (ours - theirs).abs() <= 1e-6 * theirs.abs().max(1.0),
                    _ => false,
                }
        })
}

/// What is wrong with a case; `None` if it is right. An expected error is `!! `, NumPy's class and its text, which ours
/// holds.
pub fn fault(expression: &str, ours: impl Shown, theirs: &str) -> Option<String> {
    let (right, ours) = match ours.arrays() {
        Ok(arrays) => {
            let ours = arrays.iter().map(text).collect::<Vec<_>>().join(" | ");
            (same(&ours, theirs), ours)
        }
        Err(error) => {
            let class = format!("!! {:?}Error: ", error.kind);
            let right = theirs.strip_prefix(&class).is_some_and(|text| error.message.contains(text));
            (right, class + &error.message)
        }
    };
    (!right).then(|| format!("{expression}\n   ours   {ours}\n   theirs {theirs}\n"))
}

/// A table of `expression, result, expected` cases; reports all that are wrong.
#[macro_export]
macro_rules! table {
    ($($expression:literal, $theirs:literal, $ours:expr;)*) => {
        let faults: Vec<String> = [$($crate::table::fault($expression, $ours, $theirs)),*].into_iter().flatten().collect();
        assert!(faults.is_empty(), "\n{}", faults.concat());
    };
}
