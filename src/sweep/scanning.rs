//! Between the source of objects and the scanner: keeps the hits.

use std::collections::HashSet;

use super::Stages;
use super::budget::Budget;
use super::overlap::Early;
use super::seeking::{self, Seeking};
use crate::git::source::ScanObjects;
use crate::git::tips::Tips;
use crate::model::{Derivation, Field, Hit, Limit, Margins, Object, ObjectId, ObjectKind, Place};
use crate::scan::known::Trace;
use crate::scan::{Memory, Scanner, Stream};

/// How a git-lfs pointer begins; the content it points to lies elsewhere.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";
/// No pointer is longer, by git-lfs's own specification.
const LFS_POINTER_LEN_MAX: usize = 1024;

/// What the scanners found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    pub(super) limits: Vec<Limit>,
    /// Objects in which anything was found, or a limit was hit.
    pub(super) noted: HashSet<ObjectId>,
}

impl Found {
    pub(super) fn add(&mut self, worker: ScanWorker<'_>) {
        let found = worker.finish();
        self.hits.extend(found.hits);
        self.limits.extend(found.limits);
        self.noted.extend(found.noted);
    }
}

/// One worker's scanner with what it found.
pub(crate) struct ScanWorker<'a> {
    /// `None` if only known values are looked for.
    scanner: Option<Scanner>,
    seeking: Option<Seeking>,
    stream: Option<Stream>,
    early: Option<Early<'a>>,
    budget: &'a Budget<'a>,
    hits: Vec<Hit>,
    limits: Vec<Limit>,
    /// Objects in which anything was found, whether or not it was kept.
    noted: Vec<ObjectId>,
    /// The object that comes piece by piece.
    streamed: Option<ObjectId>,
}

/// What is kept of an object for those made from it.
pub(crate) struct Kept {
    scanned: Option<Memory>,
    sought: Option<Trace>,
}

impl<'a> ScanWorker<'a> {
    pub(super) fn new(stages: &Stages<'a>, budget: &'a Budget<'a>) -> ScanWorker<'a> {
        let known = stages.plan.known.as_ref();
        let is_alone = known.is_some_and(|known| known.alone);
        let scanner = || {
            let scanner = Scanner::new(stages.rules).with_hits_max(budget.max_of_one());
            if stages.plan.full_scan {
                return scanner.thorough();
            }
            scanner
        };
        ScanWorker {
            scanner: (!is_alone).then(scanner),
            seeking: known.map(|known| Seeking::new(&known.values, budget.max_of_one())),
            stream: None,
            early: Early::of(stages),
            budget,
            hits: Vec::new(),
            limits: Vec::new(),
            noted: Vec::new(),
            streamed: None,
        }
    }

    /// Scans names that are in no object: those of refs, and paths that only an index has.
    pub(super) fn names(&mut self, tips: &Tips) {
        for name in &tips.ref_names {
            self.text(Place::RefName(name.clone()), Field::RefName, name);
        }
        for path in &tips.index_paths {
            self.text(Place::IndexPath(path.clone()), Field::IndexPath, path);
        }
    }

    /// Scans what users typed into the logs of refs that are no files.
    pub(super) fn messages(&mut self, tips: &Tips) {
        for (path, text) in &tips.messages {
            self.text(Place::GitFile(path.clone()), Field::Message, text);
        }
    }

    /// Scans a text that is no object.
    pub(super) fn text(&mut self, place: Place, field: Field, bytes: &[u8]) {
        let before = self.hits.len();
        if let Some(scanner) = &mut self.scanner {
            scanner.scan_text(place.clone(), field, bytes, &mut self.hits);
        }
        if let Some(seeking) = &mut self.seeking {
            let mut sought = Vec::new();
            seeking.seeker.seek_text(place, field, bytes, &mut sought);
            seeking::join(&mut self.hits, before, sought);
        }
        self.keep(before);
    }

    /// A file that is no object follows piece by piece.
    pub(super) fn begin_file(&mut self, place: Place, field: Field) {
        if let Some(seeking) = &mut self.seeking {
            seeking.begin(place.clone(), field);
        }
        let scanner = self.scanner.as_ref();
        self.stream = scanner.map(|scanner| Stream::new(scanner, place).of_field(field));
    }

    /// The next piece of it.
    pub(super) fn file_piece(&mut self, bytes: &[u8]) {
        self.piece(bytes);
    }

    /// Its end.
    pub(super) fn end_file(&mut self) {
        let before = self.hits.len();
        if self.end(true)
            && let Some(early) = &self.early
            && let Some(new) = self.hits.get(before..)
        {
            early.file(new);
        }
    }

    /// What was found.
    pub(super) fn finish(mut self) -> Found {
        let scanned = self.scanner.iter_mut().flat_map(Scanner::take_limits);
        self.limits.extend(scanned);
        let sought = self.seeking.iter_mut();
        let sought = sought.flat_map(|seeking| seeking.seeker.take_limits());
        self.limits.extend(sought);
        self.limits.sort();
        self.limits.dedup();
        let limited = self.limits.iter().filter_map(|limit| limit.object);
        let noted = self.noted.into_iter().chain(limited).collect();
        Found {
            hits: self.hits,
            limits: self.limits,
            noted,
        }
    }

    /// Takes in what was found from place `before` on; true if anything was found at all.
    fn keep(&mut self, before: usize) -> bool {
        let found = self.hits.len() > before;
        if found {
            self.budget.take(&mut self.hits, before);
        }
        found
    }
}

impl ScanObjects for ScanWorker<'_> {
    type Memory = Kept;

