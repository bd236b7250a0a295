//! The plain oracle: every object through `git cat-file`, and a search written down twice on
//! purpose, once here and once in keysweep.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// Every (object, access key ID) in the object store that `git` (set up by the caller) opens.
pub(crate) fn places(mut git: Command) -> BTreeSet<(String, String)> {
    let mut child = git
        .args([
            "cat-file",
            "--batch-all-objects",
            "--batch",
            "--buffer",
            "--unordered",
        ])
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git is installed");
    let mut out = BufReader::with_capacity(1 << 20, child.stdout.take().unwrap());
    let mut places = BTreeSet::new();
    let (mut header, mut content) = (String::new(), Vec::new());
    while out.read_line(&mut header).unwrap() > 0 {
        let mut words = header.split_whitespace();
        let id = words.next().unwrap().to_owned();
        let size: u64 = words.nth(1).expect("ID KIND SIZE").parse().unwrap();
        content.clear();
        out.by_ref()
            .take(size + 1)
            .read_to_end(&mut content)
            .unwrap();
        assert_eq!(
            content.pop(),
            Some(b'\n'),
            "cat-file ends a content with a line feed"
        );
        for key in key_ids(&content) {
            places.insert((id.clone(), key));
        }
        header.clear();
    }
    assert!(child.wait().unwrap().success());
    places
}

/// All access key IDs in a text: a prefix, 16 of `[A-Z0-9]`, and no letter or digit on either
/// side.
pub(crate) fn key_ids(bytes: &[u8]) -> Vec<String> {
    let outside = |at: Option<&u8>| at.is_none_or(|b| !b.is_ascii_alphanumeric());
    let mut found = Vec::new();
    for (start, word) in bytes.windows(20).enumerate() {
        if !(word.starts_with(b"AKIA") || word.starts_with(b"ASIA")) {
            continue;
        }
        let body = word
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let before = start.checked_sub(1).and_then(|i| bytes.get(i));
        if body && outside(before) && outside(bytes.get(start + 20)) {
            found.push(String::from_utf8(word.to_vec()).unwrap());
        }
    }
    found
}

#[test]
fn the_oracle_respects_token_boundaries() {
    let id = super::seed::Seed::new(1).key_id("ASIA");
    let all = format!("{id} _{id}_ ({id}) x{id} {id}9 {id}=");
    assert_eq!(key_ids(all.as_bytes()).len(), 4);
    assert!(key_ids(&id.as_bytes()[..19]).is_empty());
}
