//! What a device is asked to run: a kernel (pure data, printable) and tensors (addresses with strides). A new
//! elementwise operator never adds a kernel. Checks of shapes and bounds happen before, in `engine::run`.

use std::sync::Arc;

use base::{DType, Dims, Op, Scalar, View};
use smallvec::SmallVec;

use crate::layers::Layer;
use crate::program::Program;
use crate::vision::{BandForm, BoxChoice, Sampling};

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

/// A distribution whose parameters are arrays, as many as its line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// mean
    Poisson,
    /// trials, probability
    Binomial,
    /// successes, probability
    NegativeBinomial,
    /// good, bad, sample
    HyperGeometric,
    /// degrees of freedom, noncentrality
    NoncentralChiSquare,
    /// mode, concentration
    VonMises,
    /// shape, scale
    Gamma,
    /// a, b
    Beta,
    /// degrees of freedom of both
    F,
    /// degrees of freedom of both, noncentrality
    NoncentralF,
    /// degrees of freedom
    StandardT,
    /// left, mode, right
    Triangular,
    /// mean, scale
    Wald,
    /// probability
    LogSeries,
    /// exponent
    Zipf,
}

/// What is computed of each matrix of a stack. Inputs have any strides, outputs are contiguous; the last output, int64
/// over the batch axes, is 0 where a matrix was fit for it (regular, positive definite, converged). k is min(m, n).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factorization {
    /// a (..., n, n) -> sign (...), logarithm of its absolute value (..., real), determinant (...)
    Determinant,
    /// a (..., n, n), b (..., n, c) -> x (..., n, c) with a x = b
    Solve,
    /// a (..., n, n) -> its inverse
    Inverse,
    /// a (..., n, n), of which the lower triangle is read -> lower triangle l with a = l l^H
    Cholesky,
    /// a (..., m, n) -> q (..., m, k), r (..., k, n); with `complete`, q (..., m, m), r (..., m, n)
    Qr { complete: bool },
    /// a (..., m, n) -> r (..., k, n)
    QrTriangle,
    /// a (..., m, n) -> reflectors and r in LAPACK's packing, transposed (..., n, m); their factors (..., k)
    QrReflectors,
    /// a (..., m, n) -> u (..., m, k), s (..., k; real), v^H (..., k, n); with `full`, u (..., m, m), v^H (..., n, n)
    Svd { full: bool },
    /// a (..., m, n) -> singular values (..., k; real), falling
    SingularValues,
    /// a (..., n, n), of which the lower triangle is read -> eigenvalues (..., n; real), rising; with `vectors`, unit
    /// eigenvectors as columns (..., n, n)
    SymmetricEigen { vectors: bool },
    /// a (..., n, n) -> eigenvalues (..., n; complex); with `vectors`, unit eigenvectors as columns (..., n, n; complex)
    Eigen { vectors: bool },
}

/// The ways of a discrete Fourier transform along the last axis; inputs are cut or filled with zeros to its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fourier {
    /// real or complex (..., any) -> complex (..., n)
    Complex { inverse: bool },
    /// real (..., any) -> complex (..., n / 2 + 1): the half that determines the other; n is the length
    RealForward { length: i64 },
    /// complex (..., any), the first n / 2 + 1 of a spectrum with that symmetry -> real (..., n)
    RealInverse,
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

/// Integers that name places along one axis, where a kernel may be given them instead of offsets: negative ones count from
/// the end, and the kernel checks them before it writes anything that existed before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Along {
    /// For the message about an index outside.
    pub axis: usize,
    pub length: i64,
    /// Elements from one place to the next.
    pub stride: i64,
    /// Offset of place 0, in elements.
    pub start: i64,
}

impl Along {
    /// Smallest and greatest offset that an index can name; `None` if there is no place.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        let last = self.start + (self.length - 1) * self.stride;
        (self.length > 0).then(|| (self.start.min(last), self.start.max(last)))
    }
}

impl Tensor {
    /// What stands for an [`Input::Position`](crate::Input::Position).
    pub(crate) fn position(view: &View) -> Tensor {
        Tensor {
            data: std::ptr::null_mut(),
            offset: view.offset,
            dtype: DType::I64,
            shape: Dims::from_slice(&view.shape),
            strides: Dims::from_slice(&view.strides),
        }
    }
}

