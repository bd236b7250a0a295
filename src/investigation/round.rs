//! Reading files until nothing new is found.
//!
//! A record is kept if its caller, or what it touches, is tracked. What is tracked grows while files
//! are read: a session that the key made, a user, an instance to be terminated. So each file also
//! remembers, as numbers, the callers and removed things that were not tracked when they went by; once
//! one of them is, the file is read again. That ends when no file has one, whatever the order of files
//! and records was.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rayon::prelude::*;
use serde_json::Value;

use super::calls::{Calls, Deed};
use super::coverage::Seen;
use super::files::LogFile;
use super::glance::{Glance, Glanced, glance};
use super::ledger::Ledger;
use super::record::Event;
use super::source::{self, Record};
use super::token::{Token, callers};
use crate::model::{Control, LogGap};

/// Numbers remembered for all files together: 8 bytes each.
const SIGHTINGS_MAX: usize = 8_000_000;
/// What can be tracked, at most.
const TRACKED_MAX: usize = 1_000_000;

/// What is looked for.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    set: RwLock<Arc<HashSet<Token>>>,
    version: AtomicUsize,
}

impl Tracked {
    /// Looks for these as well.
    pub(super) fn add(&self, tokens: &[Token]) {
        let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
        if tokens.iter().all(|token| set.contains(token)) || set.len() > TRACKED_MAX {
            return;
        }
        Arc::make_mut(&mut set).extend(tokens);
        self.version.fetch_add(1, Ordering::Release);
    }

    fn now(&self) -> (usize, Arc<HashSet<Token>>) {
        let version = self.version.load(Ordering::Acquire);
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        (version, Arc::clone(&set))
    }

    fn is_full(&self) -> bool {
        self.now().1.len() > TRACKED_MAX
    }
}

/// What a file held that was not tracked when it went by.
#[derive(Clone, Debug)]
enum Sightings {
    /// Sorted.
    Known(Box<[Token]>),
    /// Too many to remember: read it again whenever anything is new.
    Any,
}

/// Everything that workers share.
pub(super) struct Rounds<'a> {
    pub(super) calls: &'a Calls,
    pub(super) control: &'a Control,
    pub(super) tracked: Tracked,
    pub(super) ledger: Mutex<Ledger>,
    sightings: AtomicUsize,
}

/// What came of reading all files.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) seen: Seen,
    pub(super) gaps: Vec<LogGap>,
    pub(super) bytes: u64,
}

/// What one file gave.
struct FileRead {
    at: usize,
    seen: Seen,
    gaps: Vec<LogGap>,
    bytes: u64,
    /// It is a table, and was left for later.
    is_deferred: bool,
    sightings: Sightings,
}

