// CComPtr, CComQIPtr and the owners of atlbase.h, over objects that are counted.
#include <atlbase.h>
#include <comdef.h>
#include <gtest/gtest.h>
#include <wbemidl.h>

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "com/com_object.h"
#include "com/counted_factory_test_support.h"

namespace {

using wmi::com::LiveObjects;

using Factory = wmi::com::CountedFactory;

// Every test ends with as many objects as it began with.
class AtlPointer : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(LiveObjects(), before_); }
  static CComPtr<IClassFactory> Make() {
    CComPtr<IClassFactory> made;
    made.Attach(new Factory());
    return made;
  }
  // The count without the caller's own reference.
  static ULONG CountOf(IUnknown* object) {
    object->AddRef();
    return object->Release();
  }

 private:
  std::size_t before_ = LiveObjects();
};

// Fills an out-parameter, as a COM method does.
HRESULT GiveFactory(IClassFactory** target) {
  *target = new Factory();
  return S_OK;
}

TEST_F(AtlPointer, CountsReferences) {
  CComPtr<IClassFactory> first = Make();
  EXPECT_EQ(CountOf(first), 1u);
  {
    CComPtr<IClassFactory> copy = first;
    CComPtr<IUnknown> base(first);
    EXPECT_EQ(CountOf(first), 3u);
    CComPtr<IClassFactory> moved = std::move(copy);
    EXPECT_EQ(copy.p, nullptr);
    EXPECT_EQ(CountOf(first), 3u);
  }
  EXPECT_EQ(CountOf(first), 1u);
  first = first.p;
  EXPECT_EQ(CountOf(first), 1u);
  first.Release();
  EXPECT_EQ(first.p, nullptr);
  first.Release();
}

TEST_F(AtlPointer, ReceivesThroughItsAddress) {
  CComPtr<IClassFactory> factory;
  ASSERT_EQ(GiveFactory(&factory), S_OK);
  EXPECT_EQ(CountOf(factory), 1u);
  EXPECT_EQ(factory->LockServer(TRUE), S_OK);
  EXPECT_EQ((*factory).LockServer(TRUE), S_OK);
  CComPtr<IClassFactory> empty;
  EXPECT_THROW(static_cast<void>(*empty), CAtlException);
}

TEST_F(AtlPointer, IsAssignedFromPointersAndNull) {
  CComPtr<IClassFactory> first = Make();
  CComPtr<IClassFactory> second;
  second = first;
  EXPECT_TRUE(second == first);
  EXPECT_EQ(CountOf(first), 2u);
  second = NULL;
  EXPECT_TRUE(!second);
  EXPECT_EQ(CountOf(first), 1u);
  second = first.p;
  EXPECT_EQ(CountOf(first), 2u);
  second = nullptr;
  EXPECT_TRUE(second == NULL);
  second = std::move(first);
  EXPECT_TRUE(first == nullptr);
  EXPECT_EQ(CountOf(second), 1u);
  CComPtr<IClassFactory>& same = second;
  second = std::move(same);
  EXPECT_EQ(CountOf(second), 1u);
}

TEST_F(AtlPointer, AsksForAnotherInterfaceOnAssignment) {
  CComPtr<IClassFactory> factory = Make();
  CComPtr<ISupportErrorInfo> support;
  support = factory;
  ASSERT_TRUE(support != NULL);
  CComPtr<IDispatch> dispatch;
  dispatch = factory;
  EXPECT_TRUE(dispatch == NULL);
  EXPECT_EQ(CountOf(factory), 2u);
}

TEST_F(AtlPointer, ComparesAddressesAndObjects) {
  CComPtr<IClassFactory> factory = Make();
  CComQIPtr<ISupportErrorInfo> support(factory);
  CComPtr<IClassFactory> other = Make();
  EXPECT_TRUE(factory == factory.p);
  EXPECT_TRUE(NULL != factory);
  EXPECT_TRUE(factory != other);
  EXPECT_NE(factory < other, other < factory);
  EXPECT_TRUE(factory.IsEqualObject(support));
  EXPECT_FALSE(factory.IsEqualObject(other));
  EXPECT_FALSE(factory.IsEqualObject(NULL));
  EXPECT_TRUE(CComPtr<IUnknown>().IsEqualObject(NULL));
}

