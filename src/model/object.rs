//! What git stores: an object, its id and its kind. Nothing here knows how it is stored.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The hash a repository names its objects with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HashKind {
    /// 20 bytes, git's default until git 3.
    Sha1,
    /// 32 bytes, `extensions.objectFormat = sha256`.
    Sha256,
}

impl HashKind {
    /// Length of a raw id in bytes.
    #[expect(clippy::len_without_is_empty, reason = "no id is empty")]
    pub const fn len(self) -> usize {
        match self {
            HashKind::Sha1 => 20,
            HashKind::Sha256 => 32,
        }
    }

    /// Length of an id in hexadecimal digits.
    pub const fn hex_len(self) -> usize {
        self.len() * 2
    }

    /// The name git's configuration uses.
    pub const fn name(self) -> &'static str {
        match self {
            HashKind::Sha1 => "sha1",
            HashKind::Sha256 => "sha256",
        }
    }
}

/// The name of a git object: a SHA-1 or SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    bytes: [u8; 32],
    len: u8,
}

/// For each byte its value as a hexadecimal digit; 255 if it is none.
static HEX_DIGITS: [u8; 256] = {
    let mut table = [255; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        table[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

impl ObjectId {
    /// Takes a raw id of 20 or 32 bytes; any other length is `None`.
    pub fn from_bytes(raw: &[u8]) -> Option<ObjectId> {
        if raw.len() != 20 && raw.len() != 32 {
            return None;
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(ObjectId {
            bytes,
            len: raw.len() as u8,
        })
    }

    /// Parses 40 or 64 hexadecimal digits, upper or lower case.
    pub fn from_hex(hex: &[u8]) -> Option<ObjectId> {
        if hex.len() != 40 && hex.len() != 64 {
            return None;
        }
        let (mut bytes, mut wrong) = ([0; 32], 0);
        for (byte, pair) in bytes.iter_mut().zip(hex.as_chunks::<2>().0) {
            let high = HEX_DIGITS[usize::from(pair[0])];
            let low = HEX_DIGITS[usize::from(pair[1])];
            wrong |= high | low;
            *byte = high << 4 | low & 0xf;
        }
        (wrong <= 0xf).then_some(ObjectId {
            bytes,
            len: (hex.len() / 2) as u8,
        })
    }

    /// The raw bytes of the id.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// True for the all-zero id, which git writes where there is no object.
    pub fn is_null(&self) -> bool {
        self.as_bytes().iter().all(|b| *b == 0)
    }

    /// The first ten hexadecimal digits, for people.
    pub fn short(&self) -> String {
        let mut hex = self.to_string();
        hex.truncate(10);
        hex
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = [0; 64];
        let hex = &mut room[..2 * usize::from(self.len)];
        data_encoding::HEXLOWER.encode_mut(self.as_bytes(), hex);
        f.write_str(std::str::from_utf8(hex).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ObjectId, D::Error> {
        let hex = std::borrow::Cow::<str>::deserialize(deserializer)?;
        ObjectId::from_hex(hex.as_bytes()).ok_or_else(|| de::Error::custom("no object id"))
    }
}

/// The four kinds of git object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ObjectKind {
    /// File content or a symlink's target.
    Blob,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
    /// A directory.
    Tree,
}

impl ObjectKind {
    /// All kinds, in the order reports use.
    pub const ALL: [ObjectKind; 4] = [
        ObjectKind::Blob,
        ObjectKind::Commit,
        ObjectKind::Tag,
        ObjectKind::Tree,
    ];

    /// The name git prints and hashes.
    pub const fn name(self) -> &'static str {
        match self {
            ObjectKind::Blob => "blob",
            ObjectKind::Commit => "commit",
            ObjectKind::Tag => "tag",
            ObjectKind::Tree => "tree",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A piece of an object that its delta copied from the base. Instructions that go on where the
/// last one ended are one piece, so that whatever the base has across them is inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it lies in the result.
    pub at: usize,
    /// Where it lies in the base.
    pub from: usize,
    /// In bytes.
    pub len: usize,
}

impl Copied {
    /// Where a byte of the base, inside what was copied, lies in the result.
    #[inline]
    pub(crate) fn result_of(&self, base: u32) -> usize {
        self.at + (base as usize - self.from)
    }
}

/// How an object was made from another one.
///
/// A delta copies most of its base. What it copies was scanned there; only what it inserts,
/// and the places where two pieces meet, is new.
#[derive(Clone, Copy, Debug)]
pub struct Derivation<'a> {
    /// The ranges that are new: ascending, disjoint, within the object. An empty range marks a
    /// junction of two copied pieces. Of a tree they are whole entries.
    pub fresh: &'a [Range<usize>],
    /// What was copied, in the order of the result.
    pub copies: &'a [Copied],
    /// Bytes that hold everything that was inserted, piece by piece, among others: a delta. One
    /// search of these takes the place of many small ones.
    pub inserted: &'a [u8],
    /// Where two pieces meet inside of a new range: they may be apart in `inserted`.
    pub seams: &'a [usize],
}

/// How many bytes around new ones must be known for a look at an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margins {
    /// Before the new bytes.
    pub before: usize,
    /// Behind them.
    pub behind: usize,
}

/// One git object, as it is handed to a scanner.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// Its name.
    pub id: ObjectId,
    /// Its kind.
    pub kind: ObjectKind,
    /// Its content, without git's header.
    pub bytes: &'a [u8],
}
