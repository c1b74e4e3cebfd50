use lanes::{Isa, Map2, Real};
use mxnet_lanes as lanes;
struct S;
impl Map2<f32, f32> for S {
    #[inline(always)]
    fn apply<I: Isa>(x: f32, y: f32) -> f32 {
        Real::maximum(x, y)
    }
}
fn main() {
    let f = lanes::map2::<S, f32, f32>();
    let x = [1f32; 32];
    let mut y = [0f32; 32];
    unsafe { f(32, y.as_mut_ptr().cast(), [x.as_ptr().cast(), x.as_ptr().cast(), std::ptr::null()]) };
    println!("{:?}", y);
}
