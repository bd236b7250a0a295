git -C "$REPO" fetch -q --prune --force --tags -- "$REMOTE" '+refs/heads/*:refs/remotes/'"$REMOTE"'/*'
if grep -q ' refs/notes/' "$WORK/before"; then
  git -C "$REPO" fetch -q --prune -- "$REMOTE" '+refs/notes/*:refs/notes/*'
fi
git -C "$REPO" for-each-ref --format='%(objectname) %(refname) %(worktreepath)' \
  refs/heads refs/tags >"$WORK/local"
# With the new commit of each, and whether the remote has it under another name now: then the old
# name held the key.
awk 'FILENAME == ARGV[1] { map[$1] = $2; next }
  FILENAME == ARGV[2] { before[$2] = 1; next }
  FILENAME == ARGV[3] { now[$2] = 1; next }
  { print $1, ($1 in map ? map[$1] : "-"), ($2 in before && !($2 in now)), $2,
      substr($0, length($1) + length($2) + 3) }' \
  "$OUT/commit-map" "$WORK/before" "$WORK/now" "$WORK/local" >"$WORK/moves"
while read -r old new gone ref tree; do
  case $gone$ref in
  1refs/tags/*) git -C "$REPO" update-ref -d "$ref" "$old" ;;
  0refs/tags/*) ;;
  1*)
    if [ "$new" = - ]; then
      leave "$T_RENAMED"
      continue
    fi
    renamed=$(awk -v new="$new" 'NR == FNR { old[$2] = 1; next }
      $1 == new && /refs\/heads\// && !($2 in old) { print $2; exit }' "$WORK/before" "$WORK/now")
    git -C "$REPO" update-ref "$renamed" "$new"
    if [ -n "$tree" ]; then
      git -C "$tree" reset -q --keep "$new"
      git -C "$tree" symbolic-ref HEAD "$renamed"
    fi
    git -C "$REPO" update-ref -d "$ref"
    ;;
  *)
    if [ "$new" = - ]; then
      base=$(git -C "$REPO" rev-list "$ref" | awk 'NR == FNR { map[$1] = $2; next }
        $1 in map { print $1, map[$1]; exit }' "$OUT/commit-map" -)
      if [ -n "$base" ] && [ "${base% *}" != "${base#* }" ]; then
        branch=${ref#refs/heads/}
        say "$T_REBASE git -C ${REPO@Q} rebase --onto ${base#* } ${base% *} ${branch@Q}" | redact
        LEFT=$((LEFT + 1))
      fi
    elif [ "$new" != "$old" ] && [ -n "$tree" ]; then
      git -C "$tree" reset -q --keep "$new"
    elif [ "$new" != "$old" ]; then
      git -C "$REPO" update-ref "$ref" "$new" "$old"
    fi
    ;;
  esac
done <"$WORK/moves"
