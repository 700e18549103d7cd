#!/usr/bin/env python3
"""Checks that a shared library exports exactly the listed symbols, and writes the linker's version script from the list.

usage: check_exports.py --library LIB LIST…               compare
       check_exports.py --version-script NAME LIST…       write the script to standard output; NAME is the version node

A list has one symbol a line, mangled where C++ mangles; "#" begins a comment. Exit code 1 on a difference.
"""
import argparse
import pathlib
import subprocess
import sys


def read_lists(paths):
    symbols = set()
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            words = line.split('#')[0].split()
            if len(words) > 1:
                sys.exit(f'{path}:{number}: one symbol a line')
            symbols.update(words)
    return symbols


def exported(library):
    listing = subprocess.run(['nm', '-D', '--defined-only', '--format=posix', str(library)], capture_output=True,
                             text=True, check=True)
    symbols = set()
    for line in listing.stdout.splitlines():
        name, kind = line.split()[:2]
        if kind != 'A':  # the version node itself is an absolute symbol
            symbols.add(name.split('@')[0])
    return symbols


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--library', type=pathlib.Path)
    parser.add_argument('--version-script')
    parser.add_argument('lists', nargs='+', type=pathlib.Path)
    options = parser.parse_args()
    listed = read_lists(options.lists)
    if options.version_script:
        symbols = ''.join(f'    {symbol};\n' for symbol in sorted(listed))
        print(f'{options.version_script} {{\n  global:\n{symbols}  local:\n    *;\n}};')
        return 0
    found = exported(options.library)
    for symbol in sorted(listed - found):
        print(f'{symbol}: listed but not exported')
    for symbol in sorted(found - listed):
        print(f'{symbol}: exported but not listed')
    if not listed:
        print('the list is empty')
    good = listed == found and listed
    print(f'exports: {len(found)} symbols, as listed' if good else 'exports: library and list differ')
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
