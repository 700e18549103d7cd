#include "com/com_object.h"

#include <gtest/gtest.h>
#include <oleauto.h>
#include <wbemcli.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include "com/abi_call.h"
#include "com/com_ptr.h"

namespace wmi::com {
namespace {

class Both final : public ComObject<ISupportErrorInfo, IClassFactory> {
 public:
  explicit Both(int* destroyed = nullptr) : destroyed_(destroyed) {}
  HRESULT InterfaceSupportsErrorInfo(REFIID) override { return S_OK; }
  HRESULT CreateInstance(IUnknown*, REFIID, void**) override { return E_NOTIMPL; }
  HRESULT LockServer(BOOL) override { return S_OK; }

 private:
  ~Both() override {
    if (destroyed_ != nullptr) ++*destroyed_;
  }
  int* destroyed_;
};

TEST(ComObject, AnswersItsInterfacesAndOneIdentity) {
  auto object = MakeCom<Both>();
  ComPtr<ISupportErrorInfo> first = ComPtr<ISupportErrorInfo>(object.get());
  auto second = first.As<IClassFactory>();
  ASSERT_TRUE(second);
  EXPECT_EQ(first.As<IUnknown>().get(), second.As<IUnknown>().get());
  EXPECT_EQ(second.As<ISupportErrorInfo>().get(), first.get());
  EXPECT_FALSE(first.As<IDispatch>());
  void* nothing = &nothing;
  EXPECT_EQ(object->QueryInterface(__uuidof(IDispatch), &nothing), E_NOINTERFACE);
  EXPECT_EQ(nothing, nullptr);
  EXPECT_EQ(object->QueryInterface(__uuidof(IUnknown), nullptr), E_POINTER);
}

TEST(ComObject, DiesWithItsLastReferenceAndIsCounted) {
  const std::size_t before = LiveObjects();
  int destroyed = 0;
  auto* object = new Both(&destroyed);
  EXPECT_EQ(LiveObjects(), before + 1);
  EXPECT_EQ(object->AddRef(), 2u);
  EXPECT_EQ(object->Release(), 1u);
  EXPECT_EQ(destroyed, 0);
  EXPECT_EQ(object->Release(), 0u);
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(LiveObjects(), before);
}

TEST(ComObject, CountsFromManyThreads) {
  int destroyed = 0;
  auto object = MakeCom<Both>(&destroyed);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([copy = object] {
      for (int i = 0; i < 10000; ++i) ComPtr<Both> other(copy);
    });
  }
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  EXPECT_EQ(destroyed, 0);
  object.Reset();
  EXPECT_EQ(destroyed, 1);
}

struct IBase : public IUnknown {};
struct IDerived : public IBase {};

}  // namespace
}  // namespace wmi::com

__CRT_UUID_DECL(wmi::com::IBase, 1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8)
__CRT_UUID_DECL(wmi::com::IDerived, 2, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8)

namespace wmi::com {
namespace {

class WithParent final : public ComObject<Derives<IDerived, IBase>> {};

TEST(ComObject, AnnouncesTheParentsOfAnInterface) {
  auto object = MakeCom<WithParent>();
  ComPtr<IBase> base;
  EXPECT_EQ(object->QueryInterface(__uuidof(IBase), reinterpret_cast<void**>(base.Receive())), S_OK);
  EXPECT_TRUE(base.As<IDerived>());
}

TEST(ComPtr, OwnsOneReference) {
  int destroyed = 0;
  {
    auto object = MakeCom<Both>(&destroyed);
    ComPtr<Both> copy = object;
    ComPtr<Both> moved = std::move(object);
    EXPECT_FALSE(object);
    const ComPtr<Both>& same = copy;
    copy = same;
    Both* raw = moved.Detach();
    copy.Reset();
    EXPECT_EQ(destroyed, 0);
    IClassFactory* out = nullptr;
    ComPtr<IClassFactory>::Adopt(raw).CopyTo(&out);
    EXPECT_EQ(destroyed, 0);
    out->Release();
    EXPECT_EQ(destroyed, 1);
  }
  EXPECT_EQ(destroyed, 1);
}

TEST(AbiCall, TurnsExceptionsIntoCodes) {
  EXPECT_EQ(AbiCall([]() -> HRESULT { return S_FALSE; }), S_FALSE);
  EXPECT_EQ(AbiCall([]() -> HRESULT { throw std::bad_alloc(); }), WBEM_E_OUT_OF_MEMORY);
  EXPECT_EQ(AbiCall<E_OUTOFMEMORY>([]() -> HRESULT { throw std::bad_alloc(); }), E_OUTOFMEMORY);
}

#ifndef NDEBUG
TEST(AbiCallDeathTest, OtherExceptionsStopADebugBuild) {
  EXPECT_DEATH(AbiCall([]() -> HRESULT { throw std::runtime_error("bug"); }), "exception");
}
#else
TEST(AbiCall, OtherExceptionsFailTheCall) {
  EXPECT_EQ(AbiCall([]() -> HRESULT { throw std::runtime_error("bug"); }), WBEM_E_FAILED);
}
#endif

}  // namespace
}  // namespace wmi::com