/// A row program: stages over one shape whose last axes are folded. Every stage is a program over whole rows, which may
/// end in folds of each row, or over one element per row. A device runs all stages over one block of rows before it goes
/// to the next, so that temporaries stay in a near cache. Blocks have no say in the bits of a result.
#[derive(Clone, Debug)]
pub struct RowLaunch {
    pub shape: Dims,
    /// How many leading axes are kept; folds run over the others.
    pub kept: usize,
    pub stages: Vec<Stage>,
    pub temporaries: Vec<Temporary>,
}

#[derive(Clone, Debug)]
pub struct Stage {
    pub program: Arc<Program>,
    /// Over whole rows; otherwise over one element per row.
    pub wide: bool,
    pub scalars: SmallVec<[Scalar; 4]>,
    /// Where the program's inputs and outputs lie.
    pub inputs: SmallVec<[Wire; 4]>,
    pub outputs: SmallVec<[Wire; 4]>,
}

/// What a stage reads or writes: an input or output of the kernel, or a temporary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    Input(usize),
    Output(usize),
    Temporary(usize),
}

/// A value that only the stages see: whole rows, or one element per row.
#[derive(Clone, Copy, Debug)]
pub struct Temporary {
    pub dtype: DType,
    pub wide: bool,
}

impl std::fmt::Display for RowLaunch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kept, folded) = self.shape.split_at(self.kept);
        let (rows, length) = (kept.iter().product::<i64>(), folded.iter().product::<i64>());
        let (stages, temporaries) = (self.stages.len(), self.temporaries.len());
        writeln!(f, "rows, {rows} of {length} elements: {stages} stages, {temporaries} temporaries")?;
        for stage in &self.stages {
            let name = |wire: &Wire| match wire {
                Wire::Input(number) => format!("input {number}"),
                Wire::Output(number) => format!("output {number}"),
                Wire::Temporary(number) => format!("temporary {number}"),
            };
            let list = |wires: &[Wire]| wires.iter().map(name).collect::<Vec<_>>().join(", ");
            let what = if stage.wide { "whole rows" } else { "one element per row" };
            writeln!(f, "{what}: {} -> {}", list(&stage.inputs), list(&stage.outputs))?;
            write!(f, "{}", stage.program)?;
        }
        Ok(())
    }
}

