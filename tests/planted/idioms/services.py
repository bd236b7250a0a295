"""Keys of single services, presigned URLs and sign-in links."""

from idioms import T

T("bedrock/env", ".env", "plain", '''
AWS_BEARER_TOKEN_BEDROCK=«key»
AWS_REGION=«region»
''', "bedrock")
T("bedrock/python", "llm/client.py", "plain", '''
os.environ["AWS_BEARER_TOKEN_BEDROCK"] = "«key»"
client = boto3.client("bedrock-runtime", region_name="«region»")
''', "bedrock")
T("bedrock/header", "llm/call.sh", "plain", '''
curl -X POST https://bedrock-runtime.«region».amazonaws.com/model/m/invoke -H "Authorization: Bearer «key»" -d @body.json
''', "bedrock")
T("bedrock/json", "llm/settings.json", "hard", '''
{"provider": "bedrock", "apiKey": "«key»"}
''', "bedrock")
T("bedrock/bare", "llm/key.txt", "hard", '''
«key»
''', "bedrock")
T("bedrock/iam-answer", "llm/create.json", "plain", '''
{"ServiceSpecificCredential": {"ServiceName": "bedrock.amazonaws.com", "ServiceCredentialAlias": "«user»", "ServiceCredentialSecret": "«key»"}}
''', "bedrock")
T("bedrock-short/env", "llm/.env", "plain", '''
export AWS_BEARER_TOKEN_BEDROCK="«key»"
''', "bedrock-short")
T("bedrock-short/header", "llm/short.http", "plain", '''
POST https://bedrock-runtime.«region».amazonaws.com/model/m/converse
Authorization: Bearer «key»
''', "bedrock-short")
T("ses/rails", "config/environments/production.rb", "hard", '''
config.action_mailer.smtp_settings = {
  address: 'email-smtp.«region».amazonaws.com',
  user_name: '«id»',
  password: '«key»',
  authentication: :login
}
''', "ses")
T("ses/django", "settings/mail.py", "hard", '''
EMAIL_HOST = 'email-smtp.«region».amazonaws.com'
EMAIL_HOST_USER = '«id»'
EMAIL_HOST_PASSWORD = '«key»'
EMAIL_PORT = 587
''', "ses")
T("ses/laravel", ".env", "hard", '''
MAIL_HOST=email-smtp.«region».amazonaws.com
MAIL_PORT=587
MAIL_USERNAME=«id»
MAIL_PASSWORD=«key»
MAIL_ENCRYPTION=tls
''', "ses")
T("ses/nodemailer", "mail.js", "hard", '''
nodemailer.createTransport({ host: "email-smtp.«region».amazonaws.com", port: 465, auth: { user: "«id»", pass: "«key»" } });
''', "ses")
T("ses/spring", "application-mail.properties", "hard", '''
spring.mail.host=email-smtp.«region».amazonaws.com
spring.mail.username=«id»
spring.mail.password=«key»
''', "ses")
T("ses/grafana", "grafana.ini", "hard", '''
[smtp]
enabled = true
host = email-smtp.«region».amazonaws.com:465
user = «id»
password = """«key»"""
''', "ses")
T("ses/password-alone", "config/smtp.php", "hard", '''
<?php
$mail->Host = 'email-smtp.«region».amazonaws.com';
$mail->Username = '«id»';
$mail->Password = '«key»';
''', "ses")
T("codecommit/clone-url", "scripts/clone.sh", "hard", '''
git clone https://«user»:«key:percent»@git-codecommit.«region».amazonaws.com/v1/repos/«word»
''', "git")
T("codecommit/create-json", "notes/ssc.json", "hard", '''
{
    "ServiceSpecificCredential": {
        "ServiceName": "codecommit.amazonaws.com",
        "ServiceUserName": "«user»",
        "ServicePassword": "«key»",
        "ServiceSpecificCredentialId": "ACCAEXAMPLE123EXAMPLE",
        "Status": "Active"
    }
}
''', "git")
T("codecommit/git-credentials", "ci/.git-credentials", "hard", '''
https://«user»:«key:percent»@git-codecommit.«region».amazonaws.com
''', "git")
T("keyspaces/cqlshrc", ".cassandra/cqlshrc", "hard", '''
[authentication]
username = «user»
password = «key»
[connection]
hostname = cassandra.«region».amazonaws.com
''', "git")
T("keyspaces/application-conf", "src/main/resources/keyspaces.conf", "hard", '''
datastax-java-driver {
  basic.contact-points = ["cassandra.«region».amazonaws.com:9142"]
  advanced.auth-provider {
    class = PlainTextAuthProvider
    username = "«user»"
    password = "«key»"
  }
}
''', "git")
T("mws/php-config", "mws/config.inc.php", "hard", '''
<?php
define('AWS_ACCESS_KEY_ID', '«id»');
define('MWS_AUTH_TOKEN', '«2.key»');
''', "id mws")
T("mws/json", "mws/seller.json", "hard", '''
{"sellerId": "A2EXAMPLE", "mwsAuthToken": "«key»"}
''', "mws")
T("appsync/aws-exports", "src/aws-exports.js", "hard", '''
const awsmobile = {
    "aws_appsync_graphqlEndpoint": "https://«word».appsync-api.«region».amazonaws.com/graphql",
    "aws_appsync_authenticationType": "API_KEY",
    "aws_appsync_apiKey": "«key»"
};
export default awsmobile;
''', "appsync")
T("appsync/header", "query.http", "hard", '''
POST https://«word».appsync-api.«region».amazonaws.com/graphql
x-api-key: «key»
''', "appsync")
T("cloudfront/pem-named", "keys/pk-«keypair».pem", "hard", '''
«key»
''', "cloudfront")
T("cloudfront/python", "sign.py", "hard", '''
KEY_PAIR_ID = "«keypair»"
PRIVATE_KEY = """«key»"""
''', "cloudfront")
T("cloudfront/env", "cdn.env", "hard", '''
CF_KEY_PAIR_ID=«keypair»
CF_PRIVATE_KEY="«key»"
''', "cloudfront")
T("presigned/s3", "notes/link.txt", "plain", '''
https://«bucket».s3.«region».amazonaws.com/report.pdf?«query»
''', "presigned")
T("presigned/s3-session", "notes/link2.txt", "plain", '''
wget "https://«bucket».s3.amazonaws.com/dump.sql.gz?«query»"
''', "presigned-session")
T("presigned/markdown", "docs/download.md", "plain", '''
Get it [here](https://«bucket».s3.amazonaws.com/x.zip?«query»).
''', "presigned")
T("presigned/sigv2", "notes/old-link.txt", "plain", '''
https://«bucket».s3.amazonaws.com/x.zip?AWSAccessKeyId=«id»&Expires=1456789012&Signature=«pw»%2Fabc%3D
''', "id")
T("presigned/html-amp", "docs/link.html", "plain", '''
<img src="https://«bucket».s3.amazonaws.com/a.png?AWSAccessKeyId=«id»&amp;Expires=1456789012&amp;Signature=«pw»">
''', "id")
T("presigned/browser-post", "docs/post.json", "hard", '''
{"fields": {"key": "${filename}", "x-amz-credential": "«id»/20220101/«region»/s3/aws4_request", "policy": "eyJleHBpcmF0aW9uIjoi«pw»", "x-amz-signature": "«hex64»"}}
''', "id")
T("ecr/docker-config", "home/.docker/config.json", "hard", '''
{"auths": {"https://«account».dkr.ecr.«region».amazonaws.com": {"auth": "«key»"}}}
''', "ecr")
T("ecr/authorization-token", "notes/ecr.json", "hard", '''
{"authorizationData": [{"authorizationToken": "«key»", "expiresAt": 1651234567.0, "proxyEndpoint": "https://«account».dkr.ecr.«region».amazonaws.com"}]}
''', "ecr")
T("codeartifact/npmrc", "web/.npmrc", "hard", '''
registry=https://«word»-«account».d.codeartifact.«region».amazonaws.com/npm/main/
//«word»-«account».d.codeartifact.«region».amazonaws.com/npm/main/:_authToken=«key»
''', "codeartifact")
T("codeartifact/pip-conf", "pip.conf", "hard", '''
[global]
index-url = https://aws:«key»@«word»-«account».d.codeartifact.«region».amazonaws.com/pypi/main/simple/
''', "codeartifact")
T("codeartifact/maven", "settings.xml", "hard", '''
<server><id>codeartifact</id><username>aws</username><password>«key»</password></server>
<!-- https://«word»-«account».d.codeartifact.«region».amazonaws.com/maven/main/ -->
''', "codeartifact")
T("codeartifact/env", "ci.env", "hard", '''
CODEARTIFACT_AUTH_TOKEN=«key»
''', "codeartifact")
T("signin/federation-url", "notes/console.txt", "hard", '''
https://signin.aws.amazon.com/federation?Action=login&Issuer=https%3A%2F%2F«host»&Destination=https%3A%2F%2Fconsole.aws.amazon.com%2F&SigninToken=«key»
''', "signin")
T("legacy/bare-id-properties", "old/aws.properties", "rest", '''
awsAccessKeyId=«id»
awsSecretAccessKey=«secret»
''', "bare")
T("legacy/bare-id-ruby", "old/amazon_s3.yml", "rest", '''
production:
  access_key_id: «id»
  secret_access_key: «secret»
''', "bare")
T("legacy/bare-id-export", "old/ec2rc", "rest", '''
export AWS_ACCESS_KEY_ID=«id»
export AWS_SECRET_ACCESS_KEY=«secret»
''', "bare")
