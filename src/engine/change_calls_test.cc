// The calls that change things and run methods, below the COM surface: who is asked, in which order, and how each ends.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/result_set.h"
#include "engine/test_support.h"

namespace wmi::engine {
namespace {

constexpr const char* kClasses = R"mof(
  Qualifier Key : ToInstance ToSubClass DisableOverride;
  Qualifier Static : ToSubClass;
  Qualifier Implemented : ToSubClass;
  Qualifier Disabled : ToSubClass;
  Qualifier Abstract : ToSubClass;

  class Stone { [key] uint32 Id; string Colour; };
  class Gem : Stone { string Cut; };
  [abstract] class Idea { [key] string Name; };

  [dynamic, provider("Zoo")] class Animal {
    [key] string Name;
    [Implemented, Static] uint32 Count();
    [Implemented] uint32 Feed([in, id(0)] uint32 Grams, [out, id(1)] string Sound);
    [Implemented, Disabled] void Sell();
    void Fly();
  };
  [dynamic, provider("Kennel")] class Dog : Animal { uint32 Tricks; };

  [dynamic, provider("Pushing")] class Pushed { [key] uint32 Id; string Text; [Implemented] uint32 Do([in, id(0)] uint32 X); };
  [dynamic, provider("Nobody")] class Orphan { [key] uint32 Id; };
)mof";

// Notes what it was asked; fails where `failures` says.
class Keeper final : public provider::InstanceProvider {
 public:
  Keeper(std::string name, std::vector<std::string>& log, std::map<std::string, Code>& failures)
      : name_(std::move(name)), log_(log), failures_(failures) {}

  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override {
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<One>(request, name_ == "Kennel"));
  }
  Result<std::string> Put(const provider::PutRequest& request) override {
    TRY(Note("put", request.instance.schema().name() + " " + std::string(request.instance.slot(0).text())));
    return name_ + " path";
  }
  Status Delete(const provider::DeleteRequest& request) override {
    return Note("delete", request.schema->name() + " " + std::string(request.keys.front().view().text()));
  }
  Result<cim::Object> Execute(const provider::MethodRequest& request) override {
    std::string what = request.schema->name() + "." + request.method->name;
    if (request.keys) what += " " + std::string(request.keys->front().view().text());
    if (request.in) what += " " + std::to_string(request.in.slot(0).unsigned_integer());
    TRY(Note("run", what));
    if (!request.method->out) return cim::Object();
    cim::RowBlockBuilder row;
    row.BeginRow(request.method->out);
    row.SetUnsigned(*request.method->out->FindSlot("ReturnValue"), 7);
    row.CommitRow();
    Batch out;
    row.Finish(out);
    return out.front();
  }

 private:
  // Rex, who is a dog.
  struct One final : provider::InstanceStream {
    One(const provider::Request& of, bool dogs) : request(of), has_rex(dogs) {}
    Result<provider::ReadState> Read(provider::RowWriter& writer) override {
      if (!has_rex) return provider::ReadState::kEnd;
      if (request.has_keys && request.keys.front().front().view().text() != "Rex") return provider::ReadState::kEnd;
      writer.Begin();
      writer.SetText(0, "Rex");
      writer.Commit();
      return provider::ReadState::kEnd;
    }
    const provider::Request& request;
    const bool has_rex;
  };

  Status Note(const std::string& what, const std::string& of) {
    log_.push_back(name_ + ": " + what + " " + of);
    const auto failure = failures_.find(name_);
    return failure == failures_.end() ? Status() : Status(failure->second);
  }

  const std::string name_;
  std::vector<std::string>& log_;
  std::map<std::string, Code>& failures_;
};

// A registered provider that does at once what `on_start` says.
class Pusher final : public PushProvider {
 public:
  std::function<void(const ProviderCall&, PushPort&)> on_start;
  void Start(const ProviderCall& call, std::shared_ptr<PushPort> port) override {
    on_start(call, *port);
    port->LetGo();
  }
};

