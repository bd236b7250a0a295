export RULES
names='
  import builtins
  rules = getattr(builtins, "keysweep_rules", None)
  if rules is None:
    rules = FilteringOptions.get_replace_text(os.fsencode(os.environ["RULES"]))
    builtins.keysweep_rules = rules
  for number, (old, _) in enumerate(rules["literals"], 1):
    if VALUE:
      VALUE = VALUE.replace(old, b"REMOVED-%d" % number)
  return VALUE'
range=()
while IFS= read -r ref; do range+=("$ref"); done < <(
  git -C "$REPO" for-each-ref --format='%(refname)' refs/heads refs/tags refs/notes)
while IFS= read -r id; do range+=("^$id"); done < <(
  git -C "$REPO" for-each-ref --format='%(objectname)' refs/remotes | sort -u)
git -C "$REPO" filter-repo --force \
  --prune-empty never --prune-degenerate never --preserve-commit-encoding \
  --replace-text "$RULES" --replace-message "$RULES" \
  --strip-blobs-with-ids "$RULES.blobs" \
  --filename-callback "${names//VALUE/filename}" \
  --refname-callback "${names//VALUE/refname}" \
  --name-callback "${names//VALUE/name}" \
  --email-callback "${names//VALUE/email}" \
  --refs "${range[@]}" >"$WORK/filter.log" 2>&1 || {
  redact <"$WORK/filter.log" >&2
  die "$T_FILTER"
}
