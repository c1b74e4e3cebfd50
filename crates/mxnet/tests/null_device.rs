//! The whole road from an operator to a device's `run`, on a device that only writes down what it is asked: nothing
//! above the devices assumes the CPU. One test, because the log belongs to the process.

use mxnet::graph::{DeviceId, DeviceKind, device, null};
use mxnet::np::{self, Result};
use mxnet::npx;

#[test]
fn a_chain_reaches_the_null_device_as_one_program() -> Result<()> {
    mxnet::init();
    device::install(DeviceKind::Null, 0, Box::new(null::Null::default()));
    let null_device = device::device(DeviceId { kind: DeviceKind::Null, index: 0 })?;
    npx::set_eager(false);
    npx::with_device(null_device, || {
        let x = np::array(vec![vec![0.5f32; 100]; 100])?;
        assert_eq!(null::take_log(), ["upload 40000 bytes\n"]);

        let y = np::exp(&(&x * 2.0))? + &x;
        assert!(null::take_log().is_empty(), "nothing runs before somebody looks");
        y.wait_to_read()?;
        let log = null::take_log();
        assert_eq!(log.len(), 1, "{log:?}");
        assert!(log[0].starts_with("map float32(100,100)"), "{}", log[0]);
        for part in ["multiply.float32", "exp.float32", "add.float32", "store"] {
            assert!(log[0].contains(part), "{part} in {}", log[0]);
        }

        let mean = np::sum(&(&y * &y), 1)?;
        assert!(null::take_log().is_empty(), "a fold of rows waits for what follows");
        mean.wait_to_read()?;
        let log = null::take_log();
        assert!(log[0].starts_with("reduce float32"), "{log:?}");
        assert!(log[0].contains("multiply.float32") && log[0].contains("fold.add"), "one program: {log:?}");

        np::matmul(&x, &y)?;
        np::random::uniform(0, 1, [5])?;
        np::sort(&mean, Some(0))?;
        let kinds: Vec<String> = null::take_log()
            .iter()
            .filter_map(|entry| entry.split([' ', '\n']).next().map(str::to_owned))
            .collect();
        for kind in ["matmul", "random", "sort"] {
            assert!(kinds.iter().any(|one| one == kind), "{kind} in {kinds:?}");
        }
        Ok(())
    })
}
