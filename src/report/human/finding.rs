//! One finding, as a compiler would report it.

use std::io;

use super::wording::{count, plural, words};
use super::{Page, SHOWN, Tone, Verbosity};
use crate::model::{
    CredentialKind, Field, Finding, ListedState, Occurrence, Part, Secret, Severity, ValidityState,
    utc,
};
use crate::report::shape::has_lines;

/// Stands for a secret, whatever its length and content.
const MASK: &str = "****************";

impl Page<'_> {
    /// `number` is what the steps at the end call it.
    pub(super) fn finding(&mut self, number: usize, finding: &Finding) -> io::Result<()> {
        let tone = match finding.severity {
            Severity::Critical | Severity::High => Tone::Error,
            Severity::Medium | Severity::Low => Tone::Warning,
        };
        let plain = format!("{}[{number}]:", finding.severity.name());
        let label = self.paint(tone, &plain);
        let headline: Vec<String> = words(&headline(finding))
            .iter()
            .map(|word| self.paint(Tone::Strong, word))
            .collect();
        writeln!(self.out, "{label} {}", headline.join(" "))?;
        let arrow = self.paint(Tone::Frame, "-->");
        let place = self.main_place(finding);
        self.lines(&format!("  {arrow}"), 5, &place)?;

        if let Some(name) = &finding.submodule {
            let name = self.text(name.as_bytes());
            self.fact("submodule", &[name])?;
        }
        if let Some(account) = &finding.account_id {
            let account = self.text(account.as_bytes());
            self.fact("account", &[account])?;
        }
        self.details(finding)?;
        self.secrets(finding)?;
        self.validity(finding)?;
        self.listed(finding)?;
        self.exposure(finding)?;
        self.other_places(finding)?;
        for note in &finding.notes {
            let note = self.text(note.as_bytes());
            self.fact_in_words("note", &note)?;
        }
        let confidence = finding.confidence().name();
        let found = format!("{confidence} (rule {})", finding.credential.rule);
        self.fact_in_words("confidence", &found)?;
        self.fact("fingerprint", &[finding.fingerprint.to_string()])?;
        writeln!(self.out)
    }

    /// The place that leads the finding: where its introducing commit holds its leading part.
    pub(super) fn main_place(&self, finding: &Finding) -> Vec<String> {
        main_occurrence(finding).map_or_else(
            || words("no place recorded"),
            |occurrence| self.place(occurrence),
        )
    }

    /// What the values themselves tell besides the account.
    fn details(&mut self, finding: &Finding) -> io::Result<()> {
        let details = &finding.credential.details;
        let signer = match finding.credential.kind {
            CredentialKind::CloudFrontPrivateKey => "key pair",
            _ => "signed by",
        };
        for (name, value) in [
            ("canary", details.canary),
            ("user", details.user.as_deref()),
            ("region", details.region.as_deref()),
            (signer, details.signed_by.as_deref()),
        ] {
            if let Some(value) = value {
                let value = self.text(value.as_bytes());
                self.fact(name, &[value])?;
            }
        }
        if let Some(time) = details.expires {
            self.fact_in_words("expires", &utc(time))?;
        }
        Ok(())
    }

    fn secrets(&mut self, finding: &Finding) -> io::Result<()> {
        let credential = &finding.credential;
        let parts = [
            (name_of_secret(credential.kind), &credential.secret),
            ("session token", &credential.token),
        ];
        for (name, secret) in parts {
            if let Some(secret) = secret {
                let shown = self.masked(secret);
                self.fact(name, &[shown])?;
            }
        }
        if !credential.candidates.is_empty() {
            let n = plural(credential.candidates.len() as u64, "other secret");
            let text = format!("{n} could be this ID's too; JSON lists their hashes");
            self.fact_in_words("candidates", &text)?;
        }
        Ok(())
    }

    fn masked(&self, secret: &Secret) -> String {
        if self.options.reveal {
            // Tokens are longer than any name: no cut.
            let pieces = secret.expose().chunks(256).map(super::escape);
            pieces.collect()
        } else {
            MASK.to_owned()
        }
    }

    fn validity(&mut self, finding: &Finding) -> io::Result<()> {
        let validity = &finding.validity;
        if validity.state == ValidityState::NotChecked && validity.reason.is_none() {
            return Ok(());
        }
        let mut text = validity.state.name().to_owned();
        if let Some(principal) = validity.principal {
            text = format!("{text} ({})", principal.name());
        }
        let details = [
            (", ", &validity.arn),
            (": ", &validity.reason),
            (", checked ", &validity.checked_at),
        ];
        for (joint, detail) in details {
            if let Some(detail) = detail {
                text += joint;
                text += &self.text(detail.as_bytes());
            }
        }
        self.fact_in_words("validity", &text)
    }

    /// What the owner's listing says.
    fn listed(&mut self, finding: &Finding) -> io::Result<()> {
        let Some(listed) = &finding.inventory else {
            return Ok(());
        };
        let state = match listed.state {
            ListedState::Active => "ours and ACTIVE",
            ListedState::Inactive => "ours and inactive",
            ListedState::Deleted => "no longer among the keys of its account: deleted",
            ListedState::NotListed => {
                "not among the keys listed: deleted, root's or another account's"
            }
        };
        let mut text = state.to_owned();
        for (joint, detail) in [
            (", user ", &listed.user),
            (" in ", &listed.account),
            (", made ", &listed.created),
            (", last used ", &listed.last_used),
            (" for ", &listed.last_service),
            (" in ", &listed.last_region),
        ] {
            if let Some(detail) = detail {
                text += joint;
                text += &self.text(detail.as_bytes());
            }
        }
        self.fact_in_words("inventory", &text)
    }

    fn other_places(&mut self, finding: &Finding) -> io::Result<()> {
        let main = main_occurrence(finding);
        let bound = self.bound(SHOWN);
        let others = finding
            .occurrences
            .iter()
            .filter(|o| main.is_none_or(|main| !std::ptr::eq(main, *o)));
        let mut left_out = 0;
        for (i, occurrence) in others.enumerate() {
            if i < bound {
                let mut place = self.place(occurrence);
                place[0] = format!("{} in {}", occurrence.part.name(), place[0]);
                self.fact("also", &place)?;
            } else {
                left_out += 1;
            }
        }
        if left_out > 0 {
            let text = format!("and {} more places; see JSON", count(left_out));
            self.fact_in_words("also", &text)?;
        }
        Ok(())
    }

    /// `path:line:column at commit`, or what stands for it where there is no path.
    fn place(&self, occurrence: &Occurrence) -> Vec<String> {
        let mut name = self.place_name(occurrence);
        if has_lines(occurrence.field) {
            let position = occurrence.position;
            name = format!("{name}:{}:{}", position.line, position.column);
        }
        let mut pieces = vec![name];
        match (occurrence.commit, occurrence.object) {
            (Some(commit), object) if Some(commit) != object => {
                pieces.push(format!("at {}", commit.short()));
            }
            _ => {}
        }
        if occurrence.object.is_none() && occurrence.field == Field::Content {
            pieces.push("in the work tree".to_owned());
        }
        if occurrence.path_count > 1 {
            let more = plural(occurrence.path_count - 1, "other path");
            let at_least = if occurrence.path_count_at_least {
                "at least "
            } else {
                ""
            };
            pieces.push(format!("(and {at_least}{more})"));
        }
        if !occurrence.encodings.is_empty() {
            let names: Vec<&str> = occurrence.encodings.iter().map(|e| e.name()).collect();
            pieces.push(format!("({})", names.join(" in ")));
        }
        if self.options.verbosity == Verbosity::Verbose
            && let Some(object) = occurrence.object
        {
            let span = occurrence.span;
            pieces.push(format!("[object {object},"));
            pieces.push(format!("bytes {}..{}]", span.start, span.end));
        }
        pieces
    }

    fn place_name(&self, occurrence: &Occurrence) -> String {
        let path = occurrence.path.as_deref().map(|p| self.text(p));
        let object = occurrence.object.map_or("?".to_owned(), |id| id.short());
        let kind = occurrence.object_kind.map_or("object", |k| k.name());
        match (occurrence.field, path) {
            (Field::Content, Some(path)) => path,
            (Field::Content, None) => format!("{kind} {object} (no path known)"),
            (Field::EntryName, Some(path)) => format!("the file name {path}"),
            (Field::EntryName, None) => format!("a file name in {kind} {object}"),
            (Field::RefName, path) => format!("the ref name {}", path.unwrap_or_default()),
            (Field::IndexPath, path) => {
                format!("the index's path {}", path.unwrap_or_default())
            }
            (Field::Message, Some(path)) if occurrence.object.is_none() => {
                format!("git's file {path}")
            }
            (field, _) => format!("the {} of {kind} {object}", field.name()),
        }
    }
}

