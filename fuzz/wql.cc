// Fuzzes a query from text to matches: no crash, no hang, every failure has a place, what parses can be bound and
// asked, its normal form reads back as itself, and what an event query has watched holds the instances that it matches.
// Links wmi_wql.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "cim/class.h"
#include "cim/row.h"
#include "wql/association_query.h"
#include "wql/event_query.h"
#include "wql/print.h"
#include "wql/query.h"
#include "wql/syntax.h"
#include "wql/watched.h"

namespace {

using wmi::cim::CimType;

class FuzzClasses : public wmi::wql::ClassFinder {
 public:
  FuzzClasses() {
    wmi::cim::ClassDeclaration declaration;
    declaration.name = "C";
    Add(declaration, "K", {CimType::kString, false, {}});
    declaration.properties.back().qualifiers.Set(
        {"key", wmi::cim::Value::Boolean(true), {CimType::kBoolean, false, {}}, wmi::cim::flavor::kToInstance, false});
    Add(declaration, "U", {CimType::kUint64, false, {}});
    Add(declaration, "S", {CimType::kSint8, false, {}});
    Add(declaration, "B", {CimType::kBoolean, false, {}});
    Add(declaration, "R", {CimType::kReal32, false, {}});
    Add(declaration, "D", {CimType::kDatetime, false, {}});
    Add(declaration, "H", {CimType::kChar16, false, {}});
    Add(declaration, "O", {CimType::kObject, false, "C"});
    Add(declaration, "A", {CimType::kString, true, {}});
    wmi::cim::ClassDeclaration event = declaration;
    schema_ = wmi::cim::Class::Make(std::move(declaration), nullptr, nullptr).value();

    // An event with the same slots, so that one set of rows serves both.
    event.name = "__Event";
    event.superclass = "__IndicationRelated";
    wmi::cim::ClassDeclaration base;
    base.name = "__IndicationRelated";
    event_ = wmi::cim::Class::Make(std::move(event), wmi::cim::Class::Make(std::move(base), nullptr, nullptr).value(),
                                   nullptr)
                 .value();
    const wmi::cim::ClassPtr operation = AddSubclass("__InstanceOperationEvent", event_, "TargetInstance");
    AddSubclass("__InstanceCreationEvent", operation, nullptr);
    AddSubclass("__InstanceDeletionEvent", operation, nullptr);
    AddSubclass("__InstanceModificationEvent", operation, "PreviousInstance");
    AddSubclass("D", schema_, nullptr);

    wmi::cim::RowBlockBuilder builder;
    builder.BeginRow(schema_);
    builder.SetText(0, "inner");
    builder.CommitRow();
    builder.Finish(objects_);
    builder.BeginRow(schema_);
    builder.SetText(0, "K\xc3\xa4se\xff");
    builder.SetUnsigned(1, UINT64_MAX);
    builder.SetSigned(2, -128);
    builder.SetBoolean(3, true);
    builder.SetReal(4, 0.25);
    builder.SetText(5, "20240229120000.000000+000");
    builder.SetUnsigned(6, 0xe4);
    builder.Set(7, wmi::cim::ValueView::OfObject(&objects_[0]));
    builder.CommitRow();
    builder.Finish(objects_);
    for (const wmi::cim::Object& object : objects_) {
      for (std::size_t slot = 0; slot < schema_->properties().size(); ++slot) slots_.push_back(object.slot(slot));
    }
    // Each is told of by an event too: the slots of __Event, then the instance, as it is and as it was.
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      event_slots_.insert(event_slots_.end(), Slots(i), Slots(i) + event_->properties().size());
      event_slots_.insert(event_slots_.end(), 2, wmi::cim::ValueView::OfObject(&objects_[i]));
    }
  }

  wmi::cim::ClassPtr FindClass(std::string_view name) const override {
    if (wmi::EqualFolded(name, "__Event")) return event_;
    for (const wmi::cim::ClassPtr& subclass : subclasses_) {
      if (wmi::EqualFolded(name, subclass->name())) return subclass;
    }
    return wmi::EqualFolded(name, "C") ? schema_ : nullptr;
  }
  std::vector<std::string> ClassNames() const override { return {"C", "D", "__Event", "__InstanceCreationEvent"}; }

