//! Whether the keys of a proof are dead: asked of STS with secrets that the user has at hand, and of
//! the owner's own listing.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::swept;
use crate::canaries::Canaries;
use crate::cli::args::Prove;
use crate::cli::commands::inventory;
use crate::cli::failure::Failure;
use crate::cli::{known, verification};
use crate::inventory::Inventory;
use crate::known::OldKey;
use crate::model::{
    Confidence, Control, Credential, CredentialKind, Death, Details, Field, KnownValue, Mark, Part,
    Place, ProvedKey, Searched, Secret, Validity, ValidityState, Verification, VerifyPlan,
};
use crate::scan::known::{Known, Seeker};
use crate::sweep::SweepPlan;

/// Most places of one text in which a value is looked for: the first one is enough.
const HITS_MAX: usize = 1000;

/// Who is asked, and with what.
pub(super) struct Asking {
    plan: Option<VerifyPlan>,
    inventory: Option<Inventory>,
    /// Places that may still have the secrets.
    places: Vec<PathBuf>,
}

impl Asking {
    /// What the arguments want to be asked. Opens the listings: what one of them would have said is
    /// not to be guessed later.
    pub(super) fn of(args: &Prove, timings: bool) -> Result<Asking, Failure> {
        let plan = verification::plan(args.verify.clone(), timings)?;
        if plan.is_none() && !args.secret_from.is_empty() {
            return Err(Failure::new("--secret-from does nothing without --verify")
                .hinted("add --verify to ask AWS whether the key is dead, or leave it out"));
        }
        let inventory = (!args.inventory.is_empty()).then(|| inventory::read(&args.inventory));
        Ok(Asking {
            plan,
            inventory: inventory.transpose()?,
            places: args.secret_from.clone(),
        })
    }

    /// True if the proof is to be of the keys' death as well.
    pub(super) fn is_wanted(&self) -> bool {
        self.plan.is_some() || self.inventory.is_some()
    }

    /// Secrets that the named places have, by their hash. Nothing else of these places is kept.
    pub(super) fn secrets(
        &self,
        values: &[KnownValue],
        plan: &SweepPlan,
        control: &Control,
    ) -> Result<HashMap<String, Secret>, Failure> {
        let mut secrets = HashMap::new();
        for place in &self.places {
            if place.is_dir() {
                let plan = SweepPlan {
                    path: place.clone(),
                    path_is_explicit: true,
                    ..plan.clone()
                };
                let report = swept(&plan, control)?;
                secrets.extend(report.findings.iter().flat_map(|f| parts(&f.credential)));
                continue;
            }
            let shown = place.display();
            let text = known::read(place).map_err(|error| {
                Failure::new(format!("`{shown}` cannot be read: {error}"))
                    .hinted("name a file or repository that still has the secret, or `-`")
            })?;
            secrets.extend(in_text(&text, values));
        }
        Ok(secrets)
    }

    /// Asks about every key. `secrets` are those of other places; what was searched may have some.
    pub(super) fn ask(
        self,
        keys: &[OldKey],
        mut secrets: HashMap<String, Secret>,
        searched: &[Searched],
        control: &Control,
    ) -> Result<(Vec<ProvedKey>, Option<Verification>), Failure> {
        for one in searched {
            let found = one.report.findings.iter();
            secrets.extend(found.flat_map(|finding| parts(&finding.credential)));
        }
        let mut credentials: Vec<Credential> =
            keys.iter().map(|key| credential(key, &secrets)).collect();
        Canaries::builtin()
            .map_err(Failure::new)?
            .mark(&mut credentials);
        let answers = Answers::of(self.plan.as_ref(), &credentials, control)?;
        let proved = keys.iter().zip(&credentials).map(|(key, credential)| {
            let inventory = self.inventory.as_ref();
            let listed = inventory.and_then(|inventory| inventory.of(credential));
            let validity = match &self.plan {
                Some(_) => answers.about(key),
                None => Validity::default(),
            };
            ProvedKey {
                label: key.label.clone(),
                kind: key.kind,
                access_key_id: key.access_key_id.clone(),
                death: match credential.details.canary {
                    Some(_) => Death::Canary,
                    None => Death::of(&validity, listed.as_ref()),
                },
                validity,
                listed,
            }
        });
        Ok((proved.collect(), answers.summary))
    }
}

/// The secret and the token of something that was found, by their hashes.
fn parts(credential: &Credential) -> impl Iterator<Item = (String, Secret)> + '_ {
    let parts = [&credential.secret, &credential.token];
    let parts = parts.into_iter().flatten();
    parts.map(|secret| (secret.sha256(), secret.clone()))
}

/// The values that stand in a text, in whatever encoding, by their hashes.
fn in_text(text: &Secret, values: &[KnownValue]) -> Vec<(String, Secret)> {
    let hashed = values.iter().filter(|value| value.sha256().is_some());
    let known = Arc::new(Known::new(hashed.cloned().collect()));
    if known.values().is_empty() {
        return Vec::new();
    }
    let mut hits = Vec::new();
    let place = Place::WorktreeFile(Vec::new());
    Seeker::new(known, HITS_MAX).seek_text(place, Field::Content, text.expose(), &mut hits);
    hits.into_iter()
        .map(|hit| (hit.value.sha256(), hit.value))
        .collect()
}

