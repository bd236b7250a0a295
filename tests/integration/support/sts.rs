//! A stand-in for STS on loopback: checks signatures, and answers in AWS's own words.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::sigv4::Request;

/// How the stand-in treats a key.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// It works, and this is whose it is.
    Active(String),
    /// Inactive, which looks like deleted.
    Inactive,
    /// The session is over.
    Expired,
    /// An error of STS: status, code, message.
    Error(u16, &'static str, &'static str),
    /// So many times an error, then it works.
    Later(usize, u16, &'static str, String),
    /// Bytes that are no answer: status, more headers, body.
    Raw(u16, String, String),
    /// A body without an end.
    Endless,
    /// Headers, and then nothing.
    Silent,
    /// No answer at all.
    Gone,
}

/// A key that the stand-in knows.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) manner: Manner,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) user_agents: [String; 2],
    /// All headers and the body.
    pub(crate) raw: String,
    /// When, by the stand-in's clock.
    pub(crate) at: Duration,
}

/// What the threads share.
struct Shared {
    keys: Mutex<BTreeMap<String, Key>>,
    seen: Mutex<Vec<Seen>>,
    /// The ID and signature that came last for each ID: for the five-second quirk.
    last: Mutex<BTreeMap<String, (Duration, bool)>>,
    failures: Mutex<BTreeMap<String, usize>>,
    in_flight: Mutex<BTreeMap<String, usize>>,
    crowded: AtomicBool,
    connections: AtomicUsize,
    stop: AtomicBool,
    quirky: bool,
    now: Box<dyn Fn() -> Duration + Send + Sync>,
    tls: Option<Arc<rustls::ServerConfig>>,
}

/// The stand-in; it ends when it is dropped.
pub(crate) struct Sts {
    shared: Arc<Shared>,
    address: SocketAddr,
}

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const MISMATCH: &str = "The request signature we calculated does not match the signature you \
    provided. Check your AWS Secret Access Key and signing method. Consult the service \
    documentation for details.";
const INVALID: &str = "The security token included in the request is invalid.";

impl Sts {
    /// Knows no key yet.
    pub(crate) fn new() -> Sts {
        let start = std::time::Instant::now();
        Sts::start(false, Box::new(move || start.elapsed()), None)
    }

    /// Refuses a second secret of an ID within five seconds of this clock, as AWS was seen to do.
    pub(crate) fn quirky(now: impl Fn() -> Duration + Send + Sync + 'static) -> Sts {
        Sts::start(true, Box::new(now), None)
    }

    /// Speaks TLS with a certificate for this name; returns that certificate in PEM, too.
    pub(crate) fn with_tls(name: &str) -> (Sts, String) {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        let start = std::time::Instant::now();
        let now = Box::new(move || start.elapsed());
        (
            Sts::start(false, now, Some(Arc::new(config))),
            made.cert.pem(),
        )
    }

    fn start(
        quirky: bool,
        now: Box<dyn Fn() -> Duration + Send + Sync>,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> Sts {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            keys: Mutex::default(),
            seen: Mutex::default(),
            last: Mutex::default(),
            failures: Mutex::default(),
            in_flight: Mutex::default(),
            crowded: false.into(),
            connections: 0.into(),
            stop: false.into(),
            quirky,
            now,
            tls,
        });
        let own = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if own.stop.load(Ordering::Relaxed) {
                    break;
                }
                own.connections.fetch_add(1, Ordering::Relaxed);
                let (shared, stream) = (Arc::clone(&own), stream.unwrap());
                std::thread::spawn(move || shared.greet(stream));
            }
        });
        Sts { shared, address }
    }

    pub(crate) fn url(&self) -> String {
        let scheme = if self.shared.tls.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address)
    }

    pub(crate) fn know(&self, id: &str, secret: &str, token: Option<&str>, manner: Manner) {
        let key = Key {
            secret: secret.to_owned(),
            token: token.map(str::to_owned),
            manner,
        };
        self.shared.keys.lock().unwrap().insert(id.to_owned(), key);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The IDs that were asked about, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.id).collect()
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Whether two requests about one ID were ever under way at once.
    pub(crate) fn was_crowded(&self) -> bool {
        self.shared.crowded.load(Ordering::Relaxed)
    }
}

impl Drop for Sts {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn greet(&self, stream: TcpStream) {
        match &self.tls {
            None => self.serve(stream),
            Some(config) => {
                let session = rustls::ServerConnection::new(Arc::clone(config)).unwrap();
                self.serve(rustls::StreamOwned::new(session, stream));
            }
        }
    }

