#!/usr/bin/env python3
import os
import unittest

from tool_case import ToolCase

COMPILER = os.environ.get('CXX', 'c++') + ' -std=gnu++20 -Wall -Werror'


class CheckHeaders(ToolCase):
    def arguments(self):
        return ('check_headers.py', '--compiler', COMPILER, '--output', self.folder / 'out', self.folder / 'src')

    def test_a_header_that_includes_what_it_uses_passes(self):
        self.write('src/base/a.h', '#pragma once\n#include <string>\nstd::string A();\n')
        self.write('src/base/b.h', '#pragma once\n#include "base/a.h"\nstd::string B();\n')
        self.assertIn('all 2 compile alone', self.assert_passes(*self.arguments()))

    def test_a_header_that_leans_on_others_fails(self):
        self.write('src/base/a.h', '#pragma once\nstd::string A();\n')
        self.assert_fails('base/a.h: does not compile alone', *self.arguments())

    def test_a_header_is_alone_where_its_own_source_includes_it_first(self):
        self.write('src/base/a.h', '#pragma once\nstd::string A();\n')
        self.write('src/base/a.cc', '// Why.\n#include "base/a.h"\n\n#include <string>\n')
        self.assertIn('1 of them in their own source', self.assert_passes(*self.arguments()))

    def test_a_header_is_not_alone_where_its_own_source_includes_it_later(self):
        self.write('src/base/a.h', '#pragma once\nstd::string A();\n')
        self.write('src/base/a.cc', '#include <string>\n\n#include "base/a.h"\n')
        self.assert_fails('base/a.h: does not compile alone', *self.arguments())

    def test_parts_of_other_headers_need_not_stand_alone(self):
        self.write('src/a.h', '#pragma once\n#include <string>\n#include "detail/b.h"\n')
        self.write('src/detail/b.h', '#pragma once\nstd::string B();\n')
        self.assertIn('all 1 compile alone', self.assert_passes(*self.arguments()))

    def test_a_folder_without_headers_fails(self):
        (self.folder / 'src').mkdir()
        self.assert_fails('no header found', *self.arguments())


if __name__ == '__main__':
    unittest.main()
