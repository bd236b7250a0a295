//! A look at a record that costs little: who called what, when and where. Nearly all records are
//! somebody else's; only those that are not are parsed.

use memchr::memchr2;
use serde_json::Value;

/// The few fields by which a record is chosen. Texts are as they stand in JSON: a field with an
/// escape in it makes the whole glance [`Glanced::Odd`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Glance<'a> {
    pub(super) time: &'a [u8],
    pub(super) source: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) region: &'a [u8],
    /// The account in whose log the record is.
    pub(super) account: &'a [u8],
    pub(super) category: &'a [u8],
    pub(super) read_only: bool,
    /// `managementEvent` is false.
    pub(super) is_data: bool,
    pub(super) is_console: bool,
    pub(super) who: Who<'a>,
    /// The role of `AssumeRole` and its kind.
    pub(super) role: &'a [u8],
}

/// The caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Who<'a> {
    pub(super) kind: &'a [u8],
    pub(super) key: &'a [u8],
    pub(super) credential: &'a [u8],
    pub(super) arn: &'a [u8],
    pub(super) account: &'a [u8],
    pub(super) user: &'a [u8],
    pub(super) provider: &'a [u8],
}

/// What came of a look.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Glanced<'a> {
    /// All that is needed.
    Seen(Glance<'a>),
    /// Escapes where none are expected: parse it.
    Odd,
    /// No JSON object.
    Malformed,
}

/// Looks at the JSON text of a record.
pub(super) fn glance(record: &[u8]) -> Glanced<'_> {
    let mut reader = Reader {
        text: record,
        at: 0,
        is_odd: false,
    };
    let mut seen = Glance::default();
    let mut request: &[u8] = b"";
    let whole = reader.object(&mut |reader, key| {
        let value = match key {
            b"userIdentity" if reader.peek() == Some(b'{') => {
                return reader.object(&mut |reader, key| {
                    let value = reader.value()?;
                    seen.who.set(key, value);
                    Some(())
                });
            }
            _ => reader.value()?,
        };
        match key {
            b"requestParameters" => request = value.raw,
            b"userIdentity" => seen.who = Who::default(),
            _ => seen.set(key, value),
        }
        Some(())
    });
    if whole.is_none() || !reader.is_done() {
        return Glanced::Malformed;
    }
    let mut is_odd = reader.is_odd;
    if seen.name.starts_with(b"AssumeRole") && request.first() == Some(&b'{') {
        let mut reader = Reader {
            text: request,
            at: 0,
            is_odd: false,
        };
        let found = reader.object(&mut |reader, key| {
            let value = reader.value()?;
            match key {
                b"roleArn" => seen.role = value.text,
                b"principalArn" => seen.who.provider = value.text,
                _ => {}
            }
            Some(())
        });
        is_odd |= reader.is_odd || found.is_none();
    }
    if is_odd {
        Glanced::Odd
    } else {
        Glanced::Seen(seen)
    }
}

impl<'a> Glance<'a> {
    /// The same of a record that was parsed.
    pub(super) fn of(record: &'a Value) -> Glance<'a> {
        let mut seen = Glance::default();
        let members = record.as_object().into_iter().flatten();
        for (key, value) in members {
            seen.set(key.as_bytes(), Token::of(value));
        }
        let who = record.get("userIdentity").and_then(Value::as_object);
        for (key, value) in who.into_iter().flatten() {
            seen.who.set(key.as_bytes(), Token::of(value));
        }
        if seen.name.starts_with(b"AssumeRole") {
            let text = |name| record.pointer(name).and_then(Value::as_str);
            if let Some(role) = text("/requestParameters/roleArn") {
                seen.role = role.as_bytes();
            }
            if let Some(provider) = text("/requestParameters/principalArn") {
                seen.who.provider = provider.as_bytes();
            }
        }
        seen
    }

    fn set(&mut self, key: &[u8], value: Token<'a>) {
        match key {
            b"eventTime" => self.time = value.text,
            b"eventSource" => self.source = value.text,
            b"eventName" => self.name = value.text,
            b"awsRegion" => self.region = value.text,
            b"recipientAccountId" => self.account = value.text,
            b"eventCategory" => self.category = value.text,
            b"readOnly" => self.read_only = value.is_true(),
            b"managementEvent" => self.is_data = value.is_false(),
            b"sessionCredentialFromConsole" => self.is_console = value.is_true(),
            _ => {}
        }
    }
}

impl<'a> Who<'a> {
    fn set(&mut self, key: &[u8], value: Token<'a>) {
        let field = match key {
            b"type" => &mut self.kind,
            b"accessKeyId" => &mut self.key,
            b"credentialId" => &mut self.credential,
            b"arn" => &mut self.arn,
            b"accountId" => &mut self.account,
            b"userName" => &mut self.user,
            b"identityProvider" => &mut self.provider,
            _ => return,
        };
        *field = value.text;
    }
}

/// A value: its JSON text, and what stands between the quotes if it is a string.
#[derive(Clone, Copy)]
struct Token<'a> {
    raw: &'a [u8],
    text: &'a [u8],
}

