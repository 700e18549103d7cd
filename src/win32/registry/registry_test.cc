#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <winreg.h>

#include <atomic>
#include <climits>
#include <cwchar>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

#include "win32/registry/registry_test_support.h"
#include "win32/registry/writer_lock.h"

namespace wmi::win32 {
namespace {

class RegistryTest : public testing::Test {
 protected:
  static HKEY Create(HKEY below, const wchar_t* name) {
    HKEY key = nullptr;
    EXPECT_EQ(RegCreateKeyExW(below, name, 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &key, nullptr), ERROR_SUCCESS);
    return key;
  }
  static LSTATUS SetText(HKEY key, const wchar_t* name, const std::wstring& text) {
    return RegSetValueExW(key, name, 0, REG_SZ, reinterpret_cast<const BYTE*>(text.c_str()),
                          (text.size() + 1) * sizeof(wchar_t));
  }
  static std::wstring GetText(HKEY key, const wchar_t* name) {
    wchar_t text[1024] = L"?";
    DWORD size = sizeof(text);
    DWORD type = 99;
    EXPECT_EQ(RegQueryValueExW(key, name, nullptr, &type, reinterpret_cast<BYTE*>(text), &size), ERROR_SUCCESS);
    EXPECT_EQ(type, REG_SZ);
    EXPECT_EQ(size, (wcslen(text) + 1) * sizeof(wchar_t));
    return text;
  }
  static std::string FileText(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::string Path(const std::string& below) const { return registry_.root() + "/" + below; }

  const TemporaryRegistry registry_;
};

TEST_F(RegistryTest, ReadingMakesNothing) {
  HKEY key = nullptr;
  EXPECT_EQ(RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"Software\\Nobody", 0, KEY_READ, &key), ERROR_FILE_NOT_FOUND);
  EXPECT_EQ(key, nullptr);
  EXPECT_EQ(RegOpenKeyExW(HKEY_CLASSES_ROOT, L"CLSID", 0, KEY_ALL_ACCESS, &key), ERROR_SUCCESS);  // is there always
  wchar_t name[256];
  EXPECT_EQ(RegEnumKeyW(key, 0, name, 256), ERROR_NO_MORE_ITEMS);
  DWORD size = 0;
  EXPECT_EQ(RegQueryValueExW(key, nullptr, nullptr, nullptr, nullptr, &size), ERROR_FILE_NOT_FOUND);
  EXPECT_EQ(RegDeleteValueW(key, L"x"), ERROR_FILE_NOT_FOUND);
  EXPECT_EQ(RegDeleteKeyW(key, L"x"), ERROR_FILE_NOT_FOUND);
  EXPECT_EQ(RegFlushKey(key), ERROR_SUCCESS);
  EXPECT_EQ(RegCloseKey(key), ERROR_SUCCESS);
  EXPECT_FALSE(std::filesystem::exists(registry_.root()));
}

TEST_F(RegistryTest, AProviderRegistersItselfAndIsFound) {
  const HKEY key = Create(HKEY_CLASSES_ROOT, L"CLSID\\{11111111-2222-3333-4444-555555555555}");
  EXPECT_EQ(SetText(key, nullptr, L"A provider"), ERROR_SUCCESS);
  HKEY server = nullptr;
  EXPECT_EQ(RegCreateKeyW(key, L"InprocServer32", &server), ERROR_SUCCESS);
  EXPECT_EQ(SetText(server, nullptr, L"/opt/Größe.so"), ERROR_SUCCESS);
  EXPECT_EQ(SetText(server, L"ThreadingModel", L"Both"), ERROR_SUCCESS);
  RegCloseKey(server);
  RegCloseKey(key);

  ASSERT_EQ(RegOpenKeyExW(HKEY_LOCAL_MACHINE,
                          L"software\\classes\\clsid\\{11111111-2222-3333-4444-555555555555}\\INPROCSERVER32", 0,
                          KEY_READ, &server),
            ERROR_SUCCESS);
  EXPECT_EQ(GetText(server, nullptr), L"/opt/Größe.so");
  EXPECT_EQ(GetText(server, L""), L"/opt/Größe.so");
  EXPECT_EQ(GetText(server, L"threadingmodel"), L"Both");
  RegCloseKey(server);
  const std::string folder =
      Path("HKEY_LOCAL_MACHINE/SOFTWARE/Classes/CLSID/{11111111-2222-3333-4444-555555555555}/InprocServer32/.values");
  EXPECT_EQ(FileText(folder + "/@"), "REG_SZ\n/opt/Größe.so\n");
  EXPECT_EQ(FileText(folder + "/ThreadingModel"), "REG_SZ\nBoth\n");
  struct stat state;
  ASSERT_EQ(stat(registry_.root().c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0700u);
  ASSERT_EQ(stat((folder + "/@").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0600u);

  // And takes it back, as the samples do.
  ASSERT_EQ(RegOpenKeyW(HKEY_CLASSES_ROOT, L"CLSID\\{11111111-2222-3333-4444-555555555555}", &server), ERROR_SUCCESS);
  EXPECT_EQ(RegDeleteKeyW(HKEY_CLASSES_ROOT, L"CLSID\\{11111111-2222-3333-4444-555555555555}"), ERROR_ACCESS_DENIED);
  EXPECT_EQ(RegDeleteKeyW(server, L"InProcServer32"), ERROR_SUCCESS);
  EXPECT_EQ(RegDeleteKeyW(HKEY_CLASSES_ROOT, L"CLSID\\{11111111-2222-3333-4444-555555555555}"), ERROR_SUCCESS);
  EXPECT_EQ(RegDeleteKeyW(server, L"x"), ERROR_KEY_DELETED);
  EXPECT_EQ(SetText(server, nullptr, L"x"), ERROR_KEY_DELETED);
  RegCloseKey(server);
}

TEST_F(RegistryTest, TheHivesAreApartAndTheUsersIsAmongUsers) {
  EXPECT_EQ(SetText(Create(HKEY_CURRENT_USER, L"Software\\X"), L"v", L"user"), ERROR_SUCCESS);
  EXPECT_EQ(SetText(Create(HKEY_LOCAL_MACHINE, L"Software\\X"), L"v", L"machine"), ERROR_SUCCESS);
  HKEY key = nullptr;
  const std::wstring name = L"S-1-22-1-" + std::to_wstring(geteuid()) + L"\\Software\\X";
  ASSERT_EQ(RegOpenKeyW(HKEY_USERS, name.c_str(), &key), ERROR_SUCCESS);
  EXPECT_EQ(GetText(key, L"v"), L"user");
}

TEST_F(RegistryTest, CreateTellsWhetherItWasThere) {
  HKEY key = nullptr;
  DWORD disposition = 0;
  EXPECT_EQ(RegCreateKeyExA(HKEY_LOCAL_MACHINE, "A\\B", 0, nullptr, 0, KEY_READ, nullptr, &key, &disposition),
            ERROR_SUCCESS);
  EXPECT_EQ(disposition, REG_CREATED_NEW_KEY);
  EXPECT_EQ(RegCreateKeyExA(HKEY_LOCAL_MACHINE, "a\\b", 0, nullptr, 0, KEY_READ, nullptr, &key, &disposition),
            ERROR_SUCCESS);
  EXPECT_EQ(disposition, REG_OPENED_EXISTING_KEY);
  EXPECT_TRUE(std::filesystem::exists(Path("HKEY_LOCAL_MACHINE/A/B")));
  EXPECT_FALSE(std::filesystem::exists(Path("HKEY_LOCAL_MACHINE/a")));
}

TEST_F(RegistryTest, ANumberHas32BitsAndComesAsWideAsTheBuffer) {
  const HKEY key = Create(HKEY_CURRENT_USER, L"n");
  const DWORD wide = 0xfedcba98u;
  const std::uint32_t narrow = 17;
  EXPECT_EQ(RegSetValueExW(key, L"a", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&wide), sizeof(wide)), ERROR_SUCCESS);
  EXPECT_EQ(RegSetValueExW(key, L"b", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&narrow), 4), ERROR_SUCCESS);
  EXPECT_EQ(RegSetValueExW(key, L"c", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&wide), 5), ERROR_INVALID_PARAMETER);
  const DWORD minus_one = static_cast<DWORD>(-1);
  EXPECT_EQ(RegSetValueExW(key, L"d", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&minus_one), 8), ERROR_SUCCESS);
  DWORD value = ~0ul;
  DWORD size = sizeof(value);
  EXPECT_EQ(RegQueryValueExW(key, L"a", nullptr, nullptr, reinterpret_cast<BYTE*>(&value), &size), ERROR_SUCCESS);
  EXPECT_EQ(value, 0xfedcba98u);
  EXPECT_EQ(size, 8u);
  std::uint32_t pair[2] = {5, 5};
  size = 4;
  EXPECT_EQ(RegQueryValueExW(key, L"b", nullptr, nullptr, reinterpret_cast<BYTE*>(pair), &size), ERROR_SUCCESS);
  EXPECT_EQ(pair[0], 17u);
  EXPECT_EQ(pair[1], 5u);
  EXPECT_EQ(size, 4u);
  size = 3;
  EXPECT_EQ(RegQueryValueExW(key, L"b", nullptr, nullptr, reinterpret_cast<BYTE*>(pair), &size), ERROR_MORE_DATA);
  EXPECT_EQ(size, 8u);
  size = sizeof(value);
  EXPECT_EQ(RegQueryValueExW(key, L"d", nullptr, nullptr, reinterpret_cast<BYTE*>(&value), &size), ERROR_SUCCESS);
  EXPECT_EQ(value, 0xffffffffu);
  const ULONGLONG large = ULLONG_MAX - 1;
  EXPECT_EQ(RegSetValueExW(key, L"q", 0, REG_QWORD, reinterpret_cast<const BYTE*>(&large), 8), ERROR_SUCCESS);
  EXPECT_EQ(RegSetValueExW(key, L"q", 0, REG_QWORD, reinterpret_cast<const BYTE*>(&large), 4), ERROR_INVALID_PARAMETER);
  ULONGLONG read = 0;
  size = sizeof(read);
  EXPECT_EQ(RegQueryValueExW(key, L"q", nullptr, nullptr, reinterpret_cast<BYTE*>(&read), &size), ERROR_SUCCESS);
  EXPECT_EQ(read, large);
}

