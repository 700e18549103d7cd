// The C and the C++ form of the interfaces are the same tables of methods.
#include "interface_layout.h"

#include <gtest/gtest.h>

namespace {

TEST(InterfaceLayout, IsTheSameInCAndInCxx) {
  std::size_t count = 0;
  const Place* cxx = CxxPlaces();
  for (const Place* c = c_places; c->method != nullptr; ++c, ++cxx, ++count) {
    ASSERT_STREQ(c->method, cxx->method);
    EXPECT_EQ(c->slot, cxx->slot) << c->method;
  }
  EXPECT_EQ(cxx->method, nullptr);
  EXPECT_GE(count, 377u) << "all interfaces of wbemcli.h, wbemprov.h and wmiutils.h, with what they inherit";
}

}  // namespace
