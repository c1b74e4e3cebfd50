//! The tape: while recording, operators leave links from results to inputs; backward walks them in reverse order of
//! making. Rules are written in array operators, so gradients are fused and can be recorded again.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base::{Error, Result};
use parking_lot::Mutex;

use crate::Array;

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
}

/// An operator's result on the tape, or a variable.
pub struct Link {
    /// Grows with time: inputs are older than results.
    id: u64,
    name: &'static str,
    inputs: Vec<Option<Arc<Link>>>,
    /// `None` for variables, and after a backward that did not retain the graph.
    rule: Mutex<Option<Rule>>,
    leaf: Option<Leaf>,
    /// Where an operator's result keeps its gradient, if somebody asked for it by `attach_grad`.
    kept: Mutex<Option<Leaf>>,
    /// Elements that the rule saved, with the versions they had.
    saved: Vec<(Array, u32)>,
}

impl Link {
    fn operator(
        name: &'static str,
        inputs: Vec<Option<Arc<Link>>>,
        rule: Rule,
        saved: Vec<(Array, u32)>,
    ) -> Link {
        Link {
            id: next_id(),
            name,
            inputs,
            rule: Mutex::new(Some(rule)),
            leaf: None,
            kept: Mutex::new(None),
            saved,
        }
    }

