git -C "$REPO" fetch -q --prune --force --tags -- "$REMOTE" '+refs/heads/*:refs/remotes/'"$REMOTE"'/*'
if grep -q ' refs/notes/' "$WORK/before"; then
  git -C "$REPO" fetch -q --prune -- "$REMOTE" '+refs/notes/*:refs/notes/*'
fi
git -C "$REPO" for-each-ref --format='%(objectname) %(refname) %(worktreepath)' \
  refs/heads refs/tags >"$WORK/local"
while read -r old ref tree; do
  new=$(awk -v old="$old" '$1 == old { print $2 }' "$OUT/commit-map")
  if [ "${ref#refs/tags/}" != "$ref" ]; then
    # A tag that the host no longer has under this name.
    if grep -qxF "$old $ref" "$WORK/before" && ! grep -qF " $ref" "$WORK/now"; then
      git -C "$REPO" update-ref -d "$ref" "$old"
    fi
  elif [ -z "$new" ]; then
    base=$(git -C "$REPO" rev-list "$ref" | awk '
      NR == FNR { map[$1] = $2; next } $1 in map { print $1, map[$1]; exit }' "$OUT/commit-map" -)
    [ -n "$base" ] && [ "${base% *}" != "${base#* }" ] || continue
    say "$T_REBASE git -C ${REPO@Q} rebase --onto ${base#* } ${base% *} ${ref@Q}"
  elif [ "$new" = "$old" ]; then
    continue
  elif [ -n "$tree" ]; then
    git -C "$tree" reset -q --keep "$new"
  else
    git -C "$REPO" update-ref "$ref" "$new" "$old"
  fi
done <"$WORK/local"
