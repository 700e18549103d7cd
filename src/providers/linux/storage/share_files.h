// The files that say what is shared: smb.conf of Samba and exports of NFS. Parsers of text; any bytes will do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::linuxos {

// A folder or printer that others may use.
struct SharedThing {
  std::string name;
  std::string path;
  std::string comment;
  bool is_printer = false;
  std::uint32_t connections_max = 0;  // 0: no limit
  bool is_available = true;
};

// What smb.conf says (smb.conf(5)).
struct SambaFile {
  std::vector<SharedThing> shares;    // without [global], and the templates [homes] and [printers]
  std::vector<std::string> includes;  // files without macros, in order
};
SambaFile ParseSambaConfig(std::string_view text);

// What exports says (exports(5)): one for each path, what it is exported to in the comment.
std::vector<SharedThing> ParseExports(std::string_view text);

}  // namespace wmi::linuxos