class Loader final : public PushProviderLoader {
 public:
  explicit Loader(std::shared_ptr<PushProvider> provider) : provider_(std::move(provider)) {}
  Result<std::shared_ptr<PushProvider>> Find(const SessionPtr&, const cim::Object&) override { return provider_; }

 private:
  const std::shared_ptr<PushProvider> provider_;
};

class ChangeCallsTest : public testing::Test {
 protected:
  ChangeCallsTest() {
    std::ifstream file(std::string(WMI_SOURCE_DIR) + "/schema/system.mof", std::ios::binary);
    engine_.catalogue().SetSystemClasses({"system.mof", {std::istreambuf_iterator<char>(file), {}}});
    Expect(engine_.catalogue().AddNamespace("ROOT\\zoo"));
    Expect(engine_.catalogue().Compile({"zoo.mof", kClasses}, "ROOT\\zoo"));
    engine_.providers().Register("Animal", std::make_unique<Keeper>("Zoo", log_, failures_));
    engine_.providers().Register("Dog", std::make_unique<Keeper>("Kennel", log_, failures_));
    engine_.SetLoader(std::make_shared<Loader>(pusher_));
    session_ = engine_.Connect("root\\zoo").value();
  }

  static void Expect(const Status& status) { ASSERT_TRUE(status.ok()) << status.Message(); }

  struct Answer {
    Ending ending;
    std::vector<cim::Object> rows;
    Code code() const { return ending.status.code(); }
    std::string message() const { return ending.status.Message(); }
  };
  Answer Run(std::unique_ptr<RowSource> source) {
    auto results = std::make_shared<ResultSet>(Retention::kForwardOnly, RunAhead::kToTheEnd, session_->quota());
    Operation::Call call;
    call.session = session_->lane();
    call.description = "test";
    call.source = std::move(source);
    call.consumer = results;
    Result<Reservation> reservation = engine_.runtime().Reserve(session_->lane());
    results->Attach(Operation::Start(engine_.runtime(), std::move(reservation).value(), std::move(call)));
    Answer answer;
    ResultSet::Position position = 0;
    const auto read = results->Read(position, 1'000'000, SteadyClock().Now() + std::chrono::seconds(60), answer.rows);
    EXPECT_EQ(read.state, ResultSet::ReadState::kEnd);
    answer.ending = read.ending;
    return answer;
  }

  cim::Object Instance(const char* class_name, const std::vector<std::pair<const char*, cim::Value>>& values) {
    const cim::ClassPtr schema = session_->name_space()->FindClass(class_name);
    cim::RowBlockBuilder row;
    row.BeginRow(schema);
    for (const auto& [name, value] : values) row.Set(*schema->FindSlot(name), value.view());
    row.CommitRow();
    Batch built;
    row.Finish(built);
    return built.front();
  }
  cim::Object Parameters(const char* class_name, const char* method, std::uint64_t value) {
    const cim::ClassPtr signature = session_->name_space()->FindClass(class_name)->FindMethod(method)->in;
    cim::RowBlockBuilder row;
    row.BeginRow(signature);
    row.SetUnsigned(0, value);
    row.CommitRow();
    Batch built;
    row.Finish(built);
    return built.front();
  }
  Code Put(const cim::Object& instance, cim::PutMode mode = cim::PutMode::kCreateOrUpdate, CallOptions options = {}) {
    return Run(PutInstanceSource(session_, instance, mode, std::move(options))).code();
  }
  Answer Get(const std::string& path) { return Run(ObjectSource(session_, path)); }
  Answer Call(const char* path, const char* method, cim::Object in = {}) {
    return Run(MethodSource(session_, path, method, std::move(in)));
  }

