//! What an earlier report says of findings and where they lie. It holds no secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Exposure, Field, Gap, Location, ObjectId, Target, Validity};

/// An earlier report, as far as its findings can be read again by their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// What was swept.
    pub target: Target,
    /// What was not read then.
    pub gaps: Vec<Gap>,
    /// Its findings, and what was suppressed for any reason but its value.
    pub findings: Vec<RecordedFinding>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedFinding {
    /// Its stable name.
    pub fingerprint: String,
    /// The access key ID.
    pub access_key_id: Option<String>,
    /// The submodule in whose repository it lies.
    pub submodule: Option<String>,
    /// Whether it works, as far as anybody asked.
    pub validity: Validity,
    /// How far it has spread.
    pub exposure: Arc<Exposure>,
    /// Every place of every part.
    pub places: Vec<RecordedPlace>,
}

/// Where a part of it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedPlace {
    /// The object, if it is one.
    pub object: Option<ObjectId>,
    /// Which field.
    pub field: Field,
    /// What history says of the place.
    pub location: Arc<Location>,
}

impl RecordedFinding {
    /// As people call it.
    pub fn name(&self) -> &str {
        self.access_key_id.as_deref().unwrap_or(&self.fingerprint)
    }
}

impl Recorded {
    /// What history says of each object.
    pub fn locations(&self) -> BTreeMap<ObjectId, Arc<Location>> {
        let places = self.findings.iter().flat_map(|finding| &finding.places);
        let located = places.filter_map(|place| Some((place.object?, Arc::clone(&place.location))));
        located.collect()
    }
}
