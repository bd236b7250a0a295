//! From the model to the JSON formats' shape: what is shown, what is masked, what is left out.

use serde::Serialize;

use super::dto::{
    AcceptedDto, CandidateDto, CoverageDto, DocumentDto, Each, ExposureDto, FindingDto, GapDto,
    HeldDto, KindDto, LimitDto, ListedDto, NoteDto, ObjectsDto, OccurrenceDto, PathDto, RefsDto,
    SCHEMA, StampDto, SummaryDto, TargetDto, ToolDto, TotalsDto, ValidityDto, VerificationDto,
};
use super::redact::Redactor;
use crate::model::{
    Acceptance, Candidate, CommitStamp, Coverage, Credential, Distance, Exposure, Field, Finding,
    Gap, Held, KindCoverage, Limit, Note, ObjectId, ObjectKind, Occurrence, RefCoverage, Report,
    Secret, Suppressed, Target, Totals, Traced, Verification, rfc3339,
};

/// Turns the model into DTOs, without secrets unless they are wanted.
pub(super) struct Shaper<'a> {
    report: &'a Report,
    redactor: Redactor<'a>,
    reveal: bool,
    /// Each line says what it is (NDJSON).
    typed: bool,
}

impl<'a> Shaper<'a> {
    pub(super) fn new(report: &'a Report, reveal: bool, typed: bool) -> Shaper<'a> {
        let redactor = if reveal {
            Redactor::default()
        } else {
            Redactor::new(report)
        };
        Shaper {
            report,
            redactor,
            reveal,
            typed,
        }
    }

    /// All of it. Nothing that may be long is built: each item is made while it is written.
    pub(super) fn document(
        &self,
    ) -> DocumentDto<impl Serialize, impl Serialize, impl Serialize, impl Serialize, impl Serialize>
    {
        let summary = self.summary();
        DocumentDto {
            schema: summary.schema,
            tool: summary.tool,
            target: summary.target,
            complete: summary.complete,
            coverage: summary.coverage,
            gaps: summary.gaps,
            limits: summary.limits,
            notes: summary.notes,
            findings: Each(self.report.findings.iter().map(|f| self.finding(f))),
            suppressed: Each(self.report.suppressed.iter().map(|s| self.suppressed(s))),
            verification: summary.verification,
            totals: summary.totals,
            seconds: summary.seconds,
        }
    }

    pub(super) fn summary(&self) -> SummaryDto<impl Serialize, impl Serialize, impl Serialize> {
        let report = self.report;
        SummaryDto {
            line: "summary",
            schema: SCHEMA,
            tool: ToolDto {
                name: env!("CARGO_PKG_NAME"),
                version: report.tool.version,
                rules: report.tool.rules.clone(),
            },
            target: self.target(&report.target),
            complete: report.complete(),
            coverage: coverage(&report.coverage, &report.target),
            gaps: Each(report.gaps.iter().map(|g| self.gap(g))),
            limits: Each(report.limits.iter().map(|l| self.limit(l))),
            notes: Each(report.notes.iter().map(|n| self.note(n))),
            verification: report.verification.as_ref().map(verification),
            totals: totals(report.totals()),
            // Milliseconds: more digits would only pretend.
            seconds: report.seconds.map(|s| (s * 1000.0).round() / 1000.0),
        }
    }

    pub(super) fn suppressed(&self, suppressed: &Suppressed) -> FindingDto {
        FindingDto {
            line: self.typed.then_some("suppressed"),
            reason: Some(suppressed.reason.name()),
            ..self.finding(&suppressed.finding)
        }
    }

    pub(super) fn finding(&self, finding: &Finding) -> FindingDto {
        let credential = &finding.credential;
        let raw = |secret: &Option<Secret>| {
            let secret = secret.as_ref().filter(|_| self.reveal)?;
            Some(String::from_utf8_lossy(secret.expose()).into_owned())
        };
        FindingDto {
            line: self.typed.then_some("finding"),
            reason: None,
            accepted: credential.accepted.as_ref().map(|a| self.accepted(a)),
            fingerprint: finding.fingerprint.to_string(),
            rule: credential.rule,
            kind: credential.kind.name(),
            confidence: finding.confidence().name(),
            severity: finding.severity.name(),
            access_key_id: credential.access_key_id.clone(),
            account_id: finding.account_id.clone(),
            submodule: finding.submodule.as_ref().map(|name| self.text(name)),
            secret_sha256: credential.secret.as_ref().map(Secret::sha256),
            secret_length: credential.secret.as_ref().map(Secret::len),
            token_length: credential.token.as_ref().map(Secret::len),
            token_sha256: credential.token.as_ref().map(Secret::sha256),
            canary: credential.details.canary,
            user: credential.details.user.as_deref().map(|u| self.text(u)),
            region: credential.details.region.as_deref().map(|r| self.text(r)),
            signed_by: credential
                .details
                .signed_by
                .as_deref()
                .map(|s| self.text(s)),
            disclosed_in: credential.details.disclosure.map(|d| d.kind.name()),
            expires_at: expires(credential),
            secret: raw(&credential.secret),
            token: raw(&credential.token),
            validity: ValidityDto::of(&finding.validity, |text| self.text(text)),
            inventory: finding
                .inventory
                .as_ref()
                .map(|listed| ListedDto::of(listed, |text| self.text(text))),
            exposure: self.exposure(&finding.exposure),
            candidates: credential.candidates.iter().map(candidate).collect(),
            occurrences: finding
                .occurrences
                .iter()
                .map(|o| self.occurrence(o))
                .collect(),
            occurrence_count: finding.occurrences.len() as u64,
            notes: finding.notes.iter().map(|n| self.text(n)).collect(),
        }
    }

    fn accepted(&self, acceptance: &Acceptance) -> AcceptedDto {
        AcceptedDto {
            by: acceptance.reason.name(),
            source: self.text(&acceptance.source),
            why: self.text(&acceptance.why),
            owner: acceptance.owner.as_deref().map(|o| self.text(o)),
            expires: acceptance.expires.clone(),
            lapsed: acceptance.has_lapsed,
        }
    }

    fn target(&self, target: &Target) -> TargetDto {
        let git_dir = self.path(&target.git_dir);
        TargetDto {
            path: self.path(&target.path),
            git_dir: git_dir.path,
            git_dir_bytes: git_dir.path_bytes,
            object_format: target.object_format,
            selection: self.text(&target.selection),
            head: target.head.clone(),
            head_ref: target.head_ref.as_deref().map(|r| self.text(r)),
        }
    }

    fn gap(&self, gap: &Gap) -> GapDto {
        GapDto {
            kind: gap.kind.name(),
            object: gap.object.as_ref().map(ObjectId::to_string),
            reference: gap.reference.as_deref().map(|r| self.text(r)),
            path: gap.path.as_deref().map(|p| self.path(p)),
            detail: self.text(&gap.detail),
            allowed: self.report.allowed_gaps.contains(&gap.kind),
        }
    }

    fn limit(&self, limit: &Limit) -> LimitDto {
        LimitDto {
            kind: limit.kind,
            object: limit.object.as_ref().map(ObjectId::to_string),
            detail: self.text(&limit.detail),
        }
    }

    fn note(&self, note: &Note) -> NoteDto {
        NoteDto {
            kind: note.kind,
            detail: self.text(&note.detail),
        }
    }

    /// What was not looked at is null: `false` and `[]` would say that somebody did.
    fn exposure(&self, exposure: &Exposure) -> ExposureDto {
        let texts = |names: &[String]| names.iter().map(|name| self.text(name)).collect();
        let traced = exposure.traced != Traced::No;
        let head_known = exposure.traced == Traced::Yes;
        ExposureDto {
            introduced: exposure.introduced.as_ref().map(|s| self.stamp(s)),
            removed: exposure.removed.as_ref().map(|s| self.stamp(s)),
            at_head: head_known.then_some(exposure.at_head),
            at_tips: exposure.at_tips.as_deref().filter(|_| traced).map(texts),
            commit_count: traced.then_some(exposure.commit_count),
            author_count: exposure.author_count.filter(|_| traced),
            refs: traced.then(|| texts(&exposure.refs)),
            ref_count: traced.then_some(exposure.ref_count),
            pushed: traced.then_some(exposure.pushed.name()),
            pushed_to: traced.then(|| texts(&exposure.pushed_to)),
            reachable: traced.then_some(exposure.reachable),
            held_by: exposure.held_by.iter().map(|h| self.held(h)).collect(),
            first_seen: exposure.first_seen.clone(),
            last_seen: exposure.last_seen.clone(),
        }
    }

    fn stamp(&self, stamp: &CommitStamp) -> StampDto {
        StampDto {
            commit: stamp.commit.to_string(),
            author: self.path(&stamp.author).path,
            date: stamp.date.clone(),
        }
    }

    fn held(&self, held: &Held) -> HeldDto {
        let (kind, name) = match held {
            Held::Reflog(name) => ("reflog", Some(name)),
            Held::Stash(name) => ("stash", Some(name)),
            Held::Worktree(name) => ("worktree", Some(name)),
            Held::PseudoRef(name) => ("pseudo-ref", Some(name)),
            Held::Index(name) => ("index", Some(name)),
            Held::File(name) => ("file", Some(name)),
            Held::Dangling => ("dangling", None),
        };
        HeldDto {
            kind,
            name: name.map(|n| self.text(n)),
        }
    }

    fn occurrence(&self, occurrence: &Occurrence) -> OccurrenceDto {
        let several = occurrence.path_count > 1;
        let known = occurrence.path.iter().chain(&occurrence.more_paths);
        let in_text = has_lines(occurrence.field);
        OccurrenceDto {
            part: occurrence.part.name(),
            field: occurrence.field.name(),
            object: occurrence.object.as_ref().map(ObjectId::to_string),
            object_kind: occurrence.object_kind.map(ObjectKind::name),
            path: occurrence.path.as_deref().map(|p| self.path(p)),
            paths: known.filter(|_| several).map(|p| self.path(p)).collect(),
            path_count: several.then_some(occurrence.path_count),
            path_count_at_least: occurrence.path_count_at_least,
            commit: occurrence.commit.as_ref().map(ObjectId::to_string),
            line: in_text.then_some(occurrence.position.line),
            column: in_text.then_some(occurrence.position.column),
            byte_start: occurrence.span.start,
            byte_end: occurrence.span.end,
            encodings: occurrence.encodings.iter().map(|e| e.name()).collect(),
        }
    }

    fn text(&self, text: &str) -> String {
        self.path(text.as_bytes()).path
    }

    fn path(&self, bytes: &[u8]) -> PathDto {
        let clean = self.redactor.redact(bytes);
        match std::str::from_utf8(&clean) {
            Ok(path) => PathDto {
                path: path.to_owned(),
                path_bytes: None,
            },
            Err(_) => PathDto {
                path: String::from_utf8_lossy(&clean).into_owned(),
                path_bytes: Some(data_encoding::BASE64.encode(&clean)),
            },
        }
    }
}

/// True if line and column mean something: names have none, and trees are binary.
pub(super) const fn has_lines(field: Field) -> bool {
    !matches!(field, Field::EntryName | Field::RefName | Field::IndexPath)
}

/// When the credential ends, or the request that shows its ID.
fn expires(credential: &Credential) -> Option<String> {
    let details = &credential.details;
    let shown = details.disclosure.and_then(|d| d.expires);
    rfc3339(details.expires.or(shown)?)
}

fn candidate(candidate: &Candidate) -> CandidateDto {
    CandidateDto {
        secret_sha256: candidate.secret_sha256.clone(),
        distance: match candidate.distance {
            Distance::Bytes(bytes) => Some(bytes),
            Distance::Elsewhere(_) => None,
        },
    }
}

fn coverage(coverage: &Coverage, target: &Target) -> CoverageDto {
    let of = |k: &KindCoverage| KindDto {
        read: k.read,
        cached: k.cached,
        skipped: k.skipped,
        missing: k.missing,
    };
    let files = coverage.files > 0 || target.selection.starts_with("worktree");
    CoverageDto {
        objects: ObjectsDto {
            blob: of(coverage.of(ObjectKind::Blob)),
            commit: of(coverage.of(ObjectKind::Commit)),
            tag: of(coverage.of(ObjectKind::Tag)),
            tree: of(coverage.of(ObjectKind::Tree)),
            unknown: (coverage.unknown != KindCoverage::default()).then(|| of(&coverage.unknown)),
        },
        bytes: coverage.bytes,
        files: files.then_some(coverage.files),
        refs: refs(&coverage.refs),
    }
}

fn refs(refs: &RefCoverage) -> RefsDto {
    RefsDto {
        heads: refs.heads,
        tags: refs.tags,
        remotes: refs.remotes,
        notes: refs.notes,
        stashes: refs.stashes,
        other: refs.other,
        reflog_entries: refs.reflog_entries,
        worktrees: refs.worktrees,
        index_entries: refs.index_entries,
        submodules_unread: refs.submodules_unread,
    }
}

pub(super) fn verification(asked: &Verification) -> VerificationDto {
    VerificationDto {
        calls: asked.calls,
        accepted: asked.accepted,
        ids: asked.ids,
        user_agent: asked.user_agent.clone(),
        hosts: asked.hosts.clone(),
        budget_spent: asked.budget_spent,
    }
}

fn totals(totals: Totals) -> TotalsDto {
    TotalsDto {
        findings: totals.findings,
        pairs: totals.pairs,
        active: totals.active,
        occurrences: totals.occurrences,
        suppressed: totals.suppressed,
        gaps: totals.gaps,
    }
}
