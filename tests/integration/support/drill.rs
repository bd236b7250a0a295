//! An incident as a user lives through it: a plan in a folder, and its script run with bash.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::keysweep::finish;
use super::tools;

/// A home with git's configuration, a state folder, and the plan's folder.
pub(crate) struct Incident {
    home: TempDir,
    /// What the script finds in its environment besides.
    pub(crate) environment: Vec<(String, String)>,
}

impl Incident {
    pub(crate) fn new() -> Incident {
        let home = TempDir::new().unwrap();
        for folder in ["tmp", "plan", "state"] {
            std::fs::create_dir(home.path().join(folder)).unwrap();
        }
        let config = "[user]\nname = U Ser\nemail = user@example.com\n[gc]\nauto = 0\n\
                      [protocol \"file\"]\nallow = always\n[maintenance]\nauto = false\n";
        std::fs::write(home.path().join("gitconfig"), config).unwrap();
        Incident {
            home,
            environment: Vec::new(),
        }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// A file in the plan's folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home().join("plan").join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text("plan.json")).unwrap()
    }

    /// A program with this home, `PATH` and git's configuration.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let at = |name: &str| self.home().join(name);
        command
            .env_clear()
            .env("PATH", tools::path())
            .env("HOME", self.home())
            .env("TMPDIR", at("tmp"))
            .env("LC_ALL", "C")
            .env("XDG_CACHE_HOME", at("cache"))
            .env("XDG_CONFIG_HOME", at("config"))
            .env("XDG_STATE_HOME", at("state"))
            .env("GIT_CONFIG_GLOBAL", at("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("KEYSWEEP", env!("CARGO_BIN_EXE_keysweep"))
            .env("OUT", at("plan"))
            .current_dir(self.home())
            .stdin(std::process::Stdio::null());
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    /// keysweep with these arguments.
    pub(crate) fn keysweep(&self, args: &[&str]) -> Output {
        let mut command = self.command(env!("CARGO_BIN_EXE_keysweep"));
        command.args(args);
        finish(command)
    }

    /// Writes the plan for a repository or a report.
    #[track_caller]
    pub(crate) fn plan(&self, subject: &Path, args: &[&str]) {
        let folder = self.home().join("plan");
        let mut all = vec![
            "plan",
            subject.to_str().unwrap(),
            "--out",
            folder.to_str().unwrap(),
        ];
        all.extend(args);
        let output = self.keysweep(&all);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
    }

    /// Runs the script as a user would who answers yes to everything.
    pub(crate) fn script(&self, phases: &[&str]) -> Ran {
        let mut command = self.command("bash");
        command.arg(self.file("plan.sh")).arg("--yes").args(phases);
        let output = finish(command);
        Ran {
            code: output.status.code(),
            text: String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr),
        }
    }

    /// Asserts that no temporary file or folder is left.
    #[track_caller]
    pub(crate) fn nothing_is_left(&self) {
        let left: Vec<_> = std::fs::read_dir(self.home().join("tmp"))
            .unwrap()
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// What came of a script.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    /// Both of its streams.
    pub(crate) text: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{}", self.text);
        self
    }
}