TEST_F(RegistryTest, TextOfOneFormIsReadInTheOther) {
  const HKEY key = Create(HKEY_CURRENT_USER, L"t");
  EXPECT_EQ(RegSetValueExA(key, "v", 0, REG_SZ, reinterpret_cast<const BYTE*>("Größe"), 7), ERROR_SUCCESS);  // no NUL
  EXPECT_EQ(GetText(key, L"v"), L"Größe");
  char text[8];
  DWORD size = sizeof(text);
  EXPECT_EQ(RegQueryValueExA(key, "V", nullptr, nullptr, reinterpret_cast<BYTE*>(text), &size), ERROR_SUCCESS);
  EXPECT_STREQ(text, "Größe");
  EXPECT_EQ(size, 8u);
  size = 7;
  EXPECT_EQ(RegQueryValueExA(key, "v", nullptr, nullptr, reinterpret_cast<BYTE*>(text), &size), ERROR_MORE_DATA);
  EXPECT_EQ(size, 8u);
  EXPECT_EQ(RegSetValueExW(key, L"v", 0, REG_SZ, reinterpret_cast<const BYTE*>(L"ab"), 6), ERROR_INVALID_PARAMETER);
}

TEST_F(RegistryTest, ListsOfTextEndTwice) {
  const HKEY key = Create(HKEY_CURRENT_USER, L"m");
  const wchar_t list[] = L"one\0two\0";  // and one more NUL
  EXPECT_EQ(RegSetValueExW(key, L"v", 0, REG_MULTI_SZ, reinterpret_cast<const BYTE*>(list), sizeof(list)),
            ERROR_SUCCESS);
  wchar_t read[16];
  DWORD size = sizeof(read);
  EXPECT_EQ(RegQueryValueExW(key, L"v", nullptr, nullptr, reinterpret_cast<BYTE*>(read), &size), ERROR_SUCCESS);
  EXPECT_EQ(size, sizeof(list));
  EXPECT_EQ(std::wstring(read, 9), std::wstring(list, 9));
  EXPECT_EQ(RegSetValueExW(key, L"v", 0, REG_MULTI_SZ, nullptr, 0), ERROR_SUCCESS);
  size = sizeof(read);
  EXPECT_EQ(RegQueryValueExW(key, L"v", nullptr, nullptr, reinterpret_cast<BYTE*>(read), &size), ERROR_SUCCESS);
  EXPECT_EQ(size, sizeof(wchar_t));
}

