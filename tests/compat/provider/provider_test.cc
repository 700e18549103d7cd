// A provider in a shared object, written for Windows: it registers itself and answers clients; and what is said of a
// shared object that cannot be used.
#include <comdef.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wbemidl.h>
#include <windows.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

template <typename Function>
Function* Find(HMODULE module, const char* name) {
  return reinterpret_cast<Function*>(reinterpret_cast<void*>(GetProcAddress(module, name)));
}

constexpr wchar_t kClsid[] = L"{6F1C2D3E-7A4B-4C5D-8E9F-0123456789AB}";
constexpr char kServerKey[] = "CLSID\\{6F1C2D3E-7A4B-4C5D-8E9F-0123456789AB}\\InprocServer32";

// Copies of the modules in a folder that only this user can write, wherever and by whom this was built: the library
// loads nothing else. Removed at the end of the process.
class Modules {
 public:
  Modules() {
    std::string name = (std::filesystem::temp_directory_path() / "openwmi-modules-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~Modules() { std::filesystem::remove_all(folder_); }
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;

  std::string Copy(const std::string& built) {
    const std::filesystem::path path = folder_ / std::filesystem::path(built).filename();
    if (!std::filesystem::exists(path)) {
      std::filesystem::copy_file(built, path);
      std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    }
    return path.string();
  }

 private:
  std::filesystem::path folder_;
};

std::string Module(const std::string& built) {
  static Modules modules;
  return modules.Copy(built);
}

// The provider in question. One form a process: what is loaded once stays.
std::string Provider() {
  const char* const chosen = std::getenv("PROVIDER");
  return Module(chosen != nullptr ? chosen : LAMP_PROVIDER);
}
std::string Counting() { return Module(COUNTING_MODULE); }
std::string Refusing() { return Module(REFUSING_MODULE); }

class ProviderTest : public testing::Test {
 protected:
  ProviderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "openwmi-provider-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    setenv("OPENWMI_REGISTRY", (folder_ + "/registry").c_str(), 1);
  }
  ~ProviderTest() override { std::filesystem::remove_all(folder_); }

  // What regsvr32 does.
  static HRESULT Call(const char* function) {
    const HMODULE module = LoadLibraryA(Provider().c_str());
    EXPECT_NE(module, nullptr) << GetLastError();
    if (module == nullptr) return E_FAIL;
    HRESULT (*const entrance)() = Find<HRESULT()>(module, function);
    EXPECT_NE(entrance, nullptr);
    const HRESULT hr = entrance == nullptr ? E_FAIL : entrance();
    EXPECT_TRUE(FreeLibrary(module));
    return hr;
  }

  static void SetServer(const std::string& path) {
    ASSERT_EQ(RegSetValueA(HKEY_CLASSES_ROOT, kServerKey, REG_SZ, path.c_str(), 0), ERROR_SUCCESS);
  }

  static HRESULT Create(DWORD context = CLSCTX_INPROC_SERVER) {
    CLSID clsid;
    EXPECT_EQ(CLSIDFromString(kClsid, &clsid), S_OK);
    SetErrorInfo(0, nullptr);
    IUnknownPtr object;
    return CoCreateInstance(clsid, nullptr, context, __uuidof(IUnknown), reinterpret_cast<void**>(&object));
  }

  // Of the last failure of Create().
  static std::string ErrorText() {
    IErrorInfoPtr error;
    GetErrorInfo(0, &error);
    _bstr_t text;
    if (error != nullptr) error->GetDescription(text.GetAddress());
    return text.length() == 0 ? std::string() : std::string(static_cast<const char*>(text));
  }

  std::string folder_;
};

// A namespace with the class and its provider.
class World {
 public:
  World() {
    EXPECT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
    CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr,
                         EOAC_NONE, nullptr);
    IWbemLocatorPtr locator;
    EXPECT_EQ(CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                               reinterpret_cast<void**>(&locator)),
              S_OK);
    EXPECT_EQ(
        locator->ConnectServer(_bstr_t(L"ROOT\\DEFAULT"), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services),
        S_OK);
    Put(L"__Win32Provider", {{L"Name", L"Lamps"}, {L"CLSID", kClsid}});
    Put(L"__InstanceProviderRegistration",
        {{L"Provider", L"__Win32Provider.Name=\"Lamps\""}, {L"SupportsGet", true}, {L"SupportsEnumeration", true}});
    PutLampClass();
  }
  ~World() {
    services = nullptr;
    CoUninitialize();
  }

  IWbemServicesPtr services;

 private:
  void Put(const wchar_t* class_name, const std::vector<std::pair<const wchar_t*, _variant_t>>& values) {
    IWbemClassObjectPtr schema, instance;
    ASSERT_EQ(services->GetObject(_bstr_t(class_name), 0, nullptr, &schema, nullptr), S_OK);
    ASSERT_EQ(schema->SpawnInstance(0, &instance), S_OK);
    for (const auto& [name, value] : values) {
      _variant_t copy(value);
      ASSERT_EQ(instance->Put(name, 0, &copy, 0), S_OK);
    }
    ASSERT_EQ(services->PutInstance(instance, WBEM_FLAG_CREATE_OR_UPDATE, nullptr, nullptr), S_OK);
  }

  void PutLampClass() {
    IWbemClassObjectPtr schema;
    ASSERT_EQ(services->GetObject(nullptr, 0, nullptr, &schema, nullptr), S_OK);
    _variant_t name(L"Sample_Lamp"), yes(true), provider(L"Lamps");
    ASSERT_EQ(schema->Put(L"__CLASS", 0, &name, 0), S_OK);
    ASSERT_EQ(schema->Put(L"Name", 0, nullptr, CIM_STRING), S_OK);
    ASSERT_EQ(schema->Put(L"Watts", 0, nullptr, CIM_SINT32), S_OK);
    ASSERT_EQ(schema->Put(L"Caller", 0, nullptr, CIM_STRING), S_OK);
    IWbemQualifierSetPtr key, qualifiers;
    ASSERT_EQ(schema->GetPropertyQualifierSet(L"Name", &key), S_OK);
    ASSERT_EQ(key->Put(L"key", &yes, 0), S_OK);
    ASSERT_EQ(schema->GetQualifierSet(&qualifiers), S_OK);
    ASSERT_EQ(qualifiers->Put(L"dynamic", &yes, 0), S_OK);
    ASSERT_EQ(qualifiers->Put(L"provider", &provider, 0), S_OK);
    ASSERT_EQ(services->PutClass(schema, WBEM_FLAG_CREATE_OR_UPDATE, nullptr, nullptr), S_OK);
  }
};

