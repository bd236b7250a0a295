//! CI systems that say all in variables, and what each calls the depth of a clone.

use super::{Scope, Variables, fresh, known};

/// A CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum System {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Azure Pipelines.
    Azure,
    /// Jenkins.
    Jenkins,
    /// CircleCI.
    Circle,
    /// Buildkite.
    Buildkite,
}

impl System {
    /// The system that this runs in.
    pub(in crate::cli) fn detect(variables: &Variables) -> Option<System> {
        let marks = [
            ("GITHUB_ACTIONS", System::GitHub),
            ("GITLAB_CI", System::GitLab),
            ("BITBUCKET_BUILD_NUMBER", System::Bitbucket),
            ("TF_BUILD", System::Azure),
            ("BUILDKITE", System::Buildkite),
            ("CIRCLECI", System::Circle),
            ("JENKINS_URL", System::Jenkins),
        ];
        let found = marks.iter().find(|(name, _)| variables.get(name).is_some());
        found.map(|(_, system)| *system)
    }

    /// As people call it.
    pub(in crate::cli) const fn name(self) -> &'static str {
        match self {
            System::GitHub => "GitHub Actions",
            System::GitLab => "GitLab CI",
            System::Bitbucket => "Bitbucket Pipelines",
            System::Azure => "Azure Pipelines",
            System::Jenkins => "Jenkins",
            System::Circle => "CircleCI",
            System::Buildkite => "Buildkite",
        }
    }

    /// The setting that fetches all of history.
    pub(in crate::cli) const fn depth_setting(self) -> &'static str {
        match self {
            System::GitHub => "set `fetch-depth: 0` in the step `actions/checkout`",
            System::GitLab => "set the variable `GIT_DEPTH: 0` in the job",
            System::Bitbucket => "set `clone: depth: full` in bitbucket-pipelines.yml",
            System::Azure => "set `fetchDepth: 0` in the step `checkout: self`",
            System::Jenkins => {
                "set `CloneOption` with `shallow: false`, and fetch the target branch as well"
            }
            System::Circle => "use the step `checkout` with `method: full`, and fetch the base",
            System::Buildkite => {
                "take `--depth` out of BUILDKITE_GIT_CLONE_FLAGS and BUILDKITE_GIT_FETCH_FLAGS"
            }
        }
    }
}

fn remote_branch(name: &str) -> String {
    let name = name.strip_prefix("refs/heads/").unwrap_or(name);
    format!("refs/remotes/origin/{name}")
}

/// What these systems say of the change.
pub(super) fn scope(system: System, variables: &Variables) -> Result<Scope, String> {
    let get = |name: &str| variables.get(name).map(str::to_owned);
    let head = || vec!["HEAD".to_owned()];
    let pull = "a pull request, against its target";
    let new = "a push";
    let change = match system {
        System::GitHub => return Err("its event was not read".to_owned()),
        System::GitLab => return gitlab(variables),
        System::Bitbucket => match variables.commit("BITBUCKET_PR_DESTINATION_COMMIT") {
            Some(base) => known(base, head(), None, pull),
            None => match get("BITBUCKET_PR_DESTINATION_BRANCH") {
                Some(branch) => known(remote_branch(&branch), head(), None, pull),
                None => fresh(get("BITBUCKET_BRANCH"), &[], new),
            },
        },
        System::Azure => {
            let reason = variables.get("BUILD_REASON").unwrap_or_default();
            if matches!(reason, "Schedule" | "Manual") {
                return Ok(Scope::Full("the run is scheduled, or was started by hand"));
            }
            match get("SYSTEM_PULLREQUEST_TARGETBRANCH") {
                Some(branch) => known(remote_branch(&branch), head(), None, pull),
                None => fresh(get("BUILD_SOURCEBRANCH"), &[], new),
            }
        }
        System::Jenkins => {
            let before = variables
                .commit("GIT_PREVIOUS_SUCCESSFUL_COMMIT")
                .or_else(|| variables.commit("GIT_PREVIOUS_COMMIT"));
            match (get("CHANGE_TARGET"), before) {
                (Some(branch), _) => known(remote_branch(&branch), head(), None, pull),
                // The same commit may be built again.
                (None, Some(base)) if Some(&base) != get("GIT_COMMIT").as_ref() => {
                    known(base, head(), None, "what is new since the last good build")
                }
                _ => fresh(get("BRANCH_NAME"), &[], new),
            }
        }
        System::Circle => fresh(get("CIRCLE_BRANCH"), &[], new),
        System::Buildkite => {
            if variables.get("BUILDKITE_SOURCE") == Some("schedule") {
                return Ok(Scope::Full("the run is scheduled"));
            }
            if let Some(branch) = get("BUILDKITE_PULL_REQUEST_BASE_BRANCH") {
                known(remote_branch(&branch), head(), None, pull)
            } else {
                let default = get("BUILDKITE_PIPELINE_DEFAULT_BRANCH");
                fresh(get("BUILDKITE_BRANCH"), &[default], new)
            }
        }
    };
    Ok(Scope::Change(change))
}

/// Source: GitLab's documentation, "Predefined CI/CD variables".
fn gitlab(variables: &Variables) -> Result<Scope, String> {
    let source = variables.get("CI_PIPELINE_SOURCE").unwrap_or_default();
    if matches!(source, "schedule" | "web") {
        return Ok(Scope::Full(
            "the pipeline is scheduled, or was started by hand",
        ));
    }
    let head = vec!["HEAD".to_owned()];
    if let Some(base) = variables.commit("CI_MERGE_REQUEST_DIFF_BASE_SHA") {
        let how = "a merge request, against its base";
        return Ok(Scope::Change(known(base, head, None, how)));
    }
    if source == "merge_request_event" {
        return Err("CI_MERGE_REQUEST_DIFF_BASE_SHA is not set in this merge request".to_owned());
    }
    let reference = variables.get("CI_COMMIT_REF_NAME").map(str::to_owned);
    if let Some(before) = variables.commit("CI_COMMIT_BEFORE_SHA") {
        let how = "a push, against what was there before";
        return Ok(Scope::Change(known(before, head, reference, how)));
    }
    let default = variables.get("CI_DEFAULT_BRANCH").map(str::to_owned);
    Ok(Scope::Change(fresh(
        reference,
        &[default],
        "a new branch or tag",
    )))
}
