//! What other scanners' reports and ignore files accept, to be found again in a sweep of our own.
//!
//! Values are hashed as soon as they are read: what is kept of a report is no secret.

use std::collections::HashSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ListError;
use crate::model::{Finding, Occurrence};

/// Bytes of a report that are looked at; a longer one is refused.
const BYTES_MAX: usize = 256 << 20;
/// The length of an access key ID.
const ID_LEN: usize = 20;
/// Shorter texts are no secrets, and no IDs.
const VALUE_LEN_MIN: usize = 16;

/// Fields that are about a commit, not about a finding: what stands there was not accepted.
const ABOUT_COMMITS: [&str; 9] = [
    "message",
    "author",
    "email",
    "date",
    "commit",
    "committer",
    "url",
    "repository",
    "timestamp",
];

/// What a file of another scanner accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    values: HashSet<[u8; 32]>,
    places: HashSet<Spot>,
}

/// A line of a file, perhaps in one commit only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Spot {
    commit: Option<String>,
    path: String,
    line: u64,
}

/// How a finding was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    /// Its secret, or its key.
    Secret,
    /// Its access key ID alone.
    Id,
    /// Its place.
    Place,
}

impl Imported {
    /// Reads a report of gitleaks, betterleaks, trufflehog or kingfisher (JSON, or a document a
    /// line), or a `.gitleaksignore`.
    ///
    /// # Errors
    /// It is too long, or neither.
    pub fn read(bytes: &[u8], name: &str) -> Result<Imported, ListError> {
        let error = |why: &str| ListError {
            name: name.to_owned(),
            why: why.to_owned(),
        };
        if bytes.len() > BYTES_MAX {
            return Err(error("longer than 256 MiB"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| error("no UTF-8"))?;
        let text = text.trim_start_matches('\u{feff}');
        let mut imported = Imported::default();
        if text.trim_start().starts_with(['[', '{']) {
            let documents = serde_json::Deserializer::from_str(text).into_iter::<Value>();
            for document in documents {
                // serde_json's messages name a line and a column, and quote nothing.
                let document = document.map_err(|e| error(&format!("no JSON: {e}")))?;
                imported.document(&document);
            }
        } else {
            for (number, line) in text.lines().enumerate() {
                imported.ignore_line(line).ok_or_else(|| {
                    error(&format!(
                        "line {} is no entry of a .gitleaksignore, and the file is no JSON",
                        number + 1
                    ))
                })?;
            }
        }
        Ok(imported)
    }

    /// How many values and places it holds.
    pub fn len(&self) -> usize {
        self.values.len() + self.places.len()
    }

    /// True if there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds what another file accepts.
    pub fn extend(&mut self, other: Imported) {
        self.values.extend(other.values);
        self.places.extend(other.places);
    }

    /// Whether a finding of ours is among what was accepted.
    pub fn matches(&self, finding: &Finding) -> Option<Matched> {
        let credential = &finding.credential;
        let secrets = [&credential.secret, &credential.token];
        let is_known = |value: &[u8]| self.values.contains(&hash(value));
        if secrets.into_iter().flatten().any(|s| is_known(s.expose())) {
            return Some(Matched::Secret);
        }
        let id = credential.access_key_id.as_ref();
        if id.is_some_and(|id| is_known(id.as_bytes())) {
            return Some(Matched::Id);
        }
        let mut places = finding.occurrences.iter();
        places.any(|o| self.has_place(o)).then_some(Matched::Place)
    }

    fn has_place(&self, occurrence: &Occurrence) -> bool {
        if self.places.is_empty() {
            return false;
        }
        let commit = occurrence.commit.map(|c| c.to_string());
        let paths = occurrence.path.iter().chain(&occurrence.more_paths);
        paths
            .filter_map(|p| std::str::from_utf8(p).ok())
            .any(|path| {
                [None, commit.clone()].into_iter().any(|commit| {
                    self.places.contains(&Spot {
                        commit,
                        path: path.to_owned(),
                        line: occurrence.position.line,
                    })
                })
            })
    }

    /// Takes every text of a document, without recursion.
    fn document(&mut self, document: &Value) {
        let mut open = vec![document];
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) => self.learn(text),
                Value::Array(items) => open.extend(items),
                Value::Object(fields) => {
                    self.redacted(value);
                    let about = |key: &str| {
                        let key = key.to_lowercase();
                        // betterleaks has all of them in one place: `git.message`.
                        key.starts_with("git.") || ABOUT_COMMITS.contains(&key.as_str())
                    };
                    open.extend(fields.iter().filter(|(k, _)| !about(k)).map(|(_, v)| v));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
    }

    /// Takes a text as a whole, and each word in it that could be a value.
    fn learn(&mut self, text: &str) {
        let is_value = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
        let words = text.split(|c| !is_value(c)).flat_map(|word| {
            // `secret=…`: the part behind it, too.
            let behind = word.trim_end_matches('=').rsplit('=').next();
            [Some(word), behind].into_iter().flatten()
        });
        for word in words.chain([text, text.trim()]) {
            if word.len() < VALUE_LEN_MIN {
                continue;
            }
            self.values.insert(hash(word.as_bytes()));
            // trufflehog writes ID and secret as one.
            if let Some((id, rest)) = word.split_at_checked(ID_LEN)
                && (id.starts_with("AKIA") || id.starts_with("ASIA"))
                && rest.len() >= VALUE_LEN_MIN
            {
                self.values.insert(hash(id.as_bytes()));
                self.values.insert(hash(rest.as_bytes()));
            }
        }
    }

    /// Takes the place of a finding whose value was taken out of the report.
    fn redacted(&mut self, finding: &Value) {
        let shapes = [GITLEAKS, BETTERLEAKS, KINGFISHER];
        let spots = shapes.iter().filter_map(|shape| shape.spot(finding));
        self.places.extend(spots);
    }

    /// `[commit:]path:rule:line`, a comment, or nothing; `None` for anything else.
    fn ignore_line(&mut self, line: &str) -> Option<()> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Some(());
        }
        let (rest, number) = line.rsplit_once(':')?;
        let (place, rule) = rest.rsplit_once(':')?;
        if rule.is_empty() {
            return None;
        }
        let is_commit =
            |c: &str| matches!(c.len(), 40 | 64) && c.bytes().all(|b| b.is_ascii_hexdigit());
        let (commit, path) = match place.split_once(':') {
            Some((commit, path)) if is_commit(commit) => (Some(commit.to_lowercase()), path),
            _ => (None, place),
        };
        self.places.insert(Spot {
            commit,
            path: path.to_owned(),
            line: number.parse().ok()?,
        });
        Some(())
    }
}

