//! From rule files to a rule set: everything that can be wrong with a rule is found here.

use sha2::{Digest, Sha256};

use super::builtin::{CANARIES, PLACEHOLDERS};
use super::schema::{Role, RuleFile, RulesFile};
use super::{Check, Error, Extent, Gate, Near, Pattern, Reach, Rule, RuleSet};
use crate::model::{CredentialKind, Part};

/// Reads and checks rule files. Their patterns are compiled when they are first needed.
pub(super) fn compile(files: &[(&str, &str)]) -> Result<RuleSet, Error> {
    Ok(RuleSet {
        rules: parse(files)?.into(),
        hash: hash(files).into(),
    })
}

fn hash(files: &[(&str, &str)]) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    hash.update(PLACEHOLDERS.as_bytes());
    hash.update(CANARIES.as_bytes());
    data_encoding::HEXLOWER.encode(&hash.finalize()[..6])
}

fn parse(files: &[(&str, &str)]) -> Result<Vec<Rule>, Error> {
    let mut rules: Vec<Rule> = Vec::with_capacity(files.len());
    for (name, text) in files {
        let file: RuleFile = toml::from_str(text).map_err(|e| Error::Syntax {
            file: (*name).to_owned(),
            detail: e.to_string(),
        })?;
        let rule = compile_one(file, &rules)?;
        rules.push(rule);
    }
    Ok(rules)
}

/// Farthest that a user's rule may look: more would make every sweep dear.
const EXTRA_REACH_MAX: usize = 4096;

/// Reads the rules of a user's file.
///
/// # Errors
/// It is not of the expected form.
pub fn read_extra(name: &str, text: &str) -> Result<Vec<RuleFile>, Error> {
    let file: RulesFile = toml::from_str(text).map_err(|error| Error::Syntax {
        file: match error.span() {
            Some(span) => format!("{name}:{}", line_at(text, span.start)),
            None => name.to_owned(),
        },
        detail: error.message().to_owned(),
    })?;
    Ok(file.rule)
}

/// The built-in rules and a user's.
pub(super) fn with_extra(files: &[(&str, &str)], name: &str, text: &str) -> Result<RuleSet, Error> {
    let mut all = parse(files)?;
    for (index, mut file) in read_extra(name, text)?.into_iter().enumerate() {
        if file.kind.is_none() && matches!(file.role, Role::ServiceKey) {
            file.kind = Some(CredentialKind::CustomKey.name().to_owned());
        }
        let id = file.id.clone();
        let extra = |detail: String| Error::Extra {
            file: name.to_owned(),
            line: line_of_rule(text, index),
            rule: id.clone(),
            detail,
        };
        if file.whole_object || file.reach.is_some_and(|reach| reach > EXTRA_REACH_MAX) {
            let detail = format!(
                "reach may be {EXTRA_REACH_MAX} at most, and whole-object is not for files like this"
            );
            return Err(extra(detail));
        }
        let rule = match compile_one(file, &all) {
            Ok(rule) => rule,
            Err(Error::Meaning { detail, .. }) => return Err(extra(detail)),
            Err(other) => return Err(other),
        };
        rule.pattern.check().map_err(extra)?;
        all.push(rule);
    }
    let builtin = hash(files);
    let mut hash = Sha256::new();
    hash.update(builtin.as_bytes());
    hash.update(text.as_bytes());
    let hash = data_encoding::HEXLOWER.encode(&hash.finalize()[..6]);
    Ok(RuleSet {
        rules: all.into(),
        hash: hash.into(),
    })
}

/// The line of a byte, from 1.
fn line_at(text: &str, at: usize) -> usize {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count() + 1
}

/// The line of the rule's header, from 1.
fn line_of_rule(text: &str, index: usize) -> usize {
    let headers = text.lines().enumerate();
    let mut headers = headers.filter(|(_, line)| line.trim_start().starts_with("[[rule]]"));
    headers.nth(index).map_or(1, |(number, _)| number + 1)
}

