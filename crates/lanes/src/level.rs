//! Instruction set levels: which one this machine runs, and the marker types that scalar bodies are generic over.

use std::sync::OnceLock;

/// What the loops may use. Ordered: a later level has everything of the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What every machine of the target architecture has (x86-64: SSE2).
    Baseline,
    /// AVX2, FMA, F16C, BMI1, BMI2.
    Avx2,
    /// AVX-512 F, BW, DQ, VL besides.
    Avx512,
}

/// The level in use: the machine's best, or a lower one named by `MXNET_CPU_LEVEL` (`baseline`, `avx2`, `avx512`).
/// Decided at the first call.
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| match std::env::var("MXNET_CPU_LEVEL").as_deref() {
        Ok("baseline") => Level::Baseline,
        Ok("avx2") => Level::Avx2.min(detect()),
        _ => detect(),
    })
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Level {
    macro_rules! has {
        ($($feature:tt),*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
    }
    let avx2 = has!("avx2", "fma", "f16c", "bmi1", "bmi2");
    if avx2 && has!("avx512f", "avx512bw", "avx512dq", "avx512vl") {
        Level::Avx512
    } else if avx2 {
        Level::Avx2
    } else {
        Level::Baseline
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Level {
    Level::Baseline
}

/// Compile-time face of a level; scalar functions are generic over it.
pub trait Isa: Copy + 'static {
    /// Whether a fused multiply-add is one instruction.
    const FMA: bool;
    /// Whether functions with a rare slow path answer NaN there instead of taking it. Tile loops use such markers for
    /// a first, vectorised pass and repair the NaN lanes with the plain marker, so results never depend on it.
    const DEFER: bool;
}

#[derive(Clone, Copy, Debug)]
pub struct Baseline;
#[derive(Clone, Copy, Debug)]
pub struct Avx2;
#[derive(Clone, Copy, Debug)]
pub struct Avx512;

/// The marker of a first pass: see [`Isa::DEFER`].
#[derive(Clone, Copy, Debug)]
pub struct Deferring<I>(std::marker::PhantomData<I>);

impl Isa for Baseline {
    const FMA: bool = cfg!(target_arch = "aarch64");
    const DEFER: bool = false;
}
impl Isa for Avx2 {
    const FMA: bool = true;
    const DEFER: bool = false;
}
impl Isa for Avx512 {
    const FMA: bool = true;
    const DEFER: bool = false;
}
impl<I: Isa> Isa for Deferring<I> {
    const FMA: bool = I::FMA;
    const DEFER: bool = true;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_by_what_they_contain() {
        assert!(Level::Baseline < Level::Avx2 && Level::Avx2 < Level::Avx512);
        assert!(level() <= detect());
    }
}
