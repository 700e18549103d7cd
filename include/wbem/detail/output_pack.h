// How the C++ forms of the printf family tell the formatter the types of their arguments. Needs C++11.
//
// What is taken: every arithmetic type, enumerations, pointers, nullptr; objects that convert to wide or narrow text
// (_bstr_t, CComBSTR, the conversion classes of ATL), that have c_str() (std::string, std::wstring), or that convert to
// a pointer or an integer. Anything else does not compile, and the message says what to do.
#ifndef OPENWMI_DETAIL_OUTPUT_PACK_H
#define OPENWMI_DETAIL_OUTPUT_PACK_H

#include "output_argument.h"

#ifdef __cplusplus

extern "C++" {

#include <type_traits>
#include <utility>

namespace openwmi_output {

template <bool... Values>
struct sequence {};

// True when none of the types is a class. Such arguments travel by value: arrays decay and constants need no address.
template <typename... T>
struct all_plain {
  static constexpr bool value =
      std::is_same<sequence<true, !(std::is_class<T>::value || std::is_union<T>::value)...>,
                   sequence<!(std::is_class<T>::value || std::is_union<T>::value)..., true>>::value;
};
template <typename... T>
using when_plain = typename std::enable_if<all_plain<T...>::value, int>::type;
template <typename... T>
using when_objects = typename std::enable_if<!all_plain<T...>::value, int>::type;

inline openwmi_argument of_integer(int kind, long long value) {
  openwmi_argument argument;
  argument.kind = kind;
  argument.value.integer = value;
  return argument;
}
inline openwmi_argument of_pointer(int kind, const volatile void* value) {
  openwmi_argument argument;
  argument.kind = kind;
  argument.value.pointer = const_cast<const void*>(value);
  return argument;
}

template <typename T>
constexpr int kind_of_integer() {
  return std::is_same<T, char>::value ? OPENWMI_ARGUMENT_CHARACTER
         : std::is_same<T, wchar_t>::value || std::is_same<T, char16_t>::value || std::is_same<T, char32_t>::value
             ? OPENWMI_ARGUMENT_WIDE_CHARACTER
         : sizeof(T) > 4  ? (std::is_signed<T>::value ? OPENWMI_ARGUMENT_INT64 : OPENWMI_ARGUMENT_UINT64)
         : sizeof(T) == 4 ? (std::is_signed<T>::value ? OPENWMI_ARGUMENT_INT32 : OPENWMI_ARGUMENT_UINT32)
                          : OPENWMI_ARGUMENT_INT32;
}

template <typename T>
constexpr int kind_of_pointer() {
  return std::is_void<T>::value                                                ? OPENWMI_ARGUMENT_POINTER
         : std::is_same<T, wchar_t>::value || std::is_same<T, char32_t>::value ? OPENWMI_ARGUMENT_WIDE_TEXT
         : std::is_same<T, char>::value || std::is_same<T, signed char>::value || std::is_same<T, unsigned char>::value
             ? OPENWMI_ARGUMENT_TEXT
#ifdef __cpp_char8_t
         : std::is_same<T, char8_t>::value ? OPENWMI_ARGUMENT_TEXT
#endif
                                           : OPENWMI_ARGUMENT_ADDRESS;
}

// Text that an object holds.
inline openwmi_argument of_text(const char* text) { return of_pointer(OPENWMI_ARGUMENT_TEXT, text); }
inline openwmi_argument of_text(const wchar_t* text) { return of_pointer(OPENWMI_ARGUMENT_WIDE_TEXT, text); }

template <typename T, typename = void>
struct has_c_str : std::false_type {};
template <typename T>
struct has_c_str<T, decltype(static_cast<void>(openwmi_output::of_text(std::declval<const T&>().c_str())))>
    : std::true_type {};

enum category {
  integer_category,
  real_category,
  enumeration_category,
  pointer_category,
  function_category,
  null_category,
  wide_object_category,
  narrow_object_category,
  string_category,
  pointer_object_category,
  integer_object_category,
  unknown_category
};

// Converts to a pointer and to no number, like CComPtr.
template <typename T>
struct is_pointer_like {
  static constexpr bool value = std::is_convertible<T&, const void*>::value && !std::is_convertible<T&, double>::value;
};
// Converts to one kind of number, like std::atomic<long>. An object that converts to all of them, like _variant_t, is
// ambiguous for a type that it does not name.
template <typename T>
struct is_integer_like {
  static constexpr bool value =
      std::is_convertible<T&, long long>::value && std::is_convertible<T&, long double>::value;
};

template <typename T>
struct category_of {
  static constexpr bool is_object = std::is_class<T>::value || std::is_union<T>::value;
  static constexpr category value =
      std::is_integral<T>::value && sizeof(T) <= sizeof(long long) ? integer_category
      : std::is_floating_point<T>::value                           ? real_category
      : std::is_enum<T>::value                                     ? enumeration_category
      : std::is_pointer<T>::value && std::is_function<typename std::remove_pointer<T>::type>::value ? function_category
      : std::is_pointer<T>::value                                                                   ? pointer_category
      : std::is_same<T, decltype(nullptr)>::value                                                   ? null_category
      : !is_object                                                                                  ? unknown_category
      : std::is_convertible<T&, const wchar_t*>::value ? wide_object_category
      : std::is_convertible<T&, const char*>::value    ? narrow_object_category
      : has_c_str<T>::value                            ? string_category
      : is_pointer_like<T>::value                      ? pointer_object_category
      : is_integer_like<T>::value                      ? integer_object_category
                                                       : unknown_category;
};

template <category>
struct packer {
  template <typename T>
  static openwmi_argument pack(const T&) {
    static_assert(category_of<T>::value != unknown_category,
                  "printf takes numbers, pointers and text; of another object pass the part to print, such as "
                  ".bstrVal of a VARIANT");
    return openwmi_argument();
  }
};
template <>
struct packer<integer_category> {
  template <typename T>
  static openwmi_argument pack(T value) {
    return openwmi_output::of_integer(openwmi_output::kind_of_integer<T>(), static_cast<long long>(value));
  }
};
template <>
struct packer<real_category> {
  template <typename T>
  static openwmi_argument pack(T value) {
    openwmi_argument argument;
    argument.kind = OPENWMI_ARGUMENT_REAL;
    argument.value.real = static_cast<double>(value);
    return argument;
  }
};
template <>
struct packer<enumeration_category> {
  template <typename T>
  static openwmi_argument pack(T value) {
    using number = typename std::underlying_type<T>::type;
    return packer<integer_category>::pack(static_cast<number>(value));
  }
};
template <>
struct packer<pointer_category> {
  template <typename T>
  static openwmi_argument pack(T* value) {
    return openwmi_output::of_pointer(openwmi_output::kind_of_pointer<typename std::remove_cv<T>::type>(), value);
  }
};
template <>
struct packer<function_category> {
  template <typename T>
  static openwmi_argument pack(T value) {
    return openwmi_output::of_pointer(OPENWMI_ARGUMENT_ADDRESS, reinterpret_cast<const void*>(value));
  }
};
template <>
struct packer<null_category> {
  template <typename T>
  static openwmi_argument pack(T) {
    return openwmi_output::of_pointer(OPENWMI_ARGUMENT_POINTER, nullptr);
  }
};
// The conversion operators of some classes are not const.
template <>
struct packer<wide_object_category> {
  template <typename T>
  static openwmi_argument pack(const T& value) {
    return openwmi_output::of_text(static_cast<const wchar_t*>(const_cast<T&>(value)));
  }
};
template <>
struct packer<narrow_object_category> {
  template <typename T>
  static openwmi_argument pack(const T& value) {
    return openwmi_output::of_text(static_cast<const char*>(const_cast<T&>(value)));
  }
};
template <>
struct packer<string_category> {
  template <typename T>
  static openwmi_argument pack(const T& value) {
    return openwmi_output::of_text(value.c_str());
  }
};
template <>
struct packer<pointer_object_category> {
  template <typename T>
  static openwmi_argument pack(const T& value) {
    return openwmi_output::of_pointer(OPENWMI_ARGUMENT_ADDRESS, static_cast<const void*>(const_cast<T&>(value)));
  }
};
template <>
struct packer<integer_object_category> {
  template <typename T>
  static openwmi_argument pack(const T& value) {
    return openwmi_output::of_integer(OPENWMI_ARGUMENT_INT64, static_cast<long long>(const_cast<T&>(value)));
  }
};

// One argument. What an object holds must live until the formatter returns, which the caller's expression sees to.
template <typename T>
inline openwmi_argument pack(const T& value) {
  using plain = typename std::remove_cv<typename std::decay<T>::type>::type;
  return packer<category_of<plain>::value>::pack(value);
}

// The buffer that a call names without its size: an array knows it, a pointer does not. An array of one element is
// taken for the open end of a structure.
template <typename C>
struct buffer {
  C* text;
  size_t size;
  int fit;
};
template <typename C, typename B>
inline buffer<C> buffer_of(B& target, int fit_of_array) {
  constexpr size_t extent = std::extent<B>::value;
  const buffer<C> result = {static_cast<C*>(target), extent, extent > 1 ? fit_of_array : OPENWMI_FIT_UNBOUNDED};
  return result;
}
// One spelling for both character types.
inline int write(FILE* stream, const char* format, const openwmi_argument* packed, size_t count) {
  return openwmi_output_file(stream, format, packed, count);
}
inline int write(FILE* stream, const wchar_t* format, const openwmi_argument* packed, size_t count) {
  return openwmi_output_file_wide(stream, format, packed, count);
}
inline int store(buffer<char> target, size_t limit, const char* format, const openwmi_argument* packed, size_t count) {
  return openwmi_output_buffer(target.text, target.size, limit, target.fit, format, packed, count);
}
inline int store(buffer<wchar_t> target, size_t limit, const wchar_t* format, const openwmi_argument* packed,
                 size_t count) {
  return openwmi_output_buffer_wide(target.text, target.size, limit, target.fit, format, packed, count);
}
template <typename C>
inline buffer<C> sized(C* text, size_t size, int fit) {
  const buffer<C> result = {text, size, fit};
  return result;
}

template <typename N>
using when_size = typename std::enable_if<std::is_convertible<N, size_t>::value, size_t>::type;

}  // namespace openwmi_output

}  // extern "C++"

#endif

#endif
