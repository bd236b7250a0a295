//! Values that are all there is in a file: what a file is called is not known here, so that every
//! file of such a form is a hit, and `pairing` drops those whose names say nothing.

use super::checks::is_base64;
use super::matcher::{Found, Matcher, SECRET_LEN};
use super::verdict::judge;

/// Longest file that is looked at: a value, quotes, and some white space.
pub(super) const FILE_LEN_MAX: usize = 64;

/// True if bytes are of a length that a file with nothing but a value may have.
pub(super) fn may_be(bytes: &[u8]) -> bool {
    (SECRET_LEN..=FILE_LEN_MAX).contains(&bytes.len())
}

impl Matcher {
    /// The value that is all there is in the bytes.
    pub(super) fn find_alone(&self, bytes: &[u8]) -> Option<Found> {
        if !may_be(bytes) || bytes.iter().filter(|b| is_base64(**b)).count() != SECRET_LEN {
            return None;
        }
        let rules = self.rules.rules().iter().enumerate();
        let mut rules = rules.filter(|(_, rule)| rule.alone);
        rules.find_map(|(index, rule)| {
            let value = self.pattern(index).captures(bytes)?.name("value")?.range();
            judge(rule, index, bytes, value)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Derivation, Field, Hit, Object, ObjectId, ObjectKind, Place};
    use crate::rules::RuleSet;
    use crate::scan::{Memory, Scanner};
    use crate::testkeys::Keys;

    fn object(bytes: &[u8]) -> Object<'_> {
        Object {
            id: ObjectId::from_bytes(&[7; 20]).unwrap(),
            kind: ObjectKind::Blob,
            bytes,
        }
    }

    fn is_alone(hits: &[Hit], secret: &str) -> bool {
        matches!(hits, [hit] if hit.about.alone && hit.value.expose() == secret.as_bytes())
    }

    #[test]
    fn a_file_with_nothing_but_a_secret() {
        let mut scanner = Scanner::new(&RuleSet::builtin().unwrap());
        let secret = Keys::new(91).secret();
        for (text, expected) in [
            (secret.clone(), true),
            (format!(" {secret}\n"), true),
            (format!("{secret}\n{secret}\n"), false),
            (format!("{secret}x"), false),
            (format!("{secret}{}", " ".repeat(40)), false),
        ] {
            let mut hits = Vec::new();
            scanner.scan(&object(text.as_bytes()), &mut hits);
            assert_eq!(is_alone(&hits, &secret), expected, "{text}");
        }
    }

    #[test]
    fn only_contents_are_files() {
        let mut scanner = Scanner::new(&RuleSet::builtin().unwrap());
        let secret = Keys::new(92).secret();
        let mut count = |field| {
            let mut hits = Vec::new();
            let place = Place::WorktreeFile(b"a".to_vec());
            scanner.scan_text(place, field, secret.as_bytes(), &mut hits);
            hits.len()
        };
        assert_eq!(count(Field::Content), 1);
        assert_eq!(count(Field::EntryName), 0);
    }

    #[test]
    fn made_from_something_else() {
        let mut scanner = Scanner::new(&RuleSet::builtin().unwrap());
        let secret = Keys::new(93).secret();
        let old = b"nothing\n";
        let base = scanner.scan(&object(old), &mut Vec::new());
        let check = |scanner: &mut Scanner, base: &Memory, bytes: &[u8]| {
            let everything = 0..bytes.len();
            let made = Derivation {
                fresh: std::slice::from_ref(&everything),
                copies: &[],
                inserted: bytes,
                seams: &[],
            };
            let passes = scanner.passes(ObjectKind::Blob, bytes, &made, base);
            let mut hits = Vec::new();
            scanner.scan_derived(&object(bytes), &made, base, &mut hits);
            (passes, is_alone(&hits, &secret))
        };
        assert_eq!(check(&mut scanner, &base, secret.as_bytes()), (false, true));
        assert_eq!(check(&mut scanner, &base, b"nothing more\n"), (true, false));
    }
}
