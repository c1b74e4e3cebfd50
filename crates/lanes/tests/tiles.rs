//! Tile loops: the same bits at every position, in place, and where the slow path runs; casts of all pairs.

use base::{DType, Scalar};
use half::{bf16, f16};
use lanes::{Element, Isa, Map1, Map2, Real, Select, Style};
use mxnet_lanes as lanes;

struct Sin;
impl<T: Real> Map1<T, T> for Sin {
    const STYLE: Style = Style::Deferred;
    #[inline(always)]
    fn apply<I: Isa>(x: T) -> T {
        x.sin::<I>()
    }
}

struct Exp;
impl<T: Real> Map1<T, T> for Exp {
    #[inline(always)]
    fn apply<I: Isa>(x: T) -> T {
        x.exp::<I>()
    }
}

struct Gamma;
impl<T: Real> Map1<T, T> for Gamma {
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn apply<I: Isa>(x: T) -> T {
        x.gamma::<I>()
    }
}

struct Subtract;
impl<T: Real> Map2<T, T> for Subtract {
    #[inline(always)]
    fn apply<I: Isa>(x: T, y: T) -> T {
        x - y
    }
}

struct Less;
impl<T: Real> Map2<T, bool> for Less {
    #[inline(always)]
    fn apply<I: Isa>(x: T, y: T) -> bool {
        x < y
    }
}

struct Where;
impl<T: Element> Select<T> for Where {
    #[inline(always)]
    fn apply<I: Isa>(condition: bool, x: T, y: T) -> T {
        if condition { x } else { y }
    }
}

/// Runs a loop with one source.
fn run1<A: Copy, R: Copy + Default>(body: base::Loop, source: &[A]) -> Vec<R> {
    let mut out = vec![R::default(); source.len()];
    let source_pointer = source.as_ptr().cast();
    // SAFETY: the caller names the loop's own types; both sides hold the same count.
    unsafe { body(source.len(), out.as_mut_ptr().cast(), [source_pointer; 3]) };
    out
}

fn bits64(values: &[f64]) -> Vec<u64> {
    values.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn an_element_has_the_same_bits_at_every_place_of_a_tile() {
    let values: Vec<f64> = (0..100).map(|i| (i as f64 - 50.0) * 0.37).collect();
    for body in
        [lanes::map1::<Exp, f64, f64>(), lanes::map1::<Sin, f64, f64>(), lanes::map1::<Gamma, f64, f64>()]
    {
        let whole: Vec<f64> = run1(body, &values);
        for length in [1, 2, 3, 7, 15, 16, 17, 33] {
            for start in 0..values.len() - length {
                let part: Vec<f64> = run1(body, &values[start..start + length]);
                let same =
                    part.iter().zip(&whole[start..]).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan());
                assert!(same, "length {length} at {start}");
            }
        }
    }
}

#[test]
fn huge_arguments_among_small_ones_change_no_neighbour() {
    let small: Vec<f64> = (0..48).map(|i| i as f64 * 0.1).collect();
    let mut mixed = small.clone();
    (mixed[3], mixed[20], mixed[47]) = (1e22, f64::INFINITY, -1e300);
    let sin = lanes::map1::<Sin, f64, f64>();
    let (plain, repaired): (Vec<f64>, Vec<f64>) = (run1(sin, &small), run1(sin, &mixed));
    for index in 0..48 {
        if ![3, 20, 47].contains(&index) {
            assert_eq!(plain[index].to_bits(), repaired[index].to_bits());
        }
    }
    assert_eq!(repaired[3], -0.8522008497671888);
    assert!(repaired[20].is_nan());
    assert_eq!(repaired[47], 0.8178819121159085);
    let single: Vec<f32> = run1(lanes::map1::<Sin, f32, f32>(), &[1e30f32, 1.0, -0.0]);
    assert_eq!(single[0], (1e30f32 as f64).sin() as f32);
    assert!(single[2] == 0.0 && single[2].is_sign_negative());
}

#[test]
fn a_loop_may_write_over_any_of_its_sources() {
    let x: Vec<f64> = (0..77).map(|i| i as f64).collect();
    let y: Vec<f64> = x.iter().map(|v| v * 3.0 + 1.0).collect();
    let expected: Vec<f64> = x.iter().zip(&y).map(|(a, b)| a - b).collect();
    let body = lanes::map2::<Subtract, f64, f64>();
    let (mut first, mut second) = (x.clone(), y.clone());
    let (out, other) = (first.as_mut_ptr().cast::<u8>(), y.as_ptr().cast::<u8>());
    // SAFETY: all hold 77 float64.
    unsafe { body(77, out, [out, other, std::ptr::null()]) };
    let (out, other) = (second.as_mut_ptr().cast::<u8>(), x.as_ptr().cast::<u8>());
    // SAFETY: all hold 77 float64.
    unsafe { body(77, out, [other, out, std::ptr::null()]) };
    assert_eq!(bits64(&first), bits64(&expected));
    assert_eq!(bits64(&second), bits64(&expected));
}

