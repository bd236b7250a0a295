//! A seeded source of random numbers and of key-shaped values, so that no such value is ever
//! written down.

use std::collections::HashMap;

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `SplitMix64`: small, seeded, the same on every machine.
pub(crate) struct Seed(u64);

impl Seed {
    pub(crate) fn new(seed: u64) -> Seed {
        Seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6b65_7973_7765_6570)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Words without any key in them, `len` bytes, lines of at most 64.
    pub(crate) fn prose(&mut self, len: usize) -> Vec<u8> {
        let mut text = Vec::with_capacity(len);
        while text.len() < len {
            let last = text.len() % 64 > 56;
            text.push(if last {
                b'\n'
            } else {
                b'a' + (self.next() % 26) as u8
            });
            if self.chance(20) && !last {
                text.push(b' ');
            }
        }
        text.truncate(len);
        text
    }

    /// An access key ID of the new generation whose account number is plausible.
    pub(crate) fn key_id(&mut self, prefix: &str) -> String {
        loop {
            let account = 100_000_000_000 + self.next() % 900_000_000_000;
            let word = 1 << 47 | account << 7 | self.next() & 0x7f;
            let mut raw = word.to_be_bytes()[2..].to_vec();
            raw.extend_from_slice(&self.next().to_be_bytes()[..4]);
            let body = data_encoding::BASE32.encode(&raw);
            if entropy(body.as_bytes()) >= 3.0 && !has_run(body.as_bytes()) {
                return format!("{prefix}{body}");
            }
        }
    }

    /// 40 characters that look like a secret access key beyond doubt.
    pub(crate) fn secret(&mut self) -> String {
        self.secret_of(BASE64)
    }

    /// The same without `+` and `/`: for file names, ref names and the like.
    pub(crate) fn plain_secret(&mut self) -> String {
        self.secret_of(&BASE64[..62])
    }

    fn secret_of(&mut self, alphabet: &[u8]) -> String {
        loop {
            let text: Vec<u8> = (0..40).map(|_| *self.pick(alphabet)).collect();
            let has = |test: fn(&u8) -> bool| text.iter().any(test);
            if has(u8::is_ascii_uppercase)
                && has(u8::is_ascii_lowercase)
                && has(u8::is_ascii_digit)
                && entropy(&text) >= 4.3
                && !has_run(&text)
            {
                return String::from_utf8(text).unwrap();
            }
        }
    }

    /// A long-term key: ID and secret.
    pub(crate) fn pair(&mut self) -> Pair {
        Pair {
            id: self.key_id("AKIA"),
            secret: self.secret(),
        }
    }

    /// The same, fit for names.
    pub(crate) fn plain_pair(&mut self) -> Pair {
        Pair {
            id: self.key_id("AKIA"),
            secret: self.plain_secret(),
        }
    }
}

/// An access key ID and its secret, both made up.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Pair {
    /// As `~/.aws/credentials` has it.
    pub(crate) fn ini(&self) -> String {
        let Pair { id, secret } = self;
        format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
    }

    /// On one line.
    pub(crate) fn line(&self) -> String {
        let Pair { id, secret } = self;
        format!("aws_access_key_id={id} aws_secret_access_key={secret}")
    }

    /// Without a space: for file names and ref names.
    pub(crate) fn name(&self) -> String {
        let Pair { id, secret } = self;
        format!("aws_access_key_id={id},aws_secret_access_key={secret}")
    }
}

/// Shannon entropy in bits a byte.
pub(crate) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts: HashMap<u8, f64> = HashMap::new();
    for byte in bytes {
        *counts.entry(*byte).or_default() += 1.0;
    }
    let total = bytes.len() as f64;
    counts
        .values()
        .map(|n| n / total * (total / n).log2())
        .sum()
}

fn has_run(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|w| w.iter().all(|b| *b == w[0]))
}

#[test]
fn generated_ids_carry_a_plausible_account() {
    let mut seed = Seed::new(7);
    for _ in 0..500 {
        let id = seed.key_id("AKIA");
        let raw = data_encoding::BASE32.decode(&id.as_bytes()[4..]).unwrap();
        let high = raw[..6].iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
        assert!(matches!(id.as_bytes()[4], b'Q'..=b'Z' | b'2'..=b'7'));
        assert!(high >> 7 & 0xff_ffff_ffff <= 999_999_999_999);
        assert_eq!(seed.secret().len(), 40);
    }
}
