//! The hot loops, in bytes per second.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keysweep::model::{Hit, Object, ObjectId, ObjectKind};
use keysweep::rules::RuleSet;
use keysweep::scan::Scanner;

/// Small enough to stay in the cache, as an object does that was just inflated.
const SIZE: usize = 1 << 18;

fn scan(scanner: &mut Scanner, kind: ObjectKind, bytes: &[u8], hits: &mut Vec<Hit>) {
    let object = Object {
        id: ObjectId::from_bytes(&[1; 20]).expect("20 bytes are an id"),
        kind,
        bytes,
    };
    hits.clear();
    scanner.scan(black_box(&object), hits);
}

fn repeated(text: &str) -> Vec<u8> {
    text.bytes().cycle().take(SIZE).collect()
}

/// Whole objects: source text that no rule cares about, text that speaks of secrets all the time
/// without holding one, keys in a row, and near misses.
fn scanner(c: &mut Criterion) {
    let rules = RuleSet::builtin().expect("built-in rules compile");
    let mut scanner = Scanner::new(&rules);
    let mut hits = Vec::new();
    // Made at run time, so that no key-shaped text is in this file.
    let id = format!("AKIA{}", "QZ7M".repeat(4));
    let secret = "aB3/x".repeat(8);
    let texts = [
        ("source", repeated(include_str!("../src/model/object.rs"))),
        (
            "service-model",
            repeated(
                "\"SecretId\":{\"shape\":\"SecretIdType\",\"documentation\":\"<p>The ARN or name of the secret.</p>\"},\n",
            ),
        ),
        (
            "keys",
            repeated(&format!(
                "aws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
            )),
        ),
        (
            "near-misses",
            repeated("aws_secret_access_key=key=key=key=key=key=aws_secret_access_key\n"),
        ),
        ("zeroes", vec![0; SIZE]),
    ];
    let mut group = c.benchmark_group("scan");
    group.throughput(Throughput::Bytes(SIZE as u64));
    for (name, text) in &texts {
        group.bench_function(*name, |b| {
            b.iter(|| scan(&mut scanner, ObjectKind::Blob, text, &mut hits));
        });
    }
    group.finish();
}

/// What each of many small objects costs: a commit of 200 bytes.
fn small_objects(c: &mut Criterion) {
    let rules = RuleSet::builtin().expect("built-in rules compile");
    let mut scanner = Scanner::new(&rules);
    let mut hits = Vec::new();
    let commit = "tree 0123\nauthor A U Thor <a@example.com> 1 +0000\n\nA subject line\n".repeat(3);
    let mut group = c.benchmark_group("scan-commit");
    group.throughput(Throughput::Bytes(commit.len() as u64));
    group.bench_function("200-bytes", |b| {
        b.iter(|| {
            scan(
                &mut scanner,
                ObjectKind::Commit,
                commit.as_bytes(),
                &mut hits,
            );
        });
    });
    group.finish();
}

criterion_group!(benches, scanner, small_objects);
criterion_main!(benches);