TEST_F(RegistryTest, BytesComeBackAsTheyWere) {
  std::mt19937 random(20261122);
  SCOPED_TRACE("seed 20261122");
  const HKEY key = Create(HKEY_CURRENT_USER, L"b");
  for (std::size_t size : {0u, 1u, 100u, 1u << 20}) {
    std::vector<BYTE> bytes(size);
    for (BYTE& byte : bytes) byte = static_cast<BYTE>(random());
    ASSERT_EQ(RegSetValueExW(key, L"v", 0, REG_BINARY, bytes.data(), size), ERROR_SUCCESS);
    std::vector<BYTE> read(size + 1);
    DWORD read_size = read.size();
    ASSERT_EQ(RegQueryValueExW(key, L"v", nullptr, nullptr, read.data(), &read_size), ERROR_SUCCESS);
    ASSERT_EQ(read_size, size);
    read.resize(size);
    EXPECT_EQ(read, bytes);
  }
  const std::vector<BYTE> bytes((1u << 20) + 1);
  EXPECT_EQ(RegSetValueExW(key, L"v", 0, REG_BINARY, bytes.data(), bytes.size()), ERROR_NO_SYSTEM_RESOURCES);
}

TEST_F(RegistryTest, TheLongestTextIsReadBack) {
  const HKEY key = Create(HKEY_CURRENT_USER, L"long");
  const std::string text((1u << 20) - 1, '\n');  // each takes two bytes in the file
  ASSERT_EQ(RegSetValueExA(key, "v", 0, REG_SZ, reinterpret_cast<const BYTE*>(text.c_str()), 1u << 20), ERROR_SUCCESS);
  DWORD size = 0;
  EXPECT_EQ(RegQueryValueExW(key, L"v", nullptr, nullptr, nullptr, &size), ERROR_SUCCESS);
  EXPECT_EQ(size, (1u << 20) * sizeof(wchar_t));
}

