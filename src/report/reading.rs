//! What an earlier report names, read back. It holds no secret: what is to be done with one reads
//! it from the repository again.

use std::collections::BTreeSet;

use serde_json::Value;

/// The findings of a report, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The path that was swept, if it is text.
    pub path: Option<String>,
    /// What of it was read.
    pub selection: String,
    /// Fingerprints of findings, and of those hidden for any reason but their value.
    pub fingerprints: BTreeSet<String>,
    /// Access key IDs of these.
    pub ids: BTreeSet<String>,
    /// One of them lies in a submodule.
    pub has_submodules: bool,
}

/// Reads a report in JSON or NDJSON.
///
/// # Errors
/// Why it is none, in words.
pub fn read_recorded(bytes: &[u8]) -> Result<Recorded, String> {
    let mut recorded = Recorded::default();
    let mut is_report = false;
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        let value = value.map_err(|e| format!("it is no JSON: {e}"))?;
        let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
        for finding in list("findings").iter().chain(&list("suppressed")) {
            recorded.add(finding);
        }
        if value["fingerprint"].is_string() {
            recorded.add(&value);
        }
        if value["schema"].is_string() {
            if value["schema"] != super::dto::SCHEMA {
                return Err(format!(
                    "it is of another schema than {}",
                    super::dto::SCHEMA
                ));
            }
            is_report = true;
            let target = &value["target"];
            let of = |name: &str| target[name].as_str().map(str::to_owned);
            recorded.path = of("path").filter(|_| target["path_bytes"].is_null());
            recorded.selection = of("selection").unwrap_or_default();
        }
    }
    if is_report {
        Ok(recorded)
    } else {
        Err("it is no report of keysweep".to_owned())
    }
}

impl Recorded {
    fn add(&mut self, finding: &Value) {
        // These are what they are, whatever AWS says.
        if matches!(
            finding["reason"].as_str(),
            Some("documentation" | "placeholder")
        ) {
            return;
        }
        self.fingerprints
            .extend(finding["fingerprint"].as_str().map(str::to_owned));
        self.ids
            .extend(finding["access_key_id"].as_str().map(str::to_owned));
        self.has_submodules |= finding["submodule"].is_string();
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Options, fixture, write};
    use super::*;
    use crate::model::SuppressionReason;

    #[test]
    fn what_is_written_is_read() {
        let mut report = fixture::pushed_pair();
        fixture::suppress_into(&mut report, SuppressionReason::LowConfidence);
        fixture::suppress_into(&mut report, SuppressionReason::Placeholder);
        let mut read = Vec::new();
        for format in [Format::Json, Format::Ndjson] {
            let mut text = Vec::new();
            write(&report, format, &Options::default(), &mut text).unwrap();
            read.push(read_recorded(&text).unwrap());
        }
        assert_eq!(read[0], read[1]);
        assert_eq!(read[0].fingerprints.len(), 2);
        assert_eq!(read[0].ids.len(), 2);
        assert_eq!(read[0].path.as_deref(), Some("repo"));
        assert_eq!(read[0].selection, "all");
    }

    #[test]
    fn other_files_are_refused() {
        for wrong in [
            "",
            "x",
            "{}",
            "[1]",
            "{\"schema\": \"keysweep/9\"}",
            "{\"schema\": 1}",
        ] {
            assert!(read_recorded(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
