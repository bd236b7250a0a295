//! Repositories made with the installed git, cut off from the machine's configuration.

use std::cell::Cell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::rc::Rc;

use tempfile::TempDir;

/// Files in which git names commits that it does not keep for them.
pub(crate) const PSEUDO_REFS: [&str; 7] = [
    "BISECT_HEAD",
    "CHERRY_PICK_HEAD",
    "FETCH_HEAD",
    "MERGE_HEAD",
    "ORIG_HEAD",
    "REBASE_HEAD",
    "REVERT_HEAD",
];

/// Seconds since 1970 at which every repository's clock starts.
const EPOCH: i64 = 1_700_000_000;

/// A repository in a temporary folder that lives as long as any of its clones.
pub(crate) struct Repo {
    root: Rc<TempDir>,
    path: PathBuf,
    clock: Cell<i64>,
}

impl Repo {
    /// An empty repository with a work tree and the branch `main`.
    pub(crate) fn new() -> Repo {
        Repo::with(&[])
    }

    /// The same with more arguments to `git init`.
    pub(crate) fn with(init: &[&str]) -> Repo {
        let root = Rc::new(TempDir::new().unwrap());
        let repo = Repo {
            path: root.path().join("repo"),
            root,
            clock: Cell::new(EPOCH),
        };
        std::fs::create_dir(&repo.path).unwrap();
        let mut args = vec!["init", "-q", "-b", "main"];
        args.extend(init);
        repo.git(&args);
        repo
    }

    /// A handle on another repository in the same temporary folder.
    pub(crate) fn beside(&self, name: &str) -> Repo {
        Repo {
            root: Rc::clone(&self.root),
            path: self.root.path().join(name),
            clock: Cell::new(self.clock.get()),
        }
    }

    /// A clone beside this repository, through the transport that a remote would use.
    pub(crate) fn clone_to(&self, name: &str, args: &[&str]) -> Repo {
        let url = format!("file://{}", self.path.display());
        let target = self.root.path().join(name);
        let mut all = vec!["clone", "-q"];
        all.extend(args);
        all.extend([url.as_str(), target.to_str().unwrap()]);
        self.git(&all);
        self.beside(name)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that holds the repository and its clones.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// The git directory, or a file in it.
    pub(crate) fn git_path(&self, name: &str) -> PathBuf {
        let dir = self.git(&["rev-parse", "--absolute-git-dir"]);
        Path::new(&dir).join(name)
    }

    /// git here, with this test's identity and time, and nothing of the machine's.
    pub(crate) fn command(&self) -> Command {
        let now = self.clock.get();
        let mut git = Command::new("git");
        git.env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.root.path())
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_AUTHOR_NAME", "A U Thor")
            .env("GIT_AUTHOR_EMAIL", "author@example.com")
            .env("GIT_AUTHOR_DATE", format!("{now} +0200"))
            .env("GIT_COMMITTER_NAME", "C O Mitter")
            .env("GIT_COMMITTER_EMAIL", "committer@example.com")
            .env("GIT_COMMITTER_DATE", format!("{now} +0000"))
            .current_dir(&self.path);
        let quiet = [
            "gc.auto=0",
            "maintenance.auto=false",
            "core.fsync=none",
            "advice.graftFileDeprecated=false",
            "protocol.file.allow=always",
        ];
        for setting in quiet {
            git.args(["-c", setting]);
        }
        git
    }

    /// Lets a minute pass.
    pub(crate) fn tick(&self) {
        self.clock.set(self.clock.get() + 60);
    }

    /// Runs git, with `input` on its standard input, and fails the test if git fails.
    pub(crate) fn feed(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let output = self.attempt(args, input);
        assert!(
            output.status.success(),
            "git {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    /// Runs git and returns whatever comes of it.
    pub(crate) fn attempt(&self, args: &[&str], input: &[u8]) -> Output {
        let mut child = self
            .command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git is installed");
        let mut stdin = child.stdin.take().unwrap();
        std::thread::scope(|scope| {
            // A git that does not read its input to the end is a failure that its status tells.
            scope.spawn(move || stdin.write_all(input).ok());
            child.wait_with_output().unwrap()
        })
    }

    /// Runs git and returns its output without the last line feed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let out = String::from_utf8(self.feed(args, b"")).unwrap();
        out.trim_end_matches('\n').to_owned()
    }

    /// The id that a revision names.
    pub(crate) fn id(&self, rev: &str) -> String {
        self.git(&["rev-parse", "--verify", rev])
    }

    /// Writes a file of the work tree, folders included.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Repo {
        let file = self.path.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
        self
    }

