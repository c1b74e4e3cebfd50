//! Long transforms on several threads: a line of `rows * columns` elements is read as a matrix, its columns are
//! transformed, turned by roots of one, then its rows are transformed and read out column by column. Called by the kernel
//! beside it for lengths that have such divisors; the way depends on the length alone.
//!
//! Source: Bailey, FFTs in external or hierarchical memory (1990).

use std::sync::Arc;

use num_complex::Complex;
use rustfft::Fft;

use super::lines::{LINES, apart, read_lines, write_lines};
use super::{Precision, multiply};
use crate::pool;
use crate::scratch::Scratch;

/// Lengths from which on a line is worth several threads.
const LONG: usize = 1 << 16;
/// The matrix is at most so many times wider than it is high.
const MOST_WIDE: usize = 8;
/// Groups of lines in one task.
const GROUPS: usize = 2;

/// How a length is cut: rows and columns, nearly as many.
pub(super) fn cut(length: usize) -> Option<(usize, usize)> {
    if length < LONG {
        return None;
    }
    let root = length.isqrt();
    let rows = (LINES..=root)
        .rev()
        .take_while(|rows| length / rows <= MOST_WIDE * rows)
        .find(|&rows| length.is_multiple_of(rows))?;
    Some((rows, length / rows))
}

/// The plan of a long complex transform.
pub(super) struct Long<R: Precision> {
    rows: usize,
    columns: usize,
    down: Arc<dyn Fft<R>>,
    across: Arc<dyn Fft<R>>,
    /// Roots of one: the n-th is `coarse[n >> bits] * fine[n & mask]`.
    coarse: Vec<Complex<R>>,
    fine: Vec<Complex<R>>,
    bits: u32,
}

/// Where a line is read and written, from element to element.
pub(super) struct Line<R> {
    pub from: *const Complex<R>,
    pub from_step: isize,
    pub to: *mut Complex<R>,
    pub to_step: isize,
    pub between: *mut Complex<R>,
}

// SAFETY: tasks read and write elements of their own, as each comes from another column or row.
unsafe impl<R> Sync for Line<R> {}

impl<R: Precision> Long<R> {
    pub fn new(length: usize, inverse: bool) -> Long<R> {
        let (rows, columns) = cut(length).unwrap_or((1, length));
        let bits = length.ilog2().div_ceil(2);
        let root = |at: usize| {
            let turn = 2.0 * std::f64::consts::PI * (at as f64 / length as f64);
            let im = if inverse { turn.sin() } else { -turn.sin() };
            Complex {
                re: R::from_f64(turn.cos()).unwrap_or_default(),
                im: R::from_f64(im).unwrap_or_default(),
            }
        };
        Long {
            rows,
            columns,
            down: R::complex(rows, inverse),
            across: R::complex(columns, inverse),
            coarse: (0..=length >> bits).map(|at| root(at << bits)).collect(),
            fine: (0..1 << bits).map(root).collect(),
            bits,
        }
    }

    /// # Safety
    /// The line leads to as many elements as the transform is long, in all three places; none of them overlap, and nobody
    /// else writes the last two.
    pub unsafe fn transform(&self, line: &Line<R>, scale: R) {
        let (rows, columns) = (self.rows, self.columns);
        let grain = (GROUPS * LINES) as i64;
        pool::parallel_ranges(columns as i64, grain, &|begin, end| {
            let line = &line;
            let mut room = Room::new(rows, &*self.down);
            for first in (begin as usize..end as usize).step_by(LINES) {
                let count = LINES.min(end as usize - first);
                // SAFETY: promised by the caller; every task has its own columns.
                unsafe {
                    let starts: Vec<_> = (first..first + count)
                        .map(|column| line.from.offset(column as isize * line.from_step))
                        .collect();
                    read_lines(
                        &starts,
                        columns as isize * line.from_step,
                        rows,
                        rows,
                        room.step,
                        room.lines(),
                    );
                    for at in 0..count {
                        let own = room.transform(at, &*self.down);
                        self.turn(own, first + at);
                    }
                    let places: Vec<_> =
                        (first..first + count).map(|column| line.between.add(column)).collect();
                    write_lines(&places, columns as isize, rows, room.step, room.lines());
                }
            }
        });
        pool::parallel_ranges(rows as i64, grain, &|begin, end| {
            let line = &line;
            let mut room = Room::new(columns, &*self.across);
            for first in (begin as usize..end as usize).step_by(LINES) {
                let count = LINES.min(end as usize - first);
                // SAFETY: promised by the caller; every task has its own rows.
                unsafe {
                    let starts: Vec<_> = (first..first + count)
                        .map(|row| line.between.add(row * columns).cast_const())
                        .collect();
                    read_lines(&starts, 1, columns, columns, room.step, room.lines());
                    for at in 0..count {
                        multiply(room.transform(at, &*self.across), scale);
                    }
                    let places: Vec<_> = (first..first + count)
                        .map(|row| line.to.offset(row as isize * line.to_step))
                        .collect();
                    write_lines(&places, rows as isize * line.to_step, columns, room.step, room.lines());
                }
            }
        });
    }

    /// Multiplies a transformed column by its roots.
    fn turn(&self, values: &mut [Complex<R>], column: usize) {
        let mask = (1 << self.bits) - 1;
        let mut at = 0;
        for value in values {
            let root = self.coarse[at >> self.bits] * self.fine[at & mask];
            *value = *value * root;
            at += column;
        }
    }
}

/// Working memory of one task.
struct Room {
    length: usize,
    step: usize,
    scratch_length: usize,
    lines: Scratch,
    scratch: Scratch,
}

impl Room {
    fn new<R: Precision>(length: usize, plan: &dyn Fft<R>) -> Room {
        let step = apart::<Complex<R>>(length);
        let scratch_length = plan.get_inplace_scratch_len();
        Room {
            length,
            step,
            scratch_length,
            lines: Scratch::new::<Complex<R>>(step * LINES),
            scratch: Scratch::new::<Complex<R>>(scratch_length),
        }
    }

    fn lines<R: Precision>(&mut self) -> &mut [Complex<R>] {
        self.lines.slice(self.step * LINES)
    }

    fn transform<R: Precision>(&mut self, at: usize, plan: &dyn Fft<R>) -> &mut [Complex<R>] {
        let (start, length) = (at * self.step, self.length);
        let line = &mut self.lines.slice::<Complex<R>>(self.step * LINES)[start..start + length];
        plan.process_with_scratch(line, self.scratch.slice(self.scratch_length));
        line
    }
}
