//! Indexing a pack in memory, when its index is missing or lies.
//!
//! First the whole pack is inflated once, front to back, which finds where entries begin and
//! names all whole objects. Then deltas are applied family by family; a delta that names its base
//! waits until an object of that name turns up.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::Pack;
use super::flow::Flow;
use super::forest::{FAR, Forest, WHOLE};
use super::handle::PackFile;
use super::header::{self, EntryKind};
use super::open::{HEADER_LEN, Opened, facts};
use super::unpack::Unpacker;
use crate::git::damage::Damage;
use crate::git::hash::{self, Hasher};
use crate::git::work::Work;
use crate::model::{Gap, HashKind, ObjectId, ObjectKind};

/// Content inflated at once.
const PIECE_LEN: usize = 64 << 10;
/// Every byte that is made here is hashed as well, which costs more.
const HASHED_COST: u64 = 2;
/// Objects whose deltas are still to be applied may hold this many bytes together, or one may
/// hold more. What does not fit is read again later.
const LIVE_MAX: u64 = 64 << 20;

/// Bounds of indexing.
pub(crate) struct Effort<'w, 'c> {
    /// Largest object that is held whole, in bytes. Deltas that would be larger stay unnamed.
    pub(crate) size_max: u64,
    /// For all packs together.
    pub(crate) work: &'w mut Work<'c>,
}

/// Indexes the pack in `file`. What cannot be named is added to `gaps`.
pub(crate) fn rebuild(
    path: &Path,
    number: u32,
    hash: HashKind,
    file: Arc<PackFile>,
    effort: &mut Effort<'_, '_>,
    gaps: &mut Vec<Gap>,
) -> Option<Opened> {
    let facts = facts(&file, hash).ok()?;
    let mut pack = Pack {
        path: path.to_owned(),
        file,
        hash,
        number,
        end: HEADER_LEN,
        offsets: Vec::new(),
        crcs: Vec::new(),
        forest: Forest::default(),
    };
    let mut ids = Vec::new();
    if let Err(damage) = scan(&mut pack, &mut ids, facts.count, facts.end, effort.work) {
        let lost = u64::from(facts.count) - pack.offsets.len() as u64;
        let detail = format!(
            "the pack has no usable index and breaks at byte {}: {damage}; {lost} of its {} objects are unreadable",
            pack.end, facts.count
        );
        report(&damage, path, detail, gaps);
    }
    let mut naming = Naming::new(pack, ids, effort.size_max);
    let result = naming.run(effort.work);
    let result = result.and_then(|()| naming.too_large.take().map_or(Ok(()), Err));
    let unnamed = naming.ids.iter().filter(|id| id.is_none()).count();
    if unnamed > 0 {
        let why = match &result {
            Ok(()) => "have no readable base and cannot even be named".to_owned(),
            Err(damage) => format!("are not named: {damage}"),
        };
        let damage = result.err().unwrap_or(Damage::BaseOffset);
        let detail = format!("{unnamed} deltas of the pack {why}");
        report(&damage, path, detail, gaps);
    }
    let null = [0; 32];
    let ids = naming
        .ids
        .iter()
        .flat_map(|id| id.as_ref().map_or(&null[..hash.len()], ObjectId::as_bytes))
        .copied()
        .collect();
    Some(Opened {
        pack: naming.pack,
        ids,
    })
}

/// A stop is reported once, by who looks at it for the whole sweep.
fn report(damage: &Damage, path: &Path, detail: String, gaps: &mut Vec<Gap>) {
    if *damage != Damage::Stopped {
        gaps.push(Gap::of_path(damage.gap_kind(), path, detail));
    }
}

/// The front-to-back pass: finds all entries, their checksums, and the names of whole objects.
/// After an error the pack holds the entries before it, and ends where it lies.
fn scan(
    pack: &mut Pack,
    ids: &mut Vec<Option<ObjectId>>,
    count: u32,
    limit: u64,
    work: &mut Work<'_>,
) -> Result<(), Damage> {
    let mut flow = Flow::new(PIECE_LEN);
    for _ in 0..count {
        let start = pack.end;
        let header = flow.begin(&pack.file, pack.hash, start, limit)?;
        let mut hasher = match header.kind {
            EntryKind::Whole(kind) => Some(Hasher::of_object(pack.hash, kind, header.size)),
            _ => None,
        };
        let after = flow.inflate(&pack.file, (start, limit), &header, |piece| {
            if let Some(hasher) = &mut hasher {
                hasher.update(piece);
            }
            work.spend(piece.len() as u64 * HASHED_COST)
        })?;
        pack.offsets.push(start);
        pack.crcs.push(flow.crc());
        ids.push(hasher.and_then(Hasher::finish));
        pack.end = after;
    }
    Ok(())
}

/// The pass that names deltas.
struct Naming {
    pack: Pack,
    ids: Vec<Option<ObjectId>>,
    /// The entry that got a name first: then no chain of bases leads back to where it began.
    by_id: HashMap<ObjectId, u32>,
    /// Deltas that name a base nobody has seen yet.
    waiting: HashMap<ObjectId, Vec<u32>>,
    unpacker: Unpacker,
    /// Bytes held by objects whose deltas are being applied.
    live: u64,
    /// The first object that was too large to be named, if any was.
    too_large: Option<Damage>,
    /// Objects that there was no room to hold, with deltas that are still to be applied.
    postponed: Vec<(u32, Vec<u32>)>,
}

