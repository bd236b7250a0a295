//! Asking AWS which keys work: what is wanted, and what was done.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Time as verification knows it. Tests bring their own, and never sleep.
pub trait Clock: Debug + Send + Sync {
    /// Time since a fixed moment; never goes back.
    fn now(&self) -> Duration;
    /// Seconds since 1970.
    fn unix(&self) -> i64;
    /// Waits.
    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// What a user wants to be asked, and how. All of it comes from the command line, none of it from
/// the environment or the repository.
#[derive(Clone, Debug)]
pub struct VerifyPlan {
    /// A URL to ask in place of AWS's own endpoints.
    pub endpoint: Option<String>,
    /// A proxy to go through.
    pub proxy: Option<String>,
    /// Certificates in PEM to trust in place of the machine's.
    pub ca_bundle: Option<Vec<u8>>,
    /// The region whose endpoint is asked.
    pub region: Option<String>,
    /// The partition that keys without a hint are taken for.
    pub partition: Option<String>,
    /// Ask only about keys of these accounts; empty for all.
    pub accounts: Vec<String>,
    /// Ask only about these access key IDs; `None` for all.
    pub only: Option<BTreeSet<String>>,
    /// Most requests of the run.
    pub calls_max: u32,
    /// Longest wait for one answer.
    pub timeout: Duration,
    /// Ask about what is sure while objects are still being scanned.
    pub overlap: bool,
    /// Say when each key was asked about.
    pub timings: bool,
    /// Another clock than the machine's.
    pub clock: Option<Arc<dyn Clock>>,
}

impl VerifyPlan {
    /// Most requests of a run, unless told otherwise.
    pub const CALLS_MAX: u32 = 5000;
    /// Longest wait for one answer.
    pub const TIMEOUT: Duration = Duration::from_secs(8);
}

impl Default for VerifyPlan {
    fn default() -> VerifyPlan {
        VerifyPlan {
            endpoint: None,
            proxy: None,
            ca_bundle: None,
            region: None,
            partition: None,
            accounts: Vec::new(),
            only: None,
            calls_max: VerifyPlan::CALLS_MAX,
            timeout: VerifyPlan::TIMEOUT,
            overlap: true,
            timings: true,
            clock: None,
        }
    }
}

/// What was asked of AWS in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Requests sent.
    pub calls: u64,
    /// Requests that STS answered by naming the key's owner: each stands in the owner's
    /// CloudTrail.
    pub accepted: u64,
    /// Access key IDs that were asked about.
    pub ids: u64,
    /// What the requests called themselves.
    pub user_agent: String,
    /// Hosts that were asked, sorted.
    pub hosts: Vec<String>,
    /// True if there were more questions than `--max-calls` allows.
    pub budget_spent: bool,
}
