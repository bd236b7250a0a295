//! Cuts a stream of JSON into records, without holding more than one of them.

use std::io::{self, Read};

use memchr::memchr2;

/// Longest record held. CloudTrail's own are below 1 MiB.
const RECORD_MAX: usize = 16 << 20;
/// Bytes read at a time.
const CHUNK: usize = 256 << 10;
/// Longest key looked at.
const KEY_MAX: usize = 32;

/// Keys whose arrays hold records: of trail files, look-ups, `CloudWatch` Logs, queries.
const CONTAINERS: [&[u8]; 6] = [
    b"Records",
    b"Events",
    b"events",
    b"logEvents",
    b"QueryResultRows",
    b"records",
];

/// What a stream held besides records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ending {
    /// It ended inside of a record or a list.
    pub(super) is_truncated: bool,
    /// Bytes that belong to no JSON value.
    pub(super) garbage: u64,
    /// Records too long to hold.
    pub(super) too_large: u64,
    /// A page says that there are further pages.
    pub(super) has_next_page: bool,
    /// The key whose list held the records, if one did.
    pub(super) container: Option<&'static [u8]>,
}

/// Where in the document the cutter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Between documents.
    Outside,
    /// In an object at the top, which may be a record or hold a list of them.
    Top,
    /// In a list of records, between two.
    List {
        /// The list is a member of an object.
        inside: bool,
    },
    /// In a record of a list.
    Item { inside: bool },
}

/// The state between two chunks.
struct Cutter {
    mode: Mode,
    depth: u32,
    in_string: bool,
    is_escaped: bool,
    /// Where the record begins in the buffer.
    begin: usize,
    /// The record is too long, and is passed over.
    is_skipped: bool,
    /// The object at the top turned out to hold a list.
    is_container: bool,
    /// The last string at the first level, as far as it is of interest.
    key: Vec<u8>,
    /// Where that string began, while it goes on.
    key_begin: Option<usize>,
    ending: Ending,
}

/// Reads all of `input` and gives each record to `take`.
///
/// # Errors
/// Those of the input; records before it were given.
pub(super) fn split(
    input: &mut dyn Read,
    take: &mut dyn FnMut(&[u8]) -> bool,
) -> (Ending, io::Result<()>) {
    let mut cutter = Cutter {
        mode: Mode::Outside,
        depth: 0,
        in_string: false,
        is_escaped: false,
        begin: 0,
        is_skipped: false,
        is_container: false,
        key: Vec::new(),
        key_begin: None,
        ending: Ending::default(),
    };
    let mut buffer: Vec<u8> = Vec::with_capacity(2 * CHUNK);
    let mut at = 0;
    loop {
        let kept = cutter.drop_done(&mut buffer, at);
        at = kept;
        let filled = buffer.len();
        buffer.resize(filled + CHUNK, 0);
        let read = match input.read(&mut buffer[filled..]) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                buffer.truncate(filled);
                continue;
            }
            Err(error) => {
                cutter.ending.is_truncated = cutter.mode != Mode::Outside;
                return (cutter.ending, Err(error));
            }
        };
        buffer.truncate(filled + read);
        if read == 0 {
            cutter.ending.is_truncated = cutter.mode != Mode::Outside;
            return (cutter.ending, Ok(()));
        }
        while at < buffer.len() {
            let (next, done) = cutter.step(&buffer, at);
            at = next;
            if let Some(record) = done
                && !take(&buffer[record])
            {
                return (cutter.ending, Ok(()));
            }
        }
    }
}

impl Cutter {
    /// Drops from the buffer what is no longer needed; returns where reading goes on.
    fn drop_done(&mut self, buffer: &mut Vec<u8>, at: usize) -> usize {
        let needed = match self.mode {
            Mode::Item { .. } if !self.is_skipped => self.begin,
            Mode::Top if !self.is_skipped && !self.is_container => self.begin,
            _ => at,
        };
        let needed = needed.min(self.key_begin.unwrap_or(needed));
        if at - needed > RECORD_MAX && !self.is_skipped {
            self.is_skipped = true;
            self.key_begin = None;
            buffer.clear();
            return 0;
        }
        buffer.drain(..needed);
        self.begin = self.begin.saturating_sub(needed);
        self.key_begin = self.key_begin.map(|begin| begin - needed);
        at - needed
    }

