//! How far each finding has come, as the user's file remembers it: fingerprints, nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::step::{Phase, StepState};

const SCHEMA: &str = "keysweep-state/1";

/// How far the remediation of a finding has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Nothing is done.
    #[default]
    Open,
    /// The key opens nothing any more.
    Contained,
    /// Something else is in its place.
    Rotated,
    /// It is out of history.
    Rewritten,
    /// It was shown to be gone.
    Proved,
}

impl Progress {
    /// All of them, in order.
    pub const ALL: [Progress; 5] = [
        Progress::Open,
        Progress::Contained,
        Progress::Rotated,
        Progress::Rewritten,
        Progress::Proved,
    ];

    /// The name that the file and the command line use.
    pub const fn name(self) -> &'static str {
        match self {
            Progress::Open => "open",
            Progress::Contained => "contained",
            Progress::Rotated => "rotated",
            Progress::Rewritten => "rewritten",
            Progress::Proved => "proved",
        }
    }

    /// Whether a phase is behind it.
    pub fn is_past(self, phase: Phase) -> StepState {
        let done = match phase {
            Phase::Contain => self >= Progress::Contained,
            Phase::Investigate | Phase::Rotate => self >= Progress::Rotated,
            Phase::Rewrite => self >= Progress::Rewritten,
            Phase::Prove => self >= Progress::Proved,
            Phase::Prevent => false,
        };
        if done {
            StepState::Done
        } else {
            StepState::Open
        }
    }
}

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct States {
    schema: String,
    findings: BTreeMap<String, Progress>,
}

impl Default for States {
    fn default() -> States {
        States {
            schema: SCHEMA.to_owned(),
            findings: BTreeMap::new(),
        }
    }
}

impl States {
    /// Reads the file.
    ///
    /// # Errors
    /// It is none of ours.
    pub fn read(json: &[u8]) -> Result<States, String> {
        let states: States = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if states.schema == SCHEMA {
            Ok(states)
        } else {
            Err(format!("its schema is `{}`, not {SCHEMA}", states.schema))
        }
    }

    /// The file's bytes.
    pub fn write(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// How far a finding has come.
    pub fn of(&self, fingerprint: &str) -> Progress {
        self.findings.get(fingerprint).copied().unwrap_or_default()
    }

    /// Remembers it.
    pub fn set(&mut self, fingerprint: &str, progress: Progress) {
        if progress == Progress::Open {
            self.findings.remove(fingerprint);
        } else {
            self.findings.insert(fingerprint.to_owned(), progress);
        }
    }

    /// What a new look at a finding means for it: a key that works again is open again, and what a
    /// sweep of this day finds is not out of the history that was swept. True if that is a step
    /// back that must be remembered.
    pub fn look(&mut self, fingerprint: &str, is_active: bool, is_found_now: bool) -> bool {
        let known = self.of(fingerprint);
        if is_active && known > Progress::Open {
            self.set(fingerprint, Progress::Open);
            return true;
        }
        if is_found_now && known > Progress::Rotated {
            self.set(fingerprint, Progress::Rotated);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back() {
        let mut states = States::default();
        for (print, progress) in [("a", Progress::Contained), ("b", Progress::Proved)] {
            states.set(print, progress);
        }
        let read = States::read(states.write().as_bytes()).unwrap();
        assert_eq!(read, states);
        assert_eq!(read.of("c"), Progress::Open);
        assert!(States::read(b"{}").is_err());
        assert!(States::read(br#"{"schema":"x/1","findings":{}}"#).is_err());
    }

    #[test]
    fn a_key_that_works_again_reopens() {
        let mut states = States::default();
        states.set("a", Progress::Proved);
        assert!(!states.look("a", false, false));
        assert!(states.look("a", false, true));
        assert_eq!(states.of("a"), Progress::Rotated);
        assert!(states.look("a", true, true));
        assert_eq!(states.of("a"), Progress::Open);
        assert!(!states.look("a", true, true));
    }

    #[test]
    fn phases_are_done_in_order() {
        let done = |progress: Progress| {
            let all = Phase::ALL.into_iter();
            all.filter(|phase| progress.is_past(*phase) == StepState::Done)
                .count()
        };
        let counts: Vec<usize> = Progress::ALL.into_iter().map(done).collect();
        assert_eq!(counts, [0, 1, 3, 4, 5]);
    }
}
