#include "wmi/list_command.h"

#include <algorithm>

#include "base/text.h"
#include "wmi/class_reader.h"
#include "wmi/com_text.h"
#include "wmi/exit_code.h"

namespace wmi::cli {

namespace {

struct Entry {
  std::string name;
  std::string kind;
  std::string superclass;
  std::string description;
};

bool TrueQualifier(const Row& qualifiers, std::string_view name) {
  const Value* value = qualifiers.Find(name);
  const bool* flag = value == nullptr ? nullptr : std::get_if<bool>(&value->data);
  return flag != nullptr && *flag;
}

Entry ClassEntry(IWbemClassObject* object) {
  Entry entry{ReadText(object, "__CLASS"), "class", ReadText(object, "__SUPERCLASS"), {}};
  com::ComPtr<IWbemQualifierSet> set;
  if (FAILED(object->GetQualifierSet(set.Receive()))) return entry;
  const Row qualifiers{ReadQualifiers(set.get())};
  if (TrueQualifier(qualifiers, "association")) entry.kind = "association";
  if (TrueQualifier(qualifiers, "abstract")) entry.kind = "abstract";
  if (const Value* text = qualifiers.Find("Description")) {
    if (const auto* description = std::get_if<std::string>(&text->data))
      entry.description = FirstSentence(*description);
  }
  return entry;
}

Entry NamespaceEntry(IWbemClassObject* object) { return {ReadText(object, "Name"), "namespace", {}, {}}; }

bool ByName(const Entry& a, const Entry& b) { return CompareFolded(a.name, b.name) < 0; }

// Asks the query and adds an entry for each object; the end of the call.
CallEnd AddEntries(CommandContext& context, std::string_view query, Entry (*entry_of)(IWbemClassObject*),
                   std::vector<Entry>& entries) {
  WideText language("WQL");
  WideText text(query);
  Collector collector;
  const CallEnd end = RunCall(
      context.call(),
      [&](IWbemObjectSink* sink) {
        return context.session.services()->ExecQueryAsync(language.bstr(), text.bstr(),
                                                          WBEM_FLAG_USE_AMENDED_QUALIFIERS, nullptr, sink);
      },
      collector);
  std::vector<Entry> found;
  for (const ObjectPtr& object : collector.objects()) found.push_back(entry_of(object.get()));
  std::sort(found.begin(), found.end(), ByName);
  entries.insert(entries.end(), found.begin(), found.end());
  return end;
}

Value TextOrNull(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

std::string EntriesText(const CommandContext& context, const std::vector<Entry>& entries) {
  std::string text;
  if (context.options.list.names_only) {
    for (const Entry& entry : entries) text += entry.name + '\n';
    return text;
  }
  WriterOptions options;
  options.format = context.options.format.value_or(Format::kTable);
  options.columns = {"Name", "Kind", "Superclass", "Description"};
  options.width = context.width();
  options.colour = context.colour();
  const std::unique_ptr<Writer> writer = MakeWriter(std::move(options));
  for (const Entry& entry : entries) {
    writer->Write({{{"Name", {entry.name}},
                    {"Kind", {entry.kind}},
                    {"Superclass", TextOrNull(entry.superclass)},
                    {"Description", TextOrNull(entry.description)}}},
                  text);
  }
  writer->Finish(text);
  return text;
}

bool Failed(const CallEnd& end) { return end.kind != CallEnd::Kind::kComplete || FAILED(end.code); }

}  // namespace

int RunList(CommandContext& context) {
  const ListSelection& selection = context.options.list;
  std::vector<Entry> entries;
  CallEnd end;
  if (selection.namespaces) {
    end = AddEntries(context, "SELECT * FROM __NAMESPACE", NamespaceEntry, entries);
    if (Failed(end)) return context.report.End(end);
  }
  if (selection.classes) {
    end = AddEntries(context, "SELECT * FROM meta_class", ClassEntry, entries);
    if (Failed(end)) return context.report.End(end);
  }
  if (!selection.system_classes) {
    std::erase_if(entries, [](const Entry& entry) { return entry.name.starts_with("__"); });
  }
  end.objects = entries.size();
  const int exit_code = Print(context, end, EntriesText(context, entries));
  if (exit_code == kExitSuccess && entries.empty()) context.report.Remark("nothing in " + context.options.name_space);
  return exit_code;
}

}  // namespace wmi::cli
