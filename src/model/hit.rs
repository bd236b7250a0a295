//! What a scanner finds: a piece of a credential at an exact place.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Confidence, CredentialKind, Disclosure, Location, ObjectId, ObjectKind, Secret,
    SuppressionReason,
};

/// Bytes of the object's content: `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u64,
    /// Offset after the last byte.
    pub end: u64,
}

/// Where a span begins, for people: both count from 1, the column in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Line, counted by line feeds.
    pub line: u64,
    /// Column in bytes.
    pub column: u64,
}

/// Which part of a credential a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Part {
    /// The access key ID.
    Id,
    /// The secret access key.
    Secret,
    /// The session token.
    Token,
    /// A service key that needs no other part.
    Key,
}

impl Part {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Part::Id => "id",
            Part::Secret => "secret",
            Part::Token => "token",
            Part::Key => "key",
        }
    }
}

/// Which field of an object, or of the repository, holds a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// A blob's content, a symlink's target included.
    Content,
    /// The message of a commit or tag.
    Message,
    /// A commit's author line.
    Author,
    /// A commit's committer line.
    Committer,
    /// A tag's tagger line.
    Tagger,
    /// Any other header of a commit or tag.
    Header,
    /// The name of a tree entry.
    EntryName,
    /// The name of a ref.
    RefName,
    /// A path in an index.
    IndexPath,
}

impl Field {
    /// All of them.
    pub const ALL: [Field; 9] = [
        Field::Content,
        Field::Message,
        Field::Author,
        Field::Committer,
        Field::Tagger,
        Field::Header,
        Field::EntryName,
        Field::RefName,
        Field::IndexPath,
    ];

    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Field::Content => "content",
            Field::Message => "message",
            Field::Author => "author",
            Field::Committer => "committer",
            Field::Tagger => "tagger",
            Field::Header => "header",
            Field::EntryName => "entry-name",
            Field::RefName => "ref-name",
            Field::IndexPath => "index-path",
        }
    }
}

/// A reversible encoding between the bytes of an object and the value found in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Encoding {
    /// Backslash escapes of JSON and most languages: `\/`, `\u0041`, `\n`.
    JsonEscape,
    /// Percent-encoding as in URLs.
    Percent,
    /// Character references of XML and HTML.
    XmlEscape,
    /// `\x41`.
    HexEscape,
    /// `\101`.
    OctalEscape,
    /// Quoted-printable, soft line breaks included.
    QuotedPrintable,
    /// Base64, perhaps wrapped or without padding.
    Base64,
    /// Base64 with `-` and `_`.
    Base64Url,
    /// Hexadecimal digits.
    Hex,
    /// A list of `0x41`.
    HexArray,
    /// A dump with offsets, as `xxd` and `hexdump -C` write it.
    HexDump,
    /// A list of decimal numbers.
    ByteArray,
    /// A list of quoted characters.
    CharArray,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32, low byte first.
    Utf32Le,
    /// UTF-32, high byte first.
    Utf32Be,
    /// EBCDIC, code page 037 or 1047.
    Ebcdic,
    /// One or more gzip members.
    Gzip,
    /// A zlib stream, as in PDF, PNG and git's objects.
    Zlib,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// LZMA, the format before xz.
    Lzma,
    /// Zstandard.
    Zstd,
    /// ASCII85, as in PDF.
    Ascii85,
    /// A member of a zip file, packed.
    Zip,
    /// Pieces with something between them: string concatenation, wrapped lines, what shows nothing.
    Concatenation,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Encoding; 26] = [
        Encoding::JsonEscape,
        Encoding::Percent,
        Encoding::XmlEscape,
        Encoding::HexEscape,
        Encoding::OctalEscape,
        Encoding::QuotedPrintable,
        Encoding::Base64,
        Encoding::Base64Url,
        Encoding::Hex,
        Encoding::HexArray,
        Encoding::HexDump,
        Encoding::ByteArray,
        Encoding::CharArray,
        Encoding::Utf16Le,
        Encoding::Utf16Be,
        Encoding::Utf32Le,
        Encoding::Utf32Be,
        Encoding::Ebcdic,
        Encoding::Gzip,
        Encoding::Zlib,
        Encoding::Bzip2,
        Encoding::Xz,
        Encoding::Lzma,
        Encoding::Zstd,
        Encoding::Ascii85,
        Encoding::Zip,
    ];

    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Encoding::JsonEscape => "json-escape",
            Encoding::Percent => "percent",
            Encoding::XmlEscape => "xml-escape",
            Encoding::HexEscape => "hex-escape",
            Encoding::OctalEscape => "octal-escape",
            Encoding::QuotedPrintable => "quoted-printable",
            Encoding::Base64 => "base64",
            Encoding::Base64Url => "base64url",
            Encoding::Hex => "hex",
            Encoding::HexArray => "hex-array",
            Encoding::HexDump => "hex-dump",
            Encoding::ByteArray => "byte-array",
            Encoding::CharArray => "char-array",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Utf32Le => "utf-32le",
            Encoding::Utf32Be => "utf-32be",
            Encoding::Ebcdic => "ebcdic",
            Encoding::Gzip => "gzip",
            Encoding::Zlib => "zlib",
            Encoding::Bzip2 => "bzip2",
            Encoding::Xz => "xz",
            Encoding::Lzma => "lzma",
            Encoding::Zstd => "zstd",
            Encoding::Ascii85 => "ascii85",
            Encoding::Zip => "zip",
            Encoding::Concatenation => "concatenation",
        }
    }
}

