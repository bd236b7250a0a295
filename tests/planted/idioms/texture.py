"""What tools put in front of, behind and between the lines of a file that holds keys."""

from idioms import T

BODY = ["[default]", "aws_access_key_id = «id»", "aws_secret_access_key = «secret»"]
SESSION = [*BODY, "aws_session_token = «token»"]
ENV = ["export AWS_ACCESS_KEY_ID=«id»", "export AWS_SECRET_ACCESS_KEY=«secret»"]
BARE = ["«id»", "«secret»"]


def each(front, rows, back=""):
    return "".join(f"{front.replace('@', str(n))}{row}{back}\n" for n, row in enumerate(rows, 1))


# Lines with something in front of each.
FRONTS = {
    "diff-plus": "+", "diff-minus": "-", "diff-context": " ", "diff-combined": "++", "diff-combined-one": " +",
    "mail-quote": "> ", "mail-quote-twice": ">> ", "mail-quote-spaced": "> > ", "mail-quote-bar": "| ",
    "numbered-cat": "     @\t", "numbered-colon": "@:", "numbered-dot": "@. ", "numbered-bar": "  @ | ", "numbered-bracket": "[@] ",
    "grep": "conf/aws.ini:@:", "grep-context": "conf/aws.ini-@-", "blame": "^9e10b2a (J. Doe 2019-03-11 10:20:30 +0100 @) ",
    "shell-prompt": "$ ", "root-prompt": "root@web-1:~# ", "powershell-prompt": "PS C:\\Users\\dev> ", "python-prompt": ">>> ", "ruby-prompt": "irb(main):00@:0> ",
    "log-iso": "2021-03-04T05:06:07.89Z ", "log-syslog": "Mar  4 05:06:07 web-1 app[123]: ", "log-java": "2021-03-04 05:06:07,890 DEBUG [main] c.a.App - ",
    "log-actions": "2021-03-04T05:06:07.8901234Z   ", "log-docker-compose": "web_1  | ", "log-kubectl": "pod/web-1 ", "log-jenkins": "[2021-03-04T05:06:07.890Z] ", "log-gitlab": "section_start:1614834367:step\r\x1b[0K", "log-cloudwatch": "1614834367890 ", "log-level": "INFO: ", "log-python": "DEBUG:root:", "log-go": "2021/03/04 05:06:07 ", "log-nginx": "10.0.0.1 - - ",
    "comment-hash": "# ", "comment-hash-tight": "#", "comment-slashes": "// ", "comment-star": " * ", "comment-dashes": "-- ", "comment-semicolon": "; ", "comment-percent": "% ", "comment-rem": "REM ", "comment-quote": "' ", "comment-bang": "! ", "comment-dnl": "dnl ", "comment-fortran": "C     ", "comment-html": "<!-- ", "comment-tex": "%% ", "comment-vim": '" ', "comment-troff": '.\\" ', "comment-haskell": "-- | ", "comment-rust": "//! ",
    "tab": "\t", "many-tabs": "\t\t\t\t", "nbsp": "\u00a0\u00a0", "bullet-dash": "- ", "bullet-star": "* ", "checkbox": "- [ ] ", "quote-block": "    > ", "here-doc-minus": "\t\t", "rst-literal": "   ", "ansi": "\x1b[32m+\x1b[0m", "cobol": "000@00 ",
}
for name, front in FRONTS.items():
    T(f"texture/{name}", f"texture/{name}.txt", "hard", each(front, BODY))
    if name.startswith(("diff", "mail", "numbered", "log", "comment")):
        T(f"texture-bare/{name}", f"texture/bare-{name}.txt", "hard", each(front, BARE))
for name in ("diff-plus", "mail-quote", "numbered-cat", "log-docker-compose", "comment-hash"):
    T(f"texture-session/{name}", f"texture/session-{name}.txt", "hard", each(FRONTS[name], SESSION), "session")

# Something behind each.
BACKS = {
    "semicolon": ";", "comma": ",", "backslash": " \\", "backslash-tight": "\\", "ampersands": " &&", "caret": " ^", "backtick": " `", "pipe": " |", "trailing-space": "  ", "tabs": "\t\t",
    "html-break": "<br>", "html-break-closed": "<br/>", "paragraph": "</p>", "two-spaces-break": "  ", "pilcrow": "¶", "dollar-cat-e": "$", "carriage-mark": "^M", "comment": "  # keep", "slash-comment": " // keep", "period": ".", "quote": '"', "escaped-n": "\\n", "escaped-n-quote": '\\n"', "escaped-crlf": "\\r\\n", "closing-tag": "</li>", "ansi-reset": "\x1b[0m", "nul": "\0", "colon": ":", "end-paren": ")", "html-entity-break": "&#10;", "html-entity-cr": "&#13;", "xml-entity-hex": "&#xA;", "semicolon-escaped": "\\;", "three-dots": "...", "arrow": " ->",
}
for name, back in BACKS.items():
    T(f"texture-end/{name}", f"texture/end-{name}.txt", "hard", each("", ENV, back))

