#!/usr/bin/env python3
"""Checks that every header compiles alone.

usage: check_headers.py --compiler "COMPILER [FLAG…]" --output FOLDER [--include FOLDER]… HEADER_ROOT…

A header h under HEADER_ROOT is compiled as a source of one line that includes it, with HEADER_ROOT… and FOLDER… as
include folders. The objects go to FOLDER, so that a compiler cache answers for what has not changed. Left out is a
header that its own source, the .cc beside it, includes before anything else, since the build has compiled it alone;
and headers in a folder "detail", which are parts of others. Exit code 1 when one does not compile.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys


def own_source_begins_with(root, header):
    source = header.with_suffix('.cc')
    if not source.exists():
        return False
    first = re.search(r'^#include ["<](.+)[">]', source.read_text(), re.MULTILINE)
    return first is not None and any(folder / first[1] == header for folder in [root, *header.parents])


def compile_alone(command, output, root, header):
    name = str(header.relative_to(root))
    source = output / (root.name + '__' + name.replace('/', '__') + '.cc')
    text = f'#include "{name}"\n'
    # Rewritten only when it differs: a new time stamp makes a compiler cache look again.
    if not source.exists() or source.read_text() != text:
        source.write_text(text)
    result = subprocess.run([*command, '-c', str(source), '-o', str(source.with_suffix('.o'))], capture_output=True,
                            text=True)
    return header, result.returncode, result.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--compiler', required=True)
    parser.add_argument('--output', required=True, type=pathlib.Path)
    parser.add_argument('--include', action='append', default=[], type=pathlib.Path)
    parser.add_argument('roots', nargs='+', type=pathlib.Path)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    command = shlex.split(options.compiler) + [f'-I{folder}' for folder in [*options.roots, *options.include]]
    jobs = []
    bad = proven = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for root in options.roots:
            for header in sorted(root.rglob('*.h')):
                if 'detail' in header.relative_to(root).parts:
                    continue
                if own_source_begins_with(root, header):
                    proven += 1
                    continue
                jobs.append(pool.submit(compile_alone, command, options.output, root, header))
        for job in jobs:
            header, code, errors = job.result()
            if code != 0:
                bad += 1
                print(f'{header}: does not compile alone\n{errors}')
    total = len(jobs) + proven
    print(f'headers: {bad} of {total} do not compile alone' if bad else
          f'headers: all {total} compile alone, {proven} of them in their own source')
    if not total:
        print('headers: no header found; the folders are wrong')
    return 1 if bad or not total else 0


if __name__ == '__main__':
    sys.exit(main())
