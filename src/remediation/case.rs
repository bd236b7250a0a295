//! What a plan is made from: a report in JSON, and what the repository's files tell.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A report, as far as a plan needs it. Unknown keys are of no concern here.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// `keysweep/1`.
    pub schema: String,
    /// What was swept.
    pub target: Target,
    /// The findings.
    pub findings: Vec<Leak>,
    /// True if everything was read.
    pub complete: bool,
}

/// What was swept.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Target {
    /// The path as it was given.
    pub path: String,
    /// Its bytes in base64, where they are not UTF-8.
    pub path_bytes: Option<String>,
    /// The git directory.
    pub git_dir: String,
    /// What of it.
    pub selection: String,
    /// HEAD's commit.
    pub head: Option<String>,
    /// HEAD's branch.
    pub head_ref: Option<String>,
}

/// A finding.
#[derive(Clone, Debug, Deserialize)]
pub struct Leak {
    /// Its stable name.
    pub fingerprint: String,
    /// Its kind.
    pub kind: String,
    /// The access key ID.
    pub access_key_id: Option<String>,
    /// The account.
    pub account_id: Option<String>,
    /// In which submodule's repository it lies.
    pub submodule: Option<String>,
    /// The secret's hash.
    pub secret_sha256: Option<String>,
    /// Who is told when somebody uses it.
    pub canary: Option<String>,
    /// The IAM user.
    pub user: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The key that signed it.
    pub signed_by: Option<String>,
    /// When it ends.
    pub expires_at: Option<String>,
    /// Whether it works.
    pub validity: Verdict,
    /// What the owner's listing says.
    pub inventory: Option<Listed>,
    /// How far it has spread.
    pub exposure: Spread,
    /// Every place.
    pub occurrences: Vec<Spot>,
    /// Remarks; one says that it has expired.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// Whether a credential works.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Verdict {
    /// `not-checked`, `active`, `not-valid`, `id-active`, `expired`, `unknown`.
    pub state: String,
    /// Whose it is.
    pub arn: Option<String>,
}

/// What the owner's listing says of a key.
#[derive(Clone, Debug, Deserialize)]
pub struct Listed {
    /// `active`, `inactive`, `deleted`, `not-listed`.
    pub state: String,
}

/// How far it has spread.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Spread {
    /// The commit that brought it.
    pub introduced: Option<Stamp>,
    /// The commit that took it out of HEAD.
    pub removed: Option<Stamp>,
    /// True if HEAD holds it; absent if nobody looked.
    pub at_head: Option<bool>,
    /// Refs that reach it.
    pub refs: Option<Vec<String>>,
    /// All of them, counted.
    pub ref_count: Option<u64>,
    /// Commits that hold it, counted.
    pub commit_count: Option<u64>,
    /// Their authors, counted.
    pub author_count: Option<u64>,
    /// `yes`, `once`, `here`, `not-seen`, `unknown`.
    pub pushed: Option<String>,
    /// Remotes that have it.
    pub pushed_to: Option<Vec<String>>,
    /// What else holds it.
    #[serde(default)]
    pub held_by: Vec<Holder>,
    /// The first commit's date.
    pub first_seen: Option<String>,
    /// The last commit's date.
    pub last_seen: Option<String>,
}

/// A commit.
#[derive(Clone, Debug, Deserialize)]
pub struct Stamp {
    /// Its name.
    pub commit: String,
    /// Its author.
    pub author: String,
    /// Its date.
    pub date: Option<String>,
}

/// Something that holds an object without a ref.
#[derive(Clone, Debug, Deserialize)]
pub struct Holder {
    /// `reflog`, `stash`, `worktree`, `pseudo-ref`, `index`, `file`, `dangling`.
    pub kind: String,
    /// Its name.
    pub name: Option<String>,
}

/// One place.
#[derive(Clone, Debug, Deserialize)]
pub struct Spot {
    /// Which part.
    pub part: String,
    /// Which field.
    pub field: String,
    /// The object.
    pub object: Option<String>,
    /// Its kind.
    pub object_kind: Option<String>,
    /// Its path.
    pub path: Option<String>,
    /// Its path's bytes in base64, where they are not UTF-8.
    pub path_bytes: Option<String>,
    /// All its paths, where it has several.
    #[serde(default)]
    pub paths: Vec<Name>,
    /// The commit that brought the object.
    pub commit: Option<String>,
    /// The line, for people.
    pub line: Option<u64>,
    /// From the outermost encoding to the innermost.
    #[serde(default)]
    pub encodings: Vec<String>,
}

/// One of several paths.
#[derive(Clone, Debug, Deserialize)]
pub struct Name {
    /// As text.
    pub path: String,
    /// Its bytes in base64, where they are not UTF-8.
    pub path_bytes: Option<String>,
}

