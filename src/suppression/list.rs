//! A list of accepted findings, as a file has it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::model::{Fingerprint, SuppressionReason};

/// Bytes of a list that are looked at; a longer one is refused.
const BYTES_MAX: usize = 16 << 20;
/// Characters of a reason or an owner.
const TEXT_MAX: usize = 1000;
/// Hexadecimal digits of a fingerprint.
const DIGITS: usize = 32;

/// What a list is, and so what its entries count as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A baseline file.
    Baseline,
    /// The `accept` table of a configuration, or a flag.
    AllowList,
}

impl SourceKind {
    /// Why a finding in it is suppressed.
    pub const fn reason(self) -> SuppressionReason {
        match self {
            SourceKind::Baseline => SuppressionReason::Baseline,
            SourceKind::AllowList => SuppressionReason::AllowList,
        }
    }
}

/// Where a list was read, for messages and reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Its name: a path, `.keysweep.toml at 1a2b3c4d5e`, `--allow`.
    pub name: String,
}

/// Until when an entry counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// For ever.
    Never,
    /// The last day, `2027-01-31`.
    After(String),
}

impl Expiry {
    /// Reads a day or `never`.
    pub fn parse(text: &str) -> Option<Expiry> {
        if text == "never" {
            return Some(Expiry::Never);
        }
        // Days of this form are in their order as texts, too.
        let is_plain = text.len() == 10 && text.is_ascii();
        let day: jiff::civil::Date = text.parse().ok().filter(|_| is_plain)?;
        Some(Expiry::After(day.to_string()))
    }

    /// The last day, if there is one.
    pub fn day(&self) -> Option<&str> {
        match self {
            Expiry::Never => None,
            Expiry::After(day) => Some(day),
        }
    }

    /// True if that day lies before `today`. Where nobody knows the day, it does.
    pub fn is_over(&self, today: &str) -> bool {
        match self {
            Expiry::Never => false,
            Expiry::After(day) => today.is_empty() || day.as_str() < today,
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.day().unwrap_or("never"))
    }
}

/// Why one credential is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Until when.
    pub expires: Expiry,
    /// What kind of credential it is, for whoever reads the file; decides nothing.
    pub kind: Option<String>,
}

/// Accepted credentials by fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowList {
    /// Where it was read.
    pub source: Source,
    entries: BTreeMap<Fingerprint, Entry>,
}

/// Why a list cannot be used. A list that is not understood accepts nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name}: {why}")]
pub struct ListError {
    /// The list.
    pub name: String,
    /// What is wrong with it.
    pub why: String,
}

/// An entry as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryText {
    reason: String,
    owner: String,
    expires: String,
    kind: Option<String>,
}

/// A baseline as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineText {
    version: u32,
    #[serde(default)]
    accept: BTreeMap<String, EntryText>,
}

impl AllowList {
    /// A list without entries.
    pub fn new(source: Source) -> AllowList {
        AllowList {
            source,
            entries: BTreeMap::new(),
        }
    }

    /// Reads a baseline file. Says what it allows, and nothing else happens.
    ///
    /// # Errors
    /// It is too long, no TOML, of another version, or has a key or value that is not known.
    pub fn baseline(bytes: &[u8], name: &str) -> Result<AllowList, ListError> {
        let error = |why: String| ListError {
            name: name.to_owned(),
            why,
        };
        let file: BaselineText = read_toml(bytes).map_err(error)?;
        if file.version != 1 {
            let why = format!(
                "version {} is not known; this keysweep reads 1",
                file.version
            );
            return Err(error(why));
        }
        let source = Source {
            kind: SourceKind::Baseline,
            name: name.to_owned(),
        };
        AllowList::of_texts(source, file.accept)
    }

    /// Takes the entries of an `accept` table.
    ///
    /// # Errors
    /// A fingerprint, a day or a text that cannot be one.
    pub fn of_texts(
        source: Source,
        texts: BTreeMap<String, EntryText>,
    ) -> Result<AllowList, ListError> {
        let mut list = AllowList::new(source);
        for (print, text) in texts {
            let error = |why: String| ListError {
                name: list.source.name.clone(),
                why,
            };
            let parsed = AllowList::parse_print(&print).ok_or_else(|| {
                error(format!(
                    "`{print}` is no fingerprint: `ks1-` and 32 hexadecimal digits"
                ))
            })?;
            let entry = text
                .entry()
                .map_err(|why| error(format!("{print}: {why}")))?;
            list.entries.insert(parsed, entry);
        }
        Ok(list)
    }

    /// Reads a fingerprint.
    pub fn parse_print(text: &str) -> Option<Fingerprint> {
        let digits = text.strip_prefix("ks1-")?;
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let is_print = digits.len() == DIGITS && digits.bytes().all(is_digit);
        is_print.then(|| Fingerprint(text.to_owned()))
    }

    /// The entry for a credential.
    pub fn entry(&self, print: &Fingerprint) -> Option<&Entry> {
        self.entries.get(print)
    }

    /// All entries, by fingerprint.
    pub fn entries(&self) -> impl Iterator<Item = (&Fingerprint, &Entry)> {
        self.entries.iter()
    }

    /// Adds an entry, in place of one that is there.
    pub fn insert(&mut self, print: Fingerprint, entry: Entry) {
        self.entries.insert(print, entry);
    }

    /// Keeps what `keep` says.
    pub fn retain(&mut self, keep: impl Fn(&Fingerprint, &Entry) -> bool) {
        self.entries.retain(|print, entry| keep(print, entry));
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl EntryText {
    fn entry(self) -> Result<Entry, String> {
        for (name, text) in [("reason", &self.reason), ("owner", &self.owner)] {
            if text.trim().is_empty() {
                return Err(format!("`{name}` is empty; say it in a few words"));
            }
            if text.chars().count() > TEXT_MAX {
                return Err(format!("`{name}` is longer than {TEXT_MAX} characters"));
            }
        }
        let expires = Expiry::parse(&self.expires).ok_or_else(|| {
            "`expires` is neither a day such as \"2027-01-31\" nor \"never\"".to_owned()
        })?;
        Ok(Entry {
            reason: self.reason,
            owner: self.owner,
            expires,
            kind: self.kind,
        })
    }
}

/// Reads a TOML file of keysweep's.
///
/// # Errors
/// It is too long, no UTF-8, no TOML, or not of this shape; without quoting the file.
pub fn read_toml<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    if bytes.len() > BYTES_MAX {
        return Err(format!("longer than {} MiB", BYTES_MAX >> 20));
    }
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|e| format!("no UTF-8 at byte {}", e.valid_up_to()))?;
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let message = error.message().trim();
        match error.span() {
            Some(span) => {
                let before = &text.as_bytes()[..span.start.min(text.len())];
                let line = 1 + memchr::memchr_iter(b'\n', before).count();
                format!("line {line}: {message}")
            }
            None => message.to_owned(),
        }
    })
}
