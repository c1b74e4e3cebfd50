//! Where a user's program called an operator, so that an error found later (in backward, or after a write in place) can
//! name that line. A front end with lines to tell installs how they are found and read; without one, places are unknown
//! and cost nothing. The tape and the nodes keep places; what the two numbers mean only the front end knows.

use std::cell::Cell;
use std::num::NonZeroU64;
use std::sync::OnceLock;

/// A place in a program: the number of a piece of code and a position in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(NonZeroU64);

impl Place {
    /// `None` for code number 0, which stands for nothing.
    pub fn new(code: u32, at: u32) -> Option<Place> {
        (code != 0).then_some(())?;
        NonZeroU64::new(u64::from(code) << 32 | u64::from(at)).map(Place)
    }

    pub fn code(self) -> u32 {
        (self.0.get() >> 32) as u32
    }

    pub fn at(self) -> u32 {
        self.0.get() as u32
    }

    /// Both numbers in one that is never below 2^32.
    pub fn packed(self) -> u64 {
        self.0.get()
    }

    /// What [`Place::packed`] gave; `None` for smaller numbers.
    pub fn unpacked(packed: u64) -> Option<Place> {
        Place::new((packed >> 32) as u32, packed as u32)
    }

    /// ` (File "train.py", line 12, in step)`, as the front end writes it, to stand behind a word in an error; empty if
    /// the front end does not know any more.
    pub fn in_brackets(place: Option<Place>) -> String {
        let text = place.zip(FRONT.get()).and_then(|(place, front)| (front.text)(place));
        text.map_or_else(String::new, |text| format!(" ({text})"))
    }
}

/// How a front end finds and reads places.
pub struct Front {
    /// The line that this thread is at.
    pub here: fn() -> Option<Place>,
    /// A place in words, or `None` if the code is forgotten.
    pub text: fn(Place) -> Option<String>,
}

static FRONT: OnceLock<Front> = OnceLock::new();

thread_local! {
    /// Set while work is done on behalf of an earlier call.
    static BEHALF: Cell<Option<Place>> = const { Cell::new(None) };
}

/// Tells how places are found. The first front end stays.
pub fn install(front: Front) {
    let _first_stays = FRONT.set(front);
}

/// Whether a front end is there.
#[inline]
pub fn is_installed() -> bool {
    FRONT.get().is_some()
}

/// The line of the user's program that this thread works for, if somebody can tell.
pub fn here() -> Option<Place> {
    BEHALF.with(Cell::get).or_else(|| FRONT.get().and_then(|front| (front.here)()))
}

/// Runs work that an earlier call is answerable for: [`here`] is that call's place meanwhile.
pub fn on_behalf_of<T>(place: Option<Place>, work: impl FnOnce() -> T) -> T {
    struct Restore(Option<Place>);
    impl Drop for Restore {
        fn drop(&mut self) {
            BEHALF.with(|cell| cell.set(self.0));
        }
    }
    let _restore = Restore(BEHALF.with(|cell| cell.replace(place)));
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_packing() {
        let place = Place::new(7, u32::MAX).unwrap();
        assert_eq!(Place::unpacked(place.packed()), Some(place));
        assert_eq!((place.code(), place.at()), (7, u32::MAX));
        assert_eq!(Place::new(0, 5), None);
        assert_eq!(Place::unpacked(1), None);
    }

    #[test]
    fn work_on_behalf_of_a_call_is_at_its_place_and_nowhere_else() {
        let place = Place::new(3, 4);
        assert_eq!(here(), None);
        assert_eq!(on_behalf_of(place, here), place);
        assert_eq!(here(), None);
        assert_eq!(Place::in_brackets(place), "");
    }
}
