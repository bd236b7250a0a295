"$KEYSWEEP" plan "$CLONE" --write-rules "$RULES" "${ONLY[@]}"
