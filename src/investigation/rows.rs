//! Exports as tables: CSV of Athena and CloudTrail Lake, rows of a query as JSON. Each row becomes a
//! record of the form that trail files have.

use std::io::{self, Read};

use serde_json::{Map, Value};

/// Longest row held.
const ROW_MAX: usize = 16 << 20;
/// Deepest structure in a cell.
const DEPTH_MAX: usize = 16;

/// Columns, in small letters without separators, and CloudTrail's names for them.
const COLUMNS: [(&str, &str); 24] = [
    ("eventversion", "eventVersion"),
    ("useridentity", "userIdentity"),
    ("eventtime", "eventTime"),
    ("eventsource", "eventSource"),
    ("eventname", "eventName"),
    ("awsregion", "awsRegion"),
    ("sourceipaddress", "sourceIPAddress"),
    ("useragent", "userAgent"),
    ("errorcode", "errorCode"),
    ("errormessage", "errorMessage"),
    ("requestparameters", "requestParameters"),
    ("responseelements", "responseElements"),
    ("additionaleventdata", "additionalEventData"),
    ("requestid", "requestID"),
    ("eventid", "eventID"),
    ("readonly", "readOnly"),
    ("resources", "resources"),
    ("eventtype", "eventType"),
    ("apiversion", "apiVersion"),
    ("recipientaccountid", "recipientAccountId"),
    ("sharedeventid", "sharedEventID"),
    ("eventcategory", "eventCategory"),
    ("managementevent", "managementEvent"),
    (
        "sessioncredentialfromconsole",
        "sessionCredentialFromConsole",
    ),
];

/// The same below `userIdentity`.
const IDENTITY: [(&str, &str); 10] = [
    ("type", "type"),
    ("principalid", "principalId"),
    ("arn", "arn"),
    ("accountid", "accountId"),
    ("accesskeyid", "accessKeyId"),
    ("username", "userName"),
    ("credentialid", "credentialId"),
    ("identityprovider", "identityProvider"),
    ("invokedby", "invokedBy"),
    ("sessioncontext", "sessionContext"),
];

/// True for a header that names the columns that are needed.
pub(super) fn is_header(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["eventname", "eventtime"]
        .iter()
        .all(|name| line.replace('_', "").contains(name))
}

/// A record made of a row: column names and cells.
pub(super) fn record<'a>(cells: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let mut record = Map::new();
    let mut identity = Map::new();
    for (column, cell) in cells {
        if matches!(cell, "" | "null" | "NULL" | "-") {
            continue;
        }
        let plain: String = column
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if let Some(part) = plain
            .strip_prefix("useridentity")
            .filter(|part| !part.is_empty())
        {
            if let Some(name) = known(&IDENTITY, part) {
                identity.insert(name.to_owned(), Value::String(cell.to_owned()));
            }
            continue;
        }
        let Some(name) = known(&COLUMNS, &plain) else {
            continue;
        };
        let value = match name {
            "userIdentity" | "requestParameters" | "responseElements" | "resources" => {
                value_of(cell)
            }
            _ => Value::String(cell.to_owned()),
        };
        if let ("userIdentity", Value::Object(parts)) = (name, &value) {
            identity.extend(parts.iter().filter_map(|(key, value)| {
                let name = known(&IDENTITY, &key.to_ascii_lowercase())?;
                Some((name.to_owned(), value.clone()))
            }));
            continue;
        }
        record.insert(name.to_owned(), value);
    }
    if !identity.is_empty() {
        record.insert("userIdentity".to_owned(), Value::Object(identity));
    }
    Value::Object(record)
}

/// A record of an export in JSON: its names may be in small letters. Others stay as they are.
pub(super) fn normal(value: Value) -> Value {
    let Value::Object(members) = value else {
        return value;
    };
    if members.contains_key("eventName") {
        return Value::Object(members);
    }
    let texts: Vec<(String, String)> = members
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(text) => (name, text),
            Value::Null => (name, String::new()),
            other => (name, other.to_string()),
        })
        .collect();
    record(texts.iter().map(|(name, cell)| (&**name, &**cell)))
}

