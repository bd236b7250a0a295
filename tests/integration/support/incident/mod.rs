//! Incidents, made from a seed: a key leaks, somebody uses it, and CloudTrail writes it all down among
//! the normal work of several accounts. What was truly done is known.

#![allow(
    clippy::too_many_lines,
    reason = "lists of calls, in the order in which they are made"
)]

mod doors;
pub(crate) mod files;
pub(crate) mod menu;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::seed::Seed;
use menu::Call;

/// When the key came into git: 2026-03-10T12:00:00Z.
pub(crate) const LEAKED: i64 = 1_773_144_000;

/// What was truly done.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    /// Kind and id of everything that the key became.
    pub(crate) identities: BTreeSet<(String, String)>,
    /// Kind, id, account and region of what stands.
    pub(crate) standing: BTreeSet<[String; 4]>,
    /// The same of what was there before and was changed.
    pub(crate) changed: BTreeSet<[String; 4]>,
    /// The same of what was made and removed.
    pub(crate) gone: BTreeSet<[String; 4]>,
    /// `eventID` of every call of the identities.
    pub(crate) events: BTreeSet<String>,
}

/// Somebody who calls.
#[derive(Clone)]
pub(crate) struct Caller {
    who: Value,
    account: String,
    address: String,
    agent: String,
    console: bool,
}

/// An incident.
pub(crate) struct Incident {
    pub(crate) seed: Seed,
    pub(crate) key: String,
    pub(crate) records: Vec<Value>,
    pub(crate) truth: Truth,
    pub(crate) accounts: [String; 3],
    time: i64,
    serial: u64,
    /// Who the attacker can act as.
    attackers: Vec<Caller>,
    owner: Caller,
    leaked: Caller,
}

pub(crate) const REGIONS: [&str; 5] = [
    "us-east-1",
    "eu-west-1",
    "ap-southeast-2",
    "us-west-2",
    "sa-east-1",
];

/// Three accounts: the victim's two, and the attacker's own.
fn accounts(seed: &mut Seed) -> [String; 3] {
    [0; 3].map(|_| format!("{}", 100_000_000_000 + seed.next() % 899_999_999_999))
}

pub(crate) fn user(account: &str, name: &str, key: &str) -> Value {
    json!({"type": "IAMUser", "principalId": "AIDAJQABLZS4A3QDU576Q", "accountId": account,
        "arn": format!("arn:aws:iam::{account}:user/{name}"), "accessKeyId": key, "userName": name})
}

fn session(account: &str, role: &str, name: &str, key: &str) -> Value {
    json!({"type": "AssumedRole", "principalId": format!("AROAEXAMPLEROLE00001X:{name}"), "accountId": account,
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"), "accessKeyId": key,
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": format!("arn:aws:iam::{account}:role/{role}"),
            "accountId": account, "userName": role}, "attributes": {"mfaAuthenticated": "false"}}})
}

impl Incident {
    pub(crate) fn new(number: u64) -> Incident {
        let mut seed = Seed::new(number);
        let accounts = accounts(&mut seed);
        let key = seed.key_id("AKIA");
        let caller = |who: Value, address: &str, agent: &str| Caller {
            who,
            account: accounts[0].clone(),
            address: address.to_owned(),
            agent: agent.to_owned(),
            console: false,
        };
        let leaked = caller(
            user(&accounts[0], "deploy", &key),
            "198.51.100.7",
            "aws-sdk-java/2.20 Linux/5.10",
        );
        let owner_key = seed.key_id("AKIA");
        let owner = caller(
            user(&accounts[0], "admin", &owner_key),
            "192.0.2.10",
            "aws-cli/2.15.0 Python/3.11",
        );
        let evil = Caller {
            address: "203.0.113.66".to_owned(),
            agent: "Boto3/1.34 \u{1b}[2J\n::error::x $(id) Botocore/1.34".to_owned(),
            ..leaked.clone()
        };
        let mut incident = Incident {
            seed,
            key,
            records: Vec::new(),
            truth: Truth::default(),
            accounts,
            time: LEAKED - 20 * 86_400,
            serial: 0,
            attackers: vec![evil],
            owner,
            leaked,
        };
        incident.normal_work(60);
        incident.time = LEAKED + 600;
        for _ in 0..40 {
            incident.attack();
            incident.normal_work(3);
        }
        incident
    }

