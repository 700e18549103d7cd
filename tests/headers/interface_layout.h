// Where a method lies in the table of its interface, in C and in C++.
#ifndef INTERFACE_LAYOUT_H
#define INTERFACE_LAYOUT_H

#include <stddef.h>

struct Place {
  const char* method;  // "IUnknown::AddRef"; NULL ends a list
  size_t slot;
};

#ifdef __cplusplus
extern "C" {
#endif
extern const struct Place c_places[];
#ifdef __cplusplus
}
const struct Place* CxxPlaces();
#endif

#endif
