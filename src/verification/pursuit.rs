//! Asking about one ID: one request at a time, at a measured pace, until the verdict is sure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::endpoints::Target;
use super::questions::{Name, Question, Try};
use super::sts::Sts;
use super::verdict::{Verdict, verdict};
use crate::model::Clock;

/// A second secret for the same ID within this time is refused even if it is the right one: seen
/// by several, documented by nobody.
const SPACING: Duration = Duration::from_secs(5);
/// How often a question is put that AWS asks to put again.
const ATTEMPTS: u32 = 4;
/// First wait before that; it doubles.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is known of one ID.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The answer to each secret, with the time, in seconds since 1970, and the partitions.
    pub(super) answers: BTreeMap<Name, Answered>,
    /// When it was asked about last.
    last: Option<Duration>,
    /// The first question of all: somebody else may have asked just before.
    first: Option<Try>,
    /// That one was put twice.
    is_sure: bool,
    /// The partition that knows the ID.
    home: Option<&'static str>,
}

impl Known {
    /// True if AWS accepted another secret of the ID, or said that the session is over.
    fn is_settled(&self, token: Option<&String>) -> bool {
        let settles = |verdict: &Verdict| {
            let accepted = matches!(verdict, Verdict::Active(_) | Verdict::Restricted(_));
            accepted || *verdict == Verdict::Expired
        };
        let mut answers = self.answers.iter();
        answers.any(|((_, own), answered)| own.as_ref() == token && settles(&answered.verdict))
    }

    /// Partitions in which the ID is not known with this token.
    fn nowhere(&self, token: Option<&String>) -> Vec<&'static str> {
        let unknown = self.answers.iter().filter(|((_, own), answered)| {
            own.as_ref() == token && answered.verdict == Verdict::NotValid
        });
        let partitions = unknown.flat_map(|(_, answered)| answered.partitions.iter().copied());
        partitions.collect()
    }

    /// Where it is worth asking.
    fn places<'q>(&self, targets: &'q [Target], token: Option<&String>) -> Vec<&'q Target> {
        let at_home = |target: &&Target| Some(target.partition) == self.home;
        if targets.iter().any(|target| at_home(&target)) {
            return targets.iter().filter(at_home).collect();
        }
        let asked = self.nowhere(token);
        let new = |target: &&Target| !asked.contains(&target.partition);
        targets.iter().filter(new).collect()
    }
}

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) verdict: Verdict,
    pub(super) at: i64,
    /// Where it was asked.
    pub(super) partitions: Vec<&'static str>,
}

/// What all questions share.
pub(super) struct Desk {
    pub(super) sts: Sts,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) places: Semaphore,
    /// Requests that may still be sent.
    pub(super) budget: Arc<AtomicU64>,
    /// Set once there was none left for a question.
    pub(super) is_short: Arc<AtomicBool>,
}

/// Answers a question as far as the budget goes. What is known already is not asked again, in
/// whichever order it became known.
pub(super) async fn pursue(desk: &Desk, question: &Question, known: &mut Known) {
    for attempt in &question.tries {
        let token = attempt.name.1.as_ref();
        match known.answers.get(&attempt.name).map(|a| &a.verdict) {
            Some(Verdict::SecretWrong) => continue,
            None if known.is_settled(token) => return,
            None | Some(Verdict::NotValid) => {}
            Some(_) => return,
        }
        let places = known.places(&question.targets, token);
        if places.is_empty() || !put(desk, question, attempt, &places, known).await {
            return;
        }
        match known.answers.get(&attempt.name) {
            Some(answered) if answered.verdict == Verdict::SecretWrong => {}
            _ => return,
        }
    }
    // Somebody else may have asked about the ID just before the first secret was tried.
    if let (false, false, Some(first)) = (question.is_early, known.is_sure, known.first.clone()) {
        let places = known.places(&question.targets, first.name.1.as_ref());
        known.is_sure = put(desk, question, &first, &places, known).await;
    }
}

/// Tries one secret, in each of the places until one knows the ID. False if the budget is spent.
async fn put(
    desk: &Desk,
    question: &Question,
    attempt: &Try,
    places: &[&Target],
    known: &mut Known,
) -> bool {
    // Nobody waits in order not to ask.
    if desk.budget.load(Ordering::Relaxed) == 0 {
        desk.is_short.store(true, Ordering::Relaxed);
        return false;
    }
    let mut partitions = known.nowhere(attempt.name.1.as_ref());
    for (number, target) in places.iter().enumerate() {
        // Another partition knows nothing of what was asked in the first.
        if number == 0 {
            space(desk, known).await;
        }
        known.first.get_or_insert_with(|| attempt.clone());
        let Some(read) = insist(desk, &question.id, attempt, target, known).await else {
            desk.is_short.store(true, Ordering::Relaxed);
            return false;
        };
        partitions.push(target.partition);
        let is_last = number + 1 == places.len();
        if read == Verdict::NotValid && !is_last {
            continue;
        }
        match &read {
            Verdict::NotValid => {
                let rank = |name: &&str| question.targets.iter().position(|t| t.partition == *name);
                partitions.sort_by_key(|name| rank(name).unwrap_or(usize::MAX));
            }
            Verdict::Again(_) | Verdict::Unknown(_) => partitions = vec![target.partition],
            _ => {
                known.home = Some(target.partition);
                partitions = vec![target.partition];
            }
        }
        let answered = Answered {
            verdict: read,
            at: desk.clock.unix(),
            partitions,
        };
        known.answers.insert(attempt.name.clone(), answered);
        break;
    }
    true
}

/// Waits until the ID may be asked about again.
async fn space(desk: &Desk, known: &Known) {
    if let Some(last) = known.last {
        let next = last + SPACING;
        let now = desk.clock.now();
        let left = next.saturating_sub(now);
        if !left.is_zero() {
            desk.clock.wait(left).await;
        }
    }
}

/// Asks until there is an answer that means something. `None` if the budget is spent.
async fn insist(
    desk: &Desk,
    id: &str,
    attempt: &Try,
    target: &Target,
    known: &mut Known,
) -> Option<Verdict> {
    let mut patience = PATIENCE;
    for number in 1..=ATTEMPTS {
        let take = |left: u64| left.checked_sub(1);
        let order = Ordering::Relaxed;
        desk.budget.fetch_update(order, order, take).ok()?;
        let place = desk.places.acquire().await.ok()?;
        let token = attempt.token.as_ref();
        let answer = desk.sts.ask(target, id, &attempt.secret, token).await;
        drop(place);
        known.last = Some(desk.clock.now());
        match verdict(answer, token.is_some()) {
            Verdict::Again(why) if number == ATTEMPTS => {
                return Some(Verdict::Unknown(format!("{why}, {ATTEMPTS} times")));
            }
            Verdict::Again(_) => {
                desk.clock.wait(patience).await;
                patience *= 2;
            }
            read => return Some(read),
        }
    }
    None
}
