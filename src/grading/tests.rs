//! Grading, from credentials made by hand.

use std::sync::Arc;

use super::*;
use crate::model::{
    About, Acceptance, Candidate, CommitStamp, CredentialKind, Details, Field, Hit, Location,
    ObjectId, ObjectKind, Part, Position, Pushed, Secret, Severity, Span, ValidityState,
};
use crate::testkeys::Keys;

fn hit(place: Place, part: Part, start: u64) -> Hit {
    Hit {
        rule: "r",
        part,
        value: Secret::new(b"x".to_vec()),
        place,
        field: Field::Content,
        span: Span {
            start,
            end: start + 20,
        },
        position: Position { line: 1, column: 1 },
        encodings: Vec::new(),
        confidence: Confidence::High,
        section: 0,
        stem: 0,
        labelled: true,
        placeholder: None,
        about: About::default(),
        inner: None,
    }
}

fn blob(byte: u8) -> Place {
    Place::Object {
        id: ObjectId::from_bytes(&[byte; 20]).unwrap(),
        kind: ObjectKind::Blob,
    }
}

fn credential(kind: CredentialKind, id: Option<String>, secret: Option<String>) -> Credential {
    Credential {
        kind,
        access_key_id: id,
        secret: secret.map(|s| Secret::new(s.into_bytes())),
        token: None,
        rule: "r",
        confidence: Confidence::High,
        hits: Vec::new(),
        candidates: Vec::new(),
        placeholder: None,
        accepted: None,
        details: Details::default(),
    }
}

fn one(credential: Credential) -> Finding {
    grade(vec![(credential, Arc::default())], Confidence::Low, None)
        .0
        .remove(0)
}

fn pair_of(keys: &mut Keys) -> Credential {
    let (id, secret) = (keys.access_key_id(), keys.secret());
    credential(CredentialKind::AccessKey, Some(id), Some(secret))
}

#[test]
fn fingerprints_are_stable_and_tell_parts_apart() {
    let doc = |kind, id: &str, secret: &str| {
        let part = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        fingerprint(&credential(kind, part(id), part(secret))).0
    };
    let id = "AKIAIOSFODNN7EXAMPLE";
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    // SHA-256 over the three parts, each behind its length, computed with another tool.
    assert_eq!(doc(CredentialKind::AccessKeyId, id, ""), ID_ALONE);
    assert_eq!(doc(CredentialKind::AccessKey, id, secret), ID_AND_SECRET);
    assert_ne!(
        doc(CredentialKind::AccessKey, "ab", "c"),
        doc(CredentialKind::AccessKey, "a", "bc")
    );
}

const ID_ALONE: &str = "ks1-c123062d2c08240d9d20c76cc1252528";
const ID_AND_SECRET: &str = "ks1-ddf4467d2767cfb4cc4f764f92a83fd3";

#[test]
fn severity_follows_the_table() {
    use CredentialKind::{AccessKey, AccessKeyId, SecretAccessKey, TemporaryKey, TemporaryKeyId};
    use Severity::{Critical, High, Low, Medium};
    let pushed = Exposure {
        pushed: Pushed::Once,
        ..Exposure::default()
    };
    let here = Exposure::default();
    let of = |kind, exposure: &Exposure, state, confidence| {
        let mut c = credential(kind, None, None);
        c.confidence = confidence;
        severity(&c, exposure, state, false)
    };
    for (kind, local, remote, unsure) in [
        (AccessKey, High, Critical, Medium),
        (SecretAccessKey, Medium, High, Low),
        (TemporaryKey, High, Critical, Medium),
        (AccessKeyId, Medium, Medium, Low),
        (TemporaryKeyId, Low, Low, Low),
    ] {
        let unknown = ValidityState::NotChecked;
        assert_eq!(of(kind, &here, unknown, Confidence::High), local);
        assert_eq!(of(kind, &pushed, unknown, Confidence::High), remote);
        assert_eq!(of(kind, &here, unknown, Confidence::Low), unsure);
        assert_eq!(
            of(kind, &here, ValidityState::Active, Confidence::Low),
            Critical
        );
        for dead in [ValidityState::NotValid, ValidityState::Expired] {
            assert_eq!(of(kind, &pushed, dead, Confidence::High), Low);
        }
        let of_other = of(kind, &pushed, ValidityState::IdActive, Confidence::High);
        assert_eq!(of_other, Medium);
        let unanswered = of(kind, &pushed, ValidityState::Unknown, Confidence::High);
        assert_eq!(unanswered, remote, "as if nobody had asked");
    }
}

