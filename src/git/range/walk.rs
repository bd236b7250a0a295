//! Which commits a range brings: those that its tips reach and its hidden commits do not.
//!
//! Both sides are walked together, the latest commit first. Hiding only ever follows parents, so a
//! clock that is wrong can at most leave a commit in the range that is also hidden, as with git.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use super::fetch::{Content, Fetcher};
use crate::git::commit::{self, Commit};
use crate::git::damage::Damage;
use crate::model::{CommitStamp, Gap, GapKind, ObjectId, ObjectKind};

/// Bytes of commits that are kept for scanning; the rest is read again.
const KEPT_MAX: usize = 32 << 20;

/// So many hidden commits are not even looked at before it shows that they are needed.
const MANY: usize = 48;
/// So many commits are read before it does.
const QUICK_MAX: usize = 512;
/// So many commits of what is new are followed first, whatever their dates say.
const FIRST_MAX: usize = 256;
/// So many hidden commits are followed only to learn whether they reach what looks new.
const AFTER_MAX: usize = 256;

/// A commit as the walk knows it.
pub(crate) struct Node {
    pub(crate) id: ObjectId,
    pub(crate) time: i64,
    pub(crate) tree: Option<ObjectId>,
    pub(crate) parents: Vec<ObjectId>,
    /// Kept for scanning, if there was room.
    pub(crate) content: Option<Content>,
    /// Which of the tips reach it, as far as there are bits.
    pub(crate) tips: u64,
    is_hidden: bool,
    is_done: bool,
}

/// What came of the walk.
#[derive(Default)]
pub(crate) struct Walked {
    pub(crate) nodes: Vec<Node>,
    pub(crate) numbers: HashMap<ObjectId, u32>,
    /// Commits of the range, parents before their children.
    pub(crate) order: Vec<u32>,
    /// Commits of the range whose parents a shallow clone left out.
    pub(crate) boundary: Vec<ObjectId>,
    pub(crate) gaps: Vec<Gap>,
    /// What is hidden was only recognised by name: some of the range may be hidden after all.
    pub(crate) is_superset: bool,
    /// Gaps of what commits need that may turn out to be hidden.
    unsure: Vec<(Option<ObjectId>, Gap)>,
    kept: usize,
}

/// Where a walk begins and ends.
pub(crate) struct Ends<'a> {
    /// For each tip its commit, if it has one.
    pub(crate) tips: &'a [Option<ObjectId>],
    pub(crate) hidden: &'a HashSet<ObjectId>,
    pub(crate) shallow: &'a HashSet<ObjectId>,
    /// What an object that is nowhere is called.
    pub(crate) missing: GapKind,
    /// More than the range may be told, if that spares a look at many hidden commits.
    pub(crate) lazily: bool,
}

impl Walked {
    /// Walks.
    ///
    /// # Errors
    /// Only what ends everything: a stop, or a bound on work.
    pub(crate) fn walk(fetcher: &mut Fetcher<'_>, ends: &Ends<'_>) -> Result<Walked, Damage> {
        if ends.lazily
            && ends.hidden.len() > MANY
            && let Some(walked) = Walked::quickly(fetcher, ends)?
        {
            return Ok(walked);
        }
        let mut walked = Walked::default();
        let mut heap: BinaryHeap<(i64, u32)> = BinaryHeap::new();
        for id in ends
            .tips
            .iter()
            .flatten()
            .filter(|id| !ends.hidden.contains(*id))
        {
            if let Some(number) = walked.load(fetcher, ends, id, false, None)? {
                heap.push((walked.nodes[number as usize].time, number));
            }
        }
        // Nothing is new: what is hidden need not even be looked at.
        if heap.is_empty() {
            walked.sort();
            return Ok(walked);
        }
        let mut hidden: Vec<&ObjectId> = ends.hidden.iter().collect();
        hidden.sort_unstable();
        for id in hidden {
            if let Some(number) = walked.load(fetcher, ends, id, true, None)? {
                heap.push((walked.nodes[number as usize].time, number));
            }
        }
        walked.spread(fetcher, ends, heap)?;
        walked.sort();
        walked.tell_tips(ends.tips);
        Ok(walked)
    }

