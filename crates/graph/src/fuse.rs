//! The fuser: pending nodes in, one program out. Expressions of the launch's shape become instructions; everything else
//! becomes an input. Called by `engine` under its lock; decides no policy (what is forced, where results go).

use std::sync::Arc;

use base::{DType, Dims, Op, Scalar, View};
use smallvec::SmallVec;

use crate::node::{Expression, Node, Operand, Source};
use crate::program::{Action, Input, Instruction, Output, Program, Slot};

/// A value while a program is being built: slots are numbered inputs, scalars, results, and the counts are known only
/// at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Input(u16),
    Scalar(u16),
    Result(u16),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Op { op: &'static Op, compute: DType, sources: [Value; 3] },
    Cast { to: DType, source: Value },
}

/// A strided input; holds its node so that the memory lives until the program has run.
pub(crate) enum Load {
    Memory(Operand),
    Position(View),
}

/// A pending node whose expression became part of the program.
pub(crate) struct Inlined {
    pub node: Arc<Node>,
    pub expression: Box<Expression>,
    pub value: Value,
}

pub(crate) struct Builder {
    pub shape: Dims,
    pub loads: SmallVec<[Load; 3]>,
    pub scalars: SmallVec<[Scalar; 4]>,
    /// Sources before users.
    pub inlined: Vec<Inlined>,
    steps: SmallVec<[Step; 2]>,
    outputs: SmallVec<[(Value, Action); 2]>,
}

/// Whether an operand of a program over `shape` can be computed inside it.
pub(crate) fn inlines(operand: &Operand, shape: &[i64]) -> bool {
    !operand.node.is_ready()
        && operand.dtype == operand.node.dtype()
        && operand.view.offset == 0
        && operand.view.shape.as_slice() == shape
        && operand.view.is_contiguous()
        && operand
            .node
            .pending
            .lock()
            .as_ref()
            .is_some_and(|expression| expression.fold.is_none() && expression.shape.as_slice() == shape)
}

impl Builder {
    pub fn new(shape: &[i64]) -> Builder {
        Builder {
            shape: Dims::from_slice(shape),
            loads: SmallVec::new(),
            scalars: SmallVec::new(),
            inlined: Vec::new(),
            steps: SmallVec::new(),
            outputs: SmallVec::new(),
        }
    }

    pub fn dtype(&self, value: Value) -> DType {
        match value {
            Value::Input(index) => match &self.loads[index as usize] {
                Load::Memory(operand) => operand.dtype,
                Load::Position(_) => DType::I64,
            },
            Value::Scalar(index) => self.scalars[index as usize].dtype(),
            Value::Result(index) => match self.steps[index as usize] {
                Step::Op { op, compute, .. } => op.kind.result(compute),
                Step::Cast { to, .. } => to,
            },
        }
    }

    /// The value of a source: an instruction's result where its expression is inlined, a load otherwise.
    pub fn source(&mut self, source: &Source) -> Value {
        match source {
            Source::Operand(operand) => self.operand(operand),
            Source::Scalar(scalar) => self.scalar(*scalar),
            Source::Position(view) => self.load(Load::Position(view.clone())),
        }
    }

    fn scalar(&mut self, scalar: Scalar) -> Value {
        let bits = scalar.to_bytes();
        let known =
            self.scalars.iter().position(|one| one.dtype() == scalar.dtype() && one.to_bytes() == bits);
        Value::Scalar(known.unwrap_or_else(|| {
            self.scalars.push(scalar);
            self.scalars.len() - 1
        }) as u16)
    }

    pub fn load(&mut self, load: Load) -> Value {
        let known = self.loads.iter().position(|one| match (one, &load) {
            (Load::Memory(a), Load::Memory(b)) => {
                Arc::ptr_eq(&a.node, &b.node) && a.dtype == b.dtype && a.view == b.view
            }
            (Load::Position(a), Load::Position(b)) => a == b,
            _ => false,
        });
        Value::Input(known.unwrap_or_else(|| {
            self.loads.push(load);
            self.loads.len() - 1
        }) as u16)
    }

    pub fn operand(&mut self, operand: &Operand) -> Value {
        if let Some(known) = self.inlined.iter().find(|one| Arc::ptr_eq(&one.node, &operand.node)) {
            return known.value;
        }
        if inlines(operand, &self.shape) {
            let taken = operand.node.pending.lock().take();
            if let Some(expression) = taken {
                let value = self.expression(&expression);
                self.inlined.push(Inlined { node: operand.node.clone(), expression, value });
                return value;
            }
        }
        self.load(Load::Memory(operand.clone()))
    }

