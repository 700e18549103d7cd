#include "consumers/event_log_consumer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

#include "cim/check.h"
#include "consumers/consumer_properties.h"
#include "consumers/interruptible_wait.h"
#include "consumers/machine_name.h"
#include "consumers/text_template.h"

namespace wmi::consumers {
namespace {

using cim::ValueKind;
using cim::ValueView;

// An entry of the journal has at most 1024 fields; ReportEvent takes 256 texts.
constexpr std::size_t kInsertionStringsMax = 256;

struct EventTypeRow {
  std::uint64_t type;
  JournalPriority priority;
};
// An audited failure is worth a look, an audited success a note.
constexpr EventTypeRow kEventTypes[] = {{0, JournalPriority::kInformation}, {1, JournalPriority::kError},
                                        {2, JournalPriority::kWarning},     {4, JournalPriority::kInformation},
                                        {8, JournalPriority::kNotice},      {16, JournalPriority::kWarning}};

struct EntrySettings {
  std::string name;  // of the consumer
  std::string source;
  std::string event_id;
  std::string event_type;
  std::string category;
  std::string priority;
  std::vector<TextTemplate> texts;
  std::string data_property;  // empty: none
  std::string sid_property;   // empty: none
};

class EventLogConsumer final : public provider::EventConsumer {
 public:
  EventLogConsumer(EntrySettings settings, Journal journal, Duration wait_max)
      : settings_(std::move(settings)), journal_(std::move(journal)), wait_max_(wait_max) {}

  provider::Consumed Consume(std::span<const cim::Object> events, const std::stop_token& stop) override {
    const InterruptibleWait wait(stop);
    provider::Consumed consumed;
    for (const cim::Object& event : events) {
      consumed.status = Write(event, wait);
      if (!consumed.status.ok()) break;
      ++consumed.done;
    }
    return consumed;
  }

 private:
  Status Failed(std::string_view what, Status reason) const {
    ErrorDetail detail = reason.detail() != nullptr ? *reason.detail() : ErrorDetail{};
    detail.message = fmt::format("NTEventLogEventConsumer \"{}\": {}{}", settings_.name, what, reason.Message());
    return Status(reason.code(), std::move(detail));
  }
  Status WrongValue(std::string_view property, std::string_view name, std::string_view advice) const {
    ErrorDetail detail;
    detail.parameter = property;
    detail.message = fmt::format("NTEventLogEventConsumer \"{}\": {} names {}, which is in the event {}",
                                 settings_.name, property, name, advice);
    return Status(code::kTypeMismatch, std::move(detail));
  }

  Status Write(const cim::Object& event, const InterruptibleWait& wait) const {
    if (wait.is_stopped()) return Failed("", Status(code::kCallCancelled, "stopped before the entry was written"));
    std::vector<std::string> texts;
    std::vector<std::string> names;
    for (std::size_t at = 0; at < settings_.texts.size(); ++at) {
      texts.push_back(settings_.texts[at].Fill(event));
      names.push_back(fmt::format("OPENWMI_INSERTION_STRING_{}", at + 1));
    }
    const std::string message = MessageOf(texts);
    const std::optional<std::string> data = TRY(DataOf(event));
    const std::optional<std::string> sid = TRY(SidOf(event));

    std::vector<Journal::Field> fields = {{"MESSAGE", message},
                                          {"PRIORITY", settings_.priority},
                                          {"SYSLOG_IDENTIFIER", settings_.source},
                                          {"OPENWMI_EVENT_ID", settings_.event_id},
                                          {"OPENWMI_EVENT_TYPE", settings_.event_type},
                                          {"OPENWMI_CATEGORY", settings_.category},
                                          {"OPENWMI_CONSUMER", settings_.name}};
    for (std::size_t at = 0; at < texts.size(); ++at) fields.push_back({names[at], texts[at]});
    if (data) fields.push_back({"OPENWMI_DATA", *data});
    if (sid) fields.push_back({"OPENWMI_USER_SID", *sid});
    const Status sent = journal_.Send(fields, wait, SteadyClock().Now() + wait_max_);
    return sent.ok() ? Status() : Failed("the entry was not written: ", sent);
  }

