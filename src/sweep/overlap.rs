//! Asking while there is still something to scan: what one object says surely needs no history.
//!
//! Only keys whose ID and secret stand together in one file are asked about early, and only where
//! everything that is read counts: of a range it is told afterwards what belongs to it. Whatever
//! history adds (other secrets of the same ID, candidates, tokens) is asked in the end, and the
//! verdicts are the same as without asking early.

use super::verifying::{Verifier, around, file_around, words};
use super::{Selection, Stages, names};
use crate::canaries::Canaries;
use crate::git::repo::Repo;
use crate::model::{Hit, Object, ObjectKind, Part, Place, Span};
use crate::pairing;

/// Of a place with more hits it is left to the end which belong together.
const HITS_MAX: usize = 1000;

/// Somebody who can be asked early.
pub(super) struct Early<'a> {
    verifier: &'a Verifier,
    canaries: &'a Canaries,
    repo: &'a Repo,
}

impl<'a> Early<'a> {
    /// Whoever can, if everything that is scanned counts.
    pub(super) fn of(stages: &Stages<'a>) -> Option<Early<'a>> {
        let plan = stages.plan;
        let is_wanted = plan.verification.as_ref().is_some_and(|v| v.overlap);
        let counts = !matches!(plan.selection, Selection::Range(_));
        let is_alone = plan.known.as_ref().is_some_and(|known| known.alone);
        let verifier = stages
            .verifier
            .filter(|_| is_wanted && counts && !is_alone)?;
        Some(Early {
            verifier,
            canaries: stages.canaries,
            repo: stages.repo,
        })
    }

    /// Has asked about what is sure of an object with these hits.
    pub(super) fn object(&self, hits: &[Hit], object: &Object<'_>) {
        // Of a message, its commit has a say.
        if object.kind == ObjectKind::Blob {
            self.consider(hits, |_, span| around(object.bytes, span));
        }
    }

    /// The same of a file of the work tree.
    pub(super) fn file(&self, hits: &[Hit]) {
        self.consider(hits, |place, span| match place {
            Place::WorktreeFile(path) => file_around(self.repo, path, span),
            _ => Vec::new(),
        });
    }

    fn consider(&self, hits: &[Hit], near: impl Fn(&Place, Span) -> Vec<u8>) {
        let Some(place) = hits.last().map(|hit| &hit.place) else {
            return;
        };
        // Those of other places are there only where so many were found that some were dropped.
        let is_whole = hits.len() <= HITS_MAX && hits.iter().all(|hit| hit.place == *place);
        if !is_whole || !hits.iter().any(|hit| self.is_new(hit)) {
            return;
        }
        let mut credentials = pairing::pair(names::unlocated(hits.to_vec()));
        self.canaries.mark(&mut credentials);
        for credential in &credentials {
            let ids = credential.hits.iter().map(|located| &located.hit);
            let mut ids = ids.filter(|hit| hit.part == Part::Id);
            let mut hints = || ids.next().map(|hit| words(&near(&hit.place, hit.span)));
            self.verifier
                .offer(credential, || hints().unwrap_or_default());
        }
    }

    fn is_new(&self, hit: &Hit) -> bool {
        let is_id = hit.part == Part::Id && hit.placeholder.is_none();
        let id = std::str::from_utf8(hit.value.expose());
        is_id && id.is_ok_and(|id| !self.verifier.was_offered(id))
    }
}
