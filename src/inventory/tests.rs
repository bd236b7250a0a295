//! Listings in the forms that people have them, and what they say of a key.

use super::*;
use crate::testkeys::Keys;

const ACCOUNT: u64 = 210_987_654_321;

fn inventory(texts: &[&str]) -> Inventory {
    let mut inventory = Inventory::default();
    for text in texts {
        inventory.read("file", &mut text.as_bytes());
    }
    inventory
}

/// A listing of two users, the second without keys.
fn listing(active: &str, inactive: &str, root: u8) -> String {
    format!(
        r#"{{"Account": "{ACCOUNT}"}}
{{"SummaryMap": {{"AccountAccessKeysPresent": {root}}}}}
{{"Users": [{{"UserName": "ann", "Arn": "arn:aws:iam::{ACCOUNT}:user/ann"}},
  {{"UserName": "bob", "Arn": "arn:aws:iam::{ACCOUNT}:user/x/bob"}}]}}
{{"AccessKeyMetadata": [
  {{"UserName": "ann", "AccessKeyId": "{active}", "Status": "Active", "CreateDate": "2025-01-02T03:04:05+00:00"}},
  {{"UserName": "ann", "AccessKeyId": "{inactive}", "Status": "Inactive", "CreateDate": "2024-01-02T03:04:05Z"}}]}}
{{"AccessKeyId": "{active}", "UserName": "ann", "AccessKeyLastUsed": {{"LastUsedDate": "2026-01-01T00:00:00Z", "ServiceName": "s3", "Region": "eu-west-1"}}}}
{{"AccessKeyMetadata": []}}
{{"Account": "{ACCOUNT}", "KeysweepComplete": true}}
"#
    )
}

#[test]
fn a_key_is_ours_or_deleted_or_not_known() {
    let mut keys = Keys::new(1);
    let mut own = || keys.key_id_of("AKIA", ACCOUNT);
    let (active, inactive, deleted) = (own(), own(), own());
    let foreign = keys.key_id_of("AKIA", 345_678_901_234);
    let inventory = inventory(&[&listing(&active, &inactive, 0)]);
    assert!(inventory.gaps.is_empty(), "{:?}", inventory.gaps);
    let listed = inventory.key(&active);
    assert_eq!(listed.state, ListedState::Active);
    assert_eq!(listed.user.as_deref(), Some("ann"));
    assert_eq!(listed.account.as_deref(), Some("210987654321"));
    assert_eq!(listed.last_service.as_deref(), Some("s3"));
    assert_eq!(inventory.key(&inactive).state, ListedState::Inactive);
    assert_eq!(inventory.key(&deleted).state, ListedState::Deleted);
    assert_eq!(inventory.key(&foreign).state, ListedState::NotListed);
    let session = keys.key_id_of("ASIA", ACCOUNT);
    assert_eq!(inventory.key(&session).state, ListedState::NotListed);
    assert_eq!(inventory.counts(), (1, 2, 2));
}

#[test]
fn nothing_is_deleted_unless_all_was_listed() {
    let mut keys = Keys::new(2);
    let mut own = || keys.key_id_of("AKIA", ACCOUNT);
    let (active, inactive, gone) = (own(), own(), own());
    let whole = listing(&active, &inactive, 0);
    let state = |text: &str| inventory(&[text]).key(&gone).state;
    assert_eq!(state(&whole), ListedState::Deleted);
    // Root's keys are in no list.
    assert_eq!(
        state(&listing(&active, &inactive, 1)),
        ListedState::NotListed
    );
    let mark = format!("{{\"Account\": \"{ACCOUNT}\", \"KeysweepComplete\": true}}\n");
    let short = whole.replace(&mark, "");
    // Whose the empty list is nobody knows, and twice the same says no more.
    assert_eq!(state(&short), ListedState::NotListed);
    assert_eq!(state(&format!("{short}{short}")), ListedState::NotListed);
    let bob = format!("arn:aws:iam::{ACCOUNT}:user/x/bob");
    let report = format!(
        "user,arn,user_creation_time,access_key_1_active,access_key_1_last_rotated\n\
         bob,{bob},x,false,N/A\n"
    );
    let read = inventory(&[&short, &report]);
    assert_eq!(
        read.key(&gone).state,
        ListedState::Deleted,
        "ann's are listed, bob has none"
    );
    let cut = &short[..short.len() - 10];
    let read = inventory(&[cut]);
    assert_eq!(read.key(&gone).state, ListedState::NotListed);
    assert_eq!(read.gaps.len(), 1);
    let more = whole.replace(
        "\"AccessKeyMetadata\": []",
        "\"AccessKeyMetadata\": [], \"IsTruncated\": true",
    );
    assert_eq!(state(&more), ListedState::NotListed);
    assert_eq!(inventory(&["hello"]).gaps.len(), 2);
}

