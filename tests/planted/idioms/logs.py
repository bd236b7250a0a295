"""Debug output, wire logs, stack traces, traces of requests."""

from idioms import T

T("log/java-debug", "logs/app.log", "plain", '''
2021-06-01 10:00:00,123 INFO  [main] c.a.S3Config - using accessKey=«id», secretKey=«secret», bucket=«bucket»
''')
T("log/java-tostring", "logs/tostring.log", "hard", '''
2021-06-01 10:00:00 DEBUG S3Settings(id=«id», pass=«secret», region=«region»)
''')
T("log/sts-wire", "logs/wire.log", "hard", r'''
DEBUG org.apache.http.wire - http-outgoing-0 << "<Credentials>[\n]"
DEBUG org.apache.http.wire - http-outgoing-0 << "  <AccessKeyId>«id»</AccessKeyId>[\n]"
DEBUG org.apache.http.wire - http-outgoing-0 << "  <SecretAccessKey>«secret»</SecretAccessKey>[\n]"
DEBUG org.apache.http.wire - http-outgoing-0 << "  <SessionToken>«token»</SessionToken>[\n]"
''', "session")
T("log/botocore-response", "logs/boto.log", "hard", r'''
2022-01-02 03:04:05,678 - MainThread - botocore.parsers - DEBUG - Response body:
b'<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>«id»</AccessKeyId><SecretAccessKey>«secret»</SecretAccessKey><SessionToken>«token»</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>'
''', "session")
T("log/python-repr", "logs/repr.log", "plain", '''
DEBUG:app:{'aws_access_key_id': '«id»', 'aws_secret_access_key': '«secret»', 'region_name': '«region»'}
''')
T("log/python-credentials-repr", "logs/cred.log", "hard", '''
Credentials(access_key='«id»', secret_key='«secret»', token=None, method='env')
''')
T("log/python-traceback", "logs/trace.txt", "hard", '''
Traceback (most recent call last):
  File "put.py", line 3, in <module>
    conn = S3Connection('«id»', '«secret»')
boto.exception.S3ResponseError: 403 Forbidden
''')
T("log/ruby-inspect", "logs/inspect.log", "plain", '''
#<Aws::Credentials access_key_id="«id»" secret_access_key="«secret»">
''')
T("log/ruby-hash", "logs/hash.log", "plain", '''
{:access_key_id=>"«id»", :secret_access_key=>"«secret»", :region=>"«region»"}
''')
T("log/php-var-dump", "logs/dump.txt", "hard", '''
array(2) {
  ["key"]=>
  string(20) "«id»"
  ["secret"]=>
  string(40) "«secret»"
}
''')
T("log/php-print-r", "logs/print_r.txt", "hard", '''
Array
(
    [key] => «id»
    [secret] => «secret»
)
''')
T("log/node-inspect", "logs/node.log", "plain", '''
{ accessKeyId: '«id»',
  secretAccessKey: '«secret»',
  region: '«region»' }
''')
T("log/go-struct", "logs/go.log", "hard", '''
cfg: &{Key:«id» Secret:«secret» Bucket:«bucket» Region:«region»}
''')
T("log/go-quoted", "logs/goq.log", "plain", '''
main.Config{AccessKey:"«id»", SecretKey:"«secret»"}
''')
T("log/rust-pretty", "logs/rust.log", "plain", '''
Config {
    access_key_id: "«id»",
    secret_access_key: "«secret»",
}
''')
T("log/elixir-inspect", "logs/elixir.log", "plain", '''
%{access_key_id: "«id»", secret_access_key: "«secret»"}
''')
T("log/logfmt", "logs/fmt.log", "plain", '''
time=2022-01-01T00:00:00Z level=info msg="starting" access_key=«id» secret_key=«secret» bucket=«bucket»
''')
T("log/json-lines", "logs/events.jsonl", "plain", '''
{"level":"debug","accessKey":"«id»","secretKey":"«secret»"}
{"level":"info","msg":"ok"}
''')
T("log/json-in-json", "logs/cloudwatch.json", "hard", r'''
{"message": "{\"env\": {\"AWS_ACCESS_KEY_ID\": \"«id»\", \"AWS_SECRET_ACCESS_KEY\": \"«secret»\", \"AWS_SESSION_TOKEN\": \"«token»\"}}", "logStream": "2020/01/01/[$LATEST]«hex32»"}
''', "session")
T("log/env-dump", "logs/env.txt", "plain", '''
HOSTNAME=«host»
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=«secret»
AWS_SESSION_TOKEN=«token»
PATH=/usr/bin:/bin
''', "session")
T("log/phpinfo", "logs/phpinfo.html", "hard", '''
<tr><td class="e">$_SERVER['AWS_ACCESS_KEY_ID']</td><td class="v">«id»</td></tr>
<tr><td class="e">$_SERVER['AWS_SECRET_ACCESS_KEY']</td><td class="v">«secret»</td></tr>
''')
T("log/signature-header", "logs/http.log", "plain", '''
Authorization: AWS4-HMAC-SHA256 Credential=«id»/20220101/«region»/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=«hex64»
''', "id")
T("log/signature-v2", "logs/http2.log", "hard", '''
Authorization: AWS «id»:«pw»AAAAAAAAAAAAAAAA=
''', "id")
T("log/vcr-header", "fixtures/vcr.yml", "hard", '''
    headers:
      Authorization:
      - AWS4-HMAC-SHA256 Credential=«id»/20180101/«region»/ec2/aws4_request, SignedHeaders=host, Signature=«hex64»
      X-Amz-Security-Token:
      - «token»
''', "session")
T("log/cloudtrail", "logs/cloudtrail.json", "plain", '''
{"eventName": "CreateAccessKey", "userIdentity": {"type": "IAMUser", "accountId": "«account»", "accessKeyId": "«id»", "userName": "«user»"}}
''', "id")
T("log/s3-access-denied", "logs/denied.xml", "hard", '''
<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>«id»</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256</StringToSign></Error>
''', "id")
T("log/strace", "logs/strace.txt", "hard", r'''
execve("/usr/bin/aws", ["aws", "s3", "ls"], ["AWS_ACCESS_KEY_ID=«id»", "AWS_SECRET_ACCESS_KEY=«secret»"]) = 0
''')
T("log/ps-ef", "logs/ps.txt", "hard", '''
root      1234     1  0 10:00 ?        00:00:00 s3put -a «id» -s «secret» -b «bucket» x
''')
T("log/nginx-access", "logs/access.log", "hard", '''
«ip» - - [01/Jan/2020:10:00:00 +0000] "GET /setup?key=«id»&secret=«secret:percent» HTTP/1.1" 200 12
''')
T("log/travis-log", "logs/travis.txt", "plain", '''
Setting environment variables from .travis.yml
$ export AWS_ACCESS_KEY_ID=«id»
$ export AWS_SECRET_ACCESS_KEY=«secret»
''')
T("log/terraform-debug", "logs/tf.log", "hard", '''
2020-01-01T00:00:00.000Z [DEBUG] plugin.terraform-provider-aws: access_key: "" => "«id»" secret_key: "" => "«secret»"
''')
T("log/hexdump-c", "logs/tcp.txt", "hard", '''
POST /credentials HTTP/1.1
Content-Type: application/x-www-form-urlencoded

accessKey=«id»&secretKey=«secret:percent»
''')
T("log/django-debug", "logs/debug.html", "hard", '''
<tr><td>AWS_ACCESS_KEY_ID</td><td class="code"><pre>&#39;«id»&#39;</pre></td></tr>
<tr><td>AWS_SECRET_ACCESS_KEY</td><td class="code"><pre>&#39;«secret»&#39;</pre></td></tr>
''')
T("log/gdb", "logs/core.txt", "hard", r'''
(gdb) p access_key
$1 = 0x7ffe1000 "«id»"
(gdb) p secret_key
$2 = 0x7ffe1020 "«secret»"
''')
T("log/irb", "logs/irb.txt", "hard", '''
irb(main):001:0> k = "«id»"
=> "«id»"
irb(main):002:0> s = "«secret»"
=> "«secret»"
''')
T("log/windows-set-output", "logs/set.txt", "plain", '''
ALLUSERSPROFILE=C:\\ProgramData
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=«secret»
COMPUTERNAME=BUILD01
''')
T("log/powershell-list", "logs/list.txt", "hard", '''
AccessKey       : «id»
SecretKey       : «secret»
Region          : «region»
''')
T("log/sentry", "logs/sentry.json", "hard", '''
{"extra": {"config": {"vars": [["key", "«id»"], ["secret", "«secret»"]]}}}
''')
T("log/toml-debug", "logs/wide.log", "hard", "pad " * 500 + "ak=«id» " + "pad " * 200 + "sk=«secret» " + "pad " * 500 + "\n")