TEST_F(AtlPointer, AttachesDetachesAndCopies) {
  CComPtr<IClassFactory> factory = Make();
  IClassFactory* raw = factory.Detach();
  EXPECT_TRUE(!factory);
  factory.Attach(raw);
  EXPECT_EQ(CountOf(factory), 1u);
  IClassFactory* copy = nullptr;
  EXPECT_EQ(factory.CopyTo(&copy), S_OK);
  EXPECT_EQ(copy->Release(), 1u);
  EXPECT_EQ(factory.CopyTo(nullptr), E_POINTER);
  CComPtr<ISupportErrorInfo> support;
  EXPECT_EQ(factory.QueryInterface(&support), S_OK);
  EXPECT_EQ(CComPtr<IUnknown>().QueryInterface(&support.p), E_POINTER);
  factory.Attach(nullptr);
}

TEST_F(AtlPointer, CreatesObjects) {
  CComPtr<IUnknown> none;
  EXPECT_EQ(none.CoCreateInstance(GUID_NULL), REGDB_E_CLASSNOTREG);
  EXPECT_TRUE(!none);
}

TEST_F(AtlPointer, LivesInContainers) {
  std::vector<CComPtr<IClassFactory>> objects;
  for (int i = 0; i < 20; ++i) objects.push_back(Make());
  objects.emplace_back(objects.front().p);
  objects.insert(objects.begin(), nullptr);
  std::sort(objects.begin(), objects.end());
  objects.erase(objects.begin() + 3);
  EXPECT_TRUE(objects.front() == nullptr);
  std::set<CComPtr<IClassFactory>> unique(objects.begin(), objects.end());
  std::map<int, CComPtr<IUnknown>> by_number;
  by_number[1] = objects.back();
  std::vector<CComPtr<IClassFactory>> copy = objects;
  std::reverse(copy.begin(), copy.end());
  EXPECT_EQ(copy.front(), objects.back());
}

TEST_F(AtlPointer, QueriesWhatItIsGiven) {
  CComPtr<IClassFactory> factory = Make();
  CComQIPtr<ISupportErrorInfo> from_raw(factory.p);
  CComQIPtr<ISupportErrorInfo> from_pointer = factory;
  CComQIPtr<ISupportErrorInfo> copy = from_raw;
  CComQIPtr<ISupportErrorInfo, &IID_ISupportErrorInfo> named(static_cast<IUnknown*>(factory));
  EXPECT_EQ(CountOf(factory), 5u);
  EXPECT_TRUE(copy.IsEqualObject(factory));
  EXPECT_TRUE(named != nullptr);
  CComQIPtr<IDispatch> none(factory);
  EXPECT_TRUE(!none);
  CComQIPtr<IDispatch> empty(NULL);
  empty = nullptr;
  copy = NULL;
  copy = factory;
  copy = factory.p;
  copy = std::move(from_pointer);
  EXPECT_TRUE(from_pointer == nullptr);
  EXPECT_TRUE(copy == from_raw);
  // The same interface is not asked for.
  CComQIPtr<IClassFactory> same(factory);
  EXPECT_EQ(same.p, factory.p);
}

TEST_F(AtlPointer, QueriesIdentity) {
  CComPtr<IClassFactory> factory = Make();
  CComQIPtr<ISupportErrorInfo> support(factory);
  // A pointer to the second interface converts to another IUnknown than the object's own.
  EXPECT_NE(static_cast<IUnknown*>(support.p), static_cast<IUnknown*>(factory.p));
  CComQIPtr<IUnknown> identity(support);
  CComQIPtr<IUnknown, &IID_IUnknown> other(static_cast<IUnknown*>(support.p));
  EXPECT_EQ(identity.p, static_cast<IUnknown*>(factory.p));
  EXPECT_EQ(other.p, identity.p);
}

