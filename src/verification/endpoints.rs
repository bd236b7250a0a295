//! Where STS is: the only hosts that are ever asked, unless `--sts-endpoint` names another.
//!
//! Source: `partitions.json` of botocore. Keys never cross partitions.

/// A part of AWS with accounts of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) name: &'static str,
    /// How its regions' names begin.
    regions: &'static [&'static str],
    /// Behind `sts.<region>.`.
    suffix: &'static str,
    /// The region that is asked: one that every account has.
    home: &'static str,
}

/// Most specific first: the last takes what no other does.
const PARTITIONS: [Partition; 8] = [
    Partition {
        name: "aws-cn",
        regions: &["cn-"],
        suffix: "amazonaws.com.cn",
        home: "cn-north-1",
    },
    Partition {
        name: "aws-us-gov",
        regions: &["us-gov-"],
        suffix: "amazonaws.com",
        home: "us-gov-west-1",
    },
    Partition {
        name: "aws-eusc",
        regions: &["eusc-"],
        suffix: "amazonaws.eu",
        home: "eusc-de-east-1",
    },
    Partition {
        name: "aws-iso-b",
        regions: &["us-isob-"],
        suffix: "sc2s.sgov.gov",
        home: "us-isob-east-1",
    },
    Partition {
        name: "aws-iso-e",
        regions: &["eu-isoe-"],
        suffix: "cloud.adc-e.uk",
        home: "eu-isoe-west-1",
    },
    Partition {
        name: "aws-iso-f",
        regions: &["us-isof-"],
        suffix: "csp.hci.ic.gov",
        home: "us-isof-south-1",
    },
    Partition {
        name: "aws-iso",
        regions: &["us-iso-"],
        suffix: "c2s.ic.gov",
        home: "us-iso-east-1",
    },
    Partition {
        name: "aws",
        regions: &[
            "us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-",
        ],
        suffix: "amazonaws.com",
        home: "us-east-1",
    },
];

/// Regions that can be named with `--region`.
const REGIONS: [&str; 44] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "ca-west-1",
    "mx-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "af-south-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "eusc-de-east-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "eu-isoe-west-1",
    "us-isof-south-1",
];

/// Where a question goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    pub(super) partition: &'static str,
    /// For the signature.
    pub(super) region: &'static str,
    /// The whole URL.
    pub(super) url: String,
}

impl Partition {
    /// The partition of this name.
    pub(super) fn named(name: &str) -> Option<&'static Partition> {
        PARTITIONS.iter().find(|partition| partition.name == name)
    }

    /// The partition of a region, by how its name begins. The name may come from anywhere: it
    /// chooses from this list, and is never part of a host.
    pub(super) fn of_region(region: &str) -> Option<&'static Partition> {
        let begins = |partition: &&Partition| {
            let mut prefixes = partition.regions.iter();
            prefixes.any(|prefix| region.starts_with(prefix))
        };
        PARTITIONS.iter().find(begins)
    }

    /// Its endpoint in a region of the list, or in the one that every account has.
    pub(super) fn target(&self, region: Option<&'static str>) -> Target {
        let region = region.unwrap_or(self.home);
        Target {
            partition: self.name,
            region,
            url: format!("https://sts.{region}.{}", self.suffix),
        }
    }
}

/// Where keys go that say nothing of their partition.
pub(super) fn common() -> &'static Partition {
    &PARTITIONS[PARTITIONS.len() - 1]
}

/// The region of this name, if it is in the list.
pub(super) fn region(name: &str) -> Option<&'static str> {
    REGIONS.into_iter().find(|region| *region == name)
}

/// All names of partitions, for messages.
pub(super) fn partition_names() -> String {
    PARTITIONS.map(|partition| partition.name).join(", ")
}

/// Whether a URL may be asked: https, or plain http to this machine. Returns the host.
///
/// # Errors
/// What is wrong with it, without repeating it: it may hold a password.
pub(super) fn check_url(url: &str, what: &str) -> Result<String, String> {
    let (scheme, rest) = url
        .split_once("://")
        .ok_or_else(|| format!("{what} is no URL"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') {
        return Err(format!("{what} holds a user name or a password"));
    }
    if !matches!(path, "" | "/") {
        return Err(format!("{what} has something behind the host"));
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']').map_or("", |(host, _)| host),
        None => authority
            .split_once(':')
            .map_or(authority, |(host, _)| host),
    };
    if host.is_empty() {
        return Err(format!("{what} names no host"));
    }
    match scheme {
        "https" => Ok(host.to_owned()),
        "http" if is_loopback(host) => Ok(host.to_owned()),
        "http" => Err(format!(
            "{what} would send signed requests over plain http to another machine"
        )),
        _ => Err(format!("{what} is neither https nor http")),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_of_the_list_has_its_partition() {
        for region in REGIONS {
            let partition = Partition::of_region(region).unwrap();
            let expected = match region {
                _ if region.starts_with("cn-") => "aws-cn",
                _ if region.starts_with("us-gov-") => "aws-us-gov",
                _ if region.starts_with("eusc-") => "aws-eusc",
                _ if region.contains("-iso") => partition.name,
                _ => "aws",
            };
            assert_eq!(partition.name, expected, "{region}");
            assert!(partition.name.starts_with("aws-iso") == region.contains("-iso"));
        }
        for partition in &PARTITIONS {
            assert_eq!(Partition::of_region(partition.home), Some(partition));
            assert!(REGIONS.contains(&partition.home));
        }
        assert_eq!(Partition::of_region("mars-north-1"), None);
    }

    #[test]
    fn hosts_are_made_of_the_list_alone() {
        assert_eq!(
            common().target(None).url,
            "https://sts.us-east-1.amazonaws.com"
        );
        let china = Partition::of_region("cn-evil.example.com").unwrap();
        assert_eq!(
            china.target(None).url,
            "https://sts.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(region("us-east-1.evil.example.com"), None);
        let ireland = common().target(region("eu-west-1"));
        assert_eq!(ireland.url, "https://sts.eu-west-1.amazonaws.com");
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for fine in [
            "https://sts.example.com",
            "https://sts.example.com:8443/",
            "http://127.0.0.1:4566",
            "http://127.1.2.3",
            "http://localhost:1",
            "http://[::1]:80/",
            "https://[2001:db8::1]",
        ] {
            assert!(check_url(fine, "it").is_ok(), "{fine}");
        }
        for wrong in [
            "sts.example.com",
            "http://sts.example.com",
            "http://10.0.0.1",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "ftp://localhost",
            "https://",
            "https://user:hunter2@example.com",
            "http://127.0.0.1@example.com",
            "https://example.com/path",
            "https://example.com?x",
        ] {
            let error = check_url(wrong, "it").unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
