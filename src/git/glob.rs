//! Globs over ref names.

/// Matches a glob of `*`, `?`, `[…]` and plain bytes. One point to come back to is enough, so
/// the time is at most the product of both lengths.
pub(crate) fn matches(glob: &[u8], name: &[u8]) -> bool {
    let (mut g, mut n) = (0, 0);
    let mut retry = None;
    while n < name.len() {
        if glob.get(g) == Some(&b'*') {
            g += 1;
            retry = Some((g, n));
        } else if let Some(used) = matches_one(&glob[g..], name[n]) {
            g += used;
            n += 1;
        } else if let Some((after_star, at)) = retry {
            retry = Some((after_star, at + 1));
            g = after_star;
            n = at + 1;
        } else {
            return false;
        }
    }
    glob[g..].iter().all(|byte| *byte == b'*')
}

/// How many bytes of the glob stand for this byte. `None` if they do not.
fn matches_one(glob: &[u8], byte: u8) -> Option<usize> {
    match glob.first()? {
        b'?' => Some(1),
        b'[' => {
            let (negated, from) = match glob.get(1) {
                Some(b'!' | b'^') => (true, 2),
                _ => (false, 1),
            };
            // A `]` right at the start stands for itself.
            let end = (from + 1..glob.len()).find(|at| glob[*at] == b']')?;
            let set = &glob[from..end];
            let mut hit = false;
            let mut at = 0;
            while at < set.len() {
                if let (Some(b'-'), Some(last)) = (set.get(at + 1), set.get(at + 2)) {
                    hit |= (set[at]..=*last).contains(&byte);
                    at += 3;
                } else {
                    hit |= set[at] == byte;
                    at += 1;
                }
            }
            (hit != negated).then_some(end + 1)
        }
        plain => (*plain == byte).then_some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_take_no_time() {
        let glob = "*a".repeat(200);
        assert!(!matches(
            glob.as_bytes(),
            "a".repeat(5000).replace('a', "b").as_bytes()
        ));
        assert!(matches(b"[]x]", b"]") && matches(b"[!a-c]", b"d") && !matches(b"[a-", b"a"));
    }
}
