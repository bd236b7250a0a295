//! Asking STS which keys work, and never being wrong or rude about it.
//!
//! [`Verifier::verify`] takes credentials, asks (`questions` says about which, `pursuit` at what
//! pace, `sts` how, `endpoints` where), reads each answer (`verdict`), and writes what came of it
//! into the credentials (`settling`). A verifier lives as long as a run, and asks about nothing
//! twice.
//!
//! Never asked about: placeholders, canaries, accounts outside of `--account`, keys of single
//! services. The secret goes into one signature; no request holds it, and no message.

mod clock;
mod endpoints;
mod pursuit;
mod questions;
mod settling;
mod sts;
#[cfg(test)]
mod tests;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::model::{Clock, Control, Credential, Validity, ValidityState, Verification, VerifyPlan};
use endpoints::Partition;
use pursuit::{Desk, Known, pursue};
use questions::Question;
use sts::{CONNECTIONS_MAX, Sts, USER_AGENT};
use verdict::Verdict;

/// How often a run that waits for answers looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(50);

/// Verification cannot begin.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Error {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

/// Asks STS about keys, each once a run.
#[derive(Debug)]
pub struct Verifier {
    plan: VerifyPlan,
    clock: Arc<dyn Clock>,
    known: Mutex<BTreeMap<String, Known>>,
    hosts: Mutex<BTreeSet<String>>,
    calls: Arc<AtomicU64>,
    budget: Arc<AtomicU64>,
    is_short: std::sync::atomic::AtomicBool,
}

impl Verifier {
    /// Checks what the user wants; connects to nothing.
    ///
    /// # Errors
    /// An endpoint or proxy that is not safe to use, an unknown region, partition or account.
    pub fn new(plan: &VerifyPlan) -> Result<Verifier, Error> {
        check(plan)?;
        let clock = match &plan.clock {
            Some(clock) => Arc::clone(clock),
            None => Arc::new(clock::Machine::new()),
        };
        Ok(Verifier {
            clock,
            known: Mutex::default(),
            hosts: Mutex::default(),
            calls: Arc::default(),
            budget: Arc::new(AtomicU64::new(plan.calls_max.into())),
            is_short: false.into(),
            plan: plan.clone(),
        })
    }

    /// Asks about the credentials, and writes into each what came of it. Secrets go to the IDs for
    /// which STS accepted them. `hints` gives the names of regions and partitions that stand near a
    /// key, which may come from anywhere.
    pub fn verify(
        &self,
        credentials: &mut Vec<Credential>,
        control: &Control,
        hints: impl Fn(&Credential) -> Vec<String>,
    ) {
        let now = self.clock.unix();
        let questions = questions::questions(credentials, &self.plan, now, hints);
        let ending = match (self.ask(questions, control), control.stopped()) {
            (Err(trouble), _) => Validity::because(ValidityState::Unknown, trouble),
            (Ok(()), Some(_)) => Validity::because(
                ValidityState::NotChecked,
                "not asked about: the run was ended before",
            ),
            (Ok(()), None) if self.is_short.load(Ordering::Relaxed) => Validity::because(
                ValidityState::NotChecked,
                "not asked about: --max-calls was reached",
            ),
            (Ok(()), None) => Validity::because(ValidityState::NotChecked, "not asked about"),
        };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        settling::settle_pairs(credentials, &known);
        for credential in credentials {
            credential.details.validity = self.validity(credential, &known, &ending, now);
        }
    }

    fn validity(
        &self,
        credential: &Credential,
        known: &BTreeMap<String, Known>,
        ending: &Validity,
        now: i64,
    ) -> Validity {
        let id = credential.access_key_id.as_ref();
        let is_refused = |reason: String| {
            let ended = credential.details.expires.is_some_and(|end| end <= now);
            if credential.details.canary.is_none() && ended {
                Validity::because(ValidityState::Expired, reason)
            } else {
                Validity::because(ValidityState::NotChecked, reason)
            }
        };
        if let Some(reason) = questions::refusal(credential, &self.plan, now) {
            return is_refused(reason);
        }
        let answers = id.and_then(|id| known.get(id));
        if let Some(validity) =
            answers.and_then(|known| settling::validity(credential, known, self.plan.timings))
        {
            return validity;
        }
        ending.clone()
    }

