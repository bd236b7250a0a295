//! Values that somebody names: looked for as they are, whatever they look like, by nothing but their
//! length and SHA-256.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{CredentialKind, Part, Secret};

/// Shorter values are refused: their hashes could be guessed, and they would stand anywhere.
pub const KNOWN_LEN_MIN: usize = 16;
/// Longer ones are refused: no credential is as long.
pub const KNOWN_LEN_MAX: usize = 16 << 10;

/// What a value is made of. Only runs of such characters are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alphabet {
    /// The 64 characters of base64: secret access keys.
    Base64,
    /// The same with `-`, `_` and `=`: tokens and most service keys.
    Token,
    /// All that is printed in ASCII but space, quotes and angle brackets.
    Graphic,
    /// A private key in PEM: begins with its first line, and holds anything.
    Pem,
}

/// How a private key in PEM begins.
pub const PEM_HEAD: &[u8] = b"-----BEGIN";

impl Alphabet {
    /// All of them, narrowest first.
    pub const ALL: [Alphabet; 4] = [
        Alphabet::Base64,
        Alphabet::Token,
        Alphabet::Graphic,
        Alphabet::Pem,
    ];

    /// The name files use.
    pub const fn name(self) -> &'static str {
        match self {
            Alphabet::Base64 => "base64",
            Alphabet::Token => "token",
            Alphabet::Graphic => "graphic",
            Alphabet::Pem => "pem",
        }
    }

    /// True if a byte is of it.
    pub const fn holds(self, byte: u8) -> bool {
        match self {
            Alphabet::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
            Alphabet::Token => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
            }
            Alphabet::Graphic => {
                byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
            }
            Alphabet::Pem => true,
        }
    }

    /// The narrowest one that a value is made of; `None` if it is of no kind that can be looked for.
    pub fn of(value: &[u8]) -> Option<Alphabet> {
        if value.starts_with(PEM_HEAD) {
            return Some(Alphabet::Pem);
        }
        let narrow = [Alphabet::Base64, Alphabet::Token, Alphabet::Graphic];
        narrow
            .into_iter()
            .find(|alphabet| value.iter().all(|byte| alphabet.holds(*byte)))
    }

    /// What the values of a kind of credential are made of, as far as the kind tells.
    pub const fn of_kind(part: Part, kind: CredentialKind) -> Alphabet {
        use CredentialKind as Kind;
        match (part, kind) {
            (Part::Id | Part::Secret, _) => Alphabet::Base64,
            (Part::Token, _) => Alphabet::Token,
            (Part::Key, Kind::CloudFrontPrivateKey) => Alphabet::Pem,
            (
                Part::Key,
                Kind::BedrockApiKey
                | Kind::CloudWatchLogsKey
                | Kind::SesSmtpPassword
                | Kind::ServicePassword
                | Kind::AppSyncApiKey
                | Kind::EcrToken,
            ) => Alphabet::Token,
            (Part::Key, _) => Alphabet::Graphic,
        }
    }
}

/// How a value is recognised.
#[derive(Clone, PartialEq, Eq)]
pub enum Mark {
    /// An access key ID, which is public: literally.
    Literal(String),
    /// Anything else: by its hash.
    Hash {
        /// SHA-256 of the raw value.
        sha256: [u8; 32],
        /// Its length in bytes.
        len: usize,
        /// What it is made of.
        alphabet: Alphabet,
    },
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mark::Literal(id) => write!(f, "{id}"),
            Mark::Hash { len, .. } => write!(f, "Hash({len} bytes)"),
        }
    }
}

/// One value that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownValue {
    /// Which part of a credential it is.
    pub part: Part,
    /// What the credential is.
    pub kind: CredentialKind,
    /// How it is recognised.
    pub mark: Mark,
    /// What people call it: a profile, a variable, a fingerprint. Never the value.
    pub label: Arc<str>,
}

impl KnownValue {
    /// A value at hand, of which nothing but the hash is kept. `None` if it is too short, too long
    /// or made of something that cannot be looked for.
    pub fn of_secret(
        part: Part,
        kind: CredentialKind,
        value: &Secret,
        label: &str,
    ) -> Option<KnownValue> {
        let bytes = value.expose();
        if !(KNOWN_LEN_MIN..=KNOWN_LEN_MAX).contains(&bytes.len()) {
            return None;
        }
        let mark = if part == Part::Id {
            let id = std::str::from_utf8(bytes).ok()?;
            id.bytes()
                .all(|b| b.is_ascii_alphanumeric())
                .then(|| Mark::Literal(id.to_owned()))?
        } else {
            Mark::Hash {
                sha256: Sha256::digest(bytes).into(),
                len: bytes.len(),
                alphabet: Alphabet::of(bytes)?,
            }
        };
        Some(KnownValue {
            part,
            kind,
            mark,
            label: label.into(),
        })
    }

    /// Its hash in lower-case hexadecimal; `None` for IDs.
    pub fn sha256(&self) -> Option<String> {
        match &self.mark {
            Mark::Literal(_) => None,
            Mark::Hash { sha256, .. } => Some(data_encoding::HEXLOWER.encode(sha256)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_alphabet() {
        assert_eq!(Alphabet::of(b"abcDEF/+09"), Some(Alphabet::Base64));
        assert_eq!(Alphabet::of(b"abc-DEF="), Some(Alphabet::Token));
        assert_eq!(Alphabet::of(b"amzn.mws.x"), Some(Alphabet::Graphic));
        assert_eq!(Alphabet::of(b"two words"), None);
        let pem = [PEM_HEAD, b" X\nabc\n"].concat();
        assert_eq!(Alphabet::of(&pem), Some(Alphabet::Pem));
    }

    #[test]
    fn formatting_shows_no_hash() {
        let secret = Secret::new(b"hunter2hunter2hunter2".to_vec());
        let kind = CredentialKind::SecretAccessKey;
        let value = KnownValue::of_secret(Part::Secret, kind, &secret, "x").unwrap();
        assert!(format!("{value:?}").contains("Hash(21 bytes)"));
        let short = Secret::new(b"hunter2".to_vec());
        assert_eq!(KnownValue::of_secret(Part::Secret, kind, &short, "x"), None);
    }
}
