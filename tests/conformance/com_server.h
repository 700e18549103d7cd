// What the COM servers of these tests have in common: counting references, and being served while a test runs.
#pragma once

#include <windows.h>

#include <atomic>
#include <utility>

#include "gtest/gtest.h"

namespace wmi::conformance {

// An object of these interfaces that goes with its last reference; born with one.
template <typename... Interfaces>
class Counted : public Interfaces... {
 public:
  ULONG STDMETHODCALLTYPE AddRef() override { return ++count_; }
  ULONG STDMETHODCALLTYPE Release() override {
    const ULONG left = --count_;
    if (left == 0) delete this;
    return left;
  }

 protected:
  virtual ~Counted() = default;

 private:
  std::atomic<ULONG> count_ = 1;
};

// As long as it lives, CoCreateInstance of the class makes a `Server` from a copy of the argument.
template <typename Server, typename Argument>
class ServedClass {
 public:
  ServedClass(REFCLSID class_id, Argument argument) {
    auto* const factory = new Factory(std::move(argument));
    EXPECT_EQ(S_OK, CoRegisterClassObject(class_id, factory, CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &cookie_));
    factory->Release();
  }
  ~ServedClass() { EXPECT_EQ(S_OK, CoRevokeClassObject(cookie_)); }
  ServedClass(const ServedClass&) = delete;
  ServedClass& operator=(const ServedClass&) = delete;

 private:
  class Factory final : public Counted<IClassFactory> {
   public:
    explicit Factory(Argument argument) : argument_(std::move(argument)) {}
    HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
      const bool is_one = riid == IID_IUnknown || riid == IID_IClassFactory;
      *object = is_one ? this : nullptr;
      if (is_one) this->AddRef();
      return is_one ? S_OK : E_NOINTERFACE;
    }
    HRESULT STDMETHODCALLTYPE CreateInstance(IUnknown*, REFIID riid, void** object) override {
      auto* const made = new Server(argument_);
      const HRESULT result = made->QueryInterface(riid, object);
      made->Release();
      return result;
    }
    HRESULT STDMETHODCALLTYPE LockServer(BOOL) override { return S_OK; }

   private:
    ~Factory() override = default;
    const Argument argument_;
  };

  DWORD cookie_ = 0;
};

}  // namespace wmi::conformance
