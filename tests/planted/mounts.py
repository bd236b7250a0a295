"""Files that hold one value each, as orchestrators mount them, and files that an ID names."""

from doc import Doc, encode, fill
from placements import message_of, place, put


def folder(r):
    return f"deploy/{r.choice(['prod', 'stage', 'edge'])}-{r.randrange(10**6)}"


def files(named, apart=False):
    """A placement of documents, from the names of their files to templates."""
    def apply(repo, c, r):
        base, out = folder(r), []
        for name, template in named:
            data, spans = encode(fill(template, [c], r))
            path = f"{base}/{name.format(**c)}"
            out.append((spans, put(repo, Doc(path, data, spans)), path))
            if apart:
                out[-1] += (repo.advance(message_of(r)),)
        commit = None if apart else repo.advance(message_of(r))
        return [one for spans, oid, path, *own in out for one in place(spans, oid, path=path, commit=own[0] if own else commit)]
    return apply


def pair(id_name, secret_name, end="", **how):
    return files([(id_name, "«id»" + end), (secret_name, "«secret»" + end)], **how)


# Name: class, kind of credential, function.
MOUNTED = {
    "mount-lower": ("rest", "pair", pair("access_key_id", "secret_access_key", "\n")),
    "mount-swarm": ("rest", "pair", pair("secrets/aws-access-key-id.txt", "secrets/aws-secret-access-key.txt", "\n")),
    "mount-camel": ("rest", "pair", pair("s3/accessKey", "s3/secretKey")),
    "mount-folders": ("rest", "pair", pair("aws_access_key_id/value", "aws_secret_access_key/value", "\n")),
    "mount-vague": ("rest", "pair", pair("aws/username", "aws/password", "\n")),
    "mount-two-commits": ("rest", "pair", pair("env/AWS_ACCESS_KEY_ID", "env/AWS_SECRET_ACCESS_KEY", "\n", apart=True)),
    "named-by-id": ("rest", "pair", files([("keys/{id}/id", "«id»\n"), ("keys/{id}/secret", "«secret»\n")])),
}
