//! Reports and ignore files of other scanners.

use super::super::import::{Imported, Matched};
use super::{in_blob, oid, pair};
use crate::model::Finding;

fn raw(finding: &Finding) -> (String, String) {
    let credential = &finding.credential;
    let secret = credential.secret.as_ref().unwrap().expose().to_vec();
    (
        credential.access_key_id.clone().unwrap(),
        String::from_utf8(secret).unwrap(),
    )
}

fn read(text: &str) -> Imported {
    Imported::read(text.as_bytes(), "report").unwrap()
}

#[test]
fn reports_of_others_are_recognised_by_values() {
    let finding = pair(7);
    let (id, secret) = raw(&finding);
    let other = pair(8);
    let kingfisher = format!(
        r#"{{"findings":[{{"finding":{{"snippet":"{id}","dependent_captures":{{"AWS_SECRET_ACCESS_KEY":"{secret}"}}}}}}]}}"#
    );
    let trufflehog = format!(
        "{{\"DetectorName\":\"AWS\",\"Raw\":\"{id}\",\"RawV2\":\"{id}{secret}\"}}\n{{\"DetectorName\":\"X\"}}\n"
    );
    let colon = format!(r#"{{"Raw":"{id}","RawV2":"{id}:{secret}"}}"#);
    let gitleaks = format!(r#"[{{"Secret":"{secret}","Match":"key={secret}","File":"a"}}]"#);
    let by_match = format!(r#"[{{"Match":"aws_secret_access_key={secret}","Secret":"x"}}]"#);
    for report in [&kingfisher, &trufflehog, &colon, &gitleaks, &by_match] {
        let imported = read(report);
        assert_eq!(
            imported.matches(&finding),
            Some(Matched::Secret),
            "{report}"
        );
        assert_eq!(imported.matches(&other), None);
        assert!(
            !format!("{imported:?}").contains(&secret),
            "no value is kept"
        );
    }
    let by_id = read(&format!(r#"[{{"Secret":"{id}"}}]"#));
    assert_eq!(by_id.matches(&finding), Some(Matched::Id));
    for words in [
        format!(r#"[{{"Secret":"x","Message":"{secret}","Author":"{id}"}}]"#),
        format!(r#"{{"attributes":{{"git.message":"{secret}","git.author_name":"{id}"}}}}"#),
    ] {
        let imported = read(&words);
        assert_eq!(
            imported.matches(&finding),
            None,
            "a commit's words accept nothing"
        );
    }
    assert!(read("[]").is_empty() && read("").is_empty());
}

#[test]
fn places_are_recognised_where_values_are_missing() {
    let mut finding = pair(9);
    finding.occurrences = vec![in_blob("dir/a.env", 3)];
    let commit = oid(0xc1);
    for (text, expected) in [
        (
            format!("# old\n\n{commit}:dir/a.env:aws-access-token:3\n"),
            Some(Matched::Place),
        ),
        (
            "dir/a.env:aws-access-token:3".to_owned(),
            Some(Matched::Place),
        ),
        ("dir/a.env:aws-access-token:4".to_owned(), None),
        (format!("{}:dir/a.env:aws:3", oid(0xee)), None),
        (
            format!(
                r#"[{{"Secret":"REDACTED","File":"dir/a.env","StartLine":3,"Commit":"{commit}"}}]"#
            ),
            Some(Matched::Place),
        ),
        (
            r#"[{"Secret":"REDACTED","File":"dir/a.env","StartLine":9}]"#.to_owned(),
            None,
        ),
        (
            format!(
                r#"{{"findings":[{{"match":{{"value":"REDACTED"}},"attributes":{{"git.sha":"{commit}"}},
                    "location":{{"path":"dir/a.env","start_line":3}}}}]}}"#
            ),
            Some(Matched::Place),
        ),
        (
            format!(
                r#"{{"findings":[{{"finding":{{"snippet":"[REDACTED:0badcafe]","path":"/x/a.env","line":3,
                    "git_metadata":{{"commit":{{"id":"{commit}"}},"file":{{"path":"dir/a.env"}}}}}}}}]}}"#
            ),
            Some(Matched::Place),
        ),
    ] {
        assert_eq!(read(&text).matches(&finding), expected, "{text}");
    }
    for wrong in ["nonsense", "a:b", "a:b:c", "{\"a\":", "[1,", "a::3"] {
        assert!(Imported::read(wrong.as_bytes(), "x").is_err(), "{wrong}");
    }
    assert!(Imported::read(b"\xff\xff", "x").is_err());
}
