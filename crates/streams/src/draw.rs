//! What distributions draw from: uniform, normal and exponential numbers in two manners. [`Modern`] is that of NumPy's
//! `Generator`, [`Legacy`] that of `RandomState`, whose algorithms are frozen. A distribution is written once over
//! [`Draw`]; where the manners differ beyond these three draws, it asks `D::LEGACY`.

use crate::{Bits, ziggurat};

/// A manner of drawing.
pub trait Draw {
    /// The bit generator.
    type Bits: Bits;
    /// Whether the frozen algorithms are wanted.
    const LEGACY: bool;

    /// The bit generator below.
    fn bits(&mut self) -> &mut Self::Bits;
    /// A standard normal number.
    fn normal(&mut self) -> f64;
    /// An exponentially distributed number with mean 1.
    fn exponential(&mut self) -> f64;

    /// A number in [0, 1).
    #[inline]
    fn uniform(&mut self) -> f64 {
        self.bits().next_f64()
    }
}

/// Normal and exponential numbers by ziggurats.
#[derive(Clone, Debug)]
pub struct Modern<B>(pub B);

impl<B: Bits> Draw for Modern<B> {
    type Bits = B;
    const LEGACY: bool = false;

    #[inline]
    fn bits(&mut self) -> &mut B {
        &mut self.0
    }

    #[inline]
    fn normal(&mut self) -> f64 {
        ziggurat::normal(&mut self.0)
    }

    #[inline]
    fn exponential(&mut self) -> f64 {
        ziggurat::exponential(&mut self.0)
    }
}

/// The second normal number of a pair, which waits to be used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gauss {
    /// Whether `value` waits.
    pub full: bool,
    /// The number.
    pub value: f64,
}

/// Normal numbers in pairs by Marsaglia's polar method, exponential ones by the logarithm.
#[derive(Debug)]
pub struct Legacy<'a, B> {
    /// The bit generator.
    pub bits: &'a mut B,
    /// The normal number left over.
    pub gauss: &'a mut Gauss,
}

impl<B: Bits> Draw for Legacy<'_, B> {
    type Bits = B;
    const LEGACY: bool = true;

    #[inline]
    fn bits(&mut self) -> &mut B {
        self.bits
    }

    fn normal(&mut self) -> f64 {
        if self.gauss.full {
            return std::mem::take(self.gauss).value;
        }
        loop {
            let x = 2.0 * self.uniform() - 1.0;
            let y = 2.0 * self.uniform() - 1.0;
            let square = x * x + y * y;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                *self.gauss = Gauss { full: true, value: factor * x };
                return factor * y;
            }
        }
    }

    #[inline]
    fn exponential(&mut self) -> f64 {
        -(1.0 - self.uniform()).ln()
    }
}
