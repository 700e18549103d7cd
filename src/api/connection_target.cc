#include "api/connection_target.h"

#include <fmt/format.h>
#include <wbemcli.h>

#include <cstdint>
#include <utility>

#include "api/input.h"
#include "base/text.h"
#include "cim/object_path.h"
#include "engine/session.h"

namespace wmi::api {
namespace {

constexpr std::uint32_t kConnectFlags =
    WBEM_FLAG_CONNECT_REPOSITORY_ONLY | WBEM_FLAG_CONNECT_USE_MAX_WAIT | WBEM_FLAG_CONNECT_PROVIDERS;

Status Invalid(std::string message) { return Status(code::kInvalidParameter, std::move(message)); }

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// MS_ and a locale identifier in hexadecimal: MS_409.
bool IsLocale(std::string_view text) {
  if (text.size() < 4 || text.size() > 11 || !EqualFolded(text.substr(0, 3), "MS_")) return false;
  for (char c : text.substr(3)) {
    if (!IsHexDigit(c)) return false;
  }
  return true;
}

bool HasPrefix(std::string_view text, std::string_view prefix) {
  return text.size() > prefix.size() && EqualFolded(text.substr(0, prefix.size()), prefix);
}

Status CheckAuthority(std::string_view authority, std::string_view user) {
  if (authority.empty()) return Status();
  const bool domain = HasPrefix(authority, "NTLMDOMAIN:");
  if (!domain && !HasPrefix(authority, "Kerberos:")) {
    return Invalid("the authority is neither \"Kerberos:principal\" nor \"NTLMDOMAIN:domain\"")
        .WithParameter(std::string(authority));
  }
  if (domain && user.find_first_of("\\@") != std::string_view::npos) {
    return Invalid("the domain is in the user name and in the authority; name it in one of them");
  }
  return Status();
}

Status CheckForm(const ConnectArguments& arguments) {
  if (IsBlank(arguments.resource)) {
    return Invalid("the network resource is NULL or empty; name a namespace such as root\\cimv2");
  }
  if (!AreFlagsWithin(arguments.flags, kConnectFlags)) {
    return Invalid(
        fmt::format("lSecurityFlags is 0x{:x}; ConnectServer takes 0x{:x}", LowFlags(arguments.flags), kConnectFlags));
  }
  if (arguments.user != nullptr && *arguments.user == L'\0') {
    return Invalid("the user name is an empty string; NULL means the current user");
  }
  if (arguments.locale != nullptr) {
    std::string locale = ReadText(arguments.locale, limits::kNameLengthMax);
    if (!IsLocale(locale)) return Invalid("the locale is not of the form MS_409").WithParameter(std::move(locale));
  }
  return CheckAuthority(ReadText(arguments.authority, limits::kNameLengthMax),
                        ReadText(arguments.user, limits::kNameLengthMax));
}

bool IsSlash(char c) { return c == '\\' || c == '/'; }

}  // namespace

bool IsLocalHost(std::string_view host, std::string_view server) {
  for (std::string_view local : {"", ".", "localhost", "127.0.0.1", "::1", "[::1]"}) {
    if (EqualFolded(host, local)) return true;
  }
  if (EqualFolded(host, server)) return true;
  const auto first_label = [](std::string_view name) { return name.substr(0, name.find('.')); };
  // One of the two may lack the domain that the other has.
  const bool one_is_short = host.find('.') == host.npos || server.find('.') == server.npos;
  return one_is_short && !server.empty() && EqualFolded(first_label(host), first_label(server));
}

Result<std::string> LocalNamespace(const ConnectArguments& arguments, std::string_view server) {
  TRY(CheckForm(arguments));
  const std::string resource = ReadText(arguments.resource, limits::kPathLengthMax);
  std::string_view rest = resource;
  if (rest.size() > 2 && IsSlash(rest[0]) && IsSlash(rest[1])) {
    const std::size_t end = rest.find_first_of("\\/", 2);
    const std::string_view host = rest.substr(2, end == rest.npos ? rest.npos : end - 2);
    if (host.empty())
      return Status(code::kInvalidNamespace, "the path names no machine between its slashes").WithParameter(resource);
    if (!IsLocalHost(host, server)) {
      return Status(code::kTransportFailure,
                    fmt::format("'{}' is not this machine ({}); this version connects to the local machine only", host,
                                server))
          .WithParameter(resource);
    }
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  if (arguments.user != nullptr || arguments.password != nullptr || !IsBlank(arguments.authority)) {
    return Status(code::kLocalCredentials,
                  "user, password and authority must be NULL for a connection to the local machine");
  }
  if (rest.empty()) return Status(code::kInvalidNamespace, "the path names no namespace").WithParameter(resource);
  cim::ObjectPath path = TRY(cim::ParseNamespacePath(rest));
  return std::move(path.name_space);
}

std::string LocaleNamespace(const wchar_t* locale) {
  return locale == nullptr ? engine::kDefaultLocale : Fold(ReadText(locale, limits::kNameLengthMax));
}

}  // namespace wmi::api
