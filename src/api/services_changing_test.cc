// Puts, deletes and methods in their three forms (contract 1.2, 1.3), and what call results give (contract 5.3).
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "api/services_test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;

class ChangingTest : public WritableTest {
 protected:
  // Waits for the end of a semisynchronous call; its outcome.
  static HRESULT Status(IWbemCallResult* result) {
    long status = 77;
    EXPECT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_INFINITE, &status));
    return static_cast<HRESULT>(status);
  }
};

// ---- instances ------------------------------------------------------------------------------------------------------

TEST_F(ChangingTest, PutInstanceReportsThePathInEveryForm) {
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->PutInstance(NewThing(L"sync").get(), 0, nullptr, nullptr));
  EXPECT_EQ(WBEM_S_NO_ERROR, Exists(L"S_Thing.Name=\"sync\""));

  for (long flags : {0, static_cast<int>(WBEM_FLAG_RETURN_IMMEDIATELY)}) {
    ComPtr<IWbemCallResult> result;
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->PutInstance(NewThing(L"semi").get(), flags, nullptr, result.Receive()));
    BSTR path = nullptr;
    ASSERT_EQ(WBEM_S_NO_ERROR, result->GetResultString(WBEM_INFINITE, &path));
    EXPECT_EQ("S_Thing.Name=\"semi\"", TakeBstr(path));
    EXPECT_EQ(WBEM_S_NO_ERROR, Status(result.get()));
  }

  // Checklist 16: the path comes with the final status, and nothing is indicated.
  const ComPtr<IWbemClassObject> thing = NewThing(L"async");
  const Seen seen = Async([&](IWbemObjectSink* sink) {
    return services_->PutInstanceAsync(thing.get(), WBEM_FLAG_SEND_STATUS, nullptr, sink);
  });
  EXPECT_EQ(WBEM_S_NO_ERROR, seen.outcome);
  EXPECT_EQ("S_Thing.Name=\"async\"", seen.text);
  EXPECT_EQ(0u, seen.objects);
  EXPECT_EQ(nullptr, seen.error.get());
  EXPECT_EQ("2", PropertyText(GetOne(L"S_Thing.Name=\"async\"").get(), L"Size"));
}

TEST_F(ChangingTest, PutInstanceKeepsToItsMode) {
  const struct {
    long flags;
    const wchar_t* name;
    HRESULT result;
  } rows[] = {
      {WBEM_FLAG_UPDATE_ONLY, L"a", WBEM_E_NOT_FOUND},      {WBEM_FLAG_CREATE_ONLY, L"a", WBEM_S_NO_ERROR},
      {WBEM_FLAG_CREATE_ONLY, L"a", WBEM_E_ALREADY_EXISTS}, {WBEM_FLAG_UPDATE_ONLY, L"a", WBEM_S_NO_ERROR},
      {WBEM_FLAG_CREATE_OR_UPDATE, L"b", WBEM_S_NO_ERROR},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.flags);
    const ComPtr<IWbemClassObject> thing = NewThing(row.name);
    EXPECT_EQ(row.result, services_->PutInstance(thing.get(), row.flags, nullptr, nullptr));
    if (FAILED(row.result)) {
      const ComPtr<IWbemClassObject> error = TakeErrorObject();
      ASSERT_TRUE(error);
      EXPECT_EQ("PutInstance", PropertyText(error.get(), L"Operation"));
    }
  }
}

// The same code in every form, and late in two of them.
TEST_F(ChangingTest, ErrorsOfTheOperationAreTheSameInEveryForm) {
  const ComPtr<IWbemClassObject> thing = NewThing(L"none");
  ASSERT_EQ(WBEM_E_NOT_FOUND, services_->PutInstance(thing.get(), WBEM_FLAG_UPDATE_ONLY, nullptr, nullptr));
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR,
            services_->PutInstance(thing.get(), long{WBEM_FLAG_UPDATE_ONLY} | WBEM_FLAG_RETURN_IMMEDIATELY, nullptr,
                                   result.Receive()));
  EXPECT_EQ(WBEM_E_NOT_FOUND, Status(result.get()));
  BSTR text = Literal(L"garbage");
  EXPECT_EQ(WBEM_E_NOT_FOUND, result->GetResultString(WBEM_INFINITE, &text));
  EXPECT_EQ(nullptr, text);
  EXPECT_TRUE(TakeErrorObject());
  const Seen seen = Async([&](IWbemObjectSink* sink) {
    return services_->PutInstanceAsync(thing.get(), WBEM_FLAG_UPDATE_ONLY, nullptr, sink);
  });
  EXPECT_EQ(WBEM_E_NOT_FOUND, seen.outcome);
  ASSERT_TRUE(seen.error);
  EXPECT_EQ("PutInstance", PropertyText(seen.error.get(), L"Operation"));
  EXPECT_FALSE(seen.has_text);
}

