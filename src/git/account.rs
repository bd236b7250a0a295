//! What a sweep could not read, as gaps: damaged and malformed objects, and missing ones with what
//! needs them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::attribution::History;
use super::damage::Damage;
use super::history::needers::Needer;
use super::objects::Objects;
use super::source::Read;
use super::structure::AbsentRow;
use super::tips::TipKind;
use crate::model::{Coverage, Gap, GapKind, Held, Note, ObjectId, ObjectKind};

impl Objects {
    /// Says what was damaged or malformed. Paths are known if `needers` are.
    pub(crate) fn damage<S>(
        &self,
        read: &Read<S>,
        needers: Option<&HashMap<u32, Needer>>,
        notes: &mut Vec<Note>,
    ) -> Vec<Gap> {
        let path = |number: &u32| needers?.get(number)?.path.clone();
        let there = read.damaged.iter();
        let there = there.filter(|(number, damage)| !is_pruned(*number, damage, needers, notes));
        let damaged = there.map(|(number, damage)| {
            let mut gap = damage_gap(self.store().id(*number), damage);
            gap.path = path(number).filter(|path| !path.is_empty());
            gap
        });
        let malformed = read.structure.malformed.iter().map(|(number, fault)| {
            Gap::of_object(
                GapKind::Damaged,
                self.store().id(*number),
                fault.to_string(),
            )
        });
        let mut gaps: Vec<Gap> = damaged.chain(malformed).collect();
        if read.edges.cut {
            let detail = "trees have more entries than their size in the repository allows: what \
                          some of them lead to was not followed";
            gaps.push(Gap::new(GapKind::TooLarge, detail));
        }
        if let Some(kept) = self.absent().cut() {
            let detail =
                format!("more than {kept} missing objects are named; the rest is not listed");
            gaps.push(Gap::new(self.missing_kind(), detail));
        }
        gaps
    }

    /// Says what is missing and needed, and counts it.
    pub(crate) fn missing(
        &self,
        history: &History<'_>,
        needers: &HashMap<u32, Needer>,
        coverage: &mut Coverage,
    ) -> (Vec<Gap>, Vec<Note>) {
        let mut gaps = Vec::new();
        let mut unneeded = 0;
        let mut let_go: BTreeMap<String, (u64, ObjectId)> = BTreeMap::new();
        let forgotten = self.forgotten(history, needers);
        for (number, row) in self.absent().rows() {
            if forgotten.contains(&number) {
                continue;
            }
            let needer = needers.get(&number);
            let Some(needer) = needer.filter(|needer| needer.reachable) else {
                let root = needer.and_then(|needer| needer.root);
                match root.and_then(|root| history.root_kind(root).holder()) {
                    Some(Held::PseudoRef(name)) => {
                        let_go.entry(name).or_insert((0, row.id)).0 += 1;
                    }
                    _ => unneeded += 1,
                }
                continue;
            };
            match row.kind {
                Some(kind) => coverage.of_mut(kind).missing += 1,
                None => coverage.unknown.missing += 1,
            }
            gaps.push(self.missing_gap(&row, needer, history));
        }
        let mut notes = Vec::new();
        // In a narrowed sweep these may well be needed by what was not selected.
        if unneeded > 0 && !self.is_narrowed() {
            let detail = format!(
                "{unneeded} missing objects are named only by unreachable objects, which git may drop at any time"
            );
            notes.push(Note {
                kind: "unreachable-missing",
                detail,
            });
        }
        if !self.is_narrowed() {
            notes.extend(
                let_go
                    .into_iter()
                    .map(|(name, (count, id))| let_go_note(&name, count, &id)),
            );
        }
        (gaps, notes)
    }

