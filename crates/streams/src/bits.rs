//! Bit generators: what a stream of numbers is made of. [`Bits`] is what distributions draw from; [`Source`] holds any of
//! the five generators, and [`crate::fill`] asks once per fill which one it is.

mod jump;
mod mersenne;
mod pcg;
mod philox;
mod sfc;

pub use mersenne::Mt19937;
pub use pcg::{Pcg64, Pcg64Dxsm};
pub use philox::Philox;
pub use sfc::Sfc64;

/// A stream of uniformly distributed bits.
pub trait Bits {
    /// The next 32 bits.
    fn next_u32(&mut self) -> u32;

    /// The next 64 bits.
    fn next_u64(&mut self) -> u64;

    /// What the generator itself puts out next: 64 bits, or 32 in the low half.
    fn next_raw(&mut self) -> u64 {
        self.next_u64()
    }

    /// A number in [0, 1) with 53 random bits.
    #[inline]
    fn next_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A number in [0, 1) with 24 random bits.
    #[inline]
    fn next_f32(&mut self) -> f32 {
        (self.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
    }
}

/// A generator that somebody lends.
impl<B: Bits> Bits for &mut B {
    #[inline]
    fn next_u32(&mut self) -> u32 {
        (**self).next_u32()
    }

    #[inline]
    fn next_u64(&mut self) -> u64 {
        (**self).next_u64()
    }

    fn next_raw(&mut self) -> u64 {
        (**self).next_raw()
    }

    #[inline]
    fn next_f64(&mut self) -> f64 {
        (**self).next_f64()
    }

    #[inline]
    fn next_f32(&mut self) -> f32 {
        (**self).next_f32()
    }
}

/// A generator that can be asked for its future state.
pub trait Leap: Bits + Clone {
    /// Goes on as if so many words of 64 bits (a multiple of 4) had been drawn; the half word that waits stays.
    fn leap(&mut self, words: u64);

    /// The half word that waits.
    fn spare(&self) -> Spare;
}

/// A generator that counts what it gives.
#[derive(Clone, Debug)]
pub struct Counted<B> {
    /// The generator.
    pub bits: B,
    halves: u64,
}

impl<B: Leap> Counted<B> {
    /// Begins to count.
    pub fn new(bits: B) -> Counted<B> {
        Counted { bits, halves: 0 }
    }

    /// Half words given so far.
    #[inline]
    pub fn drawn(&self) -> u64 {
        self.halves
    }

    /// The generator as it will be after so many words of 64 bits (a multiple of 4); the half word that waits is the
    /// one of now.
    pub fn ahead(&self, words: u64) -> Counted<B> {
        let mut later = self.clone();
        later.bits.leap(words);
        later.halves += 2 * words;
        later
    }
}

impl<B: Leap> Bits for Counted<B> {
    #[inline]
    fn next_u32(&mut self) -> u32 {
        self.halves += 1;
        self.bits.next_u32()
    }

    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.halves += 2;
        self.bits.next_u64()
    }

    fn next_raw(&mut self) -> u64 {
        self.halves += 2;
        self.bits.next_raw()
    }
}

/// The half of a 64-bit word that a 32-bit draw left over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spare {
    /// Whether `word` waits to be used.
    pub full: bool,
    /// The upper half of the last word that was split, used or not.
    pub word: u32,
}

impl Spare {
    /// 32 bits: the half that waits, or the lower half of a new word.
    #[inline]
    fn next(&mut self, word: impl FnOnce() -> u64) -> u32 {
        if self.full {
            self.full = false;
            return self.word;
        }
        let word = word();
        *self = Spare { full: true, word: (word >> 32) as u32 };
        word as u32
    }
}

/// Any of the generators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// PCG XSL-RR 128/64.
    Pcg64(Pcg64),
    /// PCG DXSM 128/64.
    Pcg64Dxsm(Pcg64Dxsm),
    /// The Mersenne twister.
    Mt19937(Box<Mt19937>),
    /// Philox 4x64-10.
    Philox(Philox),
    /// Small fast chaotic, 64 bits.
    Sfc64(Sfc64),
}

/// Runs an expression with the generator of a [`Source`], compiled once per generator.
#[macro_export]
macro_rules! with_bits {
    ($source:expr, $bits:ident => $work:expr) => {
        match $source {
            $crate::Source::Pcg64($bits) => $work,
            $crate::Source::Pcg64Dxsm($bits) => $work,
            $crate::Source::Mt19937($bits) => {
                let $bits = &mut **$bits;
                $work
            }
            $crate::Source::Philox($bits) => $work,
            $crate::Source::Sfc64($bits) => $work,
        }
    };
}

/// [`with_bits`], where generators that can leap are held by value and counted, so that several threads may draw. What
/// the expression sees is `$wrap` over the generator.
macro_rules! with_counted {
    (@held $held:ident, $wrap:expr, $open:expr, $draw:ident => $work:expr) => {{
        let mut wrapped = $wrap($crate::bits::Counted::new($held.clone()));
        let $draw = &mut wrapped;
        let result = $work;
        *$held = $open(wrapped).bits;
        result
    }};
    ($source:expr, $wrap:expr, $open:expr, $draw:ident => $work:expr) => {
        match $source {
            $crate::Source::Pcg64(held) => {
                $crate::bits::with_counted!(@held held, $wrap, $open, $draw => $work)
            }
            $crate::Source::Pcg64Dxsm(held) => {
                $crate::bits::with_counted!(@held held, $wrap, $open, $draw => $work)
            }
            $crate::Source::Philox(held) => {
                $crate::bits::with_counted!(@held held, $wrap, $open, $draw => $work)
            }
            $crate::Source::Mt19937(held) => {
                let $draw = &mut $wrap(&mut **held);
                $work
            }
            $crate::Source::Sfc64(held) => {
                let $draw = &mut $wrap(held);
                $work
            }
        }
    };
}
pub(crate) use with_counted;
