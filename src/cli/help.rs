//! The longer help texts: examples, exit codes, environment.

/// What keysweep is.
pub(super) const ABOUT: &str = "\
Finds AWS credentials in git repositories. Reads every object once: all branches and tags, but also
stashes, reflogs, unreachable objects, commit messages, notes, and file and ref names. Says where
each credential came from, who can have it, and what to do first. What could not be read is named,
and never counts as clean.";

/// After short help.
pub(super) const SHORT: &str = "\
Exit codes: 0 complete and nothing found, 1 findings, 2 error, 3 incomplete. More with --help.";

/// After `keysweep --help`.
pub(super) const TOP: &str = "\
Examples:
  keysweep sweep                   sweep the repository of the current folder
  keysweep sweep -o report.json    the same, with a report for machines besides
  keysweep sweep --help            all about sweeping
  keysweep sweep --verify          ask AWS which of the found keys work
  keysweep prove --report report.json    after a clean-up: is all of it gone?
  keysweep explain AKIA…           what an access key ID tells
  keysweep baseline --help         findings that are accepted
  keysweep rules                   what is looked for
  keysweep investigate --help      what was done with a key, from CloudTrail's files
  keysweep inventory --help        whose key it is, from your own listing
  keysweep hook install            stop leaks before they are pushed
  keysweep ci                      stop them in CI

A report says first what was swept, then lists the findings, then what was not read. It ends with
what to do now, and with a verdict. Access key IDs are shown, since you need them to disable keys.
Secrets never are, unless you ask with --reveal.

Exit codes:
  0    complete, and nothing at or above --fail-on
  1    findings at or above --fail-on, complete or not (--exit-code moves it)
  2    usage error, or nothing trustworthy came out
  3    nothing at or above --fail-on, but something was not read
  130  interrupted (SIGINT); 143 terminated (SIGTERM)
  A report that could not be written turns 0 into 2. A closed pipe changes nothing.

Environment:
  KEYSWEEP_THREADS, KEYSWEEP_MAX_TIME    as the flags, which win
  NO_COLOR                               no colour, if set and not empty
  CI                                     no progress bar
  GIT_DIR                                the repository, unless PATH is given
  AWS_SHARED_CREDENTIALS_FILE            where --own-keys looks, instead of ~/.aws/credentials

keysweep reads only. It runs no code from the repository, and uses the network only to --verify.";

/// About `keysweep sweep`.
pub(super) const SWEEP_ABOUT: &str = "\
Reads every object of a repository once, and reports the AWS credentials in it.

PATH may be a work tree, any folder in it, a bare repository or a linked worktree. Without --refs
and --worktree all of it is read: whatever any ref, HEAD, reflog, stash or index reaches, and what
nothing reaches but git still keeps.";

/// After `keysweep sweep --help`.
pub(super) const SWEEP: &str = "\
Examples:
  keysweep sweep                                 all of the current repository
  keysweep sweep ~/src/app -f json > app.json    for machines, on stdout
  keysweep sweep -q -o app.json                  for machines, in a file that only you can read
  keysweep sweep --refs main,'refs/tags/v1.*'    only what main and these tags reach
  keysweep sweep --worktree                      only the files on disk, .env and the like too
  keysweep sweep --staged                        only what the next commit brings
  keysweep sweep --range origin/main..HEAD       only what is new since origin/main
  keysweep sweep --fail-on pair --max-time 5m    fail on complete keys only, end after 5 minutes
  keysweep sweep https://example.com/app.git     a remote, by a mirror that is removed afterwards
  keysweep sweep --own-keys                      look for your own keys, too, whatever they look like

Reports:
  human    for people; secrets are masked, access key IDs are shown whole
  json     one document, schema keysweep/1; hashes in place of secrets
  ndjson   one finding a line, then a line with the summary
  html     one page that works offline, with a timeline, filters and search
  sarif    SARIF 2.1.0, for code scanning; gitlab: GitLab's secret detection report
  junit    XML for any CI system; csv: a table; markdown: a summary
  github, azure    annotations for the log of a run; gitleaks-json: for dashboards that read it
  Files given with -o appear whole or not at all, with mode 0600. Stdout gets its report too,
  unless -q is given. README.md documents every field of the JSON formats.

Verification (--verify):
  Asks sts:GetCallerIdentity, and nothing else, with each key that has its secret. Only AWS's own
  hosts are asked, or --sts-endpoint; nothing is taken from the environment or ~/.aws. A key that
  works is critical, whatever else suppresses it. not-valid means deleted, inactive or of another
  partition: AWS does not tell these apart. Trouble on the way is unknown, never not-valid.

