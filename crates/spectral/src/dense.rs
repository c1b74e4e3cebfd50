//! Decompositions of a matrix in C order by the crate faer, on one thread. Called through [`Spectral`]; values alone go on
//! to `condensed` once the matrix is bidiagonal or tridiagonal.

use faer::diag::{DiagMut, DiagRef};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{self, ComputeEigenvectors, SelfAdjointEvdParams, tridiag};
use faer::linalg::qr::no_pivoting::factor as qr;
use faer::linalg::svd::{self, ComputeSvdVectors, SvdParams, bidiag};
use faer::{Auto, Mat, MatMut, MatRef, Par, Spec};
use num_complex::{Complex, ComplexFloat};
use num_traits::Float;

use crate::{Eigen, Singular, Source, Vectors, condensed};

/// Bidiagonal and tridiagonal matrices are halved down to this length, then iterated on.
const UNDIVIDED: usize = 32;

/// Decompositions of matrices over a field; `None` where the iteration did not converge.
pub trait Spectral: Sized {
    /// The real numbers of the field.
    type Size;
    fn singular(a: Source<Self>, vectors: Vectors) -> Option<Singular<Self, Self::Size>>;
    /// Singular values alone, falling.
    fn singular_values(a: Source<Self>) -> Option<Vec<Self::Size>>;
    /// Eigenvalues (rising) and, if wanted, vectors of a Hermitian matrix; its lower triangle is read.
    fn symmetric(a: Source<Self>, vectors: bool) -> Option<(Vec<Self::Size>, Vec<Self>)>;
    fn eigen(a: Source<Self>, vectors: bool) -> Option<Eigen<Self::Size>>;
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
    ($real:ty) => {
        type Size = $real;

        fn singular(a: Source<Self>, vectors: Vectors) -> Option<Singular<Self, $real>> {
            let (m, n) = (a.rows, a.columns);
            let count = m.min(n);
            let (compute, u_columns, v_columns) = match vectors {
                Vectors::Thin => (ComputeSvdVectors::Thin, count, count),
                Vectors::Full => (ComputeSvdVectors::Full, m, n),
            };
            let mut s = vec![Self::default(); count];
            let (mut u, mut v) = (vec![Self::default(); m * u_columns], vec![Self::default(); n * v_columns]);
            let (u_place, v_place) = (columns_of(&mut u, m, u_columns), columns_of(&mut v, n, v_columns));
            let own = SvdParams { recursion_threshold: UNDIVIDED, ..<SvdParams as Auto<Self>>::auto() };
            let params = Spec::new(own);
            let need = svd::svd_scratch::<Self>(m, n, compute, compute, Par::Seq, params);
            let mut memory = MemBuffer::new(need);
            let stack = MemStack::new(&mut memory);
            svd::svd(matrix(&a), diagonal(&mut s), Some(u_place), Some(v_place), Par::Seq, stack, params)
                .ok()?;
            let s = s.into_iter().map(ComplexFloat::re).collect();
            Some(Singular { u, s, v })
        }

        fn singular_values(a: Source<Self>) -> Option<Vec<$real>> {
            let (m, n) = (a.rows.max(a.columns), a.rows.min(a.columns));
            let source = if a.rows < a.columns { matrix(&a).transpose() } else { matrix(&a) };
            if n == 0 {
                return Some(Vec::new());
            }
            let mut work = source.to_owned();
            if m > n + n / 2 {
                work = triangle_of(work);
            }
            let rows = work.nrows();
            let (mut left, mut right) = (Mat::<Self>::zeros(1, n), Mat::<Self>::zeros(1, n - 1));
            let need = bidiag::bidiag_in_place_scratch::<Self>(rows, n, Par::Seq, Default::default());
            let mut memory = MemBuffer::new(need);
            let stack = MemStack::new(&mut memory);
            bidiag::bidiag_in_place(
                work.as_mut(),
                left.as_mut(),
                right.as_mut(),
                Par::Seq,
                stack,
                Default::default(),
            );
            let mut values: Vec<$real> = (0..n).map(|at| ComplexFloat::abs(work[(at, at)])).collect();
            let mut beside: Vec<$real> = (1..n).map(|at| ComplexFloat::abs(work[(at - 1, at)])).collect();
            condensed::singular_values(&mut values, &mut beside).then_some(values)
        }

        fn symmetric(a: Source<Self>, vectors: bool) -> Option<(Vec<$real>, Vec<Self>)> {
            let n = a.rows;
            if !vectors {
                return symmetric_values(a).map(|values| (values, Vec::new()));
            }
            let mut w = vec![Self::default(); n];
            let mut v = vec![Self::default(); n * n];
            let own = SelfAdjointEvdParams {
                recursion_threshold: UNDIVIDED,
                ..<SelfAdjointEvdParams as Auto<Self>>::auto()
            };
            let params = Spec::new(own);
            let need = evd::self_adjoint_evd_scratch::<Self>(n, ComputeEigenvectors::Yes, Par::Seq, params);
            let mut memory = MemBuffer::new(need);
            let stack = MemStack::new(&mut memory);
            let place = Some(columns_of(&mut v, n, n));
            evd::self_adjoint_evd(matrix(&a), diagonal(&mut w), place, Par::Seq, stack, params).ok()?;
            Some((w.into_iter().map(ComplexFloat::re).collect(), v))
        }
    };
}

