// class_pages FOLDER FILE.mof…: writes FOLDER/CLASS.md for each class of this machine, and FOLDER/README.md, which
// lists them. What a property means comes from the schema, where its value comes from out of the table of its provider.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "mof/compiler.h"
#include "providers/linux/register.h"

namespace wmi {
namespace {

using linuxos::ClassPage;
using linuxos::Cost;

struct Declared {
  std::string name_space;
  cim::ClassPtr schema;
};

// The classes of the files, in the order of compilation.
class Schema final : public mof::ClassLookup {
 public:
  cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const override {
    // Classes of the system are in every namespace.
    const bool is_everywhere = name.starts_with("__");
    for (const Declared& declared : classes_) {
      const bool is_there = is_everywhere || EqualFolded(declared.name_space, name_space);
      if (is_there && EqualFolded(declared.schema->name(), name)) return declared.schema;
    }
    return nullptr;
  }

  // False when the file has errors, which are told.
  bool Add(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    mof::Compiled compiled = mof::Compile({path.filename().string(), text}, "ROOT\\cimv2", "this", *this);
    for (const Status& error : compiled.errors) fmt::print(stderr, "{}: {}\n", path.string(), error.Message());
    for (cim::ClassPtr& schema : compiled.classes) {
      std::string name_space = schema->home() == nullptr ? "ROOT\\cimv2" : schema->home()->name_space;
      classes_.push_back({std::move(name_space), std::move(schema)});
    }
    return file && compiled.errors.empty();
  }

  const Declared* Find(std::string_view name) const {
    const auto found = std::find_if(classes_.begin(), classes_.end(), [name](const Declared& declared) {
      return EqualFolded(declared.schema->name(), name) && declared.schema->is_dynamic();
    });
    return found == classes_.end() ? nullptr : &*found;
  }

 private:
  std::vector<Declared> classes_;
};

std::string_view CostText(Cost cost) {
  switch (cost) {
    case Cost::kNothing:
      return "nothing";
    case Cost::kFile:
      return "a file for the class";
    case Cost::kInstanceFile:
      return "a file for each instance";
    case Cost::kScan:
      return "a walk";
    case Cost::kService:
      return "a service, with a deadline";
  }
  return "";
}

std::string Keys(const cim::Class& schema) {
  if (schema.is_singleton()) return "One instance: `@`.";
  std::string text;
  for (const std::size_t slot : schema.key_slots()) {
    text += fmt::format("{}`{}`", text.empty() ? "" : ", ", schema.properties()[slot].name);
  }
  return fmt::format("Keys: {}.", text);
}

// A cell of a table.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

std::string Properties(const cim::Class& schema, const ClassPage& page) {
  std::string text =
      "## Properties\n\n| property | type | meaning | source | cost |\n| --- | --- | --- | --- | --- |\n";
  for (const cim::Property& property : schema.properties()) {
    const auto row = std::find_if(page.properties.begin(), page.properties.end(),
                                  [&](const auto& candidate) { return EqualFolded(candidate.name, property.name); });
    const bool has_source = row != page.properties.end();
    text +=
        fmt::format("| `{}` | {} | {} | {} | {} |\n", property.name, cim::CimTypeText(property.type),
                    Cell(property.qualifiers.Text("Description")),
                    has_source ? Cell(row->source) : "not available on Linux", has_source ? CostText(row->cost) : "");
  }
  return text;
}

std::string Methods(const cim::Class& schema, const ClassPage& page) {
  if (schema.methods().empty()) return {};
  std::string text = "\n## Methods\n\n| method | meaning | here |\n| --- | --- | --- |\n";
  for (const cim::Method& method : schema.methods()) {
    const auto row = std::find_if(page.methods.begin(), page.methods.end(),
                                  [&](const auto& candidate) { return EqualFolded(candidate.name, method.name); });
    text += fmt::format(
        "| `{}` | {} | {} |\n", method.name, Cell(method.qualifiers.Text("Description")),
        row == page.methods.end() ? "not available on Linux: `WBEM_E_METHOD_NOT_IMPLEMENTED`" : Cell(row->note));
  }
  return text;
}

std::string PageText(const Declared& declared, const ClassPage& page) {
  const cim::Class& schema = *declared.schema;
  std::string text = fmt::format("# {}\n\n{} Namespace `{}`. {}", page.class_name,
                                 schema.qualifiers().Text("Description"), declared.name_space, Keys(schema));
  if (!schema.derivation().empty()) text += fmt::format(" Derived from `{}`.", schema.derivation().front());
  if (page.looks_up) text += " An instance is found by its key without a scan.";
  if (page.may_block) text += " Its sources may be slow or hang; each has a deadline.";
  text += fmt::format("\n\n{}\n\n", page.about);
  text += Properties(schema, page) + Methods(schema, page);
  return text;
}

bool Write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) fmt::print(stderr, "class_pages: cannot write {}\n", path.string());
  return !file.fail();
}

int Run(const std::filesystem::path& folder, std::vector<std::filesystem::path> files) {
  Schema schema;
  // The files promise that the order of their names is one in which they can be compiled, behind the system classes.
  // Settings are instances and have no page.
  std::erase_if(files, [](const auto& file) { return file.filename() == "root_settings.mof"; });
  std::sort(files.begin(), files.end());
  std::stable_partition(files.begin(), files.end(), [](const auto& file) { return file.filename() == "system.mof"; });
  bool is_good = true;
  for (const auto& file : files) is_good = schema.Add(file) && is_good;
  if (!is_good) return 1;

  std::filesystem::create_directories(folder);
  std::map<std::string, std::string> lists;  // by namespace
  for (const ClassPage& page : linuxos::LinuxClassPages()) {
    const Declared* const declared = schema.Find(page.class_name);
    if (declared == nullptr) {
      fmt::print(stderr, "class_pages: no MOF file declares {}\n", page.class_name);
      return 1;
    }
    lists[declared->name_space] +=
        fmt::format("- [{0}]({0}.md): {1}\n", page.class_name, declared->schema->qualifiers().Text("Description"));
    if (!Write(folder / (page.class_name + ".md"), PageText(*declared, page))) return 1;
  }
  std::string index =
      "# Classes of this machine\n\nOne page for each class with instances: what each property means, where its value "
      "comes "
      "from,\nand what it costs to read. What Linux does not have is NULL, never invented.\n";
  for (const auto& [name_space, list] : lists) index += fmt::format("\n## {}\n\n{}", name_space, list);
  return Write(folder / "README.md", index) ? 0 : 1;
}

}  // namespace
}  // namespace wmi

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: class_pages FOLDER FILE.mof…\n");
    return 2;
  }
  try {
    return wmi::Run(argv[1], {argv + 2, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "class_pages: {}\n", error.what());
    return 1;
  }
}
