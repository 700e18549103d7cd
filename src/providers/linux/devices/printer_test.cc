// Printers: messages of IPP, what HTTP wraps them in, and the class.
#include "providers/linux/devices/printer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "providers/linux/devices/print_server.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Two(std::size_t value) { return {static_cast<char>(value >> 8 & 0xFF), static_cast<char>(value & 0xFF)}; }

std::string Value(char tag, const std::string& name, const std::string& value) {
  return tag + Two(name.size()) + name + Two(value.size()) + value;
}

std::string Message(std::size_t status, const std::string& groups) {
  return std::string("\x02\x00", 2) + Two(status) + std::string("\x00\x00\x00\x01", 4) + "\x01" +
         Value(0x47, "attributes-charset", "utf-8") + groups + "\x03";
}

std::string Queue(const std::string& name, char state, const std::string& reason, const std::string& device) {
  return "\x04" + Value(0x42, "printer-name", name) + Value(0x41, "printer-info", "Second floor") +
         Value(0x41, "printer-make-and-model", "Makers Laser 9") +
         Value(0x23, "printer-state", std::string("\x00\x00\x00", 3) + state) +
         Value(0x44, "printer-state-reasons", reason) + Value(0x22, "printer-is-shared", "\x01") +
         Value(0x45, "device-uri", device) + Value(0x44, "media-supported", "iso_a4_210x297mm") +
         Value(0x44, "", "na_letter_8.5x11in") + Value(0x34, "media-col-default", "") + Value(0x4A, "", "media-size") +
         Value(0x37, "", "") +
         Value(0x32, "printer-resolution-default", std::string("\x00\x00\x02\x58\x00\x00\x04\xB0\x03", 9)) +
         Value(0x33, "copies-supported", std::string("\x00\x00\x00\x01\x00\x00\x00\x63", 8)) +
         Value(0x44, "sides-supported", "one-sided") + Value(0x44, "", "two-sided-long-edge");
}

TEST(Ipp, RequestsNameWhatIsAsked) {
  const std::string request = EncodeIppRequest(kIppGetPrinters, {"printer-name", "printer-state"});
  EXPECT_EQ(request.substr(0, 9), std::string("\x02\x00\x40\x02\x00\x00\x00\x01\x01", 9));
  EXPECT_THAT(request,
              HasSubstr(Value(0x44, "requested-attributes", "printer-name") + Value(0x44, "", "printer-state")));
  EXPECT_EQ(request.back(), '\x03');
}

