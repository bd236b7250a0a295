//! `keysweep rules`: what is looked for, and whether a file of further rules can be used.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use crate::cli::args::{Rules, RulesCommand};
use crate::cli::exit;
use crate::cli::failure::Failure;
use crate::model::{Field, Place};
use crate::report::escape;
use crate::rules::{Example, FILES, OneOrMany, RuleFile, RuleSet, read_extra};
use crate::scan::Scanner;

/// Runs the command; the value is the exit code.
///
/// # Errors
/// An unknown rule, or a file that cannot be used.
pub(in crate::cli) fn run(args: Rules) -> Result<u8, Failure> {
    let text = match args.command {
        None | Some(RulesCommand::List) => list()?,
        Some(RulesCommand::Show { id }) => show(&id)?,
        Some(RulesCommand::Check { file }) => check(&file)?,
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "the list could not be written: {error}"
        ))),
        _ => Ok(exit::CLEAN),
    }
}

/// A set of the built-in rules and those of a file.
pub(in crate::cli) fn with_file(path: &Path) -> Result<RuleSet, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(format!("the rules in {name} cannot be read: {error}"))
            .hinted("--rules takes a TOML file; see `keysweep rules check --help`")
    })?;
    RuleSet::with_extra(&name, &text).map_err(|error| {
        Failure::new(error).hinted(format!("fix the rule, then `keysweep rules check {name}`"))
    })
}

fn builtin() -> Result<RuleSet, Failure> {
    RuleSet::builtin().map_err(Failure::new)
}

fn list() -> Result<String, Failure> {
    let rules = builtin()?;
    let mut text = String::new();
    let width = rules.rules().iter().map(|rule| rule.id.len()).max();
    for rule in rules.rules() {
        let (id, width) = (rule.id, width.unwrap_or(0));
        let confidence = rule.confidence.name();
        writeln!(text, "{id:width$}  {confidence:6}  {}", rule.title).map_err(Failure::new)?;
    }
    Ok(text)
}

fn show(id: &str) -> Result<String, Failure> {
    let named = |text: &str| toml::from_str::<RuleFile>(text).is_ok_and(|rule| rule.id == id);
    let found = FILES.iter().find(|(_, text)| named(text));
    found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| {
        Failure::new(format!("no rule is called {id}")).hinted("`keysweep rules` lists them all")
    })
}

/// Compiles a user's rules and runs their examples.
fn check(path: &Path) -> Result<String, Failure> {
    let rules = with_file(path)?;
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(Failure::new)?;
    let files = read_extra(&name, &text).map_err(Failure::new)?;
    let mut scanner = Scanner::new(&rules);
    let mut wrong = Vec::new();
    let mut examples = 0_u64;
    for file in &files {
        for (example, matches) in file
            .must_match
            .iter()
            .map(|e| (e, true))
            .chain(file.must_not_match.iter().map(|e| (e, false)))
        {
            examples += 1;
            let found = found(&mut scanner, &file.id, example);
            if found != expected(example, matches) {
                let kind = if matches {
                    "must_match"
                } else {
                    "must_not_match"
                };
                let instead = match found.len() {
                    0 => "nothing is found",
                    _ if matches => "something else is found",
                    _ => "something is found",
                };
                wrong.push(format!(
                    "rule {}: {kind} \"{}\" does not hold: {instead}",
                    file.id, example.why
                ));
            }
        }
    }
    if wrong.is_empty() {
        let name = escape(name.as_bytes());
        let rules = counted(files.len() as u64, "rule");
        let examples = counted(examples, "example");
        let untried = files.iter().filter(|file| file.must_match.is_empty());
        let untried: String = untried
            .map(|file| {
                let id = &file.id;
                format!("rule {id}: no must_match example shows that it finds anything\n")
            })
            .collect();
        return Ok(format!("{name}: {rules}, {examples}, all well\n{untried}"));
    }
    Err(Failure::new(wrong.join("; ")).hinted("change the pattern or the example"))
}

fn counted(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn expected(example: &Example, matches: bool) -> Vec<String> {
    let finds = example.finds.as_ref().map(OneOrMany::list);
    if matches {
        finds.unwrap_or_default()
    } else {
        Vec::new()
    }
}

fn found(scanner: &mut Scanner, id: &str, example: &Example) -> Vec<String> {
    let mut hits = Vec::new();
    let place = Place::WorktreeFile(b"example".to_vec());
    scanner.scan_text(place, Field::Content, example.text.as_bytes(), &mut hits);
    let text = |start: u64, end: u64| example.text[start as usize..end as usize].to_owned();
    let mine = hits.iter().filter(|hit| hit.rule == id);
    mine.map(|hit| text(hit.span.start, hit.span.end)).collect()
}
