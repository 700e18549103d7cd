// The registry, over files of the user. Providers register themselves in it, and CoCreateInstance finds them there.
//
// It lies in $OPENWMI_REGISTRY, else $XDG_STATE_HOME/openwmi/registry, else ~/.local/state/openwmi/registry: a folder
// for each key, a file for each value (docs/registry.md). It belongs to the user: HKEY_LOCAL_MACHINE too is the user's
// own, and no rights are needed to write there. Reading never creates anything.
//
// The functions return ERROR_SUCCESS or an error code and leave GetLastError alone. All but the predefined keys are
// closed with RegCloseKey. Everything may be called from any thread and several processes at once: a write is all or
// nothing, and a reader sees what was there before or after it.
//
// Text: W functions count wchar_t (4 bytes each, also in cbData), A functions take and give UTF-8. REG_SZ,
// REG_EXPAND_SZ and REG_MULTI_SZ are kept as text; what is read back always ends with NUL, even if what was written did
// not.
// Numbers: DWORD has 64 bits here. REG_DWORD is a 32-bit number all the same: it may be written from 4 or 8 bytes, and
// is read back as 8 bytes if the buffer has room for them, else as 4.
//
// Different from Windows: there are no security descriptors, links, classes of keys, notifications, transactions or
// remote registries; the 32-bit view is the 64-bit one (KEY_WOW64_… have no effect); HKEY_CLASSES_ROOT is
// HKEY_LOCAL_MACHINE\SOFTWARE\Classes alone; volatile keys stay like others; handles refer to keys by name, so that a
// key that is deleted and made again is reached through its old handles.
//
// Errors that many of them give: ERROR_FILE_NOT_FOUND no such key or value; ERROR_INVALID_HANDLE; ERROR_ACCESS_DENIED
// the handle was opened without the right, or the files may not be written; ERROR_INVALID_PARAMETER a name of more than
// 255 characters (or 255 bytes as a file name), more than 64 levels, a reserved parameter that is not 0 or NULL;
// ERROR_KEY_DELETED the key of the handle is gone; ERROR_NO_SYSTEM_RESOURCES a value of more than 1 MiB, more than
// 10,000 sub-keys or values in a key, more than 65,536 open keys; ERROR_BADDB a value file that is damaged; ERROR_BUSY
// another process has been writing for ten seconds; ERROR_DISK_FULL; ERROR_BAD_PATHNAME there is no place for the
// registry, because none of OPENWMI_REGISTRY, XDG_STATE_HOME and HOME is set and the user has no home folder.
#ifndef OPENWMI_WINREG_H
#define OPENWMI_WINREG_H

#include "windef.h"
#include "winerror.h"

typedef LONG LSTATUS;
typedef ACCESS_MASK REGSAM;
typedef HKEY* PHKEY;

#define HKEY_CLASSES_ROOT ((HKEY)(LONG_PTR)(int32_t)0x80000000u)
#define HKEY_CURRENT_USER ((HKEY)(LONG_PTR)(int32_t)0x80000001u)
#define HKEY_LOCAL_MACHINE ((HKEY)(LONG_PTR)(int32_t)0x80000002u)
#define HKEY_USERS ((HKEY)(LONG_PTR)(int32_t)0x80000003u)

#define REG_NONE 0ul
#define REG_SZ 1ul
#define REG_EXPAND_SZ 2ul
#define REG_BINARY 3ul
#define REG_DWORD 4ul
#define REG_DWORD_LITTLE_ENDIAN 4ul
#define REG_MULTI_SZ 7ul
#define REG_QWORD 11ul
#define REG_QWORD_LITTLE_ENDIAN 11ul

#define REG_OPTION_NON_VOLATILE 0x00000000L
#define REG_OPTION_VOLATILE 0x00000001L
#define REG_OPTION_BACKUP_RESTORE 0x00000004L
#define REG_CREATED_NEW_KEY 0x00000001L
#define REG_OPENED_EXISTING_KEY 0x00000002L

#define KEY_QUERY_VALUE 0x0001
#define KEY_SET_VALUE 0x0002
#define KEY_CREATE_SUB_KEY 0x0004
#define KEY_ENUMERATE_SUB_KEYS 0x0008
#define KEY_NOTIFY 0x0010
#define KEY_CREATE_LINK 0x0020
#define KEY_WOW64_64KEY 0x0100
#define KEY_WOW64_32KEY 0x0200
#define KEY_READ 0x20019
#define KEY_WRITE 0x20006
#define KEY_EXECUTE 0x20019
#define KEY_ALL_ACCESS 0xF003F

#define RRF_RT_REG_NONE 0x00000001
#define RRF_RT_REG_SZ 0x00000002
#define RRF_RT_REG_EXPAND_SZ 0x00000004
#define RRF_RT_REG_BINARY 0x00000008
#define RRF_RT_REG_DWORD 0x00000010
#define RRF_RT_REG_MULTI_SZ 0x00000020
#define RRF_RT_REG_QWORD 0x00000040
#define RRF_RT_DWORD (RRF_RT_REG_BINARY | RRF_RT_REG_DWORD)
#define RRF_RT_QWORD (RRF_RT_REG_BINARY | RRF_RT_REG_QWORD)
#define RRF_RT_ANY 0x0000ffff
#define RRF_SUBKEY_WOW6464KEY 0x00010000
#define RRF_SUBKEY_WOW6432KEY 0x00020000
#define RRF_NOEXPAND 0x10000000
#define RRF_ZEROONFAILURE 0x20000000

