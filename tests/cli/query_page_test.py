"""docs/query.md tells the truth: its MOF compiles, its commands print what stands below them, its queries are right."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from wmi_case import SOURCE, TIME_LIMIT, WMI, WmiCase, environment

PAGE = SOURCE / 'docs' / 'query.md'
BLOCK = re.compile(r'^```(\w*)\n(.*?)^```$', re.MULTILINE | re.DOTALL)
TIME = re.compile(r' *\b\d+\.\d{3} ms$', re.MULTILINE)


def blocks(language):
    return [text for name, text in BLOCK.findall(PAGE.read_text(encoding='utf-8')) if name == language]


def examples():
    """The commands of the console blocks, each with what it prints."""
    for block in blocks('console'):
        for example in re.split(r'^\$ ', block, flags=re.MULTILINE)[1:]:
            command, _, shown = example.partition('\n')
            yield command, shown


def comparable(command, shown):
    """Without what is not promised: times, and the order of objects that nobody sorted."""
    shown = re.sub(r',\d+$', ',', shown, flags=re.MULTILINE) if '-f csv' in command else TIME.sub(' T ms', shown)
    is_table = ' query ' in command and '--sort' not in command and not shown.startswith('wmi: ')
    return '\n'.join(sorted(shown.splitlines())) if is_table else shown


class QueryPageTest(WmiCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        # A date without a zone is local time.
        cls.environment = environment(OPENWMI_REPOSITORY=str(cls.folder / 'repository'), TZ='UTC')
        for number, text in enumerate(blocks('mof')):
            (cls.folder / f'{number}.mof').write_text(text, encoding='utf-8')
            result = cls.run_shell(f'wmi compile -n root/default {number}.mof')
            assert result.returncode == 0, result.stdout

    @classmethod
    def run_shell(cls, command):
        return subprocess.run(['bash', '-c', command], cwd=cls.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              encoding='utf-8', timeout=TIME_LIMIT, stdin=subprocess.DEVNULL, env=cls.environment)

    def test_every_command_prints_what_the_page_says(self):
        count = 0
        for command, shown in examples():
            with self.subTest(command):
                self.assertEqual(comparable(command, self.run_shell(command).stdout), comparable(command, shown))
            count += 1
        self.assertGreaterEqual(count, 50)

    def test_commands_about_this_machine_run(self):
        commands = [line for block in blocks('sh') for line in block.splitlines()]
        self.assertGreaterEqual(len(commands), 4)
        for command in commands:
            result = self.run_shell(command)
            self.assertEqual(result.returncode, 0, command + '\n' + result.stdout)

    def test_every_query_is_right(self):
        queries = [query for block in blocks('wql') for query in block.split('\n\n')]
        self.assertGreaterEqual(len(queries), 3)
        for query in queries:
            result = self.run_wmi('-n', 'root/default', 'explain', query, OPENWMI_REPOSITORY=self.environment['OPENWMI_REPOSITORY'])
            self.assertEqual((result.returncode, result.stderr), (0, ''), query)
            self.assertIn('Events', result.stdout)

    def test_no_block_goes_untested(self):
        languages = {name for name, _ in BLOCK.findall(PAGE.read_text(encoding='utf-8'))}
        self.assertEqual(languages, {'mof', 'sh', 'wql', 'console'})

    def test_every_link_leads_somewhere(self):
        text = PAGE.read_text(encoding='utf-8')
        heads = {re.sub(r'[^\w\- ]', '', head.lower()).replace(' ', '-') for head in re.findall(r'^#+ (.*)$', text, re.MULTILINE)}
        links = re.findall(r'\]\(\s*([^)\s]+)\)', text)
        self.assertGreaterEqual(len(links), 10)
        for link in links:
            path, _, anchor = link.partition('#')
            if path:
                self.assertTrue((PAGE.parent / path).is_file(), link)
            else:
                self.assertIn(anchor, heads, link)


if __name__ == '__main__':
    unittest.main()
