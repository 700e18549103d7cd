#!/usr/bin/env python3
"""clang-tidy on many sources, each asked about once.

usage: tidy.py BUILD_FOLDER [--checks=CHECKS] FILE…

A source that was clean is not looked at again while nothing that the answer depends on has changed: the text after the
preprocessor (with its comments, where NOLINT stands), the options, .clang-tidy and the tool. What was clean is remembered by a
digest under $XDG_CACHE_HOME/openwmi/tidy, without paths, so that every checkout profits. Findings go to stdout, notes of the
tool to stderr; 1 when something was found.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

TOOL = "clang-tidy-19"
SECONDS_MAX = 600
REMEMBERED_DAYS = 60


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(base) / "openwmi" / "tidy"


def compile_commands(build):
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = entry.get("arguments") or shlex.split(entry["command"])
        commands[os.path.realpath(os.path.join(entry["directory"], entry["file"]))] = (entry["directory"], words)
    return commands


def preprocessor(words):
    """The command without its object file, and as a preprocessor run that keeps comments."""
    result, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in ("-o", "-MF", "-MT", "-MQ"):
            skip = True
        elif word not in ("-c", "-MD", "-MMD") and not word.endswith("ccache"):
            result.append(word)
    return result + ["-E", "-CC"]


def digest(root, command, fixed):
    """What the answer depends on; None when the preprocessor fails, so that clang-tidy tells why."""
    directory, words = command
    run = subprocess.run(preprocessor(words), cwd=directory, capture_output=True, timeout=SECONDS_MAX, check=False)
    if run.returncode != 0:
        return None
    text = run.stdout.replace(root.encode() + b"/", b"")
    options = " ".join(words).replace(root + "/", "")
    return hashlib.sha256(b"\0".join([fixed, options.encode(), text])).hexdigest()


def check(file, build, root, command, checks, fixed):
    """The findings and notes about one file, and whether it is clean."""
    try:
        key = digest(root, command, fixed) if command else None
        mark = cache_folder() / key[:2] / key if key else None
        if mark is not None and mark.exists():
            os.utime(mark)
            return "", "", True
        run = subprocess.run(
            [TOOL, "-p", str(build), "--quiet", "--warnings-as-errors=*", *checks, file],
            cwd=root, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired:
        return f"{file}: no answer after {SECONDS_MAX} s\n", "", False
    if run.returncode == 0 and mark is not None:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    return run.stdout, run.stderr, run.returncode == 0


def forget_old():
    oldest = time.time() - REMEMBERED_DAYS * 86400
    for mark in cache_folder().glob("*/*"):
        if mark.stat().st_mtime < oldest:
            mark.unlink(missing_ok=True)


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    build = pathlib.Path(arguments[0]).resolve()
    checks = [word for word in arguments[1:] if word.startswith("--")]
    files = [word for word in arguments[1:] if not word.startswith("--")]
    root = os.getcwd()
    commands = compile_commands(build)
    version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
    fixed = b"\0".join([version, pathlib.Path(".clang-tidy").read_bytes(), " ".join(checks).encode()])
    forget_old()
    is_clean = True
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        asked = [pool.submit(check, file, build, root, commands.get(os.path.realpath(file)), checks, fixed)
                 for file in files]
        for answer in asked:
            findings, notes, good = answer.result()
            sys.stdout.write(findings)
            sys.stdout.flush()
            sys.stderr.write(notes)
            is_clean = is_clean and good
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
