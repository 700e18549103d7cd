"""What the tests of the tools share: a temporary source tree and a way to run a tool on it."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class ToolCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def run_tool(self, name, *arguments):
        result = subprocess.run([sys.executable, '-B', str(ROOT / 'tools' / name), *map(str, arguments)],
                                capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    def assert_passes(self, name, *arguments):
        code, output = self.run_tool(name, *arguments)
        self.assertEqual(code, 0, output)
        return output

    def assert_fails(self, expected, name, *arguments):
        code, output = self.run_tool(name, *arguments)
        self.assertEqual(code, 1, output)
        self.assertIn(expected, output)
        self.assertNotIn('Traceback', output)