Severity, as far as it can be told without asking AWS:
  critical    an access key ID with its secret, or a key of a single service, pushed to a remote
  high        the same, only here; a secret alone, pushed; a sign-in link or registry token
  medium      a secret alone, only here; a long-term key's ID alone; a session token or AppSync
              key, pushed
  low         a temporary key's ID alone; an ID that stands in signed requests only; what has
              expired; canaries

What is accepted (--baseline, --allow, --inline-allow, configuration):
  By fingerprint, with reason, owner and last day; counted as suppressed, and listed with
  --show-suppressed. Nothing in the repository accepts anything by itself: .keysweep.toml counts
  only if --config names it. `keysweep baseline --help` says more.

Not swept: submodules' repositories, unless --recurse-submodules is given; what git-lfs pointers
point to; and files that git does not know, unless --worktree is given.

What a sweep remembers (--cache-dir, --no-cache):
  Names of objects that it read in full, and places of what was found, never a value. The next sweep
  reads what is new, and values once more; its report says the same. --refs and --worktree remember
  nothing. Repositories swept with the same --cache-dir believe each other.

What makes a sweep fail (--fail-on):
  low, medium, high    confidence; a plausible key ID alone is high. Findings that
                       --min-confidence hides count, placeholders never do
  pair                 an access key ID with its secret, or a key of a single service that
                       works alone
  active               verified active, which only --verify can tell

What makes a sweep incomplete (--allow-incomplete):
  damaged      an object is there, but cannot be read
  missing      an object that something reachable needs is nowhere
  promisor     the same in a partial clone: the remote has it
  shallow      history ends at a shallow boundary
  unreadable   a file of the repository cannot be opened
  metadata     a ref, reflog or index cannot be understood
  too-large    an object is larger than --max-object-size allows
  time         --max-time is over
  interrupted  a signal ended the sweep
  alternate    an alternate object directory cannot be used
  hit-limit    more hits than --max-hits
  internal     keysweep failed on an object: a bug

Exit codes:
  0    complete, and nothing at or above --fail-on
  1    findings at or above --fail-on, complete or not (--exit-code moves it)
  2    usage error, or nothing trustworthy came out
  3    nothing at or above --fail-on, but something was not read
  130  interrupted (SIGINT); 143 terminated (SIGTERM). A second signal ends at once
  A report that could not be written turns 0 into 2. A closed pipe changes nothing.

Environment:
  KEYSWEEP_THREADS, KEYSWEEP_MAX_TIME, KEYSWEEP_FAIL_ON, KEYSWEEP_MIN_CONFIDENCE, KEYSWEEP_BASELINE,
  KEYSWEEP_CONFIG                        as the flags, which win; they win over configuration
  NO_COLOR                               no colour, if set and not empty
  CI                                     no progress bar
  GIT_DIR                                the repository, unless PATH is given
  XDG_CONFIG_HOME                        where keysweep/config.toml lies, instead of ~/.config
  XDG_CACHE_HOME                         where sweeps remember, instead of ~/.cache";

/// About `keysweep hook`.
pub(super) const HOOK_ABOUT: &str = "\
Stops a credential before it leaves the machine. `hook install` writes the hooks into the current
repository; git then runs the others. Each looks at exactly what is new: a push at the commits that
the remote does not have, a commit at what is staged.

A hook that cannot do its work stops what was to be done, and names the way around. What was there
before and was only moved or changed nearby does not stop anything.

Exit codes: 0 nothing found, 1 stopped: a credential, 2 stopped: error, 3 stopped: not all was read.";

/// About `keysweep ci`.
pub(super) const CI_ABOUT: &str = "\
Reads what a change brings, and fails if a credential is in it: on GitHub Actions, GitLab, Bitbucket,
Azure Pipelines, Jenkins, CircleCI and Buildkite without any flag, elsewhere with --base and --head.
A merge is held against all its parents. Scheduled and manual runs read everything.

Nothing in the change can turn this off: no file of the repository configures it, no comment silences
it, and .gitattributes and replace refs change nothing that is read.";

/// After `keysweep ci --help`.
pub(super) const CI: &str = "\
Examples:
  keysweep ci                                inside a CI system
  keysweep ci --base origin/main             anywhere: what HEAD has and main does not
  keysweep ci --base A --head B -o app.json  two commits, and a report for machines
  keysweep ci --full                         everything, as scheduled runs do
  keysweep ci --dry-run                      what would be read

A base that is not in the clone makes the run incomplete (3), and the message names the setting that
fetches enough: fetch-depth 0, GIT_DEPTH 0 and the like. A base that is the head is an error (2).";

/// About `keysweep doctor`.
pub(super) const DOCTOR_ABOUT: &str = "\
Tries a push with a made-up key to a throw-away repository, as a dry run from the current one, to see
whether the hook really fires; nothing is sent or kept. Looks whether this clone has all of its
history and its objects, and says what would go unseen. Runs git.

