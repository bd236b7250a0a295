//! Which files are read: those that were named, and all below the folders that were.

use std::fs;
use std::path::{Path, PathBuf};

use crate::model::LogGap;

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogFile {
    pub(super) path: PathBuf,
    /// It was named, and does not just lie in a folder that was.
    pub(super) is_named: bool,
    pub(super) bytes: u64,
}

/// Endings of files that may be logs; others in folders are passed over.
const ENDINGS: [&str; 8] = ["gz", "json", "jsonl", "ndjson", "csv", "log", "txt", "gzip"];

/// Lists files, sorted. Symbolic links in folders are not followed; pipes and devices are no files.
pub(super) fn list(inputs: &[PathBuf], gaps: &mut Vec<LogGap>) -> (Vec<LogFile>, u64) {
    let mut files = Vec::new();
    let mut passed_over = 0;
    for input in inputs {
        match fs::metadata(input) {
            Ok(meta) if meta.is_dir() => below(input, &mut files, &mut passed_over, gaps),
            Ok(meta) if meta.is_file() => files.push(LogFile {
                path: input.clone(),
                is_named: true,
                bytes: meta.len(),
            }),
            Ok(_) => gaps.push(unreadable(input, "it is no file and no folder")),
            Err(error) => gaps.push(unreadable(input, &error.to_string())),
        }
    }
    files.sort_by(|a, b| (&a.path, !a.is_named).cmp(&(&b.path, !b.is_named)));
    files.dedup_by(|a, b| a.path == b.path);
    (files, passed_over)
}

fn below(top: &Path, files: &mut Vec<LogFile>, passed_over: &mut u64, gaps: &mut Vec<LogGap>) {
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                gaps.push(unreadable(&folder, &error.to_string()));
                continue;
            }
        };
        for entry in entries {
            let found = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?, entry)));
            match found {
                Ok((path, kind, _)) if kind.is_dir() => folders.push(path),
                Ok((path, kind, entry)) if kind.is_file() && may_be_log(&path) => {
                    let bytes = entry.metadata().map_or(0, |meta| meta.len());
                    files.push(LogFile {
                        path,
                        is_named: false,
                        bytes,
                    });
                }
                Ok(_) => *passed_over += 1,
                Err(error) => gaps.push(unreadable(&folder, &error.to_string())),
            }
        }
    }
}

fn may_be_log(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_none_or(|ending| {
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// A file that cannot be opened or read.
pub(super) fn unreadable(path: &Path, detail: &str) -> LogGap {
    LogGap {
        file: path.as_os_str().as_encoded_bytes().to_vec(),
        kind: "unreadable",
        detail: detail.to_owned(),
        records: 0,
    }
}