    fn expression(&mut self, expression: &Expression) -> Value {
        let values: SmallVec<[Value; 3]> =
            expression.sources.iter().map(|source| self.source(source)).collect();
        match expression.op {
            Some(op) => self.apply(op, expression.compute, &values),
            None => self.cast(values[0], expression.compute),
        }
    }

    /// One operator; halves go through float32 and are rounded after it.
    pub fn apply(&mut self, op: &'static Op, compute: DType, values: &[Value]) -> Value {
        let widened = compute.is_half() && (op.loops)(compute).is_none();
        let loop_dtype = if widened { DType::F32 } else { compute };
        let mut sources = [values[0]; 3];
        for (index, &value) in values.iter().enumerate() {
            // through the half first, so that a wider source is rounded as it would be in its own array
            let rounded = self.cast(value, op.kind.source(index, compute));
            sources[index] = self.cast(rounded, op.kind.source(index, loop_dtype));
        }
        for index in values.len()..3 {
            sources[index] = sources[0];
        }
        let value = self.push(Step::Op { op, compute: loop_dtype, sources });
        if widened { self.cast(value, op.kind.result(compute)) } else { value }
    }

    pub fn cast(&mut self, source: Value, to: DType) -> Value {
        if self.dtype(source) == to {
            return source;
        }
        let step = Step::Cast { to, source };
        match self.steps.iter().position(|one| *one == step) {
            Some(known) => Value::Result(known as u16),
            None => self.push(step),
        }
    }

    fn push(&mut self, step: Step) -> Value {
        self.steps.push(step);
        Value::Result((self.steps.len() - 1) as u16)
    }

    /// Adds an output; tensors of outputs are given in the same order.
    pub fn output(&mut self, value: Value, action: Action) {
        self.outputs.push((value, action));
    }

    /// Whether somebody besides this program's own expressions, and `allowance` known handles, holds the node.
    pub fn is_held(&self, index: usize, allowance: usize) -> bool {
        let node = &self.inlined[index].node;
        let inside = |expression: &Expression| {
            expression
                .sources
                .iter()
                .filter(
                    |source| matches!(source, Source::Operand(operand) if Arc::ptr_eq(&operand.node, node)),
                )
                .count()
        };
        let internal: usize = self.inlined[index + 1..].iter().map(|one| inside(&one.expression)).sum();
        Arc::strong_count(node) > 1 + internal + allowance
    }

    /// The finished program.
    pub fn program(&self) -> Program {
        let inputs = self.loads.len() as Slot;
        let results = inputs + self.scalars.len() as Slot;
        let slot = |value: Value| match value {
            Value::Input(index) => index,
            Value::Scalar(index) => inputs + index,
            Value::Result(index) => results + index,
        };
        let instruction = |step: &Step| match *step {
            Step::Op { op, compute, sources } => Instruction::Op { op, compute, sources: sources.map(slot) },
            Step::Cast { to, source } => Instruction::Cast { to, source: slot(source) },
        };
        let input = |load: &Load| match load {
            Load::Memory(operand) => Input::Memory(operand.dtype),
            Load::Position(_) => Input::Position,
        };
        Program {
            inputs: self.loads.iter().map(input).collect(),
            scalars: self.scalars.iter().map(|scalar| scalar.dtype()).collect(),
            instructions: self.steps.iter().map(instruction).collect(),
            outputs: self
                .outputs
                .iter()
                .map(|&(value, action)| Output { slot: slot(value), action })
                .collect(),
        }
    }

    /// Gives expressions back to their nodes: the program did not run.
    pub fn restore(self) {
        for one in self.inlined {
            *one.node.pending.lock() = Some(one.expression);
        }
    }

    /// After the program has run and results were stored: expressions of nodes that nobody holds die; a node that is
    /// still held without a result keeps its expression, or loses it where the write destroyed what it reads.
    pub fn finish(mut self, destroyed: bool) {
        while let Some(one) = self.inlined.pop() {
            if !one.node.is_ready() && Arc::strong_count(&one.node) > 1 && !destroyed {
                *one.node.pending.lock() = Some(one.expression);
            }
        }
    }
}
