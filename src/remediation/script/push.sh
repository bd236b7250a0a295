git -C "$CLONE" for-each-ref --format='%(objectname) %(refname)' >"$WORK/now"
leases=() specs=()
: >"$OUT/left-on-host"
while read -r id ref; do
  old=$(awk -v ref="$ref" '$2 == ref { print $1 }' "$WORK/before")
  new=$(awk -v ref="$ref" '$2 == ref { print $1 }' "$WORK/now")
  [ "$old" != "$new" ] || continue
  case $ref in
  refs/pull/* | refs/merge-requests/* | refs/pull-requests/* | refs/changes/* | \
    refs/keep-around/* | refs/pipelines/* | refs/environments/*)
    printf '%s %s\n' "$id" "$ref" >>"$OUT/left-on-host"
    continue
    ;;
  esac
  leases+=("--force-with-lease=$ref:$old")
  if [ -n "$new" ]; then specs+=("$ref:$ref"); else specs+=(":$ref"); fi
done < <(awk '!seen[$2]++' "$WORK/before" "$WORK/now")
if [ "${#specs[@]}" -gt 0 ]; then
  git -C "$CLONE" push --atomic "${leases[@]}" origin "${specs[@]}" 2>&1 | redact >&2 ||
    die "$T_LEASE"
fi
