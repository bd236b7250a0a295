//! What each check of a rule means. Every check looks at a bounded number of bytes.

use std::ops::Range;

use crate::model::{
    CredentialKind, DOCUMENTATION_ACCOUNTS, account_of, entropy, is_old_generation, structure_of,
};
use crate::rules::Check;

use super::between::is_own_field;
use super::block::is_in_aws_block;
use super::boundary::{ends_with_escape, key_id_boundary, left_is_free, right_is_free};
use super::decode::unit_len;
use super::layers::is_encoded_text;
use super::stem;
use super::vendors::names_another;
use super::words::{is_id_of_another, is_region, label_names_aws};

/// How far `aws-context` looks to either side.
const CONTEXT: usize = 256;
/// How far `not-in-base64-run` and `not-wrapped-base64` look.
const RUN: usize = 96;

/// A value in its surroundings.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    /// The whole field.
    pub(super) bytes: &'a [u8],
    /// Start of the value as it stands there.
    pub(super) start: usize,
    /// Its end.
    pub(super) end: usize,
    /// The decoded value.
    pub(super) value: &'a [u8],
    /// Which service key it may be.
    pub(super) kind: Option<CredentialKind>,
}

/// True for the 64 characters of base64.
pub(super) const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

/// True if the candidate passes the check.
pub(super) fn passes(check: Check, candidate: Candidate<'_>) -> bool {
    let Candidate { value, .. } = candidate;
    match check {
        Check::KeyIdBoundary => key_id_boundary(candidate.bytes, candidate.start, candidate.end),
        Check::SecretBoundary => left_is_free(candidate) && right_is_free(candidate),
        Check::Base32 => body(value)
            .iter()
            .all(|c| matches!(c, b'A'..=b'Z' | b'2'..=b'7')),
        Check::AccountPlausible => is_old_generation(value) || account_of(value).is_some(),
        Check::NoDocumentationAccount => {
            account_of(value).is_none_or(|a| !DOCUMENTATION_ACCOUNTS.contains(&a.as_str()))
        }
        Check::NotInBase64Run => !in_base64_run(candidate),
        Check::NotWrappedBase64 => !in_wrapped_base64(candidate),
        Check::UpperAndLower => {
            value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase)
        }
        Check::NotHex => !value.iter().all(u8::is_ascii_hexdigit),
        Check::NotText => !is_encoded_text(value),
        Check::AwsContext => speaks_of_aws(candidate),
        Check::AwsBlock => is_in_aws_block(candidate),
        Check::NotOfAnotherField => is_own_field(candidate),
        Check::EntropyAtLeast(bits) => entropy(value) >= bits,
        Check::BodyEntropyAtLeast(bits) => entropy(body(value)) >= bits,
        Check::LengthAtLeast(len) => value.len() >= len,
        Check::LengthAtMost(len) => value.len() <= len,
        Check::ClassChangesAtLeast(n) => class_changes(value) >= n,
        Check::Structure => {
            let structure = candidate.kind.map(|kind| structure_of(kind, value));
            structure.is_none_or(|found| found.is_some())
        }
        Check::RunBegins => run_begins(&candidate.bytes[..candidate.start]),
        Check::RunEnds => run_ends(&candidate.bytes[candidate.end..]),
        Check::NotOfAnotherVendor => !names_another(&candidate.bytes[..candidate.start]),
        Check::NotOfAnotherSts => !has_web_token(candidate),
        Check::MailContext => around(candidate, &["smtp", "mail", "ses"]),
        Check::DigitsAtLeast(n) => value.iter().filter(|c| c.is_ascii_digit()).count() >= n,
        Check::LowerCaseAtMost(n) => value.iter().filter(|c| c.is_ascii_lowercase()).count() <= n,
    }
}

/// True if no letter or digit stands on either side.
fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let free = |byte: Option<&u8>| byte.is_none_or(|b| !b.is_ascii_alphanumeric());
    free(start.checked_sub(1).and_then(|i| bytes.get(i))) && free(bytes.get(end))
}

fn body(id: &[u8]) -> &[u8] {
    id.get(4..).unwrap_or_default()
}

/// True if `/` or `+` joins the value to at least 48 more characters that look like base64. The
/// secret of `ID/secret` is shorter, and paths change their class seldom.
fn in_base64_run(candidate: Candidate<'_>) -> bool {
    let Candidate {
        bytes, start, end, ..
    } = candidate;
    let left = &bytes[start.saturating_sub(RUN)..start];
    let right = &bytes[end..bytes.len().min(end + RUN)];
    let left_len = left.iter().rev().take_while(|b| is_base64(**b)).count();
    let right_len = right.iter().take_while(|b| is_base64(**b)).count();
    let dense = |run: &[u8]| run.len() >= 48 && class_changes(run) * 10 >= run.len() * 4;
    dense(&left[left.len() - left_len..]) || dense(&right[..right_len])
}

