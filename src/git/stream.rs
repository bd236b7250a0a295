//! Large objects, piece by piece: their size is no reason not to read them.

use super::damage::Damage;
use super::hash::Hasher;
use super::loose::Loose;
use super::pack::Pack;
use super::pack::header::{self, EntryKind, HEADER_LEN_MAX};
use super::pack::inflate::Stream;
use super::pack::window::read_up_to;
use super::store::Store;
use super::walk::{Origin, Visit};
use crate::model::{HashKind, ObjectId, ObjectKind};

/// Compressed bytes read at once.
const READ_LEN: usize = 64 << 10;
/// Content shown to the visitor at once.
const PIECE_LEN: usize = 512 << 10;

/// Streams a whole object of a pack. Its CRC-32 is checked at the end; a pack without CRCs has
/// the object hashed instead.
pub(super) fn packed(
    pack: &Pack,
    entry: u32,
    number: u32,
    visitor: &mut impl Visit,
) -> Result<(), Damage> {
    let start = pack.offsets[entry as usize];
    let end = start + pack.entry_len(entry);
    let mut input = vec![0; READ_LEN];
    let room = ((end - start) as usize).min(HEADER_LEN_MAX);
    let got = read_up_to(&pack.file, &mut input[..room], start)?;
    let header = header::parse(&input[..got], pack.hash)?;
    let EntryKind::Whole(kind) = header.kind else {
        return Err(Damage::Header("it is a delta"));
    };
    let mut hasher = pack
        .crcs
        .is_empty()
        .then(|| Hasher::of_object(pack.hash, kind, header.size));
    visitor.begin(number, kind, header.size);
    let result = inflate(pack, start, end, &header, &mut input, &mut |piece| {
        if let Some(hasher) = &mut hasher {
            hasher.update(piece);
        }
        visitor.piece(piece);
    });
    let result = result.and_then(|crc| match pack.crcs.get(entry as usize) {
        Some(expected) if *expected != crc => Err(Damage::Crc),
        _ => Ok(()),
    });
    visitor.end(result.is_ok());
    result
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
    packed(pack, entry, 0, &mut hashing).is_ok() && hashing.1.and_then(Hasher::finish) == Some(*id)
}

/// Inflates the entry at `start..end`; returns its CRC-32, header included.
fn inflate(
    pack: &Pack,
    start: u64,
    end: u64,
    header: &header::Header,
    input: &mut [u8],
    show: &mut impl FnMut(&[u8]),
) -> Result<u32, Damage> {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&input[..header.len]);
    let mut stream = Stream::new();
    let mut piece = vec![0; PIECE_LEN];
    let (mut at, mut filled, mut produced, mut done) = (start + header.len as u64, 0, 0u64, false);
    while at < end {
        let room = ((end - at) as usize).min(input.len());
        let got = read_up_to(&pack.file, &mut input[..room], at)?;
        if got == 0 {
            return Err(Damage::Truncated);
        }
        crc.update(&input[..got]);
        at += got as u64;
        let mut used = 0;
        while used < got && !done {
            let step = stream.step(&input[used..got], &mut piece[filled..])?;
            used += step.consumed;
            filled += step.produced;
            produced += step.produced as u64;
            done = step.done;
            if produced > header.size {
                return Err(Damage::Inflate("it is longer than declared"));
            }
            if filled == piece.len() {
                show(&piece);
                filled = 0;
            } else if step.consumed == 0 && step.produced == 0 {
                return Err(Damage::Inflate("bad data or checksum"));
            }
        }
    }
    // What the decompressor still holds back.
    while !done {
        let step = stream.step(&[], &mut piece[filled..])?;
        filled += step.produced;
        produced += step.produced as u64;
        done = step.done;
        if step.produced == 0 && !done {
            return Err(Damage::Inflate("it ends early"));
        }
        if filled == piece.len() {
            show(&piece);
            filled = 0;
        }
    }
    show(&piece[..filled]);
    if produced != header.size {
        return Err(Damage::Inflate("it is shorter than declared"));
    }
    Ok(crc.finalize())
}

/// Streams a loose object and checks its hash.
pub(super) fn loose(
    loose: &mut Loose,
    store: &Store,
    number: u32,
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
                hasher.update(&piece[..n]);
                visitor.piece(&piece[..n]);
            }
            Err(damage) => break Err(damage),
        }
    };
    visitor.end(result.is_ok());
    result
}