impl<'a> Rounds<'a> {
    pub(super) fn new(calls: &'a Calls, control: &'a Control, ledger: Ledger) -> Rounds<'a> {
        Rounds {
            calls,
            control,
            tracked: Tracked::default(),
            ledger: Mutex::new(ledger),
            sightings: AtomicUsize::new(0),
        }
    }

    /// Reads every file once, and again as long as that finds anything new. Tables come last and one
    /// by one: they may lack columns, and what a trail file says of the same event goes first.
    pub(super) fn read(&self, files: &[LogFile]) -> Read {
        let mut read = Read::default();
        let mut sightings: Vec<Option<Sightings>> = vec![None; files.len()];
        let mut is_table = vec![false; files.len()];
        let mut next: Vec<usize> = (0..files.len()).collect();
        let mut is_again = false;
        while !next.is_empty() && self.control.stopped().is_none() {
            let before = self.tracked.now().0;
            let (tables, others): (Vec<usize>, Vec<usize>) =
                next.iter().partition(|at| is_table[**at]);
            let first = |at: &usize| self.file(*at, &files[*at], false);
            let mut done: Vec<FileRead> = others.par_iter().map(first).collect();
            let mut later = tables;
            done.retain(|file| {
                if file.is_deferred {
                    later.push(file.at);
                    is_table[file.at] = true;
                }
                !file.is_deferred
            });
            later.sort_unstable();
            done.extend(later.iter().map(|at| self.file(*at, &files[*at], true)));
            for file in done {
                let before = sightings[file.at].replace(file.sightings);
                if let Some(Sightings::Known(tokens)) = before {
                    self.sightings.fetch_sub(tokens.len(), Ordering::Relaxed);
                }
                if !is_again {
                    read.bytes += file.bytes;
                    read.seen = read.seen.merge(file.seen);
                    read.gaps.extend(file.gaps);
                }
            }
            let is_new = self.tracked.now().0 != before;
            next = self.wanted(&sightings, is_new);
            is_again = true;
        }
        if self.tracked.is_full() {
            read.gaps.push(source::gap(
                Path::new(""),
                "hit-limit",
                "more identities and things than are followed",
            ));
        }
        read
    }

    /// Files that hold what is tracked by now and was not when they were read.
    fn wanted(&self, sightings: &[Option<Sightings>], is_new: bool) -> Vec<usize> {
        let (_, tracked) = self.tracked.now();
        let has_new = |sightings: &Option<Sightings>| match sightings {
            None => false,
            Some(Sightings::Any) => is_new,
            Some(Sightings::Known(tokens)) => tokens.iter().any(|token| tracked.contains(token)),
        };
        let numbered = sightings.iter().enumerate();
        numbered
            .filter(|(_, found)| has_new(found))
            .map(|(at, _)| at)
            .collect()
    }

    fn file(&self, at: usize, file: &LogFile, tables_too: bool) -> FileRead {
        let (version, tracked) = self.tracked.now();
        let mut worker = Worker {
            rounds: self,
            version,
            tracked,
            sightings: HashSet::new(),
            is_overfull: false,
            seen: Seen::default(),
            damaged: 0,
        };
        let mut count = 0;
        let mut outcome = source::read(&file.path, tables_too, &mut |record| {
            worker.record(record);
            count += 1_u32;
            // The clock costs more than a record.
            if count.is_multiple_of(1024) {
                self.control.check_clock();
            }
            self.control.stopped().is_none()
        });
        if worker.damaged > 0 {
            let gap = source::gap(
                &file.path,
                "damaged",
                "records in it lack a time or a name, or are no JSON",
            );
            outcome.gaps.push(LogGap {
                records: worker.damaged,
                ..gap
            });
        }
        let records = worker.seen.records;
        if let Some(form) = outcome.form {
            worker.seen.sources.insert(form, (1, records));
        }
        FileRead {
            at,
            gaps: outcome.gaps,
            bytes: outcome.bytes,
            is_deferred: outcome.is_deferred,
            sightings: worker.sightings(),
            seen: worker.seen,
        }
    }
}

/// Reads one file.
struct Worker<'a> {
    rounds: &'a Rounds<'a>,
    version: usize,
    tracked: Arc<HashSet<Token>>,
    sightings: HashSet<Token>,
    is_overfull: bool,
    seen: Seen,
    damaged: u64,
}

