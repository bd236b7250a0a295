//! A scanner for tests of reading: it finds nothing, and wants everything whole.

use super::source::ScanObjects;
use crate::model::{Derivation, Margins, Object, ObjectId, ObjectKind};

pub(crate) struct Nothing;

impl ScanObjects for Nothing {
    type Memory = ();
    fn object(&mut self, _: &Object<'_>, _: Option<(&Derivation<'_>, &())>) {}
    fn has_hits((): &()) -> bool {
        false
    }
    fn weight((): &()) -> u64 {
        0
    }
    fn take_toll(&mut self) -> u64 {
        0
    }
    fn margins(&self, (): &()) -> Option<Margins> {
        None
    }
    fn passes(&self, _: ObjectKind, _: &[u8], _: &Derivation<'_>, (): &()) -> bool {
        true
    }
    fn begin(&mut self, _: ObjectId, _: ObjectKind) {}
    fn piece(&mut self, _: &[u8]) {}
    fn end(&mut self, _: bool) -> bool {
        false
    }
}
