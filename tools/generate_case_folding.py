#!/usr/bin/env python3
"""Writes src/base/case_folding.inc: the simple case folding of Unicode as ranges.

Run it when a newer Unicode is wanted, and commit the result:  tools/generate_case_folding.py > src/base/case_folding.inc

The simple folding of a character is its full folding where that is one character, else its lower case where that is one
character, else the character itself. A row {first, last, stride, delta} says: every stride-th character from first to last
folds to itself plus delta. Case pairs stand either side by side (stride 2) or in blocks (stride 1).
"""
import sys
import unicodedata


def fold(code):
    character = chr(code)
    for candidate in (character.casefold(), character.lower()):
        if len(candidate) == 1:
            return ord(candidate)
    return code


def ranges():
    """Greedy runs of equal delta; a run's stride is the distance of its first two members, 1 or 2."""
    pairs = [(c, fold(c) - c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF and fold(c) != c]
    result = []
    for code, delta in pairs:
        if result:
            first, last, stride, known = result[-1]
            gap = code - last
            if known == delta and gap <= 2 and (stride == 0 or gap == stride):
                result[-1] = (first, code, gap, delta)
                continue
        result.append((code, code, 0, delta))
    return [(first, last, stride or 1, delta) for first, last, stride, delta in result]


def main():
    rows = ranges()
    out = sys.stdout
    out.write("// The simple case folding of Unicode %s as ranges: {first, last, stride, delta}.\n" % unicodedata.unidata_version)
    out.write("// Written by tools/generate_case_folding.py; do not edit. It is committed, unlike other generated files, so that the\n")
    out.write("// folding does not depend on the Unicode version of the python that happens to be on the building machine.\n")
    for first, last, stride, delta in rows:
        out.write("{0x%04X, 0x%04X, %d, %d},\n" % (first, last, stride, delta))


if __name__ == "__main__":
    main()
