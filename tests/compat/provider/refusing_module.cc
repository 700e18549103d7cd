// A module that does not want to be loaded.
#include <windows.h>

extern "C" BOOL WINAPI DllMain(HINSTANCE, DWORD ulReason, LPVOID) { return ulReason != DLL_PROCESS_ATTACH; }
