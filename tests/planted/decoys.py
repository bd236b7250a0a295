"""What looks like a credential and is none. Each entry gives the bytes of a file.

The things here are made from the seed too, with the layout of the real ones. None of them may be
reported at default settings.
"""

import base64
import gzip
import json
import struct
import uuid
import zlib

import keys

DECOYS = {}
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = UPPER.lower()
DIGITS = "0123456789"


def decoy(name, path):
    def note(function):
        assert name not in DECOYS, name
        DECOYS[name] = (path, function)
        return function
    return note


def chars(r, alphabet, count):
    return "".join(r.choice(alphabet) for _ in range(count))


def word(r, count):
    return chars(r, UPPER + LOWER + DIGITS, count)


def b64(r, count):
    return base64.b64encode(r.randbytes(count)).decode()


def hexa(r, count):
    return r.randbytes(count // 2).hex()


def lines(*rows):
    return "\n".join(rows) + "\n"


def entry(name, path, make):
    decoy(name, path)(make)


# Hashes, checksums and identifiers.
entry("sha1-list", "SHA1SUMS", lambda r: lines(*(f"{hexa(r, 40)}  file-{n}.tgz" for n in range(30))))
entry("sha256-list", "SHA256SUMS", lambda r: lines(*(f"{hexa(r, 64)}  file-{n}.tgz" for n in range(30))))
entry("sha1-labelled", "deploy/versions.env", lambda r: lines(f"AWS_SDK_COMMIT={hexa(r, 40)}", f"AWS_SECRET_KEY_SHA1={hexa(r, 40)}", f"aws_access_key_fingerprint={hexa(r, 40)}"))
entry("git-log", "notes/log.txt", lambda r: "".join(f"commit {hexa(r, 40)}\nAuthor: A <a@acme.test>\n\n    Use the AWS secret access key from the vault\n\n" for _ in range(10)))
entry("pinned-actions", ".github/workflows/ci.yml", lambda r: lines("steps:", *(f"  - uses: aws-actions/configure-aws-credentials@{hexa(r, 40)}" for _ in range(4))))
entry("uuids", "data/guids.csv", lambda r: lines("id,secret_id", *(f"{uuid.UUID(bytes=r.randbytes(16))},{uuid.UUID(bytes=r.randbytes(16))}" for _ in range(20))))
entry("guid-table", "src/guids.h", lambda r: lines(*(f"DEFINE_GUID(IID_I{n}, 0x{hexa(r, 8)}, 0x{hexa(r, 4)}, 0x{hexa(r, 4)}, 0x12,0x34,0x56,0x78,0x9a,0xbc,0xde,0xf0);" for n in range(20))))
entry("package-lock", "package-lock.json", lambda r: json.dumps({"packages": {f"node_modules/p{n}": {"version": "1.0.0", "resolved": f"https://registry.npmjs.org/p{n}/-/p{n}-1.0.0.tgz", "integrity": "sha512-" + b64(r, 64)} for n in range(40)}}, indent=2))
entry("package-lock-sha1", "old/package-lock.json", lambda r: json.dumps({"dependencies": {f"aws-p{n}": {"version": "1.0.0", "integrity": "sha1-" + b64(r, 20)} for n in range(40)}}, indent=2))
entry("yarn-lock", "yarn.lock", lambda r: "".join(f'p{n}@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/p{n}/-/p{n}-1.0.0.tgz#{hexa(r, 40)}"\n  integrity sha512-{b64(r, 64)}\n\n' for n in range(30)))
entry("pnpm-lock", "pnpm-lock.yaml", lambda r: "".join(f"  /p{n}/1.0.0:\n    resolution: {{integrity: sha512-{b64(r, 64)}}}\n" for n in range(30)))
entry("go-sum", "go.sum", lambda r: "".join(f"github.com/aws/p{n} v1.0.{n} h1:{b64(r, 32)}\n" for n in range(40)))
entry("cargo-lock", "Cargo.lock", lambda r: "".join(f'[[package]]\nname = "aws-p{n}"\nversion = "1.0.0"\nchecksum = "{hexa(r, 64)}"\n\n' for n in range(30)))
entry("pipfile-lock", "Pipfile.lock", lambda r: json.dumps({"default": {"boto3": {"hashes": [f"sha256:{hexa(r, 64)}" for _ in range(20)]}}}))
entry("composer-lock", "composer.lock", lambda r: json.dumps({"packages": [{"name": "aws/aws-sdk-php", "dist": {"reference": hexa(r, 40), "shasum": hexa(r, 40)}} for _ in range(9)]}))
entry("flake-lock", "flake.lock", lambda r: json.dumps({"nodes": {f"n{n}": {"locked": {"narHash": "sha256-" + b64(r, 32), "rev": hexa(r, 40)}} for n in range(12)}}))
entry("sri", "web/index.html", lambda r: lines(*(f'<script src="a{n}.js" integrity="sha384-{b64(r, 48)}"></script>' for n in range(8))))
entry("bcrypt", "dump/users.sql", lambda r: lines(*(f"INSERT INTO users VALUES ({n},'u{n}','$2y$10${chars(r, UPPER + LOWER + DIGITS + './', 53)}');" for n in range(20))))
entry("etags", "data/listing.json", lambda r: json.dumps({"Contents": [{"Key": f"k{n}", "ETag": f'"{hexa(r, 32)}"', "VersionId": word(r, 32)} for n in range(20)]}))
entry("s3-request-ids", "logs/s3.log", lambda r: lines(*(f"x-amz-request-id: {hexa(r, 16).upper()} x-amz-id-2: {b64(r, 57)}" for _ in range(10))))
entry("content-md5", "logs/put.log", lambda r: lines(*(f"Content-MD5: {b64(r, 16)}  x-amz-content-sha256: {hexa(r, 64)}  Authorization signature {b64(r, 20)}" for _ in range(10))))
entry("ipfs", "data/cids.txt", lambda r: lines(*("Qm" + word(r, 44) for _ in range(20))))
entry("bitcoin", "data/addr.txt", lambda r: lines(*("1" + word(r, 33) for _ in range(20))))
entry("product-keys", "data/serials.txt", lambda r: lines(*("-".join(chars(r, UPPER + DIGITS, 5) for _ in range(5)) for _ in range(20))))
entry("youtube", "data/videos.txt", lambda r: lines(*(f"https://youtu.be/{word(r, 11)}?t=10" for _ in range(20))))

# Secrets of others.
OTHERS = {
    "github": lambda r: f"GITHUB_TOKEN=ghp_{word(r, 36)}", "gitlab": lambda r: f"token = glpat-{word(r, 20)}",
    "slack": lambda r: f"SLACK_TOKEN=xoxb-{chars(r, DIGITS, 12)}-{chars(r, DIGITS, 12)}-{word(r, 24)}",
    "stripe": lambda r: f"STRIPE_SECRET_KEY=sk_live_{word(r, 24)}", "google": lambda r: f"GOOGLE_API_KEY=AIza{word(r, 35)}",
    "twilio": lambda r: f"TWILIO_ACCOUNT_SID=AC{hexa(r, 32)}\nTWILIO_AUTH_TOKEN={hexa(r, 32)}",
    "sendgrid": lambda r: f"SENDGRID_API_KEY=SG.{word(r, 22)}.{word(r, 43)}", "npm": lambda r: f"//registry.npmjs.org/:_authToken=npm_{word(r, 36)}",
    "azure-storage": lambda r: f"AZURE_STORAGE_KEY={b64(r, 64)}", "azure-sas": lambda r: f"https://a.blob.core.windows.net/c?sv=2020-08-04&sig={b64(r, 32).replace('/', '%2F').replace('+', '%2B').replace('=', '%3D')}",
    "digitalocean": lambda r: f"DO_TOKEN=dop_v1_{hexa(r, 64)}", "heroku": lambda r: f"HEROKU_API_KEY={uuid.UUID(bytes=r.randbytes(16))}",
    "openai": lambda r: f"OPENAI_API_KEY=sk-{word(r, 48)}", "mailgun": lambda r: f"MAILGUN=key-{hexa(r, 32)}",
    "datadog": lambda r: f"DD_API_KEY={hexa(r, 32)}\nDD_APP_KEY={hexa(r, 40)}", "r2": lambda r: f"R2_TOKEN={hexa(r, 32)}\nR2_HASH={hexa(r, 64)}",
    "facebook": lambda r: f"FB_TOKEN=EAACEdEose0cBA{word(r, 120)}", "twitter": lambda r: f"consumer_token = {word(r, 25)}\nconsumer_hash = {word(r, 50)}",
    "aliyun": lambda r: f"ALIBABA_KEY_ID=LTAI{word(r, 20)}\nALIBABA_KEY={word(r, 30)}", "tencent": lambda r: f"secretId: AKID{word(r, 32)}\nsecretKey: {word(r, 32)}",
    "telegram": lambda r: f"BOT={chars(r, DIGITS, 10)}:AA{word(r, 33)}", "discord": lambda r: f"DISCORD={word(r, 24)}.{word(r, 6)}.{word(r, 27)}",
    "django": lambda r: f"SECRET_KEY = '{chars(r, LOWER + DIGITS + '!@#$%^&*(-_=+)', 50)}'", "rails": lambda r: f"secret_key_base: {hexa(r, 128)}",
    "laravel": lambda r: f"APP_KEY=base64:{b64(r, 32)}", "jwt": lambda r: "token: " + ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"1","iat":1516239022}', r.randbytes(32))),
    "localstack": lambda r: "AWS_ACCESS_KEY_ID=test\nAWS_SECRET_ACCESS_KEY=test", "localstack-id": lambda r: f"AWS_ACCESS_KEY_ID=LKIA{keys.base32(r, 16)}\nAWS_SECRET_ACCESS_KEY=test",
    "moto": lambda r: 'os.environ["AWS_ACCESS_KEY_ID"] = "testing"\nos.environ["AWS_SECRET_ACCESS_KEY"] = "testing"', "minio": lambda r: "MINIO_ACCESS_KEY=minioadmin\nMINIO_SECRET_KEY=minioadmin",
    "minio-play": lambda r: 'client = Minio("play.min.io", "' + "F2P34AQQPS768QU3MA3Q"[::-1] + '", "minio123")',
}


