//! Row programs: folds over the last axes, with the elementwise work before and after them, as one kernel. `softmax`,
//! `(x - mean) / std` and their kin read their matrix once, because each block of rows stays in a near cache while all
//! stages run over it. Called by `engine` when a node that waits behind folds is forced; decides what belongs together
//! and in which stage it runs. Never looks at an operator. A little over the usual length, because collecting, ordering and
//! wiring all work on the same items.

use std::sync::Arc;

use base::{Dims, Result, View, interrupt};
use smallvec::SmallVec;

use crate::engine::{force, tensor};
use crate::fuse::{Builder, Load, Value};
use crate::kernel::{Kernel, RowLaunch, Stage, Temporary, Tensor, Wire};
use crate::node::{Expression, Node, Operand, Source, Storage};
use crate::program::Action;

/// The shape whose last axes are folded.
struct Grid {
    shape: Dims,
    /// How many leading axes are kept.
    kept: usize,
    /// Every element, in C order.
    wide: Arc<View>,
    /// One element per row, repeated along the row.
    spread: Arc<View>,
    /// One element per row.
    narrow: Arc<View>,
}

/// What a node has to do with the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// An element for each of the grid's.
    Wide,
    /// An element for each row, computed from other such elements.
    Narrow,
    /// An element for each row, folded from the row.
    Fold,
}

/// Where a source of an item comes from.
enum Origin {
    Item(usize),
    Outside(Source),
}

/// A pending node that is part of the row program.
struct Item {
    node: Arc<Node>,
    expression: Box<Expression>,
    form: Form,
    level: usize,
    origins: SmallVec<[Origin; 3]>,
    /// The first item that computes the same.
    same: usize,
    is_held: bool,
    /// Where the value lies for other stages.
    wire: Option<Wire>,
}

/// A row program that has been planned: the expressions of its nodes are taken and must be given back or used up.
pub(crate) struct Plan {
    grid: Grid,
    items: Vec<Item>,
    stages: Vec<Stage>,
    temporaries: Vec<Temporary>,
    inputs: Vec<Load>,
    /// Items that become storages.
    outputs: Vec<usize>,
}

/// Whether an expression is a fold, or waits for one.
pub(crate) fn waits(expression: &Expression) -> bool {
    expression.fold.is_some() || expression.behind_fold
}

/// Computes `root` by a row program where one pays. `false`: nothing was done.
pub(crate) fn run(root: &Arc<Node>) -> Result<bool> {
    let Some(plan) = Plan::new(root, true)? else { return Ok(false) };
    plan.run(root).map(|()| true)
}

impl Grid {
    /// The grid of a fold that `root` waits for.
    fn of(root: &Arc<Node>) -> Option<Grid> {
        let mut open = vec![root.clone()];
        let mut seen: Vec<*const Node> = Vec::new();
        while let Some(node) = open.pop() {
            if seen.contains(&Arc::as_ptr(&node)) {
                continue;
            }
            seen.push(Arc::as_ptr(&node));
            let pending = node.pending.lock();
            let Some(expression) = pending.as_ref().filter(|expression| waits(expression)) else { continue };
            if let Some(fold) = &expression.fold {
                return Some(Grid::new(&fold.shape, fold.kept));
            }
            let operands = expression.sources.iter().filter_map(|source| match source {
                Source::Operand(operand) => Some(operand.node.clone()),
                _ => None,
            });
            open.extend(operands);
        }
        None
    }

    fn new(shape: &[i64], kept: usize) -> Grid {
        let narrow = View::contiguous(&shape[..kept]);
        let mut spread = narrow.clone();
        spread.shape = Dims::from_slice(shape);
        spread.strides.resize(shape.len(), 0);
        Grid {
            shape: Dims::from_slice(shape),
            kept,
            wide: Arc::new(View::contiguous(shape)),
            spread: Arc::new(spread),
            narrow: Arc::new(narrow),
        }
    }

    fn form(&self, node: &Arc<Node>) -> Option<Form> {
        let pending = node.pending.lock();
        let expression = pending.as_ref()?;
        if let Some(fold) = &expression.fold {
            return (fold.shape == self.shape && fold.kept == self.kept).then_some(Form::Fold);
        }
        if expression.shape == self.shape {
            return Some(Form::Wide);
        }
        let is_narrow = long_axes(&expression.shape).eq(long_axes(&self.shape[..self.kept]));
        (expression.behind_fold && is_narrow).then_some(Form::Narrow)
    }

