"""SQL of data warehouses, dumps, connection strings, inserts."""

from idioms import T

T("sql/redshift-copy", "etl/load.sql", "plain", '''
COPY events FROM 's3://«bucket»/events/'
CREDENTIALS 'aws_access_key_id=«id»;aws_secret_access_key=«secret»'
GZIP JSON 'auto';
''')
T("sql/redshift-copy-session", "etl/load2.sql", "plain", '''
COPY t FROM 's3://«bucket»/t' CREDENTIALS 'aws_access_key_id=«id»;aws_secret_access_key=«secret»;token=«token»';
''', "session")
T("sql/redshift-access-key", "etl/load3.sql", "hard", '''
UNLOAD ('SELECT * FROM t') TO 's3://«bucket»/t_'
ACCESS_KEY_ID '«id»' SECRET_ACCESS_KEY '«secret»';
''')
T("sql/redshift-lower", "etl/load4.sql", "hard", '''
copy t from 's3://«bucket»/t.csv' access_key_id '«id»' secret_access_key '«secret»' csv;
''')
T("sql/snowflake-stage", "dw/stage.sql", "plain", '''
CREATE STAGE raw URL = 's3://«bucket»/'
  CREDENTIALS = (AWS_KEY_ID = '«id»' AWS_SECRET_KEY = '«secret»');
''')
T("sql/clickhouse-s3", "ch/load.sql", "hard", '''
INSERT INTO hits SELECT * FROM s3('https://«bucket».s3.amazonaws.com/hits.parquet', '«id»', '«secret»', 'Parquet');
''')
T("sql/clickhouse-collection", "ch/config.xml", "hard", '''
<named_collections><s3_main><access_key_id>«id»</access_key_id><secret_access_key>«secret»</secret_access_key></s3_main></named_collections>
''')
T("sql/duckdb-secret", "duck/init.sql", "hard", '''
CREATE SECRET (
    TYPE S3,
    KEY_ID '«id»',
    SECRET '«secret»',
    REGION '«region»'
);
''')
T("sql/duckdb-set", "duck/set.sql", "plain", '''
SET s3_access_key_id='«id»';
SET s3_secret_access_key='«secret»';
''')
T("sql/pg-duckdb", "duck/pg.sql", "plain", '''
SELECT duckdb.create_simple_secret(type := 'S3', key_id := '«id»', secret := '«secret»', region := '«region»');
''')
T("sql/postgres-aws-s3", "pg/import.sql", "hard", '''
SELECT aws_s3.table_import_from_s3('t', '', '(format csv)',
  aws_commons.create_s3_uri('«bucket»', 't.csv', '«region»'),
  aws_commons.create_aws_credentials('«id»', '«secret»', ''));
''')
T("sql/greenplum-s3-conf", "gp/s3.conf", "plain", '''
[default]
secret = "«secret»"
accessid = "«id»"
threadnum = 4
''')
T("sql/vertica", "vertica/load.sql", "hard", '''
ALTER SESSION SET AWSAuth='«id»:«secret»';
''')
T("sql/exasol-connection", "exa/conn.sql", "hard", '''
CREATE CONNECTION s3 TO 'https://«bucket».s3.amazonaws.com' USER '«id»' IDENTIFIED BY '«secret»';
''')
T("sql/sqlserver-credential", "mssql/cred.sql", "hard", '''
CREATE CREDENTIAL [s3://«bucket».s3.«region».amazonaws.com] WITH IDENTITY = 'S3 Access Key', SECRET = '«id»:«secret»';
''')
T("sql/doris-broker", "doris/load.sql", "plain", '''
WITH S3 ("AWS_ACCESS_KEY" = "«id»", "AWS_SECRET_KEY" = "«secret»", "AWS_REGION" = "«region»");
''')
T("sql/cockroach-uri", "crdb/backup.sql", "plain", '''
BACKUP TO 's3://«bucket»/b?AWS_ACCESS_KEY_ID=«id»&AWS_SECRET_ACCESS_KEY=«secret:percent»';
''')
T("sql/insert-values", "dump/settings.sql", "hard", '''
INSERT INTO settings (id, s3_user, s3_pass, bucket) VALUES (1, '«id»', '«secret»', '«bucket»');
''')
T("sql/insert-rows", "dump/accounts.sql", "hard", '''
INSERT INTO `aws_accounts` VALUES
(1,'«word»','«id»','«secret»','2019-01-01 00:00:00'),
(2,'«word.2»','«2.id»','«2.secret»','2019-02-01 00:00:00');
''', "pair pair")
T("sql/insert-options", "dump/wp_options.sql", "hard", '''
INSERT INTO `wp_options` VALUES (2001,'s3_access_key','«id»','yes'),(2002,'s3_secret_key','«secret»','yes');
''')
T("sql/insert-serialised", "dump/wp_as3cf.sql", "hard", r'''
INSERT INTO `wp_options` VALUES (310,'tantan_wordpress_s3','a:2:{s:3:\"key\";s:20:\"«id»\";s:6:\"secret\";s:40:\"«secret»\";}','yes');
''')
T("sql/pg-copy", "dump/pg.sql", "hard", "COPY public.credentials (id, name, access_key, secret_key, created) FROM stdin;\n1\t«word»\t«id»\t«secret»\t2020-02-02\n2\t«word.2»\t«2.id»\t«2.secret»\t2020-03-03\n\\.\n", "pair pair")
T("sql/update", "fixes/rotate.sql", "hard", '''
UPDATE config SET value = '«id»' WHERE name = 'aws_key';
UPDATE config SET value = '«secret»' WHERE name = 'aws_secret';
''')
T("sql/select-output", "notes/query.txt", "hard", '''
mysql> select * from storage\\G
*************************** 1. row ***************************
    id: 7
 akey: «id»
 skey: «secret»
1 row in set (0.00 sec)
''')
T("mongo/insert", "seed/mongo.js", "plain", '''
db.settings.insertOne({ _id: ObjectId("«hex24»"), accessKey: "«id»", secretKey: "«secret»" })
''')
T("redis/hset", "seed/redis.txt", "hard", '''
HSET s3:config key «id» secret «secret» bucket «bucket»
''')
T("redis/resp", "seed/redis.aof", "hard", "*4\r\n$4\r\nHSET\r\n$2\r\ns3\r\n$3\r\nkey\r\n$20\r\n«id»\r\n*4\r\n$4\r\nHSET\r\n$2\r\ns3\r\n$6\r\nsecret\r\n$40\r\n«secret»\r\n")
T("dynamodb/item", "seed/item.json", "hard", '''
{"Item": {"accessKey": {"S": "«id»"}, "secretKey": {"S": "«secret»"}, "n": {"N": "4"}}}
''')
T("dynamodb/dbshell", "seed/shell.js", "plain", '''
AWS.config.update({accessKeyId: "«id»", secretAccessKey: "«secret»", endpoint: "http://localhost:8000"});
''')
T("graphql/mutation", "seed/mutation.graphql", "plain", '''
mutation { createSource(input: {type: S3, accessKeyId: "«id»", secretAccessKey: "«secret»"}) { id } }
''')
T("uri/airflow", "airflow.env", "hard", '''
AIRFLOW_CONN_AWS_DEFAULT=aws://«id»:«secret:percent»@/?region_name=«region»
''')
T("uri/airflow-json", "connections.json", "plain", r'''
{"aws_default": {"conn_type": "aws", "login": "«id»", "password": "«secret»", "extra": "{\"region_name\": \"«region»\"}"}}
''')
T("uri/s3-userinfo", "jobs/copy.txt", "hard", '''
s3://«id»:«secret:percent»@«bucket»/path/to/file
''')
T("uri/s3n-raw", "jobs/pig.txt", "hard", '''
A = LOAD 's3n://«id»:«secret»@«bucket»/logs' USING PigStorage('\\t');
''')
T("uri/https-userinfo", "jobs/get.txt", "hard", '''
wget "https://«id»:«secret:percent»@«bucket».s3.amazonaws.com/private/dump.tgz"
''')
T("uri/sqs-broker", "celeryconfig.py", "hard", '''
BROKER_URL = 'sqs://«id»:«secret:percent»@localhost:80//'
''')
T("uri/elasticmail-smtp", "smtp.yml", "hard", '''
smtp_url: smtp://«id»:«key:percent»@email-smtp.«region».amazonaws.com:587
''', "ses")
T("uri/query-string", "callback.txt", "plain", '''
https://«host»/hook?access_key=«id»&secret_key=«secret:percent»&bucket=«bucket»
''')
T("uri/query-lower-percent", "callback2.txt", "hard", '''
https://«host»/hook?AWSAccessKeyId=«id»&AWSSecretKey=«secret:percentlow»
''')
T("uri/double-percent", "callback3.txt", "rest", '''
https://«host»/login?next=%2Fimport%3Faccess_key%3D«id:percent2»%26secret_key%3D«secret:percent2»
''')
T("uri/fragment", "link.txt", "hard", '''
myapp://setup#«id»:«secret:percent»
''')
T("uri/docker-registry-s3", "conn.env", "plain", '''
STORAGE_DSN=s3://«bucket»?access_key_id=«id»&secret_access_key=«secret:percent»&region=«region»
''')
T("ado/connection-string", "conn.config", "plain", '''
<add name="S3" connectionString="AccessKeyId=«id»;SecretAccessKey=«secret»;Bucket=«bucket»" />
''')
T("ado/odbc", "odbc.ini", "hard", '''
[Athena]
Driver = /opt/simba/athenaodbc/lib/64/libathenaodbc_sb64.so
AwsRegion = «region»
UID = «id»
PWD = «secret»
''')
T("ado/jdbc-athena", "jdbc.properties", "hard", '''
url=jdbc:awsathena://AwsRegion=«region»;UID=«id»;PWD=«secret»;S3OutputLocation=s3://«bucket»;
''')
T("dbt/profile", "profiles.yml", "plain", '''
athena:
  outputs:
    dev:
      type: athena
      aws_access_key_id: «id»
      aws_secret_access_key: «secret»
''')