TEST_F(ChangingTest, DeleteInstanceRemovesInEveryForm) {
  for (const wchar_t* name : {L"a", L"b", L"c"}) {
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->PutInstance(NewThing(name).get(), 0, nullptr, nullptr));
  }
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->DeleteInstance(Literal(L"S_Thing.Name='a'"), 0, nullptr, nullptr));
  EXPECT_EQ(WBEM_E_NOT_FOUND, Exists(L"S_Thing.Name='a'"));
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->DeleteInstance(Literal(L"S_Thing.Name='b'"), 0, nullptr, result.Receive()));
  EXPECT_EQ(WBEM_S_NO_ERROR, Status(result.get()));
  EXPECT_EQ(WBEM_E_NOT_FOUND, Exists(L"S_Thing.Name='b'"));
  const Seen seen = Async([&](IWbemObjectSink* sink) {
    return services_->DeleteInstanceAsync(Literal(L"S_Thing.Name='c'"), 0, nullptr, sink);
  });
  EXPECT_EQ(WBEM_S_NO_ERROR, seen.outcome);
  EXPECT_EQ(0u, seen.objects);
  EXPECT_FALSE(seen.has_text);
  EXPECT_EQ(WBEM_E_NOT_FOUND, services_->DeleteInstance(Literal(L"S_Thing.Name='c'"), 0, nullptr, nullptr));
  // Checklist 17.
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, Async([&](IWbemObjectSink* sink) {
                                        return services_->DeleteInstanceAsync(Literal(L"S_Thing.Name='c'"),
                                                                              WBEM_FLAG_USE_AMENDED_QUALIFIERS, nullptr,
                                                                              sink);
                                      }).started);
}

// ---- classes --------------------------------------------------------------------------------------------------------

TEST_F(ChangingTest, ClassesAreMadeFromAnEmptyOneInEveryForm) {
  ComPtr<IWbemClassObject> empty = GetOne(nullptr);
  EXPECT_EQ("(null)", PropertyText(empty.get(), L"__CLASS"));
  EXPECT_EQ(WBEM_E_INCOMPLETE_CLASS, services_->PutClass(empty.get(), 0, nullptr, nullptr));

  EXPECT_EQ(WBEM_S_NO_ERROR, services_->PutClass(NewClass(L"N_One").get(), 0, nullptr, nullptr));
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->PutClass(NewClass(L"N_Two", L"S_Thing").get(), WBEM_FLAG_CREATE_ONLY, nullptr,
                                                 result.Receive()));
  EXPECT_EQ(WBEM_S_NO_ERROR, Status(result.get()));
  const ComPtr<IWbemClassObject> third = NewClass(L"N_Three", L"S_Sub");
  EXPECT_EQ(WBEM_S_NO_ERROR, Async([&](IWbemObjectSink* sink) {
                               return services_->PutClassAsync(third.get(), 0, nullptr, sink);
                             }).outcome);
  EXPECT_EQ("S_Sub", PropertyText(GetOne(L"N_Three").get(), L"__SUPERCLASS"));
  EXPECT_EQ(WBEM_E_ALREADY_EXISTS, services_->PutClass(third.get(), WBEM_FLAG_CREATE_ONLY, nullptr, nullptr));
  EXPECT_EQ(WBEM_E_NOT_FOUND, services_->PutClass(NewClass(L"N_Four").get(), WBEM_FLAG_UPDATE_ONLY, nullptr, nullptr));

  EXPECT_EQ(WBEM_S_NO_ERROR, services_->DeleteClass(Literal(L"N_One"), 0, nullptr, nullptr));
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->DeleteClass(Literal(L"N_Two"), 0, nullptr, result.Receive()));
  EXPECT_EQ(WBEM_S_NO_ERROR, Status(result.get()));
  EXPECT_EQ(WBEM_S_NO_ERROR, Async([&](IWbemObjectSink* sink) {
                               return services_->DeleteClassAsync(Literal(L"N_Three"), 0, nullptr, sink);
                             }).outcome);
  for (const wchar_t* name : {L"N_One", L"N_Two", L"N_Three"}) EXPECT_EQ(WBEM_E_NOT_FOUND, Exists(name));
  // Late, also when the class is missing (contract 1.1).
  const Seen missing =
      Async([&](IWbemObjectSink* sink) { return services_->DeleteClassAsync(Literal(L"N_One"), 0, nullptr, sink); });
  EXPECT_EQ(WBEM_S_NO_ERROR, missing.started);
  EXPECT_EQ(WBEM_E_NOT_FOUND, missing.outcome);
  EXPECT_TRUE(missing.error);
}

