//! No secret of a key that is asked about gets out: not in arguments, environments, files, pipes,
//! logs or messages of any level, in no form that a careless program would give it.
#![cfg(feature = "verify")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keysweep::report::Format;

use crate::patterns::keys::Keys;
use crate::support::keysweep::{command, finish, home};
use crate::support::repo::Repo;
use crate::support::sts::{Manner, Sts};

/// Keys with every kind of answer, good and bad, and their secrets and tokens.
struct Scene {
    repo: Repo,
    sts: Sts,
    secrets: Vec<String>,
}

impl Scene {
    fn new() -> Scene {
        let mut keys = Keys::new(61);
        let (repo, sts, mut secrets) = (Repo::new(), Sts::new(), Vec::new());
        let manners = [
            Manner::Active("arn:aws:iam::123456789012:user/ann".to_owned()),
            Manner::Inactive,
            Manner::Expired,
            Manner::Raw(200, String::new(), "<html/>".to_owned()),
            Manner::Raw(
                302,
                "Location: http://127.0.0.1:1/\r\n".to_owned(),
                String::new(),
            ),
            Manner::Gone,
            Manner::Error(403, "AccessDenied", "no"),
        ];
        for (number, manner) in manners.into_iter().enumerate() {
            // A slash tells escapes apart.
            let (id, secret) = (keys.access_key_id(), keys.slashed_secret());
            let text = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n");
            repo.write(&format!("{number}.env"), text);
            sts.know(&id, &secret, None, manner);
            secrets.push(secret);
        }
        let (id, secret) = (keys.temporary_key_id(), keys.slashed_secret());
        let token = keys.session_token("eu-west-1");
        repo.write(
            "temporary.json",
            format!(
                "{{\"AccessKeyId\": \"{id}\", \"SecretAccessKey\": \"{}\", \"SessionToken\": \
                 \"{token}\"}}\n",
                secret.replace('/', "\\/")
            ),
        );
        sts.know(&id, &secret, Some(&token), Manner::Expired);
        secrets.extend([secret, token]);
        repo.commit("keys");
        Scene { repo, sts, secrets }
    }

    fn arguments(&self) -> Vec<String> {
        let url = self.sts.url();
        let path = self.repo.path().to_str().unwrap();
        let words = ["sweep", path, "--verify", "--sts-endpoint", &url];
        words.map(str::to_owned).to_vec()
    }

    #[track_caller]
    fn assert_silent(&self, what: &str, text: &[u8]) {
        for secret in &self.secrets {
            for (name, form) in forms(secret) {
                let has = text.windows(form.len()).any(|at| at == form.as_bytes());
                assert!(!has, "{what}: a secret, {name}");
            }
        }
    }
}

/// Pieces that give a secret away, whatever stands around it.
fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let bytes = secret.as_bytes();
    let escaped = |slash: &str, plus: &str| secret.replace('/', slash).replace('+', plus);
    let list = |numbers: Vec<String>, gap: &str| numbers.join(gap);
    let decimal: Vec<String> = bytes.iter().map(u8::to_string).collect();
    let mut forms = vec![
        ("raw", secret.to_owned()),
        ("backwards", secret.chars().rev().collect()),
        ("hexadecimal", data_encoding::HEXLOWER.encode(bytes)),
        ("upper hexadecimal", data_encoding::HEXUPPER.encode(bytes)),
        ("percent", escaped("%2F", "%2B")),
        ("lower percent", escaped("%2f", "%2b")),
        ("JSON", escaped("\\/", "+")),
        ("JSON with numbers", escaped("\\u002f", "\\u002b")),
        ("numbers", list(decimal.clone(), ", ")),
        ("numbers without blanks", list(decimal, ",")),
    ];
    for skip in 0..3 {
        let end = skip + (bytes.len() - skip) / 3 * 3;
        forms.push(("base64", data_encoding::BASE64.encode(&bytes[skip..end])));
        forms.push((
            "base64url",
            data_encoding::BASE64URL.encode(&bytes[skip..end]),
        ));
    }
    forms
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| files_below(folder)));
    files
}

