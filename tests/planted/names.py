"""Leaks in names and identities, and leaks whose halves lie apart."""

import keys
import mounts
from doc import Doc, Span, encode, fill
from placements import content_of, message_of, place, put


def found(data, values):
    """Spans of values that stand in the data as they are."""
    return [Span(0, part, at, at + len(value)) for part, value in values.items() for at in [data.index(value.encode())]]


def slashless(c, r):
    while "/" in c["secret"]:
        c["secret"] = keys.secret(r)


def branch_name(repo, c, r):
    name = f"refs/heads/{r.choice(['rotate', 'fix/key', 'tmp'])}-{c['id']}"
    repo.ref(name, repo.head)
    return place(found(name.encode(), {"id": c["id"]}), None, None, "ref-name", path=None)


def tag_name(repo, c, r):
    name = f"refs/tags/disable-{c['id']}"
    repo.ref(name, repo.head)
    return place(found(name.encode(), {"id": c["id"]}), None, None, "ref-name")


def named_file(pattern, parts):
    def apply(repo, c, r):
        if "secret" in parts:
            slashless(c, r)
        name = pattern.format(**c)
        folder = f"dir-{r.randrange(10**7)}"
        repo.files[f"{folder}/{name}"] = ("100644", repo.blob(b"see the vault\n"))
        commit = repo.advance(message_of(r))
        top = name.split("/")[0]
        tree = repo.tree({key[len(folder) + 1:]: entry for key, entry in repo.files.items() if key.startswith(folder + "/")})
        data = content_of(repo, tree)
        assert top.encode() in data
        return place(found(data, {part: c[part] for part in parts}), tree, "tree", "entry-name", f"{folder}/{name}", commit)
    return apply


def author(repo, c, r):
    slashless(c, r)
    commit = repo.advance(message_of(r), author=(c["id"], c["secret"] + "@acme.test"))
    return place(found(content_of(repo, commit), {"id": c["id"], "secret": c["secret"]}), commit, "commit", "author", commit=commit)


def author_id(repo, c, r):
    commit = repo.advance(message_of(r), author=(f"ci {c['id']}", "ci@acme.test"))
    return place(found(content_of(repo, commit), {"id": c["id"]}), commit, "commit", "author", commit=commit)


def committer(repo, c, r):
    commit = repo.advance(message_of(r), committer=("Ana Lima", c["id"].lower()[:4] + "." + c["id"] + "@acme.test"))
    return place(found(content_of(repo, commit), {"id": c["id"]}), commit, "commit", "committer", commit=commit)


def halves(repo, c, r, first, second, path, path2, together=True):
    """Two documents with a part each, in one commit or in two."""
    out = []
    for number, (template, where) in enumerate(((first, path), (second, path2))):
        data, spans = encode(fill(template, [c], r))
        oid = put(repo, Doc(where, data, spans))
        out.append((spans, oid, where))
        if not together and number == 0:
            early = repo.advance(message_of(r))
    commit = repo.advance(message_of(r))
    places = []
    for number, (spans, oid, where) in enumerate(out):
        places += place(spans, oid, path=where, commit=commit if together or number else early)
    return places


def folder(r):
    return f"services/{r.choice(['api', 'web', 'job', 'etl'])}-{r.randrange(10**6)}"


def two_files(repo, c, r):
    base = folder(r)
    return halves(repo, c, r, "AWS_ACCESS_KEY_ID=«id»\nAWS_REGION=«region»\n", "AWS_SECRET_ACCESS_KEY=«secret»\n", f"{base}/.env", f"{base}/.env.secret")


def two_formats(repo, c, r):
    base = folder(r)
    return halves(repo, c, r, "export AWS_ACCESS_KEY_ID=«id»\n", 'aws_secret_key = "«secret»"\n', f"{base}/env.sh", f"{base}/terraform.tfvars")


def two_folders(repo, c, r):
    base = folder(r)
    return halves(repo, c, r, "s3:\n  access_key: «id»\n", "s3:\n  secret_key: «secret»\n", f"{base}/config/app.yml", f"{base}/secrets/app.yml")