/// The kinds of work. `inputs -> outputs` are the tensors beside it.
#[derive(Clone, Debug)]
pub enum Kernel {
    /// The program's inputs -> its outputs. Where an output is an input's memory, both walk it alike.
    Program(Launch),
    /// Several programs over the same rows. All tensors have the launch's shape; one with an element per row has stride 0
    /// along the folded axes.
    Rows(RowLaunch),
    /// any number of arrays -> as many of their shapes and dtypes, each a copy of the input beside it. No output shares
    /// memory with an input.
    Copy,
    /// a (..., m, k), b (..., k, n) -> c (..., m, n), equal batch axes (stride 0 where broadcast), one dtype.
    MatMul,
    /// x -> running fold along `axis`, same shape, one dtype (the operator's loop dtype).
    Scan { op: &'static Op, axis: usize },
    /// source (inner axes; data at the origin), offsets int64 (count,), contiguous, in elements -> (count, inner axes...):
    /// `out[i, ...] = source at offsets[i] + inner`. With `along`: indices in the place of offsets.
    Gather { along: Option<Along> },
    /// values (count, inner...; any strides), offsets int64 (count,) -> destination (inner axes; data at the origin), in
    /// order of `i`, so that the last of equal offsets wins. With `op`: `destination = destination (op) value`; with
    /// `along`: indices in the place of offsets.
    Scatter { op: Option<&'static Op>, along: Option<Along> },
    /// values (n, inner...), indices int64 (n,) -> (length, inner...), all contiguous: for every place along the first axis,
    /// zeros joined by `op` with the values whose index names it, in order. Negative indices count from the end.
    AddUp { op: &'static Op },
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
    /// x, places int64 (..., m) -> (..., m): the elements at these places of the sorted last axis; contiguous. Rows are not
    /// empty, and places lie inside them.
    Select,
    /// x, places int64 (m,) -> x partitioned along its last axis around the places, or with `indices` the int64 order that
    /// does so; contiguous. Rows are not empty, and places lie inside them.
    Partition { indices: bool },
    /// places (whole numbers, n), and perhaps weights (n,) of the output's dtype -> counts int64 (length,) or sums
    /// (float32 or float64); contiguous. A place outside is an error.
    Tally,
    /// x (n,), ascending edges (m + 1,), one dtype -> int64 (m,): how many elements lie between neighbouring edges, the
    /// last one included; contiguous. `even`: the distances are about equal.
    Histogram { even: bool },
    /// sorted (n,) contiguous, values (m,) contiguous of one dtype -> int64 (m,).
    SearchSorted { right: bool },
    /// data (n, c, depth, height, width), weight (f, c / groups, kernel...), result (n, f, places...), one float dtype,
    /// any strides.
    Convolution { form: ConvolutionForm, windows: Windows, groups: i64 },
    /// x (n, c, depth, height, width) and window places (n, c, places...), one dtype, any strides; a window may reach
    /// beyond x on both sides.
    Pooling { form: PoolingForm, windows: Windows },
    /// data (n, c, height, width), rows and columns (n, groups, places) -> samples (n, c, places), or with
    /// `SampleForm::Spread` samples, rows, columns -> data. All contiguous and of one dtype, as below.
    Sample(Sampling),
    /// data (n, c, height, width), regions (r, 5: image and corners) -> int64 (r, c, pooled): where in the data the
    /// greatest element of each part of each region is, -1 for an empty one. Corners are scaled first.
    Regions { pooled: [i64; 2], scale: f64 },
    /// Two of score (b, l, h, w), query, key (b, l, h, d), and dilations int64 (h,) -> the third.
    Band { form: BandForm, before: i64 },
    /// See [`BoxChoice`].
    Boxes(BoxChoice),
    /// See [`Layer`].
    Layer(Layer),
    /// -> fill (contiguous). Element i depends on (key, counter, i) only.
    Random { distribution: Distribution, key: u64, counter: u64 },
    /// parameters float64 (n,) or (1,) in the order of the law's fields -> float64 (n,). Element i depends on its
    /// parameters, n, key, counter and i only; n counters are used.
    RandomLaw { law: Law, key: u64, counter: u64 },
    /// -> int64 (n,): the numbers below n in random order.
    RandomOrder { key: u64, counter: u64 },
    /// See [`Factorization`].
    Factor(Factorization),
    /// x -> its transform times `scale`; both of any strides.
    Fourier { transform: Fourier, scale: f64 },
}

impl Kernel {
    /// Short name for explanations and errors.
    pub fn name(&self) -> &'static str {
        match self {
            Kernel::Program(launch) if launch.program.reduces() => "reduce",
            Kernel::Program(_) => "map",
            Kernel::Rows(_) => "rows",
            Kernel::Copy => "copy",
            Kernel::MatMul => "matmul",
            Kernel::Scan { .. } => "scan",
            Kernel::Gather { .. } => "gather",
            Kernel::Scatter { .. } => "scatter",
            Kernel::AddUp { .. } => "add up",
            Kernel::Count => "count",
            Kernel::Nonzero => "nonzero",
            Kernel::Compress => "compress",
            Kernel::Expand => "expand",
            Kernel::Sort => "sort",
            Kernel::ArgSort => "argsort",
            Kernel::Select => "select",
            Kernel::Partition { .. } => "partition",
            Kernel::Tally => "tally",
            Kernel::Histogram { .. } => "histogram",
            Kernel::SearchSorted { .. } => "searchsorted",
            Kernel::Convolution { .. } => "convolution",
            Kernel::Pooling { .. } => "pooling",
            Kernel::Sample(_) => "sample",
            Kernel::Regions { .. } => "regions",
            Kernel::Band { .. } => "band",
            Kernel::Boxes(_) => "boxes",
            Kernel::Layer(layer) => layer.name(),
            Kernel::Random { .. } | Kernel::RandomLaw { .. } | Kernel::RandomOrder { .. } => "random",
            Kernel::Factor(_) => "factor",
            Kernel::Fourier { .. } => "fourier",
        }
    }
}
