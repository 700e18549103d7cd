#!/usr/bin/env python3
"""Writes the code blocks of a page into a folder: page_blocks.py PAGE FOLDER

A block whose first line is a comment with a file name ("// hello.cpp", "# CMakeLists.txt") is that file; each block of
sh is a numbered script. A block of code that is neither fails the run, so that no code of a page goes untested.
"""
import pathlib
import re
import sys


def main():
    page, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    blocks = re.findall(r'^```(\w*)\n(.*?)^```$', page.read_text(), re.MULTILINE | re.DOTALL)
    if not blocks:
        sys.exit(f'{page}: there is no block of code')
    for number, (language, text) in enumerate(blocks):
        if language == 'sh':
            (folder / f'{number:02}.sh').write_text(text)
            continue
        name = re.match(r'(?://|/\*|#) ([\w.]+)', text)
        if name is None:
            sys.exit(f'{page}: a block of {language or "no language"} does not name its file in a comment: {text[:60]!r}')
        (folder / name[1]).write_text(text)


if __name__ == '__main__':
    main()
