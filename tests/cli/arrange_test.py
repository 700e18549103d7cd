"""wmi query --sort, --limit, --count and --group: over any query, in every form of output."""
import csv
import io
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

from wmi_case import ESCAPE, TIME_LIMIT, WMI, WmiCase, environment

# What sorts wrongly as text: numbers, times of different zones, the case of letters, NULL.
WORLD = '''
class A_Part { uint32 Width; };
class A_Tool { [key] string Name; uint64 Size; sint32 Level; datetime Made; string Kind; A_Part Part; uint32 Count; };
class A_FineTool : A_Tool { string Polish; };
class A_Empty { [key] string Name; };
[association] class A_Beside { [key] A_Tool ref Left; [key] A_Tool ref Right; };
instance of A_Tool { Name = "saw"; Size = 9; Level = -1; Made = "20261122130000.000000+120"; Kind = "Hand"; Count = 1;
  Part = instance of A_Part { Width = 20; }; };
instance of A_Tool { Name = "Axe"; Size = 18446744073709551615; Level = 5; Made = "20261122120000.000000+000"; Kind = "hand";
  Part = instance of A_Part { Width = 3; }; };
instance of A_Tool { Name = "bit"; Size = 10; Level = -20; Made = "20261122120000.000000+060"; Kind = "Drill"; };
instance of A_Tool { Name = "nail"; Level = 0; };
instance of A_FineTool { Name = "Plane"; Size = 10; Level = 3; Made = "20271122120000.000000+000"; Kind = "HAND"; Polish = "oil"; };
instance of A_Beside { Left = "A_Tool.Name=\\"nail\\""; Right = "A_Tool.Name=\\"saw\\""; };
instance of A_Beside { Left = "A_Tool.Name=\\"nail\\""; Right = "A_Tool.Name=\\"bit\\""; };
instance of A_Beside { Left = "A_Tool.Name=\\"nail\\""; Right = "A_FineTool.Name=\\"Plane\\""; };
'''
ALL = 'SELECT * FROM A_Tool'


