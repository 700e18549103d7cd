#!/usr/bin/env python3
"""wmi register: a shared object registers itself, and what is said when it cannot.

usage: register_test.py WMI PROVIDER REFUSING_MODULE MODULE_WITHOUT_CLASSES
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CLSID = '{6F1C2D3E-7A4B-4C5D-8E9F-0123456789AB}'
VALUES = f'registry/HKEY_LOCAL_MACHINE/SOFTWARE/Classes/CLSID/{CLSID}/InprocServer32/.values'


class RegisterTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_wmi(self, *arguments):
        environment = dict(os.environ, OPENWMI_REGISTRY=str(self.folder / 'registry'))
        result = subprocess.run([WMI, 'register', *map(str, arguments)], capture_output=True, text=True, timeout=60,
                                cwd=pathlib.Path(PROVIDER).parent, env=environment)
        return result.returncode, result.stdout, result.stderr

    def failure(self, *arguments):
        code, out, error = self.run_wmi(*arguments)
        self.assertEqual((code, out), (1, ''), error)
        self.assertTrue(error.startswith('wmi: '), error)
        return error

    def test_a_provider_is_registered_and_taken_back(self):
        name = './' + pathlib.Path(PROVIDER).name
        full = os.path.realpath(PROVIDER)
        self.assertEqual(self.run_wmi(name), (0, f'registered {full}\n', ''))
        self.assertEqual((self.folder / VALUES / '@').read_text(), f'REG_SZ\n{full}\n')
        self.assertEqual((self.folder / VALUES / 'ThreadingModel').read_text(), 'REG_SZ\nBoth\n')
        self.assertEqual(self.run_wmi(name)[0], 0)  # once more is fine
        self.assertEqual(self.run_wmi('--undo', name), (0, f'no longer registered: {full}\n', ''))
        self.assertFalse((self.folder / VALUES).exists())
        self.assertIn('its DllUnregisterServer returned', self.failure('--undo', name))

    def test_a_file_that_is_not_there_is_named(self):
        self.assertIn('nobody.so', self.failure('nobody.so'))
        self.assertIn('nobody.so', self.failure('--undo', 'nobody.so'))

    def test_a_file_that_is_no_module_is_named(self):
        path = self.folder / 'text.so'
        path.write_text('no module')
        self.assertIn(f'{path}: file too short', self.failure(path))

    def test_a_module_without_the_function_is_named(self):
        self.assertIn('exports no DllRegisterServer', self.failure(PLAIN))
        self.assertIn('exports no DllUnregisterServer', self.failure('--undo', PLAIN))

    def test_a_module_that_refuses_is_named(self):
        self.assertIn('its DllMain returned FALSE', self.failure(REFUSING))

    def test_a_file_that_others_can_write_is_refused(self):
        path = self.folder / 'copy.so'
        shutil.copy(PROVIDER, path)
        path.chmod(0o777)
        self.assertIn('may be written by everybody', self.failure(path))
        self.assertFalse((self.folder / 'registry').exists())


def private_copies(folder, modules):
    """In a folder that only this user can write, wherever and by whom this was built: nothing else is loaded."""
    for module in modules:
        copy = pathlib.Path(folder) / pathlib.Path(module).name
        shutil.copyfile(module, copy)
        copy.chmod(0o700)
        yield str(copy)


if __name__ == '__main__':
    WMI = sys.argv[1]
    with tempfile.TemporaryDirectory() as modules_folder:
        PROVIDER, REFUSING, PLAIN = private_copies(modules_folder, sys.argv[2:5])
        unittest.main(argv=sys.argv[:1])