#[test]
fn every_format_at_every_level() {
    let scene = Scene::new();
    for format in Format::ALL.map(Format::name) {
        let levels: &[&str] = if format == "human" {
            &["-q", "-v"]
        } else {
            &["-v"]
        };
        for level in levels {
            let home = home();
            let mut run = command(Path::new("/"), home.path());
            run.args(scene.arguments()).args(["-f", format, level]);
            // Whatever a library listens to.
            for (name, value) in [
                ("RUST_LOG", "trace"),
                ("RUST_BACKTRACE", "full"),
                ("RUST_LIB_BACKTRACE", "1"),
                ("SSLKEYLOGFILE", "/dev/stderr"),
            ] {
                run.env(name, value);
            }
            let output = finish(run);
            assert_eq!(output.status.code(), Some(1));
            scene.assert_silent(format, &output.stdout);
            scene.assert_silent(format, &output.stderr);
            for file in files_below(home.path()) {
                scene.assert_silent(&file.display().to_string(), &std::fs::read(&file).unwrap());
            }
        }
    }
    for seen in scene.sts.seen() {
        // The token is what AWS is given; a secret never is.
        let raw = seen.raw.replace(scene.secrets.last().unwrap(), "");
        scene.assert_silent("a request", raw.as_bytes());
    }
}

/// Looked at from outside all the time that it runs.
#[cfg(target_os = "linux")]
#[test]
fn arguments_and_environments() {
    let scene = Scene::new();
    let home = home();
    let mut run = command(Path::new("/"), home.path());
    run.args(scene.arguments())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = run.spawn().unwrap();
    let own = child.id().to_string();
    let mut looks = 0;
    while child.try_wait().unwrap().is_none() {
        for process in family(&own) {
            for name in ["cmdline", "environ", "comm"] {
                // It may be over by now, or not to be read.
                let text = std::fs::read(format!("/proc/{process}/{name}")).unwrap_or_default();
                looks += usize::from(!text.is_empty());
                scene.assert_silent(name, &text);
            }
        }
        std::thread::yield_now();
    }
    assert!(looks > 0);
}

/// A process and those that it started.
#[cfg(target_os = "linux")]
fn family(pid: &str) -> Vec<String> {
    let mut family = vec![pid.to_owned()];
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    for process in processes {
        let name = process.file_name().to_string_lossy().into_owned();
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // After the name, which may hold anything: state and parent.
        let parent = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.split_whitespace().nth(1));
        if parent == Some(pid) {
            family.push(name);
        }
    }
    family
}

/// Everything that the process hands to the kernel, where that may be written down.
#[test]
fn whatever_is_written_anywhere() {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&folders).map(|folder| folder.join("strace"));
    let Some(strace) = found.find(|path| path.is_file()) else {
        // The tests above say the same, less strictly.
        return;
    };
    let scene = Scene::new();
    let home = home();
    let log = home.path().join("calls");
    let traced = |program: &str, args: &[String]| {
        let mut strace = Command::new(&strace);
        strace
            .args(["-f", "-qq", "-s", "1000000", "-e"])
            .arg("trace=write,writev,pwrite64,sendto,sendmsg,execve")
            .arg("-o")
            .arg(&log)
            .arg(program)
            .args(args)
            .env_clear()
            .env("HOME", home.path())
            .current_dir("/");
        let done = finish(strace);
        (done.status.code(), std::fs::read(&log).unwrap_or_default())
    };
    if traced("/bin/true", &[]).0 != Some(0) {
        // A container may forbid it.
        return;
    }
    let (code, calls) = traced(env!("CARGO_BIN_EXE_keysweep"), &scene.arguments());
    assert_eq!(code, Some(1));
    let text = String::from_utf8_lossy(&calls);
    assert!(text.contains("GetCallerIdentity"), "requests are in it");
    let text = text.replace(scene.secrets.last().unwrap(), "");
    scene.assert_silent("a call to the kernel", text.as_bytes());
}
