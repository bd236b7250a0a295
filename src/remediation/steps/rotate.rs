//! Something better in place of the key, and its end.

use super::{aws, contain, services};
use crate::remediation::case::{Leak, Survey, Wishes};
use crate::remediation::quote::code;
use crate::remediation::situation::Situation;
use crate::remediation::step::{Phase, Step, Text, Who};

/// Most files that are named.
const NAMED_MAX: usize = 20;

/// Where a new key goes. Without an answer of a person none is made, unless a file is named.
pub(super) const NEW_FILE: &str = "new_key=$(new_file) || return 0";

/// The steps for one finding.
pub(in crate::remediation) fn steps(leak: &Leak, wishes: &Wishes, survey: &Survey) -> Vec<Step> {
    let situation = Situation::of(leak, wishes);
    let of = [leak.fingerprint.clone()];
    let id = leak.access_key_id.as_deref();
    match (situation, id) {
        // Nothing takes the place of what ends by itself: whatever made it makes another one.
        (Situation::Role | Situation::Temporary | Situation::BedrockShortTerm, _) => Vec::new(),
        (Situation::ShortLived, _) => Vec::new(),
        (Situation::Dead, Some(id)) if id.starts_with("AKIA") => vec![bury(id, &of)],
        (situation, _) if !situation.is_live() => Vec::new(),
        (Situation::UserKey | Situation::IdAlone, Some(id)) => {
            let mut steps = vec![consumers(&of, survey)];
            steps.extend(keys(id, &of));
            steps
        }
        (Situation::Smtp, Some(id)) => {
            let mut steps = vec![consumers(&of, survey)];
            steps.extend(keys(id, &of));
            let password = Step::new(Phase::Rotate, "smtp-password", &of).by_hand();
            steps.insert(
                3,
                password
                    .by(Who::Administrator)
                    .when(Text::new("when.no-role")),
            );
            steps
        }
        (Situation::ServiceSpecific, _) => {
            let mut steps = vec![consumers(&of, survey)];
            steps.extend(services::replace(leak, &of));
            steps
        }
        _ => vec![consumers(&of, survey)],
    }
}

/// Where the repository itself uses the key: what breaks when it is gone.
fn consumers(of: &[String], survey: &Survey) -> Step {
    let mut step = Step::new(Phase::Rotate, "consumers", of).by_hand();
    let prints = |known: &[String]| known.iter().any(|print| of.contains(print));
    let holders = survey.holders.iter().filter(|(_, known)| prints(known));
    for (path, _) in holders.take(NAMED_MAX) {
        step = step.detail(Text::new("detail.holder").with("path", code(path)));
    }
    for (path, name) in survey.readers.iter().take(NAMED_MAX) {
        let text = Text::new("detail.reader").with("path", code(path));
        step = step.detail(text.with("name", *name));
    }
    if step.details.is_empty() {
        let key = if survey.looked {
            "detail.no-consumer"
        } else {
            "detail.not-surveyed"
        };
        step = step.detail(Text::new(key));
    }
    step
}

fn keys(id: &str, of: &[String]) -> Vec<Step> {
    let step = |key| Step::new(Phase::Rotate, key, of).by(Who::Administrator);
    let delete = format!("aws iam delete-access-key --user-name \"$user\" --access-key-id {id}");
    let slots = "slots=$(aws iam list-access-keys --user-name \"$user\" --query \
                 'length(AccessKeyMetadata)' --output text)";
    let free = step("free-slot")
        .with("id", id)
        .when(Text::new("when.two-keys"))
        .run([
            aws::user_or_asked(id),
            format!("of_{id}=$user"),
            slots.to_owned(),
            format!("if [ \"$slots\" -ge 2 ]; then {delete}; fi"),
        ])
        .final_();
    let create = step("create")
        .when(Text::new("when.no-role"))
        .run([
            aws::user_once(id),
            contain::QUARANTINED.to_owned(),
            "case $quarantined in '' | None) ;; *) leave \"$T_NO_NEW_KEY\" && return ;; esac"
                .to_owned(),
            NEW_FILE.to_owned(),
            "aws iam create-access-key --user-name \"$user\" --output json >\"$new_key\""
                .to_owned(),
            "say \"$T_NEW_KEY $new_key\"".to_owned(),
        ])
        .check(["test -s \"$new_key\""])
        .undo(["aws iam delete-access-key --user-name \"$user\" --access-key-id NEW_KEY_ID"]);
    let last = step("delete")
        .with("id", id)
        .run([
            format!(
                "aws iam get-access-key-last-used --access-key-id {id} --query \
                 AccessKeyLastUsed --output text || true"
            ),
            aws::user_once(id),
            aws::KEYS.to_owned(),
            aws::if_listed(id, &delete),
        ])
        .check([
            aws::KEYS.to_owned(),
            aws::if_listed(id, "die \"$T_STILL_LISTED\""),
        ])
        .final_();
    vec![free, create, last]
}

/// What AWS does not accept may only be inactive.
fn bury(id: &str, of: &[String]) -> Step {
    let delete = format!("aws iam delete-access-key --user-name \"$user\" --access-key-id {id}");
    Step::new(Phase::Rotate, "bury", of)
        .with("id", id)
        .by(Who::Administrator)
        .when(Text::new("when.inactive"))
        .run([
            format!("{} || user=", aws::user_of(id)),
            "case $user in '' | None) say \"$T_NOT_LISTED\" && return ;; esac".to_owned(),
            aws::KEYS.to_owned(),
            aws::if_listed(id, &delete),
        ])
        .final_()
}
