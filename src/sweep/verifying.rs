//! Between the stages and verification: when it is asked, and what stands near a key that tells
//! where it may be known.

use super::{Error, Stages, SweepPlan};
use crate::git::repo::Repo;
use crate::git::worktree;
use crate::model::{Control, Credential, ObjectId, Span, Verification};
#[cfg(feature = "verify")]
use crate::model::{Part, Place};

/// Bytes on each side of a key in which regions are looked for.
const NEAR: u64 = 2 << 10;
/// Most places of one key that are looked at.
#[cfg(feature = "verify")]
const PLACES_MAX: usize = 3;
/// Most words that are given on.
const WORDS_MAX: usize = 16;

#[cfg(feature = "verify")]
pub(super) use crate::verification::Verifier;

/// What asks, where nothing can.
#[cfg(not(feature = "verify"))]
#[derive(Debug)]
pub(super) enum Verifier {}

#[cfg(not(feature = "verify"))]
#[allow(clippy::unused_self, reason = "the same calls as with the feature")]
impl Verifier {
    pub(super) fn offer(&self, _: &Credential, _: impl FnOnce() -> Vec<String>) {}

    pub(super) fn was_offered(&self, _: &str) -> bool {
        false
    }
}

/// The content of an object, for what stands near a key.
pub(super) type Content<'c> = dyn FnMut(&ObjectId) -> Option<Vec<u8>> + 'c;

/// Whoever asks, if the plan wants anybody to.
#[cfg(feature = "verify")]
pub(super) fn verifier(plan: &SweepPlan) -> Result<Option<Verifier>, Error> {
    let verifier = plan.verification.as_ref().map(Verifier::new).transpose();
    verifier.map_err(|error| Error::Verification {
        message: error.message,
        hint: error.hint,
    })
}

/// Nobody can be asked.
#[cfg(not(feature = "verify"))]
pub(super) fn verifier(plan: &SweepPlan) -> Result<Option<Verifier>, Error> {
    match plan.verification {
        None => Ok(None),
        Some(_) => Err(Error::Verification {
            message: "this keysweep was built without verification".to_owned(),
            hint: "build it with it: `cargo install keysweep --features verify`".to_owned(),
        }),
    }
}

/// Sweeps while somebody answers questions beside it.
#[cfg(feature = "verify")]
pub(super) fn during<T>(
    verifier: Option<&Verifier>,
    control: &Control,
    work: impl FnOnce() -> T,
) -> T {
    match verifier {
        Some(verifier) => verifier.during(control, work),
        None => work(),
    }
}

/// Nobody does.
#[cfg(not(feature = "verify"))]
pub(super) fn during<T>(_: Option<&Verifier>, _: &Control, work: impl FnOnce() -> T) -> T {
    work()
}

/// Asks about credentials, if there is somebody to ask. Pairs may change.
#[cfg(feature = "verify")]
pub(super) fn verify(
    stages: &Stages<'_>,
    credentials: &mut Vec<Credential>,
    content: &mut Content<'_>,
) {
    if let Some(verifier) = stages.verifier {
        let near = |credential: &Credential| words_near(stages.repo, credential, content);
        verifier.verify(credentials, stages.control, near);
    }
}

/// There is nobody to ask.
#[cfg(not(feature = "verify"))]
pub(super) fn verify(_: &Stages<'_>, _: &mut Vec<Credential>, _: &mut Content<'_>) {}

/// What was asked.
#[cfg(feature = "verify")]
pub(super) fn summary(verifier: Option<&Verifier>) -> Option<Verification> {
    verifier.map(Verifier::summary)
}

/// Nothing was.
#[cfg(not(feature = "verify"))]
pub(super) fn summary(_: Option<&Verifier>) -> Option<Verification> {
    None
}