  // Registers the provider Pushing with what it supports.
  void RegisterPusher() {
    using cim::Value;
    EXPECT_EQ(Put(Instance("__Win32Provider", {{"Name", Value::Text("Pushing")}, {"CLSID", Value::Text("{}")}})),
              code::kOk);
    const Value reference = Value::Text("__Win32Provider.Name=\"Pushing\"");
    EXPECT_EQ(Put(Instance("__InstanceProviderRegistration",
                           {{"provider", reference},
                            {"SupportsGet", Value::Boolean(true)},
                            {"SupportsPut", Value::Boolean(true)},
                            {"SupportsEnumeration", Value::Boolean(true)},
                            {"QuerySupportLevels", Value::Array({Value::Text("WQL:UnarySelect")})}})),
              code::kOk);
    EXPECT_EQ(Put(Instance("__MethodProviderRegistration", {{"provider", reference}})), code::kOk);
  }

  std::vector<std::string> log_;
  std::map<std::string, Code> failures_;
  const std::shared_ptr<Pusher> pusher_ = std::make_shared<Pusher>();
  Engine engine_{[] {
    Engine::Options options;
    options.server = "TEST";
    return options;
  }()};
  SessionPtr session_;
};

using cim::Value;

// ---- the repository -------------------------------------------------------------------------------------------------

TEST_F(ChangeCallsTest, WhatIsPutIsReadAndWhatIsDeletedIsGone) {
  const Answer put = Run(PutInstanceSource(
      session_, Instance("Stone", {{"Id", Value::Unsigned(3)}, {"Colour", Value::Text("grey")}}), {}));
  EXPECT_EQ(put.code(), code::kOk) << put.message();
  EXPECT_EQ(put.ending.text, "Stone.Id=3");
  ASSERT_EQ(Get("Stone.Id=3").rows.size(), 1u);
  EXPECT_EQ(Get("Stone.Id=3").rows.front().slot(1).text(), "grey");
  EXPECT_EQ(Run(InstancesSource(session_, "Stone", Depth::kDeep)).rows.size(), 1u);
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "Stone.Id=3")).code(), code::kOk);
  EXPECT_EQ(Get("Stone.Id=3").code(), code::kNotFound);
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "Stone.Id=3")).code(), code::kNotFound);
}

TEST_F(ChangeCallsTest, DeletingThroughTheBaseFindsTheInstanceOfTheSubclass) {
  ASSERT_EQ(Put(Instance("Gem", {{"Id", Value::Unsigned(1)}})), code::kOk);
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "Stone.Id=1")).code(), code::kOk);
  EXPECT_EQ(Get("Gem.Id=1").code(), code::kNotFound);
}

TEST_F(ChangeCallsTest, PutSaysWhatIsWrong) {
  EXPECT_EQ(Put(cim::Object(session_->name_space()->FindClass("Stone"))), code::kInvalidObject) << "a class";
  EXPECT_EQ(Put(Instance("Idea", {{"Name", Value::Text("x")}})), code::kInvalidOperation) << "abstract";
  EXPECT_EQ(Put(Instance("Orphan", {{"Id", Value::Unsigned(1)}})), code::kProviderNotFound);
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "Stone")).code(), code::kInvalidObjectPath) << "a class";
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "Nothing.Id=1")).code(), code::kInvalidClass);
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "root\\cimv2:Stone.Id=1")).code(), code::kInvalidObjectPath);
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "Stone=@")).code(), code::kInvalidObjectPath);
}