  // There is no library of messages on Linux, so the texts are the message, a line each.
  std::string MessageOf(const std::vector<std::string>& texts) const {
    std::string message;
    for (const std::string& text : texts) {
      if (!message.empty()) message += '\n';
      message += text;
    }
    if (message.empty()) message = fmt::format("Event {} of {}", settings_.event_id, settings_.source);
    return message;
  }

  // The value of "TargetInstance.Name"; NULL when the event has no such property, since events may be of several
  // classes.
  static ValueView Find(const cim::Object& event, std::string_view path) {
    const cim::Object* object = &event;
    for (;;) {
      const std::size_t dot = path.find('.');
      const std::optional<std::size_t> slot = object->schema().FindSlot(path.substr(0, dot));
      if (!slot) return {};
      const ValueView value = object->slot(*slot);
      if (dot == std::string_view::npos) return value;
      if (value.kind() != ValueKind::kObject || value.object() == nullptr || !*value.object()) return {};
      object = value.object();
      path.remove_prefix(dot + 1);
    }
  }

  static bool AreBytes(ValueView value) {
    return value.kind() == ValueKind::kArray &&
           std::all_of(value.items().begin(), value.items().end(), [](const ValueView& item) {
             return item.kind() == ValueKind::kUnsigned && item.unsigned_integer() <= 0xFF;
           });
  }

  Result<std::optional<std::string>> DataOf(const cim::Object& event) const {
    const ValueView value = settings_.data_property.empty() ? ValueView() : Find(event, settings_.data_property);
    if (value.is_null()) return std::optional<std::string>();
    if (value.kind() == ValueKind::kText) return std::optional<std::string>(value.text());
    if (!AreBytes(value)) {
      return WrongValue("NameOfRawDataProperty", settings_.data_property,
                        "neither a list of uint8 nor a text; name one that is");
    }
    std::string bytes;
    for (const ValueView& item : value.items()) bytes += static_cast<char>(item.unsigned_integer());
    return std::optional<std::string>(std::move(bytes));
  }

  Result<std::optional<std::string>> SidOf(const cim::Object& event) const {
    const ValueView value = settings_.sid_property.empty() ? ValueView() : Find(event, settings_.sid_property);
    if (value.is_null()) return std::optional<std::string>();
    if (value.kind() == ValueKind::kText && IsSidText(value.text())) return std::optional<std::string>(value.text());
    if (AreBytes(value)) {
      if (auto text = TextOfSid(value.items())) return text;
    }
    return WrongValue("NameOfUserSidProperty", settings_.sid_property,
                      "no SID; name one that is a text such as S-1-5-18, or its binary form as a list of uint8");
  }

