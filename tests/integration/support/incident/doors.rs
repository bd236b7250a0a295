//! Ways in besides keys: sign-in links, passwords of others, identity providers. Beside each stands
//! something alike that is nobody's but its owner's.

use serde_json::{Value, json};

use super::menu::Call;
use super::{Caller, Incident, session, user};

fn call(source: &'static str, name: &'static str, request: Value, response: Value) -> Call {
    Call {
        source,
        name,
        request,
        response,
    }
}

/// A caller without a key of its own.
fn keyless(mut who: Value) -> Value {
    who.as_object_mut().unwrap().remove("accessKeyId");
    who
}

impl Incident {
    /// Goes through every one of them.
    pub(crate) fn open_doors(&mut self) {
        self.sign_in_link();
        self.federated_sign_in_link();
        self.new_password();
        self.open_id();
        self.saml();
    }

    /// Somebody who acts for the key.
    fn thief(&self) -> Caller {
        self.attackers[0].clone()
    }

    /// Signs in to the console, and does something there; all of it is counted.
    fn in_console(&mut self, who: &Value, account: &str, outcome: &str) {
        let thief = self.thief();
        let console = |who: Value, console: bool| Caller {
            who,
            account: account.to_owned(),
            console,
            ..thief.clone()
        };
        let at_door = console(keyless(who.clone()), false);
        let mut inside = who.clone();
        inside["accessKeyId"] = json!(self.seed.key_id("ASIA"));
        let inside = console(inside, true);
        let login = call(
            "signin",
            "ConsoleLogin",
            Value::Null,
            json!({"ConsoleLogin": outcome}),
        );
        self.evil(&at_door, "us-east-1", &login, None);
        let look = call("iam", "ListRoles", Value::Null, Value::Null);
        self.evil(&inside, "us-east-1", &look, None);
        let name = self.name("console-made-");
        let make = call(
            "iam",
            "CreateUser",
            json!({"userName": name}),
            json!({"user": {"userName": name}}),
        );
        self.evil(&inside, "us-east-1", &make, None);
        self.truth
            .identities
            .insert(("user".to_owned(), name.clone()));
        let place = self.place("iam-user", &name, &inside, "", true);
        self.truth.standing.insert(place);
    }

    /// The same by somebody to whom it belongs; none of it is counted.
    fn in_console_rightly(&mut self, who: &Value, account: &str) {
        let owner = |who: Value, console: bool, address: &Caller| Caller {
            who,
            account: account.to_owned(),
            console,
            ..address.clone()
        };
        let own = self.owner.clone();
        let login = call(
            "signin",
            "ConsoleLogin",
            Value::Null,
            json!({"ConsoleLogin": "Success"}),
        );
        self.call(
            &owner(keyless(who.clone()), false, &own),
            "us-east-1",
            &login,
            None,
        );
        let mut inside = who.clone();
        inside["accessKeyId"] = json!(self.seed.key_id("ASIA"));
        let name = self.name("rightly-made-");
        let make = call(
            "iam",
            "CreateUser",
            json!({"userName": name}),
            json!({"user": {"userName": name}}),
        );
        self.call(&owner(inside, true, &own), "us-east-1", &make, None);
    }

    /// A session of a role becomes a link into the console.
    fn sign_in_link(&mut self) {
        let thief = self.thief();
        let account = thief.account.clone();
        self.assume(&thief, "us-east-1");
        let Some(made) = self.attackers.last().cloned() else {
            return;
        };
        // One of another name signs in, and is somebody else.
        let other = session(&account, "ops", "colleague", "");
        self.in_console_rightly(&other, &account);
        let link = call(
            "signin",
            "GetSigninToken",
            Value::Null,
            json!({"credentials": null, "GetSigninToken": "Success"}),
        );
        self.evil(&made, "us-east-1", &link, None);
        let arn = made.who["arn"].as_str().unwrap().to_owned();
        self.truth
            .identities
            .insert(("console-session".to_owned(), arn));
        let (who, account) = (made.who.clone(), made.account);
        self.in_console(&who, &account, "Success");
    }

    /// The same of a user's federation token.
    fn federated_sign_in_link(&mut self) {
        let thief = self.thief();
        let account = thief.account.clone();
        let key = self.seed.key_id("ASIA");
        let name = self.name("fed-");
        let arn = format!("arn:aws:sts::{account}:federated-user/{name}");
        let token = call(
            "sts",
            "GetFederationToken",
            json!({"name": name}),
            json!({"credentials": {"accessKeyId": key}, "federatedUser": {"arn": arn}}),
        );
        self.evil(&thief, "us-east-1", &token, None);
        let who =
            json!({"type": "FederatedUser", "accountId": account, "accessKeyId": key, "arn": arn});
        self.join("session", &key, who.clone(), &account, false);
        let caller = self.attackers[self.attackers.len() - 1].clone();
        // One that fails opens nothing.
        for outcome in ["Failure", "Success"] {
            let link = call(
                "signin",
                "GetSigninToken",
                Value::Null,
                json!({"GetSigninToken": outcome}),
            );
            self.evil(&caller, "us-east-1", &link, None);
        }
        self.truth
            .identities
            .insert(("console-session".to_owned(), arn));
        self.in_console(&who, &account, "Success");
    }

