//! The end of a plan: the proof that what leaked is gone, and that the keys are dead.

use super::case::{Case, Leak, Survey};
use super::step::{Phase, Step, Text, Who};
use super::steps::rewrite::Way;

/// The steps for all findings.
pub(super) fn steps(leaks: &[&Leak], case: &Case, survey: &Survey) -> Vec<Step> {
    let of: Vec<String> = leaks.iter().map(|leak| leak.fingerprint.clone()).collect();
    let mut steps = Vec::new();
    if leaks.iter().all(|leak| is_listed(leak)) {
        let death = Step::new(Phase::Prove, "death", &of).by(Who::Administrator);
        let list = "\"$KEYSWEEP\" inventory script >\"$OUT/inventory.sh\"";
        let run = "bash \"$OUT/inventory.sh\" >\"$OUT/inventory.json\"";
        let death = death.by_hand().when(Text::new("when.record"));
        steps.push(death.run([list, run]));
    }
    let prove = Step::new(Phase::Prove, "prove", &of);
    let start = "\"$KEYSWEEP\" prove \"${DEATH[@]}\" --report \"$REPORT\" \"${ONLY[@]}\"";
    let inventory = "if [ -s \"$OUT/inventory.json\" ]; then DEATH=(--inventory \
                     \"$OUT/inventory.json\"); else DEATH=(); fi";
    let prove = prove.run([inventory]);
    let prove = if case.target.is_remote() {
        prove.run([
            "WORK=$(mktemp -d \"${TMPDIR:-/tmp}/keysweep-prove.XXXXXX\")".to_owned(),
            "git clone -q --mirror -- \"$REPO\" \"$WORK/mirror.git\"".to_owned(),
            format!("{start} \"$WORK/mirror.git\""),
        ])
    } else {
        let remote = match Way::of(leaks, case, survey) {
            Way::Remote => " --remote \"$URL\"",
            Way::Here | Way::Local | Way::None => "",
        };
        prove.run([format!("{start}{remote} \"$REPO\"")])
    };
    steps.push(prove.detail(Text::new("detail.forks")));
    steps
}

/// True for a key that a listing of IAM can tell to be dead.
fn is_listed(leak: &Leak) -> bool {
    let arn = leak.validity.arn.as_deref().unwrap_or_default();
    let id = leak.access_key_id.as_deref();
    id.is_some_and(|id| id.starts_with("AKIA")) && !arn.ends_with(":root")
}
