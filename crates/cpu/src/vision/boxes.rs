//! Boxes as four numbers, and how much two of them overlap.

use super::Number;

/// Two corners.
#[derive(Clone, Copy)]
pub(super) struct Corners<S> {
    pub low: [S; 2],
    pub high: [S; 2],
}

fn positive<S: Number>(x: S) -> S {
    if x > S::zero() { x } else { S::zero() }
}

impl<S: Number> Corners<S> {
    pub fn of(row: &[S]) -> Corners<S> {
        Corners { low: [row[0], row[1]], high: [row[2], row[3]] }
    }

    /// From centre and size.
    pub fn around(row: &[S]) -> Corners<S> {
        let half = S::of(0.5);
        let (width, height) = (row[2] * half, row[3] * half);
        Corners { low: [row[0] - width, row[1] - height], high: [row[0] + width, row[1] + height] }
    }

    /// Zero for boxes turned inside out.
    pub fn area(&self) -> S {
        positive(self.high[0] - self.low[0]) * positive(self.high[1] - self.low[1])
    }

    /// The area that both cover.
    pub fn shared(&self, other: &Corners<S>) -> S {
        let side = |axis: usize| {
            let low = if self.low[axis] > other.low[axis] { self.low[axis] } else { other.low[axis] };
            let high = if self.high[axis] < other.high[axis] { self.high[axis] } else { other.high[axis] };
            positive(high - low)
        };
        side(0) * side(1)
    }

    /// Intersection over union, without areas turned inside out being cut to zero; zero without a union.
    pub fn overlap(&self, other: &Corners<S>) -> S {
        let signed = |one: &Corners<S>| (one.high[0] - one.low[0]) * (one.high[1] - one.low[1]);
        let shared = self.shared(other);
        let union = signed(self) + signed(other) - shared;
        if union > S::zero() { shared / union } else { S::zero() }
    }

    /// Centre and size.
    pub fn centered(&self) -> ([S; 2], [S; 2]) {
        let half = S::of(0.5);
        (
            [(self.low[0] + self.high[0]) * half, (self.low[1] + self.high[1]) * half],
            [self.high[0] - self.low[0], self.high[1] - self.low[1]],
        )
    }
}
