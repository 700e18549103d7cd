// PathParts: an object path taken apart, as IWbemPath shows it. The syntax is that of cim/object_path.h; here are the
// rules of the parts and the flags of the interface (contract 8.5, 9.5, 11.3).
#pragma once

#include <wmiutils.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/path_key.h"
#include "base/codes.h"

namespace wmi::api {

// The class of a path and what selects an instance of it.
struct ClassPart {
  std::string name;
  std::vector<PathKey> keys;  // in the order in which they were written or set; an unnamed one is alone
  bool is_singleton = false;  // Class=@, without keys then
};

// A value.
struct PathParts {
  // Nullopt when nobody said. "." is this machine; a text without a server is about this machine, too.
  std::optional<std::string> server;
  bool server_was_given = false;  // by the text or by SetServer
  std::vector<std::string> namespaces;
  std::optional<ClassPart> class_part;
  bool is_parent = false;  // the path is ".."
  bool came_from_text = false;
};

// Reads a text by the WBEMPATH_CREATE_ and WBEMPATH_TREAT_ flags of SetText. kInvalidParameter for other flags or no
// ACCEPT flag, kInvalidObjectPath for a text that is malformed or that the flags do not accept.
Code ParseParts(ULONG mode, std::string_view text, PathParts& parts);

// The text that one of the WBEMPATH_GET_ flags, or none, selects; nullopt when the path has nothing of it.
std::optional<std::string> PartsText(const PathParts& parts, ULONG selection);
// Class, Class=@, Class=value, Class.Key=value,…
std::string ClassPartText(const ClassPart& part);
// What follows the class and the dot; "@" for a singleton.
std::string KeysText(const ClassPart& part, KeyText form);

// The WBEMPATH_INFO_ bits of the whole path, and of its keys.
ULONGLONG PartsInfo(const PathParts& parts);
ULONGLONG KeysInfo(const ClassPart& part);

// Whether a text can stand in a path as the name of a namespace, class or key; as a server.
bool IsPathName(std::string_view text);
bool IsPathServer(std::string_view text);

// Adds the key or replaces the one of its name. An unnamed key replaces all, a named one the unnamed; a singleton is
// none any more. kQuotaViolation past the limit of keys.
Code SetKey(ClassPart& part, PathKey key);

// Whether the server of the path is this machine or `machine`, compared without case.
bool IsLocal(const PathParts& parts, std::string_view machine);
// Whether the path has no namespace or that of `name_space`, on this machine or `machine`; kOrChild also takes those
// below it.
enum class Relation { kSame, kSameOrChild };
bool IsRelative(const PathParts& parts, std::string_view machine, std::string_view name_space, Relation relation);

}  // namespace wmi::api
