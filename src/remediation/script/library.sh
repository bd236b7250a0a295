set -euo pipefail
umask 077
export LC_ALL=C

say() { printf '%s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Asks, unless --yes was given. Without a terminal and --yes nothing is done.
confirm() {
  if [ "$YES" = 1 ]; then return 0; fi
  if ! [ -t 0 ]; then die "$T_NO_TERMINAL"; fi
  printf '%s [y/N] ' "$1" >&2
  local answer
  read -r answer
  case $answer in y | Y | yes) return 0 ;; esac
  return 1
}

# A value that only a person knows: from the environment, else asked for.
answer() {
  if [ -n "${!1:-}" ]; then
    printf '%s' "${!1}"
    return
  fi
  local value=
  if [ "$YES" != 1 ] && [ -t 0 ]; then
    printf '%s ' "$2" >&2
    read -r value
  fi
  if [ -z "$value" ]; then
    printf '   %s %s\n' "$T_SET" "$1" >&2
    return 1
  fi
  printf '%s' "$value"
}

# A step, or a part of one, that is not done.
leave() {
  LEFT=$((LEFT + 1))
  say "   $1"
}

# Names the file that a new key goes to. With --yes nobody is there to wish for one.
new_file() {
  if [ -n "${NEW_KEY_FILE:-}" ]; then
    printf '%s' "$NEW_KEY_FILE"
  elif [ "$YES" = 1 ]; then
    printf '   %s %s\n' "$T_SET" NEW_KEY_FILE >&2
    return 1
  else
    mktemp "${TMPDIR:-/tmp}/new-key.XXXXXX"
  fi
}

# step ID WHO TITLE WHY: shows what comes next.
step() {
  # A step for another partition must not leave its region to the next one.
  if [ -n "$REGION" ]; then export AWS_REGION=$REGION; else unset AWS_REGION; fi
  if [ -n "$DEFAULT_REGION" ]; then export AWS_DEFAULT_REGION=$DEFAULT_REGION; else unset AWS_DEFAULT_REGION; fi
  printf '\n== %s [%s]\n   %s\n   %s\n' "$1" "$2" "$3" "$4"
}

# What no command does: a person says when it is done. With --yes nobody is there to say it.
by_hand() {
  if [ "$YES" = 1 ] || ! [ -t 0 ] || ! confirm "$T_DONE"; then leave "$T_BY_HAND"; fi
}

# The same where it may not apply, which is no step left.
by_hand_if() {
  if [ "$YES" = 1 ] || ! [ -t 0 ] || ! confirm "$T_DONE"; then say "   $T_BY_HAND_IF"; fi
}

# False if the step is not wanted.
wanted() {
  if confirm "$T_RUN"; then return 0; fi
  leave "$T_SKIPPED"
  return 1
}

# False if the step does not apply, which is no step left.
wanted_if() {
  if confirm "$T_RUN_IF"; then return 0; fi
  say "   $T_SKIPPED"
  return 1
}

# Drops a stash entry in which an ID of the plan stands; others only if a person says so.
drop_stash() {
  local part id
  for part in '' ^2 ^3; do
    for id in "${IDS[@]}"; do
      if git -C "$REPO" grep -qF -e "$id" "$1$part" 2>/dev/null; then
        git -C "$REPO" stash drop -q "$1"
        return
      fi
    done
  done
  git -C "$REPO" stash show --include-untracked --stat "$1" || return 0
  if [ "$YES" != 1 ] && confirm "$T_STASH $1"; then
    git -C "$REPO" stash drop -q "$1"
  else
    leave "$T_SKIPPED"
  fi
}

# Output of git without what the rules remove: names of branches may hold keys.
redact() {
  awk 'NR == FNR { if (sub(/^literal:/, "")) { sub(/==>[^=]*$/, ""); rule[n++] = $0 } next }
    { for (i = 0; i < n; i++)
        while ((at = index($0, rule[i])))
          $0 = substr($0, 1, at - 1) "[removed]" substr($0, at + length(rule[i]))
      print }' "$RULES" -
}

# The key that leaked must not be the one that cleans up.
not_with_the_key() {
  local id
  for id in "${IDS[@]}"; do
    if [ "${AWS_ACCESS_KEY_ID:-}" = "$id" ]; then die "$T_OWN_KEY $id"; fi
  done
}

# Remembers how far the findings have come, if nothing was left out.
mark() {
  if [ "$LEFT" -gt 0 ]; then
    say "$T_LEFT $LEFT"
    return
  fi
  "$KEYSWEEP" plan --mark "$1" "${FINDINGS[@]}" || say "$T_NOT_MARKED"
}

# Secrets stand in the rules alone: they go, whatever happens, and the clone with them.
cleanup() {
  if [ -n "${RULES:-}" ]; then rm -f -- "$RULES" "$RULES.blobs" "$RULES.commits"; fi
  if [ -n "${WORK:-}" ]; then rm -rf -- "$WORK"; fi
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
