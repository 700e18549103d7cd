"""The help tells the truth: its examples run, and the completion offers what there is."""
import os
import pathlib
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


def manual_examples(page):
    text = (SOURCE / 'packaging' / 'man' / page).read_text(encoding='utf-8')
    block = text.split('.SH EXAMPLES\n.nf\n')[1].split('.fi')[0]
    for roff, plain in (('\\(dq', '"'), ('\\(aq', "'"), ('\\-', '-')):
        block = block.replace(roff, plain)
    return block.splitlines()


def readme_examples():
    text = (SOURCE / 'README.md').read_text(encoding='utf-8').split('## From the shell')[1].split('\n## ')[0]
    for block in text.split('```sh\n')[1:]:
        for line in block.split('```')[0].splitlines():
            yield line


# What the examples speak of.
LAMPS = 'instance of __NAMESPACE { Name = "lamps"; };\n'
LAMP = '[Description("A lamp.") : Amended] class Example_Lamp { [key] string Name; };\n'
LAMP_INSTANCES = 'instance of Example_Lamp { Name = "desk"; };\n'


class HelpTest(WmiCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name, text in (('lamps.mof', LAMPS), ('lamp.mof', LAMP), ('lamp_instances.mof', LAMP_INSTANCES)):
            (self.folder / name).write_text(text, encoding='utf-8')
        self.environment = environment(OPENWMI_REPOSITORY=str(self.folder / 'repository'))
        self.environment['PATH'] = f'{pathlib.Path(os.environ["MOFCOMP"]).parent}:{self.environment["PATH"]}'
        self.run_example('wmi compile -n root lamps.mof')

    def run_example(self, example):
        # Nothing else would end it.
        if example.startswith('wmi watch') and '--for' not in example:
            example += ' --for 100ms'
        result = subprocess.run(['bash', '-c', example], cwd=self.folder, capture_output=True, text=True,
                                timeout=TIME_LIMIT, env=self.environment)
        self.assertEqual((result.returncode, result.stderr), (0, ''), example)

    def test_every_example_runs(self):
        count = 0
        for command in ([], ['query'], ['explain'], ['watch'], ['get'], ['call'], ['ls'], ['describe'], ['compile'], ['export'], ['repository']):
            for example in examples(self.output(*command, '--help')):
                self.run_example(example)
                count += 1
        self.assertGreaterEqual(count, 25)

    def test_every_example_of_the_manual_runs(self):
        wmi, mofcomp = manual_examples('wmi.1'), manual_examples('mofcomp.1')
        for example in wmi + mofcomp:
            self.run_example(example)
        self.assertGreaterEqual(len(wmi), 10)
        self.assertGreaterEqual(len(mofcomp), 3)

    def test_every_example_of_the_readme_runs(self):
        found = list(readme_examples())
        for example in found:
            self.run_example(example)
        self.assertGreaterEqual(len(found), 10)

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
        self.assertEqual(self.complete('wmi', ''), ['query', 'explain', 'watch', 'get', 'call', 'set', 'delete', 'ls', 'describe',
                                                     'register', 'compile', 'export', 'repository',
                                                     'subscriptions', 'host', 'help'])
        self.assertEqual(self.complete('wmi', '-n', 'root/cimv2', 'd'), ['delete', 'describe'])
        self.assertEqual(self.complete('wmi', 'help', 'ex'), ['explain', 'export'])

    def test_options_and_formats(self):
        self.assertIn('--namespaces', self.complete('wmi', 'ls', '--n'))
        self.assertEqual(self.complete('wmi', 'query', '-f', 'j'), ['json', 'jsonl'])
        self.assertEqual(self.complete('wmi', 'describe', '--m'), ['--mof'])
        self.assertEqual(self.complete('wmi', 'query', '--so'), ['--sort'])
        self.assertEqual(self.complete('wmi', 'query', '--sort', 'Name', '--li'), ['--limit'])
        self.assertEqual(self.complete('wmi', 'ls', '--so'), [])
        self.assertEqual(self.complete('wmi', 'explain', '--so'), [])
        self.assertEqual(self.complete('wmi', 'explain', '-f', 'c'), ['csv'])

    def test_what_to_watch(self):
        self.assertEqual(self.complete('wmi', 'watch', ''), ['process', 'service', 'file', 'device'])
        self.assertEqual(self.complete('wmi', 'watch', '--count', '2', 's'), ['service'])
        self.assertEqual(self.complete('wmi', 'watch', '-f', 'j'), ['jsonl'])
        self.assertEqual(self.complete('wmi', 'watch', '--fo'), ['--format', '--for'])
        self.assertEqual(self.complete('wmi', 'query', '--fo'), ['--format'])
        self.assertIn('/etc/passwd', self.complete('wmi', 'watch', 'file', '/etc/passw'))
        self.assertEqual(self.complete('wmi', 'watch', 'process', ''), [])

    def test_classes_whatever_their_case(self):
        self.assertIn('Win32_Process', self.complete('wmi', 'describe', 'win32_pro'))
        self.assertNotIn('Win32_LogicalDisk', self.complete('wmi', 'get', 'Win32_P'))


if __name__ == '__main__':
    unittest.main()
