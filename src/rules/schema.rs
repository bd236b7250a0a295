//! The form of a rule file. `patterns/README.md` explains each key.

use serde::Deserialize;

/// One rule as its file has it. Unknown keys are refused, so that a typo cannot weaken a rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Stable name, kebab-case.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// What the capture is.
    pub role: Role,
    /// Literals at which the pattern is tried.
    pub prefilter: Vec<String>,
    /// Name of a cheap check.
    pub gate: Option<GateName>,
    /// What kind of credential a service key is.
    pub kind: Option<String>,
    /// Most bytes of label before the literal.
    #[serde(default)]
    pub label_head: usize,
    /// True if the value stands before its label.
    #[serde(default)]
    pub value_first: bool,
    /// True if the pattern contains a label.
    #[serde(default)]
    pub labelled: bool,
    /// True if the value may stand in pieces.
    #[serde(default)]
    pub pieces: bool,
    /// A rule whose hit must stand near.
    pub near: Option<NearName>,
    /// True if the value is all there is in a file.
    #[serde(default)]
    pub alone: bool,
    /// `regex` syntax for bytes, with a group `value`.
    pub pattern: String,
    /// What a value goes on with behind what the pattern captured.
    pub extends: Option<ExtentName>,
    /// Bytes around a value that decide about it.
    pub reach: Option<usize>,
    /// True if there is no such bound.
    #[serde(default, rename = "whole-object")]
    pub whole_object: bool,
    /// The confidence of a hit that passes everything.
    pub confidence: Level,
    /// Checks a value must pass.
    #[serde(default)]
    pub require: Vec<String>,
    /// Checks that lower the confidence to medium when they fail.
    #[serde(default)]
    pub medium_unless: Vec<String>,
    /// Checks that lower the confidence to low when they fail.
    #[serde(default)]
    pub low_unless: Vec<String>,
    /// Where the format is described.
    #[serde(default)]
    pub references: Vec<String>,
    /// What the rule finds.
    #[serde(default)]
    pub must_match: Vec<Example>,
    /// What it leaves alone.
    #[serde(default)]
    pub must_not_match: Vec<Example>,
    /// What it should find, and does not yet.
    #[serde(default)]
    pub known_gap: Vec<Example>,
}

/// A user's file: any number of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RulesFile {
    /// In any order; one that is near to another comes after it.
    pub(super) rule: Vec<RuleFile>,
}

/// What a capture is taken for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// An access key ID.
    AccessKeyId,
    /// A secret access key.
    SecretAccessKey,
    /// A session token.
    SessionToken,
    /// A key of a single service: `kind` says which.
    ServiceKey,
    /// The public name of a key of a single service, which is nothing without it.
    ServiceKeyId,
    /// No credential, but something public that other rules want to be near to.
    Context,
}

/// Names of the gates.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateName {
    /// See [`super::Gate::KeyIdShape`].
    KeyIdShape,
    /// See [`super::Gate::LongRunAhead`].
    LongRunAhead,
    /// See [`super::Gate::LongRunBehind`].
    LongRunBehind,
    /// See [`super::Gate::PieceAhead`].
    PieceAhead,
    /// See [`super::Gate::RunAhead`].
    RunAhead,
    /// See [`super::Gate::KeyAhead`].
    KeyAhead,
    /// See [`super::Gate::TokenHead`].
    TokenHead,
    /// See [`super::Gate::AccountAhead`].
    AccountAhead,
}

/// Names of what values go on with.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExtentName {
    /// See [`super::Extent::Base64`].
    Base64,
    /// See [`super::Extent::Base64Url`].
    Base64Url,
    /// See [`super::Extent::Pem`].
    Pem,
}

/// Names of the confidences.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

/// A rule whose hit must stand near.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearName {
    /// The other rule's id.
    pub rule: String,
    /// Most bytes between the two.
    pub within: usize,
}

/// A tested example. Placeholders in double braces stand for generated keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub why: String,
    /// The content of a file.
    pub text: String,
    /// The exact bytes captured, in order.
    pub finds: Option<OneOrMany>,
    /// The decoded value, where it differs from the bytes.
    pub value: Option<String>,
    /// The expected confidence, where it matters.
    pub confidence: Option<String>,
}

/// One string or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several, in order.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them.
    pub fn list(&self) -> Vec<String> {
        match self {
            OneOrMany::One(one) => vec![one.clone()],
            OneOrMany::Many(many) => many.clone(),
        }
    }
}
