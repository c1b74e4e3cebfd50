//! The choice between two values.

use crate::kind::{Gradient, Gradient3, Select3};
use crate::table::contents;
use base::{Rule, Sym};
use lanes::Element;

contents! { WHERE = Where }

pub(crate) struct Where;
impl Select3 for Where {
    const NAME: &str = "where";
    const DOC: &str = "Elements of `x` where the condition is true, of `y` elsewhere.

>>> np.where(np.array([True, False]), np.array([1., 2.]), 0)
array([1., 0.])";
    const CUDA: &str = "{x} ? {y} : {z}";
    const RULE: Rule = Rule::Select;
    #[inline(always)]
    fn cpu<A: Element>(condition: bool, x: A, y: A) -> A {
        if condition { x } else { y }
    }
    const VJP: Gradient3 = Gradient::Rule(|g, [condition, _x, _y], _output| {
        [
            None,
            Some(Where::of(condition.clone(), g.clone(), Sym::Number(0.0))),
            Some(Where::of(condition, Sym::Number(0.0), g)),
        ]
    });
}
