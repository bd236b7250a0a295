//! What was swept: the first line, and the words that the last line takes from it.

use std::io;

use super::wording::{plural, words};
use super::{Page, Tone};
use crate::model::{Report, Scope};

/// Refs of `--refs` that the last line names.
const NAMED: usize = 3;

impl Page<'_> {
    /// `swept: PATH (git directory …)`, and how much of it.
    pub(super) fn header(&mut self) -> io::Result<()> {
        let target = &self.report.target;
        let mut pieces = vec![self.text(&target.path)];
        let git_dir = self.text(&target.git_dir);
        if git_dir != pieces[0] && !git_dir.is_empty() {
            pieces.push(format!("(git directory {git_dir})"));
        }
        let label = self.paint(Tone::Strong, "swept:");
        self.lines(&label, "swept:".len(), &pieces)?;
        let pieces = self.scope_pieces();
        let gutter = self.gutter();
        self.lines(&gutter, super::GUTTER.len(), &pieces)?;
        writeln!(self.out)
    }

    fn scope_pieces(&self) -> Vec<String> {
        let target = &self.report.target;
        match target.scope() {
            Scope::All => {
                words("everything in it: all objects, refs, reflogs, stashes and indexes")
            }
            Scope::Worktree if target.selection == "worktree" => words(
                "only the files of the work tree as they are on disk; no history was looked at",
            ),
            Scope::Worktree => words(
                "only the files of the work tree that .gitignore does not name; no history was \
                 looked at",
            ),
            Scope::Range => {
                let mut pieces = words("only");
                pieces.push(format!("{};", self.range()));
                pieces.extend(words("nothing else in the repository was looked at"));
                pieces
            }
            Scope::Refs => {
                let mut pieces = words("only what these refs reach:");
                let names = refs(self.report).map(|name| self.text(name.as_bytes()));
                pieces.extend(names.map(|name| format!("{name},")));
                if let Some(last) = pieces.last_mut() {
                    last.pop();
                    last.push(';');
                }
                pieces.extend(words("nothing else in the repository was looked at"));
                pieces
            }
        }
    }

    /// `what is new in A..B`, as the selection calls it.
    pub(super) fn range(&self) -> String {
        let name = self.report.target.selection.strip_prefix("range ");
        let name = self.text(name.unwrap_or_default().as_bytes());
        format!("what is new in {name}")
    }

    /// `what main reaches`, for the last line.
    pub(super) fn reached(&self) -> String {
        let names: Vec<String> = refs(self.report)
            .map(|name| self.text(name.as_bytes()))
            .collect();
        match names.as_slice() {
            [one] => format!("what {one} reaches"),
            some if some.len() <= NAMED => format!("what {} reach", some.join(", ")),
            many => format!("what {} reach", plural(many.len() as u64, "ref")),
        }
    }
}

/// The names given to `--refs`.
fn refs(report: &Report) -> impl Iterator<Item = &str> {
    let names = report.target.selection.strip_prefix("refs ");
    names.unwrap_or_default().split(' ')
}

/// How many submodules have repositories of their own here, which were not swept.
pub(super) fn submodules(report: &Report) -> Option<String> {
    let unread = report.coverage.refs.submodules_unread;
    (unread > 0).then(|| plural(unread, "submodule"))
}
