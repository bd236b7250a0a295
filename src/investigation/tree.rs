//! Who is who: the identities that the keys became, and whose each call is.

use std::collections::HashMap;

use super::ledger::{LookKind, Outcome, Tally};
use super::mint::{Handle, Mint};
use super::record::{Caller, Event};
use crate::model::{Identity, IdentityKind, Subject};

/// An identity and what it is known by.
struct Known {
    handle: Handle,
    made: Option<i64>,
    outsiders_only: bool,
}

/// All identities.
pub(super) struct Tree {
    pub(super) identities: Vec<Identity>,
    known: Vec<Known>,
    by_handle: HashMap<Handle, usize>,
}

impl Tree {
    /// Begins with the keys asked about, and adds what the calls make of them; `events` are sorted.
    pub(super) fn grow(subjects: &[Subject], events: &[Event]) -> Tree {
        let mut tree = Tree {
            identities: Vec::new(),
            known: Vec::new(),
            by_handle: HashMap::new(),
        };
        for subject in subjects {
            let id = &subject.access_key_id;
            let mut identity = blank(IdentityKind::LeakedKey, id.clone());
            identity.account.clone_from(&subject.account_id);
            tree.add(identity, Handle::Key(id.clone()), false);
        }
        // What a call makes may have called before, by a second or two, on another clock: until
        // nothing new comes, which is at most once for each generation.
        loop {
            let before = tree.identities.len();
            for event in events.iter().filter(|event| !event.mints.is_empty()) {
                let Some(parent) = tree.of(&event.caller, event.role.as_deref(), event.time) else {
                    continue;
                };
                for mint in &event.mints {
                    tree.mint(parent, mint, event);
                }
            }
            if tree.identities.len() == before {
                return tree;
            }
        }
    }

    fn mint(&mut self, parent: usize, mint: &Mint, event: &Event) {
        if self.by_handle.contains_key(&mint.handle) {
            return;
        }
        let identity = Identity {
            name: mint.name.clone(),
            account: mint.account.clone(),
            parent: Some(parent),
            made_by: Some(event.call()),
            made: Some(event.time),
            made_event: Some(event.id.clone()),
            expires: mint.expires,
            ..blank(mint.kind, mint.id.clone())
        };
        self.add(identity, mint.handle.clone(), mint.outsiders_only);
    }

    fn add(&mut self, identity: Identity, handle: Handle, outsiders_only: bool) {
        let at = self.identities.len();
        if self.by_handle.contains_key(&handle) {
            return;
        }
        self.known.push(Known {
            handle: handle.clone(),
            made: identity.made,
            outsiders_only,
        });
        self.by_handle.insert(handle, at);
        self.identities.push(identity);
    }

    /// Whose a call at this time is.
    pub(super) fn of(&self, caller: &Caller, role: Option<&str>, time: i64) -> Option<usize> {
        let fits = |at: &usize| {
            let known = &self.known[*at];
            let in_time = known.handle.is_exclusive() || known.made.is_none_or(|made| time >= made);
            let is_outside = match &known.handle {
                Handle::Role(account, _) => caller.account != *account,
                _ => true,
            };
            in_time && (is_outside || !known.outsiders_only)
        };
        let handles = Handle::of(caller, role);
        let found = handles
            .iter()
            .filter_map(|handle| self.by_handle.get(handle).copied());
        found.into_iter().find(fits)
    }

    /// Counts a call.
    pub(super) fn count(&mut self, at: usize, outcome: Outcome, tally: Tally) {
        let identity = &mut self.identities[at];
        identity.events += tally.count;
        if outcome == Outcome::Denied {
            identity.denied += tally.count;
        }
        let first = identity
            .first
            .map_or(tally.first, |first| first.min(tally.first));
        let last = identity
            .last
            .map_or(tally.last, |last| last.max(tally.last));
        (identity.first, identity.last) = (Some(first), Some(last));
    }

    /// Whose calls of one kind are.
    pub(super) fn of_looks(&self, kind: &LookKind, tally: Tally) -> Option<usize> {
        self.of(&kind.caller, kind.role.as_deref(), tally.last)
    }
}

const fn blank(kind: IdentityKind, id: String) -> Identity {
    Identity {
        kind,
        id,
        name: None,
        account: None,
        parent: None,
        made_by: None,
        made: None,
        made_event: None,
        expires: None,
        events: 0,
        denied: 0,
        first: None,
        last: None,
    }
}
