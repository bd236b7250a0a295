//! Configuration files: the user's own, and a project's from the trusted side of a change.
//!
//! Flags win over `KEYSWEEP_*`, which win over configuration. A key that is not known is refused:
//! a misspelt one must not fall silent.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, ValueEnum as _};
use serde::Deserialize;

use super::accept;
use super::args::{Args, General};
use super::exit::FailOn;
use super::failure::Failure;
use super::values;
use crate::model::{Confidence, GapKind};
use crate::suppression::{AllowList, EntryText, ListError, Source, SourceKind};

/// Who wrote a configuration, and so what it may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Side {
    /// The user, for this machine.
    User,
    /// A project, in a file of its repository. Whoever calls vouches that the bytes come from the
    /// trusted side: the base of a change, or a file that the user names.
    Project,
}

/// What a configuration says.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Config {
    /// What it accepts.
    pub(in crate::cli) list: AllowList,
    /// Further lists that it names.
    pub(in crate::cli) baselines: Vec<PathBuf>,
    text: ConfigText,
}

/// A configuration as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ConfigText {
    accept: BTreeMap<String, EntryText>,
    inline_allow: Option<bool>,
    fail_on: Option<String>,
    min_confidence: Option<String>,
    allow_incomplete: Option<Vec<String>>,
    strict: Option<bool>,
    baseline: Vec<PathBuf>,
    threads: Option<u16>,
    max_time: Option<String>,
    own_keys: bool,
    known: Vec<PathBuf>,
}

impl Config {
    /// Reads a configuration. Says what it allows, and where that stands (`name`); looks at
    /// nothing else.
    ///
    /// # Errors
    /// It is no TOML, has a key that is not known or that its side may not set, or a wrong value.
    pub(in crate::cli) fn read(bytes: &[u8], name: &str, side: Side) -> Result<Config, ListError> {
        let error = |why: String| ListError {
            name: name.to_owned(),
            why,
        };
        let mut text: ConfigText = crate::suppression::read_toml(bytes).map_err(error)?;
        if side == Side::Project {
            for (key, is_set) in [
                ("baseline", !text.baseline.is_empty()),
                ("threads", text.threads.is_some()),
                ("max-time", text.max_time.is_some()),
                ("own-keys", text.own_keys),
                ("known", !text.known.is_empty()),
            ] {
                if is_set {
                    let why = format!("`{key}` is for the user's own configuration");
                    return Err(error(why));
                }
            }
        }
        let source = Source {
            kind: SourceKind::AllowList,
            name: name.to_owned(),
        };
        let config = Config {
            list: AllowList::of_texts(source, std::mem::take(&mut text.accept))?,
            baselines: std::mem::take(&mut text.baseline),
            text,
        };
        // Wrong values are found here, and not only where they would count.
        config.values().map_err(error)?;
        Ok(config)
    }

    fn values(&self) -> Result<Values, String> {
        let text = &self.text;
        let fail_on =
            |name: &String| FailOn::from_str(name, false).map_err(|_| wrong("fail-on", name));
        let levels = [Confidence::Low, Confidence::Medium, Confidence::High];
        let confidence = |name: &String| named(levels, Confidence::name, "min-confidence", name);
        let gap = |name: &String| named(GapKind::ALL, GapKind::name, "allow-incomplete", name);
        let time = |time: &String| values::duration(time).map_err(|why| format!("max-time: {why}"));
        if text.threads.is_some_and(|n| !(1..=1024).contains(&n)) {
            return Err("threads: expected a number from 1 to 1024".to_owned());
        }
        Ok(Values {
            fail_on: text.fail_on.as_ref().map(fail_on).transpose()?,
            min_confidence: text.min_confidence.as_ref().map(confidence).transpose()?,
            max_time: text.max_time.as_ref().map(time).transpose()?,
            allow_incomplete: match &text.allow_incomplete {
                Some(names) => Some(names.iter().map(gap).collect::<Result<_, _>>()?),
                None => None,
            },
        })
    }

