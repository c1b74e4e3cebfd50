//! Index expressions: `s![1, .., 2..5, ..;-1]` for what Python writes as `[1, :, 2:5, ::-1]`.

use array::{Array, Index};

/// Python's `...`: as many whole axes as are left.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::zeros([2, 3, 4])?.get(np::s![np::ELLIPSIS, 0])?.shape(), [2, 3]);
/// # Ok::<(), np::Error>(())
/// ```
pub const ELLIPSIS: Index = Index::Ellipsis;

/// Python's `None` in an index: a new axis of length 1.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::zeros(3)?.get(np::s![np::NEWAXIS, ..])?.shape(), [1, 3]);
/// # Ok::<(), np::Error>(())
/// ```
pub const NEWAXIS: Index = Index::NewAxis;

/// Python's `start:stop:step`.
///
/// ```
/// use mxnet::np;
/// let x = np::arange(6)?;
/// assert_eq!(x.get([np::slice(None, Some(5), Some(2))])?.to_string(), "[0. 2. 4.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn slice(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Index {
    Index::Slice { start, stop, step }
}

/// What may stand in an index: integers, ranges, arrays of integers, masks.
///
/// ```
/// use mxnet::np;
/// use np::IntoIndex;
/// assert!(matches!((1..3).into_index(), np::Index::Slice { start: Some(1), stop: Some(3), step: None }));
/// ```
pub trait IntoIndex {
    /// The entry of an index.
    fn into_index(self) -> Index;

    /// The entry with a step, where it is a range; other entries stay as they are.
    fn with_step(self, step: i64) -> Index
    where
        Self: Sized,
    {
        match self.into_index() {
            Index::Slice { start, stop, .. } => Index::Slice { start, stop, step: Some(step) },
            other => other,
        }
    }
}

impl IntoIndex for Index {
    fn into_index(self) -> Index {
        self
    }
}

impl IntoIndex for Array {
    fn into_index(self) -> Index {
        Index::Array(self)
    }
}

impl IntoIndex for &Array {
    fn into_index(self) -> Index {
        Index::Array(self.clone())
    }
}

impl IntoIndex for std::ops::RangeFull {
    fn into_index(self) -> Index {
        slice(None, None, None)
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl IntoIndex for $type {
            fn into_index(self) -> Index {
                Index::Integer(place(self))
            }
        }
        impl IntoIndex for std::ops::Range<$type> {
            fn into_index(self) -> Index {
                slice(Some(place(self.start)), Some(place(self.end)), None)
            }
        }
        impl IntoIndex for std::ops::RangeFrom<$type> {
            fn into_index(self) -> Index {
                slice(Some(place(self.start)), None, None)
            }
        }
        impl IntoIndex for std::ops::RangeTo<$type> {
            fn into_index(self) -> Index {
                slice(None, Some(place(self.end)), None)
            }
        }
    )*};
}
integers!(i32, i64, usize);

/// A place on an axis; what does not fit lies beyond every axis.
fn place<T: TryInto<i64>>(index: T) -> i64 {
    index.try_into().unwrap_or(i64::MAX)
}

/// An index: integers, ranges (with `;step`), `np::NEWAXIS`, `np::ELLIPSIS`, index arrays and masks.
///
/// ```
/// use mxnet::np;
/// let x = np::arange(12)?.reshape(&[3, 4])?;
/// assert_eq!(x.get(np::s![1])?.to_string(), "[4. 5. 6. 7.]");
/// assert_eq!(x.get(np::s![.., 1..;2])?.shape(), [3, 2]);
/// assert_eq!(x.get(np::s![..;-1, 0])?.to_string(), "[8. 4. 0.]");
/// x.set(np::s![0, ..], 9.0)?;
/// assert_eq!(x.get(np::s![&np::greater(&x, 9.0)?])?.to_string(), "[10. 11.]");
/// # Ok::<(), np::Error>(())
/// ```
#[macro_export]
macro_rules! s {
    (@entries [$($done:expr,)*]) => { [$($done),*] };
    (@entries [$($done:expr,)*] $entry:expr ; $step:expr, $($rest:tt)*) => {
        $crate::s!(@entries [$($done,)* $crate::np::IntoIndex::with_step($entry, $step),] $($rest)*)
    };
    (@entries [$($done:expr,)*] $entry:expr ; $step:expr) => {
        $crate::s!(@entries [$($done,)* $crate::np::IntoIndex::with_step($entry, $step),])
    };
    (@entries [$($done:expr,)*] $entry:expr, $($rest:tt)*) => {
        $crate::s!(@entries [$($done,)* $crate::np::IntoIndex::into_index($entry),] $($rest)*)
    };
    (@entries [$($done:expr,)*] $entry:expr) => {
        $crate::s!(@entries [$($done,)* $crate::np::IntoIndex::into_index($entry),])
    };
    ($($entries:tt)*) => { $crate::s!(@entries [] $($entries)*) };
}