    /// Commits everything in the work tree and returns the commit's id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.commit_index(message)
    }

    /// Commits what is staged, nothing included, and returns the commit's id.
    pub(crate) fn commit_index(&self, message: &str) -> String {
        self.tick();
        self.git(&[
            "commit",
            "-q",
            "--allow-empty",
            "--cleanup=verbatim",
            "-m",
            message,
        ]);
        self.id("HEAD")
    }

    /// One file, one commit.
    pub(crate) fn commit_file(&self, path: &str, content: impl AsRef<[u8]>) -> String {
        self.write(path, content);
        self.commit(&format!("Write {path}"))
    }

    /// Writes an object of any kind, checked by git or not.
    pub(crate) fn object(&self, kind: &str, content: &[u8]) -> String {
        let args = ["hash-object", "-t", kind, "-w", "--stdin", "--literally"];
        String::from_utf8(self.feed(&args, content))
            .unwrap()
            .trim()
            .to_owned()
    }

    pub(crate) fn blob(&self, content: impl AsRef<[u8]>) -> String {
        self.object("blob", content.as_ref())
    }

    /// A tree with one entry.
    pub(crate) fn tree(&self, mode: &str, id: &str, name: &str) -> String {
        let kind = if mode == "40000" { "tree" } else { "blob" };
        let line = format!("{mode:0>6} {kind} {id}\t{name}\0");
        String::from_utf8(self.feed(&["mktree", "-z"], line.as_bytes()))
            .unwrap()
            .trim()
            .to_owned()
    }

    /// A commit of a tree that no ref names.
    pub(crate) fn commit_tree(&self, tree: &str, parents: &[&str], message: &str) -> String {
        self.tick();
        let mut args = vec!["commit-tree", tree, "-m", message];
        for parent in parents {
            args.extend(["-p", parent]);
        }
        self.git(&args)
    }

    /// The raw content of an object; replace refs and the multi-pack-index may lie.
    pub(crate) fn content(&self, id: &str) -> Vec<u8> {
        let cat = |kind: &str| {
            let mut git = self.command();
            git.env("GIT_NO_REPLACE_OBJECTS", "1");
            git.args(["-c", "core.multiPackIndex=false", "cat-file", kind, id]);
            let output = git.output().unwrap();
            assert!(output.status.success(), "no object {id}");
            output.stdout
        };
        let kind = String::from_utf8(cat("-t")).unwrap();
        cat(kind.trim())
    }

    /// The file of a loose object.
    pub(crate) fn loose(&self, id: &str) -> PathBuf {
        self.git_path("objects").join(&id[..2]).join(&id[2..])
    }

    /// All packs, sorted.
    pub(crate) fn packs(&self) -> Vec<PathBuf> {
        let dir = self.git_path("objects/pack");
        let mut packs: Vec<PathBuf> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "pack"))
            .collect();
        packs.sort();
        packs
    }

    /// Packs everything that is loose or packed into one pack, unreachable objects included.
    pub(crate) fn pack_all(&self) -> PathBuf {
        self.git(&["repack", "-q", "-adfk"]);
        let packs = self.packs();
        assert_eq!(packs.len(), 1, "one pack after repack");
        packs[0].clone()
    }

    /// Unpacks every pack into loose objects.
    pub(crate) fn unpack_all(&self) {
        for (n, pack) in self.packs().into_iter().enumerate() {
            let aside = self.root().join(format!("aside-{n}.pack"));
            std::fs::copy(&pack, &aside).unwrap();
            for ext in ["pack", "idx", "rev", "mtimes", "bitmap"] {
                std::fs::remove_file(pack.with_extension(ext)).ok();
            }
            let bytes = std::fs::read(&aside).unwrap();
            self.feed(&["unpack-objects", "-q"], &bytes);
            std::fs::remove_file(&aside).unwrap();
        }
    }
}

/// True if the tests run as root, whom no permission stops.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().metadata().unwrap().uid() == 0
}

/// Makes a file writable (git's packs and objects are not) and replaces its content.
pub(crate) fn overwrite(path: &Path, content: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, content).unwrap();
}

/// Changes the bytes of a file.
pub(crate) fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    overwrite(path, &bytes);
}
