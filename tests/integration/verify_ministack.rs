//! Against ministack, an emulator that somebody else wrote, with authentication on.
//!
//! It is installed from PyPI, below `target/`; where that cannot be done the test fails. What ministack cannot
//! do: its secrets are hexadecimal, which no scanner should take for secrets, so the keys are handed
//! to the verifier and not found in a repository; it knows no partitions and throttles nobody.
#![cfg(feature = "verify")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use keysweep::model::{
    Confidence, Control, Credential, CredentialKind, Details, Principal, Secret, Validity,
    ValidityState, VerifyPlan,
};
use keysweep::verification::Verifier;

use crate::support::clock::Fake;
use crate::support::sigv4::Request;
use crate::support::tools::installed;

const PACKAGE: &str = "ministack==1.5.33";
const TRUST: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A\
                     %22Allow%22%2C%22Principal%22%3A%7B%22AWS%22%3A%22%2A%22%7D%2C%22Action%22%3A\
                     %22sts%3AAssumeRole%22%7D%5D%7D";

/// ministack as a child process; it ends when this is dropped.
struct Ministack {
    child: Child,
    host: String,
}

impl Drop for Ministack {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Ministack {
    fn start() -> Ministack {
        let folder = installed("ministack", &[PACKAGE]);
        let program = folder.join("ministack");
        // Free now; whoever takes it meanwhile makes the start fail, and that is seen below.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new(program)
            .env("AUTH", "true")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let host = format!("127.0.0.1:{port}");
        let stack = Ministack { child, host };
        let patience = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(&stack.host).is_err() {
            assert!(Instant::now() < patience, "ministack does not start");
            std::thread::yield_now();
        }
        stack
    }

    /// Does something as root; the answer's XML.
    fn call(&self, service: &str, form: &str) -> String {
        let request = Request::signed(&self.host, service, form, "test", "test");
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let mut head = "POST / HTTP/1.1\r\n".to_owned();
        for (name, value) in &request.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!(
            "content-length: {}\r\nconnection: close\r\n\r\n{form}",
            form.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = BufReader::new(stream);
        let mut status = String::new();
        answer.read_line(&mut status).unwrap();
        let mut rest = String::new();
        answer.read_to_string(&mut rest).unwrap();
        assert!(status.contains(" 200"), "{form}: {status}{rest}");
        rest
    }

    fn iam(&self, form: &str) -> String {
        self.call("iam", &format!("{form}&Version=2010-05-08"))
    }

    /// A new user with a key.
    fn key_of(&self, user: &str) -> Credential {
        self.iam(&format!("Action=CreateUser&UserName={user}"));
        credential(&self.iam(&format!("Action=CreateAccessKey&UserName={user}")))
    }
}

/// The text in an element.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once('<')?.0.to_owned())
}

/// The key in an answer.
fn credential(xml: &str) -> Credential {
    let secret = |name| element(xml, name).map(|text| Secret::new(text.into_bytes()));
    let token = secret("SessionToken");
    Credential {
        kind: match token {
            Some(_) => CredentialKind::TemporaryKey,
            None => CredentialKind::AccessKey,
        },
        access_key_id: element(xml, "AccessKeyId"),
        secret: secret("SecretAccessKey"),
        token,
        rule: "aws-access-key-id",
        confidence: Confidence::High,
        hits: Vec::new(),
        candidates: Vec::new(),
        placeholder: None,
        accepted: None,
        details: Details::default(),
    }
}

#[test]
fn an_emulator_of_others_gives_the_same_verdicts() {
    let stack = Ministack::start();
    let real = stack.key_of("ann");
    let mut wrong = stack.key_of("bob");
    wrong.secret = Some(Secret::new(b"0123456789".repeat(4)));
    let inactive = stack.key_of("eve");
    let id = |key: &Credential| key.access_key_id.clone().unwrap();
    stack.iam(&format!(
        "Action=UpdateAccessKey&UserName=eve&Status=Inactive&AccessKeyId={}",
        id(&inactive)
    ));
    let deleted = stack.key_of("dan");
    stack.iam(&format!(
        "Action=DeleteAccessKey&UserName=dan&AccessKeyId={}",
        id(&deleted)
    ));
    stack.iam(&format!(
        "Action=CreateRole&RoleName=r&AssumeRolePolicyDocument={TRUST}"
    ));
    let role = credential(&stack.call(
        "sts",
        "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fr&RoleSessionName=s\
         &Version=2011-06-15",
    ));
    let mut strange = credential(&stack.call("sts", "Action=GetSessionToken&Version=2011-06-15"));
    strange.token.clone_from(&role.token);

    let plan = VerifyPlan {
        endpoint: Some(format!("http://{}", stack.host)),
        clock: Some(Arc::new(Fake::default())),
        ..VerifyPlan::default()
    };
    let mut credentials = vec![real, wrong, inactive, deleted, role, strange];
    let verifier = Verifier::new(&plan).unwrap();
    verifier.verify(&mut credentials, &Control::default(), |_| Vec::new());
    let verdicts: Vec<&Validity> = credentials.iter().map(|c| &c.details.validity).collect();
    use ValidityState::{Active, IdActive, NotValid};
    let states: Vec<ValidityState> = verdicts.iter().map(|validity| validity.state).collect();
    let expected = [Active, IdActive, NotValid, NotValid, Active, NotValid];
    assert_eq!(states, expected, "{verdicts:#?}");
    assert_eq!(
        verdicts[0].arn.as_deref(),
        Some("arn:aws:iam::000000000000:user/ann")
    );
    assert_eq!(verdicts[4].principal, Some(Principal::AssumedRole));
}
