//! A baseline as a file: sorted, one line for each entry, so that git merges it.

use std::fmt::Write as _;

use super::AllowList;

const HEAD: &str = "\
# Findings that are accepted: `keysweep baseline --help`. One line each, sorted, without secrets.
version = 1

[accept]
";

/// The file. Equal lists give equal bytes.
pub fn write_baseline(list: &AllowList) -> String {
    let mut text = HEAD.to_owned();
    for (print, entry) in list.entries() {
        let (reason, owner) = (quoted(&entry.reason), quoted(&entry.owner));
        // Writing to a String cannot fail.
        write!(
            text,
            "{print} = {{ reason = {reason}, owner = {owner}, expires = \"{}\"",
            entry.expires
        )
        .ok();
        if let Some(kind) = &entry.kind {
            write!(text, ", kind = {}", quoted(kind)).ok();
        }
        text.push_str(" }\n");
    }
    text
}

/// A basic string of TOML, on one line, with nothing in it that cannot be seen.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() || !is_plain(c) => {
                write!(quoted, "\\U{:08X}", u32::from(c)).ok();
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// False for what shows nothing or reorders what is shown.
fn is_plain(c: char) -> bool {
    c.is_ascii()
        || c.is_alphanumeric()
        || !matches!(u32::from(c), 0x200b..=0x206f | 0xfeff | 0xe0000..=0xe0fff)
}
