//! From a file to records, whatever form it has.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::rows;
use super::split;
use super::stamped::{self, Stamped};
use crate::model::LogGap;

/// Bytes looked at to tell what a file is.
const HEAD: usize = 64 << 10;

/// A record as a file gives it.
pub(super) enum Record<'a> {
    /// JSON text of the form that trail files have.
    Text(&'a [u8]),
    /// Put together from a table.
    Value(Value),
}

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// Trail files, and any other JSON with whole records.
    Json,
    /// `lookup-events` and the like: records as strings in JSON.
    Lookup,
    /// Rows of a query, as CSV or JSON.
    Table,
    /// A digest or something else that holds no records.
    Other,
}

impl Form {
    /// The name reports use.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Form::Json => "records",
            Form::Lookup => "lookup-events",
            Form::Table => "table",
            Form::Other => "other",
        }
    }
}

/// What came of reading a file.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) form: Option<Form>,
    pub(super) gaps: Vec<LogGap>,
    /// Bytes after unpacking.
    pub(super) bytes: u64,
    /// It is a table, and tables come later.
    pub(super) is_deferred: bool,
}

/// Counts what goes through.
struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Reads a file and gives each record to `take`, which returns false to stop. Tables are read only if
/// they are wanted.
pub(super) fn read(
    path: &Path,
    tables_too: bool,
    take: &mut dyn FnMut(Record<'_>) -> bool,
) -> Outcome {
    let mut outcome = Outcome::default();
    let opened = open(path);
    let (head, input) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            outcome
                .gaps
                .push(gap(path, kind_of(&error), &error.to_string()));
            return outcome;
        }
    };
    let mut input = Counted {
        inner: head.as_slice().chain(input),
        bytes: 0,
    };
    let first = head
        .iter()
        .find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf));
    match first {
        None => {
            outcome.form = Some(Form::Other);
            // An empty file may still say why it is empty.
            if let Err(error) = input.read(&mut [0]) {
                outcome
                    .gaps
                    .push(gap(path, kind_of(&error), &error.to_string()));
            }
        }
        Some(b'{' | b'[') => json(path, &mut input, tables_too, take, &mut outcome),
        Some(_) => {
            let line = head.split(|byte| *byte == b'\n').next().unwrap_or(&head);
            if stamped::is_stamped(line) {
                let mut objects = Stamped::new(&mut input);
                json(path, &mut objects, tables_too, take, &mut outcome);
            } else if rows::is_header(&String::from_utf8_lossy(line)) {
                outcome.is_deferred = !tables_too;
                if tables_too {
                    csv(path, &mut input, take, &mut outcome);
                }
            } else {
                let detail = "neither JSON nor a table with eventTime and eventName";
                outcome.gaps.push(gap(path, "unknown-format", detail));
            }
        }
    }
    outcome.bytes = input.bytes;
    outcome
}

/// The beginning of a file and the rest of it, unpacked.
fn open(path: &Path) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut file = File::open(path)?;
    let mut magic = Vec::new();
    (&mut file).take(2).read_to_end(&mut magic)?;
    let whole = io::Cursor::new(magic.clone()).chain(file);
    let mut input: Box<dyn Read> = if magic == [0x1f, 0x8b] {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(
            64 << 10,
            whole,
        )))
    } else {
        Box::new(whole)
    };
    let mut head = Vec::new();
    if let Err(error) = (&mut input).take(HEAD as u64).read_to_end(&mut head) {
        // What was there before the damage counts.
        return Ok((head, Box::new(Fails(Some(error)))));
    }
    Ok((head, input))
}

/// Gives an error in its place.
struct Fails(Option<io::Error>);

impl Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn kind_of(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "truncated",
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => "damaged",
        _ => "unreadable",
    }
}

pub(super) fn gap(path: &Path, kind: &'static str, detail: &str) -> LogGap {
    LogGap {
        file: path.as_os_str().as_encoded_bytes().to_vec(),
        kind,
        detail: detail.to_owned(),
        records: 0,
    }
}

/// Members that hold a record as text.
const TEXTS: [&str; 3] = ["CloudTrailEvent", "message", "eventJson"];

