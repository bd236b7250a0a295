//! The few facts of a repository's configuration that decide how it is read.
//!
//! Nothing else of it is looked at: includes are not followed, and no value names a program
//! that could run.

use gix::bstr::ByteSlice;

use super::remotes::RemoteFacts;
use crate::model::HashKind;

/// What `config` (and `config.worktree`) say about storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfigFacts {
    /// `core.repositoryFormatVersion`; absent counts as 0.
    pub(crate) version: Option<i64>,
    /// `core.bare`, if it says so in a way that git understands.
    pub(crate) bare: Option<bool>,
    /// `core.worktree`, raw.
    pub(crate) work_dir: Option<Vec<u8>>,
    /// `extensions.objectFormat`.
    pub(crate) object_format: Option<String>,
    /// `extensions.refStorage`.
    pub(crate) ref_storage: Option<String>,
    /// `extensions.worktreeConfig`.
    pub(crate) worktree_config: bool,
    /// `extensions.partialClone`, or a remote with `promisor = true`.
    pub(crate) promisor: bool,
    /// Remotes, and where pushes go.
    pub(crate) remotes: RemoteFacts,
    /// Names below `extensions` that this reader does not know, lower case.
    pub(crate) unknown_extensions: Vec<String>,
}

/// The extensions that git 2.52 knows. Those that change how objects and refs are stored are
/// read above; the others change nothing for a reader.
/// See "extensions.*" in git-config(1).
const KNOWN_EXTENSIONS: [&str; 10] = [
    "noop",
    "noop-v1",
    "preciousobjects",
    "partialclone",
    "worktreeconfig",
    "objectformat",
    "compatobjectformat",
    "refstorage",
    "relativeworktrees",
    "submodulepathconfig",
];

impl ConfigFacts {
    /// Reads the text of a configuration file. An error says why git would not read it either.
    pub(crate) fn parse(text: &[u8]) -> Result<ConfigFacts, String> {
        let file = gix::config::File::from_bytes_no_includes(
            text,
            gix::config::file::Metadata::from(gix::config::Source::Local),
            gix::config::file::init::Options::default(),
        )
        .map_err(|error| first_line(&error.to_string()))?;
        let mut facts = ConfigFacts::default();
        for section in file.sections() {
            let header = section.header();
            let name = header.name().to_str_lossy().to_ascii_lowercase();
            let has_subsection = header.subsection_name().is_some();
            match (name.as_str(), has_subsection) {
                ("core", false) => facts.read_core(&section),
                ("extensions", false) => facts.read_extensions(&section),
                ("remote", true) => facts.read_remote(&section),
                ("remote", false) => facts.add_push_targets(&section, &["pushdefault"]),
                ("branch", true) => facts.add_push_targets(&section, &["remote", "pushremote"]),
                ("include" | "includeif", _) => facts.remotes.includes = true,
                _ => {}
            }
        }
        Ok(facts)
    }

    /// Lets what `config.worktree` says win.
    pub(crate) fn overlay(&mut self, worktree: ConfigFacts) {
        self.bare = worktree.bare.or(self.bare);
        if worktree.work_dir.is_some() {
            self.work_dir = worktree.work_dir;
        }
        self.remotes.extend(worktree.remotes);
    }

    /// How objects are named, or the value that is neither of git's two.
    pub(crate) fn hash(&self) -> Result<Option<HashKind>, &str> {
        match self.object_format.as_deref() {
            None => Ok(None),
            Some("sha1") => Ok(Some(HashKind::Sha1)),
            Some("sha256") => Ok(Some(HashKind::Sha256)),
            Some(other) => Err(other),
        }
    }

    /// True if refs are stored as reftable, or the value that is neither of git's two.
    pub(crate) fn reftable(&self) -> Result<Option<bool>, &str> {
        match self.ref_storage.as_deref() {
            None => Ok(None),
            Some("files") => Ok(Some(false)),
            Some("reftable") => Ok(Some(true)),
            Some(other) => Err(other),
        }
    }

    fn read_core(&mut self, section: &gix::config::file::SectionRef<'_>) {
        if let Some(value) = section.value("repositoryformatversion") {
            // What is no number is no version that this reader knows.
            let text = value.to_str_lossy();
            self.version = Some(text.trim().parse().unwrap_or(-1));
        }
        if section.contains_value_name("bare") {
            self.bare = Some(is_true(section, "bare"));
        }
        if let Some(value) = section.value("worktree") {
            self.work_dir = Some(value.to_vec());
        }
    }

    fn read_remote(&mut self, section: &gix::config::file::SectionRef<'_>) {
        self.promisor |= is_true(section, "promisor");
        let lines = section.values("fetch");
        let is_used = ["url", "pushurl", "fetch"]
            .into_iter()
            .any(|name| section.contains_value_name(name));
        if let (true, Some(name)) = (is_used, section.header().subsection_name()) {
            let name = name.to_str_lossy().into_owned();
            if let Some(url) = section.values("url").first() {
                let url = url.to_str_lossy().into_owned();
                self.remotes.urls.entry(name.clone()).or_insert(url);
            }
            let known = self.remotes.fetch.entry(name).or_default();
            known.extend(lines.iter().map(|line| line.to_str_lossy().into_owned()));
            let url = section.value("url");
            let host = url.as_deref().and_then(|url| host_of(&url.to_str_lossy()));
            if let (Some(host), Some(name)) = (host, section.header().subsection_name()) {
                let name = name.to_str_lossy().into_owned();
                self.remotes.hosts.insert(name, host);
            }
        }
    }

