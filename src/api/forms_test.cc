// One query, every call form: synchronous, semisynchronous forward-only and rewindable, asynchronous, NextAsync. They
// are one operation with different consumers, so set and ending must be equal. The queries are data:
// tests/forms/*.test.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "api/test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;

// What a client can see of a call that was started: the rows in any order, and how it ended. The forms differ in where
// an error shows, not in which.
struct Seen {
  std::vector<std::string> rows;
  HRESULT outcome = WBEM_S_NO_ERROR;

  bool operator==(const Seen&) const = default;
  void Add(IWbemClassObject* object) {
    BSTR text = nullptr;
    ASSERT_EQ(WBEM_S_NO_ERROR, object->GetObjectText(WBEM_FLAG_NO_FLAVORS, &text));
    rows.push_back(PropertyText(object, L"__CLASS") + " " + PropertyText(object, L"__RELPATH") + " " + TakeBstr(text));
  }
  void Sort() { std::sort(rows.begin(), rows.end()); }
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << seen.rows.size() << " rows, " << CodeName(seen.outcome);
}

class FormsTest : public ApiTest {
 protected:
  Seen Enumerate(const std::wstring& query, long flags, ULONG count) {
    Seen seen;
    ComPtr<IEnumWbemClassObject> rows;
    seen.outcome = services_->ExecQuery(Literal(L"WQL"), Literal(query.c_str()), flags, nullptr, rows.Receive());
    while (seen.outcome == WBEM_S_NO_ERROR) {
      std::vector<IWbemClassObject*> objects(count);
      ULONG returned = 0;
      seen.outcome = rows->Next(60'000, count, objects.data(), &returned);
      for (ULONG i = 0; i < returned; ++i) {
        seen.Add(objects[i]);
        objects[i]->Release();
      }
      if (seen.outcome == WBEM_S_FALSE && returned > 0) seen.outcome = WBEM_S_NO_ERROR;  // a failure would follow
    }
    if (seen.outcome == WBEM_S_FALSE) seen.outcome = WBEM_S_NO_ERROR;
    seen.Sort();
    return seen;
  }

  Seen Collect(SinkLog& log) {
    Seen seen;
    EXPECT_TRUE(log.WaitFinals());
    MutexLock lock(log.mutex);
    for (const ComPtr<IWbemClassObject>& object : log.objects) seen.Add(object.get());
    log.objects.clear();
    lock.Unlock();
    seen.outcome = SUCCEEDED(log.Outcome()) ? WBEM_S_NO_ERROR : log.Outcome();
    seen.Sort();
    return seen;
  }

  Seen Asynchronous(const std::wstring& query) {
    auto log = std::make_shared<SinkLog>();
    auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
    EXPECT_EQ(0, QueryAsync(query.c_str(), sink.get()));
    Seen seen = Collect(*log);
    EXPECT_TRUE(log->WaitReferences(1));
    return seen;
  }

  Seen ThroughNextAsync(const std::wstring& query) {
    auto log = std::make_shared<SinkLog>();
    auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
    ComPtr<IEnumWbemClassObject> rows;
    EXPECT_EQ(WBEM_S_NO_ERROR,
              services_->ExecQuery(Literal(L"WQL"), Literal(query.c_str()),
                                   WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY, nullptr, rows.Receive()));
    const HRESULT started = rows->NextAsync(1'000'000, sink.get());
    if (started == WBEM_S_FALSE) return {};  // ended before the request, with nothing
    EXPECT_EQ(WBEM_S_NO_ERROR, started);
    Seen seen = Collect(*log);
    EXPECT_TRUE(log->WaitReferences(1));
    return seen;
  }

  void ExpectEqualForms(const std::string& query, const std::string& expected) {
    SCOPED_TRACE(query);
    const std::wstring wide = WideFromUtf8(query);
    const Seen synchronous = Enumerate(wide, 0, 7);
    std::string summary = FAILED(synchronous.outcome) ? std::string(CodeName(synchronous.outcome))
                                                      : std::to_string(synchronous.rows.size());
    EXPECT_EQ(summary, expected);
    EXPECT_EQ(synchronous, Enumerate(wide, WBEM_FLAG_FORWARD_ONLY, 100));
    EXPECT_EQ(synchronous, Enumerate(wide, WBEM_FLAG_RETURN_IMMEDIATELY, 1));
    EXPECT_EQ(synchronous, Enumerate(wide, WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY, 13));
    EXPECT_EQ(synchronous, Asynchronous(wide));
    EXPECT_EQ(synchronous, ThroughNextAsync(wide));
  }

  // Lines "query => number of rows, or name of the error"; # comments.
  void RunFile() {
    std::ifstream file(std::filesystem::path(WMI_SOURCE_DIR) / "tests/forms/queries.test");
    ASSERT_TRUE(file) << "tests/forms/queries.test is missing";
    int queries = 0;
    for (std::string line; std::getline(file, line);) {
      const std::size_t arrow = line.find(" => ");
      if (line.empty() || line.front() == '#' || arrow == std::string::npos) continue;
      ExpectEqualForms(line.substr(0, arrow), line.substr(arrow + 4));
      ++queries;
    }
    EXPECT_GT(queries, 10);
  }
};

TEST_F(FormsTest, EveryFormGivesTheSameSetAndEnding) {
  script_->items = 300;
  RunFile();
}

TEST_F(FormsTest, AlsoOnTheProviderPool) {
  script_->items = 300;
  script_->blocking = provider::Blocking::kPossible;
  RunFile();
}

TEST_F(FormsTest, RowsBeforeAFailureCountInEveryForm) {
  script_->items = 100;
  script_->before_row = [](std::uint64_t row, const provider::Request&) {
    return row == 50 ? Status(code::kProviderFailure, "broken") : Status();
  };
  const std::wstring query = L"SELECT * FROM T_Item";
  const Seen asynchronous = Asynchronous(query);
  EXPECT_EQ(asynchronous.rows.size(), 50u);
  EXPECT_EQ(asynchronous.outcome, WBEM_E_PROVIDER_FAILURE);
  EXPECT_EQ(asynchronous, Enumerate(query, WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY, 7));
  EXPECT_EQ(asynchronous, ThroughNextAsync(query));
  // The synchronous call itself fails: there is no enumerator to read rows from (contract 1.3).
  EXPECT_EQ(Enumerate(query, 0, 7).outcome, WBEM_E_PROVIDER_FAILURE);
}

}  // namespace
}  // namespace wmi::api
