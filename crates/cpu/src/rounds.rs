//! Rounds of work: numbered items of which all of one round are finished before those of the next begin, in one parallel
//! region. For sequences whose steps are too short for regions of their own. Called by recurrent layers. It must not know
//! what an item computes.
//!
//! Threads meet by counting finished items, so nobody waits for a thread that has not come: whoever is there takes all
//! items, those of its own share first, which are the same in every round and so find their operands in the nearest
//! caches.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use base::interrupt;

use crate::pool;

/// Threads that take part at most.
const MOST_SHARES: usize = 64;
/// Looks at the count of finished items before the processor is offered to others.
const MOST_SPINS: u32 = 2000;

/// A count that has a cache line (and its prefetched neighbour) to itself.
#[repr(align(128))]
struct Apart(AtomicUsize);

struct Course<'a> {
    rounds: usize,
    items: usize,
    /// Items taken of each share, over all rounds.
    taken: Vec<Apart>,
    /// Items finished, over all rounds.
    finished: Apart,
    /// Somebody unwound: the rounds end here.
    failed: AtomicBool,
    stoppable: bool,
    body: &'a (dyn Fn(usize, usize) + Sync),
}

/// Tells the others where its thread unwinds.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Release);
        }
    }
}

/// Runs `body(round, item)` for every round and item, each exactly once; items of one round in any order, on this thread
/// and idle workers (on this one alone unless `wide`).
///
/// A panic in `body` ends the rounds and continues in the caller; so does the wish to stop, where the caller's kernel may
/// be stopped.
pub(crate) fn rounds(rounds: usize, items: usize, wide: bool, body: &(dyn Fn(usize, usize) + Sync)) {
    if items == 0 {
        return;
    }
    let threads = if wide { pool::threads().min(items).min(MOST_SHARES) } else { 1 };
    let course = Course {
        rounds,
        items,
        taken: (0..threads).map(|_| Apart(AtomicUsize::new(0))).collect(),
        finished: Apart(AtomicUsize::new(0)),
        failed: AtomicBool::new(false),
        stoppable: interrupt::is_stoppable(),
        body,
    };
    pool::parallel(threads, &|thread| course.take_part(thread));
}

impl Course<'_> {
    /// First item of a share, and the end of the one before it.
    fn share_start(&self, share: usize) -> usize {
        let (each, more) = (self.items / self.taken.len(), self.items % self.taken.len());
        share * each + share.min(more)
    }

    /// The next item of a share in a round.
    fn take(&self, share: usize, round: usize) -> Option<usize> {
        let start = self.share_start(share);
        let count = self.share_start(share + 1) - start;
        let taken = &self.taken[share].0;
        let mut now = taken.load(Ordering::Relaxed);
        // (in a later round already where this thread comes late)
        while now < (round + 1) * count {
            match taken.compare_exchange_weak(now, now + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(start + now - round * count),
                Err(other) => now = other,
            }
        }
        None
    }

    /// Runs items from the round that is being run to the last.
    fn take_part(&self, thread: usize) {
        let _alarm = Alarm(&self.failed);
        let shares = self.taken.len();
        // What the finished rounds wrote is seen from here on.
        let mut round = self.finished.0.load(Ordering::Acquire) / self.items;
        while round < self.rounds {
            for turn in 0..shares {
                let share = (thread + turn) % shares;
                while let Some(item) = self.take(share, round) {
                    if self.stoppable && interrupt::is_wanted() {
                        interrupt::stop();
                    }
                    (self.body)(round, item);
                    self.finished.0.fetch_add(1, Ordering::AcqRel);
                }
            }
            round += 1;
            if !self.wait(round * self.items) {
                return;
            }
        }
    }

    /// Waits until so many items are finished: those not taken by this thread are being run. False if they never will.
    fn wait(&self, count: usize) -> bool {
        let mut spins = 0u32;
        while self.finished.0.load(Ordering::Acquire) < count {
            if self.failed.load(Ordering::Acquire) {
                return false;
            }
            spins += 1;
            if spins > MOST_SPINS { std::thread::yield_now() } else { std::hint::spin_loop() }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn every_item_runs_once_and_after_all_of_the_round_before() {
        for items in [1, 2, 3, 7, 100] {
            for wide in [false, true] {
                let counts: Vec<AtomicUsize> = (0..items).map(|_| AtomicUsize::new(0)).collect();
                rounds(200, items, wide, &|round, item| {
                    assert_eq!(counts[item].fetch_add(1, Ordering::Relaxed), round);
                    let finished = |count: &AtomicUsize| count.load(Ordering::Relaxed) >= round;
                    assert!(counts.iter().all(finished));
                });
                assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 200));
            }
        }
        rounds(3, 0, true, &|_, _| unreachable!());
        rounds(0, 3, true, &|_, _| unreachable!());
    }

    #[test]
    fn a_panic_reaches_the_caller_and_ends_the_rounds() {
        for guilty in [0, 3, 7] {
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                rounds(50, 8, true, &|round, item| {
                    std::thread::yield_now();
                    assert!(round != 20 || item != guilty, "item {item}");
                    assert!(round < 21);
                });
            }));
            assert!(outcome.is_err());
        }
    }

    #[test]
    fn rounds_within_regions_and_of_several_threads_at_once_complete() {
        let total = AtomicUsize::new(0);
        let count = |_: usize, _: usize| {
            total.fetch_add(1, Ordering::Relaxed);
        };
        pool::parallel(4, &|_| rounds(10, 5, true, &count));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| rounds(10, 5, true, &count)));
            }
        });
        assert_eq!(total.load(Ordering::Relaxed), 4 * 50 + 4 * 100 * 50);
    }
}
