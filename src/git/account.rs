//! What a sweep could not read, as gaps: damaged and malformed objects, and missing ones with what
//! needs them.

use std::collections::HashMap;

use super::attribution::History;
use super::damage::Damage;
use super::history::needers::Needer;
use super::objects::Objects;
use super::source::Read;
use super::structure::AbsentRow;
use super::tips::TipKind;
use crate::model::{Coverage, Gap, GapKind, Note, ObjectId, ObjectKind};

impl Objects {
    /// Says what was damaged or malformed. Paths are known if `needers` are.
    pub(crate) fn damage<S>(
        &self,
        read: &Read<S>,
        needers: Option<&HashMap<u32, Needer>>,
    ) -> Vec<Gap> {
        let path = |number: &u32| needers?.get(number)?.path.clone();
        let damaged = read.damaged.iter().map(|(number, damage)| {
            let mut gap = damage_gap(self.store().id(*number), damage);
            gap.path = path(number).filter(|path| !path.is_empty());
            gap
        });
        let malformed = read.structure.malformed.iter().map(|(number, malformed)| {
            let detail = format!(
                "the tree is malformed at byte {}: its entries from there on cannot be followed",
                malformed.0
            );
            Gap::of_object(GapKind::Damaged, self.store().id(*number), detail)
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
        for (number, row) in self.absent().rows() {
            let Some(needer) = needers.get(&number).filter(|needer| needer.reachable) else {
                unneeded += 1;
                continue;
            };
            match row.kind {
                Some(kind) => coverage.of_mut(kind).missing += 1,
                None => coverage.unknown.missing += 1,
            }
            gaps.push(self.missing_gap(&row, needer, history));
        }
        let mut notes = Vec::new();
        if unneeded > 0 {
            let detail = format!(
                "{unneeded} missing objects are named only by unreachable objects, which git may drop at any time"
            );
            notes.push(Note {
                kind: "unreachable-missing",
                detail,
            });
        }
        (gaps, notes)
    }

    fn missing_gap(&self, row: &AbsentRow, needer: &Needer, history: &History<'_>) -> Gap {
        let kind = row.kind.map_or("object", ObjectKind::name);
        let root = needer.root.map(|root| history.root_kind(root));
        let by = match (root, needer.commit) {
            (Some(TipKind::Ref(name)), _) => format!("{name} names"),
            (_, Some(position)) => format!("commit {} needs", history.commit_id(position)),
            _ => "something reachable needs".to_owned(),
        };
        let detail = format!("{by} this {kind}, which is not in the repository");
        let mut gap = Gap::of_object(self.missing_kind(), row.id, detail);
        let staged_at = match root {
            Some(TipKind::Index { path, .. }) => Some(path),
            _ => None,
        };
        let path = needer.path.as_ref().or(staged_at);
        gap.path = path.filter(|path| !path.is_empty()).cloned();
        gap.reference = match root {
            Some(TipKind::Ref(name)) => Some(name.clone()),
            Some(TipKind::Head { worktree }) => Some(format!("HEAD of {worktree}")),
            _ => None,
        };
        gap
    }
}

fn damage_gap(id: ObjectId, damage: &Damage) -> Gap {
    Gap::of_object(
        damage.gap_kind(),
        id,
        format!("the object cannot be read: {damage}"),
    )
}
