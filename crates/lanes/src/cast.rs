//! Casts.
use base::{DType, Loop};
/// The loop that casts a tile.
pub fn cast(from: DType, to: DType) -> Loop {
    let _ = (from, to);
    crate::tile::map1::<Interim, u8, u8>()
}
struct Interim;
impl crate::Map1<u8, u8> for Interim {
    fn apply<I: crate::Isa>(x: u8) -> u8 {
        x
    }
}
