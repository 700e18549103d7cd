// The functions of detail/crt_environment.h.
#include <new>
#include <set>

#include "base/mutex.h"
#include "crt/strings/text_operations.h"
#include "crt/utf8_codec.h"

namespace wmi::crt {
namespace {

// The values that _wgetenv has answered. Its callers keep the pointers as long as they like, so none is ever freed; the
// same value is kept once.
struct AnsweredValues {
  Mutex mutex;
  std::set<std::wstring> values WMI_GUARDED_BY(mutex);
};

AnsweredValues& Answered() {
  static auto* const answered = new AnsweredValues;  // not destroyed: static destructors may still ask
  return *answered;
}

const char* ValueOf(const char* name) { return std::getenv(name); }

// The value as a copy in the form of the caller; the status tells "no such variable" (0 and null) from ENOMEM.
errno_t CopyValue(const char* name, NarrowText& value) {
  const char* found = ValueOf(name);
  if (found == nullptr) return 0;
  value.reset(strdup(found));
  return value == nullptr ? Fail(ENOMEM) : 0;
}

errno_t CopyValue(const wchar_t* name, WideText& value) {
  const NarrowText narrow_name = NarrowCopy(name);
  if (narrow_name == nullptr) return Fail(ENOMEM);
  const char* found = ValueOf(narrow_name.get());
  if (found == nullptr) return 0;
  value = WideCopy(found);
  return value == nullptr ? Fail(ENOMEM) : 0;
}

template <typename Char>
errno_t ReadVariable(std::size_t* needed, Char* target, std::size_t size, const Char* name) {
  if (needed == nullptr || (target == nullptr) != (size == 0)) return FailEmptied(target, size, EINVAL);
  *needed = 0;
  if (target != nullptr) target[0] = 0;
  if (name == nullptr) return Fail(EINVAL);
  std::unique_ptr<Char[], FreeMemory> value;
  if (const errno_t error = CopyValue(name, value); error != 0 || value == nullptr) return error;
  *needed = Length(value.get()) + 1;
  if (target == nullptr) return 0;
  return CopyText(target, size, const_cast<const Char*>(value.get()));
}

template <typename Char>
errno_t DuplicateVariable(Char** value, std::size_t* size, const Char* name) {
  if (size != nullptr) *size = 0;
  if (value == nullptr) return Fail(EINVAL);
  *value = nullptr;
  if (name == nullptr) return Fail(EINVAL);
  std::unique_ptr<Char[], FreeMemory> copy;
  if (const errno_t error = CopyValue(name, copy); error != 0 || copy == nullptr) return error;
  if (size != nullptr) *size = Length(copy.get()) + 1;
  *value = copy.release();
  return 0;
}

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

errno_t getenv_s(size_t* needed, char* target, rsize_t size, const char* name) {
  return ReadVariable(needed, target, size, name);
}
errno_t _wgetenv_s(size_t* needed, wchar_t* target, size_t size, const wchar_t* name) {
  return ReadVariable(needed, target, size, name);
}

errno_t _dupenv_s(char** value, size_t* size, const char* name) { return DuplicateVariable(value, size, name); }
errno_t _wdupenv_s(wchar_t** value, size_t* size, const wchar_t* name) { return DuplicateVariable(value, size, name); }

wchar_t* _wgetenv(const wchar_t* name) {
  if (name == nullptr) {
    errno = EINVAL;
    return nullptr;
  }
  WideText value;
  if (CopyValue(name, value) != 0 || value == nullptr) return nullptr;
  try {
    AnsweredValues& answered = Answered();
    const wmi::MutexLock lock(answered.mutex);
    // The signature of Windows promises more than is allowed: nobody may write there.
    return const_cast<wchar_t*>(answered.values.emplace(value.get()).first->c_str());
  } catch (const std::bad_alloc&) {
    errno = ENOMEM;
    return nullptr;
  }
}

errno_t _putenv_s(const char* name, const char* value) {
  if (name == nullptr || value == nullptr) return Fail(EINVAL);
  const int failed = *value == 0 ? unsetenv(name) : setenv(name, value, 1);
  return failed != 0 ? errno : 0;
}

errno_t _wputenv_s(const wchar_t* name, const wchar_t* value) {
  if (name == nullptr || value == nullptr) return Fail(EINVAL);
  const NarrowText narrow_name = NarrowCopy(name);
  const NarrowText narrow_value = NarrowCopy(value);
  if (narrow_name == nullptr || narrow_value == nullptr) return Fail(ENOMEM);
  return _putenv_s(narrow_name.get(), narrow_value.get());
}