def two_in_top_folder(repo, c, r):
    number = r.randrange(10**6)
    return halves(repo, c, r, "PORT=1\nAWS_ACCESS_KEY_ID=«id»\n", "services:\n  app:\n    environment:\n      AWS_SECRET_ACCESS_KEY: «secret»\n", f".env-{number}", f"compose-{number}.yml")


def two_top_folders(repo, c, r):
    number = r.randrange(10**6)
    return halves(repo, c, r, "export const KEY = '«id»'\n", "AWS_SECRET_ACCESS_KEY = '«secret»'\n", f"frontend-{number}/src/aws.js", f"backend-{number}/settings.py")


def two_generic(repo, c, r):
    base = folder(r)
    return halves(repo, c, r, 'provider "aws" {\n  access_key = "«id»"\n  secret_key = var.secret_key\n}\n', 'secret_key = "«secret»"\n', f"{base}/main.tf", f"{base}/terraform.tfvars")


def two_constants(repo, c, r):
    base = folder(r)
    java = 'class {} {{\n    public static final String {} = "«{}»";\n}}\n'
    return halves(repo, c, r, java.format("Constants", "ACCESS_KEY", "id"), java.format("Secrets", "SECRET_KEY", "secret"), f"{base}/Constants.java", f"{base}/Secrets.java")


def two_commits(repo, c, r):
    path = folder(r) + "/.env"
    return halves(repo, c, r, "AWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY=\n", "AWS_ACCESS_KEY_ID=${KEY}\nAWS_SECRET_ACCESS_KEY=«secret»\n", path, path, False)


def secret_then_id(repo, c, r):
    path = folder(r) + "/settings.py"
    return halves(repo, c, r, 'AWS_SECRET_ACCESS_KEY = "«secret»"\n', 'AWS_ACCESS_KEY_ID = "«id»"\n', path, path, False)


def single_value_files(repo, c, r):
    """Files that hold one value each, as mounted secrets and envdirs do."""
    base = folder(r)
    return halves(repo, c, r, "«id»", "«secret»", f"{base}/env/AWS_ACCESS_KEY_ID", f"{base}/env/AWS_SECRET_ACCESS_KEY")


def message_and_file(repo, c, r):
    data, spans = encode(fill("aws_secret_access_key: «secret»\n", [c], r))
    path = folder(r) + "/s3.yml"
    oid = put(repo, Doc(path, data, spans))
    commit = repo.advance(f"Switch uploads to key {c['id']}\n")
    body = content_of(repo, commit)
    return place(found(body, {"id": c["id"]}), commit, "commit", "message", commit=commit) + place(spans, oid, path=path, commit=commit)


# Name: class, kind of credential, function.
NAMED = {
    "branch-name": ("rest", "id", branch_name), "tag-name": ("rest", "id", tag_name),
    "file-name": ("rest", "id", named_file("{id}.pem", ["id"])), "file-name-csv": ("rest", "id", named_file("accessKeys_{id}.csv", ["id"])),
    "folder-name": ("rest", "id", named_file("{id}/readme.txt", ["id"])), "file-name-pair": ("rest", "pair", named_file("{id}_{secret}.txt", ["id", "secret"])),
    "author-pair": ("rest", "pair", author), "author-id": ("rest", "id", author_id), "committer-id": ("rest", "id", committer),
    "two-files": ("hard", "pair", two_files), "two-formats": ("hard", "pair", two_formats), "two-folders": ("hard", "pair", two_folders),
    "two-in-top-folder": ("hard", "pair", two_in_top_folder), "two-top-folders": ("hard", "pair", two_top_folders),
    "two-generic": ("hard", "pair", two_generic), "two-constants": ("hard", "pair", two_constants),
    "two-commits": ("hard", "pair", two_commits), "secret-then-id": ("hard", "pair", secret_then_id),
    "single-value-files": ("hard", "pair", single_value_files), "message-and-file": ("rest", "pair", message_and_file),
    **mounts.MOUNTED,
}