    /// A name that no other has.
    fn name(&mut self, prefix: &str) -> String {
        self.serial += 1;
        format!(
            "{prefix}{:05x}{:03}",
            self.seed.next() & 0xf_ffff,
            self.serial
        )
    }

    fn region(&mut self) -> &'static str {
        let at = self.seed.below(REGIONS.len());
        REGIONS[at]
    }

    /// Writes a call down, some seconds after the last; returns its `eventID`.
    fn call(&mut self, caller: &Caller, region: &str, call: &Call, error: Option<&str>) -> String {
        self.time += 1 + self.seed.below(40) as i64;
        self.call_at(self.time, caller, region, call, error)
    }

    fn call_at(
        &mut self,
        time: i64,
        caller: &Caller,
        region: &str,
        call: &Call,
        error: Option<&str>,
    ) -> String {
        let id = format!(
            "{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}",
            self.seed.next() as u32,
            self.seed.next() as u16,
            self.seed.next() & 0xfff,
            self.seed.next() & 0xfff,
            self.seed.next() & 0xffff_ffff_ffff
        );
        let looks = ["Get", "List", "Describe", "Assume"]
            .iter()
            .any(|verb| call.name.starts_with(verb));
        let mut record = json!({
            "eventVersion": "1.11", "userIdentity": caller.who,
            "eventTime": keysweep::model::rfc3339(time).unwrap(),
            "eventSource": format!("{}.amazonaws.com", call.source), "eventName": call.name,
            "awsRegion": region, "sourceIPAddress": caller.address, "userAgent": caller.agent,
            "requestParameters": call.request, "responseElements": call.response,
            "requestID": "r", "eventID": id, "readOnly": looks, "eventType": "AwsApiCall",
            "managementEvent": true, "recipientAccountId": caller.account, "eventCategory": "Management",
        });
        if caller.console {
            record["sessionCredentialFromConsole"] = json!("true");
        }
        if let Some(error) = error {
            record["errorCode"] = json!(error);
            record["errorMessage"] = json!("User: \"x\" is not authorized");
            record["responseElements"] = Value::Null;
        }
        self.records.push(record);
        id
    }

    /// A call of the attacker.
    fn evil(&mut self, caller: &Caller, region: &str, call: &Call, error: Option<&str>) -> String {
        let id = self.call(caller, region, call, error);
        self.truth.events.insert(id.clone());
        id
    }

    /// What people and services do all day: the key's own work before the leak, and others'.
    fn normal_work(&mut self, calls: usize) {
        for _ in 0..calls {
            let region = self.region();
            let what = self.seed.below(6);
            let call = |source, name, request, response| Call {
                source,
                name,
                request,
                response,
            };
            if what == 0 {
                let tag = self.name("n");
                let account = self.accounts[0].clone();
                let number = self.seed.below(menu::KINDS);
                let thing = menu::thing(number, &tag, &account, region);
                let owner = self.owner.clone();
                self.call(&owner, region, &thing.made, None);
                if let Some(gone) = thing.gone.filter(|_| self.seed.chance(50)) {
                    self.call(&owner, region, &gone, None);
                }
            } else if what == 1 {
                // A service assumes a role, with nobody's key.
                let key = self.seed.key_id("ASIA");
                let service = Caller {
                    who: json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}),
                    ..self.owner.clone()
                };
                let role = format!("arn:aws:iam::{}:role/web", self.accounts[0]);
                let assume = call(
                    "sts",
                    "AssumeRole",
                    json!({"roleArn": role}),
                    json!({"credentials": {"accessKeyId": key}}),
                );
                self.call(&service, region, &assume, None);
                let web = Caller {
                    who: session(&self.accounts[0], "web", "i-0aaaaaaaaaaaaaaaa", &key),
                    ..self.owner.clone()
                };
                self.call(
                    &web,
                    region,
                    &call("s3", "ListBuckets", Value::Null, Value::Null),
                    None,
                );
            } else if what == 2 {
                // The owner makes a session and users as well.
                let key = self.seed.key_id("ASIA");
                let owner = self.owner.clone();
                let role = format!("arn:aws:iam::{}:role/ops", self.accounts[0]);
                let assume = call(
                    "sts",
                    "AssumeRole",
                    json!({"roleArn": role, "roleSessionName": "o"}),
                    json!({"credentials": {"accessKeyId": key}}),
                );
                self.call(&owner, region, &assume, None);
                let ops = Caller {
                    who: session(&self.accounts[0], "ops", "o", &key),
                    ..owner
                };
                let name = self.name("colleague-");
                self.call(
                    &ops,
                    "us-east-1",
                    &call(
                        "iam",
                        "CreateUser",
                        json!({"userName": name}),
                        json!({"user": {"userName": name}}),
                    ),
                    None,
                );
            } else {
                let caller = if self.time < LEAKED && self.seed.chance(60) {
                    self.leaked.clone()
                } else {
                    self.owner.clone()
                };
                let is_key = caller.who["accessKeyId"] == json!(self.key);
                let id = self.call(
                    &caller,
                    "us-east-1",
                    &call(
                        "s3",
                        "GetBucketLocation",
                        json!({"bucketName": "deploys"}),
                        Value::Null,
                    ),
                    None,
                );
                if is_key {
                    self.truth.events.insert(id);
                }
            }
        }
    }

    fn place(
        &self,
        kind: &str,
        id: &str,
        caller: &Caller,
        region: &str,
        is_global: bool,
    ) -> [String; 4] {
        let _ = self;
        let region = if is_global { "" } else { region };
        [kind, id, &caller.account, region].map(str::to_owned)
    }

    /// One step of the attacker.
    fn attack(&mut self) {
        let at = self.seed.below(self.attackers.len());
        let caller = self.attackers[at].clone();
        let region = self.region();
        match self.seed.below(14) {
            0 => self.assume(&caller, region),
            1 => self.federate(&caller, region),
            2 => self.new_user(&caller),
            3 => self.run_instances(&caller, region),
            4 => self.function(&caller, region),
            5 => self.open_role(&caller),
            6 => self.service_credential(&caller),
            7 => self.denied(&caller, region),
            8 => self.look_around(&caller, region),
            9 => self.change(&caller, region),
            _ => self.make(&caller, region),
        }
    }

    fn join(&mut self, kind: &str, id: &str, who: Value, account: &str, console: bool) {
        self.truth
            .identities
            .insert((kind.to_owned(), id.to_owned()));
        self.attackers.push(Caller {
            who,
            account: account.to_owned(),
            console,
            ..self.attackers[0].clone()
        });
    }

    fn assume(&mut self, caller: &Caller, region: &str) {
        let target = self.accounts[self.seed.below(2)].clone();
        let key = self.seed.key_id("ASIA");
        let name = self.name("s");
        let request = json!({"roleArn": format!("arn:aws:iam::{target}:role/path/ops"), "roleSessionName": name});
        let response = json!({"credentials": {"accessKeyId": key, "expiration": "Mar 11, 2026 1:00:00 AM",
            "sessionToken": "t"}, "assumedRoleUser": {"arn": format!("arn:aws:sts::{target}:assumed-role/ops/{name}")}});
        let call = Call {
            source: "sts",
            name: "AssumeRole",
            request,
            response,
        };
        let id = self.evil(caller, region, &call, None);
        if target != caller.account {
            // The other account has a record of its own, which names no key of the caller.
            let other = Caller {
                who: json!({"type": "AWSAccount", "principalId": "AIDAJQABLZS4A3QDU576Q", "accountId": caller.account}),
                account: target.clone(),
                ..caller.clone()
            };
            self.call_at(self.time, &other, region, &call, None);
        }
        let _ = id;
        let who = session(&target, "ops", &name, &key);
        self.join("session", &key, who, &target, false);
        if self.seed.chance(30) {
            // Another clock: the first use seems to come before its making.
            let early = self.attackers[self.attackers.len() - 1].clone();
            let call = Call {
                source: "sts",
                name: "GetCallerIdentity",
                request: Value::Null,
                response: Value::Null,
            };
            let id = self.call_at(self.time - 2, &early, region, &call, None);
            self.truth.events.insert(id);
        }
    }

    fn federate(&mut self, caller: &Caller, region: &str) {
        let key = self.seed.key_id("ASIA");
        let account = caller.account.clone();
        let call = Call {
            source: "sts",
            name: "GetFederationToken",
            request: json!({"name": "fed"}),
            response: json!({"credentials": {"accessKeyId": key, "sessionToken": "t"},
                "federatedUser": {"arn": format!("arn:aws:sts::{account}:federated-user/fed")}}),
        };
        self.evil(caller, region, &call, None);
        let who = json!({"type": "FederatedUser", "accountId": account, "accessKeyId": key,
            "arn": format!("arn:aws:sts::{account}:federated-user/fed")});
        self.join("session", &key, who, &account, false);
    }

    fn new_user(&mut self, caller: &Caller) {
        let name = self.name("backup-");
        let account = caller.account.clone();
        let iam = |name, request, response| Call {
            source: "iam",
            name,
            request,
            response,
        };
        let arn = format!("arn:aws:iam::{account}:user/{name}");
        self.evil(
            caller,
            "us-east-1",
            &iam(
                "CreateUser",
                json!({"userName": name}),
                json!({"user": {"userName": name, "arn": arn}}),
            ),
            None,
        );
        self.truth
            .identities
            .insert(("user".to_owned(), name.clone()));
        let user_place = self.place("iam-user", &name, caller, "", true);
        let key = self.seed.key_id("AKIA");
        self.evil(
            caller,
            "us-east-1",
            &iam(
                "CreateAccessKey",
                json!({"userName": name}),
                json!({"accessKey": {"userName": name, "accessKeyId": key, "status": "Active"}}),
            ),
            None,
        );
        self.join(
            "access-key",
            &key,
            user(&account, &name, &key),
            &account,
            false,
        );
        let key_place = self.place("iam-access-key", &key, caller, "", true);
        let mut places = vec![user_place, key_place];
        if self.seed.chance(50) {
            self.evil(
                caller,
                "us-east-1",
                &iam(
                    "CreateLoginProfile",
                    json!({"userName": name}),
                    json!({"loginProfile": {"userName": name}}),
                ),
                None,
            );
            places.push(self.place("iam-login-profile", &name, caller, "", true));
            let mut who = user(&account, &name, "");
            who.as_object_mut().unwrap().remove("accessKeyId");
            self.truth
                .identities
                .insert(("console-user".to_owned(), name.clone()));
            let console = Caller {
                who,
                console: true,
                ..caller.clone()
            };
            let login = Call {
                source: "signin",
                name: "ConsoleLogin",
                request: Value::Null,
                response: json!({"ConsoleLogin": "Success"}),
            };
            self.evil(&console, "us-east-1", &login, None);
            let session_key = self.seed.key_id("ASIA");
            self.attackers.push(Caller {
                who: user(&account, &name, &session_key),
                ..console
            });
        }
        if self.seed.chance(35) {
            // The owner removes the user; in the console that takes all else with it.
            let owner = Caller {
                account: account.clone(),
                ..self.owner.clone()
            };
            self.call(
                &owner,
                "us-east-1",
                &iam("DeleteUser", json!({"userName": name}), Value::Null),
                None,
            );
            self.attackers
                .retain(|caller| caller.who["userName"] != json!(name));
            self.truth.gone.extend(places);
        } else {
            self.truth.standing.extend(places);
        }
    }

    fn run_instances(&mut self, caller: &Caller, region: &str) {
        let ids: Vec<String> = (0..=self.seed.below(3)).map(|_| self.name("i-0")).collect();
        let items: Vec<Value> = ids.iter().map(|id| json!({"instanceId": id})).collect();
        let with_profile = self.seed.chance(50);
        let mut request = json!({"instancesSet": {"items": [{"imageId": "ami-1", "minCount": 1}]}});
        if with_profile {
            request["iamInstanceProfile"] = json!({"name": "admin-profile"});
        }
        let ec2 = |name, request, response| Call {
            source: "ec2",
            name,
            request,
            response,
        };
        self.evil(
            caller,
            region,
            &ec2(
                "RunInstances",
                request,
                json!({"instancesSet": {"items": items}}),
            ),
            None,
        );
        for id in &ids {
            let place = self.place("ec2-instance", id, caller, region, false);
            if with_profile {
                self.truth
                    .identities
                    .insert(("instance".to_owned(), id.clone()));
                let key = self.seed.key_id("ASIA");
                let acts = Caller {
                    who: session(&caller.account, "admin", id, &key),
                    ..caller.clone()
                };
                let call = Call {
                    source: "sts",
                    name: "GetCallerIdentity",
                    request: Value::Null,
                    response: Value::Null,
                };
                self.evil(&acts, region, &call, None);
            }
            if self.seed.chance(40) {
                let terminate = ec2(
                    "TerminateInstances",
                    json!({"instancesSet": {"items": [{"instanceId": id}]}}),
                    Value::Null,
                );
                let by_owner = Caller {
                    account: caller.account.clone(),
                    ..self.owner.clone()
                };
                if self.seed.chance(50) {
                    self.call(&by_owner, region, &terminate, None);
                } else {
                    self.evil(caller, region, &terminate, None);
                }
                self.truth.gone.insert(place);
            } else {
                // Somebody tried, in vain.
                if self.seed.chance(30) {
                    let terminate = ec2(
                        "TerminateInstances",
                        json!({"instancesSet": {"items": [{"instanceId": id}]}}),
                        Value::Null,
                    );
                    let owner = self.owner.clone();
                    self.call(
                        &owner,
                        region,
                        &terminate,
                        Some("Client.OperationNotPermitted"),
                    );
                }
                self.truth.standing.insert(place);
            }
        }
    }

    fn function(&mut self, caller: &Caller, region: &str) {
        let name = self.name("fn-");
        let account = caller.account.clone();
        let call = Call {
            source: "lambda",
            name: "CreateFunction20150331",
            request: json!({"functionName": name, "role": format!("arn:aws:iam::{account}:role/service-role/admin")}),
            response: json!({"functionArn": format!("arn:aws:lambda:{region}:{account}:function:{name}")}),
        };
        self.evil(caller, region, &call, None);
        let key = self.seed.key_id("ASIA");
        let who = session(&account, "admin", &name, &key);
        self.join("function", &name, who, &account, false);
        let place = self.place("lambda-function", &name, caller, region, false);
        self.truth.standing.insert(place);
    }

    /// A role that the attacker's own account may assume.
    fn open_role(&mut self, caller: &Caller) {
        let account = caller.account.clone();
        let is_new = self.seed.chance(60);
        let name = self.name(if is_new { "support-" } else { "old-role-" });
        let call = if is_new {
            Call {
                source: "iam",
                name: "CreateRole",
                request: json!({"roleName": name, "assumeRolePolicyDocument": "{}"}),
                response: json!({"role": {"arn": format!("arn:aws:iam::{account}:role/{name}")}}),
            }
        } else {
            Call {
                source: "iam",
                name: "UpdateAssumeRolePolicy",
                request: json!({"roleName": name, "policyDocument": "{}"}),
                response: Value::Null,
            }
        };
        self.evil(caller, "us-east-1", &call, None);
        if is_new {
            let place = self.place("iam-role", &name, caller, "", true);
            self.truth.standing.insert(place);
        } else {
            let place = self.place("iam-role-trust", &name, caller, "", true);
            self.truth.changed.insert(place);
            // The role's own account goes on using it, which is nothing new.
            let key = self.seed.key_id("ASIA");
            let assume = Call {
                source: "sts",
                name: "AssumeRole",
                request: json!({"roleArn": format!("arn:aws:iam::{account}:role/{name}")}),
                response: json!({"credentials": {"accessKeyId": key}}),
            };
            let mut owner = self.owner.clone();
            owner.account.clone_from(&account);
            owner.who["accountId"] = json!(account);
            self.call(&owner, "us-east-1", &assume, None);
        }
        self.truth
            .identities
            .insert(("role".to_owned(), name.clone()));
        let outside = Caller {
            who: json!({"type": "AWSAccount", "principalId": "AIDAEVIL", "accountId": self.accounts[2]}),
            ..caller.clone()
        };
        let key = self.seed.key_id("ASIA");
        let assume = Call {
            source: "sts",
            name: "AssumeRole",
            request: json!({"roleArn": format!("arn:aws:iam::{account}:role/{name}"), "roleSessionName": "e"}),
            response: json!({"credentials": {"accessKeyId": key},
                "assumedRoleUser": {"arn": format!("arn:aws:sts::{account}:assumed-role/{name}/e")}}),
        };
        self.evil(&outside, "us-east-1", &assume, None);
        let who = session(&account, &name, "e", &key);
        self.join("session", &key, who, &account, false);
    }

    fn service_credential(&mut self, caller: &Caller) {
        let account = caller.account.clone();
        let (user_name, id) = (self.name("BedrockAPIKey-"), self.name("ACCA"));
        let call = Call {
            source: "iam",
            name: "CreateServiceSpecificCredential",
            request: json!({"userName": user_name, "serviceName": "bedrock.amazonaws.com"}),
            response: json!({"serviceSpecificCredential": {"userName": user_name,
                "serviceName": "bedrock.amazonaws.com", "serviceSpecificCredentialId": id}}),
        };
        self.evil(caller, "us-east-1", &call, None);
        let place = self.place("iam-service-credential", &id, caller, "", true);
        self.truth.standing.insert(place);
        let mut who = user(&account, &user_name, "");
        who.as_object_mut().unwrap().remove("accessKeyId");
        who["credentialId"] = json!(id);
        self.truth
            .identities
            .insert(("service-credential".to_owned(), id));
        let bearer = Caller {
            who,
            ..caller.clone()
        };
        let invoke = Call {
            source: "bedrock",
            name: "InvokeModel",
            request: json!({"modelId": "anthropic.claude"}),
            response: Value::Null,
        };
        self.evil(&bearer, "us-west-2", &invoke, None);
    }

    fn denied(&mut self, caller: &Caller, region: &str) {
        let tag = self.name("x");
        let number = self.seed.below(menu::KINDS);
        let thing = menu::thing(number, &tag, &caller.account, region);
        let errors = [
            "AccessDenied",
            "Client.UnauthorizedOperation",
            "AccessDeniedException",
            "Client.DryRunOperation",
        ];
        let error = *self.seed.pick(&errors);
        self.evil(caller, region, &thing.made, Some(error));
    }

    fn look_around(&mut self, caller: &Caller, region: &str) {
        for (source, name, request) in [
            ("sts", "GetCallerIdentity", Value::Null),
            ("iam", "ListUsers", Value::Null),
            (
                "secretsmanager",
                "GetSecretValue",
                json!({"secretId": "prod/db\u{202e}"}),
            ),
        ] {
            let call = Call {
                source,
                name,
                request,
                response: Value::Null,
            };
            self.evil(caller, region, &call, None);
        }
    }

    fn change(&mut self, caller: &Caller, region: &str) {
        let name = self.name("existing-");
        let call = Call {
            source: "lambda",
            name: "UpdateFunctionCode20150331v2",
            request: json!({"functionName": name}),
            response: json!({"functionName": name}),
        };
        self.evil(caller, region, &call, None);
        let place = self.place("lambda-function", &name, caller, region, false);
        self.truth.changed.insert(place);
    }

    fn make(&mut self, caller: &Caller, region: &str) {
        let tag = self.name("m");
        let number = self.seed.below(menu::KINDS);
        self.make_kind(caller, region, number, &tag);
    }

    fn make_kind(&mut self, caller: &Caller, region: &str, number: usize, tag: &str) {
        let thing = menu::thing(number, tag, &caller.account, region);
        let region_of = if thing.is_global { "us-east-1" } else { region };
        self.evil(caller, region_of, &thing.made, None);
        if thing.kind == "iam-oidc-provider" {
            self.truth
                .identities
                .insert(("provider".to_owned(), thing.id.clone()));
        }
        let place = self.place(thing.kind, &thing.id, caller, region, thing.is_global);
        match thing.gone {
            Some(gone) if self.seed.chance(45) => {
                if self.seed.chance(50) {
                    let owner = Caller {
                        account: caller.account.clone(),
                        ..self.owner.clone()
                    };
                    self.call(&owner, region_of, &gone, None);
                } else {
                    self.evil(caller, region_of, &gone, None);
                }
                self.truth.gone.insert(place);
            }
            _ => {
                self.truth.standing.insert(place);
            }
        }
    }

    /// Every kind of thing once, by the key itself; every second one is removed.
    pub(crate) fn make_everything(&mut self) {
        for number in 0..menu::KINDS {
            let caller = self.attackers[0].clone();
            let tag = self.name("e");
            self.make_kind(&caller, "eu-west-1", number, &tag);
        }
    }
}
