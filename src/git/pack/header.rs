//! The header of a pack entry: kind, inflated size, and where a delta's base is.
//!
//! Format: git's Documentation/gitformat-pack.

#![expect(
    clippy::unnecessary_lazy_evaluations,
    reason = "a fault that is made for each number only to be dropped is half a hundredth of a sweep"
)]

use crate::git::damage::Damage;
use crate::model::{HashKind, ObjectId, ObjectKind};

/// The longest header: ten bytes of size and a 32-byte base id.
pub(crate) const HEADER_LEN_MAX: usize = 10 + 32;

/// What kind of entry it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A whole object.
    Whole(ObjectKind),
    /// A delta against the entry this many bytes before.
    OfsDelta(u64),
    /// A delta against the object of this name.
    RefDelta(ObjectId),
}

/// A parsed header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: EntryKind,
    /// Inflated size of the entry's data: for a delta that of its instructions.
    pub(crate) size: u64,
    /// Length of the header in bytes.
    pub(crate) len: usize,
}

/// Parses the header at the start of `bytes`, which need not hold more than the header.
pub(crate) fn parse(bytes: &[u8], hash: HashKind) -> Result<Header, Damage> {
    let first = *bytes.first().ok_or_else(|| Damage::Truncated)?;
    let mut size = u64::from(first & 0x0f);
    let mut at = 1;
    let mut shift = 4;
    let mut byte = first;
    while byte & 0x80 != 0 {
        byte = *bytes.get(at).ok_or_else(|| Damage::Truncated)?;
        at += 1;
        let part = u64::from(byte & 0x7f);
        if shift > 63 || (part << shift) >> shift != part {
            return Err(Damage::Header("its size does not fit 64 bits"));
        }
        size |= part << shift;
        shift += 7;
    }
    let kind = match first >> 4 & 7 {
        1 => EntryKind::Whole(ObjectKind::Commit),
        2 => EntryKind::Whole(ObjectKind::Tree),
        3 => EntryKind::Whole(ObjectKind::Blob),
        4 => EntryKind::Whole(ObjectKind::Tag),
        6 => EntryKind::OfsDelta(base_distance(bytes, &mut at)?),
        7 => {
            let end = at + hash.len();
            let raw = bytes.get(at..end).ok_or_else(|| Damage::Truncated)?;
            at = end;
            EntryKind::RefDelta(ObjectId::from_bytes(raw).ok_or_else(|| Damage::Truncated)?)
        }
        _ => return Err(Damage::Header("its kind is unknown")),
    };
    Ok(Header {
        kind,
        size,
        len: at,
    })
}

/// The offset encoding of OFS deltas: each further byte adds one before it is shifted in.
fn base_distance(bytes: &[u8], at: &mut usize) -> Result<u64, Damage> {
    let mut byte = *bytes.get(*at).ok_or_else(|| Damage::Truncated)?;
    *at += 1;
    let mut distance = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = *bytes.get(*at).ok_or_else(|| Damage::Truncated)?;
        *at += 1;
        distance = distance
            .checked_add(1)
            .filter(|d| d >> 57 == 0)
            .ok_or_else(|| Damage::Header("its base distance does not fit 64 bits"))?;
        distance = distance << 7 | u64::from(byte & 0x7f);
    }
    if distance == 0 {
        return Err(Damage::Header("it names itself as its base"));
    }
    Ok(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_kind_size_and_base() {
        let header = parse(&[0xb5, 0x0a], HashKind::Sha1).unwrap();
        assert_eq!(
            header,
            Header {
                kind: EntryKind::Whole(ObjectKind::Blob),
                size: 0xa5,
                len: 2
            }
        );
        let header = parse(&[0x63, 0x81, 0x00], HashKind::Sha1).unwrap();
        assert_eq!(header.kind, EntryKind::OfsDelta(0x100));
        let mut raw = vec![0x71];
        raw.extend_from_slice(&[7; 32]);
        assert_eq!(parse(&raw, HashKind::Sha256).unwrap().len, 33);
    }

    #[test]
    fn refuses_what_cannot_be() {
        assert_eq!(parse(&[], HashKind::Sha1), Err(Damage::Truncated));
        assert_eq!(parse(&[0x80], HashKind::Sha1), Err(Damage::Truncated));
        assert!(matches!(
            parse(&[0x00], HashKind::Sha1),
            Err(Damage::Header(_))
        ));
        assert!(matches!(
            parse(&[0x50], HashKind::Sha1),
            Err(Damage::Header(_))
        ));
        assert!(matches!(
            parse(&[0x60, 0x00], HashKind::Sha1),
            Err(Damage::Header(_))
        ));
        assert!(matches!(
            parse(&[0xff; 40], HashKind::Sha1),
            Err(Damage::Header(_))
        ));
        assert!(matches!(
            parse(&[[0x60].as_slice(), &[0xff; 40]].concat(), HashKind::Sha1),
            Err(Damage::Header(_))
        ));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
            for hash in [HashKind::Sha1, HashKind::Sha256] {
                if let Ok(header) = parse(&bytes, hash) {
                    proptest::prop_assert!(header.len <= bytes.len() && header.len <= HEADER_LEN_MAX);
                }
            }
        }
    }
}
