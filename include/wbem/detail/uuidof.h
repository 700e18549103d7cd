// __uuidof for g++ and clang, C++11 and later, with and without -fms-extensions.
//
// The identifier of a type is a static constexpr member of a class template specialised per type; __uuidof names that
// member. So its address is a constant (template argument), a reference to it binds (REFIID), and it costs nothing. The
// expansion has no outer parentheses because before C++17 a pointer template argument must read `&name`. The operand
// may be a type or an expression; pointers, references and cv are stripped.
//
// A program gives its own interface an identifier with __CRT_UUID_DECL(IMine, 0x..., 0x..., 0x..., 8 bytes).
#ifndef OPENWMI_DETAIL_UUIDOF_H
#define OPENWMI_DETAIL_UUIDOF_H

#include "guiddef.h"

#ifdef __cplusplus

namespace openwmi_detail {

// Specialised by __CRT_UUID_DECL. An undefined primary makes __uuidof of an unknown type an error that names the type.
template <typename T>
struct uuid_source;

template <typename T>
struct uuid_strip {
  typedef T type;
};
template <typename T>
struct uuid_strip<T*> : uuid_strip<T> {};
template <typename T>
struct uuid_strip<T&> : uuid_strip<T> {};
template <typename T>
struct uuid_strip<T&&> : uuid_strip<T> {};
template <typename T>
struct uuid_strip<const T> : uuid_strip<T> {};
template <typename T>
struct uuid_strip<volatile T> : uuid_strip<T> {};
template <typename T>
struct uuid_strip<const volatile T> : uuid_strip<T> {};

template <typename T>
struct uuid_constant {
  static constexpr GUID value = uuid_source<T>::get();
};
// C++11 and 14 need the definition, later standards tolerate it.
template <typename T>
constexpr GUID uuid_constant<T>::value;

template <typename T>
struct uuid_of : uuid_constant<typename uuid_strip<T>::type> {};

}  // namespace openwmi_detail

#undef __uuidof
#define __uuidof(operand) ::openwmi_detail::uuid_of<__typeof__(operand)>::value
#undef _uuidof
#define _uuidof(operand) __uuidof(operand)

#define __CRT_UUID_DECL(type, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                      \
  extern "C++" {                                                                              \
  template <>                                                                                 \
  struct openwmi_detail::uuid_source<type> {                                                  \
    static constexpr GUID get() { return GUID{l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}; } \
  };                                                                                          \
  }

// Declares the identifier of an interface (IID_name) or class (CLSID_name), exported by the library, and its __uuidof.
// An INITGUID before it changes nothing: the library has the one definition.
#define OPENWMI_INTERFACE_ID(type, ...)      \
  EXTERN_C OPENWMI_API const IID IID_##type; \
  __CRT_UUID_DECL(type, __VA_ARGS__)
#define OPENWMI_CLASS_ID(type, ...)              \
  class type;                                    \
  EXTERN_C OPENWMI_API const CLSID CLSID_##type; \
  __CRT_UUID_DECL(type, __VA_ARGS__)

#endif

#endif