impl<'a> Token<'a> {
    fn of(value: &'a Value) -> Token<'a> {
        match value {
            Value::String(text) => Token {
                raw: text.as_bytes(),
                text: text.as_bytes(),
            },
            Value::Bool(true) => Token {
                raw: b"true",
                text: b"",
            },
            Value::Bool(false) => Token {
                raw: b"false",
                text: b"",
            },
            _ => Token {
                raw: b"",
                text: b"",
            },
        }
    }

    /// `true`, or the same as a string.
    fn is_true(self) -> bool {
        self.raw == b"true" || self.text == b"true"
    }

    fn is_false(self) -> bool {
        self.raw == b"false" || self.text == b"false"
    }
}

/// Reads JSON of one level; what lies deeper is passed over.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// A string of interest has an escape.
    is_odd: bool,
}

impl<'a> Reader<'a> {
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at) {
            if !byte.is_ascii_whitespace() {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn is_done(&mut self) -> bool {
        self.peek().is_none()
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// Each member's key; `member` reads the value.
    fn object(
        &mut self,
        member: &mut dyn FnMut(&mut Reader<'a>, &'a [u8]) -> Option<()>,
    ) -> Option<()> {
        self.take(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            if self.peek()? != b'"' {
                return None;
            }
            let key = self.string()?.text;
            self.take(b':')?;
            self.peek()?;
            member(self, key)?;
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    fn string(&mut self) -> Option<Token<'a>> {
        let begin = self.at;
        let mut at = begin + 1;
        loop {
            at += memchr2(b'"', b'\\', self.text.get(at..)?)?;
            if self.text[at] == b'"' {
                self.at = at + 1;
                return Some(Token {
                    raw: &self.text[begin..=at],
                    text: &self.text[begin + 1..at],
                });
            }
            self.is_odd = true;
            at += 2;
        }
    }

    fn value(&mut self) -> Option<Token<'a>> {
        match self.peek()? {
            b'"' => {
                // A long text with escapes (an agent, a message) is nothing odd.
                let was_odd = self.is_odd;
                let token = self.string()?;
                let is_short = token.text.len() <= LONGEST_FIELD;
                self.is_odd = was_odd || (self.is_odd && is_short);
                Some(token)
            }
            b'{' | b'[' => self.nested(),
            _ => {
                let rest = &self.text[self.at..];
                let ends = |b: &u8| matches!(b, b',' | b'}' | b']') || b.is_ascii_whitespace();
                let len = rest.iter().position(ends)?;
                self.at += len;
                (len > 0).then_some(Token {
                    raw: &rest[..len],
                    text: b"",
                })
            }
        }
    }

    fn nested(&mut self) -> Option<Token<'a>> {
        let begin = self.at;
        let mut depth = 0_u32;
        let mut at = begin;
        loop {
            match *self.text.get(at)? {
                b'"' => {
                    at += 1;
                    loop {
                        at += memchr2(b'"', b'\\', self.text.get(at..)?)?;
                        if self.text[at] == b'"' {
                            break;
                        }
                        at += 2;
                    }
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at = at + 1;
                        let raw = &self.text[begin..self.at];
                        return Some(Token { raw, text: b"" });
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }
}

/// No field by which records are chosen is longer than an ARN may be, six bytes a character.
const LONGEST_FIELD: usize = 2048 * 6;

#[cfg(test)]
#[path = "glance_tests.rs"]
mod tests;
