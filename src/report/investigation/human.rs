//! For a person who has been up too long: what the logs cover, what still stands and how to remove it,
//! who the key became, what was done, and in which order.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::model::{Identity, Investigation, LogGap, Standing, TrailResource, utc};
use crate::report::human::wording::{count, plural, size};
use crate::report::{Options, Verbosity, escape};

/// Rows of a list that leads to nothing to do.
const ROWS_MAX: usize = 25;

pub(super) struct Page<'a> {
    pub(super) found: &'a Investigation,
    options: &'a Options,
    pub(super) out: &'a mut dyn Write,
}

pub(super) fn write(
    found: &Investigation,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page {
        found,
        options,
        out,
    };
    if options.verbosity != Verbosity::Quiet {
        page.subjects()?;
        page.coverage()?;
    }
    page.gaps()?;
    page.standing()?;
    if options.verbosity != Verbosity::Quiet {
        page.identities()?;
        page.activity()?;
        page.comparisons()?;
        page.timeline()?;
    }
    page.verdict()
}

/// A name from a log, fit to be shown.
pub(super) fn text(name: &str) -> String {
    escape(name.as_bytes())
}

impl Page<'_> {
    pub(super) fn heading(&mut self, words: &str) -> io::Result<()> {
        if self.options.colour {
            let style = anstyle::Style::new().bold();
            writeln!(self.out, "{style}{words}{style:#}")
        } else {
            writeln!(self.out, "{words}")
        }
    }

    pub(super) fn rows(&self) -> usize {
        match self.options.verbosity {
            Verbosity::Verbose => usize::MAX,
            _ => ROWS_MAX,
        }
    }

    pub(super) fn left_out(&mut self, shown: usize, total: usize) -> io::Result<()> {
        if total > shown {
            let more = count((total - shown) as u64);
            writeln!(
                self.out,
                "  … and {more} more; -v shows them, JSON has them all"
            )?;
        }
        Ok(())
    }

    fn subjects(&mut self) -> io::Result<()> {
        for subject in &self.found.subjects {
            write!(self.out, "key: {}", text(&subject.access_key_id))?;
            if let Some(account) = &subject.account_id {
                write!(self.out, ", account {}", text(account))?;
            }
            match subject.introduced {
                Some(time) => write!(self.out, ", in git since {}", utc(time))?,
                None => write!(self.out, ", not known since when it is in git")?,
            }
            if let Some(pushed) = &subject.pushed {
                write!(self.out, ", pushed: {}", text(pushed))?;
            }
            writeln!(self.out)?;
        }
        writeln!(self.out)
    }

    fn coverage(&mut self) -> io::Result<()> {
        let coverage = &self.found.coverage;
        self.heading("covered")?;
        let forms: Vec<String> = coverage
            .sources
            .iter()
            .map(|(form, files, _)| format!("{} of {form}", plural(*files, "file")))
            .collect();
        let forms = if forms.is_empty() {
            "no file with records".to_owned()
        } else {
            forms.join(", ")
        };
        writeln!(
            self.out,
            "  {} in {forms}, {} on disk",
            plural(coverage.records, "record"),
            size(coverage.bytes_read)
        )?;
        if let (Some(first), Some(last)) = (coverage.first, coverage.last) {
            writeln!(self.out, "  from {} to {}", utc(first), utc(last))?;
        }
        let mut accounts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for region in &coverage.regions {
            let shown = format!("{} ({})", text(&region.region), count(region.records));
            accounts.entry(&region.account).or_default().push(shown);
        }
        for (account, regions) in accounts {
            let account = if account.is_empty() {
                "not named"
            } else {
                account
            };
            writeln!(
                self.out,
                "  account {}: {}",
                text(account),
                regions.join(", ")
            )?;
        }
        for region in &coverage.regions {
            for (from, to) in &region.silent {
                writeln!(
                    self.out,
                    "  silent: {} in {} from {} to {}",
                    text(&region.region),
                    text(&region.account),
                    utc(*from),
                    utc(*to)
                )?;
            }
        }
        writeln!(self.out)?;
        if !coverage.blind.is_empty() {
            self.heading("what these logs cannot show")?;
            for sentence in &coverage.blind {
                writeln!(self.out, "  - {}", text(sentence))?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn gaps(&mut self) -> io::Result<()> {
        let gaps = &self.found.coverage.gaps;
        if gaps.is_empty() {
            return Ok(());
        }
        self.heading(&format!("NOT READ: {}", plural(gaps.len() as u64, "gap")))?;
        for gap in gaps.iter().take(self.rows()) {
            writeln!(self.out, "  {}", gap_line(gap))?;
        }
        self.left_out(self.rows().min(gaps.len()), gaps.len())?;
        writeln!(self.out)
    }

    fn standing(&mut self) -> io::Result<()> {
        let found = self.found;
        let of = |wanted: Standing| found.resources.iter().filter(move |r| r.standing == wanted);
        let (stands, changed) = (of(Standing::Stands).count(), of(Standing::Changed).count());
        if stands + changed == 0 {
            self.heading("nothing that was made or changed still stands")?;
        } else {
            self.heading(&format!(
                "STILL STANDING: {} made, {} changed (nothing below was run)",
                count(stands as u64),
                count(changed as u64)
            ))?;
        }
        let mut number = 0;
        for resource in of(Standing::Stands).chain(of(Standing::Changed)) {
            number += 1;
            self.resource(number, resource)?;
        }
        let gone = of(Standing::Gone).count();
        if gone > 0 {
            writeln!(self.out, "  made and removed again: {}", count(gone as u64))?;
        }
        writeln!(self.out)
    }

    fn resource(&mut self, number: usize, resource: &TrailResource) -> io::Result<()> {
        let verb = match resource.standing {
            Standing::Changed => "changed",
            Standing::Stands | Standing::Gone => "made",
        };
        let place = resource
            .region
            .as_deref()
            .map_or_else(String::new, |region| format!(", {}", text(region)));
        writeln!(
            self.out,
            "  {number}. {}: {} {} in {}{place}",
            resource.group.name(),
            resource.what,
            text(&resource.id),
            text(&resource.account),
        )?;
        let who = self
            .found
            .identities
            .get(resource.identity)
            .map_or("", |one| &one.id);
        writeln!(
            self.out,
            "       {verb} {} by {} with {}",
            utc(resource.made),
            text(who),
            text(&resource.call)
        )?;
        if let Some(touched) = &resource.gone {
            writeln!(
                self.out,
                "       touched since by {} with {}, {}",
                text(&touched.caller),
                text(&touched.call),
                utc(touched.time)
            )?;
        }
        for (label, commands) in [("show:  ", &resource.show), ("remove:", &resource.remove)] {
            for command in commands {
                writeln!(self.out, "       {label} {command}")?;
            }
        }
        Ok(())
    }

    /// The tree, children below their parents.
    fn identities(&mut self) -> io::Result<()> {
        let identities = &self.found.identities;
        let derived = identities.len() - self.found.subjects.len().min(identities.len());
        let word = if derived == 1 {
            "identity"
        } else {
            "identities"
        };
        self.heading(&format!(
            "what the key became: {} further {word}",
            count(derived as u64)
        ))?;
        let mut children: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for (at, identity) in identities.iter().enumerate() {
            children.entry(identity.parent).or_default().push(at);
        }
        let mut open: Vec<(usize, usize)> = Vec::new();
        let roots = children.get(&None).into_iter().flatten().rev();
        open.extend(roots.map(|at| (*at, 0)));
        let mut shown = 0;
        while let Some((at, depth)) = open.pop() {
            if shown < self.rows() {
                let line = identity_line(&identities[at]);
                writeln!(
                    self.out,
                    "  {:indent$}{line}",
                    "",
                    indent = 2 * depth.min(12)
                )?;
                shown += 1;
            }
            let below = children.get(&Some(at)).into_iter().flatten().rev();
            open.extend(below.map(|child| (*child, depth + 1)));
        }
        self.left_out(shown, identities.len())?;
        writeln!(self.out)
    }

    fn timeline(&mut self) -> io::Result<()> {
        let steps = &self.found.timeline;
        if steps.is_empty() {
            return Ok(());
        }
        self.heading("course")?;
        let rows = self.rows().saturating_mul(2);
        for step in steps.iter().take(rows) {
            writeln!(self.out, "  {}  {}", utc(step.time), text(&step.what))?;
        }
        self.left_out(rows.min(steps.len()), steps.len())?;
        writeln!(self.out)
    }

    fn verdict(&mut self) -> io::Result<()> {
        let found = self.found;
        let standing = found.standing().count() as u64;
        let uses: u64 = found
            .identities
            .iter()
            .map(|identity| identity.events)
            .sum();
        let derived = found.identities.len().saturating_sub(found.subjects.len()) as u64;
        let mut verdict = if uses == 0 {
            "no use of the key in these logs; that is no proof that there was none".to_owned()
        } else {
            format!(
                "{} by the key and {} further {} that it became; {} still to be dealt with",
                plural(uses, "call"),
                count(derived),
                if derived == 1 {
                    "identity"
                } else {
                    "identities"
                },
                plural(standing, "thing")
            )
        };
        if !found.complete() {
            verdict += "; INCOMPLETE: not all files were read to their ends, there may be more";
        }
        writeln!(self.out, "{verdict}")
    }
}

fn identity_line(identity: &Identity) -> String {
    let mut line = format!("{} {}", identity.kind.name(), text(&identity.id));
    if let Some(name) = &identity.name {
        line += &format!(" ({})", text(name));
    }
    if let (Some(by), Some(made)) = (&identity.made_by, identity.made) {
        line += &format!(", by {} {}", text(by), utc(made));
    }
    line += &format!(": {}", plural(identity.events, "call"));
    if identity.denied > 0 {
        line += &format!(", {} denied", count(identity.denied));
    }
    if let (Some(first), Some(last)) = (identity.first, identity.last) {
        line += &format!(", {} to {}", utc(first), utc(last));
    }
    line
}

fn gap_line(gap: &LogGap) -> String {
    let records = match gap.records {
        0 => String::new(),
        n => format!(" ({})", plural(n, "record")),
    };
    let file = if gap.file.is_empty() {
        String::new()
    } else {
        format!(" {}:", escape(&gap.file))
    };
    format!("{}:{file} {}{records}", gap.kind, text(&gap.detail))
}

/// One line for stderr: that not all was read, and the first gap.
pub(super) fn incomplete_line(found: &Investigation) -> Option<String> {
    let first = found.coverage.gaps.first()?;
    let gaps = plural(found.coverage.gaps.len() as u64, "gap");
    Some(format!("INCOMPLETE: {gaps} (first: {})", gap_line(first)))
}