class ArrangeCase(WmiCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.repository = str(pathlib.Path(folder.name) / 'repository')
        world = pathlib.Path(folder.name) / 'world.mof'
        world.write_text(WORLD, encoding='utf-8')
        result = subprocess.run([WMI, 'compile', '-n', 'root/default', str(world)], capture_output=True, text=True,
                                timeout=TIME_LIMIT, env=environment(OPENWMI_REPOSITORY=cls.repository))
        assert result.returncode == 0, result.stderr

    def run_wmi(self, *arguments, **changes):
        changes.setdefault('OPENWMI_REPOSITORY', self.repository)
        return super().run_wmi('-n', 'root/default', *arguments, **changes)

    def rows(self, *arguments):
        return [json.loads(line) for line in self.output('query', '-f', 'jsonl', *arguments).splitlines()]

    def names(self, *arguments):
        return [row['Name'] for row in self.rows(*arguments)]


class SortTest(ArrangeCase):
    def test_each_type_has_its_own_order_and_null_is_last(self):
        for column, order in (('Name', ['Axe', 'bit', 'nail', 'Plane', 'saw']), ('Level', ['bit', 'saw', 'nail', 'Plane', 'Axe']),
                              ('-Level', ['Axe', 'Plane', 'nail', 'saw', 'bit']), ('Made', ['saw', 'bit', 'Axe', 'Plane', 'nail']),
                              ('-Size,Name', ['Axe', 'bit', 'Plane', 'saw', 'nail']), ('size,-NAME', ['saw', 'Plane', 'bit', 'Axe', 'nail']),
                              ('Kind,-Name', ['bit', 'saw', 'Plane', 'Axe', 'nail']), ('-Kind,Name', ['Axe', 'Plane', 'saw', 'bit', 'nail'])):
            if column == 'Made':  # 11:00 and 11:00 of two zones are one instant
                column = 'Made,-Name'
            self.assertEqual(self.names('--sort', column, ALL), order, column)

    def test_by_what_is_not_a_plain_property(self):
        self.assertEqual(self.names('--sort', 'Part.Width,Name', ALL), ['Axe', 'saw', 'bit', 'nail', 'Plane'])
        self.assertEqual(self.names('--sort', '__CLASS,-Name', ALL)[0], 'Plane')
        # A property that only a subclass has.
        self.assertEqual(self.names('--sort', 'Polish,Name', ALL)[0], 'Plane')

    def test_every_form_of_output(self):
        query = ['query', '--sort', '-Level', '--limit', '2', 'SELECT Name, Level FROM A_Tool']
        self.assertEqual(self.output(*query), 'Name   Level\nAxe        5\nPlane      3\n')
        self.assertEqual(self.output(*query, '-f', 'csv'), 'Name,Level\nAxe,5\nPlane,3\n')
        self.assertEqual(self.output(*query, '-f', 'list'), 'Name  : Axe\nLevel : 5\n\nName  : Plane\nLevel : 3\n')
        self.assertEqual(json.loads(self.output(*query, '-f', 'json')), [{'Name': 'Axe', 'Level': 5}, {'Name': 'Plane', 'Level': 3}])

    def test_over_associations_and_classes(self):
        related = 'ASSOCIATORS OF {A_Tool.Name="nail"}'
        self.assertEqual(self.names('--sort', '-Name', related), ['saw', 'Plane', 'bit'])
        self.assertEqual(self.names('--sort', 'Polish,Level', related), ['Plane', 'bit', 'saw'])
        self.assertEqual([row['Right'].split('"')[1] for row in self.rows('--sort', 'Right', 'REFERENCES OF {A_Tool.Name="nail"}')],
                         ['Plane', 'bit', 'saw'])
        classes = self.rows('--sort', '-__CLASS', 'SELECT * FROM meta_class WHERE __this ISA "A_Tool"')
        self.assertEqual([row['__CLASS'] for row in classes], ['A_Tool', 'A_FineTool'])

    def test_of_nothing_is_nothing(self):
        self.assertEqual(self.output('query', '-f', 'json', '--sort', 'Name', 'SELECT * FROM A_Empty'), '[]\n')
        self.assertEqual(self.output('query', '-f', 'csv', '--sort', 'Name', 'SELECT * FROM A_Empty'), 'Name\n')


class LimitTest(ArrangeCase):
    def test_gives_so_many_and_whole_text(self):
        for limit in (1, 4, 5, 6):
            rows = json.loads(self.output('query', '-f', 'json', '--limit', str(limit), ALL))
            self.assertEqual(len(rows), min(limit, 5))
        self.assertEqual(len(self.output('query', '--limit', '2', 'SELECT Name FROM A_Tool').splitlines()), 3)

    def test_is_a_success_and_says_so_only_on_a_terminal(self):
        shown, code = self.on_terminal('query', '--limit', '1', 'SELECT ProcessId FROM Win32_Process')
        self.assertEqual(code, 0)
        self.assertRegex(ESCAPE.sub('', shown), r'(?m)^1 object, .*s; stopped by --limit$')
        shown, code = self.on_terminal('query', '--limit', '1', '--sort', '-Handle', 'SELECT ProcessId, Handle FROM Win32_Process')
        self.assertEqual(code, 0)
        self.assertRegex(ESCAPE.sub('', shown), r'(?m)^1 of \d+ objects, ')


class CountTest(ArrangeCase):
    def test_is_the_number_alone_in_every_form(self):
        for form in ('table', 'list', 'json', 'jsonl', 'csv'):
            self.assertEqual(self.output('query', '--count', '-f', form, ALL), '5\n')
        self.assertEqual(self.output('query', '--count', 'SELECT * FROM A_Empty'), '0\n')
        self.assertEqual(self.output('query', '--count', '--limit', '3', ALL), '3\n')
        self.assertEqual(self.output('query', '--count', '--limit', '9', ALL), '5\n')
        self.assertEqual(self.output('query', '--count', 'ASSOCIATORS OF {A_Tool.Name="nail"}'), '3\n')

    def test_of_a_call_that_fails_is_no_number(self):
        self.assertIn('NoSuchClass', self.failure(1, 'query', '--count', 'SELECT * FROM NoSuchClass'))


class GroupTest(ArrangeCase):
    def groups(self, *arguments):
        text = self.output('query', '-f', 'csv', *arguments)
        return [tuple(cell.lower() for cell in row) for row in csv.reader(io.StringIO(text))]

    def test_counts_what_is_alike_without_case(self):
        self.assertEqual(self.groups('--group', 'Kind', ALL), [('kind', 'count'), ('drill', '1'), ('hand', '3'), ('', '1')])
        self.assertEqual(self.groups('--group', 'Kind', '--count', ALL), self.groups('--group', 'Kind', ALL))

    def test_sorts_and_cuts_the_groups(self):
        self.assertEqual(self.groups('--group', 'Kind', '--sort', '-Count,-Kind', ALL)[1:], [('hand', '3'), ('drill', '1'), ('', '1')])
        self.assertEqual(self.groups('--group', 'Kind', '--sort', '-count', '--limit', '1', ALL)[1:], [('hand', '3')])

    def test_takes_several_columns_and_numbers_stay_numbers(self):
        rows = self.rows('--group', 'Size,Kind', 'SELECT Kind, Size FROM A_Tool')
        self.assertEqual([(row['Size'], row['Count']) for row in rows], [(9, 1), (10, 1), (10, 1), (2**64 - 1, 1), (None, 1)])
        self.assertEqual(list(rows[0]), ['Size', 'Kind', 'Count'])

    def test_a_table_of_the_columns_and_the_count(self):
        self.assertEqual(self.output('query', '--group', '__CLASS', ALL), '__CLASS     Count\nA_FineTool      1\nA_Tool          4\n')

    def test_a_column_called_count(self):
        self.assertEqual(self.rows('--group', 'Count', '--sort', '-Count_', ALL), [{'Count': None, 'Count_': 4}, {'Count': 1, 'Count_': 1}])

    def test_groups_of_classes(self):
        rows = self.rows('--group', '__SUPERCLASS', 'SELECT * FROM meta_class WHERE __this ISA "A_Tool"')
        self.assertEqual(rows, [{'__SUPERCLASS': 'A_Tool', 'Count': 1}, {'__SUPERCLASS': None, 'Count': 1}])


class WrongColumnTest(ArrangeCase):
    def test_a_near_miss_is_told(self):
        for option in ('--sort', '--group'):
            for query in (ALL, 'SELECT Name, Size FROM A_Tool', 'ASSOCIATORS OF {A_Tool.Name="nail"}', 'SELECT * FROM A_Empty'):
                said = self.failure(2, 'query', option, 'Nmae', query)
                self.assertRegex(said, rf"^wmi: {option}: .* a column 'Nmae'; did you mean 'Name'\?\n  There (is|are) .*Name")

    def test_columns_that_the_query_leaves_out_are_none(self):
        self.assertIn('There are Name, Size.', self.failure(2, 'query', '--sort', 'Level', 'SELECT Name, Size FROM A_Tool'))
        self.assertIn('There are Kind, Count.', self.failure(2, 'query', '--group', 'Kind', '--sort', 'Name', ALL))
        for column in ('__NOTHING', 'Part.Weight', 'Name.Length'):
            self.assertIn(column, self.failure(2, 'query', '--sort', column, ALL))

    def test_wrong_usage(self):
        for arguments in (['--count', '--sort', 'Name'], ['--limit', '0'], ['--limit', '-3'], ['--sort', 'Name,'], ['--group', 'Kind,kind']):
            self.assertIn('--help tells the usage', self.failure(2, 'query', ALL, *arguments))


class EndTest(ArrangeCase):
    def test_a_signal_ends_the_output_of_a_sorted_query(self):
        process, reader = self.start_into_full_pipe('query', '-f', 'jsonl', '--sort', 'Name', 'SELECT * FROM Win32_Process')
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=TIME_LIMIT)
        os.close(reader)
        self.assertEqual(process.returncode, 130, said)
        self.assertRegex(said, r'^wmi: cancelled after \d+\.\d s; \d+ objects? came\n$')

    def test_a_time_limit_leaves_no_half_count(self):
        # A call may be faster than the limit is looked at, on a busy machine; that all ten are is out of the question.
        for _ in range(10):
            result = super().run_wmi('--timeout', '0.000001', 'query', '--count', 'SELECT * FROM Win32_Process')
            if result.returncode == 3:
                break
        self.assertEqual((result.returncode, result.stdout), (3, ''), result.stderr)


if __name__ == '__main__':
    unittest.main()