    /// One step; the range is a record that is whole.
    fn step(&mut self, buffer: &[u8], at: usize) -> (usize, Option<std::ops::Range<usize>>) {
        match self.mode {
            Mode::Outside => (self.outside(buffer, at), None),
            Mode::List { inside } => (self.list(buffer, at, inside), None),
            Mode::Item { inside } => {
                let (next, is_closed) = self.run(buffer, at);
                if !is_closed {
                    return (next, None);
                }
                self.mode = Mode::List { inside };
                (next, self.record(next))
            }
            Mode::Top => self.top(buffer, at),
        }
    }

    fn record(&mut self, end: usize) -> Option<std::ops::Range<usize>> {
        if std::mem::take(&mut self.is_skipped) {
            self.ending.too_large += 1;
            return None;
        }
        Some(self.begin..end)
    }

    fn outside(&mut self, buffer: &[u8], at: usize) -> usize {
        match buffer[at] {
            b'{' => self.open(Mode::Top, at),
            b'[' => self.mode = Mode::List { inside: false },
            b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xef | 0xbb | 0xbf => {}
            _ => self.ending.garbage += 1,
        }
        at + 1
    }

    fn list(&mut self, buffer: &[u8], at: usize, inside: bool) -> usize {
        match buffer[at] {
            b'{' | b'[' => self.open(Mode::Item { inside }, at),
            b']' if inside => {
                self.mode = Mode::Top;
                self.depth = 1;
            }
            b']' => self.mode = Mode::Outside,
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {}
            _ => self.ending.garbage += 1,
        }
        at + 1
    }

    fn open(&mut self, mode: Mode, at: usize) {
        self.mode = mode;
        self.begin = at;
        self.depth = 1;
        self.is_skipped = false;
        if mode == Mode::Top {
            self.is_container = false;
            self.key.clear();
        }
    }