TEST_F(AtlPointer, HasTheIdentifierOfItsInterface) {
  CComPtr<IClassFactory> factory = Make();
  EXPECT_EQ(__uuidof(factory), IID_IClassFactory);
  EXPECT_EQ(__uuidof(CComQIPtr<IDispatch>), IID_IDispatch);
  CComPtr<ISupportErrorInfo> support;
  EXPECT_EQ(factory->QueryInterface(IID_PPV_ARGS(&support)), S_OK);
  EXPECT_EQ(CountOf(factory), 2u);
}

TEST(AtlMemory, FreesWhatItOwns) {
  struct Counted {
    explicit Counted(int* target) : count(target) { ++*count; }
    ~Counted() { --*count; }
    int* count;
  };
  int alive = 0;
  {
    CAutoPtr<Counted> first(new Counted(&alive));
    CAutoPtr<Counted> second(first);
    EXPECT_EQ(first.m_p, nullptr);
    EXPECT_EQ(second->count, &alive);
    first = second;
    first.Attach(new Counted(&alive));
    EXPECT_EQ(alive, 1);
    second = std::move(first);
    delete second.Detach();
    EXPECT_EQ(alive, 0);
    second.Attach(new Counted(&alive));
  }
  EXPECT_EQ(alive, 0);
}

TEST(AtlMemory, AllocatesByElements) {
  CHeapPtr<int> block;
  ASSERT_TRUE(block.Allocate(4));
  block[3] = 7;
  ASSERT_TRUE(block.Reallocate(1000));
  EXPECT_EQ(block[3], 7);
  EXPECT_FALSE(CHeapPtr<int>().Allocate(static_cast<size_t>(-1) / 2));
  CHeapPtr<int> taken(block);
  EXPECT_EQ(static_cast<int*>(block), nullptr);
  CComHeapPtr<WCHAR> text;
  ASSERT_EQ(StringFromCLSID(IID_IUnknown, &text), S_OK);
  EXPECT_STREQ(text, L"{00000000-0000-0000-C000-000000000046}");
  CAutoVectorPtr<char> bytes;
  ASSERT_TRUE(bytes.Allocate(10));
  bytes[9] = 'x';
}

TEST(AtlLocks, LockWhileTheyLive) {
  CComAutoCriticalSection section;
  {
    CComCritSecLock<CComAutoCriticalSection> lock(section);
    CComCritSecLock<CComAutoCriticalSection> later(section, false);
    EXPECT_EQ(later.Lock(), S_OK);
    later.Unlock();
  }
  CComCriticalSection manual;
  EXPECT_EQ(manual.Init(), S_OK);
  EXPECT_EQ(manual.Lock(), S_OK);
  EXPECT_EQ(manual.Unlock(), S_OK);
  EXPECT_EQ(manual.Term(), S_OK);
}

TEST(AtlErrors, AreThrownWithTheirCode) {
  try {
    AtlThrow(E_ACCESSDENIED);
    FAIL();
  } catch (const CAtlException& error) {
    EXPECT_EQ(error.m_hr, E_ACCESSDENIED);
    const HRESULT hr = error;
    EXPECT_EQ(hr, E_ACCESSDENIED);
  }
  SetLastError(ERROR_ACCESS_DENIED);
  EXPECT_EQ(AtlHresultFromLastError(), E_ACCESSDENIED);
  EXPECT_EQ(AtlHresultFromWin32(0), S_OK);
  EXPECT_THROW(ATLENSURE(1 == 2), CAtlException);
  EXPECT_NO_THROW(ATLENSURE(1 == 1));
}

static_assert(std::is_nothrow_move_constructible<CComPtr<IUnknown>>::value, "vectors move, not copy");
static_assert(sizeof(CComQIPtr<IUnknown>) == sizeof(void*), "one pointer");

}  // namespace
