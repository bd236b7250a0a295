"""Where in a repository a leak can be: each placement puts a document somewhere and says where.

A placement takes the repository, the document and a generator of random numbers. It returns a list
of places: dictionaries with `spans` (byte ranges in the content of the object, or in the name for
names of refs), `object`, `object_kind`, `field`, `path`, `commit`.
"""

from doc import Span

WORK = ["Fix typo", "Update dependencies", "Add tests", "Refactor", "Tidy up", "WIP", "Bump version", "Improve logging", "Handle empty input", "Initial import"]


def place(spans, oid, kind="blob", field="content", path=None, commit=None):
    return [{"spans": spans, "object": oid, "object_kind": kind, "field": field, "path": path, "commit": commit}]


def moved(spans, by):
    return [Span(s.cred, s.part, s.start + by, s.end + by, s.chain) for s in spans]


def message_of(r):
    return r.choice(WORK) + r.choice(["", " again", " (#12)", "\n\nSee the tracker.", ""]) + "\n"


def put(repo, doc, mode="100644"):
    oid = repo.blob(doc.data)
    repo.files[doc.path] = (mode, oid)
    return oid


def head(repo, doc, r):
    oid = put(repo, doc)
    return place(doc.spans, oid, path=doc.path, commit=repo.advance(message_of(r)))


def deleted(repo, doc, r):
    out = head(repo, doc, r)
    del repo.files[doc.path]
    repo.advance("Remove " + doc.path.rsplit("/", 1)[-1] + "\n")
    return out


def edited(repo, doc, r):
    out = head(repo, doc, r)
    repo.files[doc.path] = ("100644", repo.blob(b"# moved to the vault\n"))
    repo.advance("Use the vault\n")
    return out


def executable(repo, doc, r):
    oid = put(repo, doc, "100755")
    return place(doc.spans, oid, path=doc.path, commit=repo.advance(message_of(r)))


def aside(repo, doc, r, extra=None, parents=None, message=None):
    """A commit that the branch does not contain."""
    oid = repo.blob(doc.data)
    commit = repo.commit(message or message_of(r), {**repo.files, doc.path: ("100644", oid), **(extra or {})}, parents)
    return oid, commit


def on_ref(pattern):
    def apply(repo, doc, r):
        oid, commit = aside(repo, doc, r)
        repo.ref(pattern.format(r.randrange(1000, 9999)), commit)
        return place(doc.spans, oid, path=doc.path, commit=commit)
    return apply


def orphan(repo, doc, r):
    oid = repo.blob(doc.data)
    commit = repo.commit("Publish\n", {doc.path: ("100644", oid)}, [])
    repo.ref(f"refs/heads/gh-pages-{r.randrange(1000)}", commit)
    return place(doc.spans, oid, path=doc.path, commit=commit)


def tag_only(repo, doc, r):
    oid, commit = aside(repo, doc, r)
    repo.tag(f"v{r.randrange(9)}.{r.randrange(99)}.{r.randrange(999)}", commit, "Release\n")
    return place(doc.spans, oid, path=doc.path, commit=commit)


def tag_of_blob(repo, doc, r):
    oid = repo.blob(doc.data)
    repo.tag(f"key-{r.randrange(10**6)}", oid, "A file\n", "blob")
    return place(doc.spans, oid)


def tag_of_tree(repo, doc, r):
    oid = repo.blob(doc.data)
    repo.tag(f"tree-{r.randrange(10**6)}", repo.tree({doc.path: ("100644", oid)}), "A tree\n", "tree")
    return place(doc.spans, oid)


def evil_merge(repo, doc, r, octopus=False):
    base = repo.head or repo.advance(message_of(r))
    sides = [repo.commit(message_of(r), {**repo.files, f"side{n}-{r.randrange(10**6)}.txt": ("100644", repo.blob(b"side\n"))}, [base]) for n in range(3 if octopus else 1)]
    ours = repo.advance(message_of(r))
    oid = put(repo, doc)
    commit = repo.advance("Merge branch 'feature'\n", parents=[ours, *sides])
    return place(doc.spans, oid, path=doc.path, commit=commit)


def octopus_merge(repo, doc, r):
    return evil_merge(repo, doc, r, True)


def merge_then_gone(repo, doc, r):
    out = evil_merge(repo, doc, r)
    del repo.files[doc.path]
    repo.advance("Clean up\n")
    return out


