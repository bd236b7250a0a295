//! Names of services, calls and things, however a record writes them.

/// Names where callers may give an ARN instead: a function, a trail, a cluster. Parts whose name
/// ends in `arn` are ARNs always.
pub(super) fn normal(part: &str, value: &str) -> String {
    if part.ends_with("arn") || !value.starts_with("arn:") {
        return value.to_owned();
    }
    let Some(resource) = value.splitn(6, ':').nth(5) else {
        return value.to_owned();
    };
    let name = match (resource.rsplit_once('/'), resource.split(':').nth(1)) {
        (Some((_, name)), _) | (None, Some(name)) => name,
        (None, None) => resource,
    };
    name.to_owned()
}

/// `iam` of `iam.amazonaws.com`.
pub(super) fn service(source: &[u8]) -> &[u8] {
    let end = memchr::memmem::find(source, b".amazonaws.com");
    &source[..end.unwrap_or(source.len())]
}

/// A call without the date of its version: `CreateFunction` of `CreateFunction20150331v2`.
pub(super) fn plain_name(name: &[u8]) -> &[u8] {
    let without_version = match name {
        [head @ .., b'v', digit] if digit.is_ascii_digit() => head,
        _ => name,
    };
    let dated = |c: &u8| c.is_ascii_digit() || *c == b'_';
    let tail = without_version
        .iter()
        .rev()
        .take_while(|c| dated(c))
        .count();
    if tail >= 8 {
        &without_version[..without_version.len() - tail]
    } else {
        name
    }
}
