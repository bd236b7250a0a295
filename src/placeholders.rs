//! Values that say themselves that they are no credentials. Judged by value alone: no path, no
//! neighbour, and an ID apart from its secret. The values are data: `patterns/placeholders.toml`.

use std::collections::{BTreeSet, HashSet};

use serde::Deserialize;

use crate::model::{Confidence, Hit, Part, Secret, SuppressionReason, entropy};

const BUILTIN: &str = include_str!("../patterns/placeholders.toml");

/// The list cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("placeholders.toml: {0}")]
pub struct Error(String);

/// Known examples, and how others give themselves away.
#[derive(Debug)]
pub struct Placeholders {
    /// Sorted, so that a place among them names a value.
    documentation: Vec<Vec<u8>>,
    documentation_sha256: HashSet<String>,
    demoted_sha256: HashSet<String>,
    rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    documentation: Vec<String>,
    documentation_sha256: Vec<String>,
    /// Constants of tests: they count for less.
    #[serde(default)]
    demoted_sha256: Vec<String>,
    placeholder: Vec<Rule>,
}

/// One sign of a placeholder. All signs that are given are alternatives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// For readers of the file.
    #[serde(rename = "why")]
    _why: String,
    part: Kind,
    /// Words compare without regard to case; they are written in lower case then.
    #[serde(default)]
    ignore_case: bool,
    #[serde(default)]
    contains: Vec<String>,
    /// The body is an ID without its first four characters.
    #[serde(default)]
    body_starts_with: Vec<String>,
    /// One character so many times in a row.
    repeats: Option<usize>,
    body_entropy_below: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Id,
    Secret,
    Token,
    Key,
}

impl Placeholders {
    /// The list in `patterns/placeholders.toml`.
    pub fn builtin() -> Result<Placeholders, Error> {
        Placeholders::parse(BUILTIN)
    }

    fn parse(text: &str) -> Result<Placeholders, Error> {
        let file: File = toml::from_str(text).map_err(|e| Error(e.to_string()))?;
        let documentation = file.documentation.into_iter().map(String::into_bytes);
        let documentation: BTreeSet<Vec<u8>> = documentation.collect();
        Ok(Placeholders {
            documentation: documentation.into_iter().collect(),
            documentation_sha256: file.documentation_sha256.into_iter().collect(),
            demoted_sha256: file.demoted_sha256.into_iter().collect(),
            rules: file.placeholder,
        })
    }

    /// Marks the hits whose value is an example, and lowers the confidence of constants of tests.
    pub fn mark(&self, hits: &mut [Hit]) {
        for hit in hits {
            hit.placeholder = self.judge(hit.part, &hit.value);
            if self.demoted_sha256.contains(&hit.value.sha256()) {
                hit.confidence = hit.confidence.min(Confidence::Medium);
            }
        }
    }

    /// The number of a published value that is listed as it is; the list, and so its hash, decides
    /// what it means.
    pub fn number(&self, value: &Secret) -> Option<u16> {
        let known = self
            .documentation
            .binary_search_by(|known| known[..].cmp(value.expose()));
        known.ok().and_then(|number| u16::try_from(number).ok())
    }

    /// The published value of this number.
    pub fn numbered(&self, number: u16) -> Option<Secret> {
        let value = self.documentation.get(usize::from(number))?;
        Some(Secret::new(value.clone()))
    }

    /// Why this value is none, if it is an example.
    pub fn judge(&self, part: Part, value: &Secret) -> Option<SuppressionReason> {
        if self.number(value).is_some() || self.documentation_sha256.contains(&value.sha256()) {
            return Some(SuppressionReason::Documentation);
        }
        let kind = match part {
            Part::Id => Kind::Id,
            Part::Secret => Kind::Secret,
            Part::Token => Kind::Token,
            Part::Key => Kind::Key,
        };
        self.rules
            .iter()
            .filter(|rule| rule.part == kind)
            .any(|rule| rule.applies(value.expose()))
            .then_some(SuppressionReason::Placeholder)
    }
}

impl Rule {
    fn applies(&self, value: &[u8]) -> bool {
        let text = if self.ignore_case {
            Secret::new(value.to_ascii_lowercase())
        } else {
            Secret::new(value.to_vec())
        };
        let text = text.expose();
        let body = text.get(4..).unwrap_or_default();
        let holds = |word: &String| contains(text, word.as_bytes());
        self.contains.iter().any(holds)
            || self
                .body_starts_with
                .iter()
                .any(|w| body.starts_with(w.as_bytes()))
            || self.repeats.is_some_and(|n| longest_run(text) >= n)
            || self
                .body_entropy_below
                .is_some_and(|bits| entropy(body) < bits)
    }
}

