//! What makes a key useless, for each situation its own path.

use super::aws;
use crate::remediation::case::{Leak, Wishes};
use crate::remediation::situation::{Partition, Reach, Situation};
use crate::remediation::step::{Phase, Step, Text, Who};

/// The steps for one finding.
pub(in crate::remediation) fn steps(leak: &Leak, wishes: &Wishes, reach: Reach) -> Vec<Step> {
    let of = [leak.fingerprint.clone()];
    let situation = Situation::of(leak, wishes);
    let mut steps = Vec::new();
    if reach == Reach::Local && situation.is_live() {
        steps.push(step("local", &of).by_hand());
    }
    if leak.validity.state != "active" && situation.is_live() {
        steps.push(step("validity", &of).by_hand());
    }
    steps.extend(match situation {
        Situation::Canary => vec![step("canary", &of).by_hand()],
        Situation::Dead => vec![step("dead", &of).by_hand()],
        Situation::Foreign => vec![foreign(leak, &of)],
        Situation::Root => root(leak, &of),
        Situation::UserKey | Situation::IdAlone => user_key(leak, &of, situation),
        Situation::SecretAlone => vec![step("secret-alone", &of).by(Who::Administrator).by_hand()],
        Situation::Role | Situation::Temporary => temporary(leak, &of),
        Situation::ServiceSpecific => service_specific(leak, &of),
        Situation::BedrockShortTerm => bedrock_short_term(leak, &of),
        Situation::Smtp => smtp(leak, &of),
        Situation::AppSync => vec![app_sync(&of)],
        Situation::CloudFront => vec![cloud_front(&of)],
        Situation::ShortLived => vec![step("short-lived", &of).by(Who::Administrator).by_hand()],
        Situation::Mws => vec![step("mws", &of).by_hand()],
        Situation::Custom => vec![step("custom", &of).by_hand()],
    });
    steps
}

fn step(key: &'static str, of: &[String]) -> Step {
    Step::new(Phase::Contain, key, of)
}

fn id(leak: &Leak) -> &str {
    leak.access_key_id.as_deref().unwrap_or("KEY_ID")
}

fn foreign(leak: &Leak, of: &[String]) -> Step {
    let account = leak.account_id.clone().unwrap_or_default();
    let step = step("foreign", of).by_hand().by(Who::You);
    step.with("account", account)
}

/// Deactivation, the sessions that outlive it, and the user whom AWS has put in quarantine.
fn user_key(leak: &Leak, of: &[String], situation: Situation) -> Vec<Step> {
    let id = id(leak);
    let mut steps = Vec::new();
    if situation == Situation::IdAlone {
        steps.push(step("id-alone", of).by_hand());
    }
    let owner = step("owner", of)
        .with("id", id)
        .by(Who::Administrator)
        .run(aws::whose(id))
        .run([aws::user_of(id)])
        .check([
            "[ \"$owner\" = \"$caller\" ] || die \"$T_OTHER_ACCOUNT $owner\"",
            "case $user in '' | None | '<root_account>') die \"$T_ROOT_KEY\" ;; esac",
        ]);
    steps.push(owner);
    let status =
        format!("aws iam update-access-key --user-name \"$user\" --access-key-id {id} --status");
    let query = format!(
        "aws iam list-access-keys --user-name \"$user\" --output text --query \
         \"AccessKeyMetadata[?AccessKeyId=='{id}'].Status\""
    );
    let deactivate = step("deactivate", of)
        .with("id", id)
        .by(Who::Administrator)
        .run([aws::user_of(id), format!("{status} Inactive")])
        .check([format!("[ \"$({query})\" = Inactive ]")])
        .undo([format!("{status} Active")]);
    steps.push(deactivate);
    let cut = step("cut-user", of)
        .with("id", id)
        .by(Who::Administrator)
        .run([aws::user_of(id)])
        .run(aws::cut_user())
        .check([
            "aws iam get-user-policy --user-name \"$user\" --policy-name AWSRevokeOlderSessions \
             --query PolicyName --output text",
        ])
        .undo([
            "aws iam delete-user-policy --user-name \"$user\" --policy-name AWSRevokeOlderSessions",
        ]);
    steps.push(cut);
    steps.push(quarantine(id, of));
    steps
}

fn quarantine(id: &str, of: &[String]) -> Step {
    step("quarantine", of)
        .by(Who::Administrator)
        .when(Text::new("when.quarantined"))
        .run([
            aws::user_of(id),
            "quarantined=$(aws iam list-attached-user-policies --user-name \"$user\" --output text \
             --query \"AttachedPolicies[?starts_with(PolicyName, \
             'AWSCompromisedKeyQuarantine')].PolicyName\")"
                .to_owned(),
            "if [ -n \"$quarantined\" ] && [ \"$quarantined\" != None ]; then \
             say \"$T_QUARANTINED $quarantined\"; fi"
                .to_owned(),
        ])
}

/// Root's keys are deleted, not rotated: nothing limits root.
fn root(leak: &Leak, of: &[String]) -> Vec<Step> {
    let id = id(leak);
    let mut steps = vec![
        step("root-delete", of)
            .with("id", id)
            .by(Who::Root)
            .by_hand()
            .run([format!("aws iam delete-access-key --access-key-id {id}")])
            .final_(),
    ];
    let account = leak.account_id.as_deref();
    if let (Some(account), Partition::Aws) = (account, Partition::of(leak)) {
        let member = step("root-member", of).by(Who::Root).by_hand();
        steps.push(
            member
                .when(Text::new("when.member"))
                .run([
                    format!(
                        "aws sts assume-root --target-principal {account} --task-policy-arn \
                         arn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials"
                    ),
                    format!("aws iam delete-access-key --access-key-id {id}"),
                ])
                .final_(),
        );
    }
    steps.push(step("root-secure", of).by(Who::Root).by_hand());
    steps
}

