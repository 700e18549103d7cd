#!/usr/bin/env python3
"""Compiles the Windows-named headers and a program over them in every mode that users have.

usage: check_headers_everywhere.py --include FOLDER --output FOLDER --program FILE [--launcher COMMAND] COMPILER…

Every header is compiled alone, in the oldest standard, by the first compiler. For each compiler that exists:
  - the program in C++14, 17, 20 and 23, with the standard headers before and after ours, warnings of the oldest
    common kind as errors; with UNICODE once; for clang also with -fms-extensions.
A launcher is a compiler cache; the objects go to the output folder, so that it answers for what has not changed.
Exit code 1 when something does not compile.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

STANDARDS = ('14', '17', '20', '23')


def run(job):
    name, command = job
    result = subprocess.run(command, capture_output=True, text=True)
    return name, result.returncode, result.stderr


def accepts(command, standard, scratch):
    empty = scratch / 'empty.cc'
    empty.write_text('int main() {}\n')
    return subprocess.run([*command, f'-std=c++{standard}', '-fsyntax-only', str(empty)],
                          capture_output=True).returncode == 0


# What programs do carelessly is not what is tested here: NULL for numbers, literals for BSTRs.
STRICT = ['-Wall', '-Wextra', '-Wshadow', '-Werror', '-Wno-unknown-pragmas', '-Wno-conversion-null',
          '-Wno-null-conversion', '-Wno-write-strings', '-Wno-writable-strings', '-Wno-deprecated-declarations',
          '-Wno-delete-non-virtual-dtor', '-Wno-delete-non-abstract-non-virtual-dtor', '-Wno-unknown-warning-option']


def write(path, text):
    # Only when it differs: a new time stamp makes a compiler cache look again.
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def alone(compiler, options):
    for header in sorted(options.include.rglob('*.h')):
        name = str(header.relative_to(options.include))
        source = options.output / ('alone_' + name.replace('/', '_') + '.cc')
        write(source, f'#include "{name}"\n')
        yield (f'{name} alone', [*options.launcher, compiler, '-I', str(options.include), '-std=c++11', *STRICT, '-c',
                                 str(source), '-o', str(source.with_suffix('.o'))])


def program(compiler, options):
    for standard in STANDARDS:
        if not accepts([compiler], standard, options.output):
            continue
        modes = [[], ['-DWBEM_STANDARD_FIRST']]
        if standard == '17':
            modes += [['-DUNICODE', '-D_UNICODE']] + ([['-fms-extensions']] if 'clang' in compiler else [])
        for mode in modes:
            arguments = [f'-std=c++{standard}', *mode]
            label = f'{pathlib.Path(compiler).name} {" ".join(arguments)}'
            target = options.output / (label.replace(' ', '_') + '.o')
            yield (label, [*options.launcher, compiler, '-I', str(options.include), '-I', str(options.program.parent),
                           *arguments, *STRICT, '-c', str(options.program), '-o', str(target)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--include', type=pathlib.Path, required=True)
    parser.add_argument('--output', type=pathlib.Path, required=True)
    parser.add_argument('--program', type=pathlib.Path, required=True)
    parser.add_argument('--launcher', type=shlex.split, default=[])
    parser.add_argument('compilers', nargs='+')
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    compilers = {}
    for compiler in options.compilers:
        path = shutil.which(compiler)
        if path is not None:
            compilers.setdefault(os.path.realpath(path), compiler)
    if not compilers:
        sys.exit(f'none of these compilers is there: {" ".join(options.compilers)}')
    names = list(compilers.values())
    jobs = list(alone(names[0], options))
    for compiler in names:
        jobs += program(compiler, options)
    faults = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, code, errors in pool.map(run, jobs):
            if code != 0:
                faults += 1
                print(f'{name}: does not compile\n{errors}', file=sys.stderr)
    print(f'{len(jobs)} compilations, {faults} faults')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
