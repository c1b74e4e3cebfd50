//! Comparisons. Complex numbers compare by real part, then by imaginary part.

use crate::kind::{Compare2, Integers};
use crate::number::Ordered;
use crate::table::contents;

contents! {
    EQUAL = Equal, NOT_EQUAL = NotEqual, LESS = Less, LESS_EQUAL = LessEqual, GREATER = Greater,
    GREATER_EQUAL = GreaterEqual,
}

pub(crate) struct Equal;
impl Compare2 for Equal {
    const NAME: &str = "equal";
    const DOC: &str = "Whether two elements are equal, element-wise.

>>> np.equal(np.array([1., 2., 3.]), 2)
array([False,  True, False])";
    const CUDA: &str = "{x} == {y}";
    const INTEGERS: Integers = Integers::PerWidth;
    #[inline(always)]
    fn cpu<A: Ordered>(x: A, y: A) -> bool {
        x == y
    }
}

pub(crate) struct NotEqual;
impl Compare2 for NotEqual {
    const NAME: &str = "not_equal";
    const DOC: &str = "Whether two elements differ, element-wise. NaN differs from itself.

>>> np.not_equal(np.array([1., 2., 3.]), 2)
array([ True, False,  True])";
    const CUDA: &str = "{x} != {y}";
    const INTEGERS: Integers = Integers::PerWidth;
    #[inline(always)]
    fn cpu<A: Ordered>(x: A, y: A) -> bool {
        x != y
    }
}

pub(crate) struct Less;
impl Compare2 for Less {
    const NAME: &str = "less";
    const DOC: &str = "Whether the first element is less than the second, element-wise.

>>> np.less(np.array([1., 2., 3.]), 2)
array([ True, False, False])";
    const CUDA: &str = "{x} < {y}";
    #[inline(always)]
    fn cpu<A: Ordered>(x: A, y: A) -> bool {
        x.less(y)
    }
}

pub(crate) struct LessEqual;
impl Compare2 for LessEqual {
    const NAME: &str = "less_equal";
    const DOC: &str = "Whether the first element is at most the second, element-wise.

>>> np.less_equal(np.array([1., 2., 3.]), 2)
array([ True,  True, False])";
    const CUDA: &str = "{x} <= {y}";
    #[inline(always)]
    fn cpu<A: Ordered>(x: A, y: A) -> bool {
        x.less_equal(y)
    }
}

pub(crate) struct Greater;
impl Compare2 for Greater {
    const NAME: &str = "greater";
    const DOC: &str = "Whether the first element is greater than the second, element-wise.

>>> np.greater(np.array([1., 2., 3.]), 2)
array([False, False,  True])";
    const CUDA: &str = "{x} > {y}";
    #[inline(always)]
    fn cpu<A: Ordered>(x: A, y: A) -> bool {
        y.less(x)
    }
}

pub(crate) struct GreaterEqual;
impl Compare2 for GreaterEqual {
    const NAME: &str = "greater_equal";
    const DOC: &str = "Whether the first element is at least the second, element-wise.

>>> np.greater_equal(np.array([1., 2., 3.]), 2)
array([False,  True,  True])";
    const CUDA: &str = "{x} >= {y}";
    #[inline(always)]
    fn cpu<A: Ordered>(x: A, y: A) -> bool {
        y.less_equal(x)
    }
}
