//! Between the source of objects and the scanner: keeps the hits.

use std::collections::HashSet;

use super::budget::Budget;
use crate::git::source::ScanObjects;
use crate::git::tips::Tips;
use crate::model::{Derivation, Field, Hit, Limit, Margins, Object, ObjectId, ObjectKind, Place};
use crate::rules::RuleSet;
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
    scanner: Scanner,
    stream: Option<Stream>,
    budget: &'a Budget<'a>,
    hits: Vec<Hit>,
    limits: Vec<Limit>,
    /// Objects in which anything was found, whether or not it was kept.
    noted: Vec<ObjectId>,
    /// The object that comes piece by piece.
    streamed: Option<ObjectId>,
}

impl<'a> ScanWorker<'a> {
    pub(super) fn new(rules: &RuleSet, budget: &'a Budget<'a>) -> ScanWorker<'a> {
        ScanWorker {
            scanner: Scanner::new(rules).with_hits_max(budget.max_of_one()),
            stream: None,
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
        self.scanner.scan_text(place, field, bytes, &mut self.hits);
        self.keep(before);
    }

    /// A file that is no object follows piece by piece.
    pub(super) fn begin_file(&mut self, place: Place, field: Field) {
        self.stream = Some(Stream::new(&self.scanner, place).of_field(field));
    }

    /// The next piece of it.
    pub(super) fn file_piece(&mut self, bytes: &[u8]) {
        self.piece(bytes);
    }

    /// Its end.
    pub(super) fn end_file(&mut self) {
        self.end(true);
    }

    /// What was found.
    pub(super) fn finish(mut self) -> Found {
        self.limits.extend(self.scanner.take_limits());
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
    type Memory = Memory;

    fn object(&mut self, object: &Object<'_>, made: Option<(&Derivation<'_>, &Memory)>) -> Memory {
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
            return Memory::unscanned();
        }
        let before = self.hits.len();
        let memory = match made {
            Some((made, base)) => self
                .scanner
                .scan_derived(object, made, base, &mut self.hits),
            None => self.scanner.scan(object, &mut self.hits),
        };
        if self.keep(before) {
            self.noted.push(object.id);
        }
        memory
    }

    fn has_hits(memory: &Memory) -> bool {
        memory.has_hits()
    }

    fn weight(memory: &Memory) -> u64 {
        memory.weight()
    }

    fn take_toll(&mut self) -> u64 {
        self.scanner.take_toll()
    }

    fn margins(&self, base: &Memory) -> Option<Margins> {
        self.scanner.margins(base)
    }

    fn passes(&self, kind: ObjectKind, bytes: &[u8], made: &Derivation<'_>, base: &Memory) -> bool {
        self.scanner.passes(kind, bytes, made, base)
    }

    fn begin(&mut self, id: ObjectId, kind: ObjectKind) {
        self.streamed = Some(id);
        let beyond = self.budget.is_beyond(&id);
        self.stream = (!beyond).then(|| Stream::new(&self.scanner, Place::Object { id, kind }));
    }

    fn piece(&mut self, bytes: &[u8]) {
        if let Some(stream) = &mut self.stream {
            stream.push(&mut self.scanner, bytes);
        }
    }

    fn end(&mut self, whole: bool) -> bool {
        let before = self.hits.len();
        if let Some(stream) = self.stream.take().filter(|_| whole) {
            stream.finish(&mut self.scanner, &mut self.hits);
        }
        let found = self.keep(before);
        let streamed = self.streamed.take();
        self.noted.extend(streamed.filter(|_| found));
        found
    }
}
