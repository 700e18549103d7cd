#include "store/world_reader.h"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>
#include <vector>

#include "store/encoding/class_code.h"

namespace wmi::store {
namespace {

struct ClassRow {
  Id id = 0;
  std::string name;
  std::string superclass;
  Id definition = 0;
};

// Superclasses first, whatever the order of the rows: the numbers of classes tell when they were made, and a class may
// get a younger superclass. Rows without a superclass in reach come last, where reading them finds the fault.
void AddInOrder(Namespace& schema, std::vector<ClassRow> rows) {
  std::unordered_set<std::string, FoldedHash, FoldedEqual> added;
  while (!rows.empty()) {
    std::vector<ClassRow> later;
    const std::size_t before = rows.size();
    for (ClassRow& row : rows) {
      if (!row.superclass.empty() && !added.contains(row.superclass)) {
        later.push_back(std::move(row));
        continue;
      }
      added.insert(row.name);
      schema.AddStored(std::move(row.name), std::move(row.superclass), row.id, row.definition);
    }
    rows = std::move(later);
    if (rows.size() != before) continue;
    for (ClassRow& row : rows) {
      schema.AddStored(std::move(row.name), std::move(row.superclass), row.id, row.definition);
    }
    return;
  }
}

Status ReadClasses(sql::Connection& connection, Namespace& schema) {
  std::vector<ClassRow> rows;
  sql::Statement classes =
      connection.Use("SELECT id, name, superclass, definition, sum FROM classes WHERE namespace = ?1 ORDER BY id");
  classes.Bind(1, schema.id());
  while (TRY(classes.Step())) {
    ClassRow row{classes.Integer(0), std::string(classes.Text(1)), std::string(classes.Text(2)), classes.Integer(3)};
    // A row that is damaged leads to no definition, so that reading the class finds it so.
    if (classes.Integer(4) != ClassSum(schema.id(), row.name, row.superclass, row.definition)) row.definition = 0;
    rows.push_back(std::move(row));
  }
  AddInOrder(schema, std::move(rows));
  return Status();
}

}  // namespace

Result<cim::ClassDeclaration> DefinitionReader::ReadDefinition(Id definition) const {
  const Reader reader = TRY(database_->Read());
  sql::Statement body = reader->Use("SELECT body FROM definitions WHERE id = ?1");
  if (!TRY(body.Bind(1, definition).Step())) {
    return Status(
        code::kCriticalError,
        "the stored definition of a class is missing; `wmi repository verify` says what is damaged, recompile "
        "the MOF of the class");
  }
  return DecodeDeclaration(body.Blob(0));
}

Result<std::uint64_t> CountInstances(sql::Connection& connection) {
  sql::Statement sum = connection.Use("SELECT sum(instances) FROM classes");
  return TRY(sum.Step()) ? static_cast<std::uint64_t>(sum.Integer(0)) : std::uint64_t{0};
}

Result<WorldPtr> ReadWorld(sql::Connection& connection, const std::string& server,
                           const std::shared_ptr<const ClassSource>& source, const World& before) {
  auto world = std::make_shared<World>();
  sql::Statement namespaces = connection.Use("SELECT id, name FROM namespaces ORDER BY id");
  while (TRY(namespaces.Step())) {
    auto schema = std::make_shared<Namespace>(namespaces.Integer(0), std::string(namespaces.Text(1)), server, source);
    TRY(ReadClasses(connection, *schema));
    const auto known = before.find(schema->name());
    if (known != before.end()) schema->TakeRead(*known->second);
    const std::string name = schema->name();
    world->emplace(name, std::move(schema));
  }
  return WorldPtr(std::move(world));
}

}  // namespace wmi::store
