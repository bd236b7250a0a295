//! The hot loops, in bytes per second: of what they make (inflating, deltas) or look through (the rest).

use std::hint::black_box;
use std::io::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keysweep::git::bare::Loops;
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

/// Streams as packs have them: a short delta, a commit, a source file.
fn inflating(c: &mut Criterion) {
    let source = include_str!("../src/model/object.rs").as_bytes();
    let mut loops = Loops::default();
    let mut group = c.benchmark_group("inflate");
    for (name, len) in [
        ("100-bytes", 100),
        ("1-KiB", 1 << 10),
        ("whole-file", source.len()),
    ] {
        let content = &source[..len.min(source.len())];
        let mut packer =
            flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(content).expect("memory takes everything");
        let stream = packer.finish().expect("memory takes everything");
        let mut out = vec![0; content.len()];
        group.throughput(Throughput::Bytes(content.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| assert!(loops.inflate(black_box(&stream), &mut out)));
        });
    }
    group.finish();
}

/// A new version of a file: so many lines are changed, and all between them is copied.
fn applying(c: &mut Criterion) {
    let base = repeated(include_str!("../src/model/object.rs"));
    let mut loops = Loops::default();
    let mut group = c.benchmark_group("delta");
    for changes in [1, 50] {
        let (delta, len) = changed(base.len(), changes);
        let mut out = vec![0; len];
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(format!("{changes}-changes"), |b| {
            b.iter(|| assert!(loops.apply(black_box(&base), &delta, &mut out)));
        });
    }
    group.finish();
}

/// A delta that inserts a line at so many places, and how long what it makes is.
fn changed(base: usize, changes: usize) -> (Vec<u8>, usize) {
    const LINE: &[u8] = b"/* another line than before */\n";
    let len = base + changes * LINE.len();
    let size = |mut n: usize| {
        let mut bytes = Vec::new();
        while n > 0x7f {
            bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        bytes.push(n as u8);
        bytes
    };
    let mut delta = [size(base), size(len)].concat();
    let piece = base / (changes + 1);
    for number in 0..=changes {
        let end = if number == changes {
            base
        } else {
            (number + 1) * piece
        };
        let mut at = number * piece;
        while at < end {
            // The longest copy that needs only two bytes for its length.
            let take = (end - at).min(0xffff);
            delta.push(0x80 | 0x0f | 0x30);
            delta.extend_from_slice(&(at as u32).to_le_bytes());
            delta.extend_from_slice(&(take as u16).to_le_bytes());
            at += take;
        }
        if number < changes {
            delta.push(LINE.len() as u8);
            delta.extend_from_slice(LINE);
        }
    }
    (delta, len)
}

/// The two halves of scanning a text: looking for literals, and looking around each of them.
fn searching(c: &mut Criterion) {
    let rules = RuleSet::builtin().expect("built-in rules compile");
    let scanner = Scanner::new(&rules);
    let plain = repeated("for each of them we count what is there, and what is not\n");
    let near = repeated("aws_secret_access_key = from_the_environment; access_key_id = AKIA_ID\n");
    let mut group = c.benchmark_group("search");
    group.throughput(Throughput::Bytes(SIZE as u64));
    group.bench_function("prefilter", |b| {
        b.iter(|| assert!(!scanner.meets_literal(black_box(&plain))));
    });
    group.bench_function("matcher", |b| {
        b.iter(|| assert_eq!(scanner.count_values(black_box(&near)), 0));
    });
    group.finish();
}

criterion_group!(
    benches,
    inflating,
    applying,
    searching,
    scanner,
    small_objects
);
criterion_main!(benches);
