//! Random programs of views, elementwise work, reductions and in-place writes, against a model that computes each step
//! at once on plain vectors of doubles. Every live array is compared after every step, lazily and eagerly.

use mxnet::np::{self, Array, DType, Result, s};
use mxnet::{npx, ops};
use proptest::prelude::*;

/// One step; numbers choose among the arrays that are live.
#[derive(Clone, Debug)]
enum Step {
    Add(usize, usize),
    Scale(usize, i8),
    Maximum(usize, usize),
    Reverse(usize),
    EveryOther(usize),
    Transpose(usize),
    WriteNumber(usize, i8),
    WriteArray(usize, usize),
    ShiftWithin(usize),
    WriteMasked(usize, i8),
    UpdateInPlace(usize, usize),
    SumRows(usize),
    Force(usize),
    Drop(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let one = || 0..64usize;
    prop_oneof![
        (one(), one()).prop_map(|(a, b)| Step::Add(a, b)),
        (one(), -3..4i8).prop_map(|(a, k)| Step::Scale(a, k)),
        (one(), one()).prop_map(|(a, b)| Step::Maximum(a, b)),
        one().prop_map(Step::Reverse),
        one().prop_map(Step::EveryOther),
        one().prop_map(Step::Transpose),
        (one(), -9..9i8).prop_map(|(a, k)| Step::WriteNumber(a, k)),
        (one(), one()).prop_map(|(a, b)| Step::WriteArray(a, b)),
        one().prop_map(Step::ShiftWithin),
        (one(), -9..9i8).prop_map(|(a, k)| Step::WriteMasked(a, k)),
        (one(), one()).prop_map(|(a, b)| Step::UpdateInPlace(a, b)),
        one().prop_map(Step::SumRows),
        one().prop_map(Step::Force),
        one().prop_map(Step::Drop),
    ]
}

/// A model array: places in a buffer of the model, under a shape. Values are small whole numbers, so sums are exact.
#[derive(Clone)]
struct Model {
    buffer: usize,
    shape: Vec<i64>,
    places: Vec<usize>,
}

/// The same arrays twice: in the engine and in the model.
struct World {
    arrays: Vec<(Array, Model)>,
    buffers: Vec<Vec<f64>>,
}

/// Sums and products are kept below this, so that float32 is exact.
const LIMIT: f64 = 1e6;

impl World {
    fn new() -> Result<World> {
        let mut world = World { arrays: Vec::new(), buffers: Vec::new() };
        for shape in [[96, 60], [60, 96]] {
            world.start(np::arange(5760)?.reshape(&shape)?, (0..5760).map(f64::from).collect());
        }
        Ok(world)
    }

    fn start(&mut self, array: Array, values: Vec<f64>) {
        let model = Model {
            buffer: self.buffers.len(),
            shape: array.shape().to_vec(),
            places: (0..values.len()).collect(),
        };
        self.buffers.push(values);
        self.arrays.push((array, model));
    }

    fn values(&self, model: &Model) -> Vec<f64> {
        model.places.iter().map(|&place| self.buffers[model.buffer][place]).collect()
    }

    fn pick(&self, number: usize) -> (Array, Model) {
        self.arrays[number % self.arrays.len()].clone()
    }

    /// Two arrays of one shape: the second choice, or the first where shapes differ.
    fn pair(&self, a: usize, b: usize) -> ((Array, Model), (Array, Model)) {
        let (first, second) = (self.pick(a), self.pick(b));
        let second = if first.1.shape == second.1.shape { second } else { first.clone() };
        (first, second)
    }

    fn write(&mut self, model: &Model, values: &[f64]) {
        for (&place, &value) in model.places.iter().zip(values) {
            self.buffers[model.buffer][place] = value;
        }
    }

    fn view(&mut self, array: Array, model: Model) {
        self.arrays.push((array, model));
    }

    /// A view of the model's rows `rows` and columns `columns`.
    fn pick_places(model: &Model, rows: &[usize], columns: &[usize]) -> Model {
        let width = model.shape[1] as usize;
        let places = rows.iter().flat_map(|row| columns.iter().map(move |column| (row, column)));
        Model {
            buffer: model.buffer,
            shape: vec![rows.len() as i64, columns.len() as i64],
            places: places.map(|(row, column)| model.places[row * width + column]).collect(),
        }
    }

