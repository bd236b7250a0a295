"""Published examples and placeholders of every style, and identifiers of AWS that are no credentials."""

import json

import keys
from decoys import entry, hexa, lines

# Printed in AWS's documentation. No key of anybody: all contain EXAMPLE.
DOC_IDS = ["AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "ASIAIOSFODNN7EXAMPLE"]
DOC_SECRETS = ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"]


def pair(a, b, form="aws_access_key_id = {}\naws_secret_access_key = {}\n"):
    return lambda r: form.format(a(r) if callable(a) else a, b(r) if callable(b) else b)


JSON = '{{"AccessKeyId": "{}", "SecretAccessKey": "{}"}}\n'
ENV = "AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n"
JAVA = 'new BasicAWSCredentials("{}", "{}");\n'

entry("doc-ini", "docs/credentials.ini", pair(DOC_IDS[0], DOC_SECRETS[0]))
entry("doc-json", "docs/answer.json", pair(DOC_IDS[1], DOC_SECRETS[2], JSON))
entry("doc-session", "docs/session.env", pair(DOC_IDS[2], DOC_SECRETS[0], ENV + "AWS_SESSION_TOKEN=AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT+FvwqnKwRcOIfrRh3c/LTo6UDdyJwOOvEVPvLXCrrrUtdnniCEXAMPLE\n"))
entry("doc-java", "docs/Example.java", pair(DOC_IDS[0], DOC_SECRETS[0], JAVA))
entry("doc-sigv4-suite", "tests/aws4/creds.txt", pair("AKIDEXAMPLE", DOC_SECRETS[1]))
entry("doc-slash-escaped", "docs/escaped.json", lambda r: JSON.format(DOC_IDS[0], DOC_SECRETS[0].replace("/", "\\/")))
entry("doc-url-encoded", "docs/url.txt", lambda r: f"s3://{DOC_IDS[0]}:{DOC_SECRETS[0].replace('/', '%2F')}@bucket\n")
entry("doc-base64", "docs/secret.yaml", lambda r: __import__("base64").b64encode(ENV.format(DOC_IDS[0], DOC_SECRETS[0]).encode()).decode() + "\n")
entry("doc-utf16", "docs/export.txt", lambda r: b"\xff\xfe" + ENV.format(DOC_IDS[0], DOC_SECRETS[0]).encode("utf-16-le"))
entry("doc-presigned", "docs/presigned.md", lambda r: f"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={DOC_IDS[0]}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-Signature={hexa(r, 64)}\n")
entry("doc-codecommit", "docs/ssc.json", lambda r: '{"ServiceUserName": "jane-at-123456789012", "ServicePassword": "EXAMPLEPASSWORDEXAMPLEPASSWORD=="}\n')

# Values that a person put in place of a key.
WORDS = {
    "your": ("YOUR_ACCESS_KEY_ID", "YOUR_SECRET_ACCESS_KEY"), "your-lower": ("your-access-key-id", "your-secret-access-key"),
    "angle": ("<your access key>", "<your secret key>"), "angle-tight": ("<ACCESS_KEY>", "<SECRET_KEY>"), "braces": ("{{ access_key }}", "{{ secret_key }}"),
    "shell": ("${AWS_KEY}", "${AWS_SECRET}"), "shell-sub": ("$(vault kv get -field=id aws)", "$(vault kv get -field=secret aws)"), "percent": ("%AWS_KEY%", "%AWS_SECRET%"),
    "erb": ('<%= ENV["AWS_KEY"] %>', '<%= ENV["AWS_SECRET"] %>'), "github": ("${{ secrets.AWS_ACCESS_KEY_ID }}", "${{ secrets.AWS_SECRET_ACCESS_KEY }}"), "changeme": ("changeme", "changeme"),
    "dots": ("AKIA...", "abcd..."), "stars": ("AKIA****************", "****************************************"), "empty": ("", ""), "none": ("None", "null"), "todo": ("TODO", "TODO"),
    "fake": ("fakeAccessKeyId", "fakeSecretAccessKey"), "foo": ("foo", "bar"), "ref": ("ref+awsssm://prod/key", "ref+awsssm://prod/secret"), "op": ("op://vault/aws/id", "op://vault/aws/secret"),
    "at-sign": ("@@AWS_KEY@@", "@@AWS_SECRET@@"), "hash": ("#{aws_key}", "#{aws_secret}"), "dunder": ("__ACCESS_KEY__", "__SECRET_KEY__"),
    "forty-x": ("AKIA" + "X" * 16, "x" * 40), "forty-a": ("AKIA" + "A" * 16, "a" * 40), "zeros": ("AKIA" + "0" * 16, "0" * 40), "sequence": ("AKIA" + "1234567890" + "123456", "0123456789" * 4),
    "alphabet": ("AKIA" + "ABCDEFGHIJ" + "KLMNOP", "abcdefghijklmnopqrstuvwxyz" + "0123456789" + "ABCD"), "upper-forty": ("ASIA" + "X" * 16, "X" * 40),
    "example-run": ("AKIA" + "EXAMPLE" * 2 + "EX", "EXAMPLE" * 5 + "EXAMP"), "your-shape": ("AKIA" + "YOURACCESS" + "KEYIDS", "YOUR" * 10), "secret-repeated": ("AKIA" + "EXAMPLE" + "KEY" * 3, "secret" * 6 + "keys"),
    "mask-tail": ("AKIA************WXYZ", "****" * 9 + "abcd"), "redacted": ("[REDACTED]", "[REDACTED]"), "hidden": ("(hidden)", "(hidden)"), "insert": ("INSERT_ACCESS_KEY_HERE", "INSERT_SECRET_KEY_HERE"),
}
FORMS = [("ini", "config/{}.ini", None), ("env", "config/{}.env", ENV), ("json", "config/{}.json", JSON), ("java", "src/{}.java", JAVA)]
for number, (name, (a, b)) in enumerate(WORDS.items()):
    for offset in range(2):
        kind, path, form = FORMS[(number + offset) % len(FORMS)]
        make = pair(a, b) if form is None else pair(a, b, form)
        entry(f"placeholder-{name}-{kind}", path.format(name), make)


# Identifiers of AWS that are no credentials.
def entity(r, prefix, tail=17):
    return prefix + keys.base32(r, tail)


ENTITIES = ["AIDA", "AROA", "AGPA", "AIPA", "ANPA", "ANVA", "ASCA"]
entry("entity-ids", "iam/users.json", lambda r: json.dumps({"Users": [{"UserId": entity(r, p), "Arn": f"arn:aws:iam::{keys.account(r)}:user/u"} for p in ENTITIES for _ in range(3)]}, indent=1))
entry("entity-ids-16", "iam/old.json", lambda r: lines(*(entity(r, p, 16) for p in ENTITIES)))
entry("role-session", "iam/identity.json", lambda r: json.dumps({"UserId": f"{entity(r, 'AROA')}:session", "Account": keys.account(r), "Arn": f"arn:aws:sts::{keys.account(r)}:assumed-role/r/session"}))
entry("policy", "iam/policy.json", lambda r: json.dumps({"Statement": [{"Effect": "Deny", "Condition": {"StringNotLike": {"aws:userId": [f"{entity(r, 'AROA')}:*", entity(r, "AIDA")]}}}]}))
entry("public-key-ids", "iam/ssh.json", lambda r: json.dumps({"SSHPublicKeyId": entity(r, "APKA"), "Fingerprint": ":".join(hexa(r, 2) for _ in range(16))}))
entry("arns", "iam/arns.txt", lambda r: lines(*(f"arn:aws:{s}:us-east-1:{keys.account(r)}:thing/{hexa(r, 32)}" for s in ("iam", "sts", "kms", "sqs", "sns"))))
entry("resource-ids", "infra/ids.txt", lambda r: lines(*(f"{p}-0{hexa(r, 16)}" for p in ("i", "vpc", "subnet", "sg", "ami", "vol", "eni")), f"Z{keys.base32(r, 13)}", f"E{keys.base32(r, 13)}"))
entry("credential-report", "iam/report.csv", lambda r: "user,arn,access_key_1_active,access_key_1_last_rotated\n" + lines(*(f"u{n},arn:aws:iam::{keys.account(r)}:user/u{n},true,2020-01-01T00:00:00+00:00" for n in range(9))))
entry("prose", "docs/keys.md", lambda r: "Access key IDs begin with AKIA or ASIA and have 20 characters; the secret access key has 40.\nNever commit aws_secret_access_key!\n")
entry("regex", "tools/scan.py", lambda r: "ID = re.compile(r'(?:AKIA|ASIA)[A-Z2-7]{16}')\nSECRET = re.compile(r'aws_secret_access_key\\s*=\\s*([A-Za-z0-9/+]{40})')\n")
entry("code-no-keys", "src/aws.py", lambda r: "client = boto3.client('s3', aws_access_key_id=os.environ['AWS_ACCESS_KEY_ID'], aws_secret_access_key=os.environ['AWS_SECRET_ACCESS_KEY'])\n")
