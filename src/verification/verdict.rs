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
    let named = |why: &str| {
        if code.is_empty() {
            format!("{why} (status {status})")
        } else {
            format!("{why} ({})", short(&code))
        }
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
#[path = "verdict_tests.rs"]
mod tests;
