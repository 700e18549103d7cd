#!/usr/bin/env python3
"""Checks that what a module makes visible is what its list of exports names.

usage: check_visible_symbols.py ARCHIVE LIST

A function that a header declares and nobody put on the list would be hidden in the library; a name on the list that
nothing defines is an error of the list. Parts of the C++ library and type information do not count. Exit code 1 on a
difference.
"""
import pathlib
import re
import subprocess
import sys

IGNORED = re.compile(r'_ZN?K?St|_ZT|_ZN9__gnu_cxx|__asan|__odr_asan|DW\.ref')


def visible(archive):
    listing = subprocess.run(['readelf', '-sW', archive], capture_output=True, text=True, check=True).stdout
    symbols = set()
    for line in listing.splitlines():
        fields = line.split()
        if len(fields) == 8 and fields[4] in ('GLOBAL', 'WEAK') and fields[5] == 'DEFAULT' and fields[6] != 'UND':
            if not IGNORED.match(fields[7]):
                symbols.add(fields[7])
    return symbols


def main(archive, listed):
    names = {line.split('#')[0].strip() for line in pathlib.Path(listed).read_text().splitlines()} - {''}
    found = visible(archive)
    for name in sorted(found - names):
        print(f'{name}: visible, but not in {listed}', file=sys.stderr)
    for name in sorted(names - found):
        print(f'{name}: in {listed}, but not defined', file=sys.stderr)
    return 0 if names == found else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
