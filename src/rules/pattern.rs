//! A rule's pattern, compiled when it is first run.
//!
//! Most runs of a hook meet no literal of most rules, and compiling all of them would take longer
//! than everything else that a hook does.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

/// Patterns repeat escapes up to 40 times; still, a compiled one stays below this many bytes.
const REGEX_SIZE_MAX: usize = 8 << 20;

/// A pattern whose group `value` is the capture.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    /// A pattern that is known to be good: those built in are tested.
    pub(super) fn tested(pattern: &str, is_anchored: bool) -> Pattern {
        // With a prefilter the pattern is tried in one place only, so it is anchored there.
        let anchor = if is_anchored { r"\A" } else { "" };
        Pattern {
            text: format!("{anchor}(?:{pattern})"),
            compiled: OnceLock::new(),
        }
    }

    /// Compiles it, and says what is wrong with it.
    pub(super) fn check(&self) -> Result<(), String> {
        let regex = self.compile()?;
        if regex.capture_names().flatten().any(|name| name == "value") {
            self.compiled.get_or_init(|| regex);
            Ok(())
        } else {
            Err("the pattern has no group `value`".to_owned())
        }
    }

    fn compile(&self) -> Result<Regex, String> {
        RegexBuilder::new(&self.text)
            .unicode(false)
            .size_limit(REGEX_SIZE_MAX)
            .build()
            .map_err(|error| no_regex(&error))
    }

    /// The compiled pattern.
    ///
    /// # Panics
    /// It does not compile: a test says that all built-in ones do, and others were checked.
    pub fn regex(&self) -> &Regex {
        let compile = || self.compile().expect("patterns were tested or checked");
        self.compiled.get_or_init(compile)
    }
}

/// What is wrong with a pattern, in one line: a drawing of the place would not survive it.
fn no_regex(error: &regex::Error) -> String {
    let text = error.to_string();
    let mut lines = text.lines().rev();
    let reason = lines.find_map(|line| line.strip_prefix("error: "));
    format!(
        "the pattern is no regular expression: {}",
        reason.unwrap_or(text.trim())
    )
}
