//! Something better in place of the key, and its end.

use super::aws;
use crate::remediation::case::{Leak, Survey, Wishes};
use crate::remediation::quote::code;
use crate::remediation::situation::Situation;
use crate::remediation::step::{Phase, Step, Text, Who};

/// Most files that are named.
const NAMED_MAX: usize = 20;

/// The steps for one finding.
pub(in crate::remediation) fn steps(leak: &Leak, wishes: &Wishes, survey: &Survey) -> Vec<Step> {
    let situation = Situation::of(leak, wishes);
    if !situation.is_live() {
        return Vec::new();
    }
    let of = [leak.fingerprint.clone()];
    let mut steps = vec![consumers(&of, survey)];
    if matches!(situation, Situation::UserKey | Situation::IdAlone)
        && let Some(id) = &leak.access_key_id
    {
        steps.extend(keys(id, &of));
    }
    steps
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
            aws::user_of(id),
            slots.to_owned(),
            format!("if [ \"$slots\" -ge 2 ]; then {delete}; fi"),
        ])
        .final_();
    let create = step("create")
        .when(Text::new("when.no-role"))
        .run([
            owner(id),
            "new_key=${NEW_KEY_FILE:-$(mktemp \"${TMPDIR:-/tmp}/new-key.XXXXXX\")}".to_owned(),
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
            owner(id),
            format!("if key_exists {id}; then {delete}; fi"),
        ])
        .check([format!("! key_exists {id}")])
        .final_();
    vec![free, create, last]
}

/// The user, who is known from the steps before even where the key is gone by now.
fn owner(id: &str) -> String {
    format!(
        "user=${{user:-$(aws iam get-access-key-last-used --access-key-id {id} --query UserName --output text)}}"
    )
}
