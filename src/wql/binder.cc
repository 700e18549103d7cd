#include "wql/binder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.h"
#include "cim/object_path.h"
#include "wql/cover.h"
#include "wql/diagnostic.h"

namespace wmi::wql {

namespace {

constexpr std::string_view kMetaClass = "meta_class";

constexpr std::array<std::string_view, 4> kArrangers{"__EventGenerator", "__EventFilter", "__EventConsumer",
                                                     "__FilterToConsumerBinding"};

constexpr std::array kTypes{
    cim::CimType::kSint8,    cim::CimType::kUint8,  cim::CimType::kSint16,    cim::CimType::kUint16,
    cim::CimType::kSint32,   cim::CimType::kUint32, cim::CimType::kSint64,    cim::CimType::kUint64,
    cim::CimType::kReal32,   cim::CimType::kReal64, cim::CimType::kString,    cim::CimType::kBoolean,
    cim::CimType::kDatetime, cim::CimType::kObject, cim::CimType::kReference, cim::CimType::kChar16,
};

bool IsTypeFree(Operator op) { return op == Operator::kIsNull || op == Operator::kIsNotNull || op == Operator::kIsA; }

void Negate(BoundTest& test) {
  test.comparison.Negate();
  if (test.path == nullptr || test.path->by_type.empty()) return;
  auto path = std::make_shared<EmbeddedPath>(*test.path);
  for (std::optional<Comparison>& comparison : path->by_type) {
    if (comparison) comparison->Negate();
  }
  test.path = std::move(path);
}

// AND in AND is one, and so is OR in OR: what excludes each other stands side by side (cover.h).
void JoinLastChild(BoundNode& node) {
  if (node.children.back().kind != node.kind) return;
  std::vector<BoundNode> inner = std::move(node.children.back().children);
  node.children.pop_back();
  node.children.insert(node.children.end(), std::make_move_iterator(inner.begin()),
                       std::make_move_iterator(inner.end()));
}

}  // namespace

Status Binder::Error(Code code, std::size_t offset, std::string message) const {
  return QueryError(code, tree_.text, offset, std::move(message));
}

std::string Binder::PathText(const PropertyPath& path) const {
  std::string text;
  for (std::size_t i = 0; i < path.count; ++i) {
    if (i != 0) text += '.';
    text += Part(path, i).text;
  }
  return Excerpt(text);
}

Result<BoundQuery> Binder::Run() {
  TRY(CheckPurpose());
  TRY(BindClass());
  TRY(BindSelectList());
  TRY(BindWhere());
  TRY(BindGroupList());
  return std::move(query_);
}

Status Binder::BindWhere() {
  if (tree_.where == kNoExpression) return Status();
  BoundNode root;
  TRY(BindExpression(tree_.where, Polarity::kPlain, root));
  std::vector<Program::Values> values;
  for (const std::size_t place : demanded_) {
    std::optional<ValueTuples> tuples = Cover(root, {place});
    if (!tuples) continue;
    values.push_back({place, {}});
    for (std::vector<cim::Value>& tuple : *tuples) values.back().values.push_back(std::move(tuple.front()));
  }
  std::optional<ValueTuples> key_tuples;
  if (query_.schema != nullptr) key_tuples = Cover(root, query_.schema->key_slots());
  std::vector<Restriction> restrictions;
  if (purpose_ == Purpose::kEvents && query_.schema != nullptr) restrictions = FindRestrictions(root, *query_.schema);
  const bool is_never = IsNever(root);
  std::shared_ptr<const BoundNode> tree;
  if (purpose_ == Purpose::kEvents) tree = std::make_shared<const BoundNode>(root);
  Program program = Flatten(std::move(root));
  program.tree = std::move(tree);
  program.key_tuples = std::move(key_tuples);
  program.values = std::move(values);
  program.restrictions = std::move(restrictions);
  program.is_never = is_never;
  program.schema = query_.schema;
  query_.filter = std::make_shared<const Predicate>(std::move(program));
  return Status();
}

Status Binder::CheckPurpose() const {
  if (purpose_ == Purpose::kEvents || (!tree_.within && !tree_.group)) return Status();
  return Error(code::kInvalidQuery, tree_.within ? tree_.within->offset : tree_.group->offset,
               fmt::format("{} makes this an event query, which ExecNotificationQuery takes; remove the clause to read "
                           "the objects as they are now",
                           tree_.within ? "WITHIN" : "GROUP WITHIN"));
}

// Some classes derive from __IndicationRelated only because they arrange for events; they never happen.
Status Binder::CheckEventClass() const {
  if (query_.schema == nullptr) {
    return Error(code::kNotEventClass, tree_.class_name.offset,
                 "meta_class is no event class; to be told of changes of classes ask __ClassOperationEvent");
  }
  const auto is_a = [this](std::string_view name) { return query_.schema->IsA(name); };
  if (is_a("__IndicationRelated") && std::none_of(kArrangers.begin(), kArrangers.end(), is_a)) return Status();
  return Error(code::kNotEventClass, tree_.class_name.offset,
               fmt::format("{0} is no event class; to be told of changes of its instances ask __InstanceOperationEvent "
                           "WHERE TargetInstance ISA \"{0}\"",
                           query_.schema->name()));
}

Status Binder::BindClass() {
  if (EqualFolded(tree_.class_name.text, kMetaClass)) {
    if (purpose_ == Purpose::kEvents) return CheckEventClass();
    query_.kind = QueryKind::kClasses;
    return Status();
  }
  query_.schema = classes_.FindClass(tree_.class_name.text);
  if (query_.schema != nullptr) return purpose_ == Purpose::kEvents ? CheckEventClass() : Status();
  return UnknownClass(tree_, tree_.class_name, classes_);
}

Status Binder::BindSelectList() {
  if (tree_.selects_all) return Status();
  if (query_.kind == QueryKind::kClasses) {  // contract 7.3, schema query
    return Error(code::kInvalidQuery, tree_.select_offset, "expected *; a query of meta_class gives whole classes");
  }
  query_.visible = cim::PropertySet();
  for (const PropertyPath& path : tree_.select) {
    // An embedded object is given whole, whatever was selected of it (contract 7.4).
    const Target target = TRY(Resolve(path));
    if (target.source == Source::kThis) {
      return Error(code::kInvalidQuery, Part(path, 0).offset, "__this is no property; select * or property names");
    }
    Need(target, query_.visible);
  }
  query_.needed = query_.visible;
  return Status();
}

Status Binder::BindGroupList() {
  if (!tree_.group) return Status();
  for (const PropertyPath& path : tree_.group->by) {
    const Target target = TRY(Resolve(path));
    const NamePart& last = Part(path, path.count - 1);
    if (target.is_type_known && target.type.type == cim::CimType::kObject) {  // contract 7.4; __this too
      return Error(code::kAggregatingByObject, last.offset,
                   fmt::format("'{0}' is an object, and events are grouped by simple values; name one of its "
                               "properties, such as {0}.Name",
                               PathText(path)));
    }
    if (target.is_type_known && target.type.is_array) {
      return Error(code::kInvalidQuery, last.offset,
                   fmt::format("'{}' is an array, and events are grouped by simple values", PathText(path)));
    }
    std::vector<std::string>& names = group_paths_.emplace_back();
    for (std::size_t i = 0; i < path.count; ++i) names.emplace_back(Part(path, i).text);
    if (target.source == Source::kSlot || target.source == Source::kEmbedded) {
      names.front() = query_.schema->properties()[target.slot].name;
    }
  }
  return Status();
}

// __PATH and __RELPATH are made of the keys.
void Binder::Need(const Target& target, cim::PropertySet& set) const {
  if (set.is_all()) return;
  if (target.source == Source::kSlot || target.source == Source::kEmbedded) set.Add(target.slot);
  if (target.source == Source::kSystem && IsPathProperty(target.system) && query_.schema != nullptr) {
    for (const std::size_t slot : query_.schema->key_slots()) set.Add(slot);
  }
}

// Depth is bounded by the parser, and a frame is small: nothing that is large lives on it. NOT is moved into the tests
// (De Morgan), which is right for three-valued logic too.
Status Binder::BindExpression(std::uint32_t index, Polarity polarity, BoundNode& out) {
  const Expression& expression = tree_.expressions[index];
  const bool is_negated = polarity == Polarity::kNegated;
  if (expression.kind == ExpressionKind::kTest) return BindLeaf(expression, polarity, out);
  if (expression.kind == ExpressionKind::kNot) {
    return BindExpression(expression.first_child, is_negated ? Polarity::kPlain : Polarity::kNegated, out);
  }
  out.kind = (expression.kind == ExpressionKind::kAnd) != is_negated ? NodeKind::kAnd : NodeKind::kOr;
  for (std::uint32_t child = expression.first_child; child != kNoExpression;
       child = tree_.expressions[child].next_sibling) {
    TRY(BindExpression(child, polarity, out.children.emplace_back()));
    JoinLastChild(out);
  }
  return Status();
}

Status Binder::BindLeaf(const Expression& expression, Polarity polarity, BoundNode& out) {
  out.test = TRY(BindTest(expression));
  if (polarity == Polarity::kNegated) Negate(*out.test);
  NoteDemands(expression, *out.test);
  return Status();
}

Result<BoundTest> Binder::BindTest(const Expression& expression) {
  Target target = TRY(Resolve(expression.property));
  if (target.source == Source::kThis && expression.op != Operator::kIsA) {
    return Error(code::kInvalidQuery, expression.op_offset, "__this is the object itself; ask it with ISA \"Class\"");
  }
  if (target.system == SystemProperty::kClass && target.source == Source::kSystem && expression.op == Operator::kIsA) {
    target.source = Source::kThis;  // __CLASS ISA "C" is another spelling of __this ISA "C"
    target.type = SystemPropertyType(SystemProperty::kThis);
  }
  const NamePart& last = Part(expression.property, expression.property.count - 1);
  if (target.source == Source::kEmbedded && expression.op == Operator::kIsA &&
      FindSystemProperty(last.text) == SystemProperty::kClass) {
    target.type = SystemPropertyType(SystemProperty::kThis);
  }
  BoundTest test{target.source, target.system, target.slot, nullptr, TRY(MakeComparison(expression, target)), {}};
  if (target.source == Source::kEmbedded) test.path = MakeEmbedded(expression);
  Need(target, query_.needed);
  return test;
}

Result<Comparison> Binder::MakeComparison(const Expression& expression, const Target& target) const {
  const std::string name = PathText(expression.property);
  cim::DataType type = target.type;
  Constant constant = expression.constant;
  if (!target.is_type_known) {
    // Any constant may suit what a row holds, so only the LIKE pattern is checked; MakeEmbedded does the rest.
    type = {expression.op == Operator::kIsA ? cim::CimType::kObject : cim::CimType::kString, false, {}};
    constant.kind = ConstantKind::kText;
  }
  const auto place = [this](const Status& status, std::size_t offset) {
    return Error(status.code(), offset, status.Message());
  };
  const NamePart& last = Part(expression.property, expression.property.count - 1);
  if (const Status status = Comparison::CheckProperty(name, type, expression.op); !status.ok()) {
    return place(status, last.offset);
  }
  if (const Status status = Comparison::CheckOperator(name, type, expression.op); !status.ok()) {
    return Error(CodeFor(code::kInvalidOperator), expression.op_offset, status.Message());
  }
  Result<Comparison> comparison = Comparison::Make(name, type, expression.op, constant);
  if (!comparison.ok()) return place(comparison.status(), constant.offset);
  return comparison;
}

std::shared_ptr<const EmbeddedPath> Binder::MakeEmbedded(const Expression& expression) const {
  auto path = std::make_shared<EmbeddedPath>();
  for (std::size_t i = 1; i < expression.property.count; ++i) {
    const NamePart& part = Part(expression.property, i);
    if (const std::optional<SystemProperty> system = FindSystemProperty(part.text)) {  // the last one
      const bool asks_class = system == SystemProperty::kClass && expression.op == Operator::kIsA;
      path->system = asks_class ? SystemProperty::kThis : system;
    } else {
      path->names.emplace_back(part.text);
    }
  }
  if (IsTypeFree(expression.op)) return path;
  path->by_type.resize(EmbeddedPath::kTypeCount);
  const std::string name = PathText(expression.property);
  for (const cim::CimType type : kTypes) {
    // A constant that does not suit the type of what a row holds: no rows, no error.
    Result<Comparison> comparison = Comparison::Make(name, {type, false, {}}, expression.op, expression.constant);
    if (comparison.ok()) path->by_type[static_cast<std::size_t>(type)] = std::move(comparison).value();
  }
  return path;
}

Status Binder::UnknownProperty(const NamePart& part) const {
  if (query_.kind == QueryKind::kClasses) {
    return Error(code::kInvalidQuery, part.offset,
                 fmt::format("expected a system property such as __CLASS, __SUPERCLASS, __DYNASTY or __this, found "
                             "'{}'{}; classes are asked for nothing else",
                             Excerpt(part.text), Hint(NearestName(part.text, SystemPropertyNames()))));
  }
  std::vector<std::string_view> names;
  if (part.text.starts_with("__")) names = SystemPropertyNames();
  for (const cim::Property& property : query_.schema->properties()) names.push_back(property.name);
  return Error(code::kInvalidQuery, part.offset,
               fmt::format("class {} has no property '{}'{}", query_.schema->name(), Excerpt(part.text),
                           Hint(NearestName(part.text, names))));
}

Result<Binder::Target> Binder::ResolveFirst(const NamePart& part) const {
  Target target;
  if (const std::optional<SystemProperty> system = FindSystemProperty(part.text)) {
    target.source = system == SystemProperty::kThis ? Source::kThis : Source::kSystem;
    target.system = *system;
    target.type = SystemPropertyType(*system);
    return target;
  }
  if (query_.kind == QueryKind::kClasses) return UnknownProperty(part);
  const std::optional<std::size_t> slot = query_.schema->FindSlot(part.text);
  if (!slot) return UnknownProperty(part);
  target.slot = *slot;
  target.type = query_.schema->properties()[*slot].type;
  return target;
}

Result<Binder::Target> Binder::Resolve(const PropertyPath& path) const {
  Target target = TRY(ResolveFirst(Part(path, 0)));
  if (path.count > 1) TRY(ResolveEmbedded(path, target));
  return target;
}

// Follows the declared classes as far as they are known. A name that the declared class lacks may be in a subclass, so
// it is no error (contract 7.3: no rows and no error).
Status Binder::ResolveEmbedded(const PropertyPath& path, Target& target) const {
  for (std::size_t i = 1; i < path.count; ++i) {
    const bool is_object = target.source != Source::kSystem && target.source != Source::kThis &&
                           !target.type.is_array && target.type.type == cim::CimType::kObject;
    if (target.is_type_known && !is_object) {
      return Error(CodeFor(code::kPropertyNotAnObject), Part(path, i - 1).offset,
                   fmt::format("'{}' is not an embedded object, so nothing can follow after a dot",
                               Excerpt(Part(path, i - 1).text)));
    }
    target.source = Source::kEmbedded;
    const NamePart& part = Part(path, i);
    if (const std::optional<SystemProperty> system = FindSystemProperty(part.text)) {
      if (i + 1 != path.count) {
        return Error(code::kInvalidQuery, part.offset, fmt::format("nothing can follow after '{}'", part.text));
      }
      target.type = SystemPropertyType(*system);
      target.is_type_known = true;
      continue;
    }
    const cim::ClassPtr embedded =
        target.is_type_known && !target.type.class_name.empty() ? classes_.FindClass(target.type.class_name) : nullptr;
    const cim::Property* property = embedded == nullptr ? nullptr : embedded->FindProperty(part.text);
    target.is_type_known = property != nullptr;
    if (property != nullptr) target.type = property->type;
  }
  return Status();
}

// Datetimes have several texts for one instant and char16 several cases for one letter; they are no places to look at.
void Binder::NoteDemands(const Expression& expression, BoundTest& test) {
  const bool is_system = test.source == Source::kSystem;
  if (is_system && IsPathProperty(test.system)) return NotePathKeys(expression, test);
  if (test.source != Source::kSlot && !(is_system && test.system == SystemProperty::kClass)) return;
  cim::Value only = test.comparison.OnlyValue();
  if (!only.is_null()) Demands(test, is_system ? kClassNamePlace : test.slot, std::move(only));
}

void Binder::NotePathKeys(const Expression& expression, BoundTest& test) {
  const cim::Value only = test.comparison.OnlyValue();
  if (query_.schema == nullptr || only.is_null() || expression.constant.kind != ConstantKind::kText) return;
  const Result<cim::ObjectPath> path = cim::ParseObjectPath(only.view().text());
  if (!path.ok()) return;
  Result<std::vector<cim::Value>> values = cim::KeyValues(path.value(), *query_.schema);
  const std::vector<std::size_t>& keys = query_.schema->key_slots();
  if (!values.ok() || values.value().size() != keys.size()) return;
  for (std::size_t i = 0; i < keys.size(); ++i) Demands(test, keys[i], std::move(values.value()[i]));
}

void Binder::Demands(BoundTest& test, std::size_t place, cim::Value value) {
  test.demands.push_back({place, std::move(value)});
  if (demanded_.size() < kDemandedMax && std::find(demanded_.begin(), demanded_.end(), place) == demanded_.end()) {
    demanded_.push_back(place);
  }
}

Result<BoundQuery> Bind(const SyntaxTree& tree, const ClassFinder& classes) {
  return Binder(tree, classes, Purpose::kData).Run();
}

}  // namespace wmi::wql
