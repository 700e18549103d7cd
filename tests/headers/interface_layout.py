#!/usr/bin/env python3
"""Writes two sources that tell where every method of every interface lies in its table: one in C, one in C++.

usage: interface_layout.py --include FOLDER --output FOLDER

The C source takes offsets in the structures of the C form; the C++ source asks the compiler for the place of the
virtual function. The test program compares the two lists.
"""
import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / 'tools'))
import c_interfaces  # noqa: E402: the path comes first

INCLUDES = '#include <oleauto.h>\n#include <wbemidl.h>\n#include <wmiutils.h>\n#include "interface_layout.h"\n'


def signature(interface, method):
    parameters = ', '.join(declaration for declaration, _ in method.parameters)
    return f'{method.result} (STDMETHODCALLTYPE {interface.name}::*)({parameters})'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--include', type=pathlib.Path, required=True)
    parser.add_argument('--output', type=pathlib.Path, required=True)
    options = parser.parse_args()
    _, interfaces = c_interfaces.read(options.include)
    c = [INCLUDES, 'const struct Place c_places[] = {']
    cpp = [INCLUDES, 'template <typename Method>', 'static size_t Slot(Method method) {',
           '  // Itanium C++ ABI 2.3: a pointer to a virtual member holds 1 plus the offset in the table.',
           '  size_t words[2];', '  static_assert(sizeof(words) == sizeof(method), "another ABI");',
           '  memcpy(words, &method, sizeof(words));', '  return (words[0] - 1) / sizeof(void*);', '}',
           'const struct Place* CxxPlaces() {', '  static const struct Place places[] = {']
    for name in sorted(interfaces):
        interface = interfaces[name]
        for method in c_interfaces.all_methods(interface, interfaces):
            label = f'"{name}::{method.name}"'
            c.append(f'    {{{label}, offsetof({name}Vtbl, {method.name}) / sizeof(void*)}},')
            # Taken through the interface itself, so that an inherited method is found where this one has it.
            cpp.append(f'      {{{label}, Slot(static_cast<{signature(interface, method)}>(&{name}::{method.name}))}},')
    c += ['    {NULL, 0}};', '']
    cpp += ['      {NULL, 0}};', '  return places;', '}', '']
    c_interfaces.write(options.output / 'c_layout.c', '\n'.join(c))
    c_interfaces.write(options.output / 'cxx_layout.cc', '\n'.join(cpp))


if __name__ == '__main__':
    main()
