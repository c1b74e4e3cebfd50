//! Einstein summation: subscripts taken apart and checked, operands contracted pair by pair (cheapest first) by batched
//! matrix products. Made of recorded operators, so gradients follow.

use std::collections::BTreeMap;

use base::{Error, Result, promote, shape};

use crate::elementwise::multiply;
use crate::products::matmul;
use crate::{Array, reduce};

/// A letter, or an axis under an ellipsis (numbered from the right, above all letters).
type Label = u32;
const ELLIPSIS: Label = 0x11_0000;

struct Term {
    array: Array,
    labels: Vec<Label>,
}

/// The letters of one operand, with `None` for an ellipsis.
fn letters(text: &str) -> Result<Vec<Option<Label>>> {
    let mut out = Vec::new();
    let mut rest = text.trim();
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("...") {
            if out.contains(&None) {
                return Err(Error::value("einsum: more than one ellipsis in the subscripts of an operand"));
            }
            out.push(None);
            rest = after;
            continue;
        }
        rest = &rest[letter.len_utf8()..];
        match letter {
            ' ' => {}
            'a'..='z' | 'A'..='Z' => out.push(Some(letter as Label)),
            other => {
                return Err(Error::value(format!(
                    "einsum: invalid subscript '{other}' in einstein sum subscripts string, subscripts must be letters"
                )));
            }
        }
    }
    Ok(out)
}

/// Labels of one operand, one per axis.
fn operand_labels(text: &str, array: &Array) -> Result<Vec<Label>> {
    let letters = letters(text)?;
    let named = letters.iter().flatten().count();
    let dots = letters.contains(&None);
    if named > array.ndim() || (!dots && named < array.ndim()) {
        return Err(Error::value(format!(
            "einsum: operand has {} dimensions but its subscripts '{}' name {named}",
            array.ndim(),
            text.trim()
        )));
    }
    let hidden = (array.ndim() - named) as Label;
    let expand = |letter: &Option<Label>| match letter {
        Some(label) => vec![*label],
        None => (0..hidden).rev().map(|axis| ELLIPSIS + axis).collect(),
    };
    Ok(letters.iter().flat_map(expand).collect())
}

/// Labels of the result: as written, or all labels that occur once, in order, after the ellipsis.
fn output_labels(text: Option<&str>, inputs: &[Vec<Label>]) -> Result<Vec<Label>> {
    let mut counts: BTreeMap<Label, usize> = BTreeMap::new();
    for label in inputs.iter().flatten() {
        *counts.entry(*label).or_default() += 1;
    }
    let dots: Vec<Label> = counts.keys().rev().copied().filter(|&label| label >= ELLIPSIS).collect();
    let Some(text) = text else {
        let once =
            counts.iter().filter(|&(&label, &count)| label < ELLIPSIS && count == 1).map(|(&label, _)| label);
        return Ok(dots.into_iter().chain(once).collect());
    };
    let mut out = Vec::new();
    for letter in letters(text)? {
        match letter {
            None => out.extend_from_slice(&dots),
            Some(label) if out.contains(&label) => {
                return Err(Error::value(format!(
                    "einsum: output subscript '{}' appears twice",
                    char::from_u32(label).unwrap_or('?')
                )));
            }
            Some(label) if !counts.contains_key(&label) => {
                return Err(Error::value(format!(
                    "einsum: output subscript '{}' does not appear in any input",
                    char::from_u32(label).unwrap_or('?')
                )));
            }
            Some(label) => out.push(label),
        }
    }
    if !dots.is_empty() && !text.contains("...") {
        return Err(Error::value(
            "einsum: output has no ellipsis, but the operands have broadcast dimensions under one",
        ));
    }
    Ok(out)
}

/// Length of every label; lengths of 1 broadcast.
fn lengths(terms: &[Term]) -> Result<BTreeMap<Label, i64>> {
    let mut known: BTreeMap<Label, i64> = BTreeMap::new();
    for term in terms {
        for (&label, &length) in term.labels.iter().zip(term.array.shape()) {
            let slot = known.entry(label).or_insert(length);
            if *slot == 1 {
                *slot = length;
            } else if length != 1 && length != *slot {
                return Err(Error::value(format!(
                    "einsum: operands could not be broadcast together: label '{}' has lengths {} and {length}",
                    char::from_u32(label).unwrap_or('.'),
                    *slot
                )));
            }
        }
    }
    Ok(known)
}

