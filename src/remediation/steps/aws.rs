//! Commands of the AWS CLI that several steps need.
//!
//! Source: IAM User Guide, "Managing access keys for IAM users" and "Revoking IAM role temporary
//! security credentials"; AWS CLI reference, `iam`, `sts`, `organizations` and `cloudtrail`.

use crate::remediation::case::Leak;
use crate::remediation::quote::word;
use crate::remediation::situation::Partition;
use crate::remediation::step::Step;

/// Finds the user of a key, as an administrator of its account.
pub(super) fn user_of(id: &str) -> String {
    format!(
        "user=$(aws iam get-access-key-last-used --access-key-id {id} --query UserName \
         --output text)"
    )
}

/// The same where the key may be deleted already, by this step when it ran before: then somebody must
/// say who it was.
pub(super) fn user_or_asked(id: &str) -> String {
    format!(
        "{} || user=$(answer USER_NAME \"$T_WHICH_USER\")",
        user_of(id)
    )
}

/// The user, who is known from the step before even where that deleted the key.
pub(super) fn user_once(id: &str) -> String {
    format!(
        "user=${{of_{id}:-$(aws iam get-access-key-last-used --access-key-id {id} --query UserName --output text)}}"
    )
}

/// Sets `$keys` to those of `$user`.
pub(super) const KEYS: &str = "keys=$(aws iam list-access-keys --user-name \"$user\" --output text \
    --query 'AccessKeyMetadata[].AccessKeyId')";

/// Does something only if the key is among `$keys`.
pub(super) fn if_listed(id: &str, command: &str) -> String {
    format!("case $keys in *{id}*) {command} ;; esac")
}

/// The policy that denies what was signed in before the moment at which it is made.
const DENY_OLDER: &str = concat!(
    r#"policy='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"#,
    r#""Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$(date -u +%FT%TZ)"'"}}}]}'"#
);

/// Makes a step cut off the sessions of `$user`.
pub(super) fn cut_user(step: Step) -> Step {
    let policy = "--user-name \"$user\" --policy-name AWSRevokeOlderSessions";
    step.run([
        DENY_OLDER.to_owned(),
        format!("aws iam put-user-policy {policy} --policy-document \"$policy\""),
    ])
    .check([format!(
        "aws iam get-user-policy {policy} --query PolicyName --output text"
    )])
    .undo([format!("aws iam delete-user-policy {policy}")])
}

/// Makes a step cut off the sessions of `$role`.
pub(super) fn cut_role(step: Step) -> Step {
    let policy = "--role-name \"$role\" --policy-name AWSRevokeOlderSessions";
    step.run([
        DENY_OLDER.to_owned(),
        format!("aws iam put-role-policy {policy} --policy-document \"$policy\""),
    ])
    .check([format!(
        "aws iam get-role-policy {policy} --query PolicyName --output text"
    )])
    .undo([format!("aws iam delete-role-policy {policy}")])
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

/// All regions that the account uses.
pub(super) fn regions(leak: &Leak) -> String {
    format!(
        "regions=$(aws ec2 describe-regions --region {} --query 'Regions[].RegionName' \
         --output text)",
        Partition::of(leak).home()
    )
}

/// The role that an ARN of a session names.
pub(super) fn role(leak: &Leak) -> Option<String> {
    let arn = leak.validity.arn.as_deref()?;
    let rest = arn.split_once(":assumed-role/")?.1;
    name(rest.split('/').next()?)
}

/// The user that an ARN names.
pub(super) fn session_user(leak: &Leak) -> Option<String> {
    let arn = leak.validity.arn.as_deref()?;
    let rest = arn.split_once(":user/")?.1;
    name(rest.rsplit('/').next()?)
}

/// The user that a service's key names, without the number that tells several keys apart.
pub(super) fn user(leak: &Leak) -> Option<String> {
    let of = leak.user.as_deref()?.split("-at-").next()?;
    let of = match of.rsplit_once('+') {
        Some((of, number)) if number.bytes().all(|b| b.is_ascii_digit()) => of,
        _ => of,
    };
    name(of)
}

/// The name that a service knows its key by: `deploy+1-at-123456789012`.
pub(super) fn service_user(leak: &Leak) -> Option<String> {
    user(leak)?;
    let user = leak.user.as_deref()?;
    let full = match (user.contains("-at-"), &leak.account_id) {
        (true, _) => user.to_owned(),
        (false, Some(account)) => format!("{user}-at-{account}"),
        (false, None) => return None,
    };
    name(&full)
}

/// A name of IAM's as a word of bash; none if IAM would not have it, since it may come from anywhere.
fn name(text: &str) -> Option<String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let is_one = !text.is_empty() && text.len() <= 128 && text.chars().all(fine);
    is_one.then(|| word(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leak(user: &str, arn: &str) -> Leak {
        let json = serde_json::json!({
            "fingerprint": "ks1-x", "kind": "aws-bedrock-api-key", "user": user,
            "account_id": "111122223333", "validity": {"state": "active", "arn": arn},
            "exposure": {}, "occurrences": [],
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn names_come_without_their_number_and_never_as_code() {
        for (said, user_is, service_is) in [
            ("deploy", "deploy", "deploy-at-111122223333"),
            ("deploy+1", "deploy", "deploy+1-at-111122223333"),
            (
                "deploy+1-at-210987654321",
                "deploy",
                "deploy+1-at-210987654321",
            ),
            ("a+b", "'a+b'", "'a+b-at-111122223333'"),
        ] {
            let leak = leak(said, "");
            let plain = |word: Option<String>| word.map(|word| word.replace('\'', ""));
            assert_eq!(plain(user(&leak)).unwrap(), user_is.replace('\'', ""));
            assert_eq!(
                plain(service_user(&leak)).unwrap(),
                service_is.replace('\'', "")
            );
        }
        for hostile in ["x'||`true`", "$(id)", "a b", ""] {
            assert_eq!(user(&leak(hostile, "")), None, "{hostile}");
            assert_eq!(service_user(&leak(hostile, "")), None, "{hostile}");
        }
    }

    #[test]
    fn arns_name_roles_and_users() {
        let of = |arn: &str| (role(&leak("x", arn)), session_user(&leak("x", arn)));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            of("arn:aws:sts::1:assumed-role/builder/me"),
            (some("builder"), None)
        );
        assert_eq!(
            of("arn:aws:iam::1:user/team/deploy"),
            (None, some("deploy"))
        );
        assert_eq!(of("arn:aws:sts::1:federated-user/me"), (None, None));
        assert_eq!(of("arn:aws:iam::1:root"), (None, None));
    }
}
