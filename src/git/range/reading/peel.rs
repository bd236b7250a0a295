//! From tips to commits, through tags.

use std::collections::HashSet;

use super::Reading;
use crate::git::commit::tag_target;
use crate::git::damage::Damage;
use crate::git::range::fetch::Fetched;
use crate::git::range::walk::unread;
use crate::git::source::ScanObjects;
use crate::git::tree::EntryKind;
use crate::model::{Gap, GapKind, ObjectId, ObjectKind};

/// Tags may point to tags; nobody makes more of them.
const TAGS_MAX: usize = 64;

/// Where tips lead.
#[derive(Default)]
pub(super) struct Peeled {
    /// For each tip.
    pub(super) commits: Vec<Option<ObjectId>>,
    pub(super) others: Vec<(ObjectId, EntryKind)>,
}

impl<S: ScanObjects> Reading<'_, '_, '_, S> {
    /// Follows tags to what they are for; reads them on the way. For each tip its commit, if that is
    /// where it leads; what is no commit in the end comes second.
    pub(super) fn peel(&mut self) -> Result<Peeled, Damage> {
        let (mut peeled, mut shown) = (Peeled::default(), HashSet::new());
        for (bit, tip) in self.range.tips.iter().enumerate() {
            self.tips = 1_u64.checked_shl(bit as u32).unwrap_or(0);
            let mut next = Some(*tip);
            let mut commit = None;
            for _ in 0..TAGS_MAX {
                let Some(id) = next.take().filter(|id| !self.range.hidden.contains(id)) else {
                    break;
                };
                match self.fetcher.fetch(&id) {
                    Ok(Some(Fetched::Whole(ObjectKind::Commit, _))) => commit = Some(id),
                    Ok(Some(Fetched::Whole(ObjectKind::Tree, _))) => {
                        peeled.others.push((id, EntryKind::Tree));
                    }
                    Ok(Some(Fetched::Whole(ObjectKind::Blob, _) | Fetched::Large(_))) => {
                        peeled.others.push((id, EntryKind::Blob));
                    }
                    Ok(Some(Fetched::Whole(ObjectKind::Tag, content))) => {
                        if shown.insert(id) && self.show(id, ObjectKind::Tag, &content) {
                            self.bring(id, None);
                        }
                        next = tag_target(&content).map(|(target, _)| target);
                        if next.is_none() {
                            let detail = "a tag that names no object";
                            let gap = Gap::of_object(GapKind::Damaged, id, detail);
                            self.read.gaps.push(gap);
                        }
                    }
                    Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
                    other => {
                        let gap = unread(&id, &other, self.missing, None);
                        self.read.gaps.push(gap);
                    }
                }
            }
            peeled.commits.push(commit);
        }
        Ok(peeled)
    }
}