/// An object whose deltas are still to be applied.
struct Open {
    bytes: Vec<u8>,
    children: Vec<u32>,
}

impl Naming {
    fn new(mut pack: Pack, ids: Vec<Option<ObjectId>>, size_max: u64) -> Naming {
        pack.forest = Forest::build(&pack, |_| None);
        let mut naming = Naming {
            pack,
            ids,
            by_id: HashMap::new(),
            waiting: HashMap::new(),
            unpacker: Unpacker::new(size_max),
            live: 0,
            postponed: Vec::new(),
            too_large: None,
        };
        for entry in 0..naming.pack.len() {
            if let Some(id) = naming.ids[entry as usize] {
                naming.by_id.entry(id).or_insert(entry);
            } else if let Ok(header::Header {
                kind: EntryKind::RefDelta(base),
                ..
            }) = naming.unpacker.header(&naming.pack, entry)
            {
                naming.waiting.entry(base).or_default().push(entry);
            }
        }
        naming
    }

    fn run(&mut self, work: &mut Work<'_>) -> Result<(), Damage> {
        let mut result = Ok(());
        for root in 0..self.pack.len() {
            if let Some(id) = self.ids[root as usize]
                && self.pack.forest.bases[root as usize] == WHOLE
            {
                let children = self.children(root, &id);
                result = self.family(root, children, work);
            }
            while let (Ok(()), Some((entry, children))) = (&result, self.postponed.pop()) {
                result = self.family(entry, children, work);
            }
            if result.is_err() {
                break;
            }
        }
        // The store links deltas to bases that are named, over all packs.
        self.pack.forest = Forest::default();
        result
    }

    fn children(&mut self, entry: u32, id: &ObjectId) -> Vec<u32> {
        let mut children = self.pack.forest.children(entry).to_vec();
        children.extend(self.waiting.remove(id).unwrap_or_default());
        children
    }

    /// Names everything that hangs on an object, which has a name. The error is that of `work`:
    /// what cannot be read stays without a name.
    fn family(&mut self, root: u32, children: Vec<u32>, work: &mut Work<'_>) -> Result<(), Damage> {
        if children.is_empty() {
            return Ok(());
        }
        let (kind, bytes) = match self.read(root, work) {
            Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
            Err(_) => return Ok(()),
            Ok(object) => object,
        };
        self.live = bytes.len() as u64;
        let mut stack = vec![Open { bytes, children }];
        while let Some(mut top) = stack.pop() {
            let Some(child) = top.children.pop() else {
                continue;
            };
            let derived = self.unpacker.derive(&self.pack, child, &top.bytes);
            if top.children.is_empty() {
                // A long chain holds one object at a time.
                self.live -= top.bytes.len() as u64;
            } else {
                stack.push(top);
            }
            let bytes = match derived {
                Ok(bytes) => bytes,
                Err(damage) => {
                    if matches!(damage, Damage::TooLarge { .. }) {
                        self.too_large.get_or_insert(damage);
                    }
                    continue;
                }
            };
            work.spend(bytes.len() as u64 * HASHED_COST)?;
            let Some(id) = self.name(child, kind, &bytes) else {
                continue;
            };
            let children = self.children(child, &id);
            if children.is_empty() {
                continue;
            }
            if self.live > 0 && self.live + bytes.len() as u64 > LIVE_MAX {
                self.postponed.push((child, children));
            } else {
                self.live += bytes.len() as u64;
                stack.push(Open { bytes, children });
            }
        }
        Ok(())
    }

    fn name(&mut self, entry: u32, kind: ObjectKind, bytes: &[u8]) -> Option<ObjectId> {
        let id = hash::object_id(self.pack.hash, kind, bytes)?;
        self.ids[entry as usize] = Some(id);
        self.by_id.entry(id).or_insert(entry);
        Some(id)
    }

    /// Reads an object that has a name, along its chain.
    fn read(&mut self, entry: u32, work: &mut Work<'_>) -> Result<(ObjectKind, Vec<u8>), Damage> {
        let mut deltas = Vec::new();
        let mut whole = entry;
        loop {
            let base = match self.pack.forest.bases[whole as usize] {
                WHOLE => break,
                FAR => match self.unpacker.header(&self.pack, whole)?.kind {
                    EntryKind::RefDelta(id) => {
                        *self.by_id.get(&id).ok_or(Damage::BaseMissing(id))?
                    }
                    _ => return Err(Damage::BaseOffset),
                },
                base => base,
            };
            work.spend(0)?;
            deltas.push(whole);
            whole = base;
        }
        let (kind, mut bytes) = self.unpacker.whole(&self.pack, whole)?;
        for delta in deltas.into_iter().rev() {
            work.spend(bytes.len() as u64)?;
            bytes = self.unpacker.derive(&self.pack, delta, &bytes)?;
        }
        Ok((kind, bytes))
    }
}
