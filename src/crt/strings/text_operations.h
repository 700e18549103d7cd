// The rules that all secure functions share, for narrow and wide characters alike: how a failure is told, and copying
// and appending with a size. No memory, no exceptions; pure but for errno and the targets.
#pragma once

#include <winnt.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <cwchar>
#include <string>

namespace wmi::crt {

// Sets errno and returns it.
inline errno_t Fail(errno_t error) {
  errno = error;
  return error;
}

// The same, and empties a target that exists.
template <typename Char>
errno_t FailEmptied(Char* target, std::size_t size, errno_t error) {
  if (target != nullptr && size > 0) target[0] = 0;
  return Fail(error);
}

// The length of the text, or `size` when no null comes before.
inline std::size_t BoundedLength(const char* text, std::size_t size) { return strnlen(text, size); }
inline std::size_t BoundedLength(const wchar_t* text, std::size_t size) { return wcsnlen(text, size); }
inline std::size_t Length(const char* text) { return std::strlen(text); }
inline std::size_t Length(const wchar_t* text) { return std::wcslen(text); }

// Copies `length` characters and a null to target[used…size), where target + used is where the text goes. The null must
// fit, or with `count` _TRUNCATE, what fits is copied.
template <typename Char>
errno_t Place(Char* target, std::size_t size, std::size_t used, const Char* source, std::size_t length,
              std::size_t count) {
  const std::size_t room = size - used;
  const bool fits = length < room;
  if (!fits && count != _TRUNCATE) return FailEmptied(target, size, ERANGE);
  const std::size_t copied = fits ? length : room - 1;
  std::char_traits<Char>::copy(target + used, source, copied);
  target[used + copied] = 0;
  return fits ? 0 : STRUNCATE;
}

template <typename Char>
errno_t CopyText(Char* target, std::size_t size, const Char* source) {
  if (target == nullptr || size == 0) return Fail(EINVAL);
  if (source == nullptr) return FailEmptied(target, size, EINVAL);
  return Place(target, size, 0, source, BoundedLength(source, size), 0);
}

// The call that does nothing is allowed: no target, no size, no count.
template <typename Char>
errno_t CopyText(Char* target, std::size_t size, const Char* source, std::size_t count) {
  if (target == nullptr && size == 0 && count == 0) return 0;
  if (target == nullptr || size == 0) return Fail(EINVAL);
  if (count == 0) {
    target[0] = 0;
    return 0;
  }
  if (source == nullptr) return FailEmptied(target, size, EINVAL);
  return Place(target, size, 0, source, BoundedLength(source, std::min(count, size)), count);
}

template <typename Char>
errno_t AppendText(Char* target, std::size_t size, const Char* source) {
  if (target == nullptr || size == 0) return Fail(EINVAL);
  if (source == nullptr) return FailEmptied(target, size, EINVAL);
  const std::size_t used = BoundedLength(target, size);
  if (used == size) return FailEmptied(target, size, EINVAL);
  return Place(target, size, used, source, BoundedLength(source, size - used), 0);
}

template <typename Char>
errno_t AppendText(Char* target, std::size_t size, const Char* source, std::size_t count) {
  if (target == nullptr && size == 0 && count == 0) return 0;
  if (target == nullptr || size == 0) return Fail(EINVAL);
  const std::size_t used = BoundedLength(target, size);
  if (used == size) return FailEmptied(target, size, EINVAL);
  if (count == 0) return 0;
  if (source == nullptr) return FailEmptied(target, size, EINVAL);
  return Place(target, size, used, source, BoundedLength(source, std::min(count, size - used)), count);
}

}  // namespace wmi::crt
