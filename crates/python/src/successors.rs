//! What an `ndarray` object became: assigning `x.shape` or `x.dtype`, and `x.resize`, put another array into the place of
//! the one that the object was made with. Python code sees one object that changed; the Rust side holds references to
//! arrays that must not change under it, on this thread and on others. So arrays are only ever added, and all of them live
//! as long as the object. It must not know what makes a successor.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use mxnet::array::Array;

/// The arrays that followed on the first one. None at all for nearly every object: that costs a load and a branch.
pub(crate) struct Successors(AtomicPtr<List>);

struct List {
    /// One of `kept`; never null once the list is known to others.
    newest: AtomicPtr<Array>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// (Each in a place of its own, because references to the arrays outlive a growing vector.)
    arrays: Vec<Arc<Array>>,
    /// Elements from the newest array's first one on that belong to it alone, where it was given more than it shows.
    room: i64,
}

impl Successors {
    #[inline]
    pub const fn none() -> Successors {
        Successors(AtomicPtr::new(ptr::null_mut()))
    }

    #[inline]
    pub fn newest(&self) -> Option<&Array> {
        let list = self.0.load(Ordering::Acquire);
        if list.is_null() { None } else { Some(newest_of(list)) }
    }

    /// Elements that the newest array may grow to where it lies.
    pub fn room(&self) -> i64 {
        self.list().map_or(0, |list| list.kept.lock().unwrap_or_else(PoisonError::into_inner).room)
    }

    fn list(&self) -> Option<&List> {
        // SAFETY: null, or a list that lives until `self` is dropped.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    /// Puts an array into the place of `first` or of whatever came after it. The like of one that was there before is
    /// taken again, so that a program which goes to and fro between two shapes does not grow.
    pub fn add(&self, first: &Array, array: Array, room: i64) {
        let Some(list) = self.list() else {
            if is_like(first, &array) {
                return;
            }
            let held = Arc::new(array);
            let newest = AtomicPtr::new(Arc::as_ptr(&held).cast_mut());
            let kept = Mutex::new(Kept { arrays: vec![held], room });
            let fresh = Box::into_raw(Box::new(List { newest, kept }));
            let published =
                self.0.compare_exchange(ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire);
            if published.is_err() {
                // SAFETY: nobody else has seen the box.
                let mine = unsafe { Box::from_raw(fresh) };
                let kept = mine.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
                kept.arrays.into_iter().for_each(|array| self.add(first, (*array).clone(), room));
            }
            return;
        };
        let mut kept = list.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.room = room;
        let again = kept.arrays.iter().find(|known| is_like(known, &array)).cloned();
        let newest = again.unwrap_or_else(|| {
            let fresh = Arc::new(array.clone());
            kept.arrays.push(fresh.clone());
            fresh
        });
        // (it cannot fail: memory that is read-only for all makes no writable array)
        let _same = newest.set_writable(array.is_writable());
        list.newest.store(Arc::as_ptr(&newest).cast_mut(), Ordering::Release);
    }
}

#[cold]
fn newest_of<'a>(list: *const List) -> &'a Array {
    // SAFETY: the caller's list is not null; it and the arrays in it live as long as the object, and so does the
    // reference, whose lifetime the caller ties to the object.
    unsafe { &*(*list).newest.load(Ordering::Acquire) }
}

/// Whether two arrays show the same elements in the same way, and autograd knows neither.
fn is_like(a: &Array, b: &Array) -> bool {
    let (left, right) = (a.operand(), b.operand());
    Arc::ptr_eq(&left.node, &right.node)
        && left.dtype == right.dtype
        && left.view == right.view
        && !mxnet::array::tape::is_linked(a)
        && !mxnet::array::tape::is_linked(b)
}

impl Drop for Successors {
    fn drop(&mut self) {
        let list = *self.0.get_mut();
        if !list.is_null() {
            // SAFETY: it came from a box, and who drops the object is the last to know it.
            drop(unsafe { Box::from_raw(list) });
        }
    }
}
