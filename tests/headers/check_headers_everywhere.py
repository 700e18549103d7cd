#!/usr/bin/env python3
"""Compiles the Windows-named headers and a program over them in every mode that users have.

usage: check_headers_everywhere.py --include FOLDER --c-include FOLDER --output FOLDER --program FILE
                                   [--launcher COMMAND] COMPILER…

Every header is compiled alone by the first compiler: in the oldest C++, in C11, and, where there are interfaces, in C++
with CINTERFACE; the C form of the interfaces is in the second folder. For each compiler that exists:
  - the program in C++14, 17, 20 and 23, with the standard headers before and after ours, warnings of the oldest
    common kind as errors; with UNICODE once; for clang also with -fms-extensions;
  - all headers together in C11.
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


# The headers that C++ programs which ask for the C form of the interfaces (CINTERFACE) include.
WITH_INTERFACES = {'windows.h', 'objbase.h', 'oleauto.h', 'wbemidl.h', 'wmiutils.h'}


def strict(mode):
    """Without what is for C++ alone when the mode is C."""
    return STRICT if 'c' not in mode else [flag for flag in STRICT if 'dtor' not in flag and 'null' not in flag]


def write(path, text):
    # Only when it differs: a new time stamp makes a compiler cache look again.
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def alone(compiler, options):
    for header in sorted(options.include.rglob('*.h')):
        name = str(header.relative_to(options.include))
        source = options.output / ('alone_' + name.replace('/', '_') + '.cc')
        write(source, f'#include "{name}"\n')
        for mode in (['-std=c++11'], ['-std=c++11', '-DCINTERFACE'], ['-x', 'c', '-std=c11']):
            if mode[-1] == '-DCINTERFACE' and name not in WITH_INTERFACES:
                continue
            yield (f'{name} alone {" ".join(mode)}',
                   [*options.launcher, compiler, *options.includes, *mode, *strict(mode), '-c', str(source), '-o',
                    str(source.with_suffix(f'.{mode[-1].strip("-")}.o'))])


def together_in_c(compiler, options):
    names = sorted(str(path.relative_to(options.include)) for path in options.include.glob('*.h'))
    source = options.output / 'together.c'
    write(source, '#define COBJMACROS\n' + ''.join(f'#include "{name}"\n' for name in names))
    mode = ['-x', 'c', '-std=c11']
    yield (f'{compiler} all headers together in C', [compiler, *options.includes, *mode, *strict(mode), '-fsyntax-only',
                                                     str(source)])


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
            yield (label, [*options.launcher, compiler, *options.includes, '-I', str(options.program.parent),
                           *arguments, *STRICT, '-c', str(options.program), '-o', str(target)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--include', type=pathlib.Path, required=True)
    parser.add_argument('--c-include', type=pathlib.Path, required=True)
    parser.add_argument('--output', type=pathlib.Path, required=True)
    parser.add_argument('--program', type=pathlib.Path, required=True)
    parser.add_argument('--launcher', type=shlex.split, default=[])
    parser.add_argument('compilers', nargs='+')
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    options.includes = ['-I', str(options.include), '-I', str(options.c_include)]
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
        jobs += together_in_c(compiler, options)
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
