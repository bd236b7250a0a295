//! `keysweep-investigation/1`: one document, or a line for each event, identity and thing.

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, PrettyFormatter, Serializer};

use crate::model::{
    Activity, Comparison, Ended, Identity, Investigation, LogCoverage, LogGap, Milestone,
    RegionCoverage, Standing, Subject, TrailEvent, TrailResource, Traits, rfc3339,
};
use crate::report::dto::Each;
use crate::report::json::Printable;

use super::dto::{
    ActivityDto, ComparisonDto, CountDto, CoverageDto, Document, EndedDto, EventDto, GapDto,
    IdentityDto, RegionDto, ResourceDto, SourceDto, SpanDto, StepDto, SubjectDto, Summary,
    TraitsDto,
};

const SCHEMA: &str = "keysweep-investigation/1";

pub(super) fn write_json(found: &Investigation, out: &mut dyn Write) -> io::Result<()> {
    let identities = found.identities.iter().enumerate();
    let document = Document {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        complete: found.complete(),
        coverage: coverage(&found.coverage),
        subjects: Each(found.subjects.iter().enumerate().map(subject)),
        timeline: Each(found.timeline.iter().map(step)),
        identities: Each(identities.map(|(at, one)| identity(None, at, one))),
        resources: Each(found.resources.iter().map(|one| resource(None, one))),
        comparisons: Each(found.comparisons.iter().map(comparison)),
        activity: Each(found.activity.iter().map(activity)),
        events: Each(found.events.iter().map(|one| event(None, one))),
        unlisted_events: found.unlisted,
    };
    let formatter = Printable(PrettyFormatter::new());
    document.serialize(&mut Serializer::with_formatter(&mut *out, formatter))?;
    out.write_all(b"\n")
}

pub(super) fn write_ndjson(found: &Investigation, out: &mut dyn Write) -> io::Result<()> {
    for (at, one) in found.identities.iter().enumerate() {
        line(&identity(Some("identity"), at, one), out)?;
    }
    for one in &found.resources {
        line(&resource(Some("resource"), one), out)?;
    }
    for one in &found.events {
        line(&event(Some("event"), one), out)?;
    }
    let summary = Summary {
        line: "summary",
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        complete: found.complete(),
        coverage: coverage(&found.coverage),
        subjects: Each(found.subjects.iter().enumerate().map(subject)),
        timeline: Each(found.timeline.iter().map(step)),
        comparisons: Each(found.comparisons.iter().map(comparison)),
        activity: Each(found.activity.iter().map(activity)),
        unlisted_events: found.unlisted,
    };
    line(&summary, out)
}

fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let formatter = Printable(CompactFormatter);
    value.serialize(&mut Serializer::with_formatter(&mut *out, formatter))?;
    out.write_all(b"\n")
}

fn time(seconds: Option<i64>) -> Option<String> {
    seconds.and_then(rfc3339)
}

fn coverage(coverage: &LogCoverage) -> CoverageDto {
    let source = |(form, files, records): &(&'static str, u64, u64)| SourceDto {
        form,
        files: *files,
        records: *records,
    };
    CoverageDto {
        first: time(coverage.first),
        last: time(coverage.last),
        records: coverage.records,
        read_events: coverage.reads,
        data_events: coverage.data_events,
        bytes: coverage.bytes_read,
        bytes_unpacked: coverage.bytes_unpacked,
        passed_over: coverage.passed_over,
        sources: coverage.sources.iter().map(source).collect(),
        regions: coverage.regions.iter().map(region).collect(),
        gaps: coverage.gaps.iter().map(gap).collect(),
        blind: coverage.blind.clone(),
    }
}

fn region(region: &RegionCoverage) -> RegionDto {
    let span = |(from, to): &(i64, i64)| SpanDto {
        from: rfc3339(*from),
        to: rfc3339(*to),
    };
    RegionDto {
        account_id: region.account.clone(),
        region: region.region.clone(),
        records: region.records,
        first: rfc3339(region.first),
        last: rfc3339(region.last),
        silent: region.silent.iter().map(span).collect(),
    }
}

