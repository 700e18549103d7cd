"""wmi repository: what it says, what it writes, how it ends."""
import os
import tempfile
import unittest

from wmi_case import WmiCase


class RepositoryTest(WmiCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, 'repository')
        self.backup = os.path.join(folder.name, 'backup')

    def repository(self, *arguments):
        return self.output('repository', *arguments, OPENWMI_REPOSITORY=self.folder)

    def test_status_tells_where_it_is_and_what_it_holds(self):
        text = self.repository('status')
        lines = dict(line.split(':', 1) for line in text.splitlines())
        self.assertEqual(lines['Folder'].strip(), self.folder)
        self.assertEqual(lines['Changeable'].strip(), 'yes')
        self.assertGreater(int(lines['Classes']), 50)
        self.assertGreaterEqual(int(lines['Namespaces']), 7)

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
        for arguments in (['repository'], ['repository', 'burn'], ['repository', 'backup'], ['repository', 'status', 'x']):
            self.failure(2, *arguments)


if __name__ == '__main__':
    unittest.main()
