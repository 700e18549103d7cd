"""wmi call, set and delete: what they change, what they say, how they end."""
import json
import os
import tempfile
import unittest

from wmi_case import WmiCase

MOF = '''
class L_Shade { string Colour; uint8 Percent; };
class L_Lamp { [key] string Name; uint32 Watts = 40; boolean On; string Rooms[]; sint64 Hours; L_Shade Shade; };
instance of L_Lamp { Name = "desk"; };
'''


class ChangeTest(WmiCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.changes = {'OPENWMI_REPOSITORY': os.path.join(folder.name, 'repository')}
        path = os.path.join(folder.name, 'lamp.mof')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(MOF)
        self.output('compile', '-n', 'root/default', path, **self.changes)

    def lamp(self, name='desk'):
        return json.loads(self.output('get', '-n', 'root/default', '-f', 'json', f'L_Lamp.Name="{name}"', **self.changes))

    def set(self, *arguments):
        self.assertEqual('', self.output('set', '-n', 'root/default', *arguments, **self.changes))

    def test_set_changes_what_is_named_and_leaves_the_rest(self):
        self.set('L_Lamp.Name="desk"', 'On=true', 'Rooms=hall', 'Rooms=attic', 'Hours=-9007199254740993')
        lamp = self.lamp()
        self.assertEqual((lamp['On'], lamp['Rooms'], lamp['Hours'], lamp['Watts']),
                         (True, ['hall', 'attic'], -9007199254740993, 40))
        self.set('L_Lamp.Name="desk"', 'On', 'Watts=60')
        lamp = self.lamp()
        self.assertEqual((lamp['On'], lamp['Watts'], lamp['Rooms']), (None, 60, ['hall', 'attic']))

    def test_set_makes_embedded_objects(self):
        self.set('L_Lamp.Name="desk"', 'Shade.Colour=red', 'Shade.Percent=30')
        shade = self.lamp()['Shade']
        self.assertEqual((shade['Colour'], shade['Percent']), ('red', 30))

    def test_set_makes_a_new_object_only_when_told(self):
        said = self.failure(1, 'set', '-n', 'root/default', 'L_Lamp.Name="new"', 'Watts=5', **self.changes)
        self.assertIn('WBEM_E_NOT_FOUND', said)
        self.set('--create', 'L_Lamp.Name="new"', 'Watts=5')
        self.assertEqual(self.lamp('new')['Watts'], 5)

    def test_what_cannot_be_set_is_named(self):
        for assignment, words in (('Wats=5', "there is no 'Wats'; there are: "),
                                  ('Watts=much', "Watts takes a whole number from 0 to 4294967295, not 'much'"),
                                  ('Watts=-1', "Watts takes a whole number from 0 to 4294967295, not '-1'"),
                                  ('On=perhaps', "On takes TRUE or FALSE, not 'perhaps'"),
                                  ('Name.X=1', 'Name is no embedded object')):
            said = self.failure(1, 'set', '-n', 'root/default', 'L_Lamp.Name="desk"', assignment, **self.changes)
            self.assertIn(words, said.replace('\n  ', ' ').replace('There', 'there').replace('The ', 'the '))
        self.assertIn("'=5' is no NAME=VALUE",
                      self.failure(2, 'set', '-n', 'root/default', 'L_Lamp.Name="desk"', '=5', **self.changes))
        self.assertIn('names a class', self.failure(2, 'set', 'L_Lamp', 'Watts=5', **self.changes))

    def test_delete_removes_one_object(self):
        path = 'L_Lamp.Name="desk"'
        self.assertEqual('', self.output('delete', '-n', 'root/default', path, **self.changes))
        said = self.failure(1, 'delete', '-n', 'root/default', path, **self.changes)
        self.assertIn('WBEM_E_NOT_FOUND', said)
        self.assertIn('objects only', self.failure(2, 'delete', '-n', 'root/default', 'L_Lamp', **self.changes))

    def test_call_runs_a_static_method_and_prints_its_answer(self):
        answer = json.loads(self.output('call', '-f', 'json', 'Win32_Process', 'Create', 'CommandLine=true'))
        self.assertEqual(answer['ReturnValue'], 0)
        self.assertGreater(answer['ProcessId'], 1)

    def test_another_return_value_than_zero_is_told_by_the_exit_code(self):
        result = self.run_wmi('call', 'Win32_Process', 'Create', 'CommandLine=/no/such/program')
        self.assertEqual((result.returncode, result.stderr), (5, ''))
        self.assertRegex(result.stdout, r'ReturnValue +: [1-9]')

    def test_call_names_what_is_wrong(self):
        said = self.failure(1, 'call', 'Win32_Process', 'Creat', 'CommandLine=true')
        self.assertIn("the class Win32_Process has no method 'Creat'", said.replace('\n  ', ' ').replace('There', 'there').replace('The ', 'the '))
        said = self.failure(1, 'call', 'Win32_Process', 'Create', 'Line=true')
        self.assertIn("there is no 'Line'; there are: ", said.replace('\n  ', ' ').replace('There', 'there').replace('The ', 'the '))
        self.assertIn('WBEM_E_NOT_FOUND', self.failure(1, 'call', 'Win32_Nothing', 'Create'))


if __name__ == '__main__':
    unittest.main()
