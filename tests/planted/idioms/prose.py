"""What people write to each other: mail, chat, tickets, notes, in several languages."""

from idioms import T

T("prose/readme", "README.md", "plain", '''
# «word»

## Setup

Put this into `~/.aws/credentials`:

```
[default]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
```
''')
T("prose/bullets", "docs/onboarding.md", "plain", '''
- Access Key ID: `«id»`
- Secret Access Key: `«secret»`
- Region: «region»
''')
T("prose/bold", "docs/setup.md", "hard", '''
**Access key**: «id»
**Secret**: «secret»
''')
T("prose/sentence", "notes/handover.txt", "hard", '''
The access key is «id» and the secret access key is «secret», please do not share it.
''')
T("prose/sentence-full-stop", "notes/hint.txt", "hard", '''
For uploads use key «id». The secret is «secret».
''')
T("prose/parentheses", "notes/todo.txt", "hard", '''
TODO: rotate the S3 key («id», secret «secret») before the release
''')
T("prose/next-line", "notes/keys.txt", "hard", '''
Access Key ID:
«id»
Secret Access Key:
«secret»
''')
T("prose/next-line-blank", "notes/keys2.txt", "hard", '''
Access Key ID

    «id»

Secret Access Key

    «secret»
''')
T("prose/two-bare-lines", "notes/s3.txt", "hard", '''
«id»
«secret»
''')
T("prose/bare-with-names", "notes/aws.txt", "hard", '''
«word» («region»)
«id»
«secret»

«word.2»
«2.id»
«2.secret»
''', "pair pair")
T("prose/slash", "notes/short.txt", "hard", '''
s3: «id» / «secret»
''')
T("prose/arrow", "notes/map.txt", "hard", '''
«id» -> «secret»
«2.id» -> «2.secret»
''', "pair pair")
T("prose/colon-pair", "notes/colon.txt", "hard", '''
creds «id»:«secret» (prod)
''')
T("prose/comma-pair", "notes/comma.txt", "hard", '''
«id»,«secret»
''')
T("prose/pipe-pair", "notes/pipe.txt", "hard", '''
«id»|«secret»
''')
T("prose/equals-pair", "notes/eq.txt", "hard", '''
«id»=«secret»
''')
T("prose/secret-alone-labelled", "notes/secret.txt", "hard", '''
aws_secret_access_key = «secret»
''', "lone")
T("prose/secret-alone-env", "deploy/env.sh", "plain", '''
export AWS_SECRET_ACCESS_KEY="«secret»"
''', "lone")
T("prose/id-alone", "docs/iam.md", "plain", '''
The build user's key is «id» (secret in the vault).
''', "id")
T("prose/id-alone-backticks", "docs/rotation.md", "plain", '''
1. Deactivate `«id»`
2. Delete it
''', "id")
T("chat/slack-json", "exports/slack/general.json", "hard", r'''
{"type": "message", "user": "U012AB3CD", "text": "here you go:\nkey: `«id»`\nsecret: `«secret:slash»`", "ts": "1512085950.000216"}
''')
T("chat/slack-text", "exports/chat.txt", "hard", '''
[10:02] anna: what was the key again?
[10:03] ben: «id»
[10:03] ben: «secret»
[10:04] anna: thx
''')
T("chat/irc", "logs/irc.log", "hard", '''
10:02 < ben> id: «id»
10:02 < anna> and?
10:03 < ben> secret: «secret»
''')
T("chat/whatsapp", "exports/WhatsApp.txt", "hard", '''
12/03/2021, 10:02 - Ben: access «id»
12/03/2021, 10:02 - Ben: secret «secret»
''')
T("chat/teams-html", "exports/teams.html", "hard", '''
<div class="msg"><p>key:&nbsp;«id»<br>secret:&nbsp;«secret»</p></div>
''')
T("mail/plain", "mail/0001.eml", "hard", '''
From: ops <«email»>
To: dev <dev@initech.test>
Subject: S3 access
Content-Type: text/plain; charset=utf-8

Hi,

Access Key: «id»
Secret Key: «secret»

Bye
''')
T("mail/quoted-reply", "mail/0002.eml", "hard", '''
> > Access Key: «id»
> > Secret Key: «secret»
>
> thanks!
''')
T("mail/format-flowed", "mail/0003.eml", "rest", '''
Content-Type: text/plain; format=flowed

The key is «id» and the secret for it is 
«secret» so please use it 
from now on.
''')
T("mail/quoted-printable-soft", "mail/0004.eml", "rest", '''
Content-Transfer-Encoding: quoted-printable

access key =3D «id»
secret key =3D «secret:qp»
''')
T("mail/html", "mail/0005.eml", "hard", '''
Content-Type: text/html

<p>Access key: <b>«id»</b></p><p>Secret key: <b>«secret»</b></p>
''')
T("ticket/jira", "tickets/OPS-12.txt", "hard", '''
{code:ini}
aws_access_key_id=«id»
aws_secret_access_key=«secret»
{code}
''')
T("ticket/jira-monospace", "tickets/OPS-13.txt", "hard", '''
new user {{«user»}} with key {{«id»}} and secret {{«secret»}}
''')
T("ticket/patch", "patches/0001.patch", "plain", '''
--- a/.env
+++ b/.env
@@ -1,2 +1,2 @@
-AWS_ACCESS_KEY_ID=
+AWS_ACCESS_KEY_ID=«id»
-AWS_SECRET_ACCESS_KEY=
+AWS_SECRET_ACCESS_KEY=«secret»
''')
T("ticket/merge-conflict", "config/conflict.ini", "hard", '''
[default]
<<<<<<< HEAD
aws_access_key_id = «id»
aws_secret_access_key = «secret»
=======
aws_access_key_id = «2.id»
aws_secret_access_key = «2.secret»
>>>>>>> feature
''', "pair pair")
T("ticket/diff-rotation", "patches/rotate.diff", "hard", '''
-aws_access_key_id = «id»
+aws_access_key_id = «2.id»
-aws_secret_access_key = «secret»
+aws_secret_access_key = «2.secret»
''', "pair pair")
T("lang/german", "doku/zugang.md", "hard", '''
Zugangsschlüssel: «id»
Geheimer Schlüssel: «secret»
''')
T("lang/french", "docs/acces.md", "hard", '''
Clé d'accès : «id»
Clé secrète : «secret»
''')
T("lang/spanish", "docs/acceso.md", "hard", '''
Clave de acceso: «id»
Clave secreta: «secret»
''')
T("lang/portuguese", "docs/acesso.md", "hard", '''
Chave de acesso: «id»
Chave de acesso secreta: «secret»
''')
T("lang/italian", "docs/accesso.md", "hard", '''
Chiave di accesso: «id»
Chiave segreta: «secret»
''')
T("lang/russian", "docs/dostup.md", "hard", '''
Ключ доступа: «id»
Секретный ключ: «secret»
''')
T("lang/japanese", "docs/access_ja.md", "hard", '''
アクセスキーID：«id»
シークレットアクセスキー：«secret»
''')
T("lang/chinese", "docs/access_zh.md", "hard", '''
访问密钥：«id»，私有密钥：«secret»
''')
T("lang/korean", "docs/access_ko.md", "hard", '''
액세스 키 ID: «id»
비밀 액세스 키: «secret»
''')
T("lang/polish", "docs/dostep.md", "hard", '''
klucz dostępu = «id»
tajny klucz = «secret»
''')
T("lang/turkish", "docs/erisim.md", "hard", '''
Erişim anahtarı: «id»
Gizli anahtar: «secret»
''')
T("lang/dutch", "docs/toegang.md", "hard", '''
Toegangssleutel: «id»
Geheime sleutel: «secret»
''')
T("lang/smart-quotes", "docs/word.txt", "hard", '''
Access Key “«id»”, Secret Key “«secret»”
''')
T("lang/guillemets", "docs/cle.txt", "hard", "clé «laquo» «id» «raquo», secret «laquo» «secret» «raquo»\n")
T("lang/fullwidth-colon", "docs/fw.txt", "hard", '''
key：«id»　secret：«secret»
''')
T("lang/nbsp", "docs/nbsp.txt", "hard", "Access key:\u00a0«id»\nSecret key:\u00a0«secret»\n")
T("lang/en-dash", "docs/dash.txt", "hard", "Access key – «id»\nSecret key – «secret»\n")
T("prose/presentation", "docs/slides.md", "hard", '''
---
# Demo
* login: **«id»**
* password: **«secret»**
---
''')
T("prose/numbered", "docs/steps.md", "hard", '''
1. Open S3 Browser
2. Access Key ID = «id»
3. Secret Access Key = «secret»
''')
T("prose/man-page", "docs/tool.1", "hard", '''
.SH EXAMPLE
.B tool
\\-\\-id «id» \\-\\-secret «secret»
''')
T("prose/changelog", "CHANGELOG", "hard", '''
1.2: replaced key «id» («secret») by a role
''')
