"""Credentials made up from a seed: no key stands in this code, and none was ever issued.

Every value has the layout of the real thing, because a scanner may check it: access key IDs decode
to an account, secrets are 30 random bytes in base64, session tokens begin with the headers that STS
writes, service keys hold what the service puts into them.
"""

import base64
import hashlib
import hmac
import json
import random

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
REGIONS = [
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1",
    "eu-north-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-south-1", "sa-east-1",
    "ca-central-1",
]
USERS = [
    "deploy", "ci-deploy", "backup", "svc-uploader", "terraform", "jane.doe", "m.rossi", "app-prod",
    "s3-sync", "reporting", "packer", "log-shipper", "k.tanaka", "data_loader", "circleci",
]
# Accounts of well-known canary tokens; an own list would miss what a scanner should know.
CANARIES = ["052310077262", "534261010715", "819147034852", "992382622183", "893192397702"]


def rng(*parts):
    """A generator of random numbers that depends on nothing but its arguments."""
    return random.Random("/".join(map(str, parts)))


def base32(r, count):
    return "".join(r.choice(BASE32) for _ in range(count))


def account(r):
    return f"{r.randrange(100_000_000_000, 999_999_999_999):012d}"


def key_id(r, prefix="AKIA", acct=None, old=False):
    """An access key ID of an account; ids of the old generation hide theirs."""
    while True:
        if old:
            body = r.choice("IJ") + base32(r, 15)
        else:
            number = 1 << 47 | int(acct) << 7 | r.randrange(128)
            raw = number.to_bytes(6, "big") + r.randbytes(4)
            body = base64.b32encode(raw).decode()
        # A real body of 16 characters has at least this many different ones.
        if len(set(body)) >= 8:
            return prefix + body


def secret(r):
    """30 random bytes in base64, like every secret access key."""
    while True:
        text = base64.b64encode(r.randbytes(30)).decode()
        if len(set(text)) >= 22 and text.lower() != text != text.upper():
            return text


def token(r, region):
    """A session token: a version, the issuer, the region, then bytes that mean nothing to us."""
    style = r.choice(["origin_ec", "origin_ec", "origin_ec", "origin", "aws", "er/aws"])
    if style == "origin_ec":
        head = b"\x21\x0a\x09origin_ec\x10" + r.randbytes(1) + b"\x1a"
        head += bytes([len(region)]) + region.encode() + b'"' + bytes([0x47]) + b"0E\x02 "
        size = r.randrange(240, 620)
    elif style == "origin":
        head, size = b"\x02\x0a\x06origin\x10", r.randrange(170, 400)
    elif style == "aws":
        head, size = r.choice([b"\x01", b"\x15"]) + b"\x0a\x03aws\x10", r.randrange(150, 300)
    else:
        head, size = r.choice([b"\x15", b"\x17"]) + b"\x0a\x06er/aws\x10", r.randrange(170, 360)
    return base64.b64encode(head + r.randbytes(size)).decode()


def smtp_password(secret_key, region):
    """The SES SMTP password of a secret access key, derived as the service's guide describes."""
    sign = ("AWS4" + secret_key).encode()
    for step in ("11111111", region, "ses", "aws4_request", "SendRawEmail"):
        sign = hmac.new(sign, step.encode(), hashlib.sha256).digest()
    return base64.b64encode(b"\x04" + sign).decode()


def presigned(r, access_key, region, service, query, session=None):
    """The query of a presigned URL."""
    day = f"20{r.randrange(19, 27):02d}{r.randrange(1, 13):02d}{r.randrange(1, 29):02d}"
    parts = query + [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
        f"X-Amz-Credential={access_key}%2F{day}%2F{region}%2F{service}%2Faws4_request",
        f"X-Amz-Date={day}T{r.randrange(24):02d}{r.randrange(60):02d}{r.randrange(60):02d}Z",
        f"X-Amz-Expires={r.choice([300, 900, 3600, 43200])}",
    ]
    if session:
        parts.append("X-Amz-Security-Token=" + session.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D"))
    parts += ["X-Amz-SignedHeaders=host", f"X-Amz-Signature={r.randbytes(32).hex()}"]
    return "&".join(parts)


def codeartifact(r, acct, region):
    """A CodeArtifact token: encrypted JSON in compact form, whose header is readable."""
    def part(data):
        return base64.urlsafe_b64encode(data).decode().rstrip("=")
    header = {"ver": 1, "isu": 1_600_000_000 + r.randrange(10**8), "enc": "A128GCM", "tag": part(r.randbytes(16)),
              "exp": 1_700_000_000 + r.randrange(10**8), "alg": "A128GCMKW", "iv": part(r.randbytes(12))}
    pieces = [json.dumps(header, separators=(",", ":")).encode(), r.randbytes(16), r.randbytes(12)]
    return ".".join(map(part, pieces + [r.randbytes(r.randrange(300, 500)), r.randbytes(16)]))


def pem(r, kind="RSA PRIVATE KEY"):
    """Text with the look of a private key; it is no key."""
    body = base64.b64encode(b"\x30\x82\x04\xa3\x02\x01\x00\x02\x82\x01\x01\x00" + r.randbytes(1190)).decode()
    lines = [body[at:at + 64] for at in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])


