//! One thread that answers questions as they come: those that are sure early while objects are
//! still being scanned, all others when everything is known.
//!
//! Nobody waits for the clerk before the end. What does not fit on its desk is not kept: it comes
//! again with the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::Receiver;
use tokio::task::{JoinError, JoinSet};

use super::Verifier;
use super::pursuit::{Desk, Known, pursue};
use super::questions::Question;
use super::sts::{CONNECTIONS_MAX, Sts};
use crate::model::Control;

/// How often a clerk that waits looks whether the run is to stop.
const LOOK: Duration = Duration::from_millis(50);
/// Most early questions that are worked on; others wait in the inbox.
const OPEN_MAX: usize = 64;
/// Most early questions that wait.
pub(super) const WAITING_MAX: usize = 256;

/// What a clerk is handed.
pub(super) enum Letter {
    /// A question that is sure before everything is known.
    Early(Box<Question>),
    /// All questions there are; the clerk answers when they are settled.
    All(Vec<Question>, SyncSender<Result<(), String>>),
}

/// Works until the inbox is closed. Before the first letter nothing is set up.
pub(super) fn serve(verifier: &Verifier, mut inbox: Receiver<Letter>, control: &Control) {
    let Some(first) = inbox.blocking_recv() else {
        return;
    };
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    let trouble = match builder.enable_all().build() {
        Err(e) => format!("no runtime to ask on: {e}"),
        Ok(runtime) => {
            let _inside = runtime.enter();
            match Sts::new(&verifier.plan, Arc::clone(&verifier.calls)) {
                Err(why) => why,
                Ok(sts) => {
                    let clerk = Clerk::new(verifier, sts, control);
                    runtime.block_on(clerk.work(first, inbox));
                    return;
                }
            }
        }
    };
    let mut next = Some(first);
    while let Some(letter) = next {
        if let Letter::All(_, reply) = letter {
            // Nobody waits any more.
            reply.send(Err(trouble.clone())).ok();
        }
        next = inbox.blocking_recv();
    }
}

struct Clerk<'v> {
    verifier: &'v Verifier,
    control: &'v Control,
    desk: Arc<Desk>,
    open: JoinSet<(String, Known)>,
    /// IDs that are worked on.
    busy: BTreeSet<String>,
    /// Questions about these: of one ID one at a time.
    deferred: BTreeMap<String, Question>,
    /// Who waits until everything is settled.
    reply: Option<SyncSender<Result<(), String>>>,
}

impl<'v> Clerk<'v> {
    fn new(verifier: &'v Verifier, sts: Sts, control: &'v Control) -> Clerk<'v> {
        let desk = Desk {
            sts,
            clock: Arc::clone(&verifier.clock),
            places: Semaphore::new(CONNECTIONS_MAX),
            budget: Arc::clone(&verifier.budget),
            is_short: Arc::clone(&verifier.is_short),
        };
        Clerk {
            verifier,
            control,
            desk: Arc::new(desk),
            open: JoinSet::new(),
            busy: BTreeSet::new(),
            deferred: BTreeMap::new(),
            reply: None,
        }
    }

    async fn work(mut self, first: Letter, mut inbox: Receiver<Letter>) {
        self.take(first);
        loop {
            while self.has_room()
                && let Ok(letter) = inbox.try_recv()
            {
                self.take(letter);
            }
            if self.open.is_empty() {
                self.report();
                match tokio::time::timeout(LOOK, inbox.recv()).await {
                    Ok(Some(letter)) => self.take(letter),
                    Ok(None) => return,
                    Err(_) => {}
                }
            } else if let Ok(Some(done)) = tokio::time::timeout(LOOK, self.open.join_next()).await {
                self.settle(done);
            }
            self.look();
        }
    }

    fn has_room(&self) -> bool {
        self.reply.is_none() && self.open.len() < OPEN_MAX
    }

    fn take(&mut self, letter: Letter) {
        match letter {
            Letter::Early(question) => self.begin(*question),
            Letter::All(questions, reply) => {
                self.control.asking.store(true, Ordering::Relaxed);
                self.reply = Some(reply);
                for question in questions {
                    self.begin(question);
                }
            }
        }
    }

    /// Begins to work on a question, or puts it behind another about the same ID.
    fn begin(&mut self, question: Question) {
        if self.control.stopped().is_some() {
            return;
        }
        if self.busy.contains(&question.id) {
            self.deferred.insert(question.id.clone(), question);
            return;
        }
        self.verifier.note_hosts(&question);
        let known = self.verifier.known();
        let known = known.get(&question.id).cloned();
        if known.is_none() {
            self.control.questions_total.fetch_add(1, Ordering::Relaxed);
        }
        self.busy.insert(question.id.clone());
        let (desk, mut known) = (Arc::clone(&self.desk), known.unwrap_or_default());
        self.open.spawn(async move {
            pursue(&desk, &question, &mut known).await;
            (question.id, known)
        });
    }

    fn settle(&mut self, done: Result<(String, Known), JoinError>) {
        // A question that failed has no answer.
        if let Ok((id, known)) = done {
            if self.verifier.known().insert(id.clone(), known).is_none() {
                self.control.questions.fetch_add(1, Ordering::Relaxed);
            }
            self.busy.remove(&id);
            if let Some(next) = self.deferred.remove(&id) {
                self.begin(next);
            }
        }
        if self.open.is_empty() {
            // Of those that failed nobody told which they were.
            self.busy.clear();
            for (_, question) in std::mem::take(&mut self.deferred) {
                self.begin(question);
            }
        }
    }

    /// Tells whoever waits that everything is settled.
    fn report(&mut self) {
        if let Some(reply) = self.reply.take() {
            self.control.asking.store(false, Ordering::Relaxed);
            // Nobody waits any more.
            reply.send(Ok(())).ok();
        }
    }

    /// Shows how far it is, and ends what a stop leaves no time for.
    fn look(&mut self) {
        let calls = self.verifier.calls.load(Ordering::Relaxed);
        self.control.calls.store(calls, Ordering::Relaxed);
        if self.control.check_clock().is_some() {
            self.deferred.clear();
            self.open.abort_all();
        }
    }
}
