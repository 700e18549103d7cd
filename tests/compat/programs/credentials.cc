// CredUI without a terminal: an error, no wait. With one it asks there.
#include <stdio.h>
#include <windows.h>
#include <wincred.h>
#pragma comment(lib, "credui.lib")

int main()
{
    CREDUI_INFOW cui;
    memset(&cui, 0, sizeof(cui));
    cui.cbSize = sizeof(CREDUI_INFOW);
    cui.pszMessageText = L"Enter the account";
    cui.pszCaptionText = L"Account";
    WCHAR user[CREDUI_MAX_USERNAME_LENGTH + 1] = L"";
    WCHAR password[CREDUI_MAX_PASSWORD_LENGTH + 1] = L"";
    BOOL save = FALSE;
    DWORD error = CredUIPromptForCredentialsW(&cui, L"", NULL, 0, user, CREDUI_MAX_USERNAME_LENGTH + 1, password,
        CREDUI_MAX_PASSWORD_LENGTH + 1, &save, CREDUI_FLAGS_GENERIC_CREDENTIALS | CREDUI_FLAGS_ALWAYS_SHOW_UI | CREDUI_FLAGS_DO_NOT_PERSIST);
    printf("failed %d, nothing written %d\n", error != NO_ERROR, user[0] == 0 && password[0] == 0);
    error = CredUICmdLinePromptForCredentialsW(L"server", NULL, 0, user, CREDUI_MAX_USERNAME_LENGTH + 1, password,
        CREDUI_MAX_PASSWORD_LENGTH + 1, &save, CREDUI_FLAGS_DO_NOT_PERSIST | CREDUI_FLAGS_EXCLUDE_CERTIFICATES);
    printf("failed %d\n", error != NO_ERROR);
    WCHAR account[100], domain[100];
    error = CredUIParseUserNameW(L"DOMAIN\\somebody", account, 100, domain, 100);
    wprintf(L"%lu %s %s\n", error, account, domain);
    SecureZeroMemory(password, sizeof(password));
    return 0;
}
