// Templates and command lines: what an event says changes neither the number of arguments nor the program, and what is
// no template has a column inside the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cim/class.h"
#include "cim/row.h"
#include "consumers/command_line.h"
#include "consumers/limits.h"
#include "consumers/text_template.h"

namespace {

using wmi::cim::CimType;

void Require(bool holds) {
  if (!holds) std::abort();
}

wmi::cim::Object MakeEvent() {
  wmi::cim::Property text;
  text.name = "T";
  text.type.type = CimType::kString;
  wmi::cim::Property list;
  list.name = "L";
  list.type = {CimType::kString, true, {}};
  wmi::cim::ClassDeclaration declaration;
  declaration.name = "Event";
  declaration.properties = {text, list};
  const wmi::cim::ClassPtr schema = wmi::cim::Class::Make(declaration, nullptr, nullptr).value();
  const std::vector<wmi::cim::ValueView> items{wmi::cim::ValueView::Text("x y"), wmi::cim::ValueView::Text("\" \"")};
  wmi::cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  builder.SetText(*schema->FindSlot("T"), "a\" b \"c %T% %% \\\" 'd'\n$(e)");
  builder.Set(*schema->FindSlot("L"), wmi::cim::ValueView::Array(items));
  builder.CommitRow();
  std::vector<wmi::cim::Object> objects;
  builder.Finish(objects);
  return objects.front();
}

void CheckFailure(const wmi::Status& status, std::string_view text) {
  Require(status.detail() != nullptr && !status.detail()->message.empty());
  Require(status.detail()->column >= 1);
  Require(static_cast<std::size_t>(status.detail()->column) <= wmi::CharacterCount(text) + 1);
}

void CheckTemplate(std::string_view text, const wmi::cim::Object& event) {
  const auto parsed = wmi::consumers::TextTemplate::Parse(text);
  if (!parsed.ok()) return CheckFailure(parsed.status(), text);
  Require(parsed->Fill(event).size() <= wmi::consumers::kTextBytesMax);
  if (text.find('%') == std::string_view::npos) Require(parsed->Fill(event) == text);
}

void CheckCommandLine(std::string_view text, const wmi::cim::Object& event) {
  const auto line = wmi::consumers::CommandLine::Parse(text);
  if (!line.ok()) return CheckFailure(line.status(), text);
  const auto nothing = line->Fill({});
  const auto filled = line->Fill(event);
  Require(nothing.ok());
  if (!filled.ok()) return;
  Require(filled->size() == nothing->size());
  Require(filled->front() == line->program() && nothing->front() == line->program());
  for (std::size_t at = 1; at < filled->size(); ++at) Require((*filled)[at].find('\0') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const wmi::cim::Object event = MakeEvent();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckTemplate(text, event);
  CheckCommandLine(text, event);
  return 0;
}
