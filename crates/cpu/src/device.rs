//! The CPU as a `graph::Device`: hands each kind of kernel to the file that runs it.

use std::ptr::NonNull;

use base::Result;
use graph::{Device, Kernel, Tensor};

use crate::{
    convolution, copy, factor, fourier, gather, layers, mask, matmul, memory, order, pooling, reduce,
    row_program, scan, tally, vision, vm,
};

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
                Kernel::Rows(launch) => row_program::run(launch, inputs, outputs),
                Kernel::Copy => copy::copy(inputs, outputs),
                Kernel::MatMul => matmul::matmul(inputs, outputs),
                Kernel::Scan { op, axis } => scan::scan(op, *axis, inputs, outputs),
                Kernel::Gather { along } => gather::gather(*along, inputs, outputs),
                Kernel::Scatter { op, along } => gather::scatter(*op, *along, inputs, outputs),
                Kernel::AddUp { op } => gather::add_up(op, inputs, outputs),
                Kernel::Count => mask::count(inputs, outputs),
                Kernel::Nonzero => mask::nonzero(inputs, outputs),
                Kernel::Compress => mask::compress(inputs, outputs),
                Kernel::Expand => mask::expand(inputs, outputs),
                Kernel::Sort => order::sorted(inputs, outputs),
                Kernel::ArgSort => order::sorting_order(inputs, outputs),
                Kernel::Select => order::selected(inputs, outputs),
                Kernel::Partition { indices } => order::partitioned(*indices, inputs, outputs),
                Kernel::Tally => tally::tally(inputs, outputs),
                Kernel::Histogram { even } => tally::histogram(*even, inputs, outputs),
                Kernel::SearchSorted { right } => order::insertion_points(*right, inputs, outputs),
                Kernel::Convolution { form, windows, groups } => {
                    convolution::convolution(*form, windows, *groups, inputs, outputs)
                }
                Kernel::Pooling { form, windows } => pooling::pooling(*form, windows, inputs, outputs),
                Kernel::Sample(sampling) => vision::sample::sample(*sampling, inputs, outputs),
                Kernel::Regions { pooled, scale } => {
                    vision::regions::regions(*pooled, *scale, inputs, outputs)
                }
                Kernel::Band { form, before } => vision::band::band(*form, *before, inputs, outputs),
                Kernel::Boxes(choice) => vision::choose(choice, inputs, outputs),
                Kernel::Layer(layer) => layers::layer(layer, inputs, outputs),
                Kernel::Random { distribution, key, counter } => {
                    order::fill(*distribution, *key, *counter, outputs)
                }
                Kernel::RandomLaw { law, key, counter } => {
                    order::sample(*law, *key, *counter, inputs, outputs)
                }
                Kernel::RandomOrder { key, counter } => order::random_order(*key, *counter, outputs),
                Kernel::Factor(factorization) => factor::factor(*factorization, inputs, outputs),
                Kernel::Fourier { transform, scale } => {
                    fourier::transform(*transform, *scale, inputs, outputs)
                }
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
