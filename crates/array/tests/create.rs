//! Creation functions give NumPy's values, shapes and dtypes, and its errors.

mod table;

use base::DType::{self, *};
use base::Scalar;
use mxnet_array::create::{self, Indexing, Like, Order};
use mxnet_array::{Argument, Array};
use table::*;

fn arange(
    start: impl Into<Argument<'static>>,
    stop: impl Into<Argument<'static>>,
    step: impl Into<Argument<'static>>,
    dtype: DType,
) -> base::Result<Array> {
    create::arange(start.into(), stop.into(), step.into(), Some(dtype), device())
}

#[test]
fn ranges_have_numpys_lengths_and_values() {
    table! {
        "np.arange(0, 5, 1, 'f4')", "float32 (5,) 0 1 2 3 4", arange(0i64, 5i64, 1i64, F32);
        "np.arange(5, 0, -2, 'i8')", "int64 (3,) 5 3 1", arange(5i64, 0i64, -2i64, I64);
        "np.arange(0, 1, 0.1, 'f4')", "float32 (10,) 0 0.100000001 0.200000003 0.300000012 0.400000006 0.5 0.600000024 0.699999988 0.800000012 0.900000036", arange(0i64, 1i64, 0.1, F32);
        "np.arange(1, 2, 0.1, 'f8')", "float64 (10,) 1 1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9", arange(1i64, 2i64, 0.1, F64);
        "np.arange(0.5, 3.2, 0.9, 'i4')", "int32 (3,) 0 1 2", arange(0.5, 3.2, 0.9, I32);
        "np.arange(3, 0, 1, 'f2')", "float16 (0,)", arange(3i64, 0i64, 1i64, F16);
        "np.arange(0, 2, 1, '?')", "bool (2,) 0 1", arange(0i64, 2i64, 1i64, Bool);
        "np.arange(2**62, 2**62+3, 1, 'u8')", "uint64 (3,) 4.61168602e+18 4.61168602e+18 4.61168602e+18", arange(1i64 << 62, (1i64 << 62) + 3, 1i64, U64);
        "np.arange(1, 5, 1, 'c8').real", "float32 (4,) 1 2 3 4", arange(1i64, 5i64, 1i64, C64).map(|c| c.astype(F32).unwrap());
        "np.arange(0, 1, 0, 'f4')", "!! ZeroDivisionError: division by zero", arange(0i64, 1i64, 0i64, F32);
        "np.arange(0.0, np.inf, 1.0, 'f4')", "!! ValueError: Maximum allowed size exceeded", arange(0.0, f64::INFINITY, 1.0, F32);
        "np.arange(0.0, np.nan, 1.0, 'f4')", "!! ValueError: arange: cannot compute length", arange(0.0, f64::NAN, 1.0, F32);
    }
    let default = create::arange(0i64.into(), 3i64.into(), 1i64.into(), None, device()).unwrap();
    assert_eq!(default.dtype(), F32);
}

