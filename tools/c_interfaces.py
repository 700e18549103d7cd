#!/usr/bin/env python3
"""Writes the C form of the COM interfaces from the C++ headers, which are the only place where they are written down.

usage: c_interfaces.py --include FOLDER --output FOLDER

Reads every header directly in FOLDER, together with the parts of FOLDER/detail that it includes. Those that declare
interfaces do so after "#ifdef OPENWMI_CXX_INTERFACES" (other uses of the word are spelt "#if defined"), and include
"detail/c/NAME.h" otherwise. That file is written under OUTPUT: one table of function pointers and one macro per method
(for COBJMACROS) for each interface, the inherited methods included, and the identifiers. A file that would not change
is left alone.

Of a section it understands: forward declarations; interfaces whose methods are pure virtual functions; typedefs;
OPENWMI_INTERFACE_ID and OPENWMI_CLASS_ID. What has a body (the inline conveniences of C++) is left out. Anything else
that is virtual is an error that names header and line.
"""
import argparse
import dataclasses
import pathlib
import re
import sys

SECTION = re.compile(r'^#ifdef OPENWMI_CXX_INTERFACES\n(.*?)^#(\w+)', re.M | re.S)
PART = re.compile(r'^#include "(detail/[\w.]+)"', re.M)
INTERFACE = re.compile(r'struct (\w+)(?: : public (\w+))? \{(.*?)\n?\};', re.S)
METHOD = re.compile(r'virtual\s+([\w ]+?)\s+STDMETHODCALLTYPE\s+(\w+)\s*\((.*?)\)\s*=\s*0\s*;', re.S)
FORWARD = re.compile(r'^struct (\w+);', re.M)
TYPEDEF = re.compile(r'^typedef [^;{]+;', re.M)
INTERFACE_ID = re.compile(r'^OPENWMI_INTERFACE_ID\((\w+)', re.M)
CLASS_ID = re.compile(r'^OPENWMI_CLASS_ID\((\w+)', re.M)


class Fault(Exception):
    """What the headers say that this script does not understand."""


@dataclasses.dataclass
class Method:
    result: str
    name: str
    parameters: list  # (declaration, name)


@dataclasses.dataclass
class Interface:
    name: str
    base: str
    own: list
    header: str


@dataclasses.dataclass
class Header:
    name: str  # relative to the folder of headers
    forwards: list
    interfaces: list
    typedefs: list
    interface_ids: list
    class_ids: list

    @property
    def stem(self):
        return pathlib.PurePath(self.name).stem


def without_comments(text):
    """Comments become blanks, so that offsets still give the line."""
    return re.sub(r'//[^\n]*|/\*.*?\*/', lambda m: re.sub(r'[^\n]', ' ', m.group(0)), text, flags=re.S)


def parse_parameters(text, where):
    text = ' '.join(text.split())
    if text in ('', 'void'):
        return []
    parameters = []
    for part in text.split(','):
        declaration = part.split('=')[0].strip()  # C has no default arguments
        name = re.search(r'(\w+)$', declaration)
        if name is None or name.group(1) == declaration:
            raise Fault(f'{where}: the parameter "{declaration}" has no name')
        parameters.append((declaration, name.group(1)))
    return parameters


def sections(path, name):
    """The parts of the text that declare interfaces, each with the number of its first line."""
    text = without_comments(path.read_text())
    for match in SECTION.finditer(text):
        if match.group(2) not in ('else', 'endif'):
            raise Fault(f'{name}: #{match.group(2)} inside of the declaration of interfaces')
        yield text.count('\n', 0, match.start(1)) + 1, match.group(1)


