//! What the files at HEAD tell: who uses the keys, which CI system runs, where the remotes are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::git::survey::Survey as Look;
use crate::model::{Control, ObjectId};
use crate::remediation::{Case, Survey};

/// Most files of HEAD that are listed.
const FILES_MAX: usize = 100_000;
/// Most files that are looked into.
const READ_MAX: usize = 20_000;
/// Larger files are no configuration and no program's text.
const SIZE_MAX: usize = 256 << 10;
/// Most readers that are named.
const READERS_MAX: usize = 100;

/// Names by which files take AWS credentials from somewhere else.
const READERS: [&str; 8] = [
    "AWS_ACCESS_KEY_ID",
    "aws_access_key_id",
    "AWS_SECRET_ACCESS_KEY",
    "aws-access-key-id",
    "aws_access_key",
    "AWS_PROFILE",
    "accessKeyId",
    "AWS_BEARER_TOKEN_BEDROCK",
];

/// Looks at a repository; gives its folder, if there is one.
pub(super) fn look(path: &Path, explicit: bool, case: &Case) -> (Option<PathBuf>, Survey) {
    let control = Control::default();
    let Ok(look) = Look::open(path, explicit, &control) else {
        return (None, Survey::default());
    };
    let home = look.home();
    let home = home.canonicalize().unwrap_or_else(|_| home.to_owned());
    // A report from another machine may name a path that is something else here.
    let git_dir = Path::new(&case.target.git_dir);
    let same = |a: &Path| a.canonicalize().ok() == git_dir.canonicalize().ok();
    if !look.folders().into_iter().any(same) {
        return (Some(home), Survey::default());
    }
    let files = look.head_files(FILES_MAX);
    let mut survey = Survey {
        looked: true,
        is_bare: look.is_bare(),
        hosts: look.hosts(),
        holders: holders(&files, case),
        ..Survey::default()
    };
    let few = files.iter().take(READ_MAX);
    let mut paths: BTreeMap<ObjectId, Vec<&Vec<u8>>> = BTreeMap::new();
    for (path, id) in few {
        paths.entry(*id).or_default().push(path);
    }
    look.read(paths.keys().copied().collect::<Vec<_>>(), |id, read| {
        let Some((_, content)) = read.filter(|(_, content)| content.len() <= SIZE_MAX) else {
            return;
        };
        let found = READERS
            .into_iter()
            .find(|name| memchr::memmem::find(&content, name.as_bytes()).is_some());
        let Some(name) = found else { return };
        for path in &paths[&id] {
            if survey.readers.len() < READERS_MAX && !survey.holders.contains_key(*path) {
                survey.readers.insert((*path).clone(), name);
            }
        }
    });
    survey.paths = files.into_iter().map(|(path, _)| path).collect();
    (Some(home), survey)
}

/// Files of HEAD whose content holds a finding.
fn holders(files: &[(Vec<u8>, ObjectId)], case: &Case) -> BTreeMap<Vec<u8>, Vec<String>> {
    let mut by_object: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for leak in &case.findings {
        for object in leak
            .occurrences
            .iter()
            .filter_map(|spot| spot.object.as_deref())
        {
            let known = by_object.entry(object).or_default();
            if known.last() != Some(&leak.fingerprint.as_str()) {
                known.push(&leak.fingerprint);
            }
        }
    }
    let held = files.iter().filter_map(|(path, id)| {
        let known = by_object.get(id.to_string().as_str())?;
        let known = known.iter().map(|print| (*print).to_owned());
        Some((path.clone(), known.collect()))
    });
    held.collect()
}