fn compile_one(file: RuleFile, before: &[Rule]) -> Result<Rule, Error> {
    let wrong = |detail: &str| Error::Meaning {
        rule: file.id.clone(),
        detail: detail.to_owned(),
    };
    let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if file.id.is_empty() || !file.id.chars().all(kebab) {
        return Err(wrong("the id is not kebab-case"));
    }
    if before.iter().any(|rule| rule.id == file.id) {
        return Err(wrong("the id is taken"));
    }
    if file.prefilter.iter().any(|literal| literal.len() < 4) {
        return Err(wrong("a prefilter literal is shorter than 4 bytes"));
    }
    if file.alone {
        let plain = file.prefilter.is_empty() && file.near.is_none() && file.gate.is_none();
        if !plain || !matches!(file.role, Role::SecretAccessKey) {
            return Err(wrong(
                "alone = true is for secret access keys, and goes without prefilter, gate and near",
            ));
        }
    } else if file.prefilter.is_empty() && file.near.is_none() {
        return Err(wrong("a rule needs a prefilter, or a rule to be near to"));
    }
    let reach = match (file.reach, file.whole_object) {
        (Some(bytes), false) => Reach::Bytes(bytes),
        (None, true) => Reach::WholeObject,
        _ => return Err(wrong("give either reach or whole-object = true")),
    };
    let near = match &file.near {
        None => None,
        Some(near) => Some(resolve_near(&near.rule, near.within, reach, before).map_err(wrong)?),
    };
    let checks = |names: &[String]| -> Result<Vec<Check>, Error> {
        names
            .iter()
            .map(|name| Check::parse(name).ok_or_else(|| wrong(&format!("no check `{name}`"))))
            .collect()
    };
    Ok(Rule {
        require: checks(&file.require)?,
        medium_unless: checks(&file.medium_unless)?,
        low_unless: checks(&file.low_unless)?,
        part: match file.role {
            Role::AccessKeyId | Role::ServiceKeyId | Role::Context => Part::Id,
            Role::SecretAccessKey => Part::Secret,
            Role::SessionToken => Part::Token,
            Role::ServiceKey => Part::Key,
        },
        context: matches!(file.role, Role::Context),
        kind: kind_of(&file).map_err(|detail| wrong(&detail))?,
        extends: file.extends.map(Extent::from),
        prefilter: file
            .prefilter
            .iter()
            .map(|s| s.clone().into_bytes())
            .collect(),
        pattern: Pattern::tested(&file.pattern, !file.prefilter.is_empty()),
        gate: file.gate.map_or(Gate::Open, Gate::from),
        label_head: file.label_head,
        value_first: file.value_first,
        labelled: file.labelled,
        pieces: file.pieces,
        alone: file.alone,
        confidence: file.confidence.into(),
        title: file.title,
        // Rule sets are made once a process; hits carry the id without a lifetime.
        id: String::leak(file.id),
        near,
        reach,
    })
}

/// A service key names its kind, and nothing else does.
fn kind_of(file: &RuleFile) -> Result<Option<CredentialKind>, String> {
    let service = matches!(file.role, Role::ServiceKey | Role::ServiceKeyId);
    match (&file.kind, service) {
        (None, false) => Ok(None),
        (None, true) => Err("a service key needs a kind".to_owned()),
        (Some(_), false) => Err("only service keys have a kind".to_owned()),
        (Some(name), true) => {
            let known = CredentialKind::SERVICE_KEYS.into_iter();
            let found = known.into_iter().find(|kind| kind.name() == name);
            found.map(Some).ok_or_else(|| {
                let names = CredentialKind::SERVICE_KEYS.map(CredentialKind::name);
                format!(
                    "no kind `{name}` of a service key; known: {}",
                    names.join(", ")
                )
            })
        }
    }
}

fn resolve_near(
    id: &str,
    within: usize,
    reach: Reach,
    before: &[Rule],
) -> Result<Near, &'static str> {
    let index = before.iter().position(|rule| rule.id == id);
    let index = index.ok_or("the rule to be near to does not come before this one")?;
    match (before[index].reach, reach) {
        (Reach::Bytes(theirs), Reach::Bytes(mine)) if mine < within + theirs => {
            Err("reach is smaller than `within` and the other rule's reach together")
        }
        (Reach::WholeObject, Reach::Bytes(_)) => Err("the other rule needs whole objects"),
        _ => Ok(Near {
            rule: index,
            within,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        id = "a-rule"
        title = "A rule"
        role = "access-key-id"
        prefilter = ["AKIA"]
        pattern = '(?<value>AKIA)'
        reach = 10
        confidence = "low"
        references = []
    "#;

    #[test]
    fn accepts_a_good_rule() {
        let set = compile(&[("a.toml", GOOD)]).unwrap();
        assert_eq!(set.rules()[0].id, "a-rule");
        assert_eq!(set.reach(), Some(10));
    }

    #[test]
    fn refuses_what_cannot_be() {
        for (from, to) in [
            ("a-rule", "A Rule"),
            ("AKIA\"]", "AK\"]"),
            ("[\"AKIA\"]", "[]"),
            ("(?<value>AKIA)", "AKIA"),
            ("(?<value>AKIA)", "(?<value>AKIA"),
            ("reach = 10", ""),
            ("reach = 10", "reach = 10\nwhole-object = true"),
            ("reach = 10", "reach = 10\nrequire = [\"magic\"]"),
            ("reach = 10", "reach = 10\nraech = 10"),
            (
                "reach = 10",
                "reach = 10\nnear = { rule = \"none\", within = 1 }",
            ),
        ] {
            let text = GOOD.replace(from, to);
            assert_ne!(text, GOOD);
            let set = compile(&[("a.toml", &text)]);
            let checked = set.map(|set| set.rules()[0].pattern.check());
            assert!(!matches!(checked, Ok(Ok(()))), "{from} -> {to}");
        }
        assert!(compile(&[("a.toml", GOOD), ("b.toml", GOOD)]).is_err());
    }

    #[test]
    fn whole_objects_have_no_reach() {
        let text = GOOD.replace("reach = 10", "whole-object = true");
        assert_eq!(compile(&[("a.toml", &text)]).unwrap().reach(), None);
    }
}
