//! Reads the answers of IAM: one JSON document after the other, in any order that the AWS CLI gives.

use std::io::Read;

use serde_json::{Deserializer, Value};

use super::listing::{Inventory, InventoryGap};
use super::report_csv;
use crate::model::{Listed, ListedState, account_of};

/// No listing is longer.
const FILE_MAX: u64 = 1 << 30;

/// The account that the documents are of, as far as they have told.
#[derive(Default)]
struct Place {
    account: Option<String>,
}

impl Inventory {
    /// Adds a file. What it does not tell becomes a gap with its name.
    pub fn read(&mut self, name: &str, input: &mut dyn Read) {
        let mut input = input.take(FILE_MAX);
        let mut head = Vec::new();
        let mut gap = |detail: String| {
            self.gaps.push(InventoryGap {
                file: name.to_owned(),
                detail,
            });
        };
        if let Err(error) = input.by_ref().take(1 << 16).read_to_end(&mut head) {
            gap(format!("it cannot be read: {error}"));
            return;
        }
        if head.is_empty() {
            gap("it is empty".to_owned());
            return;
        }
        let first = String::from_utf8_lossy(&head[..head.len().min(64)]).into_owned();
        if report_csv::is_header(&first) {
            let mut text = head;
            match input.read_to_end(&mut text) {
                Ok(_) => self.csv(name, &String::from_utf8_lossy(&text)),
                Err(error) => gap(format!("it cannot be read: {error}")),
            }
        } else {
            self.documents(name, &mut head.as_slice().chain(input));
        }
        self.join();
    }

    fn documents(&mut self, name: &str, input: &mut dyn Read) {
        let mut place = Place::default();
        let (mut known, mut unknown) = (0, 0);
        for document in Deserializer::from_reader(input).into_iter::<Value>() {
            match document {
                Ok(document) if self.document(name, &document, &mut place) => known += 1,
                Ok(_) => unknown += 1,
                Err(error) => {
                    let detail = format!(
                        "it ends or breaks at line {}: what follows was not read",
                        error.line()
                    );
                    if let Some(account) = &place.account {
                        self.accounts.entry(account.clone()).or_default().is_cut = true;
                    }
                    self.gap(name, detail);
                    break;
                }
            }
        }
        if known == 0 {
            self.gap(name, "nothing in it is an answer of IAM".to_owned());
        } else if unknown > 0 {
            self.gap(
                name,
                format!("{unknown} documents in it are no answers of IAM that are known"),
            );
        }
    }

    fn gap(&mut self, name: &str, detail: String) {
        self.gaps.push(InventoryGap {
            file: name.to_owned(),
            detail,
        });
    }

    fn csv(&mut self, name: &str, text: &str) {
        let (rows, odd) = report_csv::rows(text);
        self.rows.extend(rows);
        if odd > 0 {
            self.gap(name, format!("{odd} lines of it do not fit its header"));
        }
    }

    /// False for what is not known.
    fn document(&mut self, name: &str, document: &Value, place: &mut Place) -> bool {
        if let Some(list) = document.as_array() {
            // Several documents as a list.
            let mut is_known = false;
            for one in list.iter().filter(|one| !one.is_array()) {
                is_known |= self.document(name, one, place);
            }
            return is_known;
        }
        let text = |key: &str| document.get(key).and_then(Value::as_str);
        if let Some(account) = text("Account") {
            place.account = Some(account.to_owned());
            let known = self.accounts.entry(account.to_owned()).or_default();
            known.is_marked_complete |=
                document.get("KeysweepComplete") == Some(&Value::Bool(true));
            return true;
        }
        let mut is_known = false;
        if let Some(users) = document.get("Users").and_then(Value::as_array) {
            self.users(users, place);
            is_known = true;
        }
        if let Some(keys) = document.get("AccessKeyMetadata").and_then(Value::as_array) {
            self.key_list(keys, place);
            is_known = true;
        }
        if let Some(last) = document.get("AccessKeyLastUsed") {
            self.last_used(text("AccessKeyId"), text("UserName"), last);
            is_known = true;
        }
        let credentials = document
            .get("ServiceSpecificCredentials")
            .and_then(Value::as_array);
        if let Some(credentials) = credentials {
            self.credential_list(credentials, place);
            is_known = true;
        }
        if let Some(root) = document
            .pointer("/SummaryMap/AccountAccessKeysPresent")
            .and_then(Value::as_u64)
        {
            if let Some(account) = &place.account {
                self.accounts
                    .entry(account.clone())
                    .or_default()
                    .root_has_keys = Some(root > 0);
            }
            is_known = true;
        }
        if let Some(content) = text("Content") {
            let decoded = data_encoding::BASE64.decode(content.as_bytes());
            match decoded {
                Ok(csv) => self.csv(name, &String::from_utf8_lossy(&csv)),
                Err(_) => self.gap(name, "its credential report is no base64".to_owned()),
            }
            is_known = true;
        }
        let goes_on = document.get("IsTruncated") == Some(&Value::Bool(true))
            || ["NextToken", "Marker"]
                .iter()
                .any(|key| text(key).is_some_and(|t| !t.is_empty()));
        if goes_on && is_known {
            if let Some(account) = &place.account {
                self.accounts.entry(account.clone()).or_default().is_cut = true;
            }
            self.gap(
                name,
                "a list in it goes on, and the rest is not there".to_owned(),
            );
        }
        is_known
    }

