//! The null device: takes the whole road from nodes to kernels, writes down what it is asked to run, computes nothing.
//! For tests of the engine, and proof that nothing above assumes the CPU.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::Result;
use parking_lot::Mutex;

use crate::device::Device;
use crate::kernel::{Kernel, Tensor};

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Takes what was recorded since the last call.
pub fn take_log() -> Vec<String> {
    std::mem::take(&mut *LOG.lock())
}

/// A device without memory: addresses are numbers that nobody reads.
#[derive(Default)]
pub struct Null {
    next: AtomicUsize,
}

impl Device for Null {
    fn allocate(&self, bytes: usize) -> Option<NonNull<u8>> {
        let step = bytes.checked_next_multiple_of(64)?;
        let at = self.next.fetch_add(step, Ordering::Relaxed) + 64;
        NonNull::new(std::ptr::without_provenance_mut(at))
    }

    unsafe fn free(&self, _data: NonNull<u8>, _bytes: usize) {}

    unsafe fn upload(&self, _to: *mut u8, _from: *const u8, bytes: usize) -> Result<()> {
        LOG.lock().push(format!("upload {bytes} bytes\n"));
        Ok(())
    }

    unsafe fn download(&self, to: *mut u8, _from: *const u8, bytes: usize) -> Result<()> {
        LOG.lock().push(format!("download {bytes} bytes\n"));
        // SAFETY: the caller gives room for `bytes` bytes at `to`.
        unsafe { std::ptr::write_bytes(to, 0, bytes) };
        Ok(())
    }

    unsafe fn run(&self, kernel: &Kernel, _inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
        let mut text = String::from(kernel.name());
        for output in outputs {
            text += &format!(" {}{}", output.dtype, base::shape::tight(&output.shape));
        }
        text.push('\n');
        if let Kernel::Program(launch) = kernel {
            text += &launch.program.to_string();
        }
        if let Kernel::Rows(launch) = kernel {
            text += &launch.to_string();
        }
        LOG.lock().push(text);
        Ok(())
    }

    fn synchronize(&self) -> Result<()> {
        Ok(())
    }

    fn is_host(&self) -> bool {
        false
    }
}
