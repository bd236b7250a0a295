//! Whether the structure around a label says that it is AWS's: the section, the block or the call
//! that it stands in, its siblings there, or the line. A flat list says nothing of its entries.
//!
//! Languages are not told apart, and brackets in strings are taken for brackets: what is missed by
//! that is shown with low confidence, or not at all.

use super::checks::Candidate;
use super::vendors::{is_vendor, split_label};
use super::words::{has_one_of, is_region, label_names_aws, name_aws, words};

/// How far to either side is looked.
const LOOK: usize = 256;
/// Most bytes between a label and its value.
const BETWEEN_MAX: usize = 24;
/// Longest text before a bracket that names what it opens.
const NAME_MAX: usize = 64;
/// Blocks that are looked at from the inside out.
const DEPTH_MAX: usize = 4;

/// What may stand beside `secret` in a label that says no more than that.
const PLAIN: [&str; 33] = [
    "access",
    "admin",
    "backup",
    "bucket",
    "credential",
    "credentials",
    "creds",
    "default",
    "deploy",
    "dev",
    "development",
    "iam",
    "id",
    "key",
    "main",
    "of",
    "prod",
    "production",
    "root",
    "secret",
    "secreta",
    "service",
    "stage",
    "staging",
    "storage",
    "target",
    "test",
    "upload",
    "uploader",
    "uploads",
    "user",
    "da",
    "de",
];
/// Whose blocks hold secrets of another kind.
const FOREIGN: [&str; 16] = [
    "api",
    "app",
    "auth",
    "client",
    "cookie",
    "encryption",
    "express",
    "hash",
    "hmac",
    "keycloak",
    "passport",
    "sentinel",
    "session",
    "signing",
    "sso",
    "webhook",
];

/// Blocks of what runs at AWS, or asks it who somebody is: their secrets are of something else.
const RUNS_THERE: [&str; 4] = ["cognito", "lambda", "resource", "strategy"];

/// Where libraries for tables take `key` and `secret` of S3.
const OF_FILE_SYSTEMS: &[u8] = b"storage_options";

/// True if the label says no more than `secret`, and what is around it speaks of AWS.
pub(super) fn is_in_aws_block(candidate: Candidate<'_>) -> bool {
    let Candidate {
        bytes, start, end, ..
    } = candidate;
    let begin = start.saturating_sub(LOOK);
    // A line that is cut is none, but for what a bracket encloses.
    let left = &bytes[begin..start];
    let right = &bytes[end..bytes.len().min(end + LOOK)];
    let Some(label) = label(left) else {
        return false;
    };
    if becomes_secret_of_aws(label, right) {
        return true;
    }
    if !is_plain(label) {
        return false;
    }
    label_names_aws(label) || says_secret_access(label) || {
        // Variables of an environment stand beside each other by chance.
        let of_environment = label.iter().all(|b| !b.is_ascii_lowercase());
        let around = Around {
            left,
            right,
            whole: begin == 0,
            of_environment,
        };
        around.speaks_of_aws()
    }
}

/// The label right before a value; `AWS::SecretsManager::Secret` is a type.
fn label(left: &[u8]) -> Option<&[u8]> {
    let (outside, label) = split_label(left, BETWEEN_MAX)?;
    (!outside.ends_with(b"::")).then_some(label)
}

fn is_plain(label: &[u8]) -> bool {
    let runs = label.split(|b| !b.is_ascii_alphanumeric());
    runs.filter(|run| !run.is_empty()).all(|run| {
        words(run).all(|word| {
            let word = word.to_ascii_lowercase();
            let bare = word.trim_ascii_end();
            let digits = bare.iter().rev().take_while(|b| b.is_ascii_digit()).count();
            let bare = &bare[..bare.len() - digits];
            bare.is_empty() || PLAIN.iter().any(|w| w.as_bytes() == bare) || label_names_aws(&word)
        })
    })
}

