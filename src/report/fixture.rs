//! Reports for tests, built by hand around generated keys: no key-shaped text stands in the
//! source, and [`redact`] takes it out of snapshots.

use std::sync::Arc;

use crate::model::{
    Acceptance, CommitStamp, Confidence, Coverage, Credential, CredentialKind, Exposure, Field,
    Finding, Fingerprint, ObjectId, ObjectKind, Occurrence, Part, Position, Pushed, Report, Secret,
    Severity, Span, Suppressed, SuppressionReason, Target, ToolInfo, Traced, Validity,
};

/// Random letters from a seed (xorshift64*).
fn letters(seed: u64, alphabet: &[u8], len: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33
    };
    (0..len)
        .map(|_| char::from(alphabet[next() as usize % alphabet.len()]))
        .collect()
}

/// An access key ID with this prefix.
pub(crate) fn key_id(prefix: &str, seed: u64) -> String {
    prefix.to_owned() + &letters(seed, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)
}

/// A secret access key.
pub(crate) fn secret(seed: u64) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    letters(seed, alphabet, 40)
}

/// An object id made of one repeated byte.
pub(crate) fn oid(byte: u8) -> ObjectId {
    ObjectId::from_bytes(&[byte; 20]).unwrap()
}

/// A sweep that read nothing and found nothing.
pub(crate) fn empty() -> Report {
    Report {
        tool: ToolInfo {
            version: "0.0.0",
            rules: "0123456789abcdef".to_owned(),
        },
        target: Target {
            path: b"repo".to_vec(),
            git_dir: b"repo/.git".to_vec(),
            object_format: "sha1",
            selection: "all".to_owned(),
            head: Some(oid(0xaa).to_string()),
            head_ref: Some("refs/heads/main".to_owned()),
        },
        coverage: Coverage::default(),
        gaps: Vec::new(),
        allowed_gaps: Vec::new(),
        limits: Vec::new(),
        strict: false,
        notes: Vec::new(),
        findings: Vec::new(),
        suppressed: Vec::new(),
        asides: Vec::new(),
        verification: None,
        investigation: None,
        unlisted: Vec::new(),
        stored: std::collections::BTreeMap::new(),
        seconds: None,
    }
}

/// A commit stamp.
pub(crate) fn stamp(byte: u8, date: &str) -> CommitStamp {
    let time: jiff::Timestamp = date.parse().unwrap();
    CommitStamp {
        commit: oid(byte),
        author: b"Ann Example <ann@example.com>".to_vec(),
        date: Some(date.to_owned()),
        time: time.as_second(),
    }
}

/// A place in a blob.
pub(crate) fn in_blob(part: Part, path: &str, line: u64, start: u64, len: u64) -> Occurrence {
    Occurrence {
        part,
        field: Field::Content,
        object: Some(oid(0xb1)),
        object_kind: Some(ObjectKind::Blob),
        path: Some(path.as_bytes().to_vec()),
        more_paths: Vec::new(),
        path_count: 1,
        path_count_at_least: false,
        commit: Some(oid(0xc1)),
        position: Position { line, column: 21 },
        span: Span {
            start,
            end: start + len,
        },
        encodings: Vec::new(),
    }
}