    /// Answers questions on a thread of their own, with a runtime that ends with it.
    fn ask(&self, questions: Vec<Question>, control: &Control) -> Result<(), String> {
        let questions: Vec<(Question, Known)> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let with = |question: Question| {
                let known = known.get(&question.id).cloned().unwrap_or_default();
                (question, known)
            };
            questions.into_iter().map(with).collect()
        };
        if questions.is_empty() {
            return Ok(());
        }
        let asked = std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().name("verification".to_owned());
            let thread = builder.spawn_scoped(scope, || self.run(questions, control));
            let thread = thread.map_err(|e| format!("no thread to ask on: {e}"))?;
            let failed = |_| Err("keysweep failed while it asked: a bug".to_owned());
            thread.join().unwrap_or_else(failed)
        });
        control.questions_total.store(0, Ordering::Relaxed);
        asked
    }

    fn run(&self, questions: Vec<(Question, Known)>, control: &Control) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| format!("no runtime to ask on: {e}"))?;
        let _inside = runtime.enter();
        let desk = Arc::new(Desk {
            sts: Sts::new(&self.plan, Arc::clone(&self.calls))?,
            clock: Arc::clone(&self.clock),
            places: Semaphore::new(CONNECTIONS_MAX),
            budget: Arc::clone(&self.budget),
        });
        runtime.block_on(self.answer_all(desk, questions, control));
        Ok(())
    }

    async fn answer_all(
        &self,
        desk: Arc<Desk>,
        questions: Vec<(Question, Known)>,
        control: &Control,
    ) {
        control.questions.store(0, Ordering::Relaxed);
        let total = questions.len() as u64;
        control.questions_total.store(total, Ordering::Relaxed);
        let mut open = JoinSet::new();
        for (question, mut known) in questions {
            self.note_hosts(&question);
            let desk = Arc::clone(&desk);
            open.spawn(async move {
                pursue(&desk, &question, &mut known).await;
                (question.id, known)
            });
        }
        loop {
            let next = tokio::time::timeout(LOOK, open.join_next()).await;
            let calls = self.calls.load(Ordering::Relaxed);
            control.calls.store(calls, Ordering::Relaxed);
            match next {
                Ok(None) => break,
                Ok(Some(Ok((id, answered)))) => {
                    control.questions.fetch_add(1, Ordering::Relaxed);
                    let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                    known.insert(id, answered);
                }
                // A question that failed has no answer.
                Ok(Some(Err(_))) => {}
                Err(_) => {}
            }
            if control.check_clock().is_some() {
                // What has no answer by now gets none.
                open.abort_all();
            }
        }
        if self.budget.load(Ordering::Relaxed) == 0 {
            self.is_short.store(true, Ordering::Relaxed);
        }
    }

    fn note_hosts(&self, question: &Question) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        for target in &question.targets {
            hosts.insert(target.url.clone());
        }
    }

    /// What was asked so far.
    pub fn summary(&self) -> Verification {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = known.values().flat_map(|one| one.answers.values());
        let accepted = answers
            .filter(|answered| {
                matches!(
                    answered.verdict,
                    Verdict::Active(_) | Verdict::Restricted(_)
                )
            })
            .count() as u64;
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Verification {
            calls: self.calls.load(Ordering::Relaxed),
            accepted,
            ids: known.len() as u64,
            user_agent: USER_AGENT.to_owned(),
            hosts: hosts.iter().cloned().collect(),
            budget_spent: self.is_short.load(Ordering::Relaxed),
        }
    }
}

fn check(plan: &VerifyPlan) -> Result<(), Error> {
    if let Some(url) = &plan.endpoint {
        endpoints::check_url(url, "--sts-endpoint").map_err(|why| {
            Error::new(
                why,
                "give https://HOST, or http://127.0.0.1:PORT on this machine",
            )
        })?;
    }
    if let Some(url) = &plan.proxy
        && !["http://", "https://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
    {
        return Err(Error::new(
            "--proxy is no URL of a proxy",
            "give http://HOST:PORT",
        ));
    }
    if let Some(name) = &plan.region
        && endpoints::region(name).is_none()
    {
        return Err(Error::new(
            format!("--region names no region that keysweep knows: `{name}`"),
            "name one such as us-east-1, cn-north-1 or us-gov-west-1",
        ));
    }
    if let Some(name) = &plan.partition
        && Partition::named(name).is_none()
    {
        let names = endpoints::partition_names();
        let message = format!("--partition names no partition: `{name}`");
        return Err(Error::new(message, format!("name one of {names}")));
    }
    let is_account = |text: &String| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(wrong) = plan.accounts.iter().find(|text| !is_account(text)) {
        return Err(Error::new(
            format!("--account names no account: `{wrong}`"),
            "give numbers of 12 digits",
        ));
    }
    Ok(())
}