impl Term {
    fn axis(&self, label: Label) -> Option<usize> {
        self.labels.iter().position(|&one| one == label)
    }

    /// Repeated labels become diagonals.
    fn without_repeats(mut self) -> Result<Term> {
        loop {
            let pair = (0..self.labels.len()).find_map(|second| {
                self.labels[..second]
                    .iter()
                    .position(|&one| one == self.labels[second])
                    .map(|first| (first, second))
            });
            let Some((first, second)) = pair else { return Ok(self) };
            if self.array.shape()[first] != self.array.shape()[second] {
                return Err(Error::value(format!(
                    "einsum: dimensions of one operand for a repeated label differ: {} and {}",
                    self.array.shape()[first],
                    self.array.shape()[second]
                )));
            }
            self.array = self.array.diagonal(0, first as i64, second as i64)?;
            let label = self.labels.remove(second);
            self.labels.remove(first);
            self.labels.push(label);
        }
    }

    /// Axes of length 1 that stand for longer ones go away: broadcasting brings them back.
    fn without_ones(mut self, lengths: &BTreeMap<Label, i64>) -> Result<Term> {
        for axis in (0..self.labels.len()).rev() {
            if self.array.shape()[axis] == 1
                && lengths.get(&self.labels[axis]).is_some_and(|&length| length != 1)
            {
                self.array = self.array.squeeze(Some(&[axis as i64]))?;
                self.labels.remove(axis);
            }
        }
        Ok(self)
    }

    /// Sums over labels that nobody else needs.
    fn summed(self, keep: &[Label]) -> Result<Term> {
        let gone: Vec<i64> = (0..self.labels.len())
            .filter(|&axis| !keep.contains(&self.labels[axis]))
            .map(|axis| axis as i64)
            .collect();
        if gone.is_empty() {
            return Ok(self);
        }
        let dtype = Some(self.array.dtype());
        let options = reduce::Options { axes: Some(&gone), dtype, ..Default::default() };
        let array = reduce::sum(&self.array, &options)?;
        let labels = self.labels.into_iter().filter(|label| keep.contains(label)).collect();
        Ok(Term { array, labels })
    }

    /// Axes in the order of these labels, the runs of labels merged to one axis each.
    fn grouped(&self, groups: [&[Label]; 3], lengths: &BTreeMap<Label, i64>) -> Result<Array> {
        let order: Vec<i64> = groups
            .iter()
            .flat_map(|group| group.iter())
            .filter_map(|&label| self.axis(label))
            .map(|axis| axis as i64)
            .collect();
        let sizes: Vec<i64> = groups
            .iter()
            .map(|group| group.iter().map(|label| lengths.get(label).copied().unwrap_or(1)).product())
            .collect();
        self.array.transpose(Some(&order))?.reshape(&sizes)
    }
}

/// Contracts two operands over the labels that nobody else needs.
fn contract(a: Term, b: Term, keep: &[Label], lengths: &BTreeMap<Label, i64>) -> Result<Term> {
    let needed = |own: &Term, other: &Term| -> Vec<Label> {
        own.labels
            .iter()
            .copied()
            .filter(|label| keep.contains(label) || other.labels.contains(label))
            .collect()
    };
    let (keep_a, keep_b) = (needed(&a, &b), needed(&b, &a));
    let (a, b) = (a.summed(&keep_a)?, b.summed(&keep_b)?);
    let shared = |label: &&Label| b.labels.contains(label);
    let batch: Vec<Label> =
        a.labels.iter().filter(shared).filter(|label| keep.contains(label)).copied().collect();
    let inner: Vec<Label> =
        a.labels.iter().filter(shared).filter(|label| !keep.contains(label)).copied().collect();
    let rows: Vec<Label> = a.labels.iter().filter(|label| !b.labels.contains(label)).copied().collect();
    let columns: Vec<Label> = b.labels.iter().filter(|label| !a.labels.contains(label)).copied().collect();
    let left = a.grouped([&batch, &rows, &inner], lengths)?;
    let right = b.grouped([&batch, &inner, &columns], lengths)?;
    let product = if inner.is_empty() { multiply(&left, &right)? } else { matmul(&left, &right)? };
    let labels: Vec<Label> = [batch, rows, columns].concat();
    let wanted: Vec<i64> = labels.iter().map(|label| lengths.get(label).copied().unwrap_or(1)).collect();
    Ok(Term { array: product.reshape(&wanted)?, labels })
}

