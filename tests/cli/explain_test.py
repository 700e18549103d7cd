"""wmi explain: what was done for a query, with rows and times, in every form of output."""
import csv
import io
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from wmi_case import ESCAPE, TIME_LIMIT, WMI, WmiCase, environment

WORLD = '''
class E_Tool { [key] string Name; [indexed : ToSubclass] string Kind; uint32 Grams; };
class E_PowerTool : E_Tool { uint32 Watts; };
class E_Room { [key] string Name; };
[association] class E_Kept { [key] E_Tool ref Tool; [key] E_Room ref Room; };
class E_Event : __ExtrinsicEvent { string What; };
instance of E_Tool { Name = "saw"; Kind = "hand"; Grams = 300; };
instance of E_Tool { Name = "axe"; Kind = "hand"; Grams = 900; };
instance of E_Tool { Name = "nail"; Kind = "part"; Grams = 3; };
instance of E_PowerTool { Name = "drill"; Kind = "hand"; Grams = 1500; Watts = 400; };
instance of E_Room { Name = "shed"; };
instance of E_Room { Name = "attic"; };
instance of E_Kept { Tool = "E_Tool.Name=\\"saw\\""; Room = "E_Room.Name=\\"shed\\""; };
instance of E_Kept { Tool = "E_Tool.Name=\\"axe\\""; Room = "E_Room.Name=\\"shed\\""; };
'''
COLUMNS = ['Step', 'Operation', 'Class', 'Server', 'Detail', 'RowsRead', 'Rows', 'Microseconds']


class ExplainCase(WmiCase):
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
        return super().run_wmi(*arguments, **changes)

    def steps(self, query, name_space='root/default'):
        """The steps behind Bind."""
        steps = json.loads(self.output('-n', name_space, 'explain', '-f', 'json', query))
        self.assertEqual([step['Step'] for step in steps], list(range(1, len(steps) + 1)))
        for step in steps:
            self.assertEqual(list(step), COLUMNS)
            self.assertGreaterEqual(step['RowsRead'], step['Rows'] if step['Operation'] != 'Classes' else 0)
        self.assertEqual((steps[0]['Operation'], steps[0]['Class'], steps[0]['Server']), ('Bind', None, None))
        return steps[1:]

    def plan(self, query, name_space='root/default'):
        return [(step['Operation'], step['Class'], step['RowsRead'], step['Rows']) for step in self.steps(query, name_space)]


class PlanTest(ExplainCase):
    def test_keys_are_looked_up(self):
        query = "SELECT * FROM E_Tool WHERE Name = 'saw' OR Name = 'axe' OR Name = 'gone'"
        self.assertEqual(self.plan(query), [('Keys', 'E_Tool', 2, 2), ('Keys', 'E_PowerTool', 0, 0)])
        self.assertIn('3 keys', self.steps(query)[0]['Detail'])
        # What else is asked is asked of what was found.
        self.assertEqual(self.plan("SELECT * FROM E_Tool WHERE Name = 'saw' AND Grams > 1000")[0], ('Keys', 'E_Tool', 1, 0))

    def test_indexed_properties_are_looked_up(self):
        query = "SELECT Name FROM E_Tool WHERE Kind = 'hand' AND Grams < 500"
        self.assertEqual(self.plan(query), [('Index', 'E_Tool', 2, 1), ('Index', 'E_PowerTool', 1, 0)])

    def test_what_no_index_helps_is_scanned_with_the_subclasses(self):
        steps = self.steps('SELECT Name FROM E_Tool WHERE Grams >= 300')
        self.assertEqual([(step['Operation'], step['Class'], step['RowsRead'], step['Rows'], step['Server']) for step in steps],
                         [('Scan', 'E_Tool', 3, 2, 'repository'), ('Scan', 'E_PowerTool', 1, 1, 'repository')])

    def test_classes_that_cannot_match_are_left_out(self):
        self.assertEqual(self.plan("SELECT * FROM E_Tool WHERE __CLASS = 'E_PowerTool'"), [('Scan', 'E_PowerTool', 1, 1)])

    def test_a_provider_is_asked_for_keys_or_for_everything(self):
        lookup = self.steps('SELECT Name FROM Win32_Process WHERE Handle = 1', 'root/cimv2')
        self.assertEqual([(step['Operation'], step['Class'], step['RowsRead'], step['Rows']) for step in lookup],
                         [('Keys', 'Win32_Process', 1, 1)])
        self.assertNotIn(lookup[0]['Server'], (None, 'repository'))
        scan = self.steps('SELECT Name FROM Win32_Process WHERE ProcessId < 2', 'root/cimv2')
        self.assertEqual([(step['Operation'], step['Class'], step['Rows']) for step in scan], [('Scan', 'Win32_Process', 1)])
        self.assertEqual(scan[0]['Server'], lookup[0]['Server'])
        self.assertGreater(scan[0]['RowsRead'], 1)

    def test_a_provider_leaves_out_what_it_can_tell_early(self):
        scan = self.steps('SELECT * FROM Win32_Process WHERE ProcessId = 1', 'root/cimv2')
        self.assertEqual([(step['Operation'], step['RowsRead'], step['Rows']) for step in scan], [('Scan', 1, 1)])
        self.assertEqual(scan[0]['Detail'], 'values of ProcessId')

    def test_associations_are_walked(self):
        steps = self.steps('ASSOCIATORS OF {E_Room.Name="shed"}')
        self.assertEqual([(step['Operation'], step['Class']) for step in steps[:2]], [('Keys', 'E_Room'), ('References', 'E_Room')])
        self.assertIn('E_Room.Name="shed"', steps[1]['Detail'])
        self.assertEqual(steps[1]['RowsRead'], 2)
        ends = steps[2:]
        self.assertEqual({(step['Operation'], step['Class']) for step in ends}, {('Keys', 'E_Tool'), ('Keys', 'E_PowerTool')})
        self.assertEqual(sum(step['Rows'] for step in ends), 2)
        self.assertEqual(self.plan('REFERENCES OF {E_Room.Name="attic"}'), [('Keys', 'E_Room', 1, 1), ('References', 'E_Room', 0, 0)])

    def test_definitions_are_looked_at(self):
        for query, rows in (("SELECT * FROM meta_class WHERE __CLASS = 'E_Tool'", 1),
                            ("SELECT * FROM meta_class WHERE __this ISA 'E_Tool'", 2),
                            ('ASSOCIATORS OF {E_Tool} WHERE SchemaOnly', 1), ('REFERENCES OF {E_Tool} WHERE SchemaOnly', 1)):
            steps = self.plan(query)
            self.assertEqual([(step[0], step[3]) for step in steps], [('Classes', rows)], query)

    def test_what_contradicts_itself_costs_nothing(self):
        for clause in ("Name = 'saw' AND Name = 'axe'", 'Grams = 1 AND Grams > 2', "__CLASS = 'E_Room'"):
            steps = self.steps('SELECT * FROM E_Tool WHERE ' + clause)
            self.assertEqual([(step['Operation'], step['Class']) for step in steps], [('Nothing', None)], clause)
            self.assertEqual(steps[0]['Detail'], 'no object can satisfy the WHERE clause')


    def test_a_query_for_events_is_checked_and_told_as_understood(self):
        steps = self.steps("select * from __InstanceCreationEvent within 2.50 where targetinstance isa 'E_Tool' group within 9")
        self.assertEqual([(step['Operation'], step['Class'], step['RowsRead'], step['Detail']) for step in steps],
                         [('Events', '__InstanceCreationEvent', 0,
                           'SELECT * FROM __InstanceCreationEvent WITHIN 2.5 WHERE targetinstance ISA "E_Tool" GROUP WITHIN 9')])
        self.assertEqual(self.plan('SELECT What FROM E_Event'), [('Events', 'E_Event', 0, 0)])
        said = self.failure(1, '-n', 'root/default', 'explain', 'SELECT * FROM E_Event WHERE Waht = 1')
        self.assertIn("did you mean 'What'?", said)
        self.assertIn('WBEM_E_', self.failure(1, '-n', 'root/default', 'explain', 'SELECT * FROM E_Event BY What'))


