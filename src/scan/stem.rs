//! The stem of a label: what the name of a variable says besides what its value is.
//!
//! `PROD_AWS_KEY_ID` and `PROD_AWS_SECRET` have the stem `prod`, so they belong together even where
//! other profiles stand between them.

/// How far back a name is looked for.
const LOOK: usize = 128;
/// Most bytes of quotes, operators and the like between a name and its value.
const GAP: usize = 16;

/// Words that say what a value is, not whose.
const ROLE_WORDS: &[&str] = &[
    "aws",
    "amazon",
    "access",
    "key",
    "keyid",
    "id",
    "secret",
    "secretkey",
    "accesskey",
    "accesskeyid",
    "secretaccesskey",
    "ak",
    "sk",
    "pass",
    "password",
    "user",
    "username",
    "token",
    "value",
    "string",
    "credential",
    "credentials",
    "cred",
    "creds",
    "awskey",
    "awssecret",
    "awsaccess",
    "public",
    "private",
    "login",
    "export",
    "set",
    "env",
    "var",
    "let",
    "const",
    "val",
    "final",
    "static",
    "my",
    "the",
    "name",
    "default",
    "str",
    "u",
    "b",
    "f",
    "r",
    "is",
    "s",
    "k",
    "access_key",
    "identity",
    "auth",
];

/// Names of what holds a value whose name stands before: `"name": "x", "value": "`.
const VALUE_WORDS: &[&str] = &["value", "val", "string", "text", "data", "content"];
/// Names of what holds the name.
const NAME_WORDS: &[&str] = &["name", "key", "id", "variable", "parameter"];
/// Most words of a label in prose.
const PROSE_MAX: usize = 4;

/// The stem of the label in front of the value at `start`, as a number; 0 if there is none.
pub(super) fn of(bytes: &[u8], start: usize) -> u32 {
    let name = label(bytes, start);
    let mut hash: u32 = 0;
    let mut any = false;
    for word in words(name) {
        let word = word.to_ascii_lowercase();
        if ROLE_WORDS.iter().any(|known| known.as_bytes() == word) {
            continue;
        }
        any = true;
        // FNV-1a, with a sign between two words.
        for byte in word.iter().chain(b"_") {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193) ^ 0x811c_9dc5;
        }
    }
    if any { hash | 1 } else { 0 }
}

fn of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// The label in front of the value at `start`; empty if there is none.
pub(super) fn label(bytes: &[u8], start: usize) -> &[u8] {
    let left = &bytes[start.saturating_sub(LOOK)..start];
    let name = name_before(left);
    if is_one_of(name, VALUE_WORDS) {
        return named_before(left).unwrap_or(name);
    }
    if name.is_empty() {
        return tag(left).or_else(|| in_prose(left)).unwrap_or_default();
    }
    name
}

fn is_one_of(name: &[u8], words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word.as_bytes()))
}

/// True if one of the words of a name is what keys are called.
fn speaks_of_key(name: &[u8]) -> bool {
    let known = [
        "key",
        "keyid",
        "secret",
        "secretkey",
        "accesskey",
        "id",
        "access",
        "token",
    ];
    words(name).any(|word| is_one_of(word, &known))
}

/// The text before the name at its end, and the name.
fn split_name(text: &[u8]) -> (&[u8], &[u8]) {
    let len = text.iter().rev().take_while(|b| of_name(**b)).count();
    text.split_at(text.len() - len)
}

/// The text without what stands between two names, if that is not much.
fn without_gap(text: &[u8]) -> Option<&[u8]> {
    let gap = text.iter().rev().take_while(|b| !of_name(**b)).count();
    let (rest, between) = text.split_at(text.len() - gap);
    let ends = between.iter().any(|b| matches!(b, b'}' | b')' | b']'));
    (gap <= GAP && !ends).then_some(rest)
}

/// The name that stands in front of one called `value`.
fn named_before(left: &[u8]) -> Option<&[u8]> {
    let (rest, _) = split_name(without_gap(left)?);
    let (rest, name) = split_name(without_gap(rest)?);
    let (_, what) = split_name(without_gap(rest)?);
    is_one_of(what, NAME_WORDS).then_some(name)
}

/// The name of the element around a value, or what stands in the one before: `<name>x</name><value>`.
fn tag(left: &[u8]) -> Option<&[u8]> {
    let (rest, element) = split_name(left.strip_suffix(b">")?);
    let rest = rest.strip_suffix(b"<")?;
    if !is_one_of(element, VALUE_WORDS) {
        return speaks_of_key(element).then_some(element);
    }
    let (rest, what) = split_name(rest.trim_ascii_end().strip_suffix(b">")?);
    let (_, name) = split_name(rest.strip_suffix(b"</")?);
    is_one_of(what, NAME_WORDS).then_some(name)
}

