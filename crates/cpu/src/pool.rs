//! The thread pool of the CPU device: parallel regions over numbered chunks, spin-then-park, standard threads only.
//! Called by every kernel that is worth more than a few microseconds. It must not know what a chunk computes.
//!
//! A region costs a few hundred nanoseconds while the workers are awake. The caller takes chunks itself and waits
//! only for workers that really entered the region, so a parked worker never delays anybody. One region runs at a
//! time: nested regions, and regions of other threads meanwhile, run serially on their own caller. Kernels cut their
//! work independently of the number of threads, which is what keeps results the same for any number of them. Each
//! thread begins with the same share of the chunks whenever a region has as many, so that repeated work over the same
//! arrays finds them in the nearest caches; then it helps the others.
//! Longer than 500 lines with its tests, which need its inside.

use std::any::Any;
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base::interrupt;

/// How long an idle worker keeps its processor to itself: about as long as waking a parked thread takes.
const SPIN_TIME: Duration = Duration::from_micros(80);
/// How long it then goes on looking, offering its processor to others at every look, before it parks. The programs that call
/// kernels need tens of microseconds between two of them; a processor that has gone to sleep needs many times as long to come
/// back to full speed.
const LINGER_TIME: Duration = Duration::from_millis(1);
/// Spins between two looks at the clock.
const SPINS_PER_LOOK: u32 = 64;
/// More threads than this are never used; the gate word counts participants in 16 bits.
const MOST_THREADS: usize = 1024;
/// Shares of a region's chunks at most; further threads begin where others do.
const MOST_SHARES: usize = 64;

/// Gate word: low 16 bits count the workers inside the region, the next bit says that the region is open, the rest
/// is the number of the region.
const INSIDE: u64 = 0xffff;
const OPEN: u64 = 1 << 16;
const REGION: u64 = 1 << 17;

