"$KEYSWEEP" sweep "$CLONE" --no-cache --format ndjson --exit-code 0 >"$WORK/after.ndjson"
if grep -qF "${MARKS[@]}" "$WORK/after.ndjson"; then die "$T_STILL_THERE"; fi
