//! What the kernels of detection layers and of sliding-window attention are told. Data of `kernel::Kernel`, filled in by
//! `array` and run by devices; all tensors of these kernels are contiguous, their numbers float32 or float64 of one dtype.

/// Which of a bilinear sampling's two arrays is computed from the other. It is linear in both, so that the derivative of
/// one form is the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleForm {
    /// data -> samples
    Take,
    /// samples -> data, where each sample is added to the elements around its place
    Spread,
}

/// What lies around the elements of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Places from the first element to before one behind the last have a value; behind the last element it is held.
    Hold,
    /// Zeros: places less than one element outside have a value between the outermost element and zero.
    Zero,
}

/// Bilinear sampling at real places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    pub form: SampleForm,
    pub edge: Edge,
    /// Along rows and columns: weights, or their derivative in the place.
    pub slopes: [bool; 2],
}

/// Which of a band's three arrays is computed from the other two:
/// `sum of score[b, i, h, j] * query[b, i, h, d] * key[b, i + (j - before) * dilation[h], h, d]`
/// is linear in each, so that the derivatives of any form are the other forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandForm {
    /// query, key -> score (zero where the key lies outside)
    Score,
    /// score, key -> query
    Query,
    /// score, query -> key
    Key,
}

/// Which boxes stay, and in which order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suppression {
    /// Boxes that overlap a better one by more than this go.
    pub overlap: f64,
    /// Boxes without a greater score go.
    pub least: f64,
    /// How many of the best are looked at.
    pub most: usize,
    /// Where in a row the four coordinates begin, and where the score is.
    pub coordinates: usize,
    pub score: usize,
    /// Where the class is.
    pub class: Option<usize>,
    /// Boxes of this class go.
    pub background: f64,
    /// Boxes suppress those of other classes, too.
    pub across: bool,
    /// Coordinates are centre and size instead of two corners.
    pub centered: bool,
}

/// What a network for boxes shall learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Targeting {
    /// Anchors that overlap a label by more than this are matched with it; not above 0: only the best of each label.
    pub overlap: f64,
    /// The class of anchors that do not count.
    pub ignored: f64,
    /// Negative anchors per positive one; not above 0: all that are not positive.
    pub negatives: f64,
    /// Negative anchors overlap every label by less than this.
    pub negative_overlap: f64,
    pub least_negatives: usize,
    pub variances: [f64; 4],
}

/// How boxes are read from a network's answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Into the unit square.
    pub clip: bool,
    /// Boxes with a smaller score go.
    pub least: f64,
    pub background: Option<usize>,
    /// Boxes that overlap a better one by at least this go; outside (0, 1] all stay, in the order of the anchors.
    pub overlap: f64,
    /// Boxes suppress those of other classes, too.
    pub across: bool,
    pub variances: [f64; 4],
    /// How many of the best may stay.
    pub most: Option<usize>,
}

/// Choices over boxes, one image after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BoxChoice {
    /// rows (n, boxes, width) -> int64 (n, boxes): those that stay, best first, then -1
    Suppress(Suppression),
    /// scores (n, rows, columns) -> int64 (n, rows), the column of each row, and (n, columns), the row of each column; -1
    /// where there is none. The best pair first, while it is better than `threshold`, `most` pairs.
    Match { ascending: bool, threshold: f64, most: usize },
    /// anchors (a, 4), labels (n, m, width), predictions (n, classes, a) -> offsets (n, a, 4), masks (n, a, 4), classes (n, a)
    Target(Targeting),
    /// probabilities (n, classes, a), offsets (n, a, 4), anchors (a, 4) -> (n, a, 6): class, score, corners
    Detect(Detection),
}