/// A row of `get-query-results`: a list of objects with one member each.
pub(super) fn of_query_row(row: &Value) -> Value {
    let columns = row
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flatten();
    record(columns.filter_map(|(name, cell)| Some((&**name, cell.as_str()?))))
}

fn known(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(plain, _)| *plain == name)
        .map(|(_, name)| *name)
}

/// A cell that holds a structure: JSON, or `{name=value, name={…}}` as queries print it.
fn value_of(cell: &str) -> Value {
    match serde_json::from_str(cell) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
        _ => structure(cell.trim(), 0).unwrap_or_else(|| Value::String(cell.to_owned())),
    }
}

fn structure(text: &str, depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    if let Some(inner) = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
    {
        let items = pieces(inner).into_iter();
        return Some(Value::Array(items.map(|item| part(item, depth)).collect()));
    }
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let mut members = Map::new();
    for piece in pieces(inner) {
        let (name, value) = piece.split_once('=')?;
        members.insert(name.trim().to_owned(), part(value.trim(), depth));
    }
    Some(Value::Object(members))
}

fn part(text: &str, depth: usize) -> Value {
    if text == "null" || text.is_empty() {
        return Value::Null;
    }
    if text.starts_with(['{', '[']) {
        if let Ok(value) = serde_json::from_str(text) {
            return value;
        }
        if let Some(value) = structure(text, depth + 1) {
            return value;
        }
    }
    Value::String(text.to_owned())
}

/// Splits at commas of the outermost level, where a new member or item begins.
fn pieces(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut in_string) = (0_usize, 0, false);
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' if at == 0 || bytes[at - 1] != b'\\' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 && bytes.get(at + 1) == Some(&b' ') => {
                found.push(text[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    let last = text[begin..].trim();
    if !last.is_empty() {
        found.push(last);
    }
    found
}

/// What a table held besides rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TableEnding {
    /// It ended inside of quotes.
    pub(super) is_truncated: bool,
    /// Rows that have other than the header's number of cells, or are too long.
    pub(super) odd_rows: u64,
}

/// Reads CSV (RFC 4180) and gives each row behind the header, with the header.
///
/// # Errors
/// Those of the input; rows before it were given.
pub(super) fn table(
    input: &mut dyn Read,
    take: &mut dyn FnMut(&[String], &[String]) -> bool,
) -> (TableEnding, io::Result<()>) {
    let mut reader = Csv::default();
    let mut ending = TableEnding::default();
    let mut header: Option<Vec<String>> = None;
    let mut chunk = vec![0; 128 << 10];
    loop {
        let read = match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return (ending, Err(error)),
        };
        for byte in &chunk[..read] {
            if reader.push(*byte) && !give(&mut reader, &mut header, &mut ending, take) {
                return (ending, Ok(()));
            }
        }
    }
    ending.is_truncated = reader.in_quotes && !reader.was_quote;
    if !ending.is_truncated && reader.end_row() {
        give(&mut reader, &mut header, &mut ending, take);
    }
    (ending, Ok(()))
}

fn give(
    reader: &mut Csv,
    header: &mut Option<Vec<String>>,
    ending: &mut TableEnding,
    take: &mut dyn FnMut(&[String], &[String]) -> bool,
) -> bool {
    let row = std::mem::take(&mut reader.row);
    let is_long = std::mem::take(&mut reader.is_long);
    match header {
        None => *header = Some(row),
        Some(_) if row.len() == 1 && row[0].is_empty() => {}
        Some(header) if row.len() != header.len() || is_long => ending.odd_rows += 1,
        Some(header) => return take(header, &row),
    }
    true
}

#[derive(Default)]
struct Csv {
    row: Vec<String>,
    cell: Vec<u8>,
    len: usize,
    in_quotes: bool,
    /// A quote in quotes: the next byte tells whether it ends them.
    was_quote: bool,
    is_long: bool,
}

