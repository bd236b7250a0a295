//! The shape of `keysweep-investigation/1`. Keys are only ever added here.

use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Document<A, B, C, D, E, F, G> {
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) complete: bool,
    pub(super) coverage: CoverageDto,
    pub(super) subjects: A,
    pub(super) timeline: B,
    pub(super) identities: C,
    /// What stands or was changed comes first.
    pub(super) resources: D,
    pub(super) comparisons: E,
    pub(super) activity: F,
    pub(super) events: G,
    pub(super) unlisted_events: u64,
}

#[derive(Serialize)]
pub(super) struct CoverageDto {
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) records: u64,
    pub(super) read_events: u64,
    pub(super) data_events: u64,
    pub(super) bytes: u64,
    pub(super) bytes_unpacked: u64,
    pub(super) passed_over: u64,
    pub(super) sources: Vec<SourceDto>,
    pub(super) regions: Vec<RegionDto>,
    pub(super) gaps: Vec<GapDto>,
    pub(super) blind: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct SourceDto {
    pub(super) form: &'static str,
    pub(super) files: u64,
    pub(super) records: u64,
}

#[derive(Serialize)]
pub(super) struct RegionDto {
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) records: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) silent: Vec<SpanDto>,
}

#[derive(Serialize)]
pub(super) struct SpanDto {
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
}

#[derive(Serialize)]
pub(super) struct GapDto {
    pub(super) kind: &'static str,
    pub(super) file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file_bytes: Option<String>,
    pub(super) detail: String,
    pub(super) records: u64,
}

#[derive(Serialize)]
pub(super) struct SubjectDto<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) account_id: Option<&'a str>,
    pub(super) fingerprint: Option<&'a str>,
    pub(super) introduced: Option<String>,
    pub(super) pushed: Option<&'a str>,
    pub(super) identity: usize,
}

#[derive(Serialize)]
pub(super) struct StepDto<'a> {
    pub(super) time: Option<String>,
    pub(super) kind: &'static str,
    pub(super) what: &'a str,
    pub(super) identity: Option<usize>,
    pub(super) event: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct IdentityDto<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<&'static str>,
    pub(super) number: usize,
    pub(super) kind: &'static str,
    pub(super) id: &'a str,
    pub(super) name: Option<&'a str>,
    pub(super) account_id: Option<&'a str>,
    pub(super) parent: Option<usize>,
    pub(super) made_by: Option<&'a str>,
    pub(super) made: Option<String>,
    pub(super) made_event: Option<&'a str>,
    pub(super) expires: Option<String>,
    pub(super) events: u64,
    pub(super) denied: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ResourceDto<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<&'static str>,
    pub(super) kind: &'a str,
    pub(super) what: &'a str,
    pub(super) group: &'static str,
    pub(super) id: &'a str,
    pub(super) arn: Option<&'a str>,
    pub(super) account_id: &'a str,
    pub(super) region: Option<&'a str>,
    pub(super) standing: &'static str,
    pub(super) identity: usize,
    pub(super) call: &'a str,
    pub(super) made: Option<String>,
    pub(super) event: &'a str,
    pub(super) gone: Option<EndedDto<'a>>,
    pub(super) touched: Option<EndedDto<'a>>,
    pub(super) show: &'a [String],
    pub(super) remove: &'a [String],
}

#[derive(Serialize)]
pub(super) struct EndedDto<'a> {
    pub(super) time: Option<String>,
    pub(super) call: &'a str,
    pub(super) by: &'a str,
    pub(super) event: &'a str,
}

#[derive(Serialize)]
pub(super) struct ComparisonDto<'a> {
    pub(super) subject: usize,
    pub(super) since: Option<String>,
    pub(super) calls_before: u64,
    pub(super) calls_after: u64,
    pub(super) normal: TraitsDto<'a>,
    pub(super) new: TraitsDto<'a>,
}

#[derive(Serialize)]
pub(super) struct TraitsDto<'a> {
    pub(super) addresses: Vec<CountDto<'a>>,
    pub(super) agents: Vec<CountDto<'a>>,
    pub(super) regions: Vec<CountDto<'a>>,
    pub(super) calls: Vec<CountDto<'a>>,
}

#[derive(Serialize)]
pub(super) struct CountDto<'a> {
    pub(super) value: &'a str,
    pub(super) count: u64,
}

#[derive(Serialize)]
pub(super) struct ActivityDto<'a> {
    pub(super) identity: usize,
    pub(super) group: &'static str,
    pub(super) service: &'a str,
    pub(super) name: &'a str,
    pub(super) region: &'a str,
    pub(super) succeeded: u64,
    pub(super) denied: u64,
    pub(super) failed: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

#[derive(Serialize)]
pub(super) struct EventDto<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<&'static str>,
    pub(super) time: Option<String>,
    pub(super) id: &'a str,
    pub(super) identity: Option<usize>,
    pub(super) caller: &'a str,
    pub(super) account_id: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) name: &'a str,
    pub(super) group: &'static str,
    pub(super) address: &'a str,
    pub(super) agent: &'a str,
    pub(super) error: Option<&'a str>,
    pub(super) denied: bool,
    pub(super) resources: &'a [String],
}

#[derive(Serialize)]
pub(super) struct Summary<A, B, E, F> {
    #[serde(rename = "type")]
    pub(super) line: &'static str,
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) complete: bool,
    pub(super) coverage: CoverageDto,
    pub(super) subjects: A,
    pub(super) timeline: B,
    pub(super) comparisons: E,
    pub(super) activity: F,
    pub(super) unlisted_events: u64,
}