/// Temporary keys cannot be deactivated: whoever issued them is told not to accept older ones.
fn temporary(leak: &Leak, of: &[String]) -> Vec<Step> {
    let id = id(leak);
    let home = Partition::of(leak).home();
    let mut steps = Vec::new();
    let known = aws::role(leak);
    if known.is_none() {
        let look = format!(
            "aws cloudtrail lookup-events --region {home} --max-results 1 --lookup-attributes \
             AttributeKey=AccessKeyId,AttributeValue={id} --query 'Events[].CloudTrailEvent' \
             --output text"
        );
        steps.push(
            step("issuer", of)
                .with("id", id)
                .by(Who::Administrator)
                .run([look]),
        );
    }
    let name = match &known {
        Some(role) => format!("role={role}"),
        None => "role=$(answer ROLE \"$T_WHICH_ROLE\")".to_owned(),
    };
    if known
        .as_deref()
        .is_some_and(|role| role.starts_with("AWSReservedSSO_"))
    {
        steps.push(step("identity-center", of).by(Who::Administrator).by_hand());
        return steps;
    }
    let cut = step("cut-role", of)
        .by(Who::Administrator)
        .run([name.clone()])
        .run(aws::cut_role())
        .check([
            "aws iam get-role-policy --role-name \"$role\" --policy-name AWSRevokeOlderSessions \
             --query PolicyName --output text",
        ])
        .undo([
            "aws iam delete-role-policy --role-name \"$role\" --policy-name AWSRevokeOlderSessions",
        ]);
    steps.push(if known.is_none() {
        cut.when(Text::new("when.role"))
    } else {
        cut
    });
    if known.is_none() {
        let cut = step("cut-issuer-user", of).by(Who::Administrator);
        let cut = cut
            .when(Text::new("when.user"))
            .run(["user=$(answer USER_NAME \"$T_WHICH_USER\")"])
            .run(aws::cut_user())
            .undo([
                "aws iam delete-user-policy --user-name \"$user\" --policy-name \
                 AWSRevokeOlderSessions",
            ]);
        steps.push(cut);
    }
    steps.push(step("writer", of).by_hand());
    steps
}

/// API keys and passwords of a user for one service.
fn service_specific(leak: &Leak, of: &[String]) -> Vec<Step> {
    let service = match leak.kind.as_str() {
        "aws-bedrock-api-key" => " --service-name bedrock.amazonaws.com",
        "aws-cloudwatch-logs-key" => " --service-name logs.amazonaws.com",
        _ => "",
    };
    let user = match aws::user(leak) {
        Some(user) => format!("user={user}"),
        None => "user=$(answer USER_NAME \"$T_WHICH_USER\")".to_owned(),
    };
    let list = format!(
        "ids=$(aws iam list-service-specific-credentials --user-name \"$user\"{service} --output \
         text --query \"ServiceSpecificCredentials[?Status=='Active'].ServiceSpecificCredentialId\")"
    );
    let each = |what: &str| {
        format!(
            "for credential in $ids; do aws iam {what} --user-name \"$user\" \
             --service-specific-credential-id \"$credential\"; done"
        )
    };
    let off = step("service-off", of)
        .by(Who::Administrator)
        .run([
            user.clone(),
            list,
            each("update-service-specific-credential --status Inactive"),
        ])
        .undo([each("update-service-specific-credential --status Active")]);
    vec![off]
}

fn bedrock_short_term(leak: &Leak, of: &[String]) -> Vec<Step> {
    let deny = r#"policy='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"bedrock:CallWithBearerToken","Resource":"*"}]}'"#;
    let deny = step("bedrock-deny", of).by(Who::Administrator).run([
        "role=$(answer ROLE \"$T_WHICH_ROLE\")",
        deny,
        "aws iam put-role-policy --role-name \"$role\" --policy-name DenyBedrockBearerTokens \
         --policy-document \"$policy\"",
    ]);
    let deny = deny.undo([
        "aws iam delete-role-policy --role-name \"$role\" --policy-name DenyBedrockBearerTokens",
    ]);
    let mut signer = leak.clone();
    signer.access_key_id.clone_from(&leak.signed_by);
    let mut steps = vec![deny];
    steps.extend(temporary(&signer, of));
    steps
}

/// The password is made from the secret of an access key: that key must go.
fn smtp(leak: &Leak, of: &[String]) -> Vec<Step> {
    match &leak.access_key_id {
        Some(_) => user_key(leak, of, Situation::UserKey),
        None => vec![step("smtp", of).by(Who::Administrator).by_hand()],
    }
}

fn app_sync(of: &[String]) -> Step {
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

fn cloud_front(of: &[String]) -> Step {
    step("cloudfront", of)
        .by(Who::Administrator)
        .run([
            "aws cloudfront list-public-keys --output table",
            "key=$(answer PUBLIC_KEY_ID \"$T_WHICH_PUBLIC_KEY\")",
            "etag=$(aws cloudfront get-public-key --id \"$key\" --query ETag --output text)",
            "aws cloudfront delete-public-key --id \"$key\" --if-match \"$etag\"",
        ])
        .final_()
}
