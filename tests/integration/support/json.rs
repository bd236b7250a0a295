//! Reading keysweep's JSON report, by the contract of its README.

use std::collections::BTreeSet;

use serde_json::Value;

use super::seed::Pair;

/// A parsed report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report(pub(crate) Value);

/// A finding in it, shown or suppressed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finding<'a>(pub(crate) &'a Value);

/// The text at a pointer such as `/exposure/introduced/commit`.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// The texts of a list.
pub(crate) fn texts(value: &Value, pointer: &str) -> Vec<String> {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|item| item.as_str().expect("a list of strings").to_owned())
        .collect()
}

impl Report {
    fn list(&self, name: &str) -> &[Value] {
        let list = self.0.get(name).and_then(Value::as_array);
        list.unwrap_or_else(|| panic!("the report has no list {name:?}"))
    }

    pub(crate) fn findings(&self) -> Vec<Finding<'_>> {
        self.list("findings").iter().map(Finding).collect()
    }

    pub(crate) fn suppressed(&self) -> Vec<Finding<'_>> {
        self.list("suppressed").iter().map(Finding).collect()
    }

    pub(crate) fn gaps(&self) -> &[Value] {
        self.list("gaps")
    }

    pub(crate) fn complete(&self) -> bool {
        self.0["complete"].as_bool().expect("complete is a boolean")
    }

    /// The kinds of all gaps.
    pub(crate) fn gap_kinds(&self) -> BTreeSet<&str> {
        self.gaps()
            .iter()
            .filter_map(|gap| text(gap, "/kind"))
            .collect()
    }

    /// True if a gap of this kind names this object.
    pub(crate) fn has_gap(&self, kind: &str, object: &str) -> bool {
        self.gaps()
            .iter()
            .any(|gap| text(gap, "/kind") == Some(kind) && text(gap, "/object") == Some(object))
    }

    /// True if any gap names this object.
    pub(crate) fn has_gap_of(&self, object: &str) -> bool {
        self.gaps()
            .iter()
            .any(|gap| text(gap, "/object") == Some(object))
    }

    /// The one finding that pairs this ID with this secret.
    #[track_caller]
    pub(crate) fn pair(&self, pair: &Pair) -> Finding<'_> {
        let hash = sha256(pair.secret.as_bytes());
        let mut all = self.findings().into_iter().filter(|finding| {
            finding.text("/access_key_id") == Some(&pair.id)
                && finding.text("/secret_sha256") == Some(&hash)
        });
        let Some(finding) = all.next() else {
            panic!(
                "{} with its secret is not among the findings: {self:#?}",
                pair.id
            )
        };
        assert!(all.next().is_none(), "one finding for one credential");
        finding
    }

    /// All access key IDs among the findings.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        self.findings()
            .iter()
            .filter_map(|finding| finding.text("/access_key_id"))
            .map(str::to_owned)
            .collect()
    }

    /// Every (object, access key ID) that stands there in plain text, shown or suppressed.
    pub(crate) fn places(&self) -> BTreeSet<(String, String)> {
        let mut places = BTreeSet::new();
        for finding in self.findings().iter().chain(&self.suppressed()) {
            let Some(id) = finding.text("/access_key_id") else {
                continue;
            };
            for place in finding.occurrences("id") {
                let plain = texts(place, "/encodings").is_empty();
                if let (Some(object), true) = (text(place, "/object"), plain) {
                    places.insert((object.to_owned(), id.to_owned()));
                }
            }
        }
        places
    }
}

impl<'a> Finding<'a> {
    pub(crate) fn text(self, pointer: &str) -> Option<&'a str> {
        text(self.0, pointer)
    }

    /// The occurrences of one part.
    pub(crate) fn occurrences(self, part: &str) -> Vec<&'a Value> {
        let all = self.0["occurrences"]
            .as_array()
            .expect("occurrences is a list");
        all.iter().filter(|o| o["part"] == part).collect()
    }

    /// All paths at which history holds an object, as the report has them.
    pub(crate) fn paths_of(self, object: &str) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        for place in self.occurrences("id") {
            if text(place, "/object") == Some(object) {
                paths.extend(text(place, "/path").map(str::to_owned));
                let more = place.get("paths").and_then(Value::as_array);
                let more = more.into_iter().flatten();
                paths.extend(
                    more.filter_map(|path| text(path, "/path"))
                        .map(str::to_owned),
                );
            }
        }
        paths
    }
}

/// Lower-case hexadecimal SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}
