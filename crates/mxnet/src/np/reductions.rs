//! Reductions with their options as a builder: `np::sum(&x, ())`, `np::sum(&x, 0)`, `np::sum(&x, [0, 2])`,
//! `np::mean(&x, np::axis(1).keepdims())`.

use array::reduce::{self, Options};
use array::{Array, DType, Error, Result, Scalar};

/// What a reduction runs over, and how. Made by [`over`], [`axis`] and [`axes`], or from `()`, an axis, several axes.
///
/// ```
/// use mxnet::np;
/// let x = np::ones([2, 3])?;
/// assert_eq!(np::sum(&x, np::axis(0).keepdims())?.shape(), [1, 3]);
/// # Ok::<(), np::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Over {
    axes: Option<Vec<i64>>,
    keepdims: bool,
    dtype: Option<DType>,
    initial: Option<Scalar>,
    mask: Option<Array>,
    ddof: f64,
}

/// All axes.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::sum(&np::ones([2, 3])?, np::over().dtype(np::DType::F64))?.dtype(), np::DType::F64);
/// # Ok::<(), np::Error>(())
/// ```
pub fn over() -> Over {
    Over::default()
}

/// One axis.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::sum(&np::ones([2, 3])?, np::axis(-1))?.to_string(), "[3. 3.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn axis(axis: i64) -> Over {
    axes([axis])
}

/// Several axes.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::sum(&np::ones([2, 3, 4])?, np::axes([0, 2]))?.to_string(), "[8. 8. 8.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn axes(axes: impl IntoIterator<Item = i64>) -> Over {
    Over { axes: Some(axes.into_iter().collect()), ..Over::default() }
}

impl Over {
    /// Reduced axes stay with length 1.
    pub fn keepdims(mut self) -> Over {
        self.keepdims = true;
        self
    }

    /// dtype of the result and of the accumulation.
    pub fn dtype(mut self, dtype: DType) -> Over {
        self.dtype = Some(dtype);
        self
    }

    /// A number folded in front of the elements.
    pub fn initial(mut self, initial: f64) -> Over {
        self.initial = Some(Scalar::F64(initial));
        self
    }

    /// Only where this bool array is true (NumPy's `where=`).
    pub fn only(mut self, mask: &Array) -> Over {
        self.mask = Some(mask.clone());
        self
    }

    /// What `var` and `std` subtract from the number of elements.
    pub fn ddof(mut self, ddof: f64) -> Over {
        self.ddof = ddof;
        self
    }

    fn options(&self) -> Options<'_> {
        Options {
            axes: self.axes.as_deref(),
            dtype: self.dtype,
            keepdims: self.keepdims,
            initial: self.initial,
            mask: self.mask.as_ref(),
            ephemeral: false,
        }
    }

    /// At most one axis, for the functions that take no more.
    fn one_axis(&self, name: &str) -> Result<Option<i64>> {
        match self.axes.as_deref() {
            None => Ok(None),
            Some([axis]) => Ok(Some(*axis)),
            Some(axes) => Err(Error::type_(format!("{name}: one axis or none, not {}", axes.len()))),
        }
    }
}

impl From<()> for Over {
    fn from(_all: ()) -> Over {
        over()
    }
}

macro_rules! from_axes {
    ($($type:ty),*) => {$(
        impl From<$type> for Over {
            fn from(one: $type) -> Over {
                axis(i64::from(one))
            }
        }
        impl<const N: usize> From<[$type; N]> for Over {
            fn from(several: [$type; N]) -> Over {
                axes(several.into_iter().map(i64::from))
            }
        }
    )*};
}
from_axes!(i32, i64);

