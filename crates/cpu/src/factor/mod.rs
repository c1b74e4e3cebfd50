//! Factorisations of stacks of matrices: from the kernel's tensors to one matrix at a time, and back. Called by the device.
//!
//! * `lu`, `cholesky`, `qr`: our own, in blocks over our products; `triangle`: substitution for many right sides.
//! * `whole`: singular values and eigenvalues, of symmetric matrices. Real ones that are not short go through `tridiagonal`
//!   and `bidiagonal`, blocks of reflections, and `merge`, divide and conquer; others through the crate `spectral`, as do the
//!   eigenvalues of other matrices.
//! * `field`: the numbers, and small loops over them.
//!
//! Small matrices of a stack are shared out among the threads; a large one uses all of them inside its products. Either way
//! every sum has the order that the shapes give it.

mod bidiagonal;
mod cholesky;
mod field;
mod lu;
mod merge;
mod qr;
mod triangle;
mod tridiagonal;
mod whole;

use base::{DType, Result};
use graph::{Factorization, Tensor};
use num_complex::Complex;
use num_traits::Float;

use crate::gather::operands;
use crate::pool;
use crate::rows::Shared;
use field::{Field, Real, scaled};
use lu::lu;
use qr::Qr;
use spectral::{Source, Spectral};
use whole::{Whole, turned};

/// What a stack's matrices are made of.
trait Number: Whole + Spectral<Size = <Self as Field>::Real> {}
impl<T: Whole + Spectral<Size = <T as Field>::Real>> Number for T {}

/// Multiplications that one task of many small matrices should at least have.
const TASK_WORK: usize = 1 << 15;
/// Multiplications above which a single matrix uses all threads.
const LARGE_MATRIX: usize = 128 * 128 * 128;

/// Runs a factorisation over all matrices of the inputs.
///
/// # Safety
/// As for `Device::run`; the operands are as [`Factorization`] says.
pub(crate) unsafe fn factor(
    factorization: Factorization,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let Some(first) = inputs.first() else { return Err(operands("factor")) };
    let stack = Stack::new(inputs, outputs)?;
    // SAFETY: promised by the caller; the element type is the inputs' dtype.
    unsafe {
        match first.dtype {
            DType::F32 => stack.run::<f32>(factorization),
            DType::F64 => stack.run::<f64>(factorization),
            DType::C64 => stack.run::<Complex<f32>>(factorization),
            DType::C128 => stack.run::<Complex<f64>>(factorization),
            _ => Err(operands("factor")),
        }
    }
}

/// The operands, and how many matrices there are.
struct Stack<'a> {
    inputs: &'a [Tensor],
    outputs: &'a [Tensor],
    count: usize,
}

// SAFETY: inputs are only read, and every task writes other matrices of the outputs.
unsafe impl Sync for Stack<'_> {}