/// A key as verification takes it.
fn credential(key: &OldKey, secrets: &HashMap<String, Secret>) -> Credential {
    let secret = |hash: &Option<String>| hash.as_ref().and_then(|hash| secrets.get(hash)).cloned();
    Credential {
        kind: key.kind,
        access_key_id: key.access_key_id.clone(),
        secret: secret(&key.secret_sha256),
        token: secret(&key.token_sha256),
        rule: "",
        confidence: Confidence::High,
        hits: Vec::new(),
        candidates: Vec::new(),
        placeholder: None,
        accepted: None,
        details: Details {
            account: key.account.clone(),
            user: key.user.clone(),
            region: key.region.clone(),
            expires: key.expires,
            ..Details::default()
        },
    }
}

/// What AWS answered, by ID and hash of the secret.
struct Answers {
    by_key: BTreeMap<(Option<String>, Option<String>), Validity>,
    /// Reasons why nobody could ask.
    refused: BTreeMap<(Option<String>, CredentialKind), Validity>,
    summary: Option<Verification>,
}

impl Answers {
    fn of(
        plan: Option<&VerifyPlan>,
        credentials: &[Credential],
        control: &Control,
    ) -> Result<Answers, Failure> {
        let mut answers = Answers {
            by_key: BTreeMap::new(),
            refused: BTreeMap::new(),
            summary: None,
        };
        let Some(plan) = plan else {
            return Ok(answers);
        };
        // A key without its secret cannot be asked about, and says so for itself.
        let is_whole = |c: &&Credential| c.secret.is_some() || is_alone(c.kind);
        let mut asked: Vec<Credential> = credentials.iter().filter(is_whole).cloned().collect();
        answers.summary = Some(verification::ask(plan, &mut asked, control)?);
        for credential in asked {
            let validity = credential.details.validity;
            let id = credential.access_key_id;
            let secret = credential.secret.as_ref().map(Secret::sha256);
            answers
                .refused
                .insert((id.clone(), credential.kind), validity.clone());
            answers.by_key.insert((id, secret), validity);
        }
        Ok(answers)
    }

    fn about(&self, key: &OldKey) -> Validity {
        let name = (key.access_key_id.clone(), key.secret_sha256.clone());
        let same = || self.refused.get(&(key.access_key_id.clone(), key.kind));
        let known = self.by_key.get(&name);
        let known = known.or_else(|| same().filter(|_| is_alone(key.kind)));
        known.cloned().unwrap_or_else(|| {
            Validity::because(
                ValidityState::NotChecked,
                "not asked about: the secret is not at hand; --secret-from takes it from standard \
                 input, a file or an old clone",
            )
        })
    }
}

/// True for what has no secret of its own that AWS could be asked with.
fn is_alone(kind: CredentialKind) -> bool {
    matches!(
        kind,
        CredentialKind::AccessKeyId | CredentialKind::TemporaryKeyId
    ) || kind.is_service_key()
}

/// The keys that files of hashes name: an ID and what goes with it where they share a label, else
/// each by itself.
pub(super) fn named(values: &[KnownValue]) -> Vec<OldKey> {
    let mut by_label: BTreeMap<&str, Vec<&KnownValue>> = BTreeMap::new();
    for value in values {
        by_label.entry(&value.label).or_default().push(value);
    }
    let mut keys = Vec::new();
    for (label, values) in by_label {
        let of = |part: Part| values.iter().filter(move |value| value.part == part);
        let is_one = [Part::Id, Part::Secret, Part::Token, Part::Key]
            .into_iter()
            .all(|part| of(part).count() <= 1);
        let groups: Vec<Vec<&KnownValue>> = if is_one {
            vec![values]
        } else {
            values.into_iter().map(|value| vec![value]).collect()
        };
        keys.extend(groups.iter().map(|group| key(label, group)));
    }
    keys
}

fn key(label: &str, group: &[&KnownValue]) -> OldKey {
    let of = |part: Part| group.iter().find(|value| value.part == part);
    let id = of(Part::Id).and_then(|value| match &value.mark {
        Mark::Literal(id) => Some(id.clone()),
        Mark::Hash { .. } => None,
    });
    let secret = of(Part::Secret).or_else(|| of(Part::Key));
    let temporary = id.as_ref().is_some_and(|id| id.starts_with("ASIA"));
    let kind = match (&id, secret, temporary) {
        (_, Some(secret), _) if secret.part == Part::Key => secret.kind,
        (Some(_), Some(_), true) => CredentialKind::TemporaryKey,
        (Some(_), Some(_), false) => CredentialKind::AccessKey,
        (Some(_), None, true) => CredentialKind::TemporaryKeyId,
        (Some(_), None, false) => CredentialKind::AccessKeyId,
        (None, Some(_), _) => CredentialKind::SecretAccessKey,
        (None, None, _) => CredentialKind::SessionToken,
    };
    OldKey {
        label: label.to_owned(),
        kind,
        access_key_id: id,
        secret_sha256: secret.and_then(|value| value.sha256()),
        token_sha256: of(Part::Token).and_then(|value| value.sha256()),
        account: None,
        user: None,
        region: None,
        expires: None,
    }
}

/// True if standard input is asked for twice.
pub(super) fn is_stdin_twice(args: &Prove) -> bool {
    let named = args
        .report
        .iter()
        .chain(&args.known)
        .chain(&args.secret_from);
    named.filter(|path| *path == Path::new("-")).count() > 1
}