    fn add_push_targets(
        &mut self,
        section: &gix::config::file::SectionRef<'_>,
        names: &[&'static str],
    ) {
        let values = names.iter().flat_map(|name| section.values(name));
        let targets = values.map(|value| value.to_str_lossy().into_owned());
        self.remotes.push_targets.extend(targets);
    }

    fn read_extensions(&mut self, section: &gix::config::file::SectionRef<'_>) {
        let text = |name: &str| {
            section
                .value(name)
                .map(|value| value.to_str_lossy().into_owned())
        };
        self.object_format = text("objectformat").or(self.object_format.take());
        self.ref_storage = text("refstorage").or(self.ref_storage.take());
        self.worktree_config |= is_true(section, "worktreeconfig");
        self.promisor |= section.contains_value_name("partialclone");
        for name in section.value_names() {
            let name = name.to_ascii_lowercase();
            if !KNOWN_EXTENSIONS.contains(&name.as_str())
                && !self.unknown_extensions.contains(&name)
            {
                self.unknown_extensions.push(name);
            }
        }
    }
}

/// The host of a URL, without user and password; `codecommit` for that service's own scheme.
fn host_of(url: &str) -> Option<String> {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None if url.starts_with("codecommit:") => return Some("codecommit".to_owned()),
        None => ("ssh", url.split_once(':')?.0),
    };
    if scheme.starts_with("codecommit") {
        return Some("codecommit".to_owned());
    }
    let authority = rest.split('/').next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let fine = |b: u8| b.is_ascii_alphanumeric() || b".-".contains(&b);
    (!host.is_empty() && host.bytes().all(fine)).then(|| host.to_ascii_lowercase())
}

/// Git's truth: `true`, `yes`, `on`, a number other than 0, or a name without a value.
fn is_true(section: &gix::config::file::SectionRef<'_>, name: &str) -> bool {
    match section.value_implicit(name) {
        None => false,
        Some(None) => true,
        Some(Some(value)) => {
            let value = value.to_str_lossy().trim().to_ascii_lowercase();
            matches!(value.as_str(), "true" | "yes" | "on")
                || value.parse::<i64>().is_ok_and(|n| n != 0)
        }
    }
}

/// An error's first line, cut short: parsers like to quote what they choke on.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    // The text behind the first quote may be the file's own.
    let line = line.split(['\'', '"', '`']).next().unwrap_or_default();
    line.trim_end_matches([' ', ':', ',']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> ConfigFacts {
        ConfigFacts::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn reads_what_git_writes() {
        let facts = parse(
            "[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\
             \tobjectFormat = sha256\n\trefStorage = reftable\n",
        );
        assert_eq!(facts.version, Some(1));
        assert_eq!(facts.bare, Some(false));
        assert_eq!(facts.hash(), Ok(Some(HashKind::Sha256)));
        assert_eq!(facts.reftable(), Ok(Some(true)));
        assert!(facts.unknown_extensions.is_empty());
    }

    #[test]
    fn names_unknown_extensions_and_formats() {
        let facts = parse("[extensions]\nFuture = 1\nobjectformat = blake3\nrefstorage = db\n");
        assert_eq!(facts.unknown_extensions, ["future"]);
        assert_eq!(facts.hash(), Err("blake3"));
        assert_eq!(facts.reftable(), Err("db"));
    }

    #[test]
    fn a_promisor_is_a_remote_or_an_extension() {
        assert!(parse("[remote \"o\"]\npromisor\n").promisor);
        assert!(parse("[remote \"o\"]\npromisor = yes\n").promisor);
        assert!(!parse("[remote \"o\"]\npromisor = false\n").promisor);
        assert!(parse("[extensions]\npartialClone = o\n").promisor);
    }

    #[test]
    fn remotes_and_push_targets_are_read() {
        let facts = parse(
            "[remote \"a\"]\nurl = u\nfetch = +x:y\nfetch = z:w\n[remote \"b\"]\npushurl = v\n\
             [remote \"none\"]\npromisor = true\n[remote]\npushDefault = a\n\
             [branch \"m\"]\nremote = https://h.example/\nmerge = refs/heads/m\n",
        );
        let remotes = facts.remotes;
        let names: Vec<_> = remotes.fetch.iter().collect();
        assert_eq!(names.len(), 2);
        assert_eq!(remotes.fetch["a"], ["+x:y", "z:w"]);
        assert!(remotes.fetch["b"].is_empty());
        assert_eq!(remotes.push_targets, ["a", "https://h.example/"]);
        assert!(!remotes.includes);
        assert!(
            parse("[includeIf \"gitdir:x\"]\npath = y\n")
                .remotes
                .includes
        );
    }

    #[test]
    fn hosts_come_without_passwords() {
        let cases = [
            ("https://u:p@GitHub.com:443/a/b.git", Some("github.com")),
            ("git@gitlab.example.com:a/b", Some("gitlab.example.com")),
            ("ssh://git@bitbucket.org/a", Some("bitbucket.org")),
            ("codecommit::eu-west-1://name", Some("codecommit")),
            ("codecommit://name", Some("codecommit")),
            ("/srv/git/a.git", None),
            ("file:///srv/a.git", None),
            ("https://a$(x)/b", None),
        ];
        for (url, host) in cases {
            assert_eq!(host_of(url).as_deref(), host, "{url}");
        }
    }

    #[test]
    fn the_last_value_wins_over_sections() {
        let facts = parse("[core]\nbare = true\n[core]\nbare = false\n");
        assert_eq!(facts.bare, Some(false));
    }

    #[test]
    fn a_broken_file_is_an_error_that_quotes_nothing() {
        let error = ConfigFacts::parse(b"[core\nvery = private\n").unwrap_err();
        assert!(!error.contains("private"), "{error}");
        assert!(!error.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            ConfigFacts::parse(&bytes).ok();
        }
    }
}