class FormTest(ExplainCase):
    QUERY = 'SELECT * FROM E_Tool WHERE Grams > 1'

    def test_a_table_is_aligned_and_says_nothing_of_rows_where_there_are_none(self):
        text = self.output('-n', 'root/default', 'explain', self.QUERY)
        lines = text.splitlines()
        self.assertRegex(lines[0], r'^Step  Operation  Class +Server .*Read  Rows  Time$')
        self.assertRegex(lines[1], r'^   1  Bind +[0-9]+\.[0-9]{3} ms$')
        self.assertRegex(lines[2], r'^   2  Scan       E_Tool +repository .* 3     3 +[0-9]+\.[0-9]{3} ms$')
        self.assertEqual({len(line) for line in lines[1:]}, {len(lines[1])})

    def test_forms_for_programs(self):
        rows = list(csv.DictReader(io.StringIO(self.output('-n', 'root/default', 'explain', '-f', 'csv', self.QUERY))))
        self.assertEqual(list(rows[0]), COLUMNS)
        self.assertEqual([row['Operation'] for row in rows], ['Bind', 'Scan', 'Scan'])
        lines = self.output('-n', 'root/default', 'explain', '-f', 'jsonl', self.QUERY).splitlines()
        self.assertEqual([json.loads(line)['Rows'] for line in lines], [0, 3, 1])
        self.assertIn('Operation : Scan\n', self.output('-n', 'root/default', 'explain', '-f', 'list', self.QUERY))

    def test_a_narrow_terminal(self):
        shown, code = self.on_terminal('explain', 'SELECT * FROM CIM_LogicalDevice', columns=70)
        self.assertEqual(code, 0)
        for line in ESCAPE.sub('', shown).splitlines():
            self.assertLessEqual(len(line), 70)
        self.assertRegex(ESCAPE.sub('', shown), r'(?m) [0-9]+\.[0-9]{3} ms$')


class ErrorTest(ExplainCase):
    def test_a_malformed_query_is_told_as_by_query(self):
        for query in ('SELECT Name FROM E_Tool WHERE (Name = 1', 'SELECT Nmae FROM E_Tool', 'SELECT * FROM E_Tol',
                      'ASSOCIATORS OF {E_Tool.Nmae="saw"}', 'REFERENCES OF {E_Tool.Name="gone"}', 'SELECT * FROM E_Tool WITHIN 1'):
            said = self.failure(1, '-n', 'root/default', 'explain', query)
            self.assertEqual(said, self.failure(1, '-n', 'root/default', 'query', query))
            self.assertIn('WBEM_E_', said)
        self.assertIn("did you mean 'Name'?", self.failure(1, '-n', 'root/default', 'explain', 'SELECT Nmae FROM E_Tool'))

    def test_options_of_other_commands(self):
        self.assertIn('--sort', self.failure(2, 'explain', '--sort', 'Name', 'SELECT * FROM E_Tool'))


if __name__ == '__main__':
    unittest.main()
