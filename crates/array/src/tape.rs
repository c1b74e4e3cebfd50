//! The tape: while recording, operators leave links from results to inputs; backward walks them in reverse order of
//! making. Rules are written in array operators, so gradients are fused and can be recorded again.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use base::{Error, Place, Result, place};
use parking_lot::Mutex;
use smallvec::{SmallVec, smallvec};

use crate::Array;

pub mod anomaly;
mod walk;

pub(crate) use walk::{as_result, check_saved, gradients_of};
pub use walk::{backward, grad};

thread_local! {
    static RECORDING: Cell<bool> = const { Cell::new(false) };
    static TRAINING: Cell<bool> = const { Cell::new(false) };
}

/// Whether operators on this thread are recorded.
#[inline]
pub fn is_recording() -> bool {
    RECORDING.with(Cell::get)
}

/// Switches recording on this thread; returns what it was.
pub fn set_recording(on: bool) -> bool {
    RECORDING.with(|flag| flag.replace(on))
}

/// Whether this thread is in training mode (dropout, batch normalisation).
pub fn is_training() -> bool {
    TRAINING.with(Cell::get)
}

pub fn set_training(on: bool) -> bool {
    TRAINING.with(|flag| flag.replace(on))
}

/// Runs `work` without recording.
pub fn paused<T>(work: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            set_recording(self.0);
        }
    }
    let _restore = Restore(set_recording(false));
    work()
}

/// From the result's gradient to each input's; `None` where the operator is constant in that input.
pub type Rule = Box<dyn Fn(&Array) -> Result<Vec<Option<Array>>> + Send + Sync>;

/// What `attach_grad` asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradRequest {
    Write,
    Add,
    Null,
}

impl GradRequest {
    pub fn from_name(name: &str) -> Option<GradRequest> {
        Some(match name {
            "write" => GradRequest::Write,
            "add" => GradRequest::Add,
            "null" => GradRequest::Null,
            _ => return None,
        })
    }
}

/// A variable's place for its gradient.
pub struct Leaf {
    pub request: GradRequest,
    pub gradient: Mutex<Array>,
    /// Whether backward left something there since it was last set to false.
    fresh: AtomicBool,
}

/// Places on the tape that an operator's arguments have.
pub(crate) type Inputs = SmallVec<[Option<Arc<Link>>; 2]>;

/// An operator's result on the tape, or a variable.
pub struct Link {
    /// Grows with time: inputs are older than results.
    id: u64,
    name: &'static str,
    inputs: Inputs,
    /// `None` for variables, and after a backward that did not retain the graph.
    rule: Mutex<Option<Rule>>,
    leaf: Option<Leaf>,
    /// Where an operator's result keeps its gradient, if somebody asked for it by `attach_grad`.
    kept: Mutex<Option<Leaf>>,
    /// Elements that the rule saved, with the versions they had.
    saved: Vec<(Array, u32)>,
    /// Where the operator was called, if a front end can tell.
    place: Option<Place>,
    /// Whether an operator's result is memory of a variable, seen through a view.
    of_variable: bool,
}

impl Link {
    fn operator(name: &'static str, inputs: Inputs, rule: Rule, saved: Vec<(Array, u32)>) -> Link {
        Link {
            id: next_id(),
            name,
            inputs,
            rule: Mutex::new(Some(rule)),
            leaf: None,
            kept: Mutex::new(None),
            saved,
            place: place::here(),
            of_variable: false,
        }
    }

    /// The same, for a result that may be a view of an input.
    fn seeing(mut self, inputs: &[&Array], output: &Array) -> Link {
        self.of_variable =
            inputs.iter().any(|input| input.is_memory_of_variable() && input.shares_node(output));
        self
    }

    /// Whether a write into the array that has this place is a write into a variable.
    pub(crate) fn is_memory_of_variable(&self) -> bool {
        self.leaf.is_some() || self.of_variable
    }

    pub fn leaf(&self) -> Option<&Leaf> {
        self.leaf.as_ref()
    }

    /// Where the operator was called.
    pub(crate) fn place(&self) -> Option<Place> {
        self.place
    }

    /// Number, operator, inputs, and whether a backward can still pass.
    pub(crate) fn facts(&self) -> (u64, &'static str, &[Option<Arc<Link>>], bool) {
        (self.id, self.name, &self.inputs, self.rule.lock().is_some())
    }
}

