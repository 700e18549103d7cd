#!/usr/bin/env python3
import unittest

from tool_case import ToolCase


class CheckBanned(ToolCase):
    def check_fails(self, path, text, expected):
        file = self.write(path, text)
        self.assert_fails(expected, 'check_banned.py', self.folder)
        file.unlink()

    def check_passes(self, path, text):
        file = self.write(path, text)
        self.assert_passes('check_banned.py', self.folder)
        file.unlink()

    def test_threads_and_sleeps_outside_exec(self):
        self.check_fails('src/engine/a.cc', '\nstd::thread t;\n', 'src/engine/a.cc:2: thread')
        self.check_fails('src/engine/a.h', 'std::jthread t_;\n', 'thread')
        self.check_fails('src/api/a.cc', 'pthread_create(&t);\n', 'thread')
        self.check_fails('src/api/a.cc', 'std::this_thread::sleep_for(1ms);\n', 'sleep')
        self.check_fails('apps/wmi/a.cc', 'usleep(5);\n', 'sleep')
        self.check_fails('src/api/a_test.cc', 'std::this_thread::sleep_for(1ms);\n', 'sleep')

    def test_what_is_no_thread_passes(self):
        self.check_passes('src/exec/a.cc', 'std::thread t;\n')
        self.check_passes('src/engine/a_test.cc', 'std::thread t;\n')
        self.check_passes('src/engine/a.cc', 'std::thread::id id = std::this_thread::get_id();\n')
        self.check_passes('src/engine/a.cc', '// no std::thread here\n')

    def test_results_of_a_build_are_not_looked_at(self):
        self.check_passes('build/dev/a.cc', 'std::thread t;  // /' + 'home/someone\n')
        self.check_fails('src/build/a.cc', 'std::thread t;\n', 'thread')

    def test_mutexes_printing_and_using(self):
        self.check_fails('src/engine/a.h', 'std::mutex m_;\n', 'mutex')
        self.check_fails('src/engine/a.cc', 'std::cerr << 1;\n', 'cout')
        self.check_fails('src/engine/a.h', '  using namespace std;\n', 'using')
        self.check_passes('src/base/mutex.h', 'std::mutex m_;\n')
        self.check_passes('src/engine/a.cc', 'using namespace std::chrono_literals;\n')

    def test_the_regex_of_the_standard_library(self):
        self.check_fails('tests/a_test.cc', '#include <regex>\n', 'tests/a_test.cc:1: regex')
        self.check_passes('tests/headers/standard_headers.h', '#include <regex>\n')

    def test_todo_and_paths_hold_for_every_file(self):
        self.check_fails('docs/a.md', 'TODO' + '(now): finish\n', 'todo')
        self.check_passes('src/engine/a.cc', '// TODO(perf): measure\n')
        self.check_fails('docs/a.md', 'see /' + 'home/someone/file\n', 'path')
        self.check_passes('docs/a.md', 'see $HOME/file and /proc/1/root/x\n')

    def test_a_reason_on_the_line_lifts_a_rule(self):
        self.check_passes('src/engine/a.cc', 'std::thread t;  // NOLINT(banned): measured, see docs\n')
        self.check_fails('src/engine/a.cc', 'std::thread t;  // NOLINT(banned):\n', 'thread')


if __name__ == '__main__':
    unittest.main()
