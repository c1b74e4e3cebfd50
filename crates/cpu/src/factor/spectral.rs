//! Singular values and eigenvalues, by the crate faer on one thread per matrix. Called by the factor kernel, one matrix at
//! a time; knows no tensors. Matrices come in by address and strides and leave column after column.

use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{self, ComputeEigenvectors};
use faer::linalg::svd::{self, ComputeSvdVectors};
use faer::{MatMut, MatRef, Par};
use num_complex::Complex;
use num_traits::Float;

use super::field::{Field, Real};

/// A matrix in memory that is only read, C order.
#[derive(Clone, Copy)]
pub(super) struct Source<'a, T> {
    pub data: &'a [T],
    pub rows: usize,
    pub columns: usize,
}

/// The vectors that go with singular values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Vectors {
    None,
    Thin,
    Full,
}

/// u and v (not its adjoint), column after column, and the singular values.
pub(super) struct Singular<T: Field> {
    pub u: Vec<T>,
    pub s: Vec<T::Real>,
    pub v: Vec<T>,
}

/// Eigenvalues of any matrix, and unit eigenvectors, column after column.
pub(super) struct Eigen<R> {
    pub values: Vec<Complex<R>>,
    pub vectors: Vec<Complex<R>>,
}

/// Decompositions of matrices over a field; `None` where the iteration did not converge.
pub(super) trait Spectral: Field {
    fn singular(a: Source<Self>, vectors: Vectors) -> Option<Singular<Self>>;
    /// Eigenvalues (rising) and, if wanted, vectors of a Hermitian matrix; its lower triangle is read.
    fn symmetric(a: Source<Self>, vectors: bool) -> Option<(Vec<Self::Real>, Vec<Self>)>;
    fn eigen(a: Source<Self>, vectors: bool) -> Option<Eigen<Self::Real>>;
}

fn matrix<'a, T>(a: &Source<'a, T>) -> MatRef<'a, T> {
    MatRef::from_row_major_slice(a.data, a.rows, a.columns)
}

fn columns_of<T>(data: &mut [T], rows: usize, columns: usize) -> MatMut<'_, T> {
    MatMut::from_column_major_slice_mut(data, rows, columns)
}

fn diagonal<T>(data: &mut [T]) -> DiagMut<'_, T> {
    DiagMut::from_slice_mut(data)
}

fn wanted(vectors: bool) -> ComputeEigenvectors {
    if vectors { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No }
}

macro_rules! singular_and_symmetric {
    () => {
        fn singular(a: Source<Self>, vectors: Vectors) -> Option<Singular<Self>> {
            let (m, n) = (a.rows, a.columns);
            let count = m.min(n);
            let (compute, u_columns, v_columns) = match vectors {
                Vectors::None => (ComputeSvdVectors::No, 0, 0),
                Vectors::Thin => (ComputeSvdVectors::Thin, count, count),
                Vectors::Full => (ComputeSvdVectors::Full, m, n),
            };
            let mut s = vec![Self::ZERO; count];
            let (mut u, mut v) = (vec![Self::ZERO; m * u_columns], vec![Self::ZERO; n * v_columns]);
            let places = (vectors != Vectors::None)
                .then(|| (columns_of(&mut u, m, u_columns), columns_of(&mut v, n, v_columns)));
            let (u_place, v_place) = places.unzip();
            let need = svd::svd_scratch::<Self>(m, n, compute, compute, Par::Seq, Default::default());
            let mut memory = MemBuffer::new(need);
            let stack = MemStack::new(&mut memory);
            svd::svd(matrix(&a), diagonal(&mut s), u_place, v_place, Par::Seq, stack, Default::default())
                .ok()?;
            let s = s.into_iter().map(Field::re).collect();
            Some(Singular { u, s, v })
        }

        fn symmetric(a: Source<Self>, vectors: bool) -> Option<(Vec<Self::Real>, Vec<Self>)> {
            let n = a.rows;
            let mut w = vec![Self::ZERO; n];
            let mut v = vec![Self::ZERO; if vectors { n * n } else { 0 }];
            let place = vectors.then(|| columns_of(&mut v, n, n));
            let need =
                evd::self_adjoint_evd_scratch::<Self>(n, wanted(vectors), Par::Seq, Default::default());
            let mut memory = MemBuffer::new(need);
            let stack = MemStack::new(&mut memory);
            evd::self_adjoint_evd(matrix(&a), diagonal(&mut w), place, Par::Seq, stack, Default::default())
                .ok()?;
            Some((w.into_iter().map(Field::re).collect(), v))
        }
    };
}

