#include <comdef.h>
#include <gtest/gtest.h>
#include <wbemidl.h>

#include <set>
#include <string>
#include <utility>

#include "base/fault.h"
#include "com/com_object.h"
#include "com/com_ptr.h"
#include "com/memory.h"

namespace {

using wmi::com::ComObject;
using wmi::com::LiveObjects;

std::wstring Wide(const _bstr_t& text) { return static_cast<const wchar_t*>(text); }

// What a method with a BSTR parameter sees.
std::wstring Take(const BSTR text) { return text; }

TEST(BstrClass, ConvertsBothWays) {
  _bstr_t narrow("Gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(Wide(narrow), L"Gr\u00fc\u00df");
  EXPECT_EQ(narrow.length(), 4u);
  EXPECT_STREQ(static_cast<char*>(narrow), "Gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(Take(_bstr_t(L"wide")), L"wide");
  EXPECT_EQ(Take(bstr_t("narrow")), L"narrow");
}

TEST(BstrClass, Concatenates) {
  _bstr_t query = L"SELECT * FROM ";
  query += "Win32_Process";
  EXPECT_EQ(Wide(query), L"SELECT * FROM Win32_Process");
  EXPECT_EQ(Wide("a" + _bstr_t(L"b") + L"c" + "d"), L"abcd");
  EXPECT_EQ(Wide(L"a" + _bstr_t() + L"c"), L"ac");
}

TEST(BstrClass, Compares) {
  const _bstr_t a(L"a");
  EXPECT_TRUE(a == L"a");
  EXPECT_TRUE(a == "a");
  EXPECT_TRUE(a == _bstr_t("a"));
  EXPECT_TRUE(a != L"b");
  EXPECT_TRUE(a < _bstr_t("b"));
  EXPECT_TRUE(_bstr_t() < a);
  EXPECT_TRUE(!_bstr_t());
  EXPECT_FALSE(!a);
}

TEST(BstrClass, CopiesShareAndChangesDoNot) {
  _bstr_t first(L"text");
  _bstr_t second = first;
  EXPECT_EQ(static_cast<wchar_t*>(first), static_cast<wchar_t*>(second));
  second.GetBSTR()[0] = L'n';
  EXPECT_EQ(Wide(first), L"text");
  EXPECT_EQ(Wide(second), L"next");
  BSTR detached = second.Detach();
  EXPECT_STREQ(detached, L"next");
  EXPECT_EQ(static_cast<wchar_t*>(second), nullptr);
  second.Attach(detached);
  *first.GetAddress() = SysAllocString(L"out");
  EXPECT_EQ(Wide(first), L"out");
  wchar_t array[] = L"assigned";
  first.Assign(array);
  EXPECT_EQ(Wide(first), L"assigned");
  BSTR copy = first.copy();
  EXPECT_NE(copy, static_cast<wchar_t*>(first));
  SysFreeString(copy);
  first = std::move(second);
  EXPECT_EQ(Wide(first), L"next");
}

TEST(BstrClass, NarrowTextFollowsAChange) {
  _bstr_t text(L"abc");
  EXPECT_STREQ(static_cast<const char*>(text), "abc");
  text.GetBSTR()[0] = L'x';
  EXPECT_STREQ(static_cast<const char*>(text), "xbc");
}

TEST(BstrClass, LackOfMemoryThrowsComError) {
  const wmi::FaultScope fault(wmi::com::kAllocationFault, 1, wmi::FaultMode::kFromThere);
  try {
    _bstr_t text(L"x");
    FAIL();
  } catch (const _com_error& error) {
    EXPECT_EQ(error.Error(), E_OUTOFMEMORY);
  }
}

TEST(VariantClass, ConstructsEveryType) {
  EXPECT_EQ(_variant_t().vt, VT_EMPTY);
  EXPECT_EQ(_variant_t(static_cast<short>(1)).vt, VT_I2);
  EXPECT_EQ(_variant_t(1L).vt, VT_I4);
  EXPECT_EQ(_variant_t(1).vt, VT_INT);
  EXPECT_EQ(_variant_t(1u).vt, VT_UINT);
  EXPECT_EQ(_variant_t(1ul).vt, VT_UI4);
  EXPECT_EQ(_variant_t(1ll).vt, VT_I8);
  EXPECT_EQ(_variant_t(1ull).vt, VT_UI8);
  EXPECT_EQ(_variant_t(1.5f).vt, VT_R4);
  EXPECT_EQ(_variant_t(1.5).vt, VT_R8);
  EXPECT_EQ(_variant_t(1.5, VT_DATE).vt, VT_DATE);
  EXPECT_EQ(_variant_t(true).vt, VT_BOOL);
  EXPECT_EQ(_variant_t(true).boolVal, VARIANT_TRUE);
  EXPECT_EQ(_variant_t(static_cast<BYTE>(1)).vt, VT_UI1);
  EXPECT_EQ(_variant_t('a').vt, VT_I1);
  EXPECT_EQ(_variant_t(L"x").vt, VT_BSTR);
  EXPECT_EQ(_variant_t("x").vt, VT_BSTR);
  EXPECT_EQ(_variant_t(_bstr_t("x")).vt, VT_BSTR);
  EXPECT_EQ(_variant_t(static_cast<IUnknown*>(nullptr)).vt, VT_UNKNOWN);
  EXPECT_THROW(_variant_t(1L, VT_BSTR), _com_error);
}

TEST(VariantClass, ExtractsWithConversion) {
  const variant_t text(L"42");
  EXPECT_EQ(static_cast<long>(text), 42);
  EXPECT_EQ(static_cast<int>(text), 42);
  EXPECT_EQ(static_cast<double>(text), 42.0);
  EXPECT_TRUE(static_cast<bool>(text));
  EXPECT_EQ(Wide(_bstr_t(variant_t(42L))), L"42");
  const _bstr_t implicit = variant_t(L"x");
  EXPECT_EQ(Wide(implicit), L"x");
  EXPECT_THROW(static_cast<void>(static_cast<long>(variant_t(L"no number"))), _com_error);
  VARIANT large;
  VariantInit(&large);
  large.vt = VT_I4;
  large.llVal = 4000000000LL;
  EXPECT_EQ(static_cast<long>(variant_t(large)), 4000000000L);
}

TEST(VariantClass, AssignsComparesAndChanges) {
  variant_t value;
  value = 5L;
  EXPECT_TRUE(value == variant_t(5L));
  EXPECT_TRUE(value != variant_t(6L));
  EXPECT_TRUE(value != variant_t(5));
  value = L"text";
  EXPECT_TRUE(value == variant_t("text"));
  value = "17";
  value.ChangeType(VT_I4);
  EXPECT_EQ(value.lVal, 17);
  value.SetString("again");
  EXPECT_STREQ(value.bstrVal, L"again");
  value = true;
  EXPECT_EQ(value.vt, VT_BOOL);
  const variant_t& same = value;
  value = same;
  EXPECT_EQ(value.vt, VT_BOOL);
  value.Clear();
  EXPECT_EQ(value.vt, VT_EMPTY);
}

TEST(VariantClass, AttachAndDetachMoveOwnership) {
  VARIANT raw;
  VariantInit(&raw);
  raw.vt = VT_BSTR;
  raw.bstrVal = SysAllocString(L"moved");
  variant_t owner;
  owner.Attach(raw);
  EXPECT_EQ(raw.vt, VT_EMPTY);
  raw = owner.Detach();
  EXPECT_EQ(owner.vt, VT_EMPTY);
  const variant_t taken(raw, false);
  EXPECT_STREQ(taken.bstrVal, L"moved");
  VARIANT* address = owner.GetAddress();
  address->vt = VT_BSTR;
  address->bstrVal = SysAllocString(L"out");
  EXPECT_STREQ(owner.GetVARIANT().bstrVal, L"out");
}

class Factory final : public ComObject<IClassFactory, ISupportErrorInfo> {
 public:
  HRESULT CreateInstance(IUnknown*, REFIID, void**) override { return E_NOTIMPL; }
  HRESULT LockServer(BOOL) override { return S_OK; }
  HRESULT InterfaceSupportsErrorInfo(REFIID) override { return S_OK; }
};

TEST(SmartPointer, CountsAndAsksForInterfaces) {
  const std::size_t before = LiveObjects();
  {
    IClassFactoryPtr factory(new Factory(), false);
    ISupportErrorInfoPtr support = factory;
    EXPECT_TRUE(support != NULL);
    EXPECT_TRUE(support == factory);
    IDispatchPtr dispatch = factory;
    EXPECT_TRUE(dispatch == nullptr);
    EXPECT_THROW(dispatch->GetTypeInfoCount(nullptr), _com_error);
    IUnknown* raw = nullptr;
    EXPECT_EQ(factory.QueryInterface(IID_IUnknown, raw), S_OK);
    IUnknownPtr attached;
    attached.Attach(raw);
    attached = NULL;
    const IClassFactoryPtr& same = factory;
    factory = same;
    IClassFactory** out = &factory;
    EXPECT_EQ(*out, nullptr);
  }
  EXPECT_EQ(LiveObjects(), before);
}

TEST(SmartPointer, ComparesObjects) {
  IClassFactoryPtr factory(new Factory(), false);
  ISupportErrorInfoPtr support = factory;
  IClassFactoryPtr other(new Factory(), false);
  EXPECT_TRUE(factory == support.GetInterfacePtr());
  EXPECT_TRUE(other != support.GetInterfacePtr());
  EXPECT_TRUE(factory <= support && factory >= support);
  EXPECT_FALSE(factory < support || factory > support);
  EXPECT_NE(factory < other, other < factory);
  EXPECT_EQ(factory<other, other> support);
  EXPECT_TRUE(IUnknownPtr() < factory);
  EXPECT_TRUE(NULL != factory && factory != NULL && factory != nullptr);
  EXPECT_EQ(std::set<IClassFactoryPtr>({factory, other, factory}).size(), 2u);
}

TEST(SmartPointer, TypesExistForTheWbemInterfaces) {
  IWbemLocatorPtr locator;
  IWbemServicesPtr services;
  IEnumWbemClassObjectPtr enumerator;
  IWbemClassObjectPtr object;
  IWbemContextPtr context;
  EXPECT_FALSE(locator || services || enumerator || object || context);
  EXPECT_EQ(locator.GetIID(), IID_IWbemLocator);
  EXPECT_EQ(locator.CreateInstance(L"not a class"), CO_E_CLASSSTRING);
  EXPECT_EQ(locator.CreateInstance("not a class"), CO_E_CLASSSTRING);
  EXPECT_EQ(locator.CreateInstance("{00000000-0000-0000-0000-000000000001}"), REGDB_E_CLASSNOTREG);
}

TEST(ComError, CarriesCodeTextAndErrorObject) {
  EXPECT_STREQ(_com_error(WBEM_E_NOT_FOUND).ErrorMessage(), "the object was not found");
  EXPECT_STREQ(_com_error(static_cast<HRESULT>(0x8BADF00D)).ErrorMessage(), "Unknown error 0x8BADF00D");
  wmi::com::ComPtr<ICreateErrorInfo> create;
  ASSERT_EQ(CreateErrorInfo(create.Receive()), S_OK);
  wchar_t description[] = L"why";
  create->SetDescription(description);
  SetErrorInfo(0, create.As<IErrorInfo>().get());
  create.Reset();
  auto object = wmi::com::MakeCom<Factory>();
  try {
    _com_issue_errorex(E_FAIL, object->Unknown(), IID_IClassFactory);
    FAIL();
  } catch (const _com_error& error) {
    const _com_error copy = error;
    EXPECT_EQ(copy.Error(), E_FAIL);
    EXPECT_EQ(Wide(copy.Description()), L"why");
    EXPECT_EQ(copy.Source().length(), 0u);
    EXPECT_EQ(copy.WCode(), 0);
  }
  EXPECT_EQ(_com_error::WCodeToHRESULT(5), static_cast<HRESULT>(0x80040205));
  EXPECT_EQ(_com_error::HRESULTToWCode(static_cast<HRESULT>(0x80040205)), 5);
}

TEST(ComError, CheckErrorThrowsOnFailureOnly) {
  EXPECT_NO_THROW(_com_util::CheckError(S_FALSE));
  EXPECT_THROW(_com_util::CheckError(E_FAIL), _com_error);
}

struct Handled {
  HRESULT hr;
};
void Handle(HRESULT hr, IErrorInfo*) { throw Handled{hr}; }

TEST(ComError, GoesToTheHandlerThatAProgramSets) {
  _set_com_error_handler(&Handle);
  try {
    _com_util::CheckError(E_ACCESSDENIED);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Handled& handled) {
    EXPECT_EQ(handled.hr, E_ACCESSDENIED);
  } catch (const _com_error&) {
    ADD_FAILURE() << "the handler was not called";
  }
  _set_com_error_handler(nullptr);
  EXPECT_THROW(_com_util::CheckError(E_FAIL), _com_error);
}

}  // namespace
