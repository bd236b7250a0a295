"""Terraform, CloudFormation, Serverless, Ansible, Packer, Pulumi and CDK."""

from idioms import T

T("terraform/provider", "main.tf", "plain", '''
provider "aws" {
  region     = "«region»"
  access_key = "«id»"
  secret_key = "«secret»"
}
''')
T("terraform/provider-session", "temp.tf", "plain", '''
provider "aws" {
  access_key = "«id»"
  secret_key = "«secret»"
  token      = "«token»"
}
''', "session")
T("terraform/providers-aliased", "providers.tf", "plain", '''
provider "aws" {
  alias      = "a"
  access_key = "«id»"
  secret_key = "«secret»"
}

provider "aws" {
  alias      = "b"
  access_key = "«2.id»"
  secret_key = "«2.secret»"
}
''', "pair pair")
T("terraform/variable-default", "variables.tf", "hard", '''
variable "aws_access_key" {
  type    = string
  default = "«id»"
}

variable "aws_secret_key" {
  type    = string
  default = "«secret»"
}
''')
T("terraform/tfvars", "terraform.tfvars", "plain", '''
aws_access_key = "«id»"
aws_secret_key = "«secret»"
aws_region     = "«region»"
''')
T("terraform/tfvars-json", "prod.tfvars.json", "plain", '''
{"access_key": "«id»", "secret_key": "«secret»"}
''')
T("terraform/backend", "backend.tf", "plain", '''
terraform {
  backend "s3" {
    bucket     = "«bucket»"
    key        = "state/terraform.tfstate"
    region     = "«region»"
    access_key = "«id»"
    secret_key = "«secret»"
  }
}
''')
T("terraform/state-access-key", "terraform.tfstate", "hard", '''
{
  "version": 4,
  "resources": [
    {
      "type": "aws_iam_access_key",
      "name": "«word»",
      "instances": [
        {
          "attributes": {
            "create_date": "2022-03-04T05:06:07Z",
            "encrypted_secret": null,
            "id": "«id»",
            "key_fingerprint": null,
            "secret": "«secret»",
            "status": "Active",
            "user": "«user»"
          }
        }
      ]
    }
  ]
}
''')
T("terraform/state-smtp", "ses.tfstate", "hard", '''
{"type": "aws_iam_access_key", "instances": [{"attributes": {"id": "«id»", "ses_smtp_password_v4": "«key»", "user": "«user»"}}]}
''', "ses")
T("terraform/outputs", "outputs.json", "hard", '''
{
  "access_key": {"sensitive": false, "type": "string", "value": "«id»"},
  "secret_key": {"sensitive": true, "type": "string", "value": "«secret»"}
}
''')
T("terraform/plan-text", "plan.txt", "hard", '''
  ~ resource "aws_lambda_function" "«word»" {
      ~ environment {
          ~ variables = {
              + "AWS_KEY"    = "«id»"
              + "AWS_SECRET" = "«secret»"
            }
        }
    }
''')
T("terraform/heredoc", "userdata.tf", "plain", '''
user_data = <<-EOF
  #!/bin/bash
  export AWS_ACCESS_KEY_ID=«id»
  export AWS_SECRET_ACCESS_KEY=«secret»
  EOF
''')
T("terraform/join", "split.tf", "rest", '''
locals {
  access_key = join("", ["«id:concat:", "»"])
  secret_key = join("", ["«secret:concat:", "»"])
}
''')
T("terragrunt/inputs", "terragrunt.hcl", "plain", '''
inputs = {
  access_key = "«id»"
  secret_key = "«secret»"
}
''')
T("cloudformation/lambda-env", "template.yaml", "plain", '''
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          ACCESS_KEY: «id»
          SECRET_KEY: «secret»
''')
T("cloudformation/parameters-default", "stack.yaml", "hard", '''
Parameters:
  AccessKey:
    Type: String
    Default: «id»
  SecretKey:
    Type: String
    NoEcho: true
    Default: «secret»
''')
T("cloudformation/json-default", "stack.json", "hard", '''
{"Parameters": {"KeyId": {"Type": "String", "Default": "«id»"}, "KeySecret": {"Type": "String", "Default": "«secret»"}}}
''')
T("cloudformation/userdata-join", "ec2.json", "hard", r'''
{"UserData": {"Fn::Base64": {"Fn::Join": ["", ["#!/bin/bash\n", "export AWS_ACCESS_KEY_ID=", "«id»", "\n", "export AWS_SECRET_ACCESS_KEY=", "«secret»", "\n"]]}}}
''')
T("cloudformation/cfn-init", "init.yaml", "hard", '''
files:
  /etc/s3cfg:
    content: !Sub |
      access_key = «id»
      secret_key = «secret»
''')
T("sam/config", "samconfig.toml", "hard", '''
[default.deploy.parameters]
parameter_overrides = "AccessKey=\\"«id»\\" SecretKey=\\"«secret»\\""
''')
T("sam/env-json", "env.json", "plain", '''
{"Function": {"AWS_ACCESS_KEY_ID": "«id»", "AWS_SECRET_ACCESS_KEY": "«secret»"}}
''')
T("serverless/environment", "serverless.yml", "plain", '''
provider:
  name: aws
  environment:
    S3_ACCESS_KEY: «id»
    S3_SECRET_KEY: «secret»
''')
T("serverless/custom", "serverless.custom.yml", "hard", '''
custom:
  dev: { key: '«id»', pass: '«secret»' }
''')
T("chalice/config", ".chalice/config.json", "plain", '''
{"stages": {"dev": {"environment_variables": {"ACCESS_KEY": "«id»", "SECRET": "«secret»"}}}}
''')
T("lambda/get-function", "get-function.json", "plain", '''
{"Configuration": {"FunctionName": "«word»", "Environment": {"Variables": {"KEY_ID": "«id»", "KEY_SECRET": "«secret»"}}}}
''')
T("ecs/task-definition", "task-definition.json", "hard", '''
{"containerDefinitions": [{"name": "«word»", "environment": [{"name": "S3_KEY", "value": "«id»"}, {"name": "S3_SECRET", "value": "«secret»"}]}]}
''')
T("ebextensions/options", ".ebextensions/options.config", "hard", '''
option_settings:
  - option_name: AWS_ACCESS_KEY_ID
    value: «id»
  - option_name: AWS_SECRET_KEY
    value: «secret»
''')
T("ebextensions/map", ".ebextensions/env.config", "plain", '''
option_settings:
  aws:elasticbeanstalk:application:environment:
    AWS_ACCESS_KEY_ID: «id»
    AWS_SECRET_KEY: «secret»
''')
T("codebuild/buildspec", "buildspec.yml", "plain", '''
env:
  variables:
    AWS_ACCESS_KEY_ID: "«id»"
    AWS_SECRET_ACCESS_KEY: "«secret»"
''')
T("cloud-init/user-data", "user-data.yml", "plain", '''
#cloud-config
write_files:
  - path: /etc/app/.aws/credentials
    content: |
      [default]
      aws_access_key_id=«id»
      aws_secret_access_key=«secret»
''')
T("ansible/module", "playbooks/s3.yml", "plain", '''
- name: upload
  amazon.aws.s3_object:
    bucket: «bucket»
    object: x
    aws_access_key: «id»
    aws_secret_key: «secret»
''')
T("ansible/ec2-module", "playbooks/ec2.yml", "plain", '''
- ec2: ec2_access_key=«id» ec2_secret_key=«secret» region=«region» image=ami-1a2b3c4d
''')
T("ansible/vars", "group_vars/all.yml", "plain", '''
---
ec2_access_key: "«id»"
ec2_secret_key: "«secret»"
''')
T("ansible/inventory", "hosts.ini", "plain", '''
[web]
«ip» ansible_user=ubuntu aws_access_key=«id» aws_secret_key=«secret»
''')
T("ansible/ec2-ini", "inventory/ec2.ini", "plain", '''
[credentials]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
''')
T("packer/json", "packer.json", "plain", '''
{"variables": {"aws_access_key": "«id»", "aws_secret_key": "«secret»"}, "builders": [{"type": "amazon-ebs"}]}
''')
T("packer/hcl", "image.pkr.hcl", "plain", '''
source "amazon-ebs" "base" {
  access_key = "«id»"
  secret_key = "«secret»"
  region     = "«region»"
}
''')
T("vagrant/aws", "Vagrantfile", "plain", '''
config.vm.provider :aws do |aws, override|
  aws.access_key_id = "«id»"
  aws.secret_access_key = "«secret»"
end
''')
T("pulumi/config", "Pulumi.prod.yaml", "plain", '''
config:
  aws:accessKey: «id»
  aws:secretKey: «secret»
  aws:region: «region»
''')
T("pulumi/code", "index.ts", "plain", '''
const provider = new aws.Provider("p", { accessKey: "«id»", secretKey: "«secret»", region: "«region»" });
''')
T("vault/write", "vault.sh", "plain", '''
vault write aws/config/root access_key=«id» secret_key=«secret» region=«region»
''')
T("vault/read-output", "notes/vault.txt", "hard", '''
Key                Value
---                -----
lease_id           aws/creds/deploy/«uuid»
lease_duration     768h
access_key         «id»
secret_key         «secret»
security_token     <nil>
''')
T("vault/seal", "vault.hcl", "plain", '''
seal "awskms" {
  access_key = "«id»"
  secret_key = "«secret»"
  kms_key_id = "«uuid»"
}
''')
T("nomad/env", "job.nomad", "plain", '''
env {
  AWS_ACCESS_KEY_ID     = "«id»"
  AWS_SECRET_ACCESS_KEY = "«secret»"
}
''')
T("juju/credentials", "credentials.yaml", "hard", '''
credentials:
  aws:
    «word»:
      auth-type: access-key
      access-key: «id»
      secret-key: «secret»
''')
T("bosh/manifest", "bosh.yml", "plain", '''
aws:
  access_key_id: «id»
  secret_access_key: «secret»
  default_key_name: bosh
''')
T("gcp/transfer-job", "transfer.json", "plain", '''
{"awsS3DataSource": {"bucketName": "«bucket»", "awsAccessKey": {"accessKeyId": "«id»", "secretAccessKey": "«secret»"}}}
''')
T("azure/linked-service", "linkedService.json", "hard", '''
{"type": "AmazonS3", "typeProperties": {"accessKeyId": "«id»", "secretAccessKey": {"type": "SecureString", "value": "«secret»"}}}
''')
T("boto/route53-lego", "lego.env", "hard", '''
AWS_ACCESS_KEY_ID=«id»
AWS_HOSTED_ZONE_ID=Z1D633PJN98FT9
AWS_SECRET_ACCESS_KEY=«secret»
''')
T("cert-manager/issuer", "issuer.yaml", "hard", '''
solvers:
  - dns01:
      route53:
        region: «region»
        accessKeyID: «id»
---
apiVersion: v1
kind: Secret
metadata: {name: route53}
stringData:
  secret-access-key: «secret»
''')
T("traefik/env", "traefik.yml", "hard", '''
environment:
  - "AWS_ACCESS_KEY_ID=«id»"
  - "AWS_SECRET_ACCESS_KEY=«secret»"
''')
