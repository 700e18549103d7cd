#!/usr/bin/env python3
import os
import subprocess
import unittest

from tool_case import ToolCase


class CheckExports(ToolCase):
    def setUp(self):
        super().setUp()
        self.list = self.write('exports.txt', '# a comment\nOne\nTwo  # another\n')
        code, script = self.run_tool('check_exports.py', '--version-script', 'TEST_0', self.list)
        self.assertEqual(code, 0, script)
        self.write('exports.map', script)

    def library(self, source, *options):
        file = self.write('a.cc', source)
        library = self.folder / 'liba.so'
        subprocess.run([os.environ.get('CXX', 'c++'), '-shared', '-fPIC', *options, '-o', library, file], check=True)
        return library

    def check(self, source, *options):
        return ('check_exports.py', '--library', self.library(source, *options), self.list)

    def test_the_version_script_leaves_exactly_the_list(self):
        source = 'extern "C" void One() {} extern "C" void Two() {} extern "C" void Three() {}'
        self.assertIn('2 symbols', self.assert_passes(*self.check(source, f'-Wl,--version-script={self.folder}/exports.map')))
        self.assert_fails('Three: exported but not listed', *self.check(source))

    def test_a_listed_symbol_that_is_missing_or_hidden_fails(self):
        self.assert_fails('Two: listed but not exported', *self.check('extern "C" void One() {}'))
        hidden = 'extern "C" void One() {} extern "C" __attribute__((visibility("hidden"))) void Two() {}'
        self.assert_fails('Two: listed but not exported', *self.check(hidden))

    def test_an_empty_list_fails(self):
        self.list = self.write('empty.txt', '# nothing\n')
        self.assert_fails('the list is empty', *self.check('static int one;', '-nostdlib'))


if __name__ == '__main__':
    unittest.main()
