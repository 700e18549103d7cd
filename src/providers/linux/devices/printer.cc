#include "providers/linux/devices/printer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "base/text.h"
#include "providers/linux/devices/print_server.h"
#include "providers/linux/member_columns.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kQueue = 1u << 0;
constexpr SourceSet kDefault = 1u << 1;
constexpr SourceSet kHost = 1u << 2;

// printer-state of RFC 8011.
constexpr std::int32_t kIdle = 3;
constexpr std::int32_t kProcessing = 4;
constexpr std::int32_t kStopped = 5;

// client-error-not-found: there is no queue.
constexpr std::uint16_t kIppNotFound = 0x0406;

std::optional<std::int32_t> Integer(const PrinterView& view, std::string_view name) {
  const IppAttribute* const attribute = view.attributes.Find(name);
  return attribute == nullptr ? std::nullopt : attribute->integer();
}

std::optional<bool> Truth(const PrinterView& view, std::string_view name) {
  const IppAttribute* const attribute = view.attributes.Find(name);
  return attribute == nullptr ? std::nullopt : attribute->boolean();
}

const std::vector<std::string>& Values(const PrinterView& view, std::string_view name) {
  static const std::vector<std::string> none;
  const IppAttribute* const attribute = view.attributes.Find(name);
  return attribute == nullptr ? none : attribute->values;
}

void SetPositive(RowWriter& row, std::size_t slot, const std::optional<std::int32_t>& value) {
  if (value && *value > 0) row.SetUnsigned(slot, static_cast<std::uint64_t>(*value));
}

void SetList(RowWriter& row, std::size_t slot, const std::vector<std::string>& texts) {
  std::vector<std::string> valid;
  for (const std::string& text : texts) valid.push_back(ToUtf8(text));
  std::vector<cim::ValueView> items;
  for (const std::string& text : valid) items.push_back(cim::ValueView::Text(text));
  if (!items.empty()) row.Set(slot, cim::ValueView::Array(items));
}

void ShowInfo(const PrinterView& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.attributes.Text("printer-info"));
}

void ShowMedia(const PrinterView& view, RowWriter& row, std::size_t slot) {
  SetList(row, slot, Values(view, "media-supported"));
}

// A number for each of the three states.
void SetByState(const PrinterView& view, RowWriter& row, std::size_t slot, std::array<std::uint64_t, 3> numbers) {
  const auto state = Integer(view, "printer-state");
  if (state && *state >= kIdle && *state <= kStopped) {
    row.SetUnsigned(slot, numbers[static_cast<std::size_t>(*state - kIdle)]);
  }
}

struct Reason {
  std::string_view start;
  std::uint64_t number;  // of DetectedErrorState
};
constexpr Reason kReasons[] = {{"media-jam", 8},           {"cover-open", 7},   {"door-open", 7},
                               {"media-empty", 4},         {"media-needed", 4}, {"toner-empty", 6},
                               {"marker-supply-empty", 6}, {"offline", 9},      {"output-area-full", 11},
                               {"media-low", 3},           {"toner-low", 5},    {"marker-supply-low", 5}};

void ShowErrorState(const PrinterView& view, RowWriter& row, std::size_t slot) {
  constexpr std::uint64_t kNoError = 2;
  const std::vector<std::string>& told = Values(view, "printer-state-reasons");
  if (told.size() == 1 && told.front() == "none") return row.SetUnsigned(slot, kNoError);
  for (const Reason& reason : kReasons) {
    for (const std::string& text : told) {
      if (text.starts_with(reason.start)) return row.SetUnsigned(slot, reason.number);
    }
  }
}

void ShowPrinterStatus(const PrinterView& view, RowWriter& row, std::size_t slot) {
  const std::vector<std::string>& told = Values(view, "printer-state-reasons");
  if (std::any_of(told.begin(), told.end(), [](const std::string& text) { return text.ends_with("-error"); })) {
    return row.SetText(slot, "Error");
  }
  const auto state = Integer(view, "printer-state");
  if (state == kIdle || state == kProcessing) row.SetText(slot, "OK");
}

// Nothing when the queue has no device.
std::optional<bool> IsOnNetwork(const PrinterView& view) {
  const std::string device = view.attributes.Text("device-uri");
  const std::size_t colon = device.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string_view scheme = std::string_view(device).substr(0, colon);
  for (const char* known : {"ipp", "ipps", "http", "https", "lpd", "socket", "smb", "dnssd"}) {
    if (EqualFolded(scheme, known)) return true;
  }
  return false;
}

