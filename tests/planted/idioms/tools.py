"""Notebooks, Postman, HAR and what other programs save."""

import json

from idioms import T, idiom
from doc import fill

T("postman/awsv4", "api.postman_collection.json", "hard", '''
{"item": [{"request": {"auth": {"type": "awsv4", "awsv4": [
  {"key": "accessKey", "value": "«id»", "type": "string"},
  {"key": "secretKey", "value": "«secret»", "type": "string"},
  {"key": "region", "value": "«region»", "type": "string"}
]}}}]}
''')
T("postman/environment", "prod.postman_environment.json", "hard", '''
{"values": [{"key": "ak", "value": "«id»", "enabled": true}, {"key": "sk", "value": "«secret»", "enabled": true}]}
''')
T("insomnia/export", "insomnia.yaml", "plain", '''
authentication:
  type: iam
  accessKeyId: «id»
  secretAccessKey: «secret»
  region: «region»
''')
T("har/request", "capture.har", "hard", r'''
{"log": {"entries": [{"request": {"method": "POST", "postData": {"mimeType": "application/json", "text": "{\"accessKeyId\":\"«id»\",\"secretAccessKey\":\"«secret»\",\"sessionToken\":\"«token»\"}"}}}]}}
''', "session")
T("har/form", "form.har", "hard", '''
{"postData": {"params": [{"name": "access_key", "value": "«id»"}, {"name": "secret_key", "value": "«secret:percent»"}]}}
''')
T("jmeter/arguments", "plan.jmx", "hard", '''
<elementProp name="key" elementType="Argument"><stringProp name="Argument.name">key</stringProp><stringProp name="Argument.value">«id»</stringProp></elementProp>
<elementProp name="secret" elementType="Argument"><stringProp name="Argument.name">secret</stringProp><stringProp name="Argument.value">«secret»</stringProp></elementProp>
''')
T("soapui/properties", "soapui.xml", "hard", '''
<con:property><con:name>accessKey</con:name><con:value>«id»</con:value></con:property><con:property><con:name>secretKey</con:name><con:value>«secret»</con:value></con:property>
''')
T("bruno/auth", "get.bru", "hard", '''
auth:awsv4 {
  accessKeyId: «id»
  secretAccessKey: «secret»
  service: execute-api
}
''')
T("n8n/credentials", "n8n.json", "plain", '''
[{"name": "AWS account", "type": "aws", "data": {"region": "«region»", "accessKeyId": "«id»", "secretAccessKey": "«secret»"}}]
''')
T("nodered/flow", "flows_cred.json", "hard", '''
{"«hex16»": {"accesskeyid": "«id»", "secretaccesskey": "«secret»"}}
''')
T("homeassistant/config", "configuration.yaml", "plain", '''
notify:
  - platform: aws_sns
    aws_access_key_id: «id»
    aws_secret_access_key: «secret»
''')
T("openapi/example", "openapi.yaml", "hard", '''
properties:
  accessKey: {type: string, example: «id»}
  secretKey: {type: string, example: «secret»}
''')
T("avro/default", "schema.avsc", "hard", '''
{"fields": [{"name": "key", "type": "string", "default": "«id»"}, {"name": "secret", "type": "string", "default": "«secret»"}]}
''')
T("robot/variables", "suite.robot", "hard", '''
*** Variables ***
${ACCESS_KEY}    «id»
${SECRET_KEY}    «secret»
''')
T("gherkin/table", "upload.feature", "hard", '''
    Given the credentials
      | key                  | secret                                   |
      | «id» | «secret» |
''')
T("po/translation", "locale/de.po", "hard", '''
msgid "aws_key"
msgstr "«id»"

msgid "aws_secret"
msgstr "«secret»"
''')
T("ts/qt-settings", "app.conf", "plain", '''
[S3]
accessKey=«id»
secretKey=@Variant("«secret»")
''')
T("eclipse/prefs", "com.amazonaws.eclipse.core.prefs", "hard", '''
«uuid»\\:accessKey=«id:b64»
«uuid»\\:secretKey=«secret:b64»
''')
T("thunderbird/prefs", "prefs.js", "plain", '''
user_pref("extensions.s3.access_key", "«id»");
user_pref("extensions.s3.secret_key", "«secret»");
''')
T("sublime/sftp", "sftp-config.json", "hard", '''
{"type": "s3", "user": "«id»", "password": "«secret»", "remote_path": "/«bucket»/"}
''')
T("dbeaver/data-sources", "credentials-config.json", "hard", '''
{"athena-1": {"#connection": {"user": "«id»", "password": "«secret»"}}}
''')
T("ssm/parameters-export", "ssm.json", "hard", '''
{"Parameters": [{"Name": "/app/s3/key", "Type": "SecureString", "Value": "«id»"}, {"Name": "/app/s3/secret", "Type": "SecureString", "Value": "«secret»"}]}
''')
T("secretsmanager/value", "secret-value.json", "hard", r'''
{"Name": "s3-user", "SecretString": "{\"accessKeyId\":\"«id»\",\"secretAccessKey\":\"«secret»\"}"}
''')
T("pass/tree", "store/aws.txt", "hard", '''
«secret»
user: «id»
url: https://console.aws.amazon.com
''')
T("bitwarden/json", "bitwarden.json", "hard", '''
{"items": [{"name": "AWS", "login": {"username": "«id»", "password": "«secret»"}}]}
''')
T("keepass/xml", "keepass.xml", "hard", '''
<String><Key>UserName</Key><Value>«id»</Value></String><String><Key>Password</Key><Value ProtectInMemory="True">«secret»</Value></String>
''')
T("firefox/logins-csv", "logins.csv", "hard", '''
"url","username","password","httpRealm"
"https://console.aws.amazon.com","«id»","«secret»",
''')
T("wireshark/text", "frames.txt", "hard", '''
Hypertext Transfer Protocol
    Form item: "AccessKey" = "«id»"
    Form item: "SecretKey" = "«secret»"
''')
T("swagger/curl", "try-it.txt", "hard", '''
curl -X POST "https://«host»/sources" -d '{"kind":"s3","key":"«id»","secret":"«secret»"}'
''')
T("xcode/scheme", "App.xcscheme", "hard", '''
<EnvironmentVariable
   key = "AWS_ACCESS_KEY_ID"
   value = "«id»"
   isEnabled = "YES">
</EnvironmentVariable>
<EnvironmentVariable
   key = "AWS_SECRET_ACCESS_KEY"
   value = "«secret»"
   isEnabled = "YES">
</EnvironmentVariable>
''')
T("xcode/xcconfig", "Release.xcconfig", "plain", '''
AWS_ACCESS_KEY = «id»
AWS_SECRET_KEY = «secret»
''')
T("flutter/dart-define", "build.txt", "plain", '''
flutter build apk --dart-define=AWS_ACCESS_KEY=«id» --dart-define=AWS_SECRET_KEY=«secret»
''')
T("vim/viminfo", ".viminfo", "hard", '''
# Registers:
""1	LINE	0
	AWS_ACCESS_KEY_ID=«id»
	AWS_SECRET_ACCESS_KEY=«secret»
''')
T("vim/undo-swap", ".config.ini.swp", "hard", "b0VIM 8.1\0\0\0\0\x10\0\0[default]\0aws_access_key_id = «id»\0aws_secret_access_key = «secret»\0\0\0")
T("python/history", ".python_history", "plain", '''
import boto3
s = boto3.Session(aws_access_key_id='«id»', aws_secret_access_key='«secret»')
s.client('s3').list_buckets()
''')
T("psql/history", ".psql_history", "hard", '''
\\\\040d
copy\\040t\\040from\\040's3://b'\\040access_key_id\\040'«id»'\\040secret_access_key\\040'«secret»';
''')


