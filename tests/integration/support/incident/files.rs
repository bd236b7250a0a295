//! The same records in the forms that people have them: trail files, look-ups, tables.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::support::seed::Seed;

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Writes all records into files below `folder`: each in one form at least, some in several, in files
/// whose names and order say nothing of the time.
pub(crate) fn scatter(seed: &mut Seed, records: &[Value], folder: &Path) {
    let mut trails: BTreeMap<(String, String, i64), Vec<Value>> = BTreeMap::new();
    let (mut lookups, mut rows, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for record in records {
        let text = |name: &str| record[name].as_str().unwrap().to_owned();
        let slice = text("eventTime")[..13].bytes().map(i64::from).sum::<i64>();
        let place = (text("recipientAccountId"), text("awsRegion"), slice);
        let mut is_kept = false;
        if seed.chance(60) {
            trails.entry(place).or_default().push(record.clone());
            is_kept = true;
        }
        if seed.chance(25) {
            lookups.push(record.clone());
            is_kept = true;
        }
        if seed.chance(15) {
            rows.push(record.clone());
            is_kept = true;
        }
        if !is_kept {
            lines.push(record.clone());
        }
    }
    for ((account, region, _), mut records) in trails {
        shuffle(seed, &mut records);
        let below = folder.join(format!("AWSLogs/{account}/CloudTrail/{region}/2026/03"));
        fs::create_dir_all(&below).unwrap();
        let name = format!("{account}_CloudTrail_{region}_{:016x}.json.gz", seed.next());
        let text = serde_json::to_vec(&json!({"Records": records})).unwrap();
        fs::write(below.join(name), gzip(&text)).unwrap();
    }
    shuffle(seed, &mut lookups);
    for (number, page) in lookups.chunks(50).enumerate() {
        let text = serde_json::to_string_pretty(&lookup(page)).unwrap();
        fs::write(folder.join(format!("lookup-{number}.json")), text).unwrap();
    }
    shuffle(seed, &mut rows);
    let half = rows.len() / 2;
    fs::write(folder.join("athena.csv"), athena(&rows[..half])).unwrap();
    fs::write(folder.join("lake.json"), lake(&rows[half..])).unwrap();
    shuffle(seed, &mut lines);
    let text: String = lines.iter().map(|record| format!("{record}\n")).collect();
    fs::write(folder.join("lines.ndjson"), text).unwrap();
}

fn shuffle(seed: &mut Seed, records: &mut [Value]) {
    for at in (1..records.len()).rev() {
        records.swap(at, seed.below(at + 1));
    }
}

/// A page of `aws cloudtrail lookup-events`.
pub(crate) fn lookup(records: &[Value]) -> Value {
    let event = |record: &Value| {
        json!({"EventId": record["eventID"], "EventName": record["eventName"], "Resources": [],
            "CloudTrailEvent": record.to_string()})
    };
    json!({"Events": records.iter().map(event).collect::<Vec<_>>()})
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// A structure as Athena prints it.
fn printed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let parts: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}={}", name.to_lowercase(), printed(value)))
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

const COLUMNS: [&str; 15] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "requestParameters",
    "responseElements",
    "eventID",
    "readOnly",
    "recipientAccountId",
    "sessionCredentialFromConsole",
];

fn cell(record: &Value, column: &str) -> String {
    match (column, &record[column]) {
        (_, Value::Null) => String::new(),
        ("userIdentity", value) => printed(value),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// The CSV of a query on Athena's table.
fn athena(records: &[Value]) -> String {
    let mut text = COLUMNS
        .map(str::to_lowercase)
        .map(|name| quoted(&name))
        .join(",")
        + "\n";
    for record in records {
        text += &COLUMNS
            .map(|column| quoted(&cell(record, column)))
            .join(",");
        text.push('\n');
    }
    text
}

/// The answer of `aws cloudtrail get-query-results`.
fn lake(records: &[Value]) -> String {
    let row = |record: &Value| -> Value {
        COLUMNS
            .iter()
            .map(|column| json!({*column: cell(record, column)}))
            .collect()
    };
    let rows: Vec<Value> = records.iter().map(row).collect();
    json!({"QueryStatus": "FINISHED", "QueryResultRows": rows}).to_string()
}