impl<'a> Stack<'a> {
    fn new(inputs: &'a [Tensor], outputs: &'a [Tensor]) -> Result<Stack<'a>> {
        let Some(status) = outputs.last() else { return Err(operands("factor")) };
        let batch = status.shape.len();
        let enough = inputs.iter().all(|input| input.shape.len() == batch + 2);
        let known = outputs.iter().all(|output| output.shape.len() >= batch);
        if !enough || !known || status.dtype != DType::I64 {
            return Err(operands("factor"));
        }
        Ok(Stack { inputs, outputs, count: status.shape.iter().product::<i64>() as usize })
    }

    /// # Safety
    /// As for [`factor`]; `T` is the inputs' element type.
    unsafe fn run<T: Number>(&self, factorization: Factorization) -> Result<()> {
        let shape = &self.inputs[0].shape;
        let lengths = shape[shape.len() - 2..].iter().map(|&length| length as usize);
        let work = lengths.clone().product::<usize>().saturating_mul(lengths.min().unwrap_or(0));
        let one = |index: usize| {
            // SAFETY: promised by the caller; every index is another matrix.
            unsafe { self.one::<T>(factorization, index) };
        };
        if self.count < 2 * pool::threads() && work >= LARGE_MATRIX {
            (0..self.count).for_each(one);
        } else {
            let grain = (TASK_WORK / work.max(1)).max(1);
            pool::parallel_ranges(self.count as i64, grain as i64, &|begin, end| {
                (begin as usize..end as usize).for_each(one);
            });
        }
        Ok(())
    }

    /// A matrix of an input in C order; with `turned`, its transpose.
    ///
    /// # Safety
    /// As for [`Stack::run`].
    unsafe fn read<T: Field>(&self, input: usize, index: usize, turned: bool) -> Matrix<T> {
        let tensor = &self.inputs[input];
        let batch = tensor.shape.len() - 2;
        let (mut left, mut offset) = (index as i64, 0);
        for axis in (0..batch).rev() {
            offset += left % tensor.shape[axis] * tensor.strides[axis];
            left /= tensor.shape[axis];
        }
        let (mut rows, mut columns) = (
            (tensor.shape[batch], tensor.strides[batch]),
            (tensor.shape[batch + 1], tensor.strides[batch + 1]),
        );
        if turned {
            std::mem::swap(&mut rows, &mut columns);
        }
        let mut data = Vec::with_capacity((rows.0 * columns.0) as usize);
        let start = Shared::new(tensor.data);
        for row in 0..rows.0 {
            // SAFETY: all these elements belong to the tensor.
            unsafe {
                let line = start.at(offset + row * rows.1, size_of::<T>()).cast::<T>();
                if columns.1 == 1 {
                    data.extend_from_slice(std::slice::from_raw_parts(line, columns.0 as usize));
                } else {
                    data.extend((0..columns.0).map(|column| *line.offset((column * columns.1) as isize)));
                }
            }
        }
        Matrix { data, rows: rows.0 as usize, columns: columns.0 as usize }
    }

    /// Writes the elements of one matrix (vector, number) of an output.
    ///
    /// # Safety
    /// As for [`Stack::run`]; `T` is the output's element type, and there are as many values as one matrix has elements.
    unsafe fn write<T: Copy>(&self, output: usize, index: usize, values: &[T]) {
        let tensor = &self.outputs[output];
        let room = Shared::new(tensor.data).at((index * values.len()) as i64, size_of::<T>());
        // SAFETY: outputs are contiguous, and each index has its own elements.
        unsafe { room.cast::<T>().copy_from_nonoverlapping(values.as_ptr(), values.len()) }
    }

    /// [`Stack::write`] of a matrix that lies column after column.
    ///
    /// # Safety
    /// As for [`Stack::write`].
    unsafe fn write_columns<T: Field>(&self, output: usize, index: usize, values: &[T], rows: usize) {
        // SAFETY: passed on.
        unsafe { self.write(output, index, &turned(values, rows)) }
    }

    /// # Safety
    /// As for [`Stack::run`].
    unsafe fn one<T: Number>(&self, factorization: Factorization, index: usize) {
        // SAFETY: each arm writes the outputs that its factorisation has, as the kernel's description says.
        let fit = unsafe {
            match factorization {
                Factorization::Determinant => self.determinant::<T>(index),
                Factorization::Solve => self.solve::<T>(index),
                Factorization::Inverse => self.inverse::<T>(index),
                Factorization::Cholesky => {
                    let mut a = self.read::<T>(0, index, false);
                    let fit = cholesky::cholesky(&mut a.data, a.rows);
                    self.write(0, index, &a.data);
                    fit
                }
                Factorization::Qr { .. } | Factorization::QrTriangle | Factorization::QrReflectors => {
                    self.qr::<T>(factorization, index)
                }
                Factorization::Svd { full } => self.svd::<T>(full, index),
                Factorization::SingularValues => self.singular_values::<T>(index),
                Factorization::SymmetricEigen { vectors } => self.symmetric::<T>(vectors, index),
                Factorization::Eigen { vectors } => self.eigen::<T>(vectors, index),
            }
        };
        // SAFETY: the last output is the status, int64.
        unsafe { self.write(self.outputs.len() - 1, index, &[i64::from(!fit)]) }
    }

    unsafe fn determinant<T: Number>(&self, index: usize) -> bool {
        // SAFETY: as for `one`.
        unsafe {
            let a = self.read::<T>(0, index, false);
            let found = lu(a.data, a.rows).determinant();
            self.write(0, index, &[found.sign]);
            self.write(1, index, &[found.logarithm]);
            self.write(2, index, &[found.value]);
        }
        true
    }

    unsafe fn solve<T: Number>(&self, index: usize) -> bool {
        // SAFETY: as for `one`.
        unsafe {
            let (a, b) = (self.read::<T>(0, index, false), self.read::<T>(1, index, false));
            let factored = lu(a.data, a.rows);
            self.write(0, index, &factored.solve(&b.data, b.columns));
            !factored.singular
        }
    }

    unsafe fn inverse<T: Number>(&self, index: usize) -> bool {
        // SAFETY: as for `one`.
        unsafe {
            let a = self.read::<T>(0, index, false);
            let factored = lu(a.data, a.rows);
            self.write(0, index, &factored.inverse());
            !factored.singular
        }
    }

    unsafe fn qr<T: Number>(&self, factorization: Factorization, index: usize) -> bool {
        // SAFETY: as for `one`.
        unsafe {
            let mut a = self.read::<T>(0, index, true);
            let scale = a.scale_down();
            let (m, n) = (a.columns, a.rows);
            let mut factored = Qr::new(a.data, m, n);
            factored.scale_triangle(scale);
            match factorization {
                Factorization::QrTriangle => self.write(0, index, &factored.triangle(m.min(n))),
                Factorization::Qr { complete } => {
                    let columns = if complete { m } else { m.min(n) };
                    self.write_columns(0, index, &factored.orthogonal(columns), m);
                    self.write(1, index, &factored.triangle(columns));
                }
                _ => {
                    self.write(0, index, &factored.packed);
                    self.write(1, index, &factored.factors);
                }
            }
        }
        true
    }

    unsafe fn svd<T: Number>(&self, full: bool, index: usize) -> bool {
        // SAFETY: as for `one`.
        unsafe {
            let mut a = self.read::<T>(0, index, false);
            let scale = a.scale_down();
            let size = (a.rows, a.columns);
            let Some(mut found) = a.finite().and_then(|source| T::svd(source.data, size, full)) else {
                return false;
            };
            scale_all(&mut found.s, scale);
            self.write(0, index, &found.u);
            self.write(1, index, &found.s);
            self.write(2, index, &found.adjoint);
        }
        true
    }

    unsafe fn singular_values<T: Number>(&self, index: usize) -> bool {
        // SAFETY: as for `one`.
        unsafe {
            let mut a = self.read::<T>(0, index, false);
            let scale = a.scale_down();
            let size = (a.rows, a.columns);
            let Some(mut found) = a.finite().and_then(|source| T::svd_values(source.data, size)) else {
                return false;
            };
            scale_all(&mut found, scale);
            self.write(0, index, &found);
        }
        true
    }

    unsafe fn symmetric<T: Number>(&self, vectors: bool, index: usize) -> bool {
        // SAFETY: as for `one`.
        unsafe {
            let mut a = self.read::<T>(0, index, false);
            a.clear_upper_triangle();
            let scale = a.scale_down();
            let found =
                a.finite().and_then(|source| <T as Whole>::symmetric(source.data, source.rows, vectors));
            let Some((mut w, v)) = found else { return false };
            scale_all(&mut w, scale);
            self.write(0, index, &w);
            if vectors {
                self.write(1, index, &v);
            }
        }
        true
    }

    unsafe fn eigen<T: Number>(&self, vectors: bool, index: usize) -> bool {
        // SAFETY: as for `one`.
        unsafe {
            let mut a = self.read::<T>(0, index, false);
            let scale = a.scale_down();
            let Some(mut found) = a.finite().and_then(|source| T::eigen(source, vectors)) else {
                return false;
            };
            for value in &mut found.values {
                *value = Complex { re: scaled(value.re, scale), im: scaled(value.im, scale) };
            }
            self.write(0, index, &found.values);
            if vectors {
                self.write(1, index, &turned(&found.vectors, a.rows));
            }
        }
        true
    }
}

