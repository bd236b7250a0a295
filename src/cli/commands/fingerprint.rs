//! `keysweep fingerprint`: hashes of a secret on standard input.

use std::io::{self, Write as _};
use std::path::Path;

use crate::canaries::Canaries;
use crate::cli::args::{Fingerprint, General};
use crate::cli::exit;
use crate::cli::failure::Failure;
use crate::cli::known;
use crate::explain::explain;
use crate::grading;
use crate::known as files;
use crate::model::{
    Confidence, Credential, CredentialKind, Details, KeyIdKind, KnownValue, PEM_HEAD, Part, Secret,
    key_id_kind,
};
use crate::placeholders::Placeholders;
use crate::report::Format;

/// Length of a secret access key.
const SECRET_LEN: usize = 40;

/// What was given, told apart.
#[derive(Default)]
struct Given {
    id: Option<String>,
    secret: Option<(CredentialKind, Secret)>,
    token: Option<Secret>,
}

/// Runs the command; the value is the exit code.
///
/// # Errors
/// It is nothing that has a fingerprint.
pub(in crate::cli) fn run(general: &General, args: &Fingerprint) -> Result<u8, Failure> {
    let input = known::read(Path::new("-"))
        .map_err(|error| Failure::new(format!("standard input cannot be read: {error}")))?;
    let label = args.label.as_deref().unwrap_or_default();
    if label.contains(char::is_whitespace) || label.contains(['=', '#']) {
        return Err(Failure::new("a label is one word, without `=` and `#`"));
    }
    let given = tell_apart(&input, args.kind)?;
    let lines = told(&given, label)?;
    let text = match general.format {
        Format::Human => lines.human(),
        _ => lines.json(),
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "the answer could not be written: {error}"
        ))),
        _ => Ok(exit::CLEAN),
    }
}

/// Which word is what.
fn tell_apart(input: &Secret, kind: Option<CredentialKind>) -> Result<Given, Failure> {
    let text = input.expose().trim_ascii();
    let mut given = Given::default();
    if text.starts_with(PEM_HEAD) {
        let kind = kind.unwrap_or(CredentialKind::CloudFrontPrivateKey);
        given.secret = Some((kind, Secret::new(text.to_vec())));
        return Ok(given);
    }
    let words = text
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    for word in words {
        let is_id = word.len() == 20 && key_id_kind(word).is_some();
        if is_id && given.id.is_none() {
            given.id = Some(String::from_utf8_lossy(word).into_owned());
        } else if given.secret.is_none() {
            let secret = Secret::new(word.to_vec());
            given.secret = Some((kind_of(&secret, kind)?, secret));
        } else if given.token.is_none() {
            given.token = Some(Secret::new(word.to_vec()));
        } else {
            return Err(Failure::new("there are too many words").hinted(
                "give one credential: `SECRET`, `KEY-ID SECRET` or `KEY-ID SECRET TOKEN`",
            ));
        }
    }
    if let Some((CredentialKind::SessionToken, token)) = given.secret.clone() {
        (given.secret, given.token) = (None, Some(token));
    }
    if given.id.is_none() && given.secret.is_none() && given.token.is_none() {
        return Err(Failure::new("nothing was given")
            .hinted("give the secret on standard input: `keysweep fingerprint < secret.txt`"));
    }
    Ok(given)
}

/// What a word is that is no ID.
fn kind_of(word: &Secret, kind: Option<CredentialKind>) -> Result<CredentialKind, Failure> {
    if let Some(kind) = kind {
        return Ok(kind);
    }
    if word.len() == SECRET_LEN {
        return Ok(CredentialKind::SecretAccessKey);
    }
    let canaries = Canaries::builtin().map_err(Failure::new)?;
    let placeholders = Placeholders::builtin().map_err(Failure::new)?;
    let told = explain(word, &canaries, &placeholders).ok();
    told.filter(|told| told.shown.is_none())
        .and_then(|told| CredentialKind::all().find(|kind| kind.name() == told.kind))
        .ok_or_else(|| {
            Failure::new(
                "it cannot be told what this is; it is not shown, since it may be a secret",
            )
            .hinted("name its kind: `--kind aws-ses-smtp-password`, `--kind custom-key`")
        })
}

/// What is printed.
struct Lines {
    /// Fingerprints with what they stand for.
    fingerprints: Vec<(String, &'static str)>,
    values: Vec<KnownValue>,
    label: String,
}

fn told(given: &Given, label: &str) -> Result<Lines, Failure> {
    let mut values = Vec::new();
    let mut fingerprints = Vec::new();
    let mut add = |part: Part, kind: CredentialKind, value: &Secret| {
        let known = KnownValue::of_secret(part, kind, value, label).ok_or_else(|| {
            Failure::new("it is too short, too long, or made of characters that no key has")
                .hinted("give the value alone, without quotes; 16 characters at least")
        })?;
        values.push(known);
        Ok::<(), Failure>(())
    };
    let is_temporary = |id: &String| key_id_kind(id.as_bytes()) == Some(KeyIdKind::Temporary);
    let temporary = given.id.as_ref().is_some_and(is_temporary);
    let (lone, pair) = if temporary {
        (CredentialKind::TemporaryKeyId, CredentialKind::TemporaryKey)
    } else {
        (CredentialKind::AccessKeyId, CredentialKind::AccessKey)
    };
    if let Some(id) = &given.id {
        add(Part::Id, lone, &Secret::new(id.clone().into_bytes()))?;
        fingerprints.push(fingerprint(lone, Some(id), None, None));
    }
    if let Some((kind, secret)) = &given.secret {
        let is_key = kind.is_service_key();
        let part = if is_key { Part::Key } else { Part::Secret };
        add(part, *kind, secret)?;
        fingerprints.push(fingerprint(*kind, None, Some(secret), None));
        if let Some(id) = &given.id {
            let kind = if is_key { *kind } else { pair };
            fingerprints.push(fingerprint(kind, Some(id), Some(secret), None));
        }
    }
    if let Some(token) = &given.token {
        let kind = CredentialKind::SessionToken;
        add(Part::Token, kind, token)?;
        fingerprints.push(fingerprint(kind, None, None, Some(token)));
    }
    Ok(Lines {
        fingerprints,
        values,
        label: label.to_owned(),
    })
}

/// The fingerprint that a report gives such a credential.
fn fingerprint(
    kind: CredentialKind,
    id: Option<&String>,
    secret: Option<&Secret>,
    token: Option<&Secret>,
) -> (String, &'static str) {
    let credential = Credential {
        accepted: None,
        kind,
        access_key_id: id.cloned(),
        secret: secret.cloned(),
        token: token.cloned(),
        rule: "",
        confidence: Confidence::High,
        hits: Vec::new(),
        candidates: Vec::new(),
        placeholder: None,
        details: Details::default(),
    };
    (grading::fingerprint(&credential).to_string(), kind.name())
}

impl Lines {
    /// Lines that `--known` reads.
    fn human(&self) -> String {
        let mut text = String::new();
        for (fingerprint, kind) in &self.fingerprints {
            text.push_str(&format!("# {fingerprint} {kind}\n"));
        }
        for value in &self.values {
            text.push_str(&files::write(value));
            if !self.label.is_empty() {
                text.push_str(&format!(" label={}", self.label));
            }
            text.push('\n');
        }
        text
    }

    fn json(&self) -> String {
        files::write_json(&self.fingerprints, &self.values)
    }
}
