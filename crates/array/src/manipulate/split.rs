//! Splitting into views.

use base::{Error, Result, shape};

use crate::Array;
use crate::index::slice_bounds;

use super::axes::narrow;

/// How to split: into a number of parts, or before these places.
#[derive(Clone, Debug)]
pub enum Sections {
    Count(i64),
    At(Vec<i64>),
}

/// Views of parts along an axis; with a count, the first parts are one longer where it does not divide the length.
///
/// # Errors
/// Value: a count below 1. Axis.
pub fn array_split(x: &Array, sections: &Sections, axis: i64) -> Result<Vec<Array>> {
    parts(x, sections, axis).map_err(|error| error.in_operator("array_split"))
}

/// [`array_split`] that asks for equal parts.
///
/// # Errors
/// Value: a count that does not divide the length.
pub fn split(x: &Array, sections: &Sections, axis: i64) -> Result<Vec<Array>> {
    if let Sections::Count(count) = sections {
        let place = shape::axis(axis, x.ndim()).map_err(|error| error.in_operator("split"))?;
        if *count > 0 && x.shape()[place] % count != 0 {
            return Err(Error::value("split: array split does not result in an equal division"));
        }
    }
    parts(x, sections, axis).map_err(|error| error.in_operator("split"))
}

fn parts(x: &Array, sections: &Sections, axis: i64) -> Result<Vec<Array>> {
    let axis = shape::axis(axis, x.ndim())?;
    let length = x.shape()[axis];
    match sections {
        Sections::Count(count) if *count <= 0 => Err(Error::value("number sections must be larger than 0.")),
        Sections::Count(count) => {
            let (each, longer) = (length / count, length % count);
            let mut start = 0;
            let mut found = Vec::new();
            found
                .try_reserve_exact(usize::try_from(*count).unwrap_or(usize::MAX))
                .map_err(|_| Error::memory(format!("unable to hold {count} parts")))?;
            for part in 0..*count {
                let size = each + i64::from(part < longer);
                found.push(narrow(x, axis, start, 1, size));
                start += size;
            }
            Ok(found)
        }
        Sections::At(places) => {
            let mut found = Vec::with_capacity(places.len() + 1);
            let mut start = Some(0);
            for stop in places.iter().map(|&place| Some(place)).chain([None]) {
                let (first, step, count) = slice_bounds(length, start, stop, None)?;
                found.push(narrow(x, axis, first, step, count));
                start = stop;
            }
            Ok(found)
        }
    }
}

/// Split along the second axis; vectors along their only one.
pub fn hsplit(x: &Array, sections: &Sections) -> Result<Vec<Array>> {
    match x.ndim() {
        0 => Err(Error::value("hsplit: hsplit only works on arrays of 1 or more dimensions")),
        1 => split(x, sections, 0),
        _ => split(x, sections, 1),
    }
    .map_err(|error| error.in_operator("hsplit"))
}

/// Split along the first axis of at least two.
pub fn vsplit(x: &Array, sections: &Sections) -> Result<Vec<Array>> {
    if x.ndim() < 2 {
        return Err(Error::value("vsplit: vsplit only works on arrays of 2 or more dimensions"));
    }
    split(x, sections, 0)
}

/// Split along the third axis.
pub fn dsplit(x: &Array, sections: &Sections) -> Result<Vec<Array>> {
    if x.ndim() < 3 {
        return Err(Error::value("dsplit: dsplit only works on arrays of 3 or more dimensions"));
    }
    split(x, sections, 2)
}
