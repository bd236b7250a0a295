//! The shape of the JSON formats, `keysweep/1`. Keys are only ever added here: a change of
//! meaning or a removal makes it `keysweep/2`.

use serde::Serialize;

use crate::model::{Listed, Principal, Validity};

/// The schema's name and version.
pub(super) const SCHEMA: &str = "keysweep/1";

/// The whole report as one document.
#[derive(Serialize)]
pub(super) struct DocumentDto<G, L, N, F, S> {
    pub(super) schema: &'static str,
    pub(super) tool: ToolDto,
    pub(super) target: TargetDto,
    pub(super) complete: bool,
    pub(super) coverage: CoverageDto,
    pub(super) gaps: G,
    pub(super) limits: L,
    pub(super) notes: N,
    pub(super) findings: F,
    pub(super) suppressed: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verification: Option<VerificationDto>,
    pub(super) totals: TotalsDto,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seconds: Option<f64>,
}

/// A list whose items are made one at a time, while it is written.
pub(super) struct Each<I>(pub(super) I);

impl<I> Serialize for Each<I>
where
    I: Iterator + Clone,
    I::Item: Serialize,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// The last line of NDJSON: everything but the findings.
#[derive(Serialize)]
pub(super) struct SummaryDto<G, L, N> {
    #[serde(rename = "type")]
    pub(super) line: &'static str,
    pub(super) schema: &'static str,
    pub(super) tool: ToolDto,
    pub(super) target: TargetDto,
    pub(super) complete: bool,
    pub(super) coverage: CoverageDto,
    pub(super) gaps: G,
    pub(super) limits: L,
    pub(super) notes: N,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verification: Option<VerificationDto>,
    pub(super) totals: TotalsDto,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seconds: Option<f64>,
}

#[derive(Serialize)]
pub(super) struct ToolDto {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) rules: String,
}

#[derive(Serialize)]
pub(super) struct TargetDto {
    #[serde(flatten)]
    pub(super) path: PathDto,
    pub(super) git_dir: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) git_dir_bytes: Option<String>,
    pub(super) object_format: &'static str,
    pub(super) selection: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) head: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) head_ref: Option<String>,
}

/// A path as text, and as base64 of its bytes where the text cannot hold them.
#[derive(Serialize)]
pub(super) struct PathDto {
    pub(super) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path_bytes: Option<String>,
}

#[derive(Serialize)]
pub(super) struct CoverageDto {
    pub(super) objects: ObjectsDto,
    pub(super) bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) files: Option<u64>,
    pub(super) refs: RefsDto,
}

#[derive(Serialize)]
pub(super) struct ObjectsDto {
    pub(super) blob: KindDto,
    pub(super) commit: KindDto,
    pub(super) tag: KindDto,
    pub(super) tree: KindDto,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unknown: Option<KindDto>,
}

#[derive(Serialize)]
pub(super) struct KindDto {
    pub(super) read: u64,
    pub(super) cached: u64,
    pub(super) skipped: u64,
    pub(super) missing: u64,
}

#[derive(Serialize)]
pub(super) struct RefsDto {
    pub(super) heads: u64,
    pub(super) tags: u64,
    pub(super) remotes: u64,
    pub(super) notes: u64,
    pub(super) stashes: u64,
    pub(super) other: u64,
    pub(super) reflog_entries: u64,
    pub(super) worktrees: u64,
    pub(super) index_entries: u64,
    pub(super) submodules_unread: u64,
}

#[derive(Serialize)]
pub(super) struct GapDto {
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<String>,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(flatten)]
    pub(super) path: Option<PathDto>,
    pub(super) detail: String,
    /// Present if `--allow-incomplete` names this kind.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) allowed: bool,
}

#[derive(Serialize)]
pub(super) struct LimitDto {
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<String>,
    pub(super) detail: String,
}

#[derive(Serialize)]
pub(super) struct NoteDto {
    pub(super) kind: &'static str,
    pub(super) detail: String,
}

