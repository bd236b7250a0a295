//! What the records cover: accounts, regions, times, and where nothing is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::glance::Glance;
use super::source::Form;
use super::time::time_of;
use super::token::token;
use crate::model::{LogCoverage, RegionCoverage, Subject, rfc3339};

/// Hours in a row without records that are never worth a word.
const SILENCE_MIN: i64 = 3;
/// A silence is told if it is rarer than this by chance.
const CHANCE_MAX: f64 = 1e-6;
/// Silences told of one region.
const SILENCES_MAX: usize = 20;
/// Days that the event history goes back.
const HISTORY_DAYS: i64 = 90;

/// What one worker has seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    regions: HashMap<u64, Region>,
    pub(super) records: u64,
    reads: u64,
    data_events: u64,
    pub(super) sources: BTreeMap<Form, (u64, u64)>,
}

#[derive(Debug, Default)]
struct Region {
    account: String,
    name: String,
    records: u64,
    first: i64,
    last: i64,
    hours: BTreeSet<i32>,
    last_hour: i32,
}

impl Seen {
    /// Counts a record.
    pub(super) fn add(&mut self, seen: &Glance<'_>) {
        self.records += 1;
        self.reads += u64::from(seen.read_only);
        let is_data = seen.is_data || seen.category == b"Data";
        self.data_events += u64::from(is_data);
        let Some(time) = time_of(seen.time) else {
            return;
        };
        let account = if seen.account.is_empty() {
            seen.who.account
        } else {
            seen.account
        };
        let region = self
            .regions
            .entry(token(b'G', &[account, seen.region]))
            .or_insert_with(|| Region {
                account: String::from_utf8_lossy(account).into_owned(),
                name: String::from_utf8_lossy(seen.region).into_owned(),
                first: time,
                last: time,
                last_hour: i32::MIN,
                ..Region::default()
            });
        region.records += 1;
        region.first = region.first.min(time);
        region.last = region.last.max(time);
        let hour = (time / 3600) as i32;
        if hour != region.last_hour {
            region.last_hour = hour;
            region.hours.insert(hour);
        }
    }

    /// Adds what another worker has seen.
    pub(super) fn merge(mut self, other: Seen) -> Seen {
        for (key, theirs) in other.regions {
            match self.regions.entry(key) {
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(theirs);
                }
                std::collections::hash_map::Entry::Occupied(mut place) => {
                    let ours = place.get_mut();
                    ours.records += theirs.records;
                    ours.first = ours.first.min(theirs.first);
                    ours.last = ours.last.max(theirs.last);
                    ours.hours.extend(theirs.hours);
                }
            }
        }
        for (form, (files, records)) in other.sources {
            let sum = self.sources.entry(form).or_default();
            *sum = (sum.0 + files, sum.1 + records);
        }
        self.records += other.records;
        self.reads += other.reads;
        self.data_events += other.data_events;
        self
    }

    /// What it comes to.
    pub(super) fn finish(self, coverage: &mut LogCoverage, subjects: &[Subject]) {
        let first = self.regions.values().map(|region| region.first).min();
        let last = self.regions.values().map(|region| region.last).max();
        let span = first.zip(last);
        let mut regions: Vec<RegionCoverage> = self
            .regions
            .into_values()
            .map(|region| RegionCoverage {
                silent: span.map_or_else(Vec::new, |span| silences(&region.hours, span)),
                account: region.account,
                region: region.name,
                records: region.records,
                first: region.first,
                last: region.last,
            })
            .collect();
        regions.sort_by(|a, b| (&a.account, &a.region).cmp(&(&b.account, &b.region)));
        coverage.sources = self
            .sources
            .iter()
            .filter(|(form, _)| **form != Form::Other)
            .map(|(form, (files, records))| (form.name(), *files, *records))
            .collect();
        coverage.passed_over += self
            .sources
            .get(&Form::Other)
            .map_or(0, |(files, _)| *files);
        coverage.records = self.records;
        coverage.reads = self.reads;
        coverage.data_events = self.data_events;
        coverage.first = first;
        coverage.last = last;
        coverage.regions = regions;
        coverage.blind = blind(coverage, subjects);
    }
}

/// Stretches without records that chance does not explain, given how many hours have some.
fn silences(hours: &BTreeSet<i32>, (first, last): (i64, i64)) -> Vec<(i64, i64)> {
    let (begin, end) = (first / 3600, last / 3600);
    let density = hours.len() as f64 / (end - begin + 1) as f64;
    let mut found = Vec::new();
    let mut before = begin - 1;
    let ends = hours.iter().map(|hour| i64::from(*hour)).chain([end + 1]);
    for hour in ends {
        let silent = hour - before - 1;
        let chance = (1.0 - density).powi(i32::try_from(silent).unwrap_or(i32::MAX));
        if silent >= SILENCE_MIN && chance < CHANCE_MAX && found.len() < SILENCES_MAX {
            found.push(((before + 1) * 3600, hour * 3600));
        }
        before = hour;
    }
    found
}

