//! The machine formats: one JSON document, or one line for each finding.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::escape::is_deceptive;
use super::shape::Shaper;
use crate::model::Report;

/// Writes one pretty-printed document with a line feed at its end.
pub(super) fn write_json(report: &Report, reveal: bool, out: &mut dyn Write) -> io::Result<()> {
    let shaper = Shaper::new(report, reveal, false);
    write_pretty(&shaper.document(), out)
}

/// Writes any document so.
pub(super) fn write_pretty(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let formatter = Printable(PrettyFormatter::new());
    let mut serializer = Serializer::with_formatter(&mut *out, formatter);
    document.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// Writes each finding, each suppressed one and the summary, a line each.
pub(super) fn write_ndjson(report: &Report, reveal: bool, out: &mut dyn Write) -> io::Result<()> {
    let shaper = Shaper::new(report, reveal, true);
    for finding in &report.findings {
        write_line(&shaper.finding(finding), out)?;
    }
    for suppressed in &report.suppressed {
        write_line(&shaper.suppressed(suppressed), out)?;
    }
    write_line(&shaper.summary(), out)
}

/// Writes a value on one line, without a line feed.
pub(super) fn write_compact(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let formatter = Printable(CompactFormatter);
    value.serialize(&mut Serializer::with_formatter(&mut *out, formatter))?;
    Ok(())
}

/// How many bytes [`write_compact`] takes for a value.
pub(super) fn measure(value: &impl Serialize) -> usize {
    struct Count(usize);
    impl Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting cannot fail.
    write_compact(value, &mut count).ok();
    count.0
}

fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_compact(value, out)?;
    out.write_all(b"\n")
}

/// Writes characters that a terminal or a CI log would act on as `\uXXXX`: the same JSON value,
/// harmless where somebody looks at it. JSON itself demands that only below U+0020.
pub(super) struct Printable<F>(pub(super) F);

impl<F: Formatter> Formatter for Printable<F> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // Nearly all of a report.
        if fragment
            .bytes()
            .all(|b| matches!(b, b' '..=b'~') && b != b'#')
        {
            return writer.write_all(fragment.as_bytes());
        }
        let mut kept_to = 0;
        for (at, c) in fragment.char_indices() {
            let command = c == '#' && fragment[at + 1..].starts_with('#');
            if is_deceptive(c) || command {
                writer.write_all(&fragment.as_bytes()[kept_to..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                kept_to = at + c.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[kept_to..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
