//! Files that hold one value each, files that an ID names, archives, and candidates elsewhere.

use super::across::in_commit;
use super::*;
use crate::model::Inner;

/// A secret that is all there is in its file.
fn alone(name: &str, path: &str, commit: u8) -> Row {
    let mut row = in_commit(name, path, commit);
    for located in &mut row.hits {
        located.hit.about.alone = true;
        located.hit.labelled = false;
        located.hit.confidence = Confidence::High;
    }
    row
}

/// A labelled secret of which little is known.
fn vague(name: &str, path: &str, commit: u8) -> Row {
    let mut row = in_commit(name, path, commit);
    row.hits[0].hit.confidence = Confidence::Low;
    row
}

#[test]
fn names_of_files_take_the_place_of_labels() {
    for (path, commit, expected) in [
        ("s/AWS_SECRET_ACCESS_KEY", 1, &["I1+S1"][..]),
        ("s/AWS_SECRET_ACCESS_KEY", 2, &["I1+S1"]),
        ("s/secret", 1, &["I1+S1"]),
        ("s/password.txt", 1, &["I1+S1"]),
        ("s/password.txt", 2, &["I1", "S1"]),
        ("t/AWS_SECRET_ACCESS_KEY", 2, &["I1", "S1"]),
        ("s/token", 1, &["I1"]),
    ] {
        let rows = in_commit("I1", "s/AWS_ACCESS_KEY_ID", 1).and(alone("S1", path, commit));
        assert_eq!(rows.pairs(), expected, "{path} {commit}");
    }
}

#[test]
fn a_telling_name_beats_a_vague_one() {
    let rows = in_commit("I1", "s/AWS_ACCESS_KEY_ID", 1)
        .and(alone("S1", "s/AWS_SECRET_ACCESS_KEY", 1))
        .and(alone("S2", "s/jwt_secret", 1));
    assert_eq!(rows.pairs(), ["I1+S1", "S2"]);
}

#[test]
fn a_file_that_an_id_names() {
    let id = Keys::new(96).access_key_id();
    for (path, together) in [
        (format!("keys/{id}.key"), true),
        (format!("keys/{id}/secret"), true),
        ("keys/other.key".to_owned(), false),
    ] {
        let mut row = in_commit("I1", "elsewhere/x", 1).and(vague("S1", &path, 2));
        row.hits[0].hit.value = Secret::new(id.clone().into_bytes());
        let credentials = pair(row.hits);
        let paired = credentials
            .iter()
            .any(|c| c.access_key_id.is_some() && c.secret.is_some());
        assert_eq!(paired, together, "{path}");
    }
}

#[test]
fn members_of_one_archive() {
    let member = |row: Row, view| {
        let mut row = row;
        let hit = &mut row.hits[0].hit;
        hit.place = Place::Object {
            id: crate::model::ObjectId::from_bytes(&[9; 20]).unwrap(),
            kind: crate::model::ObjectKind::Blob,
        };
        hit.inner = Some(Inner {
            view,
            span: hit.span,
            line: 1,
        });
        row
    };
    let rows = member(in_commit("I1", "a.zip", 1), 1).and(member(vague("S1", "a.zip", 1), 2));
    assert_eq!(rows.pairs(), ["I1+S1"]);
}

#[test]
fn what_is_close_is_a_candidate_and_the_closest_comes_first() {
    let rows = in_commit("I1", "a/x", 1)
        .and(in_commit("S1", "a/y", 2))
        .and(in_commit("S2", "a/z", 1))
        .and(in_commit("S3", "a/w", 1))
        .and(in_commit("S4", "b/w", 1));
    let credentials = pair(rows.hits);
    let owner = credentials
        .iter()
        .find(|c| c.access_key_id.is_some())
        .unwrap();
    assert!(owner.secret.is_none());
    let told: Vec<(String, Distance)> = owner
        .candidates
        .iter()
        .map(|one| {
            let hit = &one.hit.as_ref().unwrap().hit;
            let name = String::from_utf8(hit.value.expose().to_vec()).unwrap();
            (name, one.distance)
        })
        .collect();
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    // The same folder and commit, the same commit, the same folder.
    assert_eq!(names[2..], ["S4", "S1"], "{told:?}");
    assert!(told[1].1 < told[2].1 && told[2].1 < told[3].1);
}

#[test]
fn a_token_in_a_file_of_its_own() {
    for (path, commit, together) in [
        ("m/AWS_SESSION_TOKEN", 1, true),
        ("m/AWS_SESSION_TOKEN", 2, false),
        ("n/AWS_SESSION_TOKEN", 1, false),
    ] {
        let mut rows = in_commit("I1", "m/AWS_ACCESS_KEY_ID", 1)
            .and(alone("S1", "m/AWS_SECRET_ACCESS_KEY", 1))
            .and(in_commit("S2", path, commit));
        rows.hits[0].hit.value = Secret::new(Keys::new(97).temporary_key_id().into_bytes());
        rows.hits[2].hit.part = Part::Token;
        let credentials = pair(rows.hits);
        let owner = credentials
            .iter()
            .find(|c| c.access_key_id.is_some())
            .unwrap();
        assert_eq!(owner.kind, CredentialKind::TemporaryKey);
        assert_eq!(owner.token.is_some(), together, "{path} {commit}");
    }
}
