// ATLASSERT of a debug build. The interface is local to this file, so that no other file shares what it instantiates.
#define _DEBUG
#include <atlbase.h>
#include <gtest/gtest.h>

namespace {

struct ILocal : public IUnknown {};

TEST(AtlAssertDeathTest, TellsThePlaceOfAnOverwrittenPointer) {
  CComPtr<ILocal> pointer;
  EXPECT_EQ(*&pointer, nullptr);
  int object = 0;
  pointer.p = reinterpret_cast<ILocal*>(&object);
  EXPECT_DEATH(static_cast<void>(&pointer), "atl_com_ptr.h:[0-9]+: ATLASSERT failed: p == NULL");
  pointer.p = nullptr;
  EXPECT_DEATH(ATLVERIFY(1 == 2), "1 == 2");
}

}  // namespace
