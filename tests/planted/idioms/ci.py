"""Continuous integration systems."""

from idioms import T

T("github/env", ".github/workflows/deploy.yml", "plain", '''
jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      AWS_ACCESS_KEY_ID: «id»
      AWS_SECRET_ACCESS_KEY: «secret»
''')
T("github/configure-credentials", ".github/workflows/release.yml", "plain", '''
- uses: aws-actions/configure-aws-credentials@v4
  with:
    aws-access-key-id: «id»
    aws-secret-access-key: «secret»
    aws-region: «region»
''')
T("github/fallback", ".github/workflows/sync.yml", "plain", '''
env:
  AWS_ACCESS_KEY_ID: ${{ secrets.KEY || '«id»' }}
  AWS_SECRET_ACCESS_KEY: ${{ secrets.SECRET || '«secret»' }}
''')
T("github/run-script", ".github/workflows/run.yml", "hard", '''
- run: |
    aws configure set aws_access_key_id «id»
    aws configure set aws_secret_access_key «secret»
''')
T("gitlab/variables", ".gitlab-ci.yml", "plain", '''
variables:
  AWS_ACCESS_KEY_ID: «id»
  AWS_SECRET_ACCESS_KEY: «secret»
''')
T("gitlab/variables-export", "gitlab-variables.json", "hard", '''
[{"variable_type": "env_var", "key": "AWS_ACCESS_KEY_ID", "value": "«id»", "protected": false}, {"variable_type": "env_var", "key": "AWS_SECRET_ACCESS_KEY", "value": "«secret»", "masked": true}]
''')
T("travis/env-global", ".travis.yml", "plain", '''
env:
  global:
    - AWS_ACCESS_KEY_ID=«id»
    - AWS_SECRET_ACCESS_KEY=«secret»
''')
T("travis/deploy", "site/.travis.yml", "plain", '''
deploy:
  provider: s3
  access_key_id: «id»
  secret_access_key: «secret»
  bucket: «bucket»
''')
T("travis/artifacts", "lib/.travis.yml", "hard", '''
addons:
  artifacts:
    key: «id»
    secret: «secret»
    bucket: «bucket»
''')
T("circleci/environment", ".circleci/config.yml", "plain", '''
jobs:
  build:
    environment:
      AWS_ACCESS_KEY_ID: «id»
      AWS_SECRET_ACCESS_KEY: «secret»
''')
T("circleci/ecr-orb", "svc/.circleci/config.yml", "plain", '''
- aws-cli/setup:
    aws-access-key-id: «id»
    aws-secret-access-key: «secret»
''')
T("circleci/aws-auth", "img/.circleci/config.yml", "plain", '''
docker:
  - image: «account».dkr.ecr.«region».amazonaws.com/app
    aws_auth:
      aws_access_key_id: «id»
      aws_secret_access_key: «secret»
''')
T("jenkins/environment", "Jenkinsfile", "plain", '''
pipeline {
  environment {
    AWS_ACCESS_KEY_ID     = '«id»'
    AWS_SECRET_ACCESS_KEY = '«secret»'
  }
}
''')
T("jenkins/withenv", "ci/Jenkinsfile", "plain", '''
withEnv(["AWS_ACCESS_KEY_ID=«id»", "AWS_SECRET_ACCESS_KEY=«secret»"]) { sh 'make deploy' }
''')
T("jenkins/sh", "ops/Jenkinsfile", "hard", r'''
sh "aws configure set aws_access_key_id \"«id»\" && aws configure set aws_secret_access_key \"«secret»\""
''')
T("jenkins/job-xml", "jobs/«word»/config.xml", "hard", '''
<hudson.model.StringParameterDefinition>
  <name>AWS_KEY</name>
  <defaultValue>«id»</defaultValue>
</hudson.model.StringParameterDefinition>
<hudson.model.StringParameterDefinition>
  <name>AWS_SECRET</name>
  <defaultValue>«secret»</defaultValue>
</hudson.model.StringParameterDefinition>
''')
T("jenkins/shell-xml", "jobs/backup/config.xml", "hard", '''
<command>export AWS_ACCESS_KEY_ID=&quot;«id»&quot;
export AWS_SECRET_ACCESS_KEY=&quot;«secret»&quot;
aws s3 sync . s3://«bucket»</command>
''')
T("jenkins/casc", "jenkins.yaml", "plain", '''
credentials:
  system:
    domainCredentials:
      - credentials:
          - aws: {scope: GLOBAL, id: aws, accessKey: "«id»", secretKey: "«secret»"}
''')
T("bitbucket/pipelines", "bitbucket-pipelines.yml", "plain", '''
- pipe: atlassian/aws-s3-deploy:1.1.0
  variables:
    AWS_ACCESS_KEY_ID: '«id»'
    AWS_SECRET_ACCESS_KEY: '«secret»'
''')
T("azure/pipelines", "azure-pipelines.yml", "hard", '''
variables:
- name: awsKey
  value: «id»
- name: awsSecret
  value: «secret»
''')
T("azure/logging-command", "azure.sh", "hard", '''
echo "##vso[task.setvariable variable=AWS_ACCESS_KEY_ID]«id»"
echo "##vso[task.setvariable variable=AWS_SECRET_ACCESS_KEY;issecret=true]«secret»"
''')
T("appveyor/deploy", "appveyor.yml", "plain", '''
deploy:
  provider: S3
  access_key_id: «id»
  secret_access_key: «secret»
''')
T("drone/settings", ".drone.yml", "plain", '''
- name: upload
  image: plugins/s3
  settings:
    access_key: «id»
    secret_key: «secret»
''')
T("concourse/resource", "pipeline.yml", "plain", '''
resources:
  - name: release
    type: s3
    source:
      bucket: «bucket»
      access_key_id: «id»
      secret_access_key: «secret»
''')
T("teamcity/param", ".teamcity/settings.kts", "hard", '''
params {
    param("env.AWS_ACCESS_KEY_ID", "«id»")
    param("env.AWS_SECRET_ACCESS_KEY", "«secret»")
}
''')
T("teamcity/xml", ".teamcity/project-config.xml", "hard", '''
<param name="env.AWS_ACCESS_KEY_ID" value="«id»" />
<param name="env.AWS_SECRET_ACCESS_KEY" value="«secret»" />
''')
T("buildkite/env", ".buildkite/pipeline.yml", "plain", '''
env:
  AWS_ACCESS_KEY_ID: "«id»"
  AWS_SECRET_ACCESS_KEY: "«secret»"
''')
T("codeship/env", "codeship-services.yml", "plain", '''
app:
  environment:
    AWS_ACCESS_KEY_ID: «id»
    AWS_SECRET_ACCESS_KEY: «secret»
''')
T("wercker/step", "wercker.yml", "hard", '''
- s3sync:
    key-id: «id»
    key-secret: «secret»
    bucket-url: s3://«bucket»
''')
T("semaphore/secret", "semaphore.yml", "hard", '''
env_vars:
  - name: AWS_ACCESS_KEY_ID
    value: «id»
  - name: AWS_SECRET_ACCESS_KEY
    value: «secret»
''')
T("fastlane/s3", "fastlane/Fastfile", "plain", '''
s3(access_key: "«id»", secret_access_key: "«secret»", bucket: "«bucket»", ipa: "App.ipa")
''')
T("fastlane/env", "fastlane/.env", "plain", '''
S3_ACCESS_KEY="«id»"
S3_SECRET_ACCESS_KEY="«secret»"
''')
T("goreleaser/env", ".goreleaser.env", "plain", '''
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=«secret»
''')
T("cirrus/env", ".cirrus.yml", "plain", '''
env:
  AWS_ACCESS_KEY_ID: «id»
  AWS_SECRET_ACCESS_KEY: «secret»
''')
T("sccache/cargo-config", ".cargo/config.toml", "plain", '''
[env]
AWS_ACCESS_KEY_ID = "«id»"
AWS_SECRET_ACCESS_KEY = { value = "«secret»", force = true }
''')
T("npm/scripts", "package.json", "plain", '''
{"name": "«word»", "scripts": {"deploy": "AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» gatsby-plugin-s3 deploy"}}
''')
T("npm/cross-env", "web/package.json", "plain", '''
{"scripts": {"start": "cross-env AWS_KEY=«id» AWS_SECRET=«secret» node ."}}
''')
T("vscode/settings", ".vscode/settings.json", "plain", '''
{"terminal.integrated.env.linux": {"AWS_ACCESS_KEY_ID": "«id»", "AWS_SECRET_ACCESS_KEY": "«secret»"}}
''')
T("vscode/launch", ".vscode/launch.json", "plain", '''
{"configurations": [{"type": "node", "env": {"AWS_ACCESS_KEY": "«id»", "AWS_SECRET_KEY": "«secret»"}}]}
''')
T("idea/workspace", ".idea/workspace.xml", "hard", '''
<envs>
  <env name="AWS_ACCESS_KEY_ID" value="«id»" />
  <env name="AWS_SECRET_ACCESS_KEY" value="«secret»" />
</envs>
''')
T("idea/scratch-http", "requests.http", "hard", '''
GET https://«host»/items
Authorization: AWS «id» «secret»
''')
T("lockfile/npmrc", ".npmrc", "hard", '''
//registry.npmjs.org/:_authToken=${NPM_TOKEN}
; s3 «id» «secret»
''')
T("lockfile/yarn", "yarn.lock", "hard", '''
left-pad@^1.3.0:
  version "1.3.0"
  resolved "https://«id»:«secret:percent»@«bucket».s3.amazonaws.com/left-pad-1.3.0.tgz#«hex40»"
''')
T("lockfile/package-lock", "package-lock.json", "hard", '''
{"lockfileVersion": 2, "packages": {"node_modules/«word»": {"version": "1.0.0", "resolved": "https://«host»/«word».tgz", "aws": {"accessKeyId": "«id»", "secretAccessKey": "«secret»"}}}}
''')
T("gitmodules/url", ".gitmodules", "hard", '''
[submodule "infra"]
	path = infra
	url = https://«user»:«key:percent»@git-codecommit.«region».amazonaws.com/v1/repos/infra
''', "git")
