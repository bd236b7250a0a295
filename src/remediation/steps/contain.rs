//! What makes a key useless, for each situation its own path.

use super::{aws, services, sessions};
use crate::remediation::case::{Leak, Survey, Wishes};
use crate::remediation::quote::word;
use crate::remediation::situation::{Partition, Reach, Situation};
use crate::remediation::step::{Phase, Step, Text, Who};

/// The steps for one finding.
pub(in crate::remediation) fn steps(
    leak: &Leak,
    wishes: &Wishes,
    survey: &Survey,
    reach: Reach,
) -> Vec<Step> {
    let of = [leak.fingerprint.clone()];
    let situation = Situation::of(leak, wishes);
    let mut steps = match situation {
        Situation::Canary => vec![step("canary", &of).by_hand()],
        Situation::Dead => vec![step("dead", &of).by_hand()],
        Situation::Foreign => vec![foreign(leak, &of)],
        Situation::Root => root(leak, &of),
        Situation::UserKey | Situation::IdAlone => user_key(leak, &of, situation),
        Situation::SecretAlone => vec![secret_alone(&of)],
        Situation::Role | Situation::Temporary => sessions::steps(leak, survey, &of),
        Situation::BedrockShortTerm => sessions::bedrock(leak, survey, &of),
        Situation::ServiceSpecific => vec![services::off(leak, &of)],
        Situation::Smtp => smtp(leak, &of),
        Situation::AppSync => vec![services::app_sync(&of)],
        Situation::CloudFront => vec![services::cloud_front(leak, &of)],
        Situation::ShortLived => vec![step("short-lived", &of).by(Who::Administrator).by_hand()],
        Situation::Mws => vec![step("mws", &of).by_hand()],
        Situation::Custom => vec![step("custom", &of).by_hand()],
    };
    if !situation.is_live() {
        return steps;
    }
    if leak.validity.state != "active"
        && let Some(first) = steps.first_mut()
    {
        first.details.insert(0, Text::new("detail.unverified"));
    }
    if reach == Reach::Local {
        for step in steps.iter_mut().filter(|step| step.when.is_none()) {
            step.when = Some(Text::new("when.shared"));
        }
        let mark = format!(
            "\"$KEYSWEEP\" plan --mark contained --fingerprint {}",
            leak.fingerprint
        );
        let local = step("local", &of).by_hand().when(Text::new("when.private"));
        steps.insert(0, local.run([mark]));
    }
    steps
}

pub(super) fn step(key: &'static str, of: &[String]) -> Step {
    Step::new(Phase::Contain, key, of)
}

fn id(leak: &Leak) -> &str {
    leak.access_key_id.as_deref().unwrap_or("KEY_ID")
}

fn foreign(leak: &Leak, of: &[String]) -> Step {
    let account = leak.account_id.clone().unwrap_or_default();
    let step = step("foreign", of).by_hand().by(Who::You);
    let step = step.with("account", account);
    match &leak.access_key_id {
        Some(id) => step.run([format!("aws sts get-access-key-info --access-key-id {id}")]),
        None => step,
    }
}

fn secret_alone(of: &[String]) -> Step {
    step("secret-alone", of)
        .by(Who::Administrator)
        .by_hand()
        .run(["aws iam list-access-keys --user-name USER_NAME --output table"])
}

/// Deactivation, the sessions that outlive it, and the user whom AWS has put in quarantine.
fn user_key(leak: &Leak, of: &[String], situation: Situation) -> Vec<Step> {
    let id = id(leak);
    let mut steps = Vec::new();
    if situation == Situation::IdAlone {
        steps.push(step("id-alone", of).by_hand());
    }
    let own = |key| step(key, of).with("id", id).by(Who::Administrator);
    let owner = own("owner").run(aws::whose(id)).run([aws::user_of(id)]);
    steps.push(owner.check([
        "[ \"$owner\" = \"$caller\" ] || die \"$T_OTHER_ACCOUNT $owner\"",
        "case $user in '' | None | '<root_account>') die \"$T_ROOT_KEY\" ;; esac",
    ]));
    let query = format!(
        "aws iam list-access-keys --user-name \"$user\" --output text --query \
         \"AccessKeyMetadata[?AccessKeyId=='{id}'].Status\""
    );
    let last = format!("\"$OUT/last-used-{id}.json\"");
    steps.push(own("state").run([
        aws::user_of(id),
        format!("say \"$T_STATUS $({query})\""),
        format!("aws iam get-access-key-last-used --access-key-id {id} --output json >{last}"),
        format!("cat {last}"),
    ]));
    steps.push(control_policy(leak, of, &user_arn(id)));
    let status =
        format!("aws iam update-access-key --user-name \"$user\" --access-key-id {id} --status");
    let deactivate = own("deactivate")
        .run([aws::user_of(id), format!("{status} Inactive")])
        .check([format!("[ \"$({query})\" = Inactive ]")]);
    steps.push(deactivate.undo([format!("{status} Active")]));
    steps.push(aws::cut_user(own("cut-user").run([aws::user_of(id)])));
    steps.push(quarantine(id, of));
    steps
}

