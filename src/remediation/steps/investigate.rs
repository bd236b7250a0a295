//! What was done with a key, and what must be found and removed.

use super::aws;
use super::contain::named;
use crate::remediation::case::{Leak, Wishes};
use crate::remediation::situation::Situation;
use crate::remediation::step::{Phase, Step, Text, Who};

/// The steps for one finding.
pub(in crate::remediation) fn steps(leak: &Leak, wishes: &Wishes) -> Vec<Step> {
    let situation = Situation::of(leak, wishes);
    // What is dead now may have been used while it lived.
    if !situation.is_live() && situation != Situation::Dead {
        return Vec::new();
    }
    let of = [leak.fingerprint.clone()];
    let is_key = |id: &&str| id.starts_with("AKIA") || id.starts_with("ASIA");
    let id = leak.access_key_id.as_deref().filter(is_key);
    let id = id.or_else(|| leak.signed_by.as_deref().filter(is_key));
    let Some(id) = id else {
        return match situation {
            Situation::ServiceSpecific => vec![by_user(leak, &of), remains(&of)],
            _ => Vec::new(),
        };
    };
    let mut steps = vec![trail(leak, id, &of), read(id, &of), remains(&of)];
    if situation != Situation::Dead {
        let roles = step("assumed", &of).when(Text::new("when.assumed"));
        let name = named("role", None, ("ASSUMED_ROLE", "T_WHICH_ROLE"));
        steps.push(aws::cut_role(roles.run([name])));
    }
    steps
}

fn step(key: &'static str, of: &[String]) -> Step {
    Step::new(Phase::Investigate, key, of).by(Who::Administrator)
}

/// Fetches events from all regions; a region that fails is named, and does not end it.
fn fetch(step: Step, leak: &Leak, attribute: &str, folder: &str) -> Step {
    step.with("since", since(leak).unwrap_or_else(|| "?".to_owned()))
        .run([
            format!("mkdir -p {folder}"),
            aws::regions(leak),
            format!(
                "for region in $regions; do\n  aws cloudtrail lookup-events --region \"$region\" \
                 --lookup-attributes {attribute} --output json >{folder}/\"$region.json\" ||\n    \
                 say \"$T_NO_EVENTS $region\"\ndone"
            ),
        ])
        .check([format!("ls -l {folder}")])
        .detail(Text::new("detail.window"))
}

fn trail(leak: &Leak, id: &str, of: &[String]) -> Step {
    let attribute = format!("AttributeKey=AccessKeyId,AttributeValue={id}");
    let folder = format!("\"$OUT/events-{id}\"");
    fetch(step("trail", of).with("id", id), leak, &attribute, &folder)
}

/// What came of it, from the files: 1 says that something still stands, 3 that logs are missing.
fn read(id: &str, of: &[String]) -> Step {
    step("read", of)
        .run([format!(
            "\"$KEYSWEEP\" investigate --report \"$REPORT\" --key-id {id} --events \
             \"$OUT/events-{id}\" -o \"json=$OUT/investigation-{id}.json\" || [ $? != 2 ]"
        )])
        .detail(Text::new("detail.events"))
        .detail(Text::new("detail.ip"))
}

/// A service's key has no ID in CloudTrail: its user is looked for.
fn by_user(leak: &Leak, of: &[String]) -> Step {
    let user = named("user", aws::user(leak), ("USER_NAME", "T_WHICH_USER"));
    let attribute = "AttributeKey=Username,AttributeValue=\"$user\"";
    let folder = "\"$OUT/events-$user\"";
    let step = step("trail-user", of).run([user]);
    fetch(step, leak, attribute, folder)
        .detail(Text::new("detail.bearer"))
        .detail(Text::new("detail.ip"))
}

fn remains(of: &[String]) -> Step {
    step("remains", of)
        .run([
            "for try in 1 2 3 4 5 6; do\n  made=$(aws iam generate-credential-report --query State \
             --output text)\n  if [ \"$made\" = COMPLETE ] || [ \"$try\" = 6 ]; then break; fi\n  \
             sleep 5\ndone",
            "aws iam get-credential-report --query Content --output text | base64 -d \
             >\"$OUT/credential-report.csv\"",
            "aws iam list-users --query 'Users[].[CreateDate,UserName]' --output text | sort",
            "aws iam list-roles --query 'Roles[].[CreateDate,RoleName]' --output text | sort",
        ])
        .detail(Text::new("detail.remains"))
        .detail(Text::new("detail.regions"))
        .detail(Text::new("detail.case"))
}

/// The day from which others may have had it.
fn since(leak: &Leak) -> Option<String> {
    let day = leak.exposure.first_seen.as_deref()?.get(..10)?;
    let fine = day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    fine.then(|| day.to_owned())
}