// Contract 1.3, CreateClassEnum.
TEST_F(ChangingTest, ClassEnumerationsGoByDepth) {
  const struct {
    const wchar_t* superclass;
    long flags;
    std::vector<std::string> expected;
  } rows[] = {
      {L"S_Thing", WBEM_FLAG_DEEP, {"S_Sub"}},
      {L"s_thing", WBEM_FLAG_SHALLOW, {"S_Sub"}},
      {L"T_Base", WBEM_FLAG_SHALLOW, {"T_Item"}},
      {L"T_Base", WBEM_FLAG_DEEP, {"T_Item", "T_Sub"}},
      {L"S_Sub", WBEM_FLAG_DEEP, {}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.superclass));
    ComPtr<IEnumWbemClassObject> classes;
    ASSERT_EQ(WBEM_S_NO_ERROR,
              services_->CreateClassEnum(Literal(row.superclass), row.flags, nullptr, classes.Receive()));
    std::vector<std::string> names;
    ComPtr<IWbemClassObject> found;
    ULONG returned = 0;
    while (classes->Next(WBEM_INFINITE, 1, found.Receive(), &returned) == WBEM_S_NO_ERROR) {
      names.push_back(PropertyText(found.get(), L"__CLASS"));
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(row.expected, names);
    const Seen seen = Async([&](IWbemObjectSink* sink) {
      return services_->CreateClassEnumAsync(Literal(row.superclass), row.flags, nullptr, sink);
    });
    EXPECT_EQ(WBEM_S_NO_ERROR, seen.outcome);
    EXPECT_EQ(row.expected.size(), seen.objects);
  }
  for (const wchar_t* top : {static_cast<const wchar_t*>(nullptr), L""}) {
    ComPtr<IEnumWbemClassObject> classes;
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->CreateClassEnum(Literal(top), WBEM_FLAG_SHALLOW, nullptr, classes.Receive()));
    std::set<std::string> names;
    ComPtr<IWbemClassObject> found;
    ULONG returned = 0;
    while (classes->Next(WBEM_INFINITE, 1, found.Receive(), &returned) == WBEM_S_NO_ERROR) {
      names.insert(PropertyText(found.get(), L"__CLASS"));
    }
    EXPECT_TRUE(names.contains("S_Thing"));
    EXPECT_FALSE(names.contains("S_Sub"));
  }
}

// ---- methods --------------------------------------------------------------------------------------------------------

// Checklist 16: one object with all out-parameters; the call is a success whatever the method itself returns.
TEST_F(ChangingTest, MethodGivesItsOutParametersInEveryForm) {
  const ComPtr<IWbemClassObject> in = AddParameters(2, 3);
  const auto expect_sum = [](IWbemClassObject* out) {
    ASSERT_NE(nullptr, out);
    EXPECT_EQ("__PARAMETERS", PropertyText(out, L"__CLASS"));
    EXPECT_EQ("5", PropertyText(out, L"Sum"));
    EXPECT_EQ("5", PropertyText(out, L"ReturnValue"));
  };
  for (const wchar_t* path : {L"S_Doer", L"S_Doer.Id=\"1\""}) {
    ComPtr<IWbemClassObject> out;
    ASSERT_EQ(WBEM_S_NO_ERROR,
              services_->ExecMethod(Literal(path), Literal(L"add"), 0, nullptr, in.get(), out.Receive(), nullptr));
    expect_sum(out.get());
  }
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecMethod(Literal(L"S_Doer"), Literal(L"Add"), WBEM_FLAG_RETURN_IMMEDIATELY,
                                                   nullptr, in.get(), nullptr, result.Receive()));
  ComPtr<IWbemClassObject> out;
  ASSERT_EQ(WBEM_S_NO_ERROR, result->GetResultObject(WBEM_INFINITE, out.Receive()));
  expect_sum(out.get());
  const Seen seen = Async([&](IWbemObjectSink* sink) {
    return services_->ExecMethodAsync(Literal(L"S_Doer"), Literal(L"Add"), 0, nullptr, in.get(), sink);
  });
  EXPECT_EQ(WBEM_S_NO_ERROR, seen.outcome);
  EXPECT_EQ(1u, seen.objects);
  expect_sum(seen.first.get());
}