/// True if the value is a line of wrapped base64: it begins its line, and the line before is one
/// longer run; or it follows a `=`, ends its line, and the next line begins with a longer run.
/// (ID, secret and session token on a line each are something else.) Line breaks may be escaped.
fn in_wrapped_base64(candidate: Candidate<'_>) -> bool {
    let Candidate {
        bytes, start, end, ..
    } = candidate;
    let in_run = |b: &&u8| is_base64(**b) || **b == b'%';
    let longer = |run: usize| run > end - start;
    let left = bytes[start.saturating_sub(RUN * 4)..start].trim_ascii_end();
    let broken = bytes[left.len() + start.saturating_sub(RUN * 4)..start].contains(&b'\n');
    let before = match left {
        [before @ .., b'\\', b'n'] => Some(before.strip_suffix(b"\\r").unwrap_or(before)),
        _ if broken => Some(left),
        _ => None,
    };
    if let Some(before) = before {
        return longer(before.iter().rev().take_while(in_run).count());
    }
    let right = &bytes[end..bytes.len().min(end + RUN * 4)];
    let after = [&b"\n"[..], b"\r\n", b"\\n", b"\\r\\n"]
        .iter()
        .find_map(|line_break| right.strip_prefix(*line_break));
    left.last() == Some(&b'=')
        && after.is_some_and(|after| longer(after.iter().take_while(in_run).count()))
}

/// How often neighbours differ in class. Random base64 does so in 25 of 39 places, words in few.
pub(super) fn class_changes(value: &[u8]) -> usize {
    let class = |b: u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    value
        .windows(2)
        .filter(|pair| class(pair[0]) != class(pair[1]))
        .count()
}

/// True if no character of a longer run of base64 or base64url stands right before the value.
pub(super) fn run_begins(left: &[u8]) -> bool {
    let in_run = |b: u8| is_base64(b) || b == b'-' || b == b'_';
    left.last().is_none_or(|last| !in_run(*last)) || ends_with_escape(left)
}

/// True if none stands right behind it.
fn run_ends(right: &[u8]) -> bool {
    !matches!(right.first(), Some(b'-' | b'_' | b'=')) && unit_len(right) == 0
}

/// Names of AWS, of its best-known services, and of what its IDs begin with.
const OF_AWS: [&str; 9] = [
    "aws",
    "amazon",
    "akia",
    "asia",
    "boto",
    "s3",
    "dynamodb",
    "cloudfront",
    "route53",
];

/// What stands around the keys of servers that speak S3's language: they have its regions, too.
const OF_OTHER_SERVERS: [&str; 4] = ["minio", "endpoint", "localhost", "127.0.0.1"];

/// True if the bytes around the value speak of AWS, or name one of its regions.
fn speaks_of_aws(candidate: Candidate<'_>) -> bool {
    let Candidate {
        bytes, start, end, ..
    } = candidate;
    let sides = [
        &bytes[start.saturating_sub(CONTEXT)..start],
        &bytes[end..bytes.len().min(end + CONTEXT)],
    ];
    let of_region = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    let has_region = |text: &&[u8]| text.split(|b| !of_region(b)).any(is_region);
    let has_other_id = |text: &&[u8]| {
        let mut runs = text.split(|b| !b.is_ascii_alphanumeric());
        runs.any(is_id_of_another)
    };
    around(candidate, &OF_AWS)
        || label_names_aws(stem::label(bytes, start))
        || (sides.iter().any(has_region)
            && !sides.iter().any(has_other_id)
            && !around(candidate, &OF_OTHER_SERVERS))
}

/// True if a session token near the value is a web token, which STS never gives: other servers
/// that speak its language do. The token may be decoded already.
fn has_web_token(candidate: Candidate<'_>) -> bool {
    let Candidate {
        bytes, start, end, ..
    } = candidate;
    let around = [
        &bytes[start.saturating_sub(CONTEXT)..start],
        &bytes[end..bytes.len().min(end + CONTEXT)],
    ];
    let label = b"essiontoken";
    around.into_iter().any(|text| {
        let labels = text
            .windows(label.len())
            .enumerate()
            .filter(|(_, window)| window.eq_ignore_ascii_case(label));
        labels.map(|(at, _)| at + label.len()).any(|at| {
            let value = &text[at..text.len().min(at + 12)];
            let is_head = |w: &[u8]| {
                w.starts_with(b"eyJ") || w.starts_with(b"{\"a") || w.starts_with(b"{\"t")
            };
            (0..value.len()).any(|from| is_head(&value[from..]))
        })
    })
}

/// True if one of the words stands near the value, in any case.
fn around(candidate: Candidate<'_>, words: &[&str]) -> bool {
    let Candidate {
        bytes, start, end, ..
    } = candidate;
    let around: [Range<usize>; 2] = [
        start.saturating_sub(CONTEXT)..start,
        end..bytes.len().min(end + CONTEXT),
    ];
    around.into_iter().any(|range| {
        let text = bytes[range].to_ascii_lowercase();
        words.iter().any(|word| has_word(&text, word.as_bytes()))
    })
}