std::wstring Text(IWbemClassObject* object, const wchar_t* name) {
  _variant_t value;
  EXPECT_EQ(object->Get(name, 0, &value, nullptr, nullptr), S_OK);
  return value.vt == VT_BSTR ? std::wstring(value.bstrVal) : std::wstring();
}

// What a query ends with, and the names that came.
HRESULT Names(IWbemServices* services, const wchar_t* query, std::multiset<std::wstring>& names) {
  IEnumWbemClassObjectPtr rows;
  HRESULT hr = services->ExecQuery(_bstr_t(L"WQL"), _bstr_t(query), WBEM_FLAG_FORWARD_ONLY, nullptr, &rows);
  for (int i = 0; i < 10 && hr == S_OK; ++i) {
    IWbemClassObjectPtr row;
    ULONG count = 0;
    hr = rows->Next(30000, 1, &row, &count);
    if (count == 1) names.insert(Text(row, L"Name"));
  }
  return hr;
}

TEST_F(ProviderTest, RegistersItselfAndAnswers) {
  const World world;
  std::multiset<std::wstring> names;
  EXPECT_EQ(Names(world.services, L"SELECT * FROM Sample_Lamp", names), WBEM_E_PROVIDER_LOAD_FAILURE);
  ASSERT_EQ(Call("DllRegisterServer"), S_OK);
  EXPECT_EQ(Names(world.services, L"SELECT * FROM Sample_Lamp", names), WBEM_S_FALSE);
  EXPECT_EQ(names, (std::multiset<std::wstring>{L"Desk", L"Küche"}));
  names.clear();
  EXPECT_EQ(Names(world.services, L"SELECT Name FROM Sample_Lamp WHERE Watts > 10", names), WBEM_S_FALSE);
  EXPECT_EQ(names, (std::multiset<std::wstring>{L"Küche"}));

  IWbemClassObjectPtr lamp;
  ASSERT_EQ(world.services->GetObject(_bstr_t(L"Sample_Lamp.Name=\"Desk\""), 0, nullptr, &lamp, nullptr), S_OK);
  EXPECT_EQ(Text(lamp, L"Caller"), L"S-1-22-1-" + std::to_wstring(geteuid()));
  lamp = nullptr;
  EXPECT_EQ(world.services->GetObject(_bstr_t(L"Sample_Lamp.Name=\"Attic\""), 0, nullptr, &lamp, nullptr),
            WBEM_E_NOT_FOUND);

  EXPECT_EQ(Create(), S_OK);
  EXPECT_EQ(Create(CLSCTX_LOCAL_SERVER), REGDB_E_CLASSNOTREG);
  EXPECT_EQ(Call("DllUnregisterServer"), S_OK);
  EXPECT_EQ(Create(), REGDB_E_CLASSNOTREG);
}