def notebook(cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1, ensure_ascii=False) + "\n"


@idiom("ipynb/code-cell", "analysis.ipynb", "plain")
def ipynb_code(creds, r):
    lines = ["import boto3\n", 's3 = boto3.client("s3",\n', '    aws_access_key_id="«id»",\n', '    aws_secret_access_key="«secret»")\n']
    return fill(notebook([{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": lines}]), creds, r)


@idiom("ipynb/output", "explore.ipynb", "hard")
def ipynb_output(creds, r):
    text = ["{'AccessKeyId': '«id»',\n", " 'SecretAccessKey': '«secret»'}"]
    return fill(notebook([{"cell_type": "code", "execution_count": 2, "metadata": {}, "outputs": [{"data": {"text/plain": text}, "output_type": "execute_result"}], "source": ["creds"]}]), creds, r)


@idiom("ipynb/env-magic", "train.ipynb", "hard")
def ipynb_magic(creds, r):
    return fill(notebook([{"cell_type": "code", "metadata": {}, "outputs": [], "source": ["%env AWS_ACCESS_KEY_ID=«id»\n", "%env AWS_SECRET_ACCESS_KEY=«secret»\n"]}]), creds, r)


@idiom("ipynb/split-cells", "demo.ipynb", "hard")
def ipynb_cells(creds, r):
    cells = [{"cell_type": "code", "id": "«hex8.1»", "metadata": {}, "outputs": [], "source": ['ACCESS = "«id»"']},
             {"cell_type": "markdown", "id": "«hex8.2»", "metadata": {}, "source": ["Now the other half"]},
             {"cell_type": "code", "id": "«hex8.3»", "metadata": {}, "outputs": [], "source": ['SECRET = "«secret»"']}]
    return fill(notebook(cells), creds, r)
