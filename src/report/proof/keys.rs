//! The part of a proof about the keys themselves: whether they are dead.

use std::io;

use serde::Serialize;

use super::super::dto::{ListedDto, ValidityDto};
use super::super::escape::escape_text;
use super::super::human;
use super::super::redact::Redactor;
use super::clean;
use super::human::Page;
use crate::model::{Death, Listed, Proof, ProvedKey, Validity, ValidityState};

/// One key in JSON.
#[derive(Serialize)]
pub(super) struct KeyDto {
    fingerprint: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    death: &'static str,
    validity: ValidityDto,
    #[serde(skip_serializing_if = "Option::is_none")]
    inventory: Option<ListedDto>,
}

/// All keys that somebody asked about.
pub(super) fn keys(proof: &Proof, redactors: &[Redactor<'_>]) -> Vec<KeyDto> {
    let one = |key: &ProvedKey| KeyDto {
        fingerprint: clean(redactors, &key.label),
        kind: key.kind.name(),
        access_key_id: key.access_key_id.clone(),
        death: key.death.name(),
        validity: validity(&key.validity, redactors),
        inventory: key
            .listed
            .as_ref()
            .map(|listed| ListedDto::of(listed, |text| clean(redactors, text))),
    };
    proof.keys.iter().map(one).collect()
}

/// What AWS answered.
pub(super) fn validity(validity: &Validity, redactors: &[Redactor<'_>]) -> ValidityDto {
    ValidityDto::of(validity, |text| clean(redactors, text))
}

/// What keeps a proof from holding where every value is gone.
pub(super) fn open(proof: &Proof) -> String {
    let total = proof.keys.len();
    match (
        proof.count_keys(Death::Works),
        proof.count_keys(Death::Unknown),
    ) {
        (0, unknown) => {
            format!("of {unknown} of {total} keys nobody can say whether they are dead")
        }
        (1, _) => format!("1 of {total} keys still works: deactivate it now"),
        (works, _) => format!("{works} of {total} keys still work: deactivate them now"),
    }
}

/// What a proof that holds says of the keys.
pub(super) fn dead(proof: &Proof) -> String {
    match proof.count_keys(Death::Dead) {
        0 => String::new(),
        1 => ", and the key is dead".to_owned(),
        n => format!(", and all {n} keys are dead"),
    }
}

impl Page<'_> {
    /// Whether each key is dead, and who says so.
    pub(super) fn keys(&mut self) -> io::Result<()> {
        for key in &self.proof.keys {
            let name = key.access_key_id.as_deref().unwrap_or(&key.label);
            let verdict = match key.death {
                Death::Dead => "dead",
                Death::Works => "STILL WORKS",
                Death::Unknown => "NOT KNOWN to be dead",
                Death::Canary => "a canary: it opens nothing, and is never asked about",
            };
            let line = self.text(&format!("{name} ({}): {verdict}", key.kind.name()));
            writeln!(self.out, "{line}")?;
            if key.validity.state != ValidityState::NotChecked || key.validity.reason.is_some() {
                let line = self.text(&answer(&key.validity));
                writeln!(self.out, "  AWS: {line}")?;
            }
            if let Some(listed) = &key.listed {
                let line = self.text(&told(listed));
                writeln!(self.out, "  your listing: {line}")?;
            }
        }
        if let Some(asked) = &self.proof.verification {
            let line = escape_text(&human::said(asked));
            writeln!(self.out, "verification: {line}")?;
        }
        Ok(())
    }
}

/// `not-valid, asked 2026-…: not known in partition aws`
fn answer(validity: &Validity) -> String {
    let mut text = validity.state.name().to_owned();
    if let Some(when) = &validity.checked_at {
        text += &format!(", asked {when}");
    }
    if let Some(arn) = &validity.arn {
        text += &format!(", {arn}");
    }
    if let Some(reason) = &validity.reason {
        text += &format!(": {reason}");
    }
    text
}

/// `inactive, user ann, account 111122223333, last used 2026-…`
fn told(listed: &Listed) -> String {
    let mut text = listed.state.name().to_owned();
    for (name, value) in [
        ("user", &listed.user),
        ("account", &listed.account),
        ("last used", &listed.last_used),
    ] {
        if let Some(value) = value {
            text += &format!(", {name} {value}");
        }
    }
    text
}
