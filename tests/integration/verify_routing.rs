//! Where keys are asked about: in the partition that something near them names, and nowhere else.
//! A proxy on loopback writes down who is to be reached, and lets nothing through.
#![cfg(feature = "verify")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::patterns::keys::Keys;
use crate::support::keysweep::sweep_json;
use crate::support::repo::Repo;

/// Hosts that somebody wanted to reach.
struct Proxy {
    url: String,
    wanted: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn new() -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let wanted = Arc::new(Mutex::new(Vec::new()));
        let own = Arc::clone(&wanted);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().and_then(Result::ok).unwrap_or_default();
                own.lock().unwrap().push(first);
                let end =
                    |line: &std::io::Result<String>| line.as_ref().is_ok_and(|l| !l.is_empty());
                lines.take_while(end).for_each(drop);
                stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").ok();
            }
        });
        Proxy { url, wanted }
    }

    /// Distinct hosts, sorted; everything but a tunnel to port 443 fails the test.
    fn hosts(&self) -> Vec<String> {
        let wanted = self.wanted.lock().unwrap();
        let host = |line: &String| {
            let rest = line
                .strip_prefix("CONNECT ")
                .unwrap_or_else(|| panic!("{line}"));
            rest.split_once(":443 ")
                .unwrap_or_else(|| panic!("{line}"))
                .0
                .to_owned()
        };
        let mut hosts: Vec<String> = wanted.iter().map(host).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

/// Sweeps a repository with one key in a file, and returns whom it wanted to ask.
#[track_caller]
fn asked(path: &str, text: impl Fn(&str, &str) -> String, flags: &[&str]) -> Vec<String> {
    let mut keys = Keys::new(51);
    let (id, secret) = (keys.access_key_id(), keys.secret());
    let proxy = Proxy::new();
    let repo = Repo::new();
    if flags.contains(&"--worktree") {
        repo.write(path, text(&id, &secret));
    } else {
        repo.commit_file(path, text(&id, &secret));
    }
    let args = [&["--verify", "--proxy", &proxy.url], flags].concat();
    let (_, report) = sweep_json(repo.path(), &args);
    let validity = &report.0["findings"][0]["validity"];
    assert_eq!(
        validity["state"], "unknown",
        "no answer is no verdict: {validity}"
    );
    proxy.hosts()
}

fn env_file(id: &str, secret: &str) -> String {
    format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n")
}

const COMMON: &str = "sts.us-east-1.amazonaws.com";
const CHINA: &str = "sts.cn-north-1.amazonaws.com.cn";
const GOV: &str = "sts.us-gov-west-1.amazonaws.com";

#[test]
fn a_key_without_a_hint_is_asked_about_in_the_common_partition_alone() {
    assert_eq!(asked("a.env", env_file, &[]), [COMMON]);
    let foreign = |id: &str, secret: &str| env_file(id, secret) + "region = mars-north-1\n";
    assert_eq!(asked("a.env", foreign, &[]), [COMMON]);
}

#[test]
fn what_stands_near_a_key_names_its_partition() {
    let with = |word: &'static str| {
        move |id: &str, secret: &str| format!("{}{word}\n", env_file(id, secret))
    };
    for (word, host) in [
        ("region = cn-northwest-1", CHINA),
        ("arn:aws-cn:s3:::bucket", CHINA),
        ("AWS_DEFAULT_REGION=us-gov-east-1", GOV),
        ("role_arn = arn:aws-us-gov:iam::123456789012:role/x", GOV),
        ("region = eu-west-1", COMMON),
        ("region = eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"),
        // A name from a file chooses from a list, and is never part of a host.
        ("region = cn-evil-1", CHINA),
    ] {
        assert_eq!(asked("a.env", with(word), &[]), [host], "{word}");
        assert_eq!(
            asked("a.env", with(word), &["--worktree"]),
            [host],
            "{word}, a file"
        );
    }
    assert_eq!(
        asked("deploy/us-gov-west-1/a.env", env_file, &[]),
        [GOV],
        "a path"
    );
    assert_eq!(
        asked("cn-north-1/a.env", env_file, &["--worktree"]),
        [CHINA]
    );
}

#[test]
fn a_range_is_asked_about_in_its_partition_too() {
    let mut keys = Keys::new(52);
    let text = env_file(&keys.access_key_id(), &keys.secret()) + "region = cn-north-1\n";
    let proxy = Proxy::new();
    let repo = Repo::new();
    repo.commit_file("readme", "x\n");
    repo.commit_file("a.env", text);
    let args = ["--verify", "--proxy", &proxy.url, "--range", "HEAD~1..HEAD"];
    sweep_json(repo.path(), &args);
    assert_eq!(proxy.hosts(), [CHINA]);
}

/// The token of a temporary key tells its region, whatever stands beside it.
#[test]
fn a_token_knows_best() {
    let mut keys = Keys::new(53);
    let token = keys.session_token("cn-north-1");
    let text = format!(
        "{}AWS_SESSION_TOKEN={token}\nregion = us-gov-west-1\n",
        env_file(&keys.temporary_key_id(), &keys.secret())
    );
    let proxy = Proxy::new();
    let repo = Repo::new();
    repo.commit_file("a.env", text);
    sweep_json(repo.path(), &["--verify", "--proxy", &proxy.url]);
    assert_eq!(proxy.hosts(), [CHINA]);
}

#[test]
fn what_the_user_says_comes_first() {
    let china = |id: &str, secret: &str| env_file(id, secret) + "region = cn-north-1\n";
    let region = ["--region", "eu-central-1"];
    assert_eq!(
        asked("a.env", china, &region),
        ["sts.eu-central-1.amazonaws.com"]
    );
    assert_eq!(asked("a.env", china, &["--partition", "aws-us-gov"]), [GOV]);
}