/// A path's bytes, from either form.
fn bytes(text: Option<&String>, base64: Option<&String>) -> Option<Vec<u8>> {
    let raw = base64.and_then(|text| data_encoding::BASE64.decode(text.as_bytes()).ok());
    raw.or_else(|| text.cloned().map(String::into_bytes))
}

impl Spot {
    /// The path's bytes. A path that holds a secret has a mark in its place.
    pub fn path(&self) -> Option<Vec<u8>> {
        bytes(self.path.as_ref(), self.path_bytes.as_ref())
    }

    /// All its paths.
    pub fn all_paths(&self) -> impl Iterator<Item = Vec<u8>> {
        let others = self.paths.iter();
        let others = others.filter_map(|name| bytes(Some(&name.path), name.path_bytes.as_ref()));
        self.path().into_iter().chain(others)
    }

    /// True if text rules of `git filter-repo` cannot reach it: the bytes are no text.
    pub fn is_packed(&self) -> bool {
        const PACKED: [&str; 12] = [
            "utf-16le", "utf-16be", "utf-32le", "utf-32be", "ebcdic", "gzip", "zlib", "bzip2",
            "xz", "lzma", "zstd", "zip",
        ];
        self.field == "content"
            && self
                .encodings
                .first()
                .is_some_and(|outer| PACKED.contains(&outer.as_str()))
    }
}

/// What the files at HEAD tell; empty if nobody looked.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// True if HEAD's files were looked at.
    pub looked: bool,
    /// All paths, as far as they were listed.
    pub paths: Vec<Vec<u8>>,
    /// Files that hold a key, with the fingerprints.
    pub holders: BTreeMap<Vec<u8>, Vec<String>>,
    /// Files that read AWS credentials from somewhere, with the name that says so.
    pub readers: BTreeMap<Vec<u8>, &'static str>,
    /// Remotes and the hosts of their URLs.
    pub hosts: BTreeMap<String, String>,
    /// True if the repository has no work tree of its own.
    pub is_bare: bool,
}

/// What a user adds.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// The user's own accounts; empty if none is known.
    pub accounts: Vec<String>,
    /// Only these findings; empty for all.
    pub fingerprints: Vec<String>,
    /// The repository, as an absolute path.
    pub repository: Vec<u8>,
    /// The report that the proof starts from, as an absolute path.
    pub report: Vec<u8>,
    /// The folder that the plan is written into, as an absolute path; empty if it is printed.
    pub out: Vec<u8>,
    /// What was done with the keys, if somebody looked.
    pub investigated: Option<super::remnant::Investigated>,
}

/// Why a report is no case.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// It is no JSON report of a sweep.
    #[error("is no JSON report of keysweep: {0}")]
    Shape(String),
    /// It has another schema.
    #[error("has the schema `{0}`, and this version reads keysweep/1")]
    Schema(String),
}

impl Target {
    /// True for a remote, of which only a copy was swept that is gone by now.
    pub fn is_remote(&self) -> bool {
        let first = self.path.split('/').next().unwrap_or_default();
        self.path == self.git_dir && first.contains(':')
    }
}

impl Case {
    /// Reads a report.
    ///
    /// # Errors
    /// It is none.
    pub fn read(json: &[u8]) -> Result<Case, Unread> {
        let mut case: Case =
            serde_json::from_slice(json).map_err(|error| Unread::Shape(error.to_string()))?;
        if case.schema != "keysweep/1" {
            return Err(Unread::Schema(case.schema));
        }
        // A report is untrusted: what goes into commands must look like what it claims to be.
        for leak in &mut case.findings {
            leak.access_key_id = leak.access_key_id.take().filter(|id| is_id(id));
            leak.signed_by = leak.signed_by.take().filter(|id| is_id(id));
            leak.account_id = leak.account_id.take().filter(|id| is_account(id));
            let is_print = leak.fingerprint.strip_prefix("ks1-").is_some_and(is_hex);
            if !is_print {
                return Err(Unread::Shape("a fingerprint is none".to_owned()));
            }
            for stamp in [&leak.exposure.introduced, &leak.exposure.removed] {
                if stamp.as_ref().is_some_and(|stamp| !is_hex(&stamp.commit)) {
                    return Err(Unread::Shape("a commit has no name".to_owned()));
                }
            }
            for spot in &mut leak.occurrences {
                spot.commit = spot.commit.take().filter(|id| is_hex(id));
                spot.object = spot.object.take().filter(|id| is_hex(id));
            }
        }
        Ok(case)
    }
}

fn is_id(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_hex(text: &str) -> bool {
    (32..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}
