//! How long a kernel will take, roughly: enough to decide whether other threads are worth waking and how large the
//! shares should be. The numbers are measured orders of magnitude in picoseconds, never a promise.

use base::{DType, Kind};
use graph::{Instruction, Program};

use super::space::Space;
use super::steps::Access;

/// Picoseconds.
pub(crate) type Cost = u64;

/// Less serial work than this is not shared.
const SHARED: Cost = 8_000_000;
/// Shares are at least as long as this, which outweighs handing them out, ...
const SHORTEST_SHARE: Cost = 2_000_000;
/// (half as long where a share is no more than one loop)
const SHORTEST_DIRECT_SHARE: Cost = 1_000_000;
/// ... and no longer than this while there are many, since the last one may have to be waited for.
const LONGEST_SHARE: Cost = 20_000_000;
/// Copying a byte between memory that is in no near cache.
const COPIED_BYTE: Cost = 25;
/// Shares that a kernel is cut into when its shares are neither short nor long.
const SHARES: Cost = 64;
/// Shares per kernel at most: enough for any number of threads to end together.
const MOST_SHARES: i64 = 256;

/// Cost of one element of a program.
pub(crate) fn per_element(program: &Program, space: &Space, access: &[Access]) -> Cost {
    let computing: Cost = program.instructions.iter().map(instruction).sum();
    let moving: Cost =
        space.operands.iter().zip(access).map(|(operand, access)| movement(operand.size, *access)).sum();
    computing + moving
}

fn instruction(instruction: &Instruction) -> Cost {
    match instruction {
        Instruction::Op { op, compute, .. } => {
            let bytes = compute.size() as Cost;
            match op.kind {
                _ if op.sign.is_some() && !compute.is_complex() => 20 * bytes,
                // Elementary functions cost a nanosecond or two, complex ones more.
                Kind::Float1 | Kind::Float2 if compute.is_complex() => 20_000,
                Kind::Float1 | Kind::Float2 => 250 * bytes,
                _ => 20 * bytes,
            }
        }
        Instruction::Cast { to, .. } if to.is_half() => 300,
        Instruction::Cast { to, .. } => 20 * DType::size(*to) as Cost,
    }
}

fn movement(size: usize, access: Access) -> Cost {
    match access {
        Access::Fixed | Access::Held => 0,
        Access::Direct | Access::Streamed => 10 * size as Cost,
        Access::Copied => 300 + 20 * size as Cost,
    }
}

/// How many of `pieces` equal pieces of work one share should hold; all of them where sharing does not pay. Depends on
/// the work alone, never on the number of threads.
pub(crate) fn grain(pieces: i64, piece: Cost) -> i64 {
    let total = piece.saturating_mul(pieces as Cost);
    if total < SHARED {
        return pieces;
    }
    let share = (total / SHARES).clamp(SHORTEST_SHARE, LONGEST_SHARE);
    let by_cost = (share / piece.max(1)).max(1) as i64;
    by_cost.max(pieces / MOST_SHARES)
}

/// In how many shares to cut one loop over `count` elements that moves `bytes` bytes for each; likewise.
pub(crate) fn direct_shares(one: &Instruction, bytes: usize, count: i64) -> i64 {
    shares((instruction(one) + movement(bytes, Access::Direct)).saturating_mul(count as Cost))
}

/// Into how many parts, one for a thread, work may be cut at most.
pub(crate) fn most_shares(total: Cost) -> usize {
    if total < SHARED { 1 } else { (total / SHORTEST_SHARE) as usize }
}

/// In how many shares to cut a copy of so many bytes; likewise.
pub(crate) fn copying_shares(bytes: i64) -> i64 {
    shares((bytes as Cost).saturating_mul(COPIED_BYTE))
}

/// In how many shares to cut loops without any planning.
fn shares(total: Cost) -> i64 {
    if total < SHARED {
        return 1;
    }
    let share = (total / SHARES).clamp(SHORTEST_DIRECT_SHARE, LONGEST_SHARE);
    ((total / share) as i64).clamp(2, MOST_SHARES)
}
