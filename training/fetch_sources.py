"""Brings a source of the corpus onto this machine by name and version, and lists its files."""

import gzip
import html
import json
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path


class SourceMissing(Exception):
    """A source cannot be had; the message says why, in one line."""


def command(*words, cwd=None):
    result = subprocess.run(words, cwd=cwd, capture_output=True, text=True)
    if result.returncode != 0:
        lines = (result.stderr.strip() or result.stdout.strip() or "no message").splitlines()
        raise SourceMissing(f"{words[0]} failed: {lines[-1]}")
    return result.stdout


def download(source, folder):
    """Downloads a package's archive into `folder`, once."""
    folder.mkdir(parents=True, exist_ok=True)
    for archive in folder.iterdir():
        if archive.suffix in (".deb", ".whl", ".tgz"):
            return archive
    if source.registry == "debian":
        command("apt-get", "download", f"{source.name}={source.version}", cwd=folder)
    elif source.registry == "pypi":
        # The wheel, for a current Python: nothing of the package is run here.
        command(
            "python3", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
            "--python-version", "3.13", "--dest", str(folder), f"{source.name}=={source.version}",
        )  # fmt: skip
    else:
        command("npm", "pack", "--silent", f"{source.name}@{source.version}", cwd=folder)
    return next(folder.iterdir())


def git_folder(source, mirrors, folder):
    """A bare clone of the repository: from `mirrors` (OWNER+NAME folders), else from GitHub."""
    if mirrors:
        root = Path(mirrors) / source.name.replace("/", "+")
        for candidate in (root / "repo" / ".git", root / "repo", root / ".git", root):
            if (candidate / "HEAD").exists():
                return candidate
    if not (folder / "HEAD").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command("git", "init", "--quiet", "--bare", str(folder))
        address = f"https://github.com/{source.name}.git"
        command("git", f"--git-dir={folder}", "fetch", "--depth=1", address, source.version)
    return folder


def git_files(git_dir, commit, wanted):
    names = command("git", f"--git-dir={git_dir}", "ls-tree", "-r", "-z", "-l", commit).split("\0")
    rows = []
    for row in filter(None, names):
        meta, path = row.split("\t", 1)
        mode, kind, digest, size = meta.split()
        if kind == "blob" and mode.startswith("100") and wanted(path):
            rows.append((digest, path))
    reader = subprocess.Popen(
        ["git", f"--git-dir={git_dir}", "cat-file", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    for digest, path in rows:
        reader.stdin.write(digest.encode() + b"\n")
        reader.stdin.flush()
        header = reader.stdout.readline().split()
        if header[-1] == b"missing":
            continue
        content = reader.stdout.read(int(header[2]))
        reader.stdout.read(1)
        yield path, content
    reader.stdin.close()
    reader.wait()


def archive_files(archive, wanted):
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for name in sorted(wheel.namelist()):
                if wanted(name):
                    yield name, wheel.read(name)
    elif archive.suffix == ".tgz":
        with tarfile.open(archive) as package:
            for member in package:
                path = member.name.partition("/")[2]
                if member.isfile() and wanted(path):
                    yield path, package.extractfile(member).read()
    else:
        deb = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE)
        with tarfile.open(fileobj=deb.stdout, mode="r|") as package:
            for member in package:
                path = member.name.removeprefix("./")
                if member.isfile() and wanted(path):
                    content = package.extractfile(member).read()
                    if path.endswith((".gz", ".dz")):
                        content = gzip.decompress(content)
                    yield path, content
        deb.wait()


def source_files(source, downloads, mirrors):
    """(path, bytes) of the source's files that `include` and `exclude` let through."""
    include, exclude = re.compile(source.include), re.compile(source.exclude)

    def wanted(path):
        return bool(include.search(path)) and not (source.exclude and exclude.search(path))

    folder = downloads / source.registry / source.name.replace("/", "+")
    if source.registry == "github":
        yield from git_files(git_folder(source, mirrors, folder), source.version, wanted)
    else:
        yield from archive_files(download(source, folder), wanted)


# Formats: each becomes the plain text that a person would read.

BLOCKS = r"(?:p|div|h[1-6]|li|ul|ol|dl|dt|dd|tr|table|section|article|blockquote|header|figure|br|hr)"


def html_to_text(text):
    body = re.search(r"<(?:main|body)\b.*", text, re.S | re.I)
    text = body.group(0) if body else text
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(
        r"<(script|style|nav|head|footer|noscript|svg|form|button)\b.*?</\1>", "", text, flags=re.S | re.I
    )
    pieces = re.split(r"(<pre\b.*?</pre>)", text, flags=re.S | re.I)
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            piece = re.sub(r"\s+", " ", piece)
            piece = re.sub(rf"</?{BLOCKS}\b[^>]*>", "\n\n", piece, flags=re.I)
            piece = re.sub(r"</?(?:td|th)\b[^>]*>", " ", piece, flags=re.I)
        else:
            piece = f"\n\n{piece}\n\n"
        pieces[index] = html.unescape(re.sub(r"<[^>]+>", "", piece))
    lines = [line.rstrip() if line[:2] == "  " else line.strip() for line in "".join(pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def dictionary_entries(text):
    """A dictd file: an entry starts at the margin, its text is indented. Twenty make a document."""
    text = text.expandtabs().replace("{", "").replace("}", "")
    text = re.sub(r"(?<=\S)\n {6,}(?=\S)", " ", text)  # unwrap what continues a sense
    entries, known = [], set()
    for entry in re.split(r"\n(?=\S)", text):
        meaning = entry.partition("\n")[2]
        if meaning.strip() and meaning not in known and not entry.startswith("00-database"):
            known.add(meaning)
            entries.append(entry.rstrip())
    return ["\n\n".join(entries[start : start + 20]) for start in range(0, len(entries), 20)]


def country_profile(text):
    """A country of the World Factbook: its headings and texts, as they are."""
    lines = []

    def walk(value, name, depth):
        if isinstance(value, dict):
            if set(value) == {"text"}:
                plain = re.sub(r"<br\s*/?>|</?p>", "\n", str(value["text"]))
                plain = html.unescape(re.sub(r"<[^>]+>", "", plain)).strip()
                lines.append(f"{name}: {plain}" if depth > 1 else f"{name}\n{plain}")
                return
            lines.append(f"\n{name}\n" if depth == 1 else f"{name}:")
            for key, child in value.items():
                walk(child, key.strip(), depth + 1)
        else:
            lines.append(f"{name}: {html.unescape(re.sub(r'<[^>]+>', ' ', str(value)))}")

    country = json.loads(text)
    government = country.get("Government", {}).get("Country name", {})
    title = government.get("conventional short form", government.get("conventional long form", {}))
    for key, child in country.items():
        walk(child, key, 1)
    return f"# {title.get('text', '')}\n" + re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def documents(source, path, text):
    """The documents of one file: most often the file itself."""
    if path.endswith((".xhtml", ".html", ".htm")):
        return [html_to_text(text)]
    if path.endswith(".dict.dz"):
        return dictionary_entries(text)
    if source.name == "factbook/factbook.json":
        return [country_profile(text)]
    return [text]