TEST_F(ProviderTest, ThatIsNotThereIsNamed) {
  SetServer(folder_ + "/nobody.so");
  EXPECT_EQ(Create(), CO_E_DLLNOTFOUND);
  EXPECT_NE(ErrorText().find(folder_ + "/nobody.so"), std::string::npos) << ErrorText();
  SetServer("C:\\providers\\lamp.dll");
  EXPECT_EQ(Create(), CO_E_DLLNOTFOUND);
  EXPECT_NE(ErrorText().find("must be an absolute one"), std::string::npos);
}

TEST_F(ProviderTest, ThatIsNoModuleIsNamed) {
  const std::string path = folder_ + "/text.so";
  std::ofstream(path) << "no module";
  SetServer(path);
  EXPECT_EQ(Create(), CO_E_ERRORINDLL);
  EXPECT_NE(ErrorText().find(path + ": "), std::string::npos);
}

TEST_F(ProviderTest, WithoutClassesIsNamed) {
  SetServer(Counting());
  EXPECT_EQ(Create(), CO_E_ERRORINDLL);
  EXPECT_NE(ErrorText().find("exports no DllGetClassObject"), std::string::npos);
  SetServer(Refusing());
  EXPECT_EQ(Create(), CO_E_ERRORINDLL);
  EXPECT_NE(ErrorText().find("its DllMain returned FALSE"), std::string::npos);
}

TEST_F(ProviderTest, ThatOthersCanWriteIsNotLoaded) {
  const std::string path = folder_ + "/copy.so";
  std::filesystem::copy_file(Counting(), path);
  ASSERT_EQ(chmod(path.c_str(), 0757), 0);
  SetServer(path);
  EXPECT_EQ(Create(), E_ACCESSDENIED);
  EXPECT_NE(ErrorText().find(path + " may be written by everybody"), std::string::npos);
  EXPECT_EQ(GetModuleHandleA(path.c_str()), nullptr);
}

TEST_F(ProviderTest, ARegistryThatOthersCanWriteIsNotBelieved) {
  ASSERT_EQ(Call("DllRegisterServer"), S_OK);
  ASSERT_EQ(chmod((folder_ + "/registry/HKEY_LOCAL_MACHINE").c_str(), 0777), 0);
  EXPECT_EQ(Create(), E_ACCESSDENIED);
  EXPECT_NE(ErrorText().find("/registry/HKEY_LOCAL_MACHINE may be written by everybody"), std::string::npos);
}

TEST(ModuleTest, TellsDllMainOnceUntilTheLastFree) {
  std::vector<std::thread> threads;
  std::atomic<int> loaded{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const HMODULE module = LoadLibraryA(Counting().c_str());
      if (module == nullptr) return;
      ++loaded;
      EXPECT_EQ(Find<int()>(module, "AttachCount")(), 1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loaded, 8);
  const HMODULE module = GetModuleHandleA(Counting().c_str());
  ASSERT_NE(module, nullptr);
  char path[4096];
  ASSERT_GT(GetModuleFileNameA(module, path, sizeof(path)), 0u);
  EXPECT_EQ(path, Counting());
  int attached = 1;
  Find<void(int*)>(module, "SetCounter")(&attached);
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(FreeLibrary(module));
  EXPECT_EQ(attached, 1);
  EXPECT_TRUE(FreeLibrary(module));
  EXPECT_EQ(attached, 0);
  EXPECT_FALSE(FreeLibrary(module));
}

TEST(ModuleTest, FailsWhenDllMainRefuses) {
  EXPECT_EQ(LoadLibraryA(Refusing().c_str()), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_DLL_INIT_FAILED));
  EXPECT_EQ(GetModuleHandleA(Refusing().c_str()), nullptr);
}

}  // namespace
