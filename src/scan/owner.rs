//! Whose a secret is that stands near an access key ID: what its label says, and what stands where
//! the ID's own secret would stand.

use std::ops::Range;

use super::anchors::{Anchor, nearest};
use super::checks::is_base64;
use super::matcher::{Found, SECRET_LEN};
use super::naming::says;
use super::stem::label;
use super::vendors::is_vendor;
use crate::model::{Part, Says};
use crate::rules::{Check, RuleSet};

/// How far back the sign of a signed request is looked for.
const LOOK: usize = 64;
/// How far around an ID the label of its own secret is looked for.
const OWN_LABEL: usize = 400;
/// How far before its value a label may stand, with the name of a field in between.
const AHEAD: usize = 64;
/// Longest of what stands between that label and its value.
const GAP: usize = 8;
/// How far from an ID a secret is asked whether it is its own. A rule's reach covers all of it.
const NEAR: usize = 512;

/// What a label holds that says whose it is.
const NAMES: [&str; 4] = ["aws", "amazon", "amzn", "s3"];
/// What a label holds that names a secret access key.
const OWN: [&str; 8] = [
    "aws",
    "amazon",
    "amzn",
    "s3",
    "secretaccess",
    "secret_access",
    "accesskey",
    "access_key",
];

/// What a label holds that names something else, besides what [`says`] and [`is_vendor`] know. `hmac`
/// stands alone where AWS's requests are signed.
const PURPOSES: [&str; 32] = [
    "authenticity",
    "authorization",
    "access_token",
    "accesstoken",
    "cipher",
    "continuation",
    "cookie",
    "correlation",
    "database",
    "db_",
    "django",
    "docker",
    "encrypt",
    "flask",
    "gcp",
    "gcs",
    "hmac_",
    "id_token",
    "idtoken",
    "laravel",
    "mongo",
    "mysql",
    "next_token",
    "npm",
    "page_token",
    "postgres",
    "refresh",
    "request",
    "secret_key_base",
    "secret_token",
    "session",
    "webhook",
];

/// First words of labels for other things, beside an ID whose label says that it is AWS's.
const OTHERS: [&str; 18] = [
    "admin", "api", "app", "auth", "bot", "client", "db", "deploy", "internal", "license", "mail",
    "master", "root", "server", "signing", "site", "token", "web",
];

/// Drops secrets that are not the one of the ID nearest to them, of rules whose label may be anybody's:
/// a label that is AWS's own says enough.
pub(super) fn drop_foreign(
    found: &mut Vec<Found>,
    anchors: &[Anchor],
    bytes: &[u8],
    rules: &RuleSet,
) {
    let part = |rule: usize| rules.rules()[rule].part;
    let Some(ids) = anchors
        .iter()
        .map(|a| a.rule)
        .find(|r| part(*r) == Part::Id)
    else {
        return;
    };
    let may_be_anybodys = |rule: usize| {
        let rule = &rules.rules()[rule];
        rule.near.is_some() || rule.require.contains(&Check::NotOfAnotherVendor)
    };
    found.retain(|one| {
        part(one.rule) != Part::Secret
            || !may_be_anybodys(one.rule)
            || nearest(anchors, ids, &one.span, NEAR)
                .is_none_or(|id| !is_foreign(bytes, &one.span, &id.span))
    });
}

/// True if a secret is not the one of the ID near it.
fn is_foreign(bytes: &[u8], secret: &Range<usize>, id: &Range<usize>) -> bool {
    let name = label(bytes, secret.start);
    let label = small(name);
    // A header's token: what stands before it is no name.
    if bytes[..secret.start].ends_with(b"earer ") {
        return true;
    }
    let is_signed = || is_in_request(&bytes[id.start.saturating_sub(LOOK)..id.start]);
    if label.is_empty() || has_any(&label, &OWN) {
        return false;
    }
    let is_of_another = says(name) == Says::Other || is_vendor(name);
    if is_of_another || has_any(&label, &PURPOSES) || label.ends_with("_token") {
        return true;
    }
    // Of a signed request everybody may know the ID: only a secret that says so is its secret.
    if is_signed() {
        return !["secret", "key", "pass"]
            .iter()
            .any(|word| label.contains(word));
    }
    let end = bytes.len().min(id.end + LOOK);
    let end = if secret.start >= id.end {
        end.min(secret.start)
    } else {
        end
    };
    if own_secret_is_empty(&bytes[id.end..end]) {
        return true;
    }
    let own = small(self::label(bytes, id.start));
    // Beside a bare `id` it may be all that stands for the secret.
    if label == "token" {
        return own.is_empty() || has_any(&own, &OWN);
    }
    has_any(&own, &OWN) && begins_otherwise(&label)
        || has_any(&own, &NAMES) && own_secret_is_elsewhere(bytes, secret, id)
}

