//! Pairing, from hits made by hand.

use std::sync::Arc;

use super::*;
use crate::model::{
    Confidence, CredentialKind, Distance, Field, Hit, Part, Place, Position, SECTION_HARD, Secret,
    Span, SuppressionReason,
};
use crate::testkeys::Keys;

mod across;
mod files;
mod names;

/// A row of hits, as short as tests can be: `add` takes name, offset and line.
struct Row {
    place: Vec<u8>,
    hits: Vec<LocatedHit>,
}

impl Row {
    fn new(place: &str) -> Row {
        Row {
            place: place.as_bytes().to_vec(),
            hits: Vec::new(),
        }
    }

    /// `I…` is an ID, `S…` a labelled secret, `b…` one without a label.
    fn add(mut self, name: &str, start: u64, line: u64) -> Row {
        let part = if name.starts_with('I') {
            Part::Id
        } else {
            Part::Secret
        };
        let value = match part {
            Part::Id => format!("AKIA{name}"),
            _ => name.to_uppercase(),
        };
        self.hits.push(LocatedHit {
            hit: Hit {
                rule: "r",
                part,
                value: Secret::new(value.into_bytes()),
                place: Place::WorktreeFile(self.place.clone()),
                field: Field::Content,
                span: Span {
                    start,
                    end: start + if part == Part::Id { 20 } else { 40 },
                },
                position: Position { line, column: 1 },
                encodings: Vec::new(),
                confidence: if part == Part::Id {
                    Confidence::High
                } else {
                    Confidence::Medium
                },
                section: 0,
                stem: 0,
                labelled: !name.starts_with('b'),
                placeholder: None,
                about: crate::model::About::default(),
                inner: None,
            },
            location: Arc::default(),
        });
        self
    }

    fn section(mut self, section: u32) -> Row {
        self.hits.last_mut().unwrap().hit.section = section;
        self
    }

    fn example(mut self) -> Row {
        let reason = SuppressionReason::Documentation;
        self.hits.last_mut().unwrap().hit.placeholder = Some(reason);
        self
    }

    fn and(mut self, other: Row) -> Row {
        self.hits.extend(other.hits);
        self
    }

    /// "I1+S1" for a pair, else the name alone; sorted.
    fn pairs(self) -> Vec<String> {
        let mut names: Vec<String> = pair(self.hits).iter().map(name).collect();
        names.sort();
        names
    }
}

fn name(credential: &Credential) -> String {
    let id = credential
        .access_key_id
        .as_deref()
        .map(|id| id[4..].to_owned());
    let secret = credential
        .secret
        .as_ref()
        .map(|s| String::from_utf8(s.expose().to_vec()).unwrap());
    [id, secret]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("+")
}

#[test]
fn id_and_secret_on_two_lines() {
    assert_eq!(
        Row::new("a").add("I1", 0, 1).add("S1", 50, 2).pairs(),
        ["I1+S1"]
    );
    assert_eq!(
        Row::new("a").add("S1", 0, 1).add("I1", 50, 2).pairs(),
        ["I1+S1"]
    );
}

#[test]
fn neighbouring_profiles_do_not_mix() {
    let first = |section| section | SECTION_HARD;
    let row = Row::new("a")
        .add("I1", 10, 2)
        .section(first(1))
        .add("S2", 100, 5)
        .section(first(90))
        .add("I2", 160, 6)
        .section(first(90))
        .add("I3", 300, 9)
        .section(first(280));
    assert_eq!(row.pairs(), ["I1", "I2+S2", "I3"]);
}

#[test]
fn a_secret_first_table_keeps_its_rows() {
    let row = Row::new("a")
        .add("b1", 0, 1)
        .add("I1", 41, 1)
        .add("b2", 62, 2)
        .add("I2", 103, 2)
        .add("b3", 124, 3)
        .add("I3", 165, 3);
    assert_eq!(row.pairs(), ["I1+B1", "I2+B2", "I3+B3"]);
}

