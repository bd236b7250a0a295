//! AWS's signature, version 4, as the service checks it. Source: "Create a signed AWS API request"
//! of the IAM user guide.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// A request as it came over the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// The parts of an `Authorization` header.
pub(crate) struct Authorization<'a> {
    pub(crate) id: &'a str,
    scope: [&'a str; 4],
    signed: Vec<&'a str>,
    signature: &'a str,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Reads the `Authorization` header.
    pub(crate) fn authorization(&self) -> Option<Authorization<'_>> {
        let fields = self
            .header("authorization")
            .strip_prefix("AWS4-HMAC-SHA256 ")?;
        let field = |name: &str| {
            let mut fields = fields.split(',').map(str::trim);
            fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
        };
        let mut credential = field("Credential")?.split('/');
        let id = credential.next()?;
        let scope: Vec<&str> = credential.collect();
        Some(Authorization {
            id,
            scope: scope.try_into().ok()?,
            signed: field("SignedHeaders")?.split(';').collect(),
            signature: field("Signature")?,
        })
    }

    /// Whether this secret made the signature.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let Some(authorization) = self.authorization() else {
            return false;
        };
        let scope = &authorization.scope;
        let is_sts = scope[2] == "sts" && scope[3] == "aws4_request";
        is_sts && self.signature(scope, &authorization.signed, secret) == authorization.signature
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    // No key of ours is longer than a block.
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new()
        .chain_update(pad(0x36))
        .chain_update(message)
        .finalize();
    let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner);
    outer.finalize().to_vec()
}

impl Request {
    /// A form, signed for this service as a client would.
    pub(crate) fn signed(host: &str, service: &str, form: &str, id: &str, secret: &str) -> Request {
        let date = jiff::Timestamp::now()
            .strftime("%Y%m%dT%H%M%SZ")
            .to_string();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("host", host),
            ("x-amz-date", &date),
        ];
        let mut request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            body: form.as_bytes().to_vec(),
        };
        let names: Vec<&str> = vec!["content-type", "host", "x-amz-date"];
        let scope = [&date[..8], "us-east-1", service, "aws4_request"];
        let signature = request.signature(&scope, &names, secret);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={id}/{}, SignedHeaders={}, Signature={signature}",
            scope.join("/"),
            names.join(";")
        );
        request
            .headers
            .insert("authorization".to_owned(), authorization);
        request
    }

    fn signature(&self, scope: &[&str; 4], names: &[&str], secret: &str) -> String {
        let mut canonical = format!("{}\n{}\n\n", self.method, self.path);
        for name in names {
            canonical += &format!("{name}:{}\n", self.header(name).trim());
        }
        canonical += &format!(
            "\n{}\n{}",
            names.join(";"),
            hex(&Sha256::digest(&self.body))
        );
        let date = self.header("x-amz-date");
        let digest = hex(&Sha256::digest(canonical.as_bytes()));
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{}\n{digest}", scope.join("/"));
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in scope {
            key = hmac(&key, part.as_bytes());
        }
        hex(&hmac(&key, to_sign.as_bytes()))
    }
}
