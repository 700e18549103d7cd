"""wmi compile, wmi export and mofcomp: what goes in comes out, errors have their place, and exit codes are as told."""
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time
import unittest

from wmi_case import TIME_LIMIT, WMI, WmiCase, environment

MOFCOMP = os.environ['MOFCOMP']
GOOD = 'class L_A { [key] string K; };\ninstance of L_A { K = "1"; };\n'
BAD = 'class L_B { string 5; };\nclass L_C { string 6; };\n'
COPY = '#pragma namespace("\\\\\\\\.\\\\root")\ninstance of __NAMESPACE { Name = "copy"; };\n'


class MofCase(WmiCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.repository = str(self.folder / 'repository')

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding='utf-8')
        return str(path)

    def run_wmi(self, *arguments, **changes):
        changes.setdefault('OPENWMI_REPOSITORY', self.repository)
        return super().run_wmi(*arguments, **changes)

    def mofcomp(self, code, *arguments):
        """What mofcomp says on the standard output and on the error output when it ends with `code`."""
        result = subprocess.run([MOFCOMP, *arguments], capture_output=True, text=True, timeout=TIME_LIMIT,
                                env=environment(OPENWMI_REPOSITORY=self.repository))
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout, result.stderr


class WmiMofTest(MofCase):
    def test_the_product_s_namespace_compiles_into_an_empty_one_and_is_the_same(self):
        first = self.output('export')
        self.assertIn('class Win32_Process', first)
        self.output('compile', self.write('copy.mof', COPY), self.write('all.mof', first))
        self.assertEqual(self.output('ls', '-n', 'root/copy', '--classes', '-q'), '')
        self.output('compile', '-n', 'root/copy', self.write('all.mof', first))
        self.assertEqual(self.output('export', '-n', 'root/copy'), first)

    def test_instances_come_back_in_another_repository(self):
        self.output('compile', '-n', 'root/default', self.write('a.mof', GOOD))
        out = str(self.folder / 'everything.mof')
        self.assertEqual(self.output('export', '-n', 'root', '-r', '--instances', '-o', out), '')
        self.repository = str(self.folder / 'other')
        self.output('compile', '-n', 'root', out)
        self.assertIn('1', self.output('get', '-n', 'root/default', 'L_A.K="1"'))

    def test_every_error_has_its_place_and_nothing_is_stored(self):
        text = self.failure(1, 'compile', self.write('b.mof', GOOD + BAD))
        self.assertIn('b.mof(3,20): error WBEMMOF_E_', text)
        self.assertIn('b.mof(4,20): error WBEMMOF_E_', text)
        self.assertIn('WBEM_E_NOT_FOUND', self.failure(1, 'describe', 'L_A'))

    def test_control_characters_of_a_text_do_not_reach_the_terminal(self):
        text = self.failure(1, 'compile', self.write('c.mof', '#pragma namespace("x\\x1b[2Jy")'))
        self.assertNotIn('\x1b', text)
        self.assertIn('c.mof(1,19): error WBEM', text)

    def test_a_check_stores_nothing(self):
        self.output('compile', '--check', self.write('a.mof', GOOD))
        self.failure(1, 'describe', 'L_A')

    def test_modes_forbid(self):
        path = self.write('a.mof', GOOD)
        self.output('compile', path)
        self.assertIn('WBEM_E_ALREADY_EXISTS', self.failure(1, 'compile', '--class', 'createonly', path))

    def test_a_signal_ends_a_compilation_and_nothing_is_stored(self):
        big = ''.join(f'class L_{n} {{ [key] string K; [Description("{n}")] uint32 P{n}; }};\n' for n in range(4000))
        path = self.write('big.mof', big)
        self.output('ls', '-q', 'root')  # what happens once in a repository is done
        process = subprocess.Popen([WMI, 'compile', '-n', 'root/default', path], stderr=subprocess.PIPE, text=True,
                                   env=environment(OPENWMI_REPOSITORY=self.repository))
        # The handlers are there when the library is: it has the folder's lock open then.
        deadline = time.monotonic() + TIME_LIMIT
        while time.monotonic() < deadline and process.poll() is None and not self.has_open(process.pid, '/lock'):
            select.select([], [], [], 0.001)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=TIME_LIMIT)
        self.assertEqual(process.returncode, 130, said)
        self.assertRegex(said, r'^wmi: cancelled after \d+\.\d s; nothing of .*big\.mof is stored\n$')
        self.assertNotIn('L_', self.output('ls', '-q', 'root/default'))

    @staticmethod
    def has_open(pid, ending):
        try:
            return any(os.readlink(entry.path).endswith(ending) for entry in os.scandir(f'/proc/{pid}/fd'))
        except OSError:  # a descriptor or the process has gone
            return False

    def test_a_file_is_replaced_by_a_whole_text_only(self):
        out = self.folder / 'out.mof'
        out.write_text('before', encoding='utf-8')
        self.failure(1, 'export', '-o', str(out), 'NoSuch')
        self.assertEqual(out.read_text(encoding='utf-8'), 'before')
        self.output('export', '-o', str(out))
        self.assertIn('class Win32_Process', out.read_text(encoding='utf-8'))
        self.assertEqual(sorted(os.listdir(self.folder)), ['out.mof', 'repository'])

    def test_a_file_that_is_not_there_is_named_without_a_wrong_hint(self):
        text = self.failure(1, 'compile', 'none.mof')
        self.assertIn("no file 'none.mof'", text)
        self.assertNotIn('wmi ls', text)

    def test_what_cannot_be_exported_is_told(self):
        self.assertIn('NoSuch', self.failure(1, 'export', 'NoSuch'))
        self.assertIn('No space left', self.failure(1, 'export', '-o', '/dev/full'))
        self.assertIn('cannot be written', self.failure(1, 'export', '-o', str(self.folder / 'no' / 'x')))


