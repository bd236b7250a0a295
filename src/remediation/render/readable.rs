//! Commands as a person types them: questions of the script become words to be replaced, its own
//! functions those of every shell, and its texts what they say.

use crate::remediation::text::Catalogue;

/// What the script's own words become.
const PLAIN: [(&str, &str); 8] = [
    ("drop_stash ", "git stash drop "),
    (" 2>&1 | redact >&2", ""),
    (" | redact", ""),
    (
        "$(new_file) || return 0",
        "$(mktemp \"${TMPDIR:-/tmp}/new-key.XXXXXX\")",
    ),
    ("\" && return ;;", "\" ;;"),
    ("die \"", "echo \""),
    ("say \"", "echo \""),
    ("leave \"", "echo \""),
];

/// All commands of a step.
pub(super) fn readable(commands: &[String], catalogue: &Catalogue) -> Vec<String> {
    let one = |command: &String| {
        let text = answers(command);
        let plain = PLAIN.iter();
        let text = plain.fold(text, |text, (own, plain)| text.replace(own, plain));
        texts(&text, catalogue)
    };
    commands.iter().map(one).collect()
}

/// `$(answer ROLE "…")` becomes `ROLE`.
fn answers(command: &str) -> String {
    let mut text = String::new();
    let mut rest = command;
    while let Some((before, after)) = rest.split_once("$(answer ") {
        text.push_str(before);
        let (question, after) = after.split_once(')').unwrap_or((after, ""));
        text.push_str(question.split(' ').next().unwrap_or_default());
        rest = after;
    }
    text.push_str(rest);
    text
}

/// `$T_NEW_KEY` becomes what it says. All of these stand in double quotes.
fn texts(command: &str, catalogue: &Catalogue) -> String {
    let mut text = String::new();
    let mut rest = command;
    while let Some((before, after)) = rest.split_once("$T_") {
        text.push_str(before);
        let end = after
            .find(|c: char| !(c.is_ascii_uppercase() || c == '_'))
            .unwrap_or(after.len());
        let said = catalogue.say(&format!("script.{}", &after[..end]));
        text.push_str(&said.replace(['"', '`', '$', '\\'], "'"));
        rest = &after[end..];
    }
    text.push_str(rest);
    text
}
