git -C "$REPO" fetch -q --prune --force --tags -- "$REMOTE" '+refs/heads/*:refs/remotes/'"$REMOTE"'/*'
if grep -q ' refs/notes/' "$WORK/before"; then
  git -C "$REPO" fetch -q --prune -- "$REMOTE" '+refs/notes/*:refs/notes/*'
fi
git -C "$REPO" for-each-ref --format='%(objectname) %(refname) %(worktreepath)' \
  refs/heads refs/tags >"$WORK/local"
while read -r old ref tree; do
  new=$(awk -v old="$old" '$1 == old { print $2 }' "$OUT/commit-map")
  # What has another name on the remote now had the key in its name.
  gone=$(awk -v ref="$ref" '$2 == ref { in_it[FILENAME] = 1 }
    END { print (ARGV[1] in in_it) && !(ARGV[2] in in_it) }' "$WORK/before" "$WORK/now")
  case $gone$ref in
  1refs/tags/*) git -C "$REPO" update-ref -d "$ref" "$old" ;;
  0refs/tags/*) ;;
  1*)
    [ -n "$new" ] || { say "$T_RENAMED" && continue; }
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
    if [ -z "$new" ]; then
      base=$(git -C "$REPO" rev-list "$ref" | awk 'NR == FNR { map[$1] = $2; next }
        $1 in map { print $1, map[$1]; exit }' "$OUT/commit-map" -)
      if [ -n "$base" ] && [ "${base% *}" != "${base#* }" ]; then
        LEFT=$((LEFT + 1))
        say "$T_REBASE git -C ${REPO@Q} rebase --onto ${base#* } ${base% *} ${ref@Q}" | redact
      fi
    elif [ "$new" != "$old" ] && [ -n "$tree" ]; then
      git -C "$tree" reset -q --keep "$new"
    elif [ "$new" != "$old" ]; then
      git -C "$REPO" update-ref "$ref" "$new" "$old"
    fi
    ;;
  esac
done <"$WORK/local"
