//! Reads the answers of IAM: one JSON document after the other, in any order that the AWS CLI gives.

use std::io::{self, Read};

use serde_json::{Deserializer, Value};

use super::listing::{Inventory, InventoryGap, LastUse};
use super::report_csv;
use crate::model::{Listed, ListedState, account_of};

/// No listing is longer.
const FILE_MAX: u64 = 1 << 30;

/// What some programs put before UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The text of a file in UTF-16, which `>` writes in PowerShell; `None` for any other file.
fn unicode(head: &[u8], input: &mut dyn Read) -> Option<Result<String, String>> {
    let unit: fn([u8; 2]) -> u16 = match head {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let mut all = head[2..].to_vec();
    if let Err(error) = input.read_to_end(&mut all) {
        return Some(Err(format!("it cannot be read: {error}")));
    }
    let units = all.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    Some(text.map_err(|_| "it is no UTF-16, as its beginning says".to_owned()))
}

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
        if let Some(text) = unicode(&head, &mut input) {
            match text {
                Ok(text) => self.text(name, text.as_bytes().to_vec(), &mut io::empty()),
                Err(why) => gap(why),
            }
        } else {
            self.text(name, head, &mut input);
        }
        self.join();
    }

    /// Reads what is text: `head`, and the rest of it.
    fn text(&mut self, name: &str, mut head: Vec<u8>, input: &mut dyn Read) {
        if head.starts_with(BOM) {
            head.drain(..BOM.len());
        }
        let first = String::from_utf8_lossy(&head[..head.len().min(64)]).into_owned();
        if report_csv::is_header(&first) {
            let mut text = head;
            match input.read_to_end(&mut text) {
                Ok(_) => self.csv(name, &String::from_utf8_lossy(&text)),
                Err(error) => self.gap(name, format!("it cannot be read: {error}")),
            }
        } else {
            self.documents(name, &mut head.as_slice().chain(input));
        }
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

    /// What `--query` leaves of a list: one of its members. False for what is not known.
    fn member(&mut self, document: &Value, place: &mut Place) -> bool {
        let has = |key: &str| document.get(key).is_some_and(Value::is_string);
        let one = std::slice::from_ref(document);
        if has("AccessKeyId") && has("Status") {
            self.key_list(one, place);
        } else if has("ServiceSpecificCredentialId") {
            self.credential_list(one, place);
        } else if has("UserId") && has("UserName") {
            self.users(one, place);
        } else {
            return false;
        }
        true
    }

    /// Whole lists. False if there is none.
    fn lists(&mut self, document: &Value, place: &mut Place) -> bool {
        let list = |key: &str| document.get(key).and_then(Value::as_array);
        let (users, keys) = (list("Users"), list("AccessKeyMetadata"));
        let credentials = list("ServiceSpecificCredentials");
        if let Some(users) = users {
            self.users(users, place);
        }
        if let Some(keys) = keys {
            self.key_list(keys, place);
        }
        if let Some(credentials) = credentials {
            self.credential_list(credentials, place);
        }
        users.is_some() || keys.is_some() || credentials.is_some()
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
        let mut is_known = self.member(document, place) | self.lists(document, place);
        if let Some(last) = document.get("AccessKeyLastUsed") {
            self.last_used(text("AccessKeyId"), text("UserName"), last);
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
        for key in keys {
            let text = |name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
            let Some(id) = text("AccessKeyId") else {
                continue;
            };
            // The ID tells best: files may be put together in any order.
            let of = account_of(id.as_bytes()).or_else(|| place.account.clone());
            if let Some((account, user)) = of.as_ref().zip(text("UserName")) {
                self.accounts
                    .entry(account.clone())
                    .or_default()
                    .listed
                    .insert(user);
            }
            let state = match text("Status").as_deref() {
                Some("Active") => ListedState::Active,
                _ => ListedState::Inactive,
            };
            let listed = self.keys.entry(id).or_insert_with(|| Listed::bare(state));
            listed.state = state;
            listed.user = text("UserName").or(listed.user.take());
            listed.created = text("CreateDate").or(listed.created.take());
            listed.account = of.or(listed.account.take());
        }
    }

    fn last_used(&mut self, id: Option<&str>, user: Option<&str>, last: &Value) {
        let text = |name: &str| {
            let value = last.get(name).and_then(Value::as_str);
            value.filter(|text| *text != "N/A").map(str::to_owned)
        };
        self.uses.push(LastUse {
            id: id.map(str::to_owned),
            user: user.map(str::to_owned),
            date: text("LastUsedDate"),
            service: text("ServiceName"),
            region: text("Region"),
        });
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
            let of_name = text("ServiceUserName");
            let of_name = of_name.as_deref().and_then(|name| name.rsplit_once("-at-"));
            let of_name = of_name.map(|(_, account)| account.to_owned());
            let listed = Listed {
                user: text("UserName"),
                account: of_name.or_else(|| place.account.clone()),
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
