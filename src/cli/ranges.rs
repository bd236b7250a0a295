//! Ranges as people and git name them.

use std::path::PathBuf;

use super::failure::Failure;
use crate::sweep::{Hidden, RangeChoice, Reach};

/// `A..B` of `--range`.
///
/// # Errors
/// It is no such thing.
pub(super) fn between(text: &str) -> Result<RangeChoice, Failure> {
    let wrong = |why: &str| {
        Failure::new(format!("--range {text}: {why}")).hinted(
            "give two revisions such as `origin/main..HEAD` or `v1.0..v1.1`; either may be left out",
        )
    };
    if text.contains("...") {
        return Err(wrong(
            "three dots stand for both sides of a fork, which is no range",
        ));
    }
    let Some((base, head)) = text.split_once("..") else {
        return Err(wrong("there are no two dots in it"));
    };
    if head.contains("..") {
        return Err(wrong("it has more than two sides"));
    }
    let or_head = |side: &str| if side.is_empty() { "HEAD" } else { side }.to_owned();
    Ok(RangeChoice {
        name: text.to_owned(),
        tips: vec![or_head(head)],
        hidden: Hidden {
            revisions: vec![or_head(base)],
            ..Hidden::default()
        },
        needs_boundary: true,
        reach: Reach::Unknown,
        carried_by: vec![or_head(head)],
        ..RangeChoice::default()
    })
}

/// What is staged. `GIT_INDEX_FILE` counts unless a path was named.
pub(super) fn staged(path_is_explicit: bool) -> RangeChoice {
    let named = std::env::var_os("GIT_INDEX_FILE").filter(|name| !name.is_empty());
    let named = named.filter(|_| !path_is_explicit);
    // Relative to where git runs its hooks, which is where this runs.
    let absolute = |name| std::path::absolute(PathBuf::from(name)).ok();
    RangeChoice {
        name: "the index".to_owned(),
        staged: true,
        index_file: named.and_then(absolute),
        reach: Reach::Nobody,
        ..RangeChoice::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_two_sides() {
        let sides = |text: &str| {
            let choice = between(text).unwrap();
            (choice.hidden.revisions[0].clone(), choice.tips[0].clone())
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(sides("a..b"), pair("a", "b"));
        assert_eq!(sides("a~2.."), pair("a~2", "HEAD"));
        assert_eq!(sides("..b"), pair("HEAD", "b"));
        for text in ["a", "a...b", "a..b..c", ""] {
            assert!(between(text).is_err(), "{text}");
        }
    }
}
