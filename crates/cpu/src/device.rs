//! The CPU as a `graph::Device`: hands each kind of kernel to the file that runs it.

use std::ptr::NonNull;

use base::Result;
use graph::{Device, Kernel, Tensor};

use crate::{memory, reduce, vm};

pub(crate) struct Cpu;

impl Device for Cpu {
    fn allocate(&self, bytes: usize) -> Option<NonNull<u8>> {
        memory::allocate(bytes)
    }

    unsafe fn free(&self, data: NonNull<u8>, bytes: usize) {
        // SAFETY: promised by the caller.
        unsafe { memory::free(data, bytes) }
    }

    unsafe fn upload(&self, to: *mut u8, from: *const u8, bytes: usize) -> Result<()> {
        // SAFETY: promised by the caller.
        unsafe { to.copy_from_nonoverlapping(from, bytes) };
        Ok(())
    }

    unsafe fn download(&self, to: *mut u8, from: *const u8, bytes: usize) -> Result<()> {
        // SAFETY: promised by the caller.
        unsafe { to.copy_from_nonoverlapping(from, bytes) };
        Ok(())
    }

    unsafe fn run(&self, kernel: &Kernel, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
        // SAFETY: promised by the caller.
        unsafe {
            match kernel {
                Kernel::Program(launch) if !launch.program.reduces() => {
                    vm::map::map(&launch.program, &launch.scalars, &launch.shape, inputs, outputs)
                }
                Kernel::Program(launch) => reduce::reduce(launch, inputs, outputs),
                other => Err(base::Error::not_implemented(format!("{} on the CPU", other.name()))),
            }
        }
    }

    fn synchronize(&self) -> Result<()> {
        Ok(())
    }

    fn is_host(&self) -> bool {
        true
    }
}
