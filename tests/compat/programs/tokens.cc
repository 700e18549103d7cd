// Who runs this: the token of the process, its user as SID text and as account, and none for a thread that impersonates nobody.
#include <stdio.h>
#include <unistd.h>
#include <windows.h>
#include <sddl.h>
#include <lmcons.h>

int main()
{
    HANDLE hToken = NULL;
    printf("open %d\n", OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &hToken));
    DWORD dwSize = 0;
    BOOL ok = GetTokenInformation(hToken, TokenUser, NULL, 0, &dwSize);
    printf("size first %d %d\n", !ok && dwSize > 0, GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    PTOKEN_USER pUser = (PTOKEN_USER)LocalAlloc(LPTR, dwSize);
    printf("user %d\n", GetTokenInformation(hToken, TokenUser, pUser, dwSize, &dwSize));
    LPSTR text = NULL;
    ConvertSidToStringSidA(pUser->User.Sid, &text);
    char own[64];
    snprintf(own, sizeof own, "S-1-22-1-%u", (unsigned)getuid());
    printf("sid %d\n", strcmp(text, own) == 0);
    LocalFree(text);
    WCHAR name[UNLEN + 1], domain[256], current[UNLEN + 1];
    DWORD cchName = UNLEN + 1, cchDomain = 256, cchCurrent = UNLEN + 1;
    SID_NAME_USE use;
    ok = LookupAccountSidW(NULL, pUser->User.Sid, name, &cchName, domain, &cchDomain, &use);
    GetUserNameW(current, &cchCurrent);
    printf("account %d\n", !ok || wcscmp(name, current) == 0);
    LocalFree(pUser);
    CloseHandle(hToken);
    ok = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &hToken);
    printf("thread %d %d\n", ok, GetLastError() == ERROR_NO_TOKEN);
    return 0;
}
