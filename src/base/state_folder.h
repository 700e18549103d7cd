// Where what the product keeps for its user lies.
#pragma once

#include <string>

namespace wmi {

// `$VARIABLE` when it is set, else `$XDG_STATE_HOME/openwmi/NAME`, else `~/.local/state/openwmi/NAME`, with the home
// folder of the user's account when HOME is not set. Variables are not heeded in a program that runs with more rights
// than its caller. Empty when there is no home folder, or what was set is no absolute path. Makes nothing.
std::string StateFolder(const char* variable, const std::string& name);

}  // namespace wmi
