// The functions of detail/crt_paths.h.
#include "crt/strings/text_operations.h"

namespace wmi::crt {
namespace {

template <typename Char>
bool IsSeparator(Char c) {
  return c == '/' || c == '\\';
}

template <typename Char>
struct Part {
  const Char* text;
  std::size_t length;
};

template <typename Char>
struct Target {
  Char* text;
  std::size_t size;
};

template <typename Char>
struct SplitPath {
  Part<Char> drive, folder, name, extension;
};

// The folder ends at the last separator, the extension begins at the last point behind it.
template <typename Char>
SplitPath<Char> Split(const Char* path) {
  SplitPath<Char> parts;
  const std::size_t length = Length(path);
  const std::size_t drive = length >= 2 && path[1] == ':' ? 2 : 0;
  std::size_t name = length;
  while (name > drive && !IsSeparator(path[name - 1])) --name;
  std::size_t extension = length;
  for (std::size_t at = length; at > name; --at) {
    if (path[at - 1] == '.') {
      extension = at - 1;
      break;
    }
  }
  parts.drive = {path, drive};
  parts.folder = {path + drive, name - drive};
  parts.name = {path + name, extension - name};
  parts.extension = {path + extension, length - extension};
  return parts;
}

// A part that is not wanted is null with size 0.
template <typename Char>
errno_t Put(Target<Char> target, Part<Char> part, std::size_t count) {
  if (target.text == nullptr) return 0;
  return Place(target.text, target.size, 0, part.text, part.length, count);
}

template <typename Char>
errno_t SplitInto(const Char* path, const Target<Char> (&targets)[4]) {
  errno_t error = path == nullptr ? EINVAL : 0;
  for (const Target<Char>& target : targets) {
    if ((target.text == nullptr) != (target.size == 0)) error = EINVAL;
  }
  if (error == 0) {
    const SplitPath<Char> split = Split(path);
    const Part<Char> parts[] = {split.drive, split.folder, split.name, split.extension};
    for (std::size_t i = 0; i < 4 && error == 0; ++i) error = Put(targets[i], parts[i], 0);
  }
  if (error == 0) return 0;
  for (const Target<Char>& target : targets) FailEmptied(target.text, target.size, error);
  return Fail(error);
}

template <typename Char>
void SplitCut(const Char* path, Char* drive, Char* folder, Char* name, Char* extension) {
  const Target<Char> targets[] = {{drive, _MAX_DRIVE}, {folder, _MAX_DIR}, {name, _MAX_FNAME}, {extension, _MAX_EXT}};
  if (path == nullptr) {
    for (const Target<Char>& target : targets) FailEmptied(target.text, target.size, EINVAL);
    return;
  }
  const SplitPath<Char> split = Split(path);
  const Part<Char> parts[] = {split.drive, split.folder, split.name, split.extension};
  for (std::size_t i = 0; i < 4; ++i) Put(targets[i], parts[i], _TRUNCATE);
}

template <typename Char>
bool IsGiven(const Char* part) {
  return part != nullptr && *part != 0;
}

template <typename Char>
errno_t Make(Char* target, std::size_t size, const Char* drive, const Char* folder, const Char* name,
             const Char* extension) {
  if (target == nullptr || size == 0) return Fail(EINVAL);
  target[0] = 0;
  errno_t error = 0;
  const auto add = [&](const Char* text, std::size_t length) {
    if (error == 0) error = AppendText(target, size, text, length);
  };
  const auto add_character = [&](char c) {
    const Char text[] = {static_cast<Char>(c)};
    add(text, 1);
  };
  if (IsGiven(drive)) {
    add(drive, 1);
    add_character(':');
  }
  if (IsGiven(folder)) {
    const std::size_t length = Length(folder);
    add(folder, length);
    if (!IsSeparator(folder[length - 1])) add_character('/');
  }
  if (IsGiven(name)) add(name, Length(name));
  if (IsGiven(extension)) {
    if (*extension != '.') add_character('.');
    add(extension, Length(extension));
  }
  return error;
}

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

errno_t _splitpath_s(const char* path, char* drive, size_t drive_size, char* folder, size_t folder_size, char* name,
                     size_t name_size, char* extension, size_t extension_size) {
  return SplitInto<char>(path,
                         {{drive, drive_size}, {folder, folder_size}, {name, name_size}, {extension, extension_size}});
}

errno_t _wsplitpath_s(const wchar_t* path, wchar_t* drive, size_t drive_size, wchar_t* folder, size_t folder_size,
                      wchar_t* name, size_t name_size, wchar_t* extension, size_t extension_size) {
  return SplitInto<wchar_t>(
      path, {{drive, drive_size}, {folder, folder_size}, {name, name_size}, {extension, extension_size}});
}

void _splitpath(const char* path, char* drive, char* folder, char* name, char* extension) {
  SplitCut(path, drive, folder, name, extension);
}

void _wsplitpath(const wchar_t* path, wchar_t* drive, wchar_t* folder, wchar_t* name, wchar_t* extension) {
  SplitCut(path, drive, folder, name, extension);
}

errno_t _makepath_s(char* target, size_t size, const char* drive, const char* folder, const char* name,
                    const char* extension) {
  return Make(target, size, drive, folder, name, extension);
}

errno_t _wmakepath_s(wchar_t* target, size_t size, const wchar_t* drive, const wchar_t* folder, const wchar_t* name,
                     const wchar_t* extension) {
  return Make(target, size, drive, folder, name, extension);
}

void _makepath(char* target, const char* drive, const char* folder, const char* name, const char* extension) {
  Make(target, _MAX_PATH, drive, folder, name, extension);
}

void _wmakepath(wchar_t* target, const wchar_t* drive, const wchar_t* folder, const wchar_t* name,
                const wchar_t* extension) {
  Make(target, _MAX_PATH, drive, folder, name, extension);
}
