"""The help tells the truth: its examples run, and the completion offers what there is."""
import subprocess
import tempfile
import unittest

from wmi_case import SOURCE, TIME_LIMIT, WmiCase, environment


def examples(text):
    lines = text.splitlines()
    start = lines.index('Examples:') + 1
    while start < len(lines) and lines[start].startswith('  wmi '):
        yield lines[start].strip()
        start += 1


class HelpTest(WmiCase):
    def test_every_example_runs(self):
        count = 0
        with tempfile.TemporaryDirectory() as folder:
            for command in ([], ['query'], ['get'], ['ls'], ['describe']):
                for example in examples(self.output(*command, '--help')):
                    result = subprocess.run(['bash', '-c', example], cwd=folder, capture_output=True, text=True,
                                            timeout=TIME_LIMIT, env=environment())
                    self.assertEqual((result.returncode, result.stderr), (0, ''), example)
                    count += 1
        self.assertGreaterEqual(count, 15)

    def test_version_names_the_product(self):
        self.assertRegex(self.output('--version'), r'^wmi \(OpenWMI\) \d+\.\d+\.\d+\n$')


class CompletionTest(WmiCase):
    def complete(self, *words):
        script = f'''source {SOURCE}/packaging/bash-completion/wmi
                     COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wmi; printf '%s\\n' "${{COMPREPLY[@]}}"'''
        result = subprocess.run(['bash', '-c', script, 'bash', *words], capture_output=True, text=True,
                                timeout=TIME_LIMIT, env=environment())
        return result.stdout.split()

    def test_commands(self):
        self.assertEqual(self.complete('wmi', ''), ['query', 'get', 'ls', 'describe', 'register', 'compile', 'export', 'repository'])
        self.assertEqual(self.complete('wmi', '-n', 'root/cimv2', 'd'), ['describe'])

    def test_options_and_formats(self):
        self.assertIn('--namespaces', self.complete('wmi', 'ls', '--n'))
        self.assertEqual(self.complete('wmi', 'query', '-f', 'j'), ['json', 'jsonl'])
        self.assertEqual(self.complete('wmi', 'describe', '--m'), ['--mof'])

    def test_classes_whatever_their_case(self):
        self.assertIn('Win32_Process', self.complete('wmi', 'describe', 'win32_pro'))
        self.assertNotIn('Win32_LogicalDisk', self.complete('wmi', 'get', 'Win32_P'))


if __name__ == '__main__':
    unittest.main()
