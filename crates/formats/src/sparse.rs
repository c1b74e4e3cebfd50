//! MXNet's sparse arrays, spread out: values and indices become a dense array. Indices are checked one by one.

use base::{DType, shape};

use crate::describe::bytes_of;
use crate::source::room;
use crate::{Error, Result, Source};

/// How the values are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Some rows, with their numbers.
    RowSparse,
    /// Compressed rows of a matrix.
    Csr,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Kind::RowSparse => "row_sparse",
            Kind::Csr => "csr",
        }
    }
}

/// A run of integers in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Indices {
    pub start: u64,
    pub count: u64,
    pub dtype: DType,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sparse {
    pub kind: Kind,
    /// Shape of the values.
    pub stored: Vec<i64>,
    pub values: u64,
    pub indices: Vec<Indices>,
}

/// A dense array of up to this many bytes is made of any sparse one.
const ALWAYS: u64 = 4 << 30;
/// Above, it may be this many times what the file holds of it.
const RATIO: u64 = 16;

impl Sparse {
    /// Whether the pieces fit one another and the array of `dims`.
    pub fn check(&self, dtype: DType, dims: &[i64]) -> Result<()> {
        let wrong = || {
            let lengths: Vec<u64> = self.indices.iter().map(|indices| indices.count).collect();
            Error::invalid(format!(
                "a {} array of shape {} cannot have values of shape {} and {lengths:?} indices",
                self.kind.name(),
                shape::text(dims),
                shape::text(&self.stored)
            ))
        };
        let count = |at: usize| self.indices.get(at).map(|indices| indices.count as i64);
        let fits = match self.kind {
            Kind::RowSparse => {
                !dims.is_empty()
                    && self.stored.len() == dims.len()
                    && self.stored[1..] == dims[1..]
                    && count(0) == Some(self.stored[0])
                    && self.stored[0] <= dims[0]
            }
            Kind::Csr => {
                let values = self.stored.first().copied().unwrap_or(-1);
                let rows_known = dims.first().and_then(|rows| rows.checked_add(1));
                dims.len() == 2
                    && self.stored.len() == 1
                    && count(1) == Some(values)
                    && (count(0) == rows_known || (count(0) == Some(0) && values == 0))
            }
        };
        if !fits {
            return Err(wrong());
        }
        let (dense, held) = (bytes_of(dtype, dims)?, bytes_of(dtype, &self.stored)?);
        if dense > ALWAYS && dense / RATIO > held {
            return Err(Error::Memory(format!(
                "the {} array of shape {} holds {held} bytes of values and would take {dense} bytes as a dense array",
                self.kind.name(),
                shape::text(dims)
            )));
        }
        Ok(())
    }

    /// Writes the dense array into `into`.
    pub fn spread(&self, source: &mut dyn Source, dtype: DType, dims: &[i64], into: &mut [u8]) -> Result<()> {
        let mut values = room(bytes_of(dtype, &self.stored)?)?;
        source.read_at(self.values, &mut values)?;
        let indices = self.indices.iter().map(|run| run.read(source)).collect::<Result<Vec<_>>>()?;
        into.fill(0);
        match self.kind {
            Kind::RowSparse => spread_rows(&indices[0], &values, into, dims[0]),
            Kind::Csr => spread_csr(&indices[0], &indices[1], &values, into, dims, dtype.size()),
        }
    }
}

impl Indices {
    fn read(&self, source: &mut dyn Source) -> Result<Vec<i64>> {
        let mut bytes = room(self.count * self.dtype.size() as u64)?;
        source.read_at(self.start, &mut bytes)?;
        Ok(match self.dtype {
            DType::I32 => {
                let (chunks, _) = bytes.as_chunks::<4>();
                chunks.iter().map(|chunk| i64::from(i32::from_le_bytes(*chunk))).collect()
            }
            _ => {
                let (chunks, _) = bytes.as_chunks::<8>();
                chunks.iter().map(|chunk| i64::from_le_bytes(*chunk)).collect()
            }
        })
    }
}

fn outside(index: i64, length: i64) -> Error {
    Error::invalid(format!("a sparse array has the index {index} on an axis of length {length}"))
}

fn spread_rows(rows: &[i64], values: &[u8], into: &mut [u8], length: i64) -> Result<()> {
    let Some(width) = values.len().checked_div(rows.len()) else { return Ok(()) };
    for (at, &row) in rows.iter().enumerate() {
        if row < 0 || row >= length {
            return Err(outside(row, length));
        }
        let row = row as usize * width;
        into[row..row + width].copy_from_slice(&values[at * width..][..width]);
    }
    Ok(())
}

fn spread_csr(
    starts: &[i64],
    columns: &[i64],
    values: &[u8],
    into: &mut [u8],
    dims: &[i64],
    size: usize,
) -> Result<()> {
    let width = dims[1];
    for (row, pair) in starts.windows(2).enumerate() {
        let (from, to) = (pair[0], pair[1]);
        if from < 0 || to < from || to > columns.len() as i64 {
            return Err(Error::invalid(format!("row {row} of a csr array goes from value {from} to {to}")));
        }
        for at in from as usize..to as usize {
            let column = columns[at];
            if column < 0 || column >= width {
                return Err(outside(column, width));
            }
            let target = (row * width as usize + column as usize) * size;
            into[target..target + size].copy_from_slice(&values[at * size..][..size]);
        }
    }
    Ok(())
}
