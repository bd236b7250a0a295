//! What a report says of history, read back.

use serde::Deserialize;

use super::raw;
use crate::model::{Blind, CommitStamp, Exposure, Held, Location, ObjectId, Pushed, Traced};

#[derive(Deserialize)]
pub(super) struct PathIn {
    path: String,
    path_bytes: Option<String>,
}

impl PathIn {
    fn raw(self) -> Vec<u8> {
        raw(self.path, self.path_bytes.as_ref())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PlaceIn {
    pub(super) field: String,
    pub(super) object: Option<ObjectId>,
    path: Option<String>,
    path_bytes: Option<String>,
    paths: Vec<PathIn>,
    path_count: Option<u64>,
    path_count_at_least: bool,
    commit: Option<ObjectId>,
}

impl From<PlaceIn> for Location {
    fn from(place: PlaceIn) -> Location {
        let path = place.path.map(|path| raw(path, place.path_bytes.as_ref()));
        let mut paths: Vec<Vec<u8>> = place.paths.into_iter().map(PathIn::raw).collect();
        if paths.is_empty() {
            paths.extend(path.clone());
        }
        paths.sort();
        let introduced = place.commit.map(|commit| CommitStamp {
            commit,
            author: Vec::new(),
            date: None,
            time: 0,
        });
        Location {
            path_count: place.path_count.unwrap_or(paths.len() as u64),
            path_count_at_least: place.path_count_at_least,
            introduced_count: u64::from(introduced.is_some()),
            introduced,
            introduced_path: path,
            reachable: false,
            paths,
        }
    }
}

#[derive(Deserialize)]
struct StampIn {
    commit: ObjectId,
    author: String,
    date: Option<String>,
}

impl From<StampIn> for CommitStamp {
    fn from(stamp: StampIn) -> CommitStamp {
        CommitStamp {
            commit: stamp.commit,
            author: stamp.author.into_bytes(),
            date: stamp.date,
            time: 0,
        }
    }
}

#[derive(Deserialize)]
struct HeldIn {
    kind: String,
    name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ExposureIn {
    introduced: Option<StampIn>,
    removed: Option<StampIn>,
    at_head: Option<bool>,
    at_tips: Option<Vec<String>>,
    commit_count: Option<u64>,
    author_count: Option<u64>,
    refs: Option<Vec<String>>,
    ref_count: Option<u64>,
    pushed: Option<String>,
    pushed_to: Option<Vec<String>>,
    reachable: Option<bool>,
    held_by: Vec<HeldIn>,
    first_seen: Option<String>,
    last_seen: Option<String>,
}

impl From<ExposureIn> for Exposure {
    fn from(told: ExposureIn) -> Exposure {
        // Null is written where nobody looked.
        let traced = match (told.reachable, told.at_head) {
            (None, _) => Traced::No,
            (Some(_), None) => Traced::WithoutHead,
            (Some(_), Some(_)) => Traced::Yes,
        };
        let pushed = match told.pushed.as_deref() {
            Some("yes") => Pushed::Yes,
            Some("once") => Pushed::Once,
            Some("here") => Pushed::Here,
            Some("not-seen") => Pushed::NotSeen,
            _ => Pushed::Unknown(Blind::Recorded),
        };
        Exposure {
            traced,
            introduced: told.introduced.map(Into::into),
            removed: told.removed.map(Into::into),
            at_head: told.at_head.unwrap_or_default(),
            at_tips: told.at_tips,
            commit_count: told.commit_count.unwrap_or_default(),
            author_count: told.author_count,
            refs: told.refs.unwrap_or_default(),
            ref_count: told.ref_count.unwrap_or_default(),
            pushed,
            pushed_to: told.pushed_to.unwrap_or_default(),
            reachable: told.reachable.unwrap_or_default(),
            held_by: told.held_by.into_iter().filter_map(held).collect(),
            first_seen: told.first_seen,
            last_seen: told.last_seen,
        }
    }
}

fn held(held: HeldIn) -> Option<Held> {
    let name = held.name.unwrap_or_default();
    Some(match held.kind.as_str() {
        "reflog" => Held::Reflog(name),
        "stash" => Held::Stash(name),
        "worktree" => Held::Worktree(name),
        "pseudo-ref" => Held::PseudoRef(name),
        "index" => Held::Index(name),
        "file" => Held::File(name),
        "dangling" => Held::Dangling,
        _ => return None,
    })
}