impl Csv {
    /// True if a row is done.
    fn push(&mut self, byte: u8) -> bool {
        if self.was_quote {
            self.was_quote = false;
            if byte == b'"' {
                self.keep(b'"');
                return false;
            }
            self.in_quotes = false;
        }
        match byte {
            b'"' if self.in_quotes => self.was_quote = true,
            b'"' if self.cell.is_empty() => self.in_quotes = true,
            b',' if !self.in_quotes => self.end_cell(),
            b'\n' if !self.in_quotes => return self.end_row(),
            b'\r' if !self.in_quotes => {}
            byte => self.keep(byte),
        }
        false
    }

    fn keep(&mut self, byte: u8) {
        self.len += 1;
        if self.len > ROW_MAX {
            self.is_long = true;
        } else {
            self.cell.push(byte);
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        let text = String::from_utf8_lossy(&cell);
        self.row
            .push(text.trim_start_matches('\u{feff}').to_owned());
    }

    fn end_row(&mut self) -> bool {
        if self.was_quote {
            (self.was_quote, self.in_quotes) = (false, false);
        }
        if self.row.is_empty() && self.cell.is_empty() {
            return false;
        }
        self.end_cell();
        self.len = 0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_athena_and_lake_become_records() {
        let text = "eventtime,eventname,useridentity,requestparameters,\"useragent\"\r\n\
            2026-01-02 03:04:05.000,CreateUser,\"{type=IAMUser, arn=arn:aws:iam::1:user/a, accesskeyid=K, \
            sessioncontext={attributes={mfa=false}, x=null}}\",\"{\"\"userName\"\":\"\"b, c=d\"\"}\",\"a \"\"b\"\"\n2\"\r\n\
            2026-01-02 03:04:05.000,X,,\"{userName=eve, tags=[a, b]}\",\n";
        let mut rows = Vec::new();
        let (ending, outcome) = table(&mut text.as_bytes(), &mut |header, row| {
            rows.push(record(
                header.iter().map(|h| &**h).zip(row.iter().map(|c| &**c)),
            ));
            true
        });
        outcome.unwrap();
        assert_eq!(ending, TableEnding::default());
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["userIdentity"]["accessKeyId"], "K");
        assert_eq!(rows[0]["requestParameters"]["userName"], "b, c=d");
        assert_eq!(rows[0]["userAgent"], "a \"b\"\n2");
        assert_eq!(rows[1]["requestParameters"]["userName"], "eve");
        assert_eq!(rows[1]["requestParameters"]["tags"][1], "b");
    }

    #[test]
    fn flat_columns_and_query_rows_do_as_well() {
        let row = [
            ("userIdentity_accessKeyId", "K"),
            ("useridentity.arn", "a"),
            ("EventName", "X"),
        ];
        let value = record(row.into_iter());
        assert_eq!(value["userIdentity"]["accessKeyId"], "K");
        assert_eq!(value["eventName"], "X");
        let row = serde_json::json!([{"eventName": "X"}, {"userIdentity": "{accesskeyid=K}"}]);
        assert_eq!(of_query_row(&row)["userIdentity"]["accessKeyId"], "K");
        let row = serde_json::json!({"eventname": "X", "useridentity": {"accesskeyid": "K"}, "readonly": true});
        let value = normal(row);
        assert_eq!(value["userIdentity"]["accessKeyId"], "K");
        assert_eq!(value["readOnly"], "true");
    }

    #[test]
    fn rows_that_do_not_fit_are_counted() {
        let run = |text: &str| table(&mut text.as_bytes(), &mut |_, _| true).0;
        assert_eq!(run("a,b\n1\n1,2\n").odd_rows, 1);
        assert!(run("a,b\n\"1,2\n").is_truncated);
        assert_eq!(run("a,b\n\n1,\"2\""), TableEnding::default());
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        #[test]
        fn never_panics(text in "[a={}\\[\\], \"\\\\é]{0,60}") {
            value_of(&text);
        }
    }
}
