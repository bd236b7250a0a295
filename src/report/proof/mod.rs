//! A proof as text: for people, and as a JSON document for an incident record.

mod human;
mod json;
mod keys;

use std::io::{self, Write};

use super::redact::Redactor;
use crate::model::{Finding, HeldPlace, Proof, Searched};

/// Writes a proof for people.
///
/// # Errors
/// Only those of `out`.
pub fn write_proof(proof: &Proof, verbose: bool, out: &mut dyn Write) -> io::Result<()> {
    human::write(proof, verbose, out)
}

/// Writes a proof as one pretty-printed document, `schema: "keysweep-proof/1"`.
///
/// # Errors
/// Only those of `out`.
pub fn write_proof_json(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    json::write(proof, out)
}

/// Knows every value that was found anywhere: a name of one place may hold what another one holds.
fn redactors(proof: &Proof) -> Vec<Redactor<'_>> {
    proof
        .searched
        .iter()
        .map(|one| Redactor::new(&one.report))
        .collect()
}

/// A text without any value that was found.
fn clean(redactors: &[Redactor<'_>], text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for redactor in redactors {
        bytes = redactor.redact(&bytes).into_owned();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a place is part of, and the finding that tells of it.
fn place<'p>(proof: &'p Proof, held: &HeldPlace) -> Option<(&'p Searched, &'p Finding)> {
    let searched = proof.searched.get(held.searched)?;
    Some((searched, searched.report.findings.get(held.finding)?))
}