EXTERN_C_START

// Opens a key, or makes it and all that is missing above it. A name is a path with backslashes; NULL or "" is `key`
// itself. The class and the security attributes are not kept. RegCreateKey and RegOpenKey ask for all rights.
OPENWMI_API LSTATUS RegCreateKeyExW(HKEY key, LPCWSTR sub_key, DWORD reserved, LPWSTR class_name, DWORD options,
                                    REGSAM rights, const LPSECURITY_ATTRIBUTES security, PHKEY result,
                                    LPDWORD disposition);
OPENWMI_API LSTATUS RegCreateKeyExA(HKEY key, LPCSTR sub_key, DWORD reserved, LPSTR class_name, DWORD options,
                                    REGSAM rights, const LPSECURITY_ATTRIBUTES security, PHKEY result,
                                    LPDWORD disposition);
OPENWMI_API LSTATUS RegCreateKeyW(HKEY key, LPCWSTR sub_key, PHKEY result);
OPENWMI_API LSTATUS RegCreateKeyA(HKEY key, LPCSTR sub_key, PHKEY result);
OPENWMI_API LSTATUS RegOpenKeyExW(HKEY key, LPCWSTR sub_key, DWORD options, REGSAM rights, PHKEY result);
OPENWMI_API LSTATUS RegOpenKeyExA(HKEY key, LPCSTR sub_key, DWORD options, REGSAM rights, PHKEY result);
OPENWMI_API LSTATUS RegOpenKeyW(HKEY key, LPCWSTR sub_key, PHKEY result);
OPENWMI_API LSTATUS RegOpenKeyA(HKEY key, LPCSTR sub_key, PHKEY result);

// ERROR_SUCCESS for a predefined key, too, which stays open.
OPENWMI_API LSTATUS RegCloseKey(HKEY key);
// Returns when what was written is on the disk.
OPENWMI_API LSTATUS RegFlushKey(HKEY key);

// Writes a value; a name that is NULL or "" is the default value of the key. `size` counts bytes, for text with the
// NUL. ERROR_INVALID_PARAMETER: another type than those above, a number of another size than its type has, wide text
// whose size is no multiple of sizeof(WCHAR). RegSetValue writes the default value of a key, which it makes; the type
// must be REG_SZ, and `size` is ignored.
OPENWMI_API LSTATUS RegSetValueExW(HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE* data, DWORD size);
OPENWMI_API LSTATUS RegSetValueExA(HKEY key, LPCSTR name, DWORD reserved, DWORD type, const BYTE* data, DWORD size);
OPENWMI_API LSTATUS RegSetValueW(HKEY key, LPCWSTR sub_key, DWORD type, LPCWSTR text, DWORD size);
OPENWMI_API LSTATUS RegSetValueA(HKEY key, LPCSTR sub_key, DWORD type, LPCSTR text, DWORD size);

// Reads a value. On entry *size is the room in bytes, afterwards the size of the value. Without `data` only type and
// size are told; ERROR_MORE_DATA and the size needed if the room is too small, and nothing is written to `data`.
OPENWMI_API LSTATUS RegQueryValueExW(HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size);
OPENWMI_API LSTATUS RegQueryValueExA(HKEY key, LPCSTR name, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size);
// The default value of a key as text; "" if there is none, ERROR_INVALID_DATA if it is no text.
OPENWMI_API LSTATUS RegQueryValueW(HKEY key, LPCWSTR sub_key, LPWSTR data, PLONG size);
OPENWMI_API LSTATUS RegQueryValueA(HKEY key, LPCSTR sub_key, LPSTR data, PLONG size);
// The same in one step for a value of a sub-key, of the types that `flags` (RRF_…) permits: ERROR_UNSUPPORTED_TYPE for
// others. REG_EXPAND_SZ is given as REG_SZ with %NAME% replaced by environment variables, except with RRF_NOEXPAND.
OPENWMI_API LSTATUS RegGetValueW(HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD flags, LPDWORD type, PVOID data,
                                 LPDWORD size);
OPENWMI_API LSTATUS RegGetValueA(HKEY key, LPCSTR sub_key, LPCSTR name, DWORD flags, LPDWORD type, PVOID data,
                                 LPDWORD size);

