//! Names between the stages: which tips a selection means, where hits stand in history, and what
//! carries a credential.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::{Error, Selection, Stages};
use crate::git::attribution::Carrier;
use crate::git::objects::Objects;
use crate::git::select;
use crate::git::tips::Tips;
use crate::model::{
    Control, Credential, Exposure, Field, Finding, Held, Hit, LocatedHit, Location, ObjectId, Part,
    Place, Secret, Suppressed,
};
use crate::rules::RuleSet;
use crate::scan::Scanner;

/// Bytes of all paths that all hits may list together; beyond it each lists only one.
const PATH_BYTES_MAX: usize = 64 << 20;

/// Keeps only the refs that a selection names in the scope.
pub(super) fn narrow(tips: Tips, names: &[String]) -> Result<Tips, Error> {
    select::narrow(tips, names).map_err(|unknown| Error::Selection {
        message: unknown.to_string(),
        hint: "`git for-each-ref` lists the refs; a glob such as 'refs/heads/*' takes several"
            .to_owned(),
    })
}

/// Drops hits in index paths that a tree holds as well: the name was committed, and the index
/// says nothing more.
pub(super) fn drop_covered_index_paths(hits: &mut Vec<Hit>) {
    let in_trees: HashSet<&[u8]> = hits
        .iter()
        .filter(|hit| hit.field == Field::EntryName)
        .map(|hit| hit.value.expose())
        .collect();
    let kept: Vec<bool> = hits
        .iter()
        .map(|hit| hit.field != Field::IndexPath || !in_trees.contains(hit.value.expose()))
        .collect();
    let mut kept = kept.into_iter();
    hits.retain(|_| kept.next().unwrap_or(true));
}

/// True for what was found in no object.
pub(super) fn is_outside(hit: &Hit) -> bool {
    !matches!(hit.place, Place::Object { .. })
}

/// Hits without history, for what is not in history.
pub(super) fn unlocated(hits: Vec<Hit>) -> Vec<LocatedHit> {
    hits.into_iter()
        .map(|hit| LocatedHit {
            hit,
            location: std::sync::Arc::default(),
        })
        .collect()
}

/// Gives each hit the history of its place.
pub(super) fn locate(
    hits: Vec<Hit>,
    objects: &Objects,
    locations: &BTreeMap<u32, Arc<Location>>,
    control: &Control,
) -> Vec<LocatedHit> {
    let nowhere = Arc::new(Location::default());
    let mut listed = 0;
    let mut located: Vec<LocatedHit> = hits
        .into_iter()
        .map(|hit| {
            let known = match &hit.place {
                Place::Object { id, .. } => objects.number(id).and_then(|n| locations.get(&n)),
                _ => None,
            };
            let location = Arc::clone(known.unwrap_or(&nowhere));
            let name_len = match hit.field {
                Field::EntryName => hit.span.end - hit.span.start,
                _ => 0,
            };
            let paths = location.paths.iter();
            listed += paths
                .map(|path| path.len() + name_len as usize)
                .sum::<usize>();
            LocatedHit { hit, location }
        })
        .collect();
    if listed > PATH_BYTES_MAX {
        list_one_path(&mut located);
    }
    locate_entry_names(&mut located, objects, locations, control);
    located
}

/// Secrets in what findings show of history: refs, logs, paths and people that lie outside of what
/// was swept.
fn secrets_shown<'f>(rules: &RuleSet, findings: impl Iterator<Item = &'f Finding>) -> Vec<Secret> {
    let mut shown: BTreeSet<&[u8]> = BTreeSet::new();
    for finding in findings {
        let exposure = &finding.exposure;
        shown.extend(exposure.refs.iter().map(String::as_bytes));
        shown.extend(
            exposure
                .held_by
                .iter()
                .filter_map(Held::name)
                .map(str::as_bytes),
        );
        let stamps = [&exposure.introduced, &exposure.removed];
        shown.extend(stamps.into_iter().flatten().map(|stamp| &stamp.author[..]));
        for occurrence in &finding.occurrences {
            let paths = occurrence.path.iter().chain(&occurrence.more_paths);
            shown.extend(paths.map(Vec::as_slice));
        }
    }
    let mut scanner = Scanner::new(rules);
    let mut hits = Vec::new();
    for name in shown {
        let place = Place::RefName(name.to_vec());
        scanner.scan_text(place, Field::RefName, name, &mut hits);
    }
    let secrets = hits.into_iter().filter(|hit| hit.part != Part::Id);
    secrets.map(|hit| hit.value).collect()
}

/// Secrets in names that findings show and that a selection left unscanned.
pub(super) fn unlisted(
    stages: &Stages<'_>,
    findings: &[Finding],
    suppressed: &[Suppressed],
) -> Vec<Secret> {
    match stages.plan.selection {
        Selection::Refs(_) | Selection::Range(_) => {
            let hidden = suppressed.iter().map(|hidden| &hidden.finding);
            secrets_shown(stages.rules, findings.iter().chain(hidden))
        }
        Selection::All | Selection::Worktree { .. } => Vec::new(),
    }
}