#[test]
fn temporary_keys_are_as_grave_as_others_until_they_must_have_expired() {
    use CredentialKind::{AccessKey, TemporaryKey};
    let day = 86_400;
    let exposure = |committed: Option<i64>| Exposure {
        introduced: committed.map(|time| CommitStamp {
            commit: ObjectId::from_bytes(&[1; 20]).unwrap(),
            author: Vec::new(),
            date: None,
            time,
        }),
        pushed: crate::model::Pushed::Yes,
        ..Exposure::default()
    };
    let graded = |kind, committed, now| {
        let credential = credential(kind, None, Some("s".to_owned()));
        let all = vec![(credential, Arc::new(exposure(committed)))];
        let finding = grade(all, Confidence::Low, now).0.remove(0);
        let says_so = finding.notes.iter().any(|n| n.contains("has expired"));
        (finding.severity, says_so)
    };
    let (alive, dead) = ((Severity::Critical, false), (Severity::Low, true));
    let now = Some(100 * day);
    assert_eq!(graded(TemporaryKey, Some(99 * day), now), alive);
    assert_eq!(
        graded(TemporaryKey, Some(100 * day - 36 * 3600), now),
        alive
    );
    assert_eq!(graded(TemporaryKey, Some(98 * day), now), dead);
    assert_eq!(
        graded(TemporaryKey, Some(101 * day), now),
        alive,
        "a future date"
    );
    assert_eq!(
        graded(TemporaryKey, Some(i64::MIN), now),
        dead,
        "no overflow"
    );
    assert_eq!(graded(TemporaryKey, None, now), alive, "never committed");
    assert_eq!(graded(TemporaryKey, Some(0), None), alive, "no clock");
    assert_eq!(
        graded(AccessKey, Some(0), now),
        alive,
        "long-term keys live on"
    );
}

#[test]
fn placeholders_and_what_is_unsure_are_suppressed() {
    let mut keys = Keys::new(41);
    let (real, mut example, mut unsure) =
        (pair_of(&mut keys), pair_of(&mut keys), pair_of(&mut keys));
    example.placeholder = Some(SuppressionReason::Documentation);
    example.confidence = Confidence::Low;
    unsure.confidence = Confidence::Low;
    let name = fingerprint(&real);
    let all = [example, real, unsure].map(|c| (c, Arc::<Exposure>::default()));
    let (findings, suppressed) = grade(all.to_vec(), Confidence::Medium, None);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].fingerprint, name);
    let reasons: std::collections::BTreeSet<_> = suppressed.iter().map(|s| s.reason).collect();
    assert_eq!(
        reasons.into_iter().collect::<Vec<_>>(),
        [
            SuppressionReason::Documentation,
            SuppressionReason::LowConfidence
        ]
    );
    assert_eq!(grade(all.to_vec(), Confidence::Low, None).0.len(), 2);
}

#[test]
fn the_order_of_the_input_leaves_no_trace() {
    let mut keys = Keys::new(42);
    let mut all: Vec<(Credential, Arc<Exposure>)> = (0..20)
        .map(|i| {
            let mut c = pair_of(&mut keys);
            c.confidence = [Confidence::Low, Confidence::Medium, Confidence::High][i % 3];
            c.hits = (0..5)
                .map(|j| LocatedHit {
                    hit: hit(blob(j as u8), Part::Id, 100 - j),
                    location: Arc::default(),
                })
                .collect();
            (c, Arc::default())
        })
        .collect();
    let told = |all: &[(Credential, Arc<Exposure>)]| {
        let (findings, suppressed) = grade(all.to_vec(), Confidence::Medium, None);
        let findings: Vec<_> = findings
            .iter()
            .map(|f| (f.fingerprint.clone(), f.occurrences.clone()))
            .collect();
        let suppressed: Vec<_> = suppressed
            .iter()
            .map(|s| s.finding.fingerprint.clone())
            .collect();
        (findings, suppressed)
    };
    let expected = told(&all);
    all.sort_by_cached_key(|_| keys.number());
    for (credential, _) in &mut all {
        credential.hits.reverse();
    }
    assert_eq!(told(&all), expected);
}

#[test]
fn occurrences_take_the_path_of_their_introduction() {
    let mut c = pair_of(&mut Keys::new(43));
    let stamp = CommitStamp {
        commit: ObjectId::from_bytes(&[9; 20]).unwrap(),
        author: Vec::new(),
        date: None,
        time: 0,
    };
    let location = Location {
        paths: vec![b"a".to_vec(), b"b".to_vec(), b"c".to_vec()],
        path_count: 5,
        introduced: Some(stamp.clone()),
        introduced_path: Some(b"b".to_vec()),
        ..Location::default()
    };
    let name = Place::RefName(b"refs/heads/x".to_vec());
    c.hits = vec![
        LocatedHit {
            hit: hit(name, Part::Id, 11),
            location: Arc::default(),
        },
        LocatedHit {
            hit: hit(blob(1), Part::Secret, 5),
            location: location.into(),
        },
    ];
    let occurrences = one(c).occurrences;
    assert_eq!(occurrences[0].path.as_deref(), Some(&b"b"[..]));
    assert_eq!(occurrences[0].more_paths, [b"a".to_vec(), b"c".to_vec()]);
    assert_eq!(occurrences[0].path_count, 5);
    assert_eq!(occurrences[0].commit, Some(stamp.commit));
    assert_eq!(occurrences[1].path.as_deref(), Some(&b"refs/heads/x"[..]));
    assert_eq!(
        (occurrences[1].object, occurrences[1].path_count),
        (None, 1)
    );
}

