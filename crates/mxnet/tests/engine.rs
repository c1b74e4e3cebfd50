//! The engine from a user's side: laziness changes no bits, writes wait for readers, one pass serves several arrays.

use std::sync::{Mutex, MutexGuard};

use mxnet::np::{self, Array, DType, Result, s};
use mxnet::npx;

/// More elements than are computed at once, so that expressions stay pending.
const MANY: i64 = 10_000;

/// Tests that look at pending arrays must not meet a test that switches laziness off.
static MODE: Mutex<()> = Mutex::new(());

fn lazily() -> MutexGuard<'static, ()> {
    let guard = MODE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    mxnet::init();
    npx::set_eager(false);
    guard
}

fn bits(x: &Array) -> Vec<u32> {
    x.to_vec::<f32>().expect("elements").into_iter().map(f32::to_bits).collect()
}

fn is_pending(x: &Array) -> bool {
    npx::explain(x).starts_with("map")
}

fn chain() -> Result<Vec<Array>> {
    let x = np::linspace(-3.0, 3.0, MANY)?;
    let inner = np::tanh((&x + &(&(&x * &x) * &x) * 0.044715) * 0.797_884_6)?;
    let gelu = &(&x * 0.5) * &(&inner + 1.0);
    let table = gelu.reshape(&[100, 100])?;
    let centred = &table - &np::mean(&table, np::axis(1).keepdims())?;
    let turned = np::exp(&np::transpose(&centred, None)?)? / 3.0;
    let total = np::sum(&turned, 0)?;
    Ok(vec![gelu, centred, turned, total])
}

#[test]
fn lazy_and_eager_results_have_equal_bits() -> Result<()> {
    let _guard = lazily();
    let lazy: Vec<_> = chain()?.iter().map(bits).collect();
    let eager: Vec<_> = npx::eagerly(chain)?.iter().map(bits).collect();
    assert!(lazy == eager);
    Ok(())
}

#[test]
fn results_have_equal_bits_on_any_number_of_threads() -> Result<()> {
    let before = npx::num_threads();
    let mut results = Vec::new();
    for threads in [1, 2, 4] {
        npx::set_num_threads(threads);
        results.push(chain()?.iter().map(bits).collect::<Vec<_>>());
    }
    npx::set_num_threads(before);
    assert!(results[0] == results[1] && results[1] == results[2]);
    Ok(())
}

#[test]
fn elementwise_work_waits_until_somebody_looks() -> Result<()> {
    let _guard = lazily();
    let x = np::ones(MANY)?;
    let y = &x * 2.0 + 1.0;
    assert!(is_pending(&y));
    y.wait_to_read()?;
    assert!(!is_pending(&y));
    Ok(())
}

#[test]
fn shape_errors_come_at_the_call_though_work_is_pending() -> Result<()> {
    let (x, y) = (np::ones(MANY)?, np::ones(MANY + 1)?);
    let error = x.add(&y).expect_err("shapes do not broadcast");
    assert_eq!(error.kind, np::ErrorKind::Value);
    assert!(error.message.contains("(10000,)") && error.message.contains("(10001,)"), "{error}");
    Ok(())
}

#[test]
fn a_pending_read_sees_the_elements_from_before_a_write() -> Result<()> {
    let _guard = lazily();
    let x = np::arange(MANY)?;
    x.wait_to_read()?;
    let y = &x + 1.0;
    assert!(is_pending(&y));
    x.set(s![..], -5.0)?;
    assert_eq!(y.get(s![..3])?.to_string(), "[1. 2. 3.]");
    assert_eq!(x.get(s![..3])?.to_string(), "[-5. -5. -5.]");
    Ok(())
}

#[test]
fn a_write_through_a_view_is_seen_by_the_base_and_waits_for_its_readers() -> Result<()> {
    let x = np::arange(MANY)?;
    let view = x.get(s![..;-1])?;
    let doubled = &x * 2.0;
    view.set(s![0], 7.0)?;
    assert_eq!(x.get(s![-1])?.to_value::<f32>()?, 7.0);
    assert_eq!(doubled.get(s![-1])?.to_value::<f32>()?, 2.0 * (MANY - 1) as f32);
    Ok(())
}

