//! Reading and nothing else, for benches: what a sweep costs before it looks for anything. Both go
//! through the sweep's own code, so that what they leave out is what they measure.

use std::collections::BTreeSet;
use std::path::Path;

use super::Pool;
use super::objects::{Objects, Opening};
use super::pack::delta::{self, Extent, Trail};
use super::pack::inflate::{Inflate, OneShot};
use super::repo::Repo;
use super::source::{ScanObjects, Source};
use super::tips;
use super::walk::{self, Kinds, Origin, Visit};
use crate::model::{Control, Derivation, Margins, Object, ObjectId, ObjectKind};

/// How much is done with what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Every entry is inflated and checked, and of what deltas make as little is written as others
    /// need.
    Rebuild,
    /// What commits, tags and trees name is looked up as well.
    Follow,
}

/// Reads every object of a repository once on so many threads; says how many that were.
///
/// # Errors
/// The repository cannot be opened, or not all of it can be read.
pub fn read_all(path: &Path, threads: usize, depth: Depth) -> Result<u64, String> {
    let repo = Repo::open(path, true).map_err(|e| e.to_string())?;
    let pool = Pool::new(threads)?;
    pool.run(|| {
        let control = Control::default();
        let liars = BTreeSet::new();
        let opening = Opening::everything(&liars);
        let tips = tips::collect_under(&repo, &control);
        let objects = Objects::open(&repo, &tips, &opening, &control);
        let (read, damaged) = match depth {
            Depth::Rebuild => rebuild(&objects.source(&control)),
            Depth::Follow => follow(&objects, &control),
        };
        match damaged {
            0 => Ok(read),
            _ => Err(format!("{damaged} objects cannot be read")),
        }
    })
}

fn rebuild(source: &Source<'_>) -> (u64, usize) {
    let contents = walk::walk(&source.plan(Kinds::CONTENTS, None), Blind::default);
    let aside = Some(&contents.aside[..]);
    let trees = walk::walk(&source.plan(Kinds::TREES, aside), Blind::default);
    let walked = [contents, trees];
    let read = walked.iter().flat_map(|walked| &walked.visitors);
    let damaged = walked.iter().map(|walked| walked.damaged.len()).sum();
    (read.map(|blind| blind.read).sum(), damaged)
}

fn follow(objects: &Objects, control: &Control) -> (u64, usize) {
    let mut read = objects.read_contents(control, Blind::default);
    objects.read_trees(control, &mut read, &BTreeSet::new(), Blind::default);
    (read.coverage.read(), read.damaged.len())
}

/// The loops that reading consists of, one at a time.
#[derive(Default)]
pub struct Loops {
    inflater: OneShot,
    trail: Trail,
}

impl Loops {
    /// Inflates a zlib stream that makes exactly `out.len()` bytes; false if it does not.
    pub fn inflate(&mut self, stream: &[u8], out: &mut [u8]) -> bool {
        self.inflater.inflate(stream, out).is_ok()
    }

    /// Applies a delta that makes exactly `out.len()` bytes; false if it does not.
    pub fn apply(&mut self, base: &[u8], delta: &[u8], out: &mut [u8]) -> bool {
        let made = delta::sizes(delta);
        made.and_then(|sizes| delta::apply(base, delta, &sizes, out, &mut self.trail))
            .is_ok()
    }
}

/// Looks at nothing.
#[derive(Default)]
pub(super) struct Blind {
    read: u64,
    /// Objects are rebuilt whole all the same.
    wants_all: bool,
}

impl Blind {
    /// One for whom everything is rebuilt whole.
    #[cfg(test)]
    pub(super) fn who_wants_all() -> Blind {
        Blind {
            read: 0,
            wants_all: true,
        }
    }
}

impl Visit for Blind {
    type Carry = ();

    fn object(&mut self, _: u32, _: ObjectKind, _: &[u8], _: Origin<'_, ()>) {
        self.read += 1;
    }

    fn extent<'c>(&self, _: ObjectKind, _: u64, (): &'c ()) -> Option<Extent<'c>> {
        Some(Extent::Ends { start: 0, end: 0 })
    }

    fn glance(&mut self, _: u32, _: ObjectKind, _: &[u8], _: (&Trail, &[u8]), (): &()) -> bool {
        self.read += 1;
        true
    }

    fn begin(&mut self, _: u32, _: ObjectKind, _: u64) {}
    fn piece(&mut self, _: &[u8]) {}
    fn end(&mut self, whole: bool) {
        self.read += u64::from(whole);
    }
}

impl ScanObjects for Blind {
    type Memory = ();

    fn object(&mut self, _: &Object<'_>, _: Option<(&Derivation<'_>, &())>) {}

    fn has_hits((): &()) -> bool {
        false
    }

    fn weight((): &()) -> u64 {
        0
    }

    fn take_toll(&mut self) -> u64 {
        0
    }

    fn margins(&self, (): &()) -> Option<Margins> {
        (!self.wants_all).then_some(Margins {
            before: 0,
            behind: 0,
        })
    }

    fn passes(&self, _: ObjectKind, _: &[u8], _: &Derivation<'_>, (): &()) -> bool {
        true
    }

    fn begin(&mut self, _: ObjectId, _: ObjectKind) {}
    fn piece(&mut self, _: &[u8]) {}
    fn end(&mut self, _: bool) -> bool {
        false
    }
}
