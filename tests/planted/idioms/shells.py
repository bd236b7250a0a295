"""Shells, their histories, command lines of tools, cron, Docker and batch files."""

from idioms import T

T("bash/export", "env.sh", "plain", '''
#!/usr/bin/env bash
export AWS_ACCESS_KEY_ID=«id»
export AWS_SECRET_ACCESS_KEY=«secret»
export AWS_DEFAULT_REGION=«region»
''')
T("bash/export-quoted", "setup.sh", "plain", '''
export AWS_ACCESS_KEY_ID="«id»"
export AWS_SECRET_ACCESS_KEY='«secret»'
''')
T("bash/export-session", "assume.sh", "plain", '''
export AWS_ACCESS_KEY_ID="«id»"
export AWS_SECRET_ACCESS_KEY="«secret»"
export AWS_SESSION_TOKEN="«token»"
''', "session")
T("bash/security-token", "old-assume.sh", "plain", '''
AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» AWS_SECURITY_TOKEN=«token» aws s3 ls
''', "session")
T("bash/one-line-export", "run.sh", "plain", '''
export AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» && ./deploy.sh
''')
T("bash/read-heredoc", "install.sh", "plain", '''
mkdir -p ~/.aws
cat > ~/.aws/credentials <<EOF
[default]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
EOF
''')
T("bash/configure-set", "ci.sh", "hard", '''
aws configure set aws_access_key_id «id»
aws configure set aws_secret_access_key «secret»
aws configure set region «region»
''')
T("bash/configure-pipe", "bootstrap.sh", "hard", r'''
printf "«id»\n«secret»\n«region»\njson\n" | aws configure --profile «word»
''')
T("bash/configure-heredoc", "configure.sh", "hard", '''
aws configure <<EOF
«id»
«secret»
«region»
json
EOF
''')
T("bash/array", "creds.sh", "hard", '''
declare -A key=( [id]="«id»" [secret]="«secret»" )
''')
T("bash/default-expansion", "vars.sh", "plain", '''
: "${AWS_ACCESS_KEY_ID:=«id»}"
: "${AWS_SECRET_ACCESS_KEY:=«secret»}"
''')
T("bash/positional-script", "push.sh", "hard", '''
./s3put.sh «id» «secret» «bucket» dist.tgz
''')
T("bash/dollar-quote", "dq.sh", "hard", '''
key=$'«id»' secret=$'«secret»'
''')
T("bash/backslash-continued", "long.sh", "rest", r'''
export AWS_SECRET_ACCESS_KEY=«secret:concat:\
»
export AWS_ACCESS_KEY_ID=«id»
''')
T("bash/quote-join", "join.sh", "rest", '''
AWS_ACCESS_KEY_ID="«id:concat:""»"
AWS_SECRET_ACCESS_KEY='«secret:concat:''»'
''')
T("bash/base64-decode", "decode.sh", "hard", '''
export AWS_ACCESS_KEY_ID=$(echo «id:b64n» | base64 -d)
export AWS_SECRET_ACCESS_KEY=$(echo "«secret:b64n»" | base64 --decode)
''')
T("bash/history", "home/.bash_history", "hard", '''
cd /srv
ls -la
export AWS_ACCESS_KEY_ID=«id»
export AWS_SECRET_ACCESS_KEY=«secret»
aws s3 sync . s3://«bucket»
exit
''')
T("zsh/history", "home/.zsh_history", "plain", '''
: 1612345678:0;ls
: 1612345699:0;AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» terraform plan
: 1612345720:4;git status
''')
T("fish/set", "config.fish", "hard", '''
set -gx AWS_ACCESS_KEY_ID «id»
set -gx AWS_SECRET_ACCESS_KEY «secret»
''')
T("fish/history", "fish_history", "hard", '''
- cmd: set -x AWS_ACCESS_KEY_ID «id»
  when: 1656012345
- cmd: set -x AWS_SECRET_ACCESS_KEY «secret»
  when: 1656012360
''')
T("csh/setenv", ".cshrc", "hard", '''
setenv AWS_ACCESS_KEY_ID «id»
setenv AWS_SECRET_ACCESS_KEY «secret»
''')
T("nushell/env", "env.nu", "plain", '''
$env.AWS_ACCESS_KEY_ID = "«id»"
$env.AWS_SECRET_ACCESS_KEY = "«secret»"
''')
T("batch/set", "deploy.bat", "plain", '''
@echo off
set AWS_ACCESS_KEY_ID=«id»
set AWS_SECRET_ACCESS_KEY=«secret»
aws s3 cp build.zip s3://«bucket»/
''')
T("batch/setx", "machine.cmd", "hard", '''
setx AWS_ACCESS_KEY_ID «id»
setx AWS_SECRET_ACCESS_KEY "«secret»" /M
''')
T("batch/set-quoted", "run.cmd", "plain", '''
set "AWS_ACCESS_KEY_ID=«id»"
set "AWS_SECRET_ACCESS_KEY=«secret»"
''')
T("batch/reg", "keys.reg", "hard", '''
Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\\Environment]
"AWS_ACCESS_KEY_ID"="«id»"
"AWS_SECRET_ACCESS_KEY"="«secret»"
''')
T("direnv/envrc", ".envrc", "plain", '''
export AWS_ACCESS_KEY_ID=«id»
export AWS_SECRET_ACCESS_KEY=«secret»
layout python
''')
T("sudo/env", "cron.d/backup", "plain", '''
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=«secret»
30 2 * * * root /usr/local/bin/backup
''')
T("cron/inline", "crontab.txt", "plain", '''
15 3 * * * AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» /usr/bin/aws s3 sync /data s3://«bucket»
''')
T("systemd/environment", "app.service", "plain", '''
[Service]
Environment=AWS_ACCESS_KEY_ID=«id»
Environment="AWS_SECRET_ACCESS_KEY=«secret»"
ExecStart=/usr/bin/app
''')
T("systemd/environment-one", "worker.service", "plain", '''
[Service]
Environment="AWS_ACCESS_KEY_ID=«id»" "AWS_SECRET_ACCESS_KEY=«secret»"
''')
T("upstart/env", "app.conf", "plain", '''
env AWS_ACCESS_KEY_ID=«id»
env AWS_SECRET_ACCESS_KEY=«secret»
exec /usr/bin/node server.js
''')
T("supervisor/environment", "supervisord.conf", "plain", '''
[program:worker]
command=/srv/worker
environment=AWS_ACCESS_KEY_ID="«id»",AWS_SECRET_ACCESS_KEY="«secret»"
''')
T("supervisor/percent", "supervisord.ini", "hard", '''
[program:api]
environment=KEY="«id»",SECRET="«secret»",REGION=«region»
''')
T("pm2/ecosystem", "ecosystem.config.js", "plain", '''
module.exports = { apps: [{ name: "«word»", env: { AWS_ACCESS_KEY_ID: "«id»", AWS_SECRET_ACCESS_KEY: "«secret»" } }] };
''')
T("procfile/inline", "Procfile", "plain", '''
worker: AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» python worker.py
''')
T("docker/env", "Dockerfile", "plain", '''
FROM python:3.11-slim
ENV AWS_ACCESS_KEY_ID=«id» \\
    AWS_SECRET_ACCESS_KEY=«secret»
COPY . /app
''')
T("docker/env-old", "docker/Dockerfile.old", "hard", '''
FROM ubuntu:16.04
ENV AWS_ACCESS_KEY_ID «id»
ENV AWS_SECRET_ACCESS_KEY «secret»
RUN pip install awscli
''')
T("docker/arg", "docker/Dockerfile.build", "plain", '''
FROM node:18
ARG AWS_KEY=«id»
ARG AWS_SECRET=«secret»
''')
T("docker/run-e", "README.md", "plain", '''
Start it with

    docker run -d -e AWS_ACCESS_KEY_ID=«id» -e AWS_SECRET_ACCESS_KEY=«secret» -p 80:80 acme/«word»
''')
T("docker/build-arg", "build.sh", "plain", '''
docker build --build-arg AWS_ACCESS_KEY_ID=«id» --build-arg AWS_SECRET_ACCESS_KEY=«secret» -t app .
''')
T("docker/history", "image-history.txt", "hard", '''
IMAGE          CREATED        CREATED BY                                      SIZE
a1b2c3d4e5f6   2 weeks ago    /bin/sh -c #(nop)  ENV AWS_ACCESS_KEY_ID=«id»   0B
<missing>      2 weeks ago    /bin/sh -c #(nop)  ENV AWS_SECRET_ACCESS_KEY=«secret»   0B
''')
T("docker/inspect", "inspect.json", "plain", '''
[{"Config": {"Hostname": "a1b2", "Env": ["PATH=/usr/bin", "AWS_ACCESS_KEY_ID=«id»", "AWS_SECRET_ACCESS_KEY=«secret»"]}}]
''')
T("docker/run-json", "Dockerfile.entry", "hard", '''
ENTRYPOINT ["/bin/put", "--key", "«id»", "--secret", "«secret»"]
''')
T("cli/ec2-tools", "scripts/launch.sh", "hard", '''
ec2-run-instances ami-0a1b2c3d -O «id» -W «secret» -t m1.small
''')
T("cli/s3cmd-flags", "scripts/s3.sh", "plain", '''
s3cmd --access_key=«id» --secret_key=«secret» put dump.sql s3://«bucket»/
''')
T("cli/mc-alias", "scripts/mc.sh", "hard", '''
mc alias set s3 https://s3.amazonaws.com «id» «secret»
''')
T("cli/mc-host-env", "scripts/mc-env.sh", "hard", '''
export MC_HOST_s3=https://«id»:«secret:percent»@s3.amazonaws.com
''')
T("cli/curl-aws-sigv4", "scripts/call.sh", "hard", '''
curl --aws-sigv4 "aws:amz:«region»:execute-api" -u "«id»:«secret»" https://«host»/prod/items
''')
T("cli/curl-user-long", "scripts/es.sh", "hard", '''
curl -X PUT --user «id»:«secret» --aws-sigv4 aws:amz:«region»:es https://«host»/_cluster/settings
''')
T("cli/rclone-env", "scripts/rc.sh", "plain", '''
RCLONE_CONFIG_S3_ACCESS_KEY_ID=«id» RCLONE_CONFIG_S3_SECRET_ACCESS_KEY=«secret» rclone copy /d s3:«bucket»
''')
T("cli/rclone-flags", "scripts/rc2.sh", "hard", '''
rclone copy data :s3:«bucket» --s3-access-key-id «id» --s3-secret-access-key «secret»
''')
T("cli/s3fs-echo", "scripts/mount.sh", "hard", '''
echo «id»:«secret» > /etc/passwd-s3fs && chmod 600 /etc/passwd-s3fs
''')
T("cli/goofys", "scripts/fio.sh", "plain", '''
fio --filename=/bucket/obj --http_s3_keyid=«id» --http_s3_key=«secret» --ioengine=http
''')
T("cli/duplicity-url", "scripts/dup.sh", "hard", '''
duplicity /home s3://«id»:«secret:percent»@s3.amazonaws.com/«bucket»/home
''')
T("cli/terraform-var", "scripts/tf.sh", "plain", '''
terraform apply -var 'access_key=«id»' -var 'secret_key=«secret»'
''')
T("cli/ansible-extra", "scripts/play.sh", "plain", '''
ansible-playbook site.yml -e "aws_access_key=«id» aws_secret_key=«secret»"
''')
T("cli/heroku-config", "scripts/heroku.sh", "plain", '''
heroku config:set S3_KEY=«id» S3_SECRET=«secret» --app «word»
''')
T("cli/kubectl-literal", "scripts/k8s.sh", "plain", '''
kubectl create secret generic s3 --from-literal=accesskey=«id» --from-literal=secretkey=«secret»
''')
T("cli/helm-set", "scripts/helm.sh", "plain", '''
helm upgrade velero . --set credentials.accessKey=«id» --set credentials.secretKey=«secret»
''')
T("cli/eksctl-session-output", "scripts/out.txt", "hard", '''
$ aws sts get-session-token --output text
CREDENTIALS	«id»	2024-03-01T12:00:00+00:00	«secret»	«token»
''', "session")
T("cli/create-access-key-text", "notes/new-key.txt", "hard", '''
$ aws iam create-access-key --user-name «user» --output text
ACCESSKEY	«id»	2023-05-06T07:08:09+00:00	«secret»	Active	«user»
''')
T("cli/create-access-key-table", "notes/table.txt", "hard", '''
---------------------------------------------------------------------
|                          CreateAccessKey                          |
+-------------------------------------------------------------------+
||                            AccessKey                            ||
|+------------------+----------------------------------------------+|
||  AccessKeyId     |  «id»                        ||
||  CreateDate      |  2023-05-06T07:08:09+00:00                   ||
||  SecretAccessKey |  «secret»    ||
||  Status          |  Active                                      ||
|+------------------+----------------------------------------------+|
''')
T("cli/create-access-key-yaml", "notes/key.yaml", "plain", '''
AccessKey:
  AccessKeyId: «id»
  CreateDate: '2023-05-06T07:08:09+00:00'
  SecretAccessKey: «secret»
  Status: Active
  UserName: «user»
''')
T("cli/configure-session", "notes/terminal.txt", "hard", '''
$ aws configure
AWS Access Key ID [None]: «id»
AWS Secret Access Key [None]: «secret»
Default region name [None]: «region»
Default output format [None]: json
''')
T("cli/old-ec2-session", "notes/screen.log", "hard", '''
[root@ip-10-0-0-1 ~]# s3cmd --configure
Access Key: «id»
Secret Key: «secret»
Encryption password:
''')
T("cli/ansi-colours", "notes/colour.log", "hard", "\x1b[32mAccess key\x1b[0m \x1b[1m«id»\x1b[0m\n\x1b[32mSecret key\x1b[0m \x1b[1m«secret»\x1b[0m\n")
T("cli/set-x-trace", "notes/trace.log", "plain", '''
+ export AWS_ACCESS_KEY_ID=«id»
+ AWS_ACCESS_KEY_ID=«id»
+ export AWS_SECRET_ACCESS_KEY=«secret»
+ AWS_SECRET_ACCESS_KEY=«secret»
''')
T("cli/declare-x", "notes/env.dump", "plain", '''
declare -x AWS_ACCESS_KEY_ID="«id»"
declare -x AWS_SECRET_ACCESS_KEY="«secret»"
declare -x HOME="/var/lib/app"
''')
T("cli/env-nul", "notes/environ", "hard", "HOME=/srv\0AWS_ACCESS_KEY_ID=«id»\0AWS_SECRET_ACCESS_KEY=«secret»\0LANG=C\0")
