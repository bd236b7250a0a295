//! Values of flags that are more than a word: times, sizes, outputs, exit codes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::exit;
use crate::model::{Confidence, GapKind};
use crate::report::Format;

/// Parses `90`, `90s`, `5m` or `1h`; more than zero, at most a year.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let (digits, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(digits) => (digits, &text[digits.len()..]),
        None => (text, "s"),
    };
    let seconds = match unit {
        "m" => 60,
        "h" => 3600,
        _ => 1,
    };
    number(digits)
        .and_then(|n| n.checked_mul(seconds))
        .filter(|n| (1..=365 * 86_400).contains(n))
        .map(Duration::from_secs)
        .ok_or_else(|| "expected a time such as 90s, 5m or 1h".to_owned())
}

/// Parses a number of bytes with an optional suffix k, m or g (powers of 1024); more than zero.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let lower = text.to_ascii_lowercase();
    let (digits, shift) = match lower.as_bytes().last() {
        Some(b'k') => (&lower[..lower.len() - 1], 10),
        Some(b'm') => (&lower[..lower.len() - 1], 20),
        Some(b'g') => (&lower[..lower.len() - 1], 30),
        _ => (lower.as_str(), 0),
    };
    number(digits)
        .and_then(|n| n.checked_mul(1 << shift))
        .filter(|n| *n > 0)
        .ok_or_else(|| "expected a size such as 500000, 64k, 100m or 2g".to_owned())
}

/// Digits only: `u64::from_str` would take a sign.
fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// Parses the code that stands for findings. Codes that mean something else are refused.
pub(super) fn exit_code(text: &str) -> Result<u8, String> {
    let code: u8 = text
        .parse()
        .map_err(|_| "expected a number from 0 to 255".to_owned())?;
    let meaning = match code {
        exit::USAGE => "a usage error",
        exit::INCOMPLETE => "an incomplete sweep",
        exit::INTERRUPTED | exit::TERMINATED => "an interrupted sweep",
        _ => return Ok(code),
    };
    Err(format!("{code} already means {meaning}"))
}

/// A report file that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutputArg {
    /// In which format.
    pub(super) format: Format,
    /// Where.
    pub(super) path: PathBuf,
}

/// Parses `[FORMAT=]FILE`; without a format the file's extension decides.
pub(super) fn output(text: &str) -> Result<OutputArg, String> {
    let (format, path) = match text.split_once('=') {
        Some((word, path)) if is_word(word) => (Some(format(word)?), path),
        _ => (None, text),
    };
    if path.is_empty() {
        return Err("expected a file name".to_owned());
    }
    if path == "-" {
        return Err("stdout always gets a report; choose its format with --format".to_owned());
    }
    let path = PathBuf::from(path);
    let format = match format {
        Some(format) => format,
        None => by_extension(&path).ok_or_else(|| no_format(text))?,
    };
    Ok(OutputArg { format, path })
}

/// True for what can only be meant as a format. A file named `a=b` is written `./a=b`.
fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn format(word: &str) -> Result<Format, String> {
    let known = Format::ALL.into_iter().find(|f| f.name() == word);
    known.ok_or_else(|| {
        let names = Format::ALL.map(Format::name).join(", ");
        format!("unknown format `{word}`; there are {names}")
    })
}

/// What an extension stands for. Any other is refused: a report in a format that nobody asked for
/// would be found out when it is needed.
fn by_extension(path: &Path) -> Option<Format> {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
    let name = name.to_ascii_lowercase();
    // The names by which GitLab and code scanning know their reports.
    if name == "gl-secret-detection-report.json" {
        return Some(Format::Gitlab);
    }
    if name.ends_with(".sarif.json") {
        return Some(Format::Sarif);
    }
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    match extension.to_ascii_lowercase().as_str() {
        "json" => Some(Format::Json),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        "txt" => Some(Format::Human),
        "sarif" => Some(Format::Sarif),
        "xml" => Some(Format::Junit),
        "csv" => Some(Format::Csv),
        "html" | "htm" => Some(Format::Html),
        "md" => Some(Format::Markdown),
        _ => None,
    }
}

