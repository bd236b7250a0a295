//! The commands with which the owner fetches what CloudTrail's event history knows of a key.

use crate::model::shell_word;

/// What the script asks for.
#[derive(Clone, Debug)]
pub struct LookUp {
    /// Access key IDs.
    pub keys: Vec<String>,
    /// Regions; none for all that are enabled.
    pub regions: Vec<String>,
    /// Folder into which the answers go.
    pub folder: String,
    /// Seconds since 1970 from which on events are wanted.
    pub since: Option<i64>,
}

const HEAD: &str = r"#!/usr/bin/env bash
# Fetches what CloudTrail's event history holds of these keys: management events of the last 90 days, from
# every enabled region. Only reads. Run it as an administrator of the account, never with a leaked key.
# It may be run again: what is there already is not fetched twice. Then:
#   keysweep investigate --events DIR --key-id ID
# Needs the AWS CLI, version 1 or 2, and the right cloudtrail:LookupEvents (and ec2:DescribeRegions).
set -euo pipefail
umask 077
";

const BODY: &str = r#"
# CloudTrail takes two look-ups a second for each account and region: one at a time, with a pause.
pause=${KEYSWEEP_PAUSE:-0.6}
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10 AWS_PAGER=

mkdir -p -- "$folder"
if [ "${#regions[@]}" -eq 0 ]; then
  listed=$(aws ec2 describe-regions --query 'Regions[].RegionName' --output text)
  read -r -a regions <<<"$listed"
fi
failed=0
for region in "${regions[@]}"; do
  for key in "${keys[@]}"; do
    done_file="$folder/$key.$region.done"
    [ -e "$done_file" ] && continue
    page=0
    token=
    if [ -e "$folder/$key.$region.next" ]; then
      read -r page token <"$folder/$key.$region.next"
    fi
    while :; do
      file=$(printf '%s/%s.%s.%06d.json' "$folder" "$key" "$region" "$page")
      arguments=(--region "$region" --lookup-attributes "AttributeKey=AccessKeyId,AttributeValue=$key" --no-paginate --max-results 50 --output json)
      [ -n "$since" ] && arguments+=(--start-time "$since")
      [ -n "$token" ] && arguments+=(--next-token "$token")
      if ! aws cloudtrail lookup-events "${arguments[@]}" >"$file.part"; then
        rm -f -- "$file.part"
        printf 'not fetched: %s in %s, page %s\n' "$key" "$region" "$page" >&2
        failed=1
        break
      fi
      token=$(sed -n 's/^ *"NextToken": "\(.*\)",\{0,1\}$/\1/p' "$file.part" | tail -n 1)
      # The token is kept apart, so that a page does not look like the last of what was fetched.
      sed '/^ *"NextToken": ".*",\{0,1\}$/d;  s/^    \],$/    ]/; s/^    "Events": \[\],$/    "Events": []/' "$file.part" >"$file"
      rm -f -- "$file.part"
      page=$((page + 1))
      if [ -z "$token" ]; then
        : >"$done_file"
        rm -f -- "$folder/$key.$region.next"
        break
      fi
      printf '%s %s\n' "$page" "$token" >"$folder/$key.$region.next"
      sleep "$pause"
    done
    sleep "$pause"
  done
done
if [ "$failed" -ne 0 ]; then
  printf 'INCOMPLETE: run it again to fetch what is missing\n' >&2
  exit 1
fi
printf 'fetched into %s\n' "$folder" >&2
"#;

/// The script, for bash.
pub fn look_up_script(wanted: &LookUp) -> String {
    let list = |words: &[String]| {
        let words: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
        words.join(" ")
    };
    let since = wanted
        .since
        .and_then(crate::model::rfc3339)
        .unwrap_or_default();
    format!(
        "{HEAD}\nkeys=({})\nregions=({})\nfolder={}\nsince={}\n{BODY}",
        list(&wanted.keys),
        list(&wanted.regions),
        shell_word(&wanted.folder),
        shell_word(&since),
    )
}
