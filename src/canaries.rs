//! Keys that were put there to be found, told by their account: `patterns/canaries.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Credential, account_of};

const BUILTIN: &str = include_str!("../patterns/canaries.toml");

/// The list cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("canaries.toml: {0}")]
pub struct Error(String);

/// Accounts of services that hand out canaries.
#[derive(Debug)]
pub struct Canaries(BTreeMap<String, &'static str>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    service: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    name: String,
    accounts: Vec<String>,
}

impl Canaries {
    /// The list in `patterns/canaries.toml`.
    ///
    /// # Errors
    /// It is not of the expected form.
    pub fn builtin() -> Result<Canaries, Error> {
        let file: File = toml::from_str(BUILTIN).map_err(|e| Error(e.to_string()))?;
        let mut accounts = BTreeMap::new();
        for service in file.service {
            // Made once a process; findings carry the name without a lifetime.
            let name: &'static str = String::leak(service.name);
            accounts.extend(service.accounts.into_iter().map(|account| (account, name)));
        }
        Ok(Canaries(accounts))
    }

    /// The service that owns the account, if it hands out canaries.
    pub fn service(&self, account: &str) -> Option<&'static str> {
        self.0.get(account).copied()
    }

    /// Marks the credentials whose account is a canary's.
    pub fn mark(&self, credentials: &mut [Credential]) {
        for credential in credentials {
            let id = credential.access_key_id.as_ref();
            let account = id
                .and_then(|id| account_of(id.as_bytes()))
                .or_else(|| credential.details.account.clone());
            credential.details.canary = account.and_then(|account| self.service(&account));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_accounts() {
        let canaries = Canaries::builtin().unwrap();
        assert_eq!(canaries.0.len(), 26);
        for account in canaries.0.keys() {
            assert!(account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()));
        }
        assert_eq!(canaries.service("534261010715"), Some("canarytokens.org"));
        assert_eq!(canaries.service("123456789013"), None);
    }
}
