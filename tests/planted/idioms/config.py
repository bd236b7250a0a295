"""Configuration of programs that store things in S3: YAML, TOML, JSON, XML and formats of their own."""

from idioms import T

T("yaml/simple", "config/s3.yml", "plain", '''
production:
  access_key_id: «id»
  secret_access_key: "«secret»"
  bucket: «bucket»
''')
T("yaml/flow", "config/flow.yaml", "plain", '''
s3: {access_key: «id», secret_key: «secret», region: «region»}
''')
T("yaml/list-pair", "config/list.yaml", "hard", '''
aws_credentials:
  - «id»
  - «secret»
''')
T("yaml/name-value", "config/vars.yaml", "hard", '''
env:
  - name: AWS_ACCESS_KEY_ID
    value: «id»
  - name: AWS_SECRET_ACCESS_KEY
    value: "«secret»"
''')
T("yaml/user-pass", "config/auth.yaml", "hard", '''
backend:
  kind: s3
  user: «id»
  pass: «secret»
''')
T("yaml/id-pass", "config/storage.yaml", "hard", '''
id: «id»
pass: «secret»
''')
T("yaml/folded", "config/folded.yaml", "hard", '''
access_key: >-
  «id»
secret_key: >-
  «secret»
''')
T("yaml/block", "config/block.yaml", "plain", '''
credentials: |
  [default]
  aws_access_key_id = «id»
  aws_secret_access_key = «secret»
''')
T("yaml/anchors", "config/anchors.yaml", "plain", '''
x-aws: &aws
  AWS_ACCESS_KEY_ID: &key «id»
  AWS_SECRET_ACCESS_KEY: &secret «secret»
web: *aws
''')
T("yaml/tagged", "config/tagged.yaml", "hard", '''
access_key: !!str «id»
secret_key: !secret_str '«secret»'
''')
T("yaml/multi-env", "config/envs.yaml", "plain", '''
development:
  key: «id»
  secret: «secret»
staging:
  key: «2.id»
  secret: «2.secret»
production:
  key: «3.id»
  secret: «3.secret»
''', "pair pair pair")
T("yaml/secret-above-far", "config/far.yaml", "hard", '''
s3_secret: «secret»
retention:
  days: 30
  weeks: 4
  months: 12
paths:
  - /var/lib/«word»
  - /srv/data
notify: «email»
schedule: "0 3 * * *"
compression: zstd
s3_user: «id»
''')
T("toml/table", "config.toml", "plain", '''
[storage.s3]
bucket = "«bucket»"
access_key_id = "«id»"
secret_access_key = "«secret»"
''')
T("toml/inline", "app.toml", "plain", '''
s3 = { access_key = "«id»", secret_key = '«secret»' }
''')
T("toml/gitlab-runner", "etc/gitlab-runner/config.toml", "plain", '''
[runners.cache.s3]
  AccessKey = "«id»"
  SecretKey = "«secret»"
  BucketName = "«bucket»"
''')
T("toml/vector", "vector.toml", "plain", '''
[sinks.s3.auth]
access_key_id = "«id»"
secret_access_key = "«secret»"
''')
T("toml/telegraf", "telegraf.conf", "plain", '''
[[outputs.cloudwatch]]
  region = "«region»"
  access_key = "«id»"
  secret_key = "«secret»"
''')
T("json/simple", "config.json", "plain", '''
{
  "aws": {
    "accessKeyId": "«id»",
    "secretAccessKey": "«secret»"
  }
}
''')
T("json/one-line", "aws.json", "plain", '''
{"AWSAccessKeyId":"«id»","AWSSecretKey":"«secret»"}
''')
T("json/id-key", "s3.json", "hard", '''
{"id": "«id»", "key": "«secret»"}
''')
T("json/array", "keys.json", "hard", '''
["«id»", "«secret»", "«region»"]
''')
T("json/slash-escaped", "export.json", "hard", '''
{"access_key":"«id»","secret_key":"«secret:slash»"}
''')
T("json/unicode-escaped", "api-answer.json", "hard", '''
{"aws_key":"«id»","aws_secret":"«secret:jsonu»"}
''')
T("json/name-value-list", "task.json", "hard", '''
{"environment": [
  {"name": "AWS_ACCESS_KEY_ID", "value": "«id»"},
  {"name": "AWS_SECRET_ACCESS_KEY", "value": "«secret»"}
]}
''')
T("json/key-value-list", "params.json", "hard", '''
[{"ParameterKey": "AccessKey", "ParameterValue": "«id»"}, {"ParameterKey": "SecretKey", "ParameterValue": "«secret»"}]
''')
T("json/value-name-reversed", "vars.json", "hard", '''
{"vars": [{"value": "«id»", "name": "user"}, {"value": "«secret»", "name": "password"}]}
''')
T("json/stacked", "accounts.json", "plain", '''
[
  {"name": "one", "accessKeyId": "«id»", "secretAccessKey": "«secret»"},
  {"name": "two", "accessKeyId": "«2.id»", "secretAccessKey": "«2.secret»"}
]
''', "pair pair")
T("json/parallel-arrays", "parallel.json", "hard", '''
{"ids": ["«id»", "«2.id»"], "secrets": ["«secret»", "«2.secret»"]}
''', "pair pair")
T("json5/comments", "config.json5", "plain", '''
{
  // the uploads account
  accessKeyId: '«id»',
  secretAccessKey: '«secret»', /* rotate! */
}
''')
T("json/sonarqube-escaped", "dump.json", "hard", r'''
{"msg":"aws_access_key_id=«id»\naws_secret_access_key=«secret»\nregion=«region»"}
''')
T("json/escaped-quotes", "nested.json", "hard", r'''
{"payload":"{\"AccessKeyId\":\"«id»\",\"SecretAccessKey\":\"«secret:slash»\"}"}
''')
T("xml/elements", "config.xml", "hard", '''
<aws>
  <accessKey>«id»</accessKey>
  <secretKey>«secret»</secretKey>
</aws>
''')
T("xml/iam-answer", "create-access-key.xml", "hard", '''
<CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <CreateAccessKeyResult>
    <AccessKey>
      <UserName>«user»</UserName>
      <AccessKeyId>«id»</AccessKeyId>
      <Status>Active</Status>
      <SecretAccessKey>«secret»</SecretAccessKey>
    </AccessKey>
  </CreateAccessKeyResult>
</CreateAccessKeyResponse>
''')
T("xml/sts-answer", "assume-role.xml", "hard", '''
<Credentials><SessionToken>«token»</SessionToken><SecretAccessKey>«secret»</SecretAccessKey><Expiration>2021-07-15T23:28:33Z</Expiration><AccessKeyId>«id»</AccessKeyId></Credentials>
''', "session")
T("xml/attributes", "storage.xml", "plain", '''
<storage type="s3" accessKey="«id»" secretKey="«secret»" bucket="«bucket»"/>
''')
T("xml/attributes-user", "jets3t.xml", "hard", '''
<repository url="s3://«bucket»" username="«id»" password="«secret»"/>
''')
T("xml/cdata", "cdata.xml", "hard", '''
<id><![CDATA[«id»]]></id><secret><![CDATA[«secret»]]></secret>
''')
T("xml/entities", "entities.xml", "hard", '''
<user access="«id»" secret="«secret:xml»"/>
''')
T("xml/jenkins-credentials", "jenkins/credentials.xml", "hard", '''
<com.cloudbees.jenkins.plugins.awscredentials.AWSCredentialsImpl plugin="aws-credentials@1.23">
  <scope>GLOBAL</scope>
  <id>«word»</id>
  <accessKey>«id»</accessKey>
  <secretKey>«secret»</secretKey>
</com.cloudbees.jenkins.plugins.awscredentials.AWSCredentialsImpl>
''')
T("xml/jenkins-s3-profile", "jenkins/hudson.plugins.s3.S3BucketPublisher.xml", "hard", '''
<hudson.plugins.s3.S3Profile>
  <name>«word»</name>
  <accessKey>«id»</accessKey>
  <secretKey>«secret»</secretKey>
</hudson.plugins.s3.S3Profile>
''')
T("properties/jets3t", "jets3t.properties", "plain", '''
accesskey=«id»
secretkey=«secret»
''')
T("properties/spaces", "app.properties", "hard", '''
aws.key   «id»
aws.secret   «secret»
''')
T("properties/camel", "service.properties", "plain", '''
s3.accessKey = «id»
s3.secretKey = «secret»
''')
T("conf/docker-registry", "registry/config.yml", "plain", '''
storage:
  s3:
    accesskey: «id»
    secretkey: «secret»
    region: «region»
    bucket: «bucket»
''')
T("conf/thanos", "objstore.yml", "plain", '''
type: S3
config:
  bucket: «bucket»
  access_key: "«id»"
  secret_key: "«secret»"
''')
T("conf/loki", "loki.yaml", "hard", '''
storage_config:
  aws:
    s3: s3://«id:percent»:«secret:percent»@«region»/«bucket»
''')
T("conf/cortex", "cortex.yaml", "plain", '''
blocks_storage:
  s3:
    access_key_id: «id»
    secret_access_key: «secret»
''')
T("conf/alertmanager-sns", "alertmanager.yml", "plain", '''
sns_configs:
  - topic_arn: arn:aws:sns:«region»:«account»:alerts
    sigv4:
      access_key: «id»
      secret_key: «secret»
''')
T("conf/prometheus-ec2", "prometheus.yml", "plain", '''
scrape_configs:
  - job_name: ec2
    ec2_sd_configs:
      - region: «region»
        access_key: «id»
        secret_key: «secret»
''')
T("conf/logstash", "pipeline/s3.conf", "plain", '''
input {
  s3 {
    "access_key_id" => "«id»"
    "secret_access_key" => "«secret»"
    "bucket" => "«bucket»"
  }
}
''')
T("conf/fluentd", "fluent.conf", "hard", '''
<match logs.**>
  @type s3
  aws_key_id «id»
  aws_sec_key «secret»
  s3_bucket «bucket»
</match>
''')
T("conf/filebeat", "filebeat.yml", "plain", '''
filebeat.inputs:
- type: aws-s3
  access_key_id: '«id»'
  secret_access_key: '«secret»'
''')
T("conf/gitlab-rb", "etc/gitlab/gitlab.rb", "plain", '''
gitlab_rails['backup_upload_connection'] = {
  'provider' => 'AWS',
  'aws_access_key_id' => '«id»',
  'aws_secret_access_key' => '«secret»'
}
''')
T("conf/grafana-datasource", "provisioning/cloudwatch.yaml", "plain", '''
datasources:
  - name: CloudWatch
    type: cloudwatch
    jsonData: {authType: keys, defaultRegion: «region»}
    secureJsonData:
      accessKey: '«id»'
      secretKey: '«secret»'
''')
T("conf/kafka-connect", "connect-s3.properties", "plain", '''
connector.class=io.confluent.connect.s3.S3SinkConnector
aws.access.key.id=«id»
aws.secret.access.key=«secret»
''')
T("conf/trino", "catalog/hive.properties", "plain", '''
hive.s3.aws-access-key=«id»
hive.s3.aws-secret-key=«secret»
''')
T("conf/spark-defaults", "spark-defaults.conf", "hard", '''
spark.hadoop.fs.s3a.access.key   «id»
spark.hadoop.fs.s3a.secret.key   «secret»
''')
T("conf/flink", "flink-conf.yaml", "plain", '''
s3.access-key: «id»
s3.secret-key: «secret»
''')
T("conf/druid", "common.runtime.properties", "plain", '''
druid.s3.accessKey=«id»
druid.s3.secretKey=«secret»
''')
T("conf/elasticsearch-old", "elasticsearch.yml", "plain", '''
cloud.aws.access_key: «id»
cloud.aws.secret_key: «secret»
''')
T("conf/dovecot", "dovecot.conf", "hard", '''
obox_fs = s3:https://«id»:«secret:percent»@«bucket».s3.amazonaws.com/
''')
T("conf/postfix-sasl-ses", "postfix/sasl_passwd", "hard", '''
[email-smtp.«region».amazonaws.com]:587 «id»:«key»
''', "ses")
T("conf/nginx-s3", "nginx.conf", "hard", '''
location /files {
    aws_access_key «id»;
    aws_secret_key «secret»;
    aws_s3_bucket «bucket»;
}
''')
T("conf/apache-setenv", "httpd.conf", "hard", '''
SetEnv AWS_ACCESS_KEY_ID «id»
SetEnv AWS_SECRET_ACCESS_KEY «secret»
''')
T("conf/php-fpm", "www.conf", "plain", '''
env[AWS_ACCESS_KEY_ID] = «id»
env[AWS_SECRET_ACCESS_KEY] = «secret»
''')
T("conf/uwsgi", "uwsgi.ini", "plain", '''
[uwsgi]
env = AWS_ACCESS_KEY_ID=«id»
env = AWS_SECRET_ACCESS_KEY=«secret»
''')
T("conf/tox", "tox.ini", "plain", '''
[testenv]
setenv =
    AWS_ACCESS_KEY_ID = «id»
    AWS_SECRET_ACCESS_KEY = «secret»
''')
T("conf/velero", "credentials-velero", "plain", '''
[default]
aws_access_key_id=«id»
aws_secret_access_key=«secret»
''')
T("conf/litestream", "litestream.yml", "plain", '''
access-key-id: «id»
secret-access-key: «secret»
dbs:
  - path: /var/lib/db
''')
T("conf/pgbackrest", "pgbackrest.conf", "plain", '''
[global]
repo1-s3-key=«id»
repo1-s3-key-secret=«secret»
''')
T("conf/wal-e", "envdir/AWS.txt", "hard", '''
AWS_ACCESS_KEY_ID «id»
AWS_SECRET_ACCESS_KEY «secret»
''')
T("conf/restic", "restic-env", "plain", '''
export RESTIC_REPOSITORY="s3:s3.amazonaws.com/«bucket»"
export AWS_ACCESS_KEY_ID="«id»"
export AWS_SECRET_ACCESS_KEY="«secret»"
''')
T("conf/discourse", "app.yml", "plain", '''
env:
  DISCOURSE_S3_ACCESS_KEY_ID: «id»
  DISCOURSE_S3_SECRET_ACCESS_KEY: «secret»
''')
T("conf/zenko-users", "authdata.json", "hard", '''
{"accounts": [{"name": "«user»", "keys": {"access": "«id»", "secret": "«secret»"}}]}
''')
T("conf/minecraft-like", "plugins/Backup/config.yml", "hard", '''
s3:
  access: «id»
  private: «secret»
''')
