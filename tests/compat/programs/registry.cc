// A key written, read back, listed and deleted, as DllRegisterServer and its like do it.
#include <stdio.h>
#include <windows.h>
#include <tchar.h>

int main()
{
    HKEY hKey = NULL, hSub = NULL;
    DWORD disposition = 0;
    LONG lResult = RegCreateKeyEx(HKEY_LOCAL_MACHINE, TEXT("SOFTWARE\\Compat\\Program"), 0, NULL, REG_OPTION_NON_VOLATILE,
                                  KEY_ALL_ACCESS, NULL, &hKey, &disposition);
    printf("%ld %d\n", lResult, disposition == REG_CREATED_NEW_KEY);
    DWORD number = 42;
    RegSetValueEx(hKey, TEXT("Number"), 0, REG_DWORD, (const BYTE *)&number, sizeof(number));
    const WCHAR text[] = L"Gr\u00fc\u00dfe";
    RegSetValueExW(hKey, L"Text", 0, REG_SZ, (const BYTE *)text, sizeof(text));
    RegSetValueExW(hKey, NULL, 0, REG_SZ, (const BYTE *)L"default", 8 * sizeof(WCHAR));
    RegCloseKey(hKey);

    lResult = RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"Software\\COMPAT\\program", 0, KEY_READ, &hKey);
    DWORD type = 0, size = sizeof(number);
    number = 0;
    lResult = RegQueryValueEx(hKey, TEXT("NUMBER"), NULL, &type, (LPBYTE)&number, &size);
    printf("%ld type %lu number %lu\n", lResult, type, number);
    WCHAR buffer[50];
    size = sizeof(buffer);
    lResult = RegQueryValueExW(hKey, L"Text", NULL, &type, (LPBYTE)buffer, &size);
    wprintf(L"%ld type %lu %s %d\n", lResult, type, buffer, size == sizeof(text));
    size = 4;
    lResult = RegQueryValueExW(hKey, L"Text", NULL, &type, (LPBYTE)buffer, &size);
    printf("%d %d\n", lResult == ERROR_MORE_DATA, size == sizeof(text));
    lResult = RegQueryValueExW(hKey, L"Missing", NULL, NULL, NULL, NULL);
    printf("%d\n", lResult == ERROR_FILE_NOT_FOUND);
    RegCreateKey(hKey, TEXT("Sub"), &hSub);
    RegCloseKey(hSub);
    size = 50;
    lResult = RegEnumKeyExW(hKey, 0, buffer, &size, NULL, NULL, NULL, NULL);
    wprintf(L"%ld %s %lu\n", lResult, buffer, size);
    printf("%d\n", RegEnumKeyExW(hKey, 1, buffer, &size, NULL, NULL, NULL, NULL) == ERROR_NO_MORE_ITEMS);
    printf("%d ", RegDeleteValueW(hKey, L"Text") == ERROR_ACCESS_DENIED);
    RegCloseKey(hKey);
    RegOpenKeyEx(HKEY_LOCAL_MACHINE, TEXT("SOFTWARE\\Compat\\Program"), 0, KEY_ALL_ACCESS, &hKey);
    printf("%ld ", RegDeleteValueW(hKey, L"Text"));
    RegCloseKey(hKey);
    printf("%ld ", RegDeleteKey(HKEY_LOCAL_MACHINE, TEXT("SOFTWARE\\Compat\\Program\\Sub")));
    printf("%ld ", RegDeleteKey(HKEY_LOCAL_MACHINE, TEXT("SOFTWARE\\Compat\\Program")));
    printf("%d\n", RegOpenKeyEx(HKEY_LOCAL_MACHINE, TEXT("SOFTWARE\\Compat\\Program"), 0, KEY_READ, &hKey) == ERROR_FILE_NOT_FOUND);
    return 0;
}
