//! From a scalar body to a loop over one tile. Operators implement `Map1`, `Map2`, `Map3` or `Select` for a marker
//! type; `map1` and its kin return the loop for this machine's level. The only place that decides how loops look.
//!
//! A source may stand still: one block of equal elements that every step reads again (see `base::still`), so that a
//! number costs no tile of its own.
//!
//! A tile's destination may be one of its sources, which would make the compiler fall back to scalar code; so each
//! step loads a whole block into locals, computes, and stores. A rest shorter than a block is padded and run through
//! the same code: an element's bits never depend on where in a tile it stands.

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::sync::atomic::{Ordering, compiler_fence};

use base::{Loop, Scan, Span};

use crate::Element;
#[cfg(target_arch = "x86_64")]
use crate::level::{Avx2, Avx512};
use crate::level::{Baseline, Deferring, Isa, Level, level};

/// How the loop runs a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Branch-free: lanes side by side.
    Lanes,
    /// Uses functions that have a rare slow path (`sin`, `cos`, `tan`, ...; see [`Isa::DEFER`]): a first pass over a
    /// block in lanes, then NaN results are computed again one by one.
    Deferred,
    /// Branches or loops inside: one element after the other, without padding.
    Scalar,
}

/// A body with one source.
pub trait Map1<A, R>: 'static {
    const STYLE: Style = Style::Lanes;
    fn apply<I: Isa>(x: A) -> R;
}

/// A body with two sources.
pub trait Map2<A, R>: 'static {
    const STYLE: Style = Style::Lanes;
    fn apply<I: Isa>(x: A, y: A) -> R;
}

/// A body with three sources.
pub trait Map3<A, R>: 'static {
    const STYLE: Style = Style::Lanes;
    fn apply<I: Isa>(x: A, y: A, z: A) -> R;
}

/// A body whose first source is a bool.
pub trait Select<A>: 'static {
    fn apply<I: Isa>(condition: bool, x: A, y: A) -> A;
}

/// The loop of a body with one source.
pub fn map1<O: Map1<A, R>, A: Element, R: Element>() -> Loop {
    build::<One<O, A, R>>()
}

/// As `map1`, without a loop for AVX-512.
pub(crate) fn map1_up_to_avx2<O: Map1<A, R>, A: Element, R: Element>() -> Loop {
    by_width::<One<O, A, R>, false>()
}

/// The loop of a body with two sources.
pub fn map2<O: Map2<A, R>, A: Element, R: Element>() -> Loop {
    build::<Two<O, A, R>>()
}

/// The loop of a body with three sources.
pub fn map3<O: Map3<A, R>, A: Element, R: Element>() -> Loop {
    build::<Three<O, A, R>>()
}

/// The loop of a body whose first source is a bool.
pub fn select3<O: Select<A>, A: Element>() -> Loop {
    build::<Choice<O, A>>()
}

/// The running fold of a body with two sources: `carry = apply(carry, source[i])`. Each step waits for the one before,
/// so there is nothing to gain from wider instructions.
pub fn scan2<O: Map2<A, A>, A: Element>() -> Scan {
    scan_body::<O, A>
}

unsafe fn scan_body<O: Map2<A, A>, A: Element>(
    count: usize,
    destination: *mut u8,
    destination_step: isize,
    source: *const u8,
    source_step: isize,
    carry: *mut u8,
) {
    let destination = destination.cast::<A::Bits>();
    let source = source.cast::<A::Bits>();
    let carry = carry.cast::<A::Bits>();
    // SAFETY: the caller hands one element in `carry` and `count` elements at the given steps on both sides.
    unsafe {
        let mut fold = A::from_bits(*carry);
        for index in 0..count as isize {
            fold = O::apply::<Baseline>(fold, A::from_bits(*source.offset(index * source_step)));
            *destination.offset(index * destination_step) = fold.into_bits();
        }
        *carry = fold.into_bits();
    }
}

/// An element type or `()`, a source that a body does not have.
trait Lane: Copy {
    type Raw: Copy + Default;
    fn open(raw: Self::Raw) -> Self;
}
impl<T: Element> Lane for T {
    type Raw = T::Bits;
    #[inline(always)]
    fn open(raw: T::Bits) -> T {
        T::from_bits(raw)
    }
}
impl Lane for () {
    type Raw = ();
    #[inline(always)]
    fn open(_raw: ()) {}
}

/// Any body seen as one with three sources; absent ones are `()`.
trait Body: 'static {
    type X: Lane;
    type Y: Lane;
    type Z: Lane;
    type R: Element;
    const STYLE: Style;
    fn apply<I: Isa>(x: Self::X, y: Self::Y, z: Self::Z) -> Self::R;
}

