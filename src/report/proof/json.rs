//! The shape of `keysweep-proof/1`. Keys are only ever added here.

use std::io::{self, Write};

use serde::Serialize;

use super::super::dto::{
    CoverageDto, Each, ExposureDto, OccurrenceDto, TargetDto, ToolDto, ValidityDto, VerificationDto,
};
use super::super::json::write_pretty;
use super::super::redact::Redactor;
use super::super::shape::{self, Shaper};
use super::keys::{self, KeyDto};
use super::{clean, place, redactors};
use crate::model::{HeldPlace, Mark, Proof, ProofStep, ProvedValue, Searched, Verdict, rfc3339};

#[derive(Serialize)]
struct Document<S, V> {
    schema: &'static str,
    tool: ToolDto,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_at: Option<String>,
    of: Of,
    proved: bool,
    searched: S,
    values: V,
    /// Only where somebody asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<KeyDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<VerificationDto>,
    totals: Totals,
}

#[derive(Serialize)]
struct Of {
    report: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    sha256: String,
}

#[derive(Serialize)]
struct Totals {
    values: usize,
    gone: usize,
    held: usize,
    not_found: usize,
    not_sought: usize,
}

#[derive(Serialize)]
struct SearchedDto<G, L, N> {
    name: String,
    remote: bool,
    target: TargetDto,
    complete: bool,
    coverage: CoverageDto,
    gaps: G,
    limits: L,
    notes: N,
}

#[derive(Serialize)]
struct ValueDto {
    fingerprint: String,
    part: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alphabet: Option<&'static str>,
    verdict: &'static str,
    validity: ValidityDto,
    held: Vec<HeldPlaceDto>,
}

#[derive(Serialize)]
struct HeldPlaceDto {
    searched: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<String>,
    occurrences: Vec<OccurrenceDto>,
    exposure: ExposureDto,
    steps: Vec<StepDto>,
}

#[derive(Serialize)]
struct StepDto {
    actor: &'static str,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

pub(super) fn write(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    let redactors = redactors(proof);
    let shapers: Vec<Shaper<'_>> = proof
        .searched
        .iter()
        .map(|one| Shaper::new(&one.report, false, false))
        .collect();
    let searched = proof.searched.iter().zip(&shapers);
    let values = proof.values.iter();
    let document = Document {
        schema: "keysweep-proof/1",
        tool: ToolDto {
            name: env!("CARGO_PKG_NAME"),
            version: proof.tool.version,
            rules: proof.tool.rules.clone(),
        },
        made_at: proof.made_at.and_then(rfc3339),
        of: Of {
            report: clean(&redactors, &proof.of.1),
            sha256: proof.of.0.clone(),
        },
        proved: proof.holds(),
        searched: Each(searched.map(|(one, shaper)| searched_dto(one, shaper))),
        values: Each(values.map(|value| value_dto(proof, value, &shapers, &redactors))),
        keys: keys::keys(proof, &redactors),
        verification: proof.verification.as_ref().map(shape::verification),
        totals: Totals {
            values: proof.values.len(),
            gone: proof.count(Verdict::Gone),
            held: proof.count(Verdict::Held),
            not_found: proof.count(Verdict::NotFound),
            not_sought: proof.count(Verdict::NotSought),
        },
    };
    write_pretty(&document, out)
}

fn searched_dto<'a>(
    one: &Searched,
    shaper: &'a Shaper<'a>,
) -> SearchedDto<impl Serialize, impl Serialize, impl Serialize> {
    let summary = shaper.summary();
    SearchedDto {
        name: one.name.clone(),
        remote: one.is_remote,
        target: summary.target,
        complete: summary.complete,
        coverage: summary.coverage,
        gaps: summary.gaps,
        limits: summary.limits,
        notes: summary.notes,
    }
}

fn value_dto(
    proof: &Proof,
    value: &ProvedValue,
    shapers: &[Shaper<'_>],
    redactors: &[Redactor<'_>],
) -> ValueDto {
    let (mut access_key_id, mut length, mut alphabet) = (None, None, None);
    match value.value.as_ref().map(|known| &known.mark) {
        Some(Mark::Literal(id)) => access_key_id = Some(id.clone()),
        Some(Mark::Hash {
            len, alphabet: of, ..
        }) => (length, alphabet) = (Some(*len), Some(of.name())),
        None => {}
    }
    let held = value.held.iter();
    ValueDto {
        fingerprint: clean(redactors, &value.label),
        part: value.part.name(),
        access_key_id,
        sha256: value.sha256.clone(),
        length,
        alphabet,
        verdict: value.verdict.name(),
        validity: keys::validity(&value.validity, redactors),
        held: held
            .filter_map(|held| held_dto(proof, held, shapers, redactors))
            .collect(),
    }
}

fn held_dto(
    proof: &Proof,
    held: &HeldPlace,
    shapers: &[Shaper<'_>],
    redactors: &[Redactor<'_>],
) -> Option<HeldPlaceDto> {
    let (_, finding) = place(proof, held)?;
    let shaped = shapers.get(held.searched)?.finding(finding);
    let step = |step: &ProofStep| StepDto {
        actor: step.actor.name(),
        what: clean(redactors, &step.what),
        command: step
            .command
            .as_deref()
            .map(|command| clean(redactors, command)),
    };
    Some(HeldPlaceDto {
        searched: held.searched,
        stored: held.stored.clone(),
        occurrences: shaped.occurrences,
        exposure: shaped.exposure,
        steps: held.steps.iter().map(step).collect(),
    })
}
