//! From a report to a plan that can be run: contain → investigate → rotate → rewrite → prove →
//! prevent. Pure: reads and writes nothing, and knows no secret. A plan is typed steps; Markdown,
//! JSON and the script are made of the same.

mod case;
mod picture;
mod prove;
mod quote;
mod remnant;
mod render;
mod rules;
mod situation;
mod state;
mod step;
mod steps;
mod text;

pub use case::{Case, Leak, Listed, Survey, Unread, Wishes};
pub use remnant::Investigated;
pub use render::{json, markdown, script};
pub use rules::{REMOVED, is_binary, lines as rule_lines};
pub use situation::{Partition, Reach, Situation};
pub use state::{Progress, States};
pub use step::{Phase, Picture, Place, Plan, Step, StepState, Text, Undo, Who};
pub use text::{Catalogue, Language};

use quote::word;
use steps::rewrite::Way;

/// Makes the plan for the findings that the wishes name; for all, if they name none.
pub fn plan(case: &Case, wishes: &Wishes, survey: &Survey, states: &States) -> Plan {
    let asked = |leak: &&Leak| {
        wishes.fingerprints.is_empty() || wishes.fingerprints.contains(&leak.fingerprint)
    };
    let leaks: Vec<&Leak> = case.findings.iter().filter(asked).collect();
    let mut plan = Plan {
        steps: Vec::new(),
        pictures: Vec::new(),
        is_printed: wishes.out.is_empty(),
        variables: variables(&leaks, case, wishes, survey),
    };
    if leaks.is_empty() {
        return plan;
    }
    let reach = |leak: &Leak| Reach::of(leak, &case.target.selection);
    for leak in &leaks {
        let progress = states.of(&leak.fingerprint);
        let picture = picture::picture(leak, wishes, survey, reach(leak), progress);
        plan.pictures.push(picture);
        let mut own = steps::contain::steps(leak, wishes, survey, reach(leak));
        own.extend(steps::investigate::steps(leak, wishes));
        own.extend(steps::rotate::steps(leak, wishes, survey));
        for step in &mut own {
            in_partition(step, leak);
        }
        plan.steps.extend(own);
    }
    if let Some(found) = &wishes.investigated {
        let prints: Vec<String> = leaks.iter().map(|leak| leak.fingerprint.clone()).collect();
        plan.steps.extend(found.steps(&prints));
    }
    let removed = removed(&leaks);
    if !removed.is_empty() {
        plan.steps
            .extend(steps::rewrite::steps(&removed, case, survey));
        plan.steps.extend(prove::steps(&removed, case, survey));
        plan.steps.extend(steps::prevent::steps(&removed, survey));
    }
    plan.steps.sort_by_key(|step| step.phase);
    plan.steps = merged(plan.steps);
    for step in &mut plan.steps {
        let furthest = step.findings.iter().map(|print| states.of(print)).min();
        step.state = furthest.unwrap_or_default().is_past(step.phase);
    }
    plan
}

/// Steps that are the same for several findings become one.
fn merged(steps: Vec<Step>) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps {
        let same = |known: &&mut Step| {
            (
                known.phase,
                &known.text,
                &known.when,
                &known.commands,
                &known.details,
            ) == (
                step.phase,
                &step.text,
                &step.when,
                &step.commands,
                &step.details,
            )
        };
        match kept.iter_mut().find(same) {
            Some(known) => {
                let new = step
                    .findings
                    .iter()
                    .filter(|print| !known.findings.contains(print));
                let new: Vec<String> = new.cloned().collect();
                known.findings.extend(new);
            }
            None => kept.push(step),
        }
    }
    kept
}

/// Sends commands to the key's own partition, where it is not the usual one.
fn in_partition(step: &mut Step, leak: &Leak) {
    let partition = Partition::of(leak);
    let asks = |line: &String| line.contains("aws ");
    if partition != Partition::Aws && step.commands.iter().any(asks) {
        let home = partition.home();
        let region = format!("export AWS_REGION={home} AWS_DEFAULT_REGION={home}");
        step.commands.insert(0, region);
    }
}

/// Canaries stay where they are.
fn removed<'l>(leaks: &[&'l Leak]) -> Vec<&'l Leak> {
    let all = leaks.iter().copied();
    all.filter(|leak| leak.canary.is_none()).collect()
}

/// What commands use by name, each a word of bash.
fn variables(
    leaks: &[&Leak],
    case: &Case,
    wishes: &Wishes,
    survey: &Survey,
) -> Vec<(&'static str, String)> {
    let remotes = leaks
        .iter()
        .flat_map(|leak| leak.exposure.pushed_to.iter().flatten());
    let remote = remotes.min().or_else(|| survey.hosts.keys().next());
    let remote = remote.map_or("origin", String::as_str);
    let removed = removed(leaks);
    let url = match Way::of(&removed, case, survey) {
        Way::Remote => "${KEYSWEEP_URL:-$(git -C \"$REPO\" remote get-url -- \"$REMOTE\")}",
        Way::Here | Way::Local | Way::None => "$REPO",
    };
    let list = |leaks: &[&Leak]| {
        let each = leaks
            .iter()
            .map(|leak| format!(" --fingerprint {}", leak.fingerprint));
        format!("({} )", each.collect::<String>())
    };
    let is_part = !wishes.fingerprints.is_empty() || removed.len() < leaks.len();
    let only = if is_part {
        list(&removed)
    } else {
        "( )".to_owned()
    };
    let ids: std::collections::BTreeSet<&str> = leaks
        .iter()
        .filter_map(|leak| leak.access_key_id.as_deref())
        .collect();
    let marks = removed.iter().flat_map(|leak| {
        let id = leak.access_key_id.as_deref();
        std::iter::once(leak.fingerprint.as_str()).chain(id)
    });
    let marks: std::collections::BTreeSet<&str> = marks.collect();
    let marks: Vec<String> = marks.iter().map(|mark| format!("-e {mark}")).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let out = match wishes.out.as_slice() {
        [] => ".".to_owned(),
        folder => word(folder),
    };
    vec![
        ("KEYSWEEP", "${KEYSWEEP:-keysweep}".to_owned()),
        ("REPO", word(&wishes.repository)),
        ("REMOTE", word(remote.as_bytes())),
        ("URL", url.to_owned()),
        ("REPORT", word(&wishes.report)),
        ("OUT", format!("${{OUT:-{out}}}")),
        ("IDS", format!("({})", ids.join(" "))),
        ("FINDINGS", list(leaks)),
        ("ONLY", only),
        ("MARKS", format!("({})", marks.join(" "))),
    ]
}