fn gap(gap: &LogGap) -> GapDto {
    let is_text = std::str::from_utf8(&gap.file).is_ok();
    GapDto {
        kind: gap.kind,
        file: String::from_utf8_lossy(&gap.file).into_owned(),
        file_bytes: (!is_text).then(|| data_encoding::BASE64.encode(&gap.file)),
        detail: gap.detail.clone(),
        records: gap.records,
    }
}

fn subject((at, subject): (usize, &Subject)) -> SubjectDto<'_> {
    SubjectDto {
        access_key_id: &subject.access_key_id,
        account_id: subject.account_id.as_deref(),
        fingerprint: subject.fingerprint.as_deref(),
        introduced: time(subject.introduced),
        pushed: subject.pushed.as_deref(),
        identity: at,
    }
}

fn step(step: &Milestone) -> StepDto<'_> {
    StepDto {
        time: rfc3339(step.time),
        kind: step.kind,
        what: &step.what,
        identity: step.identity,
        event: step.event.as_deref(),
    }
}

fn identity<'a>(
    line: Option<&'static str>,
    number: usize,
    identity: &'a Identity,
) -> IdentityDto<'a> {
    IdentityDto {
        line,
        number,
        kind: identity.kind.name(),
        id: &identity.id,
        name: identity.name.as_deref(),
        account_id: identity.account.as_deref(),
        parent: identity.parent,
        made_by: identity.made_by.as_deref(),
        made: time(identity.made),
        made_event: identity.made_event.as_deref(),
        expires: time(identity.expires),
        events: identity.events,
        denied: identity.denied,
        first: time(identity.first),
        last: time(identity.last),
    }
}

fn resource<'a>(line: Option<&'static str>, resource: &'a TrailResource) -> ResourceDto<'a> {
    let end = resource.gone.as_ref().map(ended);
    let (gone, touched) = match resource.standing {
        Standing::Gone => (end, None),
        Standing::Stands | Standing::Changed => (None, end),
    };
    ResourceDto {
        line,
        kind: &resource.kind,
        what: &resource.what,
        group: resource.group.name(),
        id: &resource.id,
        arn: resource.arn.as_deref(),
        account_id: &resource.account,
        region: resource.region.as_deref(),
        standing: resource.standing.name(),
        identity: resource.identity,
        call: &resource.call,
        made: rfc3339(resource.made),
        event: &resource.event,
        gone,
        touched,
        show: &resource.show,
        remove: &resource.remove,
    }
}

fn ended(ended: &Ended) -> EndedDto<'_> {
    EndedDto {
        time: rfc3339(ended.time),
        call: &ended.call,
        by: &ended.caller,
        event: &ended.event,
    }
}

fn comparison(comparison: &Comparison) -> ComparisonDto<'_> {
    ComparisonDto {
        subject: comparison.subject,
        since: time(comparison.since),
        calls_before: comparison.before,
        calls_after: comparison.after,
        normal: traits(&comparison.normal),
        new: traits(&comparison.new),
    }
}

fn traits(traits: &Traits) -> TraitsDto<'_> {
    TraitsDto {
        addresses: counts(&traits.addresses),
        agents: counts(&traits.agents),
        regions: counts(&traits.regions),
        calls: counts(&traits.calls),
    }
}

fn counts(list: &[(String, u64)]) -> Vec<CountDto<'_>> {
    list.iter()
        .map(|(value, count)| CountDto {
            value,
            count: *count,
        })
        .collect()
}

fn activity(activity: &Activity) -> ActivityDto<'_> {
    ActivityDto {
        identity: activity.identity,
        group: activity.group.name(),
        service: &activity.service,
        name: &activity.name,
        region: &activity.region,
        succeeded: activity.succeeded,
        denied: activity.denied,
        failed: activity.failed,
        first: rfc3339(activity.first),
        last: rfc3339(activity.last),
    }
}

fn event<'a>(line: Option<&'static str>, event: &'a TrailEvent) -> EventDto<'a> {
    let text = |text: &'a Arc<str>| -> &'a str { text };
    EventDto {
        line,
        time: rfc3339(event.time),
        id: &event.id,
        identity: event.identity,
        caller: text(&event.caller),
        account_id: text(&event.account),
        region: text(&event.region),
        service: text(&event.service),
        name: text(&event.name),
        group: event.group.name(),
        address: text(&event.address),
        agent: text(&event.agent),
        error: event.error.as_deref(),
        denied: event.denied,
        resources: &event.resources,
    }
}
