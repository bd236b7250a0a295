//! What stands between a full label of a secret access key and a value some way behind it.

use super::checks::Candidate;

/// How far back the label is looked for.
const LOOK: usize = 320;
/// Longest label around its literal.
const LABEL_MAX: usize = 48;

/// How fields are called that name an entry.
const NAMES: [&str; 6] = ["name", "key", "id", "variable", "field", "label"];
/// How labels of other secrets end.
const SECRETS: [&str; 12] = [
    "token",
    "password",
    "passwd",
    "secret",
    "hash",
    "sha",
    "salt",
    "key",
    "digest",
    "checksum",
    "signature",
    "nonce",
];

/// True if between the nearest full label and the value nothing names another entry.
pub(super) fn is_own_field(candidate: Candidate<'_>) -> bool {
    let left = &candidate.bytes[candidate.start.saturating_sub(LOOK)..candidate.start];
    let ends = memchr::memmem::rfind_iter(left, b"ecret");
    let lower = memchr::memmem::rfind_iter(left, b"ECRET");
    let last = |mut all: memchr::memmem::FindRevIter<'_, '_>| {
        all.find_map(|at| end_of_full_label(left, at))
    };
    let end = last(ends).max(last(lower));
    // What stands beside an ID in a row is for the rules that know where the ID is.
    let has_id = |text: &[u8]| {
        let of_id = |start: &[u8]| memchr::memmem::find(text, start).is_some();
        of_id(b"AKIA") || of_id(b"ASIA")
    };
    end.is_some_and(|end| !names_another(&left[end..]) && !has_id(&left[end..]))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Where the label around a literal ends, if it says whose secret it is.
fn end_of_full_label(left: &[u8], at: usize) -> Option<usize> {
    let in_label = |b: &&u8| is_name(**b) || **b == b' ';
    let before = left[..at].iter().rev().take(LABEL_MAX).take_while(in_label);
    let head = left[at - before.count()..at].to_ascii_lowercase();
    let rest = &left[at + 5..];
    let behind = rest.iter().take(LABEL_MAX).take_while(in_label).count();
    let tail = rest[..behind.min(12)].to_ascii_lowercase();
    let has = |text: &[u8], word: &[u8]| memchr::memmem::find(text, word).is_some();
    let of_aws = ["aws", "amazon", "amzn", "s3", "ec2"];
    // What AWS's store of secrets holds is seldom of AWS.
    let is_stored = rest.starts_with(b"s") || has(&head, b"manager");
    let is_full = of_aws.iter().any(|word| has(&head, word.as_bytes())) || has(&tail, b"access");
    let name = rest
        .iter()
        .take(LABEL_MAX)
        .take_while(|b| is_name(**b))
        .count();
    (is_full && !is_stored).then_some(at + 5 + name)
}

/// True if a name stands there that is no type and no field of the same entry.
fn names_another(between: &[u8]) -> bool {
    let mut from = 0;
    while let Some(skip) = between[from..].iter().position(|b| is_name(*b)) {
        let start = from + skip;
        let len = between[start..].iter().take_while(|b| is_name(**b)).count();
        let end = start + len;
        // The end of a tag begins nothing.
        let closes = between[..start].ends_with(b"/");
        if !closes && is_another(&between[start..end], &between[end..]) {
            return true;
        }
        from = end;
    }
    false
}

fn is_another(name: &[u8], behind: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    let signs = behind
        .iter()
        .take_while(|b| matches!(b, b'"' | b'\'' | b'\\' | b' ' | b'\t' | b'>'));
    let signs = signs.count();
    let names = behind[..signs].contains(&b'>') || matches!(behind.get(signs), Some(b':' | b'='));
    let is_one_of = |list: &[&str]| list.iter().any(|w| w.as_bytes() == lower);
    let ends_as = |list: &[&str]| list.iter().any(|w| lower.ends_with(w.as_bytes()));
    names && (is_one_of(&NAMES) || (ends_as(&SECRETS) && lower != b"issecret"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_between() {
        for (text, own) in [
            (
                "AWS_SECRET_ACCESS_KEY: {\"isSecret\": null, \"value\": \"",
                true,
            ),
            ("awsSecretKey As String = \"", true),
            (
                "secret_access_key\" { description = \"x\" default = \"",
                true,
            ),
            ("AWS_SECRET_ACCESS_KEY\n- name: X\n  value: ", false),
            ("aws_secret_key: { default: 1, other_token: \"", false),
            ("secret = \"", false),
        ] {
            let text = text.as_bytes();
            let candidate = Candidate {
                bytes: text,
                start: text.len(),
                end: text.len(),
                value: b"",
                kind: None,
            };
            assert_eq!(is_own_field(candidate), own, "{}", text.escape_ascii());
        }
    }
}
