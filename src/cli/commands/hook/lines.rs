//! What git writes to a hook's standard input, and into the file with a commit's message.

use crate::cli::failure::Failure;

/// One ref that a push moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Update {
    /// What is pushed, as it is called here: a ref, `HEAD`, an id, or `(delete)`.
    pub(super) local: String,
    /// What the ref becomes.
    pub(super) new: String,
    /// The ref, as the remote calls it.
    pub(super) remote: String,
    /// What it was.
    pub(super) old: String,
}

impl Update {
    /// The ref goes.
    pub(super) fn is_deletion(&self) -> bool {
        is_null(&self.new)
    }

    /// The ref is new there.
    pub(super) fn is_creation(&self) -> bool {
        is_null(&self.old)
    }
}

fn is_null(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}

/// `local-ref local-id remote-ref remote-id`, for pre-push. See githooks(5).
pub(super) fn pushed(text: &[u8]) -> Result<Vec<Update>, Failure> {
    split(text, |words| match words {
        [local, new, remote, old] => Some(update(local, new, remote, old)),
        _ => None,
    })
}

/// `old-id new-id ref`, for pre-receive.
pub(super) fn received(text: &[u8]) -> Result<Vec<Update>, Failure> {
    split(text, |words| match words {
        [old, new, remote] => Some(update(remote, new, remote, old)),
        _ => None,
    })
}

fn update(local: &str, new: &str, remote: &str, old: &str) -> Update {
    Update {
        local: local.to_owned(),
        new: new.to_owned(),
        remote: remote.to_owned(),
        old: old.to_owned(),
    }
}

fn split(
    text: &[u8],
    understand: impl Fn(&[&str]) -> Option<Update>,
) -> Result<Vec<Update>, Failure> {
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let update = |(number, line): (usize, &[u8])| {
        // No name of a ref has a blank in it; other bytes may be anything.
        let line = String::from_utf8_lossy(line).into_owned();
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let is_id = |id: &str| {
            matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let known = understand(&words).filter(|u| is_id(&u.new) && is_id(&u.old));
        known.ok_or_else(|| {
            Failure::new(format!(
                "line {} of standard input is not what git writes for this hook",
                number + 1
            ))
            .hinted("hand on git's own lines, unchanged")
        })
    };
    lines.map(update).collect()
}

/// How much of the file with a message becomes the message: with `git commit -v` a diff follows.
pub(super) fn message_len(text: &[u8]) -> usize {
    const SCISSORS: &[u8] = b"------------------------ >8 ------------------------";
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii_end().ends_with(SCISSORS) {
            return at;
        }
        at += line.len();
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood_or_refused() {
        let (a, z) = ("a".repeat(40), "0".repeat(40));
        let text = format!("refs/heads/x {a} refs/heads/y {z}\n(delete) {z} refs/heads/z {a}\n");
        let updates = pushed(text.as_bytes()).unwrap();
        assert_eq!(updates.len(), 2);
        assert!(updates[0].is_creation() && !updates[0].is_deletion());
        assert!(updates[1].is_deletion());
        assert_eq!(updates[0].remote, "refs/heads/y");
        let long = "b".repeat(64);
        let text = format!("{long} {long} refs/tags/v1\n");
        assert_eq!(received(text.as_bytes()).unwrap()[0].remote, "refs/tags/v1");
        assert!(pushed(b"").unwrap().is_empty());
        for text in [
            "x\n",
            "a b c d\n",
            &format!("x {a} y\n"),
            &format!("x {a} y {a} z\n"),
        ] {
            assert!(pushed(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_diff_below_a_message_is_no_part_of_it() {
        let scissors = "# ------------------------ >8 ------------------------\n";
        let text = format!("Subject\n\nBody\n{scissors}diff");
        assert_eq!(message_len(text.as_bytes()), "Subject\n\nBody\n".len());
        assert_eq!(message_len(b"Subject"), 7);
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        #[test]
        fn any_input_is_survived(bytes: Vec<u8>) {
            pushed(&bytes).ok();
            received(&bytes).ok();
            proptest::prop_assert!(message_len(&bytes) <= bytes.len());
        }
    }
}
