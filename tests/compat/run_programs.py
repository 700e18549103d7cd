#!/usr/bin/env python3
"""Compiles the programs of a folder as users of Windows sources do, runs them, and compares what they print.

usage: run_programs.py --programs FOLDER --include FOLDER… --library FOLDER --output FOLDER [--launcher COMMAND]
                       [--standards all|ends] --compiler COMMAND [NAME…]

Each NAME.cc is compiled in every standard of C++ from 14 to 23 that the compiler knows, or only in the oldest and the
newest, each NAME.c in C11 by the compiler's C side; the newest is linked with libopenwmi and run, and its output, errors
included, must be NAME.expected.
Programs run in a folder of their own, with a home and a registry of their own, without a terminal, in the locale "C".
Lines at the head of a source say what is special about it:

    // flags: -DUNICODE -D_UNICODE     options of the compiler
    // also: -DUNICODE                 compiled and run once more with these, same output
    // arguments: one Grüß             what the program is started with
    // exit: 3                         how it ends; 0 when nothing is said
    // without: wrl/client.h           left out when this header does not exist

Exit code 1 when a program does not compile, does not link, does not end or prints something else; 77 when the compiler
is not here.
"""
import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import time

CPP_STANDARDS = ('14', '17', '20', '23', '2b')
DEADLINE_S = 60

# What programs do carelessly is not what is tested here: NULL for numbers, literals for BSTRs.
WARNINGS = ['-Wall', '-Wextra', '-Wshadow', '-Werror', '-Wno-unknown-pragmas', '-Wno-deprecated-declarations',
            '-Wno-unknown-warning-option']
CPP_WARNINGS = ['-Wno-conversion-null', '-Wno-null-conversion', '-Wno-write-strings', '-Wno-writable-strings',
                '-Wno-delete-non-virtual-dtor', '-Wno-delete-non-abstract-non-virtual-dtor']


class Program:
    """A source and what its head says."""

    def __init__(self, source):
        self.source = source
        self.name = source.stem
        self.is_c = source.suffix == '.c'
        head = dict(re.findall(r'^// (flags|also|arguments|exit|without): (.*)$', source.read_text(), re.MULTILINE))
        self.flags = shlex.split(head.get('flags', ''))
        self.modes = [[], shlex.split(head['also'])] if 'also' in head else [[]]
        self.arguments = shlex.split(head.get('arguments', ''))
        self.exit_code = int(head.get('exit', '0'))
        self.needs = head.get('without')
        self.expected = source.with_suffix('.expected')


def c_side(compiler):
    path = pathlib.Path(compiler)
    return str(path.with_name(path.name.replace('clang++', 'clang').replace('g++', 'gcc')))


def standards(compiler, scratch):
    empty = scratch / 'empty.cc'
    empty.write_text('int main() {}\n')
    known = [name for name in CPP_STANDARDS
             if subprocess.run([compiler, f'-std=c++{name}', '-Werror', '-fsyntax-only', str(empty)],
                               capture_output=True).returncode == 0]
    if '23' in known:
        known.remove('2b')
    return known


