//! The axes of a tile as a fold sees them: neighbours that are both kept or both folded are one.

use smallvec::SmallVec;

use crate::vm::space::{Place, Space};

/// Neighbouring axes of a tile that are walked as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub length: usize,
    pub is_folded: bool,
    /// Distance of neighbours in the numbering of the folded elements.
    pub index_step: i64,
}

pub(crate) type Groups = SmallVec<[Group; 4]>;

/// The groups of a tile, outermost first; groups of one element are left out.
pub(crate) fn groups(space: &Space, reduced: &[bool], place: &Place) -> Groups {
    let mut reversed = Groups::new();
    let mut index_step = 1;
    for axis in (space.first..space.shape.len()).rev() {
        let length = place.lengths[axis] as usize;
        if length > 1 {
            match reversed.last_mut() {
                Some(last) if last.is_folded == reduced[axis] => last.length *= length,
                _ => reversed.push(Group { length, is_folded: reduced[axis], index_step }),
            }
        }
        if reduced[axis] {
            index_step *= space.shape[axis];
        }
    }
    reversed.reverse();
    reversed
}

/// Number, in C order over the folded axes, of the tile's first element.
pub(crate) fn first_index(space: &Space, reduced: &[bool], place: &Place) -> i64 {
    let folded = (0..space.shape.len()).filter(|&axis| reduced[axis]);
    folded.fold(0, |index, axis| index * space.shape[axis] + place.start[axis])
}

/// Number of kept elements.
pub(crate) fn kept(groups: &[Group]) -> usize {
    groups.iter().filter(|group| !group.is_folded).map(|group| group.length).product()
}

/// Number of elements.
pub(crate) fn elements(groups: &[Group]) -> usize {
    groups.iter().map(|group| group.length).product()
}
