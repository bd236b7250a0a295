//! What a CI system says of the change it runs for. Pure: variables and the event come in, a range
//! comes out.

mod github;
mod reports;
mod systems;

use std::collections::BTreeMap;

pub(super) use reports::report_for;
pub(super) use systems::System;

/// What is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everything, with the reason.
    Full(&'static str),
    /// What is new between two points.
    Change(Change),
    /// Nothing: a ref goes.
    Nothing(&'static str),
}

/// A change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Revisions of which the first that is there is the base; none if all of history is new.
    pub(super) bases: Vec<String>,
    /// What it ends in; all of these.
    pub(super) heads: Vec<String>,
    /// The ref that it is for, if known.
    pub(super) reference: Option<String>,
    /// How it was found, for people.
    pub(super) how: String,
    /// The base is no earlier state of the same ref, so that it may well be the head: a branch that
    /// was only just made.
    pub(super) may_be_same: bool,
}

/// A CI system's variables.
pub(super) struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Those of this process. Empty values count as absent.
    pub(super) fn of_process() -> Variables {
        let all = std::env::vars_os().filter_map(|(name, value)| {
            let value = value.into_string().ok().filter(|value| !value.is_empty())?;
            Some((name.into_string().ok()?, value))
        });
        Variables(all.collect())
    }

    /// The value of a variable.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The same, but no id that stands for nothing.
    fn commit(&self, name: &str) -> Option<String> {
        self.get(name).filter(|id| !is_null(id)).map(str::to_owned)
    }
}

/// True for the id that stands for no object.
fn is_null(id: &str) -> bool {
    id.len() >= 40 && id.bytes().all(|byte| byte == b'0')
}

/// What the CI system says; `event` is the text of GitHub's event file.
///
/// # Errors
/// Nothing can be told, with the reason.
pub(super) fn scope(
    system: System,
    variables: &Variables,
    event: Option<&str>,
) -> Result<Scope, String> {
    match system {
        System::GitHub => github::scope(variables, event),
        other => systems::scope(other, variables),
    }
}

/// A change to a ref of which nothing older is known: what its default branch does not have.
fn fresh(reference: Option<String>, default: &[Option<String>], how: &str) -> Change {
    let branch = reference
        .as_deref()
        .map(|r| r.strip_prefix("refs/heads/").unwrap_or(r));
    let known: Vec<&String> = default.iter().flatten().collect();
    // The default branch itself has no older state here: all of it is new. Where nobody says which
    // one that is, these two are not held against themselves, or nothing would be looked at.
    let is_default = match branch {
        Some(branch) if known.is_empty() => matches!(branch, "main" | "master"),
        _ => known.iter().any(|name| Some(name.as_str()) == branch),
    };
    let names: Vec<String> = if is_default {
        Vec::new()
    } else if known.is_empty() {
        ["HEAD", "main", "master"]
            .map(|name| format!("refs/remotes/origin/{name}"))
            .into()
    } else {
        let remote = known
            .iter()
            .map(|name| format!("refs/remotes/origin/{name}"));
        remote.collect()
    };
    let against = match names.first() {
        None => ": all of its history".to_owned(),
        Some(first) => format!(", against {first}"),
    };
    Change {
        bases: names,
        heads: vec!["HEAD".to_owned()],
        // What has no name may well be the default branch, and then all of it is left out.
        may_be_same: reference.is_some(),
        reference,
        how: format!("{how}{against}"),
    }
}

/// A change with a base that is known.
fn known(base: String, heads: Vec<String>, reference: Option<String>, how: &str) -> Change {
    Change {
        bases: vec![base],
        heads,
        reference,
        how: how.to_owned(),
        may_be_same: false,
    }
}

#[cfg(test)]
mod tests;