    /// Absent objects that nothing names any more. What is remembered of history keeps what an index
    /// or a log named once; a sweep that remembers nothing has not heard of it.
    fn forgotten(&self, history: &History<'_>, needers: &HashMap<u32, Needer>) -> HashSet<u32> {
        if self.past().is_none() {
            return HashSet::new();
        }
        let absent = self.absent().rows().into_iter().map(|(number, _)| number);
        let mut unnamed: HashSet<u32> = absent.filter(|n| !needers.contains_key(n)).collect();
        if unnamed.is_empty() {
            return unnamed;
        }
        let structure = history.structure;
        for commit in &structure.commits {
            unnamed.remove(&commit.tree);
            for parent in structure.parents(commit) {
                unnamed.remove(parent);
            }
        }
        for (_, target) in &structure.tags {
            unnamed.remove(target);
        }
        // Goes on until all of them were seen.
        history.edges.any_child(|child| {
            unnamed.remove(&child);
            unnamed.is_empty()
        });
        unnamed
    }

    /// The gap if objects are missing and nobody knows who needs them.
    pub(crate) fn untold_missing(&self) -> Option<Gap> {
        let count = self.absent().rows().len();
        (count > 0).then(|| {
            let detail = format!(
                "{count} objects are named and not in the repository; its history is too tangled to tell whether anything reachable needs them"
            );
            Gap::new(self.missing_kind(), detail)
        })
    }

    fn missing_gap(&self, row: &AbsentRow, needer: &Needer, history: &History<'_>) -> Gap {
        let kind = row.kind.map_or("object", ObjectKind::name);
        let root = needer.root.map(|root| history.root_kind(root));
        let name = root.and_then(TipKind::words);
        let by = match (root, needer.commit) {
            (Some(TipKind::Ref(name)), _) => format!("{name} names"),
            (_, Some(position)) => format!("commit {} needs", history.commit_id(position)),
            _ => match &name {
                Some(name) => format!("the {name} names"),
                None => "something reachable needs".to_owned(),
            },
        };
        let (gap_kind, place) = if self.store().may_be_closed(&row.id) {
            (GapKind::Unreadable, "what can be opened of the repository")
        } else {
            (self.missing_kind(), "the repository")
        };
        let step = match (root, needer.commit) {
            (Some(TipKind::Reflog { .. }), None) => {
                "; if no clone has it, `git reflog expire --stale-fix --all` drops the entry"
            }
            (Some(TipKind::Index { .. }), None) => {
                "; if no clone has it, `git reset` unstages it and `git add` makes it anew"
            }
            _ => "",
        };
        let detail = format!("{by} this {kind}, which is not in {place}{step}");
        let mut gap = Gap::of_object(gap_kind, row.id, detail);
        let staged_at = match root {
            Some(TipKind::Index { path, .. }) => Some(path),
            _ => None,
        };
        let path = needer.path.as_ref().or(staged_at);
        gap.path = path.filter(|path| !path.is_empty()).cloned();
        gap.reference = name;
        gap
    }
}

/// What a file such as `MERGE_HEAD` names and git has let go: neither `git gc` nor `git fsck` minds.
fn let_go_note(name: &str, count: u64, id: &ObjectId) -> Note {
    let objects = match count {
        1 => format!("{id}, which is"),
        count => format!("{count} objects, {id} among them, which are"),
    };
    Note {
        kind: "unreachable-missing",
        detail: format!("{name} names {objects} not in the repository: git keeps nothing for it"),
    }
}

fn damage_gap(id: ObjectId, damage: &Damage) -> Gap {
    Gap::of_object(
        damage.gap_kind(),
        id,
        format!("the object cannot be read: {damage}"),
    )
}

/// True if an object was removed while the repository was read, and nothing reachable needs it:
/// git prunes such objects at any time. Says so in a note.
fn is_pruned(
    number: u32,
    damage: &Damage,
    needers: Option<&HashMap<u32, Needer>>,
    notes: &mut Vec<Note>,
) -> bool {
    let needer = needers.map(|needers| needers.get(&number));
    let is_reachable = needer.is_none_or(|known| known.is_some_and(|needer| needer.reachable));
    let is_pruned = *damage.root() == Damage::Vanished && !is_reachable;
    if is_pruned {
        notes.push(Note {
            kind: "pruned-meanwhile",
            detail: "unreachable objects were removed while the repository was read".to_owned(),
        });
    }
    is_pruned
}
