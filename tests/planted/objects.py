"""Git repositories written byte by byte: objects, refs, reflogs, index. No git is run, nothing of the
machine gets in, and equal input gives equal files."""

import hashlib
import os
import struct
import zlib

NAMES = [
    ("Ana Lima", "ana@acme.test"), ("Bo Larsen", "bo@acme.test"), ("Chidi Okoro", "chidi@northwind.test"),
    ("Dana Weiss", "dana@hooli.test"), ("Emre Kaya", "emre@initech.test"),
]

KINDS = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}


def entry_head(kind, size):
    """Type and size as they stand before an entry of a pack."""
    out, rest = bytearray([kind << 4 | size & 15]), size >> 4
    while rest:
        out[-1] |= 0x80
        out.append(rest & 0x7F)
        rest >>= 7
    return bytes(out)


class Repo:
    """A repository that grows commit by commit. `files` is the tree of the branch that is being built."""

    def __init__(self, path, r, bare=True, algorithm="sha1"):
        self.path, self.r, self.bare, self.algorithm = path, r, bare, algorithm
        self.git = path if bare else os.path.join(path, ".git")
        self.files, self.head, self.now = {}, None, 1_500_000_000 + r.randrange(10**8)
        self.staged, self.trees = {}, {}
        # All objects by id, in the order of their making: kind and content.
        self.objects = {}
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
            os.makedirs(os.path.join(self.git, folder))
        config = f"[core]\n\trepositoryformatversion = {int(algorithm != 'sha1')}\n\tfilemode = true\n\tbare = {str(bare).lower()}\n"
        if algorithm != "sha1":
            config += "[extensions]\n\tobjectFormat = sha256\n"
        self.put("config", config)
        self.put("HEAD", "ref: refs/heads/main\n")

    def put(self, name, content):
        """Writes a file below the git directory."""
        path = os.path.join(self.git, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def object(self, kind, data):
        """Notes an object and returns its id."""
        oid = hashlib.new(self.algorithm, b"%s %d\0" % (kind.encode(), len(data)) + data).hexdigest()
        self.objects.setdefault(oid, (kind, data))
        return oid

    def blob(self, data):
        return self.object("blob", data)

    def tree(self, files):
        """The tree of a mapping from paths to (mode, id)."""
        return self.subtree(sorted((path.split("/"), entry) for path, entry in files.items()))

    def subtree(self, items):
        key = repr(items)
        if key in self.trees:
            return self.trees[key]
        entries, folders = [], {}
        for parts, entry in items:
            if len(parts) == 1:
                entries.append((parts[0].encode(), *entry))
            else:
                folders.setdefault(parts[0], []).append((parts[1:], entry))
        entries += [(name.encode(), "40000", self.subtree(below)) for name, below in folders.items()]
        entries.sort(key=lambda e: e[0] + (b"/" if e[1] == "40000" else b""))
        data = b"".join(f"{mode} ".encode() + name + b"\0" + bytes.fromhex(oid) for name, mode, oid in entries)
        self.trees[key] = self.object("tree", data)
        return self.trees[key]

    def person(self):
        self.now += self.r.randrange(60, 90_000)
        name, email = self.r.choice(NAMES)
        return name, email

    def commit(self, message, files=None, parents=None, author=None, committer=None, extra=b""):
        """A commit of `files` (or those of the branch) on `parents` (or the branch's tip)."""
        files = self.files if files is None else files
        parents = ([self.head] if self.head else []) if parents is None else parents
        who = self.person()
        author, committer = author or who, committer or who
        lines = [f"tree {self.tree(files)}"] + [f"parent {p}" for p in parents]
        lines += [f"{role} {name} <{email}> {self.now} +0000" for role, (name, email) in (("author", author), ("committer", committer))]
        message = message if isinstance(message, bytes) else message.encode()
        data = "\n".join(lines).encode() + b"\n" + extra + b"\n" + message
        return self.object("commit", data)

    def advance(self, message, **more):
        """A commit on the branch that is being built."""
        self.head = self.commit(message, **more)
        return self.head

    def tag(self, name, target, message, kind="commit", ref=True):
        data = f"object {target}\ntype {kind}\ntag {name}\ntagger Ana Lima <ana@acme.test> {self.now} +0000\n\n".encode()
        oid = self.object("tag", data + (message if isinstance(message, bytes) else message.encode()))
        if ref:
            self.ref(f"refs/tags/{name}", oid)
        return oid

    def ref(self, name, oid):
        self.put(name, oid + "\n")

    def reflog(self, name, oids, text="commit: work"):
        rows, before = "", "0" * len(oids[0])
        for oid in oids:
            self.now += 60
            rows += f"{before} {oid} Ana Lima <ana@acme.test> {self.now} +0000\t{text}\n"
            before = oid
        path = os.path.join(self.git, "logs", name)
        old = open(path).read() if os.path.exists(path) else ""
        self.put(f"logs/{name}", old + rows)

    def index(self, name="index", files=None):
        """An index without any file times: what `git update-index --cacheinfo` would leave."""
        entries = sorted((files or {**self.files, **self.staged}).items(), key=lambda e: e[0].encode())
        out = b"DIRC" + struct.pack(">II", 2, len(entries))
        for path, (mode, oid) in entries:
            raw = path.encode()
            entry = bytes(24) + struct.pack(">I", int(mode, 8)) + bytes(12) + bytes.fromhex(oid)
            entry += struct.pack(">H", min(len(raw), 0xFFF)) + raw
            out += entry + bytes(8 - len(entry) % 8)
        self.put(name, out + hashlib.new(self.algorithm, out).digest())

    def checkout(self, contents):
        """Writes the files of the work tree, for a repository that has one."""
        for path, data in contents.items():
            full = os.path.join(self.path, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(data)

    def write_loose(self):
        for oid, (kind, data) in self.objects.items():
            whole = b"%s %d\0" % (kind.encode(), len(data)) + data
            self.put(f"objects/{oid[:2]}/{oid[2:]}", zlib.compress(whole, 6))

    def write_pack(self):
        """One pack of whole objects, and its index of version 2."""
        digest = lambda data: hashlib.new(self.algorithm, data).digest()
        pack, places = bytearray(b"PACK" + struct.pack(">II", 2, len(self.objects))), {}
        for oid, (kind, data) in self.objects.items():
            entry = entry_head(KINDS[kind], len(data)) + zlib.compress(data, 6)
            places[oid] = (len(pack), zlib.crc32(entry))
            pack += entry
        pack += digest(bytes(pack))
        order = sorted(places)
        fan = [sum(int(oid[:2], 16) <= n for oid in order) for n in range(256)]
        index = b"\xfftOc" + struct.pack(">I256I", 2, *fan) + b"".join(map(bytes.fromhex, order))
        index += b"".join(struct.pack(">I", places[oid][1]) for oid in order)
        index += b"".join(struct.pack(">I", places[oid][0]) for oid in order)
        index += bytes(pack[-len(digest(b"")):])
        name = f"objects/pack/pack-{digest(bytes(pack)).hex()}"
        self.put(f"{name}.pack", bytes(pack))
        self.put(f"{name}.idx", index + digest(index))

    def finish(self, packed):
        """Writes the objects and the branch."""
        self.ref("refs/heads/main", self.head)
        if packed:
            self.write_pack()
        else:
            self.write_loose()
