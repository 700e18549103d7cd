#!/usr/bin/env bash
# One stage of the installation test: install_test.sh STAGE BUILD WORK
#   install        installs BUILD under WORK and moves the tree, so that no path of its making can be in use
#   pkg_config     builds the consumers, in C++ and C, with pkg-config, and runs them
#   find_package   builds them with CMake, and runs them
#   programs       builds every program of tests/install/programs as the documentation says, and runs it
#   readme         builds and runs the program in README.md
#   porting        builds and runs what docs/porting.md says, as it says it
#   command_line   asks the installed wmi
set -euo pipefail

stage=$1 build=$(realpath "$2") work=$(realpath -m "$3")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$work/moved
compiler=${CXX:-g++}
export PKG_CONFIG_PATH=$root/lib/pkgconfig
# Nothing but the installed tree may answer.
unset LD_LIBRARY_PATH CPATH CPLUS_INCLUDE_PATH LIBRARY_PATH

fail() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}

# A C program must not need the C++ compiler, and not even to link.
compiler_of() { [[ $1 == *.c ]] && printf '%s\n' "${CC:-gcc}" || printf '%s\n' "$compiler"; }

# Runs a program with a bound on its time and without a terminal; its output goes to the log of the test.
run() { timeout 60 "$@" </dev/null || fail "$* ended with $?"; }

case $stage in
  install)
    rm -rf "$work"
    mkdir -p "$work"
    cmake --install "$build" --prefix "$work/first" >"$work/install.log"
    mv "$work/first" "$root"
    for file in bin/wmi lib/libopenwmi.so lib/libopenwmi.so.0 lib/libopenwmi_main.a include/openwmi/wbemidl.h \
      include/openwmi/windows.h include/openwmi/detail/c/wbemcli.h lib/pkgconfig/openwmi.pc lib/cmake/OpenWMI/OpenWMIConfig.cmake \
      share/man/man1/wmi.1 lib/systemd/user/openwmi-host.service share/bash-completion/completions/wmi share/doc/openwmi/LICENSE; do
      [[ -e $root/$file ]] || fail "$file is not installed"
    done
    readelf -d "$root/lib/libopenwmi.so" | grep -q 'SONAME.*\[libopenwmi\.so\.0\]' || fail "the SONAME is not libopenwmi.so.0"
    if grep -rlF "$work" "$root" --include='*.pc' --include='*.cmake'; then fail "these files hold a path of the build"; fi
    ;;
  pkg_config)
    for source in query.cc wide_main.cc c_query.c; do
      # shellcheck disable=SC2046: the flags are words
      $(compiler_of "$source") -Wall -Wextra -Werror "$here/consumer/$source" $(pkg-config --cflags --libs openwmi) -o "$work/$source.out"
      run "$work/$source.out" one two
    done
    ;;
  find_package)
    cmake -S "$here/consumer" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$root" -DCMAKE_CXX_COMPILER="$compiler" >"$work/cmake.log"
    cmake --build "$work/consumer" >>"$work/cmake.log" || { cat "$work/cmake.log"; fail "the consumer does not build"; }
    for program in query wide_main c_query; do run "$work/consumer/$program" one two; done
    ;;
  programs)
    count=0
    for source in "$here"/programs/*.cc; do
      [[ -e $source ]] || fail "there is no program in tests/install/programs"
      program=$work/$(basename "$source" .cc)
      # shellcheck disable=SC2046: the flags are words
      $compiler $(pkg-config --cflags openwmi) "$source" $(pkg-config --libs openwmi) -o "$program"
      run "$program" >"$program.out"
      [[ -s $program.out ]] || fail "$(basename "$source") printed nothing"
      head -n 5 "$program.out"
      count=$((count + 1))
    done
    printf 'install: %d programs built and run\n' "$count"
    ;;
  readme)
    awk '/^```/ { inside = $0 == "```cpp"; next } inside' "$here/../../README.md" >"$work/readme.cc"
    [[ -s $work/readme.cc ]] || fail "README.md has no C++ program"
    # shellcheck disable=SC2046: the flags are words
    $compiler -Wall -Wextra "$work/readme.cc" $(pkg-config --cflags --libs openwmi) -o "$work/readme"
    run "$work/readme" >"$work/readme.out"
    [[ -s $work/readme.out ]] || fail "the program of README.md printed nothing"
    ;;
  porting)
    page=$work/porting
    rm -rf "$page"
    mkdir -p "$page"
    python3 -B "$here/page_blocks.py" "$here/../../docs/porting.md" "$page"
    # The sources that the page speaks of: a header in another case than its include, a name that compilers do not know.
    printf '#include <windows.h>\n' >"$page/PreComp.h"
    printf '#include "precomp.h"\nint main() { return MessageBoxA(NULL, "as it should", "case", MB_OK) == IDOK ? 0 : 1; }\n' >"$page/Main.Cpp"
    count=0
    for commands in "$page"/*.sh; do
      (cd "$page" && CXX=$compiler run bash -euo pipefail "$commands") || fail "a block of docs/porting.md failed: $(cat "$commands")"
      count=$((count + 1))
    done
    printf 'install: %d blocks run\n' "$count"
    [[ $count -ge 4 ]] || fail "docs/porting.md has fewer blocks of commands than this test knows"
    ;;
  command_line)
    run "$root/bin/wmi" --help >/dev/null
    run "$root/bin/wmi" query "SELECT Caption, Version FROM Win32_OperatingSystem" | tee "$work/wmi.out"
    grep -q Caption "$work/wmi.out" || fail "wmi query printed no row"
    ;;
  *) fail "there is no stage $stage" ;;
esac