/// True if the variable is soon passed on as AWS's secret: `secret_access_key=secret`.
fn becomes_secret_of_aws(label: &[u8], right: &[u8]) -> bool {
    memchr::memmem::find_iter(right, b"ecret").any(|at| {
        let rest = &right[at + 5..];
        let name = rest.iter().take(14).take_while(|b| is_word(**b)).count();
        let (name, rest) = rest.split_at(name);
        let name = name.to_ascii_lowercase();
        let of_aws = matches!(&name[..], b"_access_key" | b"accesskey");
        let signs = rest.iter().take(4).take_while(|b| !is_word(**b)).count();
        let (signs, rest) = rest.split_at(signs);
        let assigned = signs.iter().any(|b| matches!(b, b'=' | b':'));
        let passed = rest.strip_prefix(label);
        of_aws && assigned && passed.is_some_and(|r| !r.first().is_some_and(|b| is_word(*b)))
    })
}

/// Nobody else says that of theirs.
fn says_secret_access(label: &[u8]) -> bool {
    let label = label.to_ascii_lowercase();
    [&b"secretaccess"[..], b"secret_access", b"secret-access"].contains(&&label[..])
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// True if a name says that what it holds is somebody else's.
fn is_foreign(name: &[u8]) -> bool {
    is_vendor(name) || has_one_of(name, &FOREIGN)
}

/// What stands around a value.
struct Around<'a> {
    left: &'a [u8],
    right: &'a [u8],
    /// The left goes back to the beginning of the text.
    whole: bool,
    of_environment: bool,
}

impl Around<'_> {
    fn speaks_of_aws(&self) -> bool {
        self.brackets().unwrap_or_else(|| self.lines())
    }

    /// Goes from bracket to bracket outwards. `None` if there is none.
    fn brackets(&self) -> Option<bool> {
        let mut inside = self.left;
        for depth in 0..DEPTH_MAX {
            let Some(open) = opener(inside) else {
                return (depth > 0).then_some(false);
            };
            let name = name_before(&inside[..open]);
            if has_one_of(name, &RUNS_THERE) {
                return Some(false);
            }
            if name_aws(name) || memchr::memmem::find(name, OF_FILE_SYSTEMS).is_some() {
                return Some(true);
            }
            if is_foreign(name) {
                return Some(false);
            }
            if depth == 0 && !self.of_environment {
                let before = entries(&inside[open + 1..]);
                let after = entries(&self.right[..closer(self.right)]);
                if before.chain(after).any(is_value_of_aws) {
                    return Some(true);
                }
            }
            inside = &inside[..open];
        }
        Some(false)
    }

    /// Goes from line to line outwards, as they are indented or headed.
    fn lines(&self) -> bool {
        let line_start = memchr::memrchr(b'\n', self.left).map_or(0, |at| at + 1);
        let line = &self.left[line_start..];
        let tail = self.right.split(|b| *b == b'\n').next().unwrap_or_default();
        if !self.of_environment && (name_aws(line) || name_aws(tail)) {
            return true;
        }
        let own = indent(line);
        let above = self.left[..line_start].rsplit(|b| *b == b'\n');
        // The first one is what follows the line feed, the last one may be cut.
        let mut above: Vec<&[u8]> = above.skip(1).collect();
        if !self.whole {
            above.pop();
        }
        let mut level = own;
        for line in above {
            if let Some(name) = section(line) {
                return name_aws(name);
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let of_line = indent(line);
            if of_line < level {
                if name_aws(line) {
                    return true;
                }
                if is_foreign(line) {
                    return false;
                }
                level = of_line;
            } else if of_line == own && level == own && own > 0 && self.is_sibling(line) {
                return true;
            }
        }
        let mut below = self.right.split(|b| *b == b'\n').skip(1);
        own > 0
            && below
                .by_ref()
                .take_while(|line| indent(line) >= own)
                .any(|line| indent(line) == own && self.is_sibling(line))
    }

    fn is_sibling(&self, line: &[u8]) -> bool {
        !self.of_environment && is_value_of_aws(line)
    }
}

/// Where the innermost bracket stands that is still open.
fn opener(left: &[u8]) -> Option<usize> {
    let mut closed = 0_usize;
    left.iter().enumerate().rev().find_map(|(at, byte)| {
        match byte {
            b'}' | b']' | b')' => closed += 1,
            b'{' | b'[' | b'(' if closed == 0 => return Some(at),
            b'{' | b'[' | b'(' => closed -= 1,
            _ => {}
        }
        None
    })
}

