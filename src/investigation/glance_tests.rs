//! What a glance takes from a record, against a parser.

use super::*;

const RECORD: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole",
    "principalId":"AROA:x","arn":"arn:aws:sts::123456789012:assumed-role/r/x","accountId":"123456789012",
    "accessKeyId":"KEY","sessionContext":{"sessionIssuer":{"arn":"other","accessKeyId":"no"}}},
    "eventTime":"2026-01-02T03:04:05Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole",
    "awsRegion":"eu-west-1","requestParameters":{"x":{"roleArn":"no"},"roleArn":"arn:role"},
    "readOnly":true,"managementEvent":true,"recipientAccountId":"123456789012","eventCategory":"Management",
    "sessionCredentialFromConsole":"true"}"#;

#[test]
fn takes_its_fields_from_their_own_level() {
    let Glanced::Seen(seen) = glance(RECORD.as_bytes()) else {
        panic!();
    };
    assert_eq!(seen.who.key, b"KEY");
    assert_eq!(seen.who.arn, b"arn:aws:sts::123456789012:assumed-role/r/x");
    assert_eq!(seen.role, b"arn:role");
    assert_eq!(
        (seen.name, seen.region),
        (&b"AssumeRole"[..], &b"eu-west-1"[..])
    );
    assert!(seen.read_only && seen.is_console && !seen.is_data);
    let parsed: Value = serde_json::from_str(RECORD).unwrap();
    assert_eq!(Glance::of(&parsed), seen);
}

#[test]
fn escapes_and_damage_are_told_apart() {
    let odd = RECORD.replace("\"KEY\"", r#""K\u0045Y""#);
    assert_eq!(glance(odd.as_bytes()), Glanced::Odd);
    let odd = RECORD.replace("accessKeyId\":\"KEY", r#"access\u004beyId":"KEY"#);
    assert_eq!(glance(odd.as_bytes()), Glanced::Odd);
    for end in 0..RECORD.len() {
        assert_eq!(
            glance(&RECORD.as_bytes()[..end]),
            Glanced::Malformed,
            "{end}"
        );
    }
    let nested = RECORD.replace("\"x\":{\"roleArn\":\"no\"}", r#""x":"\"roleArn\":\"no\"""#);
    assert!(matches!(
        glance(nested.as_bytes()),
        Glanced::Odd | Glanced::Seen(_)
    ));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
    #[test]
    fn never_panics(text in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        glance(&text);
    }

    #[test]
    fn agrees_with_a_parser(
        key in "[A-Z0-9\"\\\\é]{0,8}", user in "[a-z\\\\\"{}]{0,8}", agent in "[ -~]{0,30}",
    ) {
        let record = serde_json::json!({
            "userAgent": agent, "eventName": "X", "userIdentity": {"accessKeyId": key, "userName": user},
        });
        let text = record.to_string();
        if let Glanced::Seen(seen) = glance(text.as_bytes()) {
            proptest::prop_assert_eq!(seen, Glance::of(&record));
        }
    }
}
