"""Python, Ruby, Perl, Lua, R, Julia, MATLAB and other scripting languages."""

from idioms import T

T("python/boto3-client", "app/storage.py", "plain", '''
import boto3

s3 = boto3.client(
    "s3",
    aws_access_key_id="«id»",
    aws_secret_access_key="«secret»",
    region_name="«region»",
)
''')
T("python/boto3-session", "app/session.py", "plain", '''
session = boto3.Session('«id»', '«secret»', region_name='«region»')
ec2 = session.resource('ec2')
''')
T("python/boto3-session-token", "app/temp.py", "plain", '''
client = boto3.client('sts', aws_access_key_id='«id»', aws_secret_access_key='«secret»', aws_session_token='«token»')
''', "session")
T("python/boto2-positional", "scripts/backup.py", "hard", '''
from boto.s3.connection import S3Connection
conn = S3Connection('«id»', '«secret»')
bucket = conn.get_bucket('«bucket»')
''')
T("python/boto2-region", "scripts/ec2.py", "hard", '''
conn = boto.ec2.connect_to_region("«region»", aws_access_key_id="«id»", aws_secret_access_key="«secret»")
''')
T("python/globals", "settings.py", "plain", '''
AWS_ACCESS_KEY_ID = '«id»'
AWS_SECRET_ACCESS_KEY = '«secret»'
AWS_STORAGE_BUCKET_NAME = '«bucket»'
''')
T("python/django-s3", "project/settings/production.py", "plain", '''
DEFAULT_FILE_STORAGE = "storages.backends.s3boto3.S3Boto3Storage"
AWS_S3_ACCESS_KEY_ID = "«id»"
AWS_S3_SECRET_ACCESS_KEY = "«secret»"
AWS_STORAGE_BUCKET_NAME = "«bucket»"
''')
T("python/django-ses", "project/settings/mail.py", "plain", '''
EMAIL_BACKEND = 'django_ses.SESBackend'
AWS_SES_ACCESS_KEY_ID = '«id»'
AWS_SES_SECRET_ACCESS_KEY = '«secret»'
''')
T("python/os-environ", "app/boot.py", "plain", '''
os.environ["AWS_ACCESS_KEY_ID"] = "«id»"
os.environ["AWS_SECRET_ACCESS_KEY"] = "«secret»"
os.environ.setdefault("AWS_DEFAULT_REGION", "«region»")
''')
T("python/getenv-default", "app/config.py", "plain", '''
KEY = os.getenv("AWS_ACCESS_KEY_ID", "«id»")
SECRET = os.getenv("AWS_SECRET_ACCESS_KEY", "«secret»")
''')
T("python/tuple", "scripts/put.py", "hard", '''
auth = ("«id»", "«secret»")
requests.put(url, data=body, auth=S3Auth(*auth))
''')
T("python/dict-short", "scripts/cfg.py", "hard", '''
CFG = {"k": "«id»", "s": "«secret»", "r": "«region»"}
''')
T("python/implicit-concat", "scripts/split.py", "rest", '''
ACCESS_KEY = ("«id:concat:" "»")
SECRET_KEY = (
    "«secret:concat:"
    "»"
)
''')
T("python/concat-plus", "scripts/split2.py", "rest", '''
aws_access_key_id = "«id:concat:" + "»"
aws_secret_access_key = "«secret:concat:" + "»"
''')
T("python/backslash", "scripts/split3.py", "rest", '''
aws_key = "«id:concat:" \\
    "»"
aws_secret = "«secret:concat:" \\
    "»"
''')
T("python/join-list", "scripts/split4.py", "rest", '''
key = "".join(["«id:concat:", "»"])
secret = "".join(["«secret:concat:", "»"])
''')
T("python/bytes-literal", "scripts/sign.py", "hard", '''
access = b"«id»"
h = hmac.new(b"AWS4" + b"«secret»", date, hashlib.sha256)
''')
T("python/bytes-list", "scripts/raw.py", "rest", '''
SECRET = bytes([«secret:decarray»])
ACCESS = bytes([«id:decarray»])
''')
T("python/docstring", "scripts/tool.py", "plain", '''
"""Copies the nightly dump.

Usage:
    AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» python tool.py --bucket «bucket»
"""
''')
T("python/comment-pair", "scripts/note.py", "hard", '''
import boto3
# «id»
# «secret»
client = boto3.client("s3")
''')
T("python/trailing-comment", "scripts/trail.py", "hard", '''
conn = boto.connect_s3()  # «id» / «secret»
''')
T("python/pandas-storage", "notebooks/load.py", "plain", '''
df = pd.read_csv("s3://«bucket»/x.csv", storage_options={"key": "«id»", "secret": "«secret»"})
''')
T("python/s3fs", "notebooks/fs.py", "plain", '''
fs = s3fs.S3FileSystem(key='«id»', secret='«secret»', client_kwargs={'region_name': '«region»'})
''')
T("python/pyspark", "jobs/etl.py", "plain", '''
spark._jsc.hadoopConfiguration().set("fs.s3a.access.key", "«id»")
spark._jsc.hadoopConfiguration().set("fs.s3a.secret.key", "«secret»")
''')
T("python/requests-aws4auth", "scripts/es.py", "hard", '''
awsauth = AWS4Auth('«id»', '«secret»', '«region»', 'es')
es = Elasticsearch(hosts=[{'host': '«host»', 'port': 443}], http_auth=awsauth)
''')
T("python/minio", "scripts/minio_copy.py", "plain", '''
client = Minio("s3.amazonaws.com", access_key="«id»", secret_key="«secret»")
''')
T("python/argparse-default", "scripts/args.py", "plain", '''
parser.add_argument("--access-key", default="«id»")
parser.add_argument("--secret-key", default="«secret»")
''')
T("python/pytest-fixture", "tests/conftest.py", "plain", '''
@pytest.fixture
def aws(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "«id»")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "«secret»")
''')
T("python/celery-broker", "app/celery.py", "hard", '''
broker_url = "sqs://«id:percent»:«secret:percent»@"
app = Celery("«word»", broker=broker_url)
''')
T("python/zappa", "zappa_settings.json", "plain", '''
{"production": {"app_function": "app.app", "s3_bucket": "«bucket»",
  "environment_variables": {"AWS_KEY": "«id»", "AWS_SECRET": "«secret»"}}}
''')
T("python/scrapy", "crawler/settings.py", "plain", '''
ITEM_PIPELINES = {'scrapy.pipelines.files.FilesPipeline': 1}
FILES_STORE = 's3://«bucket»/'
AWS_ACCESS_KEY_ID = '«id»'
AWS_SECRET_ACCESS_KEY = '«secret»'
''')
T("python/fabric", "fabfile.py", "hard", '''
env.aws = dict(user='«id»', password='«secret»')
''')
T("ruby/sdk3", "lib/storage.rb", "plain", '''
require 'aws-sdk-s3'

s3 = Aws::S3::Resource.new(
  access_key_id: '«id»',
  secret_access_key: '«secret»',
  region: '«region»'
)
''')
T("ruby/credentials-new", "lib/aws.rb", "hard", '''
Aws.config.update(credentials: Aws::Credentials.new('«id»', '«secret»'))
''')
T("ruby/hash-rockets", "config/initializers/paperclip.rb", "plain", '''
Paperclip::Attachment.default_options[:s3_credentials] = {
  :bucket => '«bucket»',
  :access_key_id => '«id»',
  :secret_access_key => '«secret»'
}
''')
T("ruby/fog", "config/initializers/carrierwave.rb", "plain", '''
CarrierWave.configure do |config|
  config.fog_credentials = {
    provider: 'AWS',
    aws_access_key_id: '«id»',
    aws_secret_access_key: '«secret»'
  }
end
''')
T("ruby/env-assign", "spec/spec_helper.rb", "plain", '''
ENV['AWS_ACCESS_KEY_ID'] ||= '«id»'
ENV['AWS_SECRET_ACCESS_KEY'] ||= '«secret»'
''')
T("ruby/percent-w", "lib/creds.rb", "hard", '''
KEY, SECRET = %w[«id» «secret»]
''')
T("ruby/capistrano", "config/deploy.rb", "hard", '''
set :s3_user, "«id»"
set :s3_pass, "«secret»"
''')
T("ruby/right-aws", "lib/sqs.rb", "hard", '''
sqs = RightAws::SqsGen2.new("«id»", "«secret»", logger: log)
''')
T("ruby/storage-yml", "config/storage.yml", "plain", '''
amazon:
  service: S3
  access_key_id: «id»
  secret_access_key: «secret»
  region: «region»
  bucket: «bucket»
''')
T("ruby/heredoc", "lib/setup.rb", "plain", '''
File.write("#{Dir.home}/.aws/credentials", <<~CREDS)
  [default]
  aws_access_key_id = «id»
  aws_secret_access_key = «secret»
CREDS
''')
T("ruby/continued-string", "lib/split.rb", "rest", '''
ACCESS = "«id:concat:" \\
  "»"
SECRET = "«secret:concat:" \\
  "»"
''')
T("ruby/vcr-cassette", "spec/cassettes/s3.yml", "hard", '''
http_interactions:
- request:
    method: get
    uri: https://sts.amazonaws.com/?Action=GetSessionToken
  response:
    body:
      string: '<GetSessionTokenResponse><GetSessionTokenResult><Credentials><AccessKeyId>«id»</AccessKeyId><SecretAccessKey>«secret»</SecretAccessKey><SessionToken>«token»</SessionToken></Credentials></GetSessionTokenResult></GetSessionTokenResponse>'
''', "session")
T("perl/net-amazon-s3", "bin/upload.pl", "plain", '''
use Net::Amazon::S3;
my $s3 = Net::Amazon::S3->new({
    aws_access_key_id     => '«id»',
    aws_secret_access_key => '«secret»',
    retry                 => 1,
});
''')
T("perl/variables", "cgi-bin/put.cgi", "hard", '''
#!/usr/bin/perl
my ($k, $s) = ('«id»', '«secret»');
my $sig = encode_base64(hmac_sha1($policy, $s), '');
''')
T("perl/aws-secrets-file", "home/.s3curl", "hard", '''
%awsSecretAccessKeys = (
    «word» => {
        id => '«id»',
        key => '«secret»',
    },
);
''')
T("perl/concat-dot", "bin/hidden.pl", "rest", '''
my $access = '«id:concat:' . '»';
my $secret = '«secret:concat:' . '»';
''')
T("lua/resty-s3", "lua/s3.lua", "plain", '''
local s3 = require("resty.s3"):new({
  aws_key = "«id»",
  aws_secret = "«secret»",
  bucket = "«bucket»"
})
''')
T("lua/positional", "lua/sign.lua", "hard", '''
local auth = aws_auth:new("«id»", "«secret»", "«region»")
''')
T("lua/concat", "lua/split.lua", "rest", '''
local k = "«id:concat:" .. "»"
local s = [[«secret»]]
''')
T("r/sys-setenv", "analysis/load.R", "plain", '''
library(aws.s3)
Sys.setenv("AWS_ACCESS_KEY_ID" = "«id»",
           "AWS_SECRET_ACCESS_KEY" = "«secret»",
           "AWS_DEFAULT_REGION" = "«region»")
''')
T("r/renviron", ".Renviron", "plain", '''
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=«secret»
''')
T("r/arguments", "analysis/get.R", "plain", '''
d <- get_object("x.rds", bucket = "«bucket»", key = "«id»", secret = "«secret»")
''')
T("r/assign", "analysis/keys.R", "hard", '''
kid <- "«id»"
pw <- "«secret»"
paws::s3(config = list(credentials = list(creds = list(access_key_id = kid, secret_access_key = pw))))
''')
T("rmarkdown/chunk", "report.Rmd", "plain", '''
---
title: "«word»"
---

```{r setup}
Sys.setenv(AWS_ACCESS_KEY_ID = "«id»", AWS_SECRET_ACCESS_KEY = "«secret»")
```
''')
T("julia/awscore", "src/upload.jl", "hard", '''
using AWS
creds = AWSCredentials("«id»", "«secret»")
aws = global_aws_config(; creds, region="«region»")
''')
T("matlab/setenv", "load_data.m", "hard", '''
setenv('AWS_ACCESS_KEY_ID', '«id»');
setenv('AWS_SECRET_ACCESS_KEY', '«secret»');
ds = datastore('s3://«bucket»/data');
''')
T("tcl/set", "bin/s3.tcl", "hard", '''
package require S3
S3::Configure -accesskeyid «id» -secretaccesskey {«secret»}
''')
T("groovy-like/autohotkey", "tools/upload.ahk", "hard", '''
AwsKey := "«id»"
AwsSec := "«secret»"
''')
T("applescript/property", "tools/send.applescript", "hard", '''
property s3user : "«id»"
property s3pass : "«secret»"
''')
T("coldfusion/cfset", "com/s3.cfm", "hard", '''
<cfset application.awsAccessKeyId = "«id»">
<cfset application.awsSecretKey = "«secret»">
<cfset s3 = createObject("component", "s3").init("«id»", "«secret»")>
''')
