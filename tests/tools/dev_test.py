#!/usr/bin/env python3
"""The front command on machines that lack things, played with stand-ins for the package tools, cmake and ctest."""
import os
import shutil
import subprocess
import unittest

from tool_case import ROOT, ToolCase

# What a stand-in does: every call is noted with its arguments; installed packages are a file each.
DPKG_QUERY = 'for package; do :; done; [ -e "$STATE/$package" ] && echo installed'
SUDO = '[ "$1" = -n ] && shift; exec "$@"'
APT_GET = '''
echo "apt-get $*" >>"$STATE/calls"
case " $* " in *" install "*) ;; *) exit 0 ;; esac
[ -n "$APT_FAILS" ] && { echo "E: Unable to locate package"; exit 100; }
for word; do touch "$STATE/$word" 2>/dev/null; done
'''
CMAKE = 'echo "cmake $*" >>"$STATE/calls"; [ -z "$CMAKE_FAILS" ] || { echo "CMake Error: no compiler"; exit 1; }'
CTEST = 'echo "ctest $*" >>"$STATE/calls"; echo "100% tests passed"; exit "${CTEST_CODE:-0}"'


class Dev(ToolCase):
    def setUp(self):
        super().setUp()
        self.state = self.folder / 'state'
        self.state.mkdir()
        shutil.copy(ROOT / 'dev', self.folder / 'dev')
        for name, text in {'dpkg-query': DPKG_QUERY, 'sudo': SUDO, 'apt-get': APT_GET, 'cmake': CMAKE,
                           'ctest': CTEST}.items():
            self.write(f'bin/{name}', '#!/bin/sh\n' + text).chmod(0o755)

    def dev(self, *arguments, **environment):
        path = f'{self.folder}/bin:{os.environ["PATH"]}'
        # What a developer has set for himself is not what is tested.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith('OPENWMI_')}
        result = subprocess.run([self.folder / 'dev', *arguments], capture_output=True, text=True, cwd='/',
                                env={**inherited, 'PATH': path, 'STATE': str(self.state), **environment})
        calls = self.state / 'calls'
        return result, calls.read_text().splitlines() if calls.exists() else []

    def install_all(self):
        self.dev('test')
        (self.state / 'calls').unlink()

    def test_a_fresh_machine_gets_its_packages_then_builds_and_tests(self):
        result, calls = self.dev('test')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('update', calls[0])
        self.assertIn('install --no-install-recommends g++ cmake', calls[1])
        self.assertEqual([call.split()[0] for call in calls[2:]], ['cmake', 'cmake', 'ctest'])
        self.assertTrue(result.stdout.endswith('100% tests passed\n'))

    def test_only_what_is_missing_is_installed_and_nothing_is_fetched_when_all_is_there(self):
        self.install_all()
        (self.state / 'libfmt-dev').unlink()
        _, calls = self.dev('build')
        self.assertTrue(calls[1].endswith('--no-install-recommends libfmt-dev'), calls)
        (self.state / 'calls').unlink()
        _, calls = self.dev('build')
        self.assertFalse([call for call in calls if call.startswith('apt-get')])

    def test_packages_that_cannot_be_installed_are_named_with_an_exit_code_of_their_own(self):
        self.install_all()
        (self.state / 'ninja-build').unlink()
        (self.state / 'libgtest-dev').unlink()
        result, calls = self.dev('demo', APT_FAILS='1')
        self.assertEqual(result.returncode, 3)
        self.assertIn('could not be installed: ninja-build libgtest-dev', result.stderr)
        self.assertIn('Unable to locate package', result.stderr)
        self.assertFalse([call for call in calls if call.startswith('cmake')])

    def test_test_options_reach_ctest_and_a_failed_test_is_exit_code_1(self):
        self.install_all()
        result, calls = self.dev('test', '-R', 'wql', CTEST_CODE='8')
        self.assertEqual(result.returncode, 1)
        self.assertTrue(calls[-1].endswith('-R wql'), calls)

    def test_stress_runs_its_programs_for_the_time_and_with_the_seed_given(self):
        self.install_all()
        for name in ('operation_stress', 'client_stress'):
            self.write(f'build/tsan/tests/stress/{name}',
                       f'#!/bin/sh\necho "{name} $OPENWMI_STRESS_SECONDS $OPENWMI_STRESS_SEED" >>"$STATE/calls"\n'
                       f'[ "$OPENWMI_STRESS_SEED" != 13 ]\n').chmod(0o755)
        result, calls = self.dev('stress', '600', '42')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(calls[-2:], ['operation_stress 600 42', 'client_stress 600 42'])
        result, _ = self.dev('stress', '1', '13')
        self.assertEqual(result.returncode, 1)
        self.assertIn('failed; its seed', result.stderr)

    def test_the_sanitizers_stress_for_a_minute(self):
        self.install_all()
        (self.folder / 'bin/ctest').write_text('#!/bin/sh\necho "stress $OPENWMI_STRESS_SECONDS" >>"$STATE/calls"\n')
        for command in ('tsan', 'asan'):
            _, calls = self.dev(command)
            self.assertEqual(calls[-1], 'stress 60')
        _, calls = self.dev('tsan', OPENWMI_STRESS_SECONDS='5')
        self.assertEqual(calls[-1], 'stress 5')

    def test_a_failed_configuration_shows_its_log(self):
        self.install_all()
        result, _ = self.dev('build', CMAKE_FAILS='1')
        self.assertEqual(result.returncode, 1)
        self.assertIn('CMake Error: no compiler', result.stderr)

    def test_wrong_usage_is_exit_code_2(self):
        self.install_all()
        for arguments in (['nonsense'], ['install'], ['build', 'nonsense'], ['fuzz', 'wql', 'soon'],
                          ['stress'], ['stress', 'long'], ['stress', '0'], ['stress', '9', 'x'], ['format', '--what']):
            for package in ('clang-19', 'libclang-rt-19-dev', 'clang-format-19'):
                (self.state / package).touch()
            result, _ = self.dev(*arguments)
            self.assertEqual(result.returncode, 2, f'{arguments}: {result.stderr}')
        result, _ = self.dev('help')
        self.assertEqual(result.returncode, 0)
        self.assertIn('./dev COMMAND', result.stdout)


if __name__ == '__main__':
    unittest.main()
