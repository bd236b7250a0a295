//! The one question, `sts:GetCallerIdentity`, and nothing of the machine in it: no profile, no
//! environment, no metadata service, no proxy but the one that was named.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_sts::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut,
};
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{
    BehaviorVersion, ConfigBag, Credentials, IdentityCache, Intercept, Region, RuntimeComponents,
    SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_sdk_sts::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_sts::{Client, Config};
use aws_smithy_http_client::pool::{Client as PoolClient, ConnectionPool};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

use super::endpoints::Target;
use super::verdict::Answer;
use crate::model::{Secret, VerifyPlan};

/// What the requests call themselves, in the owner's CloudTrail, too.
pub(super) const USER_AGENT: &str = concat!(
    "keysweep/",
    env!("CARGO_PKG_VERSION"),
    " (verifies found keys; sts:GetCallerIdentity only)"
);
/// Longest answer that is read. A real one has some 500 bytes.
const ANSWER_MAX: usize = 64 << 10;
/// Most connections to one host.
pub(super) const CONNECTIONS_MAX: usize = 8;
/// Longest wait for a connection.
const CONNECT_MAX: Duration = Duration::from_secs(4);
/// Longest text of a failure that is shown.
const TROUBLE_MAX: usize = 200;

/// Asks STS.
pub(super) struct Sts {
    http: SharedHttpClient,
    manners: Manners,
    timeout: Duration,
}

impl Sts {
    /// Gets ready; connects to nothing yet. `calls` counts what is sent.
    pub(super) fn new(plan: &VerifyPlan, calls: Arc<AtomicU64>) -> Result<Sts, String> {
        let proxy = match &plan.proxy {
            Some(url) => ProxyConfig::all(url.as_str())
                .map_err(|_| "the URL of --proxy cannot be used".to_owned())?,
            None => ProxyConfig::disabled(),
        };
        let builder = ConnectionPool::builder()
            .max_connections_per_host(CONNECTIONS_MAX)
            .proxy_config(proxy);
        let is_plain =
            |url: &Option<String>| url.as_ref().is_some_and(|url| url.starts_with("http://"));
        let pool = if is_plain(&plan.endpoint) {
            builder.build_http()
        } else {
            let trusted = match &plan.ca_bundle {
                Some(pem) => TrustStore::empty().with_pem_certificate(pem.as_slice()),
                None => TrustStore::default(),
            };
            let context = TlsContext::builder().with_trust_store(trusted).build();
            let context = context.map_err(|e| deepest(&e))?;
            builder
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .tls_context(context)
                .build_https()
        };
        let pool = pool.map_err(|e| deepest(&e))?;
        let client = PoolClient::new(&pool).map_err(|e| deepest(&e))?;
        Ok(Sts {
            http: aws_sdk_sts::config::IntoShared::into_shared(client),
            manners: Manners { calls },
            timeout: plan.timeout,
        })
    }

    /// Asks whose key this is.
    pub(super) async fn ask(
        &self,
        target: &Target,
        id: &str,
        secret: &Secret,
        token: Option<&Secret>,
    ) -> Answer {
        let text = |secret: &Secret| std::str::from_utf8(secret.expose()).map(str::to_owned);
        let (Ok(secret), Ok(token)) = (text(secret), token.map(text).transpose()) else {
            return Answer::Nothing("the secret is no text".to_owned());
        };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_MAX.min(self.timeout))
            .operation_timeout(self.timeout)
            .build();
        let config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(target.region))
            .credentials_provider(Credentials::new(id, secret, token, None, "keysweep"))
            .identity_cache(IdentityCache::no_cache())
            .http_client(self.http.clone())
            .endpoint_url(target.url.as_str())
            .timeout_config(timeouts)
            // What is asked again, and when, is decided by whoever calls.
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .interceptor(self.manners.clone())
            .build();
        match Client::from_conf(config).get_caller_identity().send().await {
            Ok(identity) => Answer::Identity {
                arn: identity.arn().unwrap_or_default().to_owned(),
                account: identity.account().unwrap_or_default().to_owned(),
            },
            Err(error) => self.read(&error),
        }
    }

    fn read<E>(&self, error: &SdkError<E, aws_sdk_sts::config::http::HttpResponse>) -> Answer
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        match error {
            SdkError::ServiceError(answered) => {
                let status = answered.raw().status().as_u16();
                let (code, message) = (answered.err().code(), answered.err().message());
                match code {
                    Some(code) => Answer::Error {
                        status,
                        code: code.to_owned(),
                        message: message.unwrap_or_default().to_owned(),
                    },
                    None => Answer::Garbled(status),
                }
            }
            SdkError::TimeoutError(_) => self.late(),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => self.late(),
            SdkError::ResponseError(_) => {
                Answer::Nothing("the answer could not be read to its end".to_owned())
            }
            other => Answer::Nothing(format!("could not be asked: {}", deepest(other))),
        }
    }

    fn late(&self) -> Answer {
        Answer::Nothing(format!("no answer within {} s", self.timeout.as_secs_f32()))
    }
}

/// The innermost cause, which says most. It never holds what was sent.
fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    let text = error.to_string();
    text.chars().take(TROUBLE_MAX).collect()
}

/// Every request says who asks; every answer has a bound.
#[derive(Clone, Debug)]
struct Manners {
    calls: Arc<AtomicU64>,
}

impl Manners {
    fn introduce(context: &mut BeforeTransmitInterceptorContextMut<'_>) {
        let headers = context.request_mut().headers_mut();
        headers.insert("user-agent", USER_AGENT);
        // Comes from the environment.
        headers.remove("x-amzn-trace-id");
    }
}

impl Intercept for Manners {
    fn name(&self) -> &'static str {
        "keysweep"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        Manners::introduce(context);
        let headers = context.request_mut().headers_mut();
        // Signed, and shown in CloudTrail where it is there.
        headers.insert("x-amz-user-agent", USER_AGENT);
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        Manners::introduce(context);
        self.calls.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        let body = response.take_body();
        *response.body_mut() = SdkBody::from_body_1_x(Limited::new(body, ANSWER_MAX));
        Ok(())
    }
}
