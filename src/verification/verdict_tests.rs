//! Every row of the table.

use super::*;

const MISMATCH: &str = "The request signature we calculated does not match the signature you \
                        provided. Check your AWS Secret Access Key and signing method.";

fn of(status: u16, code: &str, message: &str) -> Verdict {
    let answer = Answer::Error {
        status,
        code: code.to_owned(),
        message: message.to_owned(),
    };
    verdict(answer, true)
}

#[test]
fn every_row_has_its_verdict() {
    let unknown = |why: &str, code: &str| Verdict::Unknown(format!("{why} ({code})"));
    let again = |why: &str, code: &str| Verdict::Again(format!("{why} ({code})"));
    let invalid = "The security token included in the request is invalid";
    assert_eq!(of(403, "InvalidClientTokenId", invalid), Verdict::NotValid);
    assert_eq!(
        of(403, "SignatureDoesNotMatch", MISMATCH),
        Verdict::SecretWrong
    );
    for late in [
        "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z",
        "Signature not yet current: 20260101T000000Z is still later than 20251231T230000Z",
    ] {
        let text = format!("{:?}", of(403, "SignatureDoesNotMatch", late));
        assert!(text.starts_with("Unknown(\"this machine's clock"), "{text}");
    }
    assert_eq!(
        of(
            403,
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region."
        ),
        unknown(
            "AWS did not accept the form of the request",
            "SignatureDoesNotMatch"
        )
    );
    for (status, code) in [(403, "ExpiredToken"), (400, "ExpiredTokenException")] {
        assert_eq!(of(status, code, ""), Verdict::Expired);
    }
    for (status, code) in [
        (400, "IncompleteSignature"),
        (403, "MissingAuthenticationToken"),
    ] {
        let why = "AWS did not accept the form of the request";
        assert_eq!(of(status, code, ""), unknown(why, code));
    }
    for code in ["RegionDisabledException", "OptInRequired"] {
        assert!(matches!(of(403, code, ""), Verdict::Unknown(why) if why.contains("--region")));
    }
    for code in ["AccessDenied", "AccessDeniedException"] {
        assert_eq!(of(403, code, ""), Verdict::Restricted(code.to_owned()));
    }
    for code in ["Throttling", "ThrottlingException", "RequestLimitExceeded"] {
        assert_eq!(
            of(400, code, ""),
            again("AWS asks for fewer requests", code)
        );
    }
    for status in [500, 502, 503, 504] {
        assert_eq!(
            of(status, "InternalFailure", ""),
            again("the service failed", "InternalFailure")
        );
        assert!(matches!(
            verdict(Answer::Garbled(status), false),
            Verdict::Again(_)
        ));
    }
}

#[test]
fn nothing_but_sts_itself_says_that_a_key_is_dead() {
    for status in [
        200, 201, 204, 301, 302, 307, 400, 401, 403, 404, 407, 418, 501,
    ] {
        let read = verdict(Answer::Garbled(status), true);
        assert!(matches!(read, Verdict::Unknown(_)), "{status}: {read:?}");
    }
    for status in [200, 302, 404, 500] {
        let read = of(status, "InvalidClientTokenId", "");
        assert!(
            matches!(read, Verdict::Unknown(_) | Verdict::Again(_)),
            "{status}"
        );
    }
    let read = verdict(Answer::Nothing("no route".to_owned()), true);
    assert_eq!(read, Verdict::Unknown("no route".to_owned()));
    let expired = Answer::Error {
        status: 403,
        code: "ExpiredToken".to_owned(),
        message: String::new(),
    };
    assert!(matches!(verdict(expired, false), Verdict::Unknown(_)));
}

#[test]
fn arns_say_who_it_is() {
    let of = |arn: &str| {
        let answer = Answer::Identity {
            arn: arn.to_owned(),
            account: "123456789012".to_owned(),
        };
        match verdict(answer, false) {
            Verdict::Active(identity) => Some(identity.principal),
            Verdict::Unknown(_) => None,
            other => panic!("{other:?}"),
        }
    };
    for (arn, principal) in [
        ("arn:aws:iam::123456789012:root", Principal::Root),
        ("arn:aws-cn:iam::123456789012:user/a/b/ann", Principal::User),
        (
            "arn:aws:sts::123456789012:assumed-role/r/s",
            Principal::AssumedRole,
        ),
        (
            "arn:aws-us-gov:sts::123456789012:federated-user/x",
            Principal::FederatedUser,
        ),
    ] {
        assert_eq!(of(arn), Some(principal), "{arn}");
    }
    for wrong in [
        "",
        "arn:aws:iam::210987654321:root",
        "arn:aws:s3:::bucket",
        "arn:evil:iam::123456789012:root",
        "arn:aws:iam::123456789012:role/x",
        "arn:aws:iam::123456789012:user/a b\n",
        "urn:aws:iam::123456789012:root",
    ] {
        assert_eq!(of(wrong), None, "{wrong:?}");
    }
}

#[test]
fn codes_are_shown_cut() {
    let code = format!("Evil\n\u{1b}[2J{}", "x".repeat(500));
    let Verdict::Unknown(why) = of(403, &code, "") else {
        panic!("unknown");
    };
    assert!(
        why.len() < 140 && !why.contains(['\n', '\u{1b}']),
        "{why:?}"
    );
}