/// Names of regions and partitions in the paths of a key, and in the bytes around it.
#[cfg(feature = "verify")]
fn words_near(repo: &Repo, credential: &Credential, content: &mut Content<'_>) -> Vec<String> {
    let mut found = path_words(credential);
    let ids = credential.hits.iter().map(|located| &located.hit);
    let ids = ids.filter(|hit| hit.part == Part::Id);
    for hit in ids.take(PLACES_MAX) {
        let bytes = match &hit.place {
            // An object that cannot be read is a gap already, and gives no hint.
            Place::Object { id, .. } => content(id).map(|bytes| around(&bytes, hit.span)),
            Place::WorktreeFile(path) => Some(file_around(repo, path, hit.span)),
            _ => None,
        };
        found.extend(bytes.iter().flat_map(|bytes| words(bytes)));
    }
    found.truncate(WORDS_MAX);
    found
}

/// The same in paths alone.
#[cfg(feature = "verify")]
fn path_words(credential: &Credential) -> Vec<String> {
    let places = || credential.hits.iter().take(PLACES_MAX);
    let own = places().filter_map(|located| match &located.hit.place {
        Place::WorktreeFile(path) => Some(path),
        _ => None,
    });
    let paths = places().flat_map(|located| located.location.paths.iter());
    let paths = own.chain(paths).take(PLACES_MAX);
    paths.flat_map(|path| words(path)).collect()
}

/// The bytes of a content around a span.
pub(super) fn around(content: &[u8], span: Span) -> Vec<u8> {
    let start = (span.start.saturating_sub(NEAR) as usize).min(content.len());
    let end = (span.end.saturating_add(NEAR) as usize).min(content.len());
    content[start..end.max(start)].to_vec()
}

/// The same of a file of the work tree; nothing if it is gone.
pub(super) fn file_around(repo: &Repo, path: &[u8], span: Span) -> Vec<u8> {
    let work_dir = repo.worktree().and_then(|tree| tree.work_dir.as_deref());
    let start = span.start.saturating_sub(NEAR);
    let len = span.end.saturating_add(NEAR) - start;
    let piece = work_dir.map(|work_dir| worktree::piece(work_dir, path, start..start + len));
    piece.and_then(Result::ok).unwrap_or_default()
}

/// Words with the form of a region (`cn-north-1`) or of the partition in an ARN (`aws-cn`).
pub(super) fn words(bytes: &[u8]) -> Vec<String> {
    let of_word = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    let found = bytes
        .split(|b| !of_word(b))
        .filter(|word| (6..=24).contains(&word.len()));
    let text = found.filter_map(|word| std::str::from_utf8(word).ok());
    let is_region = |word: &str| {
        let parts: Vec<&str> = word.split('-').collect();
        let is_number = |part: &&str| matches!(part.as_bytes(), [b'1'..=b'9']);
        (3..=4).contains(&parts.len())
            && parts.last().is_some_and(is_number)
            && parts[..parts.len() - 1]
                .iter()
                .all(|part| part.len() >= 2 && part.bytes().all(|b| b.is_ascii_lowercase()))
    };
    let is_partition = |word: &str| matches!(word, "aws-cn" | "aws-us-gov" | "aws-eusc");
    // A zone is a region and a letter.
    let region = |word: &str| {
        word.trim_end_matches(['a', 'b', 'c', 'd', 'e', 'f'])
            .to_owned()
    };
    let fits = |word: &&str| is_partition(word) || is_region(&region(word));
    text.filter(fits)
        .take(WORDS_MAX)
        .map(|word| {
            if is_partition(word) {
                word.to_owned()
            } else {
                region(word)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_words_of_their_form() {
        let text =
            b"region = cn-north-1\narn:aws-us-gov:iam::1 eu-west-1a a-b-1 one-two-three x-1 \
                     my-bucket-9 US-EAST-1 us-gov-west-1 2024-01-01";
        let found = words(text);
        assert_eq!(
            found,
            [
                "cn-north-1",
                "aws-us-gov",
                "eu-west-1",
                "my-bucket-9",
                "us-gov-west-1"
            ]
        );
    }
}
