//! A report as text: for people, for machines, for dashboards and for CI systems.
//!
//! Pure over `io::Write`: no terminal, no clock, no file. The same report and options always
//! give the same bytes.

mod annotations;
mod csv;
mod dto;
mod escape;
mod explanation;
mod facts;
mod gate;
mod gitlab;
mod gitleaks;
mod html;
mod human;
mod investigation;
mod json;
mod junit;
mod kinds;
mod markdown;
mod proof;
mod reading;
mod redact;
mod sarif;
mod shape;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

pub use escape::{escape, escape_lines, escape_text, is_deceptive};
pub use explanation::{listed_json, write_explanation, write_explanation_json};
pub use gate::{Gate, GateOptions, write_gate};
pub use investigation::{INVESTIGATION_FORMATS, investigation_incomplete, write_investigation};
pub use proof::{write_proof, write_proof_json};
pub use reading::read_recorded;

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
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitLab's secret detection report.
    Gitlab,
    /// The XML of `JUnit`.
    Junit,
    /// A table for spreadsheets.
    Csv,
    /// One page that works offline.
    Html,
    /// A summary in Markdown.
    Markdown,
    /// Annotations of GitHub Actions.
    Github,
    /// Annotations of Azure Pipelines.
    Azure,
    /// What gitleaks writes as JSON.
    GitleaksJson,
    /// How far each finding has spread, in words.
    Exposure,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 13] = [
        Format::Human,
        Format::Json,
        Format::Ndjson,
        Format::Sarif,
        Format::Gitlab,
        Format::Junit,
        Format::Csv,
        Format::Html,
        Format::Markdown,
        Format::Github,
        Format::Azure,
        Format::GitleaksJson,
        Format::Exposure,
    ];

    /// The name the command line uses.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Sarif => "sarif",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Csv => "csv",
            Format::Html => "html",
            Format::Markdown => "markdown",
            Format::Github => "github",
            Format::Azure => "azure",
            Format::GitleaksJson => "gitleaks-json",
            Format::Exposure => "exposure",
        }
    }

    /// True if it shows raw secrets when asked to. The others are made to be passed on.
    pub const fn can_reveal(self) -> bool {
        matches!(self, Format::Human | Format::Json | Format::Ndjson)
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
        Format::Sarif => sarif::write(report, options, out),
        Format::Gitlab => gitlab::write(report, options, out),
        Format::Junit => junit::write(report, options, out),
        Format::Csv => csv::write(report, options, out),
        Format::Html => html::write(report, options, out),
        Format::Markdown => markdown::write(report, options, out),
        Format::Github => annotations::write(report, annotations::System::GitHub, out),
        Format::Azure => annotations::write(report, annotations::System::Azure, out),
        Format::GitleaksJson => gitleaks::write(report, out),
        Format::Exposure => human::write_exposure(report, options, out),
    }
}

/// One line for stderr: that the sweep is incomplete, and its first gap; `None` if it is complete.
pub fn incomplete_line(report: &Report) -> Option<String> {
    human::incomplete_line(report)
}

/// What was asked of AWS, on one line; `None` if nobody was to be asked.
pub fn verification_line(report: &Report) -> Option<String> {
    human::verification_line(report)
}
