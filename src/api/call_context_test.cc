#include "api/call_context.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/context.h"
#include "api/test_support.h"
#include "base/limits.h"
#include "com/variant.h"
#include "engine/session.h"

namespace wmi::api {
namespace {

using com::ComPtr;

// Somebody else's context: entries that Next gives one after the other, and a failure wherever the test wants it.
class ForeignContext final : public IWbemContext {
 public:
  struct Script {
    std::vector<std::pair<std::wstring, VARIANT>> entries;
    HRESULT clone = S_OK;
    HRESULT begin = S_OK;
    HRESULT next = S_OK;
    bool clones_nothing = false;
    bool throws = false;
    bool endless = false;
  };
  explicit ForeignContext(std::shared_ptr<Script> script) : script_(std::move(script)) {}
  virtual ~ForeignContext() = default;

  HRESULT QueryInterface(REFIID riid, void** object) override {
    const bool known = riid == __uuidof(IUnknown) || riid == __uuidof(IWbemContext);
    *object = known ? this : nullptr;
    if (!known) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }
  ULONG AddRef() override { return ++count_; }
  ULONG Release() override {
    const ULONG left = --count_;
    if (left == 0) delete this;
    return left;
  }
  HRESULT Clone(IWbemContext** ppNewCopy) override {
    if (script_->throws) throw 7;
    *ppNewCopy = nullptr;
    if (FAILED(script_->clone) || script_->clones_nothing) return script_->clone;
    *ppNewCopy = new ForeignContext(script_);
    return S_OK;
  }
  HRESULT BeginEnumeration(long) override { return script_->begin; }
  HRESULT Next(long, BSTR* pstrName, VARIANT* pValue) override {
    if (FAILED(script_->next)) return script_->next;
    if (next_ >= script_->entries.size() && !script_->endless) return WBEM_S_NO_MORE_DATA;
    const auto& [name, value] = script_->entries[next_++ % script_->entries.size()];
    *pstrName = SysAllocString(name.c_str());
    return VariantCopy(pValue, &value);
  }
  HRESULT EndEnumeration() override { return S_OK; }
  HRESULT GetNames(long, SAFEARRAY**) override { return E_NOTIMPL; }
  HRESULT SetValue(LPCWSTR, long, VARIANT*) override { return E_NOTIMPL; }
  HRESULT GetValue(LPCWSTR, long, VARIANT*) override { return E_NOTIMPL; }
  HRESULT DeleteValue(LPCWSTR, long) override { return E_NOTIMPL; }
  HRESULT DeleteAll() override { return E_NOTIMPL; }

 private:
  const std::shared_ptr<Script> script_;
  ULONG count_ = 1;
  std::size_t next_ = 0;
};

VARIANT Number(std::int32_t number) {
  VARIANT value;
  com::SetSint32(value, number);
  return value;
}

// The BSTR is the caller's.
VARIANT Text(BSTR text) {
  VARIANT value;
  com::SetBstr(value, text);
  return value;
}

class CallContextTest : public testing::Test {
 protected:
  void SetUp() override { live_before_ = com::LiveObjects(); }
  void TearDown() override { EXPECT_EQ(live_before_, com::LiveObjects()); }

  static ComPtr<Context> WithText(const wchar_t* name, const wchar_t* text) {
    ComPtr<Context> context = com::MakeCom<Context>();
    BSTR copy = SysAllocString(text);
    VARIANT value = Text(copy);
    EXPECT_EQ(code::kOk, context->SetValue(name, 0, &value));
    SysFreeString(copy);
    return context;
  }
  static ComPtr<Context> WithNumber(const wchar_t* name, std::int32_t number) {
    ComPtr<Context> context = com::MakeCom<Context>();
    VARIANT value = Number(number);
    EXPECT_EQ(code::kOk, context->SetValue(name, 0, &value));
    return context;
  }

