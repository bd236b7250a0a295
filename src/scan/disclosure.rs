//! Signed requests: they show the ID of the key that signed them, and no secret. A presigned URL
//! also says until when it works.

use std::ops::Range;

use crate::model::{Disclosure, DisclosureKind, time_of};

/// How far to either side of an ID its request is looked at.
const REACH: usize = 150;
/// A signature of version 4 lives seven days at most: no later than eight days after its date.
const LIFE_MAX: i64 = 8 * 24 * 3600;

/// The signed request that the ID at `span` stands in, if it does.
pub(super) fn of(bytes: &[u8], span: &Range<usize>) -> Option<Disclosure> {
    let from = span.start.saturating_sub(REACH);
    let left = run_before(&bytes[from..span.start]);
    let right = run_behind(&bytes[span.end..bytes.len().min(span.end + REACH)]);
    version_4(left, right).or_else(|| version_2(&bytes[from..span.start], left, right))
}

/// `<id>/<date>/<region>/<service>/aws4_request`, in a query, a header or a form field.
fn version_4(left: &[u8], right: &[u8]) -> Option<Disclosure> {
    let behind_slash = [&b"/"[..], b"%2F", b"%2f", b"\\/", b"%252F"]
        .iter()
        .find_map(|slash| right.strip_prefix(*slash))?;
    let day = text(behind_slash.get(..8)?)?;
    let signed_on = time_of(day)?;
    if !has(right, b"aws4_request") && right.len() < 100 {
        return None;
    }
    let in_query = [&b"X-Amz-Credential="[..], b"X-Amz-Credential%3D"];
    if !in_query.iter().any(|name| ends_with(left, name)) {
        return Some(Disclosure {
            kind: DisclosureKind::Signature,
            expires: Some(signed_on + LIFE_MAX),
        });
    }
    let date = value(left, right, b"X-Amz-Date", 16).and_then(|date| time_of(&date));
    let life = value(left, right, b"X-Amz-Expires", 7);
    let life = life.and_then(|life| life.split(not_digit).next()?.parse::<i64>().ok());
    let exact = date.zip(life).map(|(date, life)| date + life);
    Some(Disclosure {
        kind: DisclosureKind::PresignedUrl,
        expires: exact.or(Some(signed_on + LIFE_MAX)),
    })
}

/// `AWSAccessKeyId=<id>` beside a signature, or the header `AWS <id>:<signature>`.
fn version_2(before: &[u8], left: &[u8], right: &[u8]) -> Option<Disclosure> {
    if ends_with(left, b"AWSAccessKeyId=") || ends_with(left, b"AWSAccessKeyId%3D") {
        if !has(left, b"Signature") && !has(right, b"Signature") {
            return None;
        }
        let expires = value(left, right, b"Expires", 10);
        let expires = expires.and_then(|epoch| epoch.split(not_digit).next()?.parse().ok());
        let kind = match expires {
            Some(_) => DisclosureKind::PresignedUrl,
            None => DisclosureKind::Signature,
        };
        return Some(Disclosure { kind, expires });
    }
    let signature = right.strip_prefix(b":")?;
    let of_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let header = before.ends_with(b"AWS ")
        && signature.get(27) == Some(&b'=')
        && signature[..27].iter().all(of_base64);
    header.then_some(Disclosure {
        kind: DisclosureKind::Signature,
        expires: None,
    })
}

/// The end of the bytes without a space or a quote: the part of a URL before the ID.
fn run_before(bytes: &[u8]) -> &[u8] {
    let start = bytes
        .iter()
        .rposition(|b| ends_run(*b))
        .map_or(0, |at| at + 1);
    &bytes[start..]
}

fn run_behind(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|b| ends_run(*b));
    &bytes[..end.unwrap_or(bytes.len())]
}

