//! Reflogs as files: `logs/HEAD`, `logs/refs/…`. Each line has the value before and after.

use std::path::Path;

use super::file;
use super::refs::{LogEntry, Stored, StoredLog};
use super::walkdir;
use crate::model::{Gap, GapKind, HashKind, ObjectId};

/// Adds all logs below `git_dir/logs`. `place` is what reports put before a file's name.
pub(crate) fn read_all(git_dir: &Path, place: &Path, hash: HashKind, into: &mut Stored) {
    let mut unlisted = Vec::new();
    walkdir::files(git_dir, "logs", &mut unlisted, |path, name| {
        let name = name.strip_prefix(b"logs/").unwrap_or(&name).to_vec();
        read_one(&git_dir.join(&path), &place.join(&path), name, hash, into);
    });
    let unlisted = unlisted.into_iter();
    into.log_gaps
        .extend(unlisted.map(|(path, error)| file::unreadable(&place.join(path), &error)));
}

fn read_one(path: &Path, shown: &Path, name: Vec<u8>, hash: HashKind, into: &mut Stored) {
    let file = match file::open_regular(path) {
        Ok(file) => file,
        Err(error) if file::is_absent(&error) => return,
        Err(error) => return into.log_gaps.push(file::unreadable(shown, &error)),
    };
    let mut entries: Vec<LogEntry> = Vec::new();
    let mut broken = None;
    // Only the ids at a line's start are read; the rest is a person, a date and a message.
    let done = file::for_each_line(file, 2 * hash.hex_len() + 2, |line| {
        if let Some(entry) = parse(line.bytes, hash) {
            entries.push(entry);
        } else {
            let (_, count) = broken.get_or_insert((line.number, 0_u64));
            *count += 1;
        }
    });
    if let Err(error) = done {
        into.log_gaps.push(file::unreadable(shown, &error));
    }
    if let Some((first, count)) = broken {
        let detail = format!("{count} lines without two ids, the first is line {first}");
        into.log_gaps.push(Gap {
            reference: Some(super::refs::name::text(&name)),
            ..Gap::of_path(GapKind::Metadata, shown, detail)
        });
    }
    into.logs.push(StoredLog { name, entries });
}

fn parse(line: &[u8], hash: HashKind) -> Option<LogEntry> {
    let (old, rest) = line.split_at_checked(hash.hex_len())?;
    let (new, rest) = rest.strip_prefix(b" ")?.split_at_checked(hash.hex_len())?;
    rest.starts_with(b" ").then_some(())?;
    Some(LogEntry {
        old: ObjectId::from_hex(old)?,
        new: ObjectId::from_hex(new)?,
        message: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_broken_ones_counted() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs/refs/heads");
        std::fs::create_dir_all(&logs).unwrap();
        let (zero, one, two) = ("0".repeat(40), "1".repeat(40), "2".repeat(40));
        let text = format!(
            "{zero} {one} A <a@b> 1 +0000\tone\nrubbish\n{one} {two} A <a@b> 1 +0000\n{one} {two}\n"
        );
        std::fs::write(logs.join("main"), text).unwrap();
        std::fs::write(logs.join("main.lock"), "x").unwrap();
        let mut stored = Stored::default();
        read_all(folder.path(), Path::new("w"), HashKind::Sha1, &mut stored);
        assert_eq!(stored.logs.len(), 1);
        assert_eq!(stored.logs[0].name, b"refs/heads/main");
        let ids: Vec<_> = stored.logs[0]
            .entries
            .iter()
            .map(|e| e.new.to_string())
            .collect();
        assert_eq!(ids, [one, two]);
        assert_eq!(stored.log_gaps.len(), 1);
        assert_eq!(
            stored.log_gaps[0].path.as_deref(),
            Some(&b"w/logs/refs/heads/main"[..])
        );
        assert_eq!(
            stored.log_gaps[0].detail,
            "2 lines without two ids, the first is line 2"
        );
    }
}
