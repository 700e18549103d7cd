// Classes: the list of the built-in classes while it is being made. Each area adds its own; from the list come the
// registry of the engine and the pages of docs/classes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "provider/provider.h"
#include "providers/linux/column.h"
#include "providers/linux/host.h"
#include "providers/linux/methods.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

// What the page of a class says; made of its tables. A value.
struct ClassPage {
  struct PropertyRow {
    std::string name;
    std::string source;  // Markdown; names of the sources and the note
    Cost cost = Cost::kNothing;
  };
  struct MethodNote {
    std::string name;
    std::string note;
  };

  std::string class_name;
  std::string about;
  std::vector<PropertyRow> properties;  // those with a source here
  std::vector<MethodNote> methods;      // those that run here
  bool looks_up = false;                // a key is looked up without a scan
  bool may_block = false;
};

template <typename View>
ClassPage MakePage(std::string_view class_name, std::string_view about, std::span<const Source> sources,
                   std::span<const Column<View>> columns, std::span<const MethodRow> methods = {}) {
  ClassPage page;
  page.class_name = class_name;
  page.about = about;
  for (const Column<View>& column : columns) {
    ClassPage::PropertyRow row{std::string(column.property), {}, Cost::kNothing};
    for (const Source& source : sources) {
      if ((column.sources & source.bit) == 0) continue;
      if (!row.source.empty()) row.source += ", ";
      row.source += source.name;
      row.cost = std::max(row.cost, source.cost);
    }
    if (!column.note.empty()) {
      if (!row.source.empty()) row.source += ": ";
      row.source += column.note;
    }
    page.properties.push_back(std::move(row));
  }
  for (const MethodRow& method : methods) page.methods.push_back({std::string(method.name), std::string(method.note)});
  return page;
}

class Classes {
 public:
  // `registry` outlives it.
  Classes(provider::Registry& registry, const Machine& machine) : registry_(registry), machine_(machine) {}

  const Machine& machine() const { return machine_; }
  const std::vector<ClassPage>& pages() const { return pages_; }

  template <typename Traits>
  void Add() {
    std::span<const MethodRow> methods;
    if constexpr (requires { Traits::Methods(); }) methods = Traits::Methods();
    ClassPage page =
        MakePage<typename Traits::View>(Traits::kClass, Traits::kAbout, Traits::Sources(), Traits::Columns(), methods);
    page.looks_up = requires { Traits::kLooksUp; };
    page.may_block = requires { Traits::kMayBlock; };
    Add(std::move(page), std::make_unique<SnapshotProvider<Traits>>(machine_));
  }

  // A class with a provider of its own making.
  void Add(ClassPage page, std::unique_ptr<provider::InstanceProvider> provider) {
    registry_.Register(page.class_name, std::move(provider));
    pages_.push_back(std::move(page));
  }

 private:
  provider::Registry& registry_;
  const Machine machine_;
  std::vector<ClassPage> pages_;
};

}  // namespace wmi::linuxos
