//! Values that the user names: read from files and the environment, kept as hashes.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::KnownArgs;
use super::failure::Failure;
use crate::known;
use crate::model::{KnownValue, Part, Secret, SuppressionReason};
use crate::placeholders::Placeholders;
use crate::scan::known::Known;
use crate::sweep::KnownPlan;

/// No file with credentials or hashes is larger.
const FILE_MAX: u64 = 16 << 20;

/// What a sweep or a hook looks for besides what rules find; `None` if nothing is named.
///
/// # Errors
/// A file cannot be read, or is none of its kind.
pub(super) fn plan(args: &KnownArgs) -> Result<Option<KnownPlan>, Failure> {
    let mut values = of_files(&args.known)?;
    if args.own_keys {
        values.extend(own()?);
    }
    Ok((!values.is_empty()).then(|| KnownPlan {
        values: Arc::new(Known::new(values)),
        alone: false,
    }))
}

/// The values that files of hashes name.
///
/// # Errors
/// A file cannot be read, or a line of it is wrong.
pub(super) fn of_files(files: &[PathBuf]) -> Result<Vec<KnownValue>, Failure> {
    let mut values = Vec::new();
    for file in files {
        let shown = file.display();
        let text = read(file)
            .map_err(|error| Failure::new(format!("`{shown}` cannot be read: {error}")))?;
        let text = String::from_utf8_lossy(text.expose()).into_owned();
        let name = file.file_name().unwrap_or(file.as_os_str());
        let parsed = known::parse(&text, &name.to_string_lossy()).map_err(|error| {
            Failure::new(format!("`{shown}` is no file of known values: {error}")).hinted(
                "`keysweep fingerprint` writes such lines: `secret 40 SHA-256`, `id KEY-ID`",
            )
        })?;
        values.extend(parsed);
    }
    Ok(values)
}

/// The user's own keys. Those that documentation prints are nobody's.
fn own() -> Result<Vec<KnownValue>, Failure> {
    let placeholders = Placeholders::builtin().map_err(Failure::new)?;
    let is_own = |part: Part, value: &Secret| {
        placeholders.judge(part, value) != Some(SuppressionReason::Documentation)
    };
    let mut values = Vec::new();
    for (variable, default, what) in [
        (
            "AWS_SHARED_CREDENTIALS_FILE",
            "credentials",
            "the AWS credentials file",
        ),
        ("AWS_CONFIG_FILE", "config", "the AWS configuration file"),
    ] {
        let named = std::env::var_os(variable).filter(|path| !path.is_empty());
        let home = || std::env::home_dir().map(|home| home.join(".aws").join(default));
        let Some(path) = named.as_ref().map(PathBuf::from).or_else(home) else {
            continue;
        };
        match read(&path) {
            Ok(text) => values.extend(known::of_credentials_file(&text, what, &is_own)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {}
            Err(error) => {
                let shown = path.display();
                return Err(
                    Failure::new(format!("{what} `{shown}` cannot be read: {error}"))
                        .hinted(format!("mend {variable}, or leave --own-keys out")),
                );
            }
        }
    }
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let value = Secret::new(value.into_encoded_bytes());
        Some((name.into_string().ok()?, value))
    });
    values.extend(known::of_environment(variables, &is_own));
    Ok(values)
}

/// Reads a file that may hold secrets.
pub(super) fn read(path: &Path) -> io::Result<Secret> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(FILE_MAX).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(FILE_MAX).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 == FILE_MAX {
        return Err(io::Error::other("it is larger than 16 MiB"));
    }
    Ok(Secret::new(bytes))
}
