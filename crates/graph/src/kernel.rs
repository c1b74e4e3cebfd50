//! What a device is asked to run: a kernel (pure data, printable) and tensors (addresses with strides). A new
//! elementwise operator never adds a kernel. Checks of shapes and bounds happen before, in `engine::run`.

use std::sync::Arc;

use base::{DType, Dims, Op, Scalar};
use smallvec::SmallVec;

use crate::program::Program;

/// A strided run of elements at an address. Strides count elements.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// Address of the element at index (0, 0, ...); null for `Input::Position`.
    pub data: *mut u8,
    /// Value at index (0, 0, ...) of an `Input::Position`; otherwise 0.
    pub offset: i64,
    pub dtype: DType,
    pub shape: Dims,
    pub strides: Dims,
}

/// A distribution to draw from; parameters are numbers (arrays of parameters transform these draws).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// low <= x < high
    Uniform {
        low: f64,
        high: f64,
    },
    Normal {
        mean: f64,
        deviation: f64,
    },
    /// low <= x < low + range, range 0 standing for 2^64
    Integers {
        low: i64,
        range: u64,
    },
    Exponential {
        scale: f64,
    },
    Gumbel {
        location: f64,
        scale: f64,
    },
    Laplace {
        location: f64,
        scale: f64,
    },
    Logistic {
        location: f64,
        scale: f64,
    },
    Rayleigh {
        scale: f64,
    },
    /// 1 with this probability, else 0
    Bernoulli {
        probability: f64,
    },
}

/// Where windows lie over the spatial axes of an array: depth, height, width, of which missing ones have kernel 1.
/// Element `i` of a window at place `o` is the element `o * stride + i * dilate - before` of its axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    pub kernel: [i64; 3],
    pub stride: [i64; 3],
    pub dilate: [i64; 3],
    /// How far the first window reaches in front of the axis.
    pub before: [i64; 3],
}

/// Which of a convolution's three arrays is computed from the other two. It is linear in each, so that the derivative
/// of any form is the other forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConvolutionForm {
    /// data, weight (, bias of the result's channels) -> result
    Result,
    /// result, weight (, bias of the data's channels) -> data, where each window's element is added up
    Data,
    /// data, result -> weight
    Weight,
}

/// What becomes of a window's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolingForm {
    /// x -> the sum of each window's elements inside x
    Sum,
    /// gradient -> x, each element the sum over the windows that cover it
    Spread,
    /// x -> the greatest (nan counts as greatest; the first of equals), and where it is: int32 in C order of the
    /// spatial axes, -1 for a window outside x
    Max,
    /// gradient, places -> x, each gradient added at its place
    SpreadAt,
    /// x, places -> the elements there
    SelectAt,
}

/// How a program is laid over its index space. Inputs' and outputs' tensors all have the launch's shape: broadcast axes
/// have stride 0, and so have reduced axes of folded outputs.
#[derive(Clone, Debug)]
pub struct Launch {
    pub program: Arc<Program>,
    pub shape: Dims,
    /// Which axes folds run over; all false for a map. The order of folding depends on `shape` and `reduced` alone,
    /// never on strides, threads or what was fused, so that results have the same bits in every mode.
    pub reduced: SmallVec<[bool; 4]>,
    /// Values of the program's scalars, in their dtypes.
    pub scalars: SmallVec<[Scalar; 4]>,
}

/// The kinds of work. `inputs -> outputs` are the tensors beside it.
#[derive(Clone, Debug)]
pub enum Kernel {
    /// The program's inputs -> its outputs. Where an output is an input's memory, both walk it alike.
    Program(Launch),
    /// a (..., m, k), b (..., k, n) -> c (..., m, n), equal batch axes (stride 0 where broadcast), one dtype.
    MatMul,
    /// x -> running fold along `axis`, same shape, one dtype (the operator's loop dtype).
    Scan { op: &'static Op, axis: usize },
    /// source (inner axes; data at the origin), offsets int64 (count,), contiguous, in elements -> (count, inner axes...):
    /// `out[i, ...] = source at offsets[i] + inner`.
    Gather,
    /// values (count, inner...; any strides), offsets int64 (count,) -> destination (inner axes; data at the origin), in
    /// order of `i`, so that the last of equal offsets wins. With `op`: `destination = destination (op) value`.
    Scatter { op: Option<&'static Op> },
    /// bool (n,) contiguous -> int64 (1,): how many are true.
    Count,
    /// bool (n,) contiguous -> int64 (count,): where, ascending.
    Nonzero,
    /// mask bool (n,) contiguous, source (n, inner...) -> (count, inner...) contiguous: rows where the mask is true.
    Compress,
    /// mask bool (n,) contiguous, values (count, inner...; any strides) -> destination (n, inner...).
    Expand,
    /// x -> sorted along the last axis, both contiguous and of one dtype; nan last.
    Sort,
    /// x -> int64 indices that sort the last axis, stable; both contiguous.
    ArgSort,
    /// sorted (n,) contiguous, values (m,) contiguous of one dtype -> int64 (m,).
    SearchSorted { right: bool },
    /// data (n, c, depth, height, width), weight (f, c / groups, kernel...), result (n, f, places...), one float dtype,
    /// any strides.
    Convolution { form: ConvolutionForm, windows: Windows, groups: i64 },
    /// x (n, c, depth, height, width) and window places (n, c, places...), one dtype, any strides; a window may reach
    /// beyond x on both sides.
    Pooling { form: PoolingForm, windows: Windows },
    /// -> fill (contiguous). Element i depends on (key, counter, i) only.
    Random { distribution: Distribution, key: u64, counter: u64 },
}

impl Kernel {
    /// Short name for explanations and errors.
    pub fn name(&self) -> &'static str {
        match self {
            Kernel::Program(launch) if launch.program.reduces() => "reduce",
            Kernel::Program(_) => "map",
            Kernel::MatMul => "matmul",
            Kernel::Scan { .. } => "scan",
            Kernel::Gather => "gather",
            Kernel::Scatter { .. } => "scatter",
            Kernel::Count => "count",
            Kernel::Nonzero => "nonzero",
            Kernel::Compress => "compress",
            Kernel::Expand => "expand",
            Kernel::Sort => "sort",
            Kernel::ArgSort => "argsort",
            Kernel::SearchSorted { .. } => "searchsorted",
            Kernel::Convolution { .. } => "convolution",
            Kernel::Pooling { .. } => "pooling",
            Kernel::Random { .. } => "random",
        }
    }
}
