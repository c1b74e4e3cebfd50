//! Sorts of every dtype against the standard library's stable sort in NumPy's order.

use std::cmp::Ordering;

use half::{bf16, f16};
use num_complex::Complex;

use super::*;

fn numbers(count: usize, seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    (0..count).map(move |_| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        state ^ state >> 29
    })
}

/// NumPy's order of floats: nan last, -0 equal to 0.
fn float_order(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

/// NumPy's "less" of complex numbers.
fn complex_less(a: Complex<f64>, b: Complex<f64>) -> bool {
    if a.re < b.re {
        !a.im.is_nan() || b.im.is_nan()
    } else if a.re > b.re {
        b.im.is_nan() && !a.im.is_nan()
    } else if a.re == b.re || (a.re.is_nan() && b.re.is_nan()) {
        a.im < b.im || (b.im.is_nan() && !a.im.is_nan())
    } else {
        b.re.is_nan()
    }
}

const LENGTHS: [usize; 13] = [0, 1, 2, 17, 100, 129, 256, 257, 1000, 3000, 8192, 20_000, 150_000];

fn check<T: SortKey + std::fmt::Debug>(make: impl Fn(u64) -> T, order: impl Fn(T, T) -> Ordering + Copy) {
    for length in LENGTHS {
        let data: Vec<T> = numbers(length, length as u64 + 7).map(&make).collect();
        let mut expected: Vec<i64> = (0..length as i64).collect();
        expected.sort_by(|&left, &right| order(data[left as usize], data[right as usize]));
        let mut indices = vec![-1; length];
        argsort(&data, &mut indices);
        assert_eq!(indices, expected, "argsort of {length}");
        let mut sorted = data.clone();
        sort(&mut sorted);
        for (value, &index) in sorted.iter().zip(&expected) {
            assert!(order(*value, data[index as usize]) == Ordering::Equal, "sort of {length}");
        }
        check_selection(&data, &sorted, order);
        let mut places = vec![0; length];
        for right in [false, true] {
            searchsorted(&sorted, &data, right, &mut places);
            for (place, value) in places.iter().zip(&data).take(200) {
                let before = sorted.iter().filter(|&&other| match order(other, *value) {
                    Ordering::Less => true,
                    Ordering::Equal => right,
                    Ordering::Greater => false,
                });
                assert_eq!(*place, before.count() as i64);
            }
        }
    }
}

/// Selected elements, and rows partitioned around them, against the sorted row.
fn check_selection<T: SortKey + std::fmt::Debug>(data: &[T], sorted: &[T], order: impl Fn(T, T) -> Ordering) {
    let length = data.len();
    if length == 0 {
        return;
    }
    for places in [vec![length / 3], vec![0], vec![length - 1], vec![length / 5, length / 2, length - 1]] {
        let mut places = places;
        places.dedup();
        let mut found = vec![data[0]; places.len()];
        select(data, &places, &mut found);
        let (mut parts, mut indices) = (data.to_vec(), vec![-1; length]);
        partition(data, &places, &mut parts);
        argpartition(data, &places, &mut indices);
        for (value, &place) in found.iter().zip(&places) {
            assert!(order(*value, sorted[place]) == Ordering::Equal, "select {place} of {length}");
            let by_index: Vec<T> = indices.iter().map(|&index| data[index as usize]).collect();
            for parts in [&parts, &by_index] {
                assert!(order(parts[place], sorted[place]) == Ordering::Equal, "{place} of {length}");
                assert!(parts[..place].iter().all(|&x| order(x, sorted[place]) != Ordering::Greater));
                assert!(parts[place..].iter().all(|&x| order(x, sorted[place]) != Ordering::Less));
            }
        }
        indices.sort_unstable();
        assert!(indices.into_iter().eq(0..length as i64));
    }
}

/// Keys of shapes that are hard on pivots.
fn patterns(length: usize) -> Vec<Vec<u64>> {
    let half = length / 2;
    vec![
        (0..length as u64).collect(),
        (0..length as u64).rev().collect(),
        vec![7; length],
        (0..length).map(|index| index.min(length - index) as u64).collect(),
        (0..length).map(|index| if index < half { u64::MAX } else { 0 }).collect(),
        (0..length as u64).map(|index| index % 3).collect(),
        (0..length as u64).map(|index| index.wrapping_mul(0x9e37_79b9) % 1024).collect(),
        numbers(length, 5).map(|x| if x % 64 == 0 { x } else { 1 }).collect(),
        numbers(length, 9).map(|x| 1 << (x % 64)).collect(),
    ]
}

#[test]
fn hard_patterns_are_sorted_and_selected_from() {
    for length in [100, 257, 3000, 20_000, 120_000, 300_000] {
        for (index, data) in patterns(length).into_iter().enumerate() {
            let mut expected = data.clone();
            expected.sort_unstable();
            let mut sorted = data.clone();
            sort(&mut sorted);
            assert!(sorted == expected, "pattern {index} of {length}");
            check_selection(&data, &expected, |a, b| a.cmp(&b));
            let narrow: Vec<i32> = data.iter().map(|&x| (x >> 7) as i32).collect();
            let mut expected = narrow.clone();
            expected.sort_unstable();
            let mut sorted = narrow.clone();
            sort(&mut sorted);
            assert!(sorted == expected, "narrow pattern {index} of {length}");
            check_selection(&narrow, &expected, |a, b| a.cmp(&b));
        }
    }
}

#[test]
fn a_partition_keeps_the_order_of_the_row() {
    let data: Vec<i64> = numbers(40_000, 3).map(|x| (x % 1000) as i64).collect();
    let mut parts = vec![0; data.len()];
    partition(&data, &[20_000], &mut parts);
    let pivot = parts[20_000];
    let kind = |keep: &dyn Fn(i64) -> bool| data.iter().copied().filter(|&x| keep(x)).collect::<Vec<_>>();
    let expected = [kind(&|x| x < pivot), kind(&|x| x == pivot), kind(&|x| x > pivot)].concat();
    assert!(parts == expected);
}

#[test]
fn integers_and_bools_sort_by_value() {
    check(|x| x as i8, |a, b| a.cmp(&b));
    check(|x| x as u8, |a, b| a.cmp(&b));
    check(|x| x as i16, |a, b| a.cmp(&b));
    check(|x| x as u16, |a, b| a.cmp(&b));
    check(|x| x as i32, |a, b| a.cmp(&b));
    check(|x| (x % 1000) as u32, |a, b| a.cmp(&b));
    check(|x| x as i64, |a, b| a.cmp(&b));
    check(|x| (x % 70_000) << 20, |a, b| a.cmp(&b));
    check(|x| x % 3 == 0, |a, b| a.cmp(&b));
}

#[test]
fn floats_sort_with_nan_last_and_equal_zeros() {
    let special = |x: u64| match x % 50 {
        0 => f64::NAN,
        1 => -f64::NAN,
        2 => 0.0,
        3 => -0.0,
        4 => f64::INFINITY,
        5 => f64::NEG_INFINITY,
        6 => f64::MIN_POSITIVE / 4.0,
        _ => (x >> 20) as i32 as f64 / 65536.0,
    };
    check(special, float_order);
    check(|x| special(x) as f32, |a, b| float_order(a as f64, b as f64));
    check(|x| f16::from_f64(special(x)), |a, b| float_order(a.to_f64(), b.to_f64()));
    check(|x| bf16::from_f64(special(x)), |a, b| float_order(a.to_f64(), b.to_f64()));
}

#[test]
fn sorting_floats_keeps_every_bit_pattern() {
    let mut data: Vec<f32> = numbers(5000, 3).map(|x| f32::from_bits((x >> 16) as u32)).collect();
    let mut before: Vec<u32> = data.iter().map(|x| x.to_bits()).collect();
    sort(&mut data);
    let mut after: Vec<u32> = data.iter().map(|x| x.to_bits()).collect();
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(before, after);
}

#[test]
fn complex_numbers_sort_by_real_then_imaginary_part_with_numpys_nan_classes() {
    let part = |x: u64| if x.is_multiple_of(5) { f64::NAN } else { (x % 7) as f64 - 3.0 };
    let order = |a: Complex<f64>, b: Complex<f64>| match (complex_less(a, b), complex_less(b, a)) {
        (true, _) => Ordering::Less,
        (_, true) => Ordering::Greater,
        _ => Ordering::Equal,
    };
    check(|x| Complex::new(part(x >> 3), part(x >> 40)), order);
    let wide = |x: Complex<f32>| Complex::new(x.re as f64, x.im as f64);
    check(|x| Complex::new(part(x >> 3) as f32, part(x >> 40) as f32), |a, b| order(wide(a), wide(b)));
}

#[test]
fn rows_are_sorted_each_by_itself_whatever_the_number_of_threads() {
    for (rows, length) in [(1, 200_000), (3, 120_000), (500, 40), (40, 3000), (7, 0)] {
        let data: Vec<f32> = numbers(rows * length, 11).map(|x| x as i16 as f32).collect();
        let run = |threads: usize| {
            let before = pool::set_threads(threads);
            let (mut values, mut order) = (data.clone(), vec![0; data.len()]);
            // SAFETY: the vectors hold `rows * length` elements.
            unsafe {
                sort_rows(DType::F32, values.as_mut_ptr().cast(), rows, length);
                argsort_rows(DType::F32, data.as_ptr().cast(), order.as_mut_ptr(), rows, length);
            }
            pool::set_threads(before);
            (values, order)
        };
        let (values, order) = run(1);
        assert!(length == 0 || values.chunks(length).all(|row| row.is_sorted()));
        assert!((values, order) == run(3));
    }
}