def stash(part, older=False):
    def apply(repo, doc, r):
        oid = repo.blob(doc.data)
        with_it = {**repo.files, doc.path: ("100644", oid)}
        index = repo.commit("index on main: work\n", with_it if part == "index" else None, [repo.head])
        parents = [repo.head, index]
        if part == "untracked":
            parents.append(repo.commit("untracked files on main: work\n", {doc.path: ("100644", oid)}, []))
        top = repo.commit("WIP on main: work\n", with_it if part == "worktree" else None, parents)
        repo.stashes = getattr(repo, "stashes", []) + [top]
        holder = {"index": index, "worktree": top, "untracked": parents[-1]}[part]
        return place(doc.spans, oid, path=doc.path, commit=holder)
    return apply


def write_stashes(repo):
    stashes = getattr(repo, "stashes", [])
    if stashes:
        repo.reflog("refs/stash", stashes, "WIP on main: work")
        repo.ref("refs/stash", stashes[-1])


def reflog_only(name):
    def apply(repo, doc, r):
        oid, commit = aside(repo, doc, r)
        repo.reflog(name, [repo.head, commit, repo.head], "reset: moving to HEAD~1")
        return place(doc.spans, oid, path=doc.path, commit=commit)
    return apply


def dangling_commit(repo, doc, r):
    oid, commit = aside(repo, doc, r)
    return place(doc.spans, oid, path=doc.path, commit=commit)


def dangling_blob(repo, doc, r):
    return place(doc.spans, repo.blob(doc.data))


def dangling_tree(repo, doc, r):
    oid = repo.blob(doc.data)
    repo.tree({doc.path: ("100644", oid)})
    return place(doc.spans, oid)


def note(repo, doc, r):
    oid = repo.blob(doc.data)
    ref = "refs/notes/commits"
    notes = getattr(repo, "notes", {})
    target = repo.advance(message_of(r))
    notes[target] = ("100644", oid)
    repo.notes = notes
    before = getattr(repo, "note_head", None)
    repo.note_head = repo.commit("Notes added by 'git notes add'\n", dict(notes), [before] if before else [])
    repo.ref(ref, repo.note_head)
    return place(doc.spans, oid, path=target, commit=repo.note_head)


def other_note(repo, doc, r):
    oid = repo.blob(doc.data)
    commit = repo.commit("Notes added by 'git notes add'\n", {repo.head[:2] + "/" + repo.head[2:]: ("100644", oid)}, [])
    repo.ref(f"refs/notes/review-{r.randrange(1000)}", commit)
    return place(doc.spans, oid, commit=commit)


def content_of(repo, oid):
    """The content of an object that was just made."""
    return repo.objects[oid][1]


def clean(data):
    """A message holds no NUL, as git would cut it there."""
    return data.replace(b"\0", b" ").rstrip(b"\n") + b"\n"


def commit_message(repo, doc, r):
    text = clean(doc.data)
    commit = repo.advance(r.choice([b"Rotate credentials\n\n", b"Deploy\n\n", b""]) + text)
    at = content_of(repo, commit).index(text)
    return place(moved(doc.spans, at), commit, "commit", "message", commit=commit)


def dropped_message(repo, doc, r):
    text = clean(doc.data)
    commit = repo.commit(b"WIP\n\n" + text)
    repo.reflog("HEAD", [repo.head, commit, repo.head], "commit (amend)")
    return place(moved(doc.spans, content_of(repo, commit).index(text)), commit, "commit", "message", commit=commit)


def tag_message(repo, doc, r):
    text = clean(doc.data)
    oid = repo.tag(f"rel-{r.randrange(10**6)}", repo.head, text)
    return place(moved(doc.spans, content_of(repo, oid).index(text)), oid, "tag", "message")


def nested_tag(repo, doc, r):
    text = clean(doc.data)
    inner = repo.tag(f"inner-{r.randrange(10**6)}", repo.head, text, ref=False)
    repo.tag(f"outer-{r.randrange(10**6)}", inner, "outer\n", "tag")
    return place(moved(doc.spans, content_of(repo, inner).index(text)), inner, "tag", "message")


def mergetag_header(repo, doc, r):
    text = clean(doc.data)
    lines = b"\n ".join([b"object " + repo.head.encode(), b"type commit", b"tag x", b"tagger A <a@acme.test> 1500000000 +0000", b"", *text.rstrip(b"\n").split(b"\n")])
    if b"\n" in text.rstrip(b"\n"):
        return commit_message(repo, doc, r)
    commit = repo.advance("Merge tag 'x'\n", extra=b"mergetag " + lines + b"\n")
    return place(moved(doc.spans, content_of(repo, commit).index(text.rstrip(b"\n"))), commit, "commit", "header", commit=commit)


