#!/usr/bin/env python3
"""Checks the sources for what the house rules ban.

usage: check_banned.py [ROOT]     ROOT is the source tree; the one this file lies in when left out

Each rule is a pattern, the files it holds for and what to do instead. A line that must break a rule says why:
  // NOLINT(banned): reason
Exit code 1 when a line breaks a rule.
"""
import pathlib
import re
import subprocess
import sys

CODE = {'.h', '.cc', '.inc'}
ALLOWED = re.compile(r'NOLINT\(banned\): *\S')


def is_test(path):
    return path.endswith('_test.cc') or path.startswith('tests/')


def is_product(path):
    """Code that runs in a user's process: threads and time belong to exec/ there."""
    return path.startswith(('src/', 'apps/')) and not is_test(path) and not path.startswith('src/exec/')


RULES = [
    # (name, pattern, applies to path, advice)
    ('thread', r'\bstd::(j?thread)\b(?!::)|\bpthread_create\b', is_product, 'threads are created in src/exec alone'),
    ('detach', r'\.detach\(\)', is_product, 'a thread has an owner that joins it'),
    ('sleep', r'\b(sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w:.>])(::)?sleep\(\d',
     lambda p: p.startswith(('src/', 'apps/')) and not p.startswith('src/exec/'), 'wait for the event, with a deadline'),
    ('mutex', r'\bstd::(recursive_|timed_|shared_|recursive_timed_)?mutex\b',
     lambda p: is_product(p) and p != 'src/base/mutex.h', 'the annotated Mutex of base/mutex.h is the only one'),
    ('todo', r'TODO\(now\)', lambda p: True, 'do it now'),
    # ATL's headers open its namespace: sources count on it.
    ('using', r'^\s*using\s+namespace\b', lambda p: p.endswith('.h') and p.startswith(('src/', 'include/')) and
     p != 'include/wbem/detail/atl_open_namespace.h',
     'a header must not push names on who includes it'),
    ('regex', r'#include <regex>', lambda p: p != 'tests/headers/standard_headers.h',
     'g++ 12 warns inside of it in the asan build; MatchesRegex of GoogleTest does for tests'),
    ('path', r'(?<![\w.}$)])/(home|work|root)/\w', lambda p: not p.endswith(('.mof', '.machine')), 'no path of one machine'),
    ('cout', r'\bstd::(cout|cerr|clog)\b|(?<![\w.>])printf\(',
     lambda p: p.startswith('src/') and not is_test(p) and not p.startswith(('src/com/', 'src/crt/', 'src/win32/')), 'a library does not print'),
]


def files(root):
    """What version control knows or would take; without it, everything but build/."""
    listing = subprocess.run(['git', '-C', str(root), 'ls-files', '-co', '--exclude-standard'], capture_output=True,
                             text=True)
    if listing.returncode == 0:
        return sorted(set(listing.stdout.split('\n')) - {''})
    names = (file.relative_to(root) for file in root.rglob('*') if file.is_file())
    return sorted(str(name) for name in names if name.parts[0] not in ('build', '.git'))


def check(path, text):
    code = pathlib.PurePath(path).suffix in CODE
    rules = [(name, re.compile(pattern), advice) for name, pattern, applies, advice in RULES
             if applies(path) and (code or name in ('todo', 'path'))]
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        for name, pattern, advice in rules:
            # Comments may speak of banned things, save for the rules about comments themselves.
            subject = line if name in ('todo', 'path') else line.split('//')[0]
            if pattern.search(subject) and not ALLOWED.search(line):
                faults.append(f'{path}:{number}: {name}: {pattern.search(subject).group(0).strip()}: {advice}')
    return faults


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).resolve().parent.parent)
    own = {'tools/check_banned.py', 'tests/tools/check_banned_test.py'}  # they spell what they ban
    faults = []
    count = 0
    for path in files(root):
        if path in own or not (root / path).is_file():
            continue
        try:
            text = (root / path).read_text(encoding='utf-8')
        except UnicodeDecodeError:
            continue
        count += 1
        faults += check(path, text)
    for fault in faults:
        print(fault)
    print(f'banned: {len(faults)} faults' if faults else f'banned: nothing in {count} files')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
