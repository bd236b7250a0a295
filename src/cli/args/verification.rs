//! Arguments about asking AWS which keys work, for every command that can.

use std::path::PathBuf;

/// `--verify`, and how.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct Verify {
    /// Ask AWS STS which of the found keys work. Accepted requests stand in the owner's CloudTrail
    /// and count as the key's last use. Canaries and placeholders are never asked about
    #[arg(long, help_heading = "Verification")]
    pub(in crate::cli) verify: bool,

    #[command(flatten)]
    pub(in crate::cli) how: How,
}

/// How AWS is asked.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct How {
    /// Ask only about keys of these accounts, as their IDs tell; repeatable, comma separated
    #[arg(
        long,
        value_name = "ID",
        value_delimiter = ',',
        help_heading = "Verification"
    )]
    pub(in crate::cli) account: Vec<String>,

    /// Take keys for ones of this partition: aws, aws-cn, aws-us-gov, aws-eusc … [default: by what
    /// the token and the text around say, else aws]
    #[arg(long, value_name = "NAME", help_heading = "Verification")]
    pub(in crate::cli) partition: Option<String>,

    /// Ask the STS of this region, and so of its partition
    #[arg(long, value_name = "NAME", help_heading = "Verification")]
    pub(in crate::cli) region: Option<String>,

    /// Ask this STS in place of AWS's own: https, or http on this machine
    #[arg(long, value_name = "URL", help_heading = "Verification")]
    pub(in crate::cli) sts_endpoint: Option<String>,

    /// Go through this proxy; the environment's is never used
    #[arg(long, value_name = "URL", help_heading = "Verification")]
    pub(in crate::cli) proxy: Option<String>,

    /// Trust the certificates in FILE (PEM) in place of the machine's
    #[arg(long, value_name = "FILE", help_heading = "Verification")]
    pub(in crate::cli) ca_bundle: Option<PathBuf>,

    /// Most requests of the run [default: 5000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..),
        help_heading = "Verification")]
    pub(in crate::cli) max_calls: Option<u32>,
}

impl How {
    /// The first flag that was given, if one was.
    pub(in crate::cli) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--account", !self.account.is_empty()),
            ("--partition", self.partition.is_some()),
            ("--region", self.region.is_some()),
            ("--sts-endpoint", self.sts_endpoint.is_some()),
            ("--proxy", self.proxy.is_some()),
            ("--ca-bundle", self.ca_bundle.is_some()),
            ("--max-calls", self.max_calls.is_some()),
        ];
        let given = flags.into_iter().find(|(_, is_given)| *is_given);
        given.map(|(name, _)| name)
    }
}
