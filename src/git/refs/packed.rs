//! `packed-refs`: one line for each ref.

use std::path::Path;

use super::{RefValue, Stored};
use crate::git::file;
use crate::model::{Gap, GapKind, HashKind, ObjectId};

/// The longest line that is read in full, in bytes. Git's own names end at a path's length.
const LINE_MAX: usize = 1 << 16;

/// The most broken lines that are named one by one.
const GAPS_MAX: u64 = 20;

/// Adds the refs of `common_dir/packed-refs`. A broken line costs only itself.
pub(crate) fn read(common_dir: &Path, hash: HashKind, into: &mut Stored) {
    let shown = Path::new("packed-refs");
    let file = match file::open_regular(&common_dir.join(shown)) {
        Ok(file) => file,
        Err(error) if file::is_absent(&error) => return,
        Err(error) => return into.gaps.push(file::unreadable(shown, &error)),
    };
    let mut broken = 0;
    let done = file::for_each_line(file, LINE_MAX, |line| {
        if line.bytes.starts_with(b"#") || line.bytes.starts_with(b"^") || line.bytes.is_empty() {
            return;
        }
        let parsed = parse(line.bytes, hash);
        // The last line without an end may be the start of a longer one.
        if parsed.is_none() || !line.is_whole {
            broken += 1;
            if broken <= GAPS_MAX {
                let detail = format!("line {} is no id with a ref name", line.number);
                into.gaps
                    .push(Gap::of_path(GapKind::Metadata, shown, detail));
            }
        }
        if let Some((id, name)) = parsed {
            into.refs.push((name.to_vec(), RefValue::Id(id)));
        }
    });
    if let Err(error) = done {
        into.gaps.push(file::unreadable(shown, &error));
    }
    if broken > GAPS_MAX {
        let detail = format!("{} more lines are no id with a ref name", broken - GAPS_MAX);
        into.gaps
            .push(Gap::of_path(GapKind::Metadata, shown, detail));
    }
}

fn parse(line: &[u8], hash: HashKind) -> Option<(ObjectId, &[u8])> {
    let (hex, name) = line.split_at_checked(hash.hex_len())?;
    let name = name.strip_prefix(b" ")?.trim_ascii_end();
    let id = ObjectId::from_hex(hex)?;
    (!name.is_empty() && !id.is_null()).then_some((id, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &[u8]) -> Stored {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("packed-refs"), text).unwrap();
        let mut stored = Stored::default();
        read(folder.path(), HashKind::Sha1, &mut stored);
        stored
    }

    #[test]
    fn a_broken_line_costs_only_itself() {
        let id = "1".repeat(40);
        let zero = "0".repeat(40);
        let text = format!(
            "# pack-refs with: peeled\n{id} refs/heads/a\n^{id}\nrubbish\n{id}refs/heads/b\n\
             {zero} refs/heads/z\n{id} refs/heads/c\r\n{id} refs/heads/tr"
        );
        let stored = stored(text.as_bytes());
        let names: Vec<_> = stored.refs.iter().map(|(name, _)| &name[..]).collect();
        assert_eq!(
            names,
            [
                b"refs/heads/a".as_slice(),
                b"refs/heads/c",
                b"refs/heads/tr"
            ]
        );
        let lines: Vec<_> = stored.gaps.iter().map(|gap| gap.detail.clone()).collect();
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert!(lines[0].starts_with("line 4 "));
    }

    #[test]
    fn much_rubbish_is_counted() {
        let stored = stored("rubbish\n".repeat(1000).as_bytes());
        assert_eq!(stored.gaps.len(), 21);
        assert!(stored.gaps[20].detail.starts_with("980 more"));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let read = stored(&bytes);
            assert!(read.refs.is_empty() || bytes.len() > 41);
        }
    }
}