TEST_F(RegistryTest, EnumeratesInTheOrderOfTheNames) {
  const HKEY key = Create(HKEY_CURRENT_USER, L"e");
  for (const wchar_t* name : {L"b", L"C", L"a/x"}) {
    RegCloseKey(Create(key, name));
    EXPECT_EQ(SetText(key, name, name), ERROR_SUCCESS);
  }
  EXPECT_EQ(SetText(key, nullptr, L"default"), ERROR_SUCCESS);
  EXPECT_EQ(SetText(key, L"@", L"no default"), ERROR_SUCCESS);
  std::wstring keys;
  std::wstring values;
  wchar_t name[32];
  for (DWORD i = 0, length = 32; RegEnumKeyExW(key, i, name, &length, nullptr, nullptr, nullptr, nullptr) == 0; ++i) {
    EXPECT_EQ(length, wcslen(name));
    keys += name + std::wstring(L" ");
    length = 32;
  }
  EXPECT_EQ(keys, L"a/x b C ");
  for (DWORD i = 0, length = 32; RegEnumValueW(key, i, name, &length, nullptr, nullptr, nullptr, nullptr) == 0; ++i) {
    values += name + std::wstring(L"=") + GetText(key, name) + L" ";
    length = 32;
  }
  EXPECT_EQ(values, L"=default @=no default a/x=a/x b=b C=C ");
  DWORD length = 3;
  EXPECT_EQ(RegEnumKeyExW(key, 0, name, &length, nullptr, nullptr, nullptr, nullptr), ERROR_MORE_DATA);
  EXPECT_EQ(RegEnumKeyW(key, 3, name, 32), ERROR_NO_MORE_ITEMS);

  DWORD key_count = 0, key_length = 0, value_count = 0, value_length = 0, value_size = 0;
  FILETIME time = {};
  EXPECT_EQ(RegQueryInfoKeyW(key, nullptr, nullptr, nullptr, &key_count, &key_length, nullptr, &value_count,
                             &value_length, &value_size, nullptr, &time),
            ERROR_SUCCESS);
  EXPECT_EQ(key_count, 3u);
  EXPECT_EQ(key_length, 3u);
  EXPECT_EQ(value_count, 5u);
  EXPECT_EQ(value_length, 3u);
  EXPECT_EQ(value_size, sizeof(L"no default"));
  EXPECT_NE(time.dwHighDateTime, 0u);
}

