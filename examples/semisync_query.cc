// Lists the logical disks (mounted file systems) of this machine with a semisynchronous query: ExecQuery returns at
// once with an enumerator, and Next takes what has come, waiting a little while at most. The simplest way to read many
// objects without a sink.
//
//   here     g++ semisync_query.cc $(pkg-config --cflags --libs openwmi)
//   Windows  cl /EHsc /std:c++17 semisync_query.cc ole32.lib oleaut32.lib wbemuuid.lib
#include <comdef.h>
#include <wbemidl.h>
#include <windows.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

using Clock = std::chrono::steady_clock;

static const wchar_t kQuery[] = L"SELECT DeviceID, FileSystem, Size, FreeSpace FROM Win32_LogicalDisk";
static const long kWaitMilliseconds = 100;        // one Next waits no longer than that
static const std::chrono::seconds kPatience(30);  // and all of them together no longer than that
static const ULONG kObjectsAtATime = 16;

static HRESULT Failed(const char* step, HRESULT result) {
  std::fprintf(stderr, "%s failed: 0x%08X\n", step, static_cast<unsigned>(result));
  return result;
}

// A property as text; "-" for NULL and for what is not there.
static std::string Text(IWbemClassObject* object, const wchar_t* name) {
  _variant_t value;
  if (FAILED(object->Get(name, 0, &value, nullptr, nullptr)) || value.vt == VT_NULL) return "-";
  if (FAILED(VariantChangeType(&value, &value, 0, VT_BSTR))) return "?";
  return static_cast<const char*>(_bstr_t(value.bstrVal));
}

// uint64 arrives as decimal text, because Automation had no 64-bit integers when WMI was young.
static std::string Gigabytes(const std::string& bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GB", std::strtod(bytes.c_str(), nullptr) / 1e9);
  return bytes == "-" ? bytes : text;
}

static void Print(IWbemClassObject* disk) {
  std::printf("%12s %12s  %-10s %s\n", Gigabytes(Text(disk, L"Size")).c_str(),
              Gigabytes(Text(disk, L"FreeSpace")).c_str(), Text(disk, L"FileSystem").c_str(),
              Text(disk, L"DeviceID").c_str());
}

// Takes objects until the end, an error or the end of patience.
static HRESULT ReadAll(IEnumWbemClassObject* disks) {
  const Clock::time_point start = Clock::now();
  long count = 0;
  int waits = 0;
  for (;;) {
    IWbemClassObject* batch[kObjectsAtATime] = {};
    ULONG returned = 0;
    const HRESULT result = disks->Next(kWaitMilliseconds, kObjectsAtATime, batch, &returned);
    for (ULONG i = 0; i < returned; ++i) {  // whatever the result, these are here and are ours to release
      Print(batch[i]);
      batch[i]->Release();
    }
    count += static_cast<long>(returned);
    if (FAILED(result)) return Failed("Next", result);
    if (result == WBEM_S_FALSE) break;  // the end
    if (result == WBEM_S_TIMEDOUT) {    // nothing more right now: the place for other work
      ++waits;
      if (Clock::now() - start > kPatience) {
        std::printf("-- no end in sight: giving up\n");  // releasing the enumerator cancels the query
        break;
      }
    }
  }
  std::printf("\n%ld logical disk%s; Next ran out of time %d times.\n", count, count == 1 ? "" : "s", waits);
  return S_OK;
}

static HRESULT Run() {
  HRESULT result = CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT,
                                        RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE, nullptr);
  if (FAILED(result)) return Failed("CoInitializeSecurity", result);

  IWbemLocatorPtr locator;
  result = CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                            reinterpret_cast<void**>(&locator));
  if (FAILED(result)) return Failed("CoCreateInstance", result);
  IWbemServicesPtr services;
  result = locator->ConnectServer(_bstr_t(L"ROOT\\CIMV2"), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &services);
  if (FAILED(result)) return Failed("ConnectServer", result);
  result = CoSetProxyBlanket(services, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, RPC_C_AUTHN_LEVEL_CALL,
                             RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE);
  if (FAILED(result)) return Failed("CoSetProxyBlanket", result);

  // These two flags together: return at once, and keep no object that was handed out.
  IEnumWbemClassObjectPtr disks;
  result = services->ExecQuery(_bstr_t(L"WQL"), _bstr_t(kQuery), WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY,
                               nullptr, &disks);
  if (FAILED(result)) return Failed("ExecQuery", result);
  std::printf("%12s %12s  %-10s %s\n", "SIZE", "FREE", "TYPE", "DEVICE");
  return ReadAll(disks);
}

int main() {
  HRESULT result = CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  if (FAILED(result)) {
    Failed("CoInitializeEx", result);
    return 1;
  }
  result = Run();
  CoUninitialize();
  return FAILED(result) ? 1 : 0;
}
