//! Keys of single services: each is made useless, and replaced, at its own service.
//!
//! Source: AWS CLI reference, `iam` (service-specific credentials), `appsync`, `cloudfront`.

use super::aws;
use super::contain::{named, step};
use crate::remediation::case::Leak;
use crate::remediation::step::{Phase, Step, Text, Who};

const USER: (&str, &str) = ("USER_NAME", "T_WHICH_USER");

/// The service that a key of this kind is for, as IAM calls it.
fn service(leak: &Leak) -> Option<&'static str> {
    match leak.kind.as_str() {
        "aws-bedrock-api-key" => Some("bedrock.amazonaws.com"),
        "aws-cloudwatch-logs-key" => Some("logs.amazonaws.com"),
        _ => None,
    }
}

/// Lists the user's keys of this service that fit a condition into `$ids`.
fn list(leak: &Leak, condition: &str) -> String {
    let service = service(leak).map_or(String::new(), |name| format!(" --service-name {name}"));
    format!(
        "ids=$(aws iam list-service-specific-credentials --user-name \"$user\"{service} --output \
         text --query \"ServiceSpecificCredentials[?{condition}].[ServiceSpecificCredentialId]\" | \
         grep -vx None || true)"
    )
}

/// What tells this very key among those of the user.
fn this(leak: &Leak) -> Option<String> {
    let name = aws::service_user(leak)?;
    let name = name.trim_matches('\'');
    Some(format!(
        "(ServiceUserName=='{name}' || ServiceCredentialAlias=='{name}')"
    ))
}

fn each(what: &str) -> String {
    format!(
        "for credential in $ids; do aws iam {what} --user-name \"$user\" \
         --service-specific-credential-id \"$credential\"; done"
    )
}

/// Switches it off: the one that leaked where its name tells it, else all of the user.
pub(super) fn off(leak: &Leak, of: &[String]) -> Step {
    let all = "Status=='Active'";
    let mut off =
        step("service-off", of)
            .by(Who::Administrator)
            .run([named("user", aws::user(leak), USER)]);
    let this = this(leak).map(|this| format!("{all} && {this}"));
    off = off.run([list(leak, this.as_deref().unwrap_or(all))]);
    if this.is_some() {
        let others = list(leak, all);
        off = off.run([format!("if [ -z \"$ids\" ]; then {others}; fi")]);
    }
    let off = off.run([each("update-service-specific-credential --status Inactive")]);
    off.check(["aws iam list-service-specific-credentials --user-name \"$user\" --output text \
         --query 'ServiceSpecificCredentials[].[ServiceUserName,ServiceSpecificCredentialId,Status]'"])
        .undo([each("update-service-specific-credential --status Active")])
}

/// A new one, and the end of the old one.
pub(super) fn replace(leak: &Leak, of: &[String]) -> Vec<Step> {
    let step = |key| Step::new(Phase::Rotate, key, of).by(Who::Administrator);
    let user = named("user", aws::user(leak), USER);
    let service = match service(leak) {
        Some(name) => format!("service={name}"),
        None => named("service", None, ("SERVICE_NAME", "T_WHICH_SERVICE")),
    };
    let create = step("service-create")
        .when(Text::new("when.no-role"))
        .run([
            user.clone(),
            service,
            super::rotate::NEW_FILE.to_owned(),
            "aws iam create-service-specific-credential --user-name \"$user\" --service-name \
             \"$service\" --output json >\"$new_key\""
                .to_owned(),
            "say \"$T_NEW_KEY $new_key\"".to_owned(),
        ])
        .check(["test -s \"$new_key\""])
        .undo([
            "aws iam delete-service-specific-credential --user-name \"$user\" \
              --service-specific-credential-id NEW_CREDENTIAL_ID",
        ]);
    let old = "Status=='Inactive'";
    let old = this(leak).map_or_else(|| old.to_owned(), |this| format!("{old} && {this}"));
    let delete = step("service-delete")
        .run([
            user,
            list(leak, &old),
            each("delete-service-specific-credential"),
        ])
        .final_();
    vec![create, delete]
}

/// Keys of `AppSync` are deleted; nothing deactivates them.
pub(super) fn app_sync(of: &[String]) -> Step {
    step("appsync", of)
        .by(Who::Administrator)
        .run([
            "api=$(answer API_ID \"$T_WHICH_API\")",
            "aws appsync list-api-keys --api-id \"$api\" --query 'apiKeys[].[id,description]' \
             --output text",
            "key=$(answer API_KEY_ID \"$T_WHICH_API_KEY\")",
            "aws appsync delete-api-key --api-id \"$api\" --id \"$key\"",
        ])
        .final_()
}

/// Key groups must let go of a public key before it can be deleted.
pub(super) fn cloud_front(leak: &Leak, of: &[String]) -> Step {
    let plain = |id: &&String| id.starts_with('K') && id.bytes().all(|b| b.is_ascii_alphanumeric());
    let key = leak.signed_by.as_ref().filter(plain).cloned();
    step("cloudfront", of)
        .by(Who::Administrator)
        .run([
            "aws cloudfront list-public-keys --output table".to_owned(),
            named("key", key, ("PUBLIC_KEY_ID", "T_WHICH_PUBLIC_KEY")),
            "groups=$(aws cloudfront list-key-groups --output text --query \
             \"KeyGroupList.Items[?contains(KeyGroup.KeyGroupConfig.Items, '$key')].[KeyGroup.Id]\" | \
             grep -vx None || true)"
                .to_owned(),
            "for group in $groups; do\n  name=$(aws cloudfront get-key-group-config --id \"$group\" \
             --query KeyGroupConfig.Name --output text)\n  others=$(aws cloudfront \
             get-key-group-config --id \"$group\" --query \"KeyGroupConfig.Items[?@!='$key']\" \
             --output text | tr '\\t' ',')\n  etag=$(aws cloudfront get-key-group-config --id \
             \"$group\" --query ETag --output text)\n  aws cloudfront update-key-group --id \
             \"$group\" --if-match \"$etag\" --key-group-config \"Name=$name,Items=$others\"\ndone"
                .to_owned(),
            "etag=$(aws cloudfront get-public-key --id \"$key\" --query ETag --output text)"
                .to_owned(),
            "aws cloudfront delete-public-key --id \"$key\" --if-match \"$etag\"".to_owned(),
        ])
        .final_()
}