macro_rules! spectral {
    ($($real:ty),*) => {$(
        impl Spectral for $real {
            singular_and_symmetric!();

            fn eigen(a: Source<$real>, vectors: bool) -> Option<Eigen<$real>> {
                let n = a.rows;
                let (mut re, mut im) = (vec![0.0; n], vec![0.0; n]);
                let mut packed = vec![0.0; if vectors { n * n } else { 0 }];
                let place = vectors.then(|| columns_of(&mut packed, n, n));
                let need = evd::evd_scratch::<$real>(
                    n, ComputeEigenvectors::No, wanted(vectors), Par::Seq, Default::default(),
                );
                let mut memory = MemBuffer::new(need);
                let stack = MemStack::new(&mut memory);
                evd::evd_real(
                    matrix(&a), diagonal(&mut re), diagonal(&mut im), None, place, Par::Seq, stack,
                    Default::default(),
                )
                .ok()?;
                let values: Vec<Complex<$real>> =
                    re.into_iter().zip(im).map(|(re, im)| Complex { re, im }).collect();
                let mut all = unpacked(&packed, &values);
                all.chunks_exact_mut(n.max(1)).for_each(normalize);
                Some(Eigen { values, vectors: all })
            }
        }

        impl Spectral for Complex<$real> {
            singular_and_symmetric!();

            fn eigen(a: Source<Complex<$real>>, vectors: bool) -> Option<Eigen<$real>> {
                let n = a.rows;
                let mut values = vec![Self::ZERO; n];
                let mut all = vec![Self::ZERO; if vectors { n * n } else { 0 }];
                let place = vectors.then(|| columns_of(&mut all, n, n));
                let need = evd::evd_scratch::<Complex<$real>>(
                    n, ComputeEigenvectors::No, wanted(vectors), Par::Seq, Default::default(),
                );
                let mut memory = MemBuffer::new(need);
                let stack = MemStack::new(&mut memory);
                evd::evd_cplx(
                    matrix(&a), diagonal(&mut values), None, place, Par::Seq, stack, Default::default(),
                )
                .ok()?;
                all.chunks_exact_mut(n.max(1)).for_each(normalize);
                Some(Eigen { values, vectors: all })
            }
        }
    )*};
}
spectral!(f32, f64);

/// Complex eigenvectors of a real matrix from their real form: a conjugate pair has the real and the imaginary part of its
/// first vector as two columns.
fn unpacked<R: Real>(packed: &[R], values: &[Complex<R>]) -> Vec<Complex<R>> {
    let n = values.len();
    let mut all = Vec::with_capacity(packed.len());
    if packed.is_empty() {
        return all;
    }
    let mut at = 0;
    while at < n {
        let column = &packed[at * n..(at + 1) * n];
        if values[at].im == <R as Field>::ZERO || at + 1 == n {
            all.extend(column.iter().map(|&re| Complex { re, im: <R as Field>::ZERO }));
            at += 1;
        } else {
            let second = &packed[(at + 1) * n..(at + 2) * n];
            all.extend(column.iter().zip(second).map(|(&re, &im)| Complex { re, im }));
            all.extend(column.iter().zip(second).map(|(&re, &im)| Complex { re, im: -im }));
            at += 2;
        }
    }
    all
}

/// Unit length, and the greatest component real, as LAPACK leaves eigenvectors.
fn normalize<R: Real>(vector: &mut [Complex<R>]) {
    let greatest = vector.iter().fold(<R as Field>::ZERO, |most, value| {
        Float::max(most, Float::max(Float::abs(value.re), Float::abs(value.im)))
    });
    if greatest == <R as Field>::ZERO {
        return;
    }
    vector.iter_mut().for_each(|value| *value = Complex { re: value.re / greatest, im: value.im / greatest });
    let square = |value: &Complex<R>| value.re * value.re + value.im * value.im;
    let norm = Float::sqrt(vector.iter().fold(<R as Field>::ZERO, |sum, value| sum + square(value)));
    let is_real = vector.iter().all(|value| value.im == <R as Field>::ZERO);
    let mut turn = Complex { re: <R as Field>::ONE / norm, im: <R as Field>::ZERO };
    let mut largest = 0;
    if !is_real {
        for at in 1..vector.len() {
            if square(&vector[at]) > square(&vector[largest]) {
                largest = at;
            }
        }
        let size = Float::sqrt(square(&vector[largest]));
        turn = Complex { re: vector[largest].re / size / norm, im: -vector[largest].im / size / norm };
    }
    for value in vector.iter_mut() {
        *value = Complex {
            re: value.re * turn.re - value.im * turn.im,
            im: value.re * turn.im + value.im * turn.re,
        };
    }
    if !is_real {
        vector[largest].im = <R as Field>::ZERO;
    }
}
