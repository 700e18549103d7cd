"""Runs watch_processes: a process that starts is shown, and Enter ends it. usage: watch_processes_test.py PROGRAM"""
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

TIME_LIMIT = 60
PATIENCE = 3  # before another process is started: the first look may have come behind this one


def main():
    children = []
    with tempfile.TemporaryDirectory() as folder:
        name = f'example_{os.getpid()}'
        program = shutil.copy('/bin/sleep', pathlib.Path(folder) / name)
        example = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        shown = b''
        deadline = time.monotonic() + TIME_LIMIT
        try:
            while name.encode() not in shown and time.monotonic() < deadline:
                children.append(subprocess.Popen([program, '1000']))
                patience = time.monotonic() + PATIENCE
                while name.encode() not in shown and time.monotonic() < patience:
                    if not select.select([example.stdout], [], [], PATIENCE)[0]:
                        break
                    piece = os.read(example.stdout.fileno(), 65536)
                    if not piece:
                        patience = deadline = 0
                    shown += piece
            shown += example.communicate(b'\n', timeout=TIME_LIMIT)[0]
        finally:
            example.kill()
            for child in children:
                child.kill()
                child.wait()
    sys.stdout.write(shown.decode('utf-8'))
    assert example.returncode == 0, example.returncode
    assert any(f'{child.pid}  {name}  '.encode() in shown for child in children), 'the process was not shown'
    assert b'Final status 0x80041032' in shown


if __name__ == '__main__':
    main()
