"""Files of the command line tools themselves, and dot-env files."""

from idioms import T, idiom
from doc import fill

T("aws/credentials", "home/.aws/credentials", "plain", '''
[default]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
''')
T("aws/credentials-tight", "aws_credentials", "plain", '''
[default]
aws_access_key_id=«id»
aws_secret_access_key=«secret»
region=«region»
''')
T("aws/credentials-upper", "creds.ini", "plain", '''
[«word»]
AWS_ACCESS_KEY_ID = «id»
AWS_SECRET_ACCESS_KEY = «secret»
''')
T("aws/credentials-secret-first", "aws.cfg", "plain", '''
[default]
aws_secret_access_key = «secret»
aws_access_key_id = «id»
''')
T("aws/credentials-session", "home/.aws/credentials", "plain", '''
[«word»-mfa]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
aws_session_token = «token»
''', "session")
T("aws/credentials-session-saml", "saml/.aws/credentials", "plain", '''
[saml]
aws_access_key_id        = «id»
aws_secret_access_key    = «secret»
aws_session_token        = «token»
aws_security_token       = «token»
x_principal_arn          = arn:aws:sts::«account»:assumed-role/«word»/«user»
x_security_token_expires = 2023-08-09T18:00:00+02:00
''', "session")
T("aws/credentials-session-spaced", "tmp/creds.txt", "hard", '''
aws_access_key_id
«id»
aws_secret_access_key
«secret»
aws_session_token
«token»
''', "session")
T("aws/profiles-three", "shared/.aws/credentials", "plain", '''
[default]
aws_access_key_id = «id»
aws_secret_access_key = «secret»

[staging]
aws_access_key_id = «2.id»
aws_secret_access_key = «2.secret»

[prod]
aws_access_key_id = «3.id»
aws_secret_access_key = «3.secret»
''', "pair pair pair")
T("aws/profiles-mixed-order", "mixed/.aws/credentials", "plain", '''
[a]
aws_secret_access_key = «secret»
aws_access_key_id = «id»
[b]
aws_access_key_id = «2.id»
aws_secret_access_key = «2.secret»
[c]
aws_secret_access_key = «3.secret»
region = «region»
aws_access_key_id = «3.id»
''', "pair pair pair")
T("aws/profiles-with-session", "team/.aws/credentials", "plain", '''
[base]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
[mfa]
aws_access_key_id = «2.id»
aws_secret_access_key = «2.secret»
aws_session_token = «2.token»
''', "pair session")
T("aws/config-profile", "home/.aws/config", "plain", '''
[profile «word»]
region = «region»
output = json
aws_access_key_id = «id»
aws_secret_access_key = «secret»
''')
T("aws/credentials-commented", "old/.aws/credentials", "plain", '''
[default]
# rotated, do not use
# aws_access_key_id = «id»
# aws_secret_access_key = «secret»
credential_process = /usr/bin/get-creds
''')
T("aws/canary", "decoy/.aws/credentials", "plain", '''
[default]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
output = json
region = us-east-2
''', "canary")
T("aws/old-generation", "legacy/.aws/credentials", "plain", '''
[default]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
''', "old")
T("aws/cli-cache", "home/.aws/cli/cache/«hex40».json", "plain", '''
{"Credentials": {"AccessKeyId": "«id»", "SecretAccessKey": "«secret»", "SessionToken": "«token»", "Expiration": "2024-01-31T10:20:30+00:00"}, "AssumedRoleUser": {"AssumedRoleId": "AROA:«word»", "Arn": "arn:aws:sts::«account»:assumed-role/«word»/x"}}
''', "session")
T("aws/sts-json", "notes/assume-role.json", "plain", '''
{
    "Credentials": {
        "AccessKeyId": "«id»",
        "SecretAccessKey": "«secret»",
        "SessionToken": "«token»",
        "Expiration": "2024-01-31T10:20:30+00:00"
    }
}
''', "session")
T("aws/sts-json-alphabetical", "notes/session.json", "plain", '''
{
    "Credentials": {
        "SecretAccessKey": "«secret»",
        "SessionToken": "«token»",
        "Expiration": "2024-01-31T10:20:30+00:00",
        "AccessKeyId": "«id»"
    }
}
''', "session")
T("aws/imds-json", "notes/imds.txt", "plain", '''
$ curl http://169.254.169.254/latest/meta-data/iam/security-credentials/«word»-role
{
  "Code" : "Success",
  "LastUpdated" : "2022-04-26T16:39:16Z",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "«id»",
  "SecretAccessKey" : "«secret»",
  "Token" : "«token»",
  "Expiration" : "2022-04-27T22:39:16Z"
}
''', "session")
T("aws/iam-create-json", "notes/create-access-key.json", "plain", '''
{
    "AccessKey": {
        "UserName": "«user»",
        "AccessKeyId": "«id»",
        "Status": "Active",
        "SecretAccessKey": "«secret»",
        "CreateDate": "2023-02-03T04:05:06+00:00"
    }
}
''')
T("aws/process-credentials", "tools/creds.json", "plain", '''
{"Version": 1, "AccessKeyId": "«id»", "SecretAccessKey": "«secret»", "SessionToken": "«token»"}
''', "session")
T("aws/ecs-role-json", "notes/ecs.json", "plain", '''
{"RoleArn":"arn:aws:iam::«account»:role/«word»","AccessKeyId":"«id»","SecretAccessKey":"«secret»","Token":"«token»","Expiration":"2023-01-01T00:00:00Z"}
''', "session")
T("aws/sdk-json", "config/aws-credentials.json", "plain", '''
{ "accessKeyId": "«id»", "secretAccessKey": "«secret»", "region": "«region»" }
''')
T("aws/rootkey-old", "rootkey.csv", "plain", '''
AWSAccessKeyId=«id»
AWSSecretKey=«secret»
''')
T("aws/java-properties", "AwsCredentials.properties", "plain", '''
secretKey=«secret»
accessKey=«id»
''')
T("aws/cli-v1-file", ".awscredentials", "plain", '''
AWSAccessKeyId=«id»
AWSSecretKey=«secret»
''')
T("aws/awssecret", ".awssecret", "hard", '''
«id»
«secret»
''')
T("aws/eb-config", ".elasticbeanstalk/aws_credential_file", "plain", '''
AWSAccessKeyId=«id»
AWSSecretKey=«secret»
''')
T("aws/s3curl-pair", "home/keys.txt", "hard", '''
«id» «secret»
''')
T("tool/s3cfg", ".s3cfg", "plain", '''
[default]
access_key = «id»
access_token =
bucket_location = US
secret_key = «secret»
use_https = True
''')
T("tool/boto", ".boto", "plain", '''
[Credentials]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
[Boto]
https_validate_certificates = True
''')
T("tool/rclone", "rclone.conf", "plain", '''
[remote]
type = s3
provider = AWS
access_key_id = «id»
secret_access_key = «secret»
region = «region»
''')
T("tool/passwd-s3fs", "etc/passwd-s3fs", "hard", '''
«id»:«secret»
''')
T("tool/passwd-s3fs-bucket", "etc/.passwd-s3fs", "hard", '''
«bucket»:«id»:«secret»
''')
T("tool/mc-config", ".mc/config.json", "plain", '''
{"version": "10", "aliases": {"s3": {"url": "https://s3.amazonaws.com", "accessKey": "«id»", "secretKey": "«secret»", "api": "S3v4", "path": "dns"}}}
''')
T("tool/fog", ".fog", "plain", '''
default:
  aws_access_key_id: «id»
  aws_secret_access_key: «secret»
''')
T("tool/netrc", ".netrc", "hard", '''
machine s3.amazonaws.com
login «id»
password «secret»
''')
T("tool/authinfo", ".authinfo", "hard", '''
machine «bucket».s3.amazonaws.com login «id» password «secret» port 443
''')
T("tool/git-credentials", ".git-credentials", "hard", '''
https://«id:percent»:«secret:percent»@«host»/lfs
''')
T("tool/dvc-local", ".dvc/config.local", "plain", '''
['remote "storage"']
    access_key_id = «id»
    secret_access_key = «secret»
''')
T("tool/docker-credential", ".duplicati.txt", "plain", '''
s3://«bucket»/backup?aws-access-key-id=«id»&aws-secret-access-key=«secret:percent»
''')
T("tool/winscp-ini", "WinSCP.ini", "hard", '''
[Sessions\\s3.amazonaws.com]
HostName=s3.amazonaws.com
UserName=«id»
FSProtocol=7
PasswordPlain=«secret»
''')
T("tool/cyberduck", "bookmarks/«uuid».duck", "hard", '''
<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<dict>
	<key>Protocol</key>
	<string>s3</string>
	<key>Username</key>
	<string>«id»</string>
	<key>Password</key>
	<string>«secret»</string>
</dict>
</plist>
''')
T("tool/transmit", "prefs/TransmitFavorites.plist", "hard", '''
<plist version="1.0"><dict><key>AWSAccessKey</key><string>«id»</string><key>AWSSecretKey</key><string>«secret»</string></dict></plist>
''')
T("tool/plist-ios", "ios/Info.plist", "hard", '''
<dict>
	<key>AWSAccessKeyID</key>
	<string>«id»</string>
	<key>AWSSecretAccessKey</key>
	<string>«secret»</string>
</dict>
''')
T("tool/filezilla", "FileZilla.xml", "rest", '''
<Server>
    <Host>s3.amazonaws.com</Host>
    <Protocol>7</Protocol>
    <User>«id»</User>
    <Pass encoding="base64">«secret:b64»</Pass>
</Server>
''')
T("dotenv/plain", ".env", "plain", '''
APP_KEY=base64:«pw»
DB_PASSWORD=«pw»
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=«secret»
AWS_DEFAULT_REGION=«region»
AWS_BUCKET=«bucket»
''')
T("dotenv/quoted", ".env.production", "plain", '''
AWS_ACCESS_KEY_ID="«id»"
AWS_SECRET_ACCESS_KEY="«secret»"
''')
T("dotenv/session", ".env.local", "plain", '''
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=«secret»
AWS_SESSION_TOKEN=«token»
''', "session")
T("dotenv/prefixed", "api/.env.staging", "plain", '''
STORAGE_S3_ACCESS_KEY=«id»
STORAGE_S3_SECRET_KEY=«secret»
STORAGE_S3_BUCKET=«bucket»
''')
T("dotenv/short", ".env.dev", "hard", '''
S3_ID=«id»
S3_PW=«secret»
''')
T("dotenv/mastodon", ".env.mastodon", "plain", '''
S3_ENABLED=true
S3_BUCKET=«bucket»
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=«secret»
''')
T("dotenv/two-services", ".env.services", "plain", '''
SES_ACCESS_KEY_ID=«id»
S3_ACCESS_KEY_ID=«2.id»
SES_SECRET_ACCESS_KEY=«secret»
S3_SECRET_ACCESS_KEY=«2.secret»
''', "pair pair")
T("dotenv/far", ".env.big", "hard", "AWS_ACCESS_KEY_ID=«id»\n" + "".join(f"SETTING_{n}=«hex8.{n}»\n" for n in range(40)) + "AWS_SECRET_ACCESS_KEY=«secret»\n")


