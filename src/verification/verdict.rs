//! What an answer of STS means, as a table.
//!
//! Sources: AWS's "Common Errors" pages; IAM user guide, "Troubleshooting Signature Version 4"; STS
//! API reference. What is not in the table is unknown: only STS itself says that a key is dead.

use crate::model::Principal;

/// What came back, as far as it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// 200, with an identity.
    Identity { arn: String, account: String },
    /// An error in STS's own form.
    Error {
        status: u16,
        code: String,
        message: String,
    },
    /// Something else than STS's XML.
    Garbled(u16),
    /// No answer; why.
    Nothing(String),
}

/// What is to be made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// STS named whose it is.
    Active(Identity),
    /// STS knew it, and something forbids the question.
    Restricted(String),
    /// Not known in this partition, or not active.
    NotValid,
    /// The ID is active, the secret another one.
    SecretWrong,
    /// Its time is over.
    Expired,
    /// To be asked again; why.
    Again(String),
    /// Nobody knows; why.
    Unknown(String),
}

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) arn: String,
    pub(super) account: String,
    pub(super) principal: Principal,
}

/// What a row of the table says.
#[derive(Clone, Copy, Debug)]
enum Meaning {
    Restricted,
    NotValid,
    SecretWrong,
    Expired,
    Again,
    Unknown,
}

/// One kind of answer. The first row that fits counts.
struct Row {
    /// Of which statuses; empty for any.
    statuses: &'static [u16],
    /// Of which codes; a `*` at the end takes all that begin so, and "" takes answers without one.
    codes: &'static [&'static str],
    /// What the message holds, if it matters.
    message: &'static str,
    meaning: Meaning,
    /// In words, for what is unknown.
    why: &'static str,
}

const ROWS: [Row; 14] = [
    Row {
        statuses: &[400, 403],
        codes: &["InvalidClientTokenId"],
        message: "",
        meaning: Meaning::NotValid,
        why: "",
    },
    Row {
        statuses: &[400, 403],
        codes: &["SignatureDoesNotMatch"],
        message: "Signature expired",
        meaning: Meaning::Unknown,
        why: "this machine's clock is wrong: AWS takes the request for an old one",
    },
    Row {
        statuses: &[400, 403],
        codes: &["SignatureDoesNotMatch"],
        message: "Signature not yet current",
        meaning: Meaning::Unknown,
        why: "this machine's clock is wrong: AWS takes the request for one of the future",
    },
    Row {
        statuses: &[400, 403],
        codes: &["SignatureDoesNotMatch"],
        message: "does not match the signature you provided",
        meaning: Meaning::SecretWrong,
        why: "",
    },
    Row {
        statuses: &[400, 403],
        codes: &["ExpiredToken", "ExpiredTokenException"],
        message: "",
        meaning: Meaning::Expired,
        why: "",
    },
    Row {
        statuses: &[400, 403],
        codes: &["RequestExpired"],
        message: "",
        meaning: Meaning::Unknown,
        why: "this machine's clock is wrong: AWS takes the request for an old one",
    },
    Row {
        statuses: &[400, 403],
        codes: &[
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "MissingAuthenticationToken",
        ],
        message: "",
        meaning: Meaning::Unknown,
        why: "AWS did not accept the form of the request",
    },
    Row {
        statuses: &[403],
        codes: &["RegionDisabledException", "OptInRequired"],
        message: "",
        meaning: Meaning::Unknown,
        why: "the region is not enabled for the account; --region names another",
    },
    Row {
        statuses: &[403],
        codes: &["AccessDenied", "AccessDeniedException"],
        message: "",
        meaning: Meaning::Restricted,
        why: "",
    },
    Row {
        statuses: &[],
        codes: &[
            "Throttl*",
            "RequestLimitExceeded",
            "RequestThrottled*",
            "TooManyRequests*",
            "SlowDown",
        ],
        message: "",
        meaning: Meaning::Again,
        why: "AWS asks for fewer requests",
    },
    Row {
        statuses: &[429],
        codes: &["*"],
        message: "",
        meaning: Meaning::Again,
        why: "fewer requests were asked for",
    },
    Row {
        statuses: &[500, 502, 503, 504],
        codes: &["*"],
        message: "",
        meaning: Meaning::Again,
        why: "the service failed",
    },
    Row {
        statuses: &[301, 302, 303, 307, 308],
        codes: &["*"],
        message: "",
        meaning: Meaning::Unknown,
        why: "the answer leads elsewhere, and was not followed",
    },
    Row {
        statuses: &[407],
        codes: &["*"],
        message: "",
        meaning: Meaning::Unknown,
        why: "the proxy asks for a password",
    },
];

