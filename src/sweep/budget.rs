//! The bound on how many hits are kept. Which ones are kept depends on the hits alone, never on
//! the thread that found them or on the order in which they were found.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

use crate::model::{Gap, GapKind, Hit, Limit, ObjectId, Place};
use crate::placeholders::Placeholders;

/// How many hits are kept: credentials before placeholders, and of each those that come first by
/// their place.
pub(super) struct Budget<'a> {
    placeholders: &'a Placeholders,
    max: usize,
    credentials: AtomicUsize,
    all: AtomicUsize,
    /// One place alone has more hits than are kept.
    is_crowded: AtomicBool,
    /// Nothing is kept of an object whose name begins with a larger number: others are before it.
    last: AtomicU64,
}

impl<'a> Budget<'a> {
    /// At most `max` hits.
    pub(super) fn new(max: usize, placeholders: &'a Placeholders) -> Budget<'a> {
        Budget {
            placeholders,
            max,
            credentials: AtomicUsize::new(0),
            all: AtomicUsize::new(0),
            is_crowded: AtomicBool::new(false),
            last: AtomicU64::new(u64::MAX),
        }
    }

    /// How many hits of one place are looked for: one more tells that there are too many.
    pub(super) fn max_of_one(&self) -> usize {
        self.max.saturating_add(1)
    }

    /// True if no hit of an object would be kept: so many are known already that come before it.
    /// A flood of hits costs no more than those that are kept, then.
    pub(super) fn is_beyond(&self, id: &ObjectId) -> bool {
        number(id) > self.last.load(Relaxed)
    }

    /// True if some credentials were dropped or not even looked for.
    pub(super) fn is_over(&self) -> bool {
        self.credentials.load(Relaxed) > self.max || self.is_crowded.load(Relaxed)
    }

    /// Everything is read again.
    pub(super) fn reset(&self) {
        self.credentials.store(0, Relaxed);
        self.all.store(0, Relaxed);
        self.is_crowded.store(false, Relaxed);
        self.last.store(u64::MAX, Relaxed);
    }

    /// Takes in the hits from place `before` on, which are new: marks what is no credential by
    /// its value, and counts. Drops hits now and then, so that memory is bounded.
    pub(super) fn take(&self, hits: &mut Vec<Hit>, before: usize) {
        let new = &mut hits[before..];
        self.placeholders.mark(new);
        // What somebody named is looked for whatever it looks like.
        for hit in new.iter_mut().filter(|hit| hit.about.known.is_some()) {
            hit.placeholder = None;
        }
        let credentials = new.iter().filter(|hit| hit.placeholder.is_none()).count();
        self.credentials.fetch_add(credentials, Relaxed);
        self.all.fetch_add(new.len(), Relaxed);
        if new.len() > self.max {
            self.is_crowded.store(true, Relaxed);
        }
        if hits.len() > self.max.saturating_add(self.max / 4 + 1) {
            self.cut(hits);
        }
    }

    /// Drops what is over the budget.
    pub(super) fn cut(&self, hits: &mut Vec<Hit>) {
        if hits.len() > self.max {
            hits.select_nth_unstable_by(self.max, order);
            hits.truncate(self.max);
            // Only where it is known that some were dropped: nobody counts what is not looked for.
            if !self.is_over() {
                return;
            }
            if let Some(Place::Object { id, .. }) = hits
                .iter()
                .max_by(|a, b| order(a, b))
                .and_then(|last| last.placeholder.is_none().then_some(&last.place))
            {
                self.last.fetch_min(number(id), Relaxed);
            }
        }
    }

    /// Drops limits of objects of which no hit is kept: whether they were looked into depends on when
    /// it became known that there are too many.
    pub(super) fn cut_limits(&self, limits: &mut Vec<Limit>) {
        if self.is_over() {
            let is_beyond = |limit: &Limit| limit.object.is_some_and(|id| self.is_beyond(&id));
            limits.retain(|limit| !is_beyond(limit));
        }
    }

    /// What to report if credentials had to be dropped.
    pub(super) fn gap(&self) -> Option<Gap> {
        let detail = || {
            format!(
                "there are more than {} hits: those in the objects whose names come first were \
                 kept, and the rest was not even looked for",
                self.max
            )
        };
        self.is_over()
            .then(|| Gap::new(GapKind::HitLimit, detail()))
    }

    /// What to report if only placeholders had to be dropped.
    pub(super) fn limit(&self) -> Option<Limit> {
        let dropped = self.all.load(Relaxed).saturating_sub(self.max);
        let only_placeholders = dropped > 0 && !self.is_over();
        only_placeholders.then(|| Limit {
            kind: "hit-limit",
            object: None,
            detail: format!("{dropped} placeholder hits are not listed"),
        })
    }
}

/// The beginning of a name as a number, in the order of names.
fn number(id: &ObjectId) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&id.as_bytes()[..8]);
    u64::from_be_bytes(first)
}

