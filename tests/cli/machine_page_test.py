"""docs/machine.md: each of its commands runs, and says nothing on stderr."""
import subprocess
import unittest

from wmi_case import SOURCE, TIME_LIMIT, WmiCase, environment


def commands():
    text = (SOURCE / 'docs' / 'machine.md').read_text(encoding='utf-8')
    for block in text.split('```sh\n')[1:]:
        yield from (line for line in block.split('```')[0].splitlines() if line.startswith('wmi '))


class MachinePageTest(WmiCase):
    def test_every_command_runs(self):
        count = 0
        for command in commands():
            # Nothing else would end it.
            if command.startswith('wmi watch') and '--for' not in command:
                command += ' --for 100ms'
            result = subprocess.run(['bash', '-c', command], capture_output=True, text=True, timeout=TIME_LIMIT,
                                    env=environment())
            self.assertEqual(result.returncode, 0, f'{command}\n{result.stderr}')
            count += 1
        self.assertGreaterEqual(count, 10)


if __name__ == '__main__':
    unittest.main()
