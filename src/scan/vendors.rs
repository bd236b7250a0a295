//! Labels that say whose a secret is, where that is not AWS.

/// Longest label that is looked at.
const LABEL_MAX: usize = 48;
/// Most bytes between a label and its value: punctuation, quotes, white space.
const BETWEEN_MAX: usize = 12;

/// Others whose secrets have a form that AWS's have, too. Nobody's name who also takes AWS's keys.
const VENDORS: [&str; 45] = [
    "algolia",
    "aliyun",
    "auth0",
    "azure",
    "backblaze",
    "bitbucket",
    "captcha",
    "cloudflare",
    "consumer",
    "csrf",
    "datadog",
    "digitalocean",
    "discord",
    "dropbox",
    "facebook",
    "firebase",
    "github",
    "gitlab",
    "google",
    "heroku",
    "instagram",
    "jwt",
    "linkedin",
    "linode",
    "mailchimp",
    "mailgun",
    "mapbox",
    "newrelic",
    "oauth",
    "okta",
    "paypal",
    "pusher",
    "qiniu",
    "scaleway",
    "sendgrid",
    "sentry",
    "shopify",
    "slack",
    "spaces",
    "stripe",
    "twilio",
    "twitter",
    "wasabi",
    "yandex",
    "zendesk",
];
/// The same, where they are whole words.
const SHORT: [&str; 3] = ["gcs", "goog", "gs"];

/// True if the name right before a value says that it is somebody else's.
pub(super) fn names_another(left: &[u8]) -> bool {
    split_label(left, BETWEEN_MAX).is_some_and(|(_, label)| is_vendor(label))
}

/// The label in front of a value and what stands before it, if there are at most so many bytes of
/// punctuation, quotes and white space between label and value.
pub(super) fn split_label(left: &[u8], between_max: usize) -> Option<(&[u8], &[u8])> {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let between = left.iter().rev().take(between_max + 1);
    let between = between.take_while(|b| !b.is_ascii_alphanumeric()).count();
    if between == 0 || between > between_max {
        return None;
    }
    let before = &left[..left.len() - between];
    let label = before.iter().rev().take(LABEL_MAX);
    let len = label.take_while(|b| is_name(b)).count();
    (len > 0).then(|| before.split_at(before.len() - len))
}

/// True if a name holds that of somebody else, and none of AWS.
pub(super) fn is_vendor(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |word: &&str| memchr::memmem::find(&name, word.as_bytes()).is_some();
    let is_short = |word: &[u8]| SHORT.iter().any(|short| short.as_bytes() == word);
    let mut words = name.split(|b| !b.is_ascii_alphanumeric());
    (VENDORS.iter().any(has) || words.any(is_short)) && !["aws", "amazon", "s3"].iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_others() {
        for (left, expected) in [
            ("OKTA_CLIENT_SECRET=", true),
            ("\"twitter.consumer_secret\" : \"", true),
            ("RECAPTCHA_SECRET_KEY = '", true),
            ("github-secret: ", true),
            ("AWS_SECRET_ACCESS_KEY=", false),
            ("TWITTER_BOT_AWS_SECRET=", false),
            ("google_s3_secret: ", false),
            ("// for twitter\nsecret = ", false),
            ("twitter_secret_and_then_much_more              = ", false),
            ("Session('AKIA', '", false),
            ("twitter", false),
            ("", false),
            ("=", false),
        ] {
            assert_eq!(names_another(left.as_bytes()), expected, "{left:?}");
        }
    }
}
