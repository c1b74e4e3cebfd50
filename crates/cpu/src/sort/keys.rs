//! Elements as unsigned keys whose order is NumPy's order of the elements.
//!
//! Two maps are needed: `rank` calls equal what NumPy calls equal (-0 and 0; every nan) and gives stable orders;
//! `to_key` can be undone, so a sort of values moves keys only. Nan is set aside before it is used.

use half::{bf16, f16};
use num_complex::Complex;

use super::pool_slice::Parts;
use super::radix::{self, Pair, Radix, Vectors, Whole};
use super::select;
use super::spread::{self, Form};
use super::{PARALLEL_LENGTH, RADIX_LENGTH, WIDE_RADIX_LENGTH};
use crate::pool;
use crate::scratch::Scratch;

/// An element type that can be sorted.
pub trait SortKey: Copy + Default + Send + Sync + 'static {
    /// Where an element stands in NumPy's order.
    type Rank: Ord + Copy;
    /// The element's place in NumPy's order.
    fn rank(self) -> Self::Rank;
    /// nan, or with a part that is.
    fn is_unordered(self) -> bool;
    #[doc(hidden)]
    fn sort_slice(data: &mut [Self]);
    #[doc(hidden)]
    fn argsort_slice(data: &[Self], out: &mut [i64]);
    #[doc(hidden)]
    fn select_slice(data: &[Self], places: &[usize], out: &mut [Self]);
    #[doc(hidden)]
    fn partition_slice(data: &[Self], places: &[usize], out: &mut [Self]);
    #[doc(hidden)]
    fn argpartition_slice(data: &[Self], places: &[usize], out: &mut [i64]);
}

/// A real element: its key has its own size.
pub(super) trait Real: SortKey {
    type Key: Whole + Into<u64>;
    fn is_nan(self) -> bool;
    fn to_key(self) -> Self::Key;
    fn from_key(key: Self::Key) -> Self;
}

macro_rules! real {
    ($($type:ty, $key:ty, $rank:expr, $nan:expr, $to:expr, $from:expr;)*) => {$(
        impl SortKey for $type {
            type Rank = $key;
            #[inline(always)]
            fn rank(self) -> $key {
                let rank: fn($type) -> $key = $rank;
                rank(self)
            }
            #[inline(always)]
            fn is_unordered(self) -> bool {
                self.is_nan()
            }
            fn sort_slice(data: &mut [$type]) {
                sort_real(data);
            }
            fn argsort_slice(data: &[$type], out: &mut [i64]) {
                argsort_real(data, out, <$type>::rank);
            }
            fn select_slice(data: &[$type], places: &[usize], out: &mut [$type]) {
                select::select(data, places, out);
            }
            fn partition_slice(data: &[$type], places: &[usize], out: &mut [$type]) {
                select::partition(data, places, out);
            }
            fn argpartition_slice(data: &[$type], places: &[usize], out: &mut [i64]) {
                select::argpartition(data, places, out);
            }
        }
        impl Real for $type {
            type Key = $key;
            #[inline(always)]
            fn is_nan(self) -> bool {
                let is_nan: fn($type) -> bool = $nan;
                is_nan(self)
            }
            #[inline(always)]
            fn to_key(self) -> $key {
                let to: fn($type) -> $key = $to;
                to(self)
            }
            #[inline(always)]
            fn from_key(key: $key) -> $type {
                let from: fn($key) -> $type = $from;
                from(key)
            }
        }
    )*};
}

macro_rules! unsigned {
    ($($type:ty),*) => { real! { $($type, $type, |x| x, |_| false, |x| x, |key| key;)* } };
}
macro_rules! signed {
    ($($type:ty, $key:ty;)*) => { real! { $(
        $type, $key,
        |x| x as $key ^ 1 << (<$key>::BITS - 1),
        |_| false,
        |x| x as $key ^ 1 << (<$key>::BITS - 1),
        |key| (key ^ 1 << (<$key>::BITS - 1)) as $type;
    )* } };
}
/// Floats: positive ones get the sign bit, negative ones are inverted.
macro_rules! floats {
    ($($type:ty, $key:ty, $signed:ty, $infinity:expr;)*) => { real! { $(
        $type, $key,
        |x| {
            let bits = x.to_bits();
            let magnitude = bits & !SIGN::<$key>();
            if magnitude > $infinity {
                <$key>::MAX
            } else if magnitude == 0 {
                SIGN::<$key>()
            } else {
                x.to_key()
            }
        },
        |x| x.to_bits() & !SIGN::<$key>() > $infinity,
        |x| {
            let bits = x.to_bits();
            bits ^ ((bits as $signed >> (<$key>::BITS - 1)) as $key | SIGN::<$key>())
        },
        |key| {
            let inverted = !(key as $signed >> (<$key>::BITS - 1)) as $key;
            <$type>::from_bits(key ^ (inverted | SIGN::<$key>()))
        };
    )* } };
}

