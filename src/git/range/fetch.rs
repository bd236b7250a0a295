//! Reading single objects: along their chains of deltas, with bases kept at hand for a while.
//!
//! Commits and tags are hashed and must have the name they were asked for by; trees and blobs only
//! if asked, since that costs more than everything else. Where something is about to be sent, what
//! is read here is what git reads to tell what to send, and sends, whatever its name; damage shows
//! in the checksum of what is deflated. If a copy is damaged, the next one is read.

mod large;

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::rc::Rc;

use super::shelf::{Opened, Shelf, Spot};
use crate::git::damage::Damage;
use crate::git::hash;
use crate::git::pack::header::{self, EntryKind, HEADER_LEN_MAX, Header};
use crate::git::pack::inflate::{Inflate, OneShot, Stream};
use crate::git::pack::{delta, inflated_max};
use crate::git::work::Work;
use crate::git::{file, loose};
use crate::model::{Control, ObjectId, ObjectKind};

/// Git makes no chains above 4095 deltas.
const CHAIN_MAX: usize = 16 << 10;
/// Blobs above this are read piece by piece.
const LARGE_LEN: u64 = 16 << 20;
/// Bytes kept of objects that may be needed again.
const KEPT_MAX: usize = 48 << 20;
/// Bytes inflated and read at once of large blobs.
const PIECE_LEN: usize = 256 << 10;
/// Kind, blank, 20 digits, NUL.
const LOOSE_HEAD_LEN: usize = 32;
/// How much more room than its content an entry may take in the file.
const SLACK: u64 = 1 << 20;

/// The content of an object.
pub(crate) type Content = Rc<Vec<u8>>;

/// What came of reading an object.
pub(crate) enum Fetched {
    /// All of it.
    Whole(ObjectKind, Content),
    /// A large blob, still to be read.
    Large(Spot),
}

/// Objects by pack and offset, or by name, until they are too many bytes.
struct Kept<K> {
    objects: HashMap<K, (ObjectKind, Content)>,
    bytes: usize,
}

impl<K: std::hash::Hash + Eq> Kept<K> {
    fn new() -> Kept<K> {
        Kept {
            objects: HashMap::new(),
            bytes: 0,
        }
    }

    fn keep(&mut self, key: K, kind: ObjectKind, content: &Content) {
        if content.len() > KEPT_MAX / 8 {
            return;
        }
        if self.bytes + content.len() > KEPT_MAX {
            self.objects.clear();
            self.bytes = 0;
        }
        self.bytes += content.len();
        self.objects.insert(key, (kind, Rc::clone(content)));
    }
}

/// Reads objects by name.
pub(crate) struct Fetcher<'c> {
    pub(crate) shelf: Shelf,
    size_max: u64,
    inflate: OneShot,
    head: Stream,
    /// Trees and blobs are hashed, too.
    checks_all: bool,
    bases: Kept<(usize, u64)>,
    trees: Kept<ObjectId>,
    input: Vec<u8>,
    work: Work<'c>,
}

