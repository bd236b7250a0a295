//! Between the stages and verification: when it is asked, and what stands near a key that tells
//! where it may be known.

use crate::git::objects::Objects;
use crate::model::{Control, Credential, Verification};
#[cfg(feature = "verify")]
use crate::model::{Part, Place};

use super::{Error, SweepPlan};

/// Bytes on each side of a key in which regions are looked for.
#[cfg(feature = "verify")]
const NEAR: usize = 2 << 10;
/// Most places of one key that are looked at.
#[cfg(feature = "verify")]
const PLACES_MAX: usize = 3;
/// Most words that are given on.
#[cfg(any(feature = "verify", test))]
const WORDS_MAX: usize = 16;

#[cfg(feature = "verify")]
pub(super) use crate::verification::Verifier;

/// What asks, where nothing can.
#[cfg(not(feature = "verify"))]
#[derive(Debug)]
pub(super) enum Verifier {}

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

/// Asks about credentials, if there is somebody to ask. Pairs may change.
#[cfg(feature = "verify")]
pub(super) fn verify(
    verifier: Option<&Verifier>,
    credentials: &mut Vec<Credential>,
    objects: Option<&Objects>,
    control: &Control,
) {
    if let Some(verifier) = verifier {
        let near = |credential: &Credential| match objects {
            Some(objects) => words_near(credential, objects, control),
            None => path_words(credential),
        };
        verifier.verify(credentials, control, near);
    }
}

/// There is nobody to ask.
#[cfg(not(feature = "verify"))]
pub(super) fn verify(
    _: Option<&Verifier>,
    _: &mut Vec<Credential>,
    _: Option<&Objects>,
    _: &Control,
) {
}

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
fn words_near(credential: &Credential, objects: &Objects, control: &Control) -> Vec<String> {
    let mut words = path_words(credential);
    let mut reader = objects.reader(control);
    let ids = credential.hits.iter().map(|located| &located.hit);
    let in_objects = ids.filter_map(|hit| match hit.place {
        Place::Object { id, .. } if hit.part == Part::Id => Some((id, hit.span)),
        _ => None,
    });
    for (id, span) in in_objects.take(PLACES_MAX) {
        // An object that cannot be read is a gap already, and gives no hint.
        if let Some(Ok((_, bytes))) = reader.read_id(&id) {
            let start = (span.start as usize).saturating_sub(NEAR).min(bytes.len());
            let end = (span.end as usize).saturating_add(NEAR).min(bytes.len());
            words.extend(regions(&bytes[start..end.max(start)]));
        }
    }
    words.truncate(WORDS_MAX);
    words
}

/// The same in paths alone.
#[cfg(feature = "verify")]
fn path_words(credential: &Credential) -> Vec<String> {
    let paths = credential.hits.iter().take(PLACES_MAX);
    let paths = paths.flat_map(|located| located.location.paths.iter());
    paths
        .take(PLACES_MAX)
        .flat_map(|path| regions(path))
        .collect()
}

/// Words with the form of a region (`cn-north-1`) or of the partition in an ARN (`aws-cn`).
#[cfg(any(feature = "verify", test))]
fn regions(bytes: &[u8]) -> Vec<String> {
    let of_word = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    let words = bytes
        .split(|b| !of_word(b))
        .filter(|word| (6..=24).contains(&word.len()));
    let text = words.filter_map(|word| std::str::from_utf8(word).ok());
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
        let found = regions(text);
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
