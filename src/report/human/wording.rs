//! Numbers, sizes, ages and line breaks, as people read them.

/// `1234567` as `1,234,567`.
pub(in crate::report) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 gap`, `2 gaps`.
pub(in crate::report) fn plural(n: u64, noun: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(n))
}

/// `3 commits by 2 authors`.
pub(in crate::report) fn carriers(commits: u64, authors: Option<u64>) -> String {
    let commits = plural(commits, "commit");
    match authors {
        Some(1..) => format!("{commits} by {}", plural(authors.unwrap_or(0), "author")),
        Some(0) | None => commits,
    }
}

/// Bytes in decimal units: `8.3 GB`.
pub(in crate::report) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return plural(bytes, "byte");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    // 999.95 would round to "1000.0".
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// How long before `now` something was, roughly; `None` for the future.
pub(super) fn age(then: i64, now: i64) -> Option<String> {
    const DAY: i64 = 86_400;
    let days = now.checked_sub(then).filter(|s| *s >= 0)? / DAY;
    let (n, noun) = match days {
        0 => return Some("less than a day ago".to_owned()),
        1..60 => (days, "day"),
        60..730 => (days / 30, "month"),
        _ => (days / 365, "year"),
    };
    Some(format!("{} ago", plural(n as u64, noun)))
}

/// Text of ours as pieces that may stand on different lines.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// Puts pieces on lines of at most `width` columns, where the pieces allow. `indents` are the
/// columns taken on the first line and on each further one.
pub(super) fn fill(pieces: &[String], indents: (usize, usize), width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = indents.0;
    for piece in pieces {
        let len = piece.chars().count();
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(piece);
            used += len;
        } else if used + 1 + len <= width {
            line.push(' ');
            line.push_str(piece);
            used += 1 + len;
        } else {
            lines.push(piece.clone());
            used = indents.1 + len;
        }
    }
    lines
}

/// The first `bound` items as pieces, and how many were left out of `total`.
pub(super) fn bounded(items: &[String], bound: usize, total: u64) -> Vec<String> {
    let shown = items.len().min(bound);
    let mut pieces: Vec<String> = items[..shown].iter().map(|i| format!("{i},")).collect();
    match total.saturating_sub(shown as u64) {
        more if more > 0 && shown == 0 => pieces.push(count(more)),
        more => {
            if let Some(last) = pieces.last_mut() {
                last.pop();
            }
            if more > 0 {
                pieces.push(format!("and {} more", count(more)));
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_get_separators() {
        let shown: Vec<String> = [0, 999, 1000, 849_014, 1_234_567].map(count).to_vec();
        assert_eq!(shown, ["0", "999", "1,000", "849,014", "1,234,567"]);
        assert_eq!(plural(1, "gap"), "1 gap");
        assert_eq!(plural(0, "gap"), "0 gaps");
    }

    #[test]
    fn sizes_keep_one_digit() {
        let shown = [1, 999, 1000, 999_949, 999_950, 8_258_000_000, u64::MAX].map(size);
        let expected = [
            "1 byte",
            "999 bytes",
            "1.0 kB",
            "999.9 kB",
            "1.0 MB",
            "8.3 GB",
            "18446.7 PB",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn ages_are_rough_and_never_negative() {
        let day = 86_400;
        assert_eq!(age(100, 99), None);
        assert_eq!(age(i64::MIN, i64::MAX), None);
        assert_eq!(age(0, day - 1).as_deref(), Some("less than a day ago"));
        assert_eq!(age(0, day).as_deref(), Some("1 day ago"));
        assert_eq!(age(0, 59 * day).as_deref(), Some("59 days ago"));
        assert_eq!(age(0, 60 * day).as_deref(), Some("2 months ago"));
        assert_eq!(age(0, 729 * day).as_deref(), Some("24 months ago"));
        assert_eq!(age(0, 730 * day).as_deref(), Some("2 years ago"));
    }

    #[test]
    fn lines_are_filled_and_lose_no_word() {
        let text = "one two three ".repeat(12);
        let lines = fill(&words(text.trim_end()), (30, 7), 40);
        assert!(lines[0].len() <= 10 && lines.len() > 3, "{lines:?}");
        assert!(lines[1..].iter().all(|l| l.len() <= 33), "{lines:?}");
        assert_eq!(lines.join(" "), text.trim_end());
        let long = "x".repeat(90);
        let pieces = ["a".to_owned(), long.clone(), "b c".to_owned()];
        assert_eq!(fill(&pieces, (0, 0), 40), ["a", &long, "b c"]);
        assert_eq!(fill(&pieces[1..2], (9, 9), 1), [long.as_str()]);
    }

    #[test]
    fn bounded_lists_count_what_they_leave_out() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(bounded(&items, 5, 3).join(" "), "a, b, c");
        assert_eq!(bounded(&items, 2, 1203).join(" "), "a, b and 1,201 more");
        let all = bounded(&items, usize::MAX, 4);
        assert_eq!(all, ["a,", "b,", "c", "and 1 more"]);
        assert_eq!(bounded(&[], 5, 7).join(" "), "7");
        assert_eq!(bounded(&[], 5, 0), [""; 0]);
    }
}
