// also: -DUNICODE -D_UNICODE
// MessageBox goes to stderr and answers with the default button.
#include <stdio.h>
#include <windows.h>

int main()
{
    int answer = MessageBox(NULL, TEXT("It did not work"), TEXT("Program"), MB_OK | MB_ICONERROR);
    printf("%d\n", answer == IDOK);
    fflush(stdout);
    printf("%d\n", MessageBoxW(NULL, L"Go on?", L"Question", MB_YESNO | MB_DEFBUTTON2) == IDNO);
    return 0;
}