/// The thing a hit lies in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A git object.
    Object {
        /// Its name.
        id: ObjectId,
        /// Its kind.
        kind: ObjectKind,
    },
    /// The name of a ref, whole: `refs/heads/…`.
    RefName(Vec<u8>),
    /// A path in an index, relative to the top of the work tree.
    IndexPath(Vec<u8>),
    /// A file below the git directory that is no object: `logs/HEAD`, `COMMIT_EDITMSG`.
    GitFile(Vec<u8>),
    /// A file of the work tree, relative to its top (`--worktree` only).
    WorktreeFile(Vec<u8>),
}

/// Set in [`Hit::section`] where the section has a header of its own, such as a profile in an INI
/// file: an ID in one such section never belongs to a secret in another.
pub const SECTION_HARD: u32 = 1 << 31;

/// What the name of a value says that it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Says {
    /// Nothing about that, or there is no name.
    #[default]
    Nothing,
    /// A secret.
    Secret,
    /// A secret of something else, most likely: `session_secret`, `token`.
    Doubtful,
    /// Something that is no secret key: `checksum`.
    Other,
}

/// What the name of a value, and the line that it stands in, say of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Naming {
    /// What its label says, or the heading of its column.
    pub says: Says,
    /// Its line is commented out.
    pub commented: bool,
    /// Its label speaks of a key, and does not name AWS: `access_key`.
    pub generic: bool,
}

/// What else the scanner learned of a hit where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Which service key it is; `None` for IDs, secrets and tokens.
    pub service: Option<CredentialKind>,
    /// The public name that stands nearest: user, key pair.
    pub related: Option<String>,
    /// The signed request that an ID stands in.
    pub disclosure: Option<Disclosure>,
    /// What people call the value, if somebody named it.
    pub known: Option<Arc<str>>,
    /// Nothing else stands in its file, so that only the file's name can say what it is.
    pub alone: bool,
    /// What its name and its line say.
    pub naming: Naming,
}

/// One occurrence of one part of a credential.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The rule that found it: its stable id.
    pub rule: &'static str,
    /// What it is taken for.
    pub part: Part,
    /// The decoded value. Access key IDs are public by nature, and are kept here all the same.
    pub value: Secret,
    /// Where it lies.
    pub place: Place,
    /// Which field of the place.
    pub field: Field,
    /// The exact bytes that hold it, encoded as they are.
    pub span: Span,
    /// Where the span begins, for people.
    pub position: Position,
    /// From the outermost encoding to the innermost; empty for plain text.
    pub encodings: Vec<Encoding>,
    /// How sure the scanner is, from the value and its context alone.
    pub confidence: Confidence,
    /// Which section, object, call or profile of the place it belongs to: hits with equal
    /// numbers share a structure. 0 where none was recognised.
    pub section: u32,
    /// What the name of the variable says besides what the value is, as a number: equal for
    /// `PROD_AWS_KEY_ID` and `PROD_AWS_SECRET`. 0 if it says nothing more.
    pub stem: u32,
    /// True if a label names it as this part ("`aws_secret_access_key` ="), false if it was
    /// taken by position only.
    pub labelled: bool,
    /// Set when the value itself says that it is no credential.
    pub placeholder: Option<SuppressionReason>,
    /// What else is known of it.
    pub about: About,
    /// Where it lies inside of what had to be unpacked as a whole; the span is all of that then.
    pub inner: Option<Inner>,
}

/// A place inside of something unpacked: a member of an archive, a compressed stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Inner {
    /// Which of the things unpacked from one object, counted from 1; 0 is the object itself.
    pub view: u32,
    /// The bytes there.
    pub span: Span,
    /// The line there.
    pub line: u64,
}

impl Hit {
    /// Where it lies for comparing it with others: inside of what was unpacked, if anything was.
    pub fn spot(&self) -> Inner {
        self.inner.unwrap_or(Inner {
            view: 0,
            span: self.span,
            line: self.position.line,
        })
    }
}

/// A hit with the history of its place.
#[derive(Clone, Debug)]
pub struct LocatedHit {
    /// The hit.
    pub hit: Hit,
    /// Where its place stands in history; hits in the same place share it.
    pub location: Arc<Location>,
}
