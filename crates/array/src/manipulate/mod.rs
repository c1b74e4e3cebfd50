//! Rearranging elements: joining, splitting, repeating, padding, shifting, taking and putting. Called by the Rust front
//! and by Python. Views where NumPy gives views; everything else is made of recorded operators, so gradients follow,
//! and of kernels, so it runs on any device.

mod axes;
mod bits;
mod edit;
mod in_place;
mod interpolate;
mod join;
mod pad;
mod places;
mod put;
mod repeat;
mod roll;
mod split;
mod take;
mod window;

pub use axes::{
    atleast_1d, atleast_2d, atleast_3d, broadcast_arrays, flatten, flip, fliplr, flipud, moveaxis, ravel,
    reshape_order, rollaxis, rot90,
};
pub use bits::{packbits, unpackbits};
pub use edit::{delete, diff, ediff1d, insert, trim_zeros};
pub use in_place::{reshaped_in_place, resized, restrided, retyped};
pub use interpolate::interp_few;
pub use join::{
    Block, append, block, column_stack, concatenate, concatenate_into, dstack, hstack, stack, vstack,
};
pub use pad::{PadMode, border_widths, pad};
pub use places::{Mode, argwhere, flatnonzero, ravel_multi_index, unravel_index};
pub use put::{copyto, fill_diagonal, place, put, put_along_axis, putmask};
pub use repeat::{Repeats, repeat, resize, tile};
pub use roll::roll;
pub use split::{Sections, array_split, dsplit, hsplit, split, vsplit};
pub use take::{choose, compress, extract, select, take, take_along_axis};
pub use window::{as_strided, sliding_window_view, trace};

pub(crate) use axes::narrow;
pub(crate) use join::join;
pub(crate) use places::{extent, normalised};
pub(crate) use take::{WHOLE, along_axis, take_places};