    pub fn leaf(&self) -> Option<&Leaf> {
        self.leaf.as_ref()
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
    if inputs.iter().any(|input| input.link_is_stale()) {
        // the refusal is an error whatever the gradients are
        let refuse = refusal(name);
        let token = Array::clone(inputs[0]);
        return record_joint(name, links, saved, outputs, move |_| refuse(&token));
    }
    record_joint(name, links, saved, outputs, rule)
}

/// [`record_outputs`] over places on the tape.
pub(crate) fn record_joint(
    name: &'static str,
    links: Vec<Option<Arc<Link>>>,
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
    let saved = saved.iter().map(|array| (array.detach(), array.operand().node.version())).collect();
    let joint = Arc::new(Link::operator(name, links, joint_rule, saved));
    for (index, output) in outputs.iter().enumerate() {
        let places = places.clone();
        let keep: Rule = Box::new(move |gradient| {
            *places[index].lock() = Some(gradient.clone());
            Ok(vec![Some(Array::full(&[], base::Scalar::F64(0.0), gradient.dtype(), gradient.device())?)])
        });
        let link = Link::operator(name, vec![Some(joint.clone())], keep, Vec::new());
        output.set_link(Some(Arc::new(link)));
    }
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
    if !is_recording() || !output.dtype().is_inexact() {
        return output;
    }
    let links: Vec<Option<Arc<Link>>> = inputs.iter().map(|input| input.link()).collect();
    if links.iter().all(Option::is_none) {
        return output;
    }
    let saved = saved.iter().map(|array| (array.detach(), array.operand().node.version())).collect();
    let stale = inputs.iter().any(|input| input.link_is_stale());
    let rule = if stale { refusal(name) } else { rule() };
    output.set_link(Some(Arc::new(Link::operator(name, links, rule, saved))));
    output
}

/// The rule of an operator whose input was written through another handle after it was put on the tape.
fn refusal(name: &'static str) -> Rule {
    Box::new(move |_| {
        Err(Error::runtime(format!(
            "an input of {name} was modified by an in-place write through a view while recording; assign through the \
             array's own index instead"
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
    let leaf = Leaf { request, gradient: Mutex::new(gradient) };
    if let Some(link) = array.link().filter(|link| link.leaf.is_none()) {
        *link.kept.lock() = Some(leaf);
        return;
    }
    let link = Link {
        id: next_id(),
        name: "variable",
        inputs: Vec::new(),
        rule: Mutex::new(None),
        leaf: Some(leaf),
        kept: Mutex::new(None),
        saved: Vec::new(),
    };
    array.set_link(Some(Arc::new(link)));
}

/// Whether the handle is a variable or an operator's recorded result.
pub fn is_linked(array: &Array) -> bool {
    array.link().is_some()
}

/// The gradient array of a variable.
pub fn gradient_of(array: &Array) -> Option<Array> {
    let link = array.link()?;
    let kept = link.kept.lock();
    let leaf = link.leaf().or(kept.as_ref())?;
    (leaf.request != GradRequest::Null).then(|| leaf.gradient.lock().clone())
}

type Gradients = BTreeMap<u64, (Arc<Link>, Array)>;

fn accumulate(open: &mut Gradients, link: &Arc<Link>, gradient: Array) -> Result<()> {
    match open.remove(&link.id) {
        None => open.insert(link.id, (link.clone(), gradient)),
        Some((_, sum)) => {
            let sum = crate::elementwise::add(&sum, &gradient)?;
            open.insert(link.id, (link.clone(), sum))
        }
    };
    Ok(())
}

/// Walks the tape from `heads`; calls `visit` for every variable and every wanted link with its whole gradient.
fn walk(
    heads: &[(&Array, Option<&Array>)],
    retain: bool,
    mut visit: impl FnMut(&Arc<Link>, &Array) -> Result<()>,
) -> Result<()> {
    let mut open = Gradients::new();
    for (head, gradient) in heads {
        let link = head.link().ok_or_else(|| {
            Error::runtime(
                "backward: the array is not on the tape; compute it inside `with autograd.record():` from arrays that \
                 had attach_grad() called",
            )
        })?;
        let gradient = match gradient {
            Some(gradient) if gradient.shape() != head.shape() => {
                return Err(Error::value(format!(
                    "backward: head gradient has shape {}, its head {}",
                    base::shape::text(gradient.shape()),
                    base::shape::text(head.shape())
                )));
            }
            Some(gradient) => (*gradient).clone(),
            None => Array::full(head.shape(), base::Scalar::F64(1.0), head.dtype(), head.device())?,
        };
        accumulate(&mut open, &link, gradient)?;
    }
    while let Some((_, (link, gradient))) = open.pop_last() {
        visit(&link, &gradient)?;
        if link.leaf.is_some() {
            continue;
        }
        for (array, version) in &link.saved {
            check_saved(link.name, array, *version)?;
        }
        let mut rule = link.rule.lock();
        let Some(run) = rule.as_ref() else {
            return Err(Error::runtime(format!(
                "backward: the graph through {} was freed by an earlier backward; pass retain_graph=True to keep it",
                link.name
            )));
        };
        let gradients = run(&gradient).map_err(|error| error.in_operator("backward"))?;
        if !retain {
            *rule = None;
        }
        drop(rule);
        for (input, gradient) in link.inputs.iter().zip(gradients) {
            if let (Some(input), Some(gradient)) = (input, gradient) {
                accumulate(&mut open, input, gradient)?;
            }
        }
    }
    Ok(())
}

/// Checks that a saved array still holds the elements that it had at this version.
pub(crate) fn check_saved(name: &str, array: &Array, version: u32) -> Result<()> {
    if array.operand().node.version() == version {
        return Ok(());
    }
    Err(Error::runtime(format!(
        "backward: an array that {name} needs for its gradient was modified by an in-place write; write into a copy \
         instead"
    )))
}

/// Computes gradients of `heads` and leaves them in the variables' gradient arrays, by their requests.
pub fn backward(heads: &[(&Array, Option<&Array>)], retain: bool) -> Result<()> {
    paused(|| {
        walk(heads, retain, |link, gradient| {
            let kept = link.kept.lock();
            let Some(leaf) = link.leaf().or(kept.as_ref()) else { return Ok(()) };
            let place = leaf.gradient.lock();
            match leaf.request {
                GradRequest::Null => Ok(()),
                GradRequest::Write => place.write(gradient, false),
                GradRequest::Add => place.write(&crate::elementwise::add(&place, gradient)?, false),
            }
        })
    })
}

/// Gradients of `heads` for `variables` as new arrays; with `create_graph` they are on the tape themselves.
pub fn grad(
    heads: &[(&Array, Option<&Array>)],
    variables: &[&Array],
    retain: bool,
    create_graph: bool,
) -> Result<Vec<Array>> {
    let links = variables
        .iter()
        .map(|variable| {
            variable.link().ok_or_else(|| {
                Error::runtime("grad: a variable is not on the tape; call attach_grad() first")
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let found = gradients_of(heads, &links, retain, create_graph)?;
    let whole = found.into_iter().zip(variables).map(|(gradient, variable)| {
        let gradient = match gradient {
            Some(gradient) => gradient,
            None => zeros_for(variable)?,
        };
        if create_graph { constant_on_tape(gradient, variable) } else { Ok(gradient) }
    });
    whole.collect()
}

fn zeros_for(variable: &Array) -> Result<Array> {
    Array::full(variable.shape(), base::Scalar::F64(0.0), variable.dtype(), variable.device())
}

/// A gradient that depends on nothing, such as that of a linear function: its own gradient is zero, and no error.
fn constant_on_tape(gradient: Array, variable: &Array) -> Result<Array> {
    if gradient.link().is_some() {
        return Ok(gradient);
    }
    let before = set_recording(true);
    let gradient = record("grad", &[variable], gradient.detach(), || {
        let variable = variable.detach();
        Box::new(move |_| Ok(vec![Some(zeros_for(&variable)?)]))
    });
    set_recording(before);
    Ok(gradient)
}

/// The gradients that arrive at places on the tape; `None` where none does.
pub(crate) fn gradients_of(
    heads: &[(&Array, Option<&Array>)],
    links: &[Arc<Link>],
    retain: bool,
    create_graph: bool,
) -> Result<Vec<Option<Array>>> {
    let mut found: Vec<Option<Array>> = vec![None; links.len()];
    let before = set_recording(create_graph);
    let walked = walk(heads, retain || create_graph, |link, gradient| {
        for (slot, wanted) in found.iter_mut().zip(links) {
            if Arc::ptr_eq(link, wanted) {
                *slot = Some(gradient.clone());
            }
        }
        Ok(())
    });
    set_recording(before);
    walked.map(|()| found)
}
