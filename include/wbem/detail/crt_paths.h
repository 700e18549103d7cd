// Taking paths apart and joining them. The rules for errors and sizes are in crt_strings.h.
//
// Both "/" and "\" separate, so that paths of either kind come apart; nothing is turned into the other.
#ifndef OPENWMI_DETAIL_CRT_PATHS_H
#define OPENWMI_DETAIL_CRT_PATHS_H

#include "crt_strings.h"

EXTERN_C_START

// Drive ("C:"), folder with its last separator, file name without extension, extension with its point; a part that is
// not there is the empty text. A part that is not wanted is NULL with size 0. ERANGE when a part does not fit, EINVAL
// for a path of NULL or a part with one of NULL and 0 alone; every part is then emptied.
OPENWMI_API errno_t _splitpath_s(const char* path, char* drive, size_t drive_size, char* folder, size_t folder_size,
                                 char* name, size_t name_size, char* extension, size_t extension_size);
OPENWMI_API errno_t _wsplitpath_s(const wchar_t* path, wchar_t* drive, size_t drive_size, wchar_t* folder,
                                  size_t folder_size, wchar_t* name, size_t name_size, wchar_t* extension,
                                  size_t extension_size);

// The same for targets of the sizes _MAX_DRIVE, _MAX_DIR, _MAX_FNAME and _MAX_EXT; NULL for a part that is not wanted.
// What does not fit is cut.
OPENWMI_API void _splitpath(const char* path, char* drive, char* folder, char* name, char* extension);
OPENWMI_API void _wsplitpath(const wchar_t* path, wchar_t* drive, wchar_t* folder, wchar_t* name, wchar_t* extension);

// Joins the parts; NULL and empty ones are left out. Adds the colon of the drive, the separator after the folder (a
// "/", where Windows adds a "\") and the point of the extension where they are missing.
OPENWMI_API errno_t _makepath_s(char* target, size_t size, const char* drive, const char* folder, const char* name,
                                const char* extension);
OPENWMI_API errno_t _wmakepath_s(wchar_t* target, size_t size, const wchar_t* drive, const wchar_t* folder,
                                 const wchar_t* name, const wchar_t* extension);

// The same for a target of the size _MAX_PATH; a longer path gives the empty text.
OPENWMI_API void _makepath(char* target, const char* drive, const char* folder, const char* name,
                           const char* extension);
OPENWMI_API void _wmakepath(wchar_t* target, const wchar_t* drive, const wchar_t* folder, const wchar_t* name,
                            const wchar_t* extension);

EXTERN_C_END

#ifdef __cplusplus
extern "C++" {

template <size_t DriveSize, size_t FolderSize, size_t NameSize, size_t ExtensionSize>
errno_t _splitpath_s(const char* path, char (&drive)[DriveSize], char (&folder)[FolderSize], char (&name)[NameSize],
                     char (&extension)[ExtensionSize]) {
  return _splitpath_s(path, drive, DriveSize, folder, FolderSize, name, NameSize, extension, ExtensionSize);
}
template <size_t DriveSize, size_t FolderSize, size_t NameSize, size_t ExtensionSize>
errno_t _wsplitpath_s(const wchar_t* path, wchar_t (&drive)[DriveSize], wchar_t (&folder)[FolderSize],
                      wchar_t (&name)[NameSize], wchar_t (&extension)[ExtensionSize]) {
  return _wsplitpath_s(path, drive, DriveSize, folder, FolderSize, name, NameSize, extension, ExtensionSize);
}
template <size_t Size>
errno_t _makepath_s(char (&target)[Size], const char* drive, const char* folder, const char* name,
                    const char* extension) {
  return _makepath_s(target, Size, drive, folder, name, extension);
}
template <size_t Size>
errno_t _wmakepath_s(wchar_t (&target)[Size], const wchar_t* drive, const wchar_t* folder, const wchar_t* name,
                     const wchar_t* extension) {
  return _wmakepath_s(target, Size, drive, folder, name, extension);
}

}  // extern "C++"
#endif

#endif
