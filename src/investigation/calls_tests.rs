//! What must hold for every row of the table.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

#[test]
fn the_table_is_sound_and_large() {
    let calls = Calls::builtin().unwrap();
    let names: BTreeSet<&String> = calls.actions.keys().chain(calls.others.keys()).collect();
    assert!(names.len() >= 60, "{}", names.len());
    for call in names {
        let (service, name) = call.split_once(':').unwrap();
        assert!(!service.is_empty() && !service.contains('.'), "{call}");
        assert!(name.starts_with(|c: char| c.is_ascii_uppercase()), "{call}");
        assert_eq!(plain_name(name.as_bytes()), name.as_bytes());
    }
    let both = calls
        .actions
        .keys()
        .find(|call| calls.others.contains_key(*call));
    assert_eq!(both, None);
}

/// Every action gives every part of the key; every part of a command is known to what makes it.
#[test]
fn parts_fit_together() {
    let calls = Calls::builtin().unwrap();
    for (call, actions) in &calls.actions {
        for action in actions {
            let kind = &calls.kinds[action.kind];
            let has = |name: &String| action.parts.iter().any(|(part, _)| part == name);
            let missing: Vec<&String> = kind.key.iter().filter(|name| !has(name)).collect();
            assert!(
                missing.is_empty() || kind.name == "log-group-deleted",
                "{call}: {missing:?}"
            );
            if action.deed == Deed::Gone {
                continue;
            }
            if let Some((parent, part)) = &kind.within {
                assert!(has(part), "{call}: {part}");
                assert_eq!(calls.kinds[*parent].key.len(), 1, "{call}");
                assert_eq!(calls.kinds[*parent].is_global, kind.is_global, "{call}");
            }
            let parts: Vec<(String, String)> = action
                .parts
                .iter()
                .map(|(name, _)| (name.clone(), "x".to_owned()))
                .collect();
            let (show, remove) = kind.commands(&parts, "eu-west-1");
            assert_eq!(show.len(), kind.show.len(), "{call}");
            assert_eq!(remove.len(), kind.remove.len(), "{call}");
        }
    }
    for kind in &calls.kinds {
        assert!(!kind.show.is_empty(), "{}", kind.name);
    }
}

#[test]
fn a_record_says_what_it_touches() {
    let calls = Calls::builtin().unwrap();
    let record = json!({
        "responseElements": {"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}},
    });
    let touches = calls.touches("ec2:RunInstances", &record);
    let ids: Vec<String> = touches
        .iter()
        .map(|t| calls.kinds[t.kind].id(&t.parts))
        .collect();
    assert_eq!(ids, ["i-1", "i-2"]);
    let by_arn = json!({"requestParameters": {
        "functionName": "arn:aws:lambda:eu-west-1:123456789012:function:evil", "statementId": "s"}});
    let by_name = json!({"requestParameters": {"functionName": "evil", "statementId": "s"}});
    let place = ("123456789012", "eu-west-1");
    let target = |call: &str, record| calls.target(place, &calls.touches(call, record)[0]);
    assert_eq!(
        target("lambda:AddPermission", &by_arn),
        target("lambda:RemovePermission", &by_name)
    );
    let touch = &calls.touches("lambda:AddPermission", &by_name)[0];
    assert_eq!(
        calls.parent(place, touch).unwrap(),
        target("lambda:DeleteFunction", &by_arn)
    );
    let nothing = json!({"requestParameters": {"snapshotId": "snap-1"}});
    assert!(
        calls
            .touches("ec2:ModifySnapshotAttribute", &nothing)
            .is_empty()
    );
}

#[test]
fn commands_hold_names_as_they_are() {
    let calls = Calls::builtin().unwrap();
    let record = json!({"requestParameters": {"userName": "$(reboot)\n-x"}});
    let touch = &calls.touches("iam:CreateUser", &record)[0];
    let (_, remove) = calls.kinds[touch.kind].commands(&touch.parts, "us-east-1");
    assert_eq!(
        remove,
        [r"aws iam delete-user $'--user-name=$(reboot)\x0a-x'"]
    );
}

#[test]
fn versions_are_no_part_of_a_name() {
    for (name, plain) in [
        ("CreateFunction20150331", "CreateFunction"),
        ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
        ("CreateDistribution2020_05_31", "CreateDistribution"),
        ("ListObjectsV2", "ListObjectsV2"),
        ("GetBucketWebsite", "GetBucketWebsite"),
    ] {
        assert_eq!(plain_name(name.as_bytes()), plain.as_bytes());
    }
    assert_eq!(service(b"iam.amazonaws.com"), b"iam");
    assert_eq!(service(b"sts.amazonaws.com.cn"), b"sts");
}
