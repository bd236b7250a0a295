//! An earlier report, read back. It holds no secret: what is to be done with one reads it again,
//! from the places that the report names.

mod history;

use std::sync::Arc;

use serde::Deserialize;

use crate::model::{
    Field, Gap, GapKind, ObjectId, Principal, Recorded, RecordedFinding, RecordedPlace, Validity,
    ValidityState,
};
use history::{ExposureIn, PlaceIn};

/// A line of NDJSON, or a whole report. Unknown keys are of no concern here.
#[derive(Deserialize)]
struct DocumentIn {
    schema: Option<String>,
    target: Option<TargetIn>,
    #[serde(default)]
    gaps: Vec<GapIn>,
    #[serde(default)]
    findings: Vec<FindingIn>,
    #[serde(default)]
    suppressed: Vec<FindingIn>,
    /// A line that is a finding.
    #[serde(flatten)]
    own: FindingIn,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FindingIn {
    fingerprint: Option<String>,
    reason: Option<String>,
    access_key_id: Option<String>,
    submodule: Option<String>,
    validity: ValidityIn,
    exposure: ExposureIn,
    occurrences: Vec<PlaceIn>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ValidityIn {
    state: String,
    checked_at: Option<String>,
    arn: Option<String>,
    principal: Option<String>,
    account: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct TargetIn {
    path: String,
    path_bytes: Option<String>,
    git_dir: String,
    git_dir_bytes: Option<String>,
    object_format: String,
    selection: String,
    head: Option<String>,
    head_ref: Option<String>,
}

#[derive(Deserialize)]
struct GapIn {
    kind: String,
    object: Option<ObjectId>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    path: Option<String>,
    path_bytes: Option<String>,
    detail: String,
}

/// Reads a report in JSON or NDJSON.
///
/// # Errors
/// Why it is none, in words.
pub fn read_recorded(bytes: &[u8]) -> Result<Recorded, String> {
    let mut recorded = Recorded::default();
    let mut is_report = false;
    for document in serde_json::Deserializer::from_slice(bytes).into_iter::<DocumentIn>() {
        let document = document.map_err(|e| match e.classify() {
            serde_json::error::Category::Data => format!("it is no report of keysweep: {e}"),
            _ => format!("it is no JSON: {e}"),
        })?;
        let all = document.findings.into_iter().chain(document.suppressed);
        let all = all.chain([document.own]);
        recorded.findings.extend(all.filter_map(finding));
        let Some(schema) = document.schema else {
            continue;
        };
        if schema != super::dto::SCHEMA {
            return Err(format!(
                "it is of another schema than {}",
                super::dto::SCHEMA
            ));
        }
        let target = document.target.ok_or("it does not say what was swept")?;
        recorded.target = target.into();
        recorded.gaps = document.gaps.into_iter().filter_map(gap).collect();
        is_report = true;
    }
    if is_report {
        Ok(recorded)
    } else {
        Err("it is no report of keysweep".to_owned())
    }
}

/// Bytes as they were, where a text could not hold them.
fn raw(text: String, bytes: Option<&String>) -> Vec<u8> {
    let bytes = bytes.and_then(|b| data_encoding::BASE64.decode(b.as_bytes()).ok());
    bytes.unwrap_or_else(|| text.into_bytes())
}

impl From<TargetIn> for crate::model::Target {
    fn from(target: TargetIn) -> Self {
        crate::model::Target {
            path: raw(target.path, target.path_bytes.as_ref()),
            git_dir: raw(target.git_dir, target.git_dir_bytes.as_ref()),
            object_format: match target.object_format.as_str() {
                "sha256" => "sha256",
                _ => "sha1",
            },
            selection: target.selection,
            head: target.head,
            head_ref: target.head_ref,
        }
    }
}

impl From<ValidityIn> for Validity {
    fn from(told: ValidityIn) -> Validity {
        let state = ValidityState::ALL
            .into_iter()
            .find(|s| s.name() == told.state);
        let named = |name: String| Principal::ALL.into_iter().find(|p| p.name() == name);
        Validity {
            state: state.unwrap_or_default(),
            checked_at: told.checked_at,
            arn: told.arn,
            principal: told.principal.and_then(named),
            account: told.account,
            reason: told.reason,
        }
    }
}

fn gap(gap: GapIn) -> Option<Gap> {
    let kind = GapKind::ALL
        .into_iter()
        .find(|kind| kind.name() == gap.kind)?;
    Some(Gap {
        object: gap.object,
        reference: gap.reference,
        path: gap.path.map(|path| raw(path, gap.path_bytes.as_ref())),
        ..Gap::new(kind, gap.detail)
    })
}

fn finding(finding: FindingIn) -> Option<RecordedFinding> {
    // These are what they are, whatever AWS says.
    if matches!(
        finding.reason.as_deref(),
        Some("documentation" | "placeholder")
    ) {
        return None;
    }
    Some(RecordedFinding {
        fingerprint: finding.fingerprint?,
        access_key_id: finding.access_key_id,
        submodule: finding.submodule,
        validity: finding.validity.into(),
        exposure: Arc::new(finding.exposure.into()),
        places: finding.occurrences.into_iter().filter_map(place).collect(),
    })
}

fn place(place: PlaceIn) -> Option<RecordedPlace> {
    let field = Field::ALL
        .into_iter()
        .find(|field| field.name() == place.field)?;
    Some(RecordedPlace {
        object: place.object,
        field,
        location: Arc::new(place.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Options, fixture, write};
    use super::*;
    use crate::model::{Report, SuppressionReason};

    fn read_again(report: &Report, format: Format) -> Recorded {
        let mut text = Vec::new();
        write(report, format, &Options::default(), &mut text).unwrap();
        read_recorded(&text).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let mut report = fixture::pushed_pair();
        report.gaps.push(Gap::new(GapKind::Shallow, "cut off"));
        fixture::suppress_into(&mut report, SuppressionReason::LowConfidence);
        fixture::suppress_into(&mut report, SuppressionReason::Placeholder);
        let recorded = read_again(&report, Format::Json);
        assert_eq!(recorded, read_again(&report, Format::Ndjson));
        assert_eq!(recorded.findings.len(), 2, "the placeholder is none");
        assert_eq!(recorded.gaps, report.gaps);
        assert_eq!(recorded.target.path, report.target.path);
        assert_eq!(recorded.target.selection, "all");
        let (own, read) = (&report.findings[0], &recorded.findings[0]);
        assert_eq!(read.fingerprint, own.fingerprint.0);
        assert_eq!(
            read.name(),
            own.credential.access_key_id.as_deref().unwrap()
        );
        assert_eq!(read.validity, own.validity);
        assert_eq!(read.places.len(), own.occurrences.len());
        for (read, own) in read.places.iter().zip(&own.occurrences) {
            assert_eq!((read.object, read.field), (own.object, own.field));
            assert_eq!(read.location.introduced_path, own.path);
        }
        let (read, own) = (&*read.exposure, &*own.exposure);
        assert_eq!(
            (
                &read.refs,
                read.ref_count,
                read.at_head,
                read.traced,
                read.pushed
            ),
            (
                &own.refs,
                own.ref_count,
                own.at_head,
                own.traced,
                own.pushed
            )
        );
        let stamp = |e: &crate::model::Exposure| {
            let stamp = e.introduced.clone().unwrap();
            (stamp.commit, stamp.author, stamp.date)
        };
        assert_eq!(stamp(read), stamp(own));
    }

    #[test]
    fn other_files_are_refused() {
        for wrong in [
            "",
            "x",
            "{}",
            "[1]",
            "{\"schema\": \"keysweep/9\"}",
            "{\"schema\": \"keysweep/1\"}",
            "{\"schema\": 1}",
        ] {
            assert!(read_recorded(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
