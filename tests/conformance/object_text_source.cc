// IWbemObjectTextSrc (contract 9.5). A source that is the name of a method means its page in the documentation of
// wbemcli.h; "XML" the page Representing Objects in XML; "GetText_" that of SWbemObjectEx, which has the error codes.
#include "support.h"

namespace wmi::conformance {
namespace {

IWbemObjectTextSrcPtr NewSource() {
  IWbemObjectTextSrcPtr source;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemObjectTextSrc, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemObjectTextSrc,
                                   reinterpret_cast<void**>(&source)));
  return source;
}

IWbemContextPtr NewContext() {
  IWbemContextPtr context;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemContext, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemContext,
                                   reinterpret_cast<void**>(&context)));
  return context;
}

IWbemContextPtr With(const wchar_t* name, _variant_t value) {
  const IWbemContextPtr context = NewContext();
  EXPECT_EQ(WBEM_S_NO_ERROR, context->SetValue(name, 0, &value));
  return context;
}

// The text, or nothing with the code in `code`.
std::wstring XmlOf(IWbemClassObject* object, IWbemContext* context = nullptr, ULONG format = WMI_OBJ_TEXT_WMI_DTD_2_0,
                   HRESULT* code = nullptr) {
  BSTR text = nullptr;
  const HRESULT result = NewSource()->GetText(0, object, format, context, &text);
  if (code != nullptr) {
    *code = result;
  } else {
    EXPECT_EQ(WBEM_S_NO_ERROR, result);
  }
  std::wstring copy(text != nullptr ? text : L"");
  SysFreeString(text);
  return copy;
}

HRESULT CodeOf(IWbemClassObject* object, IWbemContext* context, ULONG format = WMI_OBJ_TEXT_WMI_DTD_2_0) {
  HRESULT code = WBEM_S_NO_ERROR;
  EXPECT_EQ(L"", XmlOf(object, context, format, &code));
  return code;
}

HRESULT Create(const wchar_t* text, IWbemClassObjectPtr& object, ULONG format = WMI_OBJ_TEXT_WMI_DTD_2_0) {
  return NewSource()->CreateFromText(0, Literal(text), format, nullptr, &object);
}

bool Has(const std::wstring& text, const wchar_t* part) { return text.find(part) != std::wstring::npos; }

const Row kGetText[] = {
    {"GetText", "ClassOrInstance",
     [](World& w) {
       for (const ULONG format : {ULONG{WMI_OBJ_TEXT_CIM_DTD_2_0}, ULONG{WMI_OBJ_TEXT_WMI_DTD_2_0}}) {
         EXPECT_TRUE(XmlOf(w.Get(L"C_Thing"), nullptr, format).starts_with(L"<CLASS NAME=\"C_Thing\""));
         EXPECT_TRUE(
             XmlOf(w.Get(L"C_Thing.Name=\"a\""), nullptr, format).starts_with(L"<INSTANCE CLASSNAME=\"C_Thing\""));
       }
     }},
    {"GetText", "LocalOnly",
     [](World& w) {
       const IWbemClassObjectPtr object = w.Get(L"C_Sub");
       EXPECT_TRUE(Has(XmlOf(object), L"NAME=\"Size\""));
       EXPECT_FALSE(Has(XmlOf(object, With(L"LocalOnly", true)), L"NAME=\"Size\""));
       EXPECT_TRUE(Has(XmlOf(object, With(L"LocalOnly", true)), L"NAME=\"Extra\""));
     }},
    {"GetText", "IncludeQualifiers",
     [](World& w) {
       const IWbemClassObjectPtr object = w.Get(L"C_Thing");
       EXPECT_FALSE(Has(XmlOf(object), L"<QUALIFIER"));
       EXPECT_TRUE(Has(XmlOf(object, With(L"IncludeQualifiers", true)), L"<QUALIFIER NAME=\"key\""));
     }},
    {"GetText", "ExcludeSystemProperties",
     [](World& w) {
       const IWbemClassObjectPtr object = w.Get(L"C_Thing");
       EXPECT_TRUE(Has(XmlOf(object), L"\"__NAMESPACE\""));
       EXPECT_FALSE(Has(XmlOf(object, With(L"ExcludeSystemProperties", true)), L"\"__"));
     }},
    {"GetText", "IncludeClassOrigin",
     [](World& w) {
       const IWbemClassObjectPtr object = w.Get(L"C_Sub");
       EXPECT_FALSE(Has(XmlOf(object), L"CLASSORIGIN"));
       EXPECT_TRUE(Has(XmlOf(object, With(L"IncludeClassOrigin", true)), L"CLASSORIGIN=\"C_Thing\""));
     }},
    {"XML", "PathLevel",
     [](World& w) {
       constexpr const wchar_t* kElements[] = {L"<INSTANCE ", L"<VALUE.NAMEDOBJECT>", L"<VALUE.OBJECTWITHLOCALPATH>",
                                               L"<VALUE.OBJECTWITHPATH>"};
       const IWbemClassObjectPtr object = w.Get(L"C_Thing.Name=\"a\"");
       for (long level = 0; level <= 3; ++level) {
         EXPECT_TRUE(XmlOf(object, With(L"PathLevel", _variant_t(level, VT_I4))).starts_with(kElements[level]))
             << level;
       }
     }},
    {"GetText_", "WrongContextValue",
     [](World& w) {
       const IWbemClassObjectPtr object = w.Get(L"C_Thing.Name=\"a\"");
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, CodeOf(object, With(L"PathLevel", _variant_t(4L, VT_I4))));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, CodeOf(object, With(L"PathLevel", L"1")));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, CodeOf(object, With(L"LocalOnly", _variant_t(1L, VT_I4))));
       EXPECT_NE(L"", XmlOf(object, With(L"SomethingElse", L"x")));
     }},
    {"GetText_", "UnknownFormat",
     [](World& w) {
       const IWbemClassObjectPtr object = w.Get(L"C_Thing");
       for (const ULONG format : {0ul, 3ul, 12ul, 13ul}) EXPECT_EQ(WBEM_E_NOT_FOUND, CodeOf(object, nullptr, format));
     }},
    {"GetText", "ArgumentsThatMustBe",
     [](World& w) {
       BSTR text = nullptr;
       const IWbemClassObjectPtr object = w.Get(L"C_Thing");
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, NewSource()->GetText(0, nullptr, 1, nullptr, &text));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, NewSource()->GetText(0, object, 1, nullptr, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, NewSource()->GetText(1, object, 1, nullptr, &text));
       EXPECT_EQ(WBEM_E_INCOMPLETE_CLASS, CodeOf(w.Get(nullptr), nullptr));
     }},
};
WMI_ROWS(GetTextRows, kGetText);

