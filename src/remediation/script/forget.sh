git -C "$REPO" reflog expire --expire=now --all
common=$(git -C "$REPO" rev-parse --path-format=absolute --git-common-dir)
for folder in "$common" "$common"/worktrees/*; do
  rm -f "$folder/ORIG_HEAD" "$folder/FETCH_HEAD" "$folder/COMMIT_EDITMSG" "$folder/TAG_EDITMSG" \
    "$folder/NOTES_EDITMSG" "$folder/SQUASH_MSG"
done
git -C "$REPO" gc -q --prune=now
