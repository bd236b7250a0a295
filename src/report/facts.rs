//! What every format says of a finding: masked, and in words that do not depend on the format.

use super::human;
use super::redact::Redactor;
use super::shape::has_lines;
use super::{Options, escape};
use crate::model::{
    Acceptance, CommitStamp, Exposure, Field, Finding, Occurrence, Report, Suppressed, Traced,
};

/// The words and names of a report, without secrets.
pub(super) struct Facts<'a> {
    pub(super) report: &'a Report,
    redactor: Redactor<'a>,
}

/// Where a finding stands, for formats that have one place for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The path without secrets, raw; a name of ours where no path is known.
    pub(super) path: Vec<u8>,
    /// True if it is the path of a file.
    pub(super) is_file: bool,
    /// From 1, where lines mean anything.
    pub(super) line: Option<u64>,
    /// From 1, in bytes.
    pub(super) column: Option<u64>,
    /// The commit that brought the object.
    pub(super) commit: Option<String>,
    /// For people, without line.
    pub(super) name: String,
}

impl<'a> Facts<'a> {
    pub(super) fn new(report: &'a Report) -> Facts<'a> {
        Facts {
            report,
            redactor: Redactor::new(report),
        }
    }

    /// Repository bytes as visible text on one line, without secrets.
    pub(super) fn shown(&self, bytes: &[u8]) -> String {
        escape(&self.redactor.redact(bytes))
    }

    /// Repository bytes as text, without secrets and otherwise as they are.
    pub(super) fn raw(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(&self.redactor.redact(bytes)).into_owned()
    }

    /// What was found, in a line.
    pub(super) fn headline(finding: &Finding) -> String {
        human::headline(finding)
    }

    /// The place that leads a finding.
    pub(super) fn main_spot(&self, finding: &Finding) -> Spot {
        match human::main_occurrence(finding) {
            Some(occurrence) => self.spot(occurrence),
            None => Spot {
                path: b"unknown".to_vec(),
                is_file: false,
                line: None,
                column: None,
                commit: None,
                name: "no place recorded".to_owned(),
            },
        }
    }

    /// All places, the leading one first.
    pub(super) fn spots<'f>(
        &'f self,
        finding: &'f Finding,
    ) -> impl Iterator<Item = (&'f Occurrence, Spot)> + Clone + 'f {
        let main = human::main_occurrence(finding);
        let others = finding
            .occurrences
            .iter()
            .filter(move |o| main.is_none_or(|main| !std::ptr::eq(main, *o)));
        main.into_iter().chain(others).map(|o| (o, self.spot(o)))
    }

    fn spot(&self, occurrence: &Occurrence) -> Spot {
        let kind = occurrence.object_kind.map_or("object", |k| k.name());
        let of_object = || {
            let id = occurrence.object.map(|id| id.to_string());
            format!("git-objects/{kind}/{}", id.unwrap_or_default())
        };
        let is_file = matches!(occurrence.field, Field::Content | Field::EntryName)
            && occurrence.path.is_some();
        let path = match &occurrence.path {
            Some(path) if is_file => self.redactor.redact(path).into_owned(),
            _ => match (occurrence.field, &occurrence.path) {
                (Field::RefName | Field::IndexPath, Some(name)) => {
                    self.redactor.redact(name).into_owned()
                }
                (Field::Message, Some(name)) if occurrence.object.is_none() => {
                    let name = self.redactor.redact(name);
                    [b"git-dir/", &name[..]].concat()
                }
                _ => of_object().into_bytes(),
            },
        };
        let in_text = has_lines(occurrence.field);
        let shown = self.shown(&path);
        let name = match (occurrence.field, is_file) {
            (Field::Content, true) => shown,
            (Field::EntryName, true) => format!("the file name {shown}"),
            (Field::RefName, _) => format!("the ref name {shown}"),
            (Field::IndexPath, _) => format!("the index's path {shown}"),
            (Field::Message, _) if occurrence.object.is_none() => format!("git's file {shown}"),
            (field, _) => {
                let id = occurrence.object.map_or("?".to_owned(), |id| id.short());
                format!("the {} of {kind} {id}", field.name())
            }
        };
        Spot {
            path,
            is_file,
            line: in_text.then_some(occurrence.position.line),
            column: in_text.then_some(occurrence.position.column),
            commit: occurrence.commit.map(|c| c.to_string()),
            name,
        }
    }

    /// `config/prod.env:3`, for people.
    pub(super) fn place(&self, finding: &Finding) -> String {
        let spot = self.main_spot(finding);
        match spot.line {
            Some(line) => format!("{}:{line}", spot.name),
            None => spot.name,
        }
    }

    /// How far it has spread, in a sentence without its full stop.
    pub(super) fn spread(&self, finding: &Finding) -> String {
        let exposure = &finding.exposure;
        let mut parts = Vec::new();
        if let Some(stamp) = &exposure.introduced {
            parts.push(format!("introduced in {}", self.stamp(stamp)));
        }
        if exposure.traced == Traced::Yes {
            match &exposure.removed {
                Some(stamp) => parts.push(format!("removed in {}", self.stamp(stamp))),
                None if exposure.at_head => parts.push("at HEAD".to_owned()),
                None => {}
            }
        }
        parts.extend(Facts::held_in(exposure).map(|text| format!("held in {text}")));
        parts.push(self.pushed(finding));
        parts.join(", ")
    }

    /// How many commits and authors have it, if any commit has.
    pub(super) fn held_in(exposure: &Exposure) -> Option<String> {
        let known = exposure.traced != Traced::No && exposure.commit_count > 0;
        known.then(|| human::carriers(exposure.commit_count, exposure.author_count))
    }

    /// Whether others have it, in a few words.
    pub(super) fn pushed(&self, finding: &Finding) -> String {
        use human::Spread;
        let remotes = self.remotes(&finding.exposure);
        match human::spread(finding, self.report) {
            Spread::Pushed => format!("pushed to {remotes}"),
            Spread::OncePushed => "pushed once".to_owned(),
            Spread::Here => "in a bare repository, so pushed to it or fetched".to_owned(),
            Spread::LocalOnly => "not seen at a remote".to_owned(),
            Spread::Unreachable => "reachable from no ref".to_owned(),
            Spread::Unknown => "unknown whether pushed".to_owned(),
            Spread::WorkTree => "in the work tree".to_owned(),
        }
    }

    /// True if others are known to have had it.
    pub(super) fn is_pushed(&self, finding: &Finding) -> bool {
        use human::Spread;
        matches!(
            human::spread(finding, self.report),
            Spread::Pushed | Spread::OncePushed | Spread::Here
        )
    }

    fn remotes(&self, exposure: &Exposure) -> String {
        let names = exposure.pushed_to.iter().map(|r| self.shown(r.as_bytes()));
        names.collect::<Vec<_>>().join(", ")
    }

    /// `c1c1c1c1c1 (2024-03-01)`
    pub(super) fn stamp(&self, stamp: &CommitStamp) -> String {
        match day(stamp) {
            Some(day) => format!("{} ({})", stamp.commit.short(), self.shown(day.as_bytes())),
            None => stamp.commit.short(),
        }
    }

    /// Suppressed findings that a format lists: those that somebody accepted, and all if asked for.
    pub(super) fn listed_suppressed(
        &self,
        options: &Options,
    ) -> impl Iterator<Item = &'a Suppressed> {
        let all = options.show_suppressed;
        let listed = self.report.suppressed.iter();
        listed.filter(move |s| all || accepted(s).is_some())
    }

