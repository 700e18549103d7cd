// What `wmi repository status` tells: gathered from the library, and as text or JSON.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "api/repository_tool.h"
#include "wmi/writer.h"

namespace wmi::cli {

struct RepositoryContents final : api::RepositoryContents {
  void OnNamespace(const char* name, std::uint64_t classes) override { namespaces.emplace_back(name, classes); }
  void OnAutorecover(const char* file) override { autorecover.emplace_back(file); }
  void OnSetAside(const char* file) override { set_aside.emplace_back(file); }

  std::vector<std::pair<std::string, std::uint64_t>> namespaces;
  std::vector<std::string> autorecover;
  std::vector<std::string> set_aside;
};

std::string StateText(const api::RepositoryState& state, const RepositoryContents& contents);
// One object; `indent` as of Dump.
std::string StateJson(const api::RepositoryState& state, const RepositoryContents& contents, int indent);

}  // namespace wmi::cli