// Deletes a key without sub-keys (ERROR_ACCESS_DENIED if it has some), a key with all below it, or a value. Predefined
// keys and those that always exist (SOFTWARE, SOFTWARE\Classes, SOFTWARE\Classes\CLSID, that of the user) cannot be
// deleted: ERROR_ACCESS_DENIED. RegDeleteTree without a name empties the key and leaves it.
OPENWMI_API LSTATUS RegDeleteKeyW(HKEY key, LPCWSTR sub_key);
OPENWMI_API LSTATUS RegDeleteKeyA(HKEY key, LPCSTR sub_key);
OPENWMI_API LSTATUS RegDeleteKeyExW(HKEY key, LPCWSTR sub_key, REGSAM view, DWORD reserved);
OPENWMI_API LSTATUS RegDeleteKeyExA(HKEY key, LPCSTR sub_key, REGSAM view, DWORD reserved);
OPENWMI_API LSTATUS RegDeleteTreeW(HKEY key, LPCWSTR sub_key);
OPENWMI_API LSTATUS RegDeleteTreeA(HKEY key, LPCSTR sub_key);
OPENWMI_API LSTATUS RegDeleteValueW(HKEY key, LPCWSTR name);
OPENWMI_API LSTATUS RegDeleteValueA(HKEY key, LPCSTR name);

// The sub-keys and values of a key by index, in the order of their names: ERROR_NO_MORE_ITEMS past the last.
// ERROR_MORE_DATA if a name or value has no room. Lengths of names count characters (bytes in A functions): with the
// NUL on entry, without it afterwards.
OPENWMI_API LSTATUS RegEnumKeyExW(HKEY key, DWORD index, LPWSTR name, LPDWORD length, LPDWORD reserved,
                                  LPWSTR class_name, LPDWORD class_length, PFILETIME last_write);
OPENWMI_API LSTATUS RegEnumKeyExA(HKEY key, DWORD index, LPSTR name, LPDWORD length, LPDWORD reserved, LPSTR class_name,
                                  LPDWORD class_length, PFILETIME last_write);
OPENWMI_API LSTATUS RegEnumKeyW(HKEY key, DWORD index, LPWSTR name, DWORD length);
OPENWMI_API LSTATUS RegEnumKeyA(HKEY key, DWORD index, LPSTR name, DWORD length);
OPENWMI_API LSTATUS RegEnumValueW(HKEY key, DWORD index, LPWSTR name, LPDWORD length, LPDWORD reserved, LPDWORD type,
                                  LPBYTE data, LPDWORD size);
OPENWMI_API LSTATUS RegEnumValueA(HKEY key, DWORD index, LPSTR name, LPDWORD length, LPDWORD reserved, LPDWORD type,
                                  LPBYTE data, LPDWORD size);
// Counts and longest lengths, in characters without NUL for names and in bytes for values; any pointer may be NULL. The
// class is empty, and so is the security descriptor.
OPENWMI_API LSTATUS RegQueryInfoKeyW(HKEY key, LPWSTR class_name, LPDWORD class_length, LPDWORD reserved,
                                     LPDWORD sub_keys, LPDWORD sub_key_length_max, LPDWORD class_length_max,
                                     LPDWORD values, LPDWORD value_name_length_max, LPDWORD value_size_max,
                                     LPDWORD security_descriptor_size, PFILETIME last_write);
OPENWMI_API LSTATUS RegQueryInfoKeyA(HKEY key, LPSTR class_name, LPDWORD class_length, LPDWORD reserved,
                                     LPDWORD sub_keys, LPDWORD sub_key_length_max, LPDWORD class_length_max,
                                     LPDWORD values, LPDWORD value_name_length_max, LPDWORD value_size_max,
                                     LPDWORD security_descriptor_size, PFILETIME last_write);

EXTERN_C_END

#ifdef UNICODE
#define RegCreateKey RegCreateKeyW
#define RegCreateKeyEx RegCreateKeyExW
#define RegDeleteKey RegDeleteKeyW
#define RegDeleteKeyEx RegDeleteKeyExW
#define RegDeleteTree RegDeleteTreeW
#define RegDeleteValue RegDeleteValueW
#define RegEnumKey RegEnumKeyW
#define RegEnumKeyEx RegEnumKeyExW
#define RegEnumValue RegEnumValueW
#define RegGetValue RegGetValueW
#define RegOpenKey RegOpenKeyW
#define RegOpenKeyEx RegOpenKeyExW
#define RegQueryInfoKey RegQueryInfoKeyW
#define RegQueryValue RegQueryValueW
#define RegQueryValueEx RegQueryValueExW
#define RegSetValue RegSetValueW
#define RegSetValueEx RegSetValueExW
#else
#define RegCreateKey RegCreateKeyA
#define RegCreateKeyEx RegCreateKeyExA
#define RegDeleteKey RegDeleteKeyA
#define RegDeleteKeyEx RegDeleteKeyExA
#define RegDeleteTree RegDeleteTreeA
#define RegDeleteValue RegDeleteValueA
#define RegEnumKey RegEnumKeyA
#define RegEnumKeyEx RegEnumKeyExA
#define RegEnumValue RegEnumValueA
#define RegGetValue RegGetValueA
#define RegOpenKey RegOpenKeyA
#define RegOpenKeyEx RegOpenKeyExA
#define RegQueryInfoKey RegQueryInfoKeyA
#define RegQueryValue RegQueryValueA
#define RegQueryValueEx RegQueryValueExA
#define RegSetValue RegSetValueA
#define RegSetValueEx RegSetValueExA
#endif

#endif
