//! Cheap checks by hand at a literal, before a pattern runs.

use super::boundary::key_id_boundary;
use super::checks::{class_changes, is_base64, run_begins};
use super::glue::glue;
use super::matcher::{SECRET_LEN, VALUE_AHEAD};
use crate::rules::Gate;

/// How many characters of a run must follow a literal.
const RUN: usize = 12;
/// A value that stands before its label begins at most so many bytes before the literal.
const VALUE_BEHIND: usize = 160;
/// How far behind a literal the first piece of a value begins.
const PIECE_AHEAD: usize = 64;
/// How many characters the first piece has at least.
const PIECE: usize = 8;
/// Small letters in 40 characters, at most: every rule wants fewer, and an escape adds one or two.
const SMALL_MAX: usize = 30;
/// Distance of the places at which a longer run is looked at.
const STEP: usize = 10;
/// How many other characters may stand between.
const BETWEEN: usize = 4;

/// True if the gate lets the pattern run at the literal of `len` bytes that stands at `at`.
pub(super) fn opens(gate: Gate, bytes: &[u8], at: usize, len: usize) -> bool {
    match gate {
        Gate::Open => true,
        Gate::KeyIdShape => {
            let of_id = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
            let run = bytes[at..].iter().take(21).take_while(|b| of_id(b)).count();
            // What goes on behind something that joins: the pattern looks farther.
            let in_pieces = || (4..20).contains(&run) && joins(&bytes[at + run..]);
            (run >= 20 && key_id_boundary(bytes, at, at + 20)) || in_pieces()
        }
        Gate::LongRunAhead => long_run_ahead(bytes, at) && label_ends(&bytes[at + len..]),
        Gate::LongRunBehind => has_long_run(&bytes[at.saturating_sub(VALUE_BEHIND)..at]),
        Gate::PieceAhead => piece_ahead(&bytes[at + len..]),
        Gate::RunAhead => run_ahead(&bytes[at + len..]),
        Gate::KeyAhead => run_begins(&bytes[..at]) && run_ahead(&bytes[at + len..]),
        Gate::TokenHead => {
            let before = &bytes[at.saturating_sub(6)..at];
            let head = [&b"oD"[..], b"oG", b"oJ", b"oGZXIv"];
            let ahead = &bytes[at + len..];
            head.iter().any(|head| before.ends_with(head)) && (run_ahead(ahead) || breaks(ahead))
        }
        Gate::AccountAhead => {
            let account = bytes.get(at + len..at + len + 12);
            account.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
                && !bytes.get(at + len + 12).is_some_and(u8::is_ascii_digit)
        }
    }
}

/// True if the glue behind a piece of an ID may begin here: see `glue`.
fn joins(rest: &[u8]) -> bool {
    match rest {
        // Prose: one space, and the ID goes on.
        [b' ', next, ..] => next.is_ascii_uppercase() || next.is_ascii_digit(),
        [
            b'"' | b'\'' | b'`' | b'\\' | b'^' | b'$' | b'\r' | b'\n' | b'<' | b'&' | 0x80..,
            ..,
        ] => true,
        _ => false,
    }
}

/// True if a run breaks soon that may go on behind a line's end or an operator.
fn breaks(rest: &[u8]) -> bool {
    let run = rest.iter().take(RUN).take_while(|b| is_base64(**b)).count();
    rest.get(run)
        .is_some_and(|b| matches!(b, b'\r' | b'\n' | b'"' | b'\'' | b'\\' | b' '))
}

fn run_ahead(rest: &[u8]) -> bool {
    let in_run = |b: &u8| is_base64(*b) || matches!(b, b'-' | b'_' | b'%' | b'\\');
    (0..=BETWEEN).any(|skipped| {
        rest.get(skipped..skipped + RUN)
            .is_some_and(|run| run.iter().all(in_run))
    })
}

/// Most characters of base64 behind a literal until something else must stand there: the rest of a
/// label, and what it names.
const RUN_MAX: usize = 96;

/// What a run is made of: base64, and the signs that its escapes begin with.
static IN_RUN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_base64(byte as u8) || byte as u8 == b'\\' || byte as u8 == b'%';
        byte += 1;
    }
    table
};

/// True if 40 characters of base64 or of its escapes stand in a row not far behind `at`.
fn long_run_ahead(bytes: &[u8], at: usize) -> bool {
    has_long_run(&bytes[at..bytes.len().min(at + VALUE_AHEAD + SECRET_LEN)])
}

/// True if a literal follows that is no word, with what joins it to another one behind it: most
/// texts that name a secret quote other things there.
fn piece_ahead(rest: &[u8]) -> bool {
    let zone = &rest[..rest.len().min(PIECE_AHEAD)];
    let quotes = zone.iter().enumerate();
    let mut quotes = quotes.filter(|(_, b)| matches!(b, b'"' | b'\''));
    quotes.any(|(at, quote)| {
        let inner = &rest[at + 1..];
        let run = inner.iter().take(SECRET_LEN).take_while(|b| is_base64(**b));
        let run = run.count();
        let piece = &inner[..run];
        (PIECE..SECRET_LEN).contains(&run)
            && matches!(inner.get(run), Some(b) if b == quote || *b == b'\\')
            && class_changes(piece) * 3 >= run
            && glue(inner, run).is_some()
    })
}

