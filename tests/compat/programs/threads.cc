// Threads of CreateThread and _beginthreadex, events, mutexes, semaphores, Interlocked functions, waits for one and for
// several.
#include <stdio.h>
#include <windows.h>
#include <process.h>

static CRITICAL_SECTION g_cs;
static long g_count = 0;
static LONG g_interlocked = 0;
static HANDLE g_hStart;

static DWORD WINAPI Worker(LPVOID param)
{
    WaitForSingleObject(g_hStart, INFINITE);
    for (int i = 0; i < 1000; i++)
    {
        EnterCriticalSection(&g_cs);
        g_count++;
        LeaveCriticalSection(&g_cs);
        InterlockedIncrement(&g_interlocked);
    }
    return (DWORD)(DWORD_PTR)param;
}

static unsigned __stdcall CrtWorker(void *param)
{
    Worker(NULL);
    SetEvent((HANDLE)param);
    return 7;
}

int main()
{
    InitializeCriticalSection(&g_cs);
    g_hStart = CreateEvent(NULL, TRUE, FALSE, NULL);
    HANDLE hSignal = CreateEventW(NULL, FALSE, FALSE, NULL);
    HANDLE threads[3];
    DWORD id = 0;
    threads[0] = CreateThread(NULL, 0, Worker, (LPVOID)5, 0, &id);
    threads[1] = CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)Worker, NULL, CREATE_SUSPENDED, NULL);
    unsigned crt = 0;
    threads[2] = (HANDLE)_beginthreadex(NULL, 0, CrtWorker, hSignal, 0, &crt);
    printf("ids %d\n", id != 0 && crt != 0 && GetCurrentThreadId() != id);
    printf("not yet %d\n", WaitForMultipleObjects(3, threads, FALSE, 0) == WAIT_TIMEOUT);
    DWORD code = 0;
    GetExitCodeThread(threads[0], &code);
    printf("still active %d\n", code == STILL_ACTIVE);
    ResumeThread(threads[1]);
    SetEvent(g_hStart);
    printf("all %d\n", WaitForMultipleObjects(3, threads, TRUE, INFINITE) < WAIT_OBJECT_0 + 3);
    DWORD first = WaitForSingleObject(hSignal, 0), second = WaitForSingleObject(hSignal, 0);
    printf("signal %d, then %d\n", first == WAIT_OBJECT_0, second == WAIT_TIMEOUT);
    GetExitCodeThread(threads[0], &code);
    printf("codes %lu", code);
    GetExitCodeThread(threads[2], &code);
    printf(" %lu\n", code);
    printf("counts %ld %ld\n", g_count, g_interlocked);
    for (int i = 0; i < 3; i++) CloseHandle(threads[i]);
    BOOL closed = CloseHandle(threads[0]);
    printf("closed %d %lu\n", closed, GetLastError());

    HANDLE hMutex = CreateMutex(NULL, TRUE, NULL);
    printf("mutex %d ", WaitForSingleObject(hMutex, 0) == WAIT_OBJECT_0);
    printf("%d\n", ReleaseMutex(hMutex) && ReleaseMutex(hMutex) && !ReleaseMutex(hMutex));
    HANDLE hSemaphore = CreateSemaphore(NULL, 1, 2, NULL);
    LONG previous = -1;
    ReleaseSemaphore(hSemaphore, 1, &previous);
    BOOL full = ReleaseSemaphore(hSemaphore, 1, NULL);
    printf("semaphore %ld %d\n", previous, full);
    HANDLE pair[2] = {hSignal, hSemaphore};
    printf("which %d\n", WaitForMultipleObjects(2, pair, FALSE, 1000) == WAIT_OBJECT_0 + 1);
    LONG value = 10;
    printf("%ld ", InterlockedExchange(&value, 20));
    printf("%ld ", InterlockedCompareExchange(&value, 30, 20));
    printf("%ld ", InterlockedExchangeAdd(&value, 5));
    printf("%ld\n", InterlockedDecrement(&value));
    CloseHandle(hMutex); CloseHandle(hSemaphore); CloseHandle(hSignal); CloseHandle(g_hStart);
    DeleteCriticalSection(&g_cs);
    return 0;
}
