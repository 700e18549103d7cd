// Tokens and security identifiers: who runs this program, as SIDs.
//
// A user is S-1-22-1-uid, a group S-1-22-2-gid. Every token also has the groups S-1-1-0 (Everyone) and S-1-5-11
// (Authenticated Users), that of root S-1-5-32-544 (Administrators) as well. There are no privileges, restricted
// tokens, sessions or access checks: what is not declared does not exist.
//
// The last error is set where a function fails. Everything may be called from any thread. Lengths of SIDs and of
// answers are bytes.
#ifndef OPENWMI_SECURITYBASEAPI_H
#define OPENWMI_SECURITYBASEAPI_H

#include "windef.h"

EXTERN_C_START

// A token of this process: its effective user and groups at this moment. `process` is GetCurrentProcess() or a handle
// of it: ERROR_INVALID_HANDLE. The access is not checked. Close the result with CloseHandle.
OPENWMI_API BOOL OpenProcessToken(HANDLE process, DWORD access, PHANDLE token);
// The token that the thread impersonates with: ERROR_NO_TOKEN when it does not. `thread` is the calling one,
// GetCurrentThread() or a handle of it: ERROR_NOT_SUPPORTED for another thread. `as_self` changes nothing.
OPENWMI_API BOOL OpenThreadToken(HANDLE thread, DWORD access, BOOL as_self, PHANDLE token);
// The thread impersonates the user of the process itself, until RevertToSelf. ERROR_INVALID_PARAMETER for a level that
// does not exist.
OPENWMI_API BOOL ImpersonateSelf(SECURITY_IMPERSONATION_LEVEL level);
OPENWMI_API BOOL RevertToSelf(void);

// Answers TokenUser, TokenGroups, TokenOwner, TokenPrimaryGroup, TokenType, TokenImpersonationLevel (of an
// impersonation token), TokenElevationType and TokenElevation; ERROR_INVALID_PARAMETER for the others. When `room` is
// too small: ERROR_INSUFFICIENT_BUFFER, and *needed tells what to give (ERROR_BAD_LENGTH for the answers of one fixed
// size). The SIDs of an answer lie in its buffer.
OPENWMI_API BOOL GetTokenInformation(HANDLE token, TOKEN_INFORMATION_CLASS what, LPVOID answer, DWORD room,
                                     PDWORD needed);
// Whether the user or a group of the token is `sid`. NULL is the token of the thread, or that of the process; a token
// that is given must be an impersonation token: ERROR_NO_IMPERSONATION_TOKEN.
OPENWMI_API BOOL CheckTokenMembership(HANDLE token, PSID sid, PBOOL is_member);

OPENWMI_API BOOL IsValidSid(PSID sid);
// These read valid SIDs only; the result for others is nothing to rely on.
OPENWMI_API BOOL EqualSid(PSID a, PSID b);
OPENWMI_API BOOL EqualPrefixSid(PSID a, PSID b);
OPENWMI_API DWORD GetLengthSid(PSID sid);
OPENWMI_API PSID_IDENTIFIER_AUTHORITY GetSidIdentifierAuthority(PSID sid);
OPENWMI_API PUCHAR GetSidSubAuthorityCount(PSID sid);
OPENWMI_API PDWORD GetSidSubAuthority(PSID sid, DWORD index);
OPENWMI_API DWORD GetSidLengthRequired(UCHAR sub_authorities);

// ERROR_INSUFFICIENT_BUFFER if the room is too small, ERROR_INVALID_SID.
OPENWMI_API BOOL CopySid(DWORD room, PSID target, PSID source);
// Writes the head of a SID into memory of GetSidLengthRequired bytes; the sub-authorities are the caller's to fill.
OPENWMI_API BOOL InitializeSid(PSID sid, PSID_IDENTIFIER_AUTHORITY authority, BYTE sub_authorities);
// Up to eight sub-authorities; FreeSid frees, and returns NULL. ERROR_INVALID_SID for more.
OPENWMI_API BOOL AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY authority, BYTE sub_authorities, DWORD first,
                                          DWORD second, DWORD third, DWORD fourth, DWORD fifth, DWORD sixth,
                                          DWORD seventh, DWORD eighth, PSID* sid);
OPENWMI_API PVOID FreeSid(PSID sid);
// The SIDs of WELL_KNOWN_SID_TYPE. `domain` counts for none of them. ERROR_INVALID_PARAMETER for a type that is not
// there; ERROR_INSUFFICIENT_BUFFER and the room needed in *size.
OPENWMI_API BOOL CreateWellKnownSid(WELL_KNOWN_SID_TYPE type, PSID domain, PSID sid, DWORD* size);
OPENWMI_API BOOL IsWellKnownSid(PSID sid, WELL_KNOWN_SID_TYPE type);

// The name and domain of a user or group of this machine or of a well-known SID, and back. The domain is the name of
// the machine, "BUILTIN", "NT AUTHORITY" or "". Names come from the user database (getpwuid_r and its relatives), which
// may ask servers. Accounts are written NAME, MACHINE\NAME or .\NAME; a user goes before a group of the same name.
// ERROR_NONE_MAPPED: nobody is called so. ERROR_INSUFFICIENT_BUFFER: room for the SID or a text is too small; all sizes
// then tell what is needed, texts in characters with the NUL (on success without it). `system` is NULL or this
// machine: RPC_S_SERVER_UNAVAILABLE for another.
OPENWMI_API BOOL LookupAccountSidW(LPCWSTR system, PSID sid, LPWSTR name, LPDWORD name_length, LPWSTR domain,
                                   LPDWORD domain_length, PSID_NAME_USE use);
OPENWMI_API BOOL LookupAccountSidA(LPCSTR system, PSID sid, LPSTR name, LPDWORD name_length, LPSTR domain,
                                   LPDWORD domain_length, PSID_NAME_USE use);
OPENWMI_API BOOL LookupAccountNameW(LPCWSTR system, LPCWSTR account, PSID sid, LPDWORD sid_size, LPWSTR domain,
                                    LPDWORD domain_length, PSID_NAME_USE use);
OPENWMI_API BOOL LookupAccountNameA(LPCSTR system, LPCSTR account, PSID sid, LPDWORD sid_size, LPSTR domain,
                                    LPDWORD domain_length, PSID_NAME_USE use);

EXTERN_C_END

#ifdef UNICODE
#define LookupAccountName LookupAccountNameW
#define LookupAccountSid LookupAccountSidW
#else
#define LookupAccountName LookupAccountNameA
#define LookupAccountSid LookupAccountSidA
#endif

#endif
