"""CSV files of the AWS console and others, Markdown, Org and HTML tables, spreadsheets as text."""

from idioms import T, idiom
from doc import fill

T("csv/console-access-keys", "«user»_accessKeys.csv", "hard", "\ufeffAccess key ID,Secret access key\r\n«id»,«secret»\r\n")
T("csv/console-no-bom", "accessKeys.csv", "hard", '''
Access key ID,Secret access key
«id»,«secret»
''')
T("csv/console-new-user", "new_user_credentials.csv", "hard", '''
User name,Password,Access key ID,Secret access key,Console login link
«user»,,«id»,«secret»,https://«account».signin.aws.amazon.com/console
''')
T("csv/console-new-user-password", "credentials.csv", "hard", '''
User name,Password,Access key ID,Secret access key,Console login link
«user»,"a«pw»|X",«id»,«secret»,https://«account».signin.aws.amazon.com/console
''')
T("csv/console-many-users", "exports/credentials.csv", "hard", '''
User name,Password,Access key ID,Secret access key,Console login link
«user»,,«id»,«secret»,https://«account».signin.aws.amazon.com/console
«2.user»,,«2.id»,«2.secret»,https://«account».signin.aws.amazon.com/console
«3.user»,,«3.id»,«3.secret»,https://«account».signin.aws.amazon.com/console
''', "pair pair pair")
T("csv/old-console", "old/credentials.csv", "hard", '''
"User Name","Access Key Id","Secret Access Key"
"«user»","«id»","«secret»"
''')
T("csv/ses-smtp", "ses-smtp-user.csv", "hard", '''
IAM user name,SMTP user name,SMTP password
ses-smtp-user.20230104-101112,«id»,«key»
''', "ses")
T("csv/ses-smtp-old", "credentials-ses.csv", "hard", '''
"IAM User Name","Smtp Username","Smtp Password"
"ses-smtp-user.20170504","«id»","«key»"
''', "ses")
T("csv/codecommit", "«word»_codecommit_credentials.csv", "hard", '''
User Name,Password
«user»,«key»
''', "git")
T("csv/keyspaces", "«word»_cassandra_credentials.csv", "hard", '''
User Name,Password
«user»,«key»
''', "git")
T("csv/semicolon", "accounts.csv", "hard", '''
name;key;secret;region
«word»;«id»;«secret»;«region»
''')
T("csv/no-header", "list.csv", "hard", '''
«word»,«id»,«secret»,«region»
''')
T("csv/secret-first", "swap.csv", "hard", '''
secret,access
«secret»,«id»
''')
T("csv/far-columns", "inventory.csv", "hard", '''
host,ip,owner,access_key,zone,instance,ami,notes,secret_key
«host»,«ip»,«email»,«id»,«region»a,i-0«hex16»,ami-«hex8»,"moved, see wiki",«secret»
''')
T("csv/quoted-all", "backup.csv", "hard", '''
"id","login","pass"
"1","«id»","«secret»"
"2","«2.id»","«2.secret»"
''', "pair pair")
T("csv/lastpass", "lastpass.csv", "hard", '''
url,username,password,extra,name,grouping,fav
https://console.aws.amazon.com,«id»,«secret»,,AWS «word»,Cloud,0
''')
T("csv/keepass", "keepass.csv", "hard", '''
"Account","Login Name","Password","Web Site","Comments"
"AWS","«id»","«secret»","https://aws.amazon.com",""
''')
T("csv/onepassword-1pif", "export.1pif", "hard", '''
{"title":"AWS «word»","secureContents":{"fields":[{"value":"«id»","name":"username","designation":"username"},{"value":"«secret»","name":"password","designation":"password"}]}}
''')
T("csv/excel-sep", "excel.csv", "hard", "sep=;\r\nUser;Access Key;Secret\r\n«user»;«id»;«secret»\r\n")
T("tsv/simple", "keys.tsv", "hard", "name\tkey\tsecret\n«word»\t«id»\t«secret»\n")
T("tsv/no-header", "pairs.tsv", "hard", "«id»\t«secret»\n«2.id»\t«2.secret»\n", "pair pair")
T("md/table", "docs/accounts.md", "hard", '''
| Account | Access key | Secret key |
|---------|------------|------------|
| «word» | «id» | «secret» |
''')
T("md/table-code", "docs/keys.md", "hard", '''
| what | value |
|:-----|:------|
| Access key ID | `«id»` |
| Secret access key | `«secret»` |
''')
T("md/table-two-rows", "docs/two.md", "hard", '''
| env | id | secret |
| --- | --- | --- |
| dev | «id» | «secret» |
| prod | «2.id» | «2.secret» |
''', "pair pair")
T("md/table-transposed", "docs/transposed.md", "hard", '''
|        | dev | prod |
|--------|-----|------|
| key    | «id» | «2.id» |
| secret | «secret» | «2.secret» |
''', "pair pair")
T("org/table", "notes.org", "hard", '''
* Keys
| env | key                  | secret                                   |
|-----+----------------------+------------------------------------------|
| dev | «id» | «secret» |
''')
T("org/properties", "server.org", "hard", '''
* Server
  :PROPERTIES:
  :AWS_ID:  «id»
  :AWS_SEC: «secret»
  :END:
''')
T("rst/table", "docs/keys.rst", "hard", '''
====================  ========================================
Key                   Secret
====================  ========================================
«id»  «secret»
====================  ========================================
''')
T("rst/fields", "docs/access.rst", "hard", '''
:Access key: «id»
:Secret key: «secret»
''')
T("asciidoc/table", "docs/keys.adoc", "hard", '''
|===
|Access key |Secret key

|«id»
|«secret»
|===
''')
T("confluence/wiki-table", "docs/wiki.txt", "hard", '''
||Key||Secret||
|«id»|«secret»|
''')
T("mediawiki/table", "docs/page.wiki", "hard", '''
{| class="wikitable"
! Access key !! Secret key
|-
| «id» || «secret»
|}
''')
T("html/table", "docs/table.html", "hard", '''
<table><tr><th>Access key</th><th>Secret key</th></tr>
<tr><td>«id»</td><td>«secret»</td></tr></table>
''')
T("html/table-lines", "docs/table2.html", "hard", '''
<tr>
  <td>Access Key ID</td>
  <td><code>«id»</code></td>
</tr>
<tr>
  <td>Secret Access Key</td>
  <td><code>«secret»</code></td>
</tr>
''')
T("html/definition-list", "docs/dl.html", "hard", '''
<dl><dt>Key</dt><dd>«id»</dd><dt>Secret</dt><dd>«secret»</dd></dl>
''')
T("html/span-coloured", "docs/highlight.html", "rest", '''
<span class="s">&quot;«id»&quot;</span><span class="p">,</span> <span class="s">&quot;«secret:xml»&quot;</span>
''')
T("html/input-values", "docs/form.html", "hard", '''
<input type="text" id="access" value="«id»"><input type="password" id="secret" value="«secret»">
''')
T("html/data-attributes", "docs/widget.html", "hard", '''
<div data-s3-key="«id»" data-s3-secret="«secret»" data-bucket="«bucket»"></div>
''')
T("html/meta", "docs/head.html", "hard", '''
<meta name="aws-key" content="«id»"><meta name="aws-secret" content="«secret»">
''')
T("html/comment", "docs/comment.html", "hard", '''
<!-- s3: «id» / «secret» -->
''')
T("latex/tabular", "docs/thesis.tex", "hard", r'''
\begin{tabular}{ll}
Access Key & \texttt{«id»} \\
Secret Key & \texttt{«secret»} \\
\end{tabular}
''')
T("text/box-table", "docs/box.txt", "hard", '''
+-------+----------------------+------------------------------------------+
| name  | access_key           | secret_key                               |
+-------+----------------------+------------------------------------------+
| «word» | «id» | «secret» |
+-------+----------------------+------------------------------------------+
''')
T("text/aligned-columns", "docs/columns.txt", "hard", '''
USER        KEY                   SECRET
«user»    «id»  «secret»
«2.user»    «2.id»  «2.secret»
''', "pair pair")
T("text/rtf", "docs/keys.rtf", "hard", r'''
{\rtf1\ansi\deff0 {\fonttbl {\f0 Calibri;}}
\f0\fs22 Access Key ID: «id»\par
Secret Access Key: «secret»\par
}
''')
T("text/vcard", "contacts/aws.vcf", "hard", '''
BEGIN:VCARD
FN:AWS «word»
NOTE:key «id» secret «secret»
END:VCARD
''')
T("text/ics", "calendar/rotate.ics", "rest", '''
BEGIN:VEVENT
SUMMARY:rotate keys
DESCRIPTION:old key «id»\\, secret
  «secret»
END:VEVENT
''')
T("text/opml", "outline.opml", "hard", '''
<outline text="AWS"><outline text="«id»"/><outline text="«secret»"/></outline>
''')
T("text/svg", "docs/diagram.svg", "hard", '''
<svg xmlns="http://www.w3.org/2000/svg"><text x="10" y="20">key «id»</text><text x="10" y="40">secret «secret»</text></svg>
''')
T("text/drawio", "docs/arch.drawio", "hard", '''
<mxCell id="2" value="S3&lt;br&gt;«id»&lt;br&gt;«secret»" style="shape=cylinder" vertex="1" parent="1"/>
''')
T("text/subtitle", "docs/talk.srt", "hard", '''
12
00:01:02,000 --> 00:01:05,500
access key is «id»
and the secret is «secret»
''')


@idiom("csv/wide-random", "exports/assets.csv", "hard", "pair pair")
def wide(creds, r):
    names = ["host", "owner", "zone", "cost", "key_id", "key_secret", "tags"]
    r.shuffle(names)
    values = {"host": "«host.{n}»", "owner": "«email.{n}»", "zone": "«region»", "cost": "«num3.{n}»", "key_id": "«{n}.id»", "key_secret": "«{n}.secret»", "tags": '"a, b"'}
    rows = [",".join(names)] + [",".join(values[name].replace("{n}", str(n)) for name in names) for n in (1, 2)]
    return fill("\n".join(rows) + "\n", creds, r)
