// Source: one MOF text with its name.
#pragma once

#include <string>

namespace wmi::mof {

// A file: its name for messages, and its bytes (UTF-8, UTF-16 with a byte-order mark, or Latin-1).
struct Source {
  std::string file;
  std::string text;
};

}  // namespace wmi::mof
