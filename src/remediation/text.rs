//! The catalogue: every text of a plan, in every language, as data.

use std::collections::BTreeMap;

use super::step::Text;

/// Stands where a text is not there; a test sees to it that it never does.
pub(super) const MISSING: &str = "(no text)";

/// A language of plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// The name that the command line uses.
    pub const fn name(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Language::English => include_str!("texts/en.toml"),
            Language::Japanese => include_str!("texts/ja.toml"),
        }
    }
}

/// All texts of one language.
pub struct Catalogue {
    texts: BTreeMap<String, String>,
}

impl Catalogue {
    /// Reads a language's texts.
    ///
    /// # Errors
    /// The file that was compiled in is broken; tests see to it that it is not.
    pub fn of(language: Language) -> Result<Catalogue, String> {
        let texts = toml::from_str(language.file())
            .map_err(|error| format!("the texts of plans are broken: {}", error.message()))?;
        Ok(Catalogue { texts })
    }

    /// A text without gaps.
    pub fn say(&self, key: &str) -> &str {
        self.texts.get(key).map_or(MISSING, String::as_str)
    }

    /// A text with its gaps filled.
    pub fn fill(&self, text: &Text) -> String {
        self.fill_key(text.key, text)
    }

    /// The text of another key, with the same gaps.
    pub fn fill_key(&self, key: &str, text: &Text) -> String {
        let mut rest = self.say(key);
        let mut filled = String::new();
        // One pass: what fills a gap may itself look like one.
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}') {
                Some((name, after)) if text.gaps.contains_key(name) => {
                    filled.push_str(&text.gaps[name]);
                    rest = after;
                }
                _ => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn gaps(text: &str) -> BTreeSet<&str> {
        let parts = text.split('{').skip(1);
        parts
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn every_language_has_every_text_with_the_same_gaps() {
        let english = Catalogue::of(Language::English).unwrap();
        for language in Language::ALL {
            let other = Catalogue::of(language).unwrap();
            let keys = |catalogue: &Catalogue| -> BTreeSet<String> {
                catalogue.keys().map(str::to_owned).collect()
            };
            assert_eq!(keys(&other), keys(&english), "{language:?}");
            for key in english.keys() {
                assert_eq!(
                    gaps(other.say(key)),
                    gaps(english.say(key)),
                    "{language:?}: {key}"
                );
                assert!(!other.say(key).trim().is_empty(), "{language:?}: {key}");
            }
        }
    }

    #[test]
    fn japanese_texts_are_japanese() {
        let japanese = Catalogue::of(Language::Japanese).unwrap();
        for key in japanese.keys() {
            assert!(
                !japanese.say(key).is_ascii(),
                "{key}: {}",
                japanese.say(key)
            );
        }
    }

    #[test]
    fn what_fills_a_gap_is_no_gap() {
        let catalogue = Catalogue {
            texts: [("k".to_owned(), "{a} and {b} and {c".to_owned())].into(),
        };
        let text = Text::new("k").with("a", "{b}").with("b", "x");
        assert_eq!(catalogue.fill(&text), "{b} and x and {c");
    }
}
