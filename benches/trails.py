#!/usr/bin/env python3
"""Makes trail files for measuring `keysweep investigate`: normal work of many users, roles and services
in CloudTrail's form, and one key that is used now and then. Everything comes from a seed.

    python3 benches/trails.py FOLDER FILES RECORDS_A_FILE
"""

import gzip
import json
import os
import random
import sys

REGIONS = ["us-east-1", "eu-west-1", "us-west-2", "ap-southeast-2", "eu-central-1", "sa-east-1"]
READS = [("ec2", "DescribeInstances"), ("s3", "GetBucketLocation"), ("iam", "ListRoles"), ("kms", "Decrypt"),
         ("ecs", "DescribeServices"), ("elasticloadbalancing", "DescribeTargetHealth"), ("logs", "DescribeLogGroups")]
WRITES = [("ec2", "RunInstances"), ("ec2", "TerminateInstances"), ("lambda", "UpdateFunctionCode20150331v2"),
          ("iam", "CreateUser"), ("events", "PutRule"), ("ec2", "CreateTags"), ("ecs", "UpdateService")]
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def key_id(rng, prefix):
    return prefix + "Z" + "".join(rng.choices(BASE32, k=15))


def identity(rng, account, users, sessions):
    kind = rng.random()
    if kind < 0.15:
        return {"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}
    if kind < 0.35:
        name, key = rng.choice(users)
        return {"type": "IAMUser", "principalId": "AIDAJQABLZS4A3QDU576Q", "arn": f"arn:aws:iam::{account}:user/{name}",
                "accountId": account, "accessKeyId": key, "userName": name}
    role, name, key = rng.choice(sessions)
    return {"type": "AssumedRole", "principalId": f"AROAEXAMPLEROLE00001X:{name}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}", "accountId": account, "accessKeyId": key,
            "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLEROLE00001X",
                                                 "arn": f"arn:aws:iam::{account}:role/{role}", "accountId": account,
                                                 "userName": role}, "webIdFederationData": {},
                               "attributes": {"creationDate": "2026-03-01T00:00:00Z", "mfaAuthenticated": "false"}}}


def record(rng, account, region, day, second, users, sessions):
    chance = rng.random()
    name = f"thing-{rng.getrandbits(40):010x}"
    if chance < 0.12:
        service, call = "sts", "AssumeRole"
        request = {"roleArn": f"arn:aws:iam::{account}:role/role-{rng.randrange(50)}", "roleSessionName": name,
                   "durationSeconds": 3600}
        response = {"credentials": {"accessKeyId": key_id(rng, "ASIA"), "sessionToken": "t" * 300,
                                    "expiration": "Mar 1, 2026 1:00:00 AM"},
                    "assumedRoleUser": {"assumedRoleId": f"AROA:{name}",
                                        "arn": f"arn:aws:sts::{account}:assumed-role/role/{name}"}}
        read = True
    elif chance < 0.2:
        service, call = rng.choice(WRITES)
        request = {"userName": name, "functionName": name, "name": name,
                   "instancesSet": {"items": [{"instanceId": f"i-{rng.getrandbits(68):017x}"}]}}
        response = {"instancesSet": {"items": [{"instanceId": f"i-{rng.getrandbits(68):017x}", "imageId": "ami-1",
                                                "currentState": {"code": 0, "name": "pending"}}]}, "requestId": name}
        read = False
    else:
        service, call = rng.choice(READS)
        request = {"maxResults": 100, "filterSet": {"items": [{"name": "instance-state-name",
                                                               "valueSet": {"items": [{"value": "running"}]}}]}}
        response, read = None, True
    return {
        "eventVersion": "1.11", "userIdentity": identity(rng, account, users, sessions),
        "eventTime": f"2026-03-{day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z",
        "eventSource": f"{service}.amazonaws.com", "eventName": call, "awsRegion": region,
        "sourceIPAddress": f"198.51.100.{rng.randrange(256)}",
        "userAgent": "aws-sdk-java/2.20.1 Linux/5.10.0 OpenJDK_64-Bit_Server_VM/17.0.9 Java/17.0.9 vendor/Amazon.com_Inc.",
        "requestParameters": request, "responseElements": response,
        "requestID": f"{rng.getrandbits(128):032x}", "eventID": f"{rng.getrandbits(128):032x}", "readOnly": read,
        "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": account,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
                       "clientProvidedHostHeader": f"{service}.{region}.amazonaws.com"},
    }


def main():
    folder, files, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(7)
    account = "210987654321"
    users = [(f"user-{n}", key_id(rng, "AKIA")) for n in range(200)]
    plain = 0
    for number in range(files):
        sessions = [(f"role-{rng.randrange(50)}", f"s-{rng.getrandbits(32):08x}", key_id(rng, "ASIA")) for _ in range(300)]
        region = REGIONS[number % len(REGIONS)]
        day = 1 + number * 28 // files
        records = [record(rng, account, region, day, n * 86399 // each, users, sessions) for n in range(each)]
        text = json.dumps({"Records": records}, separators=(",", ":")).encode()
        plain += len(text)
        below = os.path.join(folder, "AWSLogs", account, "CloudTrail", region, "2026", "03", f"{day:02d}")
        os.makedirs(below, exist_ok=True)
        name = f"{account}_CloudTrail_{region}_202603{day:02d}T0000Z_{number:05d}.json.gz"
        with open(os.path.join(below, name), "wb") as out:
            out.write(gzip.compress(text, 6))
    print(f"{users[0][1]} {plain}")


main()