TEST_F(ChangingTest, MethodWithoutOutParametersGivesNothing) {
  const BSTR path = Literal(L"S_Doer.Id=\"1\"");
  IWbemClassObject* out = ClassOf("S_Doer").get();
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecMethod(path, Literal(L"Quiet"), 0, nullptr, nullptr, &out, nullptr));
  EXPECT_EQ(nullptr, out);
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR,
            services_->ExecMethod(path, Literal(L"Quiet"), 0, nullptr, nullptr, nullptr, result.Receive()));
  out = ClassOf("S_Doer").get();
  EXPECT_EQ(WBEM_S_NO_ERROR, result->GetResultObject(WBEM_INFINITE, &out));
  EXPECT_EQ(nullptr, out);
  const Seen seen = Async([&](IWbemObjectSink* sink) {
    return services_->ExecMethodAsync(path, Literal(L"Quiet"), 0, nullptr, nullptr, sink);
  });
  EXPECT_EQ(WBEM_S_NO_ERROR, seen.outcome);
  EXPECT_EQ(0u, seen.objects);
  EXPECT_EQ(3, doer_->done);
}

TEST_F(ChangingTest, MethodErrorsAreTheSameInEveryForm) {
  const struct {
    const wchar_t* path;
    const wchar_t* method;
    HRESULT result;
  } rows[] = {
      {L"S_Doer.Id=\"1\"", L"Unknown", WBEM_E_INVALID_METHOD},
      {L"S_Doer.Id=\"1\"", L"Never", WBEM_E_METHOD_NOT_IMPLEMENTED},
      {L"S_Doer.Id=\"1\"", L"Break", WBEM_E_PROVIDER_FAILURE},
      {L"S_Nothing.Id=\"1\"", L"Break", WBEM_E_INVALID_CLASS},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.path) + " " + Utf8(row.method));
    IWbemClassObject* out = ClassOf("S_Doer").get();
    EXPECT_EQ(row.result,
              services_->ExecMethod(Literal(row.path), Literal(row.method), 0, nullptr, nullptr, &out, nullptr));
    EXPECT_EQ(nullptr, out);
    EXPECT_EQ("ExecMethod", PropertyText(TakeErrorObject().get(), L"Operation"));
    ComPtr<IWbemCallResult> result;
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecMethod(Literal(row.path), Literal(row.method), 0, nullptr, nullptr,
                                                     nullptr, result.Receive()));
    EXPECT_EQ(row.result, Status(result.get()));
    EXPECT_EQ(row.result, Async([&](IWbemObjectSink* sink) {
                            return services_->ExecMethodAsync(Literal(row.path), Literal(row.method), 0, nullptr,
                                                              nullptr, sink);
                          }).outcome);
  }
}

// ---- call results ---------------------------------------------------------------------------------------------------

// Contract 5.3: each method has its accessor.
TEST_F(ChangingTest, AccessorThatDoesNotFitSaysWhichOneDoes) {
  enum : int { kObject = 1, kString = 2, kServices = 4 };
  const struct {
    const char* method;
    std::function<HRESULT(IWbemCallResult**)> call;
    int fits;
  } rows[] = {
      {"GetObject",
       [&](IWbemCallResult** r) { return services_->GetObject(Literal(L"S_Thing"), 0, nullptr, nullptr, r); }, kObject},
      {"PutClass", [&](IWbemCallResult** r) { return services_->PutClass(NewClass(L"N_A").get(), 0, nullptr, r); }, 0},
      {"DeleteClass", [&](IWbemCallResult** r) { return services_->DeleteClass(Literal(L"N_B"), 0, nullptr, r); }, 0},
      {"PutInstance", [&](IWbemCallResult** r) { return services_->PutInstance(NewThing(L"a").get(), 0, nullptr, r); },
       kString},
      {"DeleteInstance",
       [&](IWbemCallResult** r) { return services_->DeleteInstance(Literal(L"S_Thing='z'"), 0, nullptr, r); }, 0},
      {"ExecMethod",
       [&](IWbemCallResult** r) {
         return services_->ExecMethod(Literal(L"S_Doer"), Literal(L"Add"), 0, nullptr, AddParameters(1, 2).get(),
                                      nullptr, r);
       },
       kObject},
      {"OpenNamespace",
       [&](IWbemCallResult** r) { return services_->OpenNamespace(Literal(L"none"), 0, nullptr, nullptr, r); },
       kServices},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.method);
    ComPtr<IWbemCallResult> result;
    ASSERT_EQ(WBEM_S_NO_ERROR, row.call(result.Receive()));
    ComPtr<IWbemClassObject> object;
    BSTR text = nullptr;
    ComPtr<IWbemServices> services;
    const HRESULT answers[] = {result->GetResultObject(WBEM_INFINITE, object.Receive()),
                               result->GetResultString(WBEM_INFINITE, &text),
                               result->GetResultServices(WBEM_INFINITE, services.Receive())};
    SysFreeString(text);
    for (int i = 0; i < 3; ++i) {
      SCOPED_TRACE(i);
      if ((row.fits & (1 << i)) != 0) {
        EXPECT_NE(WBEM_E_INVALID_OPERATION, answers[i]);
      } else {
        EXPECT_EQ(WBEM_E_INVALID_OPERATION, answers[i]);
      }
    }
  }
}

