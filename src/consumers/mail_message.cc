#include "consumers/mail_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/text.h"

namespace wmi::consumers {
namespace {

// RFC 5321 4.5.3.1.3: a path has 256 octets, its brackets counted.
constexpr std::size_t kAddressLengthMax = 254;
// RFC 5322 2.1.1: no line is longer, without its end; RFC 2045 6.7: in quoted-printable.
constexpr std::size_t kLineLengthMax = 998;
constexpr std::size_t kQuotedLineLengthMax = 76;
// RFC 2047 2: a line with an encoded word has 76 characters; in base64, with room for the name of the field before it.
constexpr std::size_t kWordBytesMax = 39;
// A field longer than this is written in encoded words, which may be folded anywhere.
constexpr std::size_t kPlainFieldMax = 900;
constexpr std::size_t kShownBytesMax = 200;

constexpr std::string_view kOwnFields[] = {"From",         "To",      "Cc",          "Bcc",
                                           "Reply-To",     "Subject", "Date",        "Message-ID",
                                           "MIME-Version", "Sender",  "Return-Path", "Content-Transfer-Encoding"};

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool IsAscii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string_view Trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// One line, whatever it was.
std::string OneLine(std::string_view text) {
  std::string line = ToUtf8(text);
  std::replace_if(line.begin(), line.end(), IsControl, ' ');
  return std::string(Trimmed(line));
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t byte = 0; byte < 3; ++byte) {
      group = group << 8 | (byte < count ? static_cast<unsigned char>(bytes[at + byte]) : 0u);
    }
    for (std::size_t digit = 0; digit < 4; ++digit) {
      text += digit <= count ? kDigits[(group >> (18 - 6 * digit)) & 63] : '=';
    }
  }
  return text;
}

// `text` as encoded words, one a line. No character is divided (RFC 2047 5).
std::string EncodedWords(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    std::size_t size = std::min(kWordBytesMax, text.size());
    while (size < text.size() && size > 1 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?";
    words += Base64(text.substr(0, size));
    words += "?=";
    text.remove_prefix(size);
  }
  return words;
}

// What a field without structure says.
std::string FieldText(std::string_view text) {
  std::string line = OneLine(text);
  // A text that looks like an encoded word would be read as one.
  const bool is_plain = IsAscii(line) && line.size() <= kPlainFieldMax && line.find("=?") == std::string::npos;
  return is_plain ? line : EncodedWords(line);
}

std::string AddressText(const MailAddress& mail) {
  const std::string display = OneLine(mail.display);
  if (display.empty()) return mail.address;
  if (!IsAscii(display) || display.size() > kPlainFieldMax || display.find("=?") != std::string::npos) {
    return fmt::format("{}\r\n <{}>", EncodedWords(display), mail.address);
  }
  std::string quoted = "\"";
  for (const char c : display) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  // A name of its own line keeps the line short enough.
  return fmt::format("{}\"\r\n <{}>", quoted, mail.address);
}

void AppendAddresses(std::string_view name, const std::vector<MailAddress>& addresses, std::string& text) {
  if (addresses.empty()) return;
  text += name;
  text += ": ";
  for (std::size_t at = 0; at < addresses.size(); ++at) {
    if (at > 0) text += ",\r\n ";
    text += AddressText(addresses[at]);
  }
  text += "\r\n";
}

void AppendField(std::string_view name, std::string_view value, std::string& text) {
  text += name;
  text += ": ";
  text += value;
  text += "\r\n";
}

// The lines of a text whose lines end in LF, CR LF or CR.
std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    const bool is_pair = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
    text.remove_prefix(end + (is_pair ? 2 : 1));
  }
  return lines;
}

bool NeedsQuoting(const std::vector<std::string_view>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    return !IsAscii(line) || line.size() > kLineLengthMax ||
           std::any_of(line.begin(), line.end(), [](char c) { return IsControl(c) && c != '\t'; });
  });
}

// RFC 2045 6.7.
void AppendQuotedPrintable(std::string_view line, std::string& text) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    const bool is_last = at + 1 == line.size();
    const bool is_plain =
        (c == ' ' || c == '\t') ? !is_last : !IsControl(c) && static_cast<unsigned char>(c) < 0x80 && c != '=';
    const std::size_t size = is_plain ? 1 : 3;
    if (length + size > kQuotedLineLengthMax - 1) {  // room for the = at the end of a line that goes on
      text += "=\r\n";
      length = 0;
    }
    if (is_plain) {
      text += c;
    } else {
      text += fmt::format("={:02X}", static_cast<unsigned char>(c));
    }
    length += size;
  }
  text += "\r\n";
}