/// Sets `arn` to the user's.
fn user_arn(id: &str) -> [String; 2] {
    [
        aws::user_of(id),
        "arn=$(aws iam get-user --user-name \"$user\" --query User.Arn --output text)".to_owned(),
    ]
}

/// What is quicker than IAM, where the account is a member of an organization.
fn control_policy(leak: &Leak, of: &[String], arn: &[String]) -> Step {
    let account = leak.account_id.as_deref().unwrap_or("ACCOUNT");
    let deny = r#"policy='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":"'"$arn"'"}}}]}'"#;
    step("control-policy", of)
        .by(Who::Root)
        .by_hand()
        .when(Text::new("when.attacker"))
        .run(arn.iter().cloned())
        .run([
            deny.to_owned(),
            "scp=$(aws organizations create-policy --type SERVICE_CONTROL_POLICY --name \
             DenyLeakedKey --description 'Until the leaked key is dead' --content \"$policy\" \
             --query Policy.PolicySummary.Id --output text)"
                .to_owned(),
            format!("aws organizations attach-policy --policy-id \"$scp\" --target-id {account}"),
        ])
        .undo([
            format!("aws organizations detach-policy --policy-id \"$scp\" --target-id {account}"),
            "aws organizations delete-policy --policy-id \"$scp\"".to_owned(),
        ])
}

fn quarantine(id: &str, of: &[String]) -> Step {
    step("quarantine", of)
        .by(Who::Administrator)
        .run([aws::user_of(id), QUARANTINED.to_owned()])
        .run([
            "if [ -n \"$quarantined\" ] && [ \"$quarantined\" != None ]; then \
             say \"$T_QUARANTINED $quarantined\"; fi",
        ])
}

/// Finds out whether AWS has put `$user` in quarantine.
pub(super) const QUARANTINED: &str = "quarantined=$(aws iam list-attached-user-policies --user-name \
    \"$user\" --output text --query \"AttachedPolicies[?starts_with(PolicyName, \
    'AWSCompromisedKeyQuarantine')].PolicyName\")";

/// Root's keys are deleted, not rotated: nothing limits root.
fn root(leak: &Leak, of: &[String]) -> Vec<Step> {
    let id = id(leak);
    let account = leak.account_id.as_deref();
    let partition = Partition::of(leak);
    let arn = format!(
        "arn=arn:{}:iam::{}:root",
        partition.name(),
        account.unwrap_or("ACCOUNT")
    );
    let own = |key| step(key, of).by(Who::Root).by_hand();
    let mut steps = Vec::new();
    if leak.kind.starts_with("aws-temporary") || leak.kind == "aws-session-token" {
        steps.push(own("root-session"));
    } else {
        let delete = own("root-delete").with("id", id);
        let delete = delete.run([format!("aws iam delete-access-key --access-key-id {id}")]);
        let mut delete = delete
            .check(["aws iam get-account-summary --query SummaryMap.AccountAccessKeysPresent"])
            .final_();
        if partition == Partition::China {
            delete = delete.detail(Text::new("detail.china-root"));
        }
        steps.push(delete);
        if let (Some(account), Partition::Aws) = (account, partition) {
            steps.push(member(account, id, of));
        }
    }
    steps.push(control_policy(leak, of, &[arn]));
    steps.push(own("root-secure"));
    steps
}

/// The management account acts as root of a member, for one task.
fn member(account: &str, id: &str, of: &[String]) -> Step {
    let assume = format!(
        "session=$(AWS_STS_REGIONAL_ENDPOINTS=regional aws sts assume-root --region us-west-2 \
         --target-principal {account} --task-policy-arn \
         arn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials --query \
         'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)"
    );
    step("root-member", of)
        .by(Who::Root)
        .by_hand()
        .when(Text::new("when.member"))
        .run([
            assume,
            "read -r key secret token <<<\"$session\"".to_owned(),
            format!(
                "AWS_ACCESS_KEY_ID=$key AWS_SECRET_ACCESS_KEY=$secret AWS_SESSION_TOKEN=$token aws \
                 iam delete-access-key --access-key-id {id}"
            ),
            "unset session key secret token".to_owned(),
        ])
        .final_()
}

/// The password is made from the secret of an access key: that key must go.
fn smtp(leak: &Leak, of: &[String]) -> Vec<Step> {
    match &leak.access_key_id {
        Some(_) => user_key(leak, of, Situation::UserKey),
        None => vec![step("smtp", of).by(Who::Administrator).by_hand()],
    }
}

/// Sets a variable of bash to a name that is known, or else asks for it.
pub(super) fn named(variable: &str, known: Option<String>, question: (&str, &str)) -> String {
    if let Some(name) = known {
        format!("{variable}={name}")
    } else {
        let (name, text) = question;
        format!("{variable}=$(answer {} \"${text}\")", word(name.as_bytes()))
    }
}
