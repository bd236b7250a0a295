"""Values that are encoded one by one inside an ordinary text."""

from idioms import T

T("value/b64-both", "conf/s3.b64.yml", "hard", '''
access_key_b64: «id:b64»
secret_key_b64: «secret:b64»
''')
T("value/b64-url-nopad", "conf/jwt.env", "hard", '''
AWS_ID_ENC=«id:b64nopad»
AWS_SECRET_ENC=«secret:b64nopad»
''')
T("value/b64-urlsafe", "conf/urlsafe.env", "hard", '''
KEY=«id:b64url»
SECRET=«secret:b64url»
''')
T("value/b64-twice", "conf/twice.yaml", "rest", '''
accessKey: «id:b64b64»
secretKey: «secret:b64b64»
''')
T("value/b64-utf16", "conf/win.xml", "rest", '''
<key>«id:b64utf16»</key><secret>«secret:b64utf16»</secret>
''')
T("value/id-plain-secret-b64", "conf/half.yml", "hard", '''
aws_access_key_id: «id»
aws_secret_access_key: «secret:b64»
''')
T("value/hex-both", "conf/hex.ini", "rest", '''
access_key_hex = «id:hex»
secret_key_hex = «secret:hex»
''')
T("value/hex-upper", "conf/hexu.ini", "rest", '''
AK = «id:hexupper»
SK = «secret:hexupper»
''')
T("value/percent-all", "conf/pct.txt", "rest", '''
key=«id:percentall»&secret=«secret:percentall»
''')
T("value/xml-all", "conf/ent.html", "rest", '''
<b>«id:xmlall»</b> <i>«secret:xmlall»</i>
''')
T("value/unicode-all", "conf/uni.properties", "rest", '''
aws.accessKey=«id:uall»
aws.secretKey=«secret:uall»
''')
T("value/json-slash-only", "conf/slash.json", "hard", '''
{"AccessKeyId": "«id»", "SecretAccessKey": "«secret:slash»", "SessionToken": "«token:slash»"}
''', "session")
T("value/json-unicode-token", "conf/uni.json", "hard", '''
{"AccessKeyId":"«id»","SecretAccessKey":"«secret:jsonu»","SessionToken":"«token:jsonu»"}
''', "session")
T("value/percent-token", "conf/token.txt", "hard", '''
AccessKeyId=«id»&SecretAccessKey=«secret:percent»&SessionToken=«token:percent»
''', "session")
T("value/zero-width", "docs/copied.md", "rest", '''
Access key: «id:zwsp»
Secret key: «secret:zwsp»
''')
T("value/soft-hyphen", "docs/pdf-copy.txt", "rest", '''
Access Key ID «id:shy»
Secret Access Key «secret:shy»
''')
T("value/word-joiner", "docs/joined.txt", "rest", '''
access_key = «id:wj»
secret_key = «secret»
''')
T("value/inner-bom", "docs/merged.csv", "rest", '''
Access key ID,Secret access key
«id:bom»,«secret»
''')
T("value/wrapped-terminal", "docs/wrapped.txt", "rest", '''
AccessKeyId: «id»
SecretAccessKey: «secret:lines:\\n»
''')
T("value/wrapped-yaml", "docs/wrapped.yaml", "rest", '''
access_key: «id»
secret_key: "«secret:concat:\\\\n  »"
''')
T("value/wrapped-token", "docs/token.txt", "hard", '''
aws_access_key_id = «id»
aws_secret_access_key = «secret»
aws_session_token = «token:lines:\\n»
''', "session")
T("value/continued-properties", "conf/cont.properties", "rest", '''
accessKey=«id»
secretKey=«secret:concat:\\\\n    »
''')
T("value/spaces-in-groups", "docs/dictated.txt", "rest", '''
access key: «id»
secret key: «secret:concat: »
''')
T("value/html-wbr", "docs/wbr.html", "rest", '''
<code>«id»</code> <code>«secret:concat:<wbr>»</code>
''')
T("value/latex-allowbreak", "docs/keys.tex", "rest", r'''
Key: \texttt{«id»}, secret: \texttt{«secret:concat:\allowbreak »}
''')
T("value/excel-concatenate", "docs/sheet.txt", "rest", '''
=CONCATENATE("«id:concat:","»")	=CONCATENATE("«secret:concat:","»")
''')
T("value/sql-concat", "db/hidden.sql", "rest", '''
UPDATE s SET k = '«id:concat:' || '»', v = '«secret:concat:' || '»';
''')
T("value/printf-join", "bin/p.sh", "rest", '''
AWS_SECRET_ACCESS_KEY=$(printf '%s' '«secret:concat:' '»')
AWS_ACCESS_KEY_ID=$(printf '%s' '«id:concat:' '»')
''')
T("value/css-content", "web/x.css", "rest", '''
.key::before { content: "«id:concat:" "»"; } .secret::before { content: "«secret:concat:" "»"; }
''')
T("value/data-uri", "web/y.html", "hard", '''
<a href="data:,accessKey=«id»&secretKey=«secret:percent»">download</a>
''')
T("value/array-join", "src/z.kt", "rest", '''
val accessKey = listOf("«id:concat:", "»").joinToString("")
val secretKey = listOf("«secret:concat:", "»").joinToString("")
''')
T("value/plus-equals", "src/pe.js", "rest", '''
let accessKeyId = "«id:concat:";
accessKeyId += "»";
let secretAccessKey = "«secret:concat:";
secretAccessKey += "»";
''')
T("value/template-parts", "src/tp.js", "rest", '''
const secretAccessKey = `«secret:concat:${""}»`;
const accessKeyId = `«id:concat:${""}»`;
''')
T("value/sprintf-parts", "src/sp.c", "rest", '''
sprintf(access_key, "%s%s", "«id:concat:", "»");
sprintf(secret_key, "%s%s", "«secret:concat:", "»");
''')
