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
  keysweep explain AKIA…           what an access key ID tells
  keysweep rules                   what is looked for
  keysweep investigate --help      what was done with a key, from CloudTrail's files
  keysweep inventory --help        whose key it is, from your own listing

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

keysweep reads only. It runs no code from the repository and does not use the network.";

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
  keysweep sweep --fail-on pair --max-time 5m    fail on complete keys only, end after 5 minutes
  git clone --mirror URL app.git && keysweep sweep app.git    a remote repository

Reports:
  human    for people; secrets are masked, access key IDs are shown whole
  json     one document, schema keysweep/1; hashes in place of secrets
  ndjson   one finding a line, then a line with the summary
  Files given with -o appear whole or not at all, with mode 0600. Stdout gets its report too,
  unless -q is given. README.md documents every field of the JSON formats.

Severity, as far as it can be told without asking AWS:
  critical    an access key ID with its secret, or a key of a single service, pushed to a remote
  high        the same, only here; a secret alone, pushed; a sign-in link or registry token
  medium      a secret alone, only here; a long-term key's ID alone; a session token or AppSync
              key, pushed
  low         a temporary key's ID alone; an ID that stands in signed requests only; what has
              expired; canaries

Not swept: submodules' repositories, unless --recurse-submodules is given; what git-lfs pointers
point to; and files that git does not know, unless --worktree is given.

What a sweep remembers (--cache-dir, --no-cache):
  Names of objects that it read in full, never a value that was found. The next sweep reads what is
  new, and objects with hits once more; its report says the same. --refs and --worktree remember
  nothing. Repositories swept with the same --cache-dir believe each other.

What makes a sweep fail (--fail-on):
  low, medium, high    confidence; a plausible key ID alone is high. Findings that
                       --min-confidence hides count, placeholders never do
  pair                 an access key ID with its secret, or a key of a single service that
                       works alone
  active               verified active; this version asks AWS nothing, so nothing fails

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
  KEYSWEEP_THREADS, KEYSWEEP_MAX_TIME    as the flags, which win
  NO_COLOR                               no colour, if set and not empty
  CI                                     no progress bar
  GIT_DIR                                the repository, unless PATH is given
  XDG_CACHE_HOME                         where sweeps remember, instead of ~/.cache";

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