/// A finding; `reason` makes it a suppressed one.
#[derive(Serialize)]
pub(super) struct FindingDto {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'static str>,
    /// Present if somebody accepted it, even if that does not count any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) accepted: Option<AcceptedDto>,
    pub(super) fingerprint: String,
    pub(super) rule: &'static str,
    pub(super) kind: &'static str,
    pub(super) confidence: &'static str,
    pub(super) severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) submodule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) canary: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) disclosed_in: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<String>,
    /// Raw; only with `--reveal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<String>,
    /// Raw; only with `--reveal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
    pub(super) validity: ValidityDto,
    /// What the owner's listing says, with `--inventory`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) inventory: Option<ListedDto>,
    pub(super) exposure: ExposureDto,
    pub(super) candidates: Vec<CandidateDto>,
    pub(super) occurrences: Vec<OccurrenceDto>,
    pub(super) occurrence_count: u64,
    pub(super) notes: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct AcceptedDto {
    pub(super) by: &'static str,
    pub(super) source: String,
    pub(super) why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<String>,
    /// Present if that day is over.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) lapsed: bool,
}

#[derive(Serialize)]
pub(super) struct ValidityDto {
    pub(super) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) checked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) principal: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

/// What was asked of AWS.
#[derive(Serialize)]
pub(super) struct VerificationDto {
    pub(super) calls: u64,
    pub(super) accepted: u64,
    pub(super) ids: u64,
    pub(super) user_agent: String,
    pub(super) hosts: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) budget_spent: bool,
}

#[derive(Serialize)]
pub(super) struct ExposureDto {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) introduced: Option<StampDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) removed: Option<StampDto>,
    /// This and the next eight are null where nobody looked.
    pub(super) at_head: Option<bool>,
    pub(super) at_tips: Option<Vec<String>>,
    pub(super) commit_count: Option<u64>,
    pub(super) author_count: Option<u64>,
    pub(super) refs: Option<Vec<String>>,
    pub(super) ref_count: Option<u64>,
    pub(super) pushed: Option<&'static str>,
    pub(super) pushed_to: Option<Vec<String>>,
    pub(super) reachable: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) held_by: Vec<HeldDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_seen: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ListedDto {
    pub(super) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_used: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_region: Option<String>,
}

#[derive(Serialize)]
pub(super) struct StampDto {
    pub(super) commit: String,
    pub(super) author: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
}

#[derive(Serialize)]
pub(super) struct HeldDto {
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
}

#[derive(Serialize)]
pub(super) struct CandidateDto {
    pub(super) secret_sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) distance: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct OccurrenceDto {
    pub(super) part: &'static str,
    pub(super) field: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) object_kind: Option<&'static str>,
    #[serde(flatten)]
    pub(super) path: Option<PathDto>,
    /// All paths known, where history has the object at more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) paths: Vec<PathDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path_count: Option<u64>,
    /// Present if there may be more paths than were counted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) path_count_at_least: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) column: Option<u64>,
    pub(super) byte_start: u64,
    pub(super) byte_end: u64,
    pub(super) encodings: Vec<&'static str>,
}

#[derive(Serialize)]
pub(super) struct TotalsDto {
    pub(super) findings: u64,
    pub(super) pairs: u64,
    pub(super) active: u64,
    pub(super) occurrences: u64,
    pub(super) suppressed: u64,
    pub(super) gaps: u64,
}

impl ValidityDto {
    /// What AWS answered; `text` cleans what it said.
    pub(super) fn of(validity: &Validity, text: impl Fn(&str) -> String) -> ValidityDto {
        ValidityDto {
            state: validity.state.name(),
            checked_at: validity.checked_at.clone(),
            arn: validity.arn.as_deref().map(&text),
            principal: validity.principal.map(Principal::name),
            account: validity.account.clone(),
            reason: validity.reason.as_deref().map(&text),
        }
    }
}

impl ListedDto {
    /// What the owner's listing says; `text` cleans it.
    pub(super) fn of(listed: &Listed, text: impl Fn(&str) -> String) -> ListedDto {
        let text = |field: &Option<String>| field.as_deref().map(&text);
        ListedDto {
            state: listed.state.name(),
            user: text(&listed.user),
            account_id: text(&listed.account),
            created: text(&listed.created),
            last_used: text(&listed.last_used),
            last_service: text(&listed.last_service),
            last_region: text(&listed.last_region),
        }
    }
}
