// Fuzzes a query from text to matches: no crash, no hang, every failure has a place, what parses can be bound and
// asked, and its normal form reads back as itself. Links wmi_wql.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
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
  }

  wmi::cim::ClassPtr FindClass(std::string_view name) const override {
    if (wmi::EqualFolded(name, "__Event")) return event_;
    return wmi::EqualFolded(name, "C") ? schema_ : nullptr;
  }
  std::vector<std::string> ClassNames() const override { return {"C", "__Event"}; }

  void Ask(const wmi::wql::BoundQuery& query) const {
    if (query.filter == nullptr) return;
    (void)query.filter->KeyTuples();
    if (query.kind == wmi::wql::QueryKind::kClasses) {
      (void)query.filter->MatchesClass(*schema_);
      return;
    }
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      (void)query.filter->Matches({schema_.get(), slots_.data() + i * schema_->properties().size()});
    }
  }

  void Ask(const wmi::wql::EventQuery& query) const {
    if (query.schema != event_) std::abort();
    if (query.group) {
      for (const auto& names : query.group->by) {
        if (names.empty()) std::abort();
      }
    }
    if (query.filter == nullptr) return;
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      (void)query.filter->Matches({event_.get(), slots_.data() + i * event_->properties().size()});
    }
  }

 private:
  static void Add(wmi::cim::ClassDeclaration& declaration, std::string name, wmi::cim::DataType type) {
    wmi::cim::Property property;
    property.name = std::move(name);
    property.type = std::move(type);
    declaration.properties.push_back(std::move(property));
  }

  wmi::cim::ClassPtr schema_;
  wmi::cim::ClassPtr event_;
  std::vector<wmi::cim::Object> objects_;
  std::vector<wmi::cim::ValueView> slots_;
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
  if (event.ok()) {
    classes.Ask(event.value());
  } else {
    CheckFailure(event.status());
  }
  return 0;
}
