"""What the classes say of this machine, against the tools that look at it in other ways."""
import json
import subprocess
import unittest

from wmi_case import TIME_LIMIT, WmiCase


def tool(*arguments):
    """What another program prints."""
    return subprocess.run(arguments, capture_output=True, text=True, timeout=TIME_LIMIT, check=True,
                          env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'LANG': 'C'}).stdout


class CompareTest(WmiCase):
    def rows(self, query, *options):
        result = self.run_wmi('query', '-f', 'json', *options, query)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    @staticmethod
    def processes():
        """Of ps: the parent by the number, of processes that are still there."""
        return dict(map(int, line.split()) for line in tool('ps', '-eo', 'pid=,ppid=').splitlines())

    def test_processes_are_those_of_ps(self):
        before = self.processes()
        rows = {row['ProcessId']: row['ParentProcessId']
                for row in self.rows('SELECT ProcessId, ParentProcessId FROM Win32_Process')}
        after = self.processes()
        stayed = {pid: parent for pid, parent in before.items() if after.get(pid) == parent}
        self.assertGreater(len(stayed), 1)
        self.assertEqual({pid: rows.get(pid) for pid in stayed}, stayed)
        # What came in between and is gone may be in neither; nothing else may be there.
        self.assertLessEqual(len(rows.keys() - before.keys() - after.keys()), 100)

    def test_threads_are_those_of_ps(self):
        ours = {row['Handle'] for row in self.rows("SELECT Handle FROM Win32_Thread WHERE ProcessHandle = '1'")}
        theirs = {line.strip() for line in tool('ps', '-L', '-o', 'lwp=', '-p', '1').splitlines()}
        self.assertTrue(theirs & ours, (theirs, ours))

    def test_file_systems_have_the_size_of_df(self):
        lines = tool('df', '-B1', '--output=size,target').splitlines()[1:]
        theirs = {target: int(size) for size, target in (line.split(None, 1) for line in lines) if size.isdigit()}
        rows = {row['DeviceID']: row['Size'] for row in self.rows('SELECT DeviceID, Size FROM Win32_LogicalDisk')}
        both = theirs.keys() & rows.keys()
        self.assertEqual({name: rows[name] for name in both}, {name: theirs[name] for name in both})

    def test_disks_have_the_size_of_lsblk(self):
        listed = json.loads(tool('lsblk', '--json', '-b', '-d', '-o', 'NAME,SIZE,TYPE'))['blockdevices']
        theirs = {'/dev/' + disk['name']: int(disk['size']) for disk in listed if disk['type'] == 'disk'}
        rows = {row['DeviceID']: row['Size'] for row in self.rows('SELECT DeviceID, Size FROM Win32_DiskDrive')}
        both = theirs.keys() & rows.keys()
        self.assertEqual({name: rows[name] for name in both}, {name: theirs[name] for name in both})
        self.assertEqual(rows.keys() - theirs.keys(), set())

    def test_addresses_are_those_of_ip(self):
        theirs = {}
        for link in json.loads(tool('ip', '-json', 'address')):
            addresses = {address['local'] for address in link.get('addr_info', ()) if 'local' in address}
            theirs[link['ifindex']] = (addresses, link.get('address', '').upper())
        rows = self.rows('SELECT InterfaceIndex, IPAddress, MACAddress FROM Win32_NetworkAdapterConfiguration')
        self.assertEqual({row['InterfaceIndex'] for row in rows}, theirs.keys())
        for row in rows:
            addresses, hardware = theirs[row['InterfaceIndex']]
            self.assertEqual(set(row['IPAddress'] or ()), addresses)
            if row['MACAddress']:
                self.assertEqual(row['MACAddress'], hardware)

    def test_listening_ports_are_those_of_ss(self):
        def theirs():
            return {int(line.split()[3].rsplit(':', 1)[1]) for line in tool('ss', '-Htln').splitlines()}
        before = theirs()
        rows = self.rows('SELECT LocalPort FROM MSFT_NetTCPConnection WHERE State = 2', '-n', 'root/StandardCimv2')
        ours = {row['LocalPort'] for row in rows}
        after = theirs()
        self.assertEqual(before & after - ours, set())
        self.assertEqual(ours - before - after, set())

    def test_packages_are_those_of_dpkg(self):
        listed = tool('dpkg-query', '-W', '-f', '${db:Status-Status}\t${Package}\t${Version}\n')
        theirs = {tuple(line.split('\t')[1:]) for line in listed.splitlines() if line.startswith('installed')}
        ours = {(row['Name'], row['Version']) for row in self.rows('SELECT Name, Version FROM Win32_Product')}
        self.assertEqual(theirs - ours, set())
        listed = {(row['Name'], row['Version'])
                  for row in self.rows("SELECT Name, Version FROM Linux_Package WHERE Manager = 'dpkg'", '-n', 'root/linux')}
        self.assertEqual(theirs - listed, set())

    def test_accounts_are_those_of_getent(self):
        users = {line.split(':')[0] for line in tool('getent', 'passwd').splitlines()}
        groups = {line.split(':')[0] for line in tool('getent', 'group').splitlines()}
        ours = [row['Name'] for name in ('Win32_UserAccount', 'Win32_SystemAccount')
                for row in self.rows(f'SELECT Name FROM {name}')]
        self.assertEqual(len(ours), len(set(ours)), 'each account is in one class')
        self.assertEqual(set(ours), users)
        self.assertEqual({row['Name'] for row in self.rows('SELECT Name FROM Win32_Group')}, groups)

    def test_processes_that_come_and_go_are_no_errors(self):
        script = 'i=0; while [ $i -lt 3000 ]; do /bin/true; i=$((i+1)); done'
        with subprocess.Popen(['sh', '-c', script]) as churn:
            while True:
                rows = self.rows('SELECT * FROM Win32_Process')
                handles = [row['Handle'] for row in rows]
                self.assertEqual(len(handles), len(set(handles)))
                self.assertTrue(all(row['Name'] is not None and row['CreationDate'] for row in rows))
                if churn.poll() is not None:
                    break
        self.assertEqual(churn.returncode, 0)


if __name__ == '__main__':
    unittest.main()