class MofcompTest(MofCase):
    def test_exit_codes(self):
        good, bad = self.write('a.mof', GOOD), self.write('b.mof', BAD)
        said, _ = self.mofcomp(0, good)
        self.assertIn('1 class, 1 instance', said)
        self.assertIn('warning', said)
        self.mofcomp(1, str(self.folder / 'none.mof'))
        self.mofcomp(1, '-N:root/nowhere', good)
        self.mofcomp(1, '-U:me', good)
        self.mofcomp(1, self.write('c.mof', 'class L_D : L_Missing {};'))
        self.mofcomp(2, '-frob', good)
        self.assertIn('-WMI', self.mofcomp(2, '-WMI', good)[1])
        _, errors = self.mofcomp(3, bad)
        self.assertIn('b.mof(1,20): error WBEMMOF_E_', errors)
        self.assertIn('b.mof(2,20): error WBEMMOF_E_', errors)
        self.mofcomp(4, '/class:CreateOnly', good)

    def test_a_file_that_says_so_is_remembered(self):
        said, _ = self.mofcomp(0, self.write('r.mof', '#pragma autorecover\nclass L_R {};'))
        self.assertNotIn('warning', said)
        self.assertEqual(os.listdir(self.repository + '/autorecover'), ['0001-r.mof'])

    def test_check_touches_nothing(self):
        self.mofcomp(0, '-check', self.write('a.mof', GOOD))
        self.failure(1, 'describe', '-n', 'root/default', 'L_A')

    def test_an_amended_file_is_split(self):
        path = self.write('d.mof', '[Description("words") : Amended] class L_D { [key] string K; };')
        neutral, localized = str(self.folder / 'n.mof'), str(self.folder / 'l.mfl')
        self.mofcomp(0, '-AMENDMENT:MS_409', f'-MOF:{neutral}', f'-MFL:{localized}', path)
        self.assertNotIn('words', pathlib.Path(neutral).read_text(encoding='utf-8'))
        self.assertIn('words', pathlib.Path(localized).read_text(encoding='utf-8'))
        self.mofcomp(0, neutral)
        self.mofcomp(0, localized)


if __name__ == '__main__':
    unittest.main()
