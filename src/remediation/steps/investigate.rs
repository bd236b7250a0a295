//! What was done with a key, and what must be found and removed.

use super::aws;
use crate::remediation::case::{Leak, Wishes};
use crate::remediation::situation::{Partition, Situation};
use crate::remediation::step::{Phase, Step, Text, Who};

/// The steps for one finding.
pub(in crate::remediation) fn steps(leak: &Leak, wishes: &Wishes) -> Vec<Step> {
    let situation = Situation::of(leak, wishes);
    let of = [leak.fingerprint.clone()];
    // What is dead now may have been used while it lived.
    let asked = situation.is_live() || situation == Situation::Dead;
    let Some(id) = leak.access_key_id.as_deref().or(leak.signed_by.as_deref()) else {
        return Vec::new();
    };
    if !asked {
        return Vec::new();
    }
    let since = since(leak);
    let step = |key| Step::new(Phase::Investigate, key, &of).by(Who::Administrator);
    let trail = step("trail")
        .with("id", id)
        .with("since", since.unwrap_or_else(|| "?".to_owned()))
        .run([
            format!("mkdir -p \"$OUT/events-{id}\""),
            format!(
                "regions=$(aws ec2 describe-regions --region {} --query 'Regions[].RegionName' \
                 --output text)",
                Partition::of(leak).home()
            ),
            format!(
                "for region in $regions; do aws cloudtrail lookup-events --region \"$region\" \
                 --lookup-attributes AttributeKey=AccessKeyId,AttributeValue={id} --output json \
                 >\"$OUT/events-{id}/$region.json\" || say \"$T_NO_EVENTS $region\"; sleep 1; done"
            ),
        ])
        .check([format!("ls -l \"$OUT/events-{id}\"")])
        .detail(Text::new("detail.window"))
        .detail(Text::new("detail.events"))
        .detail(Text::new("detail.ip"));
    let remains = step("remains")
        .run([
            "aws iam generate-credential-report >/dev/null",
            "sleep 2",
            "aws iam get-credential-report --query Content --output text | base64 -d \
             >\"$OUT/credential-report.csv\"",
            "aws iam list-users --query 'Users[].[CreateDate,UserName]' --output text | sort",
            "aws iam list-roles --query 'Roles[].[CreateDate,RoleName]' --output text | sort",
        ])
        .detail(Text::new("detail.remains"))
        .detail(Text::new("detail.regions"))
        .detail(Text::new("detail.case"));
    let mut steps = vec![trail, remains];
    if matches!(situation, Situation::UserKey | Situation::IdAlone) {
        let roles = step("assumed")
            .when(Text::new("when.assumed"))
            .run(["role=$(answer ROLE \"$T_WHICH_ROLE\")"])
            .run(aws::cut_role())
            .undo([
                "aws iam delete-role-policy --role-name \"$role\" --policy-name \
                 AWSRevokeOlderSessions",
            ]);
        steps.push(roles);
    }
    steps
}

/// The day from which others may have had it.
fn since(leak: &Leak) -> Option<String> {
    let day = leak.exposure.first_seen.as_deref()?.get(..10)?;
    let fine = day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    fine.then(|| day.to_owned())
}
