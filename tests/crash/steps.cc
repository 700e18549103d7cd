#include "steps.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "cim/declaration.h"
#include "store/encoding/class_code.h"
#include "store/encoding/object_code.h"
#include "store/test_support.h"
#include "store/verify.h"

namespace wmi::crash {
namespace {

using store::Declare;
using store::Transaction;

constexpr const char* kSpace = "ROOT\\crash";
constexpr const char* kRowClass = "Row";
constexpr std::uint64_t kRowsPerStep = 3;
// How many steps a row, a class and a namespace live.
constexpr std::uint64_t kRowLife = 9;
constexpr std::uint64_t kClassLife = 14;

std::string RowKey(const std::string& writer, std::uint64_t number, std::uint64_t row) {
  return fmt::format("{}/{}/{}", writer, number, row);
}
// Mostly short, sometimes longer than several pages.
std::string RowText(std::uint64_t number, std::uint64_t row) {
  const std::size_t size = (number * 7 + row) % 11 == 0 ? 9000 + (number * 131) % 5000 : 20 + (number * 13) % 200;
  return std::string(size, static_cast<char>('a' + (number + row) % 26));
}
bool MakesClass(std::uint64_t number) { return number % 7 == 3; }
bool MakesNamespace(std::uint64_t number) { return number % 11 == 5; }
std::string ClassName(const std::string& writer, std::uint64_t number) {
  return fmt::format("C_{}_{}", writer, number);
}
std::string SpaceName(const std::string& writer, std::uint64_t number) {
  return fmt::format("{}\\n{}x{}", kSpace, writer, number);
}

cim::Object MakeRow(const cim::ClassPtr& schema, const std::string& key, const std::string& text) {
  return store::InstanceOf(schema, {{"Id", store::T(key)}, {"Text", store::T(text)}, {"Mark", store::T(key)}});
}

Status PutRows(Transaction& transaction, const std::string& writer, std::uint64_t number) {
  const store::Namespace* schema = transaction.FindNamespace(kSpace);
  if (schema == nullptr) return Status(code::kInvalidNamespace, "the namespace of the story is not there");
  const cim::ClassPtr row_class = schema->FindClass(kRowClass);
  if (row_class == nullptr) return Status(code::kInvalidClass, "the class of the story is not there");
  for (std::uint64_t row = 0; row < kRowsPerStep; ++row) {
    const cim::Object object = MakeRow(row_class, RowKey(writer, number, row), RowText(number, row));
    TRY(transaction.PutInstance(kSpace, object, store::PutMode::kCreateOnly));
  }
  if (number <= kRowLife) return Status();
  for (std::uint64_t row = 0; row < kRowsPerStep; ++row) {
    TRY(transaction.DeleteInstance(kSpace, kRowClass, {store::T(RowKey(writer, number - kRowLife, row))}));
  }
  return Status();
}

Status ChangeSchema(Transaction& transaction, const std::string& writer, std::uint64_t number) {
  if (MakesClass(number)) {
    const Declare declaration = Declare(ClassName(writer, number), kRowClass).With(store::Prop("More"));
    TRY(transaction.PutClass(kSpace, declaration, store::PutMode::kCreateOnly, store::ClassUpdate::kCompatible));
  }
  if (number > kClassLife && MakesClass(number - kClassLife)) {
    TRY(transaction.DeleteClass(kSpace, ClassName(writer, number - kClassLife)));
  }
  if (MakesNamespace(number)) TRY(transaction.CreateNamespace(SpaceName(writer, number), {Declare("Inside")}));
  if (number > kClassLife && MakesNamespace(number - kClassLife)) {
    TRY(transaction.DeleteNamespace(SpaceName(writer, number - kClassLife)));
  }
  return Status();
}

}  // namespace

std::string Story::Describe() const {
  std::string text;
  for (const auto& [key, value] : rows) text += fmt::format("{}={}*{} ", key, value.size(), value.substr(0, 1));
  for (const std::string& name : classes) text += name + " ";
  for (const std::string& name : namespaces) text += name + " ";
  return text;
}

Status Prepare(store::Repository& repository) {
  return repository.Change([](Transaction& transaction) -> Status {
    if (transaction.FindNamespace(kSpace) != nullptr) return Status();
    if (transaction.FindNamespace("ROOT") == nullptr) TRY(transaction.CreateNamespace("ROOT", {}));
    TRY(transaction.CreateNamespace(kSpace, {}));
    const Declare declaration = Declare(kRowClass)
                                    .With(store::Key("Id"))
                                    .With(store::Prop("Text"))
                                    .With(store::Prop("Mark", cim::CimType::kString, {store::Flag("indexed")}));
    return transaction.PutClass(kSpace, declaration, store::PutMode::kCreateOnly, store::ClassUpdate::kCompatible);
  });
}

Status DoStep(store::Repository& repository, const std::string& writer, std::uint64_t number) {
  return repository.Change([&](Transaction& transaction) -> Status {
    TRY(PutRows(transaction, writer, number));
    return ChangeSchema(transaction, writer, number);
  });
}

Story StoryAfter(const std::string& writer, std::uint64_t number) {
  Story story;
  for (std::uint64_t step = number > kRowLife ? number - kRowLife + 1 : 1; step <= number; ++step) {
    for (std::uint64_t row = 0; row < kRowsPerStep; ++row) {
      story.rows.emplace(RowKey(writer, step, row), RowText(step, row));
    }
  }
  for (std::uint64_t step = number > kClassLife ? number - kClassLife + 1 : 1; step <= number; ++step) {
    if (MakesClass(step)) story.classes.insert(ClassName(writer, step));
    if (MakesNamespace(step)) story.namespaces.insert(SpaceName(writer, step));
  }
  return story;
}

Result<Story> ReadStory(const store::Repository& repository, const std::string& writer) {
  Story story;
  const store::NamespacePtr schema = repository.FindNamespace(kSpace);
  if (schema == nullptr) return story;
  const std::string of_writer = writer + "/";
  for (const cim::Object& row : TRY(repository.ListInstances(kSpace, kRowClass))) {
    const std::string key(row.slot(row.schema().FindSlot("Id").value()).text());
    const std::string text(row.slot(row.schema().FindSlot("Text").value()).text());
    if (!key.starts_with(of_writer)) continue;
    const cim::Object found = TRY(repository.FindInstance(kSpace, kRowClass, {store::T(key)}));
    if (!found) return Status(code::kNotFound, fmt::format("{} is listed, but not found by its key", key));
    const auto marked = TRY(store::LookUpValue(repository, kSpace, kRowClass, "Mark", store::T(key)));
    if (marked.size() != 1) return Status(code::kNotFound, fmt::format("{} is listed, but not in the index", key));
    story.rows.emplace(key, text);
  }
  for (const std::string& name : schema->ClassNames()) {
    if (!name.starts_with("C_" + writer + "_")) continue;
    if (schema->FindClass(name) == nullptr) return schema->DamageOf(name);
    story.classes.insert(name);
  }
  const std::string inside = fmt::format("{}\\n{}x", kSpace, writer);
  for (const store::NamespacePtr& space : repository.Namespaces()) {
    if (!space->name().starts_with(inside)) continue;
    if (space->FindClass("Inside") == nullptr) return Status(code::kNotFound, space->name() + " lacks its class");
    story.namespaces.insert(space->name());
  }
  return story;
}

Result<std::uint64_t> FindState(const store::Repository& repository, const std::string& writer,
                                std::uint64_t acknowledged) {
  const Story found = TRY(ReadStory(repository, writer));
  for (const std::uint64_t number : {acknowledged, acknowledged + 1}) {
    if (found == StoryAfter(writer, number)) return number;
  }
  return Status(code::kFailed,
                fmt::format("writer {} had {} steps acknowledged; there must be\n  {}\nbut there is\n  {}", writer,
                            acknowledged, StoryAfter(writer, acknowledged).Describe(), found.Describe()));
}

Status CheckSound(const store::Repository& repository) {
  const store::VerifyReport report = TRY(store::Verify(*repository.database(), repository.server()));
  if (report.is_sound()) return Status();
  std::string text = "the repository is damaged:";
  for (const store::Finding& finding : report.findings) text += fmt::format("\n  {}: {}", finding.place, finding.what);
  return Status(code::kCriticalError, std::move(text));
}

Result<std::string> Everything(const store::Repository& repository) {
  std::string text;
  for (const store::NamespacePtr& space : repository.Namespaces()) {
    text += space->name() + "\n";
    std::set<std::string> lines;
    for (const std::string& name : space->ClassNames()) {
      const cim::ClassPtr schema = space->FindClass(name);
      if (schema == nullptr) return space->DamageOf(name).ok() ? Status(code::kCriticalError) : space->DamageOf(name);
      lines.insert(name + store::EncodeDeclaration(cim::DeclarationOf(*schema)));
      for (const cim::Object& row : TRY(repository.ListInstances(space->name(), name))) {
        lines.insert("row " + store::EncodeObject(row));
        store::KeyTuple keys;
        for (const std::size_t slot : schema->key_slots()) keys.push_back(cim::Value::Copy(row.slot(slot)));
        const cim::Object found = TRY(repository.FindInstance(space->name(), name, keys));
        if (found) lines.insert("found " + store::EncodeObject(found));
      }
    }
    for (const std::string& line : lines) text += line + "\n";
  }
  const Status damage = repository.damage();
  if (!damage.ok()) return damage;
  return text;
}

std::uint64_t RoundsOr(std::uint64_t otherwise) {
  const char* value = std::getenv("OPENWMI_CRASH_ROUNDS");
  return value == nullptr || *value == 0 ? otherwise : std::strtoull(value, nullptr, 10);
}

std::uint64_t Seed() {
  const char* value = std::getenv("OPENWMI_CRASH_SEED");
  const std::uint64_t seed =
      value == nullptr || *value == 0
          ? static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count())
          : std::strtoull(value, nullptr, 10);
  std::printf("OPENWMI_CRASH_SEED=%llu repeats this\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace wmi::crash
