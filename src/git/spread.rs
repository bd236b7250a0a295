//! How far credentials have spread: where they came in and went, and what still leads to them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::attribution::{Carrier, History, is_branch};
use super::commit;
use super::history::pace::{GaveUp, Pace};
use super::history::reaches::{self, Answer, LISTED_MAX, Question, answer};
use super::history::trace::{Items, Trace, Traces};
use super::remotes::{Sighting, Sightings};
use super::stamps::Stamps;
use super::tips::{Tip, TipKind};
use crate::model::{Exposure, Held};

/// About how many bytes of names all exposures together list.
const LISTED_BYTES_MAX: usize = 32 << 20;
/// What a name takes besides its bytes.
const NAME_COST: usize = 64;
/// Most pairs of an object and a ref that leads to it without a commit.
const NAMED_MAX: usize = 2 << 20;

/// What a root says besides its name. Sightings come first, then what else holds objects, each in
/// its own order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Seen(Sighting),
    /// A ref of this kind, which nothing says was seen.
    Kind(&'static str),
    Held(Held),
}

impl Label {
    /// Of labels in one band only some are listed. What is listed only sometimes has its own.
    fn band(&self) -> u8 {
        match self {
            Label::Seen(sighting) if sighting.is_now() => 0,
            Label::Seen(_) => 1,
            Label::Kind(_) => 2,
            Label::Held(held) if !is_less(held) => 3,
            Label::Held(_) => 4,
        }
    }
}

/// A HEAD on a branch says nothing that the branch does not.
fn is_less(held: &Held) -> bool {
    matches!(held, Held::Worktree(_) | Held::PseudoRef(_))
}

/// The things that carry one credential, as history knows them.
#[derive(Default)]
struct Carriers {
    /// Places among the targets.
    targets: Vec<u32>,
    /// Roots that carry it in their name.
    named: Vec<u32>,
    /// Names of refs that lead nowhere.
    names: BTreeSet<String>,
    held: BTreeSet<Held>,
    /// A commit of HEAD's history carries it.
    in_head_commit: bool,
}