def symlink(repo, doc, r):
    data = doc.data.rstrip(b"\r\n")
    oid = repo.blob(data)
    repo.files[doc.path] = ("120000", oid)
    return place(doc.spans, oid, path=doc.path, commit=repo.advance(message_of(r)))


def typechange(repo, doc, r):
    path = doc.path
    repo.files[path] = ("120000", repo.blob(b"../common/settings"))
    repo.advance(message_of(r))
    return head(repo, doc, r)


def no_diff(repo, doc, r):
    repo.files[".gitattributes"] = ("100644", repo.blob(b"*.secret -diff -text\n*.dat binary\n"))
    doc.path += ".secret"
    return head(repo, doc, r)


def index_only(repo, doc, r):
    oid = repo.blob(doc.data)
    repo.staged[doc.path] = ("100644", oid)
    return place(doc.spans, oid, path=doc.path)


def linked_worktree(repo, doc, r):
    oid, commit = aside(repo, doc, r)
    name = f"wt{r.randrange(10**5)}"
    repo.put(f"worktrees/{name}/HEAD", commit + "\n")
    repo.put(f"worktrees/{name}/commondir", "../..\n")
    repo.put(f"worktrees/{name}/gitdir", f"/nowhere/{name}/.git\n")
    return place(doc.spans, oid, path=doc.path, commit=commit)


def renamed_and_edited(repo, doc, r):
    old = doc.path + ".old"
    lines = b"".join(b"setting_%d = %d\n" % (n, r.randrange(10**6)) for n in range(60))
    repo.files[old] = ("100644", repo.blob(lines))
    repo.advance(message_of(r))
    del repo.files[old]
    doc.data, doc.spans = lines + doc.data, moved(doc.spans, len(lines))
    return head(repo, doc, r)


def special_ref(name):
    def apply(repo, doc, r):
        oid, commit = aside(repo, doc, r)
        repo.put(name, commit + "\n")
        repo.reflog("HEAD", [repo.head], "commit: work")
        return place(doc.spans, oid, path=doc.path, commit=commit)
    return apply


def replaced(repo, doc, r):
    """The original of an object that a replace ref hides."""
    out = head(repo, doc, r)
    repo.ref(f"refs/replace/{out[0]['object']}", repo.blob(b"nothing here\n"))
    return out


# Name: class, function. Placements that need a text or a single line are in groups below.
FILES = {
    "deleted": ("plain", deleted), "edited-away": ("plain", edited), "executable": ("plain", executable),
    "other-branch": ("plain", on_ref("refs/heads/feature/{}")), "remote-branch": ("plain", on_ref("refs/remotes/origin/topic-{}")),
    "pull-ref": ("plain", on_ref("refs/pull/{}/head")), "merge-request": ("hard", on_ref("refs/merge-requests/{}/head")),
    "original-ref": ("hard", on_ref("refs/original/refs/heads/b{}")), "bisect-ref": ("hard", on_ref("refs/bisect/bad-{}")),
    "orphan-branch": ("plain", orphan), "tag-only": ("plain", tag_only), "tag-of-blob": ("rest", tag_of_blob),
    "tag-of-tree": ("rest", tag_of_tree), "evil-merge": ("hard", evil_merge), "octopus-merge": ("hard", octopus_merge),
    "merge-then-gone": ("hard", merge_then_gone), "stash": ("hard", stash("worktree")), "stash-index": ("hard", stash("index")),
    "stash-untracked": ("hard", stash("untracked")), "stash-old": ("hard", stash("worktree", True)),
    "reflog": ("hard", reflog_only("HEAD")), "reflog-branch": ("hard", reflog_only("refs/heads/main")),
    "dangling-commit": ("hard", dangling_commit), "dangling-blob": ("hard", dangling_blob), "dangling-tree": ("hard", dangling_tree),
    "note": ("plain", note), "note-other": ("hard", other_note), "typechange": ("hard", typechange), "no-diff": ("hard", no_diff),
    "index": ("hard", index_only), "linked-worktree": ("hard", linked_worktree), "renamed-edited": ("plain", renamed_and_edited),
    "orig-head": ("hard", special_ref("ORIG_HEAD")), "replaced": ("hard", replaced),
}
MESSAGES = {
    "commit-message": ("rest", commit_message), "tag-message": ("rest", tag_message), "nested-tag": ("rest", nested_tag),
    "dropped-message": ("rest", dropped_message),
}
LINES = {"symlink": ("rest", symlink), "mergetag": ("rest", mergetag_header)}
