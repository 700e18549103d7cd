"""What is different on a terminal: width, colour, remarks."""
import os
import unittest

from wmi_case import ESCAPE, WmiCase

LONG = 'SELECT ProcessId, Name, CommandLine FROM Win32_Process'


class TerminalTest(WmiCase):
    def test_lines_fit_the_width_and_the_header_stands_out(self):
        for columns in (40, 60, 132):
            # This process has a long command line.
            shown, code = self.on_terminal('query', LONG, columns=columns)
            self.assertEqual(code, 0, shown)
            self.assertIn('\x1b[1m', shown)
            for line in ESCAPE.sub('', shown).splitlines():
                self.assertLessEqual(len(line), columns, line)
            self.assertIn('ProcessId', ESCAPE.sub('', shown).splitlines()[0])

    def test_long_text_is_cut_with_an_ellipsis(self):
        shown, _ = self.on_terminal('query', LONG, columns=40)
        self.assertIn('…', shown)

    def test_tells_how_many_objects_came(self):
        shown, _ = self.on_terminal('query', 'SELECT Caption FROM Win32_OperatingSystem')
        self.assertRegex(ESCAPE.sub('', shown).splitlines()[-1], r'^1 object, (\d+ ms|\d+\.\d\d s)$')
        shown, _ = self.on_terminal('query', 'SELECT Name FROM Win32_Process WHERE Handle = "0"')
        self.assertRegex(ESCAPE.sub('', shown).splitlines()[-1], r'^no objects, ')

    def test_many_columns_become_a_list(self):
        shown, _ = self.on_terminal('query', 'SELECT * FROM Win32_OperatingSystem')
        self.assertRegex(ESCAPE.sub('', shown), r'(?m)^Caption +: ')
        shown, _ = self.on_terminal('query', '-f', 'table', 'SELECT * FROM Win32_OperatingSystem')
        self.assertRegex(ESCAPE.sub('', shown).splitlines()[-1], r'; \d+ more columns do not fit: --format list$')

    def test_colour_can_be_switched_off(self):
        for changes, option in (({'NO_COLOR': '1'}, []), ({}, ['--no-color']), ({'TERM': 'dumb'}, [])):
            shown, _ = self.on_terminal('query', *option, 'SELECT Caption FROM Win32_OperatingSystem', **changes)
            self.assertNotIn('\x1b', shown)

    def test_a_terminal_of_unknown_width_asks_the_environment(self):
        shown, _ = self.on_terminal('query', LONG, columns=0, COLUMNS='50')
        self.assertLessEqual(max(len(line) for line in ESCAPE.sub('', shown).splitlines()), 50)

    def test_help_of_a_terminal_is_that_of_a_pipe(self):
        shown, code = self.on_terminal('--help', columns=80)
        self.assertEqual(code, 0)
        self.assertEqual(shown, self.output('--help'))


if __name__ == '__main__':
    os.environ.setdefault('PYTHONUTF8', '1')
    unittest.main()
