//! Asking about one ID: one request at a time, at a measured pace, until the verdict is sure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
    /// The first secret was asked about twice.
    is_sure: bool,
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
}

/// Answers a question as far as the budget goes. What is known already is not asked again.
pub(super) async fn pursue(desk: &Desk, question: &Question, known: &mut Known) {
    let mut targets = &question.targets[..];
    for attempt in &question.tries {
        if !known.answers.contains_key(&attempt.name)
            && !put(desk, question, attempt, &mut targets, known).await
        {
            return;
        }
        match known.answers.get(&attempt.name) {
            Some(answered) if answered.verdict == Verdict::SecretWrong => {}
            _ => return,
        }
    }
    // Somebody else may have asked about the ID just before the first secret was tried.
    if let (false, Some(first)) = (known.is_sure, question.tries.first()) {
        known.is_sure = put(desk, question, first, &mut targets, known).await;
    }
}

/// Tries one secret, in each of the places until one knows the ID. False if the budget is spent.
async fn put(
    desk: &Desk,
    question: &Question,
    attempt: &Try,
    targets: &mut &[Target],
    known: &mut Known,
) -> bool {
    if desk.budget.load(Ordering::Relaxed) == 0 {
        return false;
    }
    let mut partitions = Vec::new();
    for (number, target) in targets.iter().enumerate() {
        // Another partition knows nothing of what was asked in the first.
        if number == 0 {
            space(desk, known).await;
        }
        let Some(read) = insist(desk, &question.id, attempt, target, known).await else {
            return false;
        };
        partitions.push(target.partition);
        let is_last = number + 1 == targets.len();
        if read != Verdict::NotValid && !is_last {
            *targets = std::slice::from_ref(target);
        }
        if read != Verdict::NotValid || is_last {
            let answered = Answered {
                verdict: read,
                at: desk.clock.unix(),
                partitions,
            };
            known.answers.insert(attempt.name.clone(), answered);
            return true;
        }
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