 private:
  std::size_t live_before_ = 0;
};

TEST_F(CallContextTest, NoContextIsNone) {
  const auto read = ReadContext(nullptr);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(nullptr, read.value());
}

TEST_F(CallContextTest, ValuesAreCopiedAtTheStart) {
  ComPtr<Context> context = WithText(L"Name", L"ä text");
  VARIANT value = Number(-5);
  context->SetValue(L"Number", 0, &value);
  VARIANT yes;
  com::SetBool(yes, true);
  context->SetValue(L"__GET_EXTENSIONS", 0, &yes);
  VARIANT names;
  com::SetArray(names, VT_BSTR, SafeArrayCreateVector(VT_BSTR, 0, 2));
  LONG index = 1;
  BSTR text = SysAllocString(L"Second");
  ASSERT_EQ(S_OK, SafeArrayPutElement(names.parray, &index, text));
  context->SetValue(L"Names", 0, &names);
  VARIANT numbers;
  com::SetArray(numbers, VT_I4, SafeArrayCreateVector(VT_I4, 0, 1));
  index = 0;
  LONG number = -7;
  ASSERT_EQ(S_OK, SafeArrayPutElement(numbers.parray, &index, &number));
  context->SetValue(L"Numbers", 0, &numbers);
  SysFreeString(text);
  VariantClear(&names);
  VariantClear(&numbers);

  const engine::CallContextPtr read = ReadContext(context.get()).value();
  context->DeleteAll();
  context.Reset();
  ASSERT_NE(nullptr, read);
  EXPECT_EQ(0u, read->depth);
  ASSERT_NE(nullptr, read->Find("NAME"));
  EXPECT_EQ("ä text", read->Find("name")->view().text());
  EXPECT_EQ(-5, read->Find("Number")->view().signed_integer());
  EXPECT_TRUE(read->IsTrue("__get_extensions"));
  EXPECT_FALSE(read->IsTrue("Number"));
  ASSERT_EQ(2u, read->Find("Names")->view().items().size());
  EXPECT_EQ("Second", read->Find("Names")->view().items()[1].text());
  EXPECT_EQ(-7, read->Find("Numbers")->view().items()[0].signed_integer());
  EXPECT_EQ(nullptr, read->Find("Other"));

  ComPtr<IWbemContext> handed_on = ProviderContext(read);
  TestVariant out;
  ASSERT_EQ(WBEM_S_NO_ERROR, handed_on->GetValue(L"Name", 0, &out.value));
  EXPECT_STREQ(L"ä text", out.value.bstrVal);
}

// Contract 1.1: a provider that calls back hands its context on, so the depth goes with it.
TEST_F(CallContextTest, DepthTravelsWithTheContextAndIsLimited) {
  EXPECT_EQ(1u, ReadContext(ProviderContext(nullptr).get()).value()->depth) << "also for a client that gave none";
  ComPtr<IWbemContext> context = WithText(L"A", L"b");
  engine::CallContextPtr read = ReadContext(context.get()).value();
  for (std::size_t depth = 1; depth <= limits::kCallDepthMax; ++depth) {
    context = ProviderContext(read);
    ComPtr<IWbemContext> clone;
    ASSERT_EQ(WBEM_S_NO_ERROR, context->Clone(clone.Receive()));
    const auto next = ReadContext(clone.get());
    ASSERT_TRUE(next.ok()) << depth;
    read = next.value();
    EXPECT_EQ(depth, read->depth);
    EXPECT_NE(nullptr, read->Find("A"));
  }
  const auto past = ReadContext(ProviderContext(read).get());
  EXPECT_EQ(code::kQuotaViolation, past.status().code());
  EXPECT_NE(std::string::npos, past.status().Message().find("hand on the pCtx")) << past.status().Message();
  EXPECT_NE(std::string::npos, past.status().Message().find(std::to_string(limits::kCallDepthMax)));
}

TEST_F(CallContextTest, ForeignContextIsReadThroughItsInterface) {
  auto script = std::make_shared<ForeignContext::Script>();
  VARIANT small;
  com::SetSint16(small, -3);
  script->entries = {{L"First", Number(1)}, {L"Small", small}};
  auto context = ComPtr<IWbemContext>::Adopt(new ForeignContext(script));
  const engine::CallContextPtr read = ReadContext(context.get()).value();
  EXPECT_EQ(1, read->Find("first")->view().signed_integer());
  EXPECT_EQ(-3, read->Find("Small")->view().signed_integer()) << "a type that SetValue of ours refuses";
  ComPtr<IWbemContext> handed_on = ProviderContext(read);
  TestVariant out;
  EXPECT_EQ(WBEM_S_NO_ERROR, handed_on->GetValue(L"Small", 0, &out.value));
  EXPECT_EQ(VT_I2, out.value.vt);
}

TEST_F(CallContextTest, ForeignContextThatFailsIsAnInvalidContext) {
  const struct {
    const char* what;
    std::function<void(ForeignContext::Script&)> change;
    Code expected;
  } rows[] = {
      {"Clone fails", [](auto& script) { script.clone = E_NOTIMPL; }, code::kInvalidContext},
      {"Clone gives nothing", [](auto& script) { script.clones_nothing = true; }, code::kInvalidContext},
      {"BeginEnumeration fails", [](auto& script) { script.begin = E_FAIL; }, code::kInvalidContext},
      {"Next fails", [](auto& script) { script.next = E_FAIL; }, code::kInvalidContext},
      {"throws", [](auto& script) { script.throws = true; }, code::kInvalidContext},
      {"no name", [](auto& script) { script.entries = {{L"", Number(1)}}; }, code::kInvalidContext},
      {"never ends", [](auto& script) { script.endless = true; }, code::kQuotaViolation},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    auto script = std::make_shared<ForeignContext::Script>();
    script->entries = {{L"Name", Number(1)}};
    row.change(*script);
    auto context = ComPtr<IWbemContext>::Adopt(new ForeignContext(script));
    const auto read = ReadContext(context.get());
    EXPECT_EQ(row.expected, read.status().code());
    EXPECT_EQ(1u, (context->AddRef(), context->Release())) << "no reference is kept";
  }
}

TEST_F(CallContextTest, TimeLimitIsANumberOrItsDigits) {
  using std::chrono::milliseconds;
  const Duration none = engine::kNoTimeLimit;
  const struct {
    const wchar_t* text;
    std::optional<Duration> limit;
  } rows[] = {
      {L"250", milliseconds(250)},
      {L"0", none},
      {L"-1", none},
      {L"4294967295", none},
      {L"4294967294", milliseconds(4294967294)},
      {L"4294967296", std::nullopt},
      {L"-2", std::nullopt},
      {L"", std::nullopt},
      {L"1s", std::nullopt},
      {L" 1", std::nullopt},
      {L"99999999999999999999", std::nullopt},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.text));
    const auto context = ReadContext(WithText(L"openwmi_timeout_ms", row.text).get()).value();
    const auto limit = ContextTimeLimit(context);
    EXPECT_EQ(row.limit.has_value(), limit.ok());
    if (row.limit && limit.ok()) {
      EXPECT_TRUE(*row.limit == *limit.value());
    }
    if (!limit.ok()) {
      EXPECT_EQ(code::kInvalidContext, limit.status().code());
      EXPECT_NE(std::string::npos, limit.status().Message().find("milliseconds"));
    }
    const Result<Duration> environment = ConnectionTimeLimit(nullptr, Utf8(row.text).c_str(), Settings());
    if (std::wstring(row.text).empty()) {
      EXPECT_TRUE(environment.ok()) << "an empty variable is none";
    } else {
      EXPECT_EQ(row.limit.has_value(), environment.ok());
      if (!environment.ok()) {
        EXPECT_EQ(code::kInvalidParameter, environment.status().code());
      }
    }
  }
  EXPECT_TRUE(milliseconds(40) == **ContextTimeLimit(ReadContext(WithNumber(L"OPENWMI_TIMEOUT_MS", 40).get()).value()));
  EXPECT_TRUE(none == **ContextTimeLimit(ReadContext(WithNumber(L"OPENWMI_TIMEOUT_MS", -1).get()).value()));
  VARIANT real;
  com::SetReal64(real, 1.5);
  ComPtr<Context> context = com::MakeCom<Context>();
  context->SetValue(L"OPENWMI_TIMEOUT_MS", 0, &real);
  EXPECT_EQ(code::kInvalidContext, ContextTimeLimit(ReadContext(context.get()).value()).status().code());
  EXPECT_FALSE(ContextTimeLimit(nullptr).value().has_value());
}