/// Leaves each place one path: the one in the commit that introduced it, if there is one.
fn list_one_path(located: &mut [LocatedHit]) {
    let mut short: HashMap<*const Location, Arc<Location>> = HashMap::new();
    for located in located {
        let known = &located.location;
        let one = short.entry(Arc::as_ptr(known)).or_insert_with(|| {
            let mut location = Location::clone(known);
            location.paths.truncate(1);
            if let Some(path) = &location.introduced_path {
                location.paths = vec![path.clone()];
            }
            Arc::new(location)
        });
        located.location = Arc::clone(one);
    }
}

/// Gives hits in entries' names the paths of these entries. Each tree is read once.
fn locate_entry_names(
    located: &mut [LocatedHit],
    objects: &Objects,
    locations: &BTreeMap<u32, Arc<Location>>,
    control: &Control,
) {
    let mut by_tree: BTreeMap<ObjectId, Vec<&mut LocatedHit>> = BTreeMap::new();
    for located in located {
        if let (Field::EntryName, Place::Object { id, .. }) =
            (located.hit.field, &located.hit.place)
            && objects
                .number(id)
                .is_some_and(|n| locations.contains_key(&n))
        {
            by_tree.entry(*id).or_default().push(located);
        }
    }
    let mut reader = objects.reader(control);
    for (tree, mut hits) in by_tree {
        // The next stage looks as well, and says so in the report.
        if control.check_clock().is_some() {
            return;
        }
        let Some(names) = objects.entry_names(&tree, &mut reader) else {
            continue;
        };
        hits.sort_by_key(|located| located.hit.span);
        for located in hits {
            if let Some(name) = names.at(located.hit.span.start) {
                let mut location = Location::clone(&located.location);
                append_entry_name(&mut location, name);
                located.location = Arc::new(location);
            }
        }
    }
}

/// A hit in an entry's name is found at the entry's path, not at its directory's.
fn append_entry_name(location: &mut Location, name: &[u8]) {
    if location.paths.is_empty() && location.path_count == 0 {
        location.paths.push(name.to_vec());
        location.path_count = 1;
        return;
    }
    let paths = location.paths.iter_mut();
    for path in paths.chain(location.introduced_path.as_mut()) {
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
    }
}

/// What carries each of many credentials. A file may hold thousands, and what is true of one of
/// them is true of all: history is asked once.
pub(super) struct Places {
    /// Different sets of carriers.
    pub(super) distinct: Vec<Vec<Carrier>>,
    /// Which of them each credential has, if it is worth asking about.
    which: Vec<Option<usize>>,
}

/// Collects the carriers of all credentials that are worth it.
pub(super) fn places(credentials: &[Credential], worth: impl Fn(&Credential) -> bool) -> Places {
    let mut known: BTreeMap<Vec<Carrier>, usize> = BTreeMap::new();
    let which = credentials.iter().map(|credential| {
        worth(credential).then(|| {
            let next = known.len();
            *known.entry(carriers(credential)).or_insert(next)
        })
    });
    let which = which.collect();
    let mut distinct: Vec<_> = known.into_iter().collect();
    distinct.sort_by_key(|(_, at)| *at);
    Places {
        distinct: distinct.into_iter().map(|(carriers, _)| carriers).collect(),
        which,
    }
}

impl Places {
    /// Gives each credential what is known of its place, in order.
    pub(super) fn share(&self, told: impl Iterator<Item = Exposure>) -> Vec<Arc<Exposure>> {
        let told: Vec<Arc<Exposure>> = told.map(Arc::new).collect();
        let unknown = Arc::new(Exposure::default());
        let of = |at: &Option<usize>| at.and_then(|at| told.get(at)).unwrap_or(&unknown).clone();
        self.which.iter().map(of).collect()
    }
}

/// Everything that holds a part of a credential.
fn carriers(credential: &Credential) -> Vec<Carrier> {
    let carriers: BTreeSet<Carrier> = credential
        .hits
        .iter()
        .filter_map(|located| match &located.hit.place {
            Place::Object { id, .. } => Some(Carrier::Object(*id)),
            Place::RefName(name) => Some(Carrier::RefName(crate::git::refs::name::text(name))),
            Place::IndexPath(_) => Some(Carrier::IndexPath),
            Place::GitFile(path) => Some(Carrier::Held(holder(path))),
            Place::WorktreeFile(_) => None,
        })
        .collect();
    carriers.into_iter().collect()
}

/// What a file below the git directory is to people: a ref's log, or just a file.
fn holder(path: &[u8]) -> Held {
    let path = String::from_utf8_lossy(path).into_owned();
    let log = match path.strip_prefix("logs/") {
        Some(name) => Some(name.to_owned()),
        None => path.split_once("/logs/").and_then(|(before, name)| {
            let is_worktree = before.starts_with("worktrees/");
            is_worktree.then(|| format!("{before}/{name}"))
        }),
    };
    log.map_or(Held::File(path), Held::Reflog)
}