    /// Takes over what neither a flag nor the environment says. `is_given` knows by the name of
    /// the argument.
    pub(in crate::cli) fn apply(self, general: &mut General, is_given: &dyn Fn(&str) -> bool) {
        let Ok(values) = self.values() else {
            return;
        };
        let text = self.text;
        set(is_given("fail_on"), values.fail_on, &mut general.fail_on);
        set(
            is_given("min_confidence"),
            values.min_confidence,
            &mut general.min_confidence,
        );
        set(
            is_given("allow_incomplete"),
            values.allow_incomplete,
            &mut general.allow_incomplete,
        );
        set(is_given("strict"), text.strict, &mut general.strict);
        let accepting = &mut general.accepting;
        set(
            is_given("inline_allow"),
            text.inline_allow,
            &mut accepting.inline_allow,
        );
        if !is_given("baseline") {
            accepting.baseline.extend(self.baselines);
        }
        if !self.list.is_empty() {
            accepting.lists.push(self.list);
        }
        accepting.gates_seek.own_keys |= text.own_keys;
        accepting.gates_seek.known.extend(text.known);
        general.threads = general.threads.or(text.threads);
        general.max_time = general.max_time.or(values.max_time);
    }
}

/// Takes a value over, unless one was given.
fn set<T>(given: bool, to: Option<T>, field: &mut T) {
    if let (false, Some(value)) = (given, to) {
        *field = value;
    }
}

/// What a configuration says, understood.
struct Values {
    fail_on: Option<FailOn>,
    min_confidence: Option<Confidence>,
    allow_incomplete: Option<Vec<GapKind>>,
    max_time: Option<std::time::Duration>,
}

fn named<T: Copy, const N: usize>(
    all: [T; N],
    name: fn(T) -> &'static str,
    key: &str,
    word: &str,
) -> Result<T, String> {
    let found = all.into_iter().find(|value| name(*value) == word);
    found.ok_or_else(|| wrong(key, word))
}

fn wrong(key: &str, word: &str) -> String {
    format!("`{word}` is no value for `{key}`")
}

/// The arguments for which a project may say something.
const CONFIGURABLE: [&str; 5] = [
    "fail_on",
    "min_confidence",
    "allow_incomplete",
    "strict",
    "inline_allow",
];

/// Parses the command line, and adds what configuration says.
///
/// # Errors
/// The outer error is clap's, the inner one a configuration that cannot be used.
pub(in crate::cli) fn parse(
    line: impl IntoIterator<Item = OsString>,
    home: Option<&Path>,
) -> Result<Result<Args, Failure>, clap::Error> {
    let matches = Args::command().try_get_matches_from(line)?;
    let mut args = Args::from_arg_matches(&matches)?;
    let given = CONFIGURABLE
        .into_iter()
        .filter(|name| is_given(&matches, name));
    args.general.accepting.given = given.collect();
    Ok(match configuration(&args.general, home) {
        Ok(None) => Ok(args),
        Ok(Some(config)) => {
            config.apply(&mut args.general, &|name| is_given(&matches, name));
            Ok(args)
        }
        Err(failure) => Err(failure),
    })
}

/// True if an argument stands on the line or in the environment.
fn is_given(matches: &ArgMatches, name: &str) -> bool {
    let mut level = Some(matches);
    while let Some(matches) = level {
        if matches.try_contains_id(name).is_ok_and(|known| {
            known
                && matches
                    .value_source(name)
                    .is_some_and(|s| s != ValueSource::DefaultValue)
        }) {
            return true;
        }
        level = matches.subcommand().map(|(_, inner)| inner);
    }
    false
}

/// The configuration that counts: the one that was named, or the user's own, if there is one.
fn configuration(general: &General, home: Option<&Path>) -> Result<Option<Config>, Failure> {
    let accepting = &general.accepting;
    if accepting.no_config {
        return Ok(None);
    }
    let (path, is_named) = match (&accepting.config, home) {
        (Some(path), _) => (path.clone(), true),
        (None, Some(home)) => (home.join("keysweep").join("config.toml"), false),
        (None, None) => return Ok(None),
    };
    let name = path.display().to_string();
    match accept::read(&path) {
        Ok(bytes) => {
            let config = Config::read(&bytes, &name, Side::User);
            config.map(Some).map_err(accept::refused)
        }
        Err(error) if !is_named && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!(
            "could not read the configuration `{name}`: {error}"
        ))
        .hinted("mend it, or run with --no-config")),
    }
}

/// The folder of the user's configuration, by the rules of the system. A relative one is none: it
/// would depend on where the program was started.
pub(in crate::cli) fn home(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = variable(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    absolute("XDG_CONFIG_HOME").or_else(|| {
        if cfg!(windows) {
            absolute("APPDATA")
        } else {
            absolute("HOME").map(|home| home.join(".config"))
        }
    })
}

#[cfg(test)]
mod tests;