TEST_F(RegistryTest, ATreeIsDeletedWhole) {
  const HKEY key = Create(HKEY_CURRENT_USER, L"tree");
  EXPECT_EQ(SetText(Create(key, L"a\\b\\c"), L"v", L"x"), ERROR_SUCCESS);
  EXPECT_EQ(SetText(key, L"v", L"x"), ERROR_SUCCESS);
  EXPECT_EQ(RegDeleteTreeW(key, L"a"), ERROR_SUCCESS);
  EXPECT_EQ(GetText(key, L"v"), L"x");
  RegCloseKey(Create(key, L"d"));
  EXPECT_EQ(RegDeleteTreeW(key, nullptr), ERROR_SUCCESS);
  DWORD keys = 9, values = 9;
  EXPECT_EQ(RegQueryInfoKeyW(key, nullptr, nullptr, nullptr, &keys, nullptr, nullptr, &values, nullptr, nullptr,
                             nullptr, nullptr),
            ERROR_SUCCESS);
  EXPECT_EQ(keys, 0u);
  EXPECT_EQ(values, 0u);
  for (const wchar_t* always : {L"SOFTWARE", L"Software\\Classes", L"Software\\Classes\\CLSID"}) {
    RegCloseKey(Create(HKEY_LOCAL_MACHINE, always));
    EXPECT_EQ(RegDeleteTreeW(HKEY_LOCAL_MACHINE, always), ERROR_ACCESS_DENIED);
  }
}

TEST_F(RegistryTest, RightsOfTheHandleCount) {
  RegCloseKey(Create(HKEY_CURRENT_USER, L"r"));
  HKEY key = nullptr;
  ASSERT_EQ(RegOpenKeyExW(HKEY_CURRENT_USER, L"r", 0, KEY_READ | KEY_WOW64_64KEY, &key), ERROR_SUCCESS);
  EXPECT_EQ(SetText(key, L"v", L"x"), ERROR_ACCESS_DENIED);
  EXPECT_EQ(RegDeleteValueW(key, L"v"), ERROR_ACCESS_DENIED);
  RegCloseKey(key);
  ASSERT_EQ(RegOpenKeyExW(HKEY_CURRENT_USER, L"r", 0, KEY_WRITE, &key), ERROR_SUCCESS);
  EXPECT_EQ(SetText(key, L"v", L"x"), ERROR_SUCCESS);
  DWORD size = 0;
  EXPECT_EQ(RegQueryValueExW(key, L"v", nullptr, nullptr, nullptr, &size), ERROR_ACCESS_DENIED);
  RegCloseKey(key);
  EXPECT_EQ(RegCloseKey(key), ERROR_INVALID_HANDLE);
  EXPECT_EQ(SetText(key, L"v", L"x"), ERROR_INVALID_HANDLE);
  EXPECT_EQ(RegCloseKey(HKEY_CURRENT_USER), ERROR_SUCCESS);
}

TEST_F(RegistryTest, GetValueChecksTheTypeAndExpands) {
  setenv("WMI_REGISTRY_TEST", "there", 1);
  const HKEY key = Create(HKEY_CURRENT_USER, L"g");
  const char text[] = "%WMI_REGISTRY_TEST%/%WMI_NOT_SET%/100%";
  EXPECT_EQ(RegSetValueExA(key, "v", 0, REG_EXPAND_SZ, reinterpret_cast<const BYTE*>(text), sizeof(text)),
            ERROR_SUCCESS);
  char read[64];
  DWORD size = sizeof(read);
  DWORD type = 0;
  EXPECT_EQ(RegGetValueA(HKEY_CURRENT_USER, "g", "v", RRF_RT_REG_SZ, &type, read, &size), ERROR_SUCCESS);
  EXPECT_STREQ(read, "there/%WMI_NOT_SET%/100%");
  EXPECT_EQ(type, REG_SZ);
  size = sizeof(read);
  EXPECT_EQ(RegGetValueA(key, nullptr, "v", RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND, &type, read, &size), ERROR_SUCCESS);
  EXPECT_STREQ(read, text);
  EXPECT_EQ(RegGetValueA(key, nullptr, "v", RRF_RT_REG_EXPAND_SZ, &type, read, &size), ERROR_INVALID_PARAMETER);
  size = sizeof(read);
  EXPECT_EQ(RegGetValueA(key, nullptr, "v", RRF_RT_REG_DWORD | RRF_ZEROONFAILURE, &type, read, &size),
            ERROR_UNSUPPORTED_TYPE);
  EXPECT_EQ(read[0], 0);
  EXPECT_EQ(RegGetValueA(key, "nobody", "v", RRF_RT_ANY, &type, read, &size), ERROR_FILE_NOT_FOUND);
}