const fn name_of_secret(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::AccessKey
        | CredentialKind::TemporaryKey
        | CredentialKind::SecretAccessKey => "secret",
        _ => "key",
    }
}

/// What was found, in a line: key IDs whole, secrets never.
pub(in crate::report) fn headline(finding: &Finding) -> String {
    let credential = &finding.credential;
    // An ID is letters and digits; escaping costs nothing and asks for no trust.
    let id = credential.access_key_id.as_deref().unwrap_or("");
    let id = super::escape(id.as_bytes());
    let what = match credential.kind {
        CredentialKind::AccessKeyId => {
            format!("AWS access key ID {id} without its secret")
        }
        CredentialKind::AccessKey => format!("AWS access key {id} with its secret"),
        CredentialKind::TemporaryKeyId => {
            format!("temporary AWS access key ID {id} without its secret")
        }
        CredentialKind::TemporaryKey if credential.token.is_some() => {
            format!("temporary AWS access key {id} with its secret and session token")
        }
        CredentialKind::TemporaryKey => {
            format!("temporary AWS access key {id} with its secret")
        }
        CredentialKind::SesSmtpPassword if !id.is_empty() => {
            format!("password of the SES SMTP user {id}")
        }
        kind => nameless(kind).to_owned(),
    };
    let active = match finding.validity.state {
        ValidityState::Active => "ACTIVE: ",
        _ => "",
    };
    format!("{active}{what}")
}

