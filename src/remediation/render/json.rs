//! The plan for machines, `keysweep-plan/1`.

use serde::Serialize;

use super::readable::readable;
use super::{key, numbered};
use crate::remediation::step::{Place, Plan, StepState, Undo, Who};
use crate::remediation::text::{Catalogue, Language};

#[derive(Serialize)]
struct PlanDto<'a> {
    schema: &'static str,
    language: &'static str,
    findings: Vec<FindingDto<'a>>,
    variables: Vec<VariableDto<'a>>,
    steps: Vec<StepDto<'a>>,
}

#[derive(Serialize)]
struct FindingDto<'a> {
    fingerprint: &'a str,
    name: &'a str,
    situation: &'static str,
    progress: &'static str,
    picture: Vec<String>,
}

#[derive(Serialize)]
struct VariableDto<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct StepDto<'a> {
    id: String,
    phase: &'static str,
    action: String,
    why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<String>,
    command: Vec<String>,
    check: Vec<String>,
    undo: UndoDto,
    who: Who,
    place: Place,
    state: StepState,
    findings: &'a [String],
    details: Vec<String>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum UndoDto {
    Command { command: Vec<String> },
    Nothing,
    Cannot,
}

/// The plan as JSON.
pub fn json(plan: &Plan, catalogue: &Catalogue, language: Language) -> String {
    let findings = plan.pictures.iter().map(|picture| FindingDto {
        fingerprint: &picture.fingerprint,
        name: &picture.name,
        situation: picture.situation,
        progress: picture.progress,
        picture: picture
            .sentences
            .iter()
            .map(|text| catalogue.fill(text))
            .collect(),
    });
    let steps = numbered(&plan.steps).into_iter().map(|(id, step)| StepDto {
        id,
        phase: step.phase.name(),
        action: catalogue.fill_key(&key(step, "title"), &step.text),
        why: catalogue.fill_key(&key(step, "why"), &step.text),
        when: step.when.as_ref().map(|text| catalogue.fill(text)),
        command: readable(&step.commands, catalogue),
        check: readable(&step.check, catalogue),
        undo: match &step.undo {
            Undo::Commands(command) => UndoDto::Command {
                command: readable(command, catalogue),
            },
            Undo::Nothing => UndoDto::Nothing,
            Undo::Cannot => UndoDto::Cannot,
        },
        who: step.who,
        place: step.place,
        state: step.state,
        findings: &step.findings,
        details: step
            .details
            .iter()
            .map(|text| catalogue.fill(text))
            .collect(),
    });
    let variables = plan
        .variables
        .iter()
        .map(|(name, value)| VariableDto { name, value });
    let document = PlanDto {
        schema: "keysweep-plan/1",
        language: language.name(),
        findings: findings.collect(),
        variables: variables.collect(),
        steps: steps.collect(),
    };
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
