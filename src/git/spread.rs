//! How far credentials have spread: where they came in and went, and what still leads to them.

use std::collections::{BTreeSet, HashMap};

use super::attribution::{Carrier, History};
use super::commit;
use super::history::pace::GaveUp;
use super::history::reaches::{self, Answer, LISTED_MAX, Question, answer};
use super::history::trace::{Items, Trace, Traces};
use super::remotes::{Sighting, Sightings};
use super::stamps::Stamps;
use super::tips::{Tip, TipKind};
use crate::model::{Exposure, Held};

/// What a root says besides its name. Sightings come first, then what else holds objects, each in
/// its own order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Seen(Sighting),
    /// A ref of this kind, which nothing says was seen.
    Kind(&'static str),
    Held(Held, Option<Sighting>),
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
        let questions = self.questions(&carriers, &traces);
        let (roots, labels) = self.labelled_roots();
        let answers = answer(&self.graph, &roots, labels.len(), &questions, pace)?;
        let mut stamps = Stamps::new(self);
        let mut exposures = Vec::with_capacity(carriers.len());
        let each = carriers.iter().zip(&traces.items).zip(&answers);
        for ((carriers, trace), answer) in each {
            pace.step(64)?;
            exposures.push(self.exposure(carriers, trace, answer, &labels, &mut stamps));
        }
        Ok((exposures, traces.cut))
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
    fn questions(&self, carriers: &[Carriers], traces: &Traces) -> Vec<Question> {
        let mut named: Vec<(u32, u32)> = Vec::new();
        for (root, number) in self.roots.iter().zip(0..) {
            let chain = root.chain.iter();
            let direct = chain.filter(|object| {
                self.targets.contains(**object)
                    || (root.position.is_none() && self.edges.has_row(**object))
            });
            named.extend(direct.map(|object| (*object, number)));
        }
        named.sort_unstable();
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
        let one = |(carriers, item): (&Carriers, u32)| {
            let commits = &traces.entries[of_item(&traces.entries, item)];
            let trees = &traces.in_trees[of_item(&traces.in_trees, item)];
            let mut roots = carriers.named.clone();
            roots.extend(trees.iter().flat_map(|(_, tree)| roots_of(*tree)));
            let numbers = &self.targets.numbers;
            let objects = carriers.targets.iter().map(|at| numbers[*at as usize]);
            roots.extend(objects.flat_map(roots_of));
            roots.sort_unstable();
            roots.dedup();
            Question {
                commits: commits.iter().map(|(_, position)| *position).collect(),
                roots,
            }
        };
        carriers.iter().zip(0..).map(one).collect()
    }

    /// All roots with the numbers of their labels, and the labels in order.
    fn labelled_roots(&self) -> (Vec<reaches::Root>, Vec<Label>) {
        let own: Vec<Option<Label>> = self.roots.iter().map(|root| self.label(root.tip)).collect();
        let mut labels: Vec<Label> = own.iter().flatten().cloned().collect();
        labels.sort_unstable();
        labels.dedup();
        let roots = self.roots.iter().zip(&own).map(|(root, own)| {
            let number = own.as_ref().and_then(|own| labels.binary_search(own).ok());
            reaches::Root {
                position: root.position,
                is_ref: matches!(root.tip.kind, TipKind::Ref(_)),
                label: number.map(|n| n as u32),
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
                Label::Held(by, sighting) => {
                    seen.extend(sighting.clone());
                    // A HEAD on a branch says nothing that the branch does not.
                    let is_less = matches!(by, Held::Worktree(_) | Held::PseudoRef(_));
                    if !(reachable && is_less) && held.len() < LISTED_MAX {
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

    fn label(&self, tip: &Tip) -> Option<Label> {
        let sighting = self.remotes.sighting(tip);
        match (&tip.kind, tip.kind.holder(), sighting) {
            (_, Some(held), sighting) => Some(Label::Held(held, sighting)),
            (_, None, Some(sighting)) => Some(Label::Seen(sighting)),
            (TipKind::Ref(name), None, None) => Some(Label::Kind(ref_kind(name))),
            _ => None,
        }
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