#[test]
fn the_credential_report_adds_what_it_can_tell() {
    let mut keys = Keys::new(3);
    let mut own = || keys.key_id_of("AKIA", ACCOUNT);
    let (active, inactive) = (own(), own());
    let csv = format!(
        "user,arn,user_creation_time,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
         access_key_1_last_used_region,access_key_1_last_used_service\n\
         <root_account>,arn:aws:iam::{ACCOUNT}:root,x,false,N/A,N/A,N/A,N/A\n\
         ann,arn:aws:iam::{ACCOUNT}:user/ann,x,false,2024-01-02T03:04:05+00:00,2025-06-01T00:00:00+00:00,us-east-1,ec2\n\
         a,b,arn:aws:iam::{ACCOUNT}:user/a,b,x,false,N/A,N/A,N/A,N/A\nodd\n"
    );
    let list = listing(&active, &inactive, 0).replace(
        "\"SummaryMap\": {\"AccountAccessKeysPresent\": 0}",
        "\"Users\": []",
    );
    let packed = data_encoding::BASE64.encode(csv.as_bytes());
    let wrapped = format!("{{\"Content\": \"{packed}\", \"ReportFormat\": \"text/csv\"}}");
    for report in [&csv, &wrapped] {
        let read = inventory(&[&list, report]);
        let listed = read.key(&inactive);
        assert_eq!(listed.last_service.as_deref(), Some("ec2"), "{report}");
        assert_eq!(listed.last_region.as_deref(), Some("us-east-1"));
        assert_eq!(read.gaps.len(), 1, "{:?}", read.gaps);
        assert!(read.accounts["210987654321"].users.contains("a,b"));
        assert_eq!(read.accounts["210987654321"].root_has_keys, Some(false));
    }
}

#[test]
fn answers_are_read_in_any_order_and_form() {
    let mut keys = Keys::new(4);
    let (one, other) = (
        keys.key_id_of("AKIA", ACCOUNT),
        keys.key_id_of("AKIA", 345_678_901_234),
    );
    let text = listing(&one, &other, 0);
    let documents: Vec<serde_json::Value> = serde_json::Deserializer::from_str(&text)
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let lines: Vec<String> = documents.iter().map(ToString::to_string).collect();
    let backwards: Vec<&str> = lines.iter().rev().map(String::as_str).collect();
    let utf16 = |text: &str, swap: bool| -> Vec<u8> {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        let bytes = |unit: u16| {
            if swap {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        units.flat_map(bytes).collect()
    };
    let list = serde_json::Value::from(documents.clone()).to_string();
    let forms: Vec<Vec<u8>> = vec![
        lines.join("\n").into_bytes(),
        lines.concat().into_bytes(),
        backwards.join("\n").into_bytes(),
        list.into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        utf16(&text, false),
        utf16(&text, true),
    ];
    for (number, form) in forms.iter().enumerate() {
        let mut read = Inventory::default();
        read.read("file", &mut form.as_slice());
        assert!(read.gaps.is_empty(), "{number}: {:?}", read.gaps);
        let listed = read.key(&one);
        assert_eq!(listed.state, ListedState::Active, "{number}");
        assert_eq!(listed.last_service.as_deref(), Some("s3"), "{number}");
        // Files put together: the key's own account counts.
        let foreign = read.key(&other);
        assert_eq!(foreign.account.as_deref(), Some("345678901234"), "{number}");
    }
    let single = inventory(&backwards);
    assert_eq!(
        single.key(&one).last_service.as_deref(),
        Some("s3"),
        "a file each"
    );
    // What `--query 'AccessKeyMetadata[]'` and the like leave.
    let members = serde_json::json!([
        {"UserName": "ann", "AccessKeyId": one, "Status": "Inactive", "CreateDate": "2025-01-02T03:04:05Z"}
    ]);
    let read = inventory(&[&members.to_string()]);
    assert_eq!(read.key(&one).state, ListedState::Inactive);
}

#[test]
fn service_credentials_are_known_by_their_user() {
    let list = serde_json::json!({"ServiceSpecificCredentials": [
        {"UserName": "bedrock", "Status": "Inactive", "ServiceUserName": "bedrock+1-at-210987654321",
         "CreateDate": "2026-01-01T00:00:00Z", "ServiceSpecificCredentialId": "ACCAEXAMPLE123EXAMPLE",
         "ServiceName": "codecommit.amazonaws.com"}]});
    let read = inventory(&[&list.to_string()]);
    let listed = read.service_user("bedrock+1", "210987654321").unwrap();
    assert_eq!(listed.state, ListedState::Inactive);
    assert_eq!(listed.account.as_deref(), Some("210987654321"));
    assert!(read.service_user("other", "210987654321").is_none());
}