#[test]
fn comparisons_write_bools_and_selections_read_any_byte_as_one() {
    let (x, y) = ([1f32, 2.0, f32::NAN, -0.0], [2f32, 1.0, 0.0, 0.0]);
    let mut out = [9u8; 4];
    let sources = [x.as_ptr().cast::<u8>(), y.as_ptr().cast(), std::ptr::null()];
    // SAFETY: four elements each.
    unsafe { lanes::map2::<Less, f32, bool>()(4, out.as_mut_ptr(), sources) };
    assert_eq!(out, [1, 0, 0, 0]);
    let (conditions, mut chosen) = ([0u8, 1, 2, 255], [0f32; 4]);
    let sources = [conditions.as_ptr(), x.as_ptr().cast(), y.as_ptr().cast()];
    // SAFETY: four elements each.
    unsafe { lanes::select3::<Where, f32>()(4, chosen.as_mut_ptr().cast(), sources) };
    assert_eq!(chosen[..2], [2.0, 2.0]);
    assert!(chosen[2].is_nan() && chosen[3] == 0.0 && chosen[3].is_sign_negative());
}

#[test]
fn a_scan_carries_over_its_calls() {
    let source = [1f64, 2.0, 3.0, 4.0];
    let (mut out, mut carry) = ([0f64; 4], 100f64);
    let scan = lanes::scan2::<Subtract, f64>();
    for half in 0..2 {
        // SAFETY: two elements at steps within four.
        unsafe {
            let from = source.as_ptr().add(half * 2).cast();
            let to = out.as_mut_ptr().add(3 - half * 2).cast();
            scan(2, to, -1, from, 1, (&raw mut carry).cast());
        }
    }
    assert_eq!(out, [90.0, 94.0, 97.0, 99.0]);
    assert_eq!(carry, 90.0);
}

struct Join;
impl Map2<i64, i64> for Join {
    fn apply<I: Isa>(x: i64, y: i64) -> i64 {
        x + y
    }
}

#[test]
fn a_fold_joins_every_element_of_a_row_or_column_once() {
    let fold = lanes::fold2::<Join, i64>();
    for length in [1usize, 2, 3, 8, 31, 32, 33, 64, 100, 257] {
        for unit in [1usize, 2, 7, 8, 33, 64, 71] {
            let source: Vec<i64> = (0..length * unit).map(|i| (i as i64 * 7919) % 1013).collect();
            let mut out = vec![-1i64; unit + 1];
            // SAFETY: `length * unit` elements, and room for `unit`.
            unsafe { fold(length, unit, out.as_mut_ptr().cast(), source.as_ptr().cast()) };
            let sum = |column: usize| source.iter().skip(column).step_by(unit).sum::<i64>();
            assert_eq!(out[..unit], (0..unit).map(sum).collect::<Vec<_>>(), "{length} x {unit}");
            assert_eq!(out[unit], -1);
        }
    }
}

/// One value of a dtype in a buffer of the largest alignment.
fn stored(value: Scalar) -> [u64; 2] {
    let bytes = value.to_bytes();
    let word = |start: usize| u64::from_ne_bytes(std::array::from_fn(|index| bytes[start + index]));
    [word(0), word(8)]
}

#[test]
fn casts_of_all_pairs_agree_with_the_conversion_of_single_values() {
    for from in DType::ALL {
        for to in DType::ALL {
            for value in [0i64, 1, 2, 3, 57, 100, 127] {
                let source = stored(Scalar::I64(value).cast(from));
                let expected = stored(Scalar::I64(value).cast(from).cast(to));
                let mut got = [0u64; 2];
                // SAFETY: one element on both sides.
                unsafe { lanes::cast(from, to)(1, got.as_mut_ptr().cast(), [source.as_ptr().cast(); 3]) };
                assert_eq!(got, expected, "{value} from {from} to {to}");
            }
        }
    }
}

#[test]
fn floats_out_of_range_cast_as_on_x86() {
    let wild = [f64::NAN, f64::INFINITY, 1e10, -1.9, 255.7, -2147483648.9];
    let to = |dtype| lanes::cast(DType::F64, dtype);
    assert_eq!(run1::<_, i32>(to(DType::I32), &wild), [i32::MIN, i32::MIN, i32::MIN, -1, 255, i32::MIN]);
    assert_eq!(
        run1::<_, i64>(to(DType::I64), &wild),
        [i64::MIN, i64::MIN, 10_000_000_000, -1, 255, -2147483648]
    );
    assert_eq!(run1::<_, u8>(to(DType::U8), &wild), [0, 0, 0, 255, 255, 0]);
    assert_eq!(run1::<_, u64>(to(DType::U64), &[1.8e19, -1.0]), [18_000_000_000_000_000_000, u64::MAX]);
    assert_eq!(run1::<_, u8>(to(DType::Bool), &[f64::NAN, 0.0, -0.0, 1e-320]), [1, 0, 0, 1]);
}

