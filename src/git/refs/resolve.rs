//! Following symbolic refs.

use std::collections::HashMap;

use super::{RefValue, name};
use crate::model::ObjectId;

/// The longest chain of symbolic refs. Git stops after 5.
const CHAIN_MAX: usize = 32;

/// Where a chain of symbolic refs ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// At an object.
    Id(ObjectId),
    /// At a name that no ref has.
    Dangling(Vec<u8>),
    /// Nowhere: it comes back to itself, or is longer than any that git follows.
    Endless,
}

/// Refs by name: the shared ones (the main worktree's own among them), and those that one
/// linked worktree has for itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lookup<'a> {
    /// The shared directory's.
    pub(crate) shared: &'a HashMap<&'a [u8], &'a RefValue>,
    /// The linked worktree's; `None` for the main worktree.
    pub(crate) linked: Option<&'a HashMap<&'a [u8], &'a RefValue>>,
}

impl Lookup<'_> {
    /// Follows a value to its end.
    pub(crate) fn follow(&self, value: &RefValue) -> End {
        let mut value = value;
        for _ in 0..CHAIN_MAX {
            let target = match value {
                RefValue::Id(id) => return End::Id(*id),
                RefValue::Symbolic(target) => target,
            };
            match self.get(target) {
                Some(next) => value = next,
                None => return End::Dangling(target.clone()),
            }
        }
        End::Endless
    }

    fn get(&self, name: &[u8]) -> Option<&RefValue> {
        match self.linked {
            Some(linked) if name::is_per_worktree(name) => linked.get(name).copied(),
            _ => self.shared.get(name).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_end() {
        let id = ObjectId::from_bytes(&[1; 20]).unwrap();
        let symbolic = |name: &str| RefValue::Symbolic(name.as_bytes().to_vec());
        let values = [
            ("refs/heads/a", RefValue::Id(id)),
            ("refs/heads/b", symbolic("refs/heads/a")),
            ("refs/heads/c", symbolic("refs/heads/d")),
            ("refs/heads/d", symbolic("refs/heads/c")),
            ("refs/heads/e", symbolic("refs/heads/none")),
        ];
        let shared: HashMap<&[u8], &RefValue> = values
            .iter()
            .map(|(name, value)| (name.as_bytes(), value))
            .collect();
        let lookup = Lookup {
            shared: &shared,
            linked: None,
        };
        let end = |name: &str| lookup.follow(&symbolic(name));
        assert_eq!(end("refs/heads/b"), End::Id(id));
        assert_eq!(end("refs/heads/c"), End::Endless);
        assert_eq!(
            end("refs/heads/e"),
            End::Dangling(b"refs/heads/none".to_vec())
        );
    }
}