macro_rules! reductions {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// Axis: no such axis. Type: a dtype that cannot be reduced so.
        pub fn $name(x: &Array, over: impl Into<Over>) -> Result<Array> {
            reduce::$name(x, &over.into().options())
        }
    )*};
}
reductions! {
    /// Sum of elements.
    ///
    /// ```
    /// use mxnet::np;
    /// let x = np::array([[1, 2], [3, 4]])?;
    /// assert_eq!(np::sum(&x, 0)?.to_string(), "[4. 6.]");
    /// assert_eq!(np::sum(&x, ())?.to_value::<f64>()?, 10.0);
    /// # Ok::<(), np::Error>(())
    /// ```
    sum
    /// Product of elements.
    ///
    /// ```
    /// use mxnet::np;
    /// assert_eq!(np::prod(&np::array([2, 3])?, ())?.to_string(), "6.0");
    /// # Ok::<(), np::Error>(())
    /// ```
    prod
    /// Greatest element; nan wins.
    ///
    /// ```
    /// use mxnet::np;
    /// assert_eq!(np::max(&np::array([2, 3])?, ())?.to_string(), "3.0");
    /// # Ok::<(), np::Error>(())
    /// ```
    max
    /// Least element; nan wins.
    ///
    /// ```
    /// use mxnet::np;
    /// assert_eq!(np::min(&np::array([2, 3])?, ())?.to_string(), "2.0");
    /// # Ok::<(), np::Error>(())
    /// ```
    min
    /// Whether any element is not zero.
    ///
    /// ```
    /// use mxnet::np;
    /// assert_eq!(np::any(&np::array([0, 3])?, ())?.to_string(), "True");
    /// # Ok::<(), np::Error>(())
    /// ```
    any
    /// Whether all elements are not zero.
    ///
    /// ```
    /// use mxnet::np;
    /// assert_eq!(np::all(&np::array([0, 3])?, ())?.to_string(), "False");
    /// # Ok::<(), np::Error>(())
    /// ```
    all
    /// Arithmetic mean.
    ///
    /// ```
    /// use mxnet::np;
    /// assert_eq!(np::mean(&np::array([2, 3])?, ())?.to_string(), "2.5");
    /// # Ok::<(), np::Error>(())
    /// ```
    mean
}

/// Mean squared distance from the mean, over the number of elements less `ddof`.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::var(&np::array([1, 3])?, np::over().ddof(1.0))?.to_string(), "2.0");
/// # Ok::<(), np::Error>(())
/// ```
pub fn var(x: &Array, over: impl Into<Over>) -> Result<Array> {
    let over = over.into();
    reduce::var(x, &over.options(), over.ddof, None)
}

/// Square root of [`var`].
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::std(&np::array([1, 3])?, ())?.to_string(), "1.0");
/// # Ok::<(), np::Error>(())
/// ```
pub fn std(x: &Array, over: impl Into<Over>) -> Result<Array> {
    let over = over.into();
    reduce::std(x, &over.options(), over.ddof, None)
}

/// int64 index of the first greatest element, along an axis or of all elements.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::argmax(&np::array([[1, 9], [8, 7]])?, 1)?.to_string(), "[1 0]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn argmax(x: &Array, over: impl Into<Over>) -> Result<Array> {
    let over = over.into();
    reduce::argmax(x, over.one_axis("argmax")?, over.keepdims)
}

/// int64 index of the first least element.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::argmin(&np::array([3, 1, 2])?, ())?.to_string(), "1");
/// # Ok::<(), np::Error>(())
/// ```
pub fn argmin(x: &Array, over: impl Into<Over>) -> Result<Array> {
    let over = over.into();
    reduce::argmin(x, over.one_axis("argmin")?, over.keepdims)
}

/// How many elements are not zero.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::count_nonzero(&np::array([3, 0, 2])?, ())?.to_string(), "2");
/// # Ok::<(), np::Error>(())
/// ```
pub fn count_nonzero(x: &Array, over: impl Into<Over>) -> Result<Array> {
    let over = over.into();
    array::sort::count_nonzero(x, over.axes.as_deref(), over.keepdims)
}