# No line ends at all, or others.
T("texture/cr-only", "texture/mac.txt", "hard", "\r".join(BODY) + "\r")
T("texture/one-line-spaces", "texture/flat.txt", "hard", " ".join(BODY) + "\n")
T("texture/one-line-escapes", "texture/flat2.txt", "hard", "\\n".join(BODY) + "\n")
T("texture/one-line-escapes-twice", "texture/flat3.txt", "hard", "\\\\n".join(BODY) + "\n")
T("texture/one-line-crlf-escapes", "texture/flat4.txt", "hard", "\\r\\n".join(BODY) + "\n")
T("texture/one-line-percent", "texture/flat5.txt", "hard", "%0A".join(["AWS_ACCESS_KEY_ID%3D«id»", "AWS_SECRET_ACCESS_KEY%3D«secret:percent»"]) + "\n")
T("texture/unicode-line-separator", "texture/flat6.txt", "hard", "\u2028".join(BODY) + "\n")
T("texture/u000a", "texture/flat7.txt", "hard", "\\u000a".join(BODY) + "\n")
T("texture/x0a", "texture/flat8.txt", "hard", "\\x0a".join(BODY) + "\n")
T("texture/octal-012", "texture/flat9.txt", "hard", "\\012".join(BODY) + "\n")
T("texture/backslash-wrapped-json", "texture/flat10.txt", "hard", '\\"aws_access_key_id\\": \\"«id»\\", \\"aws_secret_access_key\\": \\"«secret»\\"\n')
T("texture/backslash-three", "texture/flat11.txt", "hard", '\\\\\\"aws_access_key_id\\\\\\": \\\\\\"«id»\\\\\\", \\\\\\"aws_secret_access_key\\\\\\": \\\\\\"«secret»\\\\\\"\n')
T("texture/patch-both", "texture/rotate.patch", "hard", "--- a/.env\n+++ b/.env\n@@ -1,2 +1,2 @@\n-AWS_ACCESS_KEY_ID=«id»\n-AWS_SECRET_ACCESS_KEY=«secret»\n+AWS_ACCESS_KEY_ID=«2.id»\n+AWS_SECRET_ACCESS_KEY=«2.secret»\n", "pair pair")
T("texture/patch-interleaved", "texture/rotate2.patch", "hard", "--- a/.env\n+++ b/.env\n@@ -1,2 +1,2 @@\n-AWS_ACCESS_KEY_ID=«id»\n+AWS_ACCESS_KEY_ID=«2.id»\n-AWS_SECRET_ACCESS_KEY=«secret»\n+AWS_SECRET_ACCESS_KEY=«2.secret»\n", "pair pair")
T("texture/word-diff", "texture/word.diff", "hard", "AWS_ACCESS_KEY_ID=[-«id»-]{+«2.id»+}\nAWS_SECRET_ACCESS_KEY=[-«secret»-]{+«2.secret»+}\n", "pair pair")
T("texture/side-by-side", "texture/side.diff", "hard", "aws_access_key_id=«id»      | aws_access_key_id=«2.id»\naws_secret_access_key=«secret» | aws_secret_access_key=«2.secret»\n", "pair pair")
T("texture/merge-conflict-diff3", "texture/conflict.env", "hard", "<<<<<<< HEAD\nAWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY=«secret»\n||||||| base\n=======\nAWS_ACCESS_KEY_ID=«2.id»\nAWS_SECRET_ACCESS_KEY=«2.secret»\n>>>>>>> theirs\n", "pair pair")
T("texture/sed-script", "texture/rotate.sh", "hard", "sed -i 's|AWS_KEY=.*|AWS_KEY=«id»|; s|AWS_SECRET=.*|AWS_SECRET=«secret»|' .env\n")
T("texture/sed-hash", "texture/rotate2.sh", "hard", "sed -e 's#@KEY@#«id»#' -e 's#@SECRET@#«secret»#' in > out\n")
T("texture/perl-substitution", "texture/rotate3.sh", "hard", "perl -pi -e 's{OLDKEY}{«id»}; s{OLDSECRET}{«secret»}' conf\n")
T("texture/awk-vars", "texture/run.sh", "hard", "awk -v key=«id» -v secret=«secret» '{print}' x\n")
T("texture/vim-modeline-fold", "texture/fold.txt", "hard", "keys {{{1\n«id»\n«secret»\n}}}\n")
T("texture/editor-swap", "texture/undo.txt", "hard", "«id»\0\0\0\0«secret»\0\0\0[default]\0")
T("texture/screen-recording", "texture/demo.cast", "hard", '[0.5, "o", "export AWS_ACCESS_KEY_ID=«id»\\r\\n"]\n[1.5, "o", "export AWS_SECRET_ACCESS_KEY=«secret»\\r\\n"]\n')
T("texture/typescript-colours", "texture/typescript.txt", "hard", "\x1b[1m$ \x1b[0mexport AWS_ACCESS_KEY_ID=\x1b[33m«id»\x1b[39m\r\n\x1b[1m$ \x1b[0mexport AWS_SECRET_ACCESS_KEY=\x1b[33m«secret»\x1b[39m\r\n")
T("texture/backspaces", "texture/session.log", "hard", "\x08\x08«id»\x1b[K\r\n\x08\x08«secret»\x1b[K\r\n")