/// Hands a thread the next chunk to run, while there is one.
pub type Chunks<'a> = &'a mut dyn FnMut() -> Option<usize>;
type Body<'a> = &'a (dyn Fn(Chunks<'_>) + Sync);

/// The number of threads asked for; 0 until somebody asks.
static THREADS: AtomicUsize = AtomicUsize::new(0);
/// The pool of this process, created by the first region; replaced in the child after a fork.
static POOL: AtomicPtr<Pool> = AtomicPtr::new(std::ptr::null_mut());

/// The number of threads that regions may use, the caller included.
pub fn threads() -> usize {
    match THREADS.load(Ordering::Relaxed) {
        0 => {
            let initial = initial_threads();
            THREADS.store(initial, Ordering::Relaxed);
            initial
        }
        count => count,
    }
}

/// Sets the number of threads (at least 1) and returns the one before.
pub fn set_threads(count: usize) -> usize {
    let before = threads();
    THREADS.store(count.clamp(1, MOST_THREADS), Ordering::Relaxed);
    before
}

/// What the environment asks for, otherwise every processor this process may use.
fn initial_threads() -> usize {
    let asked = ["MXNET_CPU_THREADS", "OMP_NUM_THREADS"].into_iter().find_map(|name| {
        let value = std::env::var(name).ok()?;
        // OMP_NUM_THREADS may list one number per nesting level; the first is ours.
        value.split(',').next()?.trim().parse::<usize>().ok().filter(|&count| count > 0)
    });
    let available = || std::thread::available_parallelism().map_or(1, |count| count.get());
    asked.unwrap_or_else(available).min(MOST_THREADS)
}

/// Runs `body(0)` to `body(chunks - 1)`, each exactly once, in any order, on this thread and idle workers.
///
/// A panic in `body` stops the region (chunks not begun are dropped) and continues in the caller; so does the wish to
/// stop, where the caller's kernel may be stopped.
pub fn parallel(chunks: usize, body: &(dyn Fn(usize) + Sync)) {
    parallel_by_thread(chunks, &|next| {
        while let Some(chunk) = next() {
            body(chunk);
        }
    });
}

/// As [`parallel`] for threads that prepare something of their own: each calls `body` once, which asks for chunks until there
/// is none. A thread that comes late may find none at all.
pub fn parallel_by_thread(chunks: usize, body: Body<'_>) {
    if chunks > 1 && threads() > 1 {
        let pool = current_pool();
        if !pool.busy.swap(true, Ordering::Acquire) {
            pool.region(chunks, body);
            return;
        }
    }
    let stoppable = interrupt::is_stoppable();
    let mut chunks = 0..chunks;
    body(&mut || {
        let chunk = chunks.next()?;
        if stoppable && interrupt::is_wanted() {
            interrupt::stop();
        }
        Some(chunk)
    });
}

/// Runs `work` with regions of one thread: for work of many short regions with pauses between them, which other threads would
/// sleep through and be woken for again and again.
pub fn alone<T>(work: impl FnOnce() -> T) -> T {
    struct Release(&'static Pool);
    impl Drop for Release {
        fn drop(&mut self) {
            self.0.busy.store(false, Ordering::Release);
        }
    }
    let pool = current_pool();
    let _release = (!pool.busy.swap(true, Ordering::Acquire)).then(|| Release(pool));
    work()
}

/// Runs `body(begin, end)` over ranges of `grain` elements (the last may be shorter) that cover `0..total`.
///
/// The cuts depend on `total` and `grain` only, never on the number of threads.
pub fn parallel_ranges(total: i64, grain: i64, body: &(dyn Fn(i64, i64) + Sync)) {
    let grain = grain.max(1);
    if total <= 0 {
        return;
    }
    if total <= grain {
        return body(0, total);
    }
    let chunks = (total - 1) / grain + 1;
    parallel(chunks as usize, &|chunk| {
        let begin = chunk as i64 * grain;
        body(begin, total.min(begin.saturating_add(grain)));
    });
}

/// A value that has a cache line (and its prefetched neighbour) to itself.
#[repr(align(128))]
struct Padded<T>(T);

/// What the workers of one process share. Never freed: workers may look at it at any time.
struct Pool {
    /// The process that created the pool; a forked child has none of its workers.
    process: u32,
    /// A region is running; its caller owns `job`.
    busy: AtomicBool,
    gate: Padded<AtomicU64>,
    /// Next chunk of each share.
    next: [Padded<AtomicUsize>; MOST_SHARES],
    job: UnsafeCell<Job>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    /// Workers that are parked, or about to.
    parked: AtomicU32,
    /// Workers started so far.
    started: AtomicUsize,
    sleep: Mutex<()>,
    wake: Condvar,
}

/// The region that the open gate stands for.
#[derive(Clone, Copy)]
struct Job {
    body: *const (dyn Fn(Chunks<'_>) + Sync),
    chunks: usize,
    workers: usize,
    /// How many shares the chunks are dealt in.
    shares: usize,
    /// Whether the region may end early.
    stoppable: bool,
}

impl Job {
    /// First chunk of a share, and the end of the one before it.
    fn share_start(&self, share: usize) -> usize {
        // Quotient and rest apart: the product of chunks and shares might not fit.
        let (each, more) = (self.chunks / self.shares, self.chunks % self.shares);
        share * each + share.min(more)
    }
}

// SAFETY: `job` is written only by the owner of `busy` while the gate is closed and nobody is inside, and read only
// by workers inside an open gate, so no two threads ever race for it; all other fields are Sync by themselves.
unsafe impl Sync for Pool {}
// SAFETY: the raw pointer in `job` points to a `Sync` closure, which any thread may call.
unsafe impl Send for Pool {}

fn nothing(_: Chunks<'_>) {}

/// This process's pool, created when there is none yet or when a fork left us with the parent's.
fn current_pool() -> &'static Pool {
    let known = POOL.load(Ordering::Acquire);
    // SAFETY: a pool that was published is never freed.
    if let Some(pool) = unsafe { known.as_ref() }
        && pool.process == std::process::id()
    {
        return pool;
    }
    let fresh = Box::into_raw(Box::new(Pool::new()));
    match POOL.compare_exchange(known, fresh, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: just published, and never freed from now on.
        Ok(_) => unsafe { &*fresh },
        Err(other) => {
            // SAFETY: `fresh` came from a box and was never published.
            drop(unsafe { Box::from_raw(fresh) });
            // SAFETY: published by another thread of this process, and never freed.
            unsafe { &*other }
        }
    }
}

/// Locks even when a holder panicked: what these locks guard is valid at every moment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    fn new() -> Pool {
        Pool {
            process: std::process::id(),
            busy: AtomicBool::new(false),
            gate: Padded(AtomicU64::new(0)),
            next: [const { Padded(AtomicUsize::new(0)) }; MOST_SHARES],
            job: UnsafeCell::new(Job { body: &nothing, chunks: 0, workers: 0, shares: 1, stoppable: false }),
            panic: Mutex::new(None),
            parked: AtomicU32::new(0),
            started: AtomicUsize::new(0),
            sleep: Mutex::new(()),
            wake: Condvar::new(),
        }
    }

    /// Runs one region; the caller has taken `busy`.
    fn region(&'static self, chunks: usize, body: Body<'_>) {
        let workers = threads() - 1;
        self.start_workers(workers);
        // SAFETY: only the lifetime is erased: workers call `body` only between entering and leaving the gate, and
        // this function returns only after the gate is closed and everybody has left.
        let body = unsafe { std::mem::transmute::<Body<'_>, Body<'static>>(body) };
        let shares = (workers + 1).min(chunks).min(MOST_SHARES);
        let job = Job { body, chunks, workers, shares, stoppable: interrupt::is_stoppable() };
        // SAFETY: we own `busy`, the gate is closed and nobody is inside: no reader exists.
        unsafe { *self.job.get() = job };
        for share in 0..job.shares {
            self.next[share].0.store(job.share_start(share), Ordering::Relaxed);
        }
        // Sequentially consistent with the load of `parked`: a worker that goes to sleep either sees the open gate
        // or is seen here as parked.
        self.gate.0.fetch_add(REGION | OPEN, Ordering::SeqCst);
        self.wake_one();
        let outcome = self.run_chunks(body, &job, 0);
        self.gate.0.fetch_and(!OPEN, Ordering::AcqRel);
        self.wait_until_left();
        let worker_outcome = lock(&self.panic).take();
        self.busy.store(false, Ordering::Release);
        if let Some(payload) = outcome.or(worker_outcome) {
            resume_unwind(payload);
        }
    }

    /// Takes chunks until none is left, those of its own share first; the payload of a panic, which also drops the
    /// chunks not begun.
    fn run_chunks(&self, body: Body<'_>, job: &Job, thread: usize) -> Option<Box<dyn Any + Send>> {
        let mut turn = 0;
        let mut next = || {
            while turn < job.shares {
                let share = (thread + turn) % job.shares;
                let chunk = self.next[share].0.fetch_add(1, Ordering::Relaxed);
                if chunk < job.share_start(share + 1) {
                    if job.stoppable && interrupt::is_wanted() {
                        interrupt::stop();
                    }
                    return Some(chunk);
                }
                turn += 1;
            }
            None
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| body(&mut next)));
        outcome.err().inspect(|_| {
            for next in &self.next[..job.shares] {
                next.0.store(job.chunks, Ordering::Relaxed);
            }
        })
    }

    /// Whether somebody else would find a chunk.
    fn has_chunks(&self, job: &Job) -> bool {
        (0..job.shares).any(|share| self.next[share].0.load(Ordering::Relaxed) < job.share_start(share + 1))
    }

    /// Waits for the workers that entered the region. They are running chunks, so this is no longer than a chunk,
    /// unless the system took their processor away: then we offer ours.
    fn wait_until_left(&self) {
        let mut spins = 0u32;
        while self.gate.0.load(Ordering::Acquire) & INSIDE != 0 {
            spins += 1;
            if spins > 2000 { std::thread::yield_now() } else { std::hint::spin_loop() }
        }
    }

    fn start_workers(&'static self, wanted: usize) {
        let started = self.started.load(Ordering::Relaxed);
        for index in started..wanted {
            let builder = std::thread::Builder::new().name(format!("mxnet-worker-{index}"));
            // Without memory or permission for another thread we work with those we have.
            if builder.spawn(move || self.work(index)).is_err() {
                break;
            }
            self.started.store(index + 1, Ordering::Relaxed);
        }
    }

    /// Wakes one parked worker, which wakes the next: nobody pays for more than one wake-up.
    fn wake_one(&self) {
        if self.parked.load(Ordering::SeqCst) > 0 {
            drop(lock(&self.sleep));
            self.wake.notify_one();
        }
    }

    /// The life of a worker.
    fn work(&self, index: usize) {
        let mut seen = 0;
        loop {
            let gate = self.wait_for_region(seen);
            seen = gate & !(INSIDE | OPEN);
            if !self.enter(seen) {
                continue;
            }
            // SAFETY: we are inside the gate, so the job is the open region's and stays so until we leave.
            let job = unsafe { *self.job.get() };
            if self.parked.load(Ordering::Relaxed) > 0 && self.has_chunks(&job) {
                self.wake_one();
            }
            if index < job.workers {
                // SAFETY: the caller of the region keeps its closure alive until everybody inside has left.
                let body = unsafe { &*job.body };
                if let Some(payload) = self.run_chunks(body, &job, index + 1) {
                    *lock(&self.panic) = Some(payload);
                }
            }
            self.gate.0.fetch_sub(1, Ordering::Release);
        }
    }

    /// Counts this worker as inside, if region `number` is still open.
    fn enter(&self, number: u64) -> bool {
        let mut gate = self.gate.0.load(Ordering::Relaxed);
        while gate & OPEN != 0 && gate & !(INSIDE | OPEN) == number {
            match self.gate.0.compare_exchange_weak(gate, gate + 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => gate = now,
            }
        }
        false
    }

    /// Waits for an open region other than `seen`: spins first, then parks.
    fn wait_for_region(&self, seen: u64) -> u64 {
        let fresh = |gate: u64| gate & OPEN != 0 && gate & !(INSIDE | OPEN) != seen;
        let began = Instant::now();
        loop {
            let idle = began.elapsed();
            if idle > LINGER_TIME {
                break;
            }
            if idle > SPIN_TIME {
                std::thread::yield_now();
            }
            for _ in 0..SPINS_PER_LOOK {
                let gate = self.gate.0.load(Ordering::Relaxed);
                if fresh(gate) {
                    return gate;
                }
                std::hint::spin_loop();
            }
        }
        let mut guard = lock(&self.sleep);
        self.parked.fetch_add(1, Ordering::SeqCst);
        loop {
            let gate = self.gate.0.load(Ordering::SeqCst);
            if fresh(gate) {
                self.parked.fetch_sub(1, Ordering::SeqCst);
                return gate;
            }
            guard = self.wake.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU8;

    /// Tests that set the number of threads take turns.
    static SETTING: Mutex<()> = Mutex::new(());

    fn with_threads(count: usize, test: impl FnOnce()) {
        let _turn = lock(&SETTING);
        let before = set_threads(count);
        let outcome = catch_unwind(AssertUnwindSafe(test));
        set_threads(before);
        if let Err(payload) = outcome {
            resume_unwind(payload);
        }
    }

    fn each_chunk_runs_once(chunks: usize) {
        let counts: Vec<AtomicU8> = (0..chunks).map(|_| AtomicU8::new(0)).collect();
        parallel(chunks, &|chunk| {
            counts[chunk].fetch_add(1, Ordering::Relaxed);
        });
        assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 1));
    }

    #[test]
    fn every_chunk_runs_exactly_once_for_any_number_of_threads() {
        for count in [1, 2, 3, 8] {
            with_threads(count, || {
                for chunks in [0, 1, 2, 3, 7, 64, 1000] {
                    each_chunk_runs_once(chunks);
                }
            });
        }
    }

    #[test]
    fn many_tiny_regions_from_several_threads_at_once_neither_lose_chunks_nor_deadlock() {
        with_threads(4, || {
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..5000).for_each(|round| each_chunk_runs_once(round % 5)));
                }
            });
        });
    }

    #[test]
    fn threads_with_something_of_their_own_run_every_chunk_exactly_once() {
        for count in [1, 2, 8] {
            with_threads(count, || {
                let counts: Vec<AtomicU8> = (0..100).map(|_| AtomicU8::new(0)).collect();
                let visits = AtomicUsize::new(0);
                parallel_by_thread(counts.len(), &|next| {
                    visits.fetch_add(1, Ordering::Relaxed);
                    while let Some(chunk) = next() {
                        counts[chunk].fetch_add(1, Ordering::Relaxed);
                    }
                });
                assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 1));
                assert!((1..=count).contains(&visits.load(Ordering::Relaxed)));
            });
        }
    }

    #[test]
    fn nested_regions_run_on_their_caller() {
        with_threads(3, || parallel(8, &|_| each_chunk_runs_once(5)));
    }

    #[test]
    fn regions_alone_stay_on_their_thread() {
        let own = std::thread::current().id();
        with_threads(3, || {
            alone(|| parallel(8, &|_| assert_eq!(std::thread::current().id(), own)));
            each_chunk_runs_once(8);
        });
    }

    #[test]
    fn regions_after_the_workers_went_to_sleep_still_complete() {
        with_threads(3, || {
            for _ in 0..20 {
                each_chunk_runs_once(9);
                std::thread::sleep(Duration::from_millis(1));
            }
        });
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_lives_on() {
        with_threads(3, || {
            for guilty in [0, 1, 50, 99] {
                let outcome = catch_unwind(|| {
                    parallel(100, &|chunk| {
                        std::thread::sleep(Duration::from_micros(20));
                        assert!(chunk != guilty, "chunk {guilty}");
                    });
                });
                assert!(outcome.is_err());
                each_chunk_runs_once(10);
            }
        });
    }

    #[test]
    fn ranges_cover_the_whole_and_are_cut_by_size_only() {
        let cuts = |count: usize| {
            let seen = Mutex::new(Vec::new());
            with_threads(count, || parallel_ranges(1003, 100, &|begin, end| lock(&seen).push((begin, end))));
            let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
            seen.sort_unstable();
            seen
        };
        let cut = cuts(1);
        assert_eq!(cut.first(), Some(&(0, 100)));
        assert_eq!(cut.last(), Some(&(1000, 1003)));
        assert_eq!(cut, cuts(4));
    }
}
