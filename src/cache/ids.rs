//! A sorted set of object names, each with the object's kind: the names one after the other, then
//! the kinds.

use crate::model::{HashKind, ObjectId, ObjectKind};

/// Kind of hash and number of names.
const HEAD_LEN: usize = 9;

/// A set as it was written.
#[derive(Debug)]
pub(crate) struct IdSet {
    bytes: Vec<u8>,
    count: usize,
    id_len: usize,
    /// Where the names begin that begin with each byte, and where the last ones end.
    fanout: Vec<usize>,
}

fn hash_byte(hash: HashKind) -> u8 {
    match hash {
        HashKind::Sha1 => 1,
        HashKind::Sha256 => 2,
    }
}

/// The content of the file for some objects, whatever their order.
pub(super) fn bytes(hash: HashKind, objects: &[(ObjectId, ObjectKind)]) -> Vec<u8> {
    let objects = sorted(objects);
    let mut bytes = Vec::with_capacity(HEAD_LEN + objects.len() * (hash.len() + 1));
    bytes.push(hash_byte(hash));
    bytes.extend_from_slice(&(objects.len() as u64).to_le_bytes());
    for (id, _) in &objects {
        bytes.extend_from_slice(id.as_bytes());
    }
    bytes.extend(objects.iter().map(|(_, kind)| *kind as u8));
    bytes
}

/// Sorts by name. Names are as good as random: by their first bytes they come nearly in order.
fn sorted(objects: &[(ObjectId, ObjectKind)]) -> Vec<(ObjectId, ObjectKind)> {
    let first = |id: &ObjectId| usize::from(id.as_bytes()[0]) << 8 | usize::from(id.as_bytes()[1]);
    let mut starts = vec![0u32; (1 << 16) + 1];
    for (id, _) in objects {
        starts[first(id) + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let bounds = starts.clone();
    let mut order = vec![0u32; objects.len()];
    for ((id, _), number) in objects.iter().zip(0u32..) {
        let slot = &mut starts[first(id)];
        order[*slot as usize] = number;
        *slot += 1;
    }
    for bucket in bounds.windows(2) {
        order[bucket[0] as usize..bucket[1] as usize]
            .sort_unstable_by_key(|number| objects[*number as usize].0);
    }
    let mut sorted: Vec<_> = order
        .into_iter()
        .map(|number| objects[number as usize])
        .collect();
    sorted.dedup_by_key(|(id, _)| *id);
    sorted
}

/// True if each name is larger than the one before it. Nearly always the first eight bytes tell.
fn is_ascending(ids: &[u8], id_len: usize) -> bool {
    let first = |id: &[u8]| id.first_chunk().map(|first| u64::from_be_bytes(*first));
    let (mut before, mut before_first) = (&[][..], None);
    ids.chunks_exact(id_len).all(|id| {
        let id_first = first(id);
        let ascends = id_first > before_first || id > before;
        (before, before_first) = (id, id_first);
        ascends
    })
}

impl IdSet {
    /// Reads what [`bytes`] made; `None` if it is of the other hash, or not in order.
    pub(super) fn parse(bytes: Vec<u8>, hash: HashKind) -> Option<IdSet> {
        let id_len = hash.len();
        if *bytes.first()? != hash_byte(hash) {
            return None;
        }
        let count = u64::from_le_bytes(bytes.get(1..HEAD_LEN)?.try_into().ok()?);
        let count = usize::try_from(count).ok()?;
        let len = count.checked_mul(id_len + 1)?.checked_add(HEAD_LEN)?;
        if bytes.len() != len {
            return None;
        }
        let (ids, kinds) = bytes[HEAD_LEN..].split_at(count * id_len);
        let last_kind = kinds.iter().copied().max().unwrap_or(0);
        if usize::from(last_kind) >= ObjectKind::ALL.len() || !is_ascending(ids, id_len) {
            return None;
        }
        let begins_below = |byte: usize| {
            let (mut low, mut high) = (0, count);
            while low < high {
                let middle = low.midpoint(high);
                if usize::from(ids[middle * id_len]) < byte {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        let fanout = (0..=256).map(begins_below).collect();
        Some(IdSet {
            bytes,
            count,
            id_len,
            fanout,
        })
    }

    fn id(&self, at: usize) -> &[u8] {
        let start = HEAD_LEN + at * self.id_len;
        &self.bytes[start..start + self.id_len]
    }

    fn kind(&self, at: usize) -> ObjectKind {
        ObjectKind::ALL[usize::from(self.bytes[HEAD_LEN + self.count * self.id_len + at])]
    }

    /// The kind of the object with this name, if it is in the set.
    pub(crate) fn get(&self, id: &[u8]) -> Option<ObjectKind> {
        let first = usize::from(*id.first()?);
        let (mut low, mut high) = (self.fanout[first], self.fanout[first + 1]);
        while low < high {
            let middle = low.midpoint(high);
            match self.id(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(self.kind(middle)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// All names with their kinds, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], ObjectKind)> {
        (0..self.count).map(|at| (self.id(at), self.kind(at)))
    }

    /// How many names there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_put_in_is_found(names in proptest::collection::vec((any::<[u8; 32]>(), 0usize..4), 0..200),
                                    other in any::<[u8; 32]>(), is_short in any::<bool>()) {
            let hash = if is_short { HashKind::Sha1 } else { HashKind::Sha256 };
            let objects: Vec<_> = names
                .iter()
                .map(|(name, kind)| {
                    (ObjectId::from_bytes(&name[..hash.len()]).unwrap(), ObjectKind::ALL[*kind])
                })
                .collect();
            let bytes = bytes(hash, &objects);
            let set = IdSet::parse(bytes.clone(), hash).unwrap();
            for (id, _) in &objects {
                prop_assert!(set.get(id.as_bytes()).is_some());
            }
            let is_in = objects.iter().any(|(id, _)| id.as_bytes() == &other[..hash.len()]);
            prop_assert_eq!(set.get(&other[..hash.len()]).is_some(), is_in);
            prop_assert!(set.iter().is_sorted());
            prop_assert_eq!(set.iter().count(), set.len());
            for len in 0..bytes.len() {
                prop_assert!(IdSet::parse(bytes[..len].to_vec(), hash).is_none());
            }
        }
    }

    #[test]
    fn a_set_of_the_other_hash_or_out_of_order_is_none() {
        let id = |byte: u8| (ObjectId::from_bytes(&[byte; 20]).unwrap(), ObjectKind::Blob);
        let mut file = bytes(HashKind::Sha1, &[id(7), id(3), id(3)]);
        assert_eq!(IdSet::parse(file.clone(), HashKind::Sha1).unwrap().len(), 2);
        assert!(IdSet::parse(file.clone(), HashKind::Sha256).is_none());
        file[HEAD_LEN] = 9;
        assert!(IdSet::parse(file, HashKind::Sha1).is_none());
    }
}
