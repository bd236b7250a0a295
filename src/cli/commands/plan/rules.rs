//! `--write-rules`: the one place where keysweep writes secrets.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{save, swept};
use crate::cli::args::{General, Plan};
use crate::cli::exit;
use crate::cli::failure::Failure;
use crate::git::survey::Survey;
use crate::model::{Control, Encoding, Field, Finding, ObjectId, ObjectKind, Secret};
use crate::remediation;

/// A value longer than this is no key but all that something was unpacked from.
const VALUE_MAX: usize = 64 << 10;

/// What is to be removed.
#[derive(Default)]
struct Removal {
    /// Exact bytes, as they stand in objects and names.
    values: Vec<Zeroizing<Vec<u8>>>,
    /// Blobs that text rules do not reach.
    blobs: BTreeSet<ObjectId>,
    /// Commits from which on history changes.
    commits: BTreeSet<ObjectId>,
}

/// Sweeps, reads what was found once more, and writes the rules.
pub(super) fn write(general: &General, args: &Plan, file: &Path) -> Result<u8, Failure> {
    let control = Control::default();
    let path = args.subject.clone();
    let explicit = path.is_some();
    let path = path.unwrap_or_else(|| PathBuf::from("."));
    let survey = Survey::open(&path, explicit, &control)
        .map_err(|error| Failure::new(&error.message).hinted(error.hint))?;
    let file = outside(file, &survey)?;
    let report = swept(general, args.subject.clone())?;
    let findings: Vec<&Finding> = related(&report.findings, &args.fingerprint);
    let removal = gather(&findings, &survey);
    create(&file, &remediation::rule_lines(removal.values))?;
    let list = |ids: &BTreeSet<ObjectId>| -> Vec<u8> {
        ids.iter()
            .flat_map(|id| format!("{id}\n").into_bytes())
            .collect()
    };
    save(&with_ending(&file, ".blobs"), &list(&removal.blobs), 0o600)?;
    save(
        &with_ending(&file, ".commits"),
        &list(&removal.commits),
        0o600,
    )?;
    Ok(if report.complete() {
        exit::CLEAN
    } else {
        exit::INCOMPLETE
    })
}

/// The findings that are asked for, and those that share an ID or a secret with them; all, if none
/// is asked for.
fn related<'r>(findings: &'r [Finding], wanted: &[String]) -> Vec<&'r Finding> {
    if wanted.is_empty() {
        return findings.iter().collect();
    }
    let named = |finding: &&Finding| wanted.contains(&finding.fingerprint.0);
    let marks = |finding: &Finding| -> Vec<String> {
        let credential = &finding.credential;
        let secret = credential.secret.as_ref().map(Secret::sha256);
        credential
            .access_key_id
            .clone()
            .into_iter()
            .chain(secret)
            .collect()
    };
    let known: BTreeSet<String> = findings.iter().filter(named).flat_map(marks).collect();
    let shares = |finding: &&Finding| {
        named(finding) || marks(finding).iter().any(|mark| known.contains(mark))
    };
    findings.iter().filter(shares).collect()
}