    /// Answers what comes over one connection until either side has enough.
    fn serve(&self, stream: impl Read + Write) {
        let mut stream = BufReader::new(stream);
        while let Some(request) = read(&mut stream) {
            let id = request.authorization().map_or("", |a| a.id).to_owned();
            {
                let mut in_flight = self.in_flight.lock().unwrap();
                let count = in_flight.entry(id.clone()).or_default();
                *count += 1;
                self.crowded.fetch_or(*count > 1, Ordering::Relaxed);
            }
            let manner = self.judge(&id, &request);
            *self.in_flight.lock().unwrap().get_mut(&id).unwrap() -= 1;
            if !self.answer(&id, manner, stream.get_mut()) {
                return;
            }
        }
    }

    /// What is to be answered.
    fn judge(&self, id: &str, request: &Request) -> Manner {
        let at = (self.now)();
        self.seen.lock().unwrap().push(Seen {
            id: id.to_owned(),
            user_agents: ["user-agent", "x-amz-user-agent"]
                .map(|name| request.header(name).to_owned()),
            raw: format!(
                "{} {} {:?} {}",
                request.method,
                request.path,
                request.headers,
                String::from_utf8_lossy(&request.body)
            ),
            at,
        });
        let sound = request.method == "POST"
            && request.path == "/"
            && request.body == b"Action=GetCallerIdentity&Version=2011-06-15";
        if !sound {
            return Manner::Error(400, "InvalidAction", "Could not find operation");
        }
        let known = self.keys.lock().unwrap().get(id).cloned();
        let Some(key) = known else {
            return Manner::Inactive;
        };
        let token = request.headers.get("x-amz-security-token");
        if matches!(key.manner, Manner::Inactive) || token != key.token.as_ref() {
            return Manner::Inactive;
        }
        let fits = request.is_signed_with(&key.secret);
        let before = self.last.lock().unwrap().insert(id.to_owned(), (at, fits));
        let hasty = before.is_some_and(|(then, fitted)| {
            fitted != fits && at.checked_sub(then).unwrap() < Duration::from_secs(5)
        });
        if !fits || (self.quirky && hasty) {
            return Manner::Error(403, "SignatureDoesNotMatch", MISMATCH);
        }
        key.manner
    }

    /// False if the connection is to end.
    fn answer(&self, id: &str, manner: Manner, out: &mut (impl Read + Write)) -> bool {
        match manner {
            Manner::Active(arn) => send(out, 200, "", &identity(&arn)),
            Manner::Inactive => send(out, 403, "", &error("InvalidClientTokenId", INVALID)),
            Manner::Expired => {
                let text = "The security token included in the request is expired";
                send(out, 403, "", &error("ExpiredToken", text))
            }
            Manner::Error(status, code, message) => send(out, status, "", &error(code, message)),
            Manner::Later(times, status, code, arn) => {
                let mut failures = self.failures.lock().unwrap();
                let failed = failures.entry(id.to_owned()).or_default();
                *failed += 1;
                if *failed <= times {
                    send(out, status, "", &error(code, "Rate exceeded"))
                } else {
                    send(out, 200, "", &identity(&arn))
                }
            }
            Manner::Raw(status, headers, body) => send(out, status, &headers, &body),
            Manner::Endless => {
                let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
                let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
                let mut going = out.write_all(head.as_bytes()).is_ok();
                while going && !self.stop.load(Ordering::Relaxed) {
                    going = out.write_all(chunk.as_bytes()).is_ok();
                }
                false
            }
            Manner::Silent => {
                let head = "HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n<Get";
                if out.write_all(head.as_bytes()).is_ok() && out.flush().is_ok() {
                    // Until the other side has had enough.
                    drop(out.read(&mut [0]));
                }
                false
            }
            Manner::Gone => false,
        }
    }
}

fn send(out: &mut impl Write, status: u16, headers: &str, body: &str) -> bool {
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    out.write_all(answer.as_bytes()).is_ok() && out.flush().is_ok()
}

fn identity(arn: &str) -> String {
    let account = arn.split(':').nth(4).unwrap_or("");
    format!(
        "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\">\n  <GetCallerIdentityResult>\n    \
         <Arn>{arn}</Arn>\n    <UserId>AIDAEXAMPLE</UserId>\n    <Account>{account}</Account>\n  \
         </GetCallerIdentityResult>\n  <ResponseMetadata>\n    \
         <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>\n  </ResponseMetadata>\n\
         </GetCallerIdentityResponse>\n"
    )
}

fn error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\">\n  <Error>\n    <Type>Sender</Type>\n    \
         <Code>{code}</Code>\n    <Message>{message}</Message>\n  </Error>\n  \
         <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>\n</ErrorResponse>\n"
    )
}

/// Reads one request; `None` at the end of the connection.
fn read(stream: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut words = line.split_whitespace();
    let mut request = Request {
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        ..Request::default()
    };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|n| *n > 0)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let name = name.trim().to_lowercase();
        request.headers.insert(name, value.trim().to_owned());
    }
    let length = request.header("content-length").parse().unwrap_or(0);
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).ok()?;
    Some(request)
}
