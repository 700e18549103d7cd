/* A module in C that tells what it was told. */
#include <windows.h>

extern int* attached;
int* attached = NULL;

void SetCounter(int* counter);
int AttachCount(void);

static int attach_count = 0;

BOOL WINAPI DllMain(HANDLE module, DWORD reason, LPVOID reserved) {
  UNREFERENCED_PARAMETER(module);
  UNREFERENCED_PARAMETER(reserved);
  if (reason == DLL_PROCESS_ATTACH) ++attach_count;
  if (reason == DLL_PROCESS_DETACH && attached != NULL) --*attached;
  return TRUE;
}

int AttachCount(void) { return attach_count; }

void SetCounter(int* counter) { attached = counter; }
