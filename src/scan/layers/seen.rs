//! What a look into a text gives.

use std::ops::Range;

use super::untouched::Trace;
use crate::model::{Inner, Naming};
use crate::scan::matcher::Found;

/// A value found in a layer.
pub(in crate::scan) struct Deep {
    pub(in crate::scan) found: Found,
    /// The exact bytes of the text that was looked into; for what was unpacked, all of that.
    pub(in crate::scan) span: Range<usize>,
    /// Where in what was unpacked.
    pub(in crate::scan) inner: Option<Inner>,
    /// As [`crate::model::Hit::section`].
    pub(in crate::scan) section: u32,
    /// As [`crate::model::About::naming`].
    pub(in crate::scan) naming: Naming,
}

/// A bound that was reached, or something that could not be unpacked: a kind of limit, and a
/// sentence.
pub(in crate::scan) type Notice = (&'static str, String);

/// What a look into a text gave.
pub(in crate::scan) struct Seen {
    pub(in crate::scan) found: Vec<Deep>,
    pub(in crate::scan) notices: Vec<Notice>,
    /// The number of the last unpacked text.
    pub(in crate::scan) views: u32,
    pub(in crate::scan) trace: Option<Trace>,
}