impl<'c> Fetcher<'c> {
    /// Reads from these shelves, no object larger than `size_max` as a whole, and no more than
    /// `work_max` bytes together.
    pub(crate) fn new(
        shelf: Shelf,
        size_max: u64,
        work_max: u64,
        control: &'c Control,
    ) -> Fetcher<'c> {
        Fetcher {
            shelf,
            size_max,
            inflate: OneShot::default(),
            head: Stream::new(),
            checks_all: true,
            bases: Kept::new(),
            trees: Kept::new(),
            input: Vec::new(),
            work: Work::new(work_max, Some(control)),
        }
    }

    /// The same that believes the names of trees and blobs.
    pub(crate) fn believing(mut self) -> Fetcher<'c> {
        self.checks_all = false;
        self
    }

    /// The object with this name, as a whole or as a large blob; `None` if there is none.
    pub(crate) fn fetch(&mut self, id: &ObjectId) -> Result<Option<Fetched>, Damage> {
        let mut trouble = None;
        let spots: Vec<Spot> = self.shelf.spots(id).take(1).collect();
        for spot in spots {
            match self.fetch_at(id, spot) {
                Ok(fetched) => return Ok(Some(fetched)),
                Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
                Err(damage) => trouble = Some(damage),
            }
        }
        if trouble.is_none() {
            return Ok(None);
        }
        let others: Vec<Spot> = self.shelf.spots(id).skip(1).collect();
        for spot in others {
            if let Ok(fetched) = self.fetch_at(id, spot) {
                return Ok(Some(fetched));
            }
        }
        trouble.map_or(Ok(None), Err)
    }

    /// An object of this kind, held whole; `None` if there is none.
    pub(crate) fn whole(
        &mut self,
        id: &ObjectId,
        kind: ObjectKind,
    ) -> Result<Option<Content>, Damage> {
        if let Some((known, content)) = self.trees.objects.get(id)
            && *known == kind
        {
            return Ok(Some(Rc::clone(content)));
        }
        let Some(fetched) = self.fetch(id)? else {
            return Ok(None);
        };
        match fetched {
            Fetched::Whole(read, content) if read == kind => {
                if kind == ObjectKind::Tree {
                    self.trees.keep(*id, kind, &content);
                }
                Ok(Some(content))
            }
            Fetched::Whole(..) | Fetched::Large(_) => Err(Damage::Header(
                "it is of another kind than what names it says",
            )),
        }
    }

    fn fetch_at(&mut self, id: &ObjectId, spot: Spot) -> Result<Fetched, Damage> {
        let read = match &spot {
            Spot::Loose(path) => self.loose(path)?,
            Spot::Packed { pack, offset } => self.packed(*pack, *offset)?,
        };
        let Some((kind, content)) = read else {
            return Ok(Fetched::Large(spot));
        };
        self.work.spend(content.len() as u64)?;
        let is_checked = self.checks_all || matches!(kind, ObjectKind::Commit | ObjectKind::Tag);
        if is_checked && !self.is_named(id, kind, &content) {
            return Err(Damage::Hash);
        }
        Ok(Fetched::Whole(kind, content))
    }

    /// True if an object's content is what its name stands for.
    pub(crate) fn is_named(&self, id: &ObjectId, kind: ObjectKind, content: &[u8]) -> bool {
        hash::object_id(self.shelf.hash, kind, content).as_ref() == Some(id)
    }

    /// A loose object; `None` for a large blob. Its head tells how much room it takes, and then it is
    /// inflated at once: twice as fast as piece by piece.
    fn loose(&mut self, path: &Path) -> Result<Option<(ObjectKind, Content)>, Damage> {
        let file = file::open_regular(path)?;
        let len = file.metadata()?.len();
        let mut input = std::mem::take(&mut self.input);
        input.clear();
        let most = LARGE_LEN + LARGE_LEN / 64 + SLACK;
        let got = file.take(most.min(len)).read_to_end(&mut input);
        let read = got
            .map_err(Damage::from)
            .and_then(|_| self.inflate_loose(&input, len > most));
        if input.capacity() <= 4 << 20 {
            self.input = input;
        }
        read
    }

    fn inflate_loose(
        &mut self,
        input: &[u8],
        is_cut: bool,
    ) -> Result<Option<(ObjectKind, Content)>, Damage> {
        let mut head = [0; LOOSE_HEAD_LEN];
        self.head.reset();
        let (mut used, mut len) = (0, 0);
        while len < head.len() && !head[..len].contains(&0) {
            let step = self.head.step(&input[used..], &mut head[len..])?;
            used += step.consumed;
            len += step.produced;
            if step.done || step.produced == 0 {
                break;
            }
        }
        let nul = head[..len].iter().position(|byte| *byte == 0);
        let nul = nul.ok_or(Damage::Header("it has no end"))?;
        let (kind, size) = loose::parse_header(&head[..nul])?;
        if kind == ObjectKind::Blob && (size > LARGE_LEN || is_cut) {
            return Ok(None);
        }
        self.check_size(size)?;
        if size > inflated_max(input.len()) {
            return Err(Damage::Inflate("it is shorter than declared"));
        }
        let mut content = vec![0; nul + 1 + size as usize];
        self.inflate.inflate(input, &mut content)?;
        content.drain(..=nul);
        Ok(Some((kind, Rc::new(content))))
    }

    fn check_size(&self, size: u64) -> Result<(), Damage> {
        if size > self.size_max {
            let limit = self.size_max;
            return Err(Damage::TooLarge { size, limit });
        }
        Ok(())
    }

    /// An entry of a pack, whatever it is made from; `None` for a large blob that is no delta.
    fn packed(
        &mut self,
        pack: usize,
        offset: u64,
    ) -> Result<Option<(ObjectKind, Content)>, Damage> {
        let mut links: Vec<(usize, u64, Rc<Opened>, Header)> = Vec::new();
        let mut at = (pack, offset);
        let (kind, mut content) = loop {
            if let Some((kind, content)) = self.bases.objects.get(&at) {
                break (*kind, Rc::clone(content));
            }
            let opened = self.shelf.file(at.0).ok_or(Damage::Vanished)?;
            let header = self.header(&opened, at.1)?;
            if links.len() >= CHAIN_MAX {
                return Err(Damage::Cycle);
            }
            match header.kind {
                EntryKind::Whole(kind) => {
                    let is_large = kind == ObjectKind::Blob && header.size > LARGE_LEN;
                    if is_large && links.is_empty() {
                        return Ok(None);
                    }
                    let content = Rc::new(self.inflate_at(&opened, at.1, &header)?);
                    self.bases.keep(at, kind, &content);
                    break (kind, content);
                }
                EntryKind::OfsDelta(distance) => {
                    links.push((at.0, at.1, opened, header));
                    at.1 = at.1.checked_sub(distance).ok_or(Damage::BaseOffset)?;
                }
                EntryKind::RefDelta(base) => {
                    links.push((at.0, at.1, opened, header));
                    match self.base(at.0, &base)? {
                        Spot::Packed { pack, offset } => at = (pack, offset),
                        Spot::Loose(path) => {
                            let read = self.loose(&path)?;
                            break read.ok_or(Damage::BaseMissing(base))?;
                        }
                    }
                }
            }
            self.work.spend(0)?;
        };
        for (pack, offset, opened, header) in links.into_iter().rev() {
            content = Rc::new(self.derive(&opened, offset, &header, &content)?);
            self.bases.keep((pack, offset), kind, &content);
        }
        Ok(Some((kind, content)))
    }

    /// The base of a delta that names it: in the same pack, where git puts it, or elsewhere.
    fn base(&self, pack: usize, id: &ObjectId) -> Result<Spot, Damage> {
        if let Some(offset) = self.shelf.offset(pack, id) {
            return Ok(Spot::Packed { pack, offset });
        }
        self.shelf.spots(id).next().ok_or(Damage::BaseMissing(*id))
    }

    fn header(&mut self, opened: &Opened, offset: u64) -> Result<Header, Damage> {
        let mut bytes = [0; HEADER_LEN_MAX];
        let room = opened.end.saturating_sub(offset).min(bytes.len() as u64);
        let got = opened
            .file
            .read_up_to(&mut bytes[..room as usize], offset)?;
        header::parse(&bytes[..got], self.shelf.hash)
    }

    /// Inflates the data of an entry. Where the entry ends is in no index that was read, so as much
    /// is read as it usually takes, and all that it may take if that was too little.
    fn inflate_at(
        &mut self,
        opened: &Opened,
        offset: u64,
        header: &Header,
    ) -> Result<Vec<u8>, Damage> {
        self.check_size(header.size)?;
        let at = offset + header.len as u64;
        let room = opened.end.saturating_sub(at);
        let size = header.size;
        let mut last = Damage::Truncated;
        for want in [size / 2 + 512, size + size / 64 + SLACK] {
            let want = want.min(room) as usize;
            self.input.resize(want.max(self.input.len()), 0);
            let got = opened.file.read_up_to(&mut self.input[..want], at)?;
            if size > inflated_max(got) {
                continue;
            }
            let mut out = vec![0; size as usize];
            match self.inflate.inflate(&self.input[..got], &mut out) {
                Ok(()) => {
                    self.work.spend(size)?;
                    if self.input.len() > 4 << 20 {
                        self.input = Vec::new();
                    }
                    return Ok(out);
                }
                Err(damage) => last = damage,
            }
        }
        Err(last)
    }

    fn derive(
        &mut self,
        opened: &Opened,
        offset: u64,
        header: &Header,
        base: &[u8],
    ) -> Result<Vec<u8>, Damage> {
        let instructions = self.inflate_at(opened, offset, header)?;
        let sizes = delta::sizes(&instructions)?;
        if sizes.base != base.len() as u64 {
            return Err(Damage::Delta("it was made for a base of another size"));
        }
        if delta::produced(&instructions, &sizes)? != sizes.result {
            return Err(Damage::Delta("it does not produce what it declares"));
        }
        self.check_size(sizes.result)?;
        self.work.spend(sizes.result)?;
        let mut out = vec![0; sizes.result as usize];
        let mut trail = delta::Trail::default();
        delta::apply(base, &instructions, &sizes, &mut out, &mut trail)?;
        Ok(out)
    }
}