TEST_F(RegistryTest, TheOldFunctionsTakeTheDefaultValue) {
  EXPECT_EQ(RegSetValueA(HKEY_CURRENT_USER, "old\\key", REG_SZ, "text", 0), ERROR_SUCCESS);
  EXPECT_EQ(RegSetValueA(HKEY_CURRENT_USER, "old\\key", REG_BINARY, "text", 0), ERROR_INVALID_PARAMETER);
  wchar_t text[8] = L"?";
  LONG size = sizeof(text);
  EXPECT_EQ(RegQueryValueW(HKEY_CURRENT_USER, L"old\\key", text, &size), ERROR_SUCCESS);
  EXPECT_STREQ(text, L"text");
  size = sizeof(text);
  EXPECT_EQ(RegQueryValueW(HKEY_CURRENT_USER, L"old", text, &size), ERROR_SUCCESS);
  EXPECT_STREQ(text, L"");
  EXPECT_EQ(RegQueryValueW(HKEY_CURRENT_USER, L"older", text, &size), ERROR_FILE_NOT_FOUND);
}

TEST_F(RegistryTest, ADamagedValueIsAnError) {
  const HKEY key = Create(HKEY_CURRENT_USER, L"d");
  EXPECT_EQ(SetText(key, L"v", L"x"), ERROR_SUCCESS);
  const std::string folder = Path("HKEY_USERS/S-1-22-1-" + std::to_string(geteuid()) + "/d/.values");
  std::ofstream(folder + "/v") << "nonsense";
  DWORD size = 0;
  EXPECT_EQ(RegQueryValueExW(key, L"v", nullptr, nullptr, nullptr, &size), ERROR_BADDB);
  std::ofstream(folder + "/v") << std::string(3u << 20, 'x');
  EXPECT_EQ(RegQueryValueExW(key, L"v", nullptr, nullptr, nullptr, &size), ERROR_BADDB);
  EXPECT_EQ(SetText(key, L"v", L"mended"), ERROR_SUCCESS);
  EXPECT_EQ(GetText(key, L"v"), L"mended");
  std::filesystem::remove(folder + "/v");
  std::filesystem::create_symlink("/etc/hostname", folder + "/v");
  EXPECT_EQ(RegQueryValueExW(key, L"v", nullptr, nullptr, nullptr, &size), ERROR_FILE_NOT_FOUND);  // links are nothing
}

TEST_F(RegistryTest, AKeyHasALimitOfNames) {
  const HKEY key = Create(HKEY_CURRENT_USER, L"full");
  const std::string folder = Path("HKEY_USERS/S-1-22-1-" + std::to_string(geteuid()) + "/full/");
  // Whatever lies there counts; links are made and removed fastest.
  for (int i = 0; i < 9999; ++i) ASSERT_EQ(symlink("x", (folder + std::to_string(i)).c_str()), 0);
  RegCloseKey(Create(key, L"last"));
  HKEY one_more = nullptr;
  EXPECT_EQ(RegCreateKeyW(key, L"one more", &one_more), ERROR_NO_SYSTEM_RESOURCES);
  DWORD keys = 0;
  EXPECT_EQ(RegQueryInfoKeyW(key, nullptr, nullptr, nullptr, &keys, nullptr, nullptr, nullptr, nullptr, nullptr,
                             nullptr, nullptr),
            ERROR_SUCCESS);
  EXPECT_EQ(keys, 1u);
}

TEST_F(RegistryTest, AWriterThatStaysIsNotWaitedForForEver) {
  std::filesystem::create_directories(registry_.root());
  WriterLock first;
  ASSERT_EQ(first.Acquire(registry_.root()), ERROR_SUCCESS);
  WriterLock second;
  EXPECT_EQ(second.Acquire(registry_.root(), 20), ERROR_BUSY);
}

