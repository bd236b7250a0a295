//! What `keysweep explain` says, for people and for machines.

use std::io::{self, Write};

use serde::Serialize;

use super::escape;
use crate::model::{Explanation, rfc3339, utc};

#[derive(Serialize)]
struct Dto<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    kind: &'static str,
    what: &'static str,
    is_credential: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_unknown: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    can: &'a [String],
    next: &'a [String],
}

/// Writes one pretty-printed document.
///
/// # Errors
/// Only those of `out`.
pub fn write_explanation_json(told: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let details = &told.details;
    let dto = Dto {
        schema: "keysweep-explain/1",
        id: told.shown.as_deref(),
        kind: told.kind,
        what: told.what,
        is_credential: told.is_credential,
        generation: told.generation,
        account_id: details.account.as_deref(),
        account_unknown: told.account_unknown,
        canary: details.canary,
        example: told.example,
        user: details.user.as_deref(),
        region: details.region.as_deref(),
        signed_by: details.signed_by.as_deref(),
        expires_at: details.expires.and_then(rfc3339),
        can: &told.can,
        next: &told.next,
    };
    serde_json::to_writer_pretty(&mut *out, &dto)?;
    out.write_all(b"\n")
}

/// What a listing says of a key, as one line of JSON.
pub fn listed_json(id: &str, listed: &crate::model::Listed) -> String {
    let dto = serde_json::json!({
        "schema": "keysweep-inventory/1",
        "access_key_id": id,
        "state": listed.state.name(),
        "user": listed.user,
        "account_id": listed.account,
        "created": listed.created,
        "last_used": listed.last_used,
        "last_service": listed.last_service,
        "last_region": listed.last_region,
    });
    dto.to_string()
}

/// Writes it for people.
///
/// # Errors
/// Only those of `out`.
pub fn write_explanation(told: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let details = &told.details;
    let id = told
        .shown
        .as_deref()
        .unwrap_or("the key you gave (not shown)");
    writeln!(out, "{}: {}", escape(id.as_bytes()), told.what)?;
    let expires = details.expires.map(utc);
    let account = details
        .account
        .as_deref()
        .or(told.account_unknown.map(|_| "not known"));
    let account = match (account, told.account_unknown) {
        (Some(account), Some(why)) => Some(format!("{account}: {why}")),
        (account, _) => account.map(str::to_owned),
    };
    let example = told.example.map(|reason| match reason {
        "documentation" => "yes, AWS's documentation or an article prints it",
        _ => "yes, its value says so",
    });
    for (name, value) in [
        ("kind", Some(told.kind)),
        ("generation", told.generation),
        ("account", account.as_deref()),
        ("canary", details.canary),
        ("example", example),
        ("user", details.user.as_deref()),
        ("region", details.region.as_deref()),
        ("signed by", details.signed_by.as_deref()),
        ("expires", expires.as_deref()),
    ] {
        if let Some(value) = value {
            writeln!(out, "  {name}: {}", escape(value.as_bytes()))?;
        }
    }
    for (title, lines) in [("what it can do", &told.can), ("next", &told.next)] {
        if !lines.is_empty() {
            writeln!(out, "{title}:")?;
        }
        for line in lines {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}
