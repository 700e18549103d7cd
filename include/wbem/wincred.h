// Asking the user for a name and a password: on the terminal, since there are no windows. Safe from any thread; one
// prompt is shown at a time.
//
// The terminal is that of the process (/dev/tty), even if standard input or output is a file. The password is not shown
// while it is typed; the terminal is put right again on every way out, signals included. Nothing is ever stored and
// nothing is checked: there is no credential store. The caller clears the buffers when it is done (SecureZeroMemory).
#ifndef OPENWMI_WINCRED_H
#define OPENWMI_WINCRED_H

#include "windef.h"
#include "winerror.h"

// Opaque; the library has no use for it and takes NULL only.
typedef struct _CtxtHandle* PCtxtHandle;
typedef struct HBITMAP__* HBITMAP;

#define CREDUI_MAX_MESSAGE_LENGTH 32767
#define CREDUI_MAX_CAPTION_LENGTH 128
#define CRED_MAX_GENERIC_TARGET_NAME_LENGTH 32767
#define CRED_MAX_USERNAME_LENGTH 513
#define CRED_MAX_DOMAIN_TARGET_NAME_LENGTH 337
#define CREDUI_MAX_GENERIC_TARGET_LENGTH CRED_MAX_GENERIC_TARGET_NAME_LENGTH
#define CREDUI_MAX_DOMAIN_TARGET_LENGTH 337
#define CREDUI_MAX_USERNAME_LENGTH CRED_MAX_USERNAME_LENGTH
#define CREDUI_MAX_PASSWORD_LENGTH 256

#define CREDUI_FLAGS_INCORRECT_PASSWORD 0x00000001
#define CREDUI_FLAGS_DO_NOT_PERSIST 0x00000002
#define CREDUI_FLAGS_REQUEST_ADMINISTRATOR 0x00000004
#define CREDUI_FLAGS_EXCLUDE_CERTIFICATES 0x00000008
#define CREDUI_FLAGS_REQUIRE_CERTIFICATE 0x00000010
#define CREDUI_FLAGS_SHOW_SAVE_CHECK_BOX 0x00000040
#define CREDUI_FLAGS_ALWAYS_SHOW_UI 0x00000080
#define CREDUI_FLAGS_REQUIRE_SMARTCARD 0x00000100
#define CREDUI_FLAGS_PASSWORD_ONLY_OK 0x00000200
#define CREDUI_FLAGS_VALIDATE_USERNAME 0x00000400
#define CREDUI_FLAGS_COMPLETE_USERNAME 0x00000800
#define CREDUI_FLAGS_PERSIST 0x00001000
#define CREDUI_FLAGS_SERVER_CREDENTIAL 0x00004000
#define CREDUI_FLAGS_EXPECT_CONFIRMATION 0x00020000
#define CREDUI_FLAGS_GENERIC_CREDENTIALS 0x00040000
#define CREDUI_FLAGS_USERNAME_TARGET_CREDENTIALS 0x00080000
#define CREDUI_FLAGS_KEEP_USERNAME 0x00100000

typedef struct _CREDUI_INFOW {
  DWORD cbSize;
  HWND hwndParent;
  PCWSTR pszMessageText;
  PCWSTR pszCaptionText;
  HBITMAP hbmBanner;
} CREDUI_INFOW, *PCREDUI_INFOW;

typedef struct _CREDUI_INFOA {
  DWORD cbSize;
  HWND hwndParent;
  PCSTR pszMessageText;
  PCSTR pszCaptionText;
  HBITMAP hbmBanner;
} CREDUI_INFOA, *PCREDUI_INFOA;

EXTERN_C_START

// Shows the caption and the message of `info` (which may be NULL) or a line that names the target, and asks for the
// user name and then the password. An empty line at the name takes what stands in `user`; with
// CREDUI_FLAGS_KEEP_USERNAME, and with CREDUI_FLAGS_PASSWORD_ONLY_OK when `user` is not empty, only the password is
// asked for. The sizes count characters (bytes for A) with the final NUL. *save stays as it is, and is set to FALSE
// with CREDUI_FLAGS_DO_NOT_PERSIST.
//
// NO_ERROR with both buffers filled. Otherwise they stay as they were: ERROR_CANCELLED when the input ends (Ctrl-D) or
// a signal that the program survives interrupts it; ERROR_NO_SUCH_LOGON_SESSION when the process has no terminal, so
// that nobody can be asked; ERROR_INVALID_FLAGS for certificates and smart cards; ERROR_INVALID_PARAMETER for a missing
// buffer or target, a security context, or an `info` of another size; ERROR_INSUFFICIENT_BUFFER for an answer that does
// not fit; ERROR_NOT_ENOUGH_MEMORY. The last error is not used.
OPENWMI_API DWORD CredUIPromptForCredentialsW(PCREDUI_INFOW info, PCWSTR target, PCtxtHandle context, DWORD auth_error,
                                              PWSTR user, ULONG user_size, PWSTR password, ULONG password_size,
                                              BOOL* save, DWORD flags);
OPENWMI_API DWORD CredUIPromptForCredentialsA(PCREDUI_INFOA info, PCSTR target, PCtxtHandle context, DWORD auth_error,
                                              PSTR user, ULONG user_size, PSTR password, ULONG password_size,
                                              BOOL* save, DWORD flags);

// The same without an `info`; a name that stands in `user` is taken and not asked for.
OPENWMI_API DWORD CredUICmdLinePromptForCredentialsW(PCWSTR target, PCtxtHandle context, DWORD auth_error, PWSTR user,
                                                     ULONG user_size, PWSTR password, ULONG password_size, BOOL* save,
                                                     DWORD flags);
OPENWMI_API DWORD CredUICmdLinePromptForCredentialsA(PCSTR target, PCtxtHandle context, DWORD auth_error, PSTR user,
                                                     ULONG user_size, PSTR password, ULONG password_size, BOOL* save,
                                                     DWORD flags);

// Takes "domain\user" or "user@domain" apart into user and domain. A name with neither sign is not one of those:
// ERROR_INVALID_ACCOUNT_NAME, as for an empty part. For "user@domain" `user` receives all of it and `domain` is empty,
// as on Windows. ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER; the buffers stay as they were then.
OPENWMI_API DWORD CredUIParseUserNameW(PCWSTR name, PWSTR user, ULONG user_size, PWSTR domain, ULONG domain_size);
OPENWMI_API DWORD CredUIParseUserNameA(PCSTR name, PSTR user, ULONG user_size, PSTR domain, ULONG domain_size);

EXTERN_C_END

#ifdef UNICODE
typedef CREDUI_INFOW CREDUI_INFO, *PCREDUI_INFO;
#define CredUIPromptForCredentials CredUIPromptForCredentialsW
#define CredUICmdLinePromptForCredentials CredUICmdLinePromptForCredentialsW
#define CredUIParseUserName CredUIParseUserNameW
#else
typedef CREDUI_INFOA CREDUI_INFO, *PCREDUI_INFO;
#define CredUIPromptForCredentials CredUIPromptForCredentialsA
#define CredUICmdLinePromptForCredentials CredUICmdLinePromptForCredentialsA
#define CredUIParseUserName CredUIParseUserNameA
#endif

#endif
