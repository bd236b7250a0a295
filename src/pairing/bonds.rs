//! What two places may have in common, and what a place says of itself.

use super::alone;
use crate::model::{Confidence, LocatedHit, ObjectKind, Part, Place, Says};

/// Words in the name of a file that do not say whose the key in it is.
const FILE_WORDS: &[&str] = &[
    "id",
    "ids",
    "key",
    "keys",
    "keyid",
    "access",
    "accesskey",
    "secret",
    "secrets",
    "secretkey",
    "aws",
    "amazon",
    "s",
    "cred",
    "creds",
    "credential",
    "credentials",
    "env",
    "dotenv",
    "txt",
    "json",
    "yml",
    "yaml",
    "cfg",
    "conf",
    "config",
    "ini",
    "properties",
    "toml",
    "xml",
    "csv",
];

/// What two places have in common.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bond<'a> {
    path: Option<&'a [u8]>,
    folder: Option<&'a [u8]>,
    commit: Option<&'a [u8]>,
    /// `None` where it does not count.
    stem: Option<Stem>,
}

/// What a name says besides what it is the name of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Stem {
    Label(u32),
    File(Vec<u8>),
}

/// Which names must agree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Those of the variables.
    Labels,
    /// Those of the files.
    Files,
    /// None need to.
    Any,
}

/// Where a hit stands, as far as it counts over places.
pub(super) struct Spot<'a> {
    paths: Vec<&'a [u8]>,
    pub(super) commit: Option<&'a [u8]>,
    /// It stands in the message of the commit.
    pub(super) message: bool,
    pub(super) stem: u32,
    /// The object it stands in.
    object: Option<&'a [u8]>,
    /// IDs in the paths of its file.
    pub(super) named: Vec<&'a [u8]>,
    /// Its label says too little to pair it over a distance.
    pub(super) vague: bool,
    /// Its label says as much as that of the other half: `access_key`, `secret_key`.
    pub(super) generic: bool,
    /// Only AWS calls its secrets like that.
    pub(super) of_aws: bool,
    /// It is all there is in its file.
    pub(super) alone: bool,
    /// Its commit brought whole pairs as well: being of the same commit says little then.
    pub(super) busy: bool,
}

/// A way to be close.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    Named,
    Object,
    Path,
    FilesAndCommit,
    FolderAndCommit,
    GenericInFolder,
    NeighboursAndCommit,
    Message,
    Commit,
    FilesInFolder,
    Folder,
}

pub(super) fn spot(located: &LocatedHit) -> Spot<'_> {
    let location = &located.location;
    let mut paths: Vec<&[u8]> = location.paths.iter().map(Vec::as_slice).collect();
    let mut commit = commit_of(located);
    let (mut message, mut object) = (false, None);
    match &located.hit.place {
        Place::Object {
            id,
            kind: ObjectKind::Commit,
        } => {
            commit = Some(id.as_bytes());
            message = true;
        }
        Place::Object { id, .. } => object = Some(id.as_bytes()),
        Place::WorktreeFile(path) | Place::IndexPath(path) => paths.push(path),
        _ => {}
    }
    let is_secret = located.hit.part == Part::Secret;
    let named = if is_secret {
        alone::paths(located).flat_map(alone::ids_in).collect()
    } else {
        Vec::new()
    };
    let naming = located.hit.about.naming;
    Spot {
        paths,
        commit,
        message,
        stem: located.hit.stem,
        object: object.filter(|_| located.hit.inner.is_some()),
        named,
        vague: located.hit.confidence == Confidence::Low,
        generic: naming.generic && matches!(naming.says, Says::Nothing | Says::Secret),
        of_aws: is_secret && located.hit.confidence == Confidence::High,
        alone: located.hit.about.alone,
        busy: false,
    }
}

/// The commit that introduced a hit, as far as it is known.
pub(super) fn commit_of(located: &LocatedHit) -> Option<&[u8]> {
    let introduced = located.location.introduced.as_ref();
    introduced.map(|c| c.commit.as_bytes())
}

