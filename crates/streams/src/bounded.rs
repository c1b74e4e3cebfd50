//! Integers of a range, all equally likely: by multiplication (D. Lemire, "Fast random integer generation in an
//! interval", 2019) or, in the legacy manner, by masks and rejection. Narrow integers are cut from 32-bit words.

use crate::fill::Column;
use crate::{Bits, Source, with_bits};

/// What is left of a 32-bit word that narrow integers are cut from.
#[derive(Default)]
struct Word32 {
    word: u32,
    pieces: u32,
}

impl Word32 {
    #[inline]
    fn cut<B: Bits>(&mut self, bits: &mut B, width: u32) -> u32 {
        if self.pieces == 0 {
            self.word = bits.next_u32();
            self.pieces = 32 / width - 1;
        } else {
            self.word >>= width;
            self.pieces -= 1;
        }
        self.word
    }
}

/// The least mask of ones that covers `most`.
#[inline]
fn mask_of(most: u64) -> u64 {
    u64::MAX.checked_shr(most.leading_zeros()).unwrap_or(0)
}

/// How to draw a number of `0..=most`.
#[derive(Clone, Copy)]
#[doc(hidden)]
pub enum Plan {
    /// There is one number only.
    Nothing,
    /// All bits of the type.
    Whole,
    /// By a mask and rejection.
    Masked { most: u64, mask: u64 },
    /// By multiplication.
    Scaled { most: u64 },
    /// 64-bit numbers from 32-bit words; by multiplication where there is no mask.
    Narrow { most: u32, mask: u32 },
}

impl Plan {
    fn of(most: u64, all: u64, masked: bool) -> Plan {
        match most {
            0 => Plan::Nothing,
            _ if most == all => Plan::Whole,
            _ if masked => Plan::Masked { most, mask: mask_of(most) },
            _ => Plan::Scaled { most },
        }
    }
}

mod sealed {
    pub trait Sealed {}
}

/// An element type of integer draws; signed ones are drawn as their bits. `bool` is drawn as `Flag`s of one byte.
pub trait Word: Copy + sealed::Sealed {
    #[doc(hidden)]
    fn from_wide(wide: u64) -> Self;
    #[doc(hidden)]
    fn plan(range: u64, masked: bool) -> Plan;
    #[doc(hidden)]
    fn whole<B: Bits>(bits: &mut B, rest: &mut Rest) -> Self;
    #[doc(hidden)]
    fn draw<B: Bits>(bits: &mut B, rest: &mut Rest, plan: Plan) -> Self;
    #[doc(hidden)]
    fn plus(self, offset: Self) -> Self;
}

/// The rest of the word in use, which lasts for one fill.
#[derive(Default)]
#[doc(hidden)]
pub struct Rest(Word32);

macro_rules! narrow {
    ($ty:ty, $wide:ty, $width:literal) => {
        impl sealed::Sealed for $ty {}
        impl Word for $ty {
            #[inline]
            fn from_wide(wide: u64) -> $ty {
                wide as $ty
            }

            #[inline]
            fn plus(self, offset: $ty) -> $ty {
                self.wrapping_add(offset)
            }

            #[inline]
            fn whole<B: Bits>(bits: &mut B, rest: &mut Rest) -> $ty {
                if $width == 32 { bits.next_u32() as $ty } else { rest.0.cut(bits, $width) as $ty }
            }

            #[inline(always)] // so that a plan known to the caller is known here
            fn draw<B: Bits>(bits: &mut B, rest: &mut Rest, plan: Plan) -> $ty {
                match plan {
                    Plan::Nothing => 0,
                    Plan::Whole => <$ty>::whole(bits, rest),
                    Plan::Masked { most, mask } => loop {
                        let value = <$ty>::whole(bits, rest) & mask as $ty;
                        if value <= most as $ty {
                            return value;
                        }
                    },
                    Plan::Scaled { most } => {
                        let count = most as $ty + 1;
                        let mut product = <$wide>::from(<$ty>::whole(bits, rest)) * <$wide>::from(count);
                        if (product as $ty) < count {
                            let threshold = (<$ty>::MAX - most as $ty) % count;
                            while (product as $ty) < threshold {
                                product = <$wide>::from(<$ty>::whole(bits, rest)) * <$wide>::from(count);
                            }
                        }
                        (product >> $width) as $ty
                    }
                    Plan::Narrow { .. } => 0,
                }
            }

            fn plan(range: u64, masked: bool) -> Plan {
                Plan::of(u64::from(range as $ty), u64::from(<$ty>::MAX), masked)
            }
        }
    };
}

narrow!(u8, u16, 8);
narrow!(u16, u32, 16);
narrow!(u32, u64, 32);

impl sealed::Sealed for u64 {}
impl Word for u64 {
    #[inline]
    fn from_wide(wide: u64) -> u64 {
        wide
    }

    #[inline]
    fn plus(self, offset: u64) -> u64 {
        self.wrapping_add(offset)
    }

