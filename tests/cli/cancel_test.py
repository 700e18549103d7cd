"""Ends before the end: Ctrl-C, signals, time limits, readers that go."""
import os
import signal
import subprocess
import unittest

from wmi_case import TIME_LIMIT, WMI, Terminal, WmiCase, environment

ALL = ['query', '--format', 'jsonl', 'SELECT * FROM Win32_Process']


class CancelTest(WmiCase):
    def test_signals_cancel_and_tell_how_many_objects_came(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process, reader = self.start_into_full_pipe(*ALL)
            process.send_signal(number)
            _, said = process.communicate(timeout=TIME_LIMIT)
            os.close(reader)
            self.assertEqual(process.returncode, 128 + number, said)
            self.assertRegex(said, r'^wmi: cancelled after \d+\.\d s; \d+ objects? came\n$')

    def test_control_c_on_a_terminal_cancels(self):
        # Nobody reads the terminal, so the program cannot finish; then Ctrl-C is typed.
        terminal = Terminal(ALL)
        reader = os.read(terminal.master, 1)  # the first object is there
        terminal.type('\x03')
        shown, code = terminal.finish()
        self.assertEqual(reader, b'{')
        self.assertEqual(code, 130, shown[-200:])
        self.assertRegex(shown, r'wmi: cancelled after \d+\.\d s; \d+ objects? came\n$')

    def test_a_reader_that_goes_ends_it_quietly(self):
        script = f'set -o pipefail; {WMI} query -f jsonl "SELECT * FROM Win32_Process" | head -n 1'
        result = subprocess.run(['bash', '-c', script], capture_output=True, text=True, timeout=TIME_LIMIT, env=environment())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, '')
        self.assertEqual(len(result.stdout.splitlines()), 1)

    def test_a_reader_that_goes_while_nothing_is_written_ends_it_too(self):
        process, reader = self.start_into_full_pipe(*ALL)
        os.close(reader)
        _, said = process.communicate(timeout=TIME_LIMIT)
        self.assertEqual((process.returncode, said), (0, ''))

    def test_a_time_limit_cancels(self):
        # A call may be faster than the limit is looked at, on a busy machine; that all ten are is out of the question.
        for _ in range(10):
            result = self.run_wmi('--timeout', '0.000001', *ALL)
            if result.returncode == 3:
                break
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertRegex(result.stderr, r'^wmi: cancelled after \d+\.\d s by --timeout; \d+ objects? came\n$')

    def test_time_of_a_slow_reader_is_not_the_calls(self):
        process, reader = self.start_into_full_pipe('--timeout', '5', *ALL)
        with os.fdopen(reader, encoding='utf-8') as stream:
            lines = stream.read().splitlines()
        _, said = process.communicate(timeout=TIME_LIMIT)
        self.assertEqual((process.returncode, said), (0, ''))
        self.assertGreater(len(lines), 1)


if __name__ == '__main__':
    unittest.main()
