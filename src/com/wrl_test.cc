// Microsoft::WRL::ComPtr.
#include <gtest/gtest.h>
#include <oleauto.h>
#include <wrl/client.h>

#include <map>
#include <utility>
#include <vector>

#include "com/com_object.h"
#include "com/counted_factory_test_support.h"

namespace {

using Microsoft::WRL::ComPtr;
using wmi::com::LiveObjects;

using Factory = wmi::com::CountedFactory;

// Every test ends with as many objects as it began with.
class WrlPointer : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(LiveObjects(), before_); }
  static ULONG CountOf(IUnknown* object) {
    object->AddRef();
    return object->Release();
  }

 private:
  std::size_t before_ = LiveObjects();
};

HRESULT Give(IClassFactory** target) {
  *target = new Factory();
  return S_OK;
}
HRESULT GiveAny(REFIID riid, void** target) {
  ComPtr<IClassFactory> factory;
  factory.Attach(new Factory());
  return factory.CopyTo(riid, target);
}
HRESULT GivePointer(ComPtr<IClassFactory>* target) { return Give(target->GetAddressOf()); }

bool IsSet(const ComPtr<IClassFactory>& pointer) { return pointer; }

TEST_F(WrlPointer, ReceivesThroughItsAddressAndReleasesTheOldObject) {
  const std::size_t before = LiveObjects();
  ComPtr<IClassFactory> factory;
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Give(&factory), S_OK);
  EXPECT_EQ(LiveObjects(), before + 1);
  ASSERT_EQ(GiveAny(IID_PPV_ARGS(&factory)), S_OK);
  ASSERT_EQ(GiveAny(__uuidof(IClassFactory), &factory), S_OK);
  ASSERT_EQ(GiveAny(IID_PPV_ARGS(factory.ReleaseAndGetAddressOf())), S_OK);
  ASSERT_EQ(GivePointer(&factory), S_OK);
  EXPECT_EQ(LiveObjects(), before + 1);
  EXPECT_EQ(CountOf(factory.Get()), 1u);
  ComPtr<IClassFactory> other;
  ASSERT_EQ(GiveAny(__uuidof(other), reinterpret_cast<void**>(other.GetAddressOf())), S_OK);
  EXPECT_EQ(factory->LockServer(TRUE), S_OK);
  EXPECT_EQ(*(&other), other.Get());
}

TEST_F(WrlPointer, CountsReferences) {
  ComPtr<IClassFactory> first;
  Give(&first);
  {
    ComPtr<IClassFactory> copy = first;
    ComPtr<IUnknown> base = first;
    ComPtr<IUnknown> raw(first.Get());
    EXPECT_EQ(CountOf(first.Get()), 4u);
    ComPtr<IUnknown> moved = std::move(copy);
    EXPECT_EQ(copy, nullptr);
    base = first;
    base = first.Get();
    base = std::move(moved);
    EXPECT_EQ(CountOf(first.Get()), 3u);
  }
  EXPECT_EQ(CountOf(first.Get()), 1u);
  ComPtr<IClassFactory>& same = first;
  first = same;
  first = std::move(same);
  EXPECT_EQ(CountOf(first.Get()), 1u);
  EXPECT_EQ(first.Reset(), 0u);
  EXPECT_EQ(first.Reset(), 0u);
}

TEST_F(WrlPointer, AsksForOtherInterfaces) {
  ComPtr<IClassFactory> factory;
  Give(&factory);
  ComPtr<ISupportErrorInfo> support;
  EXPECT_EQ(factory.As(&support), S_OK);
  EXPECT_EQ(factory.As<ISupportErrorInfo>(&support), S_OK);
  EXPECT_EQ(CountOf(factory.Get()), 2u);
  ComPtr<IDispatch> dispatch;
  EXPECT_EQ(factory.As(&dispatch), E_NOINTERFACE);
  EXPECT_FALSE(dispatch);
  ComPtr<IUnknown> unknown;
  EXPECT_EQ(support.AsIID(IID_IClassFactory, &unknown), S_OK);
  EXPECT_EQ(unknown.Get(), factory.Get());
  IClassFactory* raw = nullptr;
  EXPECT_EQ(factory.CopyTo(&raw), S_OK);
  EXPECT_EQ(raw->Release(), 3u);
  EXPECT_EQ(support.CopyTo(&raw), S_OK);
  raw->Release();
  EXPECT_EQ(factory.CopyTo(IID_PPV_ARGS(&support)), S_OK);
  EXPECT_EQ(ComPtr<IUnknown>().As(&support), E_POINTER);
  EXPECT_EQ(support, nullptr);
}

TEST_F(WrlPointer, TestsAndCompares) {
  ComPtr<IClassFactory> factory;
  ComPtr<IClassFactory> none;
  EXPECT_TRUE(!factory && factory == nullptr && nullptr == factory && factory == none);
  Give(&factory);
  ComPtr<IUnknown> base = factory;
  EXPECT_TRUE(factory && factory != nullptr && nullptr != factory && factory != none && base == factory);
  EXPECT_NE(factory < none, none < factory);
  EXPECT_TRUE(IsSet(factory));
  EXPECT_FALSE(IsSet(none));
  factory.Swap(none);
  EXPECT_TRUE(none && !factory);
}

TEST_F(WrlPointer, AttachesAndDetaches) {
  ComPtr<IClassFactory> factory;
  Give(&factory);
  IClassFactory* raw = factory.Detach();
  EXPECT_EQ(factory, nullptr);
  factory.Attach(raw);
  EXPECT_EQ(CountOf(raw), 1u);
  factory = nullptr;
}

TEST_F(WrlPointer, LivesInContainers) {
  std::vector<ComPtr<IClassFactory>> objects(3);
  for (ComPtr<IClassFactory>& object : objects) Give(&object);
  objects.push_back(objects.front());
  objects.erase(objects.begin());
  std::map<ComPtr<IClassFactory>, int> numbers;
  for (const ComPtr<IClassFactory>& object : objects) ++numbers[object];
  EXPECT_EQ(numbers.size(), 3u);
}

}  // namespace