/// Where the bracket closes that the text stands in, or its end.
fn closer(right: &[u8]) -> usize {
    let mut open = 0_usize;
    let found = right.iter().position(|byte| match byte {
        b'}' | b']' | b')' if open == 0 => true,
        b'}' | b']' | b')' => {
            open -= 1;
            false
        }
        b'{' | b'[' | b'(' => {
            open += 1;
            false
        }
        _ => false,
    });
    found.unwrap_or(right.len())
}

/// What names the bracket that follows: the rest of the statement or entry before it.
fn name_before(left: &[u8]) -> &[u8] {
    let left = &left[left.len().saturating_sub(NAME_MAX)..];
    let trimmed = left.trim_ascii_end();
    let ends = |b: &u8| matches!(b, b',' | b';' | b'{' | b'}' | b'[' | b']' | b'(' | b'\n');
    let from = trimmed.iter().rposition(ends).map_or(0, |at| at + 1);
    &trimmed[from..]
}

/// The entries of a block that hold no block of their own.
fn entries(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut depth = 0_usize;
    let is_end = move |byte: &u8| {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' | b';' | b'\n' => return depth == 0,
            _ => {}
        }
        false
    };
    let holds_block = |entry: &[u8]| {
        entry.contains(&b'{')
            || (entry.contains(&b'[') && (entry.len() > 48 || entry.contains(&b'>')))
    };
    text.split(is_end).filter(move |entry| !holds_block(entry))
}

/// True if an entry's value names AWS or is a region. Its name alone says nothing of its siblings.
fn is_value_of_aws(entry: &[u8]) -> bool {
    let sign = entry.iter().position(|b| matches!(b, b':' | b'='));
    let (name, value) = sign.map_or((&b""[..], entry), |at| (&entry[..at], &entry[at + 1..]));
    // Beside `aws_region` the secret would be `aws_secret`.
    let name = name.trim_ascii();
    let name = name.strip_prefix(b"- ").unwrap_or(name);
    if name_aws(name) && !name.contains(&b' ') {
        return false;
    }
    let value = value.trim_ascii();
    let bare = value
        .iter()
        .position(u8::is_ascii_alphanumeric)
        .map_or(value, |at| &value[at..]);
    let len = bare
        .iter()
        .take_while(|b| is_word(**b) || **b == b'-')
        .count();
    name_aws(value) || is_region(&bare[..len])
}

/// How far a line is indented, the dash of a list included.
fn indent(line: &[u8]) -> usize {
    let is_blank = |b: &&u8| matches!(b, b' ' | b'\t');
    let blanks = line.iter().take_while(is_blank).count();
    match &line[blanks..] {
        [b'-' | b'*', b' ', ..] => blanks + 2,
        _ => blanks,
    }
}

/// The name in the heading of a section.
fn section(line: &[u8]) -> Option<&[u8]> {
    let name = line.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
    let is_name =
        |b: &u8| is_word(*b) || matches!(b, b'[' | b']' | b'.' | b'-' | b' ' | b'"' | b':');
    name.iter().all(is_name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks() {
        for (left, right, expected) in [
            ("aws: { secret: '", "' }", true),
            ("x: { secret: '", "' }", false),
            ("x: { secret: '", "', region: 'us-east-1' }", true),
            ("x: { SECRET: '", "', region: 'us-east-1' }", false),
            ("aws: { google: { secret: '", "' } }", false),
            ("{ aws: {}, x: { secret: '", "' } }", false),
            ("secret = '", "'\nx(secret_access_key=secret)", true),
            ("secret = '", "'\nx(secret_access_key=secrets)", false),
            ("[s3]\nsecret = ", "\n", true),
            ("secretAccess=", "\n", true),
        ] {
            let bytes = [left.as_bytes(), right.as_bytes()].concat();
            let candidate = Candidate {
                bytes: &bytes,
                start: left.len(),
                end: left.len(),
                value: b"",
                kind: None,
            };
            assert_eq!(is_in_aws_block(candidate), expected, "{left} {right}");
        }
    }
}