Exit codes: 0 all is well, 1 something is to be mended, 2 error.";
/// About `keysweep prove`.
pub(super) const PROVE_ABOUT: &str = "\
Proves that what an earlier report found is gone, from its IDs and hashes alone: reads everything that
the repository still holds (unreachable objects, stashes, reflogs, indexes, work trees' heads and what
alternates lend included), and with --remote a fresh mirror of the remote with all its refs. Every
stretch of text that may be the value, in every encoding and name, is hashed and compared, whether or
not a rule would report it.";

/// After `keysweep prove --help`.
pub(super) const PROVE: &str = "\
Examples:
  keysweep sweep -q -o before.json                         before the clean-up
  keysweep prove --report before.json                      after it, on this machine
  keysweep prove --report before.json --remote origin      and at the remote, pull requests included
  keysweep prove --report before.json -f json > proof.json for the incident record

What is still there is named: object, path, commit, refs, reflog, stash, index, pack; and the command
that takes it out. A remote is copied by your own git into a folder that only you can read, and that is
removed in the end.

This does not ask AWS whether a key still works.

Exit codes:
  0    everything that was named is gone, and everything was read
  1    something is still there (--exit-code moves it)
  2    usage error, or nothing trustworthy came out
  3    nothing was found, but something was not read, or could not be looked for
  130  interrupted (SIGINT); 143 terminated (SIGTERM)";

/// About `keysweep fingerprint`.
pub(super) const FINGERPRINT_ABOUT: &str = "\
Reads a secret from standard input, with or without its access key ID (and session token), and prints
its SHA-256 and the fingerprints that reports give it. The secret is not repeated. The lines are what
--known reads: hand them out, and others look for the value without knowing it.";

/// After `keysweep fingerprint --help`.
pub(super) const FINGERPRINT: &str = "\
Examples:
  keysweep fingerprint < secret.txt                    the secret alone
  printf '%s %s' \"$ID\" \"$SECRET\" | keysweep fingerprint --label build-server
  keysweep fingerprint < key.txt >> known.txt && keysweep sweep --known known.txt

Lines that --known reads: `id KEY-ID`; or `secret`, `token` or `key`, the length in bytes, the SHA-256
of the raw value, and perhaps alphabet=base64|token|graphic|pem, kind=KIND, label=NAME. Lines with #
are comments.

Exit codes: 0 printed, 2 nothing that has a fingerprint.";
/// About `keysweep verify`.
pub(super) const VERIFY_ABOUT: &str = "\
Asks AWS which keys of an earlier report work, and reports these findings again with the answer.

A report holds no secret, so the repository must still be there: each is read again from the places
that the report names, and from nowhere else. A key that is not there any more is a gap with its ID.";

/// After `keysweep verify --help`.
pub(super) const VERIFY: &str = "\
Examples:
  keysweep verify report.json                          all keys of the report
  keysweep verify report.json --account 123456789012   only those of one account
  keysweep verify report.json --repo ~/src/app.git     the repository has moved

Exit codes are those of `keysweep sweep`; `--fail-on active` fails on keys that work.";

/// About `keysweep explain`.
pub(super) const EXPLAIN_ABOUT: &str = "\
Says what an AWS key, ID or token is, from its characters alone: its kind, its account where the ID
tells, whether the account is a canary's, whether documentation prints it, what it can do, and what
to do next. Asks nobody, and repeats nothing that is secret.";

/// After `keysweep explain --help`.
pub(super) const EXPLAIN: &str = "\
Examples:
  keysweep explain AKIAIOSFODNN7EXAMPLE    an access key ID
  keysweep explain AIDAJQABLZS4A3QDU576Q   an IAM user's ID
  keysweep explain - < key.txt             an API key (ABSK…, bedrock-api-key-…) or a session token
  keysweep explain AKIAIOSFODNN7EXAMPLE -f json

Give keys on standard input only: what stands on the command line stays in your shell's history.

Exit codes: 0 explained, 2 nothing that can be explained.";

/// About `keysweep baseline`.
pub(super) const BASELINE_ABOUT: &str = "\
Keeps a file of findings that are accepted: each by its fingerprint, with a reason, an owner and a last
day. A fingerprint has no commit, path or line in it, so that an entry holds after a rebase, a squash or
a move; and no secret, so that the file may be committed.";

/// After `keysweep baseline --help`.
pub(super) const BASELINE: &str = "\
Examples:
  keysweep baseline create keysweep-baseline.toml --reason 'rotated 2026-11' --owner sec-team
  keysweep baseline create b.toml --reason 'test keys' --owner ann --import gitleaks.json
  keysweep sweep --baseline keysweep-baseline.toml
  keysweep baseline check keysweep-baseline.toml     in CI: 1 if something is new, over or unused
  keysweep baseline prune keysweep-baseline.toml     take out what is over or unused

