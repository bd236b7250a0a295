//! Values that are all there is in a file, as orchestrators mount them and envdir reads them: the
//! name of the file takes the place of a label.
//!
//! `AWS_SECRET_ACCESS_KEY` says all. `secret` or `password` says too little for a finding of its
//! own, and enough beside an access key ID. What says nothing is dropped.

use crate::model::{Confidence, LocatedHit, Place};

/// Length of an access key ID.
const ID_LEN: usize = 20;

/// Takes the names of files for labels, and drops values that no name explains.
pub(super) fn settle(hits: &mut Vec<LocatedHit>) {
    hits.retain_mut(|located| {
        if !located.hit.about.alone {
            return true;
        }
        let said = paths(located).map(says).max();
        match said.flatten() {
            None => false,
            Some(confidence) => {
                located.hit.labelled = true;
                located.hit.confidence = located.hit.confidence.min(confidence);
                true
            }
        }
    });
}

/// The paths of a hit's file, those that are listed.
pub(super) fn paths(located: &LocatedHit) -> impl Iterator<Item = &[u8]> {
    let own = match &located.hit.place {
        Place::WorktreeFile(path) | Place::IndexPath(path) => Some(path),
        Place::Object { .. } | Place::GitFile(_) | Place::RefName(_) => None,
    };
    let location = &located.location;
    let all = own.into_iter().chain(&location.introduced_path);
    all.chain(&location.paths).map(Vec::as_slice)
}

/// How sure a path makes that its file holds a secret access key; `None` if it says nothing.
fn says(path: &[u8]) -> Option<Confidence> {
    let mut parts = path.rsplit(|b| *b == b'/').filter(|part| !part.is_empty());
    let (file, folder) = (squeezed(parts.next()?), parts.next().map(squeezed));
    // `secret_access_key/value`: the folder has the name.
    let is_bare = matches!(&file[..], b"value" | b"data" | b"latest" | b"content");
    let name = folder.filter(|_| is_bare).unwrap_or(file);
    let lower = path.to_ascii_lowercase();
    let has = |text: &[u8], word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    let of_aws = ["aws", "amazon", "s3"].iter().any(|word| has(&lower, word));
    if has(&name, "secretaccesskey") || (of_aws && has(&name, "secretkey")) {
        Some(Confidence::High)
    } else if of_aws && has(&name, "secret") {
        Some(Confidence::Medium)
    } else if ["secret", "password", "passwd", "accesskey"]
        .iter()
        .any(|word| has(&name, word))
        || ids_in(path).next().is_some()
    {
        Some(Confidence::Low)
    } else {
        None
    }
}

/// The letters and digits of a name in lower case, without its ending.
fn squeezed(name: &[u8]) -> Vec<u8> {
    let dot = name.iter().rposition(|b| *b == b'.').filter(|at| *at > 0);
    let stem = &name[..dot.unwrap_or(name.len())];
    let letters = stem.iter().filter(|b| b.is_ascii_alphanumeric());
    letters.map(u8::to_ascii_lowercase).collect()
}

/// Access key IDs in a path.
pub(super) fn ids_in(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let of_id = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    path.windows(ID_LEN).filter(move |id| {
        (id.starts_with(b"AKIA") || id.starts_with(b"ASIA")) && id.iter().all(of_id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys::Keys;

    #[test]
    fn what_paths_say() {
        let id = Keys::new(95).access_key_id();
        let in_folder = format!("keys/{id}/x");
        for (path, expected) in [
            ("secrets/AWS_SECRET_ACCESS_KEY", Some(Confidence::High)),
            ("env/secret_access_key", Some(Confidence::High)),
            (
                "run/secrets/aws-secret-access-key.txt",
                Some(Confidence::High),
            ),
            ("aws_secret_access_key/value", Some(Confidence::High)),
            ("s3/secretKey", Some(Confidence::High)),
            ("aws/secret", Some(Confidence::Medium)),
            ("minio/secretKey", Some(Confidence::Low)),
            (".secret", Some(Confidence::Low)),
            ("db/password.txt", Some(Confidence::Low)),
            (&in_folder, Some(Confidence::Low)),
            ("aws/token", None),
            ("VERSION", None),
            ("secrets/jwt", None),
            ("", None),
        ] {
            assert_eq!(says(path.as_bytes()), expected, "{path}");
        }
    }
}