    /// Somebody else's password is set anew. Before that, and with a key of theirs, they are
    /// themselves.
    fn new_password(&mut self) {
        let thief = self.thief();
        let account = thief.account.clone();
        let name = self.name("colleague-");
        let who = keyless(user(&account, &name, ""));
        self.in_console_rightly(&who, &account);
        let set = call(
            "iam",
            "UpdateLoginProfile",
            json!({"userName": name, "passwordResetRequired": false}),
            Value::Null,
        );
        self.evil(&thief, "us-east-1", &set, None);
        let place = self.place("iam-login-profile", &name, &thief, "", true);
        self.truth.changed.insert(place);
        self.truth
            .identities
            .insert(("console-user".to_owned(), name.clone()));
        self.in_console(&who, &account, "Success");
        let own = Caller {
            who: user(&account, &name, &self.seed.key_id("AKIA")),
            account,
            ..self.owner.clone()
        };
        let work = call("s3", "ListBuckets", Value::Null, Value::Null);
        self.call(&own, "us-east-1", &work, None);
    }

    /// A provider that vouches for whomever the thief likes.
    fn open_id(&mut self) {
        let thief = self.thief();
        let account = thief.account.clone();
        let host = format!("{}.example", self.name("evil-"));
        let provider = format!("arn:aws:iam::{account}:oidc-provider/{host}");
        let make = call(
            "iam",
            "CreateOpenIDConnectProvider",
            json!({"url": format!("https://{host}"), "clientIDList": ["sts.amazonaws.com"]}),
            json!({"openIDConnectProviderArn": provider}),
        );
        self.evil(&thief, "us-east-1", &make, None);
        self.vouched("iam-oidc-provider", &provider, &thief);
        let rightly =
            format!("arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com");
        for (provider, is_evil) in [(&rightly, false), (&provider, true)] {
            let subject = "repo:o/r:ref:refs/heads/main";
            let who = json!({"type": "WebIdentityUser", "userName": subject, "identityProvider": provider,
                "principalId": format!("{provider}:sts.amazonaws.com:{subject}")});
            self.enter(
                "AssumeRoleWithWebIdentity",
                &who,
                json!({}),
                &account,
                is_evil,
            );
        }
    }

    /// The same with SAML, where the request names the provider.
    fn saml(&mut self) {
        let thief = self.thief();
        let account = thief.account.clone();
        let name = self.name("evil-idp-");
        let provider = format!("arn:aws:iam::{account}:saml-provider/{name}");
        let make = call(
            "iam",
            "CreateSAMLProvider",
            json!({"name": name, "sAMLMetadataDocument": "<x/>"}),
            json!({"sAMLProviderArn": provider}),
        );
        self.evil(&thief, "us-east-1", &make, None);
        self.vouched("iam-saml-provider", &provider, &thief);
        let rightly = format!("arn:aws:iam::{account}:saml-provider/corporate");
        for (provider, is_evil) in [(&rightly, false), (&provider, true)] {
            let who = json!({"type": "SAMLUser", "principalId": "SampleUkh1i4=:bob", "userName": "bob",
                "identityProvider": "SampleUkh1i4="});
            let request = json!({"sAMLAssertionID": "_c0046cEXAMPLEb9d4b8eEXAMPLE2619aEXAMPLE",
                "principalArn": provider, "durationSeconds": 3600});
            self.enter("AssumeRoleWithSAML", &who, request, &account, is_evil);
        }
    }

    fn vouched(&mut self, kind: &str, provider: &str, thief: &Caller) {
        self.truth
            .identities
            .insert(("provider".to_owned(), provider.to_owned()));
        let place = self.place(kind, provider, thief, "", true);
        self.truth.standing.insert(place);
    }

    /// Somebody assumes a role on a provider's word, and acts.
    fn enter(
        &mut self,
        name: &'static str,
        who: &Value,
        mut request: Value,
        account: &str,
        is_evil: bool,
    ) {
        let session_name = self.name("s");
        let key = self.seed.key_id("ASIA");
        let arn = format!("arn:aws:sts::{account}:assumed-role/ci/{session_name}");
        request["roleArn"] = json!(format!("arn:aws:iam::{account}:role/ci"));
        request["roleSessionName"] = json!(session_name);
        let response = json!({"credentials": {"accessKeyId": key, "expiration": "Mar 11, 2026 1:00:00 AM"},
            "assumedRoleUser": {"assumedRoleId": format!("AROAX:{session_name}"), "arn": arn}});
        let from = if is_evil {
            self.thief()
        } else {
            self.owner.clone()
        };
        let outside = Caller {
            who: who.clone(),
            account: account.to_owned(),
            ..from.clone()
        };
        let enter = call("sts", name, request, response);
        let look = call("s3", "ListBuckets", Value::Null, Value::Null);
        let acting = session(account, "ci", &session_name, &key);
        if is_evil {
            self.evil(&outside, "us-east-1", &enter, None);
            self.join("session", &key, acting.clone(), account, false);
            let inside = self.attackers[self.attackers.len() - 1].clone();
            self.evil(&inside, "us-east-1", &look, None);
        } else {
            self.call(&outside, "us-east-1", &enter, None);
            let inside = Caller {
                who: acting,
                account: account.to_owned(),
                ..from
            };
            self.call(&inside, "us-east-1", &look, None);
        }
    }
}
