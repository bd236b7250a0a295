//! URLs of remotes: which are taken, and what of them may be shown.

/// Why a URL is refused. It is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// git would take it for an option.
    #[error("the URL begins with a dash")]
    Dash,
    /// `ext::`, `fd::` and other helpers run programs that the URL names.
    #[error("the URL names a helper program (`NAME::…`)")]
    Helper,
    /// Nothing git clones from.
    #[error("the URL's scheme is none that git clones from here")]
    Scheme,
    /// Line breaks and the like.
    #[error("the URL holds a control character, or is empty")]
    Control,
}

impl UrlError {
    /// What the user does next.
    pub fn hint(&self) -> &'static str {
        "name an https://, ssh://, git:// or file:// URL, user@host:path, or the path of a repository"
    }
}

/// Schemes that git speaks by itself.
const SCHEMES: [&str; 8] = [
    "https", "http", "ssh", "git", "file", "git+ssh", "ssh+git", "ftps",
];

/// True for `scheme://…`, `helper::…` and scp-like `[user@]host:path`, whether or not it is taken.
pub fn is_url(text: &str) -> bool {
    if let Some((scheme, _)) = text.split_once("://") {
        return scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    }
    let Some((host, _)) = text.split_once(':') else {
        return false;
    };
    // One letter is a Windows drive; git takes a host only before the first slash.
    host.len() > 1 && !host.contains(['/', '\\'])
}

/// Refuses what would make git run something, or take it for an option.
///
/// # Errors
/// Why it is refused.
pub fn check(url: &str) -> Result<(), UrlError> {
    if url.is_empty() || url.chars().any(char::is_control) {
        return Err(UrlError::Control);
    }
    if url.starts_with('-') {
        return Err(UrlError::Dash);
    }
    // A helper's name stands before the first `::`; in an IPv6 address brackets or slashes come
    // first.
    if let Some((helper, _)) = url.split_once("::")
        && !helper.contains(['/', '[', '@'])
    {
        return Err(UrlError::Helper);
    }
    if let Some((scheme, rest)) = url.split_once("://") {
        if !SCHEMES.contains(&scheme) {
            return Err(UrlError::Scheme);
        }
        // CVE-2017-1000117: a host that ssh takes for an option.
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        if rest.starts_with('-') || host.starts_with('-') {
            return Err(UrlError::Dash);
        }
    } else if let Some((host, path)) = url.split_once(':') {
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        if host.starts_with('-') || path.starts_with('-') {
            return Err(UrlError::Dash);
        }
    }
    Ok(())
}

/// The user and password, or the token, of a URL.
fn credentials(url: &str) -> Option<(usize, usize)> {
    let start = url.find("://")? + 3;
    let authority = &url[start..];
    let end = authority.find(['/', '?', '#']).unwrap_or(authority.len());
    let at = authority[..end].rfind('@')?;
    Some((start, start + at))
}

/// A URL as it may be shown: user, password and query become `***`. The user of ssh stays.
pub fn masked(url: &str) -> String {
    let cut = url.find(['?', '#']).filter(|_| url.contains("://"));
    let (url, tail) = match cut {
        Some(at) => (&url[..at], "?***"),
        None => (url, ""),
    };
    match credentials(url) {
        Some((start, end)) => {
            let is_plain_ssh = url.starts_with("ssh://") && !url[start..end].contains(':');
            if is_plain_ssh {
                return format!("{url}{tail}");
            }
            format!("{}***{}{tail}", &url[..start], &url[end..])
        }
        None => format!("{url}{tail}"),
    }
}

/// A text in which nothing secret of the URL stands.
pub(super) fn without_secrets(text: &str, url: &str) -> String {
    let mut clean = text.replace(url, &masked(url));
    if let Some((start, end)) = credentials(url) {
        let parts = std::iter::once(&url[start..end]).chain(url[start..end].splitn(2, ':'));
        for part in parts.filter(|part| part.len() > 2 && *part != "git") {
            clean = clean.replace(part, "***");
        }
    }
    if let Some((_, query)) = url.split_once('?')
        && !query.is_empty()
    {
        clean = clean.replace(query, "***");
    }
    clean
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_urls_are_refused() {
        for (url, error) in [
            ("ext::sh -c touch% /tmp/x", UrlError::Helper),
            ("fd::17", UrlError::Helper),
            ("--upload-pack=touch x", UrlError::Dash),
            ("-u", UrlError::Dash),
            ("ssh://-oProxyCommand=x/y", UrlError::Dash),
            ("ssh://user@-oProxyCommand=x/y", UrlError::Dash),
            ("-oProxyCommand=x:y", UrlError::Dash),
            ("user@-oProxyCommand=x:y", UrlError::Dash),
            ("host:-path", UrlError::Dash),
            ("javascript://x", UrlError::Scheme),
            ("transport-helper://x", UrlError::Scheme),
            ("https://a/\nb", UrlError::Control),
            ("", UrlError::Control),
        ] {
            assert_eq!(check(url), Err(error), "{url}");
        }
        for url in [
            "https://user:x@example.com/a.git",
            "git@example.com:team/app.git",
            "ssh://[::1]/a",
            "file:///a/b::c",
            "/some/path",
            "../remote.git",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        for (url, shown) in [
            (
                "https://user:hunter2@example.com/a",
                "https://***@example.com/a",
            ),
            (
                "https://ghp_token@example.com/a",
                "https://***@example.com/a",
            ),
            (
                "https://u:p@ss@example.com/a@b",
                "https://***@example.com/a@b",
            ),
            (
                "https://example.com/a?token=x#y",
                "https://example.com/a?***",
            ),
            ("ssh://git@example.com/a", "ssh://git@example.com/a"),
            ("ssh://git:x@example.com/a", "ssh://***@example.com/a"),
            ("git@example.com:a", "git@example.com:a"),
            ("file:///a", "file:///a"),
        ] {
            assert_eq!(masked(url), shown);
        }
        let text = without_secrets(
            "no: hunter2 at https://u:hunter2@e/",
            "https://u:hunter2@e/",
        );
        assert_eq!(text, "no: *** at https://***@e/");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn passwords_never_show(password in "[a-z0-9@:%]{6,20}", rest in "[a-z/?#]{0,9}") {
            let url = format!("https://user:{password}@host/{rest}");
            prop_assert!(!masked(&url).contains(&password));
        }

        #[test]
        fn any_text_is_judged_without_panic(text in "\\PC{0,40}") {
            check(&text).ok();
            is_url(&text);
            masked(&text);
            without_secrets(&text, &text);
        }
    }
}
