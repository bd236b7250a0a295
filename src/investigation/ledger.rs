//! Everything kept: each call of the identities once, whichever files hold it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::record::{Caller, Event};
use super::token::token;
use crate::model::Group;

/// Calls that only look and are listed one by one, at most; beyond, they are counted.
const LISTED_MAX: usize = 100_000;
/// Calls that did something, at most: beyond, the investigation is incomplete.
const DEEDS_MAX: usize = 300_000;
/// Kinds of looks told apart, at most; beyond, addresses and programs are not.
const KINDS_MAX: usize = 100_000;

/// What looks have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct LookKind {
    pub(super) caller: Arc<Caller>,
    pub(super) role: Option<String>,
    pub(super) service: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) region: Arc<str>,
    pub(super) address: Arc<str>,
    pub(super) agent: Arc<str>,
    pub(super) group: Group,
    pub(super) outcome: Outcome,
    /// At or after the time at which the keys leaked.
    pub(super) is_after: bool,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Outcome {
    Succeeded,
    Denied,
    Failed,
}

impl Outcome {
    pub(super) fn of(event: &Event) -> Outcome {
        match &event.error {
            None => Outcome::Succeeded,
            Some(_) if event.is_denied => Outcome::Denied,
            Some(_) => Outcome::Failed,
        }
    }
}

/// How often, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) first: i64,
    pub(super) last: i64,
}

/// The calls.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// When the keys leaked, by key.
    since: HashMap<String, i64>,
    known: HashSet<(u64, u64)>,
    texts: HashSet<Arc<str>>,
    callers: HashSet<Arc<Caller>>,
    /// Calls that did something.
    pub(super) deeds: Vec<Event>,
    /// Calls that only looked, if they are not too many.
    pub(super) looks: Vec<Event>,
    /// All looks, counted.
    pub(super) tallies: BTreeMap<LookKind, Tally>,
    /// Looks that are counted and not listed.
    pub(super) unlisted: u64,
    /// There were more deeds than are kept.
    pub(super) is_full: bool,
}

impl Ledger {
    /// A ledger that tells uses before these times from those after.
    pub(super) fn new(since: HashMap<String, i64>) -> Ledger {
        Ledger {
            since,
            ..Ledger::default()
        }
    }

    /// Adds a call; one that is there already changes nothing.
    pub(super) fn add(&mut self, mut event: Event) {
        if !self.known.insert(name_of(&event)) {
            return;
        }
        self.share(&mut event);
        if !event.is_look() {
            if self.deeds.len() < DEEDS_MAX {
                self.deeds.push(event);
            } else {
                self.is_full = true;
            }
            return;
        }
        self.count(&event);
        if self.unlisted > 0 {
            self.unlisted += 1;
        } else if self.looks.len() < LISTED_MAX {
            self.looks.push(event);
        } else {
            // All or none: which ones come first depends on the threads.
            self.unlisted = self.looks.len() as u64 + 1;
            self.looks = Vec::new();
        }
    }

    fn count(&mut self, event: &Event) {
        let since = self.since.get(&event.caller.key);
        let mut kind = LookKind {
            caller: Arc::clone(&event.caller),
            role: event.role.clone(),
            service: Arc::clone(&event.service),
            name: Arc::clone(&event.name),
            region: Arc::clone(&event.region),
            address: Arc::clone(&event.address),
            agent: Arc::clone(&event.agent),
            group: event.group,
            outcome: Outcome::of(event),
            is_after: since.is_some_and(|since| event.time >= *since),
        };
        if self.tallies.len() >= KINDS_MAX && !self.tallies.contains_key(&kind) {
            kind.address = Arc::from("(others)");
            kind.agent = Arc::from("(others)");
        }
        let tally = self.tallies.entry(kind).or_insert(Tally {
            count: 0,
            first: event.time,
            last: event.time,
        });
        tally.count += 1;
        tally.first = tally.first.min(event.time);
        tally.last = tally.last.max(event.time);
    }

    /// Holds equal texts and callers once.
    fn share(&mut self, event: &mut Event) {
        let texts = [
            &mut event.account,
            &mut event.region,
            &mut event.service,
            &mut event.name,
            &mut event.address,
            &mut event.agent,
        ];
        for text in texts.into_iter().chain(event.error.as_mut()) {
            match self.texts.get(text) {
                Some(known) => *text = Arc::clone(known),
                None => {
                    self.texts.insert(Arc::clone(text));
                }
            }
        }
        match self.callers.get(&event.caller) {
            Some(known) => event.caller = Arc::clone(known),
            None => {
                self.callers.insert(Arc::clone(&event.caller));
            }
        }
    }

    /// Puts what is kept in its fixed order.
    pub(super) fn sort(&mut self) {
        let by_time = |a: &Event, b: &Event| (a.time, &a.id).cmp(&(b.time, &b.id));
        self.deeds.sort_by(by_time);
        self.looks.sort_by(by_time);
    }
}

/// CloudTrail's name of an event as a number of 128 bits; without one, all that tells it apart.
fn name_of(event: &Event) -> (u64, u64) {
    if !event.id.is_empty() {
        let id = event.id.as_bytes();
        return (token(b'1', &[id]), token(b'2', &[id]));
    }
    let time = event.time.to_le_bytes();
    let resources = event.resources.join(" ");
    let parts: [&[u8]; 7] = [
        &time,
        event.account.as_bytes(),
        event.region.as_bytes(),
        event.service.as_bytes(),
        event.name.as_bytes(),
        event.caller.shown().as_bytes(),
        resources.as_bytes(),
    ];
    (token(b'3', &parts), token(b'4', &parts))
}