impl Worker<'_> {
    fn record(&mut self, record: Record<'_>) {
        let parsed = match record {
            Record::Text(text) => match glance(text) {
                Glanced::Seen(seen) => return self.glanced(&seen, text),
                Glanced::Malformed => {
                    self.damaged += 1;
                    return;
                }
                Glanced::Odd => {
                    if let Ok(value) = serde_json::from_slice::<Value>(text) {
                        value
                    } else {
                        self.damaged += 1;
                        return;
                    }
                }
            },
            Record::Value(value) => value,
        };
        let seen = Glance::of(&parsed);
        if self.count(&seen) {
            if self.is_wanted(&seen) {
                self.parsed(&seen, &parsed);
            } else {
                self.remember_callers(&seen);
            }
        }
    }

    /// A record of which no more than a glance was taken.
    fn glanced(&mut self, seen: &Glance<'_>, text: &[u8]) {
        if !self.count(seen) {
            return;
        }
        if !self.is_wanted(seen) {
            self.remember_callers(seen);
            return;
        }
        match serde_json::from_slice::<Value>(text) {
            Ok(value) => self.parsed(seen, &value),
            Err(_) => self.damaged += 1,
        }
    }

    /// False for what is no record.
    fn count(&mut self, seen: &Glance<'_>) -> bool {
        if seen.name.is_empty() || super::time::time_of(seen.time).is_none() {
            self.damaged += 1;
            return false;
        }
        self.seen.add(seen);
        true
    }

    /// True if the caller is tracked, or if the call may touch what is.
    fn is_wanted(&mut self, seen: &Glance<'_>) -> bool {
        let version = self.rounds.tracked.version.load(Ordering::Acquire);
        if version != self.version {
            (self.version, self.tracked) = self.rounds.tracked.now();
        }
        self.is_tracked(seen) || self.rounds.calls.touches_anything(seen.source, seen.name)
    }

    fn is_tracked(&self, seen: &Glance<'_>) -> bool {
        let mut is_tracked = false;
        callers(seen, &mut |token| {
            is_tracked |= self.tracked.contains(&token);
        });
        is_tracked
    }

    fn parsed(&mut self, seen: &Glance<'_>, record: &Value) {
        let Some(event) = Event::of(record, self.rounds.calls) else {
            self.damaged += 1;
            return;
        };
        let is_callers = self.is_tracked(seen);
        let calls = self.rounds.calls;
        let targets: Vec<Token> = event
            .touches
            .iter()
            .map(|touch| calls.target(event.place(), touch))
            .collect();
        if is_callers {
            let mut found: Vec<Token> =
                event.mints.iter().map(|mint| mint.handle.token()).collect();
            for (touch, target) in event.touches.iter().zip(&targets) {
                if touch.deed != Deed::Gone {
                    found.push(*target);
                    found.extend(calls.parent(event.place(), touch));
                }
            }
            self.rounds.tracked.add(&found);
        }
        // Others matter where they remove or change what is tracked.
        let of_others = |(touch, target): (&super::calls::Touch, &Token)| {
            touch.deed != Deed::Made && self.tracked.contains(target)
        };
        if is_callers || event.touches.iter().zip(&targets).any(of_others) {
            let mut ledger = self
                .rounds
                .ledger
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            ledger.add(event);
            return;
        }
        self.remember_callers(seen);
        let removed = event.touches.iter().zip(targets);
        let removed: Vec<Token> = removed
            .filter(|(touch, _)| touch.deed != Deed::Made)
            .map(|(_, target)| target)
            .collect();
        for token in removed {
            self.remember(token);
        }
    }

    fn remember_callers(&mut self, seen: &Glance<'_>) {
        let mut found = [0; 8];
        let mut count = 0;
        callers(seen, &mut |token| {
            found[count] = token;
            count += 1;
        });
        for token in &found[..count] {
            self.remember(*token);
        }
    }

    fn remember(&mut self, token: Token) {
        if self.is_overfull || !self.sightings.insert(token) {
            return;
        }
        let all = self.rounds.sightings.fetch_add(1, Ordering::Relaxed);
        if all >= SIGHTINGS_MAX {
            self.is_overfull = true;
            self.rounds
                .sightings
                .fetch_sub(self.sightings.len(), Ordering::Relaxed);
            self.sightings = HashSet::new();
        }
    }

    fn sightings(&mut self) -> Sightings {
        if self.is_overfull {
            return Sightings::Any;
        }
        let mut tokens: Vec<Token> = self.sightings.drain().collect();
        tokens.sort_unstable();
        Sightings::Known(tokens.into_boxed_slice())
    }
}
