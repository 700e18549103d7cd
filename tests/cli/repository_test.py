"""wmi repository: what it says, what it writes, how it ends."""
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

from wmi_case import TIME_LIMIT, WMI, WmiCase, environment


class RepositoryTest(WmiCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, 'repository')
        self.backup = os.path.join(folder.name, 'backup')

    def repository(self, *arguments):
        return self.output('repository', *arguments, OPENWMI_REPOSITORY=self.folder)

    def compile(self, text):
        path = os.path.join(os.path.dirname(self.folder), 'a.mof')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        self.output('compile', '-n', 'root/default', path, OPENWMI_REPOSITORY=self.folder)
        os.unlink(path)

    def damage(self, word):
        """Flips a bit of every place that has the word."""
        database = self.folder + '/repository.db'
        connection = sqlite3.connect(database)
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        connection.close()
        with open(database, 'rb') as file:
            content = file.read()
        self.assertIn(word, content)
        with open(database, 'wb') as file:
            file.write(content.replace(word, bytes([word[0] ^ 4]) + word[1:]))

    def test_status_tells_where_it_is_and_what_it_holds(self):
        self.compile('#pragma autorecover\nclass L_A { [key] string K; };\ninstance of L_A { K = "1"; };')
        text = self.repository('status')
        facts, *lists = text.split('\n\n')
        lines = dict(line.split(':', 1) for line in facts.splitlines())
        self.assertEqual(lines['Folder'].strip(), self.folder)
        self.assertEqual(lines['Changeable'].strip(), 'yes')
        self.assertEqual(lines['Instances'].strip(), '4')  # the settings of the product are three
        self.assertEqual(lines['Autorecover'].strip(), '1 file')
        self.assertTrue(lines['Damage'].strip().startswith('none met'))
        self.assertGreater(int(lines['Classes']), 50)
        self.assertRegex(lists[0], r'(?m)^  ROOT\\cimv2 +\d+$')
        self.assertEqual(int(lines['Namespaces']), len(lists[0].splitlines()) - 1)
        self.assertTrue(lists[1].endswith('a.mof\n'), lists[1])

    def test_a_new_one_may_be_made_by_several_at_once(self):
        for number in range(5):
            environment_of_all = environment(OPENWMI_REPOSITORY=f'{self.folder}{number}')
            started = [subprocess.Popen([WMI, 'ls'], env=environment_of_all, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(3)]
            for process in started:
                self.assertEqual((process.communicate(timeout=TIME_LIMIT)[1], process.returncode), ('', 0))

    def test_status_names_what_of_the_autorecover_list_cannot_be_read(self):
        self.compile('#pragma autorecover\nclass L_A { [key] string K; };')
        (entry,) = pathlib.Path(self.folder, 'autorecover').iterdir()
        entry.write_text('class L_A {};')
        self.assertIn(f'  {entry}: it is damaged', self.repository('status'))

    def test_status_has_a_form_for_programs(self):
        state = json.loads(self.repository('status', '-f', 'json'))
        self.assertEqual((state['folder'], state['damage'], state['refusal']), (self.folder, None, None))
        self.assertIn('ROOT\\cimv2', [entry['name'] for entry in state['namespaces']])
        self.assertEqual(len(self.repository('status', '-f', 'jsonl').splitlines()), 1)

    def test_everything_is_exported_and_compiles_back_to_the_same(self):
        self.compile('class L_A { [key] string K; L_A ref R; };\ninstance of L_A as $X { K = "1"; };\n'
                     'instance of L_A { K = "2"; R = $X; };\ninstance of __NAMESPACE { Name = "inner"; };\n'
                     '#pragma namespace("root\\\\default\\\\inner")\nclass L_B { [key] uint8 N; };\ninstance of L_B { N = 3; };')
        out = self.backup + '.mof'
        self.assertEqual(self.repository('export', out), '')
        text = self.repository('export')
        self.assertEqual(pathlib.Path(out).read_text(encoding='utf-8'), text)
        other = self.folder + '2'
        self.output('compile', '-n', 'root', out, OPENWMI_REPOSITORY=other)
        self.assertEqual(self.output('repository', 'export', OPENWMI_REPOSITORY=other), text)
        part = self.repository('export', '-n', 'root/default')
        self.assertIn('class L_B', part)
        self.assertNotIn('Win32_Process', part)

    def test_damage_is_told_with_its_place_and_no_backup_takes_the_place_of_a_good_one(self):
        self.compile('class L_A { [key] string K; [Units("glimmer")] uint8 U; };\nclass L_B { [key] string K; };\n'
                     'instance of L_B { K = "bright"; };')
        self.repository('backup', self.backup)
        good = pathlib.Path(self.backup).read_bytes()
        self.damage(b'glimmer')
        result = self.run_wmi('repository', 'verify', OPENWMI_REPOSITORY=self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn('ROOT\\default:L_A: ', result.stdout)
        self.assertIn('the repository is damaged: 1 finding in', result.stderr)
        for command in (['describe', 'L_A'], ['query', 'SELECT * FROM L_A'], ['export', 'L_A'], ['export']):
            text = self.failure(1, '-n', 'root/default', *command, OPENWMI_REPOSITORY=self.folder)
            self.assertTrue(text.startswith('wmi: WBEM_E_CRITICAL_ERROR (0x8004100A)'), text)
            self.assertIn('class ROOT\\default:L_A cannot be read', text.replace('\n ', ''))
        self.assertIn('bright', self.output('query', '-n', 'root/default', 'SELECT * FROM L_B', OPENWMI_REPOSITORY=self.folder))
        text = self.failure(1, 'repository', 'backup', self.backup, OPENWMI_REPOSITORY=self.folder)
        self.assertIn('the class L_A is damaged', text.replace('\n ', ''))
        self.assertEqual(pathlib.Path(self.backup).read_bytes(), good)
        self.repository('restore', self.backup)
        self.assertIn('sound', self.repository('verify'))
        self.assertIn('L_A', self.output('describe', '-n', 'root/default', 'L_A', OPENWMI_REPOSITORY=self.folder))

    def test_a_stand_in_for_a_missing_repository_is_not_backed_up(self):
        text = self.output('repository', 'status', OPENWMI_REPOSITORY='not/absolute')
        self.assertRegex(text, r'Changeable: +no: .*absolute path')
        text = self.failure(1, 'repository', 'backup', self.backup, OPENWMI_REPOSITORY='not/absolute')
        self.assertTrue(text.startswith('wmi: WBEM_E_ACCESS_DENIED (0x80041003)'), text)
        self.assertFalse(os.path.exists(self.backup))
        text = self.failure(1, 'query', 'SELECT * FROM L_A', OPENWMI_REPOSITORY='not/absolute')
        self.assertIn('The repository cannot be used: ', text)

    def test_a_newer_format_is_refused_with_both_numbers(self):
        self.repository('status')
        connection = sqlite3.connect(self.folder + '/repository.db')
        connection.execute('PRAGMA user_version=2')
        connection.commit()
        connection.close()
        text = self.failure(1, 'repository', 'status', OPENWMI_REPOSITORY=self.folder)
        self.assertTrue(text.startswith('wmi: WBEM_E_DATABASE_VER_MISMATCH'), text)
        self.assertRegex(' '.join(text.split()), r'the format 2, .* up to 1;')

    def test_in_memory_there_is_no_folder(self):
        text = self.output('repository', 'status', OPENWMI_REPOSITORY=':memory:')
        self.assertIn('none, in memory', text)

    def test_a_new_repository_is_sound(self):
        self.assertRegex(self.repository('verify'), r'^sound: \d+ namespaces, \d+ classes, \d+ instances?\n$')

    def test_backup_and_restore(self):
        before = self.repository('status').split('Namespaces')[1]
        self.assertEqual(self.repository('backup', self.backup), f'backed up to {self.backup}\n')
        self.assertEqual(os.stat(self.backup).st_mode & 0o777, 0o600)
        self.assertEqual(os.listdir(os.path.dirname(self.backup)).__len__(), 2)
        self.assertEqual(self.repository('restore', self.backup), f'restored from {self.backup}\n')
        self.assertEqual(self.repository('status').split('Namespaces')[1], before)
        self.assertIn('sound', self.repository('verify'))

    def test_a_damaged_backup_is_refused(self):
        self.repository('backup', self.backup)
        os.truncate(self.backup, 30000)
        text = self.failure(1, 'repository', 'restore', self.backup, OPENWMI_REPOSITORY=self.folder)
        self.assertTrue(text.startswith('wmi: WBEM_E_CRITICAL_ERROR (0x8004100A)'), text)
        self.assertIn('unchanged', text.replace('\n', ' '))
        self.assertIn('sound', self.repository('verify'))

    def test_a_missing_file_is_named(self):
        text = self.failure(1, 'repository', 'restore', self.backup, OPENWMI_REPOSITORY=self.folder)
        self.assertTrue(text.startswith('wmi: WBEM_E_NOT_FOUND'), text)
        self.assertIn(os.path.basename(self.backup), text)

    def test_compact_tells_the_sizes(self):
        self.assertRegex(self.repository('compact'), r'^compacted: \d+ bytes before, \d+ bytes now\n$')

    def test_usage(self):
        for arguments in (['repository'], ['repository', 'burn'], ['repository', 'backup'], ['repository', 'status', 'x'],
                          ['repository', 'status', '-n', 'root'], ['repository', 'verify', '-f', 'json'],
                          ['repository', 'status', '-f', 'csv']):
            self.failure(2, *arguments)


if __name__ == '__main__':
    unittest.main()
