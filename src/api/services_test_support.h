// What the tests of changing calls and of events share: classes that can be written, a provider with methods, and calls
// in their three forms.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/context.h"
#include "api/test_support.h"
#include "com/bstr.h"
#include "com/variant.h"

namespace wmi::api {

inline constexpr char kWritableMof[] = R"(
Qualifier Key : ToInstance ToSubClass DisableOverride;
Qualifier Id : ToSubClass DisableOverride;
Qualifier In : ToSubClass;
Qualifier Out : ToSubClass;
Qualifier Static : ToSubClass DisableOverride;
Qualifier Implemented : ToSubClass;
Qualifier Dynamic : ToInstance;
Qualifier Provider : ToInstance;

class S_Thing { [key] string Name; uint32 Size = 1; };
class S_Sub : S_Thing { string Extra; };
[dynamic, provider("Doer")] class S_Doer {
  [key] string Id;
  [Implemented, Static] uint32 Add([in, id(0)] uint32 A, [in, id(1)] uint32 B, [out, id(2)] uint32 Sum);
  [Implemented] void Quiet();
  [Implemented] uint32 Break();
  uint32 Never();
};
class S_Event : __ExtrinsicEvent { string Text; };
)";

// What the provider of S_Doer does.
struct DoerScript {
  // Called before every method, put and delete; a failure is theirs.
  std::function<Status()> before = {};
  std::atomic<int> done = 0;
};

class DoerProvider final : public provider::InstanceProvider {
 public:
  explicit DoerProvider(std::shared_ptr<DoerScript> script) : script_(std::move(script)) {}

  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override {
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<Stream>(request));
  }
  Result<std::string> Put(const provider::PutRequest& request) override {
    TRY(Begin());
    ++script_->done;
    return "S_Doer.Id=\"" + std::string(request.instance.slot(0).text()) + "\"";
  }
  Status Delete(const provider::DeleteRequest&) override {
    TRY(Begin());
    ++script_->done;
    return Status();
  }
  Result<cim::Object> Execute(const provider::MethodRequest& request) override {
    TRY(Begin());
    ++script_->done;
    if (request.method->name == "Break") return Status(code::kProviderFailure, "it broke");
    if (!request.method->out) return cim::Object();
    cim::RowBlockBuilder row;
    row.BeginRow(request.method->out);
    const auto number = [&](const char* name) {
      return request.in.slot(*request.in.schema().FindSlot(name)).unsigned_integer();
    };
    row.SetUnsigned(*request.method->out->FindSlot("Sum"), number("A") + number("B"));
    row.SetUnsigned(*request.method->out->FindSlot("ReturnValue"), 5);
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    return std::move(built.front());
  }

 private:
  class Stream final : public provider::InstanceStream {
   public:
    explicit Stream(const provider::Request& request) : request_(request) {}
    Result<provider::ReadState> Read(provider::RowWriter& writer) override {
      writer.Begin();
      writer.SetText(*request_.schema->FindSlot("Id"), "1");
      writer.Commit();
      return provider::ReadState::kEnd;
    }

   private:
    const provider::Request& request_;
  };

  Status Begin() { return script_->before ? script_->before() : Status(); }

  const std::shared_ptr<DoerScript> script_;
};

// A sink of ours in the place of the client's, and what it saw.
struct Seen {
  HRESULT started = WBEM_S_NO_ERROR;
  HRESULT outcome = WBEM_S_NO_ERROR;
  std::size_t objects = 0;
  com::ComPtr<IWbemClassObject> first;
  com::ComPtr<IWbemClassObject> error;
  bool has_text = false;
  std::string text;
};

class WritableTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    const Status compiled = engine_->catalogue().Compile({"writable.mof", kWritableMof}, "ROOT\\test");
    ASSERT_TRUE(compiled.ok()) << compiled.Message();
    engine_->providers().Register("S_Doer", std::make_unique<DoerProvider>(doer_));
  }

  // Starts a call with a sink that only the call holds, and waits for its end.
  Seen Async(const std::function<HRESULT(IWbemObjectSink*)>& call) {
    Seen seen;
    auto log = std::make_shared<SinkLog>();
    {
      auto sink = com::ComPtr<TestSink>::Adopt(new TestSink(log));
      seen.started = call(sink.get());
    }
    if (FAILED(seen.started)) {
      EXPECT_EQ(0, log->alive) << "a refused start keeps no reference";
      return seen;
    }
    EXPECT_TRUE(log->WaitFinals());
    EXPECT_TRUE(log->WaitReferences(0));
    MutexLock lock(log->mutex);
    seen.outcome = log->finals.front().code;
    seen.error = log->finals.front().error;
    seen.has_text = log->finals.front().has_text;
    seen.text = log->finals.front().text;
    seen.objects = log->objects.size();
    if (!log->objects.empty()) seen.first = log->objects.front();
    EXPECT_EQ(1u, log->finals.size());
    return seen;
  }

  void SetProperty(IWbemClassObject* object, const wchar_t* name, const wchar_t* text) {
    BSTR copy = SysAllocString(text);
    VARIANT value;
    com::SetBstr(value, copy);
    EXPECT_EQ(WBEM_S_NO_ERROR, object->Put(name, 0, &value, 0));
    SysFreeString(copy);
  }
  void SetProperty(IWbemClassObject* object, const wchar_t* name, std::int32_t number) {
    VARIANT value;
    com::SetSint32(value, number);
    EXPECT_EQ(WBEM_S_NO_ERROR, object->Put(name, 0, &value, 0));
  }
  com::ComPtr<IWbemClassObject> NewInstance(const wchar_t* class_name) {
    com::ComPtr<IWbemClassObject> instance;
    EXPECT_EQ(WBEM_S_NO_ERROR, GetOne(class_name)->SpawnInstance(0, instance.Receive()));
    return instance;
  }
  com::ComPtr<IWbemClassObject> NewThing(const wchar_t* name, std::int32_t size = 2) {
    com::ComPtr<IWbemClassObject> thing = NewInstance(L"S_Thing");
    SetProperty(thing.get(), L"Name", name);
    SetProperty(thing.get(), L"Size", size);
    return thing;
  }
  // A class that is not in the repository yet, derived from `superclass` or from none.
  com::ComPtr<IWbemClassObject> NewClass(const wchar_t* name, const wchar_t* superclass = nullptr) {
    com::ComPtr<IWbemClassObject> schema;
    if (superclass == nullptr) {
      schema = GetOne(nullptr);
    } else {
      EXPECT_EQ(WBEM_S_NO_ERROR, GetOne(superclass)->SpawnDerivedClass(0, schema.Receive()));
    }
    SetProperty(schema.get(), L"__CLASS", name);
    return schema;
  }
  HRESULT Exists(const wchar_t* path) {
    com::ComPtr<IWbemClassObject> object;
    return services_->GetObject(Literal(path), 0, nullptr, object.Receive(), nullptr);
  }
  // In-parameters of S_Doer::Add.
  com::ComPtr<IWbemClassObject> AddParameters(std::int32_t a, std::int32_t b) {
    com::ComPtr<IWbemClassObject> signature;
    com::ComPtr<IWbemClassObject> in;
    EXPECT_EQ(WBEM_S_NO_ERROR, GetOne(L"S_Doer")->GetMethod(L"Add", 0, signature.Receive(), nullptr));
    EXPECT_EQ(WBEM_S_NO_ERROR, signature->SpawnInstance(0, in.Receive()));
    SetProperty(in.get(), L"A", a);
    SetProperty(in.get(), L"B", b);
    return in;
  }
  com::ComPtr<IWbemContext> TimeLimit(std::int32_t milliseconds) {
    com::ComPtr<Context> context = com::MakeCom<Context>();
    VARIANT value;
    com::SetSint32(value, milliseconds);
    EXPECT_EQ(WBEM_S_NO_ERROR, context->SetValue(L"OPENWMI_TIMEOUT_MS", 0, &value));
    return context;
  }

  const std::shared_ptr<DoerScript> doer_ = std::make_shared<DoerScript>();
};

}  // namespace wmi::api
