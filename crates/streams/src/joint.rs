//! Whole vectors: counts per category, probabilities that add up to one. Rows stand one after the other.

use crate::binomial::binomial;
use crate::fill::{Column, with_draw};
use crate::gamma::{beta, standard_gamma};
use crate::hypergeometric::hypergeometric;
use crate::select::interval;
use crate::{Bits, Draw, Gauss, Source, with_bits};

/// How often each category occurs: per row its number of trials and where its probabilities begin. There is one manner.
pub fn multinomial(
    source: &mut Source,
    trials: Column<'_, i64>,
    probabilities: &[f64],
    starts: Column<'_, usize>,
    out: &mut [i64],
    categories: usize,
) {
    with_draw!(source, None::<&mut Gauss>, draw => {
        for (row, counts) in out.chunks_exact_mut(categories.max(1)).enumerate() {
            let start = starts.at(row);
            multinomial_row(draw, trials.at(row), &probabilities[start..start + categories], counts);
        }
    })
}

fn multinomial_row<D: Draw>(draw: &mut D, trials: i64, probabilities: &[f64], counts: &mut [i64]) {
    let (mut left, mut share) = (trials, 1.0);
    let last = counts.len() - 1;
    for (count, &probability) in counts[..last].iter_mut().zip(probabilities) {
        *count = binomial(draw, left, probability / share);
        left -= *count;
        if left <= 0 {
            break;
        }
        share -= probability;
    }
    if left > 0 {
        counts[last] = left;
    }
}

/// Vectors of the Dirichlet distribution: gamma numbers over their sum, or, where all concentrations are small, pieces
/// broken off one after the other.
pub fn dirichlet(source: &mut Source, legacy: Option<&mut Gauss>, alpha: &[f64], out: &mut [f64]) {
    let most = alpha.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let small = legacy.is_none() && most < 0.1;
    with_draw!(source, legacy, draw => {
        for row in out.chunks_exact_mut(alpha.len().max(1)) {
            if small { break_pieces(draw, alpha, row) } else { share_out(draw, alpha, row) }
        }
    })
}

fn share_out<D: Draw>(draw: &mut D, alpha: &[f64], row: &mut [f64]) {
    let mut sum = 0.0;
    for (slot, &alpha) in row.iter_mut().zip(alpha) {
        *slot = standard_gamma(draw, alpha);
        sum += *slot;
    }
    let inverse = 1.0 / sum;
    row.iter_mut().for_each(|slot| *slot *= inverse);
}

fn break_pieces<D: Draw>(draw: &mut D, alpha: &[f64], row: &mut [f64]) {
    let mut rests = alpha.to_vec();
    for place in (0..rests.len() - 1).rev() {
        rests[place] += rests[place + 1];
    }
    if rests[0] <= 0.0 {
        return;
    }
    let mut left = 1.0;
    let last = alpha.len() - 1;
    for place in 0..last {
        let piece = beta(draw, alpha[place], rests[place + 1]);
        row[place] = left * piece;
        left *= 1.0 - piece;
        if rests[place + 1] == 0.0 {
            break;
        }
    }
    row[last] = left;
}

/// Turns counts of what was left into counts of what was taken.
fn complement(colours: &[i64], row: &mut [i64]) {
    row.iter_mut().zip(colours).for_each(|(count, colour)| *count = colour - *count);
}

/// Samples of coloured items without replacement: a hypergeometric draw per colour. `out` holds zeros.
pub fn colours_by_marginals(source: &mut Source, colours: &[i64], sample: i64, out: &mut [i64]) {
    let total: i64 = colours.iter().sum();
    if total == 0 || sample == 0 {
        return;
    }
    let many = sample > total / 2;
    let wanted = if many { total - sample } else { sample };
    with_draw!(source, None::<&mut Gauss>, draw => {
        for row in out.chunks_exact_mut(colours.len()) {
            let (mut left, mut rest) = (wanted, total);
            for (count, &colour) in row[..colours.len() - 1].iter_mut().zip(colours) {
                if left <= 0 {
                    break;
                }
                rest -= colour;
                *count = hypergeometric(draw, colour, rest, left);
                left -= *count;
            }
            if left > 0 {
                row[colours.len() - 1] = left;
            }
            if many {
                complement(colours, row);
            }
        }
    })
}

/// Samples of coloured items without replacement: part of a shuffle of all items, which stand in memory. `out` holds
/// zeros.
pub fn colours_by_count(source: &mut Source, colours: &[i64], sample: i64, out: &mut [i64]) {
    let total: i64 = colours.iter().sum();
    if total == 0 || sample == 0 || out.is_empty() {
        return;
    }
    let mut items: Vec<usize> = Vec::with_capacity(total as usize);
    for (colour, &count) in colours.iter().enumerate() {
        items.extend(std::iter::repeat_n(colour, count as usize));
    }
    let many = sample > total / 2;
    let wanted = if many { total - sample } else { sample } as usize;
    with_bits!(source, bits => {
        for row in out.chunks_exact_mut(colours.len()) {
            count_row(bits, &mut items, wanted, row);
            if many {
                complement(colours, row);
            }
        }
    })
}

fn count_row<B: Bits>(bits: &mut B, items: &mut [usize], wanted: usize, row: &mut [i64]) {
    for place in 0..wanted {
        let other = place + interval(bits, (items.len() - place - 1) as u64) as usize;
        items.swap(place, other);
        row[items[place]] += 1;
    }
}
