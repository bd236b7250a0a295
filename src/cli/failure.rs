//! What went wrong, for people: one line that names the thing, and the next step.

use std::fmt::Display;
use std::io::Write;

use super::exit;

/// An error that ends the run without a report.
#[derive(Debug)]
pub(super) struct Failure {
    message: String,
    hint: Option<String>,
    /// The process's exit code.
    pub(super) exit_code: u8,
}

impl Failure {
    /// A failure with exit code 2. The message may hold names from a repository: it is escaped
    /// when printed.
    pub(super) fn new(message: impl Display) -> Failure {
        Failure {
            message: message.to_string(),
            hint: None,
            exit_code: exit::USAGE,
        }
    }

    /// Adds the next step.
    pub(super) fn hinted(self, hint: impl Into<String>) -> Failure {
        Failure {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Adds another next step to those there are.
    pub(super) fn and_hint(self, hint: &str) -> Failure {
        let all = match &self.hint {
            Some(known) => format!("{known}; {hint}"),
            None => hint.to_owned(),
        };
        self.hinted(all)
    }

    /// What went wrong, as it is, unescaped.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Replaces the exit code.
    pub(super) fn with_code(self, exit_code: u8) -> Failure {
        Failure { exit_code, ..self }
    }

    /// Prints `error: …`, and `hint: …` after a blank line. A stderr that cannot be written to
    /// leaves nobody to tell.
    pub(super) fn print(&self, err: &mut dyn Write) {
        let error = crate::report::escape_text(&self.message);
        let text = match self.hint.as_deref().map(crate::report::escape_text) {
            Some(hint) => format!("error: {error}\n\nhint: {hint}\n"),
            None => format!("error: {error}\n"),
        };
        err.write_all(text.as_bytes()).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(failure: &Failure) -> String {
        let mut out = Vec::new();
        failure.print(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn errors_name_the_thing_and_the_next_step() {
        let failure = Failure::new("`x` is no git repository");
        assert_eq!(printed(&failure), "error: `x` is no git repository\n");
        let failure = failure.hinted("run keysweep inside one");
        assert_eq!(
            printed(&failure),
            "error: `x` is no git repository\n\nhint: run keysweep inside one\n"
        );
    }

    #[test]
    fn names_in_errors_cannot_forge_lines() {
        let failure = Failure::new("unknown ref `a\nhint: all is well\x1b[2J`");
        assert_eq!(
            printed(&failure),
            "error: unknown ref `a\\nhint: all is well\\x1b[2J`\n"
        );
        for padding in 0..600 {
            let text = printed(&Failure::new(format!("{}##vso[x]", "a".repeat(padding))));
            assert!(!text.contains("##"), "behind {padding} bytes");
        }
        let long = "é".repeat(1000);
        assert_eq!(printed(&Failure::new(&long)), format!("error: {long}\n"));
    }
}