void ShowCapabilities(const PrinterView& view, RowWriter& row, std::size_t slot) {
  constexpr std::uint64_t kColor = 2;
  constexpr std::uint64_t kDuplex = 3;
  constexpr std::uint64_t kCopies = 4;
  std::vector<cim::ValueView> items;
  if (Truth(view, "color-supported") == true) items.push_back(cim::ValueView::Unsigned(kColor));
  const std::vector<std::string>& sides = Values(view, "sides-supported");
  if (std::any_of(sides.begin(), sides.end(), [](const std::string& text) { return text.starts_with("two-sided"); })) {
    items.push_back(cim::ValueView::Unsigned(kDuplex));
  }
  const IppAttribute* const copies = view.attributes.Find("copies-supported");
  if (copies != nullptr && copies->range_end().value_or(1) > 1) items.push_back(cim::ValueView::Unsigned(kCopies));
  if (!items.empty()) row.Set(slot, cim::ValueView::Array(items));
}

constexpr Source kSources[] = {
    {kQueue, "CUPS-Get-Printers", Cost::kService},
    {kDefault, "CUPS-Get-Default", Cost::kService},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

constexpr Column<PrinterView> kColumns[] = {
    {"Caption", kQueue, ShowText<&PrinterView::name>, "`printer-name`"},
    {"Description", kQueue, ShowInfo, "`printer-info`; NULL when it is empty"},
    {"Name", kQueue, ShowText<&PrinterView::name>, "`printer-name`"},
    {"Status", kQueue, ShowPrinterStatus,
     "`Error` with a reason that ends with `-error`, else `OK` when idle or printing; NULL when it is stopped"},
    {"CreationClassName", 0, ShowClassName<Printer>, "`Win32_Printer`"},
    {"DeviceID", kQueue, ShowText<&PrinterView::name>, "`printer-name`"},
    {"SystemCreationClassName", 0, ShowSystemClass<PrinterView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&PrinterView::host_name>, "NULL when the host name is empty"},
    {"Capabilities", kQueue, ShowCapabilities,
     "`color-supported`, `sides-supported` and `copies-supported`; NULL when none of the three is there"},
    {"DefaultCopies", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       SetPositive(row, slot, Integer(v, "copies-default"));
     },
     "`copies-default`"},
    {"DetectedErrorState", kQueue, ShowErrorState,
     "the gravest of `printer-state-reasons` that the class has a number for, 2 No Error for `none`; NULL for others"},
    {"HorizontalResolution", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       const IppAttribute* const found = v.attributes.Find("printer-resolution-default");
       if (const auto dots = found == nullptr ? std::nullopt : found->resolution()) row.SetUnsigned(slot, dots->across);
     },
     "`printer-resolution-default` in dots an inch; NULL without"},
    {"MaxCopies", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       const IppAttribute* const found = v.attributes.Find("copies-supported");
       if (found != nullptr) SetPositive(row, slot, found->range_end());
     },
     "end of `copies-supported`"},
    {"MimeTypesSupported", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       SetList(row, slot, Values(v, "document-format-supported"));
     },
     "`document-format-supported`"},
    {"PaperTypesAvailable", kQueue, ShowMedia, "`media-supported`"},
    {"PrinterStatus", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) { SetByState(v, row, slot, {3, 4, 6}); },
     "`printer-state`: 3 Idle, 4 Printing, 6 Stopped Printing"},
    {"VerticalResolution", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       const IppAttribute* const found = v.attributes.Find("printer-resolution-default");
       if (const auto dots = found == nullptr ? std::nullopt : found->resolution()) row.SetUnsigned(slot, dots->along);
     },
     "`printer-resolution-default` in dots an inch; NULL without"},
    {"AveragePagesPerMinute", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       SetPositive(row, slot, Integer(v, "pages-per-minute"));
     },
     "`pages-per-minute`; NULL when the printer does not tell"},
    {"Comment", kQueue, ShowInfo, "`printer-info`; NULL when it is empty"},
    {"Default", kDefault | kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       row.SetBoolean(slot, !v.default_name.empty() && v.default_name == v.name);
     },
     "TRUE for the default of the system; a user may have another"},
    {"DriverName", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, v.attributes.Text("printer-make-and-model"));
     },
     "`printer-make-and-model`; NULL when it is empty"},
    {"ExtendedPrinterStatus", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) { SetByState(v, row, slot, {3, 4, 8}); },
     "`printer-state`: 3 Idle, 4 Printing, 8 Paused"},
    {"Local", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       if (const auto network = IsOnNetwork(v)) row.SetBoolean(slot, !*network);
     },
     "FALSE when the scheme of `device-uri` is one of the network; NULL without a device"},
    {"Location", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, v.attributes.Text("printer-location"));
     },
     "`printer-location`; NULL when it is empty"},
    {"Network", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       if (const auto network = IsOnNetwork(v)) row.SetBoolean(slot, *network);
     },
     "TRUE when the scheme of `device-uri` is one of the network; NULL without a device"},
    {"PortName", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, v.attributes.Text("device-uri"));
     },
     "`device-uri`"},
    {"PrinterPaperNames", kQueue, ShowMedia, "`media-supported`"},
    {"Shared", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       if (const auto shared = Truth(v, "printer-is-shared")) row.SetBoolean(slot, *shared);
     },
     "`printer-is-shared`"},
    {"ShareName", kQueue,
     [](const PrinterView& v, RowWriter& row, std::size_t slot) {
       if (Truth(v, "printer-is-shared") == true) row.SetText(slot, v.name);
     },
     "`printer-name` of a queue that is shared; NULL for others"},
};