    /// The form of an operand that an item of form `reader` can take from another item.
    fn link(&self, reader: Form, operand: &Operand) -> Option<Form> {
        let form = self.form(&operand.node)?;
        let view = &*operand.view;
        let whole = view.is_contiguous();
        let fits = match (reader, form) {
            (Form::Narrow, Form::Wide) => false,
            (Form::Narrow, _) => whole && view.size() == self.narrow.size(),
            (_, Form::Wide) => view.shape == self.shape && whole,
            _ => view.shape == self.shape && alike(view, &self.spread),
        };
        (fits && view.offset == 0 && operand.dtype == operand.node.dtype()).then_some(form)
    }
}

fn long_axes(shape: &[i64]) -> impl Iterator<Item = &i64> {
    shape.iter().filter(|&&length| length != 1)
}

fn alike(a: &View, b: &View) -> bool {
    (0..a.ndim()).all(|axis| a.shape[axis] == 1 || a.strides[axis] == b.strides[axis])
}

/// The pending nodes of a row program, sources first, and the pending nodes outside that they read.
#[derive(Default)]
struct Survey {
    found: Vec<(Arc<Node>, Form)>,
    outside: Vec<Arc<Node>>,
}

impl Survey {
    fn visit(&mut self, grid: &Grid, node: &Arc<Node>, form: Form) {
        if self.found.iter().any(|(known, _)| Arc::ptr_eq(known, node)) {
            return;
        }
        let operands: SmallVec<[Operand; 3]> = match node.pending.lock().as_ref() {
            Some(expression) => expression.sources.iter().filter_map(operand_of).cloned().collect(),
            None => return,
        };
        for operand in &operands {
            match grid.link(form, operand) {
                Some(form) => self.visit(grid, &operand.node, form),
                None if operand.node.is_ready() => {}
                None => self.outside.push(operand.node.clone()),
            }
        }
        self.found.push((node.clone(), form));
    }
}

fn operand_of(source: &Source) -> Option<&Operand> {
    match source {
        Source::Operand(operand) => Some(operand),
        _ => None,
    }
}

impl Plan {
    /// The row program that computes `root`, if something follows a fold in it. Pending nodes outside are forced if they
    /// may be.
    pub fn new(root: &Arc<Node>, may_force: bool) -> Result<Option<Plan>> {
        if !root.pending.lock().as_ref().is_some_and(|expression| waits(expression)) {
            return Ok(None);
        }
        let Some(grid) = Grid::of(root) else { return Ok(None) };
        let Some(form) = grid.form(root) else { return Ok(None) };
        let mut survey = Survey::default();
        survey.visit(&grid, root, form);
        let folds = survey.found.iter().filter(|(_, form)| *form == Form::Fold).count();
        let wides = survey.found.iter().filter(|(_, form)| *form == Form::Wide).count();
        let is_split = !may_force && !survey.outside.is_empty();
        if folds == 0 || (folds == 1 && wides == 0) || is_split {
            return Ok(None);
        }
        for node in std::mem::take(&mut survey.outside) {
            force(&node)?;
        }
        let mut plan = Plan {
            grid,
            items: Vec::with_capacity(survey.found.len()),
            stages: Vec::new(),
            temporaries: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
        };
        for (node, form) in survey.found {
            plan.take(node, form);
        }
        plan.mark_held(root);
        let last = plan.items.iter().map(|item| item.level).max().unwrap_or(0);
        if last == 0 {
            plan.restore();
            return Ok(None);
        }
        for level in 0..=last {
            plan.stage(level, true);
            plan.stage(level, false);
        }
        Ok(Some(plan))
    }

    /// Makes an item of a node whose sources are items already.
    fn take(&mut self, node: Arc<Node>, form: Form) {
        let mut origins = SmallVec::new();
        let sources = match node.pending.lock().as_ref() {
            Some(expression) => expression.sources.clone(),
            None => return,
        };
        let mut level = 0;
        for source in &sources {
            let item = operand_of(source).and_then(|operand| {
                self.items.iter().position(|item| Arc::ptr_eq(&item.node, &operand.node))
            });
            match item {
                Some(item) => {
                    let from = &self.items[item];
                    let follows = form != Form::Narrow && from.form != Form::Wide;
                    level = level.max(from.level + usize::from(follows));
                    origins.push(Origin::Item(from.same));
                }
                None => origins.push(Origin::Outside(source.clone())),
            }
        }
        drop(sources);
        let Some(expression) = node.pending.lock().take() else { return };
        let number = self.items.len();
        let mut item =
            Item { node, expression, form, level, origins, same: number, is_held: false, wire: None };
        let known = self.items.iter().position(|known| known.computes_like(&item));
        item.same = known.unwrap_or(number);
        self.items.push(item);
    }

    /// Notes which items somebody outside the program can still ask for.
    fn mark_held(&mut self, root: &Arc<Node>) {
        for index in 0..self.items.len() {
            let node = &self.items[index].node;
            let reads = |item: &Item| {
                let operands = item.expression.sources.iter().filter_map(operand_of);
                operands.filter(|operand| Arc::ptr_eq(&operand.node, node)).count()
            };
            let inside: usize = self.items.iter().map(reads).sum();
            let is_held = Arc::ptr_eq(node, root) || Arc::strong_count(node) > 1 + inside;
            self.items[index].is_held = is_held;
        }
    }