class Runner:
    def __init__(self, options):
        self.options = options
        self.includes = [word for folder in options.include for word in ('-I', str(folder))]
        known = standards(options.compiler, options.output)
        self.standards = known if options.standards == 'all' else sorted({known[0], known[-1]})

    def compile_command(self, program, standard, mode, target):
        command = [*self.options.launcher, c_side(self.options.compiler) if program.is_c else self.options.compiler]
        command += ['-std=c11' if program.is_c else f'-std=c++{standard}', '-O0', *WARNINGS]
        if not program.is_c:
            command += CPP_WARNINGS
        return [*command, *self.includes, *program.flags, *mode, '-c', str(program.source), '-o', str(target)]

    def jobs(self, program):
        for number, mode in enumerate(program.modes):
            for standard in (['11'] if program.is_c else self.standards):
                newest = program.is_c or standard == self.standards[-1]
                if number > 0 and not newest:
                    continue
                yield program, standard, mode, newest, number

    def do(self, job):
        """A text that says what is wrong; empty when nothing is."""
        program, standard, mode, newest, number = job
        place = self.options.output / program.name
        place.mkdir(parents=True, exist_ok=True)
        label = f'{program.source.name} in {"C" if program.is_c else "C++"}{standard} {" ".join(mode)}'.rstrip()
        target = place / f'{standard}_{number}.o'
        result = subprocess.run(self.compile_command(program, standard, mode, target), capture_output=True, text=True)
        if result.returncode != 0:
            return f'{label}: does not compile\n{result.stderr}'
        if not newest:
            return ''
        executable = place / f'program_{number}'
        linker = c_side(self.options.compiler) if program.is_c else self.options.compiler
        library = str(self.options.library)
        result = subprocess.run([linker, str(target), '-L', library, f'-Wl,-rpath,{library}', '-lopenwmi_main',
                                 '-lopenwmi', '-o', str(executable)], capture_output=True, text=True)
        if result.returncode != 0:
            return f'{label}: does not link\n{result.stderr}'
        return self.run(program, executable, place / f'home_{number}', label)

    def run(self, program, executable, home, label):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        environment = {'PATH': os.environ.get('PATH', ''), 'HOME': str(home), 'XDG_STATE_HOME': str(home / 'state'),
                       'OPENWMI_REGISTRY': str(home / 'registry'), 'TMPDIR': str(home)}
        try:
            # A session of its own: no terminal of whoever runs the test.
            result = subprocess.run([str(executable), *program.arguments], cwd=home, env=environment, timeout=DEADLINE_S,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    start_new_session=True)
        except subprocess.TimeoutExpired as late:
            return f'{label}: has not ended after {DEADLINE_S} s\n{(late.stdout or b"").decode(errors="replace")}'
        output = result.stdout.decode(errors='replace').replace(str(home), '<home>')
        (home.with_name(home.name + '.out')).write_text(output)
        if result.returncode != program.exit_code:
            return f'{label}: ended with {result.returncode}, not {program.exit_code}\n{output}'
        expected = program.expected.read_text() if program.expected.exists() else ''
        if output != expected:
            lines = difflib.unified_diff(expected.splitlines(), output.splitlines(), program.expected.name, 'output',
                                         lineterm='')
            return f'{label}: prints something else\n' + '\n'.join(lines)
        return ''


def chosen(options):
    for source in sorted([*options.programs.glob('*.cc'), *options.programs.glob('*.c')]):
        program = Program(source)
        if options.names and program.name not in options.names:
            continue
        if program.needs and not any((folder / program.needs).exists() for folder in options.include):
            continue
        yield program


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--programs', type=pathlib.Path, required=True)
    parser.add_argument('--include', type=pathlib.Path, action='append', required=True)
    parser.add_argument('--library', type=pathlib.Path, required=True)
    parser.add_argument('--output', type=pathlib.Path, required=True)
    parser.add_argument('--launcher', type=shlex.split, default=[])
    parser.add_argument('--standards', choices=('all', 'ends'), default='all')
    parser.add_argument('--compiler', required=True)
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()
    if shutil.which(options.compiler) is None:
        print(f'{options.compiler} is not here')
        return 77
    options.output.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    runner = Runner(options)
    programs = list(chosen(options))
    if not programs:
        sys.exit(f'no program of that name in {options.programs}')
    jobs = [job for program in programs for job in runner.jobs(program)]
    faults = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for complaint in pool.map(runner.do, jobs):
            if complaint:
                faults += 1
                print(complaint, file=sys.stderr)
    print(f'{options.compiler}: {len(programs)} programs, C++ {", ".join(runner.standards)}: {len(jobs)} compilations, '
          f'{faults} faults, {time.monotonic() - start:.0f} s')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
