//! Functions that rearrange elements give NumPy's values, shapes, dtypes and errors.

mod table;

use base::DType::*;
use base::Scalar;
use base::promote::Casting;
use mxnet_array::create::Order;
use mxnet_array::manipulate::{self, Block, Mode, PadMode, Repeats, Sections};
use mxnet_array::{Array, Index};
use table::*;

fn a() -> Array {
    counting(&[2, 3], F32)
}

fn c() -> Array {
    counting(&[2, 3, 4], F32)
}

fn v() -> Array {
    floats(&[1.0, 2.0, 4.0, 8.0])
}

fn s() -> Array {
    floats(&[3.0, 1.0, 2.0])
}

fn slice(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Index {
    Index::Slice { start, stop, step }
}

#[test]
fn joining_matches_numpy() {
    let (a, v, s, wide) = (a(), v(), s(), counting(&[2, 1], F64));
    let leaf = |array: &Array| Block::Array(array.clone());
    let square =
        Block::List(vec![Block::List(vec![leaf(&a), leaf(&a)]), Block::List(vec![leaf(&a), leaf(&a)])]);
    let uneven = Block::List(vec![Block::List(vec![leaf(&s)]), leaf(&s)]);
    let join = |arrays: &[&Array], axis| manipulate::concatenate(arrays, axis, None, Casting::SameKind);
    table! {
        "np.concatenate([a, a], 0)", "float32 (4,3) 0 1 2 3 4 5 0 1 2 3 4 5", join(&[&a, &a], Some(0));
        "np.concatenate([a, np.arange(2.).reshape(2,1)], -1)", "float64 (2,4) 0 1 2 0 3 4 5 1", join(&[&a, &wide], Some(-1));
        "np.concatenate([a, v], None)", "float32 (10,) 0 1 2 3 4 5 1 2 4 8", join(&[&a, &v], None);
        "np.concatenate([a.T, a.T], 1)", "float32 (3,4) 0 3 0 3 1 4 1 4 2 5 2 5", join(&[&a.transpose(None).unwrap(), &a.transpose(None).unwrap()], Some(1));
        "np.concatenate([])", "!! ValueError: need at least one array to concatenate", join(&[], Some(0));
        "np.concatenate([a, v])", "!! ValueError: all the input arrays must have same number of dimensions, but the array at index 0 has 2 dimension(s) and the array at index 1 has 1 dimension(s)", join(&[&a, &v], Some(0));
        "np.concatenate([a, a[:, :2]])", "!! ValueError: all the input array dimensions except for the concatenation axis must match exactly, but along dimension 1, the array at index 0 has size 3 and the array at index 1 has size 2; their shapes are (2,3) and (2,2)", join(&[&a, &counting(&[2, 2], F32)], Some(0));
        "np.concatenate([a, a], 2)", "!! AxisError: axis 2 is out of bounds for array of dimension 2", join(&[&a, &a], Some(2));
        "np.concatenate([np.float32(1)])", "!! ValueError: zero-dimensional arrays cannot be concatenated", join(&[&Array::scalar(Scalar::F32(1.0), device()).unwrap()], Some(0));
        "np.concatenate([a, a], dtype='i4')", "!! TypeError: Cannot cast array data from dtype('float32') to dtype('int32') according to the rule 'same_kind'", manipulate::concatenate(&[&a, &a], Some(0), Some(I32), Casting::SameKind);
        "np.concatenate([a, a], dtype='i4', casting='unsafe')", "int32 (4,3) 0 1 2 3 4 5 0 1 2 3 4 5", manipulate::concatenate(&[&a, &a], Some(0), Some(I32), Casting::Unsafe);
        "np.stack([s, s], 1)", "float32 (3,2) 3 3 1 1 2 2", manipulate::stack(&[&s, &s], 1);
        "np.stack([s, v])", "!! ValueError: all input arrays must have the same shape", manipulate::stack(&[&s, &v], 0);
        "np.vstack([s, a])", "float32 (3,3) 3 1 2 0 1 2 3 4 5", manipulate::vstack(&[&s, &a]);
        "np.hstack([s, v])", "float32 (7,) 3 1 2 1 2 4 8", manipulate::hstack(&[&s, &v]);
        "np.hstack([a, a])", "float32 (2,6) 0 1 2 0 1 2 3 4 5 3 4 5", manipulate::hstack(&[&a, &a]);
        "np.dstack([s, s])", "float32 (1,3,2) 3 3 1 1 2 2", manipulate::dstack(&[&s, &s]);
        "np.column_stack([s, a.T])", "float32 (3,3) 3 0 3 1 1 4 2 2 5", manipulate::column_stack(&[&s, &a.transpose(None).unwrap()]);
        "np.append(a, v)", "float32 (10,) 0 1 2 3 4 5 1 2 4 8", manipulate::append(&a, &v, None);
        "np.block([[a, a], [a, a]])", "float32 (4,6) 0 1 2 0 1 2 3 4 5 3 4 5 0 1 2 0 1 2 3 4 5 3 4 5", manipulate::block(&square);
        "np.block([[s], s])", "!! ValueError: List depths are mismatched. First element was at depth 2, but there is an element at depth 1 (arrays[1])", manipulate::block(&uneven);
        "np.block([s, np.float32(4)])", "float32 (4,) 3 1 2 4", manipulate::block(&Block::List(vec![leaf(&s), leaf(&Array::scalar(Scalar::F32(4.0), device()).unwrap())]));
    }
}

#[test]
fn splitting_gives_numpys_parts_as_views() {
    let (a, v, c) = (a(), v(), c());
    table! {
        "np.split(v, 2)", "float32 (2,) 1 2 | float32 (2,) 4 8", manipulate::split(&v, &Sections::Count(2), 0);
        "np.split(v, 3)", "!! ValueError: array split does not result in an equal division", manipulate::split(&v, &Sections::Count(3), 0);
        "np.split(v, [1, 3, 9])", "float32 (1,) 1 | float32 (2,) 2 4 | float32 (1,) 8 | float32 (0,)", manipulate::split(&v, &Sections::At(vec![1, 3, 9]), 0);
        "np.split(v, [-1, 2])", "float32 (3,) 1 2 4 | float32 (0,) | float32 (2,) 4 8", manipulate::split(&v, &Sections::At(vec![-1, 2]), 0);
        "np.array_split(v, 3)", "float32 (2,) 1 2 | float32 (1,) 4 | float32 (1,) 8", manipulate::array_split(&v, &Sections::Count(3), 0);
        "np.array_split(a, 2, 1)", "float32 (2,2) 0 1 3 4 | float32 (2,1) 2 5", manipulate::array_split(&a, &Sections::Count(2), 1);
        "np.hsplit(a, 3)", "float32 (2,1) 0 3 | float32 (2,1) 1 4 | float32 (2,1) 2 5", manipulate::hsplit(&a, &Sections::Count(3));
        "np.vsplit(a, 2)", "float32 (1,3) 0 1 2 | float32 (1,3) 3 4 5", manipulate::vsplit(&a, &Sections::Count(2));
        "np.vsplit(v, 2)", "!! ValueError: vsplit only works on arrays of 2 or more dimensions", manipulate::vsplit(&v, &Sections::Count(2));
        "np.dsplit(c, [3])", "float32 (2,3,3) 0 1 2 4 5 6 8 9 10 12 13 14 16 17 18 20 21 22 | float32 (2,3,1) 3 7 11 15 19 23", manipulate::dsplit(&c, &Sections::At(vec![3]));
    }
    assert!(manipulate::split(&v, &Sections::Count(2), 0).unwrap()[1].may_share_memory(&v));
}

#[test]
fn repeating_matches_numpy() {
    let (a, v) = (a(), v());
    let counts = integers(&[2.0, 0.0, 1.0]);
    table! {
        "np.tile(v, 2)", "float32 (8,) 1 2 4 8 1 2 4 8", manipulate::tile(&v, &[2]);
        "np.tile(a, (2, 1, 2))", "float32 (2,2,6) 0 1 2 0 1 2 3 4 5 3 4 5 0 1 2 0 1 2 3 4 5 3 4 5", manipulate::tile(&a, &[2, 1, 2]);
        "np.tile(a, 0)", "float32 (2,0)", manipulate::tile(&a, &[0]);
        "np.tile(a, ())", "float32 (2,3) 0 1 2 3 4 5", manipulate::tile(&a, &[]);
        "np.repeat(a, 2)", "float32 (12,) 0 0 1 1 2 2 3 3 4 4 5 5", manipulate::repeat(&a, Repeats::Each(2), None);
        "np.repeat(a, 2, 1)", "float32 (2,6) 0 0 1 1 2 2 3 3 4 4 5 5", manipulate::repeat(&a, Repeats::Each(2), Some(1));
        "np.repeat(a, [2, 0, 1], 1)", "float32 (2,3) 0 0 2 3 3 5", manipulate::repeat(&a, Repeats::Counts(&counts), Some(1));
        "np.repeat(a, [2, 0, 1], 0)", "!! ValueError: operands could not be broadcast together with shape (2,) (3,)", manipulate::repeat(&a, Repeats::Counts(&counts), Some(0));
        "np.repeat(a, -1)", "!! ValueError: negative dimensions are not allowed", manipulate::repeat(&a, Repeats::Each(-1), None);
        "np.resize(a, (3, 3))", "float32 (3,3) 0 1 2 3 4 5 0 1 2", manipulate::resize(&a, &[3, 3]);
        "np.resize(a, (2, 2))", "float32 (2,2) 0 1 2 3", manipulate::resize(&a, &[2, 2]);
        "np.resize(a, (14,))", "float32 (14,) 0 1 2 3 4 5 0 1 2 3 4 5 0 1", manipulate::resize(&a, &[14]);
        "np.resize(a, (-1,))", "!! ValueError: all elements of `new_shape` must be non-negative", manipulate::resize(&a, &[-1]);
    }
}

#[test]
fn axes_move_as_in_numpy() {
    let (a, c, v) = (a(), c(), v());
    let shared = |order| manipulate::ravel(&a.transpose(None).unwrap(), order);
    table! {
        "np.moveaxis(c, 0, -1)", "float32 (3,4,2) 0 12 1 13 2 14 3 15 4 16 5 17 6 18 7 19 8 20 9 21 10 22 11 23", manipulate::moveaxis(&c, &[0], &[-1]);
        "np.moveaxis(c, [0, 1], [-1, 0])", "float32 (3,4,2) 0 12 1 13 2 14 3 15 4 16 5 17 6 18 7 19 8 20 9 21 10 22 11 23", manipulate::moveaxis(&c, &[0, 1], &[-1, 0]);
        "np.moveaxis(c, [0, 0], [1, 2])", "!! ValueError: repeated axis in `source` argument", manipulate::moveaxis(&c, &[0, 0], &[1, 2]);
        "np.rollaxis(c, 2)", "float32 (4,2,3) 0 4 8 12 16 20 1 5 9 13 17 21 2 6 10 14 18 22 3 7 11 15 19 23", manipulate::rollaxis(&c, 2, 0);
        "np.rollaxis(c, 0, 3)", "float32 (3,4,2) 0 12 1 13 2 14 3 15 4 16 5 17 6 18 7 19 8 20 9 21 10 22 11 23", manipulate::rollaxis(&c, 0, 3);
        "np.atleast_3d(a)", "float32 (2,3,1) 0 1 2 3 4 5", manipulate::atleast_3d(&a);
        "np.atleast_2d(v)", "float32 (1,4) 1 2 4 8", manipulate::atleast_2d(&v);
        "np.broadcast_arrays(a, a[:, :1])", "float32 (2,3) 0 1 2 3 4 5 | float32 (2,3) 0 0 0 3 3 3", manipulate::broadcast_arrays(&[&a, &array(&[2, 1], F32, &[0.0, 3.0])]);
        "np.ravel(a.T)", "float32 (6,) 0 3 1 4 2 5", shared(Order::C);
        "np.ravel(a.T, 'F')", "float32 (6,) 0 1 2 3 4 5", shared(Order::F);
        "np.ravel(a.T, 'K')", "float32 (6,) 0 1 2 3 4 5", shared(Order::K);
        "np.reshape(a, (3, 2), order='F')", "float32 (3,2) 0 4 3 2 1 5", manipulate::reshape_order(&a, &[3, 2], Order::F);
        "np.reshape(a, (3, -1), order='F')", "float32 (3,2) 0 4 3 2 1 5", manipulate::reshape_order(&a, &[3, -1], Order::F);
        "np.flip(a)", "float32 (2,3) 5 4 3 2 1 0", manipulate::flip(&a, None);
        "np.flip(c, (0, 2))", "float32 (2,3,4) 15 14 13 12 19 18 17 16 23 22 21 20 3 2 1 0 7 6 5 4 11 10 9 8", manipulate::flip(&c, Some(&[0, 2]));
        "np.fliplr(a)", "float32 (2,3) 2 1 0 5 4 3", manipulate::fliplr(&a);
        "np.flipud(a)", "float32 (2,3) 3 4 5 0 1 2", manipulate::flipud(&a);
        "np.fliplr(v)", "!! ValueError: Input must be >= 2-d.", manipulate::fliplr(&v);
        "np.roll(v, 1)", "float32 (4,) 8 1 2 4", manipulate::roll(&v, &[1], None);
        "np.roll(a, -2)", "float32 (2,3) 2 3 4 5 0 1", manipulate::roll(&a, &[-2], None);
        "np.roll(c, (1, 2), (0, 2))", "float32 (2,3,4) 14 15 12 13 18 19 16 17 22 23 20 21 2 3 0 1 6 7 4 5 10 11 8 9", manipulate::roll(&c, &[1, 2], Some(&[0, 2]));
        "np.roll(c, 5, (0, 1))", "float32 (2,3,4) 16 17 18 19 20 21 22 23 12 13 14 15 4 5 6 7 8 9 10 11 0 1 2 3", manipulate::roll(&c, &[5], Some(&[0, 1]));
        "np.rot90(a)", "float32 (3,2) 2 5 1 4 0 3", manipulate::rot90(&a, 1, (0, 1));
        "np.rot90(a, 2)", "float32 (2,3) 5 4 3 2 1 0", manipulate::rot90(&a, 2, (0, 1));
        "np.rot90(c, 3, (1, 2))", "float32 (2,4,3) 8 4 0 9 5 1 10 6 2 11 7 3 20 16 12 21 17 13 22 18 14 23 19 15", manipulate::rot90(&c, 3, (1, 2));
        "np.rot90(c, 1, (1, 1))", "!! ValueError: Axes must be different.", manipulate::rot90(&c, 1, (1, 1));
    }
    assert!(shared(Order::K).unwrap().may_share_memory(&a));
    assert!(!manipulate::flatten(&a, Order::C).unwrap().may_share_memory(&a));
}

#[test]
fn padding_matches_numpy_in_all_modes() {
    let (a, v, m) = (a(), v(), counting(&[10], I64));
    let pad = |x: &Array, widths: &[(i64, i64)], mode| manipulate::pad(x, widths, &mode);
    let pairs = |low: f64, high: f64| vec![(Scalar::F64(low), Scalar::F64(high))];
    table! {
        "np.pad(a, 1)", "float32 (4,5) 0 0 0 0 0 0 0 1 2 0 0 3 4 5 0 0 0 0 0 0", pad(&a, &[(1, 1)], PadMode::Constant(pairs(0.0, 0.0)));
        "np.pad(a, ((1, 0), (0, 2)), constant_values=((5, 6), (7, 8)))", "float32 (3,5) 5 5 5 8 8 0 1 2 8 8 3 4 5 8 8", pad(&a, &[(1, 0), (0, 2)], PadMode::Constant([pairs(5.0, 6.0), pairs(7.0, 8.0)].concat()));
        "np.pad(a, ((1, 1), (2, 1)), 'edge')", "float32 (4,6) 0 0 0 1 2 2 0 0 0 1 2 2 3 3 3 4 5 5 3 3 3 4 5 5", pad(&a, &[(1, 1), (2, 1)], PadMode::Edge);
        "np.pad(v, (2, 3), 'linear_ramp', end_values=(-4, 20))", "float32 (9,) -4 -1.5 1 2 4 8 12 16 20", pad(&v, &[(2, 3)], PadMode::LinearRamp(pairs(-4.0, 20.0)));
        "np.pad(m, (3, 3), 'linear_ramp', end_values=(-4, 20))", "int64 (16,) -4 -3 -2 0 1 2 3 4 5 6 7 8 9 12 16 20", pad(&m, &[(3, 3)], PadMode::LinearRamp(pairs(-4.0, 20.0)));
        "np.pad(v, 2, 'maximum')", "float32 (8,) 8 8 1 2 4 8 8 8", pad(&v, &[(2, 2)], PadMode::Maximum(None));
        "np.pad(v, (1, 2), 'minimum', stat_length=2)", "float32 (7,) 1 1 2 4 8 4 4", pad(&v, &[(1, 2)], PadMode::Minimum(Some(vec![(2, 2)])));
        "np.pad(v, (1, 2), 'mean', stat_length=(3, 2))", "float32 (7,) 2.33333325 1 2 4 8 6 6", pad(&v, &[(1, 2)], PadMode::Mean(Some(vec![(3, 2)])));
        "np.pad(m, (1, 2), 'mean')", "int64 (13,) 4 0 1 2 3 4 5 6 7 8 9 4 4", pad(&m, &[(1, 2)], PadMode::Mean(None));
        "np.pad(a, 1, 'median')", "float32 (4,5) 2.5 1.5 2.5 3.5 2.5 1 0 1 2 1 4 3 4 5 4 2.5 1.5 2.5 3.5 2.5", pad(&a, &[(1, 1)], PadMode::Median(None));
        "np.pad(m, (2, 1), 'median', stat_length=4)", "int64 (13,) 2 2 0 1 2 3 4 5 6 7 8 9 8", pad(&m, &[(2, 1)], PadMode::Median(Some(vec![(4, 4)])));
        "np.pad(v, (2, 3), 'reflect')", "float32 (9,) 4 2 1 2 4 8 4 2 1", pad(&v, &[(2, 3)], PadMode::Reflect { odd: false });
        "np.pad(v, (8, 11), 'reflect')", "float32 (23,) 4 2 1 2 4 8 4 2 1 2 4 8 4 2 1 2 4 8 4 2 1 2 4", pad(&v, &[(8, 11)], PadMode::Reflect { odd: false });
        "np.pad(v, (2, 3), 'reflect', reflect_type='odd')", "float32 (9,) -2 0 1 2 4 8 12 14 15", pad(&v, &[(2, 3)], PadMode::Reflect { odd: true });
        "np.pad(v, (3, 8), 'reflect', reflect_type='odd')", "float32 (15,) -6 -2 0 1 2 4 8 12 14 15 16 18 22 26 28", pad(&v, &[(3, 8)], PadMode::Reflect { odd: true });
        "np.pad(v, (9, 5), 'symmetric')", "float32 (18,) 1 1 2 4 8 8 4 2 1 1 2 4 8 8 4 2 1 1", pad(&v, &[(9, 5)], PadMode::Symmetric { odd: false });
        "np.pad(v, (9, 5), 'symmetric', reflect_type='odd')", "float32 (18,) -13 -13 -12 -10 -6 -6 -2 0 1 1 2 4 8 8 12 14 15 15", pad(&v, &[(9, 5)], PadMode::Symmetric { odd: true });
        "np.pad(a, ((1, 2), (4, 7)), 'wrap')", "float32 (5,14) 5 3 4 5 3 4 5 3 4 5 3 4 5 3 2 0 1 2 0 1 2 0 1 2 0 1 2 0 5 3 4 5 3 4 5 3 4 5 3 4 5 3 2 0 1 2 0 1 2 0 1 2 0 1 2 0 5 3 4 5 3 4 5 3 4 5 3 4 5 3", pad(&a, &[(1, 2), (4, 7)], PadMode::Wrap);
        "np.pad(a, ((1, 1), (2, 2)), 'reflect')", "float32 (4,7) 5 4 3 4 5 4 3 2 1 0 1 2 1 0 5 4 3 4 5 4 3 2 1 0 1 2 1 0", pad(&a, &[(1, 1), (2, 2)], PadMode::Reflect { odd: false });
        "np.pad(a[:1], ((1, 1), (2, 2)), 'reflect')", "float32 (3,7) 2 1 0 1 2 1 0 2 1 0 1 2 1 0 2 1 0 1 2 1 0", pad(&counting(&[1, 3], F32), &[(1, 1), (2, 2)], PadMode::Reflect { odd: false });
        "np.pad(a, -1)", "!! ValueError: index can't contain negative values", pad(&a, &[(-1, -1)], PadMode::Edge);
        "np.pad(v[:0], 1, 'edge')", "!! ValueError: can't extend empty axis 0 using modes other than 'constant' or 'empty'", pad(&floats(&[]), &[(1, 1)], PadMode::Edge);
        "np.pad(v, 1, 'maximum', stat_length=0)", "!! ValueError: stat_length of 0 yields no value for padding", pad(&v, &[(1, 1)], PadMode::Maximum(Some(vec![(0, 0)])));
        "np.pad(a, 0, 'wrap')", "float32 (2,3) 0 1 2 3 4 5", pad(&a, &[(0, 0)], PadMode::Wrap);
    }
    assert_eq!(pad(&a, &[(2, 1)], PadMode::Empty).unwrap().shape(), &[5, 6]);
}

#[test]
fn editing_matches_numpy() {
    let (a, v, s, z) = (a(), v(), s(), floats(&[0.0, 0.0, 3.0, 0.0, 5.0, 0.0]));
    let (at, mask, nine) = (integers(&[2.0, 0.0, 2.0]), bools(&[1.0, 0.0, 1.0]), floats(&[9.0]));
    let at = Index::Array(at);
    table! {
        "np.delete(v, 1)", "float32 (3,) 1 4 8", manipulate::delete(&v, &Index::Integer(1), None);
        "np.delete(v, -1)", "float32 (3,) 1 2 4", manipulate::delete(&v, &Index::Integer(-1), None);
        "np.delete(a, 1, 1)", "float32 (2,2) 0 2 3 5", manipulate::delete(&a, &Index::Integer(1), Some(1));
        "np.delete(a, [2, 0, 2], 1)", "float32 (2,1) 1 4", manipulate::delete(&a, &at, Some(1));
        "np.delete(a, np.array([True, False, True]), 1)", "float32 (2,1) 1 4", manipulate::delete(&a, &Index::Array(mask.clone()), Some(1));
        "np.delete(v, slice(None, None, -2))", "float32 (2,) 1 4", manipulate::delete(&v, &slice(None, None, Some(-2)), None);
        "np.delete(v, 4)", "!! IndexError: index 4 is out of bounds for axis 0 with size 4", manipulate::delete(&v, &Index::Integer(4), None);
        "np.insert(v, 1, 9)", "float32 (5,) 1 9 2 4 8", manipulate::insert(&v, &Index::Integer(1), &nine, None);
        "np.insert(v, 4, 9)", "float32 (5,) 1 2 4 8 9", manipulate::insert(&v, &Index::Integer(4), &nine, None);
        "np.insert(v, 5, 9)", "!! IndexError: index 5 is out of bounds for axis 0 with size 4", manipulate::insert(&v, &Index::Integer(5), &nine, None);
        "np.insert(v, -5, 9)", "!! IndexError: index -5 is out of bounds for axis 0 with size 4", manipulate::insert(&v, &Index::Integer(-5), &nine, None);
        "np.insert(a, 1, s, 0)", "float32 (3,3) 0 1 2 3 1 2 3 4 5", manipulate::insert(&a, &Index::Integer(1), &s, Some(0));
        "np.insert(a, 1, s[:2], 1)", "float32 (2,4) 0 3 1 2 3 1 4 5", manipulate::insert(&a, &Index::Integer(1), &floats(&[3.0, 1.0]), Some(1));
        "np.insert(a, [1], [[3], [1]], 1)", "float32 (2,4) 0 3 1 2 3 1 4 5", manipulate::insert(&a, &Index::Array(integers(&[1.0])), &array(&[2, 1], F32, &[3.0, 1.0]), Some(1));
        "np.insert(v, [2, 0, 2], s)", "float32 (7,) 1 1 2 3 2 4 8", manipulate::insert(&v, &at, &s, None);
        "np.insert(a, slice(0, 2), 9, 1)", "float32 (2,5) 9 0 9 1 2 9 3 9 4 5", manipulate::insert(&a, &slice(Some(0), Some(2), None), &nine, Some(1));
        "np.insert(s, np.array([True, False, True]), 9)", "float32 (5,) 9 3 1 9 2", manipulate::insert(&s, &Index::Array(mask.clone()), &nine, None);
        "np.trim_zeros(z)", "float32 (3,) 3 0 5", manipulate::trim_zeros(&z, true, true, None);
        "np.trim_zeros(z, 'f')", "float32 (4,) 3 0 5 0", manipulate::trim_zeros(&z, true, false, None);
        "np.trim_zeros(z * 0, 'b')", "float32 (0,)", manipulate::trim_zeros(&floats(&[0.0; 6]), false, true, None);
        "np.diff(v)", "float32 (3,) 1 2 4", manipulate::diff(&v, 1, -1, None, None);
        "np.diff(v, 2, append=s)", "float32 (5,) 1 2 -9 3 3", manipulate::diff(&v, 2, -1, None, Some(&s));
        "np.diff(a, axis=0, prepend=np.float32(5))", "float32 (2,3) -5 -4 -3 3 3 3", manipulate::diff(&a, 1, 0, Some(&Array::scalar(Scalar::F32(5.0), device()).unwrap()), None);
        "np.diff(v, 9)", "float32 (0,)", manipulate::diff(&v, 9, -1, None, None);
        "np.diff(np.array([True, False, True]))", "bool (2,) 1 1", manipulate::diff(&mask, 1, -1, None, None);
        "np.ediff1d(a, to_begin=np.float32(9), to_end=s)", "float32 (9,) 9 1 1 1 1 1 3 1 2", manipulate::ediff1d(&a, Some(&s), Some(&nine));
    }
}

#[test]
fn windows_match_numpy() {
    let (a, v, i) = (a(), v(), counting(&[3, 4], I64));
    let window = |x: &Array, lengths: &[i64], axes: Option<&[i64]>| {
        manipulate::sliding_window_view(x, lengths, axes, false)
    };
    let strided =
        |shape: &[i64], strides: &[i64]| manipulate::as_strided(&v, Some(shape), Some(strides), true);
    table! {
        "np.lib.stride_tricks.sliding_window_view(v, 3)", "float32 (2,3) 1 2 4 2 4 8", window(&v, &[3], None);
        "np.lib.stride_tricks.sliding_window_view(a, (2, 2))", "float32 (1,2,2,2) 0 1 3 4 1 2 4 5", window(&a, &[2, 2], None);
        "np.lib.stride_tricks.sliding_window_view(a, 2, axis=1)", "float32 (2,2,2) 0 1 1 2 3 4 4 5", window(&a, &[2], Some(&[1]));
        "np.lib.stride_tricks.sliding_window_view(v, 5)", "!! ValueError: window shape cannot be larger than input array shape", window(&v, &[5], None);
        "np.lib.stride_tricks.sliding_window_view(v, (2, 2))", "!! ValueError: Since axis is `None`, must provide window_shape for all dimensions of `x`; got 2 window_shape elements and `x.ndim` is 1.", window(&v, &[2, 2], None);
        "np.lib.stride_tricks.as_strided(v, (2, 3), (4, 4))", "float32 (2,3) 1 2 4 2 4 8", strided(&[2, 3], &[4, 4]);
        "np.trace(i)", "int64 () 15", manipulate::trace(&i, 0, 0, 1, None);
        "np.trace(c, 1, 0, 2)", "float32 (3,) 15 23 31", manipulate::trace(&c(), 1, 0, 2, None);
    }
    assert!(strided(&[2, 3], &[8, 4]).is_err());
    assert!(strided(&[2, 3], &[-4, 4]).is_err());
    assert!(!window(&v, &[2], None).unwrap().is_writable());
}

#[test]
fn taking_matches_numpy() {
    let (a, v, c) = (a(), v(), c());
    let (at, numbers) = (integers(&[2.0, -1.0]), integers(&[0.0, 1.0, 1.0, 0.0]));
    let far = integers(&[5.0, -7.0]);
    let lines = array(&[2, 1], I64, &[2.0, 0.0]);
    let ten = floats(&[10.0, 20.0, 30.0, 40.0]);
    let (low, high) = (bools(&[1.0, 0.0, 0.0, 0.0]), bools(&[1.0, 1.0, 0.0, 1.0]));
    table! {
        "np.take(a, [2, -1])", "float32 (2,) 2 5", manipulate::take(&a, &at, None, Mode::Raise);
        "np.take(c, [2, -1], 1)", "float32 (2,2,4) 8 9 10 11 8 9 10 11 20 21 22 23 20 21 22 23", manipulate::take(&c, &at, Some(1), Mode::Raise);
        "np.take(a, [5, -7], 1, mode='wrap')", "float32 (2,2) 2 2 5 5", manipulate::take(&a, &far, Some(1), Mode::Wrap);
        "np.take(a, [5, -7], 1, mode='clip')", "float32 (2,2) 2 0 5 3", manipulate::take(&a, &far, Some(1), Mode::Clip);
        "np.take(a, [5, -7], 1)", "!! IndexError: index 5 is out of bounds for axis 1 with size 3", manipulate::take(&a, &far, Some(1), Mode::Raise);
        "np.take(v[:0], [0])", "!! IndexError: cannot do a non-empty take from an empty axes.", manipulate::take(&floats(&[]), &integers(&[0.0]), None, Mode::Clip);
        "np.take_along_axis(a, np.array([[2], [0]]), 1)", "float32 (2,1) 2 3", manipulate::take_along_axis(&a, &lines, Some(1));
        "np.take_along_axis(a, np.array([2, 0]), 1)", "!! ValueError: `indices` and `arr` must have the same number of dimensions", manipulate::take_along_axis(&a, &at, Some(1));
        "np.choose([0, 1, 1, 0], [v, v * 10])", "float32 (4,) 1 20 40 8", manipulate::choose(&numbers, &[&v, &floats(&[10.0, 20.0, 40.0, 80.0])], Mode::Raise);
        "np.choose([5, -7], [v[:2], v[2:]], mode='wrap')", "float32 (2,) 4 8", manipulate::choose(&far, &[&floats(&[1.0, 2.0]), &floats(&[4.0, 8.0])], Mode::Wrap);
        "np.choose([5, -7], [v[:2], v[2:]])", "!! ValueError: invalid entry in choice array", manipulate::choose(&far, &[&floats(&[1.0, 2.0]), &floats(&[4.0, 8.0])], Mode::Raise);
        "np.select([v < 2, v != 4], [v, np.array([10., 20, 30, 40], 'f4')], 7)", "float32 (4,) 1 20 7 40", manipulate::select(&[&low, &high], &[(&v).into(), (&ten).into()], 7i64.into());
        "np.select([], [])", "!! ValueError: select with an empty condition list is not possible", manipulate::select(&[], &[], 7i64.into());
        "np.compress([True, False, True], a, 1)", "float32 (2,2) 0 2 3 5", manipulate::compress(&bools(&[1.0, 0.0, 1.0]), &a, Some(1));
        "np.compress([False, True], a)", "float32 (1,) 1", manipulate::compress(&bools(&[0.0, 1.0]), &a, None);
        "np.extract(v > 1, v)", "float32 (3,) 2 4 8", manipulate::extract(&bools(&[0.0, 1.0, 1.0, 1.0]), &v);
        "np.unravel_index([5, 2], (2, 3))", "int64 (2,) 1 0 | int64 (2,) 2 2", manipulate::unravel_index(&integers(&[5.0, 2.0]), &[2, 3], Order::C);
        "np.unravel_index([5, 2], (2, 3), 'F')", "int64 (2,) 1 0 | int64 (2,) 2 1", manipulate::unravel_index(&integers(&[5.0, 2.0]), &[2, 3], Order::F);
        "np.unravel_index([6], (2, 3))", "!! ValueError: index 6 is out of bounds for array with size 6", manipulate::unravel_index(&integers(&[6.0]), &[2, 3], Order::C);
        "np.ravel_multi_index(([1, 0], [2, 1]), (2, 3))", "int64 (2,) 5 1", manipulate::ravel_multi_index(&[&integers(&[1.0, 0.0]), &integers(&[2.0, 1.0])], &[2, 3], &[Mode::Raise], Order::C);
        "np.ravel_multi_index(([1, 0], [2, 1]), (2, 3), order='F')", "int64 (2,) 5 2", manipulate::ravel_multi_index(&[&integers(&[1.0, 0.0]), &integers(&[2.0, 1.0])], &[2, 3], &[Mode::Raise], Order::F);
        "np.ravel_multi_index(([5, 0], [2, -1]), (2, 3), ('clip', 'wrap'))", "int64 (2,) 5 2", manipulate::ravel_multi_index(&[&integers(&[5.0, 0.0]), &integers(&[2.0, -1.0])], &[2, 3], &[Mode::Clip, Mode::Wrap], Order::C);
        "np.ravel_multi_index(([5, 0], [2, 1]), (2, 3))", "!! ValueError: invalid entry in coordinates array", manipulate::ravel_multi_index(&[&integers(&[5.0, 0.0]), &integers(&[2.0, 1.0])], &[2, 3], &[Mode::Raise], Order::C);
        "np.flatnonzero(a)", "int64 (5,) 1 2 3 4 5", manipulate::flatnonzero(&a);
        "np.argwhere(a > 3)", "int64 (2,2) 1 1 1 2", manipulate::argwhere(&array(&[2, 3], Bool, &[0.0, 0.0, 0.0, 0.0, 1.0, 1.0]));
    }
}

#[test]
fn putting_writes_as_numpy_does() {
    let on = |x: Array, write: &dyn Fn(&Array) -> base::Result<()>| write(&x).map(|()| x);
    let (at, mask) = (integers(&[0.0, -1.0, 2.0]), array(&[2, 3], Bool, &[1.0, 0.0, 1.0, 1.0, 0.0, 0.0]));
    let two = floats(&[7.0, 8.0]);
    let lines = array(&[2, 1], I64, &[2.0, 0.0]);
    table! {
        "put(np.put, a, [0, -1, 2], [7, 8])", "float32 (2,3) 7 1 7 3 4 8", on(a(), &|x| manipulate::put(x, &at, &two, Mode::Raise));
        "put(np.put, v, [9], 5)", "!! IndexError: index 9 is out of bounds for axis 0 with size 4", on(v(), &|x| manipulate::put(x, &integers(&[9.0]), &two, Mode::Raise));
        "put(np.put, v, [9], 7, mode='clip')", "float32 (4,) 1 2 4 7", on(v(), &|x| manipulate::put(x, &integers(&[9.0]), &two, Mode::Clip));
        "put(np.place, a, np.array([[1,0,1],[1,0,0]],bool), [7, 8])", "float32 (2,3) 7 1 8 7 4 5", on(a(), &|x| manipulate::place(x, &mask, &two));
        "put(np.place, a, np.array([[1,0,1],[1,0,0]],bool), [])", "!! ValueError: Cannot insert from an empty array!", on(a(), &|x| manipulate::place(x, &mask, &floats(&[])));
        "put(np.putmask, a, np.array([[1,0,1],[1,0,0]],bool), [7, 8])", "float32 (2,3) 7 1 7 8 4 5", on(a(), &|x| manipulate::putmask(x, &mask, &two));
        "put(np.putmask, v, np.array([[1,0,1],[1,0,0]],bool), [7, 8])", "!! ValueError: putmask: mask and data must be the same size", on(v(), &|x| manipulate::putmask(x, &mask, &two));
        "put(np.copyto, a, s)", "float32 (2,3) 3 1 2 3 1 2", on(a(), &|x| manipulate::copyto(x, &s(), Casting::SameKind, None));
        "put(np.copyto, a, s, where=np.array([[1],[0]],bool))", "float32 (2,3) 3 1 2 3 4 5", on(a(), &|x| manipulate::copyto(x, &s(), Casting::SameKind, Some(&array(&[2, 1], Bool, &[1.0, 0.0]))));
        "put(np.copyto, m, m * 1.5)", "!! TypeError: Cannot cast array data from dtype('float64') to dtype('int64') according to the rule 'same_kind'", on(counting(&[10], I64), &|x| manipulate::copyto(x, &counting(&[10], F64), Casting::SameKind, None));
        "put(np.copyto, a, v)", "!! ValueError: could not broadcast input array from shape (4,) into shape (2,3)", on(a(), &|x| manipulate::copyto(x, &v(), Casting::SameKind, None));
        "put(np.put_along_axis, a, np.array([[2], [0]]), 9, 1)", "float32 (2,3) 0 1 9 9 4 5", on(a(), &|x| manipulate::put_along_axis(x, &lines, &floats(&[9.0]), Some(1)));
        "put(np.fill_diagonal, i, 7)", "int64 (3,4) 7 1 2 3 4 7 6 7 8 9 7 11", on(counting(&[3, 4], I64), &|x| manipulate::fill_diagonal(x, &integers(&[7.0]), false));
        "put(np.fill_diagonal, np.zeros((5, 2), 'f4'), [1, 2])", "float32 (5,2) 1 0 0 2 0 0 0 0 0 0", on(array(&[5, 2], F32, &[0.0; 10]), &|x| manipulate::fill_diagonal(x, &floats(&[1.0, 2.0]), false));
        "put(np.fill_diagonal, np.zeros((5, 2), 'f4'), [1, 2], wrap=True)", "float32 (5,2) 1 0 0 2 0 0 1 0 0 2", on(array(&[5, 2], F32, &[0.0; 10]), &|x| manipulate::fill_diagonal(x, &floats(&[1.0, 2.0]), true));
        "put(np.fill_diagonal, c, 7)", "!! ValueError: All dimensions of input must be of equal length", on(c(), &|x| manipulate::fill_diagonal(x, &two, false));
        "put(np.fill_diagonal, v, 7)", "!! ValueError: array must be at least 2-d", on(v(), &|x| manipulate::fill_diagonal(x, &two, false));
    }
}
