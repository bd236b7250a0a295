//! Where values that somebody names come from: an older report, a file that a security team hands
//! out, the user's own credentials. Pure: whoever calls this reads the files.
//!
//! Nothing but hashes leaves this module; access key IDs, which are public, stay as they are.

mod lines;
mod old;
mod own;

pub use lines::{LineError, parse, write, write_json};
pub use old::{Old, OldError, OldKey, Unsearchable, of_report};
pub use own::{of_credentials_file, of_environment};
