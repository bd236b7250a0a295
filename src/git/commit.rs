//! Commits and tags: the ids they name, who made them and when.

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::model::{ObjectId, ObjectKind};

/// What is wrong with a commit that names more than git reads.
const LATE: &str = "it has a tree or parent line where git looks for none";

/// The headers of a commit that history needs, borrowed from its content.
#[derive(Debug, Default)]
pub(crate) struct Commit<'c> {
    pub(crate) tree: Option<ObjectId>,
    pub(crate) parents: Vec<ObjectId>,
    /// `Name <mail> seconds offset`.
    pub(crate) author: Option<&'c [u8]>,
    /// The same of the committer.
    pub(crate) committer: Option<&'c [u8]>,
}

impl<'c> Commit<'c> {
    /// Reads the headers; what is missing or malformed stays empty.
    pub(crate) fn parse(content: &'c [u8]) -> Commit<'c> {
        Commit::read(content, 0).0
    }

    /// The same, and why git cannot follow what the commit names; `None` if it can. `hex_len` is the
    /// length of an id.
    ///
    /// Git wants the tree in the first line and the parents right behind it, and takes no others
    /// (`parse_commit_buffer()` in its commit.c).
    pub(crate) fn read(content: &'c [u8], hex_len: usize) -> (Commit<'c>, Option<&'static str>) {
        let mut commit = Commit::default();
        let mut fault = Some("its first line names no tree");
        // Whether a parent line may be next, and whether the headers that name something are over:
        // what follows (signatures, encodings) names nothing of this repository.
        let (mut is_among_parents, mut is_over) = (false, false);
        let is_right = |hex: &[u8], id: Option<ObjectId>| hex.len() == hex_len && id.is_some();
        for (n, line) in headers(content).enumerate() {
            if let Some(hex) = line.strip_prefix(b"tree ") {
                let id = ObjectId::from_hex(hex);
                if n > 0 {
                    fault = fault.or(Some(LATE));
                } else if is_right(hex, id) {
                    fault = None;
                }
                commit.tree = commit.tree.or(id.filter(|_| !is_over));
            } else if let Some(hex) = line.strip_prefix(b"parent ") {
                let id = ObjectId::from_hex(hex);
                if !is_among_parents {
                    fault = fault.or(Some(LATE));
                } else if !is_right(hex, id) {
                    fault = fault.or(Some("a parent line names no commit"));
                }
                commit.parents.extend(id.filter(|_| !is_over));
                continue;
            } else if is_over {
            } else if let Some(ident) = line.strip_prefix(b"author ") {
                commit.author = commit.author.or(Some(ident));
            } else if let Some(ident) = line.strip_prefix(b"committer ") {
                commit.committer = Some(ident);
                is_over = true;
            }
            is_among_parents = n == 0;
        }
        (commit, fault)
    }

    /// What tells authors apart: a digest of name and mail, byte for byte (FNV-1a, 64 bits).
    pub(crate) fn author_mark(&self) -> u64 {
        let author = name_and_mail(self.author.unwrap_or_default());
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        author.iter().fold(0xcbf2_9ce4_8422_2325, mix)
    }

    /// The committer date in seconds since 1970; 0 if it cannot be read, as git has it.
    pub(crate) fn time(&self) -> i64 {
        self.committer
            .and_then(date)
            .map_or(0, |(seconds, _)| seconds)
    }
}

/// What a tag points to, and as what.
pub(crate) fn tag_target(content: &[u8]) -> Option<(ObjectId, ObjectKind)> {
    let mut target = None;
    for line in headers(content) {
        if let Some(hex) = line.strip_prefix(b"object ") {
            target = ObjectId::from_hex(hex);
        } else if let Some(kind) = line.strip_prefix(b"type ") {
            let kind = ObjectKind::ALL
                .into_iter()
                .find(|k| k.name().as_bytes() == kind)?;
            return Some((target?, kind));
        }
    }
    None
}

/// Why git cannot follow what a tag names; `None` if it can: it wants the object in the first line
/// and its kind in the second. `hex_len` is the length of an id.
pub(crate) fn tag_fault(content: &[u8], hex_len: usize) -> Option<&'static str> {
    let mut lines = headers(content);
    if !lines
        .next()
        .and_then(|line| line.strip_prefix(b"object "))
        .is_some_and(|hex| hex.len() == hex_len && ObjectId::from_hex(hex).is_some())
    {
        return Some("its first line names no object");
    }
    let kind = lines.next().and_then(|line| line.strip_prefix(b"type "));
    let is_known = |kind| ObjectKind::ALL.iter().any(|k| k.name().as_bytes() == kind);
    (!kind.is_some_and(is_known)).then_some("its second line names no kind of object")
}

