//! Calls that make one identity into another: the credentials in their answers, and the ways in
//! that they open.

use serde_json::Value;

use super::record::Caller;
use super::time::expiry_of;
use super::token::{self, Token};
use crate::model::IdentityKind;

/// What a caller is known by, in full.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Handle {
    /// An access key ID.
    Key(String),
    /// The ID of a service-specific credential.
    Credential(String),
    /// Account and user name.
    User(String, String),
    /// The same, in the console only.
    ConsoleUser(String, String),
    /// The ARN of a session, in the console only.
    ConsoleSession(String),
    /// The ARN of a session.
    Session(String),
    /// An instance, whose sessions are named after it.
    Instance(String),
    /// The ARN of an identity provider.
    Provider(String),
    /// Account and name of a role: whoever assumes it.
    Role(String, String),
}

impl Handle {
    /// The number by which records are chosen.
    pub(super) fn token(&self) -> Token {
        match self {
            Handle::Key(id) => token::key(id.as_bytes()),
            Handle::Credential(id) => token::credential(id.as_bytes()),
            Handle::User(account, name) => token::user(account.as_bytes(), name.as_bytes()),
            Handle::ConsoleUser(account, name) => {
                token::console_user(account.as_bytes(), name.as_bytes())
            }
            Handle::ConsoleSession(arn) => token::console_session(arn.as_bytes()),
            Handle::Session(arn) => token::session(arn.as_bytes()),
            Handle::Instance(id) => token::instance(id.as_bytes()),
            Handle::Provider(arn) => token::provider(arn.as_bytes()),
            Handle::Role(account, name) => token::role(account.as_bytes(), name.as_bytes()),
        }
    }

    /// True for what is nobody else's, ever: no need to look at times.
    pub(super) const fn is_exclusive(&self) -> bool {
        matches!(
            self,
            Handle::Key(_) | Handle::Credential(_) | Handle::Instance(_)
        )
    }

    /// All handles of a caller, the most telling first.
    pub(super) fn of(caller: &Caller, role: Option<&str>) -> Vec<Handle> {
        let mut handles = Vec::new();
        if !caller.key.is_empty() {
            handles.push(Handle::Key(caller.key.clone()));
        }
        if !caller.credential.is_empty() {
            handles.push(Handle::Credential(caller.credential.clone()));
        }
        if caller.kind == "AssumedRole" {
            let name = token::session_name(caller.arn.as_bytes());
            if let Some(name) = name.filter(|name| name.starts_with(b"i-")) {
                handles.push(Handle::Instance(String::from_utf8_lossy(name).into_owned()));
            }
            handles.push(Handle::Session(caller.arn.clone()));
        }
        if caller.is_console && !caller.arn.is_empty() {
            handles.push(Handle::ConsoleSession(caller.arn.clone()));
        }
        if caller.kind == "IAMUser" && !caller.user.is_empty() {
            let (account, user) = (caller.account.clone(), caller.user.clone());
            if caller.is_console {
                handles.push(Handle::ConsoleUser(account.clone(), user.clone()));
            }
            handles.push(Handle::User(account, user));
        }
        if !caller.provider.is_empty() {
            handles.push(Handle::Provider(caller.provider.clone()));
        }
        if let Some((account, name)) = role.and_then(|arn| token::role_parts(arn.as_bytes())) {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            handles.push(Handle::Role(text(account), text(name)));
        }
        handles
    }
}

/// An identity that a call gives its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mint {
    pub(super) kind: IdentityKind,
    pub(super) handle: Handle,
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) account: Option<String>,
    pub(super) expires: Option<i64>,
    /// Only callers of other accounts count: the role had its own before.
    pub(super) outsiders_only: bool,
}

/// Identities given by one call, at most.
const MINTS_MAX: usize = 1000;

/// What a successful call gives.
pub(super) fn mints(call: &str, record: &Value, account: &str, caller: &Caller) -> Vec<Mint> {
    let found = match call {
        "sts:AssumeRole"
        | "sts:AssumeRoleWithSAML"
        | "sts:AssumeRoleWithWebIdentity"
        | "sts:AssumeRoot"
        | "sts:GetSessionToken"
        | "sts:GetFederationToken" => session(record, account).into_iter().collect(),
        "ec2:RunInstances" => instances(record, account),
        "ec2:AssociateIamInstanceProfile" => profile(record, account),
        _ => named(call, record, account, caller).into_iter().collect(),
    };
    let found: Vec<Mint> = found;
    found.into_iter().take(MINTS_MAX).collect()
}

fn text(record: &Value, pointer: &str) -> Option<String> {
    let value = record.pointer(pointer)?.as_str()?;
    (!value.is_empty() && value.len() <= 2048).then(|| value.to_owned())
}

fn mint(kind: IdentityKind, handle: Handle, id: String, account: &str) -> Mint {
    Mint {
        kind,
        handle,
        id,
        name: None,
        account: Some(account.to_owned()),
        expires: None,
        outsiders_only: false,
    }
}

fn session(record: &Value, account: &str) -> Option<Mint> {
    let id = text(record, "/responseElements/credentials/accessKeyId")?;
    let name = text(record, "/responseElements/assumedRoleUser/arn")
        .or_else(|| text(record, "/responseElements/federatedUser/arn"));
    let of_arn = name
        .as_deref()
        .and_then(|arn| arn.split(':').nth(4))
        .map(str::to_owned);
    let account = of_arn.unwrap_or_else(|| account.to_owned());
    let expires = text(record, "/responseElements/credentials/expiration");
    let handle = Handle::Key(id.clone());
    Some(Mint {
        name,
        expires: expires.and_then(|text| expiry_of(&text)),
        ..mint(IdentityKind::Session, handle, id, &account)
    })
}