/// The pair whose contraction gives the smallest result.
fn cheapest_pair(terms: &[Term], output: &[Label], lengths: &BTreeMap<Label, i64>) -> (usize, usize) {
    let mut best = (0, 1);
    let mut least = i128::MAX;
    for first in 0..terms.len() {
        for second in first + 1..terms.len() {
            let keep = kept_labels(terms, output, &[first, second]);
            let mut labels: Vec<Label> = [terms[first].labels.clone(), terms[second].labels.clone()].concat();
            labels.sort_unstable();
            labels.dedup();
            let size: i128 = labels
                .iter()
                .filter(|label| keep.contains(label))
                .map(|label| i128::from(lengths.get(label).copied().unwrap_or(1)))
                .product();
            if size < least {
                (best, least) = ((first, second), size);
            }
        }
    }
    best
}

/// Labels of the output and of all operands but these.
fn kept_labels(terms: &[Term], output: &[Label], except: &[usize]) -> Vec<Label> {
    let others = terms
        .iter()
        .enumerate()
        .filter(|(index, _)| !except.contains(index))
        .flat_map(|(_, term)| &term.labels);
    others.chain(output).copied().collect()
}

/// Sums products of the operands' elements over labels, as `subscripts` say (`"ij,jk->ik"`; implicit output and
/// ellipsis as in NumPy). The result has the operands' common dtype.
///
/// # Errors
/// Value: malformed subscripts, lengths that do not fit.
pub fn einsum(subscripts: &str, operands: &[&Array]) -> Result<Array> {
    let (inputs, output) = match subscripts.split_once("->") {
        Some((inputs, output)) => (inputs, Some(output)),
        None => (subscripts, None),
    };
    let texts: Vec<&str> = inputs.split(',').collect();
    if texts.len() != operands.len() || operands.is_empty() {
        return Err(Error::value(format!(
            "einsum: {} subscripts for {} operands in '{subscripts}'",
            texts.len(),
            operands.len()
        )));
    }
    let dtype = promote::promote_all(operands.iter().map(|array| array.dtype()));
    let labels = texts
        .iter()
        .zip(operands)
        .map(|(text, array)| operand_labels(text, array))
        .collect::<Result<Vec<_>>>()?;
    let output = output_labels(output, &labels)?;
    let mut terms = Vec::new();
    for (labels, array) in labels.into_iter().zip(operands) {
        let array = array.astype_if(dtype.unwrap_or(array.dtype()))?;
        terms.push(Term { array, labels }.without_repeats()?);
    }
    let lengths = lengths(&terms)?;
    terms = terms.into_iter().map(|term| term.without_ones(&lengths)).collect::<Result<Vec<_>>>()?;
    while terms.len() > 1 {
        let (first, second) = cheapest_pair(&terms, &output, &lengths);
        let keep = kept_labels(&terms, &output, &[first, second]);
        let b = terms.remove(second);
        let a = terms.remove(first);
        terms.push(contract(a, b, &keep, &lengths)?);
    }
    let Some(term) = terms.pop() else { return Err(Error::value("einsum: no operands")) };
    let result = finish(term.summed(&output)?, &output, &lengths)?;
    match operands {
        // a diagonal, or axes in another order, may be written through, as in NumPy
        [only] if result.size() <= only.size() && result.may_share_memory(only) => {
            result.set_writable(only.is_writable())?;
        }
        _ => {}
    }
    Ok(result)
}

/// The last operand's axes in the output's order; labels that only stood on axes of length 1 come back.
fn finish(term: Term, output: &[Label], lengths: &BTreeMap<Label, i64>) -> Result<Array> {
    let present: Vec<i64> =
        output.iter().filter_map(|&label| term.axis(label)).map(|axis| axis as i64).collect();
    let ordered = term.array.transpose(Some(&present))?;
    let mut wanted = Vec::new();
    for label in output {
        wanted.push(if term.labels.contains(label) { lengths.get(label).copied().unwrap_or(1) } else { 1 });
    }
    let full: Vec<i64> = output.iter().map(|label| lengths.get(label).copied().unwrap_or(1)).collect();
    let shown = ordered.reshape(&wanted)?;
    if shape::size(&full)? == shown.size() { Ok(shown) } else { shown.broadcast_to(&full) }
}
