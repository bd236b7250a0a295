git -C "$CLONE" rev-list --exclude='refs/notes/*' --all --topo-order --reverse --parents >"$WORK/graph"
awk -v seeds="$(cat "$RULES.commits")" '
  BEGIN { n = split(seeds, list); for (i = 1; i <= n; i++) seed[list[i]] = 1 }
  { hit = $1 in seed
    for (i = 2; i <= NF; i++) if ($i in changed) hit = 1
    if (hit) { changed[$1] = 1; count++; if (!first) first = $1 } }
  END { print count + 0, NR, (first ? first : "-") }' "$WORK/graph" >"$WORK/estimate"
read -r rewritten commits first <"$WORK/estimate"
signed=$(git -C "$CLONE" rev-list --all | git -C "$CLONE" cat-file --batch |
  LC_ALL=C grep -ac '^gpgsig' || true)
requests=$(git -C "$CLONE" for-each-ref --format='%(refname)' |
  grep -cE '^refs/(pull/[0-9]+/head|merge-requests/[0-9]+/head|pull-requests/[0-9]+/from)$' || true)
say "$T_ESTIMATE_COMMITS $rewritten / $commits ($first)"
say "$T_ESTIMATE_SIGNED $signed"
say "$T_ESTIMATE_REQUESTS $requests"
