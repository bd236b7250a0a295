//! Why one object could not be read. Bad input is data: it becomes a gap, never a panic.

use std::io;

use crate::model::{GapKind, ObjectId};

/// The reason one copy of one object could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damage {
    #[error("its file cannot be read: {0}")]
    Io(String),
    #[error("its file ends inside it")]
    Truncated,
    #[error("its header is not valid: {0}")]
    Header(&'static str),
    #[error("its checksum in the pack index does not match")]
    Crc,
    #[error("its compressed data is not valid: {0}")]
    Inflate(&'static str),
    #[error("its delta is not valid: {0}")]
    Delta(&'static str),
    #[error("its delta base {0} is not in the repository")]
    BaseMissing(ObjectId),
    #[error("its delta base is not an object of the pack")]
    BaseOffset,
    #[error("its delta chain runs in a circle")]
    Cycle,
    #[error("its content does not have the hash that names it")]
    Hash,
    #[error("it needs {size} bytes, the limit is {limit}")]
    TooLarge { size: u64, limit: u64 },
    #[error("reading all deltas would produce more than {0} bytes")]
    Work(u64),
    #[error("its file cannot be opened as a regular file: {0}")]
    Unreadable(String),
    #[error("internal error: {0}")]
    Internal(String),
}

impl Damage {
    /// True if a lying pack index could be the reason.
    pub(crate) fn may_be_the_index(&self) -> bool {
        !matches!(
            self,
            Damage::TooLarge { .. }
                | Damage::Work(_)
                | Damage::Internal(_)
                | Damage::Unreadable(_)
                | Damage::Io(_)
        )
    }

    /// The kind of gap this damage leaves.
    pub(crate) fn gap_kind(&self) -> GapKind {
        match self {
            Damage::TooLarge { .. } | Damage::Work(_) => GapKind::TooLarge,
            Damage::Unreadable(_) => GapKind::Unreadable,
            Damage::Internal(_) => GapKind::Internal,
            _ => GapKind::Damaged,
        }
    }
}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Damage {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Damage::Truncated,
            io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound => {
                Damage::Unreadable(error.kind().to_string())
            }
            kind => Damage::Io(kind.to_string()),
        }
    }
}
