//! What the kernels of layers are told: normalisation, softmax and its losses, attention, recurrent
//! cells. Data of `kernel::Kernel`, filled in by
//! `array` and run by devices; all tensors of these kernels are contiguous, their numbers float32 or float64 of one dtype.

/// How a row becomes a softmax.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softmax {
    /// The logarithm instead.
    pub logarithm: bool,
    /// Divides the elements first.
    pub temperature: f64,
    /// The result where a mask is false.
    pub outside: f64,
}

/// How an array is cut into planes, runs of equal length that have one scale and one shift each, and planes into groups
/// that are normalised together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planes {
    pub groups: usize,
    /// Planes of a group: `group * group_step + number * plane_step`.
    pub planes: usize,
    pub group_step: usize,
    pub plane_step: usize,
    /// Plane `p` has the parameters of channel `p % channels`.
    pub channels: usize,
    /// Elements of a plane.
    pub inner: usize,
}

/// A recurrent layer's cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Gates: input, forget, new, output.
    Lstm,
    /// Gates: reset, update, new, whose reset gate stands behind the product with the state.
    Gru,
}

/// Work of a layer on rows of (rows, n) or on planes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layer {
    /// x (rows, n) [, mask bool (rows, n)] -> result (rows, n)
    Softmax(Softmax),
    /// gradient, result (rows, n) [, mask] -> gradient of x
    SoftmaxGradient(Softmax),
    /// x (rows, n), labels int64 (rows,) inside of it -> losses, greatest elements, sums of exponentials (rows,)
    CrossEntropy,
    /// gradient (rows,), x (rows, n), labels, greatest elements, sums of exponentials (rows,) -> gradient of x
    CrossEntropyGradient,
    /// x (steps, batch, classes), labels int64 (batch, most), their lengths and frames int64 (batch,), inside of their bounds ->
    /// losses (batch,), logarithms of the sums of exponentials (batch, steps), logarithms of the beginnings (batch, steps,
    /// places), whose length is a multiple of 16 above twice the longest label
    Ctc { blank: usize },
    /// gradient (batch,), then what `Ctc` read and gave -> gradient of x
    CtcGradient { blank: usize },
    /// x (rows, n), gamma (n,), beta (n,) -> result (rows, n), mean (rows,), variance (rows,), inverse deviation (rows,);
    /// without `centered` the mean is 0
    Rows { centered: bool, epsilon: f64 },
    /// gradient, x (rows, n), gamma (n,), mean, inverse deviation (rows,) -> gradients of x, gamma, beta
    RowsGradient { centered: bool },
    /// x, gamma, beta (channels,) -> result, mean, variance, inverse deviation (groups,)
    Planes { planes: Planes, epsilon: f64 },
    /// x, mean, scale, beta (channels,) -> (x - mean) * scale + beta
    PlanesGiven { planes: Planes },
    /// gradient, x, gamma (channels,), mean, inverse deviation (groups,) -> gradients of x, gamma, beta
    PlanesGradient { planes: Planes },
    /// query (batch, rows, features), scaled already, key (batch, keys, features), value (batch, keys, width) [, mask
    /// (masks, rows or 1, keys), bools that say what is seen or numbers that are added, and int64 (batch,): which mask]
    /// -> result (outer batch, inner batch, rows, width) of any strides but the last, logarithms of the sums of the
    /// exponentials (batch, rows)
    Attention { causal: bool },
    /// gradient, result (both as the result above), logarithms (batch, rows), then as above -> gradients of query, key,
    /// value
    AttentionGradient { causal: bool },
    /// x (steps, batch, inputs), weight (gates * size, inputs), weight of the state (gates * size, size), bias (4 * size; of a
    /// GRU the last quarter belongs to the state's share of the new gate), first state (batch, size), first cell (batch,
    /// size; empty for a GRU) -> states (steps, batch, size), gates (steps, batch, 4 * size; of a GRU with that share), cells
    /// (steps, batch, size; empty for a GRU). From the last step to the first if reversed. Where nobody wants gradients,
    /// gates are empty and cells (1, batch, size), those after the last turn.
    Recurrent { cell: Cell, reverse: bool },
    /// gradients of the states, of the last state and of the last cell, x, weight, weight of the state, first state, first
    /// cell, then the results above -> gradients of x, weight, weight of the state, bias, first state, first cell
    RecurrentGradient { cell: Cell, reverse: bool },
}

impl Layer {
    /// Short name for explanations and errors.
    pub fn name(&self) -> &'static str {
        match self {
            Layer::Softmax(_) => "softmax",
            Layer::SoftmaxGradient(_) => "softmax gradient",
            Layer::CrossEntropy => "cross-entropy",
            Layer::CrossEntropyGradient => "cross-entropy gradient",
            Layer::Ctc { .. } => "ctc",
            Layer::CtcGradient { .. } => "ctc gradient",
            Layer::Rows { .. } => "normalise rows",
            Layer::RowsGradient { .. } => "normalise rows, gradient",
            Layer::Planes { .. } => "normalise planes",
            Layer::PlanesGiven { .. } => "normalise planes, given",
            Layer::PlanesGradient { .. } => "normalise planes, gradient",
            Layer::Attention { .. } => "attention",
            Layer::AttentionGradient { .. } => "attention, gradient",
            Layer::Recurrent { .. } => "recurrent",
            Layer::RecurrentGradient { .. } => "recurrent, gradient",
        }
    }
}