/// What has no ID to be called by.
const fn nameless(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::SecretAccessKey => "AWS secret access key without its access key ID",
        CredentialKind::SessionToken => "AWS session token without its access key",
        CredentialKind::BedrockApiKey => "API key of Amazon Bedrock, long-term",
        CredentialKind::BedrockShortTermKey => "API key of Amazon Bedrock, short-term",
        CredentialKind::CloudWatchLogsKey => "API key of CloudWatch Logs",
        CredentialKind::SesSmtpPassword => "SMTP password of Amazon SES",
        CredentialKind::ServicePassword => "password of an IAM user for one service",
        CredentialKind::MwsAuthToken => "authorization token of Amazon MWS",
        CredentialKind::AppSyncApiKey => "API key of AWS AppSync",
        CredentialKind::CloudFrontPrivateKey => "private key of a CloudFront key pair",
        CredentialKind::ConsoleSignIn => "sign-in link of the AWS console",
        CredentialKind::EcrToken => "password of a container registry (ECR)",
        CredentialKind::CustomKey => "value that a rule of yours describes",
        CredentialKind::CodeArtifactToken => "token of a CodeArtifact repository",
        CredentialKind::AccessKeyId
        | CredentialKind::AccessKey
        | CredentialKind::TemporaryKeyId
        | CredentialKind::TemporaryKey => "AWS access key",
    }
}

/// The occurrence that leads: the leading part, in the introducing commit where possible.
pub(in crate::report) fn main_occurrence(finding: &Finding) -> Option<&Occurrence> {
    let kind = finding.credential.kind;
    let leading = if kind.is_service_key() {
        Part::Key
    } else if kind == CredentialKind::SessionToken {
        Part::Token
    } else if finding.credential.access_key_id.is_some() {
        Part::Id
    } else {
        Part::Secret
    };
    let first = finding.exposure.introduced.as_ref().map(|s| s.commit);
    let rank = |o: &Occurrence| (o.part != leading, first.is_none() || o.commit != first);
    // The first of equals: occurrences are sorted.
    finding.occurrences.iter().min_by_key(|o| rank(o))
}
