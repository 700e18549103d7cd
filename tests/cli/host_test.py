"""wmi host and wmi subscriptions: what is stored runs while somebody hosts it, and everybody can see what it did."""
import json
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time
import unittest

from wmi_case import TIME_LIMIT, WMI, WmiCase, environment

TIMER = r'''
#pragma namespace("\\\\.\\root\\subscription")
instance of __IntervalTimerInstruction { TimerId = "tick"; IntervalBetweenEvents = 50; };
instance of __EventFilter as $filter
{
  Name = "tick"; QueryLanguage = "WQL"; Query = "SELECT * FROM __TimerEvent WHERE TimerId = 'tick'";
};
instance of LogFileEventConsumer as $log { Name = "tick"; Filename = "%s"; Text = "%%TimerId%%"; };
instance of __FilterToConsumerBinding { Filter = $filter; Consumer = $log; };
'''


class HostTest(WmiCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        self.environment = environment(OPENWMI_REPOSITORY=str(self.path / 'repository'))
        self.log = self.path / 'log'

    def wmi(self, *arguments):
        return subprocess.run([WMI, *arguments], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=TIME_LIMIT)

    def compile(self, text):
        file = self.path / 'subscription.mof'
        file.write_text(text % self.log)
        done = self.wmi('compile', str(file))
        self.assertEqual(done.returncode, 0, done.stderr)

    def host(self):
        host = subprocess.Popen([WMI, 'host'], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        self.addCleanup(host.kill)
        self.addCleanup(host.stdout.close)
        self.addCleanup(host.stderr.close)
        return host

    def await_line(self, host, part):
        deadline = time.monotonic() + TIME_LIMIT
        text = ''
        while time.monotonic() < deadline:
            if not select.select([host.stdout], [], [], deadline - time.monotonic())[0]:
                break
            piece = os.read(host.stdout.fileno(), 65536).decode('utf-8')
            text += piece
            if part in text or not piece:
                break
        ended = part not in text and host.poll() is not None
        self.assertIn(part, text, host.stderr.read().decode('utf-8') if ended else 'the host is still running')

    def await_log(self):
        deadline = time.monotonic() + TIME_LIMIT
        while time.monotonic() < deadline and not (self.log.exists() and self.log.read_text()):
            select.select([], [], [], 0.05)
        return self.log.read_text()

    def end(self, host):
        host.send_signal(signal.SIGTERM)
        host.wait(timeout=TIME_LIMIT)
        self.assertEqual(host.returncode, 0, host.stderr.read())

    def test_a_subscription_runs_while_it_is_hosted(self):
        self.compile(TIMER)
        before = self.wmi('subscriptions')
        self.assertEqual(before.returncode, 0, before.stderr)
        self.assertIn('1 permanent subscription, 0 active', before.stdout)
        self.assertIn('run wmi host', before.stdout)
        host = self.host()
        self.await_line(host, 'is active')
        self.assertIn('tick\n', self.await_log())
        self.end(host)
        listed = [json.loads(line) for line in self.wmi('subscriptions', '-f', 'jsonl').stdout.splitlines()]
        self.assertEqual(len(listed), 1)
        self.assertEqual(listed[0]['state'], 'Stopped')
        self.assertGreater(listed[0]['delivered'], 0)
        self.assertEqual(listed[0]['failed'], 0)
        self.assertIn('LogFileEventConsumer', listed[0]['consumer'])
        self.assertTrue(listed[0]['created'])

    def test_what_another_program_stores_is_noticed(self):
        host = self.host()
        # Both may make the repository.
        self.compile(TIMER)
        self.await_line(host, 'is active')
        self.end(host)

    def test_one_host_is_enough(self):
        self.compile(TIMER)
        host = self.host()
        self.await_line(host, 'is active')
        second = self.wmi('host')
        self.assertEqual(second.returncode, 1)
        self.assertIn('already', second.stderr)
        self.assertIn(str(host.pid), second.stderr)
        self.end(host)

    def test_one_that_cannot_work_is_shown_with_the_reason(self):
        self.compile(TIMER.replace('FROM __TimerEvent', 'FROM Nothing'))
        host = self.host()
        self.await_line(host, 'is inactive')
        self.end(host)
        shown = self.wmi('subscriptions').stdout
        self.assertIn('Nothing', shown)

    def test_scripts_are_off(self):
        script = r'''
#pragma namespace("\\\\.\\root\\subscription")
instance of __EventFilter as $filter { Name = "t"; QueryLanguage = "WQL"; Query = "SELECT * FROM __TimerEvent"; };
instance of ActiveScriptEventConsumer as $script
{
  Name = "%s"; ScriptingEngine = "/bin/sh"; ScriptText = "true";
};
instance of __FilterToConsumerBinding { Filter = $filter; Consumer = $script; };
'''
        self.compile(script)
        host = self.host()
        self.await_line(host, '--allow-scripts')
        self.end(host)

    def test_the_command_line_is_checked(self):
        for arguments in (['host', '-n', 'root'], ['host', '-f', 'json'], ['subscriptions', '-f', 'csv'],
                          ['subscriptions', '-t', '3']):
            done = self.wmi(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn('--help tells the usage', done.stderr)


if __name__ == '__main__':
    unittest.main()