TEST_F(ChangeCallsTest, APartialPutWritesOnlyWhatItNames) {  // contract 1.3, partial update
  ASSERT_EQ(
      Put(Instance("Gem", {{"Id", Value::Unsigned(1)}, {"Colour", Value::Text("red")}, {"Cut", Value::Text("a")}})),
      code::kOk);
  const cim::Object change = Instance("Gem", {{"Id", Value::Unsigned(1)}, {"Cut", Value::Text("b")}});
  const auto context = [](bool strict) {
    auto made = std::make_shared<CallContext>();
    made->values = {{"__PUT_EXTENSIONS", Value::Boolean(true)},
                    {"__PUT_EXT_STRICT_NULLS", Value::Boolean(strict)},
                    {"__PUT_EXT_PROPERTIES", Value::Array({Value::Text("cut"), Value::Text("Colour")})}};
    return CallOptions{made, WantsProgress::kNo};
  };
  EXPECT_EQ(Put(change, cim::PutMode::kCreateOrUpdate, context(false)), code::kInvalidContext) << "needs UPDATE_ONLY";
  EXPECT_EQ(Put(change, cim::PutMode::kUpdateOnly, context(false)), code::kOk);
  EXPECT_EQ(Get("Gem.Id=1").rows.at(0).slot(1).text(), "red") << "NULL is no value";
  EXPECT_EQ(Get("Gem.Id=1").rows.at(0).slot(2).text(), "b");
  EXPECT_EQ(Put(change, cim::PutMode::kUpdateOnly, context(true)), code::kOk);
  EXPECT_TRUE(Get("Gem.Id=1").rows.at(0).slot(1).is_null()) << "strict: NULL is written";
}

TEST_F(ChangeCallsTest, APartialGetShowsOnlyWhatItNames) {  // contract 1.3, partial get
  ASSERT_EQ(Put(Instance("Gem", {{"Id", Value::Unsigned(1)}, {"Colour", Value::Text("red")}})), code::kOk);
  const auto get = [&](std::vector<CallContext::Named> values) {
    auto context = std::make_shared<CallContext>();
    context->values = std::move(values);
    const Answer answer = Run(ObjectSource(session_, "Gem.Id=1", {context, WantsProgress::kNo}));
    if (answer.rows.empty()) return std::string(CodeName(answer.code()));
    std::string shown;
    for (std::size_t slot = 0; slot < 3; ++slot) shown += answer.rows[0].IsVisible(slot) ? 'x' : '-';
    return shown;
  };
  const CallContext::Named on = {"__GET_EXTENSIONS", Value::Boolean(true)};
  const CallContext::Named cut = {"__GET_EXT_PROPERTIES", Value::Array({Value::Text("Cut")})};
  EXPECT_EQ(get({}), "xxx");
  EXPECT_EQ(get({cut}), "xxx") << "the switch is missing";
  EXPECT_EQ(get({on, cut}), "x-x");
  EXPECT_EQ(get({on, cut, {"__GET_EXT_KEYS_ONLY", Value::Boolean(true)}}), "x--") << "wins over the list";
  EXPECT_EQ(get({on, {"__GET_EXT_PROPERTIES", Value::Array({Value::Text("Wings")})}}), "WBEM_E_INVALID_PARAMETER");
}

TEST_F(ChangeCallsTest, NamespacesAreMadeOpenedAndDeletedAsInstances) {
  EXPECT_EQ(Run(NamespaceSource(session_, "cage")).code(), code::kInvalidNamespace);
  EXPECT_EQ(Put(Instance("__NAMESPACE", {{"Name", Value::Text("cage")}})), code::kOk);
  EXPECT_EQ(Put(Instance("__NAMESPACE", {{"Name", Value::Text("cage")}}), cim::PutMode::kCreateOnly),
            code::kAlreadyExists);
  EXPECT_EQ(Run(NamespaceSource(session_, "CAGE")).ending.text, "ROOT\\zoo\\cage");
  EXPECT_EQ(Run(NamespaceSource(session_, "\\\\.\\root\\zoo")).code(), code::kInvalidParameter) << "absolute";
  EXPECT_EQ(Run(NamespaceSource(session_, "")).code(), code::kInvalidParameter);
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "__NAMESPACE.Name='cage'")).code(), code::kOk);
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "__NAMESPACE.Name='cage'")).code(), code::kNotFound);
}

