//! A record that was chosen, with all that is needed of it.

use std::sync::Arc;

use serde_json::Value;

use super::calls::{Calls, Touch};
use super::mint::{self, Mint};
use super::names::{plain_name, service};
use super::path;
use super::time::time_of;
use crate::model::Group;

/// Longest text kept of a name, an agent or a message.
const TEXT_MAX: usize = 1024;
/// Names of things kept of one call that leaves nothing.
const RESOURCES_MAX: usize = 50;

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) time: i64,
    pub(super) id: String,
    pub(super) account: Arc<str>,
    pub(super) region: Arc<str>,
    pub(super) service: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) group: Group,
    pub(super) caller: Arc<Caller>,
    pub(super) address: Arc<str>,
    pub(super) agent: Arc<str>,
    pub(super) error: Option<Arc<str>>,
    pub(super) is_denied: bool,
    pub(super) resources: Vec<String>,
    /// What a call that worked made, changed or removed.
    pub(super) touches: Vec<Touch>,
    /// What the caller can act as from then on.
    pub(super) mints: Vec<Mint>,
    /// The role that was asked for.
    pub(super) role: Option<String>,
}

/// Who called.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Caller {
    pub(super) kind: String,
    pub(super) key: String,
    pub(super) credential: String,
    pub(super) arn: String,
    pub(super) account: String,
    pub(super) user: String,
    pub(super) provider: String,
    pub(super) invoked_by: String,
    pub(super) is_console: bool,
}

impl Caller {
    fn of(record: &Value, name: &str) -> Caller {
        let who = record.get("userIdentity");
        let text = |key: &str| {
            let value = who.and_then(|who| who.get(key)).and_then(Value::as_str);
            cut(value.unwrap_or("")).to_owned()
        };
        let provider = record.pointer("/requestParameters/principalArn");
        let provider = provider
            .and_then(Value::as_str)
            .filter(|_| name.starts_with("AssumeRole"));
        let console = record
            .get("sessionCredentialFromConsole")
            .and_then(path::text_of);
        Caller {
            kind: text("type"),
            key: text("accessKeyId"),
            credential: text("credentialId"),
            arn: text("arn"),
            account: text("accountId"),
            user: text("userName"),
            provider: provider.map_or_else(|| text("identityProvider"), |arn| cut(arn).to_owned()),
            invoked_by: text("invokedBy"),
            is_console: console.as_deref() == Some("true") || name == "ConsoleLogin",
        }
    }

    /// What people call the caller.
    pub(super) fn shown(&self) -> &str {
        let names = [
            &self.arn,
            &self.key,
            &self.credential,
            &self.user,
            &self.invoked_by,
            &self.kind,
        ];
        names
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or("unknown", |name| name)
    }
}

impl Event {
    /// Takes a record apart; `None` if it lacks time or name.
    pub(super) fn of(record: &Value, calls: &Calls) -> Option<Event> {
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or("");
        let shared = |key: &str| Arc::from(cut(text(key)));
        let time = time_of(text("eventTime").as_bytes())?;
        let name = std::str::from_utf8(plain_name(text("eventName").as_bytes())).ok()?;
        if name.is_empty() {
            return None;
        }
        let service = std::str::from_utf8(service(text("eventSource").as_bytes())).ok()?;
        let call = format!("{service}:{name}");
        let caller = Caller::of(record, name);
        let account = match text("recipientAccountId") {
            "" => &caller.account,
            account => account,
        };
        let error = failure(record, name);
        let read_only = record.get("readOnly").and_then(path::text_of).as_deref() == Some("true");
        let (group, mut resources) = calls.about(&call, read_only, record);
        if resources.is_empty() {
            resources = path::resources(record);
        }
        resources.truncate(RESOURCES_MAX);
        let (touches, mints) = match error {
            None => (
                calls.touches(&call, record),
                mint::mints(&call, record, account, &caller),
            ),
            Some(_) => (Vec::new(), Vec::new()),
        };
        let role = record
            .pointer("/requestParameters/roleArn")
            .and_then(Value::as_str);
        Some(Event {
            time,
            id: cut(text("eventID")).to_owned(),
            account: Arc::from(cut(account)),
            region: shared("awsRegion"),
            service: Arc::from(cut(service)),
            name: Arc::from(cut(name)),
            group,
            address: shared("sourceIPAddress"),
            agent: shared("userAgent"),
            is_denied: error.as_deref().is_some_and(is_denial),
            error: error.map(|text| Arc::from(cut(&text))),
            resources: resources.iter().map(|name| cut(name).to_owned()).collect(),
            touches,
            mints,
            role: role
                .filter(|_| name.starts_with("AssumeRole"))
                .map(str::to_owned),
            caller: Arc::new(caller),
        })
    }

    /// True for a call that made, changed and removed nothing that the table knows.
    pub(super) fn is_look(&self) -> bool {
        self.touches.is_empty() && self.mints.is_empty()
    }

    /// `service:Name`
    pub(super) fn call(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }

    /// Account and region, for the numbers of things.
    pub(super) fn place(&self) -> (&str, &str) {
        (&self.account, &self.region)
    }
}

/// Why a call failed, if it did.
fn failure(record: &Value, name: &str) -> Option<String> {
    let text = |key: &str| record.get(key).and_then(path::text_of);
    if let Some(code) = text("errorCode") {
        return Some(code);
    }
    // What is done at the door says in its own words whether it was opened.
    let doors = ["ConsoleLogin", "GetSigninToken", "SwitchRole"];
    let outcome = record
        .get("responseElements")
        .and_then(|answer| answer.get(name));
    let outcome = outcome.and_then(Value::as_str);
    if doors.contains(&name) && outcome.is_some_and(|outcome| outcome != "Success") {
        return Some(text("errorMessage").unwrap_or_else(|| "Failure".to_owned()));
    }
    text("errorMessage")
}

/// True for errors that say that rights are missing.
fn is_denial(code: &str) -> bool {
    let words = [
        "AccessDenied",
        "Unauthorized",
        "NotAuthorized",
        "AuthFailure",
        "Forbidden",
        "AuthorizationError",
    ];
    words.iter().any(|word| code.contains(word))
}

/// The beginning of a long text.
fn cut(text: &str) -> &str {
    if text.len() <= TEXT_MAX {
        return text;
    }
    let end = (0..=TEXT_MAX).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}
