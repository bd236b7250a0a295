//! The plan as a guarded script for bash.

use std::collections::BTreeSet;

use super::{key, numbered};
use crate::remediation::step::{Phase, Place, Plan, Step, Undo};
use crate::remediation::text::Catalogue;

const LIBRARY: &str = include_str!("../script/library.sh");

/// The plan as a script: nothing happens without a phase, and each step asks first.
pub fn script(plan: &Plan, catalogue: &Catalogue) -> String {
    let steps = numbered(&plan.steps);
    let mut body = String::new();
    for (id, step) in &steps {
        body.push_str(&function(id, step, catalogue));
    }
    for phase in Phase::ALL {
        body.push_str(&phase_function(phase, &steps));
    }
    let main = main(&steps);
    let mut text = String::from("#!/usr/bin/env bash\n");
    for line in [catalogue.say("script.HEAD"), catalogue.say("plan.never")] {
        text.push_str(&format!("# {}\n", line.replace('\n', " ")));
    }
    // Variables that only some plans use, and questions whose answers only some steps need.
    text.push_str("# shellcheck disable=SC2016,SC2034\n\n");
    text.push_str(LIBRARY);
    text.push_str(
        "\nYES=0\nLEFT=0\nuser=\nDEATH=()\nREGION=${AWS_REGION:-}\n\
         DEFAULT_REGION=${AWS_DEFAULT_REGION:-}\n",
    );
    for (name, value) in &plan.variables {
        let quoted = if value.starts_with("$REPO") || value.starts_with("${KEYSWEEP_URL") {
            format!("\"{value}\"")
        } else {
            value.clone()
        };
        text.push_str(&format!("{name}={quoted}\n"));
    }
    text.push_str(&words(&[LIBRARY, &body, &main], catalogue));
    text.push('\n');
    text.push_str(&body);
    text.push_str(&main);
    text
}

/// The texts that the script says, as variables.
fn words(used_in: &[&str], catalogue: &Catalogue) -> String {
    let mut names = BTreeSet::new();
    for text in used_in {
        for after in text.split("$T_").skip(1) {
            let end = after.find(|c: char| !(c.is_ascii_uppercase() || c == '_'));
            names.insert(&after[..end.unwrap_or(after.len())]);
        }
    }
    let line = |name: &&str| {
        let text = catalogue.say(&format!("script.{name}")).to_owned();
        format!("T_{name}={}\n", plain(&text))
    };
    names.iter().map(line).collect()
}

/// Our own text in single quotes: it may hold any letter.
fn plain(text: &str) -> String {
    format!("'{}'", text.replace('\n', " ").replace('\'', r"'\''"))
}

fn function_name(id: &str) -> String {
    format!("step_{}", id.replace('-', "_"))
}

fn function(id: &str, step: &Step, catalogue: &Catalogue) -> String {
    let title = catalogue.fill_key(&key(step, "title"), &step.text);
    let why = catalogue.fill_key(&key(step, "why"), &step.text);
    let who = catalogue.say(&format!("who.{}", step.who.name()));
    let mut text = format!("{}() {{\n", function_name(id));
    text.push_str(&format!(
        "  step {id} {} {} {}\n",
        plain(who),
        plain(&title),
        plain(&why)
    ));
    if let Some(when) = &step.when {
        let when = format!("{}: {}", catalogue.say("plan.when"), catalogue.fill(when));
        text.push_str(&format!("  say {}\n", plain(&format!("   {when}"))));
    }
    for detail in &step.details {
        let detail = catalogue.fill(detail);
        text.push_str(&format!("  say {}\n", plain(&format!("   - {detail}"))));
    }
    match step.undo {
        Undo::Cannot => text.push_str("  say \"   $T_CANNOT_UNDO\"\n"),
        Undo::Commands(_) | Undo::Nothing => {}
    }
    match step.place {
        Place::ByHand => {
            for command in step.commands.iter().flat_map(|command| command.lines()) {
                text.push_str(&format!("  say {}\n", plain(&format!("     {command}"))));
            }
            let call = if step.when.is_some() {
                "by_hand_if"
            } else {
                "by_hand"
            };
            text.push_str(&format!("  {call}\n"));
        }
        Place::Script => {
            // Later steps of the rewrite need what earlier ones made.
            let otherwise = match step.phase {
                Phase::Rewrite => "exit 0",
                _ => "return 0",
            };
            let call = if step.when.is_some() {
                "wanted_if"
            } else {
                "wanted"
            };
            text.push_str(&format!("  {call} || {otherwise}\n"));
            for command in &step.commands {
                // Without an answer the rest of the step cannot be done.
                if command.contains("$(answer ") {
                    let rest = "{\n  leave \"$T_SKIPPED\"\n  return 0\n}";
                    text.push_str(&indented(&format!("{command} || {rest}")));
                } else {
                    text.push_str(&indented(command));
                }
            }
            for check in &step.check {
                if check.contains("die ") {
                    text.push_str(&indented(check));
                } else {
                    text.push_str(&indented(&format!("{check} || die \"$T_CHECK {id}\"")));
                }
            }
        }
    }
    text.push_str("}\n\n");
    text
}

/// A command inside of a function. A string that goes over several lines stays as it is.
fn indented(command: &str) -> String {
    let mut text = String::new();
    let mut in_string = false;
    for line in command.lines() {
        if !in_string && !line.is_empty() {
            text.push_str("  ");
        }
        text.push_str(line);
        text.push('\n');
        if line.matches('\'').count() % 2 == 1 {
            in_string = !in_string;
        }
    }
    text
}

fn phase_function(phase: Phase, steps: &[(String, &Step)]) -> String {
    let own = steps.iter().filter(|(_, step)| step.phase == phase);
    let mut text = format!("phase_{}() {{\n  LEFT=0\n", phase.name());
    for (id, _) in own {
        text.push_str(&format!("  {}\n", function_name(id)));
    }
    let mark = match phase {
        Phase::Contain => Some("contained"),
        Phase::Rotate => Some("rotated"),
        Phase::Rewrite => Some("rewritten"),
        Phase::Prove => Some("proved"),
        Phase::Investigate | Phase::Prevent => None,
    };
    if let Some(mark) = mark {
        text.push_str(&format!("  mark {mark}\n"));
    }
    text.push_str("}\n\n");
    text
}

fn main(steps: &[(String, &Step)]) -> String {
    let named: Vec<&str> = Phase::ALL.map(Phase::name).to_vec();
    let listed: Vec<String> = steps.iter().map(|(id, _)| id.clone()).collect();
    format!(
        "usage() {{\n  say \"$T_USAGE\"\n  say '  bash plan.sh [--yes] {}'\n  say '  {}'\n}}\n\n\
         phases=()\nfor argument in \"$@\"; do\n  case $argument in\n  --yes) YES=1 ;;\n  \
         {}) phases+=(\"$argument\") ;;\n  *)\n    usage >&2\n    exit 2\n    ;;\n  esac\ndone\n\
         if [ \"${{#phases[@]}}\" = 0 ]; then\n  usage\n  exit 0\nfi\nnot_with_the_key\n\
         for phase in \"${{phases[@]}}\"; do \"phase_$phase\"; done\n",
        named.join("|"),
        listed.join(" "),
        named.join(" | "),
    )
}
