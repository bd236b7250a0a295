//! Keys for tests, made from a seed: no test, snapshot or commit ever holds one.

/// A seeded generator of credentials that look real.
pub(crate) struct Keys(u64);

impl Keys {
    /// Equal seeds give equal keys.
    pub(crate) fn new(seed: u64) -> Keys {
        Keys(seed ^ 0x6b65_7973_7765_6570)
    }

    /// The next pseudo-random number (splitmix64).
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `len` characters of `alphabet`.
    pub(crate) fn text(&mut self, alphabet: &[u8], len: usize) -> String {
        (0..len)
            .map(|_| char::from(alphabet[(self.number() % alphabet.len() as u64) as usize]))
            .collect()
    }

    /// A long-term access key ID of the new generation, with an account that can exist.
    pub(crate) fn access_key_id(&mut self) -> String {
        self.key_id("AKIA")
    }

    /// The same for a temporary key.
    pub(crate) fn temporary_key_id(&mut self) -> String {
        self.key_id("ASIA")
    }

    fn key_id(&mut self, prefix: &str) -> String {
        loop {
            let account = 100_000_000_000 + self.number() % 899_999_999_999;
            let id = self.key_id_of(prefix, account);
            let body = &id[4..];
            // Far from what any rule could take for an example.
            if entropy(body) > 3.0 && !body.contains("EXAMPLE") {
                return id;
            }
        }
    }

    /// An ID that names this account.
    pub(crate) fn key_id_of(&mut self, prefix: &str, account: u64) -> String {
        let head = 1 << 47 | account << 7 | (self.number() & 0x7f);
        let mut raw = [0; 10];
        raw[..6].copy_from_slice(&head.to_be_bytes()[2..]);
        raw[6..].copy_from_slice(&self.number().to_be_bytes()[..4]);
        format!("{prefix}{}", data_encoding::BASE32.encode(&raw))
    }

    /// A secret access key with an entropy of at least 4.3 bits a character.
    pub(crate) fn secret(&mut self) -> String {
        self.secret_where(|_| true)
    }

    /// The same with both `/` and `+` in it.
    pub(crate) fn slashed_secret(&mut self) -> String {
        self.secret_where(|s| s.contains('/') && s.contains('+'))
    }

    fn secret_where(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        loop {
            let secret = self.text(BASE64, 40);
            // The scanner loses 1 in 10,000 by design; tests use the others.
            let lower = secret.bytes().filter(u8::is_ascii_lowercase).count();
            if entropy(&secret) >= 4.3
                && lower < 25
                && class_changes(&secret) > 15
                && wanted(&secret)
            {
                return secret;
            }
        }
    }

    /// Replaces every placeholder of a rule example; `patterns/README.md` lists them.
    pub(crate) fn fill(seed: u64, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, tail)) = rest.split_once("{{") {
            let (name, after) = tail.split_once("}}").expect("a placeholder is closed");
            text.push_str(before);
            text.push_str(&Keys::one(seed, name));
            rest = after;
        }
        text + rest
    }

    /// One placeholder: the name alone decides the value, so that it is the same everywhere.
    fn one(seed: u64, placeholder: &str) -> String {
        let (name, filter) = match placeholder.split_once('|') {
            Some((name, filter)) => (name, Some(filter)),
            None => (placeholder, None),
        };
        let salt = name
            .bytes()
            .fold(7_u64, |h, b| h.wrapping_mul(31) + u64::from(b));
        let mut keys = Keys::new(seed.wrapping_mul(1_000_003).wrapping_add(salt));
        let kind = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let value = match kind.trim_end_matches('_') {
            "access_key_id" => keys.access_key_id(),
            "temporary_key_id" => keys.temporary_key_id(),
            "secret" => keys.secret(),
            "slashed" => keys.slashed_secret(),
            "hex" => keys.text(b"0123456789abcdef", length_in(name)),
            "base" => keys.text(BASE64, length_in(&name["base64_".len()..])),
            _ => match name.strip_prefix("base64_") {
                Some(len) => keys.text(BASE64, length_in(len)),
                None => panic!("no placeholder {{{{{placeholder}}}}}"),
            },
        };
        match filter {
            None => value,
            Some("json") => value.replace('/', "\\/"),
            Some("percent") => value.replace('/', "%2F").replace('+', "%2B"),
            Some("malformed") => format!("{}0", &value[..value.len() - 1]),
            Some("tail") => value[4..].to_owned(),
            Some(other) => panic!("no filter {other}"),
        }
    }
}

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn length_in(name: &str) -> usize {
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("a placeholder names its length")
}

fn entropy(text: &str) -> f64 {
    let count = |c: u8| text.bytes().filter(|b| *b == c).count() as f64;
    let of_byte = |c: u8| -(count(c) / text.len() as f64).log2() / text.len() as f64;
    text.bytes().map(of_byte).sum()
}

fn class_changes(text: &str) -> usize {
    let class = |b: &u8| {
        (
            b.is_ascii_uppercase(),
            b.is_ascii_lowercase(),
            b.is_ascii_digit(),
        )
    };
    let bytes = text.as_bytes();
    bytes
        .windows(2)
        .filter(|w| class(&w[0]) != class(&w[1]))
        .count()
}
