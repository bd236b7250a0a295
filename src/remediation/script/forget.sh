git -C "$REPO" reflog expire --expire=now --all
common=$(git -C "$REPO" rev-parse --path-format=absolute --git-common-dir)
for folder in "$common" "$common"/worktrees/*; do
  rm -f "$folder/ORIG_HEAD" "$folder/FETCH_HEAD" "$folder/COMMIT_EDITMSG" "$folder/TAG_EDITMSG" \
    "$folder/NOTES_EDITMSG" "$folder/SQUASH_MSG" "$folder/REBASE_HEAD" "$folder/AUTO_MERGE"
  [ ! -e "$folder/index" ] || git -C "$folder" --git-dir=. update-index --clear-resolve-undo
done
git -C "$REPO" gc -q --prune=now
