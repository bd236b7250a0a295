"""What stands right next to a key, how far its secret is, and in what company."""

from idioms import T, idiom
from doc import fill

T("glue/underscore-after", "data/names.txt", "hard", "backup_«id»_old secret_key=«secret»\n")
T("glue/letters-before", "data/ids.txt", "hard", "key«id» secret «secret»\n")
T("glue/backslash-n-after", "data/escaped.txt", "hard", r"creds=«id»\nsecret=«secret»\n" + "\n")
T("glue/backslash-t-before", "data/tabs.txt", "hard", r"id\t«id»\tsecret\t«secret»\t" + "\n")
T("glue/backslash-r-n", "data/crlf.txt", "hard", r"AWS_ACCESS_KEY_ID=«id»\r\nAWS_SECRET_ACCESS_KEY=«secret»\r\n" + "\n")
T("glue/percent-before", "data/pct.txt", "hard", "next=%3D«id»%26secret%3D«secret:percent»\n")
T("glue/entity-quotes", "data/quot.txt", "hard", "key=&quot;«id»&quot; secret=&quot;«secret»&quot;\n")
T("glue/u003d", "data/u003d.json", "hard", r'{"u":"access_key\u003d«id»\u0026secret_key\u003d«secret:jsonu»"}' + "\n")
T("glue/u0022", "data/u0022.json", "hard", r'{"u":"{\u0022key\u0022:\u0022«id»\u0022,\u0022secret\u0022:\u0022«secret:jsonu»\u0022}"}' + "\n")
T("glue/x3d", "data/x3d.js", "hard", r"var q='key\x3d«id»\x26secret\x3d«secret»';" + "\n")
T("glue/colon-colon", "data/colons.txt", "hard", "s3::«id»::«secret»::«region»\n")
T("glue/hash", "data/hash.txt", "hard", "#«id»#«secret»#\n")
T("glue/at-signs", "data/at.txt", "hard", "«id»@@«secret»@@«bucket»\n")
T("glue/angle", "data/angle.txt", "hard", "<«id»> <«secret»>\n")
T("glue/brackets", "data/brackets.txt", "hard", "[«id»][«secret»]\n")
T("glue/asterisks", "data/stars.md", "hard", "*«id»* **«secret»**\n")
T("glue/underscore-emphasis", "data/emph.md", "hard", "_«id»_ / __«secret»__\n")
T("glue/file-in-path", "data/list.txt", "hard", "/keys/«id».pem\n/keys/«id»/«secret:percent»\n")
T("glue/timestamp", "data/stamp.txt", "rest", "20200101«id»20210101 s=«secret»\n")
T("glue/hyphens", "data/hyphens.txt", "hard", "prod-«id»-2020 sk-«secret»\n")
T("glue/cjk-neighbours", "data/cjk.txt", "hard", "鍵は«id»です。秘密は«secret»です。\n")
T("glue/emoji", "data/emoji.txt", "hard", "🔑«id» 🤫«secret»\n")
T("glue/nul-separated", "data/nul.bin", "hard", "\0\x14«id»\0\x28«secret»\0\0")
T("glue/length-prefixed", "data/pb.bin", "hard", "\n\x14«id»\x12(«secret»\x1a\x09«region»")
T("glue/no-separator", "data/fixed.dat", "rest", "0001«id»«secret»EU\n0002«2.id»«2.secret»US\n", "pair pair")
T("glue/secret-equals-sign", "data/trail.txt", "hard", "AccessKeyId=«id»==SecretAccessKey=«secret»==\n")
T("glue/slash-around", "data/slashes.txt", "hard", "proxy/«id»/«secret:percent»/us\n")
T("glue/dots", "data/dots.txt", "hard", "aws.«id».«secret».end\n")
T("glue/tilde-comma", "data/tilde.txt", "hard", "~«id»~,~«secret»~\n")
T("glue/caret-dollar", "data/regex.txt", "hard", "^«id»$ ^«secret»$\n")
T("glue/ampersand", "data/amp.txt", "hard", "«id»&«secret»&«region»\n")
T("glue/exclamation", "data/bang.txt", "hard", "«id»! «secret»!\n")
T("glue/backticks", "data/ticks.md", "hard", "`«id»``«secret»`\n")
T("glue/bell", "data/bell.txt", "hard", "\x07«id»\x07«secret»\x07\n")
T("glue/form-feed", "data/ff.txt", "hard", "\x0c«id»\x0c«secret»\x0c")
T("glue/windows-path", "data/win.txt", "hard", "C:\\keys\\«id»\\secret=«secret»\n")
T("label/reversed", "data/rev.txt", "hard", "«id» is the access key\n«secret» is the secret key\n")
T("label/upper-words", "data/upper.txt", "hard", "ACCESS KEY ID «id» SECRET ACCESS KEY «secret»\n")
T("label/mixed-stems", "data/stems.env", "hard", '''
MEDIA_KEY=«id»
LOGS_KEY=«2.id»
LOGS_SECRET=«2.secret»
MEDIA_SECRET=«secret»
''', "pair pair")
T("label/numbered", "data/numbered.env", "hard", '''
AWS_KEY_1=«id»
AWS_KEY_2=«2.id»
AWS_SECRET_2=«2.secret»
AWS_SECRET_1=«secret»
''', "pair pair")
T("label/suffix-env", "data/suffix.env", "hard", '''
S3_ACCESS_KEY_PROD=«id»
S3_SECRET_KEY_PROD=«secret»
S3_ACCESS_KEY_DEV=«2.id»
S3_SECRET_KEY_DEV=«2.secret»
''', "pair pair")
T("label/ids-then-secrets", "data/grouped.txt", "hard", '''
dev_access_key = «id»
qa_access_key = «2.id»
prod_access_key = «3.id»

dev_secret_key = «secret»
qa_secret_key = «2.secret»
prod_secret_key = «3.secret»
''', "pair pair pair")
T("label/abbreviated", "data/abbr.txt", "hard", "ak: «id»\nsk: «secret»\n")
T("label/awskey-awspass", "data/pass.txt", "hard", "awsuser «id»\nawspass «secret»\n")
T("label/typo", "data/typo.txt", "hard", "acess_key=«id»\nsecert_key=«secret»\n")
T("label/secret-key-id-swapped", "data/swapped.env", "hard", "AWS_SECRET_ACCESS_KEY=«id»\nAWS_ACCESS_KEY_ID=«secret»\n")
T("company/hashes", "data/sums.txt", "hard", '''
«hex40»  a.tgz
«hex40.2»  b.tgz
aws_access_key_id=«id»
commit «hex40.3»
aws_secret_access_key=«secret»
«hex64»  c.tgz
''')
T("company/doc-id-real-secret", "data/mixed.ini", "hard", '''
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = «secret»
''', "lone")
T("company/real-id-doc-secret", "data/mixed2.ini", "hard", '''
aws_access_key_id = «id»
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
''', "id")
T("company/doc-pair-above", "data/doc-and-real.md", "plain", '''
Example:

    aws_access_key_id = AKIAIOSFODNN7EXAMPLE
    aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY

Ours:

    aws_access_key_id = «id»
    aws_secret_access_key = «secret»
''')
T("company/placeholder-secret", "data/ph.env", "plain", '''
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
''', "id")
T("company/entity-ids", "data/identity.json", "hard", '''
{"UserId": "AIDA«account»EXAMPLE", "Arn": "arn:aws:iam::«account»:user/«user»", "AccessKeyId": "«id»"}
''', "id")
T("company/test-path", "tests/fixtures/example_test_data.ini", "plain", '''
# dummy values for the test suite
aws_access_key_id = «id»
aws_secret_access_key = «secret»
''')
T("company/allow-comment", "src/allowed.py", "hard", '''
KEY = "«id»"  # gitleaks:allow
SECRET = "«secret»"  # pragma: allowlist secret nosec trufflehog:ignore
''')
T("company/node-modules", "node_modules/«word»/lib/config.js", "plain", '''
module.exports = { accessKeyId: '«id»', secretAccessKey: '«secret»' };
''')
T("company/vendor", "vendor/github.com/acme/«word»/creds.go", "plain", '''
const awsAccessKey, awsSecretKey = "«id»", "«secret»"
''')
T("company/go-sum", "go.sum", "hard", "github.com/a/b v1.0.0 h1:AAAA\n// aws_access_key_id=«id»\n// aws_secret_access_key=«secret»\n")