const fn ends_run(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`')
}

/// What follows `name=` on either side, `len` bytes of it at most.
fn value(left: &[u8], right: &[u8], name: &[u8], len: usize) -> Option<String> {
    [left, right].into_iter().find_map(|side| {
        let at = find(side, name)? + name.len();
        let rest = [&b"="[..], b"%3D"]
            .iter()
            .find_map(|sign| side[at..].strip_prefix(*sign))?;
        text(&rest[..rest.len().min(len)]).map(str::to_owned)
    })
}

const fn not_digit(c: char) -> bool {
    !c.is_ascii_digit()
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let mut windows = bytes.windows(word.len());
    windows.position(|window| window.eq_ignore_ascii_case(word))
}

fn has(bytes: &[u8], word: &[u8]) -> bool {
    find(bytes, word).is_some()
}

fn ends_with(bytes: &[u8], word: &[u8]) -> bool {
    bytes.len() >= word.len() && bytes[bytes.len() - word.len()..].eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys::Keys;

    const DAY: i64 = 24 * 3600;
    const NEW_YEAR: i64 = 1_577_836_800;

    fn judge(template: &str) -> Option<(DisclosureKind, Option<i64>)> {
        let id = Keys::new(61).access_key_id();
        let text = template.replace("ID", &id);
        let at = text.find(&id).unwrap();
        let found = of(text.as_bytes(), &(at..at + 20))?;
        Some((found.kind, found.expires))
    }

    #[test]
    fn presigned_urls_of_version_4() {
        use DisclosureKind::PresignedUrl;
        let url = "https://b.s3.amazonaws.com/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=\
                   ID%2F20200101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20200101T000000Z&\
                   X-Amz-Expires=3600&X-Amz-SignedHeaders=host";
        let ends = Some(NEW_YEAR + 3600);
        assert_eq!(judge(url), Some((PresignedUrl, ends)));
        assert_eq!(
            judge(&url.replace('&', "\\u0026")),
            Some((PresignedUrl, ends))
        );
        assert_eq!(
            judge(&url.replace('&', "&amp;")),
            Some((PresignedUrl, ends))
        );
        let cut = &url[..url.find("&X-Amz-Date").unwrap()];
        assert_eq!(judge(cut), Some((PresignedUrl, Some(NEW_YEAR + 8 * DAY))));
    }

    #[test]
    fn headers_and_forms_of_version_4() {
        let expected = Some((DisclosureKind::Signature, Some(NEW_YEAR + 8 * DAY)));
        for text in [
            "Authorization: AWS4-HMAC-SHA256 Credential=ID/20200101/us-east-1/s3/aws4_request, x",
            "{\"x-amz-credential\": \"ID/20200101/us-east-1/s3/aws4_request\"}",
        ] {
            assert_eq!(judge(text), expected, "{text}");
        }
    }

    #[test]
    fn version_2() {
        use DisclosureKind::{PresignedUrl, Signature};
        for (text, expected) in [
            (
                "?AWSAccessKeyId=ID&Expires=1456789012&Signature=a",
                Some((PresignedUrl, Some(1_456_789_012))),
            ),
            (
                "?Signature=a%3D&Expires=1456789012&AWSAccessKeyId=ID",
                Some((PresignedUrl, Some(1_456_789_012))),
            ),
            (
                "?AWSAccessKeyId=ID&SignatureVersion=2&Signature=a",
                Some((Signature, None)),
            ),
            ("AWSAccessKeyId=ID\nAWSSecretKey=x\nSignature=", None),
            (
                "Authorization: AWS ID:aaaaaaaaaaaaaaaaaaaaaaaaaaa=",
                Some((Signature, None)),
            ),
            ("AWS ID:aaaaaaaaaaaaaaaaaaaaaaaaaaaa", None),
        ] {
            assert_eq!(judge(text), expected, "{text}");
        }
    }

    #[test]
    fn other_places_are_none() {
        for text in [
            "aws_access_key_id = ID",
            "ID/20209901/us-east-1/s3/aws4_request",
            "ID/secret",
        ] {
            assert_eq!(judge(text), None, "{text}");
        }
    }
}