  const EntrySettings settings_;
  const Journal journal_;
  const Duration wait_max_;
};

// "Data" or "TargetInstance.Data".
bool IsPropertyPath(std::string_view path) {
  for (;;) {
    const std::size_t dot = path.find('.');
    if (!cim::IsIdentifier(path.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    path.remove_prefix(dot + 1);
  }
}

Result<std::string> PropertyName(const ConsumerProperties& properties, std::string_view property) {
  std::string name = properties.Text(property).value_or(std::string());
  if (!name.empty() && !IsPropertyPath(name)) {
    return properties.Wrong(property, "it must be the name of a property of the event, such as TargetInstance.Data");
  }
  return name;
}

Result<std::vector<TextTemplate>> InsertionStrings(const ConsumerProperties& properties) {
  constexpr std::string_view kTexts = "InsertionStringTemplates";
  constexpr std::string_view kNumber = "NumberOfInsertionStrings";
  const std::vector<std::string> texts = properties.Texts(kTexts);
  const std::uint64_t count = properties.Number(kNumber).value_or(texts.size());
  if (count > texts.size()) {
    return properties.Wrong(kNumber, fmt::format("{} has {}; let it be that many at most", kTexts, texts.size()));
  }
  if (count > kInsertionStringsMax) {
    return properties.Wrong(kNumber, fmt::format("an entry has at most {}", kInsertionStringsMax));
  }
  std::vector<TextTemplate> templates;
  for (std::size_t at = 0; at < count; ++at) templates.push_back(TRY(properties.ParseTemplate(kTexts, texts[at])));
  return templates;
}

}  // namespace

std::optional<std::string> TextOfSid(std::span<const ValueView> bytes) {
  constexpr std::size_t kHeader = 8;
  const auto byte = [bytes](std::size_t at) { return bytes[at].unsigned_integer(); };
  if (bytes.size() < kHeader || byte(0) != 1 || byte(1) > 15 || bytes.size() != kHeader + 4 * byte(1)) return {};
  std::uint64_t authority = 0;
  for (std::size_t at = 2; at < kHeader; ++at) authority = authority << 8 | byte(at);
  std::string text = fmt::format("S-1-{}", authority);
  for (std::size_t at = kHeader; at < bytes.size(); at += 4) {
    text += fmt::format("-{}", byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24);
  }
  return text;
}

bool IsSidText(std::string_view text) {
  if (!text.starts_with("S-1-")) return false;
  text.remove_prefix(4);
  for (std::size_t part = 0;; ++part) {
    const std::size_t end = std::min(text.find('-'), text.size());
    const std::string digits(text.substr(0, end));
    const char* const last = digits.data() + digits.size();
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(digits.data(), last, number);
    const std::uint64_t largest = part == 0 ? (std::uint64_t{1} << 48) - 1 : 0xFFFF'FFFF;
    if (error != std::errc() || stop != last || number > largest || part > 15) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

EventLogConsumerProvider::EventLogConsumerProvider(Options options)
    : options_(std::move(options)), journal_(options_.socket_path) {}

Result<std::unique_ptr<provider::EventConsumer>> EventLogConsumerProvider::Open(const cim::Object& consumer) {
  const ConsumerProperties properties(consumer);
  EntrySettings settings;
  settings.name = properties.Text("Name").value_or(std::string());
  settings.source = properties.Text("SourceName").value_or(std::string());
  if (settings.source.empty()) return properties.Wrong("SourceName", "it must name the source of the entries");
  if (settings.source.find(':') != std::string::npos) {
    return properties.Wrong("SourceName", "it must not have a colon; take it out");
  }
  const std::optional<std::uint64_t> event_id = properties.Number("EventID");
  if (!event_id) return properties.Wrong("EventID", "it must be the number of the event");
  settings.event_id = std::to_string(*event_id);
  const std::uint64_t type = properties.Number("EventType").value_or(1);
  const auto* const row = std::find_if(std::begin(kEventTypes), std::end(kEventTypes),
                                       [type](const EventTypeRow& known) { return known.type == type; });
  if (row == std::end(kEventTypes)) {
    return properties.Wrong("EventType",
                            "it must be 0 (success), 1 (error), 2 (warning), 4 (information), 8 (audit success) or 16 "
                            "(audit failure)");
  }
  settings.event_type = std::to_string(type);
  settings.priority = std::to_string(static_cast<int>(row->priority));
  settings.category = std::to_string(properties.Number("Category").value_or(0));
  const std::string machine = options_.machine.empty() ? MachineName() : options_.machine;
  if (!IsThisMachine(properties.Text("UNCServerName").value_or(std::string()), machine)) {
    return properties.Wrong("UNCServerName",
                            fmt::format("entries are written on this machine only; set it to NULL or \"{}\"", machine));
  }
  settings.data_property = TRY(PropertyName(properties, "NameOfRawDataProperty"));
  settings.sid_property = TRY(PropertyName(properties, "NameOfUserSidProperty"));
  settings.texts = TRY(InsertionStrings(properties));
  return std::unique_ptr<provider::EventConsumer>(
      std::make_unique<EventLogConsumer>(std::move(settings), journal_, options_.journal_wait_max));
}

}  // namespace wmi::consumers
