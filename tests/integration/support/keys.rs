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

    /// So many random bytes.
    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.number() as u8).collect()
    }

    /// A session token of the issuer that STS uses today: it names its region in clear.
    pub(crate) fn session_token(&mut self, region: &str) -> String {
        let mut raw = b"\x21\x0a\x09origin_ec\x10".to_vec();
        raw.extend([self.number() as u8 & 0x7f, 0x1a, region.len() as u8]);
        raw.extend_from_slice(region.as_bytes());
        let len = 250 + (self.number() % 300) as usize;
        raw.extend(self.bytes(len));
        data_encoding::BASE64.encode(&raw)
    }

    /// A token as STS made them before; `head` is the version byte, and the issuer follows.
    pub(crate) fn old_session_token(&mut self, head: u8, issuer: &str) -> String {
        let mut raw = vec![head, 0x0a, issuer.len() as u8];
        raw.extend_from_slice(issuer.as_bytes());
        raw.push(0x10);
        raw.extend(self.bytes(170));
        data_encoding::BASE64.encode(&raw)
    }

    /// A long-term API key: `<user>-at-<account>:<secret>` behind a prefix.
    pub(crate) fn service_api_key(&mut self, prefix: &str, user: &str) -> String {
        let secret = data_encoding::BASE64.encode(&self.bytes(33));
        let account = self.account();
        let inner = format!("{user}-at-{account}:{secret}");
        format!("{prefix}{}", data_encoding::BASE64.encode(inner.as_bytes()))
    }

    fn account(&mut self) -> u64 {
        100_000_000_000 + self.number() % 899_999_999_999
    }

    /// A short-term API key of Bedrock: a signed request, which lives an hour.
    pub(crate) fn bedrock_short_key(&mut self, id: &str, date: &str) -> String {
        let day = &date[..8];
        let signature = self.text(b"0123456789abcdef", 64);
        let url = format!(
            "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&\
             X-Amz-Credential={id}%2F{day}%2Fus-west-2%2Fbedrock%2Faws4_request&X-Amz-Date={date}&\
             X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}&Version=1"
        );
        format!(
            "bedrock-api-key-{}",
            data_encoding::BASE64.encode(url.as_bytes())
        )
    }

    /// An SMTP password of SES: 0x04 and 32 bytes.
    pub(crate) fn smtp_password(&mut self) -> String {
        loop {
            let raw = [vec![4], self.bytes(32)].concat();
            let password = data_encoding::BASE64.encode(&raw);
            if password.contains('/') && password.contains('+') {
                return password;
            }
        }
    }

    /// A user name and a password for one service.
    pub(crate) fn service_user(&mut self) -> String {
        format!("deploy+1-at-{}", self.account())
    }

    pub(crate) fn service_password(&mut self) -> String {
        loop {
            let password = data_encoding::BASE64.encode(&self.bytes(32));
            if password.contains('/') && password.contains('+') {
                return password;
            }
        }
    }

    /// Text with the look of a private key in PEM; it is no key.
    pub(crate) fn pem(&mut self, name: &str) -> String {
        let body = data_encoding::BASE64
            .encode(&[b"\x30\x82\x04\xa3\x02\x01".to_vec(), self.bytes(900)].concat());
        let lines: Vec<&str> = body
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).expect("base64 is ASCII"))
            .collect();
        let name = format!("{name} KEY-----");
        format!("-----BEGIN {name}\n{}\n-----END {name}", lines.join("\n"))
    }

    /// A password of a container registry.
    pub(crate) fn ecr_token(&mut self) -> String {
        let payload = data_encoding::BASE64.encode(&self.bytes(300));
        let json = format!("{{\"payload\":\"{payload}\",\"expiration\":1700000000}}");
        let inner = data_encoding::BASE64.encode(json.as_bytes());
        data_encoding::BASE64.encode(format!("AWS:{inner}").as_bytes())
    }

    /// A bearer token of a package repository: encrypted JSON with a readable head.
    pub(crate) fn codeartifact_token(&mut self) -> String {
        let part = |raw: &[u8]| data_encoding::BASE64URL_NOPAD.encode(raw);
        let tag = part(&self.bytes(16));
        let head = format!(
            "{{\"ver\":1,\"isu\":1600000000,\"enc\":\"A128GCM\",\"tag\":\"{tag}\",\"exp\":1600043200,\
             \"alg\":\"A128GCMKW\",\"iv\":\"{tag}\"}}"
        );
        let rest: Vec<String> = [16, 12, 300, 16].map(|len| part(&self.bytes(len))).to_vec();
        format!("{}.{}", part(head.as_bytes()), rest.join("."))
    }

    /// An access key ID as they were before 2010: no prefix.
    pub(crate) fn bare_key_id(&mut self) -> String {
        let body = self.text(b"ABCDEFGHJKMNPQRSTVWXYZ0123456789", 17);
        format!("0{body}82")
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
            "session_token" => keys.session_token("eu-central-1"),
            "aws_token" => keys.old_session_token(0x15, "aws"),
            "er_token" => keys.old_session_token(0x17, "er/aws"),
            "origin_token" => keys.old_session_token(2, "origin"),
            "bedrock_key" => keys.service_api_key("ABSK", "BedrockAPIKey-ab12"),
            "bedrock_key_of_user" => keys.service_api_key("ABSK", "jane.doe+1"),
            "logs_key" => keys.service_api_key("ACWL", "CloudWatchLogsAPIKey-ab12"),
            "bedrock_short_key" => {
                let id = keys.access_key_id();
                keys.bedrock_short_key(&id, "20260102T030405Z")
            }
            "smtp_password" => keys.smtp_password(),
            "service_user" => keys.service_user(),
            "service_password" => keys.service_password(),
            "mws_token" => {
                let hex = keys.text(b"0123456789abcdef", 32);
                let groups = [
                    &hex[..8],
                    &hex[8..12],
                    &hex[12..16],
                    &hex[16..20],
                    &hex[20..],
                ];
                format!("amzn.mws.{}", groups.join("-"))
            }
            "appsync_key" => format!("da2-{}", keys.text(LOWER, 26)),
            "key_pair_id" => keys.key_id("APKA"),
            "pem" => keys.pem("RSA PRIVATE"),
            "signin_token" => data_encoding::BASE64URL_NOPAD.encode(&keys.bytes(420)),
            "ecr_token" => keys.ecr_token(),
            "codeartifact_token" => keys.codeartifact_token(),
            "bare_key_id" => keys.bare_key_id(),
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
            Some("percent") => value
                .replace('/', "%2F")
                .replace('+', "%2B")
                .replace('=', "%3D"),
            Some("escaped") => value.replace('\n', "\\n"),
            Some("malformed") => format!("{}0", &value[..value.len() - 1]),
            Some("tail") => value[4..].to_owned(),
            Some("half") => value[..value.len() / 2].to_owned(),
            Some("rest") => value[value.len() / 2..].to_owned(),
            Some(other) => panic!("no filter {other}"),
        }
    }
}

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";

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