  void Ask(const wmi::wql::BoundQuery& query) const {
    if (query.filter == nullptr) return;
    (void)query.filter->KeyTuples();
    if (query.kind == wmi::wql::QueryKind::kClasses) {
      (void)query.filter->MatchesClass(*schema_);
      return;
    }
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      (void)query.filter->Matches({schema_.get(), Slots(i)});
    }
  }

  void Ask(const wmi::wql::EventQuery& query) const {
    if (!query.schema->IsA("__Event")) std::abort();
    if (query.group) {
      for (const auto& names : query.group->by) {
        if (names.empty()) std::abort();
      }
    }
    for (std::size_t i = 0; i < objects_.size(); ++i) (void)Matches(query, i);
  }

  // The data query is one in normal form, and gives every instance that the event query matches.
  void Ask(const wmi::wql::EventQuery& query, const wmi::wql::Watched& watched) const {
    if (watched.target == nullptr) return;
    const auto tree = wmi::wql::Parse(watched.data_query);
    if (!tree.ok() || wmi::wql::Print(*tree.value()) != watched.data_query) std::abort();
    const auto data = wmi::wql::Bind(*tree.value(), *this);
    if (!data.ok() || data->schema != watched.target) std::abort();
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if (!Matches(query, i)) continue;
      if (watched.target != schema_) std::abort();
      if (data->filter != nullptr && !data->filter->Matches({schema_.get(), Slots(i)})) std::abort();
    }
  }

 private:
  const wmi::cim::ValueView* Slots(std::size_t i) const { return slots_.data() + i * schema_->properties().size(); }

  bool Matches(const wmi::wql::EventQuery& query, std::size_t i) const {
    if (query.filter == nullptr) return true;
    const std::size_t size = event_slots_.size() / objects_.size();
    return query.filter->Matches({query.schema.get(), event_slots_.data() + i * size});
  }

  wmi::cim::ClassPtr AddSubclass(const char* name, const wmi::cim::ClassPtr& superclass, const char* object) {
    wmi::cim::ClassDeclaration declaration;
    declaration.name = name;
    declaration.superclass = superclass->name();
    if (object != nullptr) Add(declaration, object, {CimType::kObject, false, {}});
    return subclasses_.emplace_back(wmi::cim::Class::Make(std::move(declaration), superclass, nullptr).value());
  }

  static void Add(wmi::cim::ClassDeclaration& declaration, std::string name, wmi::cim::DataType type) {
    wmi::cim::Property property;
    property.name = std::move(name);
    property.type = std::move(type);
    declaration.properties.push_back(std::move(property));
  }

  wmi::cim::ClassPtr schema_;
  wmi::cim::ClassPtr event_;
  std::vector<wmi::cim::ClassPtr> subclasses_;
  std::vector<wmi::cim::Object> objects_;
  std::vector<wmi::cim::ValueView> slots_;
  std::vector<wmi::cim::ValueView> event_slots_;
};

// A failure says what and where.
void CheckFailure(const wmi::Status& status) {
  if (status.ok() || status.detail() == nullptr || status.detail()->message.empty()) std::abort();
  if (!wmi::IsUtf8(status.detail()->message)) std::abort();
  if (status.code() != wmi::code::kQuotaViolation && status.detail()->column < 1) std::abort();
}

// Escapes and blanks make the normal form longer, so it may be past the limit where the query was not.
void CheckNormalForm(const wmi::wql::SyntaxTree& tree) {
  const std::string normal = wmi::wql::Print(tree);
  const auto again = wmi::wql::Parse(normal);
  if (again.ok() ? wmi::wql::Print(*again.value()) != normal : normal.size() <= wmi::limits::kQueryLengthMax) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const FuzzClasses classes;
  const auto tree = wmi::wql::Parse({reinterpret_cast<const char*>(data), size});
  if (!tree.ok()) {
    CheckFailure(tree.status());
    return 0;
  }
  CheckNormalForm(*tree.value());
  if (tree.value()->association) {
    const auto association = wmi::wql::BindAssociation(*tree.value(), classes);
    if (!association.ok()) CheckFailure(association.status());
  }
  const auto query = wmi::wql::Bind(*tree.value(), classes);
  if (query.ok()) {
    classes.Ask(query.value());
  } else {
    CheckFailure(query.status());
  }
  const auto event = wmi::wql::BindEvent(*tree.value(), classes);
  if (!event.ok()) {
    CheckFailure(event.status());
    return 0;
  }
  classes.Ask(event.value());
  const auto watched = wmi::wql::FindWatched(*tree.value(), event.value(), classes,
                                             [](const wmi::cim::Class&, std::size_t slot) { return slot % 2 == 1; });
  if (!watched.ok()) {
    CheckFailure(watched.status());
  } else if (*watched) {
    classes.Ask(event.value(), **watched);
  }
  return 0;
}
