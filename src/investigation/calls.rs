//! The table of AWS's calls, `calls.toml`: what each makes, changes, removes or looks at.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::names::{normal, plain_name, service};
use super::path::Path;
use super::token::{Token, token};
use crate::model::{Group, shell_word};

const TABLE: &str = include_str!("calls.toml");

/// The table is not of the expected form: a bug.
#[derive(Debug, thiserror::Error)]
#[error("calls.toml: {0}")]
pub struct TableError(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: Vec<KindRow>,
    calls: Vec<CallsRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindRow {
    name: String,
    what: String,
    group: String,
    #[serde(default)]
    global: bool,
    #[serde(default)]
    unique: bool,
    #[serde(default)]
    made: Vec<String>,
    #[serde(default)]
    changed: Vec<String>,
    #[serde(default)]
    gone: Vec<String>,
    key: Option<Vec<String>>,
    within: Option<String>,
    show: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallsRow {
    group: String,
    names: Vec<String>,
}

/// A kind of thing.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: String,
    pub(super) what: String,
    pub(super) group: Group,
    /// It has no region.
    pub(super) is_global: bool,
    /// Its ids are never used twice.
    pub(super) is_unique: bool,
    /// The parts that make the id.
    key: Vec<String>,
    /// The kind whose end is its end, and the part that names it.
    within: Option<(usize, String)>,
    show: Vec<String>,
    remove: Vec<String>,
}

/// What a call does to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Made,
    Changed,
    Gone,
}

/// A call of the table and one thing it does.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) kind: usize,
    pub(super) deed: Deed,
    parts: Vec<(String, Path)>,
    arn: Option<Path>,
}

/// A thing that a record names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Touch {
    pub(super) kind: usize,
    pub(super) deed: Deed,
    /// The parts by name, in the order of the table.
    pub(super) parts: Vec<(String, String)>,
    pub(super) arn: Option<String>,
}

/// The table.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) kinds: Vec<Kind>,
    actions: HashMap<String, Vec<Action>>,
    /// Group and resource of each call.
    others: HashMap<String, (Group, Option<Path>)>,
    /// Calls that touch things, by number: what a glance asks.
    touching: HashMap<Token, ()>,
}

/// Things that one record touches, at most.
const TOUCHES_MAX: usize = 2000;

impl Calls {
    /// The table in the program.
    ///
    /// # Errors
    /// It is not of the expected form.
    pub(super) fn builtin() -> Result<Calls, TableError> {
        let file: File = toml::from_str(TABLE).map_err(|e| TableError(e.to_string()))?;
        Calls::of(&file).map_err(TableError)
    }

    fn of(file: &File) -> Result<Calls, String> {
        let numbers: HashMap<&str, usize> = file
            .kind
            .iter()
            .enumerate()
            .map(|(at, kind)| (&*kind.name, at))
            .collect();
        let mut calls = Calls {
            kinds: Vec::new(),
            actions: HashMap::new(),
            others: HashMap::new(),
            touching: HashMap::new(),
        };
        for row in &file.kind {
            let group = group(&row.group)?;
            let deeds = [
                (Deed::Made, &row.made),
                (Deed::Changed, &row.changed),
                (Deed::Gone, &row.gone),
            ];
            let mut first = None;
            for (deed, texts) in deeds {
                for text in texts {
                    let (call, action) = action(text, calls.kinds.len(), deed)?;
                    first.get_or_insert_with(|| names(&action.parts));
                    calls.touching.insert(number(&call), ());
                    calls.actions.entry(call).or_default().push(action);
                }
            }
            let within = row.within.as_deref().map(|text| {
                let (parent, part) = text.split_once(' ')?;
                Some((*numbers.get(parent)?, part.to_owned()))
            });
            calls.kinds.push(Kind {
                name: row.name.clone(),
                what: row.what.clone(),
                group,
                is_global: row.global,
                is_unique: row.unique,
                key: row.key.clone().or(first).unwrap_or_default(),
                within: match within {
                    Some(None) => return Err(format!("{}: within what?", row.name)),
                    within => within.flatten(),
                },
                show: row.show.clone(),
                remove: row.remove.clone(),
            });
        }
        for row in &file.calls {
            let group = group(&row.group)?;
            for text in &row.names {
                let (call, path) = match text.split_once(' ') {
                    Some((call, path)) => (call, Some(path)),
                    None => (&**text, None),
                };
                let parsed = path.map(|path| Path::parse(path).ok_or_else(|| text.clone()));
                calls
                    .others
                    .insert(call.to_owned(), (group, parsed.transpose()?));
            }
        }
        Ok(calls)
    }

    /// True if the call makes, changes or removes anything of the table.
    pub(super) fn touches_anything(&self, source: &[u8], name: &[u8]) -> bool {
        let service = service(source);
        self.touching
            .contains_key(&token(b'=', &[service, plain_name(name)]))
    }

    /// The things that a successful call touches.
    pub(super) fn touches(&self, call: &str, record: &Value) -> Vec<Touch> {
        let actions = self.actions.get(call).into_iter().flatten();
        actions
            .flat_map(|action| action.touches(record))
            .take(TOUCHES_MAX)
            .collect()
    }