TEST_F(CallContextTest, TheNearestPlaceSaysTheLimitOfAConnection) {
  using std::chrono::milliseconds;
  const Settings setting = Settings::Parse("TimeoutMs = 300\n", "t.conf");
  const auto context = ReadContext(WithText(L"OPENWMI_TIMEOUT_MS", L"100").get()).value();
  EXPECT_TRUE(milliseconds(100) == *ConnectionTimeLimit(context, "200", setting));
  EXPECT_TRUE(milliseconds(200) == *ConnectionTimeLimit(nullptr, "200", setting));
  EXPECT_TRUE(milliseconds(300) == *ConnectionTimeLimit(nullptr, "", setting));
  EXPECT_TRUE(milliseconds(300) == *ConnectionTimeLimit(nullptr, nullptr, setting));
  EXPECT_TRUE(engine::kDefaultTimeLimit == *ConnectionTimeLimit(nullptr, nullptr, Settings()));
  for (const char* none : {"TimeoutMs = -1\n", "TimeoutMs = 0\n"}) {
    EXPECT_TRUE(engine::kNoTimeLimit == *ConnectionTimeLimit(nullptr, nullptr, Settings::Parse(none, "t.conf")));
  }
  const auto wrong = ConnectionTimeLimit(nullptr, nullptr, Settings::Parse("\nTimeoutMs = soon\n", "t.conf"));
  EXPECT_EQ(code::kInvalidParameter, wrong.status().code());
  EXPECT_NE(std::string::npos, wrong.status().Message().find("t.conf:2")) << wrong.status().Message();
}

}  // namespace
}  // namespace wmi::api
