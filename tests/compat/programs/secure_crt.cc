// The secure functions of Microsoft's run-time, with sizes and with the templates that take the size of an array.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <windows.h>

int main()
{
    char text[12];
    wchar_t wide[12];
    printf("%d ", strcpy_s(text, "first"));
    printf("%d ", strcat_s(text, sizeof(text), "+2"));
    puts(text);
    printf("%d ", wcscpy_s(wide, 12, L"wide"));
    printf("%d ", wcscat_s(wide, L" too"));
    wprintf(L"%s\n", wide);
    printf("%d ", strcpy_s(text, "far too long for it"));
    printf("[%s] %d\n", text, ERANGE);
    printf("%d ", strncpy_s(text, "truncated by request", _TRUNCATE));
    printf("%s %d\n", text, STRUNCATE);
    size_t converted = 0;
    printf("%d ", wcstombs_s(&converted, text, sizeof(text), L"\u00fcber", _TRUNCATE));
    printf("%s %u\n", text, (unsigned)converted);
    printf("%d ", mbstowcs_s(&converted, wide, _countof(wide), "\xc3\xa4hm", _TRUNCATE));
    wprintf(L"%s %u\n", wide, (unsigned)converted);
    printf("%d ", sprintf_s(text, "%d/%s", 3, "x"));
    puts(text);
    printf("%d ", swprintf_s(wide, _countof(wide), L"%s-%03d", L"w", 7));
    wprintf(L"%s\n", wide);
    printf("%d %d %d %d\n", _wcsicmp(L"AbC", L"aBc"), _wcsnicmp(L"prefix", L"PREdict", 3), _stricmp("x", "X"), _wcsicmp(L"a", L"b") < 0);
    printf("%d %lld %d\n", _wtoi(L" 42abc"), (long long)_wtoi64(L"-9000000000"), _wtol(L"x") == 0);
    wchar_t number[34];
    _itow(-255, number, 10);
    wprintf(L"%s ", number);
    _itow_s(255, number, 16);
    wprintf(L"%s ", number);
    _ltow_s(100000L, number, _countof(number), 10);
    wprintf(L"%s ", number);
    _ultow_s(5UL, number, 34, 2);
    wprintf(L"%s\n", number);
    char list[] = "one,two;three", *context = NULL;
    for (char *token = strtok_s(list, ",;", &context); token; token = strtok_s(NULL, ",;", &context)) printf("%s.", token);
    puts("");
    int a = 0, b = 0;
    wchar_t word[8];
    printf("%d ", swscanf_s(L"12:34 word", L"%d:%d %s", &a, &b, word, (unsigned)_countof(word)));
    wprintf(L"%d %d %s\n", a, b, word);
    printf("%d ", sscanf_s("56 x", "%d", &a));
    printf("%d\n", a);
    FILE *file = NULL;
    printf("%d ", _wfopen_s(&file, L"gr\u00fc\u00df.txt", L"w"));
    if (file) { fputs("in a file\n", file); fclose(file); }
    printf("%d ", fopen_s(&file, "gr\xc3\xbc\xc3\x9f.txt", "r"));
    if (file && fgets(text, sizeof(text), file)) printf("%s", text);
    if (file) fclose(file);
    printf("%d\n", fopen_s(&file, "missing.txt", "r") == ENOENT);
    struct tm parts;
    time_t zero = 0;
    printf("%d ", gmtime_s(&parts, &zero));
    printf("%d\n", parts.tm_year);
    char source[4] = {1, 2, 3, 4}, target[4];
    printf("%d ", memcpy_s(target, 4, source, 4));
    printf("%d ", target[3]);
    printf("%d\n", memcpy_s(target, 2, source, 4) == ERANGE);
    wchar_t *copy = _wcsdup(L"copied");
    wprintf(L"%s\n", _wcsupr(copy));
    free(copy);
    return 0;
}
