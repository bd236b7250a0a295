//! A report as text: for people, as JSON and as NDJSON.
//!
//! Pure over `io::Write`: no terminal, no clock, no file. The same report and options always
//! give the same bytes.

mod dto;
mod escape;
mod explanation;
mod human;
mod investigation;
mod json;
mod redact;
mod shape;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

pub use escape::{escape, escape_text, is_deceptive};
pub use explanation::{listed_json, write_explanation, write_explanation_json};
pub use investigation::{investigation_incomplete, write_investigation};

use crate::model::Report;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document, `schema: "keysweep/1"`.
    Json,
    /// The same, one finding a line, with a summary line at the end.
    Ndjson,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 3] = [Format::Human, Format::Json, Format::Ndjson];

    /// The name the command line uses.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
        }
    }
}

/// How much the human format says. The other formats always say everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// Findings, gaps and the verdict.
    Quiet,
    /// Also what was read; long lists are cut.
    #[default]
    Normal,
    /// Nothing is cut.
    Verbose,
}

/// What the reader wants to see. All but `reveal` concern the human format only.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Colour by escape sequences.
    pub colour: bool,
    /// Show raw secrets.
    pub reveal: bool,
    /// How much to say.
    pub verbosity: Verbosity,
    /// List what is suppressed.
    pub show_suppressed: bool,
    /// Columns of the terminal; lines are broken there, where names allow.
    pub width: usize,
    /// Seconds since 1970, to say how long ago something was; `None` leaves that out.
    pub now: Option<i64>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            colour: false,
            reveal: false,
            verbosity: Verbosity::Normal,
            show_suppressed: false,
            width: 80,
            now: None,
        }
    }
}

/// Writes the report.
///
/// # Errors
/// Only those of `out`.
pub fn write(
    report: &Report,
    format: Format,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, options, out),
        Format::Json => json::write_json(report, options.reveal, out),
        Format::Ndjson => json::write_ndjson(report, options.reveal, out),
    }
}

/// One line for stderr: that the sweep is incomplete, and its first gap; `None` if it is complete.
pub fn incomplete_line(report: &Report) -> Option<String> {
    human::incomplete_line(report)
}
