#include "api/path_parts.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/object_path.h"

namespace wmi::api {
namespace {

constexpr std::string_view kThisMachine = ".";
constexpr std::string_view kParent = "..";

std::vector<std::string> SplitNamespaces(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\\'), text.size());
    names.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

std::string NamespaceText(const PathParts& parts) {
  std::string out;
  for (const std::string& name : parts.namespaces) {
    if (!out.empty()) out += '\\';
    out += name;
  }
  return out;
}

// \\server\namespace; nothing for a path that names neither.
std::string ServerAndNamespaceText(const PathParts& parts) {
  if (parts.namespaces.empty() && !parts.server_was_given) return {};
  std::string out = "\\\\" + parts.server.value_or(std::string(kThisMachine));
  if (!parts.namespaces.empty()) out += '\\' + NamespaceText(parts);
  return out;
}

std::string RelativeText(const PathParts& parts) {
  if (parts.is_parent) return std::string(kParent);
  return parts.class_part ? ClassPartText(*parts.class_part) : std::string();
}

std::string Join(std::string place, const std::string& relative) {
  if (!place.empty() && !relative.empty()) place += ':';
  return place + relative;
}

// A path that has a server and a class but no namespace cannot be written; its class can.
std::string WholeText(const PathParts& parts) {
  std::string relative = RelativeText(parts);
  if (parts.namespaces.empty() && !relative.empty()) return relative;
  return Join(ServerAndNamespaceText(parts), relative);
}

PathParts FromObjectPath(const cim::ObjectPath& path) {
  PathParts parts;
  parts.server_was_given = path.names_server;
  parts.server = path.server.empty() ? std::string(kThisMachine) : path.server;
  parts.namespaces = SplitNamespaces(path.name_space);
  if (path.class_name.empty()) return parts;
  ClassPart& part = parts.class_part.emplace();
  part.name = path.class_name;
  part.is_singleton = path.is_singleton;
  for (const cim::ObjectPath::Key& key : path.keys) part.keys.push_back(KeyFromPath(key.name, key.value.view()));
  return parts;
}

bool HasDoubleKey(const ClassPart& part) {
  for (auto key = part.keys.begin(); key != part.keys.end(); ++key) {
    const auto same = [&](const PathKey& other) { return EqualFolded(other.name, key->name); };
    if (std::any_of(part.keys.begin(), key, same)) return true;
  }
  return false;
}

// Which of the paths that parse the ACCEPT flags want. The empty path and a server alone are for ACCEPT_ALL; the others
// have a server or are relative.
bool IsAccepted(ULONG mode, const PathParts& parts, bool is_empty) {
  if ((mode & WBEMPATH_CREATE_ACCEPT_ALL) != 0) return true;
  const bool is_server_alone = parts.namespaces.empty() && !parts.class_part && !parts.is_parent;
  if (is_empty || is_server_alone) return false;
  // A path with a server is what both flags take.
  return parts.server_was_given || (mode & WBEMPATH_CREATE_ACCEPT_RELATIVE) != 0;
}

}  // namespace

Code ParseParts(ULONG mode, std::string_view text, PathParts& parts) {
  constexpr ULONG kAccept =
      WBEMPATH_CREATE_ACCEPT_RELATIVE | WBEMPATH_CREATE_ACCEPT_ABSOLUTE | WBEMPATH_CREATE_ACCEPT_ALL;
  constexpr ULONG kKnown = kAccept | WBEMPATH_TREAT_SINGLE_IDENT_AS_NS;
  if ((mode & kAccept) == 0 || (mode & ~kKnown) != 0) return code::kInvalidParameter;
  PathParts parsed;
  if (text == kParent) {
    parsed.server = kThisMachine;
    parsed.is_parent = true;
  } else {
    const auto single =
        (mode & WBEMPATH_TREAT_SINGLE_IDENT_AS_NS) != 0 ? cim::SingleName::kNamespace : cim::SingleName::kClass;
    const Result<cim::ObjectPath> path = cim::ParsePath(text, single);
    if (!path.ok()) return path.status().code();
    parsed = FromObjectPath(*path);
  }
  if (!IsAccepted(mode, parsed, text.empty())) return code::kInvalidObjectPath;
  // A list of keys finds them by name.
  if (parsed.class_part && HasDoubleKey(*parsed.class_part)) return code::kInvalidObjectPath;
  if (text.empty()) parsed = PathParts();
  parsed.came_from_text = !text.empty();
  parts = std::move(parsed);
  return code::kOk;
}

std::optional<std::string> PartsText(const PathParts& parts, ULONG selection) {
  std::string text;
  switch (selection) {
    case WBEMPATH_GET_RELATIVE_ONLY:
      text = RelativeText(parts);
      break;
    case WBEMPATH_GET_SERVER_TOO:
      text = WholeText(parts);
      break;
    case WBEMPATH_GET_SERVER_AND_NAMESPACE_ONLY:
      text = ServerAndNamespaceText(parts);
      break;
    case WBEMPATH_GET_NAMESPACE_ONLY:
      text = NamespaceText(parts);
      break;
    default:
      text = Join(NamespaceText(parts), RelativeText(parts));
      break;
  }
  if (text.empty()) return std::nullopt;
  return text;
}

std::string ClassPartText(const ClassPart& part) {
  if (!part.is_singleton && part.keys.empty()) return part.name;
  const bool is_named = !part.is_singleton && !part.keys.front().name.empty();
  return part.name + (is_named ? "." : "=") + KeysText(part, KeyText::kQuoted);
}

std::string KeysText(const ClassPart& part, KeyText form) {
  if (part.is_singleton) return "@";
  std::string out;
  for (const PathKey& key : part.keys) {
    if (!out.empty()) out += ',';
    if (!key.name.empty()) out += key.name + '=';
    out += KeyValueText(key, form);
  }
  return out;
}

ULONGLONG PartsInfo(const PathParts& parts) {
  const bool is_this_machine = parts.server.value_or(std::string(kThisMachine)) == kThisMachine;
  ULONGLONG info = is_this_machine ? WBEMPATH_INFO_ANON_LOCAL_MACHINE : WBEMPATH_INFO_HAS_MACHINE_NAME;
  if (parts.server_was_given) info |= WBEMPATH_INFO_PATH_HAD_SERVER;
  if (parts.came_from_text) info |= WBEMPATH_INFO_NATIVE_PATH;
  if (parts.is_parent) return info | WBEMPATH_INFO_IS_PARENT | WBEMPATH_INFO_V1_COMPLIANT;
  if (!parts.class_part) return info | WBEMPATH_INFO_SERVER_NAMESPACE_ONLY | WBEMPATH_INFO_V1_COMPLIANT;
  const ClassPart& part = *parts.class_part;
  const bool is_class = part.keys.empty() && !part.is_singleton;
  info |= is_class ? WBEMPATH_INFO_IS_CLASS_REF : WBEMPATH_INFO_IS_INST_REF;
  if (part.is_singleton) info |= WBEMPATH_INFO_IS_SINGLETON;
  info |= KeysInfo(part);
  if ((info & WBEMPATH_INFO_HAS_V2_REF_PATHS) == 0) info |= WBEMPATH_INFO_V1_COMPLIANT;
  return info;
}

ULONGLONG KeysInfo(const ClassPart& part) {
  ULONGLONG info = 0;
  if (part.is_singleton) info |= WBEMPATH_INFO_CONTAINS_SINGLETON;
  if (part.keys.size() > 1) info |= WBEMPATH_INFO_IS_COMPOUND;
  for (const PathKey& key : part.keys) {
    if (key.name.empty()) info |= WBEMPATH_INFO_HAS_IMPLIED_KEY;
    if (key.type == cim::CimType::kReference) info |= WBEMPATH_INFO_HAS_V2_REF_PATHS;
  }
  return info;
}

bool IsPathName(std::string_view text) {
  if (text.empty()) return false;
  const Result<cim::ObjectPath> path = cim::ParsePath(text, cim::SingleName::kClass);
  return path.ok() && path->class_name == text;
}

bool IsPathServer(std::string_view text) {
  if (text == kThisMachine) return true;
  const Result<cim::ObjectPath> path = cim::ParsePath("\\\\" + std::string(text), cim::SingleName::kClass);
  return path.ok() && path->server == text;
}

Code SetKey(ClassPart& part, PathKey key) {
  std::vector<PathKey>& keys = part.keys;
  if (key.name.empty() || (!keys.empty() && keys.front().name.empty())) keys.clear();
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const PathKey& other) { return EqualFolded(other.name, key.name); });
  if (found == keys.end() && keys.size() == limits::kKeysMax) return code::kQuotaViolation;
  part.is_singleton = false;
  if (found == keys.end()) {
    keys.push_back(std::move(key));
  } else {
    *found = std::move(key);
  }
  return code::kOk;
}

bool IsLocal(const PathParts& parts, std::string_view machine) {
  if (!parts.server || *parts.server == kThisMachine) return true;
  return EqualFolded(*parts.server, machine);
}

bool IsRelative(const PathParts& parts, std::string_view machine, std::string_view name_space, Relation relation) {
  if (!IsLocal(parts, machine)) return false;
  if (parts.namespaces.empty()) return true;
  const Result<cim::ObjectPath> place = cim::ParseNamespacePath(name_space);
  if (!place.ok()) return false;
  const std::vector<std::string> above = SplitNamespaces(place->name_space);
  if (parts.namespaces.size() < above.size()) return false;
  if (relation == Relation::kSame && parts.namespaces.size() != above.size()) return false;
  return std::equal(above.begin(), above.end(), parts.namespaces.begin(),
                    [](const std::string& a, const std::string& b) { return EqualFolded(a, b); });
}

}  // namespace wmi::api