Status Unanswered(PrintServerAnswer::Outcome outcome, const std::string& socket_path) {
  std::string text = "No printer is listed: the print daemon on ";
  text += socket_path;
  switch (outcome) {
    case PrintServerAnswer::Outcome::kAnswered:
    case PrintServerAnswer::Outcome::kAbsent:
      return Status();
    case PrintServerAnswer::Outcome::kDenied:
      text += " may not be asked by this user; its configuration names who may.";
      break;
    case PrintServerAnswer::Outcome::kTimedOut:
      text += " did not answer in time; see its log, or start it again.";
      break;
    case PrintServerAnswer::Outcome::kFailed:
      text += " gave no answer that can be read; see its log.";
      break;
  }
  return Status(code::kPartialResults, std::move(text));
}

// What is asked of each queue.
std::vector<std::string_view> WantedAttributes() {
  return {"printer-name",      "printer-info",     "printer-location", "printer-make-and-model",
          "printer-state",     "copies-default",   "copies-supported", "printer-state-reasons",
          "printer-is-shared", "device-uri",       "color-supported",  "printer-resolution-default",
          "sides-supported",   "pages-per-minute", "media-supported",  "document-format-supported"};
}

constexpr std::chrono::milliseconds kPrintDeadline{2000};

// Empty when there is none; nothing when the daemon did not say.
std::optional<std::string> DefaultPrinter(const Machine& machine, const std::string& socket_path,
                                          std::chrono::steady_clock::time_point deadline) {
  const std::vector<std::string_view> wanted{"printer-name"};
  const PrintServerAnswer answer =
      machine.print_server->Ask(socket_path, EncodeIppRequest(kIppGetDefaultPrinter, wanted), deadline);
  if (answer.outcome != PrintServerAnswer::Outcome::kAnswered) return std::nullopt;
  const auto told = DecodeIppAnswer(answer.body);
  if (!told) return std::nullopt;
  if (told->status == kIppNotFound) return std::string();
  const std::vector<const IppGroup*> printers = told->Printers();
  if (!told->is_success() || printers.empty()) return std::nullopt;
  return printers.front()->Text("printer-name");
}

}  // namespace

std::span<const Source> Printer::Sources() { return kSources; }
std::span<const Column<PrinterView>> Printer::Columns() { return kColumns; }

Status Printer::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const std::string socket_path = machine.root.run + "/cups/cups.sock";
  // One for both questions.
  const auto deadline = std::chrono::steady_clock::now() + kPrintDeadline;
  const PrintServerAnswer answer =
      machine.print_server->Ask(socket_path, EncodeIppRequest(kIppGetPrinters, WantedAttributes()), deadline);
  if (answer.outcome != PrintServerAnswer::Outcome::kAnswered) return Unanswered(answer.outcome, socket_path);
  const auto decoded = DecodeIppAnswer(answer.body);
  if (decoded && decoded->status == kIppNotFound) return Status();
  if (!decoded || !decoded->is_success()) return Unanswered(PrintServerAnswer::Outcome::kFailed, socket_path);
  std::optional<std::string> default_name;
  if (asked.Wants(kDefault)) default_name = DefaultPrinter(machine, socket_path, deadline);
  const std::string host_name = asked.Wants(kHost) ? HostName(machine) : std::string();
  for (const IppGroup* printer : decoded->Printers()) {
    View view;
    view.name = printer->Text("printer-name");
    if (view.name.empty()) continue;
    view.host_name = host_name;
    if (default_name) {
      view.default_name = *default_name;
    } else {
      view.unread |= kDefault;
    }
    view.attributes = *printer;
    out.push_back(std::move(view));
  }
  return Status();
}

}  // namespace wmi::linuxos