Status WrongAddress(std::string_view text, std::string_view advice) {
  ErrorDetail detail;
  detail.message = fmt::format("\"{}\" is no address of mail: {}", OneLine(text.substr(0, kShownBytesMax)), advice);
  return Status(code::kInvalidParameter, std::move(detail));
}

std::string WithoutQuotes(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string plain;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] == '\\' && at + 2 < text.size()) ++at;
    plain += text[at];
  }
  return plain;
}

}  // namespace

std::vector<std::string> SplitAddresses(std::string_view list) {
  std::vector<std::string> parts;
  std::string part;
  bool is_quoted = false;
  bool is_inside = false;
  const auto end_part = [&] {
    const std::string_view trimmed = Trimmed(part);
    if (!trimmed.empty()) parts.emplace_back(trimmed);
    part.clear();
    is_inside = false;
  };
  for (std::size_t at = 0; at < list.size(); ++at) {
    const char c = list[at];
    if (is_quoted && c == '\\' && at + 1 < list.size()) {
      part += c;
      part += list[++at];
      continue;
    }
    if (c == '"') is_quoted = !is_quoted;
    if (!is_quoted && (c == '<' || c == '>')) is_inside = c == '<';
    if (!is_quoted && !is_inside && (c == ',' || c == ';')) {
      end_part();
    } else {
      part += c;
    }
  }
  end_part();
  return parts;
}

Result<MailAddress> ParseAddress(std::string_view text) {
  const std::string_view whole = Trimmed(text);
  MailAddress mail;
  std::string_view address = whole;
  if (whole.ends_with('>')) {
    const std::size_t open = whole.rfind('<');
    if (open == std::string_view::npos) return WrongAddress(text, "it has a > without a <");
    address = Trimmed(whole.substr(open + 1, whole.size() - open - 2));
    mail.display = OneLine(WithoutQuotes(Trimmed(whole.substr(0, open))));
  }
  if (address.empty()) return WrongAddress(text, "it is empty");
  if (address.size() > kAddressLengthMax) {
    return WrongAddress(text, fmt::format("it has more than {} characters", kAddressLengthMax));
  }
  if (!IsAscii(address)) return WrongAddress(text, "it is not ASCII; write its domain in the form xn--…");
  if (address.find_first_of("<>\"(),;\\ \t") != std::string_view::npos ||
      std::any_of(address.begin(), address.end(), IsControl)) {
    return WrongAddress(text, "it has a space or a sign that addresses do not have; give one such as a@example.org");
  }
  const std::size_t at = address.find('@');
  if (at != std::string_view::npos && (at == 0 || at + 1 == address.size() || address.rfind('@') != at)) {
    return WrongAddress(text, "it needs something before and behind one @, such as a@example.org");
  }
  mail.address = address;
  return mail;
}

std::string MailDate(std::int64_t time) {
  // Not by strftime: its words follow the locale.
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = time;
  std::tm parts{};
  if (::gmtime_r(&seconds, &parts) == nullptr) parts.tm_mday = 1;
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000", kDays[static_cast<std::size_t>(parts.tm_wday)],
                     parts.tm_mday, kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

bool IsFieldName(std::string_view name) {
  return !name.empty() && name.size() <= 76 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7F && c != ':'; });
}

bool IsOwnField(std::string_view name) {
  return std::any_of(std::begin(kOwnFields), std::end(kOwnFields),
                     [name](std::string_view own) { return EqualFolded(own, name); });
}

std::string MessageText(const Mail& mail) {
  const std::string body = ToUtf8(mail.body);
  const std::vector<std::string_view> lines = LinesOf(body);
  const bool is_quoted = NeedsQuoting(lines);

  std::string text;
  AppendField("Date", MailDate(mail.time), text);
  AppendAddresses("From", {mail.from}, text);
  AppendAddresses("To", mail.to, text);
  AppendAddresses("Cc", mail.cc, text);
  AppendAddresses("Reply-To", mail.reply_to, text);
  AppendField("Subject", FieldText(mail.subject), text);
  AppendField("Message-ID", fmt::format("<{}>", OneLine(mail.id)), text);
  AppendField("MIME-Version", "1.0", text);
  bool has_type = false;
  for (const auto& [name, value] : mail.fields) {
    AppendField(name, FieldText(value), text);
    has_type = has_type || EqualFolded(name, "Content-Type");
  }
  if (!has_type)
    AppendField("Content-Type", IsAscii(body) ? "text/plain; charset=us-ascii" : "text/plain; charset=utf-8", text);
  AppendField("Content-Transfer-Encoding", is_quoted ? "quoted-printable" : "7bit", text);
  text += "\r\n";
  for (const std::string_view line : lines) {
    if (is_quoted) {
      AppendQuotedPrintable(line, text);
    } else {
      text += line;
      text += "\r\n";
    }
  }
  return text;
}

}  // namespace wmi::consumers