    fn users(&mut self, users: &[Value], place: &mut Place) {
        for user in users {
            let name = user.get("UserName").and_then(Value::as_str);
            let arn = user.get("Arn").and_then(Value::as_str);
            let Some((name, account)) = name.zip(arn.and_then(|arn| arn.split(':').nth(4))) else {
                continue;
            };
            place.account = Some(account.to_owned());
            self.accounts
                .entry(account.to_owned())
                .or_default()
                .users
                .insert(name.to_owned());
        }
    }

    fn key_list(&mut self, keys: &[Value], place: &Place) {
        let mut of = place.account.clone();
        for key in keys {
            let text = |name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
            let Some(id) = text("AccessKeyId") else {
                continue;
            };
            of = of.or_else(|| account_of(id.as_bytes()));
            let state = match text("Status").as_deref() {
                Some("Active") => ListedState::Active,
                _ => ListedState::Inactive,
            };
            let listed = self.keys.entry(id).or_insert_with(|| Listed::bare(state));
            listed.state = state;
            listed.user = text("UserName").or(listed.user.take());
            listed.created = text("CreateDate").or(listed.created.take());
            listed.account = of.clone().or(listed.account.take());
        }
        if let Some(account) = of {
            self.accounts.entry(account).or_default().key_lists += 1;
        }
    }

    /// The answer names no key, unless our script asked: then the user must have but one.
    fn last_used(&mut self, id: Option<&str>, user: Option<&str>, last: &Value) {
        let listed = if let Some(id) = id {
            self.keys.get_mut(id)
        } else {
            let mut of_user = self
                .keys
                .values_mut()
                .filter(|key| user.is_some() && key.user.as_deref() == user);
            match (of_user.next(), of_user.next()) {
                (Some(listed), None) => Some(listed),
                _ => None,
            }
        };
        let text = |name: &str| {
            let value = last.get(name).and_then(Value::as_str);
            value.filter(|text| *text != "N/A").map(str::to_owned)
        };
        if let Some(listed) = listed {
            listed.last_used = text("LastUsedDate");
            listed.last_service = text("ServiceName");
            listed.last_region = text("Region");
        }
    }

    fn credential_list(&mut self, credentials: &[Value], place: &Place) {
        for credential in credentials {
            let text = |name: &str| {
                credential
                    .get(name)
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            };
            let state = match text("Status").as_deref() {
                Some("Active") => ListedState::Active,
                _ => ListedState::Inactive,
            };
            let listed = Listed {
                user: text("UserName"),
                account: place.account.clone(),
                created: text("CreateDate"),
                last_service: text("ServiceName"),
                ..Listed::bare(state)
            };
            let names = [
                "ServiceUserName",
                "ServiceCredentialAlias",
                "ServiceSpecificCredentialId",
            ];
            for name in names.iter().filter_map(|name| text(name)) {
                self.credentials.insert(name, listed.clone());
            }
        }
    }
}