#[test]
fn spaced_samples_match_numpy() {
    let linspace = |start: f64, stop: f64, count, endpoint, dtype| {
        create::linspace(start.into(), stop.into(), count, endpoint, Some(dtype), 0, device())
    };
    let (low, high) = (floats(&[0.0, 10.0]), floats(&[1.0, 20.0]));
    let both = |axis| {
        create::linspace((&low).into(), (&high).into(), 3, true, None, axis, device()).map(|pair| pair.0)
    };
    table! {
        "np.linspace(0., 1., 5, dtype='f4', retstep=True)", "float32 (5,) 0 0.25 0.5 0.75 1 | float64 () 0.25", linspace(0.0, 1.0, 5, true, F32).map(|(v, s)| (v, s.astype(F64).unwrap()));
        "np.linspace(0., 1., 5, False, dtype='f4')", "float32 (5,) 0 0.200000003 0.400000006 0.600000024 0.800000012", linspace(0.0, 1.0, 5, false, F32).map(|pair| pair.0);
        "np.linspace(-3., 3., 4, dtype='i4')", "int32 (4,) -3 -1 1 3", linspace(-3.0, 3.0, 4, true, I32).map(|pair| pair.0);
        "np.linspace(2., 2., 3, dtype='f8')", "float64 (3,) 2 2 2", linspace(2.0, 2.0, 3, true, F64).map(|pair| pair.0);
        "np.linspace(2., 5., 1, dtype='f8')", "float64 (1,) 2", linspace(2.0, 5.0, 1, true, F64).map(|pair| pair.0);
        "np.linspace(2., 5., 0, dtype='f8')", "float64 (0,)", linspace(2.0, 5.0, 0, true, F64).map(|pair| pair.0);
        "np.linspace(2., 5., -1, dtype='f8')", "!! ValueError: Number of samples, -1, must be non-negative.", linspace(2.0, 5.0, -1, true, F64).map(|pair| pair.0);
        "np.linspace(np.array([0,10.],'f4'), np.array([1,20.],'f4'), 3, dtype='f4')", "float32 (3,2) 0 10 0.5 15 1 20", both(0);
        "np.linspace(np.array([0,10.],'f4'), np.array([1,20.],'f4'), 3, dtype='f4', axis=-1)", "float32 (2,3) 0 0.5 1 10 15 20", both(-1);
        "np.logspace(0., 3., 4, dtype='f4')", "float32 (4,) 1 10 100 1000", create::logspace(0.0.into(), 3.0.into(), 4, true, 10.0.into(), None, 0, device());
        "np.logspace(0., 3., 4, base=2., dtype='i4')", "int32 (4,) 1 2 4 8", create::logspace(0.0.into(), 3.0.into(), 4, true, 2.0.into(), Some(I32), 0, device());
        "np.geomspace(1., 1000., 4, dtype='f4')", "float32 (4,) 1 10 100 1000", create::geomspace(1.0.into(), 1000.0.into(), 4, true, None, 0, device());
        "np.geomspace(-1., -1000., 4, dtype='f4')", "float32 (4,) -1 -10 -100 -1000", create::geomspace((-1.0).into(), (-1000.0).into(), 4, true, None, 0, device());
        "np.geomspace(1., 256., 8, endpoint=False, dtype='f4')", "float32 (8,) 1 2 4 8 16 32 64 128", create::geomspace(1.0.into(), 256.0.into(), 8, false, None, 0, device());
        "np.geomspace(0., 256., 8)", "!! ValueError: Geometric sequence cannot include zero", create::geomspace(0.0.into(), 256.0.into(), 8, false, None, 0, device());
    }
}