/// Where a scanner's report has what matters of a finding, as JSON pointers.
struct Shape {
    value: &'static str,
    /// The first that is there.
    path: [&'static str; 2],
    line: &'static str,
    commit: &'static str,
}

// Source: reports of gitleaks 8.30, betterleaks 2.0 and kingfisher 2.14, with `--redact`.
const GITLEAKS: Shape = Shape {
    value: "/Secret",
    path: ["/File", "/File"],
    line: "/StartLine",
    commit: "/Commit",
};
const BETTERLEAKS: Shape = Shape {
    value: "/match/value",
    path: ["/location/path", "/location/path"],
    line: "/location/start_line",
    commit: "/attributes/git.sha",
};
const KINGFISHER: Shape = Shape {
    value: "/snippet",
    path: ["/git_metadata/file/path", "/path"],
    line: "/line",
    commit: "/git_metadata/commit/id",
};

impl Shape {
    /// The place of a finding without its value.
    fn spot(&self, finding: &Value) -> Option<Spot> {
        let text = |at: &str| finding.pointer(at).and_then(Value::as_str);
        let value = text(self.value)?;
        if value.len() >= VALUE_LEN_MIN && !value.starts_with("[REDACTED") {
            return None;
        }
        let commit = text(self.commit).filter(|commit| !commit.is_empty());
        Some(Spot {
            commit: commit.map(str::to_lowercase),
            path: self.path.iter().find_map(|at| text(at))?.to_owned(),
            line: finding.pointer(self.line)?.as_u64()?,
        })
    }
}

fn hash(value: &[u8]) -> [u8; 32] {
    Sha256::digest(value).into()
}
