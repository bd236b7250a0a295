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

/// The stem of the label in front of the value at `start`, as a number; 0 if there is none.
pub(super) fn of(bytes: &[u8], start: usize) -> u32 {
    let name = name_before(&bytes[start.saturating_sub(LOOK)..start]);
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

/// The name right before a value: `name = "`, `name: `, `"name": '`.
pub(super) fn name_before(left: &[u8]) -> &[u8] {
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
    if len == left.len() - gap && left.len() >= LOOK {
        // It goes on before what was looked at.
        return &[];
    }
    let name = &named[named.len() - len..];
    // `ID:secret` is no name and value.
    let is_id = name.len() == 20 && (name.starts_with(b"AKIA") || name.starts_with(b"ASIA"));
    if is_id { &[] } else { name }
}

/// The words of a name: parted by signs, digits, and where a capital follows a small letter.
fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
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
