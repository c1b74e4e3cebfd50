//! Bit operations of integers and bools.

use crate::kind::{Bits1, Bits2, Count1, Integers};
use crate::number::Integer;
use crate::table::contents;

contents! {
    BITWISE_AND = BitwiseAnd, BITWISE_OR = BitwiseOr, BITWISE_XOR = BitwiseXor, INVERT = Invert, LEFT_SHIFT = LeftShift,
    RIGHT_SHIFT = RightShift, BITWISE_COUNT = BitwiseCount,
}

pub(crate) struct BitwiseAnd;
impl Bits2 for BitwiseAnd {
    const NAME: &str = "bitwise_and";
    const DOC: &str = "Bits set in both elements.

>>> np.bitwise_and(np.array([5, 6], dtype='int32'), 3)
array([1, 2], dtype=int32)";
    const CUDA: &str = "{x} & {y}";
    const IDENTITY: Option<f64> = Some(-1.0);
    const ASSOCIATIVE: bool = true;
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool, bool) -> bool> = Some(|x, y| x & y);
    #[inline(always)]
    fn cpu<N: Integer>(x: N, y: N) -> N {
        x.and(y)
    }
}

pub(crate) struct BitwiseOr;
impl Bits2 for BitwiseOr {
    const NAME: &str = "bitwise_or";
    const DOC: &str = "Bits set in either element.

>>> np.bitwise_or(np.array([5, 6], dtype='int32'), 3)
array([7, 7], dtype=int32)";
    const CUDA: &str = "{x} | {y}";
    const IDENTITY: Option<f64> = Some(0.0);
    const ASSOCIATIVE: bool = true;
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool, bool) -> bool> = Some(|x, y| x | y);
    #[inline(always)]
    fn cpu<N: Integer>(x: N, y: N) -> N {
        x.or(y)
    }
}

pub(crate) struct BitwiseXor;
impl Bits2 for BitwiseXor {
    const NAME: &str = "bitwise_xor";
    const DOC: &str = "Bits set in exactly one element.

>>> np.bitwise_xor(np.array([5, 6], dtype='int32'), 3)
array([6, 5], dtype=int32)";
    const CUDA: &str = "{x} ^ {y}";
    const IDENTITY: Option<f64> = Some(0.0);
    const ASSOCIATIVE: bool = true;
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool, bool) -> bool> = Some(|x, y| x ^ y);
    #[inline(always)]
    fn cpu<N: Integer>(x: N, y: N) -> N {
        x.xor(y)
    }
}

pub(crate) struct LeftShift;
impl Bits2 for LeftShift {
    const NAME: &str = "left_shift";
    const ALIASES: &[&str] = &["bitwise_left_shift"];
    const DOC: &str = "Bits moved to the left; 0 where the count is negative or not below the width.

>>> np.left_shift(np.array([5, 6], dtype='int32'), 3)
array([40, 48], dtype=int32)";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        using T = decltype(a);
        bool inside = b >= T(0) && b < T(8 * sizeof(T));
        return inside ? T(a << b) : T(0);
    }({x}, {y})";
    const INTEGERS: Integers = Integers::PerWidth;
    #[inline(always)]
    fn cpu<N: Integer>(x: N, y: N) -> N {
        x.shift_left(y)
    }
}

pub(crate) struct RightShift;
impl Bits2 for RightShift {
    const NAME: &str = "right_shift";
    const ALIASES: &[&str] = &["bitwise_right_shift"];
    const DOC: &str = "Bits moved to the right, keeping the sign; only the sign is left where the count is not below the width.

>>> np.right_shift(np.array([5, 6], dtype='int32'), 3)
array([0, 0], dtype=int32)";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        using T = decltype(a);
        bool inside = b >= T(0) && b < T(8 * sizeof(T));
        return inside ? T(a >> b) : a < T(0) ? T(-1) : T(0);
    }({x}, {y})";
    const INTEGERS: Integers = Integers::Each;
    #[inline(always)]
    fn cpu<N: Integer>(x: N, y: N) -> N {
        x.shift_right(y)
    }
}

pub(crate) struct Invert;
impl Bits1 for Invert {
    const NAME: &str = "invert";
    const ALIASES: &[&str] = &["bitwise_invert", "bitwise_not"];
    const DOC: &str = "Every bit inverted; logical not of bools.

>>> np.invert(np.array([0, 5], dtype='int32'))
array([-1, -6], dtype=int32)";
    const CUDA: &str =
        "[](auto a) -> decltype(a) { return decltype(a)(2) == decltype(a)(1) ? !a : ~a; }({x})";
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool) -> bool> = Some(|x| !x);
    #[inline(always)]
    fn cpu<N: Integer>(x: N) -> N {
        x.not()
    }
}

pub(crate) struct BitwiseCount;
impl Count1 for BitwiseCount {
    const NAME: &str = "bitwise_count";
    const DOC: &str = "How many bits are set in the absolute value of each element, as uint8.

>>> np.bitwise_count(np.array([7, -8], dtype='int32'))
array([3, 1], dtype=uint8)";
    const CUDA: &str = "[](auto a) -> unsigned char {
        using T = decltype(a);
        T m = a < T(0) ? T(0) - a : a;
        unsigned long long mask = sizeof(T) == 8 ? ~0ull : (1ull << (8 * sizeof(T) % 64)) - 1;
        return __popcll((unsigned long long)m & mask);
    }({x})";
    #[inline(always)]
    fn cpu<N: Integer>(x: N) -> u8 {
        x.count_ones()
    }
}