def other_vendors():
    for name, make in OTHERS.items():
        entry(f"vendor-{name}", f"config/{name}.env", lambda r, make=make: make(r) + "\n")


other_vendors()


# Encrypted things.
def wrapped(text, width=64):
    return "\n".join(text[at:at + width] for at in range(0, len(text), width))


entry("sealed-secret", "k8s/sealed.yaml", lambda r: lines("kind: SealedSecret", "spec:", "  encryptedData:", f"    AWS_ACCESS_KEY_ID: AgB{b64(r, 350)}", f"    AWS_SECRET_ACCESS_KEY: AgA{b64(r, 400)}"))
entry("sops", "secrets.enc.yaml", lambda r: lines(f"aws_access_key_id: ENC[AES256_GCM,data:{b64(r, 20)},iv:{b64(r, 32)},tag:{b64(r, 16)},type:str]", f"aws_secret_access_key: ENC[AES256_GCM,data:{b64(r, 40)},iv:{b64(r, 32)},tag:{b64(r, 16)},type:str]"))
entry("ansible-vault", "group_vars/vault.yml", lambda r: "$ANSIBLE_VAULT;1.1;AES256\n" + wrapped(hexa(r, 960), 80) + "\n")
entry("travis-secure", ".travis.yml", lambda r: lines("deploy:", "  provider: s3", "  access_key_id:", f'    secure: "{b64(r, 128)}"', "  secret_access_key:", f"    secure: {b64(r, 256)}"))
entry("jenkins-encrypted", "jenkins/credentials.xml", lambda r: lines("<accessKey>from-role</accessKey>", f"<secretKey>{{AQAAABAAAAA{b64(r, 48)}}}</secretKey>"))
entry("kms-ciphertext", "config/kms.yml", lambda r: lines(f"aws_secret_access_key_encrypted: AQICAHh{b64(r, 180)}"))
entry("gpg-armor", "secret.asc", lambda r: "-----BEGIN PGP MESSAGE-----\n\n" + wrapped(b64(r, 900)) + "\n-----END PGP MESSAGE-----\n")
entry("age", "secret.age", lambda r: "-----BEGIN AGE ENCRYPTED FILE-----\n" + wrapped(b64(r, 500)) + "\n-----END AGE ENCRYPTED FILE-----\n")
entry("git-crypt", ".env", lambda r: b"\0GITCRYPT\0" + r.randbytes(300))
entry("state-pgp", "terraform.tfstate", lambda r: json.dumps({"type": "aws_iam_access_key", "instances": [{"attributes": {"id": None, "encrypted_secret": "wcBMA" + b64(r, 400), "key_fingerprint": hexa(r, 40), "secret": None}}]}))
entry("eyaml", "hieradata/aws.eyaml", lambda r: lines(f"aws::secret_key: ENC[PKCS7,{b64(r, 300)}]"))

