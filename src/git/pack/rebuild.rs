//! Indexing a pack in memory, when its index is missing or lies.
//!
//! First the whole pack is inflated once, front to back, which finds where entries begin and
//! names all whole objects. Then deltas are applied family by family; a delta that names its base
//! waits until an object of that name turns up.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use super::forest::Forest;
use super::header::{self, EntryKind, HEADER_LEN_MAX};
use super::inflate::{Inflate, OneShot, Stream};
use super::open::{Facts, HEADER_LEN, Opened, facts};
use super::window::{Window, read_up_to};
use super::{Pack, delta};
use crate::git::damage::Damage;
use crate::git::hash::{self, Hasher};
use crate::model::{Gap, GapKind, HashKind, ObjectId, ObjectKind};

/// Compressed bytes read at once.
const READ_LEN: usize = 64 << 10;
/// Objects above this are not rebuilt from deltas here; they stay unnamed and become gaps.
const OBJECT_LEN_MAX: u64 = 512 << 20;

/// Indexes the pack in `file`. What cannot be named is added to `gaps`.
pub(crate) fn rebuild(
    path: &Path,
    number: u32,
    hash: HashKind,
    file: File,
    gaps: &mut Vec<Gap>,
) -> Option<Opened> {
    let Ok(facts) = facts(&file, hash) else {
        return None;
    };
    let mut scan = Scan::new(&file, hash, &facts);
    if let Err((offset, damage)) = scan.run() {
        let lost = u64::from(facts.count) - scan.offsets.len() as u64;
        let detail = format!(
            "the pack has no usable index and breaks at byte {offset}: {damage}; {lost} of its {} objects are unreadable",
            facts.count
        );
        gaps.push(Gap::of_path(GapKind::Damaged, path, detail));
    }
    let Scan {
        offsets, ids, end, ..
    } = scan;
    let pack = Pack {
        path: path.to_owned(),
        file,
        hash,
        number,
        end,
        offsets,
        crcs: Vec::new(),
        forest: Forest::default(),
    };
    let mut naming = Naming::new(pack, ids);
    naming.run();
    let unnamed = naming.ids.iter().filter(|id| id.is_none()).count();
    if unnamed > 0 {
        let detail =
            format!("{unnamed} deltas of the pack have no readable base and cannot even be named");
        gaps.push(Gap::of_path(GapKind::Damaged, path, detail));
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

/// The front-to-back pass.
struct Scan<'f> {
    file: &'f File,
    hash: HashKind,
    count: u32,
    file_end: u64,
    offsets: Vec<u64>,
    /// Names of whole objects.
    ids: Vec<Option<ObjectId>>,
    /// Where the last entry ends.
    end: u64,
}

impl<'f> Scan<'f> {
    fn new(file: &'f File, hash: HashKind, facts: &Facts) -> Scan<'f> {
        Scan {
            file,
            hash,
            count: facts.count,
            file_end: facts.end,
            offsets: Vec::new(),
            ids: Vec::new(),
            end: HEADER_LEN,
        }
    }

    fn run(&mut self) -> Result<(), (u64, Damage)> {
        let mut stream = Stream::new();
        let (mut input, mut out) = (vec![0; READ_LEN], vec![0; READ_LEN]);
        for _ in 0..self.count {
            let offset = self.end;
            let (next, id) = self
                .entry(offset, &mut stream, &mut input, &mut out)
                .map_err(|damage| (offset, damage))?;
            self.offsets.push(offset);
            self.ids.push(id);
            self.end = next;
        }
        Ok(())
    }

    /// Inflates one entry; returns where it ends, and its name if it is whole.
    fn entry(
        &self,
        offset: u64,
        stream: &mut Stream,
        input: &mut [u8],
        out: &mut [u8],
    ) -> Result<(u64, Option<ObjectId>), Damage> {
        let room = self
            .file_end
            .saturating_sub(offset)
            .min(HEADER_LEN_MAX as u64) as usize;
        let got = read_up_to(self.file, &mut input[..room], offset)?;
        let header = header::parse(&input[..got], self.hash)?;
        let mut hasher = match header.kind {
            EntryKind::Whole(kind) => Some(Hasher::of_object(self.hash, kind, header.size)),
            _ => None,
        };
        stream.reset();
        let mut at = offset + header.len as u64;
        let mut produced = 0;
        loop {
            let room = self.file_end.saturating_sub(at).min(input.len() as u64) as usize;
            let got = read_up_to(self.file, &mut input[..room], at)?;
            let mut used = 0;
            loop {
                let step = stream.step(&input[used..got], out)?;
                used += step.consumed;
                produced += step.produced as u64;
                if produced > header.size {
                    return Err(Damage::Inflate("it is longer than declared"));
                }
                if let Some(hasher) = &mut hasher {
                    hasher.update(&out[..step.produced]);
                }
                if step.done {
                    if produced != header.size {
                        return Err(Damage::Inflate("it is shorter than declared"));
                    }
                    return Ok((at + used as u64, hasher.and_then(Hasher::finish)));
                }
                if step.produced == 0 && (used == got || step.consumed == 0) {
                    break;
                }
            }
            if used == 0 {
                return Err(Damage::Truncated);
            }
            at += used as u64;
        }
    }
}

/// The pass that names deltas.
struct Naming {
    pack: Pack,
    ids: Vec<Option<ObjectId>>,
    by_id: HashMap<ObjectId, u32>,
    /// Deltas that name a base nobody has seen yet.
    waiting: HashMap<ObjectId, Vec<u32>>,
    window: Window,
    inflate: OneShot,
    delta: Vec<u8>,
}

/// An object whose deltas are still to be applied.
struct Open {
    bytes: Vec<u8>,
    children: Vec<u32>,
}

impl Naming {
    fn new(mut pack: Pack, ids: Vec<Option<ObjectId>>) -> Naming {
        pack.forest = Forest::build(&pack, |_| None);
        let by_id = ids
            .iter()
            .zip(0..)
            .filter_map(|(id, entry)| Some(((*id)?, entry)))
            .collect();
        let mut naming = Naming {
            pack,
            ids,
            by_id,
            waiting: HashMap::new(),
            window: Window::default(),
            inflate: OneShot::default(),
            delta: Vec::new(),
        };
        for entry in 0..naming.pack.len() {
            if let Ok(header::Header {
                kind: EntryKind::RefDelta(base),
                ..
            }) = naming.pack.header(entry, &mut naming.window)
            {
                naming.waiting.entry(base).or_default().push(entry);
            }
        }
        naming
    }

    fn run(&mut self) {
        for root in 0..self.pack.len() {
            if let Some(id) = self.ids[root as usize]
                && self.pack.forest.bases[root as usize] == super::forest::WHOLE
            {
                self.family(root, &id);
            }
        }
        let by_id = std::mem::take(&mut self.by_id);
        self.pack.forest = Forest::build(&self.pack, |id| by_id.get(id).copied());
    }

    fn children(&mut self, entry: u32, id: &ObjectId) -> Vec<u32> {
        let mut children = self.pack.forest.children(entry).to_vec();
        children.extend(self.waiting.remove(id).unwrap_or_default());
        children
    }

    fn family(&mut self, root: u32, id: &ObjectId) {
        let children = self.children(root, id);
        let Some(kind) = self.pack.forest.kind(root).filter(|_| !children.is_empty()) else {
            return;
        };
        let Ok(bytes) = self.whole(root) else { return };
        let mut stack = vec![Open { bytes, children }];
        while let Some(mut top) = stack.pop() {
            let Some(child) = top.children.pop() else {
                continue;
            };
            let derived = self.derive(child, &top.bytes);
            if !top.children.is_empty() {
                stack.push(top);
            }
            let Some((id, bytes)) = derived.ok().and_then(|bytes| self.name(child, kind, bytes))
            else {
                continue;
            };
            let children = self.children(child, &id);
            if !children.is_empty() {
                stack.push(Open { bytes, children });
            }
        }
    }

    fn name(
        &mut self,
        entry: u32,
        kind: ObjectKind,
        bytes: Vec<u8>,
    ) -> Option<(ObjectId, Vec<u8>)> {
        let id = hash::object_id(self.pack.hash, kind, &bytes)?;
        self.ids[entry as usize] = Some(id);
        self.by_id.insert(id, entry);
        Some((id, bytes))
    }

    fn whole(&mut self, entry: u32) -> Result<Vec<u8>, Damage> {
        let (header, data) = self.pack.entry(entry, &mut self.window)?;
        let mut bytes = buffer(header.size)?;
        self.inflate.inflate(data, &mut bytes)?;
        Ok(bytes)
    }

    fn derive(&mut self, entry: u32, base: &[u8]) -> Result<Vec<u8>, Damage> {
        let (header, data) = self.pack.entry(entry, &mut self.window)?;
        self.delta = buffer(header.size)?;
        self.inflate.inflate(data, &mut self.delta)?;
        let sizes = delta::sizes(&self.delta)?;
        if delta::produced(&self.delta, &sizes)? != sizes.result {
            return Err(Damage::Delta("it does not produce what it declares"));
        }
        let mut bytes = buffer(sizes.result)?;
        delta::apply(
            base,
            &self.delta,
            &sizes,
            &mut bytes,
            &mut delta::Trail::default(),
        )?;
        Ok(bytes)
    }
}

fn buffer(size: u64) -> Result<Vec<u8>, Damage> {
    if size > OBJECT_LEN_MAX {
        return Err(Damage::TooLarge {
            size,
            limit: OBJECT_LEN_MAX,
        });
    }
    Ok(vec![0; size as usize])
}