#[test]
fn an_update_in_place_reads_its_own_elements_first() -> Result<()> {
    let w = np::arange(MANY)?;
    let gradient = np::ones(MANY)?;
    let step = &w - &(&gradient * 0.5);
    w.set(s![..], &step)?;
    assert_eq!(w.get(s![..3])?.to_string(), "[-0.5  0.5  1.5]");
    let mut v = w.clone();
    v += &w;
    assert_eq!(w.get(s![..3])?.to_string(), "[-1.  1.  3.]");
    Ok(())
}

#[test]
fn one_pass_writes_every_array_that_is_still_held() -> Result<()> {
    let _guard = lazily();
    let x = np::linspace(0.0, 1.0, MANY)?;
    x.wait_to_read()?;
    let shared = np::exp(&x)?;
    let left = &shared + 1.0;
    let text = npx::explain(&left);
    assert!(text.contains("2 outputs"), "{text}");
    left.wait_to_read()?;
    assert!(!is_pending(&shared));
    Ok(())
}

#[test]
fn what_nobody_holds_is_not_written() -> Result<()> {
    let _guard = lazily();
    let x = np::linspace(0.0, 1.0, MANY)?;
    x.wait_to_read()?;
    let y = np::exp(&x)? + 1.0;
    let text = npx::explain(&y);
    assert!(text.contains("1 outputs"), "{text}");
    Ok(())
}

#[test]
fn overlapping_copies_behave_as_if_the_source_had_been_copied_first() -> Result<()> {
    for count in [10, MANY] {
        let forward = np::arange(count)?;
        forward.set(s![1..], &forward.get(s![..-1])?)?;
        assert_eq!(forward.get(s![..4])?.to_string(), "[0. 0. 1. 2.]");
        let backward = np::arange(count)?;
        backward.set(s![..], &backward.get(s![..;-1])?)?;
        assert_eq!(backward.get(s![0])?.to_value::<f32>()?, (count - 1) as f32);
        assert_eq!(backward.get(s![-1])?.to_value::<f32>()?, 0.0);
        let table = np::arange(count)?.reshape(&[2, count / 2])?;
        table.set(s![0], &table.get(s![1])?)?;
        assert_eq!(table.get(s![0, 0])?.to_value::<f32>()?, (count / 2) as f32);
    }
    Ok(())
}

#[test]
fn a_square_array_takes_its_own_transpose() -> Result<()> {
    let x = np::arange(10_000)?.reshape(&[100, 100])?;
    let expected = np::transpose(&x, None)?.to_vec::<f32>()?;
    x.set(s![..], &np::transpose(&x, None)?)?;
    assert!(x.to_vec::<f32>()? == expected);
    Ok(())
}

#[test]
fn signs_panic_with_the_text_that_methods_return() -> Result<()> {
    let (x, y) = (np::ones(2)?, np::ones(3)?);
    let message = x.add(&y).expect_err("shapes do not broadcast").message;
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| &x + &y))
        .expect_err("signs cannot return an error");
    assert_eq!(panic.downcast_ref::<String>(), Some(&message));
    Ok(())
}

#[test]
fn bad_input_is_an_error_and_leaves_the_array_as_it_was() -> Result<()> {
    let x = np::arange(4)?;
    assert_eq!(x.get(s![4]).expect_err("out of bounds").kind, np::ErrorKind::Index);
    assert_eq!(x.get(s![0, 0]).expect_err("too many indices").kind, np::ErrorKind::Index);
    assert_eq!(x.set(s![..], &np::ones(3)?).expect_err("wrong shape").kind, np::ErrorKind::Value);
    assert_eq!(np::zeros([1_000_000, 10_000_000_000i64]).expect_err("too large").kind, np::ErrorKind::Memory);
    assert_eq!(np::zeros([-1]).expect_err("negative").kind, np::ErrorKind::Value);
    assert_eq!(np::sum(&x, 1).expect_err("no such axis").kind, np::ErrorKind::Axis);
    assert_eq!(np::array([i64::MAX]).expect_err("not exact").kind, np::ErrorKind::Overflow);
    let whole = np::arange_as(4, DType::I64)?;
    assert_eq!(whole.update(mxnet::ops::ADD, 0.5).expect_err("float into int").kind, np::ErrorKind::Type);
    assert_eq!(whole.to_string(), "[0 1 2 3]");
    assert_eq!(x.to_string(), "[0. 1. 2. 3.]");
    Ok(())
}