/// The upper triangle r of a tall matrix.
fn triangle_of<T: faer::traits::ComplexField>(mut a: Mat<T>) -> Mat<T> {
    let (m, n) = a.shape();
    let block = qr::recommended_block_size::<T>(m, n);
    let mut factors = Mat::<T>::zeros(block, n);
    let need = qr::qr_in_place_scratch::<T>(m, n, block, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(need);
    qr::qr_in_place(a.as_mut(), factors.as_mut(), Par::Seq, MemStack::new(&mut memory), Default::default());
    let mut triangle = Mat::zeros(n, n);
    triangle.as_mut().copy_from_triangular_upper(a.as_ref().subrows(0, n));
    triangle
}

/// Eigenvalues of a Hermitian matrix, rising.
fn symmetric_values<T>(a: Source<T>) -> Option<Vec<<T as ComplexFloat>::Real>>
where
    T: faer::traits::ComplexField + ComplexFloat,
{
    let n = a.rows;
    if n == 0 {
        return Some(Vec::new());
    }
    let mut work = Mat::<T>::zeros(n, n);
    work.as_mut().copy_from_triangular_lower(matrix(&a));
    let mut factors = Mat::<T>::zeros(1, n - 1);
    let need = tridiag::tridiag_in_place_scratch::<T>(n, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(need);
    let stack = MemStack::new(&mut memory);
    tridiag::tridiag_in_place(work.as_mut(), factors.as_mut(), Par::Seq, stack, Default::default());
    let mut values: Vec<_> = (0..n).map(|at| work[(at, at)].re()).collect();
    let mut beside: Vec<_> = (1..n).map(|at| ComplexFloat::abs(work[(at, at - 1)])).collect();
    condensed::eigenvalues(&mut values, &mut beside).then_some(values)
}

/// Short symmetric tridiagonal matrices.
pub trait Condensed: Sized {
    /// Replaces the diagonal by the eigenvalues, rising; the vectors, column after column. `None` where the iteration did
    /// not converge.
    fn tridiagonal_vectors(diagonal: &mut [Self], beside: &mut [Self]) -> Option<Vec<Self>>;
}

macro_rules! condensed {
    ($($real:ty),*) => {$(
        impl Condensed for $real {
            fn tridiagonal_vectors(values: &mut [$real], beside: &mut [$real]) -> Option<Vec<$real>> {
                let n = values.len();
                let mut vectors = vec![0.0; n * n];
                let own = SelfAdjointEvdParams {
                    recursion_threshold: n + 1,
                    ..<SelfAdjointEvdParams as Auto<$real>>::auto()
                };
                let params = Spec::new(own);
                let need = evd::self_adjoint_evd_scratch::<$real>(n, ComputeEigenvectors::Yes, Par::Seq, params);
                let mut memory = MemBuffer::new(need);
                let given = values.to_vec();
                evd::tridiagonal_self_adjoint_evd(
                    DiagRef::from_slice(&given),
                    DiagRef::from_slice(beside),
                    diagonal(values),
                    Some(columns_of(&mut vectors, n, n)),
                    Par::Seq,
                    MemStack::new(&mut memory),
                    params,
                )
                .ok()?;
                Some(vectors)
            }
        }
    )*};
}
condensed!(f32, f64);

macro_rules! spectral {
    ($($real:ty),*) => {$(
        impl Spectral for $real {
            singular_and_symmetric!($real);

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
            singular_and_symmetric!($real);

            fn eigen(a: Source<Complex<$real>>, vectors: bool) -> Option<Eigen<$real>> {
                let n = a.rows;
                let mut values = vec![Self::default(); n];
                let mut all = vec![Self::default(); if vectors { n * n } else { 0 }];
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
fn unpacked<R: Float>(packed: &[R], values: &[Complex<R>]) -> Vec<Complex<R>> {
    let n = values.len();
    let mut all = Vec::with_capacity(packed.len());
    if packed.is_empty() {
        return all;
    }
    let mut at = 0;
    while at < n {
        let column = &packed[at * n..(at + 1) * n];
        if values[at].im == R::zero() || at + 1 == n {
            all.extend(column.iter().map(|&re| Complex { re, im: R::zero() }));
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
fn normalize<R: Float>(vector: &mut [Complex<R>]) {
    let greatest = vector.iter().fold(R::zero(), |most, value| {
        Float::max(most, Float::max(Float::abs(value.re), Float::abs(value.im)))
    });
    if greatest == R::zero() {
        return;
    }
    vector.iter_mut().for_each(|value| *value = Complex { re: value.re / greatest, im: value.im / greatest });
    let square = |value: &Complex<R>| value.re * value.re + value.im * value.im;
    let norm = Float::sqrt(vector.iter().fold(R::zero(), |sum, value| sum + square(value)));
    let is_real = vector.iter().all(|value| value.im == R::zero());
    let mut turn = Complex { re: R::one() / norm, im: R::zero() };
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
        vector[largest].im = R::zero();
    }
}
