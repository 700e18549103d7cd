#include <gtest/gtest.h>
#include <objbase.h>

#include <thread>

namespace {

// Each test runs on a thread of its own: the counts are per thread.
template <typename Body>
void OnNewThread(Body body) {
  std::thread(body).join();
}

TEST(CoInitialize, CountsPerThread) {
  OnNewThread([] {
    EXPECT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
    EXPECT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_FALSE);
    OnNewThread([] {
      EXPECT_EQ(CoInitialize(nullptr), S_OK);
      CoUninitialize();
    });
    CoUninitialize();
    EXPECT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_FALSE);
    CoUninitialize();
    CoUninitialize();
    EXPECT_EQ(CoInitialize(nullptr), S_OK);
    CoUninitialize();
  });
}

TEST(CoInitialize, RefusesAChangeOfApartment) {
  OnNewThread([] {
    EXPECT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED | COINIT_SPEED_OVER_MEMORY), S_OK);
    EXPECT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), RPC_E_CHANGED_MODE);
    EXPECT_EQ(CoInitialize(nullptr), RPC_E_CHANGED_MODE);
    EXPECT_EQ(OleInitialize(nullptr), RPC_E_CHANGED_MODE);
    CoUninitialize();
    EXPECT_EQ(OleInitialize(nullptr), S_OK);
    OleUninitialize();
  });
}

TEST(CoInitialize, OneUninitializeTooManyIsHarmless) {
  OnNewThread([] {
    CoUninitialize();
    EXPECT_EQ(CoInitialize(nullptr), S_OK);
    CoUninitialize();
    CoUninitialize();
    EXPECT_EQ(CoInitialize(nullptr), S_OK);
    CoUninitialize();
  });
}

TEST(CoInitialize, RefusesBadArguments) {
  OnNewThread([] {
    int reserved = 0;
    EXPECT_EQ(CoInitializeEx(&reserved, 0), E_INVALIDARG);
    EXPECT_EQ(CoInitializeEx(nullptr, 0x10), E_INVALIDARG);
    EXPECT_EQ(CoInitialize(nullptr), S_OK);
    CoUninitialize();
  });
}

}  // namespace