// Contract 5.3: nobody looking at the result does not undo the effect.
TEST_F(ChangingTest, ReleasingTheResultLeavesTheEffect) {
  Signal inside;
  Signal go_on;
  doer_->before = [inside, go_on] {
    inside.Set();
    go_on.Wait();
    return wmi::Status();
  };
  ComPtr<IWbemCallResult> result;
  ASSERT_EQ(WBEM_S_NO_ERROR,
            services_->ExecMethod(Literal(L"S_Doer.Id=\"1\""), Literal(L"Quiet"), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr,
                                  nullptr, nullptr, result.Receive()));
  long status = 0;
  EXPECT_EQ(WBEM_S_TIMEDOUT, result->GetCallStatus(WBEM_NO_WAIT, &status));
  result.Reset();
  ASSERT_TRUE(inside.Wait());
  EXPECT_EQ(1u, engine_->runtime().counters().active) << "the call goes on";
  go_on.Set();
  EXPECT_TRUE(engine_->runtime().table().WaitEmpty(SteadyClock().Now() + kWaitMax));
  EXPECT_EQ(1, doer_->done);
}

// RETURN_IMMEDIATELY without a call result: started, and nobody is told.
TEST_F(ChangingTest, CallResultIsOptionalForWhatChangesSomething) {
  ASSERT_EQ(WBEM_S_NO_ERROR,
            services_->PutInstance(NewThing(L"unwatched").get(), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, nullptr));
  EXPECT_TRUE(engine_->runtime().table().WaitEmpty(SteadyClock().Now() + kWaitMax));
  EXPECT_EQ(WBEM_S_NO_ERROR, Exists(L"S_Thing.Name='unwatched'"));
}

// ---- namespaces -----------------------------------------------------------------------------------------------------

TEST_F(ChangingTest, OpenNamespaceGivesServicesInBothForms) {
  ASSERT_TRUE(engine_->catalogue().AddNamespace("ROOT\\test\\inner\\deep").ok());
  for (const wchar_t* name : {L"inner", L"INNER\\deep"}) {
    SCOPED_TRACE(Utf8(name));
    ComPtr<IWbemServices> opened;
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->OpenNamespace(Literal(name), 0, nullptr, opened.Receive(), nullptr));
    ComPtr<IWbemClassObject> found;
    ASSERT_EQ(WBEM_S_NO_ERROR, opened->GetObject(Literal(L"__NAMESPACE"), 0, nullptr, found.Receive(), nullptr));
    EXPECT_NE(std::string::npos, PropertyText(found.get(), L"__NAMESPACE").find("inner"));
    ComPtr<IWbemCallResult> result;
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->OpenNamespace(Literal(name), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, nullptr,
                                                        result.Receive()));
    ASSERT_EQ(WBEM_S_NO_ERROR, result->GetResultServices(WBEM_INFINITE, opened.Receive()));
    EXPECT_EQ(WBEM_S_NO_ERROR, Status(result.get()));
  }
  IWbemServices* opened = services_.get();
  EXPECT_EQ(WBEM_E_INVALID_NAMESPACE, services_->OpenNamespace(Literal(L"gone"), 0, nullptr, &opened, nullptr));
  EXPECT_EQ(nullptr, opened);
  EXPECT_EQ("OpenNamespace", PropertyText(TakeErrorObject().get(), L"Operation"));
  const struct {
    const wchar_t* name;
    long flags;
  } wrong[] = {{nullptr, 0}, {L"", 0}, {L"\\\\.\\root\\test", 0}, {L"inner", WBEM_FLAG_RETURN_IMMEDIATELY}};
  for (const auto& row : wrong) {
    EXPECT_EQ(WBEM_E_INVALID_PARAMETER,
              services_->OpenNamespace(Literal(row.name), row.flags, nullptr, &opened, nullptr));
  }
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, services_->OpenNamespace(Literal(L"inner"), 0, nullptr, nullptr, nullptr));
}

}  // namespace
}  // namespace wmi::api