    /// The usual push ends soon at what the remote is known to have. `None` if this one does not.
    fn quickly(fetcher: &mut Fetcher<'_>, ends: &Ends<'_>) -> Result<Option<Walked>, Damage> {
        let mut walked = Walked::default();
        let tips = ends.tips.iter().flatten();
        let mut left: Vec<(ObjectId, Option<ObjectId>)> = tips.map(|id| (*id, None)).collect();
        while let Some((id, child)) = left.pop() {
            if ends.hidden.contains(&id) || walked.numbers.contains_key(&id) {
                continue;
            }
            if walked.nodes.len() >= QUICK_MAX {
                return Ok(None);
            }
            let loaded = walked.load(fetcher, ends, &id, false, child.as_ref())?;
            if let Some(number) = loaded {
                let node = &mut walked.nodes[number as usize];
                node.is_done = true;
                left.extend(node.parents.iter().map(|parent| (*parent, Some(id))));
            }
        }
        // What the range is held against must be known, too.
        let parents = walked.nodes.iter().flat_map(|node| node.parents.clone());
        let hidden: Vec<ObjectId> = parents.filter(|id| ends.hidden.contains(id)).collect();
        for id in hidden {
            walked.load(fetcher, ends, &id, true, None)?;
        }
        walked.sort();
        walked.tell_tips(ends.tips);
        walked.is_superset = !walked.order.is_empty();
        Ok(Some(walked))
    }

    /// Follows parents until everything that is left is hidden and older than all of the range. Where
    /// more than the range may be told, what is new is followed first, and old dates cost no look at
    /// all that is younger and hidden.
    fn spread(
        &mut self,
        fetcher: &mut Fetcher<'_>,
        ends: &Ends<'_>,
        mut heap: BinaryHeap<(i64, u32)>,
    ) -> Result<(), Damage> {
        let open = |node: &Node| !node.is_hidden && !node.is_done;
        let mut open_count = self.nodes.iter().filter(|node| open(node)).count();
        let mut oldest = i64::MAX;
        let mut first: BinaryHeap<(i64, u32)> = BinaryHeap::new();
        let (mut first_left, mut after) = (0, 0);
        if ends.lazily {
            let numbers = (0u32..).zip(&self.nodes);
            let new = numbers.filter(|(_, node)| open(node));
            first.extend(new.map(|(number, node)| (node.time, number)));
            first_left = FIRST_MAX;
        }
        loop {
            let number = if first_left > 0
                && let Some((_, number)) = first.pop()
            {
                // One that turned out to be hidden waits for its turn.
                if !open(&self.nodes[number as usize]) {
                    continue;
                }
                first_left -= 1;
                number
            } else {
                let Some((time, number)) = heap.pop() else {
                    break;
                };
                if open_count == 0 && time < oldest {
                    break;
                }
                number
            };
            let node = &mut self.nodes[number as usize];
            if node.is_done {
                continue;
            }
            if ends.lazily && open_count == 0 {
                after += 1;
                if after > AFTER_MAX {
                    self.is_superset = true;
                    break;
                }
            }
            node.is_done = true;
            let (id, is_hidden) = (node.id, node.is_hidden);
            if !is_hidden {
                open_count -= 1;
                oldest = oldest.min(node.time);
            }
            for parent in node.parents.clone() {
                let known = self.numbers.get(&parent).copied();
                let loaded = match known {
                    Some(number) => Some(number),
                    None => self.load(fetcher, ends, &parent, is_hidden, Some(&id))?,
                };
                let Some(number) = loaded else { continue };
                let parent = &mut self.nodes[number as usize];
                if known.is_none() {
                    open_count += usize::from(!parent.is_hidden);
                    heap.push((parent.time, number));
                    first.push((parent.time, number));
                } else if is_hidden && !parent.is_hidden {
                    parent.is_hidden = true;
                    if parent.is_done {
                        // It was taken for new: what it reaches must be hidden as well.
                        parent.is_done = false;
                    } else {
                        open_count -= 1;
                    }
                    heap.push((parent.time, number));
                }
            }
        }
        Ok(())
    }

    /// Reads a commit. One that is not there is a gap, unless it is hidden or a shallow clone left it
    /// out.
    fn load(
        &mut self,
        fetcher: &mut Fetcher<'_>,
        ends: &Ends<'_>,
        id: &ObjectId,
        is_hidden: bool,
        child: Option<&ObjectId>,
    ) -> Result<Option<u32>, Damage> {
        if let Some(number) = self.numbers.get(id) {
            self.nodes[*number as usize].is_hidden |= is_hidden;
            return Ok(None);
        }
        let is_hidden = is_hidden || ends.hidden.contains(id);
        let content = match fetcher.whole(id, ObjectKind::Commit) {
            Ok(Some(content)) => content,
            Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
            other => {
                match child.filter(|child| ends.shallow.contains(*child)) {
                    Some(child) if !is_hidden && matches!(other, Ok(None)) => {
                        if self.boundary.last() != Some(child) {
                            self.boundary.push(*child);
                        }
                    }
                    _ if is_hidden => {}
                    _ => {
                        let gap = unread(id, &other, ends.missing, child);
                        self.unsure.push((child.copied(), gap));
                    }
                }
                return Ok(None);
            }
        };
        let parsed = Commit::parse(&content);
        if !is_hidden && parsed.tree.is_none() {
            let detail = "a commit that names no tree: what it holds was not read";
            let gap = Gap::of_object(GapKind::Damaged, *id, detail);
            self.unsure.push((Some(*id), gap));
        }
        let number = self.nodes.len() as u32;
        let is_kept = !is_hidden && self.kept + content.len() <= KEPT_MAX;
        self.kept += if is_kept { content.len() } else { 0 };
        self.nodes.push(Node {
            id: *id,
            time: parsed.time(),
            tree: parsed.tree,
            parents: parsed.parents.clone(),
            content: is_kept.then(|| Content::clone(&content)),
            tips: 0,
            is_hidden,
            is_done: false,
        });
        self.numbers.insert(*id, number);
        Ok(Some(number))
    }

