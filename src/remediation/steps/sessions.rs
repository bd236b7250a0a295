//! Temporary keys: nobody can deactivate them, so whoever issued them is told not to accept older ones.

use super::aws;
use super::contain::{named, step};
use crate::remediation::case::{Leak, Survey};
use crate::remediation::quote::code;
use crate::remediation::step::{Step, Text, Who};

/// Most files that are named.
const NAMED_MAX: usize = 20;
const ROLE: (&str, &str) = ("ROLE", "T_WHICH_ROLE");
const USER: (&str, &str) = ("USER_NAME", "T_WHICH_USER");
const KEY: (&str, &str) = ("KEY_ID", "T_WHICH_KEY");

/// The steps for a temporary key of a role or a user.
pub(super) fn steps(leak: &Leak, survey: &Survey, of: &[String]) -> Vec<Step> {
    let mut steps = Vec::new();
    let (role, user) = (aws::role(leak), aws::session_user(leak));
    let is_known = role.is_some() || user.is_some();
    if !is_known {
        steps.extend(issuer(leak, of));
    }
    let is_reserved = |role: &String| role.trim_matches('\'').starts_with("AWSReservedSSO_");
    if role.as_ref().is_some_and(is_reserved) {
        steps.push(step("identity-center", of).by(Who::Administrator).by_hand());
    } else if role.is_some() || !is_known {
        steps.push(unless(is_known, cut_role(role, of), "when.role"));
    }
    if user.is_some() || !is_known {
        let minting = minting_key(user.clone(), of);
        steps.push(unless(is_known, minting, "when.user"));
        let cut = step("cut-issuer-user", of).by(Who::Administrator);
        let cut = aws::cut_user(cut.run([named("user", user, USER)]));
        steps.push(unless(is_known, cut, "when.user"));
    }
    steps.push(writer(survey, of));
    steps
}

/// A signed request that opens Bedrock: its signer is told not to accept it.
pub(super) fn bedrock(leak: &Leak, survey: &Survey, of: &[String]) -> Vec<Step> {
    let mut signer = leak.clone();
    signer.access_key_id.clone_from(&leak.signed_by);
    let mut steps = Vec::new();
    match &leak.signed_by {
        Some(id) if id.starts_with("AKIA") => {
            steps.push(deny_bearer("user", &aws::user_of(id), of));
        }
        _ => {
            steps.extend(issuer(&signer, of));
            let role = named("role", None, ROLE);
            let deny = deny_bearer("role", &role, of);
            steps.push(deny.when(Text::new("when.role")));
            steps.push(cut_role(None, of).when(Text::new("when.role")));
            let user = named("user", None, USER);
            let deny = deny_bearer("user", &user, of);
            steps.push(deny.when(Text::new("when.user")));
        }
    }
    steps.push(writer(survey, of));
    steps
}

fn unless(is_known: bool, step: Step, when: &'static str) -> Step {
    if is_known {
        step
    } else {
        step.when(Text::new(when))
    }
}

/// Looks for the one event that names the role or the user, in all regions.
fn issuer(leak: &Leak, of: &[String]) -> Option<Step> {
    let id = leak.access_key_id.as_deref()?;
    let look = format!(
        "for region in $regions; do\n  event=$(aws cloudtrail lookup-events --region \"$region\" \
         --max-results 1 --lookup-attributes AttributeKey=AccessKeyId,AttributeValue={id} --query \
         'Events[0].CloudTrailEvent' --output text) || continue\n  case $event in\n  '' | None) ;;\n  \
         *)\n    say \"$region: $event\"\n    break\n    ;;\n  esac\ndone"
    );
    let step = step("issuer", of).with("id", id).by(Who::Administrator);
    Some(step.run([aws::regions(leak), look]))
}

fn cut_role(role: Option<String>, of: &[String]) -> Step {
    let cut = step("cut-role", of).by(Who::Administrator);
    aws::cut_role(cut.run([named("role", role, ROLE)]))
}

/// The long-term key with which a user made the session: as long as it works, it makes others.
fn minting_key(user: Option<String>, of: &[String]) -> Step {
    let status =
        "aws iam update-access-key --user-name \"$user\" --access-key-id \"$key\" --status";
    step("minting-key", of)
        .by(Who::Administrator)
        .run([
            named("user", user, USER),
            "aws iam list-access-keys --user-name \"$user\" --output table".to_owned(),
            named("key", None, KEY),
            format!("{status} Inactive"),
        ])
        .undo([format!("{status} Active")])
}

/// Forbids `$role` or `$user` the requests that a Bedrock key is.
fn deny_bearer(whom: &str, name: &str, of: &[String]) -> Step {
    let deny = r#"policy='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"bedrock:CallWithBearerToken","Resource":"*"}]}'"#;
    let policy = format!("--{whom}-name \"${whom}\" --policy-name DenyBedrockBearerTokens");
    step("bedrock-deny", of)
        .by(Who::Administrator)
        .run([
            name.to_owned(),
            deny.to_owned(),
            format!("aws iam put-{whom}-policy {policy} --policy-document \"$policy\""),
        ])
        .check([format!(
            "aws iam get-{whom}-policy {policy} --query PolicyName --output text"
        )])
        .undo([format!("aws iam delete-{whom}-policy {policy}")])
}

/// What wrote it down, with the files that hold it.
fn writer(survey: &Survey, of: &[String]) -> Step {
    let prints = |known: &[String]| known.iter().any(|print| of.contains(print));
    let holders = survey.holders.iter().filter(|(_, known)| prints(known));
    let step = step("writer", of).by_hand();
    holders.take(NAMED_MAX).fold(step, |step, (path, _)| {
        step.detail(Text::new("detail.holder").with("path", code(path)))
    })
}
