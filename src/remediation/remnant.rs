//! What an investigation found standing, as steps: one for each thing, to look at and to remove.

use serde::Deserialize;

use super::case::Unread;
use super::quote;
use super::step::{Phase, Step, Text, Who};

/// Steps that are made; a thousand machines are removed by a loop, not by a thousand steps.
const STEPS_MAX: usize = 500;

/// What `keysweep investigate -f json` wrote, as far as a plan needs it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Investigated {
    schema: String,
    /// False if not all logs were read.
    pub complete: bool,
    resources: Vec<Remnant>,
}

/// Something that was made or changed.
#[derive(Clone, Debug, Deserialize)]
struct Remnant {
    kind: String,
    id: String,
    region: Option<String>,
    account_id: String,
    call: String,
    standing: String,
    show: Vec<String>,
    remove: Vec<String>,
}

impl Investigated {
    /// Reads one.
    ///
    /// # Errors
    /// The text is no investigation.
    pub fn read(json: &[u8]) -> Result<Investigated, Unread> {
        let read: Investigated =
            serde_json::from_slice(json).map_err(|error| Unread::Shape(error.to_string()))?;
        if read.schema != "keysweep-investigation/1" {
            return Err(Unread::Schema(read.schema));
        }
        Ok(read)
    }

    /// A step for each thing that stands or was changed.
    pub(super) fn steps(&self, findings: &[String]) -> Vec<Step> {
        let left = self
            .resources
            .iter()
            .filter(|thing| thing.standing != "gone");
        let mut steps: Vec<Step> = left
            .clone()
            .take(STEPS_MAX)
            .map(|thing| thing.step(findings))
            .collect();
        let more = left.count().saturating_sub(STEPS_MAX);
        if more > 0 {
            let step = Step::new(Phase::Investigate, "more-remnants", findings);
            steps.push(
                step.by(Who::Administrator)
                    .by_hand()
                    .with("n", more.to_string()),
            );
        }
        if !self.complete {
            steps.push(Step::new(Phase::Investigate, "logs-incomplete", findings).by_hand());
        }
        steps
    }
}

impl Remnant {
    fn step(&self, findings: &[String]) -> Step {
        let code = |text: &str| quote::code(text.as_bytes());
        let key = match self.standing.as_str() {
            "changed" => "changed-thing",
            _ => "remnant",
        };
        let region = self.region.as_deref().unwrap_or("-");
        let step = Step::new(Phase::Investigate, key, findings)
            .by(Who::Administrator)
            .with("kind", code(&self.kind))
            .with("id", code(&self.id))
            .with("region", code(region))
            .with("account", code(&self.account_id))
            .with("call", code(&self.call));
        let all = || self.show.iter().chain(&self.remove);
        // A file may say anything; the script runs what is one command of the AWS CLI, and no more.
        if self.remove.is_empty() || !all().all(|command| is_one_call(command)) {
            let lines =
                all().map(|command| Text::new("detail.command").with("command", code(command)));
            let step = lines.fold(step, Step::detail);
            return step.by_hand();
        }
        step.run(self.remove.iter().cloned())
            .check(self.show.iter().cloned())
            .final_()
    }
}

/// True for `aws …` with plain or quoted words and nothing else that a shell acts on.
fn is_one_call(command: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    let plain = |c: char| c.is_ascii_alphanumeric() || " _./:=@,+-".contains(c);
    let fine = command.chars().all(|c| {
        if escaped {
            escaped = false;
            return c == '\'';
        }
        match c {
            '\n' | '\r' => false,
            '\'' => {
                quoted = !quoted;
                true
            }
            _ if quoted => true,
            '\\' => {
                escaped = true;
                true
            }
            c => plain(c),
        }
    });
    fine && !quoted && !escaped && command.starts_with("aws ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_of_the_cli_run_by_themselves() {
        for fine in [
            "aws iam delete-user --user-name bob",
            "aws iam delete-user --user-name 'b $(id) ob'",
            r"aws iam delete-user --user-name 'it'\''s'",
            "aws ec2 terminate-instances --region eu-west-1 --instance-ids i-0123",
        ] {
            assert!(is_one_call(fine), "{fine}");
        }
        for wrong in [
            "aws iam delete-user; id",
            "aws iam delete-user $(id)",
            "aws iam delete-user `id`",
            "aws iam delete-user --user-name 'open",
            "aws iam delete-user\nid",
            "aws iam list-users | sh",
            r"aws iam delete-user \",
            "rm -rf /",
        ] {
            assert!(!is_one_call(wrong), "{wrong}");
        }
    }

    #[test]
    fn what_stands_becomes_a_step_and_what_is_gone_does_not() {
        let thing = |standing: &str, remove: &str| {
            serde_json::json!({
                "kind": "user", "id": "backdoor", "region": null, "account_id": "111122223333",
                "call": "CreateUser", "standing": standing,
                "show": ["aws iam get-user --user-name backdoor"], "remove": [remove],
            })
        };
        let json = serde_json::json!({
            "schema": "keysweep-investigation/1", "complete": false,
            "resources": [
                thing("stands", "aws iam delete-user --user-name backdoor"),
                thing("gone", "aws iam delete-user --user-name backdoor"),
                thing("stands", "aws iam delete-user --user-name x; id"),
            ],
        });
        let found = Investigated::read(json.to_string().as_bytes()).unwrap();
        let steps = found.steps(&["ks1-x".to_owned()]);
        assert_eq!(steps.len(), 3);
        assert_eq!(
            steps[0].commands,
            ["aws iam delete-user --user-name backdoor"]
        );
        assert!(steps[1].commands.is_empty(), "it is only shown");
        assert!(steps[1].details.len() == 2);
        assert_eq!(steps[2].text.key, "logs-incomplete");
        assert!(Investigated::read(b"{}").is_err());
    }
}
