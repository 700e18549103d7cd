#include <gtest/gtest.h>
#include <objbase.h>
#include <oleauto.h>

#include <thread>

#include "base/fault.h"
#include "com/com_object.h"
#include "com/com_ptr.h"
#include "com/memory.h"

namespace wmi::com {
namespace {

ComPtr<IErrorInfo> MakeError(const wchar_t* description) {
  ComPtr<ICreateErrorInfo> create;
  EXPECT_EQ(CreateErrorInfo(create.Receive()), S_OK);
  EXPECT_EQ(create->SetDescription(const_cast<wchar_t*>(description)), S_OK);
  return create.As<IErrorInfo>();
}

TEST(ErrorInfo, IsTakenOutOnce) {
  const std::size_t before = LiveObjects();
  SetErrorInfo(0, MakeError(L"it broke").get());
  ComPtr<IErrorInfo> got;
  ASSERT_EQ(GetErrorInfo(0, got.Receive()), S_OK);
  BSTR text = nullptr;
  ASSERT_EQ(got->GetDescription(&text), S_OK);
  EXPECT_STREQ(text, L"it broke");
  SysFreeString(text);
  EXPECT_EQ(GetErrorInfo(0, got.Receive()), S_FALSE);
  EXPECT_FALSE(got);
  EXPECT_EQ(LiveObjects(), before);
}

TEST(ErrorInfo, BelongsToItsThread) {
  SetErrorInfo(0, MakeError(L"here").get());
  std::thread([] {
    ComPtr<IErrorInfo> got;
    EXPECT_EQ(GetErrorInfo(0, got.Receive()), S_FALSE);
    SetErrorInfo(0, MakeError(L"released with the thread").get());
  }).join();
  ComPtr<IErrorInfo> got;
  EXPECT_EQ(GetErrorInfo(0, got.Receive()), S_OK);
}

TEST(ErrorInfo, NullClears) {
  SetErrorInfo(0, MakeError(L"x").get());
  EXPECT_EQ(SetErrorInfo(0, nullptr), S_OK);
  IErrorInfo* got = nullptr;
  EXPECT_EQ(GetErrorInfo(0, &got), S_FALSE);
}

TEST(ErrorInfo, RefusesBadArguments) {
  IErrorInfo* got = nullptr;
  EXPECT_EQ(GetErrorInfo(1, &got), E_INVALIDARG);
  EXPECT_EQ(GetErrorInfo(0, nullptr), E_INVALIDARG);
  EXPECT_EQ(SetErrorInfo(1, nullptr), E_INVALIDARG);
  EXPECT_EQ(CreateErrorInfo(nullptr), E_INVALIDARG);
}

TEST(ErrorInfo, HoldsAllItsFields) {
  ComPtr<ICreateErrorInfo> create;
  ASSERT_EQ(CreateErrorInfo(create.Receive()), S_OK);
  wchar_t source[] = L"WMI";
  EXPECT_EQ(create->SetGUID(IID_IUnknown), S_OK);
  EXPECT_EQ(create->SetSource(source), S_OK);
  EXPECT_EQ(create->SetHelpContext(12), S_OK);
  auto info = create.As<IErrorInfo>();
  GUID guid;
  EXPECT_EQ(info->GetGUID(&guid), S_OK);
  EXPECT_EQ(guid, IID_IUnknown);
  DWORD context = 0;
  EXPECT_EQ(info->GetHelpContext(&context), S_OK);
  EXPECT_EQ(context, 12u);
  BSTR text = nullptr;
  EXPECT_EQ(info->GetSource(&text), S_OK);
  EXPECT_STREQ(text, L"WMI");
  SysFreeString(text);
  EXPECT_EQ(info->GetHelpFile(&text), S_OK);
  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(info->GetSource(nullptr), E_INVALIDARG);
  const FaultScope fault(kAllocationFault, 1, FaultMode::kFromThere);
  EXPECT_EQ(info->GetSource(&text), E_OUTOFMEMORY);
  EXPECT_EQ(text, nullptr);
}

}  // namespace
}  // namespace wmi::com