    fn object(&mut self, object: &Object<'_>, made: Option<(&Derivation<'_>, &Kept)>) -> Kept {
        if object.kind == ObjectKind::Blob
            && object.bytes.len() <= LFS_POINTER_LEN_MAX
            && object.bytes.starts_with(LFS_POINTER)
        {
            let detail =
                "a git-lfs pointer: the content it points to is not in git and was not read";
            self.limits.push(Limit {
                kind: "lfs-pointer",
                object: Some(object.id),
                detail: detail.to_owned(),
            });
        }
        if self.budget.is_beyond(&object.id) {
            return Kept {
                scanned: self.scanner.as_ref().map(|_| Memory::unscanned()),
                sought: self.seeking.as_ref().map(|_| Trace::unknown()),
            };
        }
        let before = self.hits.len();
        let base = made.and_then(|(made, base)| Some((made, base.scanned.as_ref()?)));
        let scanned = self.scanner.as_mut().map(|scanner| match base {
            Some((made, base)) => scanner.scan_derived(object, made, base, &mut self.hits),
            None => scanner.scan(object, &mut self.hits),
        });
        let base = made.and_then(|(made, base)| Some((made, base.sought.as_ref()?)));
        let mut sought = Vec::new();
        let trace = self.seeking.as_mut().map(|seeking| match base {
            Some((made, base)) => seeking.seeker.seek_derived(object, made, base, &mut sought),
            None => seeking.seeker.seek(object, &mut sought),
        });
        seeking::join(&mut self.hits, before, sought);
        if self.keep(before) {
            self.noted.push(object.id);
            if let Some(early) = &self.early {
                early.object(self.hits.get(before..).unwrap_or_default(), object);
            }
        }
        Kept {
            scanned,
            sought: trace,
        }
    }

    fn has_hits(kept: &Kept) -> bool {
        kept.scanned.as_ref().is_some_and(Memory::has_hits)
            || kept.sought.as_ref().is_some_and(Trace::has_hits)
    }

    fn weight(kept: &Kept) -> u64 {
        kept.scanned.as_ref().map_or(0, Memory::weight)
            + kept.sought.as_ref().map_or(0, Trace::weight)
    }

    fn take_toll(&mut self) -> u64 {
        let scanned = self.scanner.as_mut().map_or(0, Scanner::take_toll);
        let sought = self.seeking.as_mut();
        scanned.saturating_add(sought.map_or(0, |seeking| seeking.seeker.take_toll()))
    }

    fn margins(&self, base: &Kept) -> Option<Margins> {
        let mut widest = Margins {
            before: 0,
            behind: 0,
        };
        if let Some(scanner) = &self.scanner {
            widest = scanner.margins(base.scanned.as_ref()?)?;
        }
        if let Some(seeking) = &self.seeking {
            let sought = seeking.seeker.margins(base.sought.as_ref()?)?;
            widest.before = widest.before.max(sought.before);
            widest.behind = widest.behind.max(sought.behind);
        }
        Some(widest)
    }

    fn passes(&self, kind: ObjectKind, bytes: &[u8], made: &Derivation<'_>, base: &Kept) -> bool {
        let scanned = self.scanner.as_ref().zip(base.scanned.as_ref());
        let sought = self.seeking.as_ref().zip(base.sought.as_ref());
        scanned.is_none_or(|(scanner, base)| scanner.passes(kind, bytes, made, base))
            && sought.is_none_or(|(seeking, base)| seeking.seeker.passes(kind, bytes, made, base))
    }

    fn begin(&mut self, id: ObjectId, kind: ObjectKind) {
        self.streamed = Some(id);
        let beyond = self.budget.is_beyond(&id);
        let place = Place::Object { id, kind };
        if let (Some(seeking), false) = (&mut self.seeking, beyond) {
            seeking.begin(place.clone(), Field::Content);
        }
        let scanner = self.scanner.as_ref().filter(|_| !beyond);
        self.stream = scanner.map(|scanner| Stream::new(scanner, place));
    }

    fn piece(&mut self, bytes: &[u8]) {
        if let (Some(stream), Some(scanner)) = (&mut self.stream, &mut self.scanner) {
            stream.push(scanner, bytes);
        }
        if let Some(seeking) = &mut self.seeking {
            seeking.piece(bytes);
        }
    }

    fn end(&mut self, whole: bool) -> bool {
        let before = self.hits.len();
        let stream = self.stream.take().filter(|_| whole);
        if let (Some(stream), Some(scanner)) = (stream, &mut self.scanner) {
            stream.finish(scanner, &mut self.hits);
        }
        if let Some(seeking) = &mut self.seeking {
            let sought = seeking.end(whole);
            seeking::join(&mut self.hits, before, sought);
        }
        let found = self.keep(before);
        let streamed = self.streamed.take();
        self.noted.extend(streamed.filter(|_| found));
        found
    }
}
