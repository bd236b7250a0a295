//! Things that can be made and removed in AWS, with the calls as CloudTrail records them. Written from
//! the API references, without a look at keysweep's own table.

use serde_json::{Value, json};

/// How one thing is made and removed.
pub(crate) struct Thing {
    /// keysweep's name for the kind, and the id that it must give.
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) is_global: bool,
    pub(crate) made: Call,
    /// Nothing removes it, if there is no call.
    pub(crate) gone: Option<Call>,
}

pub(crate) struct Call {
    pub(crate) source: &'static str,
    pub(crate) name: &'static str,
    pub(crate) request: Value,
    pub(crate) response: Value,
}

fn call(source: &'static str, name: &'static str, request: Value, response: Value) -> Call {
    Call {
        source,
        name,
        request,
        response,
    }
}

/// How many kinds there are.
pub(crate) const KINDS: usize = 52;

/// The n-th kind of thing, with names that hold `tag`.
#[allow(clippy::too_many_lines, reason = "a table, a row for each kind")]
pub(crate) fn thing(number: usize, tag: &str, account: &str, region: &str) -> Thing {
    let n = Value::Null;
    let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
    let user = format!("svc-{tag}");
    let role = format!("role-{tag}");
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:{region}:{account}:{rest}");
    let iam = |name, request, response| call("iam", name, request, response);
    let ec2 = |name, request, response| call("ec2", name, request, response);
    let global = |kind, id: &str, made, gone| Thing {
        kind,
        id: id.to_owned(),
        is_global: true,
        made,
        gone: Some(gone),
    };
    let local = |kind, id: &str, made, gone| Thing {
        is_global: false,
        ..global(kind, id, made, gone)
    };
    match number % KINDS {
        0 => global(
            "iam-user-policy",
            &format!("{user} {policy}"),
            iam(
                "AttachUserPolicy",
                json!({"userName": user, "policyArn": policy}),
                n.clone(),
            ),
            iam(
                "DetachUserPolicy",
                json!({"userName": user, "policyArn": policy}),
                n,
            ),
        ),
        1 => global(
            "iam-user-inline-policy",
            &format!("{user} p"),
            iam(
                "PutUserPolicy",
                json!({"userName": user, "policyName": "p", "policyDocument": "{}"}),
                n.clone(),
            ),
            iam(
                "DeleteUserPolicy",
                json!({"userName": user, "policyName": "p"}),
                n,
            ),
        ),
        2 => global(
            "iam-role-policy",
            &format!("{role} {policy}"),
            iam(
                "AttachRolePolicy",
                json!({"roleName": role, "policyArn": policy}),
                n.clone(),
            ),
            iam(
                "DetachRolePolicy",
                json!({"roleName": role, "policyArn": policy}),
                n,
            ),
        ),
        3 => global(
            "iam-role-inline-policy",
            &format!("{role} p"),
            iam(
                "PutRolePolicy",
                json!({"roleName": role, "policyName": "p"}),
                n.clone(),
            ),
            iam(
                "DeleteRolePolicy",
                json!({"roleName": role, "policyName": "p"}),
                n,
            ),
        ),
        4 => global(
            "iam-group",
            &format!("g-{tag}"),
            iam(
                "CreateGroup",
                json!({"groupName": format!("g-{tag}")}),
                json!({"group": {"arn": "a"}}),
            ),
            iam("DeleteGroup", json!({"groupName": format!("g-{tag}")}), n),
        ),
        5 => global(
            "iam-group-member",
            &format!("g-{tag} {user}"),
            iam(
                "AddUserToGroup",
                json!({"groupName": format!("g-{tag}"), "userName": user}),
                n.clone(),
            ),
            iam(
                "RemoveUserFromGroup",
                json!({"groupName": format!("g-{tag}"), "userName": user}),
                n,
            ),
        ),
        6 => {
            let arn = format!("arn:aws:iam::{account}:policy/p-{tag}");
            global(
                "iam-policy",
                &arn,
                iam(
                    "CreatePolicy",
                    json!({"policyName": format!("p-{tag}")}),
                    json!({"policy": {"arn": arn}}),
                ),
                iam("DeletePolicy", json!({"policyArn": arn}), n),
            )
        }
        7 => {
            let arn = format!("arn:aws:iam::{account}:policy/old-{tag}");
            global(
                "iam-policy-version",
                &format!("{arn} v2"),
                iam(
                    "CreatePolicyVersion",
                    json!({"policyArn": arn, "setAsDefault": true}),
                    json!({"policyVersion": {"versionId": "v2"}}),
                ),
                iam(
                    "DeletePolicyVersion",
                    json!({"policyArn": arn, "versionId": "v2"}),
                    n,
                ),
            )
        }
        8 => global(
            "iam-instance-profile",
            &format!("ip-{tag}"),
            iam(
                "CreateInstanceProfile",
                json!({"instanceProfileName": format!("ip-{tag}")}),
                json!({"instanceProfile": {"arn": "a"}}),
            ),
            iam(
                "DeleteInstanceProfile",
                json!({"instanceProfileName": format!("ip-{tag}")}),
                n,
            ),
        ),
        9 => global(
            "iam-profile-role",
            &format!("ip-{tag} {role}"),
            iam(
                "AddRoleToInstanceProfile",
                json!({"instanceProfileName": format!("ip-{tag}"), "roleName": role}),
                n.clone(),
            ),
            iam(
                "RemoveRoleFromInstanceProfile",
                json!({"instanceProfileName": format!("ip-{tag}"), "roleName": role}),
                n,
            ),
        ),
        10 => global(
            "iam-ssh-key",
            &format!("{user} APKA{tag}"),
            iam(
                "UploadSSHPublicKey",
                json!({"userName": user}),
                json!({"sSHPublicKey": {"sSHPublicKeyId": format!("APKA{tag}"), "userName": user}}),
            ),
            iam(
                "DeleteSSHPublicKey",
                json!({"userName": user, "sSHPublicKeyId": format!("APKA{tag}")}),
                n,
            ),
        ),
        11 => {
            let arn = format!("arn:aws:iam::{account}:mfa/m-{tag}");
            global(
                "iam-mfa-device",
                &format!("{user} {arn}"),
                iam(
                    "EnableMFADevice",
                    json!({"userName": user, "serialNumber": arn}),
                    n.clone(),
                ),
                iam(
                    "DeactivateMFADevice",
                    json!({"userName": user, "serialNumber": arn}),
                    n,
                ),
            )
        }
        12 => {
            let url = format!("https://{region}.amazonaws.com/{tag}");
            local(
                "rolesanywhere-trust-anchor",
                &format!("ta-{tag}"),
                call(
                    "rolesanywhere",
                    "CreateTrustAnchor",
                    json!({"name": url}),
                    json!({"trustAnchor": {"trustAnchorId": format!("ta-{tag}"), "trustAnchorArn": "a"}}),
                ),
                call(
                    "rolesanywhere",
                    "DeleteTrustAnchor",
                    json!({"trustAnchorId": format!("ta-{tag}")}),
                    n,
                ),
            )
        }
        13 => local(
            "lambda-permission",
            &format!("fn-{tag} s1"),
            call(
                "lambda",
                "AddPermission20150331v2",
                json!({"functionName": format!("fn-{tag}"), "statementId": "s1", "principal": "*"}),
                json!({"statement": "{}"}),
            ),
            call(
                "lambda",
                "RemovePermission20150331v2",
                json!({"functionName": arn("lambda", &format!("function:fn-{tag}")), "statementId": "s1"}),
                n,
            ),
        ),
        14 => local(
            "lambda-url",
            &format!("fu-{tag}"),
            call(
                "lambda",
                "CreateFunctionUrlConfig",
                json!({"functionName": format!("fu-{tag}"), "authType": "NONE"}),
                json!({"functionUrl": "https://x"}),
            ),
            call(
                "lambda",
                "DeleteFunctionUrlConfig",
                json!({"functionName": format!("fu-{tag}")}),
                n,
            ),
        ),
        15 => local(
            "lambda-trigger",
            &format!("u-{tag}"),
            call(
                "lambda",
                "CreateEventSourceMapping20150331",
                json!({"functionName": "x"}),
                json!({"uUID": format!("u-{tag}")}),
            ),
            call(
                "lambda",
                "DeleteEventSourceMapping20150331",
                json!({"uUID": format!("u-{tag}")}),
                n,
            ),
        ),
        16 => local(
            "eventbridge-rule",
            &format!("r-{tag}"),
            call(
                "events",
                "PutRule",
                json!({"name": format!("r-{tag}"), "scheduleExpression": "rate(1 hour)"}),
                json!({"ruleArn": "a"}),
            ),
            call(
                "events",
                "DeleteRule",
                json!({"name": format!("r-{tag}")}),
                n,
            ),
        ),
        17 => local(
            "eventbridge-target",
            &format!("rt-{tag} 1"),
            call(
                "events",
                "PutTargets",
                json!({"rule": format!("rt-{tag}"), "targets": [{"id": "1", "arn": "a"}]}),
                json!({"failedEntryCount": 0}),
            ),
            call(
                "events",
                "RemoveTargets",
                json!({"rule": format!("rt-{tag}"), "ids": ["1"]}),
                n,
            ),
        ),
        18 => local(
            "scheduler-schedule",
            &format!("s-{tag}"),
            call(
                "scheduler",
                "CreateSchedule",
                json!({"name": format!("s-{tag}")}),
                json!({"scheduleArn": "a"}),
            ),
            call(
                "scheduler",
                "DeleteSchedule",
                json!({"name": format!("s-{tag}")}),
                n,
            ),
        ),
        19 => local(
            "cloudformation-stack",
            &format!("st-{tag}"),
            call(
                "cloudformation",
                "CreateStack",
                json!({"stackName": format!("st-{tag}")}),
                json!({"stackId": arn("cloudformation", &format!("stack/st-{tag}/1"))}),
            ),
            call(
                "cloudformation",
                "DeleteStack",
                json!({"stackName": format!("st-{tag}")}),
                n,
            ),
        ),
        20 => local(
            "codebuild-project",
            &format!("cb-{tag}"),
            call(
                "codebuild",
                "CreateProject",
                json!({"name": format!("cb-{tag}")}),
                json!({"project": {"arn": "a"}}),
            ),
            call(
                "codebuild",
                "DeleteProject",
                json!({"name": format!("cb-{tag}")}),
                n,
            ),
        ),
        21 => local(
            "ssm-document",
            &format!("doc-{tag}"),
            call(
                "ssm",
                "CreateDocument",
                json!({"name": format!("doc-{tag}")}),
                json!({"documentDescription": {}}),
            ),
            call(
                "ssm",
                "DeleteDocument",
                json!({"name": format!("doc-{tag}")}),
                n,
            ),
        ),
        22 => local(
            "ec2-key-pair",
            &format!("kp-{tag}"),
            ec2(
                "CreateKeyPair",
                json!({"keyName": format!("kp-{tag}")}),
                json!({"keyName": format!("kp-{tag}"), "keyMaterial": "<sensitiveDataRemoved>"}),
            ),
            ec2(
                "DeleteKeyPair",
                json!({"keyName": format!("kp-{tag}")}),
                json!({"_return": true}),
            ),
        ),
        23 => local(
            "security-group",
            &format!("sg-{tag}"),
            ec2(
                "CreateSecurityGroup",
                json!({"groupName": "x"}),
                json!({"_return": true, "groupId": format!("sg-{tag}")}),
            ),
            ec2(
                "DeleteSecurityGroup",
                json!({"groupId": format!("sg-{tag}")}),
                json!({"_return": true}),
            ),
        ),
        24 => local(
            "security-group-ingress",
            &format!("sgr-{tag}"),
            ec2(
                "AuthorizeSecurityGroupIngress",
                json!({"groupId": "sg-0", "ipPermissions": {"items": []}}),
                json!({"securityGroupRuleSet": {"items": [{"securityGroupRuleId": format!("sgr-{tag}")}]}}),
            ),
            ec2(
                "RevokeSecurityGroupIngress",
                json!({"groupId": "sg-0", "securityGroupRuleIds": {"items": [{"securityGroupRuleId": format!("sgr-{tag}")}]}}),
                json!({"_return": true}),
            ),
        ),
        25 => local(
            "kms-grant",
            &format!("g{tag}"),
            call(
                "kms",
                "CreateGrant",
                json!({"keyId": "k", "granteePrincipal": "arn:aws:iam::999999999999:root"}),
                json!({"grantId": format!("g{tag}")}),
            ),
            call(
                "kms",
                "RevokeGrant",
                json!({"keyId": "k", "grantId": format!("g{tag}")}),
                n,
            ),
        ),
        26 => local(
            "ec2-spot-request",
            &format!("sir-{tag}"),
            ec2(
                "RequestSpotInstances",
                json!({"spotPrice": "1"}),
                json!({"spotInstanceRequestSet": {"items": [{"spotInstanceRequestId": format!("sir-{tag}")}]}}),
            ),
            ec2(
                "CancelSpotInstanceRequests",
                json!({"CancelSpotInstanceRequestsRequest": {"SpotInstanceRequestId": {"tag": 1, "content": format!("sir-{tag}")}}}),
                n,
            ),
        ),
        27 => local(
            "ec2-launch-template",
            &format!("lt-{tag}"),
            ec2(
                "CreateLaunchTemplate",
                json!({"CreateLaunchTemplateRequest": {"LaunchTemplateName": "x"}}),
                json!({"CreateLaunchTemplateResponse": {"launchTemplate": {"launchTemplateId": format!("lt-{tag}")}}}),
            ),
            ec2(
                "DeleteLaunchTemplate",
                json!({"DeleteLaunchTemplateRequest": {"LaunchTemplateId": format!("lt-{tag}")}}),
                n,
            ),
        ),
        28 => local(
            "ec2-volume",
            &format!("vol-{tag}"),
            ec2(
                "CreateVolume",
                json!({"size": "16000"}),
                json!({"volumeId": format!("vol-{tag}")}),
            ),
            ec2(
                "DeleteVolume",
                json!({"volumeId": format!("vol-{tag}")}),
                json!({"_return": true}),
            ),
        ),
        29 => local(
            "ec2-address",
            &format!("eipalloc-{tag}"),
            ec2(
                "AllocateAddress",
                json!({"domain": "vpc"}),
                json!({"allocationId": format!("eipalloc-{tag}"), "publicIp": "203.0.113.9"}),
            ),
            ec2(
                "ReleaseAddress",
                json!({"allocationId": format!("eipalloc-{tag}")}),
                json!({"_return": true}),
            ),
        ),
        30 => local(
            "autoscaling-group",
            &format!("asg-{tag}"),
            call(
                "autoscaling",
                "CreateAutoScalingGroup",
                json!({"autoScalingGroupName": format!("asg-{tag}"), "maxSize": 50}),
                n.clone(),
            ),
            call(
                "autoscaling",
                "DeleteAutoScalingGroup",
                json!({"autoScalingGroupName": format!("asg-{tag}"), "forceDelete": true}),
                n,
            ),
        ),
        31 => local(
            "ecs-cluster",
            &format!("c-{tag}"),
            call(
                "ecs",
                "CreateCluster",
                json!({"clusterName": format!("c-{tag}")}),
                json!({"cluster": {"clusterArn": arn("ecs", &format!("cluster/c-{tag}"))}}),
            ),
            call(
                "ecs",
                "DeleteCluster",
                json!({"cluster": arn("ecs", &format!("cluster/c-{tag}"))}),
                n,
            ),
        ),
        32 => local(
            "ecs-service",
            &format!("default es-{tag}"),
            call(
                "ecs",
                "CreateService",
                json!({"serviceName": format!("es-{tag}"), "desiredCount": 50}),
                json!({"service": {"serviceArn": "a"}}),
            ),
            call(
                "ecs",
                "DeleteService",
                json!({"cluster": "default", "service": format!("es-{tag}"), "force": true}),
                n,
            ),
        ),
        33 => {
            let task = arn("ecs", &format!("task/c/{tag}"));
            local(
                "ecs-task",
                &task,
                call(
                    "ecs",
                    "RunTask",
                    json!({"cluster": "c", "taskDefinition": "x:1"}),
                    json!({"tasks": [{"taskArn": task}], "failures": []}),
                ),
                call(
                    "ecs",
                    "StopTask",
                    json!({"cluster": "c", "task": tag}),
                    json!({"task": {"taskArn": task}}),
                ),
            )
        }
        34 => {
            let definition = arn("ecs", &format!("task-definition/{tag}:1"));
            local(
                "ecs-task-definition",
                &definition,
                call(
                    "ecs",
                    "RegisterTaskDefinition",
                    json!({"family": tag}),
                    json!({"taskDefinition": {"taskDefinitionArn": definition}}),
                ),
                call(
                    "ecs",
                    "DeregisterTaskDefinition",
                    json!({"taskDefinition": format!("{tag}:1")}),
                    json!({"taskDefinition": {"taskDefinitionArn": definition}}),
                ),
            )
        }
        35 => local(
            "eks-cluster",
            &format!("ek-{tag}"),
            call(
                "eks",
                "CreateCluster",
                json!({"name": format!("ek-{tag}")}),
                json!({"cluster": {"arn": "a"}}),
            ),
            call(
                "eks",
                "DeleteCluster",
                json!({"name": format!("ek-{tag}")}),
                n,
            ),
        ),
        36 => local(
            "sagemaker-notebook",
            &format!("nb-{tag}"),
            call(
                "sagemaker",
                "CreateNotebookInstance",
                json!({"notebookInstanceName": format!("nb-{tag}")}),
                json!({"notebookInstanceArn": "a"}),
            ),
            call(
                "sagemaker",
                "DeleteNotebookInstance",
                json!({"notebookInstanceName": format!("nb-{tag}")}),
                n,
            ),
        ),
        37 => local(
            "sagemaker-training-job",
            &format!("tj-{tag}"),
            call(
                "sagemaker",
                "CreateTrainingJob",
                json!({"trainingJobName": format!("tj-{tag}")}),
                json!({"trainingJobArn": "a"}),
            ),
            call(
                "sagemaker",
                "StopTrainingJob",
                json!({"trainingJobName": format!("tj-{tag}")}),
                n,
            ),
        ),
        38 => local(
            "lightsail-instance",
            &format!("ls-{tag}"),
            call(
                "lightsail",
                "CreateInstances",
                json!({"instanceNames": [format!("ls-{tag}")], "bundleId": "2xlarge"}),
                json!({"operations": []}),
            ),
            call(
                "lightsail",
                "DeleteInstance",
                json!({"instanceName": format!("ls-{tag}")}),
                n,
            ),
        ),
        39 => local(
            "batch-compute-environment",
            &format!("ce-{tag}"),
            call(
                "batch",
                "CreateComputeEnvironment",
                json!({"computeEnvironmentName": format!("ce-{tag}")}),
                n.clone(),
            ),
            call(
                "batch",
                "DeleteComputeEnvironment",
                json!({"computeEnvironment": format!("ce-{tag}")}),
                n,
            ),
        ),
        40 => local(
            "bedrock-throughput",
            &arn("bedrock", &format!("provisioned-model/{tag}")),
            call(
                "bedrock",
                "CreateProvisionedModelThroughput",
                json!({"modelId": "m"}),
                json!({"provisionedModelArn": arn("bedrock", &format!("provisioned-model/{tag}"))}),
            ),
            call(
                "bedrock",
                "DeleteProvisionedModelThroughput",
                json!({"provisionedModelId": arn("bedrock", &format!("provisioned-model/{tag}"))}),
                n,
            ),
        ),
        41 => local(
            "s3-bucket-policy",
            &format!("b-{tag}"),
            call(
                "s3",
                "PutBucketPolicy",
                json!({"bucketName": format!("b-{tag}"), "bucketPolicy": {}}),
                n.clone(),
            ),
            call(
                "s3",
                "DeleteBucketPolicy",
                json!({"bucketName": format!("b-{tag}")}),
                n,
            ),
        ),
        42 => local(
            "s3-public-access",
            &format!("pb-{tag}"),
            call(
                "s3",
                "DeleteBucketPublicAccessBlock",
                json!({"bucketName": format!("pb-{tag}")}),
                n.clone(),
            ),
            call(
                "s3",
                "PutBucketPublicAccessBlock",
                json!({"bucketName": format!("pb-{tag}")}),
                n,
            ),
        ),
        43 => local(
            "ebs-snapshot",
            &format!("snap-{tag}"),
            ec2(
                "CreateSnapshot",
                json!({"volumeId": "vol-0"}),
                json!({"snapshotId": format!("snap-{tag}"), "status": "pending"}),
            ),
            ec2(
                "DeleteSnapshot",
                json!({"snapshotId": format!("snap-{tag}")}),
                json!({"_return": true}),
            ),
        ),
        44 => {
            let with = |what: &str| {
                json!({"snapshotId": format!("snap-s{tag}"), "attributeType": "CREATE_VOLUME_PERMISSION",
                "createVolumePermission": {what: {"items": [{"userId": "999988887777"}]}}})
            };
            local(
                "ebs-snapshot-share",
                &format!("snap-s{tag} 999988887777"),
                ec2(
                    "ModifySnapshotAttribute",
                    with("add"),
                    json!({"_return": true}),
                ),
                ec2(
                    "ModifySnapshotAttribute",
                    with("remove"),
                    json!({"_return": true}),
                ),
            )
        }
        45 => {
            let with = |what: &str| {
                json!({"imageId": format!("ami-s{tag}"), "attributeType": "launchPermission",
                "launchPermission": {what: {"items": [{"group": "all"}]}}})
            };
            local(
                "ami-share",
                &format!("ami-s{tag} all"),
                ec2(
                    "ModifyImageAttribute",
                    with("add"),
                    json!({"_return": true}),
                ),
                ec2(
                    "ModifyImageAttribute",
                    with("remove"),
                    json!({"_return": true}),
                ),
            )
        }
        46 => local(
            "rds-snapshot-share",
            &format!("ds-{tag} 999988887777"),
            call(
                "rds",
                "ModifyDBSnapshotAttribute",
                json!({"dBSnapshotIdentifier": format!("ds-{tag}"), "attributeName": "restore", "valuesToAdd": ["999988887777"]}),
                json!({}),
            ),
            call(
                "rds",
                "ModifyDBSnapshotAttribute",
                json!({"dBSnapshotIdentifier": format!("ds-{tag}"), "attributeName": "restore", "valuesToRemove": ["999988887777"]}),
                json!({}),
            ),
        ),
        47 => local(
            "trail-stopped",
            &format!("t-{tag}"),
            call(
                "cloudtrail",
                "StopLogging",
                json!({"name": arn("cloudtrail", &format!("trail/t-{tag}"))}),
                n.clone(),
            ),
            call(
                "cloudtrail",
                "StartLogging",
                json!({"name": format!("t-{tag}")}),
                n,
            ),
        ),
        48 => Thing {
            gone: None,
            ..local(
                "guardduty-detector",
                &format!("d{tag}"),
                call(
                    "guardduty",
                    "DeleteDetector",
                    json!({"detectorId": format!("d{tag}")}),
                    n.clone(),
                ),
                call("guardduty", "DeleteDetector", n.clone(), n),
            )
        },
        49 => local(
            "config-recorder-stopped",
            &format!("rec-{tag}"),
            call(
                "config",
                "StopConfigurationRecorder",
                json!({"configurationRecorderName": format!("rec-{tag}")}),
                n.clone(),
            ),
            call(
                "config",
                "StartConfigurationRecorder",
                json!({"configurationRecorderName": format!("rec-{tag}")}),
                n,
            ),
        ),
        50 => local(
            "alarm-deleted",
            &format!("al-{tag}"),
            call(
                "monitoring",
                "DeleteAlarms",
                json!({"alarmNames": [format!("al-{tag}")]}),
                n.clone(),
            ),
            call(
                "monitoring",
                "PutMetricAlarm",
                json!({"alarmName": format!("al-{tag}")}),
                n,
            ),
        ),
        _ => {
            let arn = format!("arn:aws:iam::{account}:oidc-provider/evil-{tag}.example");
            global(
                "iam-oidc-provider",
                &arn,
                iam(
                    "CreateOpenIDConnectProvider",
                    json!({"url": format!("https://evil-{tag}.example")}),
                    json!({"openIDConnectProviderArn": arn}),
                ),
                iam(
                    "DeleteOpenIDConnectProvider",
                    json!({"openIDConnectProviderArn": arn}),
                    n,
                ),
            )
        }
    }
}
