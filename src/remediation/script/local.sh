[ -z "$(git -C "$REPO" status --porcelain --untracked-files=no)" ] || die "$T_NOT_CLEAN"
WORK=$(mktemp -d "${TMPDIR:-/tmp}/keysweep-rewrite.XXXXXX")
RULES=$WORK/rules
"$KEYSWEEP" plan "$REPO" --write-rules "$RULES" "${ONLY[@]}"
