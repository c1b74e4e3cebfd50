//! Looking at and shortening the tape: `checkpoint` records a function as one operator that is run again when its
//! gradient is needed; `explain` writes the tape as text. Called by the fronts.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::sync::Arc;

use base::{DType, Error, Place, Result, shape};

use crate::tape::{self, GradRequest, Link};
use crate::{Array, random};

/// Every place on the tape behind these, newest last.
fn history(heads: &[Arc<Link>]) -> Vec<Arc<Link>> {
    let mut seen = HashSet::new();
    let mut open = heads.to_vec();
    let mut found = Vec::new();
    while let Some(link) = open.pop() {
        let (id, _, inputs, _) = link.facts();
        if seen.insert(id) {
            open.extend(inputs.iter().flatten().cloned());
            found.push(link);
        }
    }
    found.sort_by_key(|link| link.facts().0);
    found
}

fn links_of<'a>(arrays: impl IntoIterator<Item = &'a Array>) -> Vec<Arc<Link>> {
    arrays.into_iter().filter_map(Array::link).collect()
}

/// One place on the tape, for [`steps`].
pub struct Step {
    pub name: &'static str,
    /// Numbers of earlier steps; `None` for what is constant.
    pub inputs: Vec<Option<usize>>,
    /// dtype and shape of a variable.
    pub variable: Option<(DType, Vec<i64>)>,
    /// Whether a backward can still pass.
    pub usable: bool,
    /// Where the operator was called.
    pub place: Option<Place>,
}

/// The tape behind an array, oldest first.
///
/// # Errors
/// Runtime: the array is not on the tape.
pub fn steps(operator: &str, head: &Array) -> Result<Vec<Step>> {
    let Some(link) = head.link() else {
        return Err(Error::runtime(format!(
            "{operator}: the array is not on the tape; compute it inside `with autograd.record():` from arrays that had \
             attach_grad() called"
        )));
    };
    let links = history(std::slice::from_ref(&link));
    let numbers: HashMap<u64, usize> =
        links.iter().enumerate().map(|(at, link)| (link.facts().0, at)).collect();
    let step = |link: &Arc<Link>| {
        let (_, name, inputs, usable) = link.facts();
        let variable = link.leaf().map(|leaf| {
            let gradient = leaf.gradient.lock();
            (gradient.dtype(), gradient.shape().to_vec())
        });
        let number = |input: &Arc<Link>| numbers.get(&input.facts().0).copied();
        let inputs = inputs.iter().map(|input| input.as_ref().and_then(number)).collect();
        Step { name, inputs, variable, usable, place: link.place() }
    };
    Ok(links.iter().map(step).collect())
}

/// The tape behind an array, one line for each operator, oldest first.
///
/// # Errors
/// Runtime: the array is not on the tape.
pub fn explain(head: &Array) -> Result<String> {
    let mut text = String::new();
    for (at, step) in steps("explain", head)?.iter().enumerate() {
        let line = match &step.variable {
            Some((dtype, shape)) => format!("variable {dtype} {}", shape::text(shape)),
            None => {
                let argument =
                    |input: &Option<usize>| input.map_or("_".to_owned(), |input| format!("%{input}"));
                let arguments: Vec<String> = step.inputs.iter().map(argument).collect();
                let freed = if step.usable { "" } else { "  (freed by an earlier backward)" };
                format!("{}({}){freed}", step.name, arguments.join(", "))
            }
        };
        let _writing_to_a_string_succeeds = writeln!(text, "%{at} = {line}");
    }
    Ok(text)
}

/// Handles on the inputs that the function's own run is recorded from.
fn aliases(inputs: &[Array], connected: bool) -> Result<Vec<Array>> {
    let alias = |input: &Array| {
        if connected && input.link().is_some() {
            return input.reshape(input.shape());
        }
        let alias = input.detach();
        if input.dtype().is_inexact() {
            tape::mark(&alias, input.detach(), GradRequest::Null);
        }
        Ok(alias)
    };
    inputs.iter().map(alias).collect()
}

/// `function(inputs)`, recorded as one operator: what happens inside is forgotten, and done again (with the same random
/// draws and in the same mode) when backward arrives. Variables that the function reads besides its inputs get their
/// gradients, too.
///
/// # Errors
/// Those of the function.
pub fn checkpoint(
    inputs: &[Array],
    function: impl Fn(&[Array]) -> Result<Vec<Array>> + Send + Sync + 'static,
) -> Result<Vec<Array>> {
    if !tape::is_recording() {
        return function(inputs);
    }
    let (state, training) = (random::get_state(), tape::is_training());
    let own = aliases(inputs, false)?;
    let outputs = function(&own)?;
    let own_links = links_of(&own);
    let others: Vec<Arc<Link>> = history(&links_of(&outputs))
        .into_iter()
        .filter(|link| link.leaf().is_some() && !own_links.iter().any(|one| Arc::ptr_eq(one, link)))
        .collect();
    let results: Vec<Array> = outputs.iter().map(Array::detach).collect();
    drop((outputs, own, own_links));
    let links = inputs.iter().map(Array::link).chain(others.iter().cloned().map(Some)).collect();
    let inputs = inputs.to_vec();
    let rule = tape::with_zeros(&results, move |gradients| {
        let create_graph = tape::is_recording();
        let again = aliases(&inputs, create_graph)?;
        let outputs = run_again(&function, &again, state, training)?;
        // an output may be a constant
        let heads: Vec<(&Array, Option<&Array>)> = outputs
            .iter()
            .zip(&gradients)
            .filter(|(output, _)| output.link().is_some())
            .map(|(output, gradient)| (output, Some(gradient)))
            .collect();
        let own: Vec<Option<Arc<Link>>> = again.iter().map(Array::link).collect();
        let wanted: Vec<Arc<Link>> = own.iter().flatten().chain(&others).cloned().collect();
        let mut found = tape::gradients_of(&heads, &wanted, false, create_graph)?.into_iter();
        let to_inputs: Vec<Option<Array>> =
            own.iter().map(|link| link.as_ref().and_then(|_| found.next().flatten())).collect();
        Ok(to_inputs.into_iter().chain(found).collect())
    });
    tape::record_joint("checkpoint", links, &[], &results, rule);
    Ok(results)
}

/// The function with the random numbers and the mode of its first run; both are as before afterwards.
fn run_again(
    function: &impl Fn(&[Array]) -> Result<Vec<Array>>,
    inputs: &[Array],
    state: random::State,
    training: bool,
) -> Result<Vec<Array>> {
    let now = random::get_state();
    let (recording, mode) = (tape::set_recording(true), tape::set_training(training));
    random::set_state(state);
    let outputs = function(inputs);
    random::set_state(now);
    tape::set_recording(recording);
    tape::set_training(mode);
    outputs
}
