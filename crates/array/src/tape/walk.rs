//! Backward: walks the tape from its heads in reverse order of making, and names the line of the operator whose turn it
//! was when something goes wrong. Called through `tape`; what the rules compute it must not know.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use base::{Error, Place, Result, place};

use super::{GradRequest, Link, anomaly, is_recording, paused, record, set_recording};
use crate::Array;

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
    wanted: impl Fn(&Arc<Link>) -> bool,
    mut visit: impl FnMut(&Arc<Link>, Array) -> Result<()>,
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
        if link.leaf.is_some() {
            visit(&link, gradient)?;
            continue;
        }
        if wanted(&link) {
            visit(&link, gradient.clone())?;
        }
        let _turn = is_recording().then(|| Turn::of(&link));
        let gradients = place::on_behalf_of(link.place, || pass(&link, &gradient, retain))
            .map_err(|error| at_line(error.in_operator("backward"), &link))?;
        for (input, gradient) in link.inputs.iter().zip(gradients) {
            if let (Some(input), Some(gradient)) = (input, gradient) {
                accumulate(&mut open, input, gradient)?;
            }
        }
    }
    Ok(())
}

thread_local! {
    /// The operator whose turn it is, while gradients are recorded.
    static CURRENT: RefCell<Option<Arc<Link>>> = const { RefCell::new(None) };
}

/// An operator's turn, until dropped.
struct Turn(Option<Arc<Link>>);

impl Turn {
    fn of(link: &Arc<Link>) -> Turn {
        Turn(CURRENT.with(|current| current.replace(Some(link.clone()))))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        CURRENT.with(|current| current.replace(self.0.take()));
    }
}

/// For rules, while gradients are recorded: the result of the operator whose turn it is, on the tape where the operator
/// put it. (Rules keep it detached, as a result that its own place on the tape held would never be freed.)
pub(crate) fn as_result(output: &Array) -> Result<Array> {
    let link = CURRENT.with(|current| current.borrow().clone());
    let link = link.ok_or_else(|| Error::runtime("backward: a gradient rule ran outside of backward"))?;
    let result = output.detach();
    result.set_link(Some(link));
    Ok(result)
}

/// The gradients of an operator's inputs.
fn pass(link: &Link, gradient: &Array, retain: bool) -> Result<Vec<Option<Array>>> {
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
    let gradients = run(gradient)?;
    if !retain {
        *rule = None;
    }
    drop(rule);
    if anomaly::is_detecting() {
        anomaly::check_gradients(link.name, gradient, &gradients)?;
    }
    Ok(gradients)
}

/// The error, with the line of the operator that backward was at.
fn at_line(mut error: Error, link: &Link) -> Error {
    let line = Place::in_brackets(link.place);
    if !line.is_empty() {
        error.message += &format!("; backward was at {}{line}", link.name);
    }
    error
}

/// Checks that a saved array still holds the elements that it had at this version.
pub(crate) fn check_saved(name: &str, array: &Array, version: u32) -> Result<()> {
    if array.operand().node.version() == version {
        return Ok(());
    }
    let line = Place::in_brackets(array.operand().node.written_at());
    Err(Error::runtime(format!(
        "backward: an array that {name} needs for its gradient was modified by an in-place write{line}; write into a \
         copy instead"
    )))
}

/// Computes gradients of `heads` and leaves them in the variables' gradient arrays, by their requests.
pub fn backward(heads: &[(&Array, Option<&Array>)], retain: bool) -> Result<()> {
    paused(|| {
        let is_kept = |link: &Arc<Link>| link.kept.lock().is_some();
        walk(heads, retain, is_kept, |link, gradient| {
            let kept = link.kept.lock();
            let Some(leaf) = link.leaf().or(kept.as_ref()) else { return Ok(()) };
            let mut place = leaf.gradient.lock();
            match leaf.request {
                GradRequest::Null => return Ok(()),
                GradRequest::Write => leave(&mut place, gradient)?,
                GradRequest::Add => place.write(&crate::elementwise::add(&place, &gradient)?, false)?,
            }
            leaf.fresh.store(true, Ordering::Relaxed);
            Ok(())
        })
    })
}

/// Leaves a gradient at its place: the array itself, if nobody holds either memory (so that nobody can tell), otherwise
/// its elements.
fn leave(place: &mut Array, gradient: Array) -> Result<()> {
    let alone = |array: &Array| {
        Arc::strong_count(&array.operand.node) == 1
            && array.view().is_contiguous()
            && array.view().offset == 0
            && array.is_writable()
            && !array.operand.node.is_shared()
    };
    let alike = place.shape() == gradient.shape()
        && place.dtype() == gradient.dtype()
        && std::ptr::eq(place.device(), gradient.device());
    if !(alike && alone(place) && alone(&gradient)) {
        return place.write(&gradient, false);
    }
    gradient.wait_to_read()?;
    let bytes = gradient.size() as usize * gradient.dtype().size();
    if gradient.operand.node.memory().is_none_or(|(_, held)| held != bytes) {
        return place.write(&gradient, false);
    }
    *place = gradient.detach();
    Ok(())
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
    let is_wanted = |link: &Arc<Link>| links.iter().any(|wanted| Arc::ptr_eq(link, wanted));
    let walked = walk(heads, retain || create_graph, is_wanted, |link, gradient| {
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