/// The sign bit of a key type.
#[allow(non_snake_case)]
#[inline(always)]
fn SIGN<K: From<bool> + std::ops::Shl<u32, Output = K>>() -> K {
    K::from(true) << (8 * size_of::<K>() as u32 - 1)
}

unsigned!(u8, u16, u32, u64);
signed!(i8, u8; i16, u16; i32, u32; i64, u64;);
real!(bool, u8, |x| x as u8, |_| false, |x| x as u8, |key| key != 0;);
floats! {
    f16, u16, i16, 0x7c00;
    bf16, u16, i16, 0x7f80;
    f32, u32, i32, 0x7f80_0000;
    f64, u64, i64, 0x7ff0_0000_0000_0000;
}

/// Real part first, then imaginary part; then those whose imaginary part is nan, then those whose real part is.
macro_rules! complex {
    ($($part:ty, $key:ty;)*) => {$(
        impl SortKey for Complex<$part> {
            type Rank = (u8, $key, $key);
            #[inline(always)]
            fn rank(self) -> (u8, $key, $key) {
                let class = if self.re.is_nan() { 2 } else { u8::from(self.im.is_nan()) };
                (class, self.re.rank(), self.im.rank())
            }
            fn is_unordered(self) -> bool {
                self.re.is_nan() || self.im.is_nan()
            }
            fn sort_slice(data: &mut [Complex<$part>]) {
                data.sort_by_key(|x| x.rank());
            }
            fn argsort_slice(data: &[Complex<$part>], out: &mut [i64]) {
                let mut pairs: Vec<_> = data.iter().enumerate().map(|(index, x)| (x.rank(), index)).collect();
                pairs.sort_unstable();
                for (to, (_, index)) in out.iter_mut().zip(pairs) {
                    *to = index as i64;
                }
            }
            fn select_slice(data: &[Complex<$part>], places: &[usize], out: &mut [Complex<$part>]) {
                let mut sorted = data.to_vec();
                Self::sort_slice(&mut sorted);
                for (to, &place) in out.iter_mut().zip(places) {
                    *to = sorted[place];
                }
            }
            fn partition_slice(data: &[Complex<$part>], _places: &[usize], out: &mut [Complex<$part>]) {
                out.copy_from_slice(data);
                Self::sort_slice(out);
            }
            fn argpartition_slice(data: &[Complex<$part>], _places: &[usize], out: &mut [i64]) {
                Self::argsort_slice(data, out);
            }
        }
    )*};
}
complex!(f32, u32; f64, u64;);

/// Sorts values through their keys: nan to the end first, the rest by key.
fn sort_real<T: Real>(data: &mut [T]) {
    let numbers = set_nan_aside(data);
    let data = &mut data[..numbers];
    if size_of::<T>() == 1 && data.len() > 64 {
        return count_bytes(data);
    }
    if let Some(vectors) = T::Key::vectors() {
        return sort_as_keys(data, vectors);
    }
    if data.len() < RADIX_LENGTH || (size_of::<T>() == 8 && data.len() < WIDE_RADIX_LENGTH) {
        return data.sort_unstable_by_key(|x| x.to_key());
    }
    let (elements, keys) = (data.as_mut_ptr(), data.as_mut_ptr().cast::<T::Key>());
    // SAFETY: a key has the size and alignment of its element; each place holds one or the other and is read as what
    // was written there last. Only the keys' slice is used while it is alive.
    unsafe {
        for index in 0..data.len() {
            keys.add(index).write((*elements.add(index)).to_key());
        }
        radix::sort(std::slice::from_raw_parts_mut(keys, data.len()), 0);
        for index in 0..data.len() {
            elements.add(index).write(T::from_key(*keys.add(index)));
        }
    }
}

/// Memory of a key type that holds elements before and after a sort.
struct Elements<T>(std::marker::PhantomData<fn() -> T>);