fn no_format(text: &str) -> String {
    let names = Format::ALL.map(Format::name);
    format!(
        "the name does not tell the format; write FORMAT={text} with one of {}, or end it in .txt, \
         .json, .ndjson, .sarif, .xml, .csv, .html or .md",
        names.join(", ")
    )
}

/// The formats, by name.
pub(super) fn formats() -> impl clap::builder::TypedValueParser<Value = Format> {
    named(Format::ALL, Format::name)
}

/// How sure a finding is, by name.
pub(super) fn confidences() -> impl clap::builder::TypedValueParser<Value = Confidence> {
    let all = [Confidence::Low, Confidence::Medium, Confidence::High];
    named(all, Confidence::name)
}

/// The kinds of gap, by name.
pub(super) fn gap_kinds() -> impl clap::builder::TypedValueParser<Value = GapKind> {
    named(GapKind::ALL, GapKind::name)
}

/// Takes the names that reports use, and gives back what they name.
pub(super) fn named<T, const N: usize>(
    all: [T; N],
    name: fn(T) -> &'static str,
) -> impl clap::builder::TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.map(name)).try_map(move |word| {
        let found = all.into_iter().find(|value| name(*value) == word);
        found.ok_or("unknown name")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let seconds = |text| duration(text).ok().map(|d| d.as_secs());
        assert_eq!(seconds("90"), Some(90));
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("5m"), Some(300));
        assert_eq!(seconds("1h"), Some(3600));
        for wrong in [
            "",
            "0",
            "0h",
            "-5",
            "+5",
            "1.5h",
            "m",
            "5 m",
            "5d",
            "18446744073709551615h",
            "é",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("500"), Ok(500));
        assert_eq!(size("64k"), Ok(65_536));
        assert_eq!(size("100M"), Ok(104_857_600));
        assert_eq!(size("2g"), Ok(2_147_483_648));
        for wrong in [
            "",
            "0",
            "k",
            "-1",
            "1t",
            "1.5g",
            "99999999999999999999",
            "17179869184g",
            "é",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn exit_codes_that_mean_something_else_are_refused() {
        assert_eq!(exit_code("0"), Ok(0));
        assert_eq!(exit_code("1"), Ok(1));
        assert_eq!(exit_code("255"), Ok(255));
        for wrong in ["2", "3", "130", "143", "256", "-1", "x"] {
            assert!(exit_code(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn outputs() {
        let parsed = |text| output(text).map(|o| (o.format, o.path.display().to_string()));
        let ok = |format, path: &str| Ok((format, path.to_owned()));
        assert_eq!(parsed("r.json"), ok(Format::Json, "r.json"));
        assert_eq!(parsed("r.JSONL"), ok(Format::Ndjson, "r.JSONL"));
        assert_eq!(parsed("r.ndjson"), ok(Format::Ndjson, "r.ndjson"));
        assert_eq!(parsed("r.txt"), ok(Format::Human, "r.txt"));
        assert_eq!(parsed("json=r.txt"), ok(Format::Json, "r.txt"));
        assert_eq!(parsed("human=a=b"), ok(Format::Human, "a=b"));
        assert_eq!(parsed("./a=b.txt"), ok(Format::Human, "./a=b.txt"));
        assert_eq!(
            parsed("/dev/null=x.json"),
            ok(Format::Json, "/dev/null=x.json")
        );
        assert_eq!(parsed("a/r.SARIF"), ok(Format::Sarif, "a/r.SARIF"));
        assert_eq!(parsed("r.sarif.json"), ok(Format::Sarif, "r.sarif.json"));
        assert_eq!(parsed("r.html"), ok(Format::Html, "r.html"));
        assert_eq!(parsed("github=r"), ok(Format::Github, "r"));
        let gitlab = "gl-secret-detection-report.json";
        assert_eq!(parsed(gitlab), ok(Format::Gitlab, gitlab));
        assert!(parsed("pdf=r").unwrap_err().contains("unknown format"));
        for unknown in ["r.pdf", "r", "./a=b", "/dev/stderr", ".json"] {
            let refused = parsed(unknown).unwrap_err();
            for format in Format::ALL {
                assert!(refused.contains(format.name()), "{refused}");
            }
            assert!(refused.contains(&format!("FORMAT={unknown}")), "{refused}");
        }
        for wrong in ["", "json=", "-", "json=-"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
