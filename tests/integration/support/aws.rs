//! The AWS CLI, an emulator and shellcheck from PyPI, in a folder of their own below the build folder;
//! and an endpoint that records what it is asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Where the tools are.
pub(crate) fn tools() -> &'static Path {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(super::tools::folder)
}

/// Runs a script with bash; `path` comes before the system's own programs.
pub(crate) fn bash(script: &str, path: &Path, cwd: &Path, variables: &[(&str, &str)]) -> Output {
    let mut child = Command::new("bash")
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", path.display()))
        .env("HOME", cwd)
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("KEYSWEEP_PAUSE", "0")
        .envs(variables.iter().copied())
        .current_dir(cwd)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

/// Asserts that bash and shellcheck find nothing wrong with a script.
pub(crate) fn assert_sound(script: &str) {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("script.sh");
    std::fs::write(&file, script).unwrap();
    let check = |program: &Path, args: &[&str]| {
        let out = Command::new(program)
            .args(args)
            .arg(&file)
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{}{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    };
    check(Path::new("bash"), &["-n"]);
    // What a single-quoted word holds is not to be expanded: that is why it is quoted.
    check(&tools().join("shellcheck"), &["-x", "-e", "SC2016"]);
}

/// An emulator of AWS.
pub(crate) struct Moto {
    child: Child,
    pub(crate) endpoint: String,
}

impl Moto {
    pub(crate) fn start(bin: &Path) -> Moto {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new(bin.join("moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                begun.elapsed() < Duration::from_mins(2),
                "moto does not start"
            );
            std::thread::park_timeout(Duration::from_millis(50));
        }
        Moto {
            child,
            endpoint: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// One request: the operation, the region it was signed for, and the body.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) operation: String,
    pub(crate) region: String,
    pub(crate) body: Value,
}

/// An endpoint that answers as it is told, and remembers.
pub(crate) struct Recorder {
    pub(crate) endpoint: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Recorder {
    /// `answer` gives status, content type and body.
    pub(crate) fn start(
        answer: impl Fn(&Asked) -> (u16, &'static str, String) + Send + 'static,
    ) -> Recorder {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                serve(stream, &log, &answer);
            }
        });
        Recorder { endpoint, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    stream: TcpStream,
    log: &Mutex<Vec<Asked>>,
    answer: &dyn Fn(&Asked) -> (u16, &'static str, String),
) {
    let mut reader = BufReader::new(stream);
    let (mut length, mut target, mut region) = (0, String::new(), String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or(("", ""));
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap(),
            "x-amz-target" => value
                .rsplit('.')
                .next()
                .unwrap()
                .trim()
                .clone_into(&mut target),
            "authorization" => value
                .split('/')
                .nth(2)
                .unwrap_or("")
                .clone_into(&mut region),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let text = String::from_utf8_lossy(&body).into_owned();
    if target.is_empty() {
        let action = text
            .split('&')
            .find_map(|part| part.strip_prefix("Action="));
        action.unwrap_or("").clone_into(&mut target);
    }
    let asked = Asked {
        operation: target,
        region,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    };
    let (status, kind, reply) = answer(&asked);
    log.lock().unwrap().push(asked);
    let head = format!(
        "HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        reply.len()
    );
    let mut stream = reader.into_inner();
    // A client that has gone away shows in what it then lacks.
    stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(reply.as_bytes()))
        .ok();
}
