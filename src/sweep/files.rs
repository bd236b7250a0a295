//! `--worktree`: the files as they lie on disk, tracked or not.

use std::io::{Read, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::budget::Budget;
use super::names::unlocated;
use super::scanning::{Found, ScanWorker};
use super::{Error, Scanned, Stages, verifying};
use crate::git::messages;
use crate::git::repo::Worktree;
use crate::git::tips::Tips;
use crate::git::worktree::{self, Content};
use crate::model::{Control, Coverage, Field, Gap, GapKind, Hit, Place, Report};
use crate::pairing;

/// Bytes of a file read at once.
const PIECE_LEN: usize = 512 << 10;

/// How far from a finding a comment on its line may stand.
const LINE_REACH: u64 = 4096;
/// A finding in several pieces may be long; of longer ones comments are not looked for.
const AROUND_MAX: u64 = 1 << 20;

/// Scans the files of the work tree that PATH lies in.
pub(super) fn sweep(stages: &Stages<'_>, respect_gitignore: bool) -> Result<Report, Error> {
    let Some(work_dir) = stages
        .repo
        .worktree()
        .and_then(|worktree: &Worktree| worktree.work_dir.as_deref())
    else {
        return Err(Error::Selection {
            message: "the repository is bare: it has no work tree for --worktree".to_owned(),
            hint: "sweep its objects instead: leave --worktree out".to_owned(),
        });
    };
    let budget = Budget::new(stages.plan.limits.hits_max, stages.placeholders);
    let mut worker = ScanWorker::new(stages, &budget);
    let mut coverage = Coverage::default();
    let mut piece = vec![0; PIECE_LEN];
    let mut unread = Vec::new();
    let mut gaps = worktree::files(work_dir, respect_gitignore, |path, content| {
        if stages.control.check_clock().is_some() {
            return;
        }
        let place = Place::WorktreeFile(path.to_vec());
        // A key in a name is found as it will be once the file is committed, and never shown raw.
        worker.text(place.clone(), Field::EntryName, path);
        match read(
            stages.control,
            &mut worker,
            place,
            Field::Content,
            content,
            &mut piece,
        ) {
            Ok(bytes) => {
                coverage.files += 1;
                coverage.bytes += bytes;
            }
            Err(e) => unread.push(unreadable(path, &e)),
        }
    });
    gaps.append(&mut unread);
    gaps.extend(stages.control.stopped().map(crate::git::source::stop_gap));
    let Found {
        mut hits,
        mut limits,
        ..
    } = worker.finish();
    budget.cut(&mut hits);
    gaps.extend(budget.gap());
    limits.extend(budget.limit());
    let mut credentials = pairing::pair(unlocated(hits));
    stages.canaries.mark(&mut credentials);
    verifying::verify(stages, &mut credentials, &mut |_| None);
    stages.accept_in(&mut credentials, &mut |hit| around(work_dir, hit));
    let graded = credentials
        .into_iter()
        .map(|credential| (credential, Arc::default()))
        .collect();
    let scanned = Scanned {
        limits,
        coverage,
        gaps,
        notes: Vec::new(),
    };
    Ok(stages.report(&Tips::default(), scanned, graded))
}

/// Scans the logs of refs and the messages that git keeps in files; returns a gap for each that
/// cannot be read.
pub(super) fn scan_messages(stages: &Stages<'_>, worker: &mut ScanWorker<'_>) -> Vec<Gap> {
    let mut piece = vec![0; PIECE_LEN];
    let mut unread = Vec::new();
    let gaps = messages::files(stages.repo, |path, content| {
        if stages.control.check_clock().is_some() {
            return;
        }
        let place = Place::GitFile(path.to_vec());
        if let Err(e) = read(
            stages.control,
            worker,
            place,
            Field::Message,
            content,
            &mut piece,
        ) {
            unread.push(unreadable(path, &e));
        }
    });
    let stopped = stages.control.stopped().map(crate::git::source::stop_gap);
    gaps.into_iter().chain(unread).chain(stopped).collect()
}

/// What stands around a hit in a file, and where that begins: as much as a line may be long.
fn around(work_dir: &Path, hit: &Hit) -> Option<(Vec<u8>, u64)> {
    let Place::WorktreeFile(path) = &hit.place else {
        return None;
    };
    let mut file = worktree::open_again(work_dir, path)?;
    let begin = hit.span.start.saturating_sub(LINE_REACH);
    file.seek(SeekFrom::Start(begin)).ok()?;
    let len = hit.span.end.saturating_sub(begin) + LINE_REACH;
    let mut bytes = Vec::new();
    file.take(len.min(AROUND_MAX))
        .read_to_end(&mut bytes)
        .ok()?;
    Some((bytes, begin))
}

fn unreadable(path: &[u8], error: &std::io::Error) -> Gap {
    Gap {
        path: Some(path.to_vec()),
        ..Gap::new(
            GapKind::Unreadable,
            format!("the file cannot be read: {}", error.kind()),
        )
    }
}

/// Scans one file; returns how many bytes it has.
fn read(
    control: &Control,
    worker: &mut ScanWorker<'_>,
    place: Place,
    field: Field,
    content: Content,
    piece: &mut [u8],
) -> std::io::Result<u64> {
    match content {
        Content::Link(target) => {
            worker.text(place, field, &target);
            Ok(target.len() as u64)
        }
        Content::File(mut file) => {
            worker.begin_file(place, field);
            let mut total = 0;
            loop {
                match file.read(piece) {
                    Ok(0) => break,
                    // The stop is a gap of its own.
                    Ok(_) if control.check_clock().is_some() => break,
                    Ok(n) => {
                        worker.file_piece(&piece[..n]);
                        total += n as u64;
                    }
                    Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(e) => {
                        worker.end_file();
                        return Err(e);
                    }
                }
            }
            worker.end_file();
            Ok(total)
        }
    }
}
