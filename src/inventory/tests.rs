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
    let short = whole.replace("{\"AccessKeyMetadata\": []}", "");
    assert_eq!(state(&short), ListedState::NotListed);
    let cut = &whole[..whole.len() - 10];
    let read = inventory(&[cut]);
    assert_eq!(read.key(&gone).state, ListedState::NotListed);
    assert_eq!(read.gaps.len(), 1);
    let more = whole.replace(
        "\"AccessKeyMetadata\": []",
        "\"AccessKeyMetadata\": [], \"IsTruncated\": true",
    );
    assert_eq!(state(&more), ListedState::NotListed);
    let marked = format!("{short}{{\"Account\": \"{ACCOUNT}\", \"KeysweepComplete\": true}}");
    assert_eq!(state(&marked), ListedState::Deleted);
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