def parse_into(header, path, name):
    for first_line, section in sections(path, name):
        header.forwards += FORWARD.findall(section)
        header.typedefs += [' '.join(typedef.split()) for typedef in TYPEDEF.findall(section)]
        header.interface_ids += INTERFACE_ID.findall(section)
        header.class_ids += CLASS_ID.findall(section)
        for match in INTERFACE.finditer(section):
            where = f'{name}:{first_line + section.count(chr(10), 0, match.start())}: {match.group(1)}'
            methods = [Method(m.group(1), m.group(2), parse_parameters(m.group(3), where))
                       for m in METHOD.finditer(match.group(3))]
            if len(methods) != match.group(3).count('virtual'):
                raise Fault(f'{where}: a virtual function is not of the form '
                            f'"virtual RESULT STDMETHODCALLTYPE NAME(PARAMETERS) = 0;"')
            header.interfaces.append(Interface(match.group(1), match.group(2), methods, name))


def parse(path, folder):
    """A header with its parts."""
    header = Header(path.name, [], [], [], [], [])
    for part in PART.findall(path.read_text()) + [path.name]:
        if (folder / part).exists():
            parse_into(header, folder / part, part)
    return header


def read(folder):
    """All headers with interfaces, and all interfaces by name."""
    headers = [parse(path, folder) for path in sorted(folder.glob('*.h'))]
    headers = [header for header in headers if header.interfaces or header.class_ids]
    interfaces = {interface.name: interface for header in headers for interface in header.interfaces}
    for interface in interfaces.values():
        if interface.base is not None and interface.base not in interfaces:
            raise Fault(f'{interface.header}: the base {interface.base} of {interface.name} is not in any header')
    return headers, interfaces


def all_methods(interface, interfaces):
    """Base first: the order of the table."""
    inherited = all_methods(interfaces[interface.base], interfaces) if interface.base else []
    return inherited + interface.own


def table(interface, interfaces):
    lines = [f'typedef struct {interface.name}Vtbl {{']
    for method in all_methods(interface, interfaces):
        parameters = ', '.join([f'{interface.name}* This'] + [declaration for declaration, _ in method.parameters])
        lines.append(f'  {method.result}(STDMETHODCALLTYPE* {method.name})({parameters});')
    lines += [f'}} {interface.name}Vtbl;', f'struct {interface.name} {{',
              f'  CONST_VTBL struct {interface.name}Vtbl* lpVtbl;', '};']
    return lines


def macros(interface, interfaces):
    for method in all_methods(interface, interfaces):
        arguments = ', '.join(['This'] + [name for _, name in method.parameters])
        yield f'#define {interface.name}_{method.name}({arguments}) ((This)->lpVtbl->{method.name}({arguments}))'


def c_form(header, interfaces):
    guard = f'OPENWMI_DETAIL_C_{header.stem.upper()}_H'
    lines = [f'// The interfaces of {header.name} for C, written from that header, which is the manual.', f'#ifndef {guard}', f'#define {guard}', '', 'EXTERN_C_START', '']
    names = dict.fromkeys(header.forwards + [interface.name for interface in header.interfaces])
    lines += [f'typedef struct {name} {name};' for name in names] + ['']
    lines += header.typedefs + [''] if header.typedefs else []
    for interface in header.interfaces:
        lines += table(interface, interfaces) + ['']
    lines += [f'EXTERN_C OPENWMI_API const IID IID_{name};' for name in header.interface_ids]
    lines += [f'EXTERN_C OPENWMI_API const CLSID CLSID_{name};' for name in header.class_ids]
    lines += ['', 'EXTERN_C_END', '', '#ifdef COBJMACROS', '']
    for interface in header.interfaces:
        lines += list(macros(interface, interfaces)) + ['']
    return '\n'.join(lines + ['#endif', '', '#endif', ''])


def write(path, text):
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--include', type=pathlib.Path, required=True)
    parser.add_argument('--output', type=pathlib.Path, required=True)
    options = parser.parse_args()
    try:
        headers, interfaces = read(options.include)
    except Fault as fault:
        sys.exit(f'c_interfaces: {fault}')
    for header in headers:
        write(options.output / 'detail' / 'c' / f'{header.stem}.h', c_form(header, interfaces))


if __name__ == '__main__':
    main()
