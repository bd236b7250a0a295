//! The names of the checks that rules may ask for. `scan` knows what each one means.

use super::schema::{ExtentName, GateName, Level};
use super::{Confidence, Extent, Gate};

/// A check of a value in its surroundings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Check {
    /// No letter or digit on either side.
    KeyIdBoundary,
    /// What surrounds the value shows that it is not a piece of something longer.
    SecretBoundary,
    /// Characters 5 to 20 are base32.
    Base32,
    /// The account an ID names can exist, or cannot be read.
    AccountPlausible,
    /// The account is not one that AWS's documentation and emulators use.
    NoDocumentationAccount,
    /// The value is not joined to long base64 by `/` or `+`.
    NotInBase64Run,
    /// The value is not the last line of wrapped base64.
    NotWrappedBase64,
    /// At least one upper-case and one lower-case letter.
    UpperAndLower,
    /// Not only hexadecimal digits.
    NotHex,
    /// It is not base64 of ASCII text, which random bytes never are.
    NotText,
    /// The surroundings speak of AWS.
    AwsContext,
    /// The label says no more than `secret`, and the structure around it speaks of AWS.
    AwsBlock,
    /// Shannon entropy in bits a byte is at least this.
    EntropyAtLeast(f64),
    /// The same without the first four bytes.
    BodyEntropyAtLeast(f64),
    /// The decoded length is at least this.
    LengthAtLeast(usize),
    /// The decoded length is at most this.
    LengthAtMost(usize),
    /// How often neighbours differ in class (upper, lower, digit, other) is at least this.
    ClassChangesAtLeast(usize),
    /// At most so many lower-case letters.
    LowerCaseAtMost(usize),
    /// What the value says of itself fits its kind: it decodes to a user and an account, to a
    /// signed request, and so on.
    Structure,
    /// No character of a longer run stands right before the value.
    RunBegins,
    /// No character of a longer run stands right behind the value.
    RunEnds,
    /// The surroundings speak of e-mail.
    MailContext,
    /// The session token beside it, if there is one, is no web token: S3-compatible servers answer
    /// like STS, with tokens of that kind.
    NotOfAnotherSts,
    /// The label right before it does not say that it is somebody else's.
    NotOfAnotherVendor,
    /// Nothing between a full label and the value names another entry.
    NotOfAnotherField,
    /// At least so many digits.
    DigitsAtLeast(usize),
}

impl Check {
    /// Reads a check's name, with its bound if it takes one.
    pub(super) fn parse(text: &str) -> Option<Check> {
        let mut words = text.split_whitespace();
        let (name, sign, bound) = (words.next()?, words.next(), words.next());
        if words.next().is_some() {
            return None;
        }
        let number = || bound?.parse::<f64>().ok();
        let count = || bound?.parse::<usize>().ok();
        Some(match (name, sign) {
            ("key-id-boundary", None) => Check::KeyIdBoundary,
            ("secret-boundary", None) => Check::SecretBoundary,
            ("base32", None) => Check::Base32,
            ("account-plausible", None) => Check::AccountPlausible,
            ("no-documentation-account", None) => Check::NoDocumentationAccount,
            ("not-in-base64-run", None) => Check::NotInBase64Run,
            ("not-wrapped-base64", None) => Check::NotWrappedBase64,
            ("upper-and-lower", None) => Check::UpperAndLower,
            ("not-hex", None) => Check::NotHex,
            ("not-text", None) => Check::NotText,
            ("aws-context", None) => Check::AwsContext,
            ("not-of-another-field", None) => Check::NotOfAnotherField,
            ("aws-block", None) => Check::AwsBlock,
            ("digits", Some(">=")) => Check::DigitsAtLeast(count()?),
            ("structure", None) => Check::Structure,
            ("run-begins", None) => Check::RunBegins,
            ("run-ends", None) => Check::RunEnds,
            ("mail-context", None) => Check::MailContext,
            ("not-of-another-sts", None) => Check::NotOfAnotherSts,
            ("not-of-another-vendor", None) => Check::NotOfAnotherVendor,
            ("entropy", Some(">=")) => Check::EntropyAtLeast(number()?),
            ("body-entropy", Some(">=")) => Check::BodyEntropyAtLeast(number()?),
            ("length", Some(">=")) => Check::LengthAtLeast(count()?),
            ("length", Some("<=")) => Check::LengthAtMost(count()?),
            ("class-changes", Some(">=")) => Check::ClassChangesAtLeast(count()?),
            ("lower-case", Some("<=")) => Check::LowerCaseAtMost(count()?),
            _ => return None,
        })
    }
}

impl From<GateName> for Gate {
    fn from(name: GateName) -> Gate {
        match name {
            GateName::KeyIdShape => Gate::KeyIdShape,
            GateName::LongRunAhead => Gate::LongRunAhead,
            GateName::LongRunBehind => Gate::LongRunBehind,
            GateName::PieceAhead => Gate::PieceAhead,
            GateName::RunAhead => Gate::RunAhead,
            GateName::KeyAhead => Gate::KeyAhead,
            GateName::TokenHead => Gate::TokenHead,
            GateName::AccountAhead => Gate::AccountAhead,
        }
    }
}

impl From<ExtentName> for Extent {
    fn from(name: ExtentName) -> Extent {
        match name {
            ExtentName::Base64 => Extent::Base64,
            ExtentName::Base64Url => Extent::Base64Url,
            ExtentName::Pem => Extent::Pem,
        }
    }
}

impl From<Level> for Confidence {
    fn from(level: Level) -> Confidence {
        match level {
            Level::Low => Confidence::Low,
            Level::Medium => Confidence::Medium,
            Level::High => Confidence::High,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bounds() {
        assert_eq!(Check::parse("base32"), Some(Check::Base32));
        assert_eq!(
            Check::parse("entropy >= 4.0"),
            Some(Check::EntropyAtLeast(4.0))
        );
        for wrong in [
            "",
            "base33",
            "base32 >= 1",
            "entropy",
            "entropy > 4",
            "length <= x",
            "length <= 4 5",
        ] {
            assert_eq!(Check::parse(wrong), None, "{wrong}");
        }
    }
}
