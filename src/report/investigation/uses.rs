//! What the identities called, for people, and how that differs from what is normal.

use std::collections::BTreeMap;
use std::io;

use super::human::{Page, text};
use crate::model::{Activity, Comparison, Group};
use crate::report::human::wording::count;

/// Values shown of each trait.
const TRAITS_MAX: usize = 8;

impl Page<'_> {
    pub(super) fn activity(&mut self) -> io::Result<()> {
        let mut sums: BTreeMap<(usize, String), Activity> = BTreeMap::new();
        for one in &self.found.activity {
            let order = Group::ALL
                .iter()
                .position(|group| *group == one.group)
                .unwrap_or(0);
            let sum = sums
                .entry((order, format!("{}:{}", one.service, one.name)))
                .or_insert_with(|| Activity {
                    succeeded: 0,
                    denied: 0,
                    failed: 0,
                    ..one.clone()
                });
            sum.succeeded += one.succeeded;
            sum.denied += one.denied;
            sum.failed += one.failed;
        }
        for (order, group) in Group::ALL.iter().enumerate() {
            let rows: Vec<(&String, &Activity)> = sums
                .iter()
                .filter(|((at, _), _)| *at == order)
                .map(|((_, call), sum)| (call, sum))
                .collect();
            if rows.is_empty() {
                continue;
            }
            self.heading(&format!("calls: {}", group.name()))?;
            for (call, sum) in rows.iter().take(self.rows()) {
                let mut outcome = vec![format!("{} worked", count(sum.succeeded))];
                if sum.denied > 0 {
                    outcome.push(format!("{} denied", count(sum.denied)));
                }
                if sum.failed > 0 {
                    outcome.push(format!("{} failed", count(sum.failed)));
                }
                writeln!(self.out, "  {}: {}", text(call), outcome.join(", "))?;
            }
            self.left_out(self.rows().min(rows.len()), rows.len())?;
            writeln!(self.out)?;
        }
        Ok(())
    }

    pub(super) fn comparisons(&mut self) -> io::Result<()> {
        for comparison in &self.found.comparisons {
            let key = self
                .found
                .subjects
                .get(comparison.subject)
                .map_or("", |s| &s.access_key_id);
            self.comparison(&text(key), comparison)?;
        }
        Ok(())
    }

    fn comparison(&mut self, key: &str, comparison: &Comparison) -> io::Result<()> {
        let (before, after) = (comparison.before, comparison.after);
        if comparison.since.is_none() {
            self.heading(&format!("uses of {key}: {}", count(before + after)))?;
            writeln!(
                self.out,
                "  not compared: nothing says since when it is in git (give --report)"
            )?;
        } else {
            self.heading(&format!(
                "uses of {key}: {} before it came into git, {} after",
                count(before),
                count(after)
            ))?;
            if before == 0 && after > 0 {
                writeln!(
                    self.out,
                    "  no use before: nothing tells what is normal, so all of it is new"
                )?;
            }
        }
        let seen = if comparison.since.is_some() {
            "normal"
        } else {
            "seen"
        };
        for (label, traits) in [(seen, &comparison.normal), ("NEW", &comparison.new)] {
            for (name, values) in [
                ("addresses", &traits.addresses),
                ("programs", &traits.agents),
                ("regions", &traits.regions),
                ("calls", &traits.calls),
            ] {
                if values.is_empty() {
                    continue;
                }
                let shown: Vec<String> = values
                    .iter()
                    .take(TRAITS_MAX)
                    .map(|(value, n)| format!("{} ({})", text(value), count(*n)))
                    .collect();
                let more = values.len().saturating_sub(TRAITS_MAX);
                let more = if more > 0 {
                    format!(" and {} more", count(more as u64))
                } else {
                    String::new()
                };
                writeln!(self.out, "  {label} {name}: {}{more}", shown.join(", "))?;
            }
        }
        writeln!(self.out)
    }
}