/// An access key with its secret, at two lines of one file, on main and pushed.
pub(crate) fn pair(seed: u64) -> Finding {
    Finding {
        fingerprint: Fingerprint(format!("ks1-{:032x}", u128::from(seed) << 64 | 0xfeed)),
        credential: Credential {
            kind: CredentialKind::AccessKey,
            access_key_id: Some(key_id("AKIA", seed)),
            secret: Some(Secret::new(secret(seed).into_bytes())),
            token: None,
            rule: "aws-access-key-id",
            confidence: Confidence::High,
            hits: Vec::new(),
            candidates: Vec::new(),
            placeholder: None,
            accepted: None,
            details: crate::model::Details::default(),
        },
        severity: Severity::Critical,
        account_id: Some("123456789012".to_owned()),
        validity: Validity::default(),
        inventory: None,
        expired: false,
        exposure: Arc::new(Exposure {
            traced: Traced::Yes,
            introduced: Some(stamp(0xc1, "2024-03-01T10:00:00+01:00")),
            removed: Some(stamp(0xc2, "2024-03-05T09:00:00Z")),
            at_head: false,
            at_tips: Some(Vec::new()),
            commit_count: 3,
            author_count: Some(2),
            refs: vec!["refs/heads/main".to_owned(), "refs/tags/v1".to_owned()],
            ref_count: 2,
            pushed: Pushed::Yes,
            pushed_to: vec!["origin".to_owned()],
            reachable: true,
            held_by: Vec::new(),
            first_seen: Some("2024-03-01T10:00:00+01:00".to_owned()),
            last_seen: Some("2024-03-04T10:00:00Z".to_owned()),
        }),
        submodule: None,
        occurrences: vec![
            in_blob(Part::Id, "config/prod.env", 3, 60, 20),
            in_blob(Part::Secret, "config/prod.env", 4, 103, 40),
        ],
        notes: vec!["the key was used 2 times in this file".to_owned()],
    }
}

/// The exposure of a finding, to be changed.
pub(crate) fn exposure(finding: &mut Finding) -> &mut Exposure {
    Arc::make_mut(&mut finding.exposure)
}

/// Takes back what [`pair`] says of a push.
pub(crate) fn never_pushed(finding: &mut Finding) {
    let exposure = exposure(finding);
    exposure.pushed = Pushed::NotSeen;
    exposure.pushed_to.clear();
}

/// A complete sweep that found one pushed pair.
pub(crate) fn pushed_pair() -> Report {
    let mut report = empty();
    let mut coverage = Coverage::default();
    coverage.of_mut(ObjectKind::Blob).read = 1200;
    coverage.of_mut(ObjectKind::Commit).read = 300;
    coverage.of_mut(ObjectKind::Tree).read = 299;
    coverage.of_mut(ObjectKind::Tag).read = 1;
    coverage.bytes = 8_258_000;
    coverage.refs.heads = 1;
    coverage.refs.tags = 1;
    coverage.refs.remotes = 2;
    coverage.refs.worktrees = 1;
    report.coverage = coverage;
    report.findings.push(pair(1));
    report
}

/// That somebody accepted a finding.
pub(crate) fn acceptance(has_lapsed: bool) -> Acceptance {
    Acceptance {
        reason: SuppressionReason::Baseline,
        why: "rotated".to_owned(),
        owner: Some("sec-team".to_owned()),
        expires: Some("2027-01-31".to_owned()),
        source: "keysweep-baseline.toml".to_owned(),
        has_lapsed,
    }
}

/// Adds a suppressed finding.
pub(crate) fn suppress_into(report: &mut Report, reason: SuppressionReason) {
    let mut finding = pair(100 + report.suppressed.len() as u64);
    if reason == SuppressionReason::Baseline {
        finding.credential.accepted = Some(acceptance(false));
    }
    report.suppressed.push(Suppressed { finding, reason });
}

/// Output for a snapshot: generated keys and their hashes become placeholders.
pub(crate) fn redact(text: &[u8], report: &Report) -> String {
    let mut text = String::from_utf8(text.to_vec()).unwrap();
    let hidden = report.suppressed.iter().map(|s| &s.finding);
    for (i, finding) in report.findings.iter().chain(hidden).enumerate() {
        let credential = &finding.credential;
        if let Some(id) = &credential.access_key_id {
            text = text.replace(id, &format!("{{{{access_key_id {i}}}}}"));
        }
        for (name, secret) in [("secret", &credential.secret), ("token", &credential.token)] {
            if let Some(secret) = secret {
                let raw = String::from_utf8(secret.expose().to_vec()).unwrap();
                text = text.replace(&raw, &format!("{{{{{name} {i}}}}}"));
                text = text.replace(&secret.sha256(), &format!("{{{{{name}_sha256 {i}}}}}"));
            }
        }
    }
    text
}