impl Row {
    fn fits(&self, status: u16, code: &str, message: &str) -> bool {
        let takes = |pattern: &&str| match pattern.strip_suffix('*') {
            Some(prefix) => code.starts_with(prefix),
            None => code == *pattern,
        };
        (self.statuses.is_empty() || self.statuses.contains(&status))
            && self.codes.iter().any(takes)
            && message.contains(self.message)
    }
}

/// Reads an answer. `with_token`: the question held a session token, so that it can have expired.
pub(super) fn verdict(answer: Answer, with_token: bool) -> Verdict {
    let (status, code, message) = match answer {
        Answer::Identity { arn, account } => {
            return match identity(&arn, &account) {
                Some(identity) => Verdict::Active(identity),
                None => Verdict::Unknown("the answer names no identity of AWS".to_owned()),
            };
        }
        Answer::Error {
            status,
            code,
            message,
        } => (status, code, message),
        Answer::Garbled(status) => (status, String::new(), String::new()),
        Answer::Nothing(why) => return Verdict::Unknown(why),
    };
    let row = ROWS.iter().find(|row| row.fits(status, &code, &message));
    let named = |why: &str| match code.is_empty() {
        true => format!("{why} (status {status})"),
        false => format!("{why} ({})", short(&code)),
    };
    let Some(row) = row else {
        return Verdict::Unknown(named("the answer is none that STS is known to give"));
    };
    match row.meaning {
        Meaning::NotValid => Verdict::NotValid,
        Meaning::SecretWrong => Verdict::SecretWrong,
        Meaning::Expired if with_token => Verdict::Expired,
        Meaning::Expired => Verdict::Unknown(named("a key that never expires was called expired")),
        Meaning::Restricted => Verdict::Restricted(short(&code)),
        Meaning::Again => Verdict::Again(named(row.why)),
        Meaning::Unknown => Verdict::Unknown(named(row.why)),
    }
}

/// A code as it may be shown: whoever answers chooses it.
fn short(code: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || ".:_-".contains(*c);
    code.chars().filter(plain).take(64).collect()
}

/// Reads an ARN. Source: IAM user guide, "IAM identifiers".
fn identity(arn: &str, account: &str) -> Option<Identity> {
    let mut fields = arn.splitn(6, ':');
    let (head, partition) = (fields.next()?, fields.next()?);
    let service = fields.next()?;
    let (region, owner, resource) = (fields.next()?, fields.next()?, fields.next()?);
    let is_account = owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit());
    let sound = head == "arn"
        && partition.starts_with("aws")
        && region.is_empty()
        && is_account
        && owner == account
        && arn.len() <= 2048
        && arn.bytes().all(|b| b.is_ascii_graphic());
    let principal = match (service, resource.split_once('/')) {
        ("iam", None) if resource == "root" => Principal::Root,
        // A root user's own session is root's, too.
        ("sts", None) if resource == "root" => Principal::Root,
        ("iam", Some(("user", _))) => Principal::User,
        ("sts", Some(("assumed-role", _))) => Principal::AssumedRole,
        ("sts", Some(("federated-user", _))) => Principal::FederatedUser,
        _ => return None,
    };
    sound.then(|| Identity {
        arn: arn.to_owned(),
        account: account.to_owned(),
        principal,
    })
}

#[cfg(test)]
mod tests {
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
}
