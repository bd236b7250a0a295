//! From flags, files and configuration to what a sweep may suppress.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::args::accepting::Accepting;
use super::failure::Failure;
use crate::suppression::{AllowList, Allowances, Entry, Expiry, ListError, Source, SourceKind};

/// Bytes of a file that are read; the readers refuse far shorter ones.
const FILE_BYTES_MAX: u64 = 300 << 20;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// Everything that was given to accept findings. `now` is in seconds since 1970: entries end by
/// the clock, whatever the report says of time.
///
/// # Errors
/// A file cannot be read or understood: it accepts nothing then, and the run ends, since what it
/// was meant to accept would look like news.
pub(in crate::cli) fn allowances(accepting: &Accepting, now: i64) -> Result<Allowances, Failure> {
    let mut lists = accepting.lists.clone();
    for path in &accepting.baseline {
        lists.push(baseline(path)?);
    }
    if !accepting.allow.is_empty() {
        lists.push(by_flag(&accepting.allow)?);
    }
    Ok(Allowances {
        lists,
        today: day(now),
        inline: accepting.inline_allow,
    })
}

/// Reads a baseline file.
pub(in crate::cli) fn baseline(path: &Path) -> Result<AllowList, Failure> {
    let name = path.display().to_string();
    let bytes = read(path).map_err(|error| {
        Failure::new(format!("could not read the baseline `{name}`: {error}"))
            .hinted("`keysweep baseline create FILE --reason … --owner …` makes one")
    })?;
    AllowList::baseline(&bytes, &name).map_err(refused)
}

/// Why a list is refused, with the next step.
pub(in crate::cli) fn refused(error: ListError) -> Failure {
    let ListError { name, why } = error;
    Failure::new(format!("`{name}` cannot be used: {why}"))
        .hinted("mend it; `keysweep baseline --help` shows what an entry looks like")
}

/// A whole file, up to a bound.
pub(in crate::cli) fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(std::io::Error::other("it is larger than 300 MiB"));
    }
    Ok(bytes)
}

/// What `--allow` names.
fn by_flag(prints: &[String]) -> Result<AllowList, Failure> {
    let mut list = AllowList::new(Source {
        kind: SourceKind::AllowList,
        name: "--allow".to_owned(),
    });
    for print in prints {
        let parsed = AllowList::parse_print(print).ok_or_else(|| {
            Failure::new(format!("--allow takes fingerprints, and `{print}` is none"))
                .hinted("a report names each finding's: `ks1-` and 32 hexadecimal digits")
        })?;
        let entry = Entry {
            reason: "given on the command line".to_owned(),
            owner: "whoever runs keysweep".to_owned(),
            expires: Expiry::Never,
            kind: None,
        };
        list.insert(parsed, entry);
    }
    Ok(list)
}

/// A day as `2026-11-27`, in UTC.
pub(in crate::cli) fn day(now: i64) -> String {
    let time = jiff::Timestamp::from_second(now).unwrap_or_default();
    time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// A day, a number of days from now, or `never`.
pub(in crate::cli) fn expiry(text: &str, now: i64) -> Result<Expiry, Failure> {
    let days = text.strip_suffix('d').and_then(|n| n.parse::<i64>().ok());
    if let Some(days) = days.filter(|n| (0..=36_500).contains(n)) {
        return Ok(Expiry::After(day(now.saturating_add(days * DAY))));
    }
    Expiry::parse(text).ok_or_else(|| {
        Failure::new(format!("--expires cannot be `{text}`"))
            .hinted("give a day such as 2027-01-31, days from now such as 90d, or never")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_780_800; // 2026-11-27T12:00:00Z

    #[test]
    fn days_and_their_ends() {
        assert_eq!(day(NOW), "2026-11-27");
        let of = |text: &str| expiry(text, NOW).map(|e| e.to_string()).ok();
        assert_eq!(of("0d").as_deref(), Some("2026-11-27"));
        assert_eq!(of("90d").as_deref(), Some("2027-02-25"));
        assert_eq!(of("2027-01-31").as_deref(), Some("2027-01-31"));
        assert_eq!(of("never").as_deref(), Some("never"));
        for wrong in [
            "",
            "d",
            "-1d",
            "90",
            "soon",
            "2027-13-01",
            "99999999999d",
            "Never",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn flags_take_fingerprints_only() {
        let print = format!("ks1-{}", "0a".repeat(16));
        let accepting = Accepting {
            allow: vec![print],
            ..Accepting::default()
        };
        let allowances = allowances(&accepting, NOW).unwrap();
        assert_eq!(
            (allowances.lists.len(), allowances.today.as_str()),
            (1, "2026-11-27")
        );
        for wrong in ["", "ks1-", "ks1-00", "KS1-00000000000000000000000000000000"] {
            assert!(by_flag(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