#[test]
fn matrices_match_numpy() {
    let (a, v, c) = (counting(&[2, 3], F32), floats(&[1.0, 2.0, 4.0, 8.0]), counting(&[2, 3, 4], F32));
    table! {
        "np.eye(3, dtype='f4')", "float32 (3,3) 1 0 0 0 1 0 0 0 1", create::eye(3, None, 0, None, Order::C, device());
        "np.eye(2, 4, 1, dtype='i4')", "int32 (2,4) 0 1 0 0 0 0 1 0", create::eye(2, Some(4), 1, Some(I32), Order::F, device());
        "np.eye(3, 2, -1, dtype='f4')", "float32 (3,2) 0 0 1 0 0 1", create::eye(3, Some(2), -1, None, Order::C, device());
        "np.identity(2, dtype='f4')", "float32 (2,2) 1 0 0 1", create::identity(2, None, device());
        "np.tri(3, 4, -1, dtype='f4')", "float32 (3,4) 0 0 0 0 1 0 0 0 1 1 0 0", create::tri(3, Some(4), -1, None, device());
        "np.tril(a)", "float32 (2,3) 0 0 0 3 4 0", create::tril(&a, 0);
        "np.triu(a, 1)", "float32 (2,3) 0 1 2 0 0 5", create::triu(&a, 1);
        "np.tril(v)", "float32 (4,4) 1 0 0 0 1 2 0 0 1 2 4 0 1 2 4 8", create::tril(&v, 0);
        "np.triu(c, -1)", "float32 (2,3,4) 0 1 2 3 4 5 6 7 0 9 10 11 12 13 14 15 16 17 18 19 0 21 22 23", create::triu(&c, -1);
        "np.triu(i, 1)", "int64 (3,4) 0 1 2 3 0 0 6 7 0 0 0 11", create::triu(&counting(&[3, 4], I64), 1);
        "np.diag(v, 1)", "float32 (5,5) 0 1 0 0 0 0 0 2 0 0 0 0 0 4 0 0 0 0 0 8 0 0 0 0 0", create::diag(&v, 1);
        "np.diag(v, -1)", "float32 (5,5) 0 0 0 0 0 1 0 0 0 0 0 2 0 0 0 0 0 4 0 0 0 0 0 8 0", create::diag(&v, -1);
        "np.diag(a)", "float32 (2,) 0 4", create::diag(&a, 0);
        "np.diag(c)", "!! ValueError: Input must be 1- or 2-d.", create::diag(&c, 0);
        "np.diagflat(a, 1)", "float32 (7,7) 0 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0 3 0 0 0 0 0 0 0 4 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0", create::diagflat(&a, 1);
        "np.vander(v, 3)", "float64 (4,3) 1 1 1 4 2 1 16 4 1 64 8 1", create::vander(&v, Some(3), false).map(|m| m.astype(F64).unwrap());
        "np.vander(v, increasing=True)", "float64 (4,4) 1 1 1 1 1 2 4 8 1 4 16 64 1 8 64 512", create::vander(&v, None, true).map(|m| m.astype(F64).unwrap());
        "np.vander(a)", "!! ValueError: x must be a one-dimensional array or sequence.", create::vander(&a, None, true);
        "np.eye(-1)", "!! ValueError: negative dimensions are not allowed", create::eye(-1, None, 0, None, Order::C, device());
    }
}

#[test]
fn grids_match_numpy() {
    let (s, v) = (floats(&[3.0, 1.0, 2.0]), floats(&[1.0, 2.0, 4.0, 8.0]));
    let x = counting(&[2, 3], F32);
    table! {
        "np.meshgrid(s, v)", "float32 (4,3) 3 1 2 3 1 2 3 1 2 3 1 2 | float32 (4,3) 1 1 1 2 2 2 4 4 4 8 8 8", create::meshgrid(&[&s, &v], Indexing::Xy, false, true);
        "np.meshgrid(s, v, indexing='ij', sparse=True)", "float32 (3,1) 3 1 2 | float32 (1,4) 1 2 4 8", create::meshgrid(&[&s, &v], Indexing::Ij, true, false);
        "np.meshgrid(s)", "float32 (3,) 3 1 2", create::meshgrid(&[&s], Indexing::Xy, false, true);
        "np.indices((2, 3))", "int64 (2,2,3) 0 0 0 1 1 1 0 1 2 0 1 2", create::indices(&[2, 3], None, device());
        "np.indices((2, 3), sparse=True)", "int64 (2,1) 0 1 | int64 (1,3) 0 1 2", create::indices_sparse(&[2, 3], None, device());
        "np.tril_indices(3, 1)", "int64 (8,) 0 0 1 1 1 2 2 2 | int64 (8,) 0 1 0 1 2 0 1 2", create::tril_indices(3, 1, None, device());
        "np.triu_indices(3, -1, 4)", "int64 (11,) 0 0 0 0 1 1 1 1 2 2 2 | int64 (11,) 0 1 2 3 0 1 2 3 1 2 3", create::triu_indices(3, -1, Some(4), device());
        "np.triu_indices_from(a)", "int64 (5,) 0 0 0 1 1 | int64 (5,) 0 1 2 1 2", create::triu_indices_from(&x, 0);
        "np.tril_indices_from(a, -1)", "int64 (1,) 1 | int64 (1,) 0", create::tril_indices_from(&x, -1);
        "np.diag_indices(3, 3)", "int64 (3,) 0 1 2 | int64 (3,) 0 1 2 | int64 (3,) 0 1 2", create::diag_indices(3, 3, device());
        "np.diag_indices_from(a)", "!! ValueError: All dimensions of input must be of equal length", create::diag_indices_from(&x);
    }
}

