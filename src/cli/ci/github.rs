//! GitHub Actions: the event that a workflow runs for.
//! Source: GitHub's documentation, "Events that trigger workflows" and "Webhook events and payloads".

use serde_json::Value;

use super::{Change, Scope, Variables, fresh, is_null, known};

fn text(event: &Value, pointer: &str) -> Option<String> {
    let text = event.pointer(pointer).and_then(Value::as_str)?;
    Some(text.to_owned()).filter(|text| !text.is_empty() && !is_null(text))
}

pub(super) fn scope(variables: &Variables, event: Option<&str>) -> Result<Scope, String> {
    let name = variables.get("GITHUB_EVENT_NAME").unwrap_or_default();
    match name {
        "schedule" => return Ok(Scope::Full("the run is scheduled")),
        "workflow_dispatch" => return Ok(Scope::Full("the run was started by hand")),
        _ => {}
    }
    let event = event.ok_or("GITHUB_EVENT_PATH names no file that can be read")?;
    let event: Value = serde_json::from_str(event)
        .map_err(|error| format!("the file that GITHUB_EVENT_PATH names is no JSON: {error}"))?;
    let missing = |what: &str| format!("the event {name} does not say {what}");
    let head = || "HEAD".to_owned();
    match name {
        "pull_request" => {
            let base = text(&event, "/pull_request/base/sha").ok_or_else(|| missing("its base"))?;
            // The checkout is a merge of both; it holds what its resolution brings, too.
            let change = known(
                base,
                vec![head()],
                None,
                "a pull request, merged with its base",
            );
            Ok(Scope::Change(change))
        }
        "pull_request_target" | "pull_request_review" | "pull_request_review_comment" => {
            let base = text(&event, "/pull_request/base/sha").ok_or_else(|| missing("its base"))?;
            let head = text(&event, "/pull_request/head/sha").ok_or_else(|| missing("its head"))?;
            // HEAD may be the base here: the change itself must be there.
            Ok(Scope::Change(known(
                base,
                vec![head],
                None,
                "the head of a pull request",
            )))
        }
        "merge_group" => {
            let base = text(&event, "/merge_group/base_sha").ok_or_else(|| missing("its base"))?;
            let head = text(&event, "/merge_group/head_sha").unwrap_or_else(head);
            Ok(Scope::Change(known(
                base,
                vec![head],
                None,
                "a merge queue's group",
            )))
        }
        "push" => push(variables, &event),
        _ => Err(format!("for the event \"{name}\" no change is known")),
    }
}

fn push(variables: &Variables, event: &Value) -> Result<Scope, String> {
    if event.pointer("/deleted").and_then(Value::as_bool) == Some(true) {
        return Ok(Scope::Nothing("a ref was deleted"));
    }
    let reference = text(event, "/ref").or_else(|| variables.get("GITHUB_REF").map(str::to_owned));
    let heads = vec![text(event, "/after").unwrap_or_else(|| "HEAD".to_owned())];
    let change = if let Some(before) = text(event, "/before") {
        known(
            before,
            heads,
            reference,
            "a push, against what was there before",
        )
    } else {
        let default = text(event, "/repository/default_branch");
        Change {
            heads,
            ..fresh(reference, &[default], "a new ref")
        }
    };
    Ok(Scope::Change(change))
}
