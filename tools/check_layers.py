#!/usr/bin/env python3
"""Checks that every module includes only what tools/layers allows.

usage: check_layers.py [ROOT]     ROOT is the source tree; the one this file lies in when left out

Faults, one a line as FILE:LINE: text:
  - a quoted include that does not begin with a known module,
  - an include of a module that the row of the including module does not list,
  - a Windows-named header (include/wbem) outside the modules that may see it,
  - a folder with sources under src/ that has no row,
  - a DEPENDS in src/CMakeLists.txt that the row does not list.
Exit code 1 when there is one.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
WMI_MODULE = re.compile(r'^\s*wmi_module\(([^)]*)\)', re.M)
SUFFIXES = {'.h', '.cc', '.inc'}
WINDOWS_ROW = 'windows headers'


class LayerError(Exception):
    pass


def read_layers(path):
    """{module: set of modules, or None for all}, and the set of modules that may include the Windows-named headers."""
    rows, windows = {}, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split('#')[0].strip()
        if not line:
            continue
        name, colon, used = line.partition(':')
        name, used = name.strip(), used.split()
        if not colon or name in rows:
            raise LayerError(f'{path}:{number}: expected one row "module: modules it may use" for each module')
        if name == WINDOWS_ROW:
            windows = set(used)
        else:
            rows[name] = None if used == ['*'] else set(used)
    for name, used in rows.items():
        for other in used or ():
            if other not in rows:
                raise LayerError(f'{path}: the row of {name} lists {other}, which has no row')
    return rows, windows or set()


def find_cycle(rows):
    """A module that reaches itself, or None."""
    def reaches(start, at, seen):
        for other in rows[at] or ():
            if other == start or (other not in seen and not seen.add(other) and reaches(start, other, seen)):
                return True
        return False
    return next((name for name in rows if reaches(name, name, set())), None)


def module_of(path, rows):
    """The longest row that is a leading part of the path 'module/…/file'."""
    parts = path.split('/')[:-1]
    for length in range(len(parts), 0, -1):
        name = '/'.join(parts[:length])
        if name in rows:
            return name
    return None


def check_file(root, file, module, rows, windows, public):
    faults = []
    shown = file.relative_to(root)
    allowed = rows[module]
    for number, line in enumerate(file.read_text(encoding='utf-8', errors='replace').splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, target = match.groups()
        place = f'{shown}:{number}'
        if target in public:
            if module not in windows:
                faults.append(f'{place}: module {module} may not include the public header <{target}>; '
                              f'only {", ".join(sorted(windows))} may')
            continue
        if kind == '<':
            continue
        if module == 'apps' and (root / 'apps' / target).exists():
            continue  # the programs' own headers are named from apps/ on: "wmi/options.h"
        other = module_of(target, rows)
        if other is None:
            faults.append(f'{place}: "{target}" belongs to no module of tools/layers; write it as "module/header.h"')
        elif other != module and allowed is not None and other not in allowed:
            faults.append(f'{place}: module {module} may not include {other} ("{target}"); '
                          f'it may use: {" ".join(sorted(allowed)) or "nothing"}')
    return faults


def check_sources(root, rows, windows):
    include = root / 'include'
    public = {str(header.relative_to(include / 'wbem')) for header in include.glob('wbem/**/*') if header.is_file()}
    public |= {str(header.relative_to(include)) for header in include.glob('wmi/**/*') if header.is_file()}
    faults = []
    for top in ('src', 'apps'):
        for file in sorted((root / top).rglob('*')):
            if file.suffix not in SUFFIXES or not file.is_file():
                continue
            module = 'apps' if top == 'apps' else module_of(str(file.relative_to(root / 'src')), rows)
            if module is None:
                faults.append(f'{file.relative_to(root)}:1: this folder has no row in tools/layers')
                continue
            faults += check_file(root, file, module, rows, windows, public)
    return faults


def check_build(root, rows):
    """The libraries that CMake links must not go past the rows either."""
    file = root / 'src' / 'CMakeLists.txt'
    faults = []
    if not file.exists():
        return faults
    short = {name.split('/')[-1]: name for name in rows}
    for match in WMI_MODULE.finditer(file.read_text()):
        words = match.group(1).split()
        name = short.get(words[0])
        if name is None:
            faults.append(f'src/CMakeLists.txt:1: module {words[0]} has no row in tools/layers')
            continue
        if 'DEPENDS' not in words or rows[name] is None:
            continue
        for word in words[words.index('DEPENDS') + 1:]:
            if word in ('LINK', 'WBEM', 'FOLDER'):
                break
            if short.get(word) not in rows[name]:
                faults.append(f'src/CMakeLists.txt:1: {name} links {word}, which its row in tools/layers does not list')
    return faults


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).resolve().parent.parent)
    try:
        rows, windows = read_layers(root / 'tools' / 'layers')
    except (LayerError, OSError) as error:
        print(error)
        return 1
    faults = check_sources(root, rows, windows) + check_build(root, rows)
    cycle = find_cycle(rows)
    if cycle:
        faults.append(f'tools/layers:1: {cycle} reaches itself; arrows run one way')
    for fault in faults:
        print(fault)
    print(f'layers: {len(faults)} faults' if faults else 'layers: every include is allowed')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
