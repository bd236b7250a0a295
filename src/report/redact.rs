//! Takes known secrets out of names: a key in a file name, a ref name or an author line must
//! not leave through the path that locates it.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::model::{Report, Secret};

/// What stands in place of a secret.
const MARK: &[u8] = b"[secret]";
/// Bytes by which secrets are looked up; shorter values are no secrets.
const PREFIX: usize = 4;

/// All secrets of a report, ready to be recognised in any text.
#[derive(Default)]
pub(super) struct Redactor<'a> {
    by_prefix: HashMap<[u8; PREFIX], Vec<&'a [u8]>>,
}

impl<'a> Redactor<'a> {
    /// Knows every secret and token of the report, suppressed and unlisted ones included.
    pub(super) fn new(report: &'a Report) -> Redactor<'a> {
        let mut redactor = Redactor::default();
        let hidden = report.suppressed.iter().map(|s| &s.finding);
        for finding in report.findings.iter().chain(hidden) {
            let credential = &finding.credential;
            for secret in [&credential.secret, &credential.token]
                .into_iter()
                .flatten()
            {
                redactor.learn(secret);
            }
        }
        for secret in &report.unlisted {
            redactor.learn(secret);
        }
        for secrets in redactor.by_prefix.values_mut() {
            // Longest first, so that a secret that begins like another one goes as a whole.
            secrets.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
            secrets.dedup();
        }
        redactor
    }

    fn learn(&mut self, secret: &'a Secret) {
        let value = secret.expose();
        if let Some(prefix) = value.first_chunk() {
            self.by_prefix.entry(*prefix).or_default().push(value);
        }
    }

    /// The bytes without any secret, plain, percent-encoded or JSON-escaped.
    pub(super) fn redact<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        if self.by_prefix.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut clean = Vec::new();
        let (mut kept_to, mut at) = (0, 0);
        while at + PREFIX <= text.len() {
            if let Some(len) = self.secret_at(&text[at..]) {
                clean.extend_from_slice(&text[kept_to..at]);
                clean.extend_from_slice(MARK);
                at += len;
                kept_to = at;
            } else {
                at += 1;
            }
        }
        if kept_to == 0 {
            return Cow::Borrowed(text);
        }
        clean.extend_from_slice(&text[kept_to..]);
        Cow::Owned(clean)
    }

    /// How many bytes a secret at the start of `text` takes, if there is one.
    fn secret_at(&self, text: &[u8]) -> Option<usize> {
        let plain: [u8; PREFIX] = *text.first_chunk()?;
        let decoded = decoded_prefix(text).unwrap_or(plain);
        [plain, decoded]
            .iter()
            .filter_map(|prefix| self.by_prefix.get(prefix))
            .flatten()
            .find_map(|secret| match_len(text, secret))
    }
}

/// The first bytes of `text`, decoded.
fn decoded_prefix(text: &[u8]) -> Option<[u8; PREFIX]> {
    let mut prefix = [0; PREFIX];
    let mut at = 0;
    for byte in &mut prefix {
        let (value, len) = decode_one(text.get(at..)?)?;
        *byte = value;
        at += len;
    }
    Some(prefix)
}

/// How many bytes of `text` spell `secret`, each of its bytes plain or encoded.
fn match_len(text: &[u8], secret: &[u8]) -> Option<usize> {
    let mut at = 0;
    for wanted in secret {
        let rest = text.get(at..)?;
        at += match decode_one(rest)? {
            (value, len) if value == *wanted => len,
            _ if rest.first() == Some(wanted) => 1,
            _ => return None,
        };
    }
    Some(at)
}

/// One byte of the decoded text, and how many encoded bytes it takes.
fn decode_one(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'\\', b'/', ..] => Some((b'/', 2)),
        [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            let digit = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
            Some((digit(*high)? << 4 | digit(*low)?, 3))
        }
        [first, ..] => Some((*first, 1)),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn secrets_in_names_are_replaced_however_they_are_written() {
        let report = fixture::pushed_pair();
        let secret = report.findings[0].credential.secret.clone().unwrap();
        let plain = secret.expose();
        let percent: Vec<u8> = plain
            .iter()
            .flat_map(|b| format!("%{b:02x}").into_bytes())
            .collect();
        let mixed = [&plain[..10], percent[30..].as_ref()].concat();
        let redactor = Redactor::new(&report);
        for spelling in [plain.to_vec(), percent, mixed] {
            let name = [b"dir/%zz\\", &spelling[..], b"\xff.txt"].concat();
            assert_eq!(&*redactor.redact(&name), b"dir/%zz\\[secret]\xff.txt");
        }
        let twice = [plain, plain].concat();
        assert_eq!(&*redactor.redact(&twice), b"[secret][secret]");
        assert_eq!(&*redactor.redact(&plain[1..]), &plain[1..]);
    }

    #[test]
    fn slashes_escaped_as_in_json_are_seen_through() {
        let mut report = fixture::pushed_pair();
        // Built here, so that nothing key-shaped stands in the file.
        let secret: Vec<u8> = b"ab/cd".repeat(8);
        report.findings[0].credential.secret = Some(crate::model::Secret::new(secret));
        let name = "ab\\/cd".repeat(8);
        assert_eq!(
            &*Redactor::new(&report).redact(name.as_bytes()),
            b"[secret]"
        );
    }

    #[test]
    fn without_secrets_nothing_is_copied() {
        let report = fixture::empty();
        assert!(matches!(
            Redactor::new(&report).redact(b"a/b"),
            Cow::Borrowed(b"a/b")
        ));
    }
}
