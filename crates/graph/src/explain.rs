//! A look inside: the programs that a pending node would run, without running them.

use std::sync::Arc;

use base::View;

use crate::engine::LOCK;
use crate::fuse::{self, Builder};
use crate::node::{Expression, Node, Operand, Source};
use crate::program::Action;
use crate::rows;

/// Text of the programs that forcing `node` would run, in order, or what it is already.
pub fn explain(node: &Arc<Node>) -> String {
    let _guard = LOCK.lock();
    let mut text = String::new();
    let mut seen = Vec::new();
    describe(node, &mut seen, &mut text);
    text
}

fn describe(node: &Arc<Node>, seen: &mut Vec<*const Node>, text: &mut String) {
    if seen.contains(&Arc::as_ptr(node)) {
        return;
    }
    seen.push(Arc::as_ptr(node));
    if let Ok(Some(plan)) = rows::Plan::new(node, false) {
        *text += &plan.explain();
        return;
    }
    if describe_fold(node, seen, text) {
        return;
    }
    let Some(shape) = node.pending.lock().as_ref().map(|expression| expression.shape.clone()) else {
        if seen.len() == 1 {
            let bytes = node.memory().map_or(0, |(_, bytes)| bytes);
            *text += &format!("ready: {bytes} bytes of {} on {}\n", node.dtype(), node.device().id);
        }
        return;
    };
    let root = Operand::new(node.clone(), View::contiguous(&shape), node.dtype());
    for earlier in not_inlined(&root, &shape) {
        describe(&earlier, seen, text);
    }
    let mut builder = Builder::new(&shape);
    let value = builder.operand(&root);
    builder.output(value, Action::Store);
    show(builder, text);
}

/// Describes a pending fold; `false` if the node is none.
fn describe_fold(node: &Arc<Node>, seen: &mut Vec<*const Node>, text: &mut String) -> bool {
    let (shape, action, compute, source) = match node.pending.lock().as_deref() {
        Some(Expression { fold: Some(fold), compute, sources, .. }) => {
            (fold.shape.clone(), fold.action, *compute, sources[0].clone())
        }
        _ => return false,
    };
    if let Source::Operand(operand) = &source {
        for earlier in not_inlined(operand, &shape) {
            describe(&earlier, seen, text);
        }
    }
    let mut builder = Builder::new(&shape);
    let value = builder.source(&source);
    let value = builder.cast(value, compute);
    builder.output(value, action);
    show(builder, text);
    true
}

/// Prints the program with the further outputs that it would have.
fn show(mut builder: Builder, text: &mut String) {
    let shape = builder.shape.clone();
    let last = builder.inlined.len().saturating_sub(1);
    for index in 0..last {
        if builder.is_held(index, 0) {
            let value = builder.inlined[index].value;
            builder.output(value, Action::Store);
        }
    }
    let program = builder.program();
    let kind = if program.reduces() { "reduce" } else { "map" };
    *text += &format!(
        "{kind} over {}: {} inputs, {} instructions, {} outputs, {} slots\n{program}",
        base::shape::text(&shape),
        program.inputs.len(),
        program.instructions.len(),
        program.outputs.len(),
        program.slots(),
    );
    builder.restore();
}

/// Pending nodes below `root` that a program over `shape` reads from memory, so that they would run before.
fn not_inlined(root: &Operand, shape: &[i64]) -> Vec<Arc<Node>> {
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    let mut seen: Vec<*const Node> = Vec::new();
    while let Some(operand) = open.pop() {
        if operand.node.is_ready() || seen.contains(&Arc::as_ptr(&operand.node)) {
            continue;
        }
        if !fuse::inlines(&operand, shape) {
            found.push(operand.node.clone());
            continue;
        }
        seen.push(Arc::as_ptr(&operand.node));
        if let Some(expression) = operand.node.pending.lock().as_ref() {
            for source in &expression.sources {
                if let Source::Operand(operand) = source {
                    open.push(operand.clone());
                }
            }
        }
    }
    found
}
