"""Errors: what is said, and the exit code."""
import unittest

from wmi_case import WmiCase, ESCAPE


class ErrorTest(WmiCase):
    def caret_column(self, text):
        """The 0-based place of the caret in the query that is shown above it."""
        lines = text.splitlines()
        at = next(index for index, line in enumerate(lines) if line.strip() == '^')
        return lines[at - 1], lines[at].index('^')

    def test_a_wrong_query_is_shown_with_a_caret_under_the_place(self):
        for query, wrong in (('SELECT Name FORM Win32_Process', 'FORM'), ('SELECT Name FROM Win32_Process WHERE Name ==', '='),
                             ('SELECT Name,\n  FROM Win32_Process', 'FROM')):
            text = self.failure(1, 'query', query)
            self.assertTrue(text.startswith('wmi: WBEM_E_INVALID_QUERY (0x80041017): '), text)
            line, column = self.caret_column(text)
            self.assertTrue(line[column:].startswith(wrong), text)
            self.assertGreater(len(text.splitlines()), 3, text)

    def test_an_unknown_property_is_shown_too(self):
        text = self.failure(1, 'query', 'SELECT Name FROM Win32_Process WHERE Nme = "x"')
        line, column = self.caret_column(text)
        self.assertTrue(line[column:].startswith('Nme'), text)

    def test_an_unknown_class_says_how_to_find_one(self):
        text = self.failure(1, 'query', 'SELECT * FROM Win32_Proces')
        self.assertRegex(text, r'^wmi: WBEM_E_(INVALID_CLASS|NOT_FOUND) \(0x')
        self.assertIn('wmi ls', text)
        self.assertIn('wmi ls', self.failure(1, 'describe', 'Win32_Proces'))

    def test_an_object_that_is_not_there(self):
        text = self.failure(1, 'get', 'Win32_Process.Handle="0"')
        self.assertTrue(text.startswith('wmi: WBEM_E_NOT_FOUND (0x80041002): '), text)
        self.assertIn('SELECT __RELPATH FROM Win32_Process', text)

    def test_the_object_of_an_association_query_that_is_not_there(self):
        for query in ('ASSOCIATORS OF {Win32_Process.Handle="0"}', 'REFERENCES OF {\\\\.\\root\\cimv2:Win32_Process.Handle="0"}'):
            text = self.failure(1, 'query', query)
            self.assertTrue(text.startswith('wmi: WBEM_E_NOT_FOUND (0x80041002): '), text)
            self.assertIn('wmi query "SELECT __RELPATH FROM Win32_Process" lists', text)
        text = self.failure(1, '-n', 'root', 'get', '__NAMESPACE.Name="nowhere"')
        self.assertIn('wmi query -n \'root\' "SELECT __RELPATH FROM __NAMESPACE" lists', text)

    def test_a_malformed_path(self):
        self.assertIn('WBEM_E_INVALID_OBJECT_PATH', self.failure(1, 'get', 'Win32_Process.Handle=="1"'))

    def test_a_namespace_that_is_not_there(self):
        text = self.failure(1, '-n', 'root/nowhere', 'query', 'SELECT * FROM A')
        self.assertTrue(text.startswith('wmi: WBEM_E_INVALID_NAMESPACE (0x8004100E): '), text)
        self.assertIn('wmi ls --namespaces root', text)

    def test_json_stays_whole_when_nothing_came(self):
        self.assertEqual(self.run_wmi('query', '-f', 'json', 'SELECT').stdout, '')

    def test_wrong_usage_ends_with_two(self):
        for arguments in ([], ['query'], ['frobnicate'], ['ls', '--format', 'xml'], ['query', 'SELECT', '*'],
                          ['get', 'Win32_Process']):
            self.assertTrue(self.failure(2, *arguments))

    def test_errors_are_coloured_on_a_terminal_only(self):
        shown, code = self.on_terminal('query', 'SELECT')
        self.assertEqual(code, 1)
        self.assertIn('\x1b[1;31mWBEM_E_INVALID_QUERY', shown)
        self.assertTrue(ESCAPE.sub('', shown).startswith('wmi: WBEM_E_INVALID_QUERY'))

    def test_a_full_disk_is_an_error(self):
        with open('/dev/full', 'w', encoding='utf-8') as full:
            import subprocess
            from wmi_case import WMI, TIME_LIMIT, environment
            result = subprocess.run([WMI, 'query', 'SELECT Caption FROM Win32_OperatingSystem'], stdout=full,
                                    stderr=subprocess.PIPE, text=True, timeout=TIME_LIMIT, env=environment())
        self.assertEqual(result.returncode, 1)
        self.assertIn('cannot be written: No space left', result.stderr)


if __name__ == '__main__':
    unittest.main()
