// The registry through WMI, as a program reads, writes and watches it: StdRegProv and the events of root\default.
#include <comdef.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <wbemidl.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace {

_COM_SMARTPTR_TYPEDEF(IWbemLocator, __uuidof(IWbemLocator));
_COM_SMARTPTR_TYPEDEF(IWbemServices, __uuidof(IWbemServices));
_COM_SMARTPTR_TYPEDEF(IWbemClassObject, __uuidof(IWbemClassObject));
_COM_SMARTPTR_TYPEDEF(IEnumWbemClassObject, __uuidof(IEnumWbemClassObject));

class StdRegProv : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string folder = (std::filesystem::temp_directory_path() / "openwmi-library-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    ::setenv("OPENWMI_REGISTRY", (folder + "/registry").c_str(), 1);
    ::setenv("OPENWMI_REPOSITORY", ":memory:", 1);
  }

  static void TearDownTestSuite() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void SetUp() override {
    ASSERT_GE(::CoInitializeEx(nullptr, COINIT_MULTITHREADED), 0);
    IWbemLocatorPtr locator;
    ASSERT_EQ(S_OK, locator.CreateInstance(CLSID_WbemLocator));
    ASSERT_EQ(S_OK, locator->ConnectServer(_bstr_t(L"ROOT\\default"), nullptr, nullptr, nullptr, 0, nullptr, nullptr,
                                           &services_));
    ASSERT_EQ(S_OK, services_->GetObject(_bstr_t(L"StdRegProv"), 0, nullptr, &class_, nullptr));
  }

  // Calls the method; its out-parameters are in out_.
  std::uint32_t Run(const wchar_t* method, const std::vector<std::pair<const wchar_t*, _variant_t>>& in) {
    IWbemClassObjectPtr signature;
    IWbemClassObjectPtr arguments;
    EXPECT_EQ(S_OK, class_->GetMethod(method, 0, &signature, nullptr));
    EXPECT_EQ(S_OK, signature->SpawnInstance(0, &arguments));
    for (const auto& [name, value] : in) {
      _variant_t copy(value);
      EXPECT_EQ(S_OK, arguments->Put(name, 0, &copy, 0));
    }
    out_ = nullptr;
    EXPECT_EQ(S_OK,
              services_->ExecMethod(_bstr_t(L"StdRegProv"), _bstr_t(method), 0, nullptr, arguments, &out_, nullptr));
    return static_cast<std::uint32_t>(Get(L"ReturnValue").lVal);
  }
  _variant_t Get(const wchar_t* name) {
    _variant_t value;
    if (out_ != nullptr) {
      EXPECT_EQ(S_OK, out_->Get(name, 0, &value, nullptr, nullptr));
    }
    return value;
  }

  // The first event of the query, which `change` makes; it is called again and again, as nobody says when a
  // subscription has begun. Its failure when it has none.
  template <typename Change>
  HRESULT Watch(const wchar_t* query, Change change) {
    IEnumWbemClassObjectPtr events;
    HRESULT result = services_->ExecNotificationQuery(
        _bstr_t(L"WQL"), _bstr_t(query), WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY, nullptr, &events);
    for (int i = 0; SUCCEEDED(result) && i < 600; ++i) {
      change(i);
      ULONG count = 0;
      out_ = nullptr;
      result = events->Next(100, 1, &out_, &count);
      if (result == S_OK) return S_OK;
    }
    return result;
  }

  inline static std::filesystem::path folder_;
  IWbemServicesPtr services_;
  IWbemClassObjectPtr class_;
  IWbemClassObjectPtr out_;
};

TEST_F(StdRegProv, ReadsWhatItWrote) {
  // The hive is that of the machine when nothing is said.
  const std::pair<const wchar_t*, _variant_t> key{L"sSubKeyName", _variant_t(L"SOFTWARE\\Acme")};
  const std::pair<const wchar_t*, _variant_t> name{L"sValueName", _variant_t(L"Colour")};
  EXPECT_EQ(0u, Run(L"CreateKey", {key}));
  EXPECT_EQ(1u, Run(L"GetStringValue", {key, name}));
  EXPECT_EQ(0u, Run(L"SetStringValue", {key, name, {L"sValue", _variant_t(L"blue")}}));
  EXPECT_EQ(0u, Run(L"GetStringValue", {key, name}));
  EXPECT_EQ(std::wstring(L"blue"), static_cast<const wchar_t*>(_bstr_t(Get(L"sValue"))));
  EXPECT_EQ(0u, Run(L"EnumValues", {key}));
  EXPECT_EQ(VT_ARRAY | VT_BSTR, Get(L"sNames").vt);
  EXPECT_EQ(VT_ARRAY | VT_I4, Get(L"Types").vt);
  EXPECT_EQ(0u, Run(L"DeleteKey", {key}));
  EXPECT_EQ(2u, Run(L"GetStringValue", {key, name}));
}

