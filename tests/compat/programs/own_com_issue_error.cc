// Programs define _com_issue_error themselves, so that failing smart pointers end in their own handler.
#include <comdef.h>
#include <stdio.h>
#include <stdlib.h>
#include <wbemidl.h>

void __stdcall _com_issue_error(HRESULT hr)
{
    printf("own handler 0x%X\n", (unsigned)hr);
    fflush(stdout);
    exit(0);
}

int main()
{
    CoInitialize(NULL);
    IWbemServicesPtr none;
    none->CancelAsyncCall(NULL);
    return 1;
}