@idiom("far/lines", "conf/long.ini", "hard")
def far_lines(creds, r):
    between = "".join(f"option_{n} = «num4.{n}»\n" for n in range(r.choice([8, 15, 30, 60])))
    return fill("[s3]\naws_access_key_id = «id»\n" + between + "aws_secret_access_key = «secret»\n", creds, r)


@idiom("far/one-long-line", "data/one-line.json", "hard")
def far_line(creds, r):
    noise = ",".join(f'"f{n}":"«hex16.{n}»"' for n in range(150))
    return fill('{' + noise + ',"accessKeyId":"«id»",' + noise.replace("f", "g") + ',"secretAccessKey":"«secret»"}\n', creds, r)


@idiom("far/middle-of-big-file", "src/generated.py", "plain")
def big_file(creds, r):
    rows = [f"VALUE_{n} = {r.randrange(10**9)}\n" for n in range(3000)]
    rows.insert(r.randrange(500, 2500), "AWS_ACCESS_KEY_ID = '«id»'\nAWS_SECRET_ACCESS_KEY = '«secret»'\n")
    return fill("".join(rows), creds, r)


@idiom("far/many-pairs", "conf/fleet.ini", "plain", "pair pair pair pair pair pair")
def many(creds, r):
    return fill("\n".join(f"[node-{n}]\naws_access_key_id = «{n}.id»\naws_secret_access_key = «{n}.secret»\n" for n in range(1, 7)), creds, r)
