"""Keys in the company of other secrets: names, headings and comment signs say which belong together."""

from idioms import T

T("company/csv-checksum", "data/users.csv", "hard", '''
user,access_key,checksum,secret_key
«word»,«id»,«run40»,«secret»
«word.2»,«2.id»,«run40.2»,«2.secret»
''', "pair pair")
T("company/csv-token-between", "data/export.csv", "hard", '''
secret_key,region,token,access_key
«secret»,us,«run40»,«id»
«2.secret»,eu,«run40.2»,«2.id»
''', "pair pair")
T("company/sql-remember-token", "db/accounts.sql", "hard", '''
INSERT INTO accounts (id, secret, access_key, remember_token) VALUES (1,'«secret»','«id»','«run40»'),(2,'«2.secret»','«2.id»','«run40.2»');
''', "pair pair")
T("company/markdown-fingerprint", "docs/keys.md", "hard", '''
| key | fingerprint | secret |
|---|---|---|
| «id» | «run40» | «secret» |
''')
T("company/session-secret", "config/app.yml", "hard", '''
aws:
  access_key: «id»
  session_secret: «run40»
  secret_key: «secret»
''')
T("company/commented-out", "deploy/old.env", "plain", '''
AWS_ACCESS_KEY_ID=«id»
#AWS_SECRET_ACCESS_KEY=«2.secret»
AWS_SECRET_ACCESS_KEY=«secret»
''', "pair lone")
T("company/maps-by-profile", "config/profiles.yml", "hard", '''
access_keys:
  dev: «id»
  prod: «2.id»
secret_keys:
  prod: «2.secret»
  dev: «secret»
''', "pair pair")
T("company/hadoop-buckets", "conf/core-site.xml", "hard", '''
<property><name>fs.s3a.bucket.a.secret.key</name><value>«secret»</value></property>
<property><name>fs.s3a.bucket.b.secret.key</name><value>«2.secret»</value></property>
<property><name>fs.s3a.bucket.b.access.key</name><value>«2.id»</value></property>
<property><name>fs.s3a.bucket.a.access.key</name><value>«id»</value></property>
''', "pair pair")
T("company/postman", "api/postman.json", "hard", '''
{"values":[{"key":"dev_id","value":"«id»"},{"key":"prod_id","value":"«2.id»"},{"key":"prod_secret","value":"«2.secret»"},{"key":"dev_secret","value":"«secret»"}]}
''', "pair pair")
T("company/chat", "notes/chat.txt", "hard", '''
10:01 ann: dev key «id»
10:02 ann: prod key «2.id»
10:03 ann: prod secret «2.secret»
10:04 ann: dev secret «secret»
''', "pair pair")
