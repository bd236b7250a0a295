//! Hashing objects and files. SHA-1 goes through gix's implementation, which detects known
//! collision attacks.

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
        let mut digits = [b'0'; 20];
        let (mut rest, mut first) = (size, digits.len());
        while rest > 0 || first == digits.len() {
            first -= 1;
            digits[first] += (rest % 10) as u8;
            rest /= 10;
        }
        for part in [kind.name().as_bytes(), b" ", &digits[first..], b"\0"] {
            hasher.update(part);
        }
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