    /// Puts what the range brings in order: parents first, and of several the earliest.
    fn sort(&mut self) {
        let is_new = |node: &Node| !node.is_hidden && node.is_done;
        let mut waiting = vec![0u32; self.nodes.len()];
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut ready = BinaryHeap::new();
        for (number, node) in (0u32..).zip(&self.nodes) {
            if !is_new(node) {
                continue;
            }
            let parents: HashSet<u32> = node
                .parents
                .iter()
                .filter_map(|id| self.numbers.get(id).copied())
                .filter(|parent| is_new(&self.nodes[*parent as usize]))
                .collect();
            waiting[number as usize] = parents.len() as u32;
            for parent in parents {
                children.entry(parent).or_default().push(number);
            }
            if waiting[number as usize] == 0 {
                ready.push(Reverse((node.time, node.id, number)));
            }
        }
        while let Some(Reverse((_, _, number))) = ready.pop() {
            self.order.push(number);
            for child in children.remove(&number).unwrap_or_default() {
                waiting[child as usize] -= 1;
                if waiting[child as usize] == 0 {
                    let node = &self.nodes[child as usize];
                    ready.push(Reverse((node.time, node.id, child)));
                }
            }
        }
        let nodes = &self.nodes;
        let numbers = &self.numbers;
        let counts = |id: &ObjectId| {
            let number = numbers.get(id);
            number.is_some_and(|number| is_new(&nodes[*number as usize]))
        };
        self.boundary.retain(counts);
        let unsure = std::mem::take(&mut self.unsure).into_iter();
        let gaps = unsure.filter(|(needed_by, _)| needed_by.as_ref().is_none_or(counts));
        self.gaps.extend(gaps.map(|(_, gap)| gap));
    }

    /// Passes on from children to parents which tips reach them.
    fn tell_tips(&mut self, tips: &[Option<ObjectId>]) {
        for (bit, id) in tips.iter().enumerate().take(u64::BITS as usize) {
            if let Some(number) = id.as_ref().and_then(|id| self.numbers.get(id)) {
                self.nodes[*number as usize].tips |= 1 << bit;
            }
        }
        for number in self.order.iter().rev() {
            let node = &self.nodes[*number as usize];
            let (tips, parents) = (node.tips, node.parents.clone());
            for parent in parents.iter().filter_map(|id| self.numbers.get(id)) {
                self.nodes[*parent as usize].tips |= tips;
            }
        }
    }

    /// The tree of a commit that the walk met.
    pub(crate) fn tree_of(&self, id: &ObjectId) -> Option<ObjectId> {
        let number = self.numbers.get(id)?;
        self.nodes[*number as usize].tree
    }
}

/// The gap that an object leaves which could not be read.
pub(crate) fn unread<T>(
    id: &ObjectId,
    result: &Result<Option<T>, Damage>,
    missing: GapKind,
    needed_by: Option<&ObjectId>,
) -> Gap {
    let needed = needed_by.map_or(String::new(), |id| format!(", needed by {id}"));
    match result {
        Err(damage) => Gap::of_object(damage.gap_kind(), *id, format!("{damage}{needed}")),
        Ok(_) => Gap::of_object(missing, *id, format!("it is nowhere here{needed}")),
    }
}

/// A commit as people name it.
pub(crate) fn stamp(id: &ObjectId, content: &[u8]) -> CommitStamp {
    let parsed = Commit::parse(content);
    CommitStamp {
        commit: *id,
        author: parsed
            .author
            .map(commit::name_and_mail)
            .unwrap_or_default()
            .to_vec(),
        date: parsed.author.and_then(commit::rfc3339),
        time: parsed.time(),
    }
}
