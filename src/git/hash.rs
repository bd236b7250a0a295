//! Hashing objects and files. SHA-1 goes through gix's implementation, which detects known
//! collision attacks; only [`has_id`] does not, which asks less and is a third of the price.

use sha1::Digest as _;

use crate::model::{HashKind, ObjectId, ObjectKind};

fn gix_kind(hash: HashKind) -> gix::hash::Kind {
    match hash {
        HashKind::Sha1 => gix::hash::Kind::Sha1,
        HashKind::Sha256 => gix::hash::Kind::Sha256,
    }
}

/// Hashes piece by piece.
pub(crate) struct Hasher(gix::hash::Hasher);

impl Hasher {
    pub(crate) fn new(hash: HashKind) -> Hasher {
        Hasher(gix::hash::hasher(gix_kind(hash)))
    }

    /// A hasher that has already seen git's header of an object.
    pub(crate) fn of_object(hash: HashKind, kind: ObjectKind, size: u64) -> Hasher {
        let mut hasher = Hasher::new(hash);
        header(kind, size, |part| hasher.update(part));
        hasher
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest, or `None` if the input is a collision attack.
    pub(crate) fn finish(self) -> Option<ObjectId> {
        ObjectId::from_bytes(self.0.try_finalize().ok()?.as_slice())
    }
}

/// Shows git's header of an object, part by part.
fn header(kind: ObjectKind, size: u64, mut show: impl FnMut(&[u8])) {
    let mut digits = [b'0'; 20];
    let (mut rest, mut first) = (size, digits.len());
    while rest > 0 || first == digits.len() {
        first -= 1;
        digits[first] += (rest % 10) as u8;
        rest /= 10;
    }
    for part in [kind.name().as_bytes(), b" ", &digits[first..], b"\0"] {
        show(part);
    }
}

/// The digest of some bytes.
pub(crate) fn digest(hash: HashKind, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut hasher = Hasher::new(hash);
    hasher.update(bytes);
    Some(hasher.finish()?.as_bytes().to_vec())
}

/// The name of an object with this content.
pub(crate) fn object_id(hash: HashKind, kind: ObjectKind, bytes: &[u8]) -> Option<ObjectId> {
    let mut hasher = Hasher::of_object(hash, kind, bytes.len() as u64);
    hasher.update(bytes);
    hasher.finish()
}

/// True if an object with this content has this name: whether an index exchanged names is all that
/// this tells. Two contents that were made to have one name are not told apart: either is read as
/// what it is.
pub(crate) fn has_id(hash: HashKind, kind: ObjectKind, bytes: &[u8], id: &[u8]) -> bool {
    match hash {
        HashKind::Sha1 => {
            let mut hasher = sha1::Sha1::new();
            header(kind, bytes.len() as u64, |part| hasher.update(part));
            hasher.update(bytes);
            hasher.finalize()[..] == *id
        }
        HashKind::Sha256 => {
            object_id(hash, kind, bytes).is_some_and(|name| *name.as_bytes() == *id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_naming_agree() {
        for hash in [HashKind::Sha1, HashKind::Sha256] {
            for len in [0, 1, 9, 10, 55, 56, 63, 64, 65, 999, 1000, 100_000] {
                let bytes: Vec<u8> = (0..len).map(|n: u64| (n * n % 251) as u8).collect();
                for kind in ObjectKind::ALL {
                    let id = object_id(hash, kind, &bytes).unwrap();
                    assert!(has_id(hash, kind, &bytes, id.as_bytes()));
                    let mut other = bytes.clone();
                    other.push(0);
                    assert!(!has_id(hash, kind, &other, id.as_bytes()));
                }
            }
        }
    }
}