impl Drop for Link {
    /// Long chains are taken apart in a loop: dropping them recursively would exhaust the stack.
    fn drop(&mut self) {
        let mut open: Vec<Arc<Link>> = self.inputs.drain(..).flatten().collect();
        while let Some(link) = open.pop() {
            if let Ok(mut link) = Arc::try_unwrap(link) {
                open.extend(link.inputs.drain(..).flatten());
            }
        }
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1);

fn next_id() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Links several outputs of one function to its inputs. `rule` gets every output's gradient (zeros where none arrived).
pub fn record_function(
    inputs: &[&Array],
    outputs: &[Array],
    rule: impl Fn(Vec<Array>) -> Result<Vec<Option<Array>>> + Send + Sync + 'static,
) {
    record_outputs("function", inputs, &[], outputs, with_zeros(outputs, rule));
}

/// A rule that asks for every output's gradient, as one that takes what arrived.
pub(crate) fn with_zeros(
    outputs: &[Array],
    rule: impl Fn(Vec<Array>) -> Result<Vec<Option<Array>>> + Send + Sync + 'static,
) -> impl Fn(Vec<Option<Array>>) -> Result<Vec<Option<Array>>> + Send + Sync + 'static {
    let alike: Vec<Array> = outputs.iter().map(Array::detach).collect();
    move |gradients| {
        let whole = gradients.into_iter().zip(&alike).map(|(gradient, output)| match gradient {
            Some(gradient) => Ok(gradient),
            None => Array::full(output.shape(), base::Scalar::F64(0.0), output.dtype(), output.device()),
        });
        rule(whole.collect::<Result<Vec<_>>>()?)
    }
}

/// Links several outputs of an operator to its inputs; `rule` gets the gradients that arrived. It reads `saved`, as in
/// [`record_saving`].
pub(crate) fn record_outputs(
    name: &'static str,
    inputs: &[&Array],
    saved: &[&Array],
    outputs: &[Array],
    rule: impl Fn(Vec<Option<Array>>) -> Result<Vec<Option<Array>>> + Send + Sync + 'static,
) {
    let links = inputs.iter().map(|input| input.link()).collect();
    if let Some(input) = inputs.iter().find(|input| input.link_is_stale()) {
        // the refusal is an error whatever the gradients are
        let refuse = refusal(name, input);
        let token = Array::clone(inputs[0]);
        return record_joint(name, links, saved, outputs, move |_| refuse(&token));
    }
    record_joint(name, links, saved, outputs, rule)
}

/// [`record_outputs`] over places on the tape.
pub(crate) fn record_joint(
    name: &'static str,
    links: Inputs,
    saved: &[&Array],
    outputs: &[Array],
    rule: impl Fn(Vec<Option<Array>>) -> Result<Vec<Option<Array>>> + Send + Sync + 'static,
) {
    if !is_recording() || links.iter().all(Option::is_none) {
        return;
    }
    // Outputs put their gradients into places and pass a token on to the joint link, which is older and so comes last.
    let places: Arc<Vec<Mutex<Option<Array>>>> = Arc::new(outputs.iter().map(|_| Mutex::new(None)).collect());
    let taken = places.clone();
    let joint_rule: Rule =
        Box::new(move |_token| rule(taken.iter().map(|place| place.lock().take()).collect()));
    let saved = saved.iter().map(|array| keep(array)).collect();
    let joint = Arc::new(Link::operator(name, links, joint_rule, saved));
    for (index, output) in outputs.iter().enumerate() {
        let places = places.clone();
        let pass_on: Rule = Box::new(move |gradient| {
            *places[index].lock() = Some(gradient.clone());
            Ok(vec![Some(Array::full(&[], base::Scalar::F64(0.0), gradient.dtype(), gradient.device())?)])
        });
        let link = Link::operator(name, smallvec![Some(joint.clone())], pass_on, Vec::new());
        output.set_link(Some(Arc::new(link)));
        if anomaly::is_detecting() {
            anomaly::check_result(name, output);
        }
    }
}

/// What a rule will read, with its version; from now on a write into it leaves its line.
fn keep(array: &Array) -> (Array, u32) {
    array.operand().node.watch();
    (array.detach(), array.operand().node.version())
}

/// Links `output` to `inputs` if this thread records and an input is linked. `rule` is made only then.
pub(crate) fn record(
    name: &'static str,
    inputs: &[&Array],
    output: Array,
    rule: impl FnOnce() -> Rule,
) -> Array {
    record_saving(name, inputs, &[], output, rule)
}

/// [`record`], where the rule will read `saved`: a write into them before backward is an error.
pub(crate) fn record_saving(
    name: &'static str,
    inputs: &[&Array],
    saved: &[&Array],
    output: Array,
    rule: impl FnOnce() -> Rule,
) -> Array {
    if !is_recording() || !carries(inputs, &output) {
        return output;
    }
    record_linked(name, inputs, saved, output, rule)
}

