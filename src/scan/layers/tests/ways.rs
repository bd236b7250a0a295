//! Ways of encoding bytes and of undoing it, independent of the code under test.

use std::io::{Read, Write};

use crate::model::Encoding;

/// One way of encoding bytes.
#[derive(Clone, Copy, Debug)]
pub(in crate::scan) enum Way {
    Base64,
    Base64Lines,
    Base64Url,
    Hex,
    Percent,
    HexEscape,
    Unicode,
    Octal,
    Xml,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    HexArray,
    Gzip,
    Zlib,
}

pub(in crate::scan) const OUTER: [Way; 9] = [
    Way::Base64,
    Way::Base64Lines,
    Way::Base64Url,
    Way::Hex,
    Way::Utf16Le,
    Way::Utf16Be,
    Way::Utf32Le,
    Way::Gzip,
    Way::Zlib,
];

/// Ways whose signs tell only what they stand for: nothing else may be inside.
pub(in crate::scan) const INNER: [Way; 6] = [
    Way::Percent,
    Way::HexEscape,
    Way::Unicode,
    Way::Octal,
    Way::Xml,
    Way::HexArray,
];

pub(in crate::scan) fn encode(way: Way, bytes: &[u8]) -> Vec<u8> {
    let each = |form: fn(u8) -> String| -> Vec<u8> {
        bytes.iter().flat_map(|b| form(*b).into_bytes()).collect()
    };
    match way {
        Way::Base64 => data_encoding::BASE64.encode(bytes).into_bytes(),
        Way::Base64Lines => data_encoding::BASE64_MIME.encode(bytes).into_bytes(),
        Way::Base64Url => data_encoding::BASE64URL_NOPAD.encode(bytes).into_bytes(),
        Way::Hex => data_encoding::HEXLOWER.encode(bytes).into_bytes(),
        Way::Percent => each(|b| format!("%{b:02X}")),
        Way::HexEscape => each(|b| format!("\\x{b:02x}")),
        Way::Unicode => each(|b| format!("\\u{b:04x}")),
        Way::Octal => each(|b| format!("\\{b:03o}")),
        Way::Xml => each(|b| format!("&#{b};")),
        Way::HexArray => each(|b| format!("0x{b:02x}, ")),
        Way::Utf16Le => bytes.iter().flat_map(|b| [*b, 0]).collect(),
        Way::Utf16Be => bytes.iter().flat_map(|b| [0, *b]).collect(),
        Way::Utf32Le => bytes.iter().flat_map(|b| [*b, 0, 0, 0]).collect(),
        Way::Gzip => {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        }
        Way::Zlib => {
            let mut out =
                flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        }
    }
}

/// Undoes one encoding of the bytes that a span names, independently of the code under test.
pub(in crate::scan) fn undo(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
    let units = |pattern: &str, radix: u32| -> Vec<u8> {
        let pattern = regex::bytes::Regex::new(pattern).unwrap();
        let number = |digits: &[u8]| {
            u8::from_str_radix(std::str::from_utf8(digits).unwrap(), radix).unwrap()
        };
        pattern
            .replace_all(bytes, |found: &regex::bytes::Captures<'_>| {
                vec![number(&found[1])]
            })
            .into_owned()
    };
    match encoding {
        Encoding::Base64 | Encoding::Base64Url => {
            let tight: Vec<u8> = bytes
                .iter()
                .filter(|b| !b.is_ascii_whitespace() && **b != b'=')
                .map(|b| match b {
                    b'-' => b'+',
                    b'_' => b'/',
                    b => *b,
                })
                .collect();
            let groups = &tight[..tight.len() / 4 * 4];
            let decode = |text: &[u8]| data_encoding::BASE64_NOPAD.decode(text);
            decode(&tight)
                .or_else(|_| decode(groups))
                .unwrap_or_default()
        }
        Encoding::Hex => {
            let pairs = &bytes[..bytes.len() / 2 * 2];
            data_encoding::HEXLOWER.decode(pairs).unwrap_or_default()
        }
        Encoding::Percent => units("%([0-9A-F]{2})", 16),
        Encoding::HexEscape => units(r"\\x([0-9a-f]{2})", 16),
        Encoding::HexArray => units("0x([0-9a-f]{2})(?:, )?", 16),
        Encoding::JsonEscape => units(r"\\u00([0-9a-f]{2})", 16),
        Encoding::OctalEscape => units(r"\\([0-7]{3})", 8),
        Encoding::XmlEscape => units("&#([0-9]+);", 10),
        Encoding::Utf16Le | Encoding::Utf16Be | Encoding::Utf32Le => {
            bytes.iter().copied().filter(|b| *b != 0).collect()
        }
        Encoding::Gzip | Encoding::Zlib => {
            let mut out = Vec::new();
            match encoding {
                Encoding::Gzip => flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out),
                _ => flate2::read::ZlibDecoder::new(bytes).read_to_end(&mut out),
            }
            .unwrap_or_default();
            out
        }
        other => panic!("{} is not made here", other.name()),
    }
}