    /// Whether another stage than its own reads the item.
    fn is_read_elsewhere(&self, index: usize) -> bool {
        let own = &self.items[index];
        let stage = |item: &Item| (item.level, item.form == Form::Narrow);
        self.items.iter().enumerate().any(|(number, item)| {
            let reads = |origin: &Origin| matches!(origin, Origin::Item(read) if *read == index);
            item.same == number && stage(item) != stage(own) && item.origins.iter().any(reads)
        })
    }

    /// Builds the stage of one level: over whole rows, or over one element per row.
    fn stage(&mut self, level: usize, wide: bool) {
        let members: Vec<usize> = (0..self.items.len())
            .filter(|&index| {
                let item = &self.items[index];
                item.level == level && item.same == index && (item.form != Form::Narrow) == wide
            })
            .collect();
        if members.is_empty() {
            return;
        }
        let shape = if wide { &self.grid.shape } else { &self.grid.narrow.shape };
        let mut builder = Builder::new(shape);
        let mut values: Vec<Option<Value>> = vec![None; self.items.len()];
        for &index in &members {
            values[index] = Some(self.value(&mut builder, index, &values, wide));
        }
        let mut outputs = SmallVec::new();
        for &index in &members {
            if let Some(value) = values[index] {
                self.store(&mut builder, index, value, &mut outputs);
            }
        }
        let program = Arc::new(builder.program());
        let scalars = builder.scalars.clone();
        let loads = std::mem::take(&mut builder.loads);
        let inputs = loads.into_iter().map(|load| self.wire(load)).collect();
        self.stages.push(Stage { program, wide, scalars, inputs, outputs });
    }

    /// What an item computes; of a fold, what it folds.
    fn value(&self, builder: &mut Builder, index: usize, values: &[Option<Value>], wide: bool) -> Value {
        let item = &self.items[index];
        let mut sources: SmallVec<[Value; 3]> = SmallVec::new();
        for origin in &item.origins {
            sources.push(match origin {
                Origin::Outside(source) => builder.source(source),
                Origin::Item(from) => match values[*from] {
                    Some(value) => value,
                    None => builder.load(Load::Memory(self.stand_in(*from, wide))),
                },
            });
        }
        match item.expression.op {
            Some(op) => builder.apply(op, item.expression.compute, &sources),
            None => builder.cast(sources[0], item.expression.compute),
        }
    }

    /// An operand that stands for an item of another stage; [`Plan::wire`] knows it by its node.
    fn stand_in(&self, index: usize, wide: bool) -> Operand {
        let item = &self.items[index];
        let view = match (wide, item.form) {
            (false, _) => &self.grid.narrow,
            (true, Form::Wide) => &self.grid.wide,
            (true, _) => &self.grid.spread,
        };
        Operand::new(item.node.clone(), view.clone(), item.node.dtype())
    }

    /// Makes the item's value an output of its stage, where anybody needs it.
    fn store(
        &mut self,
        builder: &mut Builder,
        index: usize,
        value: Value,
        outputs: &mut SmallVec<[Wire; 4]>,
    ) {
        let item = &self.items[index];
        let action = item.expression.fold.as_ref().map_or(Action::Store, |fold| fold.action);
        let (dtype, wide) = (item.node.dtype(), item.form == Form::Wide);
        let holders: SmallVec<[usize; 2]> = (0..self.items.len())
            .filter(|&other| self.items[other].same == index && self.items[other].is_held)
            .collect();
        if holders.is_empty() && self.is_read_elsewhere(index) {
            builder.output(value, action);
            let wire = Wire::Temporary(self.temporaries.len());
            self.temporaries.push(Temporary { dtype, wide });
            outputs.push(wire);
            self.items[index].wire = Some(wire);
        }
        for holder in holders {
            builder.output(value, action);
            let wire = Wire::Output(self.outputs.len());
            self.outputs.push(holder);
            outputs.push(wire);
            self.items[index].wire = Some(wire);
        }
    }

    fn wire(&mut self, load: Load) -> Wire {
        let item = match &load {
            Load::Memory(operand) => self.items.iter().find(|item| Arc::ptr_eq(&item.node, &operand.node)),
            Load::Position(_) => None,
        };
        if let Some(wire) = item.and_then(|item| item.wire) {
            return wire;
        }
        let known = self.inputs.iter().position(|known| match (known, &load) {
            (Load::Memory(a), Load::Memory(b)) => {
                Arc::ptr_eq(&a.node, &b.node) && a.dtype == b.dtype && a.view == b.view
            }
            (Load::Position(a), Load::Position(b)) => a == b,
            _ => false,
        });
        Wire::Input(known.unwrap_or_else(|| {
            self.inputs.push(load);
            self.inputs.len() - 1
        }))
    }

