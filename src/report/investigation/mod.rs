//! What an investigation found, for people and for machines.

mod dto;
pub(super) mod html;
mod human;
mod json;
mod uses;

use std::io::{self, Write};

use super::{Format, Options};
use crate::model::Investigation;

/// The formats in which an investigation is written.
pub const INVESTIGATION_FORMATS: [Format; 4] =
    [Format::Human, Format::Json, Format::Ndjson, Format::Html];

/// Writes what was found, for people if the format is none of [`INVESTIGATION_FORMATS`].
///
/// # Errors
/// Only those of `out`.
pub fn write_investigation(
    found: &Investigation,
    format: Format,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Json => json::write_json(found, out),
        Format::Ndjson => json::write_ndjson(found, out),
        Format::Html => html::write(found, out),
        _ => human::write(found, options, out),
    }
}

/// One line for stderr: that not all files were read, and the first gap; `None` if they were.
pub fn investigation_incomplete(found: &Investigation) -> Option<String> {
    human::incomplete_line(found)
}
