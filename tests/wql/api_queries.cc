// Asks the queries of the data files through libopenwmi.so: in every form of a call the same rows, and for a query that
// is refused the same code, place and text, and nothing before it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "asked_library.h"
#include "past_limits.h"
#include "wql/data_file_test.h"

namespace wmi::wql::testing {
namespace {

std::vector<Case> ReadFolder(const std::string& folder) {
  std::vector<Case> cases;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WMI_SOURCE_DIR) + folder)) {
    if (entry.path().extension() != ".test") continue;
    for (Case& test : ReadFile(entry.path())) cases.push_back(std::move(test));
  }
  return cases;
}

bool IsInstance(IWbemClassObject* object) { return ValueText(object, L"__GENUS") == "2"; }

// The key values, as the files have them; nothing when the object does not show them all.
std::optional<std::string> Id(IWbemClassObject* object) {
  std::vector<std::wstring> keys = PropertyNames(object, WBEM_FLAG_KEYS_ONLY);
  if (keys.empty()) return std::nullopt;
  std::sort(keys.begin(), keys.end());
  std::string id;
  for (const std::wstring& key : keys) {
    std::string value = ValueText(object, key);
    if (value == "?") return std::nullopt;
    std::replace(value.begin(), value.end(), ' ', '_');
    id += (id.empty() ? "" : "/") + value;
  }
  return id;
}

struct Found {
  std::multiset<std::string> rows;
  std::multiset<std::string> classes;
  std::size_t nameless = 0;  // rows that do not show their keys
};

Found Sort(const CallAnswer& answer) {
  Found found;
  for (const IWbemClassObjectPtr& object : answer.objects) {
    if (!IsInstance(object)) {
      found.classes.insert(ValueText(object, L"__CLASS"));
    } else if (const std::optional<std::string> id = Id(object)) {
      found.rows.insert(*id);
    } else {
      ++found.nameless;
    }
  }
  return found;
}

// The namespace has more classes of the system than those that the files know.
std::multiset<std::string> WithoutSystemClasses(const std::multiset<std::string>& names,
                                                const std::multiset<std::string>& expected) {
  std::multiset<std::string> out;
  for (const std::string& name : names) {
    if (!name.starts_with("__") || expected.contains(name)) out.insert(name);
  }
  return out;
}

// The text that a failure is about; NULL stands for an empty one.
std::string AboutText(const CallAnswer& answer) {
  const std::string text = ValueText(answer.error, L"ParameterInfo");
  return text == "?" ? "" : text;
}

// A failure: its code, its __ExtendedStatus, and no object.
void CheckRefused(const CallAnswer& answer, const std::string& code, const char* operation, const std::string& query) {
  EXPECT_EQ(CodeName(static_cast<Code>(answer.code)), code) << ValueText(answer.error, L"Description");
  EXPECT_TRUE(answer.objects.empty()) << "something was executed";
  ASSERT_TRUE(answer.error) << "a failure comes with an object";
  EXPECT_EQ(ValueText(answer.error, L"__CLASS"), "__ExtendedStatus");
  EXPECT_EQ(ValueText(answer.error, L"Operation"), operation);
  EXPECT_EQ(ValueText(answer.error, L"StatusCode"), std::to_string(static_cast<Code>(answer.code)));
  // Where no word of the query is to blame it is the path of an object, perhaps.
  EXPECT_NE(query.find(AboutText(answer)), std::string::npos);
}

// "WBEM_E_INVALID_QUERY 1:9 part of the message", or the code alone.
void CheckError(const std::string& expected, const CallAnswer& answer, const char* operation,
                const std::string& query) {
  const std::size_t code_end = expected.find(' ');
  CheckRefused(answer, expected.substr(0, code_end), operation, query);
  if (code_end == std::string::npos) return;
  const std::size_t place_end = expected.find(' ', code_end + 1);
  const std::string place = expected.substr(code_end + 1, place_end - code_end - 1);
  const std::size_t colon = place.find(':');
  const std::string text = ValueText(answer.error, L"Description");
  EXPECT_TRUE(text.starts_with(fmt::format("line {}, column {}: ", place.substr(0, colon), place.substr(colon + 1))))
      << "found    " << text << "\nexpected " << expected;
  if (place_end != std::string::npos) {
    EXPECT_NE(text.find(expected.substr(place_end + 1)), std::string::npos)
        << "found    " << text << "\nexpected " << expected;
  }
  EXPECT_EQ(AboutText(answer), query);
}

class ApiQueries : public ::testing::TestWithParam<CallForm> {
 protected:
  static void SetUpTestSuite() { library_ = std::make_unique<AskedLibrary>(); }
  static void TearDownTestSuite() { library_.reset(); }