TEST_F(ChangeCallsTest, AClassThatIsPutIsSeenByOpenSessions) {
  cim::ClassDeclaration declaration;
  declaration.name = "Fern";
  cim::Property id;
  id.name = "Id";
  id.type.type = cim::CimType::kUint32;
  id.qualifiers.Set({"key", Value::Boolean(true), {cim::CimType::kBoolean, false, {}}, cim::flavor::kToInstance});
  declaration.properties.push_back(id);
  const cim::Object fern(cim::Class::Make(declaration, nullptr, nullptr).value());
  const auto put = [&](cim::PutMode mode) {
    return Run(PutClassSource(session_, fern, mode, store::ClassUpdate::kCompatible)).code();
  };
  EXPECT_EQ(put(cim::PutMode::kUpdateOnly), code::kNotFound);
  EXPECT_EQ(put(cim::PutMode::kCreateOnly), code::kOk);
  EXPECT_EQ(put(cim::PutMode::kCreateOnly), code::kAlreadyExists);
  EXPECT_EQ(Get("Fern").rows.size(), 1u);
  EXPECT_EQ(Run(ClassesSource(session_, "", Depth::kShallow)).rows.back().schema().name(), "Fern");
  EXPECT_EQ(Run(ClassesSource(session_, "Stone", Depth::kDeep)).rows.size(), 1u) << "without the class itself";
  EXPECT_EQ(Run(ClassesSource(session_, "Nothing", Depth::kDeep)).code(), code::kInvalidClass);
  EXPECT_EQ(Run(DeleteClassSource(session_, "fern")).code(), code::kOk);
  EXPECT_EQ(Get("Fern").code(), code::kNotFound);
}

// ---- providers ------------------------------------------------------------------------------------------------------

TEST_F(ChangeCallsTest, APutAsksTheProvidersOfAllAncestorsTheTopmostFirst) {  // contract 1.3, PutInstance
  const cim::Object rex = Instance("Dog", {{"Name", Value::Text("Rex")}});
  const Answer put = Run(PutInstanceSource(session_, rex, {}));
  EXPECT_EQ(put.code(), code::kOk) << put.message();
  EXPECT_EQ(log_, (std::vector<std::string>{"Zoo: put Animal Rex", "Kennel: put Dog Rex"}));
  EXPECT_EQ(put.ending.text, "Kennel path");
  log_.clear();
  failures_["Zoo"] = code::kAccessDenied;
  EXPECT_EQ(Put(rex), code::kAccessDenied) << "all must succeed";
  EXPECT_EQ(log_.size(), 1u);
}

TEST_F(ChangeCallsTest, OfADeleteTheTopmostProviderDecides) {  // contract 1.3, DeleteInstance
  failures_["Kennel"] = code::kAccessDenied;
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "Dog.Name='Rex'")).code(), code::kOk);
  EXPECT_EQ(log_, (std::vector<std::string>{"Zoo: delete Animal Rex", "Kennel: delete Dog Rex"}));
  failures_ = {{"Zoo", code::kNotFound}};
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "Animal.Name='Rex'")).code(), code::kNotFound);
}

TEST_F(ChangeCallsTest, AMethodRunsInTheProviderOfTheRealClass) {  // contract 1.3, ExecMethod
  const Answer fed = Call("Animal.Name='Rex'", "feed", Parameters("Animal", "Feed", 250));
  EXPECT_EQ(fed.code(), code::kOk) << fed.message();
  ASSERT_EQ(fed.rows.size(), 1u);
  EXPECT_EQ(fed.rows.front().slot(*fed.rows.front().schema().FindSlot("ReturnValue")).unsigned_integer(), 7u);
  EXPECT_EQ(Call("Animal", "Count").code(), code::kOk);
  EXPECT_EQ(Call("Animal.Name='anybody'", "Count").code(), code::kOk) << "static: the instance is not looked for";
  EXPECT_EQ(log_, (std::vector<std::string>{"Kennel: run Dog.Feed Rex 250", "Zoo: run Animal.Count",
                                            "Zoo: run Animal.Count anybody"}));
}