#[test]
fn secret_first_blocks_without_headers() {
    let row = Row::new("a")
        .add("S1", 0, 1)
        .add("I1", 60, 2)
        .add("S2", 100, 4)
        .add("I2", 160, 5);
    assert_eq!(row.pairs(), ["I1+S1", "I2+S2"]);
}

#[test]
fn columns_pair_in_order() {
    let row = Row::new("a")
        .add("I1", 0, 1)
        .add("I2", 30, 2)
        .add("I3", 60, 3)
        .add("S1", 90, 4)
        .add("S2", 150, 5)
        .add("S3", 210, 6);
    assert_eq!(row.pairs(), ["I1+S1", "I2+S2", "I3+S3"]);
}

#[test]
fn objects_in_json() {
    let row = Row::new("a")
        .add("S1", 10, 2)
        .section(1)
        .add("I1", 60, 3)
        .section(1)
        .add("I2", 100, 5)
        .section(90)
        .add("S2", 150, 6)
        .section(90);
    assert_eq!(row.pairs(), ["I1+S1", "I2+S2"]);
}

#[test]
fn a_label_beats_a_bare_run() {
    let row = Row::new("a")
        .add("I1", 0, 1)
        .add("b1", 30, 2)
        .add("S1", 80, 3);
    let credentials = pair(row.hits);
    assert_eq!(credentials.len(), 1);
    assert_eq!(name(&credentials[0]), "I1+S1");
    let bare = Secret::new(b"B1".to_vec()).sha256();
    assert_eq!(credentials[0].candidates[0].secret_sha256, bare);
    assert_eq!(credentials[0].candidates[0].distance, Distance::Bytes(10));
}

#[test]
fn labelled_secrets_stay_bare_ones_go() {
    let row = Row::new("a").add("b1", 0, 1).add("S1", 9_000, 90);
    assert_eq!(row.pairs(), ["S1"]);
    // Too far from any ID without a label, at any distance with one.
    assert_eq!(
        Row::new("a").add("I1", 0, 1).add("b1", 600, 9).pairs(),
        ["I1"]
    );
    assert_eq!(
        Row::new("a").add("I1", 0, 1).add("S1", 60_000, 999).pairs(),
        ["I1+S1"]
    );
}

#[test]
fn a_secret_beside_a_complete_pair_counts_for_less() {
    let confidence = |row: Row| {
        let credentials = pair(row.hits);
        let lone = credentials.iter().find(|c| c.access_key_id.is_none());
        lone.map(|c| c.confidence)
    };
    let row = || Row::new("a").add("I1", 0, 1).add("S1", 50, 2);
    assert_eq!(confidence(row().add("S2", 200, 3)), Some(Confidence::Low));
    assert_eq!(
        confidence(row().add("S2", 2_000, 30)),
        Some(Confidence::Medium)
    );
    let mut certain = row().add("S2", 200, 3);
    for located in &mut certain.hits[1..] {
        located.hit.confidence = Confidence::High;
    }
    assert_eq!(confidence(certain), Some(Confidence::High));
    let elsewhere = Row::new("b").add("I2", 0, 1).add("S2", 50, 2);
    assert_eq!(confidence(row().add("S2", 200, 3).and(elsewhere)), None);
}

#[test]
fn a_label_of_aws_beats_a_nearer_one() {
    let mut row = Row::new("a")
        .add("S1", 0, 1)
        .add("I1", 60, 2)
        .add("S2", 160, 4);
    row.hits[2].hit.confidence = Confidence::High;
    assert_eq!(row.pairs(), ["I1+S2", "S1"]);
}

#[test]
fn equal_credentials_merge_over_places() {
    let row = Row::new("a")
        .add("I1", 0, 1)
        .add("S1", 50, 2)
        .and(Row::new("b").add("I1", 5, 1).add("S1", 55, 2))
        .and(Row::new("c").add("I1", 7, 1))
        .and(Row::new("d").add("S1", 7, 1))
        .and(Row::new("e").add("b1", 7, 1));
    let credentials = pair(row.hits);
    // `b1` and `S1` are different values.
    assert_eq!(credentials.iter().map(name).collect::<Vec<_>>(), ["I1+S1"]);
    assert_eq!(credentials[0].hits.len(), 6);
    assert_eq!(credentials[0].kind, CredentialKind::AccessKey);
    assert_eq!(credentials[0].confidence, Confidence::High);
}