/// The folder of a path; `None` for the top folder, where everything meets.
pub(super) fn folder(path: &[u8]) -> Option<&[u8]> {
    path.iter().rposition(|b| *b == b'/').map(|at| &path[..at])
}

/// The folder of a path, the top folder too: within one commit it is one like the others.
pub(super) fn folder_or_top(path: &[u8]) -> &[u8] {
    folder(path).unwrap_or_default()
}

/// What the name of a file says besides what is in it: `dev` for `id.dev.env`. Empty for nothing.
fn file_stem(path: &[u8]) -> Vec<u8> {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let words = lower.split(|b| !b.is_ascii_alphanumeric());
    let words = words.filter(|word| !FILE_WORDS.iter().any(|known| known.as_bytes() == *word));
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(&b'.')
}

/// What a spot has in common with others of the tier.
pub(super) fn bonds<'a>(spot: &Spot<'a>, tier: Tier, names: Names) -> Vec<Bond<'a>> {
    let none = Bond {
        path: None,
        folder: None,
        commit: None,
        stem: (names == Names::Labels).then_some(Stem::Label(spot.stem)),
    };
    let at_path = |path: &'a [u8], bond: Bond<'a>| match names {
        Names::Files => {
            let stem = Some(Stem::File(file_stem(path)));
            let says = stem != Some(Stem::File(Vec::new()));
            says.then_some(Bond { stem, ..bond })
        }
        _ => Some(bond),
    };
    let of_commit = |commit| Bond {
        commit: Some(commit),
        ..none.clone()
    };
    let in_folder = |folder, commit| Bond {
        folder: Some(folder),
        commit,
        ..none.clone()
    };
    let paths = || spot.paths.iter().copied();
    let folders = |of: fn(&'a [u8]) -> Option<&'a [u8]>, commit| {
        let found = paths().filter_map(move |path| Some((path, of(path)?)));
        let bonds = found.filter_map(|(path, folder)| at_path(path, in_folder(folder, commit)));
        bonds.collect::<Vec<_>>()
    };
    match tier {
        // Offered one by one.
        Tier::Named => Vec::new(),
        // Its commit stands for the object: no commit is an object with something packed in it.
        Tier::Object => spot.object.into_iter().map(of_commit).collect(),
        Tier::Path => {
            let of = |path| Bond {
                path: Some(path),
                ..none.clone()
            };
            paths().map(of).collect()
        }
        Tier::FolderAndCommit | Tier::FilesAndCommit | Tier::GenericInFolder => match spot.commit {
            Some(commit) if spot.busy && names == Names::Any => folders(folder, Some(commit)),
            Some(commit) => folders(|path| Some(folder_or_top(path)), Some(commit)),
            None => Vec::new(),
        },
        Tier::NeighboursAndCommit if spot.busy && names == Names::Any => Vec::new(),
        Tier::Commit if spot.busy && names != Names::Labels => Vec::new(),
        Tier::NeighboursAndCommit => match spot.commit {
            Some(commit) => folders(|path| folder(path).and_then(folder), Some(commit)),
            None => Vec::new(),
        },
        Tier::Commit if names == Names::Files => {
            let of = |(commit, path)| at_path(path, of_commit(commit));
            let both = spot.commit.into_iter();
            both.flat_map(|commit| paths().map(move |path| (commit, path)))
                .filter_map(of)
                .collect()
        }
        Tier::Message | Tier::Commit => spot.commit.into_iter().map(of_commit).collect(),
        Tier::FilesInFolder | Tier::Folder => folders(folder, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_of_files_say() {
        for (path, expected) in [
            ("a/id.dev.env", "dev"),
            ("b/secret.dev.env", "dev"),
            ("aws-credentials.PROD.json", "prod"),
            (".env", ""),
            ("main.tf", "main.tf"),
        ] {
            assert_eq!(file_stem(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }
}