TEST_F(ChangeCallsTest, AMethodCallSaysWhatIsWrong) {
  EXPECT_EQ(Call("Animal.Name='Tom'", "Feed", Parameters("Animal", "Feed", 1)).code(), code::kNotFound);
  EXPECT_EQ(Call("Animal", "Feed").code(), code::kInvalidMethod) << "not static";
  EXPECT_EQ(Call("Dog.Name='Rex'", "Bark").code(), code::kInvalidMethod);
  EXPECT_EQ(Call("Dog.Name='Rex'", "Sell").code(), code::kMethodDisabled);
  EXPECT_EQ(Call("Dog.Name='Rex'", "Fly").code(), code::kMethodNotImplemented);
  EXPECT_EQ(Call("Animal", "Count", Parameters("Animal", "Feed", 1)).code(), code::kInvalidMethodParameters);
  EXPECT_EQ(Call("Dog.Name='Rex'", "Feed", Instance("Stone", {})).code(), code::kInvalidMethodParameters);
  EXPECT_EQ(Call("Cat.Name='Tom'", "Feed").code(), code::kInvalidClass);
  EXPECT_TRUE(log_.empty()) << "no provider was bothered";
}

// ---- registered providers -------------------------------------------------------------------------------------------

TEST_F(ChangeCallsTest, ARegisteredProviderIsAskedInTheWayItSupports) {
  RegisterPusher();
  std::vector<std::string> asked;
  pusher_->on_start = [&](const ProviderCall& call, PushPort& port) {
    asked.push_back(std::to_string(static_cast<int>(call.kind)) + " " + call.query + call.path + call.method);
    if (call.kind != ProviderCall::Kind::kPutInstance) {
      port.Push({Instance("Pushed", {{"Id", Value::Unsigned(1)}}), Instance("Pushed", {{"Id", Value::Unsigned(2)}})});
    }
    port.Finish({});
  };
  EXPECT_EQ(Run(InstancesSource(session_, "Pushed", Depth::kDeep)).rows.size(), 2u);
  EXPECT_EQ(Run(QuerySource(session_, "select Id from pushed where Id > 1")).rows.size(), 1u) << "filtered here too";
  EXPECT_EQ(Get("Pushed.Id=2").rows.size(), 1u);
  EXPECT_EQ(Put(Instance("Pushed", {{"Id", Value::Unsigned(1)}})), code::kOk);
  EXPECT_EQ(asked, (std::vector<std::string>{"1 ", "2 SELECT Id FROM Pushed WHERE Id > 1", "0 Pushed.Id=2", "3 "}));
  EXPECT_EQ(Run(DeleteInstanceSource(session_, "Pushed.Id=1")).code(), code::kProviderNotCapable) << "SupportsDelete";
}

TEST_F(ChangeCallsTest, WithoutRegistrationTheProviderIsNotFoundOrNotCapable) {
  EXPECT_EQ(Run(InstancesSource(session_, "Pushed", Depth::kDeep)).code(), code::kProviderNotFound);
  ASSERT_EQ(Put(Instance("__Win32Provider", {{"Name", Value::Text("Pushing")}, {"CLSID", Value::Text("{}")}})),
            code::kOk);
  const Answer answer = Run(InstancesSource(session_, "Pushed", Depth::kDeep));
  EXPECT_EQ(answer.code(), code::kProviderNotCapable);
  EXPECT_EQ(answer.ending.status.detail()->provider, "Pushing");
}