/// Instances that were given a role.
fn instances(record: &Value, account: &str) -> Vec<Mint> {
    let profile = record.pointer("/requestParameters/iamInstanceProfile");
    let profile = profile.filter(|profile| !profile.is_null());
    let Some(profile) = profile else {
        return Vec::new();
    };
    let name = ["arn", "name"]
        .iter()
        .find_map(|key| profile.get(key)?.as_str());
    let items = record.pointer("/responseElements/instancesSet/items");
    let items = items.and_then(Value::as_array).into_iter().flatten();
    let ids = items.filter_map(|item| item.get("instanceId")?.as_str().map(str::to_owned));
    let one = |id: String| Mint {
        name: name.map(str::to_owned),
        ..mint(
            IdentityKind::Instance,
            Handle::Instance(id.clone()),
            id,
            account,
        )
    };
    ids.map(one).collect()
}

/// An instance that was given a role later.
fn profile(record: &Value, account: &str) -> Vec<Mint> {
    let pointers = [
        "/requestParameters/AssociateIamInstanceProfileRequest/InstanceId",
        "/requestParameters/instanceId",
    ];
    let id = pointers.iter().find_map(|pointer| text(record, pointer));
    let one = |id: String| {
        mint(
            IdentityKind::Instance,
            Handle::Instance(id.clone()),
            id,
            account,
        )
    };
    id.map(one).into_iter().collect()
}

fn named(call: &str, record: &Value, account: &str, caller: &Caller) -> Option<Mint> {
    let request = |name: &str| text(record, &format!("/requestParameters/{name}"));
    let response = |name: &str| text(record, &format!("/responseElements/{name}"));
    let of_user = |handle: fn(String, String) -> Handle, kind| {
        let user = request("userName").or_else(|| own_user(caller))?;
        Some(mint(
            kind,
            handle(account.to_owned(), user.clone()),
            user,
            account,
        ))
    };
    match call {
        "iam:CreateAccessKey" => {
            let id = response("accessKey/accessKeyId")?;
            Some(Mint {
                name: response("accessKey/userName"),
                ..mint(
                    IdentityKind::AccessKey,
                    Handle::Key(id.clone()),
                    id,
                    account,
                )
            })
        }
        "iam:CreateServiceSpecificCredential" | "iam:ResetServiceSpecificCredential" => {
            let id = response("serviceSpecificCredential/serviceSpecificCredentialId")?;
            let user = response("serviceSpecificCredential/userName");
            let service = response("serviceSpecificCredential/serviceName");
            let name: Vec<String> = user.into_iter().chain(service).collect();
            let handle = Handle::Credential(id.clone());
            Some(Mint {
                name: Some(name.join(" at ")),
                ..mint(IdentityKind::ServiceCredential, handle, id, account)
            })
        }
        "iam:CreateUser" => of_user(Handle::User, IdentityKind::User),
        "iam:CreateLoginProfile" | "iam:UpdateLoginProfile" => {
            of_user(Handle::ConsoleUser, IdentityKind::ConsoleUser)
        }
        "signin:GetSigninToken" if !caller.arn.is_empty() => {
            let arn = caller.arn.clone();
            let handle = Handle::ConsoleSession(arn.clone());
            Some(mint(IdentityKind::ConsoleSession, handle, arn, account))
        }
        "iam:CreateRole" | "iam:UpdateAssumeRolePolicy" => {
            let name = request("roleName")?;
            let handle = Handle::Role(account.to_owned(), name.clone());
            Some(Mint {
                outsiders_only: call == "iam:UpdateAssumeRolePolicy",
                name: response("role/arn"),
                ..mint(IdentityKind::Role, handle, name, account)
            })
        }
        "iam:CreateSAMLProvider" | "iam:CreateOpenIDConnectProvider" => {
            let arn =
                response("sAMLProviderArn").or_else(|| response("openIDConnectProviderArn"))?;
            Some(mint(
                IdentityKind::Provider,
                Handle::Provider(arn.clone()),
                arn,
                account,
            ))
        }
        "lambda:CreateFunction" => function(&request("role")?, &request("functionName")?, account),
        _ => None,
    }
}

/// A function acts as a session of its role that bears its name.
fn function(role: &str, name: &str, account: &str) -> Option<Mint> {
    let name = name.rsplit(':').next().unwrap_or(name).to_owned();
    let partition = role.split(':').nth(1)?;
    let (of, role_name) = token::role_parts(role.as_bytes())?;
    let (of, role_name) = (
        std::str::from_utf8(of).ok()?,
        std::str::from_utf8(role_name).ok()?,
    );
    let arn = format!("arn:{partition}:sts::{of}:assumed-role/{role_name}/{name}");
    Some(Mint {
        name: Some(role.to_owned()),
        ..mint(IdentityKind::Function, Handle::Session(arn), name, account)
    })
}

/// The user that a call without a user name is about: the caller.
fn own_user(caller: &Caller) -> Option<String> {
    let is_user = caller.kind == "IAMUser" && !caller.user.is_empty();
    is_user.then(|| caller.user.clone())
}
