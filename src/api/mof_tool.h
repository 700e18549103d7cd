// IMofTool: what mofcomp and `wmi` need of the MOF compiler beyond IMofCompiler, whose one struct has room for one
// error. A private interface of the product: the object of CLSID_MofCompiler answers for it, but program and library
// must be of the same version. Whoever changes it gives it a new identifier. Text is UTF-8.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <cstdint>

namespace wmi::api {

struct MofRequest {
  enum class Purpose {
    kCompile,  // or check, as the options say
    kSplit,    // into the neutral and the localized text; nothing is stored
  };
  Purpose purpose = Purpose::kCompile;
  const char* file = nullptr;
  const char* name_space = nullptr;  // null: root\default
  const char* user = nullptr;        // these as of ConnectServer
  const char* password = nullptr;
  const char* authority = nullptr;
  std::uint32_t options = 0;  // WBEM_FLAG_CHECK_ONLY, _AUTORECOVER, _DONT_ADD_TO_LIST
  std::uint32_t class_flags = 0;
  std::uint32_t instance_flags = 0;
  const char* amendment = "";  // "MS_409"
};

struct MofOutcome {
  int phase = 0;     // as WBEM_COMPILE_STATUS_INFO
  HRESULT code = 0;  // of the first error
  std::size_t errors = 0;
  bool has_more_errors = false;  // so many that the compiler gave up
  std::size_t classes = 0;
  std::size_t instances = 0;
  std::size_t deletions = 0;
  bool has_autorecover = false;  // the file says so
  bool is_remembered = false;    // it is on the autorecover list now
};

struct MofExportRequest {
  const char* name_space = nullptr;
  // With the classes above them. None: all of the namespace.
  const char* const* classes = nullptr;
  std::size_t class_count = 0;
  bool has_instances = false;
  bool is_recursive = false;  // with the namespaces inside; the text makes them
};

// Called on the thread of the call.
class MofListener {
 public:
  // `line`: the error in one line, "file(line,column): error NAME (number): text".
  virtual void OnError(const char* line) = 0;
  // Bytes of the file; what it includes counts as the directives that say so. False ends a compilation with
  // WBEM_E_CALL_CANCELLED; nothing is stored then. A compilation may begin again from the start.
  virtual bool OnProgress(std::uint64_t /*done*/, std::uint64_t /*total*/) { return true; }
  // Of the export, or of a split the neutral text. False ends the call with WBEM_E_CALL_CANCELLED.
  virtual bool OnText(const char* text, std::size_t size) = 0;
  // Of a split.
  virtual bool OnLocalizedText(const char* text, std::size_t size) = 0;

 protected:
  ~MofListener() = default;
};

struct IMofTool : public IUnknown {
  // WBEM_S_NO_ERROR; WBEM_S_FALSE when the text is wrong or could not be stored, after OnError for each error; a
  // failure, with its text in GetErrorInfo, when it did not come to that (or the list failed after the compilation).
  virtual HRESULT Compile(const MofRequest* request, MofListener* listener, MofOutcome* outcome) = 0;
  // WBEM_E_NOT_FOUND for a class that is not there.
  virtual HRESULT Export(const MofExportRequest* request, MofListener* listener) = 0;
};

}  // namespace wmi::api

__CRT_UUID_DECL(wmi::api::IMofTool, 0x1F3BFDCC, 0x3495, 0x4B49, 0x9D, 0xAA, 0x37, 0x24, 0x70, 0x75, 0xA8, 0x63)