fn json(
    path: &Path,
    input: &mut dyn Read,
    tables_too: bool,
    take: &mut dyn FnMut(Record<'_>) -> bool,
    outcome: &mut Outcome,
) {
    let mut form = None;
    let (mut damaged, mut others) = (0_u64, 0_u64);
    let mut records = 0_u64;
    let mut is_deferred = false;
    let (ending, done) = split::split(input, &mut |text| {
        records += 1;
        match *form.get_or_insert_with(|| form_of(text)) {
            Form::Json => return take(Record::Text(text)),
            Form::Table if !tables_too => {
                is_deferred = true;
                return false;
            }
            _ => {}
        }
        if let Ok(value) = serde_json::from_slice::<Value>(text) {
            unwrap(value, &mut form, (&mut damaged, &mut others), take)
        } else {
            damaged += 1;
            true
        }
    });
    outcome.is_deferred = is_deferred;
    if ending.container.is_some() {
        damaged += others;
    }
    let holds = ending.container.is_some() || form.is_some_and(|form| form != Form::Other);
    outcome.form = Some(if records == 0 && holds {
        Form::Json
    } else {
        form.unwrap_or(Form::Other)
    });
    tell(path, &ending, done, damaged, outcome);
}

/// Says what of a file is lost.
fn tell(
    path: &Path,
    ending: &split::Ending,
    done: std::io::Result<()>,
    damaged: u64,
    outcome: &mut Outcome,
) {
    let mut add = |kind, detail: &str, records| {
        let gap = gap(path, kind, detail);
        outcome.gaps.push(LogGap { records, ..gap });
    };
    match done {
        Err(error) => add(
            kind_of(&error),
            &format!("it cannot be read further: {error}"),
            0,
        ),
        Ok(()) if ending.is_truncated => add("truncated", "it ends in the middle", 0),
        Ok(()) => {}
    }
    if ending.garbage > 0 {
        let detail = format!("{} bytes in it are no JSON", ending.garbage);
        add("damaged", &detail, 0);
    }
    if damaged > 0 {
        add("damaged", "records in it are no JSON", damaged);
    }
    if ending.too_large > 0 {
        add(
            "too-large",
            "records in it are longer than 16 MiB",
            ending.too_large,
        );
    }
    if ending.has_next_page {
        add(
            "incomplete-page",
            "it has a NextToken: there are more events than were saved",
            0,
        );
    }
}

/// What the first record says of all.
fn form_of(text: &[u8]) -> Form {
    if text.first() == Some(&b'[') {
        return Form::Table;
    }
    let has = |name: &str| memchr::memmem::find(text, format!("\"{name}\"").as_bytes()).is_some();
    if has("CloudTrailEvent") || (!has("eventName") && (has("message") || has("eventJson"))) {
        return Form::Lookup;
    }
    if has("eventName") && has("detail-type") {
        return Form::Lookup;
    }
    if has("eventName") {
        return Form::Json;
    }
    if has("eventname") {
        return Form::Table;
    }
    Form::Other
}

/// Gives the record that is inside of something else.
fn unwrap(
    value: Value,
    form: &mut Option<Form>,
    (damaged, others): (&mut u64, &mut u64),
    take: &mut dyn FnMut(Record<'_>) -> bool,
) -> bool {
    if value.is_array() {
        return take(Record::Value(rows::of_query_row(&value)));
    }
    for name in TEXTS {
        let Some(text) = value.get(name).and_then(Value::as_str) else {
            continue;
        };
        if text.trim_start().starts_with('{') {
            return take(Record::Text(text.as_bytes()));
        }
        *damaged += 1;
        return true;
    }
    match value {
        Value::Object(mut members) if members.contains_key("detail") => {
            let detail = members.remove("detail").unwrap_or(Value::Null);
            take(Record::Value(detail))
        }
        value if value.get("eventName").is_some() || value.get("eventname").is_some() => {
            take(Record::Value(rows::normal(value)))
        }
        _ => {
            // A digest, or a line of something else.
            if *form == Some(Form::Other) {
                *form = None;
                *others += 1;
            } else {
                *damaged += 1;
            }
            true
        }
    }
}

fn csv(
    path: &Path,
    input: &mut dyn Read,
    take: &mut dyn FnMut(Record<'_>) -> bool,
    outcome: &mut Outcome,
) {
    outcome.form = Some(Form::Table);
    let (ending, done) = rows::table(input, &mut |header, row| {
        let cells = header
            .iter()
            .zip(row)
            .map(|(name, cell)| (&**name, &**cell));
        take(Record::Value(rows::record(cells)))
    });
    match done {
        Err(error) => {
            let detail = format!("it cannot be read further: {error}");
            outcome.gaps.push(gap(path, kind_of(&error), &detail));
        }
        Ok(()) if ending.is_truncated => {
            outcome
                .gaps
                .push(gap(path, "truncated", "it ends inside of quotes"));
        }
        Ok(()) => {}
    }
    if ending.odd_rows > 0 {
        let gap = gap(path, "damaged", "rows in it do not fit its header");
        outcome.gaps.push(LogGap {
            records: ending.odd_rows,
            ..gap
        });
    }
}