fn has_any(label: &str, words: &[&str]) -> bool {
    words.iter().any(|word| label.contains(word))
}

fn begins_otherwise(label: &str) -> bool {
    let first = label.split(['_', '.', '-']).next().unwrap_or_default();
    OTHERS.contains(&first)
}

/// The name in front of a value, in small letters, with a sign where a capital followed a small
/// letter. Empty if there is none: words of prose are no name.
fn small(name: &[u8]) -> String {
    let mut label = String::with_capacity(name.len() + 4);
    let mut was_small = false;
    for byte in name.iter().filter(|_| !name.contains(&b' ')) {
        if was_small && byte.is_ascii_uppercase() {
            label.push('_');
        }
        was_small = byte.is_ascii_lowercase();
        label.push(char::from(byte.to_ascii_lowercase()));
    }
    label
}

/// True if an ID stands where a signed request has it.
fn is_in_request(left: &[u8]) -> bool {
    let signs: [&[u8]; 5] = [
        b"Credential=",
        b"Credential: ",
        b"Credential%3D",
        b"?AWSAccessKeyId=",
        b"&AWSAccessKeyId=",
    ];
    let is_field = left.ends_with(b"name=\"AWSAccessKeyId\" value=\"");
    is_field || signs.iter().any(|sign| left.ends_with(sign))
}

/// True if a label of a secret follows an ID, with nothing behind it, or with a variable. `right` ends
/// where another secret begins.
fn own_secret_is_empty(right: &[u8]) -> bool {
    let skip = |text: &[u8], what: &[u8]| text.iter().take_while(|b| what.contains(b)).count();
    let right = &right[skip(right, b"\"', ;\t\r\n")..];
    let of_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let (name, rest) = right.split_at(right.iter().take_while(of_name).count());
    let rest = &rest[skip(rest, b"\"' \t")..];
    let Some((b':' | b'=', rest)) = rest.split_first() else {
        return false;
    };
    let value = &rest[skip(rest, b"> \t")..];
    // A default may stand in what a variable's value is, up to where this ends.
    let ends_before = |signs: &[u8]| {
        let mut before_default = value.iter().take_while(|b| **b != b'-');
        before_default.any(|b| signs.contains(b))
    };
    let is_one = |words: &[&[u8]]| words.iter().any(|word| value.starts_with(word));
    let is_nothing = is_one(&[b"\"\"", b"''", b"null", b"None", b"nil", b"undefined"]);
    let is_variable = is_one(&[b"!vault", b"${", b"\"${", b"process.env", b"os.", b"ENV["]);
    // `""value""` is how some languages write a quote.
    let is_quote = |b: u8| matches!(b, b'"' | b'\'');
    let is_doubled =
        matches!(value, [first, _, third, ..] if is_quote(*first) && is_base64(*third));
    name.to_ascii_lowercase().windows(6).any(|w| w == b"secret")
        && (is_nothing && !is_doubled && ends_before(b",}\n;")
            || is_variable && ends_before(b"}\n;"))
}