/// Values are 40 bytes at most: no searcher pays off.
fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

fn longest_run(text: &[u8]) -> usize {
    text.chunk_by(|a, b| a == b)
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys::Keys;

    fn judge(part: Part, value: &str) -> Option<SuppressionReason> {
        let list = Placeholders::builtin().unwrap();
        list.judge(part, &Secret::new(value.as_bytes().to_vec()))
    }

    #[test]
    fn documentation_values() {
        use SuppressionReason::Documentation;
        for id in ["AKIAIOSFODNN7EXAMPLE", "ASIAQAAAAAAAGMKEM7X5"] {
            assert_eq!(judge(Part::Id, id), Some(Documentation));
        }
        for secret in [
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
        ] {
            assert_eq!(judge(Part::Secret, secret), Some(Documentation));
        }
    }

    #[test]
    fn listed_values_have_numbers() {
        let list = Placeholders::builtin().unwrap();
        for number in 0..list.documentation.len() as u16 {
            let value = list.numbered(number).unwrap();
            assert_eq!(list.number(&value), Some(number));
        }
        assert!(list.numbered(list.documentation.len() as u16).is_none());
        assert_eq!(list.number(&Secret::new(b"another".to_vec())), None);
    }

    #[test]
    fn a_value_known_by_its_hash_only() {
        let value = Secret::new(b"a value".to_vec());
        let text = format!(
            "documentation = []\ndocumentation_sha256 = [\"{}\"]\nplaceholder = []",
            value.sha256()
        );
        let list = Placeholders::parse(&text).unwrap();
        assert_eq!(
            list.judge(Part::Id, &value),
            Some(SuppressionReason::Documentation)
        );
        let other = Secret::new(b"another".to_vec());
        assert_eq!(list.judge(Part::Id, &other), None);
    }

    #[test]
    fn generic_placeholders() {
        let mut keys = Keys::new(11);
        let (id, secret) = (keys.access_key_id(), keys.secret());
        let runs = |c: &str| format!("AKIA{}", c.repeat(16));
        for id in [
            format!("{}EXAMPLE", &id[..13]),
            format!("AKIAEXAMPLE{}", &id[11..]),
            runs("X"),
            runs("A"),
            runs("AB").chars().take(20).collect(),
            format!("AKIA{}{}", "1234567890", &id[14..]),
        ] {
            assert_eq!(
                judge(Part::Id, &id),
                Some(SuppressionReason::Placeholder),
                "{id}"
            );
        }
        for secret in [
            format!("{}EXAMPLEKEY", &secret[..30]),
            format!("{}example{}", &secret[..10], &secret[17..]),
            format!("{}xxxxxx{}", &secret[..10], &secret[16..]),
            format!("{}{}", "abcdefghij", &secret[10..]),
        ] {
            let judged = judge(Part::Secret, &secret);
            assert_eq!(judged, Some(SuppressionReason::Placeholder));
        }
    }

    #[test]
    fn random_keys_are_no_placeholders() {
        let mut keys = Keys::new(12);
        for _ in 0..5_000 {
            assert_eq!(judge_fast(Part::Id, &keys.access_key_id()), None);
            assert_eq!(judge_fast(Part::Secret, &keys.secret()), None);
        }
    }

    fn judge_fast(part: Part, value: &str) -> Option<SuppressionReason> {
        use std::sync::OnceLock;
        static LIST: OnceLock<Placeholders> = OnceLock::new();
        LIST.get_or_init(|| Placeholders::builtin().unwrap())
            .judge(part, &Secret::new(value.as_bytes().to_vec()))
    }

    #[test]
    fn tokens_and_keys_that_say_so() {
        let mut keys = Keys::new(13);
        let token = keys.session_token("eu-west-1");
        let said = format!("{}EXAMPLE{}", &token[..40], &token[47..]);
        for part in [Part::Token, Part::Key] {
            assert_eq!(judge(part, &said), Some(SuppressionReason::Placeholder));
            assert_eq!(judge(part, &token), None);
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(Placeholders::parse("documentation = []\nx = 1").is_err());
    }
}