    fn plan(range: u64, masked: bool) -> Plan {
        match u32::try_from(range) {
            Ok(0) => Plan::Nothing,
            Ok(u32::MAX) => Plan::Narrow { most: u32::MAX, mask: 0 },
            Ok(most) if masked => Plan::Narrow { most, mask: mask_of(range) as u32 },
            Ok(most) => Plan::Narrow { most, mask: 0 },
            Err(_) => Plan::of(range, u64::MAX, masked),
        }
    }

    #[inline]
    fn whole<B: Bits>(bits: &mut B, _rest: &mut Rest) -> u64 {
        bits.next_u64()
    }

    #[inline(always)] // so that a plan known to the caller is known here
    fn draw<B: Bits>(bits: &mut B, rest: &mut Rest, plan: Plan) -> u64 {
        match plan {
            Plan::Nothing => 0,
            Plan::Whole => bits.next_u64(),
            // 32 bits suffice
            Plan::Narrow { most: u32::MAX, .. } => u64::from(bits.next_u32()),
            Plan::Narrow { most, mask: 0 } => {
                u64::from(u32::draw(bits, rest, Plan::Scaled { most: u64::from(most) }))
            }
            Plan::Narrow { most, mask } => {
                let plan = Plan::Masked { most: u64::from(most), mask: u64::from(mask) };
                u64::from(u32::draw(bits, rest, plan))
            }
            Plan::Masked { most, mask } => loop {
                let value = bits.next_u64() & mask;
                if value <= most {
                    return value;
                }
            },
            Plan::Scaled { most } => {
                let count = most + 1;
                let mut product = u128::from(bits.next_u64()) * u128::from(count);
                if (product as u64) < count {
                    let threshold = (u64::MAX - most) % count;
                    while (product as u64) < threshold {
                        product = u128::from(bits.next_u64()) * u128::from(count);
                    }
                }
                (product >> 64) as u64
            }
        }
    }
}

impl sealed::Sealed for bool {}
impl Word for bool {
    #[inline]
    fn from_wide(wide: u64) -> bool {
        wide & 1 == 1
    }

    #[inline]
    fn plus(self, offset: bool) -> bool {
        self | offset
    }

    fn plan(range: u64, _masked: bool) -> Plan {
        if range == 0 { Plan::Nothing } else { Plan::Whole }
    }

    #[inline]
    fn whole<B: Bits>(bits: &mut B, rest: &mut Rest) -> bool {
        rest.0.cut(bits, 1) & 1 == 1
    }

    #[inline]
    fn draw<B: Bits>(bits: &mut B, rest: &mut Rest, plan: Plan) -> bool {
        matches!(plan, Plan::Whole) && bool::whole(bits, rest)
    }
}

/// A number of `0..=most` by multiplication.
#[inline]
pub(crate) fn below_or_at<B: Bits>(bits: &mut B, most: u64) -> u64 {
    u64::draw(bits, &mut Rest::default(), u64::plan(most, false))
}

/// Fills `out` with integers of `offset..=offset + range`, modulo the width of the type.
pub fn fill_bounded<T: Word>(
    source: &mut Source,
    offsets: Column<'_, u64>,
    ranges: Column<'_, u64>,
    masked: bool,
    out: &mut [T],
) {
    with_bits!(source, bits => fill(bits, offsets, ranges, masked, out))
}

fn fill<T: Word, B: Bits>(
    bits: &mut B,
    offsets: Column<'_, u64>,
    ranges: Column<'_, u64>,
    masked: bool,
    out: &mut [T],
) {
    let mut rest = Rest::default();
    if let (Column::One(offset), Column::One(range)) = (offsets, ranges) {
        let offset = T::from_wide(offset);
        macro_rules! all {
            ($plan:expr) => {
                out.iter_mut().for_each(|slot| *slot = T::draw(bits, &mut rest, $plan).plus(offset))
            };
        }
        // one loop per plan, in which the compiler knows it
        match T::plan(range, masked) {
            Plan::Nothing => all!(Plan::Nothing),
            Plan::Whole => all!(Plan::Whole),
            Plan::Masked { most, mask } => all!(Plan::Masked { most, mask }),
            Plan::Scaled { most } => all!(Plan::Scaled { most }),
            Plan::Narrow { most, mask: 0 } if most < u32::MAX => all!(Plan::Narrow { most, mask: 0 }),
            Plan::Narrow { most, mask } => all!(Plan::Narrow { most, mask }),
        }
        return;
    }
    for (place, slot) in out.iter_mut().enumerate() {
        let plan = T::plan(ranges.at(place), masked);
        *slot = T::draw(bits, &mut rest, plan).plus(T::from_wide(offsets.at(place)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pcg64;

    #[test]
    fn masks() {
        assert_eq!([mask_of(0), mask_of(1), mask_of(5), mask_of(u64::MAX)], [0, 1, 7, u64::MAX]);
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut source = Source::Pcg64(Pcg64::new([1, 2, 3, 4]));
        for masked in [false, true] {
            let mut out = [0u8; 4000];
            fill_bounded(&mut source, Column::One(250), Column::One(9), masked, &mut out);
            let mut seen = [0; 10];
            out.iter().for_each(|value| seen[value.wrapping_sub(250) as usize] += 1);
            assert!(seen.iter().all(|&count| (300..500).contains(&count)), "{seen:?}");
        }
    }
}