# What each kind of credential consists of: the parts that a scanner should report.
KINDS = {
    "pair": ("id", "secret"), "old": ("id", "secret"), "session": ("id", "secret", "token"),
    "id": ("id",), "lone": ("secret",), "ses": ("id", "key"), "bedrock": ("key",),
    "bedrock-short": ("key",), "git": ("key",), "mws": ("key",), "appsync": ("key",),
    "ecr": ("key",), "codeartifact": ("key",), "cloudfront": ("key",), "presigned": ("id",),
    "presigned-session": ("id",), "signin": ("key",), "bare": ("id", "secret"), "canary": ("id", "secret"),
    "edge": ("id", "secret"),
}


def make(r, kind):
    """The values of a credential by name, those that are not secret included."""
    region, acct, user = r.choice(REGIONS), account(r), r.choice(USERS)
    if kind == "canary":
        acct = r.choice(CANARIES)
    temporary = kind in ("session", "presigned-session", "bedrock-short") and (kind != "bedrock-short" or r.random() < 0.5)
    c = {"region": region, "account": acct, "user": user, "secret": secret(r)}
    c["id"] = key_id(r, "ASIA" if temporary else "AKIA", acct, kind == "old")
    if kind == "edge":
        # Secrets whose ends are no letters or digits: one in sixteen has such an end.
        while c["secret"][0] not in "/+" or c["secret"][-1] not in "/+":
            c["secret"] = r.choice("/+") + secret(r)[1:-1] + r.choice("/+")
    if kind == "bare":
        # Before 2010 an access key ID had no prefix.
        c["id"] = r.choice("012") + "".join(r.choice("ABCDEFGHJKMNPQRSTVWXYZ0123456789") for _ in range(18)) + "2"
    session = token(r, region) if temporary else None
    c["token"] = session or ""
    if kind == "ses":
        c["key"] = smtp_password(c["secret"], region)
    elif kind == "bedrock":
        name = r.choice([f"BedrockAPIKey-{base32(r, 4).lower()}", user, f"BedrockAPIKey-{base32(r, 4).lower()}"])
        body = f"{name}-at-{acct}:{base64.b64encode(r.randbytes(33)).decode()}"
        c["key"] = "ABSK" + base64.b64encode(body.encode()).decode()
    elif kind == "bedrock-short":
        query = presigned(r, c["id"], region, "bedrock", ["Action=CallWithBearerToken"], session)
        c["key"] = "bedrock-api-key-" + base64.b64encode(f"bedrock.amazonaws.com/?{query}&Version=1".encode()).decode()
    elif kind == "git":
        c["user"] = f"{user.replace('.', '')}{r.choice(['', '', '+1'])}-at-{acct}"
        c["key"] = base64.b64encode(r.randbytes(32)).decode()
    elif kind == "mws":
        h = r.randbytes(16).hex()
        c["key"] = f"amzn.mws.{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
    elif kind == "appsync":
        c["key"] = "da2-" + "".join(r.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(26))
    elif kind == "ecr":
        inner = json.dumps({"payload": base64.b64encode(r.randbytes(600)).decode(), "datakey": base64.b64encode(r.randbytes(140)).decode(), "version": "2", "type": "DATA_KEY", "expiration": 1_700_000_000 + r.randrange(10**7)})
        c["key"] = base64.b64encode(("AWS:" + base64.b64encode(inner.encode()).decode()).encode()).decode()
    elif kind == "codeartifact":
        c["key"] = codeartifact(r, acct, region)
    elif kind == "cloudfront":
        c["keypair"], c["key"] = key_id(r, "APKA", acct), pem(r)
    elif kind == "presigned" or kind == "presigned-session":
        c["query"] = presigned(r, c["id"], region, "s3", [], session)
    elif kind == "signin":
        c["key"] = base64.urlsafe_b64encode(r.randbytes(420)).decode().rstrip("=")
    return c
