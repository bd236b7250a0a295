# A note hangs on a commit's old name: it moves to the new one.
sed -n '2,$s/  */ /p' "$OUT/commit-map" | grep -v ' 0*$' | awk '$1 != $2' >"$WORK/moved"
git -C "$CLONE" for-each-ref --format='%(refname)' refs/notes >"$WORK/notes"
while IFS= read -r notes; do
  git -C "$CLONE" notes --ref="$notes" list | awk '{print $2}' >"$WORK/noted"
  awk 'NR == FNR { noted[$1] = 1; next } $1 in noted' "$WORK/noted" "$WORK/moved" >"$WORK/copy"
  [ -s "$WORK/copy" ] || continue
  git -C "$CLONE" notes --ref="$notes" copy --force --stdin <"$WORK/copy"
  awk '{print $1}' "$WORK/copy" |
    git -C "$CLONE" notes --ref="$notes" remove --ignore-missing --stdin >"$WORK/notes.log" 2>&1
done <"$WORK/notes"