#[test]
fn notes_say_what_speaks_against_an_id() {
    let mut keys = Keys::new(44);
    let note = |id: String| {
        let kind = CredentialKind::AccessKeyId;
        let finding = one(credential(kind, Some(id), None));
        (finding.notes.join(" "), finding.account_id)
    };
    assert_eq!(note(keys.key_id_of("AKIA", 210_987_654_321)).0, "");
    let account = note(keys.key_id_of("AKIA", 210_987_654_321)).1;
    assert_eq!(account.as_deref(), Some("210987654321"));
    assert!(
        note(keys.key_id_of("AKIA", 111_122_223_333))
            .0
            .contains("111122223333")
    );
    assert!(
        note(keys.key_id_of("AKIA", 1_000_000_000_001))
            .0
            .contains("cannot exist")
    );
    assert!(
        note("AKIAIOSFODNN7EXAMPLE".to_owned())
            .0
            .contains("old generation")
    );
    assert!(
        note("AKIA111111111EXAMPLE".to_owned())
            .0
            .contains("never been seen")
    );
    let mut c = pair_of(&mut keys);
    c.candidates = vec![Candidate {
        secret_sha256: String::new(),
        distance: crate::model::Distance::Bytes(1),
        hit: None,
    }];
    assert!(one(c).notes[0].contains("Another secret"));
}

#[test]
fn what_works_is_shown_whatever_hides_it_and_root_comes_first() {
    let mut keys = Keys::new(77);
    let mut of = |state, principal, confidence| {
        let mut c = pair_of(&mut keys);
        c.confidence = confidence;
        c.details.validity.state = state;
        c.details.validity.principal = principal;
        (c, Arc::new(Exposure::default()))
    };
    use crate::model::Principal::{Root, User};
    let credentials = vec![
        of(ValidityState::NotValid, None, Confidence::High),
        of(ValidityState::Active, Some(User), Confidence::High),
        of(ValidityState::NotChecked, None, Confidence::Low),
        of(ValidityState::Active, Some(Root), Confidence::Low),
    ];
    let (findings, suppressed) = grade(credentials, Confidence::Medium, None);
    let states: Vec<_> = findings.iter().map(|f| f.validity.principal).collect();
    assert_eq!(states, [Some(Root), Some(User), None]);
    assert_eq!(
        findings[2].validity.state,
        ValidityState::NotValid,
        "dead keys stay"
    );
    assert_eq!(suppressed.len(), 1);
}

fn accepted(credential: &mut Credential, has_lapsed: bool) {
    credential.accepted = Some(Acceptance {
        reason: SuppressionReason::Baseline,
        why: "rotated".to_owned(),
        owner: Some("ann".to_owned()),
        expires: Some("2027-01-31".to_owned()),
        source: "b.toml".to_owned(),
        has_lapsed,
    });
}

#[test]
fn what_is_accepted_is_hidden_unless_it_works_or_its_time_is_over() {
    let mut keys = Keys::new(40);
    let mut graded = |change: &dyn Fn(&mut Credential)| {
        let mut credential = pair_of(&mut keys);
        change(&mut credential);
        let (shown, hidden) = grade(vec![(credential, Arc::default())], Confidence::High, None);
        let reason = hidden.first().map(|hidden| hidden.reason);
        (reason, shown.first().map(|f| f.notes.join(" ")))
    };
    assert_eq!(
        graded(&|c| accepted(c, false)),
        (Some(SuppressionReason::Baseline), None)
    );
    let low = graded(&|c| {
        accepted(c, false);
        c.confidence = Confidence::Low;
    });
    // Low confidence counts for --fail-on; what is accepted does not.
    assert_eq!(low.0, Some(SuppressionReason::Baseline));
    let (reason, notes) = graded(&|c| accepted(c, true));
    assert_eq!(reason, None);
    assert!(
        notes
            .unwrap()
            .contains("b.toml accepted it until 2027-01-31")
    );
    let (reason, notes) = graded(&|c| {
        accepted(c, false);
        c.details.validity.state = ValidityState::Active;
    });
    assert_eq!(reason, None, "a key that works cannot be accepted");
    assert!(notes.unwrap().contains("AWS says that it works"));
}
