"""Secrets with awkward ends, secrets without their ID, and IDs beside what is not their secret."""

from idioms import T

T("edge/ini", "edge/credentials", "plain", "[default]\naws_access_key_id = «id»\naws_secret_access_key = «secret»\n", "edge")
T("edge/env", "edge/.env", "plain", "AWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY=«secret»\n", "edge")
T("edge/yaml", "edge/s3.yml", "plain", "access_key: «id»\nsecret_key: «secret»\n", "edge")
T("edge/json", "edge/s3.json", "plain", '{"accessKeyId":"«id»","secretAccessKey":"«secret»"}\n', "edge")
T("edge/json-slash", "edge/slash.json", "hard", '{"accessKeyId":"«id»","secretAccessKey":"«secret:slash»"}\n', "edge")
T("edge/url", "edge/url.txt", "hard", "s3://«id»:«secret:percent»@«bucket»/x\n", "edge")
T("edge/url-raw", "edge/raw-url.txt", "hard", "s3n://«id»:«secret»@«bucket»/x\n", "edge")
T("edge/csv", "edge/accessKeys.csv", "hard", "Access key ID,Secret access key\n«id»,«secret»\n", "edge")
T("edge/positional", "edge/S3.java", "hard", 'new BasicAWSCredentials("«id»", "«secret»");\n', "edge")
T("edge/bare-lines", "edge/keys.txt", "hard", "«id»\n«secret»\n", "edge")
T("edge/colon", "edge/passwd-s3fs", "hard", "«id»:«secret»\n", "edge")
T("edge/slash-separated", "edge/slashed.txt", "hard", "«id» / «secret»\n", "edge")
T("edge/query", "edge/query.txt", "hard", "https://«host»/?key=«id»&secret=«secret:percent»\n", "edge")
T("edge/b64", "edge/secret.yaml", "hard", "kind: Secret\ndata:\n  id: «id:b64»\n  key: «secret:b64»\n", "edge")
T("edge/xml", "edge/keys.xml", "hard", "<k><AccessKeyId>«id»</AccessKeyId><SecretAccessKey>«secret»</SecretAccessKey></k>\n", "edge")
T("edge/comment-after", "edge/app.py", "plain", "AWS_KEY = '«id»'\nAWS_SECRET = '«secret»'  # from «date»\n", "edge")

T("edge/registry", "edge/env.reg", "rest", 'Windows Registry Editor Version 5.00\n\n[HKEY_CURRENT_USER\\Environment]\n"AWS_ACCESS_KEY_ID"=hex(2):«id:reg»\n"AWS_SECRET_ACCESS_KEY"=hex(2):«secret:reg»\n')
T("edge/form-space", "edge/form.log", "rest", "access_key=+«id»&secret=+«secret:percent»&region=«region»\n")

T("lone/boto3", "lone/app.py", "plain", "boto3.client('s3', aws_access_key_id=os.environ['KEY'], aws_secret_access_key='«secret»')\n", "lone")
T("lone/json", "lone/aws.json", "plain", '{"SecretAccessKey": "«secret»"}\n', "lone")
T("lone/terraform", "lone/main.tf", "hard", 'provider "aws" {\n  access_key = var.key\n  secret_key = "«secret»"\n}\n', "lone")
T("lone/properties", "lone/app.properties", "plain", "aws.secretAccessKey=«secret»\naws.region=«region»\n", "lone")
T("lone/yaml-s3", "lone/s3.yml", "hard", "s3:\n  bucket: «bucket»\n  secret_access_key: «secret»\n", "lone")
T("lone/k8s", "lone/secret.yaml", "hard", "kind: Secret\ndata:\n  AWS_SECRET_ACCESS_KEY: «secret:b64»\n", "lone")
T("lone/xml", "lone/iam.xml", "hard", "<SecretAccessKey>«secret»</SecretAccessKey>\n", "lone")
T("lone/yaml-block", "lone/storage.yml", "hard", "aws:\n  s3:\n    bucket: «bucket»\n    secret: «secret»\n", "lone")
T("lone/json-block", "lone/config.json", "hard", '{"aws": {"region": "«region»", "secret": "«secret»"}}\n', "lone")
T("lone/ini-section", "lone/app.ini", "hard", "[aws]\nregion = «region»\nsecret = «secret»\n", "lone")
T("lone/js-block", "lone/config.js", "hard", "module.exports = {\n  aws: {\n    key: process.env.KEY,\n    secret: '«secret»',\n  },\n};\n", "lone")
T("lone/laravel-ses", "lone/services.php", "hard", "'ses' => [\n    'key' => env('MAIL_KEY'),\n    'secret' => '«secret»',\n],\n", "lone")
T("lone/provider", "lone/uploads.yml", "hard", "storage:\n  provider: aws\n  bucket: «bucket»\n  region: «region»\n  secret: «secret»\n", "lone")
T("lone/call", "lone/tables.py", "hard", 'fs = s3fs.S3FileSystem(key=os.environ["K"], secret="«secret»")\n', "lone")
T("lone/service-label", "lone/mail.env", "hard", "SES_REGION=«region»\nSES_SECRET=«secret»\n", "lone")
T("lone/vb", "lone/Settings.vb", "hard", 'Private Const AWS_SECRET_KEY As String = "«secret»"\n', "lone")
T("lone/csharp-property", "lone/Options.cs", "hard", 'public string AwsSecretKey { get; set; } = "«secret»";\n', "lone")
T("lone/go-wrapper", "lone/main.go", "hard", 'creds := Credentials{SecretAccessKey: aws.String("«secret»")}\n', "lone")
T("lone/getter", "lone/Keys.java", "hard", 'public String getAWSSecretKey()\n{\n    return "«secret»";\n}\n', "lone")
T("lone/cfn-parameter", "lone/parameters.json", "hard", '[{"ParameterKey": "AwsSecretAccessKey", "ParameterValue": "«secret»"}]\n', "lone")
T("lone/terraform-variable", "lone/variables.tf", "hard", 'variable "aws_secret_access_key" {\n  description = "of the uploader"\n  type        = string\n  sensitive   = true\n  default     = "«secret»"\n}\n', "lone")
T("lone/resx", "lone/Resources.resx", "hard", '<data name="AwsSecretKey" xml:space="preserve">\n  <value>«secret»</value>\n</data>\n', "lone")
T("lone/csv-column", "lone/accounts.csv", "hard", "account,region,secret_access_key\nmain,«region»,«secret»\n", "lone")
T("lone/sql-row", "lone/seed.sql", "hard", "INSERT INTO cfg (aws_region, aws_secret_key) VALUES ('«region»', '«secret»');\n", "lone")
T("lone/prose", "lone/notes.md", "hard", "The AWS secret access key for the uploader is «secret».\n", "lone")
T("lone/spanish", "lone/claves.txt", "hard", "clave secreta de AWS: «secret»\n", "lone")