/// True if the label of the ID's own secret stands near, with something else behind it: a variable,
/// something encrypted, nothing.
fn own_secret_is_elsewhere(bytes: &[u8], secret: &Range<usize>, id: &Range<usize>) -> bool {
    let from = id.start.saturating_sub(OWN_LABEL);
    let text = bytes[from..bytes.len().min(id.end + OWN_LABEL)].to_ascii_lowercase();
    memchr::memmem::find_iter(&text, b"ecret").any(|at| {
        let of_name = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
        let before = text[..at].iter().rev().take_while(of_name).count();
        let after = text[at..].iter().take_while(of_name).count();
        let name = String::from_utf8_lossy(&text[at - before..at + after]);
        let rest = &text[at + after..];
        let gap = rest
            .iter()
            .take(GAP)
            .take_while(|b| !b.is_ascii_alphanumeric());
        let gap = gap.count();
        let assigns = rest[..gap].iter().any(|b| matches!(b, b'=' | b':'));
        let value = rest[gap..]
            .iter()
            .take(SECRET_LEN)
            .take_while(|b| is_base64(**b));
        let end = from + at + after;
        let leads = |between: &[u8]| {
            let mut lines = between.split(|b| *b == b'\n');
            let first = lines.next().unwrap_or_default();
            let mut lines = lines.peekable();
            // What stands on the label's own line is its value.
            let has_own = lines.peek().is_some() && first.iter().any(u8::is_ascii_alphanumeric);
            between.len() <= AHEAD
                && !has_own
                && lines.all(|line| line.first().is_none_or(u8::is_ascii_whitespace))
        };
        let may_be_its_own = bytes.get(end..secret.start).is_some_and(leads);
        let is_filled = value.count() == SECRET_LEN || may_be_its_own;
        has_any(&name, &OWN) && assigns && !is_filled
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys::Keys;

    fn foreign(text: &str) -> bool {
        let mut keys = Keys::new(9);
        let (id, secret) = (keys.access_key_id(), keys.secret());
        let text = text.replace("{I}", &id).replace("{S}", &secret);
        let place = |value: &str| {
            let at = text.find(value).unwrap();
            at..at + value.len()
        };
        is_foreign(text.as_bytes(), &place(&secret), &place(&id))
    }

    #[test]
    fn labels_of_other_things() {
        for text in [
            "AWS_ACCESS_KEY_ID={I}\nDB_PASSWORD={S}\n",
            "AWS_ACCESS_KEY_ID={I}\nAPP_SECRET={S}\n",
            "{\"accessKeyId\":\"{I}\",\"apiKey\":\"{S}\"}",
            "{\"accessKeyId\":\"{I}\",\"continuationToken\":\"{S}\"}",
            "id: {I}\nsecret_key_base: {S}\n",
            "<meta name=\"csrf-token\" content=\"{S}\"><input value=\"{I}\">",
            "<input name=\"_token\" value=\"{S}\"><input value=\"{I}\">",
            "token={S}&X-Amz-Credential={I}/20200101/us-east-1/s3/aws4_request",
            "SECRET_KEY = '{S}'\nAWS_ACCESS_KEY_ID = '{I}'\nAWS_SECRET_ACCESS_KEY = os.environ['X']\n",
            "S3_KEY={I}\nS3_SECRET=\nPASSPHRASE={S}\n",
            "{\"Jwt\": {\"Secret\": \"{S}\"}, \"AWS\": {\"AccessKey\": \"{I}\", \"SecretKey\": \"\"}}",
            "amazon:\n  id: {I}\n  secret: !vault |\n    $X\nother:\n  secret: {S}\n",
            "  AWS_ACCESS_KEY_ID: {I}\n  AWS_SECRET_ACCESS_KEY: ${X}\n  SECRET_KEY: {S}\n",
            "export AWS_ACCESS_KEY_ID={I}\ncurl -H \"Authorization: Bearer {S}\" x\n",
            "const token = \"{S}\"\nnew Client(\"{I}\", os.Getenv(\"S\"))\n",
        ] {
            assert!(foreign(text), "{text}");
        }
    }

    #[test]
    fn labels_that_may_be_its_own() {
        for text in [
            "AWS_ACCESS_KEY_ID={I}\nAWS_SECRET_ACCESS_KEY={S}\n",
            "AWS_ACCESS_KEY_ID={I}\nSECRET={S}\n",
            "app_key: {I}\napp_secret: {S}\n",
            "user: {I}\npassword: {S}\n",
            "new Client(\"{I}\", \"{S}\")",
            "hmac.new(\"{S}\", sign(\"{I}\"))",
            "{I}:{S}",
            "X-Amz-Credential={I}/2020 secret={S}",
            "aws_id: {I}\naws_secret:\n  value: {S}\n",
            "AWS_ID = '{I}'\nAWS_SECRET = { value = '{S}', force = true }\n",
            "s3:\n  accessKeySecret: {key: x}\n# a --accesskey={I} --secretkey={S}\n",
            "AWS_ACCESS_KEY_ID={I}\nAWS_SECRET_ACCESS_KEY=${1:-{S}}\n",
            "id={I}\nsecret=${X:-{S}}\n",
            "id={I}\nsecret=os.environ.get('X', '{S}')\n",
            "var j = @\"{\"\"id\"\":\"\"{I}\"\",\"\"secret\"\":\"\"{S}\"\"}\";",
            "Id : {I}\nToken : {S}\n",
        ] {
            assert!(!foreign(text), "{text}");
        }
    }
}
