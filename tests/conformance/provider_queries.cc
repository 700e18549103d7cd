// What a provider is asked (contract 7.6), by its registration (9.1).
#include <initializer_list>
#include <mutex>

#include "support.h"

namespace wmi::conformance {
namespace {

using Kind = ProviderRequest::Kind;

// What the provider was asked, in order. Shared: a call may outlive the row.
class Questions {
 public:
  void Add(const ProviderRequest& request) {
    const char* const kind = request.kind == Kind::kGet         ? "get "
                             : request.kind == Kind::kEnumerate ? "list "
                                                                : "query ";
    std::lock_guard lock(mutex_);
    asked_.push_back(kind + Narrow(request.text.c_str()));
  }
  std::vector<std::string> Take() {
    std::lock_guard lock(mutex_);
    return std::exchange(asked_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> asked_;
};

using Answer = std::function<HRESULT(const ProviderRequest&)>;

std::shared_ptr<Questions> Listen(World& w, Answer answer) {
  auto questions = std::make_shared<Questions>();
  w.provider->on_call = [questions, answer = std::move(answer)](const ProviderRequest& request) {
    questions->Add(request);
    return answer(request);
  };
  return questions;
}

enum Can : unsigned { kNothing = 0, kGet = 1, kList = 2 };

void Register(World& w, unsigned can, std::initializer_list<const wchar_t*> levels = {}) {
  const IWbemClassObjectPtr registration = w.NewInstance(L"__InstanceProviderRegistration");
  ASSERT_TRUE(registration);
  SetText(registration, L"provider", (std::wstring(L"__Win32Provider.Name=\"") + kProviderName + L"\"").c_str());
  _variant_t get((can & kGet) != 0);
  _variant_t list((can & kList) != 0);
  EXPECT_EQ(0, registration->Put(L"SupportsGet", 0, &get, 0));
  EXPECT_EQ(0, registration->Put(L"SupportsEnumeration", 0, &list, 0));
  if (levels.size() != 0) {
    _variant_t texts;
    texts.vt = VT_ARRAY | VT_BSTR;
    texts.parray = SafeArrayCreateVector(VT_BSTR, 0, static_cast<ULONG>(levels.size()));
    LONG index = 0;
    for (const wchar_t* level : levels) {
      EXPECT_EQ(0, SafeArrayPutElement(texts.parray, &index, _bstr_t(level).GetBSTR()));
      ++index;
    }
    EXPECT_EQ(0, registration->Put(L"QuerySupportLevels", 0, &texts, 0));
  }
  EXPECT_EQ(0, w.services->PutInstance(registration, 0, nullptr, nullptr));
}

// More than any query here asks for.
HRESULT GiveFive(const ProviderRequest& request) {
  for (int number = 0; number < 5; ++number) {
    const HRESULT pushed = Push(request, number);
    if (FAILED(pushed)) return pushed;
  }
  return Complete(request.handler);
}

std::vector<std::string> Provided(std::initializer_list<int> numbers) {
  std::vector<std::string> names;
  for (const int number : numbers) names.push_back("C_Provided.Id=\"" + std::to_string(number) + "\"");
  return names;
}

Outcome Ask(World& w, const wchar_t* query) { return RunCall(w.ExecQuery(query), Form::kAsync); }

constexpr wchar_t kAboveTwo[] = L"select * from c_provided where 2 < Number";
constexpr char kAboveTwoAsked[] = "query SELECT * FROM C_Provided WHERE Number > 2";

// C_Link joins two instances of C_Provided.
void MakeLinkClass(World& w) {
  const IWbemClassObjectPtr schema = w.NewClass(L"C_Link");
  _variant_t yes(true);
  _variant_t provider(kProviderName);
  IWbemQualifierSetPtr qualifiers;
  ASSERT_EQ(0, schema->GetQualifierSet(&qualifiers));
  for (const wchar_t* name : {L"association", L"dynamic"}) EXPECT_EQ(0, qualifiers->Put(name, &yes, 0));
  EXPECT_EQ(0, qualifiers->Put(L"provider", &provider, 0));
  for (const wchar_t* name : {L"Left", L"Right"}) {
    EXPECT_EQ(0, schema->Put(name, 0, nullptr, CIM_REFERENCE));
    IWbemQualifierSetPtr of_property;
    ASSERT_EQ(0, schema->GetPropertyQualifierSet(name, &of_property));
    _variant_t type(L"ref:C_Provided");
    EXPECT_EQ(0, of_property->Put(L"CIMTYPE", &type, 0));
    EXPECT_EQ(0,
              of_property->Put(L"key", &yes,
                               WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE | WBEM_FLAVOR_FLAG_PROPAGATE_TO_DERIVED_CLASS));
  }
  ASSERT_EQ(0, w.services->PutClass(schema, 0, nullptr, nullptr));
}

// 0 and 1, 0 and 2, 1 and 2, whatever is asked.
HRESULT GiveLinks(const ProviderRequest& request) {
  IWbemClassObjectPtr schema;
  HRESULT hr = request.name_space->GetObject(_bstr_t(L"C_Link"), 0, request.context, &schema, nullptr);
  for (const auto& [left, right] : {std::pair(0, 1), std::pair(0, 2), std::pair(1, 2)}) {
    if (FAILED(hr)) return hr;
    IWbemClassObjectPtr link;
    hr = schema->SpawnInstance(0, &link);
    if (FAILED(hr)) return hr;
    SetText(link, L"Left", (L"C_Provided.Id=\"" + std::to_wstring(left) + L"\"").c_str());
    SetText(link, L"Right", (L"C_Provided.Id=\"" + std::to_wstring(right) + L"\"").c_str());
    IWbemClassObject* object = link;
    hr = request.handler->Indicate(1, &object);
  }
  return FAILED(hr) ? hr : Complete(request.handler);
}

const Row kProviderQueries[] = {
    {"7.6", "WithoutQuerySupportLevelsInstancesAreEnumeratedAndFiltered",
     [](World& w) {
       Register(w, kGet | kList);
       const auto questions = Listen(w, GiveFive);
       const Outcome outcome = Ask(w, kAboveTwo);
       EXPECT_EQ(WBEM_S_NO_ERROR, outcome.code);
       EXPECT_EQ(Provided({3, 4}), outcome.Names());
       EXPECT_EQ(std::vector<std::string>{"list C_Provided"}, questions->Take());
     }},
    {"7.6", "UnarySelectGetsTheQueryOfItsClass",
     [](World& w) {
       Register(w, kGet | kList, {L"WQL:UnarySelect"});
       const auto questions = Listen(w, GiveFive);
       EXPECT_EQ(Provided({3, 4}), Ask(w, kAboveTwo).Names()) << "a superset is filtered";
       EXPECT_EQ(std::vector<std::string>{kAboveTwoAsked}, questions->Take());
     }},
    {"7.6", "TheProviderMayFilterItself",
     [](World& w) {
       Register(w, kList, {L"WQL:UnarySelect"});
       Listen(w, [](const ProviderRequest& request) {
         EXPECT_EQ(0, request.handler->SetStatus(WBEM_STATUS_REQUIREMENTS, WBEM_REQUIREMENTS_STOP_POSTFILTER, nullptr,
                                                 nullptr));
         EXPECT_EQ(0, Push(request, 1));
         EXPECT_EQ(0, request.handler->SetStatus(WBEM_STATUS_REQUIREMENTS, WBEM_REQUIREMENTS_START_POSTFILTER, nullptr,
                                                 nullptr));
         EXPECT_EQ(0, Push(request, 2));
         EXPECT_EQ(0, Push(request, 3));
         return Complete(request.handler);
       });
       EXPECT_EQ(Provided({1, 3}), Ask(w, kAboveTwo).Names());
     }},
    {"7.6", "AQueryThatIsRefusedIsAnEnumeration",
     [](World& w) {
       Register(w, kList, {L"WQL:UnarySelect"});
       for (const HRESULT refusal : {WBEM_E_PROVIDER_NOT_CAPABLE, WBEM_E_UNSUPPORTED_PARAMETER}) {
         const auto questions = Listen(w, [refusal](const ProviderRequest& request) {
           return request.kind == Kind::kQuery ? Complete(request.handler, refusal) : GiveFive(request);
         });
         const Outcome outcome = Ask(w, kAboveTwo);
         EXPECT_EQ(WBEM_S_NO_ERROR, outcome.code);
         EXPECT_EQ(Provided({3, 4}), outcome.Names());
         EXPECT_EQ((std::vector<std::string>{kAboveTwoAsked, "list C_Provided"}), questions->Take());
       }
     }},
    {"9.1 SupportsEnumeration", "WithoutItNothingIsEnumerated",
     [](World& w) {
       Register(w, kNothing, {L"WQL:UnarySelect"});
       const auto questions = Listen(w, GiveFive);
       EXPECT_EQ(5u, RunCall(w.CreateInstanceEnum(L"C_Provided"), Form::kSync).objects.size());
       EXPECT_EQ(std::vector<std::string>{"query SELECT * FROM C_Provided"}, questions->Take());
       Listen(w, [](const ProviderRequest&) -> HRESULT { return WBEM_E_PROVIDER_NOT_CAPABLE; });
       EXPECT_EQ(WBEM_E_PROVIDER_NOT_CAPABLE, Ask(w, kAboveTwo).code);
     }},
    {"9.1 SupportsGet", "WithoutItAnObjectIsLookedForAmongAll",
     [](World& w) {
       Register(w, kList);
       const auto questions = Listen(w, GiveFive);
       EXPECT_EQ(Provided({3}), RunCall(w.GetObject(L"C_Provided=\"3\""), Form::kSync).Names());
       EXPECT_EQ(std::vector<std::string>{"list C_Provided"}, questions->Take());
       EXPECT_EQ(WBEM_E_NOT_FOUND, RunCall(w.GetObject(L"C_Provided=\"7\""), Form::kAsync).code);
     }},
    {"9.1 SupportsGet", "WithItAKeyIsAskedForByItsPath",
     [](World& w) {
       Register(w, kGet | kList);
       const auto questions = Listen(w, [](const ProviderRequest& request) {
         EXPECT_EQ(0, Push(request, 3));
         return Complete(request.handler);
       });
       EXPECT_EQ(Provided({3}), Ask(w, L"SELECT * FROM C_Provided WHERE Id = '3'").Names());
       EXPECT_EQ(std::vector<std::string>{"get C_Provided.Id=\"3\""}, questions->Take());
     }},
    {"9.1", "RegisteredForNothingIsNotCapable",
     [](World& w) {
       Register(w, kNothing);
       const Outcome outcome = Ask(w, kAboveTwo);
       EXPECT_EQ(WBEM_E_PROVIDER_NOT_CAPABLE, outcome.code);
       EXPECT_EQ("Conformance", Text(outcome.error, L"ProviderName"));
     }},
    {"7.6 WQL:V1ProviderDefined", "WhatIsNoWqlIsHandedOnAndNotChecked",
     [](World& w) {
       constexpr wchar_t kOwn[] = L"SELECT * FROM C_Provided ORDER BY Number";
       Register(w, kList, {L"WQL:UnarySelect"});
       const auto questions = Listen(w, GiveFive);
       EXPECT_EQ(WBEM_E_INVALID_QUERY, Ask(w, kOwn).code);
       EXPECT_TRUE(questions->Take().empty());
       Register(w, kList, {L"WQL:UnarySelect", L"WQL:V1ProviderDefined"});
       EXPECT_EQ(5u, Ask(w, kOwn).objects.size());
       EXPECT_EQ(std::vector<std::string>{"query SELECT * FROM C_Provided ORDER BY Number"}, questions->Take());
     }},
    {"7.6 WQL:References", "TheAssociationsOfOneObjectAreAskedFor",
     [](World& w) {
       MakeLinkClass(w);
       Register(w, kGet | kList, {L"WQL:References"});
       const auto questions = Listen(w, [](const ProviderRequest& request) {
         return request.kind == Kind::kQuery ? GiveLinks(request) : GiveFive(request);
       });
       const Outcome outcome = Ask(w, L"REFERENCES OF {C_Provided.Id='0'}");
       EXPECT_EQ(WBEM_S_NO_ERROR, outcome.code);
       EXPECT_EQ(2u, outcome.objects.size()) << "those of others do not come";
       EXPECT_EQ("query REFERENCES OF {C_Provided.Id=\"0\"} WHERE ResultClass = C_Link", questions->Take().back());
     }},
    {"7.6 WQL:References", "WithoutItAllAssociationsAreEnumerated",
     [](World& w) {
       MakeLinkClass(w);
       Register(w, kGet | kList);
       const auto questions = Listen(w, [](const ProviderRequest& request) {
         return request.kind == Kind::kEnumerate ? GiveLinks(request) : GiveFive(request);
       });
       EXPECT_EQ(2u, Ask(w, L"REFERENCES OF {C_Provided.Id='0'}").objects.size());
       EXPECT_EQ("list C_Link", questions->Take().back());
     }},
};

WMI_ROWS(ProviderQuery, kProviderQueries);

}  // namespace
}  // namespace wmi::conformance
