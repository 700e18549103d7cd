// MultiByteToWideChar and WideCharToMultiByte as programs use them: the size first, then the text.
#include <stdio.h>
#include <string>
#include <windows.h>

static std::string ToUtf8(const std::wstring &w)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, &w[0], (int)w.size(), NULL, 0, NULL, NULL);
    std::string s(size, 0);
    WideCharToMultiByte(CP_UTF8, 0, &w[0], (int)w.size(), &s[0], size, NULL, NULL);
    return s;
}

static std::wstring ToWide(const char *s, UINT page)
{
    int size = MultiByteToWideChar(page, 0, s, -1, NULL, 0);
    if (size == 0) return L"";
    std::wstring w(size, 0);
    MultiByteToWideChar(page, 0, s, -1, &w[0], size);
    w.resize(size - 1);
    return w;
}

int main()
{
    printf("%s\n", ToUtf8(L"Gr\u00fc\u00dfe \u20ac").c_str());
    wprintf(L"%s %d\n", ToWide("Gr\xc3\xbc\xc3\x9f", CP_UTF8).c_str(), (int)ToWide("Gr\xc3\xbc\xc3\x9f", CP_ACP).size());
    wprintf(L"%s\n", ToWide("\x80uro", 1252).c_str());
    wchar_t small_buffer[2];
    int n = MultiByteToWideChar(CP_UTF8, 0, "too long", -1, small_buffer, 2);
    printf("%d %d\n", n, GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "bad \xff", -1, NULL, 0);
    printf("%d %d\n", n, GetLastError() == ERROR_NO_UNICODE_TRANSLATION);
    n = MultiByteToWideChar(54321, 0, "x", -1, NULL, 0);
    printf("%d %d\n", n, GetLastError() == ERROR_INVALID_PARAMETER);
    char narrow[8];
    BOOL used = FALSE;
    n = WideCharToMultiByte(1252, 0, L"a\u4f60", -1, narrow, sizeof(narrow), "?", &used);
    printf("%d %s %d\n", n, narrow, used);
    printf("%d %d\n", lstrlenW(L"five5"), lstrlenA("four"));
    return 0;
}
