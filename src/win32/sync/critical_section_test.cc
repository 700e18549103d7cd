#include <gtest/gtest.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace {

TEST(CriticalSection, ExcludesOtherThreadsAndCountsItsOwner) {
  CRITICAL_SECTION section;
  InitializeCriticalSection(&section);
  EnterCriticalSection(&section);
  EXPECT_TRUE(TryEnterCriticalSection(&section));
  std::thread([&] { EXPECT_FALSE(TryEnterCriticalSection(&section)); }).join();
  LeaveCriticalSection(&section);
  std::thread([&] { EXPECT_FALSE(TryEnterCriticalSection(&section)); }).join();
  LeaveCriticalSection(&section);
  std::thread([&] {
    EXPECT_TRUE(TryEnterCriticalSection(&section));
    LeaveCriticalSection(&section);
  }).join();
  DeleteCriticalSection(&section);
}

TEST(CriticalSection, ProtectsACounter) {
  CRITICAL_SECTION section;
  EXPECT_TRUE(InitializeCriticalSectionAndSpinCount(&section, 4000));
  int counter = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        EnterCriticalSection(&section);
        ++counter;
        LeaveCriticalSection(&section);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, 4000);
  DeleteCriticalSection(&section);
}

TEST(LastError, BelongsToItsThread) {
  SetLastError(ERROR_ACCESS_DENIED);
  std::thread([] {
    EXPECT_EQ(GetLastError(), 0u);
    SetLastError(1);
  }).join();
  EXPECT_EQ(GetLastError(), 5u);
  SetLastError(0);
}

TEST(Sleep, WaitsAtLeastTheTimeGiven) {
  const auto start = std::chrono::steady_clock::now();
  Sleep(20);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(20));
  Sleep(0);
}

TEST(Interlocked, ReturnsWhatWindowsReturns) {
  LONG signed_value = 5;
  EXPECT_EQ(InterlockedIncrement(&signed_value), 6);
  EXPECT_EQ(InterlockedDecrement(&signed_value), 5);
  EXPECT_EQ(InterlockedExchange(&signed_value, 9), 5);
  EXPECT_EQ(InterlockedExchangeAdd(&signed_value, 2), 9);
  EXPECT_EQ(InterlockedCompareExchange(&signed_value, 1, 99), 11);
  EXPECT_EQ(signed_value, 11);
  EXPECT_EQ(InterlockedCompareExchange(&signed_value, 1, 11), 11);
  EXPECT_EQ(signed_value, 1);
  ULONG references = 0;
  EXPECT_EQ(InterlockedIncrement(reinterpret_cast<long*>(&references)), 1);
  EXPECT_EQ(InterlockedIncrement(&references), 2u);
  LONGLONG large = 1;
  EXPECT_EQ(InterlockedIncrement64(&large), 2);
  int target = 0;
  PVOID pointer = nullptr;
  EXPECT_EQ(InterlockedCompareExchangePointer(&pointer, &target, nullptr), nullptr);
  EXPECT_EQ(InterlockedExchangePointer(&pointer, nullptr), &target);
}

TEST(Words, AreTakenApartAndJoined) {
  EXPECT_EQ(MAKEWORD(0x34, 0x12), 0x1234);
  EXPECT_EQ(MAKELONG(0x5678, 0x1234), 0x12345678L);
  EXPECT_EQ(LOWORD(0x12345678), 0x5678);
  EXPECT_EQ(HIWORD(0x12345678), 0x1234);
  EXPECT_EQ(HIWORD(static_cast<HRESULT>(0x80041003)), 0x8004);
  EXPECT_EQ(LOBYTE(0x1234), 0x34);
  EXPECT_EQ(HIBYTE(0x1234), 0x12);
}

TEST(Memory, MacrosFillAndCopy) {
  char buffer[4] = {1, 2, 3, 4};
  char other[4] = {};
  CopyMemory(other, buffer, 4);
  EXPECT_EQ(other[3], 4);
  MoveMemory(buffer + 1, buffer, 3);
  EXPECT_EQ(buffer[3], 3);
  FillMemory(buffer, 4, 7);
  EXPECT_EQ(buffer[0], 7);
  ZeroMemory(buffer, 4);
  EXPECT_EQ(buffer[2], 0);
  EXPECT_EQ(SecureZeroMemory(other, 4), other);
  EXPECT_EQ(other[0], 0);
}

TEST(Hresult, MacrosWorkOn32Bits) {
  const DWORD kept = static_cast<DWORD>(static_cast<uint32_t>(E_FAIL));  // zero-extended in a wider DWORD
  EXPECT_TRUE(FAILED(kept));
  EXPECT_TRUE(SUCCEEDED(S_FALSE));
  EXPECT_EQ(HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED), E_ACCESSDENIED);
  EXPECT_EQ(HRESULT_FROM_WIN32(0), S_OK);
  EXPECT_EQ(HRESULT_FROM_WIN32(E_FAIL), E_FAIL);
  EXPECT_EQ(MAKE_HRESULT(1, FACILITY_WIN32, 5), E_ACCESSDENIED);
  EXPECT_EQ(HRESULT_FACILITY(E_ACCESSDENIED), FACILITY_WIN32);
  EXPECT_EQ(HRESULT_CODE(E_ACCESSDENIED), 5);
}

}  // namespace
