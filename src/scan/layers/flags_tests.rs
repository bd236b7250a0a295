//! Signs of what is encoded.

use super::*;
use crate::testkeys::Keys;

fn flagged(text: &str) -> bool {
    let bytes = text.as_bytes();
    let sign = |(which, sign): (usize, &&[u8])| {
        memchr::memmem::find_iter(bytes, sign).any(|at| is_sign(which, bytes, at))
    };
    SIGNS.iter().enumerate().any(sign) || Flags::in_bytes(bytes, false)
}

#[test]
fn encoded_ids_are_signs() {
    let mut keys = Keys::new(40);
    for n in 0..60 {
        let id = if n % 2 == 0 {
            keys.access_key_id()
        } else {
            keys.temporary_key_id()
        };
        let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
        for before in ["", "a", "a=", "key"] {
            assert!(flagged(&base64(&format!("{before}{id}"))), "{before}{id}");
        }
        let each = |form: fn(u8) -> String| id.bytes().map(form).collect::<String>();
        assert!(flagged(&each(|b| format!("{b:02x}"))));
        assert!(flagged(&each(|b| format!("{b:02X}"))));
        assert!(flagged(&each(|b| format!("%{b:02X}"))));
        assert!(flagged(&each(|b| format!("\\x{b:02x}"))));
        assert!(flagged(&each(|b| format!("\\u{b:04x}"))));
        assert!(flagged(&each(|b| format!("\\{b:03o}"))));
        assert!(flagged(&each(|b| format!("&#{b};"))));
        assert!(flagged(&each(|b| format!("&#x{b:x};"))));
        assert!(flagged(&each(|b| format!("0x{b:02x}, "))));
        assert!(flagged(&each(|b| format!("{b}, "))));
        assert!(flagged(&each(|b| format!("'{}', ", char::from(b)))));
        assert!(flagged(&each(|b| format!("'{}',", char::from(b)))));
    }
}

#[test]
fn ordinary_text_has_no_sign() {
    let mut keys = Keys::new(41);
    let alphabet: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .collect();
    for text in [
        "let value = some_function(argument_one, argument_two, argument_three);".to_owned(),
        "-".repeat(200),
        "/".repeat(200),
        "A".repeat(200),
        "0".repeat(200),
        "https://example.com/a/path/that/is/longer/than/anybody/would/type/by/hand".to_owned(),
        "printf(\"\\x1b[1m%4d\\n\", 0x41);".to_owned(),
        keys.text(&alphabet, 20_000),
        keys.text(b"0123456789abcdef", 20_000),
    ] {
        assert!(!flagged(&text), "{}", &text[..60.min(text.len())]);
    }
}

#[test]
fn heads() {
    assert!(Flags::in_head(b"\x1f\x8b\x08\0"));
    assert!(Flags::in_head(b"x\x9c\x4b\xcb"));
    assert!(Flags::in_head(b"00000000: 6162"));
    assert!(!Flags::in_head(b"hello world, this is text"));
    assert!(!Flags::in_head(b""));
}