@idiom("dotenv/any-label", ".env", "plain")
def any_label(creds, r):
    stem = r.choice(["AWS", "S3", "MY_AWS", "PROD_AWS", "BACKUP_S3", "AMAZON", "APP_AWS", "UPLOADS_S3"])
    a, b = r.choice([("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), ("ACCESS_KEY", "SECRET_KEY"), ("KEY_ID", "SECRET_KEY"), ("ACCESSKEY", "SECRETKEY"), ("API_KEY", "API_SECRET")])
    space, quote = r.choice(["", "", " "]), r.choice(["", '"', "'"])
    rows = [f"{stem}_{a}{space}={space}{quote}«id»{quote}", f"{stem}_{b}{space}={space}{quote}«secret»{quote}"]
    if r.random() < 0.3:
        rows.reverse()
    rows.insert(r.randrange(3), f"{stem}_BUCKET{space}={space}«bucket»")
    return fill("\n".join(rows) + "\n", creds, r)


@idiom("ini/any-label", "etc/«word».ini", "plain")
def ini_label(creds, r):
    a, b = r.choice([("access_key", "secret_key"), ("aws_access_key", "aws_secret_key"), ("s3_access_key", "s3_secret_key"), ("AccessKey", "SecretKey"), ("accessKeyId", "secretAccessKey"), ("access-key", "secret-key"), ("access.key", "secret.key")])
    op = r.choice(["=", " = ", ": ", ":", " : ", "\t=\t", "   =   "])
    return fill(f"[«word»]\n{a}{op}«id»\nendpoint{op}s3.amazonaws.com\n{b}{op}«secret»\n", creds, r)
