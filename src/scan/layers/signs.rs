//! Long runs of base64 and hexadecimal digits: do they stand for text that matters?
//!
//! Judged by decoding, at every alignment, but only where a run is long enough.

/// So many groups of base64 that stand for ASCII, one after the other, are no accident.
const QUADS: usize = 8;
/// Length of a run that is looked at more closely.
const RUN_LEN: usize = 40;
/// Bytes looked at at once.
const BLOCK_LEN: usize = 16;
/// The same for runs inside of what is decoded.
const NESTED_LEN: usize = 32;

const fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// True if base64 or hexadecimal digits stand in the piece that stand for text with something of
/// interest in it.
///
/// A run that is long enough holds one of the blocks that are looked at whole, and text seldom
/// has so many characters without a space or a bracket.
pub(super) fn has_encoded_run(piece: &[u8]) -> bool {
    let mut at = 0;
    let mut behind = 0;
    while let Some((block, _)) = piece.get(at..).and_then(|rest| rest.split_first_chunk()) {
        if !may_be_run(block) || !block.iter().all(|b| sextet_of(*b).is_some()) {
            at += RUN_LEN - BLOCK_LEN;
            continue;
        }
        let in_run = |b: &&u8| sextet_of(**b).is_some();
        let start = at - piece[behind..at].iter().rev().take_while(in_run).count();
        let end = at + piece[at..].iter().take_while(in_run).count();
        let run = &piece[start..end];
        if run.len() >= RUN_LEN && (begins_packed(run) || run_has_text(run, 1)) {
            return true;
        }
        (behind, at) = (end, end);
    }
    false
}

/// A quick look at a block: false if a byte lies outside of `+` to `z`.
fn may_be_run(block: &[u8; BLOCK_LEN]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let outside = |half: &[u8]| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(half);
        let word = u64::from_ne_bytes(bytes);
        let below = word.wrapping_sub(ONES * u64::from(b'+')) & !word;
        let above = word.wrapping_add(ONES * u64::from(127 - b'z')) | word;
        (below | above) & (ONES << 7)
    };
    outside(&block[..8]) | outside(&block[8..]) == 0
}

/// For each byte its value in base64; 64 if it has none.
static SEXTETS: [u8; 256] = {
    let mut table = [64; 256];
    let mut byte = 0;
    while byte < 256 {
        if let Some(value) = sextet(byte as u8) {
            table[byte] = value;
        }
        byte += 1;
    }
    table
};

pub(super) fn sextet_of(byte: u8) -> Option<u8> {
    Some(SEXTETS[usize::from(byte)]).filter(|value| *value < 64)
}

/// True if a run, at some alignment, stands for text with something of interest in it. `nested`
/// says how often the text may be encoded itself.
fn run_has_text(run: &[u8], nested: usize) -> bool {
    let quads = (0..4).any(|from| {
        let groups = run[from..].chunks_exact(4).map(|quad| {
            let value = |i: usize| u32::from(SEXTETS[usize::from(quad[i])]);
            (value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3)).to_be_bytes()
        });
        text_of_interest(groups.map(|[_, a, b, c]| [a, b, c]), QUADS * 3, nested)
    });
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        b'A'..=b'F' => Some(b - b'A' + 10),
        _ => None,
    };
    quads
        || (0..2).any(|from| {
            let pairs = run[from..].chunks_exact(2).map(|pair| {
                let byte = digit(pair[0]).zip(digit(pair[1]));
                [byte.map_or(0xff, |(a, b)| a << 4 | b)]
            });
            text_of_interest(pairs, RUN_LEN / 2 - 1, nested)
        })
}

/// True if text at least so long stands in what was decoded, and something in it is of interest:
/// a label, the beginning of an ID, wide characters, more that is encoded.
fn text_of_interest<const N: usize>(
    groups: impl Iterator<Item = [u8; N]>,
    len_min: usize,
    nested: usize,
) -> bool {
    let is_text = |b: &u8| matches!(b, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let mut text: Vec<u8> = Vec::new();
    for group in groups.map(Some).chain([None]) {
        match group {
            Some(group) if group.iter().all(is_text) => text.extend_from_slice(&group),
            _ => {
                if text.len() >= len_min && is_of_interest(&text, nested) {
                    return true;
                }
                text.clear();
            }
        }
    }
    false
}

fn is_of_interest(text: &[u8], nested: usize) -> bool {
    const WORDS: [&[u8]; 12] = [
        b"AKIA", b"ASIA", b"ecret", b"ECRET", b"aws_", b"AWS_", b"%4", b"&#", b"\\x4", b"\\u00",
        b"\\1", b"0x4",
    ];
    let zeros = text.iter().filter(|b| **b == 0).count();
    // Every other byte of a short stretch: wide characters.
    let wide = zeros > 0 && zeros < text.len() && text.windows(4).any(is_wide);
    let has_word = |text: &[u8]| {
        WORDS
            .iter()
            .any(|word| text.windows(word.len()).any(|w| w == *word))
    };
    wide || has_word(text)
        || (nested > 0
            && text
                .split(|b| sextet_of(*b).is_none())
                .any(|run| run.len() >= NESTED_LEN && run_has_nested(run)))
}

/// True if a run stands for text, whatever is in it, or for something packed.
pub(super) fn run_has_nested(run: &[u8]) -> bool {
    let is_text = |b: &u8| matches!(b, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let quads = |from: usize| {
        let mut groups = 0;
        run[from..].chunks_exact(4).any(|quad| {
            let value = |i: usize| u32::from(SEXTETS[usize::from(quad[i])]);
            let bits = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
            let good = bits != 0 && bits.to_be_bytes()[1..].iter().all(is_text);
            groups = if good { groups + 1 } else { 0 };
            groups >= QUADS
        })
    };
    let head = &run[..run.len().min(NESTED_LEN)];
    let hex = head.iter().all(u8::is_ascii_hexdigit)
        && head
            .chunks_exact(2)
            .all(|pair| matches!(pair[0], b'0' | b'2'..=b'7'));
    hex || (0..4).any(quads) || run.starts_with(b"H4sI")
}

/// Two characters of UTF-16.
pub(super) fn is_wide(four: &[u8]) -> bool {
    let is_text = |b: u8| matches!(b, b' '..=b'~');
    matches!(four, [a, 0, b, 0] if is_text(*a) && is_text(*b))
        || matches!(four, [0, a, 0, b] if is_text(*a) && is_text(*b))
        || matches!(four, [a, 0, 0, 0] if is_text(*a))
}

/// True if a run begins as base64 or hexadecimal digits of packed data do.
fn begins_packed(run: &[u8]) -> bool {
    match run {
        [b'e', b'J', c, ..] => (b'w'..=b'z').contains(c),
        [b'e', b'N', c, ..] => (b'o'..=b'r').contains(c),
        [b'e', b'A', b'E', ..] | [b'e', b'F', b'4' | b'5', ..] => true,
        [b'H', b'4', b's', b'I', ..] | [b'U', b'E', b's', b'D', b'B', ..] => true,
        // Hexadecimal.
        _ => {
            let known: [&[u8]; 6] = [b"789c", b"78da", b"7801", b"1f8b08", b"789C", b"78DA"];
            known.iter().any(|head| run.starts_with(head))
                && run.iter().take(RUN_LEN).all(u8::is_ascii_hexdigit)
        }
    }
}
