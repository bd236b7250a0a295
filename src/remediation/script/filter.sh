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
git -C "$CLONE" filter-repo --force --sensitive-data-removal --no-fetch \
  --prune-empty never --prune-degenerate never --preserve-commit-encoding \
  --replace-text "$RULES" --replace-message "$RULES" \
  --strip-blobs-with-ids "$RULES.blobs" \
  --filename-callback "${names//VALUE/filename}" \
  --refname-callback "${names//VALUE/refname}" \
  --name-callback "${names//VALUE/name}" \
  --email-callback "${names//VALUE/email}" >"$WORK/filter.log" 2>&1 || {
  redact <"$WORK/filter.log" >&2
  die "$T_FILTER"
}
cp "$CLONE/filter-repo/commit-map" "$OUT/commit-map"
cp "$CLONE/filter-repo/first-changed-commits" "$OUT/first-changed-commits"
