//! Commands of the AWS CLI that several steps need.
//!
//! Source: IAM User Guide, "Managing access keys for IAM users" and "Revoking IAM role temporary
//! security credentials"; AWS CLI reference, `iam`, `sts` and `cloudtrail`.

use crate::remediation::case::Leak;
use crate::remediation::quote::word;

/// Finds the user of a key, as an administrator of its account.
pub(super) fn user_of(id: &str) -> String {
    format!(
        "user=$(aws iam get-access-key-last-used --access-key-id {id} --query UserName \
         --output text)"
    )
}

/// The policy that denies what was signed in before the moment at which it is made.
pub(super) const DENY_OLDER: &str = concat!(
    r#"policy='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"#,
    r#""Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$(date -u +%FT%TZ)"'"}}}]}'"#
);

/// Cuts off the sessions of a user.
pub(super) fn cut_user() -> [String; 2] {
    [
        DENY_OLDER.to_owned(),
        "aws iam put-user-policy --user-name \"$user\" --policy-name AWSRevokeOlderSessions \
         --policy-document \"$policy\""
            .to_owned(),
    ]
}

/// Cuts off the sessions of a role.
pub(super) fn cut_role() -> [String; 2] {
    [
        DENY_OLDER.to_owned(),
        "aws iam put-role-policy --role-name \"$role\" --policy-name AWSRevokeOlderSessions \
         --policy-document \"$policy\""
            .to_owned(),
    ]
}

/// Fails where the key is not in the caller's account, or where the caller is the key itself.
pub(super) fn whose(id: &str) -> [String; 2] {
    [
        format!(
            "owner=$(aws sts get-access-key-info --access-key-id {id} --query Account --output text)"
        ),
        "caller=$(aws sts get-caller-identity --query Account --output text)".to_owned(),
    ]
}

/// The role that an ARN of a session names.
pub(super) fn role(leak: &Leak) -> Option<String> {
    let arn = leak.validity.arn.as_deref()?;
    let rest = arn.split_once(":assumed-role/")?.1;
    let name = rest.split('/').next()?;
    let fine = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (!name.is_empty() && name.chars().all(fine)).then(|| word(name.as_bytes()))
}

/// The user that a service's key names, without the number that tells several keys apart.
pub(super) fn user(leak: &Leak) -> Option<String> {
    let name = leak.user.as_deref()?.split("-at-").next()?;
    (!name.is_empty()).then(|| word(name.as_bytes()))
}
