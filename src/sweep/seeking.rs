//! Values that the user named: looked for beside the rules, or alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Stages;
use crate::git::objects::Objects;
use crate::model::{
    Confidence, Credential, Details, Field, Finding, Hit, LocatedHit, Mark, ObjectId, Part, Place,
    Secret,
};
use crate::scan::known::{Known, SeekStream, Seeker};

impl Stages<'_> {
    /// The known values, if nothing else is looked for.
    pub(super) fn sought_alone(&self) -> Option<&Known> {
        let known = self.plan.known.as_ref().filter(|known| known.alone);
        known.map(|known| &*known.values)
    }
}

/// Which values, and whether anything else is looked for.
#[derive(Clone, Debug)]
pub struct KnownPlan {
    /// The values.
    pub values: Arc<Known>,
    /// Nothing but these: every place is then a finding of its own, since it is places that are
    /// asked for.
    pub alone: bool,
}

/// One worker's seeker, with the content that comes piece by piece.
pub(super) struct Seeking {
    pub(super) seeker: Seeker,
    stream: Option<SeekStream>,
}

impl Seeking {
    pub(super) fn new(known: &Arc<Known>, hits_max: usize) -> Seeking {
        Seeking {
            seeker: Seeker::new(Arc::clone(known), hits_max),
            stream: None,
        }
    }

    pub(super) fn begin(&mut self, place: Place, field: Field) {
        self.stream = Some(SeekStream::new(place, field));
    }

    pub(super) fn piece(&mut self, bytes: &[u8]) {
        if let Some(stream) = &mut self.stream {
            stream.push(&self.seeker, bytes);
        }
    }

    /// What was found in the content, if it came to its end.
    pub(super) fn end(&mut self, whole: bool) -> Vec<Hit> {
        let mut hits = Vec::new();
        if let Some(stream) = self.stream.take().filter(|_| whole) {
            stream.finish(&mut self.seeker, &mut hits);
        }
        hits
    }
}

/// Adds known values to what rules found in the same place from `before` on. Where both found the
/// same, the rule's hit says who named it, and is as sure as that.
pub(super) fn join(hits: &mut Vec<Hit>, before: usize, sought: Vec<Hit>) {
    for known in sought {
        let is_same = |hit: &&mut Hit| {
            let meets = hit.span.start < known.span.end && known.span.start < hit.span.end;
            meets && hit.part == known.part && hit.value == known.value
        };
        let mut same = hits[before..].iter_mut().filter(is_same).peekable();
        if same.peek().is_none() {
            hits.push(known);
            continue;
        }
        for hit in same {
            hit.about.known.clone_from(&known.about.known);
            hit.confidence = Confidence::High;
            hit.labelled = true;
        }
    }
}

/// One credential for each value and place, of hits on known values only.
pub(super) fn credentials(known: &Known, located: Vec<LocatedHit>) -> Vec<Credential> {
    let mut places: BTreeMap<(usize, Place), Vec<LocatedHit>> = BTreeMap::new();
    for one in located {
        let Some(number) = number(known, &one.hit) else {
            continue;
        };
        let place = one.hit.place.clone();
        places.entry((number, place)).or_default().push(one);
    }
    let credential = |((number, _), hits): ((usize, Place), Vec<LocatedHit>)| {
        let value = &known.values()[number];
        let found: Option<Secret> = hits.first().map(|one| one.hit.value.clone());
        let id = found.as_ref().filter(|_| value.part == Part::Id);
        let id = id.map(|id| String::from_utf8_lossy(id.expose()).into_owned());
        let of = |parts: &[Part]| found.clone().filter(|_| parts.contains(&value.part));
        Credential {
            accepted: None,
            kind: value.kind,
            access_key_id: id,
            secret: of(&[Part::Secret, Part::Key]),
            token: of(&[Part::Token]),
            rule: crate::scan::known::RULE,
            confidence: Confidence::High,
            hits,
            candidates: Vec::new(),
            placeholder: None,
            details: Details {
                known: Some(value.label.to_string()),
                ..Details::default()
            },
        }
    };
    places.into_iter().map(credential).collect()
}

/// Where the objects lie that findings are in.
pub(super) fn stored(findings: &[Finding], objects: &Objects) -> BTreeMap<ObjectId, String> {
    let places = findings.iter().flat_map(|finding| &finding.occurrences);
    let ids = places.filter_map(|place| place.object);
    ids.filter_map(|id| Some((id, objects.stored(objects.number(&id)?))))
        .collect()
}

/// Which of the values a hit is.
fn number(known: &Known, hit: &Hit) -> Option<usize> {
    let sha256 = hit.value.sha256();
    known.values().iter().position(|value| {
        let is_value = match &value.mark {
            Mark::Literal(id) => id.as_bytes() == hit.value.expose(),
            Mark::Hash { .. } => value.sha256().as_ref() == Some(&sha256),
        };
        value.part == hit.part && is_value
    })
}
