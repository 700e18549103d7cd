"""What the tests of the command line have in common: running it in pipes and on a pseudo-terminal."""
import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

WMI = os.environ['WMI']
SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
TIME_LIMIT = 60
F_SETPIPE_SZ = 1031
ESCAPE = re.compile(r'\x1b\[[0-9;]*[A-Za-z]')


def environment(**changes):
    kept = {name: value for name, value in os.environ.items()
            if name in ('HOME', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS', 'LD_LIBRARY_PATH', 'TMPDIR')}
    # Never the repository of whoever runs the tests.
    kept.update(OPENWMI_REPOSITORY=':memory:')
    kept.update(PATH=f'{pathlib.Path(WMI).parent}:{os.environ["PATH"]}', TERM='xterm', LANG='C.UTF-8')
    kept.update(changes)
    return kept


class Terminal:
    """The program on a terminal of its own: what it shows, what is typed, how it ends."""

    def __init__(self, arguments, columns=80, **changes):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
            os.execve(WMI, [WMI, *arguments], environment(**changes))

    def type(self, text):
        os.write(self.master, text.encode())

    def finish(self):
        """All that was shown, line breaks as \\n, and the exit code."""
        shown = b''
        deadline = time.monotonic() + TIME_LIMIT
        while time.monotonic() < deadline:
            if not select.select([self.master], [], [], 1)[0]:
                continue
            try:
                piece = os.read(self.master, 65536)
            except OSError:  # the other side has gone
                break
            if not piece:
                break
            shown += piece
        else:
            os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.master)
        return shown.decode('utf-8').replace('\r\n', '\n'), os.waitstatus_to_exitcode(status)


class WmiCase(unittest.TestCase):
    maxDiff = None

    def run_wmi(self, *arguments, **changes):
        return subprocess.run([WMI, *arguments], capture_output=True, text=True, encoding='utf-8', timeout=TIME_LIMIT,
                              stdin=subprocess.DEVNULL, env=environment(**changes))

    def output(self, *arguments, **changes):
        """What a successful run prints."""
        result = self.run_wmi(*arguments, **changes)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, '')
        return result.stdout

    def failure(self, code, *arguments, **changes):
        """What a run that fails with `code` says."""
        result = self.run_wmi(*arguments, **changes)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.assertEqual(result.stdout, '')
        return result.stderr

    def on_terminal(self, *arguments, **keywords):
        return Terminal(arguments, **keywords).finish()

    def start_into_full_pipe(self, *arguments):
        """Starts the program and waits until it has filled the small pipe that nobody reads; it and the pipe's end."""
        reader, writer = os.pipe()
        fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
        process = subprocess.Popen([WMI, *arguments], stdout=writer, stderr=subprocess.PIPE, text=True, env=environment())
        # Writable means that room is left; this end is as good as the program's own for asking.
        deadline = time.monotonic() + TIME_LIMIT
        poll = select.poll()
        poll.register(writer, select.POLLOUT)
        while poll.poll(0) and process.poll() is None and time.monotonic() < deadline:
            select.select([], [], [], 0.01)
        os.close(writer)
        return process, reader
