//! What lies around refs: the shallow boundary, and features that git applies and a sweep does
//! not.

use std::path::Path;

use super::file;
use super::gather::ids_of_lines;
use super::repo::Repo;
use super::submodules::{listed, submodules};
use super::tips::Tips;
use crate::model::{Gap, GapKind, Note};

/// Reads the boundary of a shallow clone.
pub(crate) fn shallow(repo: &Repo, tips: &mut Tips) {
    let shown = Path::new("shallow");
    match ids_of_lines(&repo.common_dir.join(shown), repo.hash) {
        Ok(None) => {}
        Ok(Some((ids, broken))) => {
            tips.shallow = ids;
            if broken > 0 {
                let detail = format!("{broken} lines are no commit id");
                let gap = Gap::of_path(GapKind::Metadata, shown, detail);
                tips.gaps.push(gap);
            }
        }
        Err(error) => tips.gaps.push(file::unreadable(shown, &error)),
    }
}

/// Notes replace refs, grafts and submodules.
pub(crate) fn notes(repo: &Repo, tips: &mut Tips) {
    let is_replacement = |name: &&Vec<u8>| name.starts_with(b"refs/replace/");
    let count = tips.ref_names.iter().filter(is_replacement).count();
    if count > 0 {
        tips.notes.push(Note {
            kind: "replace-refs",
            detail: format!("{count} replace refs were swept as they are, and not applied"),
        });
    }
    let grafts = repo.common_dir.join("info").join("grafts");
    if std::fs::symlink_metadata(&grafts).is_ok_and(|file| file.len() > 0) {
        tips.notes.push(Note {
            kind: "grafts",
            detail: "info/grafts is ignored: history is read as it was committed".to_owned(),
        });
    }
    let halves = half_written(repo);
    if halves > 0 {
        tips.notes.push(Note {
            kind: "half-written-packs",
            detail: format!(
                "objects/pack holds {halves} files of interrupted transfers, which were not read"
            ),
        });
    }
    let found = submodules(repo, &mut tips.unselectable);
    let names: Vec<String> = found.into_iter().map(|submodule| submodule.name).collect();
    if names.is_empty() {
        return;
    }
    tips.coverage.submodules_unread = names.len() as u64;
    tips.notes.push(Note {
        kind: "submodules",
        detail: format!(
            "the submodules {} have repositories of their own, which were not swept: \
             --recurse-submodules sweeps them too",
            listed(&names)
        ),
    });
}

/// How many packs and indexes git began to write and never gave a name.
fn half_written(repo: &Repo) -> usize {
    let own = repo.object_dirs.iter().filter(|dir| !dir.foreign);
    // A folder that cannot be listed is reported by whoever reads the packs.
    let entries = own.filter_map(|dir| file::list(&dir.path.join("pack")).ok().flatten());
    let is_half = |entry: &file::Entry| {
        let name = entry.name.as_encoded_bytes();
        [b"tmp_pack_".as_slice(), b"tmp_idx_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    entries.flatten().filter(is_half).count()
}