TEST_F(RegistryTest, WritersAndReadersMeet) {
  const HKEY key = Create(HKEY_CURRENT_USER, L"race");
  const std::wstring small(10, L's');
  const std::wstring large(5000, L'l');
  ASSERT_EQ(SetText(key, L"v", small), ERROR_SUCCESS);
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    std::vector<wchar_t> text(6000);
    while (!stop) {
      DWORD size = text.size() * sizeof(wchar_t);
      ASSERT_EQ(RegQueryValueExW(key, L"v", nullptr, nullptr, reinterpret_cast<BYTE*>(text.data()), &size), 0);
      ASSERT_TRUE(text.data() == small || text.data() == large);
    }
  });
  std::vector<std::thread> writers;
  for (int t = 0; t < 3; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < 30; ++i) {
        EXPECT_EQ(SetText(key, L"v", i % 2 == 0 ? small : large), ERROR_SUCCESS);
        const std::wstring name = L"k" + std::to_wstring(t) + L"\\" + std::to_wstring(i);
        RegCloseKey(Create(key, name.c_str()));
        if (i % 3 == 0) {
          EXPECT_EQ(RegDeleteKeyW(key, name.c_str()), ERROR_SUCCESS);
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop = true;
  reader.join();
  DWORD keys = 0;
  HKEY below = nullptr;
  ASSERT_EQ(RegOpenKeyW(key, L"k1", &below), ERROR_SUCCESS);
  EXPECT_EQ(RegQueryInfoKeyW(below, nullptr, nullptr, nullptr, &keys, nullptr, nullptr, nullptr, nullptr, nullptr,
                             nullptr, nullptr),
            ERROR_SUCCESS);
  EXPECT_EQ(keys, 20u);
}

TEST_F(RegistryTest, BadArgumentsAreRefused) {
  HKEY key = nullptr;
  EXPECT_EQ(RegOpenKeyExW(HKEY_CURRENT_USER, L"", 0, KEY_READ, nullptr), ERROR_INVALID_PARAMETER);
  EXPECT_EQ(RegOpenKeyExW(HKEY_CURRENT_USER, L"", 8, KEY_READ, &key), ERROR_INVALID_PARAMETER);
  EXPECT_EQ(RegOpenKeyExW(HKEY_CURRENT_USER, std::wstring(256, L'a').c_str(), 0, KEY_READ, &key),
            ERROR_INVALID_PARAMETER);
  EXPECT_EQ(RegOpenKeyExW(HKEY_CURRENT_USER, std::wstring(255, L'a').c_str(), 0, KEY_READ, &key), ERROR_FILE_NOT_FOUND);
  EXPECT_EQ(RegOpenKeyExW(nullptr, L"a", 0, KEY_READ, &key), ERROR_INVALID_HANDLE);
  EXPECT_EQ(RegCreateKeyExW(HKEY_CURRENT_USER, L"a", 1, nullptr, 0, KEY_READ, nullptr, &key, nullptr),
            ERROR_INVALID_PARAMETER);
  EXPECT_EQ(RegCreateKeyExW(HKEY_CURRENT_USER, L"a", 0, nullptr, 2, KEY_READ, nullptr, &key, nullptr),
            ERROR_INVALID_PARAMETER);
  EXPECT_EQ(RegSetValueExW(HKEY_CURRENT_USER, L"a", 0, 5, reinterpret_cast<const BYTE*>("abcd"), 4),
            ERROR_INVALID_PARAMETER);
  EXPECT_EQ(RegSetValueExW(HKEY_CURRENT_USER, L"a", 0, REG_BINARY, nullptr, 4), ERROR_INVALID_PARAMETER);
  EXPECT_EQ(RegDeleteKeyW(HKEY_CURRENT_USER, nullptr), ERROR_INVALID_PARAMETER);
  EXPECT_EQ(RegDeleteKeyExW(HKEY_CURRENT_USER, L"a", 0, 1), ERROR_INVALID_PARAMETER);
  setenv("OPENWMI_REGISTRY", "relative", 1);
  EXPECT_EQ(RegOpenKeyExW(HKEY_CURRENT_USER, L"a", 0, KEY_READ, &key), ERROR_BAD_PATHNAME);
}

}  // namespace
}  // namespace wmi::win32
