//! What somebody accepted: lists by fingerprint, and comments on the lines of a finding.

use std::collections::HashMap;

use super::{Stages, SweepPlan};
use crate::grading;
use crate::model::{Credential, Field, Hit, LocatedHit, ObjectId, Part, Place, Report};
use crate::suppression::{inline_acceptance, tag_in};

impl Stages<'_> {
    /// Marks what lists accept, and what comments do, if those count: `content` reads an object.
    pub(super) fn accept(
        &self,
        credentials: &mut [Credential],
        content: &mut dyn FnMut(&ObjectId) -> Option<Vec<u8>>,
    ) {
        self.accept_in(credentials, &mut |hit| match &hit.place {
            Place::Object { id, .. } => content(id).map(|content| (content, 0)),
            _ => None,
        });
    }

    /// The same for files of a work tree: `around` reads what stands around a hit, and says where
    /// that begins.
    pub(super) fn accept_in(&self, credentials: &mut [Credential], around: &mut Read<'_>) {
        let allowances = &self.plan.allowances;
        allowances.mark(credentials, grading::fingerprint);
        if !allowances.inline {
            return;
        }
        let mut contents = Contents {
            around,
            tags: HashMap::new(),
        };
        let undecided = |c: &&mut Credential| {
            let accepted = c.accepted.as_ref();
            c.placeholder.is_none() && accepted.is_none_or(|a| a.has_lapsed)
        };
        for credential in credentials.iter_mut().filter(undecided) {
            if let Some((tag, place)) = contents.tag_of(credential) {
                credential.accepted = Some(inline_acceptance(tag, place));
            }
        }
    }
}

/// Says of the entries of lists which are over or fit nothing, once all was swept.
pub(super) fn tell(plan: &SweepPlan, report: &mut Report) {
    let is_whole = plan.selection == super::Selection::All && report.complete();
    let notes = plan.allowances.notes(report, is_whole);
    report.notes.extend(notes);
    report.notes.sort();
    report.notes.dedup();
}

/// Reads what stands around a hit, and where that begins.
type Read<'r> = dyn FnMut(&Hit) -> Option<(Vec<u8>, u64)> + 'r;

/// Contents with hits, read once more for the comments in them.
struct Contents<'a, 'r> {
    around: &'a mut Read<'r>,
    tags: HashMap<(Place, u64, u64), Option<&'static str>>,
}

impl Contents<'_, '_> {
    /// The tag and its place, if every place of the part that must not be known has one: a comment
    /// speaks for its own line, and for no other.
    fn tag_of(&mut self, credential: &Credential) -> Option<(&'static str, String)> {
        let part = leading(credential);
        let places: Vec<&LocatedHit> = credential
            .hits
            .iter()
            .filter(|located| located.hit.part == part)
            .collect();
        let mut first = None;
        for located in &places {
            let tag = self.tag_at(located)?;
            first.get_or_insert((tag, located));
        }
        let (tag, located) = first?;
        let paths = &located.location.paths;
        let path = match &located.hit.place {
            Place::WorktreeFile(path) => Some(path),
            _ => paths.first(),
        };
        let path = path.map(|path| String::from_utf8_lossy(path).into_owned());
        let line = located.hit.position.line;
        let place = match path {
            Some(path) => format!("{path}:{line}"),
            None => format!("line {line}"),
        };
        Some((tag, place))
    }

    fn tag_at(&mut self, located: &LocatedHit) -> Option<&'static str> {
        let hit = &located.hit;
        if !matches!(hit.field, Field::Content | Field::Message) {
            return None;
        }
        let (start, end) = (hit.span.start, hit.span.end);
        let around = &mut self.around;
        let key = (hit.place.clone(), start, end);
        *self.tags.entry(key).or_insert_with(|| {
            let (content, begin) = around(hit)?;
            let at = |offset: u64| usize::try_from(offset.checked_sub(begin)?).ok();
            tag_in(&content, at(start)?, at(end)?)
        })
    }
}

/// The part without which a credential opens nothing.
fn leading(credential: &Credential) -> Part {
    if credential.kind.is_service_key() {
        Part::Key
    } else if credential.secret.is_some() {
        Part::Secret
    } else if credential.access_key_id.is_some() {
        Part::Id
    } else {
        Part::Token
    }
}
