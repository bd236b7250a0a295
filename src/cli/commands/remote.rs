//! A fresh copy of a remote for as long as something is done with it.

use std::path::Path;

use crate::cli::failure::Failure;
use crate::cli::signals::Ending;
use crate::mirror::{Mirror, MirrorError, masked};
use crate::model::{Control, Report};

/// Clones a remote and does something with the copy, which is gone afterwards, also if a signal ends
/// the process meanwhile.
///
/// # Errors
/// There is no copy.
pub(super) fn with_mirror<T>(
    url: &str,
    control: &Control,
    ending: &Ending,
    work: impl FnOnce(&Path) -> T,
) -> Result<T, Failure> {
    let failed = |error: MirrorError| Failure::new(&error).hinted(error.hint());
    let mirror = Mirror::prepare().map_err(failed)?;
    ending.set_folder(Some(mirror.folder()));
    let worked = mirror.clone(url, control).map(|repo| work(&repo));
    drop(mirror);
    ending.set_folder(None);
    worked.map_err(failed)
}

/// Lets a report name the remote in place of its copy.
pub(super) fn name(report: &mut Report, url: &str) {
    let shown = masked(url).into_bytes();
    report.target.path.clone_from(&shown);
    report.target.git_dir = shown;
}
