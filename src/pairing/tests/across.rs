//! Pairing over places, and by the names of variables.

use super::*;

/// A hit in a file of some commit; each file is a blob of its own.
pub(super) fn in_commit(name: &str, path: &str, commit: u8) -> Row {
    use crate::model::{CommitStamp, Location, ObjectId, ObjectKind};
    let mut row = Row::new(path).add(name, 0, 1);
    let stamp = CommitStamp {
        commit: ObjectId::from_bytes(&[commit; 20]).unwrap(),
        author: Vec::new(),
        date: None,
        time: 0,
    };
    let location = Arc::new(Location {
        paths: vec![path.as_bytes().to_vec()],
        introduced: Some(stamp),
        ..Location::default()
    });
    let mut id = [commit; 20];
    id[..name.len()].copy_from_slice(name.as_bytes());
    for located in &mut row.hits {
        located.location = Arc::clone(&location);
        located.hit.place = Place::Object {
            id: ObjectId::from_bytes(&id).unwrap(),
            kind: ObjectKind::Blob,
        };
    }
    row
}

#[test]
fn halves_in_different_places() {
    for (first, second, together) in [
        (("a/.env", 1), ("a/.env", 2), true),
        (("a/.env", 1), ("a/.env.secret", 1), true),
        (("a/config/x", 1), ("a/secrets/x", 1), true),
        (("a/b/x", 1), ("c/d/x", 1), false),
        (("a/x", 1), ("a/y", 2), false),
        (("x", 1), ("y", 1), true),
        (("x", 1), ("y", 2), false),
    ] {
        let pairs = in_commit("I1", first.0, first.1)
            .and(in_commit("S1", second.0, second.1))
            .pairs();
        let expected: &[&str] = if together { &["I1+S1"] } else { &["I1", "S1"] };
        assert_eq!(pairs, expected, "{first:?} {second:?}");
    }
}

/// The same with a label that only AWS uses.
fn of_aws(name: &str, path: &str, commit: u8) -> Row {
    let mut row = in_commit(name, path, commit);
    row.hits[0].hit.confidence = Confidence::High;
    row
}

#[test]
fn halves_of_one_commit_wherever_they_lie() {
    for (first, second) in [
        (".env", "docker-compose.yml"),
        ("x/a.env", "y/b.env"),
        ("a.env", "y/b.env"),
        ("d/a.env", "d/y/b.env"),
        ("frontend/src/aws.js", "backend/app/settings.py"),
    ] {
        let rows = |commit| in_commit("I1", first, 1).and(of_aws("S1", second, commit));
        assert_eq!(rows(1).pairs(), ["I1+S1"], "{first} {second}");
        assert_eq!(rows(2).pairs(), ["I1", "S1"], "{first} {second}");
        // Somebody else's key may be a partner, too.
        let rows = rows(1).and(of_aws("S2", "elsewhere/x", 1));
        assert!(rows.pairs().contains(&"S2".to_owned()), "{first} {second}");
    }
    let mut rows = in_commit("I1", "a/b/x", 1).and(of_aws("S1", "c/d/x", 1));
    for (located, stem) in rows.hits.iter_mut().zip([3, 5]) {
        located.hit.stem = stem;
    }
    assert_eq!(rows.pairs(), ["I1", "S1"]);
}

#[test]
fn names_of_files_tell_profiles_apart() {
    for folder in ["", "x/"] {
        let rows = in_commit("I1", &format!("{folder}id.dev.env"), 1)
            .and(in_commit("I2", &format!("{folder}id.prod.env"), 1))
            .and(in_commit("S2", &format!("{folder}secret.prod.env"), 1))
            .and(in_commit("S1", &format!("{folder}secret.dev.env"), 1));
        assert_eq!(rows.pairs(), ["I1+S1", "I2+S2"]);
    }
}

#[test]
fn labels_of_anybody_pair_with_their_like() {
    let rows = |id_is_generic, path| {
        let mut rows = in_commit("I1", "a/main.tf", 1).and(in_commit("S1", path, 1));
        rows.hits[0].hit.about.naming.generic = id_is_generic;
        rows.hits[1].hit.about.naming.generic = true;
        rows.hits[1].hit.confidence = Confidence::Low;
        rows.pairs()
    };
    assert_eq!(rows(true, "a/terraform.tfvars"), ["I1+S1"]);
    assert_eq!(rows(false, "a/terraform.tfvars"), ["I1", "S1"]);
    assert_eq!(rows(true, "b/terraform.tfvars"), ["I1", "S1"]);
}

#[test]
fn halves_that_could_belong_to_several_stay_alone() {
    let pairs = in_commit("I1", "a/x", 1)
        .and(in_commit("S1", "a/y", 1))
        .and(in_commit("S2", "a/z", 1))
        .pairs();
    assert_eq!(pairs, ["I1", "S1", "S2"]);
}

#[test]
fn names_of_variables_beat_nearness() {
    let mut row = Row::new("a")
        .add("I1", 0, 1)
        .add("I2", 50, 2)
        .add("S2", 100, 3)
        .add("S1", 150, 4);
    for (located, stem) in row.hits.iter_mut().zip([1, 2, 2, 1]) {
        located.hit.stem = stem;
    }
    assert_eq!(row.pairs(), ["I1+S1", "I2+S2"]);
}

#[test]
fn a_commit_that_brought_whole_pairs_says_little() {
    for (first, second, together) in [
        ("a/x", "b/y", false),
        ("x", "y", false),
        ("a/x", "a/y", true),
        ("p/a/x", "p/b/y", false),
    ] {
        let pair = Row::new("whole").add("I9", 0, 1).add("S9", 30, 2);
        let location = Arc::clone(&in_commit("I9", "z/pair", 1).hits[0].location);
        let mut pair = pair;
        for located in &mut pair.hits {
            located.location = Arc::clone(&location);
        }
        let rows = in_commit("I1", first, 1)
            .and(of_aws("S1", second, 1))
            .and(pair);
        let expected: &[&str] = if together {
            &["I1+S1", "I9+S9"]
        } else {
            &["I1", "I9+S9", "S1"]
        };
        assert_eq!(rows.pairs(), expected, "{first} {second}");
    }
}