/// A matrix in C order.
struct Matrix<T> {
    data: Vec<T>,
    rows: usize,
    columns: usize,
}

impl<T: Field> Matrix<T> {
    /// The matrix for an iteration, which could run astray on nan.
    fn finite(&self) -> Option<Source<'_, T>> {
        let all = self.data.iter().all(|value| value.finite());
        all.then_some(Source { data: &self.data, rows: self.rows, columns: self.columns })
    }

    /// Brings the greatest element near 1, since iterations square elements and compare them with what they take for small:
    /// divides by the power of two whose exponent it returns.
    fn scale_down(&mut self) -> i32 {
        let size = |value: &T| Float::max(Float::abs(value.re()), Float::abs(value.im()));
        let greatest = self.data.iter().map(size).fold(<T::Real as Field>::ZERO, Float::max);
        if greatest == <T::Real as Field>::ZERO || !Float::is_finite(greatest) {
            return 0;
        }
        let exponent = greatest.to_f64().log2().floor() as i32;
        if exponent.abs() <= 3 {
            return 0;
        }
        for value in &mut self.data {
            *value = T::new(scaled(value.re(), -exponent), scaled(value.im(), -exponent));
        }
        exponent
    }

    /// What is above the diagonal does not count, not even as nan.
    fn clear_upper_triangle(&mut self) {
        for row in 0..self.rows {
            self.data[row * self.columns + row + 1..(row + 1) * self.columns].fill(T::ZERO);
        }
    }
}

fn scale_all<R: Real>(values: &mut [R], exponent: i32) {
    if exponent != 0 {
        values.iter_mut().for_each(|value| *value = scaled(*value, exponent));
    }
}
