//! What unpacking one object may cost.

/// Bytes decoded for one object, at most, if it is large.
const DECODED_MAX: usize = 128 << 20;
/// The same if it is small: so much, and [`RATIO`] times its size.
const DECODED_FREE: usize = 16 << 20;
/// Text seldom packs better.
const RATIO: usize = 64;
/// Bytes of one decoded text.
pub(super) const VIEW_MAX: usize = 32 << 20;
/// Bytes of all decoded texts that are held at once.
const LIVE_MAX: usize = 48 << 20;
/// Attempts to unpack something: most places that look like a stream's beginning are none.
const ATTEMPTS_MAX: usize = 1 << 16;
/// How deep things may lie in each other.
pub(super) const DEPTH_MAX: usize = 8;
/// How often a text is decoded in place.
pub(super) const LEVELS_MAX: usize = 5;
/// What an attempt costs besides what it gives.
const ATTEMPT_COST: usize = 256;

/// What is left of it.
pub(super) struct Bounds {
    decoded: usize,
    attempts: usize,
    pub(super) live: usize,
}

impl Bounds {
    /// For an object of so many bytes.
    pub(super) fn of(len: usize) -> Bounds {
        Bounds {
            decoded: DECODED_MAX.min(DECODED_FREE + len.saturating_mul(RATIO)),
            attempts: ATTEMPTS_MAX,
            live: 0,
        }
    }

    /// How much the next stream may give; `None` if nothing more may be tried.
    pub(super) fn next(&self) -> Option<usize> {
        let room = self
            .decoded
            .min(LIVE_MAX.saturating_sub(self.live))
            .min(VIEW_MAX);
        (room > 0 && self.attempts > 0).then_some(room)
    }

    /// A stream gave so much.
    pub(super) fn spend(&mut self, decoded: usize) {
        self.attempts -= 1;
        self.decoded = self.decoded.saturating_sub(decoded + ATTEMPT_COST);
    }
}