# Keys and certificates that are not of AWS.
entry("ssh-public", "home/.ssh/authorized_keys", lambda r: lines(*(f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ{b64(r, 252)} aws-{n}" for n in range(3))))
entry("certificate", "ca.pem", lambda r: "-----BEGIN CERTIFICATE-----\n" + wrapped("MIID" + b64(r, 800)) + "\n-----END CERTIFICATE-----\n")
entry("ssh-private", "id_ed25519", lambda r: "-----BEGIN OPENSSH PRIVATE KEY-----\n" + wrapped("b3BlbnNzaC1rZXktdjEAAAAA" + b64(r, 300), 70) + "\n-----END OPENSSH PRIVATE KEY-----\n")
entry("known-hosts", "home/.ssh/known_hosts", lambda r: lines(*(f"|1|{b64(r, 20)}|{b64(r, 20)} ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAI{b64(r, 80)}" for _ in range(6))))
entry("dkim", "zone.txt", lambda r: f'k1._domainkey IN TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A{b64(r, 260)}"\n')


# Key shapes inside longer things.
def shaped(r, prefix="AKIA"):
    return prefix + keys.base32(r, 16)


def inside(r, before=300, after=300):
    """Base64 in which a key's shape happens to occur."""
    return word(r, before) + r.choice(LOWER) + shaped(r) + r.choice(LOWER) + word(r, after)


entry("shape-in-base64", "img/logo.css", lambda r: f".logo {{ background: url(data:image/png;base64,iVBORw0KGgo{inside(r)}); }}\n")
entry("shape-in-font", "fonts/icons.css", lambda r: f"@font-face {{ src: url(data:application/font-woff;base64,d09GRg{inside(r, 3000, 4000)}) format('woff'); }}\n")
entry("shape-in-wrapped-base64", "mail/att.eml", lambda r: "Content-Transfer-Encoding: base64\n\n" + wrapped(inside(r, 1000 + r.randrange(30), 900), 76) + "\n")
entry("shape-in-jwt", "tests/jwt.txt", lambda r: f"eyJhbGciOiJSUzI1NiJ9.{inside(r, 120, 90)}.{word(r, 86)}\n")
entry("shape-in-uppercase", "data/random.txt", lambda r: wrapped(chars(r, UPPER, 200) + shaped(r) + chars(r, UPPER, 200), 420) + "\n")
entry("protein", "data/proteins.fasta", lambda r: "".join(f">sp|P{n}\n" + wrapped(chars(r, "ACDEFGHIKLMNPQRSTVWY", 140) + "AKIA" + chars(r, "ACDEFGHIKLMNPQRSTVWY", 140), 60) + "\n" for n in range(10)))
entry("shape-too-long", "data/ids.txt", lambda r: lines(*(shaped(r) + keys.base32(r, 1 + n) for n in range(1, 12))))
entry("shape-too-short", "data/short.txt", lambda r: lines(*("AKIA" + keys.base32(r, n) for n in range(3, 14))))
entry("shape-lower", "data/lower.txt", lambda r: lines(*(shaped(r).lower() for _ in range(8))))
entry("hex-40-pairs", "data/pairs.csv", lambda r: lines("name,token", *(f"n{n},{hexa(r, 40)}" for n in range(20))))
entry("base64-png", "img/a.svg", lambda r: f'<image href="data:image/png;base64,{b64(r, 3000)}"/>\n')
entry("base64-wrapped-binary", "data/blob.b64", lambda r: wrapped(b64(r, 6000), 76) + "\n")
entry("base64-lines-40", "data/forty.b64", lambda r: wrapped(b64(r, 3000), 40) + "\n")
entry("source-map", "dist/app.js.map", lambda r: json.dumps({"version": 3, "mappings": ";".join(chars(r, UPPER + LOWER, 4) + "," + chars(r, UPPER + LOWER, 6) for _ in range(900))}))
entry("minified", "dist/app.min.js", lambda r: "!function(e,t){" + "".join(f'e.{word(r, 5)}="{word(r, r.randrange(5, 60))}";' for _ in range(200)) + "}(this);\n")
entry("random-binary", "bin/blob.bin", lambda r: r.randbytes(60_000))
entry("gzip-random", "bin/log.gz", lambda r: gzip.compress(("".join(hexa(r, 40) + "\n" for _ in range(300))).encode(), mtime=0))
entry("class-names", "src/Names.java", lambda r: lines("String secretKey = AwsSecretAccessKeyCredentialsProvider.class;", "String s = \"com/amazonaws/auth/AWSCredentialsProvide\";", "aws_secret_access_key_file: config/credentials/" + "production/AwsSecret1"))
entry("paths", "conf/paths.ini", lambda r: lines("aws_secret_key_path = src/main/resources/aws/credentials/file", "secret_key = /opt/app/config/production/aws/secretKey", "aws_secret_access_key=/var/run/secrets/aws/credentials/Key1234"))
entry("identifiers", "src/consts.py", lambda r: lines("SECRET_ACCESS_KEY_NAME = 'AwsSecretAccessKeyEnvironmentVariableName'", "aws_secret = 'secretsManagerClientForProductionAccount'"))
entry("urls", "data/urls.txt", lambda r: lines(*(f"https://s3.amazonaws.com/acme/{word(r, 12)}/{word(r, 26)}/{word(r, 40)}.js" for _ in range(10))))
entry("sigv4-answer", "logs/canonical.txt", lambda r: lines("AWS4-HMAC-SHA256", "20150830T123600Z", "20150830/us-east-1/service/aws4_request", hexa(r, 64)))
entry("jwt-secret-40", "config/auth.yml", lambda r: lines(f"jwt_signing: {b64(r, 30)}", f"session_cookie: {b64(r, 30)}"))
entry("csrf", "web/form.html", lambda r: f'<input type="hidden" name="authenticity_token" value="{b64(r, 64)}">\n')
entry("pack-bytes", "bin/data.pack", lambda r: b"PACK" + struct.pack(">II", 2, 3) + zlib.compress(r.randbytes(4000)))
