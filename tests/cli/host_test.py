"""wmi host and wmi subscriptions: what is stored runs while somebody hosts it, and everybody can see what it did."""
import json
import os
import pathlib
import select
import signal
import socket
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
instance of LogFileEventConsumer as $log { Name = "tick"; Filename = "%(log)s"; Text = "%%TimerId%%"; };
instance of __FilterToConsumerBinding { Filter = $filter; Consumer = $log; };
'''

MAIL = r'''
#pragma namespace("\\\\.\\root\\subscription")
instance of __IntervalTimerInstruction { TimerId = "tick"; IntervalBetweenEvents = 50; };
instance of __EventFilter as $filter
{
  Name = "tick"; QueryLanguage = "WQL"; Query = "SELECT * FROM __TimerEvent WHERE TimerId = 'tick'";
};
instance of SMTPEventConsumer as $mail
{
  Name = "tick"; SMTPServer = "127.0.0.1:PORT"; FromLine = "wmi@example.org"; ToLine = "ops@example.org";
  Subject = "%%TimerId%% rang"; Message = "%%TimerId%%, once or more";
};
instance of __FilterToConsumerBinding { Filter = $filter; Consumer = $mail; };
'''


class MailServer:
    """Takes mail on the loopback and keeps it (RFC 5321)."""
    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(TIME_LIMIT)
        self.port = self.listener.getsockname()[1]
        self.close = self.listener.close

    def take_mail(self):
        """The envelope, and the first mail with its header."""
        connection, _ = self.listener.accept()
        with connection, connection.makefile('rw', newline='', encoding='utf-8') as lines:
            connection.settimeout(TIME_LIMIT)
            envelope = []
            self.say(lines, '220 here')
            for line in lines:
                command = line.strip()
                if command.upper() == 'DATA':
                    break
                if command.startswith(('MAIL', 'RCPT')):
                    envelope.append(command)
                self.say(lines, '250 well')
            self.say(lines, '354 go on')
            mail = ''
            while not mail.endswith('\r\n.\r\n'):
                mail += lines.readline()
            self.say(lines, '250 taken')
            lines.readline()  # QUIT
            self.say(lines, '221 bye')
        return envelope, mail

    @staticmethod
    def say(lines, text):
        lines.write(text + '\r\n')
        lines.flush()


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
        file.write_text(text % {'log': self.log})
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

    def listed(self):
        """The one subscription there is."""
        (line,) = self.wmi('subscriptions', '-f', 'jsonl').stdout.splitlines()
        return json.loads(line)

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
        listed = self.listed()
        self.assertEqual(listed['state'], 'Stopped')
        self.assertGreater(listed['delivered'], 0)
        self.assertEqual(listed['failed'], 0)
        self.assertIn('LogFileEventConsumer', listed['consumer'])
        self.assertTrue(listed['created'])

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

    def test_mail_is_sent(self):
        server = MailServer()
        self.addCleanup(server.close)
        self.compile(MAIL.replace('PORT', str(server.port)))
        host = self.host()
        self.await_line(host, 'is active')
        envelope, mail = server.take_mail()
        self.end(host)
        self.assertEqual(envelope, ['MAIL FROM:<wmi@example.org>', 'RCPT TO:<ops@example.org>'])
        head, _, body = mail.partition('\r\n\r\n')
        self.assertIn('Subject: tick rang', head)
        self.assertIn('tick, once or more', body)
        self.assertEqual(self.listed()['failed'], 0)

    def test_mail_that_nobody_takes_is_told_with_the_address(self):
        server = MailServer()
        server.close()
        self.compile(MAIL.replace('PORT', str(server.port)).replace('= 50', '= 1000'))
        host = self.host()
        self.await_line(host, 'is active')
        deadline = time.monotonic() + TIME_LIMIT
        while time.monotonic() < deadline and not self.listed()['failed']:
            select.select([], [], [], 0.2)
        self.assertIn(f'127.0.0.1:{server.port}', self.listed()['lastFailure'])
        self.end(host)

    def test_scripts_are_off(self):
        script = r'''
#pragma namespace("\\\\.\\root\\subscription")
instance of __EventFilter as $filter { Name = "t"; QueryLanguage = "WQL"; Query = "SELECT * FROM __TimerEvent"; };
instance of ActiveScriptEventConsumer as $script
{
  Name = "%(log)s"; ScriptingEngine = "/bin/sh"; ScriptText = "true";
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