#[test]
fn filled_arrays_follow_dtype_rules() {
    let x = counting(&[2, 3], I32).transpose(None).unwrap();
    table! {
        "np.full((2, 2), 7, 'f4')", "float32 (2,2) 7 7 7 7", create::full(&[2, 2], 7i64.into(), None, Order::C, device());
        "np.full((2,), True)", "bool (2,) 1 1", create::full(&[2], true.into(), None, Order::C, device());
        "np.full((2, 3), v[:3])", "float32 (2,3) 1 2 4 1 2 4", create::full(&[2, 3], (&floats(&[1.0, 2.0, 4.0])).into(), None, Order::F, device());
        "np.full((2,), 300, 'u1')", "!! OverflowError: Python integer 300 out of bounds for uint8", create::full(&[2], 300i64.into(), Some(U8), Order::C, device());
        "np.zeros((-1,))", "!! ValueError: negative dimensions are not allowed", create::zeros(&[-1], None, Order::C, device());
        "np.ones((2, 1), 'f2')", "float16 (2,1) 1 1", create::ones(&[2, 1], Some(F16), Order::C, device());
        "np.full_like(i.T, 2, shape=(2, 2))", "int64 (2,2) 2 2 2 2", create::full_like(&counting(&[4, 3], I64), 2i64.into(), &Like { shape: Some(&[2, 2]), ..Like::default() });
        "np.frombuffer(bytes([1,0,2,0,9]), 'i2', 2)", "int16 (2,) 1 2", create::frombuffer(&[1, 0, 2, 0, 9], I16, 2, 0, device());
        "np.frombuffer(bytes([1,0,2,0,9]), 'u1', -1, 2)", "uint8 (3,) 2 0 9", create::frombuffer(&[1, 0, 2, 0, 9], U8, -1, 2, device());
        "np.frombuffer(bytes([1,0,2,0,9]), 'i2')", "!! ValueError: buffer size must be a multiple of element size", create::frombuffer(&[1, 0, 2, 0, 9], I16, -1, 0, device());
        "np.frombuffer(bytes([1,0,2,0,9]), 'i2', 3)", "!! ValueError: buffer is smaller than requested size", create::frombuffer(&[1, 0, 2, 0, 9], I16, 3, 0, device());
        "np.frombuffer(bytes([1,0,2,0,9]), 'i2', 3, 7)", "!! ValueError: offset must be non-negative and no greater than buffer length (5)", create::frombuffer(&[1, 0, 2, 0, 9], I16, 3, 7, device());
    }
    let like = create::zeros_like(&x, &Like::default()).unwrap();
    assert_eq!((like.dtype(), like.strides()), (I32, &[1i64, 3][..]));
    assert_eq!(create::zeros(&[2, 3], None, Order::F, device()).unwrap().strides(), &[1, 2]);
    assert_eq!(create::copy(&x, Order::K).unwrap().strides(), &[1, 3]);
    assert_eq!(create::copy(&x, Order::C).unwrap().strides(), &[2, 1]);
    assert!(create::to_order(&x, Order::F).unwrap().may_share_memory(&x));
    assert!(!create::to_order(&x, Order::C).unwrap().may_share_memory(&x));
    assert_eq!(values(&create::copy(&x, Order::F).unwrap()), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    assert_eq!(Array::scalar(Scalar::F32(1.0), device()).unwrap().ndim(), 0);
}