    /// What a call is for, and what it is about.
    pub(super) fn about(
        &self,
        call: &str,
        read_only: bool,
        record: &Value,
    ) -> (Group, Vec<String>) {
        if let Some((group, path)) = self.others.get(call) {
            let about = path.as_ref().map(|path| path.find(record));
            return (*group, about.unwrap_or_default());
        }
        let first = self.actions.get(call).and_then(|actions| actions.first());
        if let Some(action) = first {
            return (self.kinds[action.kind].group, Vec::new());
        }
        let name = call.split_once(':').map_or(call, |(_, name)| name);
        let looks = [
            "Get", "List", "Describe", "Head", "Lookup", "Search", "BatchGet",
        ];
        let looks = read_only || looks.iter().any(|verb| name.starts_with(verb));
        let group = if looks {
            Group::Reconnaissance
        } else {
            Group::Other
        };
        (group, Vec::new())
    }

    /// The number of a thing, which any record that touches it gives as well.
    pub(super) fn target(&self, place: (&str, &str), touch: &Touch) -> Token {
        let kind = &self.kinds[touch.kind];
        self.target_of(place, touch.kind, &kind.id(&touch.parts))
    }

    /// The number of the thing that holds this one.
    pub(super) fn parent(&self, place: (&str, &str), touch: &Touch) -> Option<Token> {
        let (kind, id) = self.parent_id(touch)?;
        Some(self.target_of(place, kind, &id))
    }

    /// Kind and id of the thing that holds this one.
    pub(super) fn parent_id(&self, touch: &Touch) -> Option<(usize, String)> {
        let (kind, part) = self.kinds[touch.kind].within.as_ref()?;
        let (_, id) = touch.parts.iter().find(|(name, _)| name == part)?;
        Some((*kind, id.clone()))
    }

    fn target_of(&self, (account, region): (&str, &str), kind: usize, id: &str) -> Token {
        let is_global = self.kinds[kind].is_global;
        let region = if is_global { "" } else { region };
        let number = (kind as u64).to_le_bytes();
        let parts: [&[u8]; 4] = [
            &number,
            account.as_bytes(),
            region.as_bytes(),
            id.as_bytes(),
        ];
        token(b'T', &parts)
    }
}

impl Kind {
    /// The id that the parts make.
    pub(super) fn id(&self, parts: &[(String, String)]) -> String {
        let of = |name: &String| {
            let part = parts.iter().find(|(part, _)| part == name);
            part.map_or("", |(_, value)| value)
        };
        self.key.iter().map(of).collect::<Vec<_>>().join(" ")
    }

    /// Commands that show the thing, and those that remove it, each word quoted.
    pub(super) fn commands(
        &self,
        parts: &[(String, String)],
        region: &str,
    ) -> (Vec<String>, Vec<String>) {
        let fill = |templates: &[String]| -> Vec<String> {
            let filled = templates.iter().filter_map(|text| fill(text, parts));
            let placed = filled.map(|command| {
                if self.is_global || region.is_empty() {
                    command
                } else {
                    format!("{command} {}", shell_word(&format!("--region={region}")))
                }
            });
            placed.collect()
        };
        (fill(&self.show), fill(&self.remove))
    }
}

/// A command whose parts are filled in; `None` if one is not known.
fn fill(template: &str, parts: &[(String, String)]) -> Option<String> {
    let mut words = Vec::new();
    for word in template.split(' ') {
        let Some((before, rest)) = word.split_once('{') else {
            words.push(word.to_owned());
            continue;
        };
        let name = rest.strip_suffix('}')?;
        let (_, value) = parts.iter().find(|(part, _)| part == name)?;
        words.push(shell_word(&format!("{before}{value}")));
    }
    Some(words.join(" "))
}

impl Action {
    fn touches(&self, record: &Value) -> Vec<Touch> {
        let arn = self
            .arn
            .as_ref()
            .and_then(|path| path.find(record).into_iter().next());
        let mut all = vec![Vec::new()];
        for (name, path) in &self.parts {
            let values = path.find(record);
            let mut wider = Vec::new();
            for parts in all {
                for value in &values {
                    let mut parts: Vec<(String, String)> = Clone::clone(&parts);
                    parts.push((name.clone(), normal(name, value)));
                    wider.push(parts);
                    if wider.len() > TOUCHES_MAX {
                        break;
                    }
                }
            }
            all = wider;
        }
        let touch = |parts| Touch {
            kind: self.kind,
            deed: self.deed,
            parts,
            arn: arn.clone(),
        };
        all.into_iter().map(touch).collect()
    }
}

fn action(text: &str, kind: usize, deed: Deed) -> Result<(String, Action), String> {
    let mut words = text.split(' ');
    let call = words.next().unwrap_or("").to_owned();
    let (mut parts, mut arn) = (Vec::new(), None);
    for word in words {
        let parsed = word
            .split_once('=')
            .and_then(|(name, path)| Path::parse(path).map(|path| (name.to_owned(), path)));
        let (name, path) = parsed.ok_or_else(|| format!("{text}: {word}"))?;
        if name == "arn" {
            arn = Some(path);
        } else {
            parts.push((name, path));
        }
    }
    let action = Action {
        kind,
        deed,
        parts,
        arn,
    };
    Ok((call, action))
}

fn names(parts: &[(String, Path)]) -> Vec<String> {
    parts.iter().map(|(name, _)| name.clone()).collect()
}

fn group(name: &str) -> Result<Group, String> {
    let known = Group::ALL.into_iter().find(|group| group.name() == name);
    known.ok_or_else(|| format!("no group {name}"))
}

fn number(call: &str) -> Token {
    let (service, name) = call.split_once(':').unwrap_or((call, ""));
    token(b'=', &[service.as_bytes(), name.as_bytes()])
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
