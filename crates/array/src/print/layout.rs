//! Brackets, separators, line breaks and summaries around formatted elements. Serves `print`; knows nothing of how an
//! element is written.

use base::Scalar;

use super::Elements;
use super::column::Column;
use super::options::Options;

/// The text of an array with at least one element. `width` is the line width, `prefix` the columns taken before the
/// first bracket.
pub(super) fn layout(
    elements: &dyn Elements,
    options: &Options,
    separator: &str,
    prefix: usize,
    width: i64,
) -> String {
    let shape = elements.shape();
    let edge = options.edgeitems.max(0);
    // A product beyond i64 is certainly beyond any threshold.
    let size = shape.iter().fold(1i64, |size, &length| size.saturating_mul(length));
    let summarised = size > options.threshold;
    let column = Column::new(elements.dtype(), &measured(elements, summarised, edge), shape.len(), options);
    let layout = Layout { elements, column, separator, edge, summarised };
    layout.text(&mut Vec::with_capacity(shape.len()), &" ".repeat(prefix + 1), width)
}

/// The values that widths and digits are chosen from: those that are shown.
fn measured(elements: &dyn Elements, summarised: bool, edge: i64) -> Vec<Scalar> {
    let axes: Vec<Vec<i64>> = elements
        .shape()
        .iter()
        .map(|&length| {
            // NumPy measures the whole axis when no edge items are asked for, although it shows the last one.
            if summarised && edge > 0 && length > edge.saturating_mul(2) {
                (0..edge).chain(length - edge..length).collect()
            } else {
                (0..length).collect()
            }
        })
        .collect();
    let mut values = Vec::new();
    gather(elements, &axes, &mut Vec::with_capacity(axes.len()), &mut values);
    values
}

fn gather(elements: &dyn Elements, axes: &[Vec<i64>], index: &mut Vec<i64>, values: &mut Vec<Scalar>) {
    let Some(axis) = axes.get(index.len()) else {
        values.push(elements.get(index));
        return;
    };
    for &at in axis {
        index.push(at);
        gather(elements, axes, index, values);
        index.pop();
    }
}

struct Layout<'a> {
    elements: &'a dyn Elements,
    column: Column,
    separator: &'a str,
    edge: i64,
    summarised: bool,
}

impl Layout<'_> {
    /// The sub-array at `index`; its lines after the first begin with `indent`.
    fn text(&self, index: &mut Vec<i64>, indent: &str, width: i64) -> String {
        let axes_left = self.elements.shape().len() - index.len();
        match axes_left {
            0 => {
                let formatted = self.elements.formatted(index);
                formatted.unwrap_or_else(|| self.column.text(self.elements.get(index)))
            }
            1 => self.row(index, indent, width),
            _ => self.rows(index, indent, width, axes_left),
        }
    }

    /// The positions shown on the next axis; `None` stands for the dots.
    fn shown(&self, index: &[i64]) -> Vec<Option<i64>> {
        let length = self.elements.shape()[index.len()];
        if !self.summarised || length <= self.edge.saturating_mul(2) {
            return (0..length).map(Some).collect();
        }
        // NumPy shows the last item even when no edge items are asked for.
        let tail = length - self.edge.max(1);
        (0..self.edge).map(Some).chain([None]).chain((tail..length).map(Some)).collect()
    }

    /// The last axis: elements side by side, broken into lines.
    fn row(&self, index: &mut Vec<i64>, indent: &str, width: i64) -> String {
        let room = width - count(self.separator.trim_end()).max(1);
        let mut done = String::new();
        let mut line = indent.to_owned();
        let shown = self.shown(index);
        let last = shown.len().saturating_sub(1);
        for (position, at) in shown.into_iter().enumerate() {
            let word = match at {
                None => "...".to_owned(),
                Some(at) => {
                    index.push(at);
                    let word = self.text(index, indent, width);
                    index.pop();
                    word
                }
            };
            // A break does not help a line that holds nothing yet.
            if count(&line) + count(&word) > room && count(&line) > count(indent) {
                done.push_str(line.trim_end());
                done.push('\n');
                line = indent.to_owned();
            }
            line.push_str(&word);
            if position < last {
                line.push_str(self.separator);
            }
        }
        done.push_str(&line);
        format!("[{}]", done.get(indent.len()..).unwrap_or_default())
    }

    /// Another axis: sub-arrays below one another, with more blank lines the more axes they have.
    fn rows(&self, index: &mut Vec<i64>, indent: &str, width: i64, axes_left: usize) -> String {
        let inner = format!("{indent} ");
        let between = format!("{}{}{indent}", self.separator.trim_end(), "\n".repeat(axes_left - 1));
        let blocks: Vec<String> = self
            .shown(index)
            .into_iter()
            .map(|at| match at {
                None => "...".to_owned(),
                Some(at) => {
                    index.push(at);
                    let block = self.text(index, &inner, width - 1);
                    index.pop();
                    block
                }
            })
            .collect();
        format!("[{}]", blocks.join(&between))
    }
}

fn count(text: &str) -> i64 {
    text.chars().count() as i64
}
