// _bstr_t; part of comutil.h.
#ifndef OPENWMI_DETAIL_BSTR_CLASS_H
#define OPENWMI_DETAIL_BSTR_CLASS_H

#include "com_support.h"

#ifdef __cplusplus

class _variant_t;

// An immutable text, or none (NULL). Converts to wide and to UTF-8; both stay valid while a _bstr_t shares the text.
// GetBSTR, GetAddress, Attach and Detach open the text to change: they act on this object alone.
class _bstr_t {
 public:
  _bstr_t() noexcept : text_(NULL) {}
  _bstr_t(const _bstr_t& other) noexcept : text_(other.text_) {
    if (text_ != NULL) text_->count.increment();
  }
  _bstr_t(_bstr_t&& other) noexcept : text_(other.text_) { other.text_ = NULL; }
  _bstr_t(const char* text) : text_(text == NULL ? NULL : make(_com_util::ConvertStringToBSTR(text))) {}
  _bstr_t(const wchar_t* text) : text_(text == NULL ? NULL : make(SysAllocString(text))) {}
  // With `copy` false the BSTR is taken over.
  _bstr_t(BSTR text, bool copy) : text_(NULL) {
    if (text != NULL) text_ = make(copy ? SysAllocString(text) : text);
  }
  inline _bstr_t(const _variant_t& value);
  ~_bstr_t() { release(); }

  _bstr_t& operator=(const _bstr_t& other) noexcept {
    _bstr_t(other).swap(*this);
    return *this;
  }
  _bstr_t& operator=(_bstr_t&& other) noexcept {
    swap(other);
    return *this;
  }
  _bstr_t& operator=(const char* text) {
    _bstr_t(text).swap(*this);
    return *this;
  }
  _bstr_t& operator=(const wchar_t* text) {
    _bstr_t(text).swap(*this);
    return *this;
  }
  inline _bstr_t& operator=(const _variant_t& value);

  _bstr_t& operator+=(const _bstr_t& other) {
    const UINT first = length();
    const UINT second = other.length();
    BSTR joined = SysAllocStringLen(NULL, first + second);
    if (joined == NULL || first + second < first) {
      SysFreeString(joined);
      _com_issue_error(E_OUTOFMEMORY);
      return *this;
    }
    if (first != 0) memcpy(joined, text_->wide, first * sizeof(wchar_t));
    if (second != 0) memcpy(joined + first, other.text_->wide, second * sizeof(wchar_t));
    _bstr_t(joined, false).swap(*this);
    return *this;
  }
  _bstr_t operator+(const _bstr_t& other) const {
    _bstr_t joined(*this);
    joined += other;
    return joined;
  }
  friend _bstr_t operator+(const char* first, const _bstr_t& second) { return _bstr_t(first) + second; }
  friend _bstr_t operator+(const wchar_t* first, const _bstr_t& second) { return _bstr_t(first) + second; }

  operator const wchar_t*() const noexcept { return wide(); }
  operator wchar_t*() const noexcept { return wide(); }
  operator const char*() const { return narrow(); }
  operator char*() const { return narrow(); }

  bool operator!() const noexcept { return wide() == NULL; }
  // No text sorts before any text; otherwise by code point.
  bool operator==(const _bstr_t& other) const noexcept { return compare(other) == 0; }
  bool operator!=(const _bstr_t& other) const noexcept { return compare(other) != 0; }
  bool operator<(const _bstr_t& other) const noexcept { return compare(other) < 0; }
  bool operator>(const _bstr_t& other) const noexcept { return compare(other) > 0; }
  bool operator<=(const _bstr_t& other) const noexcept { return compare(other) <= 0; }
  bool operator>=(const _bstr_t& other) const noexcept { return compare(other) >= 0; }
  // Without these a comparison with a literal could also mean one of pointers.
  bool operator==(const wchar_t* other) const { return *this == _bstr_t(other); }
  bool operator!=(const wchar_t* other) const { return *this != _bstr_t(other); }
  bool operator==(const char* other) const { return *this == _bstr_t(other); }
  bool operator!=(const char* other) const { return *this != _bstr_t(other); }

  // In characters.
  unsigned int length() const noexcept { return SysStringLen(wide()); }
  // A BSTR for the caller to free; with `copy` false the text itself, which stays owned here.
  BSTR copy(bool copy = true) const {
    if (!copy || wide() == NULL) return wide();
    BSTR text = SysAllocStringLen(wide(), length());
    if (text == NULL) _com_issue_error(E_OUTOFMEMORY);
    return text;
  }
  void Assign(BSTR text) { _bstr_t(text, true).swap(*this); }
  void Attach(BSTR text) { _bstr_t(text, false).swap(*this); }
  // The text for the caller to free; this object is empty afterwards.
  BSTR Detach() {
    BSTR text = NULL;
    if (text_ != NULL) {
      own();
      text = text_->wide;
      text_->wide = NULL;
      release();
    }
    return text;
  }
  BSTR& GetBSTR() {
    own();
    return text_->wide;
  }
  // Empties the object and gives the address for an out-parameter.
  BSTR* GetAddress() {
    Attach(NULL);
    own();
    return &text_->wide;
  }

 private:
  struct counter {
    LONG value;
    void increment() noexcept { InterlockedIncrement(&value); }
    bool decrement() noexcept { return InterlockedDecrement(&value) == 0; }
  };
  struct shared_text {
    BSTR wide;
    char* narrow;  // made on demand
    counter count;
  };

  static shared_text* make(BSTR wide) {
    shared_text* text = wide == NULL ? NULL : new (std::nothrow) shared_text{wide, NULL, {1}};
    if (text == NULL) {
      SysFreeString(wide);
      _com_issue_error(E_OUTOFMEMORY);
    }
    return text;
  }
  // Ends sharing, before the text is opened to change.
  void own() {
    if (text_ != NULL && text_->count.value == 1) {
      delete[] text_->narrow;
      text_->narrow = NULL;
      return;
    }
    BSTR wide = text_ == NULL || text_->wide == NULL ? NULL : SysAllocStringLen(text_->wide, length());
    shared_text* text = new (std::nothrow) shared_text{wide, NULL, {1}};
    if (text == NULL) {
      SysFreeString(wide);
      _com_issue_error(E_OUTOFMEMORY);
      return;
    }
    release();
    text_ = text;
  }
  void release() noexcept {
    if (text_ != NULL && text_->count.decrement()) {
      SysFreeString(text_->wide);
      delete[] text_->narrow;
      delete text_;
    }
    text_ = NULL;
  }
  void swap(_bstr_t& other) noexcept {
    shared_text* text = text_;
    text_ = other.text_;
    other.text_ = text;
  }
  wchar_t* wide() const noexcept { return text_ == NULL ? NULL : text_->wide; }
  char* narrow() const {
    if (wide() == NULL) return NULL;
    char* known = __atomic_load_n(&text_->narrow, __ATOMIC_ACQUIRE);
    if (known != NULL) return known;
    char* made = _com_util::ConvertBSTRToString(text_->wide);
    if (made == NULL) {
      _com_issue_error(E_OUTOFMEMORY);
      return NULL;
    }
    // Copies of this object may do the same on other threads; one result stays.
    if (__atomic_compare_exchange_n(&text_->narrow, &known, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return made;
    delete[] made;
    return known;
  }
  int compare(const _bstr_t& other) const noexcept {
    if (wide() == NULL || other.wide() == NULL) return (wide() != NULL) - (other.wide() != NULL);
    return wcscmp(wide(), other.wide());
  }

  shared_text* text_;
};

typedef _bstr_t bstr_t;

#endif

#endif
