// conio.h without a terminal: nothing is pressed, and reading ends.
#include <conio.h>
#include <stdio.h>

int main()
{
    // Either there is nothing, or what there is is the end.
    printf("%d\n", !_kbhit() || _getch() == EOF);
    printf("%d\n", _getch() == EOF);
    return 0;
}