#[test]
fn halves_convert_as_the_reference_crate_does() {
    let all: Vec<u16> = (0..=u16::MAX).collect();
    let wide: Vec<f32> = run1(lanes::cast(DType::F16, DType::F32), &all);
    let back: Vec<u16> = run1(lanes::cast(DType::F32, DType::F16), &wide);
    for (&half, (&single, &again)) in all.iter().zip(wide.iter().zip(&back)) {
        let expected = f16::from_bits(half).to_f32();
        assert!(single.to_bits() == expected.to_bits() || (single.is_nan() && expected.is_nan()));
        assert!(half == again || f16::from_bits(again).is_nan());
    }
    let doubles = [1.0 + 2f64.powi(-11) + 2f64.powi(-40), 1.0 + 2f64.powi(-11), 65519.999999, 65520.0, 1e-30];
    let halves: Vec<u16> = run1(lanes::cast(DType::F64, DType::F16), &doubles);
    // Rounded once: through float32 the first would be a tie and the third infinite.
    assert_eq!(halves, [0x3c01, 0x3c00, 0x7bff, 0x7c00, 0]);
    let singles: Vec<f32> = (0..100_000u32).map(|i| f32::from_bits(i.wrapping_mul(2_654_435_761))).collect();
    let brain: Vec<u16> = run1(lanes::cast(DType::F32, DType::BF16), &singles);
    for (&x, &bits) in singles.iter().zip(&brain) {
        assert!(bits == bf16::from_f32(x).to_bits() || (x.is_nan() && bf16::from_bits(bits).is_nan()));
    }
}

#[test]
fn a_source_that_stands_still_is_read_again_for_every_block() {
    let x: Vec<f64> = (0..77).map(|i| i as f64 * 0.5).collect();
    let number = [3.0f64; base::STILL_BYTES / 8];
    let body = lanes::map2::<Subtract, f64, f64>();
    for count in [1, 15, 16, 33, 77] {
        let mut out = vec![0f64; 2 * count];
        let (many, one) = (x.as_ptr().cast::<u8>(), number.as_ptr().cast::<u8>());
        let (left, right) = out.split_at_mut(count);
        // SAFETY: x and both halves hold `count` float64, the number fills a block.
        unsafe {
            body(count | base::still(1), left.as_mut_ptr().cast(), [many, one, many]);
            body(count | base::still(0), right.as_mut_ptr().cast(), [one, many, one]);
        }
        assert!((0..count).all(|i| left[i] == x[i] - 3.0 && right[i] == 3.0 - x[i]), "count {count}");
    }
}

#[test]
fn pairs_of_signs_round_after_each() {
    use base::Sign::{Add, Divide, Multiply, Subtract};
    let one = |sign: base::Sign, x: f32, y: f32| match sign {
        Add => x + y,
        Subtract => x - y,
        Multiply => x * y,
        Divide => x / y,
    };
    let values = [0.1f32, -3.7, 1e-40, 1e30, f32::INFINITY, -0.0, 7.25e-3];
    let at = |shift: usize| -> Vec<f32> { (0..100).map(|i| values[(i * shift + i / 7) % 7]).collect() };
    let (x, y, z) = (at(1), at(2), at(3));
    for first in [Add, Subtract, Multiply, Divide] {
        for second in [Add, Subtract, Multiply, Divide] {
            for swapped in [false, true] {
                let Some(body) = lanes::pair(first, second, swapped, DType::F32) else {
                    panic!("no loop of {first:?} and {second:?}");
                };
                let mut out = vec![0f32; 100];
                let sources = [&x, &y, &z].map(|one| one.as_ptr().cast::<u8>());
                // SAFETY: all hold 100 float32.
                unsafe { body(100, out.as_mut_ptr().cast(), sources) };
                for i in 0..100 {
                    let inner = one(first, x[i], y[i]);
                    let wanted = if swapped { one(second, z[i], inner) } else { one(second, inner, z[i]) };
                    let same = out[i].to_bits() == wanted.to_bits() || (out[i].is_nan() && wanted.is_nan());
                    assert!(same, "{first:?} {second:?} {swapped} of {} {} {}", x[i], y[i], z[i]);
                }
            }
        }
    }
    assert!(lanes::pair(Add, Add, false, DType::I32).is_none());
}
