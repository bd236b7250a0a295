//! What keeps it from happening again, fitted to what was found and to what the files tell.

use std::collections::BTreeSet;

use crate::remediation::case::{Leak, Survey};
use crate::remediation::quote::{code, word};
use crate::remediation::step::{Phase, Step, Text, Who};

/// Files by which a CI system is known, and the text about it.
const CI: [(&str, &str); 8] = [
    (".github/workflows/", "ci-github"),
    (".gitlab-ci.yml", "ci-gitlab"),
    ("bitbucket-pipelines.yml", "ci-bitbucket"),
    (".circleci/config.yml", "ci-circleci"),
    ("azure-pipelines.yml", "ci-azure"),
    ("Jenkinsfile", "ci-jenkins"),
    ("buildspec.yml", "ci-codebuild"),
    (".buildkite/", "ci-buildkite"),
];

/// The steps for all findings.
pub(in crate::remediation) fn steps(leaks: &[&Leak], survey: &Survey) -> Vec<Step> {
    let of: Vec<String> = leaks.iter().map(|leak| leak.fingerprint.clone()).collect();
    let step = |key| Step::new(Phase::Prevent, key, &of);
    let mut steps = vec![
        step("hook")
            .run(["(cd \"$REPO\" && \"$KEYSWEEP\" hook install)"])
            .undo(["(cd \"$REPO\" && \"$KEYSWEEP\" hook uninstall)"])
            .by_hand(),
        step("gate").run(["keysweep ci"]).by_hand(),
    ];
    let ignored = ignored(leaks);
    if !ignored.is_empty() {
        let mut step = step("ignore").by_hand();
        for pattern in &ignored {
            step = step.run([format!(
                "printf '%s\\n' {} >>.gitignore",
                word(pattern.as_bytes())
            )]);
        }
        steps.push(step);
    }
    let root = leaks.iter().any(|leak| {
        let arn = leak.validity.arn.as_deref().unwrap_or_default();
        arn.ends_with(":root")
    });
    if root {
        steps.push(step("no-root-keys").by(Who::Root).by_hand());
    }
    if leaks
        .iter()
        .any(|leak| leak.kind == "aws-access-key" || leak.kind == "aws-access-key-id")
    {
        steps.push(step("roles").by(Who::Administrator).by_hand());
        steps.push(
            step("people")
                .by(Who::Administrator)
                .by_hand()
                .run(["aws configure sso --profile NAME"]),
        );
        steps.push(step("environment").by_hand());
    }
    let bedrock = |leak: &&Leak| leak.kind.starts_with("aws-bedrock");
    if leaks.iter().any(bedrock) {
        steps.push(step("bedrock").by(Who::Administrator).by_hand());
    }
    for (file, key) in systems(survey) {
        let found = Text::new("detail.ci").with("path", code(&file));
        steps.push(step(key).by(Who::Administrator).by_hand().detail(found));
    }
    let message = |field: &str| {
        leaks
            .iter()
            .flat_map(|l| &l.occurrences)
            .any(|s| s.field == field)
    };
    if message("message") {
        steps.push(step("messages").by_hand());
    }
    steps.push(step("alarms").by(Who::Administrator).by_hand());
    steps
}

/// CI systems in use, each with the file that tells.
fn systems(survey: &Survey) -> Vec<(Vec<u8>, &'static str)> {
    let of = |(mark, key): &(&str, &'static str)| {
        let mark = mark.as_bytes();
        let paths = survey.paths.iter();
        let mut found =
            paths.filter(|path| *path == mark || (mark.ends_with(b"/") && path.starts_with(mark)));
        found.next().map(|path| (path.clone(), *key))
    };
    CI.iter().filter_map(of).collect()
}

/// Patterns for `.gitignore` that fit the files that leaked.
fn ignored(leaks: &[&Leak]) -> BTreeSet<&'static str> {
    let spots = leaks.iter().flat_map(|leak| &leak.occurrences);
    let paths = spots
        .filter(|spot| spot.field == "content")
        .filter_map(|spot| spot.path.clone());
    let mut patterns = BTreeSet::new();
    for path in paths {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        let known = [
            (name == ".env" || name.starts_with(".env."), ".env"),
            (name.starts_with(".env."), ".env.*"),
            (
                name.ends_with(".tfstate") || name.contains(".tfstate."),
                "*.tfstate*",
            ),
            (name.ends_with(".tfvars"), "*.tfvars"),
            (
                name.to_ascii_lowercase().ends_with("accesskeys.csv"),
                "*_accessKeys.csv",
            ),
            (name == "rootkey.csv", "rootkey.csv"),
            (name == "credentials" && path.contains(".aws"), ".aws/"),
        ];
        patterns.extend(
            known
                .into_iter()
                .filter(|(is, _)| *is)
                .map(|(_, pattern)| pattern),
        );
    }
    patterns
}
