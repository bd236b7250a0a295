//! What the values of service keys and session tokens hold in clear, read without a network. All
//! of it is untrusted: whatever does not fit gives nothing.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use super::{CredentialKind, Details};

/// Most bytes of a value that are decoded.
const DECODED_MAX: usize = 12 << 10;

/// Reads a service key. `None` if its bytes are not what its kind demands; kinds without an inner
/// structure are always fine. A value may be cut off at the end: its beginning decides.
pub fn structure_of(kind: CredentialKind, value: &[u8]) -> Option<Details> {
    Some(match kind {
        CredentialKind::BedrockApiKey => service_specific(value.strip_prefix(b"ABSK")?)?,
        CredentialKind::CloudWatchLogsKey => service_specific(value.strip_prefix(b"ACWL")?)?,
        CredentialKind::BedrockShortTermKey => {
            bedrock_short_term(value.strip_prefix(b"bedrock-api-key-")?)?
        }
        CredentialKind::EcrToken => ecr(value)?,
        CredentialKind::CodeArtifactToken => code_artifact(value)?,
        _ => Details::default(),
    })
}

/// The region that a session token names in clear. Only tokens of the issuer `origin_ec` do.
///
/// They begin like a protocol buffer: a version byte, the issuer as field 1, a number as field 2,
/// and the region as field 3.
pub fn token_region(token: &[u8]) -> Option<String> {
    let bytes = base64(token.get(..token.len().min(80))?)?;
    let rest = bytes.get(1..)?.strip_prefix(b"\x0a\x09origin_ec\x10")?;
    let number = rest.iter().take(10).position(|b| *b < 0x80)? + 1;
    let (&len, rest) = rest.get(number..)?.strip_prefix(b"\x1a")?.split_first()?;
    region(rest.get(..usize::from(len))?)
}

/// `<user>-at-<account>:<secret>`, in base64 behind a prefix. Source: IAM user guide, "API keys
/// for AWS services", and keys of the console.
fn service_specific(encoded: &[u8]) -> Option<Details> {
    let bytes = base64(encoded)?;
    let colon = bytes.iter().take(96).position(|b| *b == b':')?;
    let name = std::str::from_utf8(&bytes[..colon]).ok()?;
    let (user, account) = name.rsplit_once("-at-")?;
    let fine = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (is_account(account) && !user.is_empty() && user.chars().all(fine)).then(|| Details {
        account: Some(account.to_owned()),
        user: Some(user.to_owned()),
        ..Details::default()
    })
}

/// A presigned URL without its scheme, in base64.
fn bedrock_short_term(encoded: &[u8]) -> Option<Details> {
    let bytes = base64(encoded)?;
    let text = String::from_utf8_lossy(&bytes);
    let (host, query) = text.split_once("/?")?;
    if !host.starts_with("bedrock") {
        return None;
    }
    let field = |name: &str| {
        let fields = query.split('&').filter_map(|f| f.split_once('='));
        fields
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|f| f.1)
    };
    let mut scope = field("X-Amz-Credential")?.split("%2F");
    let id = scope.next().filter(|id| is_key_id(id))?;
    let region_name = scope.nth(1).and_then(|name| region(name.as_bytes()));
    let expires = field("X-Amz-Date").zip(field("X-Amz-Expires"));
    let expires = expires
        .and_then(|(date, life)| time_of(date)?.checked_add(life.parse::<u32>().ok()?.into()));
    Some(Details {
        account: super::account_of(id.as_bytes()),
        signed_by: Some(id.to_owned()),
        region: region_name,
        expires,
        ..Details::default()
    })
}

/// `AWS:<token>`, in base64; the token is JSON in base64 and says when it ends.
fn ecr(encoded: &[u8]) -> Option<Details> {
    let bytes = base64(encoded)?;
    let inner = bytes.strip_prefix(b"AWS:")?;
    let json = base64(inner);
    let json = json.as_ref().map_or(&[][..], |json| json.as_slice());
    Some(Details {
        expires: number_in(json, b"\"expiration\""),
        ..Details::default()
    })
}

/// Encrypted JSON in compact form, whose first part is readable.
fn code_artifact(token: &[u8]) -> Option<Details> {
    let head = token.split(|b| *b == b'.').next()?;
    let plain = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    };
    let padded: Zeroizing<Vec<u8>> = Zeroizing::new(head.iter().map(plain).collect());
    let head = base64(&padded)?;
    let holds = |word: &[u8]| head.windows(word.len()).any(|w| w == word);
    (head.starts_with(b"{") && holds(b"\"isu\"") && holds(b"\"alg\"")).then(|| Details {
        expires: number_in(&head, b"\"exp\""),
        ..Details::default()
    })
}

/// The whole number behind a JSON key.
fn number_in(json: &[u8], key: &[u8]) -> Option<i64> {
    let at = json.windows(key.len()).position(|window| window == key)? + key.len();
    let rest = json.get(at..)?.trim_ascii_start().strip_prefix(b":")?;
    let rest = rest.trim_ascii_start();
    let digits = rest.iter().take(12).take_while(|b| b.is_ascii_digit());
    std::str::from_utf8(&rest[..digits.count()])
        .ok()?
        .parse()
        .ok()
}

/// `20260131T235959Z`, or only its date, in seconds since 1970.
pub fn time_of(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<i8> { text.get(range)?.parse().ok() };
    let year: i16 = text.get(..4)?.parse().ok()?;
    let date = Date::new(year, number(4..6)?, number(6..8)?).ok()?;
    let (hour, minute, second) = match text.get(8..) {
        Some("") => (0, 0, 0),
        Some(rest) if rest.len() == 8 && rest.starts_with('T') && rest.ends_with('Z') => {
            (number(9..11)?, number(11..13)?, number(13..15)?)
        }
        _ => return None,
    };
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..60).contains(&second) {
        return None;
    }
    let time = date.at(hour, minute, second, 0).to_zoned(TimeZone::UTC);
    Some(time.ok()?.timestamp().as_second())
}

/// A time in seconds since 1970 as people write it: `2026-01-31 23:59:59 UTC`.
pub fn utc(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).map(|time| time.to_zoned(TimeZone::UTC));
    time.map_or_else(
        |_| "a time out of range".to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

/// The same as machines read it: RFC 3339.
pub fn rfc3339(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.to_string())
}

/// True for 12 digits.
fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_key_id(text: &str) -> bool {
    let of_id = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (16..=128).contains(&text.len()) && text.bytes().all(of_id)
}

/// The name of a region, or something that looks like one.
fn region(name: &[u8]) -> Option<String> {
    let fine = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    let shaped = (6..=24).contains(&name.len()) && name.iter().all(fine) && name.contains(&b'-');
    shaped.then(|| String::from_utf8_lossy(name).into_owned())
}

/// Decodes base64 as far as it goes in whole groups of four; padding is left out.
fn base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = &text[..text.len().min(DECODED_MAX)];
    let end = text.iter().position(|b| *b == b'=').unwrap_or(text.len());
    // One character too many holds no whole byte; two or three hold one or two, and may be cut.
    let whole = match end % 4 {
        1 => end - 1,
        _ => end,
    };
    let mut spec = data_encoding::Specification::new();
    spec.symbols
        .push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    // What is cut off leaves bits of the next byte behind.
    spec.check_trailing_bits = false;
    let decoded = spec.encoding().ok()?.decode(&text[..whole]).ok()?;
    Some(Zeroizing::new(decoded))
}
