WORK=$(mktemp -d "${TMPDIR:-/tmp}/keysweep-rewrite.XXXXXX")
CLONE=$WORK/clone.git
RULES=$WORK/rules
git clone -q --bare --no-local -- "$URL" "$CLONE"
git -C "$CLONE" fetch -q --prune --refmap '' origin '+refs/*:refs/*'
git -C "$CLONE" for-each-ref --format='%(objectname) %(refname)' >"$WORK/before"
