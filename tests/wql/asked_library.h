// The classes and rows of world.mof in a repository of libopenwmi.so, asked as a program asks it: through
// IWbemServices, in each form of a call.
#pragma once

// With it come comdef.h and wbemidl.h, in the order that most programs have them.
#include <filesystem>
#include <string>
#include <vector>

#include "../conformance/sink.h"

namespace wmi::wql::testing {

// How a query is asked (contract 0.3).
enum class CallForm {
  kSync,      // flags 0, rows by the hundred
  kSemisync,  // RETURN_IMMEDIATELY | FORWARD_ONLY, one row at a time
  kAsync,     // in a sink
};
inline constexpr CallForm kAllCallForms[] = {CallForm::kSync, CallForm::kSemisync, CallForm::kAsync};
const char* Name(CallForm form);

// How a call went.
struct CallAnswer {
  HRESULT code = WBEM_S_NO_ERROR;
  std::vector<IWbemClassObjectPtr> objects;
  IWbemClassObjectPtr error;  // the __ExtendedStatus of a failure
};

// A repository of its own in a temporary folder, which goes with it; one in a process. Connects to root\wql, where
// world.mof has been compiled, and to a second namespace with the classes of the event queries. Not thread-safe.
class AskedLibrary {
 public:
  AskedLibrary();
  ~AskedLibrary();
  AskedLibrary(const AskedLibrary&) = delete;
  AskedLibrary& operator=(const AskedLibrary&) = delete;

  // ExecQuery or ExecQueryAsync. `flags` come on top of those of the form.
  CallAnswer Query(const std::string& query, CallForm form, long flags = 0);
  // ExecNotificationQuery, which is semisynchronous whatever the form, or ExecNotificationQueryAsync; for queries that
  // are refused: one that is not would go on for ever.
  CallAnswer Subscribe(const std::string& query, CallForm form);

  // What __SERVER is.
  const std::string& server() const { return server_; }

 private:
  void CreateNamespace(const wchar_t* named);
  void Compile(const std::string& text, const wchar_t* name_space);

  const std::filesystem::path folder_;
  IWbemServicesPtr services_;
  IWbemServicesPtr events_;
  std::string server_;
};

// The property as UTF-8: texts as they are, numbers in decimal, booleans as TRUE and FALSE; "?" for what has no value.
std::string ValueText(IWbemClassObject* object, const std::wstring& property);
// The names that GetNames gives for these flags.
std::vector<std::wstring> PropertyNames(IWbemClassObject* object, long flags);

}  // namespace wmi::wql::testing