/// The words in front of a value, back to the first that does not say what it is: `the dev key `.
fn in_prose(left: &[u8]) -> Option<&[u8]> {
    let text = left.trim_ascii_end();
    let spaces = &left[text.len()..];
    if spaces.is_empty() || spaces.contains(&b'\n') {
        return None;
    }
    let (mut from, mut speaks) = (text.len(), false);
    for _ in 0..PROSE_MAX {
        let before = text[..from].strip_suffix(b" ").unwrap_or(&text[..from]);
        let (rest, word) = split_name(before);
        let is_value = word.len() >= 20 && word.iter().all(u8::is_ascii_alphanumeric);
        // It may go on before what was looked at.
        if word.is_empty() || is_value || (rest.is_empty() && left.len() == LOOK) {
            break;
        }
        from = before.len() - word.len();
        speaks |= speaks_of_key(word);
        let says_whose = words(word).any(|word| !is_one_of(word, ROLE_WORDS));
        if says_whose || rest.last() != Some(&b' ') {
            break;
        }
    }
    speaks.then(|| &text[from..])
}

/// The name right before a value: `name = "`, `name: `, `"name": '`.
fn name_before(left: &[u8]) -> &[u8] {
    let gap = left.iter().rev().take_while(|b| !of_name(**b)).count();
    let between = &left[left.len() - gap..];
    let assigns = between.iter().any(|b| matches!(b, b'=' | b':'));
    if gap > GAP
        || !assigns
        || between
            .iter()
            .any(|b| matches!(b, b'\n' | b',' | b';' | b'}' | b')' | b'/'))
    {
        return &[];
    }
    let named = &left[..left.len() - gap];
    let len = named.iter().rev().take_while(|b| of_name(**b)).count();
    if len == left.len() - gap && left.len() == LOOK {
        // It goes on before what was looked at.
        return &[];
    }
    let name = &named[named.len() - len..];
    // `ID:secret` is no name and value.
    let is_id = name.len() == 20 && (name.starts_with(b"AKIA") || name.starts_with(b"ASIA"));
    if is_id { &[] } else { name }
}

/// The words of a name: parted by signs, digits, and where a capital follows a small letter.
pub(super) fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let class = |b: u8| match b {
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 3,
        _ => 0,
    };
    name.chunk_by(move |a, b| {
        let (a, b) = (class(*a), class(*b));
        a == b || (a == 2 && b == 1)
    })
    .filter(move |word| class(word[0]) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem(text: &str) -> u32 {
        of(text.as_bytes(), text.len())
    }

    #[test]
    fn the_same_profile_has_one_stem() {
        for (id, secret) in [
            ("PROD_AWS_KEY_ID=", "PROD_AWS_SECRET="),
            ("AWS_KEY_1=", "AWS_SECRET_1="),
            ("{ backupKeyId: '", " backupSecret: '"),
            ("s3.eu.accessKey=", "s3.eu.secretKey="),
            (
                "\"media_access_key\": \"",
                "\"media_secret_access_key\" : \"",
            ),
        ] {
            assert_ne!(stem(id), 0, "{id}");
            assert_eq!(stem(id), stem(secret), "{id} {secret}");
        }
        assert_ne!(stem("PROD_KEY="), stem("DEV_KEY="));
        assert_ne!(stem("KEY_1="), stem("KEY_2="));
    }

    #[test]
    fn names_that_stand_farther_away() {
        for (id, secret) in [
            (
                "{\"key\":\"dev_id\",\"value\":\"",
                "{\"key\":\"dev_secret\",\"value\":\"",
            ),
            (
                "- name: DEV_KEY\n  value: ",
                "- name: DEV_SECRET\n  value: ",
            ),
            (
                "<name>s3.a.access.key</name><value>",
                "<name>s3.a.secret.key</name>\n<value>",
            ),
            ("<devKeyId>", "<devSecretKey>"),
            ("10:02 ann: dev key ", "10:03 ann: the dev secret is "),
            ("\ns3.a.access.key ", "\ns3.a.secret.key "),
        ] {
            assert_ne!(stem(id), 0, "{id}");
            assert_eq!(stem(id), stem(secret), "{id} {secret}");
        }
        assert_ne!(stem("dev key "), stem("prod secret "));
        for text in [
            "<td>",
            "read this ",
            "\"size\": \"dev\", \"value\": \"",
            "dev key\n",
        ] {
            assert_eq!(stem(text), 0, "{text}");
        }
    }

    #[test]
    fn plain_labels_have_none() {
        for text in [
            "",
            "aws_access_key_id = ",
            "secretAccessKey: '",
            "AWS_SECRET_ACCESS_KEY=",
            "new Credentials(\"",
            "media_key: x, ",
            "a line\n",
        ] {
            assert_eq!(stem(text), 0, "{text:?}");
        }
    }
}
