// Interlocked operations: full barriers, as on Windows. In C++ the ULONG twins exist too, because reference counts are
// declared as ULONG at least as often as LONG.
#ifndef OPENWMI_DETAIL_INTERLOCKED_H
#define OPENWMI_DETAIL_INTERLOCKED_H

#include "winnt.h"

// What they return: the new value for Increment and Decrement, the old one for the others.
#define OPENWMI_INTERLOCKED(Type, Suffix)                                                                        \
  static inline Type InterlockedIncrement##Suffix(Type volatile* value) {                                        \
    return __atomic_add_fetch(value, 1, __ATOMIC_SEQ_CST);                                                       \
  }                                                                                                              \
  static inline Type InterlockedDecrement##Suffix(Type volatile* value) {                                        \
    return __atomic_sub_fetch(value, 1, __ATOMIC_SEQ_CST);                                                       \
  }                                                                                                              \
  static inline Type InterlockedExchange##Suffix(Type volatile* value, Type replacement) {                       \
    return __atomic_exchange_n(value, replacement, __ATOMIC_SEQ_CST);                                            \
  }                                                                                                              \
  static inline Type InterlockedExchangeAdd##Suffix(Type volatile* value, Type addend) {                         \
    return __atomic_fetch_add(value, addend, __ATOMIC_SEQ_CST);                                                  \
  }                                                                                                              \
  static inline Type InterlockedAnd##Suffix(Type volatile* value, Type mask) {                                   \
    return __atomic_fetch_and(value, mask, __ATOMIC_SEQ_CST);                                                    \
  }                                                                                                              \
  static inline Type InterlockedOr##Suffix(Type volatile* value, Type mask) {                                    \
    return __atomic_fetch_or(value, mask, __ATOMIC_SEQ_CST);                                                     \
  }                                                                                                              \
  static inline Type InterlockedXor##Suffix(Type volatile* value, Type mask) {                                   \
    return __atomic_fetch_xor(value, mask, __ATOMIC_SEQ_CST);                                                    \
  }                                                                                                              \
  static inline Type InterlockedCompareExchange##Suffix(Type volatile* value, Type replacement, Type expected) { \
    __atomic_compare_exchange_n(value, &expected, replacement, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);           \
    return expected;                                                                                             \
  }

OPENWMI_INTERLOCKED(LONG, )
OPENWMI_INTERLOCKED(LONGLONG, 64)
#ifdef __cplusplus
OPENWMI_INTERLOCKED(ULONG, )
#endif
#undef OPENWMI_INTERLOCKED

static inline PVOID InterlockedExchangePointer(PVOID volatile* value, PVOID replacement) {
  return __atomic_exchange_n(value, replacement, __ATOMIC_SEQ_CST);
}
static inline PVOID InterlockedCompareExchangePointer(PVOID volatile* value, PVOID replacement, PVOID expected) {
  __atomic_compare_exchange_n(value, &expected, replacement, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return expected;
}

#endif