/// True if 40 characters stand in a row that are no words. Looks from where a run would end back to
/// where it breaks, and goes on 40 bytes behind that: in prose every tenth byte or so is looked at.
fn has_long_run(zone: &[u8]) -> bool {
    let mut from = 0;
    while let Some(run) = zone.get(from..from + SECRET_LEN) {
        if let Some(breaks) = run.iter().rposition(|b| !IN_RUN[usize::from(*b)]) {
            from += breaks + 1;
            continue;
        }
        let rest = &zone[from + SECRET_LEN..];
        let more = rest.iter().take_while(|b| IN_RUN[usize::from(**b)]);
        let more = more.count();
        let mut places = (0..=more).step_by(STEP);
        if places.any(|at| is_no_word(&zone[from + at..][..SECRET_LEN])) {
            return true;
        }
        from += SECRET_LEN + more;
    }
    false
}

/// True if a run has no more small letters than a secret may have; joined words have more.
fn is_no_word(run: &[u8]) -> bool {
    run.iter().filter(|b| b.is_ascii_lowercase()).count() <= SMALL_MAX
}

/// True if what goes on behind a label's literal soon ends: with what separates the label from its
/// value, or as a run that may be the value itself. In an endless run there is neither, and it
/// would be tried at each of its literals.
fn label_ends(rest: &[u8]) -> bool {
    let run = rest.iter().take(RUN_MAX).take_while(|b| is_base64(**b));
    run.count() < RUN_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(gate: Gate, text: &str, literal: &str) -> bool {
        opens(
            gate,
            text.as_bytes(),
            text.find(literal).unwrap(),
            literal.len(),
        )
    }

    #[test]
    fn runs() {
        assert!(open(
            Gate::RunAhead,
            "SigninToken=abcdefghijkl",
            "SigninToken"
        ));
        assert!(open(
            Gate::RunAhead,
            "SigninToken%3Dabcdefghijkl",
            "SigninToken"
        ));
        assert!(!open(
            Gate::RunAhead,
            "SigninToken = input.value",
            "SigninToken"
        ));
        assert!(!open(
            Gate::RunAhead,
            "SigninToken=abcdefghijk",
            "SigninToken"
        ));
    }

    #[test]
    fn keys_begin_where_runs_do() {
        let is_open = |text: &str| open(Gate::KeyAhead, text, "ABSK");
        assert!(is_open("=ABSKabcdefghijkl"));
        assert!(is_open("\\nABSKabcdefghijkl"));
        assert!(!is_open("xABSKabcdefghijkl"));
        assert!(!is_open("=ABSK = abc"));
    }

    #[test]
    fn labels() {
        let run = "aBcdEf7hIj".repeat(4);
        let is_open = |text: &str| open(Gate::LongRunAhead, text, "ecret");
        assert!(!is_open(&format!(
            "secretAccessKey = {}",
            "DescribeSomethingLong".repeat(3)
        )));
        assert!(is_open(&format!("secretAccessKey = {run}")));
        assert!(is_open(&format!("secret%3D{run}")));
        assert!(is_open(&format!("secret{run}")));
        assert!(!is_open("secretAccessKey = abc"));
        assert!(!is_open(&"secret".repeat(60)));
    }

    #[test]
    fn secrets_in_pieces() {
        let is_open = |text: &str| open(Gate::PieceAhead, text, "ecret");
        for glued in ["\" + \"b", "\"\n \"b", "\\\n  b", "\", \"b"] {
            assert!(
                is_open(&format!("secretKey = \"aB1cD2eF3{glued}")),
                "{glued}"
            );
        }
        for end in ["\"}", "\": \"b\"", "\"; x = \"b\"", "\""] {
            assert!(!is_open(&format!("secretKey = \"aB1cD2eF3{end}")), "{end}");
        }
    }

    #[test]
    fn ids_in_pieces() {
        let is_open = |text: &str| open(Gate::KeyIdShape, text, "AKIA");
        assert!(is_open("AKIA\" + \"ABCD"));
        assert!(is_open("AKIA ABCD"));
        assert!(!is_open("AKIA = "));
        assert!(!is_open("AKIA is a prefix"));
        assert!(!is_open("AKIA"));
    }

    #[test]
    fn heads_of_tokens() {
        let run = "ABCDEFGHIJKL";
        for head in ["FQoDYXdz", "FQoGZXIvYXdz"] {
            assert!(
                open(Gate::TokenHead, &format!("{head}{run}"), "YXdz"),
                "{head}"
            );
        }
        assert!(open(
            Gate::TokenHead,
            &format!("IQoJb3JpZ2lu{run}"),
            "b3JpZ2lu"
        ));
        assert!(!open(Gate::TokenHead, &format!("c3NhYXdz{run}"), "YXdz"));
    }

    #[test]
    fn accounts() {
        assert!(open(Gate::AccountAhead, "a-at-123456789012:", "-at-"));
        assert!(!open(Gate::AccountAhead, "a-at-1234567890123", "-at-"));
        assert!(!open(Gate::AccountAhead, "look-at-me", "-at-"));
    }
}