#[test]
fn two_secrets_of_one_id_are_two_credentials() {
    let row = Row::new("a")
        .add("I1", 0, 1)
        .add("S1", 50, 2)
        .and(Row::new("b").add("I1", 0, 1).add("S2", 50, 2))
        .and(Row::new("c").add("I1", 0, 1).add("S2", 50, 2))
        .and(Row::new("d").add("I1", 0, 1));
    let credentials = pair(row.hits);
    let counts: Vec<_> = credentials
        .iter()
        .map(|c| (name(c), c.hits.len()))
        .collect();
    assert!(counts.contains(&("I1+S1".to_owned(), 2)));
    assert!(
        counts.contains(&("I1+S2".to_owned(), 5)),
        "the lone ID goes to the frequent pair"
    );
    assert_eq!(counts.len(), 2);
}

#[test]
fn examples_and_real_keys_are_judged_apart() {
    let both = |c: &[Credential]| {
        let mut list: Vec<_> = c
            .iter()
            .map(|c| (name(c), c.placeholder.is_some()))
            .collect();
        list.sort();
        list
    };
    let pairs = |row: Row| both(&pair(row.hits));
    assert_eq!(
        pairs(Row::new("a").add("I1", 0, 1).add("S1", 50, 2).example()),
        [("I1".to_owned(), false), ("S1".to_owned(), true)]
    );
    assert_eq!(
        pairs(Row::new("a").add("I1", 0, 1).example().add("b1", 50, 2)),
        [("B1".to_owned(), false), ("I1".to_owned(), true)]
    );
    assert_eq!(
        pairs(
            Row::new("a")
                .add("I1", 0, 1)
                .example()
                .add("S1", 50, 2)
                .example()
        ),
        [("I1+S1".to_owned(), true)]
    );
}

#[test]
fn the_order_of_hits_does_not_matter() {
    let mut keys = Keys::new(31);
    let row = Row::new("a")
        .add("I1", 0, 1)
        .add("S1", 50, 2)
        .add("I2", 200, 9)
        .add("b2", 230, 9)
        .and(Row::new("b").add("I2", 5, 1).add("S1", 55, 2));
    let told = |hits: Vec<LocatedHit>| format!("{:?}", pair(hits));
    let expected = told(row.hits.clone());
    for _ in 0..20 {
        let mut shuffled = row.hits.clone();
        shuffled.sort_by_cached_key(|_| keys.number());
        assert_eq!(told(shuffled), expected);
    }
}

#[test]
fn many_hits_in_one_place_take_linear_work() {
    let mut row = Row::new("a");
    for i in 0..50_000 {
        row = row.add(&format!("I{i:015}"), i * 100, i * 2 + 1).add(
            &format!("S{i}"),
            i * 100 + 30,
            i * 2 + 2,
        );
    }
    let credentials = pair(row.hits);
    assert_eq!(credentials.len(), 50_000);
    assert!(credentials.iter().all(|c| c.secret.is_some()));
}

#[test]
fn temporary_keys_and_lone_ones() {
    let mut row = Row::new("a")
        .add("I1", 0, 1)
        .add("S1", 50, 2)
        .add("I2", 20_000, 500);
    row.hits[0].hit.value = Secret::new(b"ASIAI1".to_vec());
    let kinds: Vec<_> = pair(row.hits).iter().map(|c| c.kind).collect();
    assert_eq!(
        kinds,
        [CredentialKind::AccessKeyId, CredentialKind::TemporaryKey]
    );
    let alone = Row::new("a").add("S1", 0, 1);
    assert_eq!(pair(alone.hits)[0].kind, CredentialKind::SecretAccessKey);
}
