//! A clock on which nobody waits.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use keysweep::model::Clock;

/// Waiting is all that takes time on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fake(Arc<AtomicU64>);

impl Clock for Fake {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn unix(&self) -> i64 {
        1_800_000_000 + self.now().as_secs() as i64
    }

    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.0.fetch_add(time.as_millis() as u64, Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }
}