TEST_F(StdRegProv, WhatItWritesIsTold) {
  const std::pair<const wchar_t*, _variant_t> key{L"sSubKeyName", _variant_t(L"SOFTWARE\\Acme\\Lamp")};
  const std::pair<const wchar_t*, _variant_t> name{L"sValueName", _variant_t(L"Colour")};
  ASSERT_EQ(0u, Run(L"CreateKey", {key}));
  const auto write = [&](int i) {
    EXPECT_EQ(0u, Run(L"SetStringValue", {key, name, {L"sValue", _variant_t(i % 2 == 0 ? L"red" : L"green")}}));
  };
  const wchar_t* const queries[] = {
      L"SELECT * FROM RegistryValueChangeEvent WHERE Hive = 'HKEY_LOCAL_MACHINE' AND "
      L"KeyPath = 'SOFTWARE\\\\Acme\\\\Lamp' AND ValueName = 'Colour'",
      L"SELECT * FROM RegistryKeyChangeEvent WHERE Hive = 'HKEY_LOCAL_MACHINE' AND "
      L"KeyPath = 'SOFTWARE\\\\Acme\\\\Lamp'",
      L"SELECT * FROM RegistryTreeChangeEvent WHERE Hive = 'HKEY_LOCAL_MACHINE' AND RootPath = 'SOFTWARE'",
  };
  for (const wchar_t* query : queries) {
    ASSERT_EQ(S_OK, Watch(query, write)) << query;
    EXPECT_EQ(std::wstring(L"HKEY_LOCAL_MACHINE"), static_cast<const wchar_t*>(_bstr_t(Get(L"Hive"))));
    EXPECT_NE(VT_NULL, Get(L"TIME_CREATED").vt);
  }
}

TEST_F(StdRegProv, EventsOfWhatIsNotNamedAreRefused) {
  const std::pair<const wchar_t*, HRESULT> rows[] = {
      {L"SELECT * FROM RegistryTreeChangeEvent", WBEMESS_E_REGISTRATION_TOO_BROAD},
      {L"SELECT * FROM RegistryTreeChangeEvent WHERE Hive = 'HKEY_LOCAL_MACHINE'", WBEMESS_E_REGISTRATION_TOO_BROAD},
      {L"SELECT * FROM RegistryTreeChangeEvent WHERE Hive = 'HKEY_LOCAL_MACHINE' OR RootPath = 'SOFTWARE'",
       WBEMESS_E_REGISTRATION_TOO_BROAD},
      {L"SELECT * FROM RegistryEvent", WBEMESS_E_REGISTRATION_TOO_BROAD},
      {L"SELECT * FROM RegistryKeyChangeEvent WHERE Hive = 'HKEY_LOCAL_MACHINE' AND KeyPath = 'None'",
       WBEM_E_NOT_FOUND},
      {L"SELECT * FROM RegistryKeyChangeEvent WHERE Hive = 'HKEY_CURRENT_USER' AND KeyPath = 'Software'",
       WBEM_E_NOT_SUPPORTED},
  };
  for (const auto& [query, expected] : rows) EXPECT_EQ(expected, Watch(query, [](int) {})) << query;
}

TEST_F(StdRegProv, HasNoInstances) {
  IEnumWbemClassObject* rows = nullptr;
  ASSERT_EQ(S_OK, services_->CreateInstanceEnum(_bstr_t(L"StdRegProv"), WBEM_FLAG_FORWARD_ONLY, nullptr, &rows));
  IWbemClassObject* row = nullptr;
  ULONG count = 1;
  EXPECT_EQ(WBEM_S_FALSE, rows->Next(WBEM_INFINITE, 1, &row, &count));
  EXPECT_EQ(0u, count);
  rows->Release();
}

}  // namespace