impl History<'_> {
    /// How far each credential has spread, by the things that carry it. The second answer is true
    /// if a bound left refs out.
    pub(crate) fn exposures(
        &self,
        credentials: &[Vec<Carrier>],
    ) -> Result<(Vec<Exposure>, bool), GaveUp> {
        let pace = &mut self.pace();
        let carriers = self.carriers(credentials);
        let groups: Vec<Vec<u32>> = carriers.iter().map(|c| c.targets.clone()).collect();
        let items = Items::groups(&groups, self.targets.numbers.len());
        let traces = self.follow(&items, pace)?;
        let (questions, cut) = self.questions(&carriers, &traces, pace)?;
        let (roots, labels) = self.labelled_roots();
        let bands: Vec<u8> = labels.iter().map(Label::band).collect();
        let answers = answer(&self.graph, &roots, &bands, &questions, pace)?;
        drop(questions);
        let listed_max = self.listed_max(&answers);
        let mut stamps = Stamps::new(self);
        let branches = self.branches();
        let mut exposures = Vec::with_capacity(carriers.len());
        let authors = traces.tally.authors(pace)?;
        let each = carriers.iter().zip(&traces.items).zip(&answers);
        for (item, ((carriers, trace), answer)) in (0..).zip(each) {
            pace.step(64)?;
            let mut exposure = self.exposure(carriers, trace, answer, &labels, &mut stamps);
            exposure.author_count = authors[item as usize];
            exposure.at_tips = traces.at_tips.as_deref().map(|at| {
                let start = at.partition_point(|(other, _)| *other < item);
                let own = at[start..].iter().take_while(|(other, _)| *other == item);
                let named = own.filter_map(|(_, position)| branches.get(position));
                let named: BTreeSet<&str> = named.flatten().copied().take(LISTED_MAX).collect();
                named.into_iter().map(str::to_owned).collect()
            });
            if let Some(at_tips) = &mut exposure.at_tips {
                at_tips.truncate(listed_max);
            }
            exposure.refs.truncate(listed_max);
            exposure.pushed_to.truncate(listed_max);
            exposure.held_by.truncate(listed_max);
            exposures.push(exposure);
        }
        Ok((exposures, traces.cut || cut))
    }

    /// Branches by the positions of their tips.
    fn branches(&self) -> HashMap<u32, Vec<&str>> {
        let mut branches: HashMap<u32, Vec<&str>> = HashMap::new();
        for root in &self.roots {
            if let (TipKind::Ref(name), Some(position)) = (&root.tip.kind, root.position)
                && is_branch(name)
            {
                branches.entry(position).or_default().push(name);
            }
        }
        branches
    }

    fn carriers(&self, credentials: &[Vec<Carrier>]) -> Vec<Carriers> {
        let refs = self.roots.iter().zip(0..);
        let refs = refs.filter_map(|(root, number)| match &root.tip.kind {
            TipKind::Ref(name) => Some((name.as_str(), number)),
            _ => None,
        });
        let refs: HashMap<&str, u32> = refs.collect();
        let one = |carriers: &Vec<Carrier>| {
            let mut known = Carriers::default();
            for carrier in carriers {
                match carrier {
                    Carrier::Object(id) => {
                        let number = self.store.find(id.as_bytes());
                        known
                            .targets
                            .extend(number.and_then(|n| self.targets.index(n)));
                        let position = number.and_then(|n| self.graph.position(self.structure, n));
                        known.in_head_commit |=
                            position.is_some_and(|at| self.leads_to_head[at as usize]);
                    }
                    Carrier::RefName(name) => match refs.get(name.as_str()) {
                        Some(root) => known.named.push(*root),
                        None => {
                            known.names.insert(name.clone());
                        }
                    },
                    Carrier::IndexPath => {
                        known.held.insert(Held::Index("a worktree".to_owned()));
                    }
                    Carrier::Held(held) => {
                        known.held.insert(held.clone());
                    }
                }
            }
            known
        };
        credentials.iter().map(one).collect()
    }

    /// What to ask about each credential: commits that introduced it, and roots that lead to it
    /// without a commit.
    fn questions(
        &self,
        carriers: &[Carriers],
        traces: &Traces,
        pace: &mut Pace<'_>,
    ) -> Result<(Vec<Question>, bool), GaveUp> {
        let (named, cut) = self.named(pace)?;
        let roots_of = |object: u32| {
            let start = named.partition_point(|(other, _)| *other < object);
            let of = named[start..].iter().take_while(move |(o, _)| *o == object);
            of.map(|(_, root)| *root)
        };
        let of_item = |pairs: &[(u32, u32)], item: u32| {
            let start = pairs.partition_point(|(other, _)| *other < item);
            let end = start + pairs[start..].partition_point(|(other, _)| *other == item);
            start..end
        };
        let (mut left, mut cut) = (NAMED_MAX, cut);
        let mut one = |(carriers, item): (&Carriers, u32)| {
            let commits = &traces.entries[of_item(&traces.entries, item)];
            let trees = &traces.in_trees[of_item(&traces.in_trees, item)];
            let numbers = &self.targets.numbers;
            let objects = carriers.targets.iter().map(|at| numbers[*at as usize]);
            let objects = trees.iter().map(|(_, tree)| *tree).chain(objects);
            let named = carriers.named.iter().copied();
            // One more tells that there are too many.
            let all = named.chain(objects.flat_map(roots_of)).take(left + 1);
            let mut roots: Vec<u32> = all.collect();
            roots.sort_unstable();
            roots.dedup();
            cut |= roots.len() > left;
            roots.truncate(left);
            left -= roots.len();
            Question {
                commits: commits.iter().map(|(_, position)| *position).collect(),
                roots,
            }
        };
        let questions = carriers.iter().zip(0..).map(&mut one).collect();
        Ok((questions, cut))
    }

    /// Objects of interest that roots lead to without a commit, each with these roots, in order;
    /// true if there are more than are kept.
    fn named(&self, pace: &mut Pace<'_>) -> Result<(Vec<(u32, u32)>, bool), GaveUp> {
        let matters = |object: u32| self.targets.contains(object) || self.edges.has_row(object);
        let shortcuts = self.tags.shortcuts(matters);
        let mut named: Vec<(u32, u32)> = Vec::new();
        let mut cut = false;
        for (root, number) in self.roots.iter().zip(0..) {
            let mut next = Some(root.named);
            while let Some(object) = next {
                pace.step(0)?;
                if self.targets.contains(object)
                    || (root.position.is_none() && self.edges.has_row(object))
                {
                    if named.len() == NAMED_MAX {
                        cut = true;
                        break;
                    }
                    named.push((object, number));
                }
                next = shortcuts.next(object);
            }
        }
        named.sort_unstable();
        Ok((named, cut))
    }

    /// How many names each exposure may list: fewer if all together would list too much. Counts
    /// tell of the others.
    fn listed_max(&self, answers: &[Arc<Answer>]) -> usize {
        let names = self.roots.iter().map(|root| match &root.tip.kind {
            TipKind::Ref(name) => name.len() + NAME_COST,
            _ => NAME_COST,
        });
        let names: Vec<usize> = names.collect();
        let one = |answer: &Arc<Answer>| {
            let refs = answer.refs.iter().map(|root| names[*root as usize]);
            refs.sum::<usize>() + answer.labels.len() * NAME_COST
        };
        let total: usize = answers.iter().map(one).sum();
        match LISTED_BYTES_MAX.checked_div(total) {
            Some(0) => (LISTED_MAX * (LISTED_BYTES_MAX / 1024) / (total / 1024)).max(1),
            _ => LISTED_MAX,
        }
    }

    /// All roots with the numbers of their labels, and the labels in order.
    fn labelled_roots(&self) -> (Vec<reaches::Root>, Vec<Label>) {
        let own: Vec<[Option<Label>; 2]> = self
            .roots
            .iter()
            .map(|root| self.labels(root.tip))
            .collect();
        let mut labels: Vec<Label> = own.iter().flatten().flatten().cloned().collect();
        labels.sort_unstable();
        labels.dedup();
        let roots = self.roots.iter().zip(&own).map(|(root, own)| {
            let number = |own: &Option<Label>| {
                let at = labels.binary_search(own.as_ref()?);
                at.ok().map(|n| n as u32)
            };
            reaches::Root {
                position: root.position,
                is_ref: matches!(root.tip.kind, TipKind::Ref(_)),
                labels: [number(&own[0]), number(&own[1])],
            }
        });
        (roots.collect(), labels)
    }

    fn exposure(
        &self,
        carriers: &Carriers,
        trace: &Trace,
        answer: &Answer,
        labels: &[Label],
        stamps: &mut Stamps<'_>,
    ) -> Exposure {
        let mut refs: BTreeSet<String> = carriers.names.clone();
        let listed = answer.refs.iter();
        refs.extend(listed.filter_map(|root| match self.root_kind(*root) {
            TipKind::Ref(name) => Some(name.clone()),
            _ => None,
        }));
        let ref_count = answer.ref_count + carriers.names.len() as u64;
        let reachable = ref_count > 0;
        let mut seen = Sightings::default();
        let own = carriers.names.iter();
        seen.extend(own.filter_map(|name| self.remotes.sighting_of_name(name)));
        // Of the refs that are not listed their kind must be known all the same.
        let mut ref_names = refs.clone();
        let mut held = carriers.held.clone();
        for label in answer.labels.iter().map(|label| &labels[*label as usize]) {
            match label {
                Label::Seen(sighting) => seen.add(sighting),
                Label::Kind(kind) => {
                    ref_names.insert((*kind).to_owned());
                }
                Label::Held(by) => {
                    if !(reachable && is_less(by)) && held.len() < LISTED_MAX {
                        held.insert(by.clone());
                    }
                }
            }
        }
        if !reachable && held.is_empty() {
            held.insert(Held::Dangling);
        }
        let pushed = self.remotes.verdict(&seen, &ref_names, &held);
        let at_head = trace.at_head || carriers.in_head_commit;
        let removed = trace.remover.filter(|_| !at_head);
        Exposure {
            introduced: trace
                .introducer
                .and_then(|known| stamps.get(known.position)),
            removed: removed.and_then(|(_, _, position)| stamps.get(position)),
            at_head,
            commit_count: trace.commit_count,
            refs: refs.into_iter().take(LISTED_MAX).collect(),
            ref_count,
            pushed,
            pushed_to: seen.remotes.into_iter().take(LISTED_MAX).collect(),
            reachable,
            held_by: held.into_iter().collect(),
            first_seen: trace.seen.and_then(|(first, _)| commit::rfc3339_utc(first)),
            last_seen: trace.seen.and_then(|(_, last)| commit::rfc3339_utc(last)),
            ..Exposure::default()
        }
    }

    fn labels(&self, tip: &Tip) -> [Option<Label>; 2] {
        let seen = self.remotes.sighting(tip).map(Label::Seen);
        let other = match (&tip.kind, tip.kind.holder()) {
            (_, Some(held)) => Some(Label::Held(held)),
            (TipKind::Ref(name), None) if seen.is_none() => Some(Label::Kind(ref_kind(name))),
            _ => None,
        };
        [seen, other]
    }
}

/// The beginning of a ref's name that says what kind of ref it is.
fn ref_kind(name: &str) -> &'static str {
    let kinds = [
        "refs/tags/",
        "refs/heads/",
        "refs/stash",
        "refs/bisect/",
        "worktrees/",
    ];
    let kind = kinds.into_iter().find(|kind| name.starts_with(kind));
    kind.unwrap_or("refs/")
}
