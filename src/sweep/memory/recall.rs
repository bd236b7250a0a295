//! Adding what is remembered of objects that are not read again to what was found in those that are.

use std::collections::HashSet;

use super::remembered::Outlined;
use super::{Memory, Way};
use crate::git::known::LeftOut;
use crate::git::objects::Objects;
use crate::model::ObjectId;
use crate::sweep::Stages;
use crate::sweep::budget::Budget;
use crate::sweep::record::Record;
use crate::sweep::scanning::Found;

impl Memory {
    /// The objects of [`Memory::marks`] that are read again on this way.
    pub(super) fn read_again(&self, record: &Record, way: Way) -> HashSet<ObjectId> {
        let mut marks = self.marks(record);
        if way == Way::Unchanged {
            for known in &record.remembered.traced {
                marks.remove(&known.object);
            }
        }
        marks
    }

    /// Objects about which more is to be said than what is remembered of their hits.
    pub(super) fn marks(&self, record: &Record) -> HashSet<ObjectId> {
        let mut marks = record.marks();
        let untraced = record.remembered.untraced.iter();
        let more = untraced.filter(|known| !self.may_recall(known));
        marks.extend(more.map(|known| known.object));
        marks
    }

    /// False where history is asked about examples, too, or what an alternate holds may count no
    /// more.
    pub(super) fn may_recall(&self, known: &Outlined) -> bool {
        !self.has_foreign && (!self.traces_examples || known.hits.is_empty())
    }

    /// Adds what was found earlier in objects that this way left out; gives those about which
    /// history is not asked. `None` if the way is closed.
    pub(in crate::sweep) fn recall_hits(
        &self,
        way: Way,
        (stages, budget): (&Stages<'_>, &Budget<'_>),
        (objects, left_out): (&Objects, &LeftOut),
        found: &mut Found,
    ) -> Option<HashSet<ObjectId>> {
        let Some(record) = self.record.as_ref().filter(|_| way != Way::Fresh) else {
            return Some(HashSet::new());
        };
        let remembered = &record.remembered;
        let out = left_out.objects.iter().filter(|_| way == Way::Changed);
        let out: HashSet<ObjectId> = out.map(|(number, _)| objects.id(*number)).collect();
        let is_out = |id: &ObjectId| way != Way::Changed || out.contains(id);
        let untraced = remembered.untraced.iter();
        let untraced = untraced.filter(|known| self.may_recall(known) && is_out(&known.object));
        let untraced = untraced.filter(|known| !found.noted.contains(&known.object));
        let untraced: Vec<&Outlined> = untraced.collect();
        let traced = remembered.traced.iter();
        let traced: Vec<&Outlined> = traced.filter(|_| way == Way::Unchanged).collect();
        let values = remembered.values(&found.hits, stages.rules);
        let lists = (stages.rules, stages.placeholders);
        for known in untraced.iter().chain(&traced) {
            let before = found.hits.len();
            found.hits.extend(known.hits(&values, lists)?);
            budget.take(&mut found.hits, before);
            found.limits.extend(remembered.limits(known)?);
        }
        budget.cut(&mut found.hits);
        // With too many hits no object is looked into to its end.
        let is_certain = !budget.is_over() || (untraced.is_empty() && traced.is_empty());
        is_certain.then(|| untraced.iter().map(|known| known.object).collect())
    }
}