/// True if the word stands there; short ones count only with no letter or digit beside them.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).enumerate().any(|(at, window)| {
        let long = word.len() > 2 && word != b"ses";
        window == word && (long || stands_alone(text, at, at + word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys::Keys;

    fn at<'a>(text: &'a [u8], value: &'a str) -> Candidate<'a> {
        let start = text
            .windows(value.len())
            .position(|w| w == value.as_bytes())
            .unwrap();
        Candidate {
            bytes: text,
            start,
            end: start + value.len(),
            value: value.as_bytes(),
            kind: None,
        }
    }

    fn secret_is_free(before: &str, after: &str) -> bool {
        let secret = Keys::new(1).secret();
        let text = format!("{before}{secret}{after}");
        passes(Check::SecretBoundary, at(text.as_bytes(), &secret))
    }

    #[test]
    fn secret_boundaries() {
        for (before, after) in [
            ("", ""),
            ("=", "\n"),
            (":", "@"),
            ("\"", "\""),
            ("%3D", "&"),
            ("\\n", "\\n"),
            ("\\u003d", ""),
            (" ", ". Then"),
            ("", ".txt"),
            ("", "="),
            ("", "==next"),
            ("sk-", ""),
            ("_", "_"),
            ("${X:-", "}"),
            ("\\x3d", ""),
            ("\x1b[1m", "\x1b[0m"),
            ("=[1;33m", "[0m"),
            ("\x1b[0K", "\x1b[K"),
            ("+", ""),
            ("a\n-", "\n"),
            ("[-", "-]"),
            ("{+", "+}"),
            ("\\00", "\\00"),
            ("\\012", ""),
        ] {
            assert!(secret_is_free(before, after), "{before:?} {after:?}");
        }
        for (before, after) in [
            ("a", ""),
            ("/", ""),
            ("a+", ""),
            ("a-", ""),
            ("{+", ""),
            ("_", ""),
            ("%2F", ""),
            ("x.", ""),
            ("", "=x"),
            ("", "0"),
            ("", "%2b"),
            ("", "\\/"),
            ("", ".signature"),
            ("\"", "\"[::-1]"),
            ("'", "'.split('').reverse()"),
        ] {
            assert!(!secret_is_free(before, after), "{before:?} {after:?}");
        }
    }

    #[test]
    fn accounts() {
        let mut keys = Keys::new(2);
        let good = keys.key_id_of("AKIA", 123_456_789_013);
        let printed = keys.key_id_of("AKIA", 123_456_789_012);
        let impossible = keys.key_id_of("AKIA", 1_000_000_000_000);
        let check = |check, id: &str| passes(check, at(id.as_bytes(), id));
        assert!(check(Check::AccountPlausible, &good));
        assert!(check(Check::NoDocumentationAccount, &good));
        assert!(!check(Check::NoDocumentationAccount, &printed));
        assert!(!check(Check::AccountPlausible, &impossible));
        assert!(check(Check::AccountPlausible, "AKIAIOSFODNN7EXAMPLE"));
    }

    #[test]
    fn random_secrets_pass_the_statistics() {
        let mut keys = Keys::new(3);
        let alphabet: Vec<u8> = (0..=255).filter(|b| is_base64(*b)).collect();
        let lost = (0..20_000)
            .map(|_| keys.text(&alphabet, 40))
            .filter(|s| {
                let s = at(s.as_bytes(), s);
                !(passes(Check::EntropyAtLeast(4.0), s)
                    && passes(Check::ClassChangesAtLeast(13), s)
                    && passes(Check::LowerCaseAtMost(28), s)
                    && passes(Check::UpperAndLower, s))
            })
            .count();
        assert!(lost <= 6, "{lost} of 20,000 lost, 2 expected");
    }

    #[test]
    fn tokens_of_other_servers() {
        let secret = Keys::new(5).secret();
        let check = |behind: &str| {
            let text = format!("SecretAccessKey: {secret}\n{behind}");
            passes(Check::NotOfAnotherSts, at(text.as_bytes(), &secret))
        };
        assert!(check(""));
        assert!(check("SessionToken: IQoJb3JpZ2luX2VjEA"));
        assert!(check("SUPABASE_KEY: eyJhbGciOiJIUzI1NiJ9"));
        assert!(!check("SessionToken: eyJhbGciOiJIUzI1NiJ9"));
        assert!(!check("<SessionToken>eyJhbGciOiJIUzI1NiJ9"));
    }

    #[test]
    fn context_words() {
        let secret = Keys::new(4).secret();
        let check = |before: &str| {
            let text = format!("{before} {secret}");
            passes(Check::AwsContext, at(text.as_bytes(), &secret))
        };
        assert!(check("AWS"));
        assert!(check("https://s3.example.com"));
        assert!(!check("users3 key"));
        assert!(!check(&format!("aws{}", " ".repeat(300))));
    }
}
