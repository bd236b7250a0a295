//! What of a log of calls was read, and what it cannot show.

/// What the files hold of one region of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionCoverage {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// Records.
    pub records: u64,
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
    /// Stretches without any record that are too long for how much else there is.
    pub silent: Vec<(i64, i64)>,
}

/// A file, or a part of one, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogGap {
    /// The file.
    pub file: Vec<u8>,
    /// Closed list: `unreadable`, `damaged`, `truncated`, `unknown-format`, `too-large`,
    /// `incomplete-page`, `interrupted`, `time`, `hit-limit`.
    pub kind: &'static str,
    /// Why.
    pub detail: String,
    /// Records that are lost, as far as they can be counted.
    pub records: u64,
}

/// What the logs cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogCoverage {
    /// Files read, by form, sorted: form, files, records.
    pub sources: Vec<(&'static str, u64, u64)>,
    /// Files that are no logs of calls (digests and the like).
    pub passed_over: u64,
    /// Bytes on disk.
    pub bytes_read: u64,
    /// Bytes after unpacking.
    pub bytes_unpacked: u64,
    /// Records; one that several files hold counts for each.
    pub records: u64,
    /// First and last record.
    pub first: Option<i64>,
    /// The last.
    pub last: Option<i64>,
    /// By account and region, sorted.
    pub regions: Vec<RegionCoverage>,
    /// Records of reads (`readOnly`).
    pub reads: u64,
    /// Records of data events.
    pub data_events: u64,
    /// What cannot be read.
    pub gaps: Vec<LogGap>,
    /// What these logs cannot show, in sentences.
    pub blind: Vec<String>,
}
