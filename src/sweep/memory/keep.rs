//! What a sweep leaves for the next one.

use super::{Memory, Way, useless};
use crate::cache::{IdSet, Unsaved, reason};
use crate::git::known::Census;
use crate::git::objects::Objects;
use crate::git::snapshot::Snapshot;
use crate::model::{Aside, GapKind, ObjectId};
use crate::sweep::history::Lasting;
use crate::sweep::record::{Facts, Record};
use crate::sweep::{Stages, Swept};

/// Sets that a record may consist of, and pieces of a past; more are made one.
const SETS_MAX: usize = 8;
/// Objects that must be read again. With more of them there is nothing to gain.
const MARKED_MAX: usize = 100_000;

/// Why nothing was remembered.
enum Unkept {
    Unsure(&'static str),
    Unsaved(Unsaved),
}

impl From<Unsaved> for Unkept {
    fn from(error: Unsaved) -> Unkept {
        Unkept::Unsaved(error)
    }
}

impl Memory {
    /// Remembers what was read. That it cannot is no reason to fail.
    pub(in crate::sweep) fn keep(
        &mut self,
        stages: &Stages<'_>,
        way: Way,
        swept: &Swept<'_>,
        lasting: Lasting,
    ) {
        if way == Way::Unchanged || self.cache.is_none() || stages.control.stopped().is_some() {
            return;
        }
        let aside = match (self.save(stages, way, swept, lasting), &stages.plan.cache) {
            (Ok(()), _) => return,
            (Err(Unkept::Unsure(why)), _) => {
                Aside::Detail(format!("nothing was added to the cache: {why}"))
            }
            // One that can be read is of use, and so is one that somebody else is writing to.
            (Err(Unkept::Unsaved(Unsaved::Io(error))), Some(plan)) if self.record.is_none() => {
                let dir = plan.dir.display();
                let why = format_args!(
                    "the cache in \"{dir}\" is not used: nothing of this repository is in it, and \
                     it cannot be written: {}",
                    reason(&error)
                );
                useless(plan, &why)
            }
            (Err(Unkept::Unsaved(error)), _) => {
                Aside::Detail(format!("the cache could not be written: {error}"))
            }
        };
        self.asides.push(aside);
    }

    /// The pieces that this sweep may add one to.
    fn pieces(&self, way: Way) -> Vec<String> {
        let record = self.record.as_ref().filter(|_| way.is_by_past());
        let pieces = record.map(|record| record.past.clone());
        pieces
            .filter(|pieces| pieces.len() < SETS_MAX)
            .unwrap_or_default()
    }

    /// What lasts of this sweep: the files as they were all the time, and what was read of them.
    fn settled(
        &mut self,
        stages: &Stages<'_>,
        swept: &Swept<'_>,
    ) -> Result<(Snapshot, Census), Unkept> {
        let files = self
            .files
            .take()
            .ok_or(Unkept::Unsure("some files cannot be looked at"))?;
        let is_lasting = |kind| kind == GapKind::Shallow;
        if !swept.read.gaps.iter().all(|gap| is_lasting(gap.kind)) || swept.is_mixed_up {
            return Err(Unkept::Unsure("something could not be opened"));
        }
        if Objects::is_doubtful(&swept.read) {
            return Err(Unkept::Unsure("what was read cannot be relied on"));
        }
        let now = Snapshot::take(stages.repo);
        if !now.is_some_and(|now| files.is_like(&now)) {
            return Err(Unkept::Unsure("the repository changed meanwhile"));
        }
        let census = swept.objects.census(&swept.read, &swept.left_out);
        let census = census.ok_or(Unkept::Unsure("not every object's kind is known"))?;
        Ok((files, census))
    }

    fn save(
        &mut self,
        stages: &Stages<'_>,
        way: Way,
        swept: &Swept<'_>,
        lasting: Lasting,
    ) -> Result<(), Unkept> {
        let (files, census) = self.settled(stages, swept)?;
        let remembered = lasting.remembered;
        let remembered = remembered.tracing(|known| !self.may_recall(known));
        let mut noted = swept.found.noted.clone();
        for known in &remembered.untraced {
            noted.remove(&known.object);
        }
        if noted.len() > MARKED_MAX {
            return Err(Unkept::Unsure("there are too many findings"));
        }
        let marked = census.new.iter().chain(&census.again);
        let marked = marked.filter(|(id, _)| noted.contains(id));
        // What an alternate holds counts only as long as it is reached.
        let adds = self.is_superset && census.is_whole && !self.has_foreign && way != Way::Fresh;
        let mut facts = Facts {
            tips: self.tips.clone(),
            past: Vec::new(),
            marked: marked.copied().collect(),
            remembered,
            rows: swept.objects.rows(noted.iter().copied()),
            told: lasting.told,
            files,
        };
        let cache = self.cache.as_ref().ok_or(Unkept::Unsure("there is none"))?;
        let writer = cache.begin()?;
        if let Some(growth) = lasting.past {
            facts.past = self.pieces(way);
            let piece = growth.piece().filter(|_| !facts.past.is_empty());
            let bytes = piece.unwrap_or_else(|| {
                facts.past.clear();
                growth.whole()
            });
            facts.past.push(writer.past(&bytes)?);
        }
        let hash = stages.repo.hash;
        let (mut names, mut totals) = (Vec::new(), [0; 4]);
        let Census { mut new, again, .. } = census;
        if let Some(record) = self.record.as_ref().filter(|_| adds) {
            totals = record.totals;
            names.clone_from(&record.sets);
        } else {
            new.extend(again);
            new.extend(swept.objects.names(&swept.left_out));
        }
        for (_, kind) in &new {
            totals[*kind as usize] += 1;
        }
        if names.len() >= SETS_MAX && !new.is_empty() {
            let known = self.sets().into_iter().flat_map(|sets| sets.iter());
            let known = known.flat_map(IdSet::iter);
            new.extend(known.filter_map(|(id, kind)| Some((ObjectId::from_bytes(id)?, kind))));
            names.clear();
        }
        if !new.is_empty() {
            names.push(writer.set(hash, &new)?);
        }
        let record = Record::new(facts, names, totals).bytes();
        let record = record.ok_or(Unkept::Unsure("it cannot be written down"))?;
        writer.record(&self.tag, &record, Record::needs)?;
        Ok(())
    }
}