T("id/hash-beside", "ids/sums.env", "plain", "AWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY_SHA1=«hex40»\n", "id")
T("id/commit-beside", "ids/deploy.yml", "plain", "aws_access_key_id: «id»\ncommit: «hex40»\nsecret: from-vault\n", "id")
T("id/secret-redacted", "ids/run.log", "plain", "AWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY=****************************************\n", "id")
T("id/secret-from-env", "ids/app.rb", "plain", "Aws::S3::Client.new(access_key_id: '«id»', secret_access_key: ENV.fetch('AWS_SECRET_ACCESS_KEY'))\n", "id")
T("id/path-beside", "ids/paths.ini", "plain", "access_key = «id»\nsecret_key_file = /etc/app/config/production/aws-secret-key\n", "id")
T("id/policy", "ids/policy.json", "plain", '{"Condition": {"StringEquals": {"aws:PrincipalAccessKeyId": "«id»"}}}\n', "id")
T("id/list-access-keys", "ids/list.json", "plain", '{"AccessKeyMetadata": [{"UserName": "«user»", "AccessKeyId": "«id»", "Status": "Inactive"}, {"UserName": "«user»", "AccessKeyId": "«2.id»", "Status": "Active"}]}\n', "id id")
for name, path, text in [
    ("db-password", "db.env", "AWS_ACCESS_KEY_ID=«id»\nDB_PASSWORD=«other»\n"),
    ("empty-then-jwt", "jwt.env", "AWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY=\nJWT_SECRET=«other»\n"),
    ("encrypted-then-app", "app.env", "AWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY=ENC(x8Jq)\nAPP_SECRET=«other»\n"),
    ("session-secret", "session.env", "S3_KEY=«id»\nS3_SECRET=\nSESSION_SECRET=«other»\n"),
    ("settings", "settings.py", "SECRET_KEY = '«other»'\nAWS_ACCESS_KEY_ID = '«id»'\nAWS_SECRET_ACCESS_KEY = os.environ['AWS_SECRET_ACCESS_KEY']\n"),
    ("refresh-token", "tokens.json", '{"access_key_id": "«id»", "refresh_token": "«other»"}\n'),
    ("continuation", "page.json", '{"accessKeyId": "«id»", "continuationToken": "«other»"}\n'),
    ("csrf-meta", "upload.html", '<meta name="csrf-token" content="«other»">\n<input name="AWSAccessKeyId" value="«id»">\n'),
    ("nonce-beside-request", "proxy.log", "nonce=«other»&X-Amz-Credential=«id»/«num8»/us-east-1/s3/aws4_request\n"),
]:
    T(f"id/{name}", f"ids/{path}", "hard", text, "id")
T("id/other-vendor-beside", "ids/mixed.env", "plain", "AWS_ACCESS_KEY_ID=«id»\nDATADOG_APP=«hex40»\nSESSION=«uuid»\n", "id")