    /// Why a finding is suppressed, for people.
    pub(super) fn reason(&self, suppressed: &Suppressed) -> String {
        let name = suppressed.reason.name();
        let Some(acceptance) = accepted(suppressed) else {
            return name.to_owned();
        };
        let text = |text: &str| self.shown(text.as_bytes());
        let mut parts = vec![format!("{name}: {}", text(&acceptance.why))];
        parts.extend(acceptance.owner.as_deref().map(text));
        let expires = acceptance.expires.as_deref();
        parts.extend(expires.map(|day| format!("until {}", text(day))));
        format!("{} ({})", parts.join("; "), text(&acceptance.source))
    }

    /// What was not read, in a line; `None` if nothing went unread.
    pub(super) fn incomplete(&self) -> Option<String> {
        human::incomplete_line(self.report)
    }

    /// A gap in a line.
    pub(super) fn gap(&self, gap: &crate::model::Gap) -> String {
        let detail = self.shown(gap.detail.as_bytes());
        let mut parts = vec![format!("{}: {detail}", gap.kind.name())];
        parts.extend(gap.object.map(|object| format!("object {object}")));
        let path = gap.path.as_deref();
        parts.extend(path.map(|path| format!("path {}", self.shown(path))));
        let name = gap.reference.as_deref();
        parts.extend(name.map(|name| format!("ref {}", self.shown(name.as_bytes()))));
        parts.join("; ")
    }
}

/// The acceptance behind a suppressed finding, if it is that which suppresses it.
pub(super) fn accepted(suppressed: &Suppressed) -> Option<&Acceptance> {
    let acceptance = suppressed.finding.credential.accepted.as_ref();
    acceptance.filter(|a| a.reason == suppressed.reason)
}

/// The day of a commit, as its author saw it.
pub(super) fn day(stamp: &CommitStamp) -> Option<&str> {
    let date = stamp.date.as_deref()?;
    Some(date.split('T').next().unwrap_or(date))
}
