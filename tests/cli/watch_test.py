"""wmi watch: what is printed of what happens, and how it ends."""
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from wmi_case import ESCAPE, TIME_LIMIT, WMI, Terminal, WmiCase, environment

# Programs fire these in their own processes only, so here nothing ever comes.
SILENT = 'SELECT * FROM __EventDroppedEvent'
# How long to wait for an event before its cause is repeated: the first look may have come behind the cause.
PATIENCE = 3


class Watch:
    """A running watch and the lines it has printed."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([WMI, 'watch', *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL, env=environment(TZ='UTC'))
        self.rest = b''
        self.ended = False

    def lines(self, seconds):
        """What comes until something has come, at most that long."""
        if self.ended or not select.select([self.process.stdout], [], [], seconds)[0]:
            return []
        piece = os.read(self.process.stdout.fileno(), 65536)
        self.ended = not piece
        *whole, self.rest = (self.rest + piece).split(b'\n')
        return [line.decode('utf-8') for line in whole]

    def find(self, is_wanted, cause=None):
        """The first line that is wanted. `cause` makes the event happen, again and again until it is seen."""
        deadline = time.monotonic() + TIME_LIMIT
        seen = []
        while time.monotonic() < deadline and not self.ended:
            if cause:
                cause()
            patience = time.monotonic() + PATIENCE
            while time.monotonic() < patience and not self.ended:
                for line in self.lines(PATIENCE):
                    seen.append(line)
                    if is_wanted(line):
                        return line
        self.process.kill()
        raise AssertionError(f'it did not come; this did: {seen}; {self.process.communicate()[1].decode()}')

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=TIME_LIMIT)
        return self.process.returncode, said.decode('utf-8')


class WatchEndTest(WmiCase):
    def test_for_ends_it_well(self):
        self.assertEqual(self.output('watch', '--for', '50ms', SILENT), '')
        self.assertEqual(self.output('watch', '--for', '50ms', '-f', 'csv', SILENT), 'Time,Event,Object,Detail\n')

    def test_signals_cancel(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            watch = Watch(SILENT)
            # It is ready for signals before it looks at anything; the query shows that it got that far.
            self.await_subscription(watch)
            code, said = watch.stop(number)
            self.assertEqual(code, 128 + number, said)
            self.assertRegex(said, r'^wmi: cancelled after \d+\.\d s; 0 events came\n$')

    @staticmethod
    def await_subscription(watch):
        """Until the program catches SIGINT."""
        status = pathlib.Path(f'/proc/{watch.process.pid}/status')
        deadline = time.monotonic() + TIME_LIMIT
        while time.monotonic() < deadline:
            caught = next(line for line in status.read_text().splitlines() if line.startswith('SigCgt:'))
            if int(caught.split()[1], 16) & (1 << (signal.SIGINT - 1)):
                return
            select.select([], [], [], 0.01)

    def test_a_reader_that_goes_ends_it_quietly(self):
        watch = Watch(SILENT)
        watch.process.stdout.close()
        watch.process.stdout = None
        _, said = watch.process.communicate(timeout=TIME_LIMIT)
        self.assertEqual((watch.process.returncode, said), (0, b''))

    def test_a_terminal_is_told_what_is_watched_and_how_to_end_it(self):
        terminal = Terminal(['watch', '--count', '3', '--for', '1h', SILENT], columns=132)
        shown = ''
        while 'Ctrl-C' not in shown:
            shown += os.read(terminal.master, 4096).decode('utf-8')
        terminal.type('\x03')
        more, code = terminal.finish()
        shown = ESCAPE.sub('', shown + more).replace('\r\n', '\n')
        self.assertEqual(code, 130, shown)
        self.assertTrue(shown.startswith(f'watching {SILENT}\nends after 3 events or 1h; Ctrl-C ends it now\n'), shown)
        self.assertRegex(shown, r'wmi: cancelled after \d+\.\d s; 0 events came\n$')

    def test_short_forms_show_their_query(self):
        shown, code = self.on_terminal('watch', '--for', '50ms', 'service', "a'b", columns=200)
        self.assertEqual(code, 0, shown)
        self.assertIn("watching SELECT * FROM __InstanceModificationEvent WITHIN 2 WHERE TargetInstance ISA 'Win32_Service'"
                      " AND TargetInstance.Name = 'a\\'b'\n", ESCAPE.sub('', shown))


class WatchErrorTest(WmiCase):
    def test_wrong_words_end_with_two(self):
        for arguments, said in ((['SELECT', '*'], 'in quotes'), (['file'], 'needs a PATH'), (['device', 'a'], 'no argument'),
                                (['-f', 'json', 'process'], 'jsonl gives'), (['-t', '5', 'process'], '--for'),
                                (['--for', '5', 'process'], 'such as 30s'), (['--count', '0', 'process'], '--count')):
            self.assertIn(said, self.failure(2, 'watch', *arguments))

    def test_a_wrong_query_is_shown_with_its_place(self):
        text = self.failure(1, 'watch', 'SELECT * FROM __InstanceCreationEvent WITHIN 0.0001')
        self.assertTrue(text.startswith('wmi: WBEMESS_E_REGISTRATION_TOO_PRECISE (0x80042002): '), text)
        lines = text.splitlines()
        self.assertTrue(lines[1][lines[2].index('^'):].startswith('0.0001'), text)

    def test_objects_are_no_events(self):
        text = self.failure(1, 'watch', 'SELECT * FROM Win32_Process')
        self.assertTrue(text.startswith('wmi: WBEM_E_NOT_EVENT_CLASS (0x80041059): '), text)
        self.assertIn('SELECT * FROM __InstanceOperationEvent WITHIN 2', text)

    def test_what_is_not_there(self):
        self.assertIn('wmi ls', self.failure(1, 'watch', 'SELECT * FROM No_Such_Event'))
        text = self.failure(1, 'watch', 'file', '/no/such/folder/file')
        self.assertTrue(text.startswith('wmi: WBEM_E_NOT_FOUND (0x80041002): '), text)
        self.assertIn("he folder of '/no/such/folder/file'", text)
        self.assertIn('wmi ls --namespaces', self.failure(1, 'watch', '-n', 'root/nowhere', 'process'))

    def test_a_class_that_must_be_looked_at_needs_within(self):
        text = self.failure(1, 'watch', '--for', '5s',
                            "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Win32_Thread'")
        self.assertTrue(text.startswith('wmi: WBEMESS_E_REGISTRATION_TOO_PRECISE (0x80042002): '), text)
        self.assertIn('WITHIN', text)


class WatchEventTest(WmiCase):
    """What happens on this machine. Events that others cause may come in between."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.name = f'wmi_w_{os.getpid()}'  # the kernel keeps 15 characters
        self.program = self.folder / self.name
        shutil.copy('/bin/sleep', self.program)
        self.children = []
        self.addCleanup(self.end_children)

    def watch(self, *arguments):
        watch = Watch(*arguments)
        self.addCleanup(watch.process.wait)
        self.addCleanup(watch.process.kill)
        self.addCleanup(watch.process.stderr.close)
        self.addCleanup(watch.process.stdout.close)
        return watch

    def start_child(self):
        self.children.append(subprocess.Popen([self.program, '1000']))

    def end_children(self):
        for child in self.children:
            child.kill()
            child.wait()

    def pids(self):
        return {child.pid for child in self.children}

    def test_a_process_comes_and_goes(self):
        watch = self.watch('-f', 'jsonl', 'process', self.name)
        event = json.loads(watch.find(lambda line: True, self.start_child))
        self.assertEqual(event['__CLASS'], '__InstanceCreationEvent')
        target = event['TargetInstance']
        self.assertEqual((target['__CLASS'], target['Name']), ('Win32_Process', self.name))
        self.assertIn(target['ProcessId'], self.pids())
        self.assertEqual(target['__RELPATH'], f'Win32_Process.Handle="{target["ProcessId"]}"')
        self.end_children()
        event = json.loads(watch.find(lambda line: '__InstanceDeletionEvent' in line))
        self.assertIn(event['TargetInstance']['ProcessId'], self.pids())
        code, said = watch.stop()
        self.assertEqual(code, 130, said)
        self.assertRegex(said, r'^wmi: cancelled after \d+\.\d s; [1-9]\d* events? came\n$')

    def test_lines_are_for_people_and_count_ends_them(self):
        watch = self.watch('--count', '1', 'process', self.name)
        line = watch.find(lambda line: True, self.start_child)
        self.assertRegex(line, rf'^\d\d:\d\d:\d\d\.\d\d\d  created  Win32_Process\.Handle="\d+"  Name={self.name}$')
        self.assertEqual(watch.process.wait(TIME_LIMIT), 0)
        self.assertEqual(watch.process.stderr.read(), b'')

    def test_a_process_of_another_name_is_none_of_it(self):
        watch = self.watch('-f', 'jsonl', 'process', self.name)
        subprocess.run(['/bin/true'], check=True)
        watch.find(lambda line: json.loads(line)['TargetInstance']['Name'] == self.name or self.fail(line), self.start_child)

    def test_files_of_a_folder(self):
        watch = self.watch('-f', 'jsonl', 'file', str(self.folder))
        count = 0

        def make_file():
            nonlocal count
            count += 1
            (self.folder / f'new_{count}').write_text('x', encoding='utf-8')

        def lengthen_file():
            with open(self.folder / 'new_1', 'a', encoding='utf-8') as file:
                file.write('more')

        event = json.loads(watch.find(lambda line: '__InstanceCreationEvent' in line, make_file))
        self.assertEqual(event['TargetInstance']['Path'], f'{self.folder}/')
        event = json.loads(watch.find(lambda line: '__InstanceModificationEvent' in line, lengthen_file))
        self.assertEqual(event['TargetInstance']['Name'], f'{self.folder}/new_1')
        self.assertGreater(event['TargetInstance']['FileSize'], event['PreviousInstance']['FileSize'])
        (self.folder / 'new_1').unlink()
        event = json.loads(watch.find(lambda line: '__InstanceDeletionEvent' in line))
        self.assertEqual(event['TargetInstance']['Name'], f'{self.folder}/new_1')

    def test_what_changed_is_on_the_line(self):
        file = self.folder / 'file'
        file.write_text('', encoding='utf-8')

        def lengthen():
            with open(file, 'a', encoding='utf-8') as stream:
                stream.write('x')

        watch = self.watch('file', str(file))
        line = watch.find(lambda line: ' changed ' in line, lengthen)
        self.assertRegex(line, r'FileSize: \d+ → \d+')


if __name__ == '__main__':
    unittest.main()
