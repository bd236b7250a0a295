git -C "$CLONE" for-each-ref --format='%(objectname) %(refname)' >"$WORK/now"
# Each ref that is another now, with its old and its new object; - stands for none.
awk 'NR == FNR { old[$2] = $1; next } { new[$2] = $1 }
  END {
    for (ref in old) if (!(ref in new)) print old[ref], "-", ref
    for (ref in new) if (!(ref in old)) print "-", new[ref], ref
    for (ref in new) if (ref in old && old[ref] != new[ref]) print old[ref], new[ref], ref
  }' "$WORK/before" "$WORK/now" | sort >"$WORK/changed"
leases=() specs=()
: >"$OUT/left-on-host"
while read -r old new ref; do
  case $ref in
  refs/pull/* | refs/merge-requests/* | refs/pull-requests/* | refs/changes/* | \
    refs/keep-around/* | refs/pipelines/* | refs/environments/*)
    printf '%s %s\n' "$old" "$ref" >>"$OUT/left-on-host"
    continue
    ;;
  esac
  leases+=("--force-with-lease=$ref:${old#-}")
  if [ "$new" != - ]; then specs+=("$ref:$ref"); else specs+=(":$ref"); fi
done <"$WORK/changed"
# No command line holds any number of refs.
for ((at = 0; at < ${#specs[@]}; at += 2000)); do
  git -C "$CLONE" push --atomic "${leases[@]:at:2000}" origin "${specs[@]:at:2000}" 2>&1 | redact >&2 ||
    die "$T_LEASE ($at / ${#specs[@]})"
done
