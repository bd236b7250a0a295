//! Pairing of tokens, SMTP passwords and private keys, from hits made by hand.

use std::sync::Arc;

use super::*;
use crate::model::{
    About, Confidence, CredentialKind, Field, Location, Part, Place, Position, Secret, Span,
};

/// A hit in a file; values are named by their first letters: `ASIA…`, `AKIA…`, `APKA…`, `T…` for a
/// token, `S…` for a secret, `M…` for an SMTP password, `P…` for a private key.
fn hit(file: &str, value: &str, start: u64) -> LocatedHit {
    let part = match &value[..1] {
        "A" => Part::Id,
        "T" => Part::Token,
        "S" => Part::Secret,
        _ => Part::Key,
    };
    let service = match &value[..2] {
        "AP" | "P-" => Some(CredentialKind::CloudFrontPrivateKey),
        "M-" => Some(CredentialKind::SesSmtpPassword),
        _ => None,
    };
    LocatedHit {
        hit: Hit {
            rule: "r",
            part,
            value: Secret::new(value.as_bytes().to_vec()),
            place: Place::WorktreeFile(file.as_bytes().to_vec()),
            field: Field::Content,
            span: Span {
                start,
                end: start + value.len() as u64,
            },
            position: Position {
                line: start / 50 + 1,
                column: 1,
            },
            encodings: Vec::new(),
            confidence: Confidence::High,
            section: 0,
            labelled: true,
            placeholder: None,
            inner: None,
            stem: 0,
            about: About {
                service,
                ..About::default()
            },
        },
        location: Arc::default(),
    }
}

/// Each credential as kind, ID, secret and token.
fn told(hits: Vec<LocatedHit>) -> Vec<String> {
    let text = |value: &Option<Secret>| {
        value.as_ref().map_or("-".to_owned(), |v| {
            String::from_utf8(v.expose().to_vec()).unwrap()
        })
    };
    let one = |c: Credential| {
        let id = c.access_key_id.clone().unwrap_or("-".to_owned());
        format!(
            "{} {id} {} {}",
            c.kind.name(),
            text(&c.secret),
            text(&c.token)
        )
    };
    let mut all: Vec<String> = pair(hits).into_iter().map(one).collect();
    all.sort();
    all
}

#[test]
fn tokens_join_their_keys_in_order() {
    let mut hits = Vec::new();
    for n in 0..4 {
        let base = 300 * n;
        hits.push(hit("f", &format!("ASIA{n}"), base));
        hits.push(hit("f", &format!("S-{n}"), base + 60));
        hits.push(hit("f", &format!("T-{n}"), base + 120));
    }
    let expected = (0..4).map(|n| format!("aws-temporary-key ASIA{n} S-{n} T-{n}"));
    assert_eq!(told(hits), expected.collect::<Vec<_>>());
}

#[test]
fn a_token_seen_elsewhere_too_is_its_keys() {
    let hits = vec![
        hit("a", "ASIA1", 0),
        hit("a", "S-1", 60),
        hit("a", "T-1", 120),
        hit("b", "T-1", 0),
    ];
    assert_eq!(told(hits), ["aws-temporary-key ASIA1 S-1 T-1"]);
}

#[test]
fn a_token_alone_and_one_beside_a_long_term_key() {
    assert_eq!(
        told(vec![hit("f", "T-1", 0)]),
        ["aws-session-token - - T-1"]
    );
    let hits = vec![hit("f", "AKIA1", 0), hit("f", "T-1", 60)];
    let expected = ["aws-access-key-id AKIA1 - -", "aws-session-token - - T-1"];
    assert_eq!(told(hits), expected);
}

#[test]
fn an_smtp_password_takes_the_id_that_is_its_user_name() {
    let hits = vec![hit("f", "AKIA1", 0), hit("f", "M-1", 60)];
    assert_eq!(told(hits), ["aws-ses-smtp-password AKIA1 M-1 -"]);
    // An ID with a secret of its own stays a key besides.
    let hits = vec![
        hit("f", "AKIA1", 0),
        hit("f", "S-1", 60),
        hit("g", "AKIA1", 0),
        hit("g", "M-1", 60),
    ];
    let expected = [
        "aws-access-key AKIA1 S-1 -",
        "aws-ses-smtp-password AKIA1 M-1 -",
    ];
    assert_eq!(told(hits), expected);
}

#[test]
fn private_keys_need_the_name_of_a_key_pair() {
    assert_eq!(told(vec![hit("f", "P-1", 0)]), [""; 0]);
    assert_eq!(told(vec![hit("f", "APKA1", 0)]), [""; 0]);
    let near = pair(vec![hit("f", "APKA1", 0), hit("f", "P-1", 60)]);
    assert_eq!(near.len(), 1);
    assert_eq!(near[0].details.signed_by.as_deref(), Some("APKA1"));
    let id = format!("APKA{}", "Q7".repeat(8));
    let mut named = hit("f", "P-1", 0);
    named.location = Arc::new(Location {
        paths: vec![format!("keys/pk-{id}.pem").into_bytes()],
        ..Location::default()
    });
    assert_eq!(pair(vec![named])[0].details.signed_by, Some(id));
}

#[test]
fn lonely_halves_are_dropped_early() {
    let plain =
        |located: Vec<LocatedHit>| -> Vec<Hit> { located.into_iter().map(|l| l.hit).collect() };
    let mut hits = plain(vec![hit("f", "P-1", 0), hit("f", "AKIA1", 60)]);
    drop_lonely(&mut hits);
    assert_eq!(hits.len(), 1);
    let mut hits = plain(vec![hit("f", "P-1", 0), hit("g", "APKA1", 60)]);
    drop_lonely(&mut hits);
    assert_eq!(hits.len(), 2);
}
