#include "com/server_call.h"

#include <gtest/gtest.h>
#include <objbase.h>
#include <processthreadsapi.h>
#include <winbase.h>

#include <thread>

#include "com/com_ptr.h"

namespace wmi::com {
namespace {

DWORD ThreadTokenError() {
  HANDLE token = nullptr;
  if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return GetLastError();
  CloseHandle(token);
  return ERROR_SUCCESS;
}

TEST(ServerCall, NobodyCallsOutsideOfOne) {
  EXPECT_EQ(CoImpersonateClient(), RPC_E_CALL_COMPLETE);
  EXPECT_EQ(CoRevertToSelf(), RPC_E_CALL_COMPLETE);
  void* context = &context;
  EXPECT_EQ(CoGetCallContext(__uuidof(IServerSecurity), &context), RPC_E_CALL_COMPLETE);
  EXPECT_EQ(context, nullptr);
}

TEST(ServerCall, ImpersonatesWhileItLasts) {
  {
    const ServerCall call;
    EXPECT_EQ(ThreadTokenError(), static_cast<DWORD>(ERROR_NO_TOKEN));
    EXPECT_EQ(CoImpersonateClient(), S_OK);
    EXPECT_EQ(ThreadTokenError(), static_cast<DWORD>(ERROR_SUCCESS));
    std::thread([] { EXPECT_EQ(CoImpersonateClient(), RPC_E_CALL_COMPLETE); }).join();
    EXPECT_EQ(CoRevertToSelf(), S_OK);
    EXPECT_EQ(ThreadTokenError(), static_cast<DWORD>(ERROR_NO_TOKEN));
    EXPECT_EQ(CoImpersonateClient(), S_OK);
  }
  EXPECT_EQ(ThreadTokenError(), static_cast<DWORD>(ERROR_NO_TOKEN));
}

TEST(ServerCall, AnInnerCallLeavesTheOuterOneAsItWas) {
  const ServerCall outer;
  EXPECT_EQ(CoImpersonateClient(), S_OK);
  {
    const ServerCall inner;
    EXPECT_EQ(ThreadTokenError(), static_cast<DWORD>(ERROR_NO_TOKEN));
  }
  EXPECT_EQ(ThreadTokenError(), static_cast<DWORD>(ERROR_SUCCESS));
}

TEST(ServerCall, ItsContextEndsWithIt) {
  ComPtr<IServerSecurity> context;
  {
    const ServerCall call;
    ASSERT_EQ(CoGetCallContext(__uuidof(IServerSecurity), reinterpret_cast<void**>(context.Receive())), S_OK);
    EXPECT_FALSE(context->IsImpersonating());
    EXPECT_EQ(context->ImpersonateClient(), S_OK);
    EXPECT_TRUE(context->IsImpersonating());
    EXPECT_EQ(context->RevertToSelf(), S_OK);
    DWORD level = 0;
    EXPECT_EQ(context->QueryBlanket(nullptr, nullptr, nullptr, nullptr, &level, nullptr, nullptr), S_OK);
    EXPECT_EQ(level, static_cast<DWORD>(RPC_C_IMP_LEVEL_IMPERSONATE));
  }
  const ServerCall another;
  EXPECT_EQ(context->ImpersonateClient(), RPC_E_CALL_COMPLETE);
  EXPECT_FALSE(context->IsImpersonating());
}

}  // namespace
}  // namespace wmi::com