/// The header lines: up to the first empty line.
fn headers(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = content;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest);
        let line = &rest[..end.unwrap_or(rest.len())];
        rest = end.map_or(&[], |end| &rest[end + 1..]);
        (!line.is_empty()).then_some(line)
    })
    .fuse()
}

/// Seconds since 1970 and the offset in seconds, from the end of an identity line.
fn date(ident: &[u8]) -> Option<(i64, i32)> {
    let after = ident.rsplit(|b| *b == b'>').next()?;
    let mut words = std::str::from_utf8(after).ok()?.split_ascii_whitespace();
    let seconds = words.next()?.parse().ok()?;
    let offset = words.next().and_then(offset).unwrap_or(0);
    Some((seconds, offset))
}

fn offset(text: &str) -> Option<i32> {
    let digits: i32 = text.get(1..).filter(|d| d.len() == 4)?.parse().ok()?;
    let seconds = (digits / 100 * 60 + digits % 100) * 60;
    Some(if text.starts_with('-') {
        -seconds
    } else {
        seconds
    })
}

/// The name and mail of an identity line.
pub(crate) fn name_and_mail(ident: &[u8]) -> &[u8] {
    match ident.iter().rposition(|b| *b == b'>') {
        Some(end) => &ident[..=end],
        None => ident,
    }
}

/// The date of an identity line as RFC 3339 with its own offset.
pub(crate) fn rfc3339(ident: &[u8]) -> Option<String> {
    let (seconds, offset) = date(ident)?;
    let offset = Offset::from_seconds(offset).ok()?;
    let zoned = Timestamp::from_second(seconds)
        .ok()?
        .to_zoned(offset.to_time_zone());
    Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// Seconds since 1970 as RFC 3339 in UTC.
pub(crate) fn rfc3339_utc(seconds: i64) -> Option<String> {
    Some(Timestamp::from_second(seconds).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &[u8] = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\
        parent e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n\
        author A U Thor <a@example.com> 1700000000 -0730\n\
        committer C <c@example.com> 1700000001 +0000\n\nparent of all\n";

    #[test]
    fn reads_the_headers_and_nothing_of_the_message() {
        let commit = Commit::parse(COMMIT);
        assert_eq!(
            commit.tree,
            ObjectId::from_hex(b"4b825dc642cb6eb9a060e54bf8d69288fbee4904")
        );
        assert_eq!(commit.parents.len(), 1);
        assert_eq!(commit.time(), 1_700_000_001);
        let author = commit.author.unwrap();
        assert_eq!(name_and_mail(author), b"A U Thor <a@example.com>");
        assert_eq!(rfc3339(author).unwrap(), "2023-11-14T14:43:20-07:30");
    }

    #[test]
    fn malformed_headers_are_empty() {
        let commit = Commit::parse(b"tree zz\nauthor nobody\ncommitter x <y> -5 +9999\n\n");
        assert_eq!((commit.tree, commit.time()), (None, -5));
        assert_eq!(commit.author.and_then(rfc3339), None);
        assert_eq!(Commit::parse(b"").time(), 0);
    }

    #[test]
    fn faults_are_what_git_cannot_follow() {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let good = text(COMMIT);
        let late = good.replace("\ncommitter", "\nparent x\ncommitter");
        let faults = [
            good.clone(),
            good.replace("tree 4", "tree g"),
            good.replace("tree 4", "tree 44"),
            good.replace("parent e", "parent "),
            late,
            good.replace("author", "tree 0\nauthor"),
            format!("author x\n{good}"),
            String::new(),
        ]
        .map(|commit| Commit::read(commit.as_bytes(), 40).1.is_some());
        assert_eq!(faults, [false, true, true, true, true, true, true, true]);
        // What stands in a signature or message is no header.
        let signed = good.replace("\n\n", "\ngpgsig a\n parent b\n\ntree c\n");
        assert_eq!(Commit::read(signed.as_bytes(), 40).1, None);
        assert!(Commit::read(COMMIT, 64).1.is_some());
        let tag = "object e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\ntype blob\ntag v1\n\nx";
        let faults = [
            tag.to_owned(),
            tag.replace("blob", "blub"),
            tag.replace("type blob\n", ""),
            tag.replace("object e", "object "),
        ]
        .map(|tag| tag_fault(tag.as_bytes(), 40).is_some());
        assert_eq!(faults, [false, true, true, true]);
    }

    #[test]
    fn tags_name_their_target() {
        let tag = b"object e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\ntype blob\ntag v1\n\nx";
        assert_eq!(tag_target(tag).unwrap().1, ObjectKind::Blob);
        assert_eq!(tag_target(b"type commit\n\n"), None);
    }
}
