//! Large objects, piece by piece: their size is no reason not to read them.

use super::damage::Damage;
use super::hash::Hasher;
use super::loose::Loose;
use super::pack::Pack;
use super::pack::chain::Chain;
use super::pack::flow::Flow;
use super::pack::header::EntryKind;
use super::store::Store;
use super::walk::{Origin, Visit};
use super::work::Work;
use crate::model::{HashKind, ObjectId, ObjectKind};

/// Content shown to the visitor at once.
const PIECE_LEN: usize = 512 << 10;
/// Bytes between an entry and the next one that are read for the checksum.
const JUNK_LEN_MAX: u64 = 1 << 20;

/// Streams a whole object of a pack. Its CRC-32 is checked at the end; a pack without CRCs has
/// the object hashed instead.
pub(super) fn packed(
    pack: &Pack,
    entry: u32,
    number: u32,
    work: &mut Work<'_>,
    visitor: &mut impl Visit,
) -> Result<(), Damage> {
    let start = pack.offsets[entry as usize];
    let end = start + pack.entry_len(entry);
    let mut flow = Flow::new(PIECE_LEN);
    let header = flow.begin(&pack.file, pack.hash, start, end)?;
    let EntryKind::Whole(kind) = header.kind else {
        return Err(Damage::Header("it is a delta"));
    };
    let mut hasher = pack
        .crcs
        .is_empty()
        .then(|| Hasher::of_object(pack.hash, kind, header.size));
    visitor.begin(number, kind, header.size);
    let streamed = flow.inflate(&pack.file, (start, end), &header, |piece| {
        work.spend(piece.len() as u64)?;
        if let Some(hasher) = &mut hasher {
            hasher.update(piece);
        }
        visitor.piece(piece);
        work.spend(visitor.take_toll())
    });
    let result = streamed.and_then(|after| {
        if end - after > JUNK_LEN_MAX {
            return Err(Damage::Inflate("it takes more room than its content could"));
        }
        flow.skip(&pack.file, after, end)?;
        match pack.crcs.get(entry as usize) {
            Some(expected) if *expected != flow.crc() => Err(Damage::Crc),
            _ => Ok(()),
        }
    });
    visitor.end(result.is_ok());
    result
}

/// Streams a large object that deltas make, and checks its hash. `None` if its deltas cannot be held.
pub(super) fn derived(
    pack: &Pack,
    entry: u32,
    (number, id, kind): (u32, ObjectId, ObjectKind),
    work: &mut Work<'_>,
    visitor: &mut impl Visit,
) -> Option<Result<(), Damage>> {
    let mut chain = match Chain::open(pack, entry) {
        Ok(chain) => chain?,
        Err(damage) => return Some(Err(damage)),
    };
    let size = chain.size();
    let mut hasher = Hasher::of_object(pack.hash, kind, size);
    let mut piece = vec![0; PIECE_LEN];
    visitor.begin(number, kind, size);
    let mut all = || {
        let mut at = 0;
        while at < size {
            let piece = &mut piece[..(size - at).min(PIECE_LEN as u64) as usize];
            chain.read(at, piece, work)?;
            work.spend(piece.len() as u64)?;
            hasher.update(piece);
            visitor.piece(piece);
            work.spend(visitor.take_toll())?;
            at += piece.len() as u64;
        }
        Ok(())
    };
    let read = all();
    let result = read.and_then(|()| match hasher.finish() {
        Some(name) if name == id => Ok(()),
        _ => Err(Damage::Hash),
    });
    visitor.end(result.is_ok());
    Some(result)
}

/// True if a whole object of a pack has this name: read once more, and hashed.
pub(super) fn has_name(pack: &Pack, entry: u32, id: &ObjectId) -> bool {
    struct Hashing(HashKind, Option<Hasher>);
    impl Visit for Hashing {
        type Carry = ();
        fn object(&mut self, _: u32, _: ObjectKind, _: &[u8], _: Origin<'_, ()>) {}
        fn begin(&mut self, _: u32, kind: ObjectKind, size: u64) {
            self.1 = Some(Hasher::of_object(self.0, kind, size));
        }
        fn piece(&mut self, bytes: &[u8]) {
            self.1.iter_mut().for_each(|hasher| hasher.update(bytes));
        }
        fn end(&mut self, _: bool) {}
    }
    let mut hashing = Hashing(pack.hash, None);
    // The same bytes were read a moment ago, within the bound.
    let mut work = Work::new(u64::MAX, None);
    packed(pack, entry, 0, &mut work, &mut hashing).is_ok()
        && hashing.1.and_then(Hasher::finish) == Some(*id)
}

/// Streams a loose object and checks its hash.
pub(super) fn loose(
    loose: &mut Loose,
    store: &Store,
    number: u32,
    work: &mut Work<'_>,
    visitor: &mut impl Visit,
) -> Result<(), Damage> {
    let mut hasher = Hasher::of_object(store.hash, loose.kind, loose.size);
    let mut piece = vec![0; PIECE_LEN];
    visitor.begin(number, loose.kind, loose.size);
    let result = loop {
        match loose.read(&mut piece) {
            Ok(0) => {
                let named = hasher.finish() == Some(store.id(number));
                break if named { Ok(()) } else { Err(Damage::Hash) };
            }
            Ok(n) => {
                if let Err(stopped) = work.spend(n as u64) {
                    break Err(stopped);
                }
                hasher.update(&piece[..n]);
                visitor.piece(&piece[..n]);
                if let Err(stopped) = work.spend(visitor.take_toll()) {
                    break Err(stopped);
                }
            }
            Err(damage) => break Err(damage),
        }
    };
    visitor.end(result.is_ok());
    result
}
