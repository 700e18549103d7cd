// ASSOCIATORS OF and REFERENCES OF against a naive walker: every association, every two of its ends (contract 7.3). It
// knows its graph as plain data, from which the MOF text for the engine is written. All small statements over random
// graphs with subclasses, rings, associations of an object with itself, three ends and ends that lead nowhere.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/codes.h"
#include "served_world.h"

namespace wmi::wql::testing {
namespace {

// ---- the graph ------------------------------------------------------------------------------------------------------

struct Role {
  std::string name;
  std::string class_name;  // of what it refers to; empty: anything
};

struct GraphClass {
  std::string name;
  std::string superclass;
  std::string mof;  // before "class", and between the braces
  std::string qualifiers;
  bool is_abstract = false;
  std::vector<Role> roles;  // of an association, inherited ones too
};

const std::vector<GraphClass>& Classes() {
  static const std::vector<Role> kLinkRoles{{"From", "N_A"}, {"To", "N_C"}};
  static const std::vector<Role> kRootRoles{{"Up", "N_Base"}, {"Down", "N_D"}};
  static const std::vector<GraphClass> classes{
      {"N_Base", "", "[key] string Name;", "", true, {}},
      {"N_A", "N_Base", "uint32 Age;", "", false, {}},
      {"N_B", "N_A", "", "Tagged", false, {}},
      {"N_C", "N_Base", "", "Tagged", false, {}},
      {"N_D", "", "[key] uint32 Id; [key] string Part;", "", false, {}},
      {"L_Link", "", "[key] uint32 Mark; [key] N_A ref From; [key] N_C ref To;", "", false, kLinkRoles},
      {"L_Closer", "L_Link", "", "Tagged", false, kLinkRoles},
      {"L_Same",
       "",
       "[key] uint32 Mark; [key] N_A ref One; [key] N_A ref Other;",
       "",
       false,
       {{"One", "N_A"}, {"Other", "N_A"}}},
      {"L_Any",
       "",
       "[key] uint32 Mark; [key] object ref One; [key] object ref To;",
       "Tagged",
       false,
       {{"One", ""}, {"To", ""}}},
      {"L_Three",
       "",
       "[key] uint32 Mark; N_A ref One; N_C ref To; N_A ref Third;",
       "",
       false,
       {{"One", "N_A"}, {"To", "N_C"}, {"Third", "N_A"}}},
      {"L_Root", "", "[key] uint32 Mark; [key] N_Base ref Up; [key] N_D ref Down;", "", true, kRootRoles},
      {"L_Leaf", "L_Root", "", "", false, kRootRoles},
  };
  return classes;
}

const GraphClass* FindGraphClass(const std::string& name) {
  for (const GraphClass& known : Classes()) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

// An empty `wanted` is any class.
bool IsA(const std::string& class_name, const std::string& wanted) {
  if (wanted.empty() || class_name == wanted) return true;
  const GraphClass* known = FindGraphClass(class_name);
  return known != nullptr && !known->superclass.empty() && IsA(known->superclass, wanted);
}

bool HasQualifier(const std::string& class_name, const std::string& wanted) {
  return wanted.empty() || FindGraphClass(class_name)->qualifiers == wanted;
}

struct GraphObject {
  std::string class_name;
  std::string keys;  // as a path has them behind the dot
  std::string mof;
};

const std::vector<GraphObject>& Objects() {
  const auto named = [](const std::string& class_name, const std::string& name) {
    return GraphObject{class_name, "Name=\"" + name + "\"", "Name = \"" + name + "\";"};
  };
  static const std::vector<GraphObject> objects{named("N_A", "a1"),
                                                named("N_A", "a2"),
                                                named("N_B", "b1"),
                                                named("N_B", "b2"),
                                                named("N_C", "c1"),
                                                named("N_C", "c2"),
                                                {"N_D", "Id=7,Part=\"x\"", "Id = 7; Part = \"x\";"}};
  return objects;
}

// An end of an association.
struct End {
  enum class Leads { kToObject, kNowhere, kNull } leads = Leads::kNull;
  std::size_t object = 0;  // kToObject
  std::string path;        // as written
};

struct Association {
  std::string class_name;
  std::uint32_t mark = 0;
  std::vector<End> ends;  // in the order of the roles
};

using Random = std::mt19937;
std::size_t Below(Random& random, std::size_t end) { return random() % end; }

// One of the ways to write the path of an object.
std::string SpellPath(const GraphObject& object, Random& random) {
  std::vector<std::string> classes;
  for (std::string at = object.class_name; !at.empty(); at = FindGraphClass(at)->superclass) classes.push_back(at);
  if (object.class_name == "N_D") {
    const std::vector<std::string> ways{"N_D.Id=7,Part=\"x\"", "N_D.Part=\"X\",Id=7", "n_d.ID=7,PART=\"x\""};
    return ways[Below(random, ways.size())];
  }
  const std::string class_name = classes[Below(random, classes.size())];
  const std::string name = object.keys.substr(object.keys.find('"'));
  const std::vector<std::string> ways{class_name + "." + object.keys, class_name + "=" + name,
                                      "\\\\.\\root\\wql:" + class_name + "." + object.keys,
                                      "ROOT\\WQL:" + class_name + ".NAME=" + name};
  return ways[Below(random, ways.size())];
}

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

class Graph {
 public:
  explicit Graph(Random& random) {
    std::uint32_t mark = 0;
    for (const GraphClass& schema : Classes()) {
      if (schema.roles.empty() || schema.is_abstract) continue;
      const std::size_t count = 2 + Below(random, 4);
      for (std::size_t i = 0; i < count; ++i) {
        Association association{schema.name, ++mark, {}};
        for (const Role& role : schema.roles) association.ends.push_back(MakeEnd(schema, role, random));
        associations_.push_back(std::move(association));
      }
    }
  }

  const std::vector<Association>& associations() const { return associations_; }

  std::string Mof() const {
    std::string mof;
    for (const GraphClass& schema : Classes()) {
      std::vector<std::string> qualifiers;
      if (schema.is_abstract) qualifiers.emplace_back("abstract");
      if (!schema.roles.empty()) qualifiers.emplace_back("association");
      if (!schema.qualifiers.empty()) qualifiers.push_back(schema.qualifiers);
      if (!qualifiers.empty()) mof += fmt::format("[{}] ", fmt::join(qualifiers, ", "));
      mof += fmt::format("class {}{} {{ {} }};\n", schema.name,
                         schema.superclass.empty() ? "" : " : " + schema.superclass, schema.mof);
    }
    for (const GraphObject& object : Objects()) {
      mof += fmt::format("instance of {} {{ {} }};\n", object.class_name, object.mof);
    }
    for (const Association& association : associations_) {
      mof += fmt::format("instance of {} {{ Mark = {};", association.class_name, association.mark);
      const std::vector<Role>& roles = FindGraphClass(association.class_name)->roles;
      for (std::size_t i = 0; i < roles.size(); ++i) {
        if (association.ends[i].leads == End::Leads::kNull) continue;
        mof += fmt::format(" {} = {};", roles[i].name, Quoted(association.ends[i].path));
      }
      mof += " };\n";
    }
    return mof;
  }

 private:
  static End MakeEnd(const GraphClass& schema, const Role& role, Random& random) {
    const bool may_be_null = schema.name == "L_Three";
    if (may_be_null && Below(random, 4) == 0) return {};
    if (Below(random, 6) == 0) {
      const std::string class_name = role.class_name.empty() ? "N_C" : role.class_name;
      if (class_name == "N_D") return {End::Leads::kNowhere, 0, "N_D.Id=8,Part=\"x\""};
      return {End::Leads::kNowhere, 0, class_name + ".Name=\"gone\""};
    }
    std::vector<std::size_t> fit;
    for (std::size_t i = 0; i < Objects().size(); ++i) {
      if (IsA(Objects()[i].class_name, role.class_name)) fit.push_back(i);
    }
    const std::size_t object = fit[Below(random, fit.size())];
    return {End::Leads::kToObject, object, SpellPath(Objects()[object], random)};
  }

  std::vector<Association> associations_;
};

// ---- statements and the naive walker --------------------------------------------------------------------------------

struct Statement {
  bool is_associators = true;
  std::size_t source = 0;         // an object
  std::string source_class;       // or, for SchemaOnly, a class
  std::string association_class;  // AssocClass, or ResultClass of REFERENCES OF
  std::string association_qualifier;
  std::string result_class;
  std::string result_qualifier;
  std::string role;
  std::string result_role;
  std::string flag;  // ClassDefsOnly, KeysOnly, SchemaOnly
};

std::string TextOf(const Statement& statement, Random& random) {
  std::vector<std::string> words;
  const auto add = [&](const char* word, const std::string& value) {
    if (!value.empty()) words.push_back(std::string(word) + " = " + value);
  };
  const bool is_associators = statement.is_associators;
  add(is_associators ? "AssocClass" : "ResultClass", statement.association_class);
  add(is_associators ? "RequiredAssocQualifier" : "RequiredQualifier", statement.association_qualifier);
  add("ResultClass", statement.result_class);
  add("RequiredQualifier", statement.result_qualifier);
  add("Role", statement.role);
  add("ResultRole", statement.result_role);
  if (!statement.flag.empty()) words.push_back(statement.flag);
  std::shuffle(words.begin(), words.end(), random);
  const std::string source =
      statement.source_class.empty() ? SpellPath(Objects()[statement.source], random) : statement.source_class;
  return fmt::format("{} OF {{{}}}{}{}", is_associators ? "ASSOCIATORS" : "REFERENCES", source,
                     words.empty() ? "" : " WHERE ", fmt::join(words, " "));
}

bool IsRole(const std::string& wanted, const std::string& name) { return wanted.empty() || wanted == name; }

bool IsCandidate(const Statement& statement, const std::string& association_class) {
  return IsA(association_class, statement.association_class) &&
         HasQualifier(association_class, statement.association_qualifier);
}

std::string NameOf(const GraphObject& object) { return object.class_name + "." + object.keys; }
std::string NameOf(const Association& association) {
  return fmt::format("{}.{}", association.class_name, association.mark);
}

// Names of what is given, with repetition; with ClassDefsOnly of their classes, each once.
std::multiset<std::string> WalkObjects(const Statement& statement, const Graph& graph) {
  std::multiset<std::string> names;
  std::set<std::string> classes;
  for (const Association& association : graph.associations()) {
    if (!IsCandidate(statement, association.class_name)) continue;
    const std::vector<Role>& roles = FindGraphClass(association.class_name)->roles;
    bool refers = false;
    for (std::size_t from = 0; from < roles.size(); ++from) {
      const End& source = association.ends[from];
      if (source.leads != End::Leads::kToObject || source.object != statement.source) continue;
      if (!IsRole(statement.role, roles[from].name)) continue;
      refers = true;
      for (std::size_t to = 0; statement.is_associators && to < roles.size(); ++to) {
        const End& end = association.ends[to];
        if (to == from || end.leads != End::Leads::kToObject) continue;
        const GraphObject& object = Objects()[end.object];
        if (!IsRole(statement.result_role, roles[to].name) || !IsA(object.class_name, statement.result_class) ||
            !HasQualifier(object.class_name, statement.result_qualifier)) {
          continue;
        }
        names.insert(NameOf(object));
        classes.insert(object.class_name);
      }
    }
    if (refers && !statement.is_associators) {
      names.insert(NameOf(association));
      classes.insert(association.class_name);
    }
  }
  if (statement.flag == "ClassDefsOnly") return {classes.begin(), classes.end()};
  return names;
}

// SchemaOnly: association classes, or what they declare at the other end.
std::multiset<std::string> WalkSchema(const Statement& statement) {
  std::multiset<std::string> names;
  for (const GraphClass& association : Classes()) {
    if (association.roles.empty() || !IsCandidate(statement, association.name)) continue;
    bool refers = false;
    for (std::size_t from = 0; from < association.roles.size(); ++from) {
      const Role& source = association.roles[from];
      if (!IsRole(statement.role, source.name) || !IsA(statement.source_class, source.class_name)) continue;
      refers = true;
      for (std::size_t to = 0; statement.is_associators && to < association.roles.size(); ++to) {
        const Role& end = association.roles[to];
        if (to == from || end.class_name.empty() || !IsRole(statement.result_role, end.name)) continue;
        if (!IsA(end.class_name, statement.result_class) || !HasQualifier(end.class_name, statement.result_qualifier)) {
          continue;
        }
        names.insert(end.class_name);
      }
    }
    if (refers && !statement.is_associators) names.insert(association.name);
  }
  return names;
}

// ---- the engine -----------------------------------------------------------------------------------------------------

std::string NameOf(const cim::Object& object) {
  const cim::Class& schema = object.schema();
  if (object.is_class()) return schema.name();
  const auto slot = [&](const char* name) { return object.slot(*schema.FindSlot(name)); };
  if (schema.FindSlot("Mark")) return fmt::format("{}.{}", schema.name(), slot("Mark").unsigned_integer());
  if (schema.FindSlot("Name")) return fmt::format("{}.Name=\"{}\"", schema.name(), slot("Name").text());
  return fmt::format("{}.Id={},Part=\"{}\"", schema.name(), slot("Id").unsigned_integer(), slot("Part").text());
}

class AssociationOracle : public ::testing::TestWithParam<Served> {
 protected:
  void SetUp() override {
    const char* given = std::getenv("WMI_TEST_SEED");
    seed_ = given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device()();
    std::cout << "seed: WMI_TEST_SEED=" << seed_ << "\n";
    random_.seed(seed_);
    NewGraph();
  }

  void NewGraph() {
    graph_ = std::make_unique<Graph>(random_);
    world_ = std::make_unique<ServedWorld>(GetParam(), graph_->Mof());
  }

  void Agrees(const Statement& statement) {
    const std::string text = TextOf(statement, random_);
    const bool is_schema = statement.flag == "SchemaOnly";
    const std::multiset<std::string> expected = is_schema ? WalkSchema(statement) : WalkObjects(statement, *graph_);
    const Answer answer = world_->Query(text);
    std::multiset<std::string> found;
    for (const cim::Object& object : answer.rows) found.insert(NameOf(object));
    ++statements_;
    results_ += found.size();
    // Behind REFERENCES OF the association is the result.
    const std::string& result_class = statement.is_associators ? statement.result_class : statement.association_class;
    if (statement.flag == "ClassDefsOnly" && !result_class.empty()) {
      ASSERT_EQ(answer.outcome.code(), code::kInvalidQuery) << text;
      return;
    }
    ASSERT_TRUE(answer.outcome.ok()) << text << "\n" << answer.outcome.Message();
    ASSERT_EQ(found, expected) << text << "\nseed " << seed_ << "\n" << graph_->Mof();
  }

  std::uint32_t seed_ = 0;
  Random random_;
  std::unique_ptr<Graph> graph_;
  std::unique_ptr<ServedWorld> world_;
  std::size_t statements_ = 0;
  std::size_t results_ = 0;
};

// What can stand behind each word.
struct WordChoice {
  std::string Statement::* word;
  std::vector<std::string> values;
};

const std::vector<std::string> kAssociationClasses{"L_Link",  "L_Closer", "L_Same", "L_Any",
                                                   "L_Three", "L_Root",   "L_Leaf"};
const std::vector<WordChoice> kReferencesWords{{&Statement::association_class, kAssociationClasses},
                                               {&Statement::association_qualifier, {"Tagged", "Nothing"}},
                                               {&Statement::role, {"From", "To", "One", "Third", "Nobody"}}};
const std::vector<WordChoice> kAssociatorsWords{{&Statement::association_class, kAssociationClasses},
                                                {&Statement::association_qualifier, {"Tagged"}},
                                                {&Statement::result_class, {"N_Base", "N_A", "N_B", "N_C", "N_D"}},
                                                {&Statement::result_qualifier, {"Tagged", "Nothing"}},
                                                {&Statement::role, {"From", "To", "One", "Other", "Nobody"}},
                                                {&Statement::result_role, {"To", "One", "Third", "Up"}}};

// All statements with up to `words_max` of these words.
std::vector<Statement> WithWords(const Statement& start, const std::vector<WordChoice>& all, std::size_t words_max) {
  std::vector<Statement> statements{start};
  std::vector<std::size_t> counts{0};
  for (const WordChoice& words : all) {
    const std::size_t before = statements.size();
    for (std::size_t i = 0; i < before; ++i) {
      for (const std::string& value : words.values) {
        if (counts[i] == words_max) break;
        Statement more = statements[i];
        more.*words.word = value;
        statements.push_back(std::move(more));
        counts.push_back(counts[i] + 1);
      }
    }
  }
  return statements;
}

TEST_P(AssociationOracle, EverySmallStatementAgrees) {
  for (std::size_t source = 0; source < Objects().size(); ++source) {
    // Each object in a graph of its own, but for one statement of all of them.
    NewGraph();
    for (const char* flag : {"", "KeysOnly", "ClassDefsOnly"}) {
      const std::size_t words_max = *flag == '\0' ? 2 : 1;
      Statement start;
      start.source = source;
      start.flag = flag;
      for (const Statement& statement : WithWords(start, kAssociatorsWords, words_max)) {
        Agrees(statement);
        if (HasFatalFailure()) return;
      }
      start.is_associators = false;
      for (const Statement& statement : WithWords(start, kReferencesWords, words_max)) {
        Agrees(statement);
        if (HasFatalFailure()) return;
      }
    }
  }
  std::cout << statements_ << " statements, " << results_ << " results\n";
  EXPECT_GT(statements_, 2'000U);
  EXPECT_GT(results_, 300U);
}

TEST_P(AssociationOracle, EverySmallQuestionAboutTheSchemaAgrees) {
  for (const GraphClass& schema : Classes()) {
    if (!schema.roles.empty()) continue;
    Statement start;
    start.source_class = schema.name;
    start.flag = "SchemaOnly";
    for (const Statement& statement : WithWords(start, kAssociatorsWords, 2)) {
      Agrees(statement);
      if (HasFatalFailure()) return;
    }
    start.is_associators = false;
    for (const Statement& statement : WithWords(start, kReferencesWords, 2)) {
      Agrees(statement);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(results_, 300U);
}

TEST_P(AssociationOracle, RandomStatementsAgree) {
  for (int i = 0; i < 600 && !HasFatalFailure(); ++i) {
    if (i % 150 == 149) NewGraph();
    Statement statement;
    statement.is_associators = i % 3 != 0;
    statement.source = Below(random_, Objects().size());
    for (const WordChoice& words : statement.is_associators ? kAssociatorsWords : kReferencesWords) {
      if (Below(random_, 3) == 0) statement.*words.word = words.values[Below(random_, words.values.size())];
    }
    const std::vector<std::string> flags{"", "KeysOnly", "ClassDefsOnly"};
    statement.flag = flags[Below(random_, flags.size())];
    Agrees(statement);
  }
  EXPECT_GT(results_, 10U);
}

INSTANTIATE_TEST_SUITE_P(However, AssociationOracle, ::testing::Values(Served::kStored, Served::kProvidedWhole),
                         [](const ::testing::TestParamInfo<Served>& served) { return Name(served.param); });

}  // namespace
}  // namespace wmi::wql::testing