/// Collects exact bytes: those of every place, and the plain values besides.
fn gather(findings: &[&Finding], survey: &Survey<'_>) -> Removal {
    let mut removal = Removal::default();
    let mut spans: BTreeMap<ObjectId, Vec<(usize, usize, bool)>> = BTreeMap::new();
    for finding in findings
        .iter()
        .filter(|finding| finding.submodule.is_none())
    {
        let credential = &finding.credential;
        let secrets = [&credential.secret, &credential.token];
        let plain = secrets.into_iter().flatten().map(Secret::expose);
        let id = credential
            .access_key_id
            .as_ref()
            .map(std::string::String::as_bytes);
        for value in plain.chain(id) {
            removal.values.push(Zeroizing::new(value.to_vec()));
        }
        for place in &finding.occurrences {
            let (start, end) = (place.span.start as usize, place.span.end as usize);
            match (place.object, place.field, &place.path) {
                (_, Field::RefName | Field::IndexPath, Some(name)) | (None, _, Some(name)) => {
                    removal.keep(name, start, end);
                }
                (Some(object), Field::Content, _) => {
                    let packed = place.encodings.first().is_some_and(|e| is_packed(*e));
                    spans.entry(object).or_default().push((start, end, packed));
                }
                (Some(object), _, _) => {
                    spans.entry(object).or_default().push((start, end, false));
                    if place.object_kind == Some(ObjectKind::Commit) {
                        removal.commits.insert(object);
                    }
                }
                _ => {}
            }
            removal.commits.extend(place.commit);
        }
        let stamp = finding.exposure.introduced.as_ref();
        removal.commits.extend(stamp.map(|stamp| stamp.commit));
    }
    let objects: Vec<ObjectId> = spans.keys().copied().collect();
    survey.read(objects, |id, read| {
        let Some((kind, content)) = read.map(|(kind, content)| (kind, Zeroizing::new(content)))
        else {
            removal.blobs.insert(id);
            return;
        };
        let is_binary = kind == ObjectKind::Blob && remediation::is_binary(&content);
        for (start, end, packed) in &spans[&id] {
            if is_binary || *packed || end.saturating_sub(*start) > VALUE_MAX {
                removal.blobs.insert(id);
            }
            if !packed {
                removal.keep(&content, *start, *end);
            }
        }
    });
    removal
}

impl Removal {
    /// Keeps some bytes as a value.
    fn keep(&mut self, bytes: &[u8], start: usize, end: usize) {
        let value = bytes
            .get(start..end)
            .filter(|value| value.len() <= VALUE_MAX);
        self.values
            .extend(value.map(|value| Zeroizing::new(value.to_vec())));
    }
}

/// True for what is no text around the value.
const fn is_packed(encoding: Encoding) -> bool {
    matches!(
        encoding,
        Encoding::Utf16Le
            | Encoding::Utf16Be
            | Encoding::Utf32Le
            | Encoding::Utf32Be
            | Encoding::Ebcdic
            | Encoding::Gzip
            | Encoding::Zlib
            | Encoding::Bzip2
            | Encoding::Xz
            | Encoding::Lzma
            | Encoding::Zstd
            | Encoding::Zip
    )
}

/// The file's real path, if it is new and lies in no folder of the repository.
fn outside(file: &Path, survey: &Survey<'_>) -> Result<PathBuf, Failure> {
    let shown = file.display();
    let name = file.file_name().ok_or_else(|| {
        Failure::new(format!("`{shown}` names no file")).hinted("end the path with a file name")
    })?;
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(|error| {
        Failure::new(format!("the folder of `{shown}` cannot be opened: {error}"))
            .hinted("make a folder that only you can enter: `mktemp -d`")
    })?;
    let own = survey
        .folders()
        .into_iter()
        .filter_map(|path| path.canonicalize().ok());
    let inside = own.into_iter().any(|path| folder.starts_with(path));
    if inside || folder.ancestors().any(crate::cli::output::is_git_dir) {
        return Err(Failure::new(format!(
            "`{shown}` lies inside a repository, and would hold secrets"
        ))
        .hinted("name a file outside, in a folder that only you can enter: `mktemp -d`"));
    }
    Ok(folder.join(name))
}

/// Makes the file, which must not be there yet, for its owner alone.
fn create(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let mut options = File::options();
        options.write(true).create_new(true);
        owner_only(&mut options);
        let mut file = options.open(path)?;
        let done = file.write_all(content).and_then(|()| file.sync_all());
        if done.is_err() {
            // Half of the secrets are secrets, too.
            std::fs::remove_file(path).ok();
        }
        done
    };
    write().map_err(|error| {
        Failure::new(format!("`{}` cannot be written: {error}", path.display()))
            .hinted("name a file that is not there yet, in a folder that you can write to")
    })
}

#[cfg(unix)]
fn owner_only(options: &mut std::fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut std::fs::OpenOptions) {}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