fn order(a: &Hit, b: &Hit) -> Ordering {
    let key = |hit: &Hit| (hit.span, hit.part, hit.field, hit.rule);
    let by_kind = a.placeholder.is_some().cmp(&b.placeholder.is_some());
    by_kind
        .then_with(|| a.place.cmp(&b.place))
        .then_with(|| key(a).cmp(&key(b)))
        .then_with(|| a.value.expose().cmp(b.value.expose()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Confidence, Field, Part, Place, Position, Secret, Span};

    fn hit(at: u64, value: &[u8]) -> Hit {
        Hit {
            rule: "test",
            part: Part::Id,
            value: Secret::new(value.to_vec()),
            place: Place::RefName(b"refs/heads/x".to_vec()),
            field: Field::RefName,
            span: Span {
                start: at,
                end: at + 20,
            },
            position: Position { line: 1, column: 1 },
            encodings: Vec::new(),
            confidence: Confidence::High,
            section: 0,
            stem: 0,
            labelled: false,
            placeholder: None,
            about: crate::model::About::default(),
            inner: None,
        }
    }

    /// Every third one is a placeholder.
    fn hits(count: u64) -> Vec<Hit> {
        let value = |at| match at % 3 {
            0 => b"AKIAIOSFODNN7EXAMPLE".to_vec(),
            _ => [b"AKIA".as_slice(), &made_up(at)].concat(),
        };
        (0..count).map(|at| hit(at, &value(at))).collect()
    }

    fn made_up(at: u64) -> Vec<u8> {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut state = at.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let next = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            LETTERS[(state >> 20) as usize % 32]
        };
        (0..16).map(next).collect()
    }

    /// What is kept of these hits if so many workers find them, each one's in this order.
    fn kept(budget: &Budget<'_>, workers: usize, order: &[Hit]) -> Vec<u64> {
        let mut all = Vec::new();
        for worker in 0..workers {
            let mut own = Vec::new();
            for hit in order.iter().skip(worker).step_by(workers) {
                own.push(hit.clone());
                let before = own.len() - 1;
                budget.take(&mut own, before);
                assert!(own.len() <= budget.max + budget.max / 4 + 1);
            }
            all.extend(own);
        }
        budget.cut(&mut all);
        let mut places: Vec<u64> = all.iter().map(|hit| hit.span.start).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn the_same_hits_are_kept_whoever_finds_them() {
        let placeholders = Placeholders::builtin().unwrap();
        let forward = hits(100);
        let backward: Vec<Hit> = forward.iter().rev().cloned().collect();
        for max in [1, 10, 66, 80, 200] {
            let budget = Budget::new(max, &placeholders);
            let expected = kept(&budget, 1, &forward);
            assert_eq!(expected.len(), max.min(100));
            let credentials = expected.iter().filter(|at| *at % 3 != 0).count();
            assert_eq!(credentials, max.min(66), "credentials come first");
            for workers in 1..4 {
                for order in [&forward, &backward] {
                    budget.reset();
                    assert_eq!(kept(&budget, workers, order), expected, "{max}");
                }
            }
            assert_eq!(budget.gap().is_some(), max < 66, "{max}");
            assert_eq!(budget.limit().is_some(), max == 66 || max == 80, "{max}");
        }
    }

    /// One hit of an object whose name begins with this number.
    fn in_object(name: u64, value: &[u8]) -> Hit {
        let id = [&name.to_be_bytes()[..], &[0; 12]].concat();
        Hit {
            place: Place::Object {
                id: ObjectId::from_bytes(&id).unwrap(),
                kind: crate::model::ObjectKind::Blob,
            },
            ..hit(0, value)
        }
    }

    #[test]
    fn objects_behind_the_last_one_that_is_kept_need_not_be_scanned() {
        let placeholders = Placeholders::builtin().unwrap();
        let names: Vec<u64> = (0..1000)
            .map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        let mut first = names.clone();
        first.sort_unstable();
        first.truncate(40);
        for workers in 1..4 {
            let budget = Budget::new(40, &placeholders);
            let mut all = Vec::new();
            let mut scanned = 0;
            for worker in 0..workers {
                let mut own = Vec::new();
                for name in names.iter().skip(worker).step_by(workers) {
                    let hit = in_object(*name, &[b"AKIA".as_slice(), &made_up(*name)].concat());
                    let Place::Object { id, .. } = hit.place else {
                        continue;
                    };
                    if budget.is_beyond(&id) {
                        continue;
                    }
                    scanned += 1;
                    own.push(hit);
                    let before = own.len() - 1;
                    budget.take(&mut own, before);
                }
                all.extend(own);
            }
            budget.cut(&mut all);
            let mut kept: Vec<u64> = all
                .iter()
                .filter_map(|hit| match hit.place {
                    Place::Object { id, .. } => Some(number(&id)),
                    _ => None,
                })
                .collect();
            kept.sort_unstable();
            assert_eq!(kept, first, "{workers} workers");
            assert!(scanned < 400, "{scanned} objects were scanned");
            assert!(budget.gap().is_some());
        }
    }

    #[test]
    fn placeholders_let_nothing_be_left_out() {
        let placeholders = Placeholders::builtin().unwrap();
        let budget = Budget::new(5, &placeholders);
        let mut hits = Vec::new();
        for name in 0..100 {
            hits.push(in_object(name, b"AKIAIOSFODNN7EXAMPLE"));
            let before = hits.len() - 1;
            budget.take(&mut hits, before);
        }
        budget.cut(&mut hits);
        let last = ObjectId::from_bytes(&[0xff; 20]).unwrap();
        assert!(!budget.is_beyond(&last) && !budget.is_over());
        // One place with more than is kept may have hidden a credential behind its placeholders.
        let mut flood: Vec<Hit> = (0..6)
            .map(|_| in_object(1, b"AKIAIOSFODNN7EXAMPLE"))
            .collect();
        budget.take(&mut flood, 0);
        assert!(budget.is_over() && budget.gap().is_some());
        budget.reset();
        assert!(!budget.is_over());
    }

    #[test]
    fn nothing_goes_unseen_as_long_as_only_placeholders_are_dropped() {
        let list = Placeholders::builtin().unwrap();
        let budget = Budget::new(2, &list);
        let object = |n: u8| ObjectId::from_bytes(&[n; 20]).unwrap();
        let place = |n: u8| Place::Object {
            id: object(n),
            kind: crate::model::ObjectKind::Blob,
        };
        let found = |n: u8, hit: Hit| Hit {
            place: place(n),
            ..hit
        };
        // Two credentials, and two of the hits that are multiples of three.
        let mut all = Vec::new();
        for (n, at) in [(1, 1), (2, 2), (3, 3), (4, 6)] {
            all.push(found(n, hits(7).swap_remove(at)));
            let last = all.len() - 1;
            budget.take(&mut all, last);
        }
        budget.cut(&mut all);
        assert_eq!(all.len(), 2);
        assert!(!budget.is_over() && !budget.is_beyond(&object(5)));
        all.push(found(5, hits(5).swap_remove(4)));
        let last = all.len() - 1;
        budget.take(&mut all, last);
        budget.cut(&mut all);
        assert!(budget.is_over() && budget.is_beyond(&object(5)));
    }
}
