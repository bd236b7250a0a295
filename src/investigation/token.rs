//! Names by which records are chosen, as numbers: who called, and what a call was about.

use super::glance::{Glance, Who};

/// A name as a number. Two names may share one; what is kept is compared in full later.
pub(super) type Token = u64;

/// Mixes texts into a number. The tag keeps kinds of names apart.
pub(super) fn token(tag: u8, parts: &[&[u8]]) -> Token {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = u64::from(tag).wrapping_mul(K);
    for part in parts {
        let mut chunks = part.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            hash = mix(hash ^ u64::from_le_bytes(word));
        }
        let mut word = [0; 8];
        let rest = chunks.remainder();
        word[..rest.len()].copy_from_slice(rest);
        hash = mix(hash ^ u64::from_le_bytes(word));
        hash = mix(hash ^ part.len() as u64 ^ K);
    }
    hash
}

const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 32)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 29;
    x.wrapping_mul(0x94d0_49bb_1331_11eb)
}

/// An access key, long-term or temporary.
pub(super) fn key(id: &[u8]) -> Token {
    token(b'K', &[id])
}

/// A service-specific credential.
pub(super) fn credential(id: &[u8]) -> Token {
    token(b'C', &[id])
}

/// A user, whatever it calls with.
pub(super) fn user(account: &[u8], name: &[u8]) -> Token {
    token(b'U', &[account, name])
}

/// A user in the console.
pub(super) fn console_user(account: &[u8], name: &[u8]) -> Token {
    token(b'O', &[account, name])
}

/// A session in the console, by its ARN.
pub(super) fn console_session(arn: &[u8]) -> Token {
    token(b'N', &[arn])
}

/// A session of a role, by its ARN.
pub(super) fn session(arn: &[u8]) -> Token {
    token(b'S', &[arn])
}

/// A session whose name is an instance's.
pub(super) fn instance(id: &[u8]) -> Token {
    token(b'I', &[id])
}

/// Callers that a provider vouches for.
pub(super) fn provider(arn: &[u8]) -> Token {
    token(b'P', &[arn])
}

/// Whoever assumes a role. No two roles of an account share a name, whatever their paths.
pub(super) fn role(account: &[u8], name: &[u8]) -> Token {
    token(b'R', &[account, name])
}

/// Account and name in the ARN of a role.
pub(super) fn role_parts(arn: &[u8]) -> Option<(&[u8], &[u8])> {
    let account = arn.split(|byte| *byte == b':').nth(4)?;
    let slash = memchr::memrchr(b'/', arn)?;
    Some((account, &arn[slash + 1..]))
}

/// The name of a session in the ARN of an assumed role.
pub(super) fn session_name(arn: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(arn, b":assumed-role/")?;
    let rest = &arn[at + b":assumed-role/".len()..];
    let slash = memchr::memrchr(b'/', rest)?;
    Some(&rest[slash + 1..])
}

/// Every name by which the caller of a record may be known; at most 7.
pub(super) fn callers(seen: &Glance<'_>, take: &mut dyn FnMut(Token)) {
    let Who {
        kind,
        key: id,
        credential: bearer,
        arn,
        account,
        user: name,
        provider: idp,
    } = seen.who;
    if !id.is_empty() {
        take(key(id));
    }
    if !bearer.is_empty() {
        take(credential(bearer));
    }
    let in_console = seen.is_console || seen.name == b"ConsoleLogin";
    if kind == b"IAMUser" && !name.is_empty() {
        take(user(account, name));
        if in_console {
            take(console_user(account, name));
        }
    }
    if kind == b"AssumedRole" && !arn.is_empty() {
        take(session(arn));
        if let Some(name) = session_name(arn).filter(|name| name.starts_with(b"i-")) {
            take(instance(name));
        }
    }
    if in_console && !arn.is_empty() {
        take(console_session(arn));
    }
    if !idp.is_empty() {
        take(provider(idp));
    }
    if let Some((account, name)) = role_parts(seen.role) {
        take(role(account, name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(token(b'U', &[b"ab", b"c"]), token(b'U', &[b"a", b"bc"]));
        assert_ne!(token(b'U', &[b"ab"]), token(b'K', &[b"ab"]));
        assert_ne!(token(b'U', &[b"a\0"]), token(b'U', &[b"a"]));
        assert_ne!(
            token(b'U', &[b"12345678"]),
            token(b'U', &[b"12345678", b""])
        );
    }

    #[test]
    fn session_names_are_the_last_part() {
        let arn = b"arn:aws:sts::123456789012:assumed-role/role/i-0123";
        assert_eq!(session_name(arn), Some(&b"i-0123"[..]));
        assert_eq!(session_name(b"arn:aws:iam::1:user/x"), None);
        let role = b"arn:aws:iam::123456789012:role/a/path/name";
        assert_eq!(role_parts(role), Some((&b"123456789012"[..], &b"name"[..])));
    }
}
