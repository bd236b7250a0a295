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

/// The forms that events have on their way through `EventBridge` and `CloudWatch` Logs, each with some of
/// the records.
pub(crate) fn relay(seed: &mut Seed, records: &[Value], folder: &Path) {
    let mut all = records.to_vec();
    shuffle(seed, &mut all);
    let size = all.len().div_ceil(7);
    let mut parts = all.chunks(size);
    let mut next = || parts.next().unwrap_or_default();
    let detail = |record: &Value| {
        json!({"version": "0", "id": record["eventID"], "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.iam", "account": record["recipientAccountId"], "time": record["eventTime"],
            "region": record["awsRegion"], "resources": [], "detail": record})
    };
    let lines = |values: Vec<String>| values.iter().map(|line| format!("{line}\n")).collect();
    let bridge: Vec<Value> = next().iter().map(detail).collect();
    let one_a_line: String = lines(next().iter().map(|r| detail(r).to_string()).collect());
    let concatenated: String = next().iter().map(|r| detail(r).to_string()).collect();
    // A subscription's payload, as a function or a stream gets it.
    let message = |r: &Value| json!({"id": r["eventID"], "timestamp": 1, "message": r.to_string()});
    let payload = json!({"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "trail",
        "logStream": "s", "subscriptionFilters": ["f"],
        "logEvents": next().iter().map(message).collect::<Vec<_>>()});
    // `aws logs filter-log-events`.
    let filtered = json!({"events": next().iter().map(|r| json!({"logStreamName": "s", "timestamp": 1,
        "message": r.to_string(), "ingestionTime": 1, "eventId": "1"})).collect::<Vec<_>>(),
        "searchedLogStreams": []});
    // An export of a log group to S3: each line begins with its time.
    let stamped = |r: &Value| {
        format!(
            "{}.000Z {r}",
            r["eventTime"].as_str().unwrap().trim_end_matches('Z')
        )
    };
    let exported: String = lines(next().iter().map(stamped).collect());
    let plain = json!(next());
    for (name, bytes) in [
        ("bridge.json", json!(bridge).to_string().into_bytes()),
        ("bridge.ndjson", one_a_line.into_bytes()),
        ("bridge", concatenated.into_bytes()),
        ("subscription.gz", gzip(payload.to_string().as_bytes())),
        ("filtered.json", filtered.to_string().into_bytes()),
        ("000000.gz", gzip(exported.as_bytes())),
        ("list.json", plain.to_string().into_bytes()),
    ] {
        fs::write(folder.join(name), bytes).unwrap();
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
