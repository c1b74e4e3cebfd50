//! A tour of the crate: `cargo run --release --example tour`. Creation and views, expressions that fuse, reductions,
//! gradients, and a small model trained from scratch.

use mxnet::np::{self, Array, Result, s};
use mxnet::{autograd, npx};

fn main() -> Result<()> {
    arrays()?;
    fusion()?;
    reductions()?;
    gradients()?;
    training()
}

fn title(text: &str) {
    println!("\n== {text}");
}

/// Arrays are NumPy's: float32 by default, mutable, and views share memory.
fn arrays() -> Result<()> {
    title("arrays and views");
    let a = np::arange(12)?.reshape(&[3, 4])?;
    println!("a =\n{a}");
    let corner = a.get(s![1.., ..;2])?;
    println!("a[1:, ::2] =\n{corner}");
    corner.set(s![0, ..], -1.0)?;
    println!("after a[1:, ::2][0] = -1:\n{a}");
    a.set(s![&np::less(&a, 0)?], 0.0)?;
    println!("after a[a < 0] = 0:\n{a}");
    println!("a * [1, 10, 100, 1000] =\n{}", &a * &np::array([1, 10, 100, 1000])?);
    match a.add(&np::ones(3)?) {
        Ok(_) => println!("never reached"),
        Err(error) => println!("an error is a sentence: {error}"),
    }
    Ok(())
}

/// Large elementwise expressions wait until somebody looks, then run as one pass over memory.
fn fusion() -> Result<()> {
    title("lazy fusion");
    let x = np::linspace(-3, 3, 1_000_000)?;
    x.wait_to_read()?;
    let inner = (&x + &(np::power(&x, 3)? * 0.044715)) * 0.797_884_56;
    let gelu = &x * 0.5 * (np::tanh(&inner)? + 1.0);
    drop(inner);
    println!("this will run as:\n{}", npx::explain(&gelu));
    let start = std::time::Instant::now();
    gelu.wait_to_read()?;
    println!("gelu of a million numbers: {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    println!("gelu = {gelu}");
    Ok(())
}

/// Options of reductions are a small builder.
fn reductions() -> Result<()> {
    title("reductions");
    let x = np::array([[1, 2, 3], [4, 5, 9]])?;
    println!("sum             = {}", np::sum(&x, ())?);
    println!("sum over axis 0 = {}", np::sum(&x, 0)?);
    println!("row means       =\n{}", np::mean(&x, np::axis(1).keepdims())?);
    println!("std, ddof 1     = {}", np::std(&x, np::over().ddof(1.0))?);
    println!("argmax per row  = {}", np::argmax(&x, 1)?);
    Ok(())
}

/// What happens inside `record` can be differentiated, to any order.
fn gradients() -> Result<()> {
    title("gradients");
    let x = np::array([0.0, 0.5, 1.0])?;
    autograd::attach_grad(&x)?;
    let y = autograd::record(|| np::sin(&x)?.mul(&x))?;
    let slope = autograd::grad(&y, &[&x], true)?.remove(0);
    println!("x sin x   = {y}");
    println!("its slope = {slope}");
    autograd::backward(&slope)?;
    println!("curvature = {}", autograd::grad_of(&x)?);
    Ok(())
}

/// Two layers that learn to tell the inside of a ring from its outside.
fn training() -> Result<()> {
    title("training");
    np::random::seed(1);
    let points = np::random::uniform(-1, 1, [512, 2])?;
    let inside = np::less(&np::sum(&np::square(&points)?, np::axis(1).keepdims())?, 0.5)?;
    let labels = inside.astype(np::DType::F32)?;
    let mut parameters = [
        np::random::normal(0, 0.7, [2, 16])?,
        np::zeros(16)?,
        np::random::normal(0, 0.25, [16, 1])?,
        np::zeros(1)?,
    ];
    for parameter in &parameters {
        autograd::attach_grad(parameter)?;
    }
    for step in 0..=300 {
        let loss = autograd::record(|| -> Result<Array> {
            let score = model(&points, &parameters)?;
            // binary cross-entropy, from scores
            np::mean(&(npx::softplus(&score)? - &score * &labels), ())
        })?;
        autograd::backward(&loss)?;
        for parameter in &mut parameters {
            *parameter -= &(autograd::grad_of(parameter)? * 1.0);
        }
        if step % 100 == 0 {
            let right = np::equal(&np::greater(&model(&points, &parameters)?, 0.0)?, &inside)?;
            let accuracy: f64 = np::mean(&right, ())?.to_value()?;
            println!(
                "step {step:3}: loss {:.4}, accuracy {:.1} %",
                loss.to_value::<f64>()?,
                100.0 * accuracy
            );
        }
    }
    Ok(())
}

fn model(points: &Array, [w1, b1, w2, b2]: &[Array; 4]) -> Result<Array> {
    let hidden = np::tanh(np::matmul(points, w1)? + b1)?;
    np::matmul(&hidden, w2)?.add(b2)
}
