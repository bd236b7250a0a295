//! Why one object could not be read. Bad input is data: it becomes a gap, never a panic.

use std::io;

use super::file;
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
    #[error("its delta base {id} is damaged: {cause}")]
    Base {
        /// The first object down the chain of deltas that cannot be read for a reason of its own.
        id: ObjectId,
        cause: Box<Damage>,
    },
    #[error("its delta chain runs in a circle")]
    Cycle,
    #[error("its content does not have the hash that names it")]
    Hash,
    #[error("it needs {size} bytes, the limit is {limit}")]
    TooLarge { size: u64, limit: u64 },
    #[error("reading everything goes beyond the bound on work, {0} bytes")]
    Work(u64),
    #[error("its file cannot be opened as a regular file: {0}")]
    Unreadable(String),
    #[error("its file was removed while the repository was read")]
    Vanished,
    #[error("reading was stopped")]
    Stopped,
    #[error("internal error: {0}")]
    Internal(String),
}

impl Damage {
    /// True if a lying pack index could be the reason.
    pub(crate) fn may_be_the_index(&self) -> bool {
        !matches!(
            self.root(),
            Damage::TooLarge { .. }
                | Damage::Work(_)
                | Damage::Internal(_)
                | Damage::Unreadable(_)
                | Damage::Vanished
                | Damage::Stopped
                | Damage::Io(_)
        )
    }

    /// The same damage as an object sees it that needs `id`, the damaged one, as its base.
    pub(crate) fn of_base(&self, id: ObjectId) -> Damage {
        match self {
            // These name what is wrong with the whole chain.
            Damage::Base { .. }
            | Damage::BaseMissing(_)
            | Damage::Cycle
            | Damage::Work(_)
            | Damage::Stopped => self.clone(),
            own => Damage::Base {
                id,
                cause: Box::new(own.clone()),
            },
        }
    }

    /// The damage at the end of the chain of deltas.
    pub(crate) fn root(&self) -> &Damage {
        match self {
            Damage::Base { cause, .. } => cause,
            own => own,
        }
    }

    /// The kind of gap this damage leaves.
    pub(crate) fn gap_kind(&self) -> GapKind {
        match self.root() {
            Damage::TooLarge { .. } | Damage::Work(_) => GapKind::TooLarge,
            Damage::Unreadable(_) => GapKind::Unreadable,
            Damage::Vanished => GapKind::Missing,
            Damage::Internal(_) => GapKind::Internal,
            _ => GapKind::Damaged,
        }
    }
}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Damage {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Damage::Truncated,
            io::ErrorKind::NotFound => Damage::Vanished,
            // What no regular file is comes as invalid input.
            io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput => {
                Damage::Unreadable(file::reason(&error))
            }
            kind => Damage::Io(kind.to_string()),
        }
    }
}