    fn launch(&mut self) -> RowLaunch {
        RowLaunch {
            shape: self.grid.shape.clone(),
            kept: self.grid.kept,
            stages: std::mem::take(&mut self.stages),
            temporaries: std::mem::take(&mut self.temporaries),
        }
    }

    /// Runs the program and makes storages of what is held.
    fn run(mut self, root: &Arc<Node>) -> Result<()> {
        let launch = self.launch();
        match self.launched(launch, root) {
            Ok(storages) => {
                for (&item, storage) in self.outputs.iter().zip(storages) {
                    // SAFETY: pending nodes are computed under the engine's lock only, which the callers hold.
                    unsafe { self.items[item].node.storage.publish(storage) };
                }
                // Users before sources, so that a long chain of nodes does not die recursively.
                while self.items.pop().is_some() {}
                Ok(())
            }
            Err(error) => {
                self.restore();
                Err(error)
            }
        }
    }

    fn launched(&self, launch: RowLaunch, root: &Arc<Node>) -> Result<Vec<Storage>> {
        let device = root.device();
        let mut inputs: SmallVec<[Tensor; 4]> = SmallVec::new();
        for load in &self.inputs {
            inputs.push(self.over_grid(match load {
                Load::Memory(operand) => tensor(operand)?,
                Load::Position(view) => Tensor::position(view),
            }));
        }
        let (mut outputs, mut storages): (SmallVec<[Tensor; 4]>, Vec<Storage>) =
            (SmallVec::new(), Vec::new());
        for &index in &self.outputs {
            let item = &self.items[index];
            let (view, count) = match item.form {
                Form::Wide => (&self.grid.wide, self.grid.wide.size()),
                _ => (&self.grid.spread, self.grid.narrow.size()),
            };
            let storage = Storage::allocate(item.node.dtype(), count, device)?;
            outputs.push(Tensor {
                data: storage.data.as_ptr(),
                offset: 0,
                dtype: item.node.dtype(),
                shape: view.shape.clone(),
                strides: view.strides.clone(),
            });
            storages.push(storage);
        }
        // SAFETY: `tensor` checked that inputs lie inside live storages, which the loads keep alive; outputs are fresh.
        interrupt::stoppable(|| unsafe { device.backend.run(&Kernel::Rows(launch), &inputs, &outputs) })?;
        Ok(storages)
    }

    /// A tensor over the grid; one with an element per row repeats it along the row.
    fn over_grid(&self, mut tensor: Tensor) -> Tensor {
        if tensor.shape == self.grid.shape {
            return tensor;
        }
        let axes = tensor.shape.iter().zip(&tensor.strides).filter(|(length, _)| **length != 1);
        let mut steps = axes.map(|(_, &step)| step);
        let kept = &self.grid.shape[..self.grid.kept];
        let mut strides: Dims =
            kept.iter().map(|&length| if length == 1 { 0 } else { steps.next().unwrap_or(0) }).collect();
        strides.resize(self.grid.shape.len(), 0);
        tensor.strides = strides;
        tensor.shape = self.grid.shape.clone();
        tensor
    }

    /// Text of the program, which is not run.
    pub fn explain(mut self) -> String {
        let text = self.launch().to_string();
        self.restore();
        text
    }

    /// Gives the expressions back: nothing ran.
    fn restore(self) {
        for item in self.items {
            *item.node.pending.lock() = Some(item.expression);
        }
    }
}

impl Item {
    /// Whether both surely have the same value.
    fn computes_like(&self, other: &Item) -> bool {
        let (a, b) = (&self.expression, &other.expression);
        let action = |expression: &Expression| expression.fold.as_ref().map(|fold| fold.action);
        self.form == other.form
            && a.op == b.op
            && a.compute == b.compute
            && action(a) == action(b)
            && self.node.dtype() == other.node.dtype()
            && self.origins.len() == other.origins.len()
            && self.origins.iter().zip(&other.origins).all(|(a, b)| a.is_like(b))
    }
}

impl Origin {
    fn is_like(&self, other: &Origin) -> bool {
        match (self, other) {
            (Origin::Item(a), Origin::Item(b)) => a == b,
            (Origin::Outside(Source::Operand(a)), Origin::Outside(Source::Operand(b))) => {
                Arc::ptr_eq(&a.node, &b.node) && a.dtype == b.dtype && a.view == b.view
            }
            (Origin::Outside(Source::Scalar(a)), Origin::Outside(Source::Scalar(b))) => {
                a.dtype() == b.dtype() && a.to_bytes() == b.to_bytes()
            }
            _ => false,
        }
    }
}