const Row kCreateFromText[] = {
    {"9.5 IWbemObjectTextSrc", "ObjectsComeBackTheSame",
     [](World& w) {
       const IWbemContextPtr everything = With(L"IncludeQualifiers", true);
       _variant_t yes(true);
       EXPECT_EQ(WBEM_S_NO_ERROR, everything->SetValue(L"IncludeClassOrigin", 0, &yes));
       for (const wchar_t* path : {L"C_Worker", L"C_Leaf", L"C_Sub.Name=\"c\"", L"C_Pair.A=1,B=\"x\""}) {
         for (const ULONG format : {ULONG{WMI_OBJ_TEXT_CIM_DTD_2_0}, ULONG{WMI_OBJ_TEXT_WMI_DTD_2_0}}) {
           const IWbemClassObjectPtr object = w.Get(path);
           IWbemClassObjectPtr again;
           ASSERT_EQ(WBEM_S_NO_ERROR, Create(XmlOf(object, everything, format).c_str(), again, format));
           EXPECT_EQ(WBEM_S_SAME, again->CompareTo(WBEM_FLAG_IGNORE_OBJECT_SOURCE | WBEM_FLAG_IGNORE_CLASS, object));
           EXPECT_EQ(Text(object, L"__PATH"), Text(again, L"__PATH"));
         }
       }
     }},
    {"9.5 IWbemObjectTextSrc", "InstanceCanBePut",
     [](World& w) {
       std::wstring text = XmlOf(w.Get(L"C_Thing.Name=\"a\""), With(L"ExcludeSystemProperties", true));
       text.replace(text.find(L">a<"), 3, L">fresh<");
       IWbemClassObjectPtr made;
       ASSERT_EQ(WBEM_S_NO_ERROR, Create(text.c_str(), made));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(made, WBEM_FLAG_CREATE_ONLY, nullptr, nullptr));
       EXPECT_EQ("1", Text(w.Get(L"C_Thing.Name=\"fresh\""), L"Size"));
     }},
    {"9.5 IWbemObjectTextSrc", "BadTextHasACode",
     [](World&) {
       IWbemClassObjectPtr made;
       EXPECT_EQ(WBEM_E_INVALID_SYNTAX, Create(L"", made));
       EXPECT_EQ(WBEM_E_INVALID_SYNTAX, Create(L"<CLASS NAME=\"X\">", made));
       EXPECT_EQ(WBEM_E_INVALID_SYNTAX, Create(L"<!DOCTYPE x [<!ENTITY a \"b\">]><CLASS NAME=\"&a;\"/>", made));
       EXPECT_EQ(WBEM_E_INVALID_OBJECT, Create(L"<THING/>", made));
       EXPECT_EQ(WBEM_E_INVALID_OBJECT, Create(L"<INSTANCE/>", made));
       EXPECT_FALSE(made);
     }},
    {"GetText_", "UnknownFormat",
     [](World&) {
       IWbemClassObjectPtr made;
       for (const ULONG format : {0ul, 3ul, 13ul}) {
         EXPECT_EQ(WBEM_E_NOT_FOUND, Create(L"<CLASS NAME=\"X\"/>", made, format));
       }
     }},
    {"9.5 IWbemObjectTextSrc", "ArgumentsThatMustBe",
     [](World&) {
       IWbemClassObjectPtr made;
       const wchar_t* const text = L"<CLASS NAME=\"X\"/>";
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, Create(nullptr, made));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, NewSource()->CreateFromText(0, Literal(text), 1, nullptr, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, NewSource()->CreateFromText(1, Literal(text), 1, nullptr, &made));
     }},
};
WMI_ROWS(CreateFromTextRows, kCreateFromText);

}  // namespace
}  // namespace wmi::conformance
