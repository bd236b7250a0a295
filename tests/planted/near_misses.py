"""Decoys that look like keys in pieces, like keys with something glued to them, or like secrets beside an ID."""

import json

import keys
from decoys import LOWER, UPPER, b64, chars, entry, hexa, lines, shaped, word, wrapped

DOC_ID = "AKIAIOSFODNN7EXAMPLE"

# Pieces that make no key, or a key of nobody.
entry("pieces-words", "src/words.py", lambda r: 'aws_note = "AKIA" + "is the prefix of " + "access key IDs"\n')
entry("pieces-doc-id", "src/doc.py", lambda r: f'KEY = "{DOC_ID[:8]}" + "{DOC_ID[8:]}"\nSECRET = "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY"\n')
entry("pieces-prefix-list", "src/prefixes.js", lambda r: 'const prefixes = ["AKIA", "ASIA", "AROA", "AIDA"];\nconst body = "A-Z2-7";\n')
entry("pieces-short", "src/short.go", lambda r: f'id := "AKIA" + "{keys.base32(r, 8)}"\n')
entry("pieces-variable", "src/var.rb", lambda r: 'id = "AKIA" + SecureRandom.hex(8).upcase\nsecret = "x" * 40\n')
entry("pieces-repeat", "src/repeat.py", lambda r: 'FAKE_ID = "AKIA" + "X" * 16\nFAKE_SECRET = "a" * 40\nID2 = "AKIA" + "0" * 16\n')
entry("pieces-example", "src/example.py", lambda r: 'ID = "AKIA" + "EXAMPLEEXAMPLE12"\n')
entry("hash-lines", "data/hashes.txt", lambda r: lines(*(hexa(r, 20) for _ in range(40))))
entry("hash-beside-doc-id", "docs/beside.md", lambda r: lines(f"key `{DOC_ID}`", f"commit `{hexa(r, 40)}`", f"digest `{b64(r, 20)}`", f"integrity `sha1-{b64(r, 20)}`"))
entry("sri-beside-doc-id", "docs/page.html", lambda r: f'<code>{DOC_ID}</code><script integrity="sha512-{b64(r, 64)}" src="x.js"></script>\n')
entry("words-wrapped", "docs/text.txt", lambda r: "".join(" ".join(chars(r, LOWER, r.randrange(3, 9)) for _ in range(9)) + "\n" for _ in range(30)))

# Shapes that something continues.
entry("shape-then-lower", "data/ids.b64", lambda r: lines(*(word(r, 60) + shaped(r) + word(r, 60) for _ in range(20))))
entry("shape-escaped-base64", "data/blob.json", lambda r: json.dumps({"body": wrapped(word(r, 400) + shaped(r) + word(r, 400), 76)}) + "\n")
entry("shape-percent-base64", "data/blob.url", lambda r: "body=" + (word(r, 200) + "/" + shaped(r) + "+" + word(r, 200)).replace("/", "%2F").replace("+", "%2B") + "\n")
entry("shape-hexdump-word", "data/words.txt", lambda r: lines(*(chars(r, UPPER, 8) + "AKIA" + chars(r, UPPER, 24) for _ in range(20))))
entry("shape-camel", "src/Names.java", lambda r: "class SLOVAKIAREGIONALDIRECTORYSERVICE { int CZECHOSLOVAKIAHISTORICALDATA; }\n")
entry("shape-slovakia", "data/countries.txt", lambda r: lines("SLOVAKIA", "CZECHOSLOVAKIA", "SLOVAKIABRATISLAVAKOSICE", "EURASIATRADEORGANISATION", "AUSTRALASIAPACIFICREGION01", "ASIAPACIFICHEADQUARTERS"))
entry("shape-constants", "src/consts.h", lambda r: lines("#define ASIA_PACIFIC_SOUTHEAST_1 7", "#define ASIAPACIFICSOUTHEAST1 7", "enum { ASIA" + "PACIFICNORTHEAST };"))
entry("shape-genome", "data/seq.txt", lambda r: wrapped(chars(r, "ACDEFGHIKLMNPQRSTVWY", 500) + "ASIA" + chars(r, "ACDEFGHIKLMNPQRSTVWY", 700), 80) + "\n")
entry("shape-css-class", "web/app.css", lambda r: lines(*(f".c{word(r, 6)}-{word(r, 10)} {{ color: #{hexa(r, 6)} }}" for _ in range(30))))

# Labels without a key.
entry("label-hash", "config/hash.env", lambda r: lines(f"AWS_SECRET_ACCESS_KEY_HASH={hexa(r, 64)}", f"secret_key_digest={hexa(r, 40)}", f"aws_secret_version={hexa(r, 32)}"))
entry("label-arn", "config/arn.env", lambda r: lines(f"AWS_SECRET_ARN=arn:aws:secretsmanager:us-east-1:{keys.account(r)}:secret:prod/app/db-{word(r, 6)}", "AWS_SECRET_NAME=production/application/database/password"))
entry("label-function", "src/app.py", lambda r: "secret_key = getSecretAccessKeyFromParameterStoreV2()\naws_secret_access_key=settings.AWSSecretAccessKeyForProduction1\n")
entry("label-class-path", "src/A.java", lambda r: 'secretKey = "' + "software/amazon/" + 'awssdk/auth/Credentials1";\nsecretAccessKey = com.amazonaws.auth.AWSStaticCredentials12;\n')
entry("label-django", "config/settings.py", lambda r: "SECRET_KEY = 'django-insecure-" + chars(r, LOWER + "0123456789!@#$%^&*(-_=+)", 50) + "'\n")
entry("label-rails", "config/secrets.yml", lambda r: lines(f"secret_key_base: {hexa(r, 128)}"))
entry("label-other-cloud", "config/other.env", lambda r: lines(f"AZURE_CLIENT_SECRET={word(r, 34)}~.{word(r, 4)}", f"STRIPE_SECRET_KEY=whsec_{word(r, 32)}", f"CLOUDINARY_API_SECRET={word(r, 27)}"))
entry("label-test-constants", "tests/creds.py", lambda r: "aws_access_key_id = 'foo'\naws_secret_access_key = 'bar'\naws_secret_access_key = 'secret' * 6\n")
entry("label-lorem", "docs/lorem.md", lambda r: "Secret access key: loremipsumdolorsitametconsecteturadipisc\n")
entry("keyboard-secret", "docs/keyboard.env", lambda r: "AWS_ACCESS_KEY_ID=AKIA" + "QWERTYUIOPASDFGH\nAWS_SECRET_ACCESS_KEY=" + "qwertyuiopasdfghjklzxcvbnm" + "QWERTYUIOPASDF" + "\n")
entry("alphabet-secret", "docs/alphabet.env", lambda r: "AWS_ACCESS_KEY_ID=AKIA" + "ABCDEFGHIJKLMNOP" + "\nAWS_SECRET_ACCESS_KEY=" + UPPER + "abcdefghijklmn" + "\n")
entry("fake-words", "docs/fake.env", lambda r: "AWS_ACCESS_KEY_ID=AKIA" + "FAKEFAKEFAKEFAKE" + "\nAWS_SECRET_ACCESS_KEY=" + "FakeFake" * 5 + "\n")