struct One<O, A, R>(PhantomData<(O, A, R)>);
impl<O: Map1<A, R>, A: Element, R: Element> Body for One<O, A, R> {
    type X = A;
    type Y = ();
    type Z = ();
    type R = R;
    const STYLE: Style = O::STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: A, _y: (), _z: ()) -> R {
        O::apply::<I>(x)
    }
}

struct Two<O, A, R>(PhantomData<(O, A, R)>);
impl<O: Map2<A, R>, A: Element, R: Element> Body for Two<O, A, R> {
    type X = A;
    type Y = A;
    type Z = ();
    type R = R;
    const STYLE: Style = O::STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: A, y: A, _z: ()) -> R {
        O::apply::<I>(x, y)
    }
}

struct Three<O, A, R>(PhantomData<(O, A, R)>);
impl<O: Map3<A, R>, A: Element, R: Element> Body for Three<O, A, R> {
    type X = A;
    type Y = A;
    type Z = A;
    type R = R;
    const STYLE: Style = O::STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: A, y: A, z: A) -> R {
        O::apply::<I>(x, y, z)
    }
}

struct Choice<O, A>(PhantomData<(O, A)>);
impl<O: Select<A>, A: Element> Body for Choice<O, A> {
    type X = bool;
    type Y = A;
    type Z = A;
    type R = A;
    const STYLE: Style = Style::Lanes;
    #[inline(always)]
    fn apply<I: Isa>(condition: bool, x: A, y: A) -> A {
        O::apply::<I>(condition, x, y)
    }
}

/// The loop of `B` for the level in use.
fn build<B: Body>() -> Loop {
    by_width::<B, true>()
}

/// Blocks of at least four 32-byte vectors where elements are narrow: enough independent work to hide latencies.
/// The conditions are `const`, so that only the chosen loop is instantiated.
fn by_width<B: Body, const WITH_AVX512: bool>() -> Loop {
    if const { matches!(B::STYLE, Style::Scalar) } {
        pick::<B, 1, WITH_AVX512>()
    } else if const { widest::<B>() <= 2 } {
        pick::<B, 64, WITH_AVX512>()
    } else if const { widest::<B>() <= 4 } {
        pick::<B, 32, WITH_AVX512>()
    } else {
        pick::<B, 16, WITH_AVX512>()
    }
}

const fn widest<B: Body>() -> usize {
    let (y, r) = (size_of::<<B::Y as Lane>::Raw>(), size_of::<<B::R as Element>::Bits>());
    let x = size_of::<<B::X as Lane>::Raw>();
    let source = if x > y { x } else { y };
    if source > r { source } else { r }
}

#[cfg(target_arch = "x86_64")]
fn pick<B: Body, const N: usize, const WITH_AVX512: bool>() -> Loop {
    let level = level();
    if const { WITH_AVX512 } && level == Level::Avx512 {
        return avx512::<B, N>;
    }
    if level >= Level::Avx2 { avx2::<B, N> } else { baseline::<B, N> }
}

#[cfg(not(target_arch = "x86_64"))]
fn pick<B: Body, const N: usize, const WITH_AVX512: bool>() -> Loop {
    baseline::<B, N>
}