/// What logs like these cannot show, the gravest first.
fn blind(coverage: &LogCoverage, subjects: &[Subject]) -> Vec<String> {
    let mut told = Vec::new();
    let (Some(first), Some(last)) = (coverage.first, coverage.last) else {
        told.push(
            "There is no record in these files: nothing can be said about the key.".to_owned(),
        );
        return told;
    };
    let seen: BTreeSet<&str> = coverage
        .regions
        .iter()
        .map(|region| &*region.account)
        .collect();
    told.extend(of_subjects(subjects, &seen, first));
    told.extend(of_accounts(coverage, &seen));
    told.extend(of_kinds(coverage));
    told.extend(of_regions(coverage));
    let day = rfc3339(last).unwrap_or_default();
    told.push(format!(
        "What happened after {day} is not here; CloudTrail writes some minutes late."
    ));
    told
}

/// Keys whose accounts, or whose beginning, the log does not have.
fn of_subjects(subjects: &[Subject], seen: &BTreeSet<&str>, first: i64) -> Vec<String> {
    let mut told = Vec::new();
    for subject in subjects {
        let id = &subject.access_key_id;
        if let Some(account) = subject.account_id.as_deref().filter(|a| !seen.contains(a)) {
            told.push(format!(
                "{id} belongs to account {account}, and no record here is of that account."
            ));
        }
        if let Some(introduced) = subject.introduced.filter(|time| *time < first) {
            let day = |time| rfc3339(time).unwrap_or_default();
            told.push(format!(
                "{id} came into git at {}, and the log begins at {}: what was done in between is not here.",
                day(introduced),
                day(first)
            ));
        }
    }
    told
}

/// Accounts without the region that records IAM.
fn of_accounts(coverage: &LogCoverage, seen: &BTreeSet<&str>) -> Vec<String> {
    let mut told = Vec::new();
    for account in seen {
        let of = |region: &&RegionCoverage| region.account == **account;
        let has_global = coverage
            .regions
            .iter()
            .filter(of)
            .any(|region| is_global(&region.region));
        if !has_global {
            told.push(format!(
                "Account {account} has no record from us-east-1, where IAM and the global STS endpoint are \
                 recorded: users, keys and roles that were made do not show."
            ));
        }
    }
    told
}

/// Kinds of events that are not there.
fn of_kinds(coverage: &LogCoverage) -> Vec<String> {
    let mut told = Vec::new();
    if coverage.data_events == 0 {
        told.push(
            "No data events: reads and writes of S3 objects, calls of functions and rows of DynamoDB do not \
             show. Their trails have to be asked for, and are off unless somebody turned them on."
                .to_owned(),
        );
    }
    if coverage.reads == 0 && coverage.records > 0 {
        told.push(
            "No read events: looking around does not show, nor does reading secrets.".to_owned(),
        );
    }
    let only_lookup = coverage
        .sources
        .iter()
        .all(|(form, ..)| *form == Form::Lookup.name());
    if only_lookup && !coverage.sources.is_empty() {
        told.push(format!(
            "All of it is from the event history, which goes back {HISTORY_DAYS} days and holds management \
             events only; ask trails in S3 for what is older."
        ));
    }
    told
}

/// Regions that are not there, and times in which those that are say nothing.
fn of_regions(coverage: &LogCoverage) -> Vec<String> {
    let mut told = Vec::new();
    let regions: BTreeSet<&str> = coverage
        .regions
        .iter()
        .map(|region| &*region.region)
        .collect();
    let unseen: Vec<&str> = REGIONS
        .into_iter()
        .filter(|region| !regions.contains(region))
        .collect();
    if !unseen.is_empty() {
        told.push(format!(
            "Regions without any record: {}. If one of them is enabled, its log is missing or nothing happened \
             there.",
            unseen.join(", ")
        ));
    }
    let silent: usize = coverage
        .regions
        .iter()
        .map(|region| region.silent.len())
        .sum();
    if silent > 0 {
        told.push(format!(
            "{silent} stretches of time without records, in regions that have many otherwise: files are missing, \
             or logging was off."
        ));
    }
    told
}

/// Where a partition records IAM.
fn is_global(region: &str) -> bool {
    matches!(
        region,
        "us-east-1" | "cn-north-1" | "us-gov-west-1" | "eusc-de-east-1"
    ) || region.starts_with("us-iso")
}

/// Regions of the `aws` partition that need no opt-in.
const REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_told_where_it_is_unlikely() {
        let hours = |skip: std::ops::Range<i32>| -> BTreeSet<i32> {
            (0..240).filter(|hour| !skip.contains(hour)).collect()
        };
        let span = (0, 240 * 3600 - 1);
        assert_eq!(silences(&hours(0..0), span), []);
        assert_eq!(silences(&hours(100..101), span), []);
        assert_eq!(silences(&hours(100..108), span), [(100 * 3600, 108 * 3600)]);
        assert_eq!(silences(&hours(230..240), span), [(230 * 3600, 240 * 3600)]);
        let rare: BTreeSet<i32> = [3, 90, 200].into();
        assert_eq!(silences(&rare, span), []);
    }
}
