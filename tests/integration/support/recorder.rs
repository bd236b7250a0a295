//! An endpoint that notes which operations of AWS it is asked for, and answers each with as little
//! as the AWS CLI takes. What arrives here has passed the CLI's own validation of parameters.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// See the module.
pub(crate) struct Recorder {
    port: u16,
    seen: Arc<Mutex<BTreeSet<String>>>,
}

impl Recorder {
    pub(crate) fn start() -> Recorder {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(BTreeSet::new()));
        let noted = Arc::clone(&seen);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let noted = Arc::clone(&noted);
                std::thread::spawn(move || serve(stream, &noted));
            }
        });
        Recorder { port, seen }
    }

    /// What the AWS CLI needs in its environment.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        environment(self.port)
    }

    /// Operations that were asked for, each once.
    pub(crate) fn seen(&self) -> BTreeSet<String> {
        self.seen.lock().unwrap().clone()
    }
}

/// The AWS CLI's environment for an endpoint on this port.
pub(crate) fn environment(port: u16) -> Vec<(String, String)> {
    let values = [
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
        ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ("AWS_MAX_ATTEMPTS", "1".to_owned()),
        ("AWS_PAGER", String::new()),
    ];
    values
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
}

/// One request on one connection. A client that goes away is none of our concern.
fn serve(stream: TcpStream, seen: &Mutex<BTreeSet<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let (mut length, mut target) = (0, None);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "x-amz-target" => target = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let action = body
        .split('&')
        .find_map(|field| field.strip_prefix("Action="));
    let operation = match (&target, action) {
        (Some(target), _) => target.rsplit('.').next()?.to_owned(),
        (None, Some(action)) => action.to_owned(),
        // REST: method and path.
        (None, None) => first.rsplit_once(' ')?.0.to_owned(),
    };
    let (kind, answer) = answer(&operation, action.is_some(), target.is_some());
    seen.lock().unwrap().insert(operation);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nETag: E1\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        answer.len()
    );
    let mut stream = stream;
    stream.write_all((head + &answer).as_bytes()).ok()
}

/// Key groups, each with the key that plans ask for.
fn cloud_front(operation: &str) -> &'static str {
    let path = operation.split(' ').next_back().unwrap_or_default();
    match path.rsplit('/').next() {
        Some("key-group") => {
            "<KeyGroupList><Items><KeyGroupSummary><KeyGroup><Id>group1</Id><KeyGroupConfig>\
             <Name>site</Name><Items><PublicKey>K2JCJMDEHXQW5F</PublicKey>\
             <PublicKey>APKAEIBAERJR2EXAMPLE</PublicKey><PublicKey>KOTHER</PublicKey></Items>\
             </KeyGroupConfig></KeyGroup></KeyGroupSummary></Items></KeyGroupList>"
        }
        Some("config") => {
            "<KeyGroupConfig><Name>site</Name><Items><PublicKey>K2JCJMDEHXQW5F</PublicKey>\
             <PublicKey>KOTHER</PublicKey></Items></KeyGroupConfig>"
        }
        Some("group1") => "<KeyGroup/>",
        _ => "<PublicKey/>",
    }
}

fn answer(operation: &str, query: bool, json: bool) -> (&'static str, String) {
    let result = match operation {
        "GetAccessKeyLastUsed" => "<UserName>deploy</UserName>",
        "GetAccessKeyInfo" | "GetCallerIdentity" => "<Account>123456789012</Account>",
        "GenerateCredentialReport" => "<State>COMPLETE</State>",
        "GetUser" => "<User><Arn>arn:aws:iam::123456789012:user/deploy</Arn></User>",
        "ListAccessKeys" => {
            "<AccessKeyMetadata><member><UserName>deploy</UserName><Status>Active</Status>\
             <AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId></member></AccessKeyMetadata>\
             <IsTruncated>false</IsTruncated>"
        }
        "AssumeRoot" => {
            "<Credentials><AccessKeyId>session</AccessKeyId><SecretAccessKey>testing\
             </SecretAccessKey><SessionToken>token</SessionToken></Credentials>"
        }
        "CreateServiceSpecificCredential" => {
            "<ServiceSpecificCredential><UserName>deploy</UserName><ServiceSpecificCredentialId>\
             ACCAEXAMPLEEXAMPLE789</ServiceSpecificCredentialId></ServiceSpecificCredential>"
        }
        "ListServiceSpecificCredentials" => {
            "<ServiceSpecificCredentials><member><UserName>deploy</UserName><Status>Active</Status>\
             <ServiceSpecificCredentialId>ACCAEXAMPLEEXAMPLE123</ServiceSpecificCredentialId>\
             </member><member><UserName>deploy</UserName><Status>Inactive</Status>\
             <ServiceUserName>deploy-at-123456789012</ServiceUserName>\
             <ServiceSpecificCredentialId>ACCAEXAMPLEEXAMPLE456</ServiceSpecificCredentialId>\
             </member></ServiceSpecificCredentials>"
        }
        "GetCredentialReport" => "<Content>dXNlcg==</Content>",
        "DescribeRegions" => {
            "<regionInfo><item><regionName>us-east-1</regionName></item></regionInfo>"
        }
        _ => "",
    };
    if query {
        // EC2 has no element for the result.
        let text = format!(
            "<{operation}Response><{operation}Result>{result}</{operation}Result>{result}\
             </{operation}Response>"
        );
        ("text/xml", text)
    } else if json || operation.contains("/apis/") {
        ("application/json", "{}".to_owned())
    } else {
        ("text/xml", cloud_front(operation).to_owned())
    }
}