    fn run(&mut self, step: &Step) -> Result<()> {
        match *step {
            Step::Add(a, b) => {
                let ((x, mx), (y, my)) = self.pair(a, b);
                let values: Vec<f64> =
                    self.values(&mx).iter().zip(self.values(&my)).map(|(x, y)| x + y).collect();
                if values.iter().all(|value| value.abs() < LIMIT) {
                    self.start(&x + &y, values);
                }
            }
            Step::Scale(a, k) => {
                let (x, model) = self.pick(a);
                let values: Vec<f64> = self.values(&model).iter().map(|x| x * f64::from(k) + 1.0).collect();
                if values.iter().all(|value| value.abs() < LIMIT) {
                    self.start(&x * f64::from(k) + 1.0, values);
                }
            }
            Step::Maximum(a, b) => {
                let ((x, mx), (y, my)) = self.pair(a, b);
                let values = self.values(&mx).iter().zip(self.values(&my)).map(|(x, y)| x.max(y)).collect();
                self.start(np::maximum(&x, &y)?, values);
            }
            Step::Reverse(_) | Step::EveryOther(_) | Step::Transpose(_) => self.run_view(step)?,
            Step::SumRows(a) => {
                let (x, model) = self.pick(a);
                let values = self.values(&model);
                let width = model.shape[1] as usize;
                let sums: Vec<f64> = values.chunks(width).map(|row| row.iter().sum()).collect();
                let found = np::sum(&x, np::axis(1).dtype(DType::F64))?.to_vec::<f64>()?;
                assert_eq!(found, sums);
            }
            Step::Force(a) => self.pick(a).0.wait_to_read()?,
            Step::Drop(a) if self.arrays.len() > 2 => drop(self.arrays.remove(a % self.arrays.len())),
            Step::Drop(_) => {}
            _ => self.run_write(step)?,
        }
        Ok(())
    }

    fn run_view(&mut self, step: &Step) -> Result<()> {
        let (Step::Reverse(a) | Step::EveryOther(a) | Step::Transpose(a)) = *step else { return Ok(()) };
        let (x, model) = self.pick(a);
        let (height, width) = (model.shape[0] as usize, model.shape[1] as usize);
        let (rows, columns): (Vec<usize>, Vec<usize>) = ((0..height).collect(), (0..width).collect());
        match step {
            Step::Reverse(_) => {
                let back: Vec<usize> = columns.into_iter().rev().collect();
                self.view(x.get(s![.., ..;-1])?, World::pick_places(&model, &rows, &back));
            }
            Step::EveryOther(_) if height > 8 => {
                let some: Vec<usize> = rows.into_iter().step_by(2).collect();
                self.view(x.get(s![..;2])?, World::pick_places(&model, &some, &columns));
            }
            Step::Transpose(_) => {
                let places = (0..width).flat_map(|column| (0..height).map(move |row| row * width + column));
                let turned = places.map(|at| model.places[at]).collect();
                let shape = vec![model.shape[1], model.shape[0]];
                self.view(np::transpose(&x, None)?, Model { buffer: model.buffer, shape, places: turned });
            }
            _ => {}
        }
        Ok(())
    }

    fn run_write(&mut self, step: &Step) -> Result<()> {
        match *step {
            Step::WriteNumber(a, k) => {
                let (x, model) = self.pick(a);
                x.set(s![..], f64::from(k))?;
                self.write(&model, &vec![f64::from(k); model.places.len()]);
            }
            Step::WriteArray(a, b) => {
                let ((x, mx), (y, my)) = self.pair(a, b);
                x.set(s![..], &y)?;
                let values = self.values(&my);
                self.write(&mx, &values);
            }
            Step::ShiftWithin(a) => {
                let (x, model) = self.pick(a);
                x.set(s![.., 1..], &x.get(s![.., ..-1])?)?;
                let (height, width) = (model.shape[0] as usize, model.shape[1] as usize);
                let rows: Vec<usize> = (0..height).collect();
                let from = World::pick_places(&model, &rows, &(0..width - 1).collect::<Vec<_>>());
                let to = World::pick_places(&model, &rows, &(1..width).collect::<Vec<_>>());
                let values = self.values(&from);
                self.write(&to, &values);
            }
            Step::WriteMasked(a, k) => {
                let (x, model) = self.pick(a);
                x.set(s![&np::greater(&x, 10.0)?], f64::from(k))?;
                let values = self
                    .values(&model)
                    .iter()
                    .map(|&x| if x > 10.0 { f64::from(k) } else { x })
                    .collect::<Vec<_>>();
                self.write(&model, &values);
            }
            Step::UpdateInPlace(a, b) => {
                let ((x, mx), (y, my)) = self.pair(a, b);
                let values: Vec<f64> =
                    self.values(&mx).iter().zip(self.values(&my)).map(|(x, y)| x - y).collect();
                if values.iter().all(|value| value.abs() < LIMIT) {
                    x.update(ops::SUBTRACT, &y)?;
                    self.write(&mx, &values);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn check(&self, step: &Step) -> Result<()> {
        for (array, model) in &self.arrays {
            // A copy: looking at the elements must not be what computes the array itself.
            let found = array.copy()?.to_vec::<f64>()?;
            assert!(found == self.values(model), "after {step:?}: {array:?}");
        }
        Ok(())
    }
}

fn run(steps: &[Step], every: usize) -> Result<()> {
    let mut world = World::new()?;
    for (number, step) in steps.iter().enumerate() {
        world.run(step)?;
        if number % every == 0 {
            world.check(step)?;
        }
    }
    steps.last().map_or(Ok(()), |step| world.check(step))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_programs_agree_with_the_model(
        steps in proptest::collection::vec(step(), 1..24),
        every in 1..6usize,
        eager in any::<bool>(),
    ) {
        let work = || run(&steps, every).expect("every step is valid");
        if eager { npx::eagerly(work) } else { work() }
    }
}
