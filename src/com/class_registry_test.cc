#include "com/class_registry.h"

#include <gtest/gtest.h>
#include <oaidl.h>
#include <objbase.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "com/com_object.h"

namespace wmi::com {
namespace {

constexpr CLSID kClass = {0x11111111, 1, 1, {1, 2, 3, 4, 5, 6, 7, 8}};
constexpr CLSID kOther = {0x22222222, 1, 1, {1, 2, 3, 4, 5, 6, 7, 8}};

class Thing final : public ComObject<IUnknown> {};

HRESULT MakeThing(REFIID riid, void** object) { return MakeCom<Thing>()->QueryInterface(riid, object); }

class ClassRegistry : public testing::Test {
 protected:
  ClassRegistry() { ResetRegistryForTest(); }
  ~ClassRegistry() override { ResetRegistryForTest(); }

  HRESULT Create(REFCLSID clsid, ComPtr<IUnknown>& object, IUnknown* outer = nullptr) {
    return CoCreateInstance(clsid, outer, CLSCTX_INPROC_SERVER, __uuidof(IUnknown),
                            reinterpret_cast<void**>(object.Receive()));
  }
};

TEST_F(ClassRegistry, CreatesARegisteredClass) {
  const std::size_t before = LiveObjects();
  RegisterClass(kClass, MakeThing);
  {
    ComPtr<IUnknown> object;
    EXPECT_EQ(Create(kClass, object), S_OK);
    EXPECT_TRUE(object);
    EXPECT_EQ(LiveObjects(), before + 1);  // the factory is gone
  }
  EXPECT_EQ(LiveObjects(), before);
}

TEST_F(ClassRegistry, NullsTheResultOnEveryFailure) {
  RegisterClass(kClass, MakeThing);
  const auto marker = reinterpret_cast<void*>(0x1);
  void* object = marker;
  EXPECT_EQ(CoCreateInstance(kOther, nullptr, CLSCTX_ALL, __uuidof(IUnknown), &object), REGDB_E_CLASSNOTREG);
  EXPECT_EQ(object, nullptr);
  object = marker;
  EXPECT_EQ(CoCreateInstance(kClass, nullptr, CLSCTX_ALL, __uuidof(IDispatch), &object), E_NOINTERFACE);
  EXPECT_EQ(object, nullptr);
  auto outer = MakeCom<Thing>();
  object = marker;
  EXPECT_EQ(CoCreateInstance(kClass, outer->Unknown(), CLSCTX_ALL, __uuidof(IUnknown), &object), CLASS_E_NOAGGREGATION);
  EXPECT_EQ(object, nullptr);
  object = marker;
  EXPECT_EQ(CoCreateInstance(kClass, nullptr, 0, __uuidof(IUnknown), &object), E_INVALIDARG);
  EXPECT_EQ(object, nullptr);
  EXPECT_EQ(CoCreateInstance(kClass, nullptr, CLSCTX_ALL, __uuidof(IUnknown), nullptr), E_POINTER);
}

TEST_F(ClassRegistry, InitialiserRunsOnceBeforeTheFirstLookUp) {
  std::atomic<int> runs{0};
  SetRegistryInitializer([&] {
    ++runs;
    RegisterClass(kClass, MakeThing);
    return S_OK;
  });
  EXPECT_EQ(runs, 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      ComPtr<IUnknown> object;
      EXPECT_EQ(Create(kClass, object), S_OK);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(runs, 1);
}

TEST_F(ClassRegistry, FailedInitialiserIsTriedAgain) {
  int runs = 0;
  SetRegistryInitializer([&]() -> HRESULT {
    if (++runs == 1) return E_ACCESSDENIED;
    if (runs == 2) throw std::bad_alloc();
    RegisterClass(kClass, MakeThing);
    return S_OK;
  });
  ComPtr<IUnknown> object;
  EXPECT_EQ(Create(kClass, object), E_ACCESSDENIED);
  EXPECT_EQ(Create(kClass, object), E_OUTOFMEMORY);
  EXPECT_EQ(Create(kClass, object), S_OK);
}

TEST_F(ClassRegistry, InitialiserMayCreateObjects) {
  SetRegistryInitializer([&]() -> HRESULT {
    RegisterClass(kClass, MakeThing);
    ComPtr<IUnknown> object;
    return Create(kClass, object);
  });
  ComPtr<IUnknown> object;
  EXPECT_EQ(Create(kClass, object), S_OK);
}

TEST_F(ClassRegistry, LackOfMemoryInAFactoryBecomesAnHresult) {
  RegisterClass(kClass, [](REFIID, void**) -> HRESULT { throw std::bad_alloc(); });
  ComPtr<IUnknown> object;
  EXPECT_EQ(Create(kClass, object), E_OUTOFMEMORY);
}

TEST_F(ClassRegistry, ClassObjectCreatesToo) {
  RegisterClass(kClass, MakeThing);
  ComPtr<IClassFactory> factory;
  ASSERT_EQ(CoGetClassObject(kClass, CLSCTX_INPROC_SERVER, nullptr, IID_PPV_ARGS(factory.Receive())), S_OK);
  ComPtr<IUnknown> object;
  EXPECT_EQ(factory->CreateInstance(nullptr, IID_PPV_ARGS(object.Receive())), S_OK);
  EXPECT_EQ(factory->LockServer(TRUE), S_OK);
  EXPECT_EQ(factory->CreateInstance(nullptr, __uuidof(IUnknown), nullptr), E_POINTER);
}

class OwnFactory final : public ComObject<IClassFactory> {
 public:
  HRESULT CreateInstance(IUnknown*, REFIID riid, void** object) override {
    ++created;
    return MakeThing(riid, object);
  }
  HRESULT LockServer(BOOL) override { return S_OK; }
  int created = 0;
};

TEST_F(ClassRegistry, ProgramsOfferTheirOwnClasses) {
  const std::size_t before = LiveObjects();
  auto factory = MakeCom<OwnFactory>();
  DWORD cookie = 0;
  ASSERT_EQ(CoRegisterClassObject(kOther, factory->Unknown(), CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &cookie), S_OK);
  DWORD second = 7;
  EXPECT_EQ(CoRegisterClassObject(kOther, factory->Unknown(), CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &second),
            CO_E_OBJISREG);
  ComPtr<IUnknown> object;
  EXPECT_EQ(Create(kOther, object), S_OK);
  EXPECT_EQ(Create(kOther, object), S_OK);
  EXPECT_EQ(factory->created, 2);
  EXPECT_EQ(CoRevokeClassObject(cookie), S_OK);
  EXPECT_EQ(CoRevokeClassObject(cookie), CO_E_OBJNOTREG);
  EXPECT_EQ(Create(kOther, object), REGDB_E_CLASSNOTREG);
  factory.Reset();
  EXPECT_EQ(LiveObjects(), before);
}

TEST_F(ClassRegistry, SingleUseIsFoundOnce) {
  auto factory = MakeCom<OwnFactory>();
  DWORD cookie = 0;
  ASSERT_EQ(CoRegisterClassObject(kOther, factory->Unknown(), CLSCTX_INPROC_SERVER, REGCLS_SINGLEUSE, &cookie), S_OK);
  ComPtr<IUnknown> object;
  EXPECT_EQ(Create(kOther, object), S_OK);
  EXPECT_EQ(Create(kOther, object), REGDB_E_CLASSNOTREG);
  EXPECT_EQ(CoRevokeClassObject(cookie), S_OK);
}

TEST_F(ClassRegistry, CreateInstanceExReportsEachInterface) {
  RegisterClass(kClass, MakeThing);
  const IID unknown = __uuidof(IUnknown);
  const IID dispatch = __uuidof(IDispatch);
  MULTI_QI wanted[] = {{&unknown, nullptr, S_OK}, {&dispatch, nullptr, S_OK}};
  EXPECT_EQ(CoCreateInstanceEx(kClass, nullptr, CLSCTX_ALL, nullptr, 2, wanted), 0x00080012);
  EXPECT_EQ(wanted[0].hr, S_OK);
  EXPECT_EQ(wanted[1].hr, E_NOINTERFACE);
  EXPECT_EQ(wanted[1].pItf, nullptr);
  wanted[0].pItf->Release();
  EXPECT_EQ(CoCreateInstanceEx(kClass, nullptr, CLSCTX_ALL, nullptr, 0, wanted), E_INVALIDARG);
}

}  // namespace
}  // namespace wmi::com
