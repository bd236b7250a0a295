//! The plan for people.

use super::readable::readable;
use super::{key, numbered};
use crate::remediation::quote::longest_run;
use crate::remediation::step::{Phase, Place, Plan, Step, StepState, Undo};
use crate::remediation::text::Catalogue;

/// The plan as Markdown. Names from the repository stand in code spans and code blocks only.
pub fn markdown(plan: &Plan, catalogue: &Catalogue) -> String {
    let say = |key: &str| catalogue.say(key).to_owned();
    let mut page = vec![format!("# {}", say("plan.title")), String::new()];
    if plan.steps.is_empty() {
        page.push(say("plan.empty"));
        return page.join("\n") + "\n";
    }
    page.extend([
        say("plan.intro"),
        String::new(),
        say("plan.never"),
        String::new(),
    ]);
    page.extend([format!("## {}", say("plan.findings")), String::new()]);
    for picture in &plan.pictures {
        let progress = say(&format!("progress.{}", picture.progress));
        page.push(format!("### `{}` ({progress})", picture.name));
        page.push(String::new());
        let sentences = picture.sentences.iter().map(|text| catalogue.fill(text));
        page.extend(sentences.map(|sentence| format!("- {sentence}")));
        page.push(format!("- `{}`", picture.fingerprint));
        page.push(String::new());
    }
    page.extend([
        format!("## {}", say("plan.how")),
        String::new(),
        say("plan.script"),
        String::new(),
    ]);
    let variables = plan
        .variables
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    block(&mut page, catalogue, &variables.collect::<Vec<_>>());
    if plan.is_printed {
        page.extend([say("plan.printed"), String::new()]);
    }
    if let Some(step) = plan.steps.iter().find(|step| step.state == StepState::Open) {
        let phase = say(&format!("phase.{}", step.phase.name()));
        page.extend([format!("{} **{phase}**", say("plan.next")), String::new()]);
    }
    let steps = numbered(&plan.steps);
    for phase in Phase::ALL {
        let of_phase = || steps.iter().filter(|(_, step)| step.phase == phase);
        if of_phase().next().is_none() {
            continue;
        }
        page.push(format!("## {}", say(&format!("phase.{}", phase.name()))));
        page.push(String::new());
        for (id, step) in of_phase() {
            one(&mut page, catalogue, id, step, plan);
        }
    }
    while page.last().is_some_and(String::is_empty) {
        page.pop();
    }
    page.join("\n") + "\n"
}

fn one(page: &mut Vec<String>, catalogue: &Catalogue, id: &str, step: &Step, plan: &Plan) {
    let say = |key: &str| catalogue.say(key).to_owned();
    let mark = match step.state {
        StepState::Done => "x",
        StepState::Open => " ",
    };
    let title = catalogue.fill_key(&key(step, "title"), &step.text);
    page.extend([format!("### {id}: {title}"), String::new()]);
    let who = say(&format!("who.{}", step.who.name()));
    let place = match step.place {
        Place::Script => say("place.script"),
        Place::ByHand => say("place.by-hand"),
    };
    page.push(format!("- [{mark}] {}: {who}; {place}", say("plan.who")));
    if let Some(when) = &step.when {
        page.push(format!("- {}: {}", say("plan.when"), catalogue.fill(when)));
    }
    if step.findings.len() < plan.pictures.len() {
        let names = plan
            .pictures
            .iter()
            .filter(|p| step.findings.contains(&p.fingerprint));
        let names: Vec<String> = names.map(|p| format!("`{}`", p.name)).collect();
        page.push(format!("- {}: {}", say("plan.for"), names.join(", ")));
    }
    page.extend([
        String::new(),
        catalogue.fill_key(&key(step, "why"), &step.text),
        String::new(),
    ]);
    if !step.details.is_empty() {
        let details = step
            .details
            .iter()
            .map(|text| format!("- {}", catalogue.fill(text)));
        page.extend(details);
        page.push(String::new());
    }
    block(page, catalogue, &readable(&step.commands, catalogue));
    if !step.check.is_empty() {
        page.extend([say("plan.check"), String::new()]);
        block(page, catalogue, &readable(&step.check, catalogue));
    }
    match &step.undo {
        Undo::Commands(commands) => {
            page.extend([say("plan.undo"), String::new()]);
            block(page, catalogue, &readable(commands, catalogue));
        }
        Undo::Cannot => page.extend([say("plan.cannot-undo"), String::new()]),
        Undo::Nothing => {}
    }
}

/// Lines from which on a block is folded.
const FOLDED: usize = 12;

/// A fenced block that its content cannot leave. What nobody would type is folded.
fn block(page: &mut Vec<String>, catalogue: &Catalogue, commands: &[String]) {
    if commands.is_empty() {
        return;
    }
    let longest = commands.iter().map(|line| longest_run(line)).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let lines: usize = commands.iter().map(|command| command.lines().count()).sum();
    let is_folded = lines > FOLDED;
    if is_folded {
        let words = catalogue.say("plan.folded");
        page.extend([
            format!("<details><summary>{words} ({lines})</summary>"),
            String::new(),
        ]);
    }
    page.push(format!("{fence}sh"));
    page.extend(commands.iter().cloned());
    page.extend([fence, String::new()]);
    if is_folded {
        page.extend(["</details>".to_owned(), String::new()]);
    }
}
