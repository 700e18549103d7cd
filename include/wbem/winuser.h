// Messages to the user. There are no windows: a message box is a line on stderr. Safe from any thread.
#ifndef OPENWMI_WINUSER_H
#define OPENWMI_WINUSER_H

#include "windef.h"

#define MB_OK 0x00000000L
#define MB_OKCANCEL 0x00000001L
#define MB_ABORTRETRYIGNORE 0x00000002L
#define MB_YESNOCANCEL 0x00000003L
#define MB_YESNO 0x00000004L
#define MB_RETRYCANCEL 0x00000005L
#define MB_CANCELTRYCONTINUE 0x00000006L
#define MB_ICONHAND 0x00000010L
#define MB_ICONQUESTION 0x00000020L
#define MB_ICONEXCLAMATION 0x00000030L
#define MB_ICONASTERISK 0x00000040L
#define MB_USERICON 0x00000080L
#define MB_ICONWARNING MB_ICONEXCLAMATION
#define MB_ICONERROR MB_ICONHAND
#define MB_ICONINFORMATION MB_ICONASTERISK
#define MB_ICONSTOP MB_ICONHAND
#define MB_DEFBUTTON1 0x00000000L
#define MB_DEFBUTTON2 0x00000100L
#define MB_DEFBUTTON3 0x00000200L
#define MB_DEFBUTTON4 0x00000300L
#define MB_APPLMODAL 0x00000000L
#define MB_SYSTEMMODAL 0x00001000L
#define MB_TASKMODAL 0x00002000L
#define MB_HELP 0x00004000L
#define MB_NOFOCUS 0x00008000L
#define MB_SETFOREGROUND 0x00010000L
#define MB_DEFAULT_DESKTOP_ONLY 0x00020000L
#define MB_TOPMOST 0x00040000L
#define MB_RIGHT 0x00080000L
#define MB_RTLREADING 0x00100000L
#define MB_SERVICE_NOTIFICATION 0x00200000L
#define MB_TYPEMASK 0x0000000FL
#define MB_ICONMASK 0x000000F0L
#define MB_DEFMASK 0x00000F00L

#define IDOK 1
#define IDCANCEL 2
#define IDABORT 3
#define IDRETRY 4
#define IDIGNORE 5
#define IDYES 6
#define IDNO 7
#define IDTRYAGAIN 10
#define IDCONTINUE 11

EXTERN_C_START

// Writes "caption: text" and a line break to stderr and returns at once with the default button: the first one, or the
// one that MB_DEFBUTTON2 to MB_DEFBUTTON4 name. Nobody is asked; a program that must not go on without an answer should
// make the careful choice its default. A NULL caption is "Error", a NULL text is empty. Icons, owner and language make
// no difference. 0 with ERROR_INVALID_MSGBOX_STYLE when there are no such buttons, or ERROR_NOT_ENOUGH_MEMORY.
OPENWMI_API int MessageBoxW(HWND owner, LPCWSTR text, LPCWSTR caption, UINT type);
OPENWMI_API int MessageBoxA(HWND owner, LPCSTR text, LPCSTR caption, UINT type);
OPENWMI_API int MessageBoxExW(HWND owner, LPCWSTR text, LPCWSTR caption, UINT type, WORD language);
OPENWMI_API int MessageBoxExA(HWND owner, LPCSTR text, LPCSTR caption, UINT type, WORD language);

EXTERN_C_END

#ifdef UNICODE
#define MessageBox MessageBoxW
#define MessageBoxEx MessageBoxExW
#else
#define MessageBox MessageBoxA
#define MessageBoxEx MessageBoxExA
#endif

#endif
