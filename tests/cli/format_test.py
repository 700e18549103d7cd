"""The forms of output, as programs that read them see them."""
import csv
import io
import json
import os
import re
import unittest

from wmi_case import WmiCase

ONE = 'SELECT Name, ProcessId, ParentProcessId, CreationDate FROM Win32_Process WHERE Handle = "%d"' % os.getpid()


class FormatTest(WmiCase):
    def test_json_is_an_array_of_objects_in_the_order_of_the_list(self):
        rows = json.loads(self.output('query', '--format', 'json', ONE))
        self.assertEqual(len(rows), 1)
        self.assertEqual(list(rows[0]), ['Name', 'ProcessId', 'ParentProcessId', 'CreationDate'])
        self.assertEqual(rows[0]['ProcessId'], os.getpid())
        self.assertEqual(rows[0]['ParentProcessId'], os.getppid())
        self.assertRegex(rows[0]['CreationDate'], r'^\d{14}\.\d{6}[+-]\d{3}$')

    def test_json_of_nothing_is_an_empty_array(self):
        self.assertEqual(json.loads(self.output('query', '-f', 'json', 'SELECT Name FROM Win32_Process WHERE Handle = "0"')), [])

    def test_numbers_of_64_bits_are_numbers(self):
        text = self.output('query', '-f', 'jsonl', 'SELECT TotalVisibleMemorySize FROM Win32_OperatingSystem')
        self.assertIsInstance(json.loads(text)['TotalVisibleMemorySize'], int)

    def test_jsonl_has_an_object_a_line(self):
        lines = self.output('query', '-f', 'jsonl', 'SELECT * FROM Win32_Process').splitlines()
        processes = [json.loads(line) for line in lines]
        self.assertIn(os.getpid(), [process['ProcessId'] for process in processes])
        self.assertGreater(len(processes[0]), 20)

    def test_csv_parses_and_has_the_columns_of_the_list(self):
        rows = list(csv.reader(io.StringIO(self.output('query', '-f', 'csv', 'SELECT Handle, Name, CommandLine FROM Win32_Process'))))
        self.assertEqual(rows[0], ['Handle', 'Name', 'CommandLine'])
        self.assertEqual({len(row) for row in rows}, {3})
        self.assertIn(str(os.getpid()), [row[0] for row in rows])

    def test_csv_of_all_has_the_columns_of_the_class(self):
        header = self.output('query', '-f', 'csv', 'SELECT * FROM Win32_LogicalDisk').splitlines()[0].split(',')
        described = json.loads(self.output('describe', '-f', 'json', 'Win32_LogicalDisk'))
        self.assertEqual(header, [entry['name'] for entry in described['properties']])

    def test_csv_of_nothing_is_its_header(self):
        self.assertEqual(self.output('query', '-f', 'csv', 'SELECT Name FROM Win32_Process WHERE Handle = "0"'), 'Name\n')

    def test_table_into_a_pipe_is_aligned_and_not_cut_or_coloured(self):
        text = self.output('query', 'SELECT ProcessId, Name FROM Win32_Process', COLUMNS='20')
        self.assertNotIn('\x1b', text)
        self.assertNotIn('…', text)
        lines = text.splitlines()
        name_column = lines[0].index('Name')
        self.assertRegex(lines[0], r'^ *ProcessId  Name$')
        self.assertTrue(all(line[:name_column].strip().isdigit() for line in lines[1:]), text)

    def test_many_columns_of_a_star_are_a_list_in_a_pipe_too(self):
        self.assertRegex(self.output('query', 'SELECT * FROM Win32_OperatingSystem'), r'(?m)^Caption +: ')

    def test_list_has_a_line_for_each_property(self):
        text = self.output('query', '-f', 'list', ONE)
        self.assertRegex(text, r'^Name            : .+\nProcessId       : %d\n' % os.getpid())
        self.assertRegex(text, r'CreationDate    : \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d\n')

    def test_get_gives_one_object(self):
        path = 'Win32_Process.Handle="%d"' % os.getpid()
        process = json.loads(self.output('get', '-f', 'json', path))
        self.assertEqual(process['ProcessId'], os.getpid())
        self.assertIn('ProcessId', self.output('get', path))
        self.assertEqual(json.loads(self.output('get', '-f', 'json', 'root\\cimv2:' + path))['ProcessId'], os.getpid())

    def test_the_classes_of_a_namespace_come_by_query_too(self):
        rows = json.loads(self.output('query', '-f', 'json', 'SELECT * FROM meta_class'))
        classes = {row['__CLASS']: row for row in rows}
        self.assertEqual(classes['Win32_Process']['__SUPERCLASS'], 'CIM_Process')

    def test_system_properties_can_be_selected(self):
        (row,) = json.loads(self.output('query', '-f', 'json', 'SELECT __RELPATH, __CLASS FROM Win32_OperatingSystem'))
        self.assertEqual(row['__CLASS'], 'Win32_OperatingSystem')
        self.assertTrue(row['__RELPATH'].startswith('Win32_OperatingSystem'))


class ListTest(WmiCase):
    def test_lists_classes_by_name(self):
        names = self.output('ls', '--classes', '--quiet').split()
        self.assertIn('Win32_Process', names)
        self.assertEqual(names, sorted(names, key=str.lower))
        self.assertFalse([name for name in names if name.startswith('__')])
        self.assertIn('__SystemClass', self.output('ls', '--all', '--quiet').split())

    def test_lists_namespaces(self):
        rows = json.loads(self.output('ls', '--namespaces', '-f', 'json', 'root'))
        self.assertIn('cimv2', [row['Name'].lower() for row in rows])
        self.assertEqual({row['Kind'] for row in rows}, {'namespace'})

    def test_tells_what_the_classes_are(self):
        text = self.output('ls')
        self.assertRegex(text, r'(?m)^Name +Kind +Superclass +Description$')
        self.assertRegex(text, r'(?m)^Win32_Process +class +CIM_Process +\w')


class DescribeTest(WmiCase):
    def test_tells_properties_with_type_key_unit_and_meaning(self):
        text = self.output('describe', 'Win32_LogicalDisk')
        self.assertTrue(text.startswith('Win32_LogicalDisk : '), text)
        self.assertRegex(text, r'(?m)^  string +DeviceID  .*key')
        self.assertRegex(text, r'(?m)^  uint64 +Size  .*in bytes')
        self.assertRegex(text, r'Values: .*= ')

    def test_methods_have_signatures(self):
        self.assertRegex(self.output('describe', 'Win32_Process'), r'uint32 Create\(')

    def test_mof_is_mof(self):
        text = self.output('describe', '--mof', 'Win32_LogicalDisk')
        self.assertRegex(text, re.compile(r'^class Win32_LogicalDisk : CIM_LogicalDisk', re.M))
        self.assertTrue(text.endswith('};\n'), text[-20:])


if __name__ == '__main__':
    unittest.main()
