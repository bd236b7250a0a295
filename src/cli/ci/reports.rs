//! Report files that a CI system picks up by itself: where it looks for them, and whether that is safe.

use std::path::Path;

use super::{System, Variables};
use crate::cli::values::OutputArg;
use crate::report::Format;

/// What GitLab's documentation calls the report of a job that detects secrets.
const GITLAB_NAME: &str = "gl-secret-detection-report.json";
const SARIF_NAME: &str = "keysweep.sarif";

/// A report for the system, unless the user asked for one of that format.
///
/// # Errors
/// A sentence: a symbolic link stands where the report would go. It may come with the change that is
/// checked, and lead anywhere.
pub(in crate::cli) fn report_for(
    system: Option<System>,
    variables: &Variables,
    asked: &[OutputArg],
) -> Result<Option<OutputArg>, String> {
    let (format, variable, name) = match system {
        Some(System::GitLab) => (Format::Gitlab, "CI_PROJECT_DIR", GITLAB_NAME),
        Some(System::GitHub) => (Format::Sarif, "RUNNER_TEMP", SARIF_NAME),
        _ => return Ok(None),
    };
    let folder = variables.get(variable).map(Path::new);
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        return Ok(None);
    };
    let path = folder.join(name);
    if asked.iter().any(|output| output.format == format) {
        return Ok(None);
    }
    if path.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
        return Err(format!(
            "`{}` is a symbolic link: no report is written there",
            path.display()
        ));
    }
    Ok(Some(OutputArg { format, path }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_that_take_reports_get_them() {
        let folder = tempfile::tempdir().unwrap();
        let told = |system, asked: &[OutputArg]| {
            let folder = folder.path().to_str().unwrap().to_owned();
            let variables =
                ["CI_PROJECT_DIR", "RUNNER_TEMP"].map(|name| (name.to_owned(), folder.clone()));
            report_for(Some(system), &Variables(variables.into()), asked)
        };
        let gitlab = told(System::GitLab, &[]).unwrap().unwrap();
        assert_eq!(gitlab.path, folder.path().join(GITLAB_NAME));
        assert_eq!(gitlab.format, Format::Gitlab);
        let github = told(System::GitHub, &[]).unwrap().unwrap();
        assert_eq!(github.path, folder.path().join(SARIF_NAME));
        assert_eq!(told(System::Jenkins, &[]), Ok(None));
        assert_eq!(
            told(System::GitLab, &[gitlab]),
            Ok(None),
            "it was asked for"
        );
        let nowhere = Variables([("RUNNER_TEMP".to_owned(), "/no/such/folder".to_owned())].into());
        assert_eq!(report_for(Some(System::GitHub), &nowhere, &[]), Ok(None));
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join(GITLAB_NAME)).unwrap();
        let place = folder.path().to_str().unwrap().to_owned();
        let variables = Variables([("CI_PROJECT_DIR".to_owned(), place)].into());
        let told = report_for(Some(System::GitLab), &variables, &[]);
        assert!(told.unwrap_err().contains("symbolic link"));
    }
}
