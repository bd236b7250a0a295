//! From what a search for known values found to a proof: gone, or what holds it and what takes it
//! out. Pure.

mod steps;

use std::collections::BTreeMap;

use crate::model::{
    Finding, HeldPlace, KnownValue, Mark, Part, Proof, ProvedKey, ProvedValue, Searched, ToolInfo,
    Validity, Verdict, Verification,
};

/// A value that could not be looked for: finding, part, hash.
pub type NotSought = (String, Part, String);

/// What a proof is of, besides what was searched.
pub struct Case {
    /// Which keysweep.
    pub tool: ToolInfo,
    /// When, in seconds since 1970.
    pub made_at: Option<i64>,
    /// Hash and name of the report that names the values.
    pub of: (String, String),
    /// What was looked for.
    pub sought: Vec<KnownValue>,
    /// What was not.
    pub not_sought: Vec<NotSought>,
    /// The keys, if it is also of their death.
    pub keys: Vec<ProvedKey>,
    /// What was asked of AWS about them.
    pub verification: Option<Verification>,
}

/// Puts a proof together.
pub fn prove(case: Case, searched: Vec<Searched>) -> Proof {
    let is_complete = searched.iter().all(|one| one.report.complete_enough());
    let mut held = held(&searched);
    let mut values: Vec<ProvedValue> = Vec::new();
    for value in case.sought {
        let places = held.remove(&key(&value)).unwrap_or_default();
        values.push(ProvedValue {
            label: value.label.to_string(),
            part: value.part,
            sha256: value.sha256(),
            verdict: match (places.is_empty(), is_complete) {
                (false, _) => Verdict::Held,
                (true, true) => Verdict::Gone,
                (true, false) => Verdict::NotFound,
            },
            held: places,
            validity: validity(&case.keys, &value.label),
            value: Some(value),
        });
    }
    let unknown = |(label, part, sha256): NotSought| ProvedValue {
        part,
        value: None,
        sha256: Some(sha256),
        verdict: Verdict::NotSought,
        held: Vec::new(),
        validity: validity(&case.keys, &label),
        label,
    };
    values.extend(case.not_sought.into_iter().map(unknown));
    Proof {
        tool: case.tool,
        made_at: case.made_at,
        of: case.of,
        searched,
        values,
        verification: case.verification,
        keys: case.keys,
    }
}

/// What is known of the key that a value is part of.
fn validity(keys: &[ProvedKey], label: &str) -> Validity {
    let key = keys.iter().find(|key| key.label == label);
    key.map(|key| key.validity.clone()).unwrap_or_default()
}

/// What tells values apart: the ID, or the hash.
fn key(value: &KnownValue) -> String {
    match &value.mark {
        Mark::Literal(id) => id.clone(),
        Mark::Hash { .. } => value.sha256().unwrap_or_default(),
    }
}

/// The same of a finding, which is of one value in one place.
fn key_of(finding: &Finding) -> String {
    let credential = &finding.credential;
    let secret = credential.secret.as_ref().or(credential.token.as_ref());
    match (secret, &credential.access_key_id) {
        (Some(secret), _) => secret.sha256(),
        (None, Some(id)) => id.clone(),
        (None, None) => String::new(),
    }
}

/// The places of each value.
fn held(searched: &[Searched]) -> BTreeMap<String, Vec<HeldPlace>> {
    let mut held: BTreeMap<String, Vec<HeldPlace>> = BTreeMap::new();
    for (number, one) in searched.iter().enumerate() {
        let all = one.report.findings.iter();
        for (at, finding) in all.enumerate() {
            let object = finding.occurrences.iter().find_map(|place| place.object);
            let stored = object.and_then(|id| one.report.stored.get(&id).cloned());
            held.entry(key_of(finding)).or_default().push(HeldPlace {
                searched: number,
                finding: at,
                steps: steps::steps(finding, one.is_remote, stored.as_deref()),
                stored,
            });
        }
    }
    held
}