TEST(Ipp, DamagedAnswersAreRefused) {
  const std::string whole = Message(0, Queue("office", 3, "none", "usb://Makers/9"));
  ASSERT_TRUE(DecodeIppAnswer(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(DecodeIppAnswer(std::string_view(whole).substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(DecodeIppAnswer(Message(0, Value(0x37, "", ""))).has_value());
  EXPECT_FALSE(DecodeIppAnswer(Message(0, "\x04" + Value(0x44, "", "value of nothing"))).has_value());
  // A collection ends within its group (RFC 8010, 3.1.6).
  const std::string open = Value(0x34, "media-col-default", "");
  EXPECT_FALSE(DecodeIppAnswer(Message(0, "\x04" + open)).has_value());
  EXPECT_FALSE(DecodeIppAnswer(Message(0, "\x04" + open + "\x04" + Value(0x37, "", ""))).has_value());
  EXPECT_TRUE(DecodeIppAnswer(Message(0, "\x04" + open + Value(0x37, "", ""))).has_value());
  const auto collections = DecodeIppAnswer(whole);
  EXPECT_EQ(collections->Printers().front()->Find("media-col-default"), nullptr);
}

TEST(Ipp, ResolutionsAreInDotsForAnInch) {
  const auto resolution = [](const std::string& value) {
    const auto answer = DecodeIppAnswer(Message(0, "\x04" + Value(0x32, "r", value)));
    const auto found = answer->Printers().front()->Find("r")->resolution();
    return found ? std::pair(found->across, found->along) : std::pair(0u, 0u);
  };
  EXPECT_EQ(resolution(std::string("\x00\x00\x02\x58\x00\x00\x04\xB0\x03", 9)), std::pair(600u, 1200u));
  EXPECT_EQ(resolution(std::string("\x00\x00\x00\x76\x00\x00\x00\xEC\x04", 9)), std::pair(300u, 599u))
      << "118 and 236 for a centimetre";
  EXPECT_EQ(resolution(std::string("\x00\x00\x02\x58\x00\x00\x04\xB0\x05", 9)), std::pair(0u, 0u)) << "no such unit";
  EXPECT_EQ(resolution(std::string("\x7F\x00\x00\x00\x00\x00\x00\x01\x04", 9)), std::pair(0u, 0u)) << "too large";
  EXPECT_EQ(resolution(std::string("\x00\x00\x02\x58\x00\x00\x04\xB0", 8)), std::pair(0u, 0u)) << "cut";
}

TEST(HttpContent, WithLengthInChunksAndUntilTheEnd) {
  EXPECT_EQ(HttpContent("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcdef"), "abc");
  EXPECT_EQ(
      HttpContent("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"),
      "abc0123456789");
  EXPECT_EQ(HttpContent("HTTP/1.0 200 OK\r\n\r\nall"), "all");
  for (const char* answer : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 401 Unauthorized\r\n\r\n", "FTP/1.1 200 OK\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc"}) {
    EXPECT_EQ(HttpContent(answer), std::nullopt) << answer;
  }
}

class CannedServer final : public PrintServer {
 public:
  PrintServerAnswer Ask(const std::string& path, std::string_view message,
                        std::chrono::steady_clock::time_point) override {
    paths.push_back(path);
    return message[3] == 0x02 ? printers : fallback;
  }

  std::vector<std::string> paths;
  PrintServerAnswer printers;
  PrintServerAnswer fallback;  // to the question for the default
};

class PrinterTest : public testing::Test {
 protected:
  PrinterTest() {
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    server_.printers = {PrintServerAnswer::Outcome::kAnswered,
                        Message(0, Queue("office", 3, "none", "usb://Makers/9") +
                                       Queue("hall", 5, "media-jam-error", "ipps://hall.local/ipp"))};
    server_.fallback = {PrintServerAnswer::Outcome::kAnswered,
                        Message(0, "\x04" + Value(0x42, "printer-name", "hall"))};
  }

  Machine machine() {
    Machine made{tree_.root()};
    made.print_server = &server_;
    return made;
  }
  Answer Ask(std::vector<std::string_view> names = {}) {
    const cim::ClassPtr schema = TestClass("Win32_Printer", PropertyNames<PrinterView>(Printer::Columns()), "DeviceID");
    SnapshotProvider<Printer> provider{machine()};
    server_.paths.clear();
    return RunQuery(provider, {schema, std::move(names), {}});
  }
  std::string Complaint() {
    const provider::Request request;
    std::vector<PrinterView> views;
    const Status status = Printer::Load(machine(), Asked{~SourceSet{0}, request}, views);
    EXPECT_THAT(views, IsEmpty());
    return status.code() == code::kOk ? "" : status.Message();
  }

  FixtureTree tree_;
  CannedServer server_;
};

TEST_F(PrinterTest, QueuesOfTheDaemon) {
  const Answer answer = Ask();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(server_.paths.front(), tree_.path() + "/run/cups/cups.sock");
  EXPECT_EQ(answer.Text(0, "DeviceID"), "office");
  EXPECT_EQ(answer.Text(0, "Description"), "Second floor");
  EXPECT_EQ(answer.Text(0, "DriverName"), "Makers Laser 9");
  EXPECT_EQ(answer.Text(0, "Status"), "OK");
  EXPECT_EQ(answer.Number(0, "PrinterStatus"), 3u);
  EXPECT_EQ(answer.Number(0, "DetectedErrorState"), 2u);
  EXPECT_TRUE(answer.Get(0, "Local").boolean());
  EXPECT_FALSE(answer.Get(0, "Default").boolean());
  EXPECT_EQ(answer.Text(0, "ShareName"), "office");
  EXPECT_EQ(answer.Get(0, "PrinterPaperNames").items().size(), 2u);
  EXPECT_EQ(answer.Number(0, "HorizontalResolution"), 600u);
  EXPECT_EQ(answer.Number(0, "VerticalResolution"), 1200u);
  EXPECT_EQ(answer.Number(0, "MaxCopies"), 99u);
  EXPECT_EQ(answer.Get(0, "Capabilities").items().size(), 2u);
  EXPECT_TRUE(answer.IsNull(0, "AveragePagesPerMinute"));
  EXPECT_EQ(answer.Text(1, "Status"), "Error");
  EXPECT_EQ(answer.Number(1, "PrinterStatus"), 6u);
  EXPECT_EQ(answer.Number(1, "DetectedErrorState"), 8u);
  EXPECT_TRUE(answer.Get(1, "Network").boolean());
  EXPECT_TRUE(answer.Get(1, "Default").boolean());
}

TEST_F(PrinterTest, TheDefaultIsAskedForWhenItIsNeeded) {
  Ask({"Name"});
  EXPECT_EQ(server_.paths.size(), 1u);
  server_.fallback.body = Message(0x0406, "");
  EXPECT_FALSE(Ask().Get(1, "Default").boolean());
  server_.fallback.outcome = PrintServerAnswer::Outcome::kTimedOut;
  EXPECT_TRUE(Ask().IsNull(1, "Default"));
}

TEST_F(PrinterTest, MissingPrintersHaveAReason) {
  server_.printers.body = Message(0x0406, "");
  EXPECT_EQ(Complaint(), "");
  server_.printers.body = "nonsense";
  EXPECT_THAT(Complaint(), HasSubstr("no answer that can be read"));
  server_.printers = {PrintServerAnswer::Outcome::kAbsent, {}};
  EXPECT_EQ(Complaint(), "");
  server_.printers = {PrintServerAnswer::Outcome::kTimedOut, {}};
  EXPECT_THAT(Complaint(), HasSubstr("in time"));
  server_.printers = {PrintServerAnswer::Outcome::kDenied, {}};
  EXPECT_THAT(Complaint(), HasSubstr("cups.sock may not be asked"));
}

TEST_F(PrinterTest, ASocketThatNobodyServesIsNoDaemon) {
  const std::string path = tree_.path() + "/run/cups.sock";
  const auto soon = [] { return std::chrono::steady_clock::now() + std::chrono::milliseconds(50); };
  EXPECT_EQ(PrintServer::Real().Ask(path, "x", soon()).outcome, PrintServerAnswer::Outcome::kAbsent);
  // Somebody listens and never answers.
  const Directory listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  ASSERT_EQ(::bind(listener.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener.descriptor(), 4), 0);
  EXPECT_EQ(PrintServer::Real().Ask(path, "x", soon()).outcome, PrintServerAnswer::Outcome::kTimedOut);
}

}  // namespace
}  // namespace wmi::linuxos
