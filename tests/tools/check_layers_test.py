#!/usr/bin/env python3
import unittest

from tool_case import ToolCase

LAYERS = '''
base:
com: base
wql: base   # a comment
providers/linux: base
apps: *
windows headers: com apps
'''


class CheckLayers(ToolCase):
    def setUp(self):
        super().setUp()
        self.write('tools/layers', LAYERS)
        self.write('include/wbem/wbemidl.h', '')
        self.write('src/base/text.h', '#include <string>\n')
        self.write('src/wql/parser.cc', '#include "wql/parser.h"\n#include "base/text.h"\n')
        self.write('src/com/bstr.cc', '#include <wbemidl.h>\n')
        self.write('src/providers/linux/process/process.cc', '#include "providers/linux/process/process.h"\n')
        self.write('apps/wmi/main.cc', '#include <wbemidl.h>\n#include "wql/parser.h"\n#include "wmi/main.h"\n')
        self.write('apps/wmi/main.h', '')

    def check_fails(self, expected):
        self.assert_fails(expected, 'check_layers.py', self.folder)

    def test_allowed_includes_pass(self):
        self.assert_passes('check_layers.py', self.folder)

    def test_an_upward_include_is_named_with_its_line(self):
        self.write('src/base/text.h', '// one\n#include "wql/parser.h"\n')
        self.check_fails('src/base/text.h:2: module base may not include wql')

    def test_a_nested_module_is_its_own_module(self):
        self.write('src/providers/linux/a.cc', '#include "wql/parser.h"\n')
        self.check_fails('module providers/linux may not include wql')
        self.write('src/providers/linux/a.cc', '')
        self.write('src/wql/a.cc', '#include "providers/linux/process/process.h"\n')
        self.check_fails('module wql may not include providers/linux')

    def test_windows_headers_stay_out_of_the_lower_modules(self):
        self.write('src/wql/a.h', '#  include <wbemidl.h>\n')
        self.check_fails('src/wql/a.h:1: module wql may not include the public header <wbemidl.h>')

    def test_an_include_without_a_module_is_a_fault(self):
        self.write('src/wql/a.h', '#include "parser.h"\n')
        self.check_fails('"parser.h" belongs to no module')
        self.write('src/wql/a.h', '#include "wmi/main.h"\n')
        self.check_fails('"wmi/main.h" belongs to no module')

    def test_a_folder_without_a_row_is_a_fault(self):
        self.write('src/surprise/a.cc', '')
        self.check_fails('src/surprise/a.cc:1: this folder has no row')

    def test_the_build_may_not_link_past_the_rows(self):
        self.write('src/CMakeLists.txt', 'wmi_module(base)\nwmi_module(com DEPENDS base WBEM)\n')
        self.assert_passes('check_layers.py', self.folder)
        self.write('src/CMakeLists.txt', 'wmi_module(base DEPENDS com)\n')
        self.check_fails('base links com')

    def test_circles_and_broken_rows_are_faults(self):
        self.write('tools/layers', LAYERS.replace('base:', 'base: com'))
        self.check_fails('reaches itself')
        self.write('tools/layers', LAYERS + 'api: nowhere\n')
        self.check_fails('lists nowhere, which has no row')
        self.write('tools/layers', LAYERS + 'no colon here\n')
        self.check_fails('expected one row')


if __name__ == '__main__':
    unittest.main()
