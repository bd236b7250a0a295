//! `keysweep inventory`, and `--inventory` of others.

use std::fs::File;
use std::io::{self, BufReader, Write as _};
use std::path::PathBuf;

use crate::cli::args::General;
use crate::cli::args::investigate::{Inventory as InventoryArgs, InventoryCommand, InventoryShow};
use crate::cli::exit;
use crate::cli::failure::Failure;
use crate::inventory::{Inventory, Scope, inventory_script};
use crate::model::Listed;
use crate::report::escape;

/// Runs the command; the value is the exit code.
///
/// # Errors
/// A listing cannot be opened, or the answer cannot be written.
pub(in crate::cli) fn run(general: &General, args: InventoryArgs) -> Result<u8, Failure> {
    match args.command {
        InventoryCommand::Script(script) => {
            let scope = match script.organization_role {
                Some(role) => Scope::Organization { role },
                None => Scope::Account,
            };
            print(&inventory_script(&scope))?;
            Ok(exit::CLEAN)
        }
        InventoryCommand::Show(show) => self::show(general, &show),
    }
}

fn show(general: &General, show: &InventoryShow) -> Result<u8, Failure> {
    let inventory = read(&show.inventory)?;
    let listed: Vec<(&String, Listed)> = show
        .key_id
        .iter()
        .map(|id| (id, inventory.key(id)))
        .collect();
    let mut text = String::new();
    for (id, listed) in &listed {
        text += &match general.format {
            crate::report::Format::Human => human(id, listed),
            _ => crate::report::listed_json(id, listed),
        };
        text.push('\n');
    }
    print(&text)?;
    Ok(if inventory.gaps.is_empty() {
        exit::CLEAN
    } else {
        exit::INCOMPLETE
    })
}

fn human(id: &str, listed: &Listed) -> String {
    let mut text = format!("{}: {}", escape(id.as_bytes()), listed.state.name());
    for (name, value) in [
        ("user", &listed.user),
        ("account", &listed.account),
        ("made", &listed.created),
        ("last used", &listed.last_used),
        ("for", &listed.last_service),
        ("in", &listed.last_region),
    ] {
        if let Some(value) = value {
            text += &format!(", {name} {}", escape(value.as_bytes()));
        }
    }
    text
}

/// Reads listings; what they do not tell is warned of.
///
/// # Errors
/// One of them cannot be opened: what it would have said is not to be guessed.
pub(in crate::cli) fn read(files: &[PathBuf]) -> Result<Inventory, Failure> {
    let mut inventory = Inventory::default();
    for path in files {
        let name = path.display().to_string();
        // `--inventory FILE PATH` would take PATH for a file, and another repository be swept.
        if path.is_dir() {
            let failure = Failure::new(format!("the listing `{name}` is a folder"));
            return Err(failure.hinted("name files; a repository's path goes before --inventory"));
        }
        let file = File::open(path).map_err(|error| {
            Failure::new(format!("could not open the inventory `{name}`: {error}"))
                .hinted("make one with `keysweep inventory script`")
        })?;
        inventory.read(&name, &mut BufReader::new(file));
    }
    for gap in &inventory.gaps {
        let line = format!(
            "warning: {}: {}\n",
            escape(gap.file.as_bytes()),
            escape(gap.detail.as_bytes())
        );
        // A stderr that cannot be written to leaves nobody to tell.
        io::stderr().write_all(line.as_bytes()).ok();
    }
    Ok(inventory)
}

/// Prints a text; a reader who had enough is no failure.
pub(in crate::cli) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("could not write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::apply;
    use crate::model::{ListedState, Severity, ValidityState, account_of};
    use crate::report::fixture;

    #[test]
    fn a_listing_outranks_a_guess_and_not_sts() {
        let mut report = fixture::pushed_pair();
        let id = report.findings[0].credential.access_key_id.clone().unwrap();
        let account = account_of(id.as_bytes()).unwrap();
        let list = format!(
            r#"{{"AccessKeyMetadata": [{{"UserName": "u", "AccessKeyId": "{id}", "Status": "Inactive"}}]}}
            {{"Account": "{account}"}}"#
        );
        let mut inventory = Inventory::default();
        inventory.read("file", &mut list.as_bytes());
        let before = report.findings[0].severity;
        apply(&inventory, &mut report);
        let finding = &report.findings[0];
        assert_eq!(
            (before, finding.severity),
            (Severity::Critical, Severity::Medium)
        );
        assert_eq!(
            finding.inventory.as_ref().unwrap().state,
            ListedState::Inactive
        );
        let mut report = fixture::pushed_pair();
        report.findings[0].validity.state = ValidityState::Active;
        let notes = report.findings[0].notes.len();
        apply(&inventory, &mut report);
        assert_eq!(report.findings[0].severity, Severity::Critical);
        assert_eq!(report.findings[0].notes.len(), notes + 1);
    }
}