  static AskedLibrary& Library() { return *library_; }

  // The files' name of the server.
  static std::string OnThisServer(std::string query) {
    const std::string host = "\\\\HOST\\";
    const std::size_t at = query.find(host);
    return at == std::string::npos ? query : query.replace(at + 2, host.size() - 3, Library().server());
  }

  void Run(const Case& test) {
    SCOPED_TRACE(fmt::format("{}:{}: {}", test.file, test.line, test.query));
    Expected expected;
    for (const Expectation& each : test.expectations) {
      if (each.what == "error") expected.error = each.value;
      if (each.what == "rows") expected.rows = Words(each.value);
      if (each.what == "classes") expected.classes = Words(each.value);
      if (each.what == "visible" && each.value != "*") expected.visible = Words(each.value);
      expected.asks = expected.asks || each.what == "error" || each.what == "rows" || each.what == "classes";
    }
    if (!expected.asks) return;
    const std::string query = OnThisServer(test.query);
    const CallAnswer answer = Library().Query(query, GetParam());
    if (expected.error) return CheckError(*expected.error, answer, "ExecQuery", query);
    CheckFound(expected, query, answer);
  }

 private:
  struct Expected {
    bool asks = false;
    std::optional<std::string> error;
    std::multiset<std::string> rows;
    std::multiset<std::string> classes;
    std::optional<std::multiset<std::string>> visible;
  };

  void CheckFound(const Expected& expected, const std::string& query, const CallAnswer& answer) {
    ASSERT_EQ(answer.code, WBEM_S_NO_ERROR) << ValueText(answer.error, L"Description");
    EXPECT_FALSE(answer.error);
    Found found = Sort(answer);
    EXPECT_EQ(WithoutSystemClasses(found.classes, expected.classes), expected.classes);
    if (expected.visible) CheckVisible(*expected.visible, answer);
    if (found.nameless != 0) {
      EXPECT_EQ(found.rows.size() + found.nameless, expected.rows.size());
      found = Sort(Library().Query(query, GetParam(), WBEM_FLAG_ENSURE_LOCATABLE));
      EXPECT_EQ(found.nameless, 0U);
    }
    EXPECT_EQ(found.rows, expected.rows);
  }

  // What was not selected has no value (contract 7.3).
  static void CheckVisible(const std::multiset<std::string>& visible, const CallAnswer& answer) {
    for (const IWbemClassObjectPtr& object : answer.objects) {
      for (const std::wstring& name : PropertyNames(object, WBEM_FLAG_NONSYSTEM_ONLY)) {
        _variant_t value;
        const HRESULT got = object->Get(name.c_str(), 0, &value, nullptr, nullptr);
        const bool has_value = SUCCEEDED(got) && value.vt != VT_NULL;
        EXPECT_TRUE(!has_value || visible.contains(Utf8FromWide(name))) << Utf8FromWide(name);
      }
    }
  }

  static std::unique_ptr<AskedLibrary> library_;
};

std::unique_ptr<AskedLibrary> ApiQueries::library_;

TEST_P(ApiQueries, GiveWhatTheirFilesSay) {
  const std::vector<Case> cases = ReadFolder("/tests/wql");
  for (const Case& test : cases) Run(test);
  EXPECT_GT(cases.size(), 600U);
}

TEST_P(ApiQueries, ThatSubscribeAreRefusedAsTheirFilesSay) {
  std::size_t refused = 0;
  for (const Case& test : ReadFolder("/tests/wql/events")) {
    SCOPED_TRACE(fmt::format("{}:{}: {}", test.file, test.line, test.query));
    for (const Expectation& expected : test.expectations) {
      if (expected.what != "error") continue;
      CheckError(expected.value, Library().Subscribe(test.query, GetParam()), "ExecNotificationQuery", test.query);
      ++refused;
    }
  }
  EXPECT_GT(refused, 30U);
}

TEST_P(ApiQueries, AreRefusedPastTheLimits) {
  for (const PastLimit& test : AllPastLimits()) {
    SCOPED_TRACE(test.query.substr(0, 80));
    const CallAnswer answer = Library().Query(test.query, GetParam());
    EXPECT_EQ(CodeName(static_cast<Code>(answer.code)), CodeName(test.code));
    EXPECT_TRUE(answer.objects.empty());
    ASSERT_TRUE(answer.error);
    const std::string text = ValueText(answer.error, L"Description");
    EXPECT_NE(text.find(std::to_string(test.limit)), std::string::npos) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(InEveryForm, ApiQueries, ::testing::ValuesIn(kAllCallForms),
                         [](const ::testing::TestParamInfo<CallForm>& form) { return Name(form.param); });

}  // namespace
}  // namespace wmi::wql::testing