/// [`record`], where a reduction is asked for integers made of floats: MXNet's gradients pass such a one.
pub(crate) fn record_rounding(
    name: &'static str,
    inputs: &[&Array],
    output: Array,
    rule: impl FnOnce() -> Rule,
) -> Array {
    let passes = output.dtype().is_inexact() || output.dtype().is_integer();
    if is_recording() && passes { record_linked(name, inputs, &[], output, rule) } else { output }
}

/// Whether gradients pass to a result: to floats always, to integers from integers and to bools from bools that are on
/// the tape themselves (floats made integers are constant almost everywhere).
pub(crate) fn carries(inputs: &[&Array], output: &Array) -> bool {
    let dtype = output.dtype();
    let alike = |input: &&Array| {
        let given = input.dtype();
        (given.is_integer() && dtype.is_integer() || given.is_bool() && dtype.is_bool())
            && input.link().is_some()
    };
    dtype.is_inexact() || inputs.iter().any(alike)
}

/// [`record_saving`], whatever the dtypes are. Only for use while recording.
pub(crate) fn record_linked(
    name: &'static str,
    inputs: &[&Array],
    saved: &[&Array],
    output: Array,
    rule: impl FnOnce() -> Rule,
) -> Array {
    let links: Inputs = inputs.iter().map(|input| input.link()).collect();
    if links.iter().all(Option::is_none) {
        return output;
    }
    let saved = saved.iter().map(|array| keep(array)).collect();
    let stale = inputs.iter().find(|input| input.link_is_stale());
    let rule = stale.map_or_else(rule, |input| refusal(name, input));
    output.set_link(Some(Arc::new(Link::operator(name, links, rule, saved).seeing(inputs, &output))));
    if anomaly::is_detecting() {
        anomaly::check_result(name, &output);
    }
    output
}

/// The rule of an operator whose input was written through another handle after it was put on the tape.
fn refusal(name: &'static str, input: &Array) -> Rule {
    let written = input.operand().node.written_at();
    Box::new(move |_| {
        let line = Place::in_brackets(written);
        Err(Error::runtime(format!(
            "an input of {name} was modified by an in-place write through a view while recording{line}; assign through \
             the array's own index instead"
        )))
    })
}

/// Makes the handle a variable with a gradient of zeros. An operator's result stays on the tape and keeps its gradient,
/// too.
pub fn attach_grad(array: &Array, request: GradRequest) -> Result<()> {
    let zeros = Array::full(array.shape(), base::Scalar::F64(0.0), array.dtype(), array.device())?;
    mark(array, zeros, request);
    Ok(())
}

/// [`attach_grad`], with gradients written to `gradient`.
pub fn mark(array: &Array, gradient: Array, request: GradRequest) {
    let leaf = Leaf { request, gradient: Mutex::new(gradient), fresh: AtomicBool::new(false) };
    if let Some(link) = array.link().filter(|link| link.leaf.is_none()) {
        *link.kept.lock() = Some(leaf);
        return;
    }
    let link = Link {
        id: next_id(),
        name: "variable",
        inputs: Inputs::new(),
        rule: Mutex::new(None),
        leaf: Some(leaf),
        kept: Mutex::new(None),
        saved: Vec::new(),
        place: None,
        of_variable: false,
    };
    array.set_link(Some(Arc::new(link)));
}

/// Whether the handle is a variable or an operator's recorded result.
pub fn is_linked(array: &Array) -> bool {
    array.link().is_some()
}

/// The gradient array of a variable.
pub fn gradient_of(array: &Array) -> Option<Array> {
    with_leaf(array, |leaf| (leaf.request != GradRequest::Null).then(|| leaf.gradient.lock().clone()))
        .flatten()
}

/// Whether backward left something in a variable's gradient since [`set_fresh`]; false for other arrays.
pub fn is_fresh(array: &Array) -> bool {
    with_leaf(array, |leaf| leaf.fresh.load(Ordering::Relaxed)).unwrap_or(false)
}

/// Sets what [`is_fresh`] tells of a variable, such as after an update from its gradient.
pub fn set_fresh(array: &Array, fresh: bool) {
    with_leaf(array, |leaf| leaf.fresh.store(fresh, Ordering::Relaxed));
}

fn with_leaf<T>(array: &Array, read: impl FnOnce(&Leaf) -> T) -> Option<T> {
    let link = array.link()?;
    let kept = link.kept.lock();
    link.leaf().or(kept.as_ref()).map(read)
}
