//! Times as logs write them.

/// Seconds since 1970 of `2026-01-31T23:59:59Z`, with a space or fractions of seconds as well.
pub(super) fn time_of(text: &[u8]) -> Option<i64> {
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        let mut value = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
        }
        Some(value)
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let joints = [text[4], text[7], text[13], text[16]];
    let is_formed = joints == *b"--::" && matches!(text[10], b'T' | b' ');
    let is_in_range = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24;
    if !is_formed || !is_in_range || minute >= 60 || second > 60 {
        return None;
    }
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Days since 1970-01-01 in the Gregorian calendar.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The same of `Jan 31, 2026 11:59:59 PM`, as STS writes ends of sessions into CloudTrail.
pub(super) fn expiry_of(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    if let Some(time) = time_of(text.as_bytes()) {
        return Some(time);
    }
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .collect();
    let [month, day, year, clock, half] = words[..] else {
        return None;
    };
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let mut clock = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let hour = hour % 12 + if half == "PM" { 12 } else { 0 };
    let (year, day) = (year.parse::<i64>().ok()?, day.parse::<i64>().ok()?);
    let is_in_range = (1970..3000).contains(&year) && (1..=31).contains(&day);
    let is_clock = (0..60).contains(&minute) && (0..60).contains(&second);
    (is_in_range && is_clock)
        .then(|| days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2026-11-27T20:19:59Z",
            "2024-02-29T23:59:59Z",
        ] {
            let expected: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(
                time_of(text.as_bytes()),
                Some(expected.as_second()),
                "{text}"
            );
        }
        let same = time_of(b"2026-11-27T20:19:59Z");
        assert_eq!(time_of(b"2026-11-27 20:19:59.000"), same);
        assert_eq!(expiry_of("Nov 27, 2026 8:19:59 PM"), same);
        assert_eq!(expiry_of("Nov 27, 2026, 8:19:59\u{202f}PM"), same);
        for wrong in [
            "",
            "2026-11-27",
            "2026-13-01T00:00:00Z",
            "2026-1-01T00:00:00Z0",
            "x",
        ] {
            assert_eq!(time_of(wrong.as_bytes()), None, "{wrong}");
            assert_eq!(expiry_of(wrong), None, "{wrong}");
        }
    }
}