unsafe fn baseline<B: Body, const N: usize>(count: usize, destination: *mut u8, sources: [*const u8; 3]) {
    // SAFETY: the caller keeps the contract of `Loop`.
    unsafe { tile::<B, Baseline, N>(count, destination, sources, baseline::<B, N>) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2")]
unsafe fn avx2<B: Body, const N: usize>(count: usize, destination: *mut u8, sources: [*const u8; 3]) {
    // SAFETY: the caller keeps the contract of `Loop`.
    unsafe { tile::<B, Avx2, N>(count, destination, sources, avx2::<B, N>) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,bmi1,bmi2")]
unsafe fn avx512<B: Body, const N: usize>(count: usize, destination: *mut u8, sources: [*const u8; 3]) {
    // SAFETY: the caller keeps the contract of `Loop`.
    unsafe { tile::<B, Avx512, N>(count, destination, sources, avx512::<B, N>) }
}

/// The body of every loop: whole blocks here, the rest padded to one block and sent through `itself`.
#[inline(always)]
unsafe fn tile<B: Body, I: Isa, const N: usize>(
    count: usize,
    destination: *mut u8,
    sources: [*const u8; 3],
    itself: Loop,
) {
    let (x, y, z) = (
        sources[0].cast::<<B::X as Lane>::Raw>(),
        sources[1].cast::<<B::Y as Lane>::Raw>(),
        sources[2].cast::<<B::Z as Lane>::Raw>(),
    );
    let out = destination.cast::<<B::R as Element>::Bits>();
    let Span { count, still } = Span::of(count);
    let steps = still.map(|still| if still { 0 } else { N });
    let whole = count / N * N;
    let (mut x, mut y, mut z) = (x, y, z);
    let mut start = 0;
    while start < whole {
        // SAFETY: `start + N <= count`, all operands hold `count` elements, and still ones hold a block.
        unsafe {
            let xs = load::<B::X, N>(x);
            let ys = load::<B::Y, N>(y);
            let zs = load::<B::Z, N>(z);
            block::<B, I, N>(&xs, &ys, &zs, out.add(start));
        }
        (x, y, z) = (x.wrapping_add(steps[0]), y.wrapping_add(steps[1]), z.wrapping_add(steps[2]));
        start += N;
        // Keeps the compiler from vectorising across blocks, which would gather lanes N elements apart.
        compiler_fence(Ordering::SeqCst);
    }
    if start < count {
        let sizes = [pointee_size(x), pointee_size(y), pointee_size(z)];
        let (rest, rests) = (out.wrapping_add(start).cast(), [x.cast(), y.cast(), z.cast()]);
        // SAFETY: the operands hold `count - start` more elements from here, fewer than a block.
        unsafe { padded::<N>(itself, count - start, rest, pointee_size(out), rests, sizes) }
    }
}

fn pointee_size<T>(_pointer: *const T) -> usize {
    size_of::<T>()
}

#[inline(always)]
unsafe fn load<T: Lane, const N: usize>(source: *const T::Raw) -> [T::Raw; N] {
    if const { size_of::<T::Raw>() == 0 } {
        return [T::Raw::default(); N];
    }
    // SAFETY: the caller says that a whole block lies there.
    unsafe { source.cast::<[T::Raw; N]>().read() }
}

/// Computes one block from locals straight into memory (through a local array, narrow stores followed by a wide copy
/// would stall).
///
/// # Safety
/// `out` has room for a block.
#[inline(always)]
unsafe fn block<B: Body, I: Isa, const N: usize>(
    xs: &[<B::X as Lane>::Raw; N],
    ys: &[<B::Y as Lane>::Raw; N],
    zs: &[<B::Z as Lane>::Raw; N],
    out: *mut <B::R as Element>::Bits,
) {
    if const { !matches!(B::STYLE, Style::Deferred) } {
        for lane in 0..N {
            // SAFETY: `lane` is within the block.
            unsafe { out.add(lane).write(one::<B, I>(xs[lane], ys[lane], zs[lane]).into_bits()) }
        }
        return;
    }
    let mut hard = false;
    for lane in 0..N {
        let result = one::<B, Deferring<I>>(xs[lane], ys[lane], zs[lane]);
        hard |= result.has_nan();
        // SAFETY: `lane` is within the block.
        unsafe { out.add(lane).write(result.into_bits()) }
    }
    if hard {
        for lane in 0..N {
            // SAFETY: `lane` is within the block, which has been written above.
            unsafe {
                if B::R::open(out.add(lane).read()).has_nan() {
                    out.add(lane).write(one::<B, I>(xs[lane], ys[lane], zs[lane]).into_bits());
                }
            }
        }
    }
}

#[inline(always)]
fn one<B: Body, I: Isa>(x: <B::X as Lane>::Raw, y: <B::Y as Lane>::Raw, z: <B::Z as Lane>::Raw) -> B::R {
    B::apply::<I>(B::X::open(x), B::Y::open(y), B::Z::open(z))
}

/// Sixteen bytes at the alignment of the widest element, for blocks on the stack.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line(#[allow(dead_code, reason = "only its size and alignment matter")] [u8; 64]);

/// Runs `body` over a block of which only `count` elements are real; the padding is zero.
///
/// # Safety
/// As for [`Loop`], for operands with the given element sizes.
#[inline(never)]
unsafe fn padded<const N: usize>(
    body: Loop,
    count: usize,
    destination: *mut u8,
    result_size: usize,
    sources: [*const u8; 3],
    sizes: [usize; 3],
) {
    // No block is larger: 16 elements of at most 16 bytes, 32 of 4, 64 of 2. Only what a body reads is filled.
    let mut blocks = MaybeUninit::<[[Line; 4]; 4]>::uninit();
    let x = blocks.as_mut_ptr().cast::<u8>();
    let (y, z, result) = (x.wrapping_add(256), x.wrapping_add(512), x.wrapping_add(768));
    // SAFETY: `count < N` elements fit in a block, whose 256 bytes hold N elements of every size paired with N.
    unsafe {
        for (source, (local, size)) in sources.into_iter().zip([x, y, z].into_iter().zip(sizes)) {
            if size != 0 {
                local.copy_from_nonoverlapping(source, count * size);
                local.add(count * size).write_bytes(0, (N - count) * size);
            }
        }
        body(N, result, [x, y, z]);
        destination.copy_from_nonoverlapping(result, count * result_size);
    }
}