impl<T: Real> Form<T::Key> for Elements<T> {
    #[inline(always)]
    fn key(&self, element: T::Key) -> T::Key {
        // SAFETY: an element and its key have one size and alignment, and these are the bits of an element.
        unsafe { std::mem::transmute_copy::<T::Key, T>(&element) }.to_key()
    }
    #[inline(always)]
    fn element(&self, key: T::Key) -> T::Key {
        // SAFETY: any bits are a key.
        unsafe { std::mem::transmute_copy::<T, T::Key>(&T::from_key(key)) }
    }
}

/// Sorts numbers with the widest vectors.
fn sort_as_keys<T: Real>(data: &mut [T], vectors: Vectors<T::Key>) {
    // SAFETY: a key has the size and alignment of its element, and any bits are a key. The elements are written back
    // from elements' bits.
    let keys = unsafe { std::slice::from_raw_parts_mut(data.as_mut_ptr().cast::<T::Key>(), data.len()) };
    let mut room = Scratch::new::<T::Key>(keys.len());
    let other = room.slice(keys.len());
    spread::sort_as(&Elements::<T>(std::marker::PhantomData), vectors, keys, other);
}

/// How many elements are nan.
fn count_nan<T: Real>(data: &[T]) -> usize {
    // A whole pass without a branch costs next to nothing and finds none in most data.
    let count = |part: &[T]| part.iter().map(|x| usize::from(x.is_nan())).sum::<usize>();
    if data.len() < PARALLEL_LENGTH {
        return count(data);
    }
    let chunks = data.len().div_ceil(PARALLEL_LENGTH);
    let mut counts = vec![0; chunks];
    {
        let counts = Parts::new(&mut counts);
        pool::parallel(chunks, &|chunk| {
            let end = ((chunk + 1) * PARALLEL_LENGTH).min(data.len());
            // SAFETY: each task writes its own place.
            unsafe { counts.write(chunk, count(&data[chunk * PARALLEL_LENGTH..end])) }
        });
    }
    counts.iter().sum()
}

/// Moves every nan to the end, the numbers keep their order; returns how many numbers there are.
fn set_nan_aside<T: Real>(data: &mut [T]) -> usize {
    let nans = count_nan(data);
    if nans > 0 {
        let mut numbers = 0;
        for index in 0..data.len() {
            if !data[index].is_nan() {
                data.swap(numbers, index);
                numbers += 1;
            }
        }
    }
    data.len() - nans
}

/// Sorts bytes by counting them.
fn count_bytes<T: Real>(data: &mut [T]) {
    let mut counts = [0usize; 256];
    let mut samples = [data[0]; 256];
    for &element in data.iter() {
        let key = Into::<u64>::into(element.to_key()) as usize & 255;
        counts[key] += 1;
        samples[key] = element;
    }
    let mut rest = data;
    for (count, sample) in counts.into_iter().zip(samples) {
        let (now, later) = std::mem::take(&mut rest).split_at_mut(count);
        now.fill(sample);
        rest = later;
    }
}

/// Sorts (rank, index) pairs, packed into one word where both fit.
fn argsort_real<T: SortKey>(data: &[T], out: &mut [i64], rank: impl Fn(T) -> T::Rank)
where
    T::Rank: Into<u64>,
{
    let rank = |&element: &T| -> u64 { rank(element).into() };
    if size_of::<T>() <= 4 && data.len() <= u32::MAX as usize {
        let mut room = Scratch::new::<u64>(data.len());
        let words = room.slice::<u64>(data.len());
        for (index, (word, element)) in words.iter_mut().zip(data).enumerate() {
            *word = rank(element) << 32 | index as u64;
        }
        // Words differ in their indices, so an unstable sort of words is a stable sort of ranks.
        match u64::vectors() {
            None if words.len() < RADIX_LENGTH => words.sort_unstable(),
            _ => radix::sort(words, 32),
        }
        for (to, word) in out.iter_mut().zip(words) {
            *to = (*word & u64::from(u32::MAX)) as i64;
        }
        return;
    }
    let mut room = Scratch::new::<Pair>(data.len());
    let pairs = room.slice::<Pair>(data.len());
    for (index, (pair, element)) in pairs.iter_mut().zip(data).enumerate() {
        *pair = Pair { key: rank(element), index: index as u64 };
    }
    if pairs.len() < RADIX_LENGTH {
        pairs.sort_unstable()
    } else {
        radix::sort(pairs, 0)
    }
    for (to, pair) in out.iter_mut().zip(pairs) {
        *to = pair.index as i64;
    }
}