TEST_F(ChangeCallsTest, AProvidersOwnErrorObjectAndRowsBeforeItArrive) {
  RegisterPusher();
  const cim::Object error = Instance("__ExtendedStatus", {{"Description", Value::Text("broken pipe")}});
  pusher_->on_start = [&](const ProviderCall&, PushPort& port) {
    port.Push({Instance("Pushed", {{"Id", Value::Unsigned(1)}})});
    Ending ending = Status(code::kProviderFailure);
    ending.error = error;
    port.Finish(ending);
  };
  const Answer answer = Run(InstancesSource(session_, "Pushed", Depth::kDeep));
  EXPECT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.code(), code::kProviderFailure);
  ASSERT_TRUE(answer.ending.error);
  EXPECT_EQ(answer.ending.error.slot(*error.schema().FindSlot("Description")).text(), "broken pipe");
}

TEST_F(ChangeCallsTest, ASuccessOtherThanZeroIsPassedOn) {  // contract 2.3
  RegisterPusher();
  pusher_->on_start = [](const ProviderCall&, PushPort& port) { port.Finish(Status(code::kPartialResults)); };
  EXPECT_EQ(Run(InstancesSource(session_, "Pushed", Depth::kDeep)).code(), code::kPartialResults);
}

TEST_F(ChangeCallsTest, MoreThanThePortHoldsArrivesWhole) {
  RegisterPusher();
  pusher_->on_start = [&](const ProviderCall&, PushPort& port) {
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      ASSERT_EQ(port.Push({Instance("Pushed", {{"Id", Value::Unsigned(i)}})}), code::kOk);
    }
    port.Finish({});
  };
  const Answer answer = Run(InstancesSource(session_, "Pushed", Depth::kDeep));
  EXPECT_EQ(answer.code(), code::kOk);
  EXPECT_EQ(answer.rows.size(), 20'000u);
}

// ---- events ---------------------------------------------------------------------------------------------------------

TEST_F(ChangeCallsTest, ExtrinsicEventsReachTheSubscriptionsThatAskForThem) {
  Expect(engine_.catalogue().Compile({"events.mof",
                                      "class Rang : __ExtrinsicEvent { uint32 Times; };"
                                      "class Knocked : __ExtrinsicEvent { uint32 Times; };"},
                                     "ROOT\\zoo"));
  auto log = std::make_shared<ConsumerLog>();
  Operation::Call call;
  call.session = session_->lane();
  call.source = SubscriptionSource(session_, "SELECT * FROM Rang WHERE Times > 1");
  call.consumer = std::make_shared<RecordingConsumer>(log);
  call.lifetime = Lifetime::kSubscription;
  auto subscription =
      Operation::Start(engine_.runtime(), engine_.runtime().Reserve(session_->lane()).value(), std::move(call));
  const auto fire = [&](const char* what, std::uint64_t times) {
    const cim::Object event = Instance(what, {{"Times", Value::Unsigned(times)}});
    EXPECT_TRUE(engine_.events().Fire("root\\ZOO", {&event, 1}).ok());
  };
  // Which turn registers it is not known from outside: fire until it hears.
  const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(60);
  while (log->Count() == 0 && SteadyClock().Now() < deadline) {
    fire("Rang", 1);
    fire("Knocked", 5);
    fire("Rang", 2);
    std::this_thread::yield();
  }
  EXPECT_GT(log->Count(), 0u);
  EXPECT_EQ(log->Finishes(), 0u) << "alive";
  subscription->Cancel();
  EXPECT_EQ(log->Outcome(), code::kCallCancelled);
}

TEST_F(ChangeCallsTest, ASubscriptionToWhatIsNoEventFails) {
  EXPECT_EQ(Run(SubscriptionSource(session_, "SELECT * FROM Stone")).code(), code::kNotEventClass);
  EXPECT_EQ(Run(SubscriptionSource(session_, "SELECT * FROM Nothing")).code(), code::kInvalidClass);
  EXPECT_EQ(Run(SubscriptionSource(session_, "SELECT")).code(), code::kInvalidQuery);
}

}  // namespace
}  // namespace wmi::engine
