//! Asking STS which keys work, and never being wrong or rude about it.
//!
//! [`Verifier::verify`] takes credentials, asks (`questions` says about which, `clerk` on a thread of
//! its own, `pursuit` at what pace, `sts` how, `endpoints` where), reads each answer (`verdict`), and
//! writes what came of it into the credentials (`settling`). A verifier lives as long as a run, and
//! asks about nothing twice. What [`Verifier::offer`] hands over before is asked in the meantime.
//!
//! Never asked about: placeholders, canaries, accounts outside of `--account`, keys of single
//! services. The secret goes into one signature; no request holds it, and no message.

mod clerk;
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
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{Sender, channel};

use crate::model::{Clock, Control, Credential, Validity, ValidityState, Verification, VerifyPlan};
use clerk::{Letter, WAITING_MAX};
use endpoints::Partition;
use pursuit::Known;
use questions::Question;
use sts::USER_AGENT;
use verdict::Verdict;

/// Most keys that are asked about early. Others wait for the end.
const OFFERED_MAX: usize = 1 << 16;

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
    /// Something was not asked, for want of requests.
    is_short: Arc<AtomicBool>,
    /// Where questions go, while there is somebody to answer them.
    inbox: Mutex<Option<Sender<Letter>>>,
    /// IDs that were asked about early.
    offered: Mutex<BTreeSet<String>>,
}

/// Closes the inbox, whatever happens.
struct Closing<'v>(&'v Verifier);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        lock(&self.0.inbox).take();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
            is_short: Arc::default(),
            inbox: Mutex::default(),
            offered: Mutex::default(),
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
        hints: impl FnMut(&Credential) -> Vec<String>,
    ) {
        if lock(&self.inbox).is_none() {
            return self.during(control, || self.settle(credentials, control, hints));
        }
        self.settle(credentials, control, hints);
    }

    fn settle(
        &self,
        credentials: &mut Vec<Credential>,
        control: &Control,
        hints: impl FnMut(&Credential) -> Vec<String>,
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
        let known = self.known();
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

    /// Does some work, and answers questions on a thread beside it.
    pub fn during<T>(&self, control: &Control, work: impl FnOnce() -> T) -> T {
        std::thread::scope(|scope| {
            let (sender, inbox) = channel(WAITING_MAX);
            let builder = std::thread::Builder::new().name("verification".to_owned());
            let thread = builder.spawn_scoped(scope, move || clerk::serve(self, inbox, control));
            // Without a thread nobody is asked, and the end says so.
            let closing = thread.is_ok().then(|| {
                *lock(&self.inbox) = Some(sender);
                Closing(self)
            });
            let done = work();
            drop(closing);
            // A thread that failed has answered nothing, and that was said.
            thread.map(|thread| thread.join().ok()).ok();
            done
        })
    }

    /// Has a credential asked about already, if it is sure what there is to ask: one whose ID and
    /// secret stand together. `hints` are those of [`Verifier::verify`]. Never waits.
    pub fn offer(&self, credential: &Credential, hints: impl FnOnce() -> Vec<String>) {
        let Some(id) = credential.access_key_id.as_ref() else {
            return;
        };
        if self.was_offered(id) || lock(&self.offered).len() >= OFFERED_MAX {
            return;
        }
        let now = self.clock.unix();
        let Some(question) = questions::early(credential, &self.plan, now, hints) else {
            return;
        };
        let sender = lock(&self.inbox).clone();
        let is_taken = |sender: Sender<Letter>| {
            let letter = Letter::Early(Box::new(question));
            sender.try_send(letter).is_ok()
        };
        if sender.is_some_and(is_taken) {
            lock(&self.offered).insert(id.clone());
        }
    }

    /// True if an ID was asked about early.
    pub fn was_offered(&self, id: &str) -> bool {
        lock(&self.offered).contains(id)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        lock(&self.known)
    }

    /// Has questions answered, and waits for it.
    fn ask(&self, questions: Vec<Question>, control: &Control) -> Result<(), String> {
        if questions.is_empty() {
            return Ok(());
        }
        let Some(sender) = lock(&self.inbox).clone() else {
            return Err("no thread to ask on".to_owned());
        };
        let failed = || "keysweep failed while it asked: a bug".to_owned();
        let (reply, answered) = std::sync::mpsc::sync_channel(1);
        let sent = sender.blocking_send(Letter::All(questions, reply));
        drop(sender);
        let outcome = match sent {
            Ok(()) => answered.recv().unwrap_or_else(|_| Err(failed())),
            Err(_) => Err(failed()),
        };
        control.asking.store(false, Ordering::Relaxed);
        outcome
    }

    fn note_hosts(&self, question: &Question) {
        let mut hosts = lock(&self.hosts);
        for target in &question.targets {
            hosts.insert(target.url.clone());
        }
    }

    /// What was asked so far.
    pub fn summary(&self) -> Verification {
        let known = self.known();
        let answers = known.values().flat_map(|one| one.answers.values());
        let accepted = answers
            .filter(|answered| {
                matches!(
                    answered.verdict,
                    Verdict::Active(_) | Verdict::Restricted(_)
                )
            })
            .count() as u64;
        let hosts = lock(&self.hosts);
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
