//! What a credential's own bytes, those beside it, and AWS say of it: whose it is, where it works,
//! and until when.

use serde::{Deserialize, Serialize};

/// What is not known is absent. Only `validity` ever comes from asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The account, 12 digits.
    pub account: Option<String>,
    /// The IAM user, or the name a service knows it by.
    pub user: Option<String>,
    /// The region it was made for.
    pub region: Option<String>,
    /// The key that signed it, or the key pair it belongs to.
    pub signed_by: Option<String>,
    /// When it ends, in seconds since 1970.
    pub expires: Option<i64>,
    /// Set if the ID stands nowhere but in signed requests.
    pub disclosure: Option<Disclosure>,
    /// What people call a value of it, if somebody named it: such a finding is never set aside.
    pub known: Option<String>,
    /// Who is told when somebody touches it: the name of the canary's service.
    pub canary: Option<&'static str>,
    /// Whether it works, as far as anybody asked.
    pub validity: super::Validity,
}

/// A signed request shows the ID of the key that signed it, and nothing else of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Disclosure {
    /// Which kind of request.
    pub kind: DisclosureKind,
    /// When the signature ends, in seconds since 1970, if that can be told.
    pub expires: Option<i64>,
}

/// Where an ID is shown without its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DisclosureKind {
    /// A URL that works until it expires.
    PresignedUrl,
    /// A header or form field of one request.
    Signature,
}

impl DisclosureKind {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            DisclosureKind::PresignedUrl => "presigned-url",
            DisclosureKind::Signature => "signature",
        }
    }
}
