#include "consumers/mail_consumer.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "consumers/consumer_properties.h"
#include "consumers/interruptible_wait.h"
#include "consumers/machine_name.h"
#include "consumers/mail_message.h"
#include "consumers/text_template.h"

namespace wmi::consumers {
namespace {

// RFC 5321 4.5.3.1.8: what every server takes.
constexpr std::size_t kRecipientsMax = 100;
constexpr std::size_t kHeaderFieldsMax = 100;

// One entry of a list of addresses. An event fills it to one address, whatever the event says: a name with a comma in
// it must not become a recipient. Only an entry that is nothing but a place may bring several.
struct AddressEntry {
  TextTemplate text;
  bool is_list = false;
};
struct AddressLine {
  std::string property;
  std::vector<AddressEntry> entries;
};

struct MailSettings {
  std::string name;  // of the consumer
  SmtpServer server;
  AddressLine to;
  AddressLine cc;
  AddressLine bcc;
  AddressLine reply_to;
  std::optional<TextTemplate> from;
  std::optional<TextTemplate> subject;
  std::optional<TextTemplate> message;
  std::vector<std::pair<std::string, std::string>> fields;
};

// A name that may stand in EHLO and behind an @.
std::string MailName(const std::string& machine) {
  const bool is_plain = !machine.empty() && std::all_of(machine.begin(), machine.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  return is_plain ? machine : "localhost";
}

Result<std::string> RandomText() {
  std::array<std::uint64_t, 2> random{};
  if (::getrandom(random.data(), sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    return SystemStatus(code::kFailed, "getrandom()", errno);
  }
  return fmt::format("{:016x}{:016x}", random[0], random[1]);
}

class MailConsumer final : public provider::EventConsumer {
 public:
  MailConsumer(MailSettings settings, std::shared_ptr<const MailConsumerProvider::Options> options)
      : settings_(std::move(settings)),
        options_(std::move(options)),
        machine_(MailName(options_->machine.empty() ? MachineName() : options_->machine)) {}

  provider::Consumed Consume(std::span<const cim::Object> events, const std::stop_token& stop) override {
    const InterruptibleWait wait(stop);
    // One conversation for what comes at once; servers end those that say nothing.
    std::unique_ptr<SmtpSession> session;
    provider::Consumed consumed;
    for (const cim::Object& event : events) {
      consumed.status = Send(event, wait, session);
      if (!consumed.status.ok()) break;
      ++consumed.done;
    }
    if (session != nullptr) session->Quit();
    return consumed;
  }

 private:
  Status Failed(std::string_view property, const Status& reason) const {
    ErrorDetail detail = reason.detail() != nullptr ? *reason.detail() : ErrorDetail{};
    detail.message = fmt::format("SMTPEventConsumer \"{}\": {}{}{}", settings_.name, property,
                                 property.empty() ? "" : ": ", reason.Message());
    if (detail.parameter.empty()) detail.parameter = property;
    return Status(reason.code(), std::move(detail));
  }

  Status Send(const cim::Object& event, const InterruptibleWait& wait, std::unique_ptr<SmtpSession>& session) const {
    const std::vector<MailAddress> hidden = TRY(Filled(settings_.bcc, event));
    const Mail mail = TRY(Compose(event));
    std::vector<std::string> recipients;
    for (const auto* list : {&mail.to, &mail.cc, &hidden}) {
      for (const MailAddress& recipient : *list) {
        // Each gets it once, however often it is named.
        if (std::find(recipients.begin(), recipients.end(), recipient.address) == recipients.end())
          recipients.push_back(recipient.address);
      }
    }
    if (recipients.empty() || recipients.size() > kRecipientsMax) {
      return Failed(
          "ToLine, CcLine, BccLine",
          Status(code::kInvalidParameter, fmt::format("for this event they have {} addresses; let them have 1 to {}",
                                                      recipients.size(), kRecipientsMax)));
    }
    const std::string text = MessageText(mail);
    if (session == nullptr) {
      Result<std::unique_ptr<SmtpSession>> opened =
          SmtpSession::Open(settings_.server, machine_, options_->times, wait);
      if (!opened.ok()) return Failed("", opened.status());
      session = std::move(opened).value();
    }
    const Status sent = session->Send(mail.from.address, recipients, text);
    return sent.ok() ? Status() : Failed("", sent);
  }

  Result<Mail> Compose(const cim::Object& event) const {
    Mail mail;
    const std::string from = settings_.from ? settings_.from->Fill(event) : fmt::format("WinMgmt@{}", machine_);
    mail.from = TRY(Parsed("FromLine", from));
    mail.to = TRY(Filled(settings_.to, event));
    mail.cc = TRY(Filled(settings_.cc, event));
    mail.reply_to = TRY(Filled(settings_.reply_to, event));
    if (settings_.subject) mail.subject = settings_.subject->Fill(event);
    if (settings_.message) mail.body = settings_.message->Fill(event);
    mail.fields = settings_.fields;
    mail.id = fmt::format("{}@{}", TRY(Unique()), machine_);
    mail.time =
        options_->now ? options_->now() : std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return mail;
  }

  Result<std::string> Unique() const {
    if (options_->unique) return options_->unique();
    Result<std::string> random = RandomText();
    if (!random.ok()) return Failed("", random.status());
    return random;
  }

  Result<MailAddress> Parsed(std::string_view property, const std::string& text) const {
    Result<MailAddress> address = ParseAddress(text);
    if (!address.ok()) return Failed(property, address.status());
    return address;
  }

  Result<std::vector<MailAddress>> Filled(const AddressLine& line, const cim::Object& event) const {
    std::vector<MailAddress> addresses;
    for (const AddressEntry& entry : line.entries) {
      const std::string text = entry.text.Fill(event);
      const std::vector<std::string> parts = entry.is_list ? SplitAddresses(text) : std::vector<std::string>{text};
      for (const std::string& part : parts) addresses.push_back(TRY(Parsed(line.property, part)));
    }
    return addresses;
  }

  const MailSettings settings_;
  const std::shared_ptr<const MailConsumerProvider::Options> options_;
  const std::string machine_;
};

// "%TargetInstance.Mail%" and nothing else.
bool IsPlaceAlone(std::string_view text) {
  return text.size() > 2 && text.front() == '%' && text.find('%', 1) == text.size() - 1;
}

Result<AddressLine> ParseLine(const ConsumerProperties& properties, std::string_view property) {
  AddressLine line;
  line.property = property;
  for (const std::string& part : SplitAddresses(properties.Text(property).value_or(std::string()))) {
    TextTemplate text = TRY(properties.ParseTemplate(property, part));
    line.entries.push_back({std::move(text), IsPlaceAlone(part)});
    // What no event changes can be told at once.
    if (part.find('%') != std::string::npos) continue;
    const Result<MailAddress> address = ParseAddress(part);
    if (!address.ok()) return properties.Wrong(property, address.status().Message());
  }
  if (line.entries.size() > kRecipientsMax) {
    return properties.Wrong(property, fmt::format("it has more than {} addresses; use a mailing list", kRecipientsMax));
  }
  return line;
}

Result<std::vector<std::pair<std::string, std::string>>> ParseFields(const ConsumerProperties& properties) {
  constexpr std::string_view kProperty = "HeaderFields";
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::string& text : properties.Texts(kProperty)) {
    if (text.empty()) continue;
    const std::size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    if (colon == std::string::npos || !IsFieldName(name)) {
      return properties.Wrong(kProperty, fmt::format("\"{}\" must be of the form Name: value", text));
    }
    if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return properties.Wrong(kProperty,
                              fmt::format("{} has a line break; give each field an element of its own", name));
    }
    if (IsOwnField(name)) {
      return properties.Wrong(kProperty, fmt::format("{} is written by the consumer; use its properties", name));
    }
    fields.emplace_back(name, text.substr(colon + 1));
  }
  if (fields.size() > kHeaderFieldsMax) {
    return properties.Wrong(kProperty, fmt::format("it has more than {} fields; use fewer", kHeaderFieldsMax));
  }
  return fields;
}

}  // namespace

MailConsumerProvider::MailConsumerProvider(Options options)
    : options_(std::make_shared<const Options>(std::move(options))) {}

Result<std::unique_ptr<provider::EventConsumer>> MailConsumerProvider::Open(const cim::Object& consumer) {
  const ConsumerProperties properties(consumer);
  const std::optional<std::string> server = properties.Text("SMTPServer");
  if (!server || server->empty()) return properties.Wrong("SMTPServer", "it must name the mail server");
  const Result<SmtpServer> parsed = ParseSmtpServer(*server);
  if (!parsed.ok()) return properties.Wrong("SMTPServer", parsed.status().Message());
  // Member by member: a return out of the middle of an initializer would not destroy what is already made.
  MailSettings settings;
  settings.name = properties.Text("Name").value_or(std::string());
  settings.server = *parsed;
  settings.to = TRY(ParseLine(properties, "ToLine"));
  settings.cc = TRY(ParseLine(properties, "CcLine"));
  settings.bcc = TRY(ParseLine(properties, "BccLine"));
  settings.reply_to = TRY(ParseLine(properties, "ReplyToLine"));
  settings.from = TRY(properties.Template("FromLine"));
  settings.subject = TRY(properties.Template("Subject"));
  settings.message = TRY(properties.Template("Message"));
  settings.fields = TRY(ParseFields(properties));
  if (settings.to.entries.empty() && settings.cc.entries.empty() && settings.bcc.entries.empty()) {
    return properties.Wrong("ToLine", "ToLine, CcLine or BccLine must name who gets the mail");
  }
  const std::optional<std::string> from = properties.Text("FromLine");
  if (from && from->find('%') == std::string::npos) {
    const Result<MailAddress> address = ParseAddress(*from);
    if (!address.ok()) return properties.Wrong("FromLine", address.status().Message());
  }
  return std::unique_ptr<provider::EventConsumer>(std::make_unique<MailConsumer>(std::move(settings), options_));
}

}  // namespace wmi::consumers