A line of the file, which git merges well:
  ks1-0123456789abcdef0123456789abcdef = { reason = \"…\", owner = \"…\", expires = \"2027-01-31\" }

expires is the last day an entry counts, or \"never\". Sweeps name entries that are over or fit nothing
any more. A key that AWS says is active is reported, whoever accepted it. --import takes reports of
gitleaks, betterleaks, trufflehog and kingfisher, and .gitleaksignore: what is found here and named
there, by its value or its place, is accepted. No value of theirs is kept.

Exit codes: 0 done, 1 check found something, 2 error, 3 not all could be read.";

/// About `keysweep investigate`.
pub(super) const INVESTIGATE_ABOUT: &str = "\
Says from CloudTrail's files what was done with a key: when it was used and what is different since it came
into git, what it became (sessions, further keys, users), what was made, changed, read and turned off, and
what of it still stands, with the commands that show and remove it. Runs none of them, and asks nobody.";

/// After `keysweep investigate --help`.
pub(super) const INVESTIGATE: &str = "\
Examples:
  keysweep investigate script --report report.json > look-up.sh
                              the commands that fetch the event history; read them, then run them
  keysweep investigate --report report.json --events keysweep-events/
  keysweep investigate --key-id AKIAIOSFODNN7EXAMPLE --events trail/ lake.csv -o found.json

Reads trail files as they lie in S3 (whole folders, .json.gz), the output of lookup-events, and tables of
Athena and CloudTrail Lake as CSV or JSON, in any mixture; what several of them hold counts once.

Exit codes:
  0    all files were read, and nothing that the key made or changed still stands
  1    something still stands (--exit-code moves it)
  2    usage error, or nothing trustworthy came out
  3    nothing stands in what was read, but a file was damaged, cut off or not readable";

/// About `keysweep inventory`.
pub(super) const INVENTORY_ABOUT: &str = "\
Says from your own listing of IAM whether a key is yours, active, inactive or deleted, whose it is and when
it was last used. `script` prints the commands that make such a listing, for one account or, with
--organization-role NAME, for all of an organization; `show` looks keys up in one, and
`keysweep sweep --inventory FILE` does so for all that it finds. Needs no secret, and asks nobody.";

/// About `keysweep rules`.
pub(super) const RULES_ABOUT: &str = "\
Lists the rules, shows one, or checks a file with rules of your own for `keysweep sweep --rules`.

Such a file holds one [[rule]] after the other, with the keys that `keysweep rules show ID` shows. A
service-key rule may leave `kind` out; its findings are then called custom-key. Unknown keys are
refused.";

/// About `keysweep plan`.
pub(super) const PLAN_ABOUT: &str = "\
Writes the plan that takes a leak from found to closed: contain, investigate, rotate, rewrite, prove,
prevent. It fits what was found: root keys, keys of users, temporary keys, keys of single services,
canaries, dead keys; pushed or only here; commercial AWS, GovCloud or China.

Changes nothing by itself. With a PATH it sweeps first; a REPORT.json is planned from as it is.";

/// After `keysweep plan --help`.
pub(super) const PLAN: &str = "\
Examples:
  keysweep plan                          the plan for the current repository, as Markdown
  keysweep plan --out leak               plan.md, plan.json, plan.sh and report.json in leak/
  keysweep plan report.json --lang ja    from an earlier report, in Japanese
  bash leak/plan.sh contain              runs the steps of one phase; asks before each

plan.sh:
  Does nothing without a phase: contain, investigate, rotate, rewrite, prove, prevent. `--yes` answers
  its questions; what only a person can do is then left. AWS commands run with the AWS CLI as you, and
  never with the leaked key. The rewrite happens in a fresh clone, by git filter-repo 2.47 or newer,
  and is pushed at once or not at all, with a lease for every ref.

No plan holds a secret. Only --write-rules writes secrets: into a new file of mode 0600, outside of the
repository; plan.sh removes it on any exit.

State (--mark): open, contained, rotated, rewritten, proved. Fingerprints and states stand in
keysweep/findings.json below XDG_STATE_HOME (~/.local/state), and nothing else. A key that is verified
active reopens.

Exit codes: 0 the plan is written, 2 error, 3 written, but the sweep was incomplete.";
#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::GapKind;

    #[test]
    fn help_explains_every_gap_that_can_be_allowed() {
        for kind in GapKind::ALL {
            let named = |line: &str| line.trim_start().starts_with(kind.name());
            assert!(SWEEP.lines().any(named), "{kind:?}");
        }
    }
}