    /// Goes on to the end of the record or of the buffer; true if the record ended.
    fn run(&mut self, buffer: &[u8], mut at: usize) -> (usize, bool) {
        let len = buffer.len();
        while at < len {
            if self.in_string {
                if self.is_escaped {
                    self.is_escaped = false;
                    at += 1;
                    continue;
                }
                let Some(hop) = memchr2(b'"', b'\\', &buffer[at..]) else {
                    return (len, false);
                };
                at += hop;
                if buffer[at] == b'"' {
                    self.in_string = false;
                } else {
                    self.is_escaped = true;
                }
                at += 1;
                continue;
            }
            match buffer[at] {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        (len, false)
    }

    /// An object at the top: like a record, but its keys are looked at.
    fn top(&mut self, buffer: &[u8], at: usize) -> (usize, Option<std::ops::Range<usize>>) {
        if self.in_string || self.depth > 1 {
            return (self.top_deeper(buffer, at), None);
        }
        match buffer[at] {
            b'"' => {
                self.in_string = true;
                self.key_begin = Some(at + 1);
            }
            b'[' => {
                let known = CONTAINERS.iter().find(|name| **name == self.key);
                if let Some(name) = known {
                    self.ending.container = Some(name);
                    self.is_container = true;
                    self.is_skipped = false;
                    self.mode = Mode::List { inside: true };
                    self.key.clear();
                } else {
                    self.depth += 1;
                }
            }
            b'{' => self.depth += 1,
            b'}' => {
                self.mode = Mode::Outside;
                let record = if self.is_container {
                    None
                } else {
                    self.record(at + 1)
                };
                return (at + 1, record);
            }
            _ => {}
        }
        (at + 1, None)
    }

    /// Inside of a string of the first level, or of something below it.
    fn top_deeper(&mut self, buffer: &[u8], at: usize) -> usize {
        if self.depth == 1 {
            // A string of the first level: a key, or a value.
            let mut at = at;
            if self.is_escaped {
                self.is_escaped = false;
                return at + 1;
            }
            let Some(hop) = memchr2(b'"', b'\\', &buffer[at..]) else {
                return buffer.len();
            };
            at += hop;
            if buffer[at] == b'\\' {
                self.is_escaped = true;
                return at + 1;
            }
            self.in_string = false;
            let begin = self.key_begin.take().unwrap_or(at);
            let is_next_page = matches!(&*self.key, b"NextToken" | b"nextToken");
            if self.is_container && is_next_page && at > begin {
                self.ending.has_next_page = true;
            }
            self.key.clear();
            if at - begin <= KEY_MAX {
                self.key.extend_from_slice(&buffer[begin..at]);
            }
            return at + 1;
        }
        // Stop where the level is the first again: `run` counts from there.
        self.depth -= 1;
        let (next, _) = self.run(buffer, at);
        self.depth += 1;
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most so many bytes at a time.
    struct Slowly<'a>(&'a [u8], usize);

    impl Read for Slowly<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(self.0.len()).min(out.len());
            out[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn records(text: &str, step: usize) -> (Vec<String>, Ending) {
        let mut found = Vec::new();
        let mut input = Slowly(text.as_bytes(), step);
        let (ending, outcome) = split(&mut input, &mut |record| {
            found.push(String::from_utf8(record.to_vec()).unwrap());
            true
        });
        outcome.unwrap();
        (found, ending)
    }

    #[test]
    fn every_container_gives_its_records() {
        let a = r#"{"eventName":"a\"}{]","x":{"y":[1,{"z":"\\"}]}}"#;
        let b = r#"{"b":["]",{}]}"#;
        for text in [
            format!("{{\"Records\":[{a},{b}]}}"),
            format!("{{\"x\":[1,[2]],\"y\":\"Records\",\"Events\" : [ {a} ,\n{b} ] , \"z\":{{}}}}"),
            format!("{a}\n{b}\n"),
            format!("[{a},{b}]"),
            format!("{{\"Records\":[{a}]}}\n{{\"Records\":[{b}]}}"),
            format!("\u{feff}{{\"events\":[{a},{b}],\"n\":null}}"),
        ] {
            for step in [1, 2, 3, 7, 100_000] {
                let (found, ending) = records(&text, step);
                assert_eq!(found, [a, b], "{text} by {step}");
                assert!(!ending.is_truncated && ending.garbage == 0, "{ending:?}");
            }
        }
    }

    #[test]
    fn what_ends_early_says_so() {
        let text = r#"{"Records":[{"a":1},{"b":"x"}]}"#;
        for end in 1..text.len() {
            assert!(records(&text[..end], 5).1.is_truncated, "at {end}");
        }
        assert!(!records(text, 5).1.is_truncated);
    }

    #[test]
    fn a_page_that_is_not_the_last_says_so() {
        let page = |rest: &str| {
            records(&format!("{{\"Events\":[]{rest}}}"), 3)
                .1
                .has_next_page
        };
        assert!(page(r#","NextToken":"abc""#));
        assert!(!page(""));
        assert!(!page(r#","NextToken":null"#));
        assert!(!page(r#","NextToken":"""#));
    }

    #[test]
    fn long_records_are_passed_over_and_counted() {
        let long = format!("{{\"x\":\"{}\"}}", "y".repeat(RECORD_MAX + CHUNK));
        let text = format!("{{\"Records\":[{{\"a\":1}},{long},{{\"b\":2}}]}}");
        let (found, ending) = records(&text, 1 << 20);
        assert_eq!(found, [r#"{"a":1}"#, r#"{"b":2}"#]);
        assert_eq!(ending.too_large, 1);
        assert!(!ending.is_truncated);
    }
}
