// What providers are asked: no more than they declare, and the answer is the same whatever they declare.
#include "engine/push_down.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "cim/object_path.h"
#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/result_set.h"

namespace wmi::engine {
namespace {

constexpr const char* kClasses = R"mof(
  Qualifier Key : ToInstance ToSubClass DisableOverride;
  Qualifier Association : ToInstance ToSubClass DisableOverride;

  [dynamic, provider("Shop")] class Tool { [key] string Name; uint32 Weight; string Colour; };

  [abstract] class Ware { [key] string Name; };
  [dynamic, provider("Shop")] class Nail : Ware { uint32 Weight; string Colour; };

  class Room { [key] string Name; };
  instance of Room { Name = "hall"; };
  instance of Room { Name = "attic"; };
  [dynamic, provider("Lamps")] class Lamp { [key] string Name; uint32 Watts; };
  [dynamic, provider("Lamps")] class Spot : Lamp { uint32 Angle; };
  [dynamic, provider("Lamps"), singleton] class Main { boolean On; };
  [association, dynamic, provider("Wires")] class Lights { [key] Lamp ref What; [key] Room ref Where; };
  [association, dynamic, provider("Wires")] class AlsoLights : Lights { uint32 Since; };
)mof";

using cim::Value;

// ---- a provider of our own ------------------------------------------------------------------------------------------

// Gives every tool it has unless it declares that it does otherwise.
class Shop final : public provider::InstanceProvider {
 public:
  provider::Support support() const override { return declared; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override {
    const std::string rest = DescribePushDown(request);
    asked = request.has_keys ? fmt::format("{} key{}{}", request.keys.size(), rest.empty() ? "" : "; ", rest) : rest;
    given = 0;
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<Stream>(*this, request));
  }

  provider::Support declared;
  std::string asked;
  int given = 0;

 private:
  struct Stream final : provider::InstanceStream {
    Stream(Shop& of, const provider::Request& wanted) : shop(of), request(wanted) {}
    Result<provider::ReadState> Read(provider::RowWriter& writer) override {
      struct Tool {
        const char* name;
        std::uint64_t weight;
        const char* colour;
      };
      constexpr Tool kTools[] = {{"Hammer", 3, "red"}, {"Saw", 2, "blue"}, {"Axe", 3, "Blue"}, {"Pin", 1, nullptr}};
      for (; next < std::size(kTools); ++next) {
        if (writer.full()) return provider::ReadState::kMore;
        const Tool& tool = kTools[next];
        const bool is_wanted = std::any_of(request.keys.begin(), request.keys.end(), [&](const auto& key) {
          return EqualFolded(key.front().view().text(), tool.name);
        });
        if (request.has_keys && !is_wanted) continue;
        const auto colour = tool.colour == nullptr ? cim::ValueView() : cim::ValueView::Text(tool.colour);
        if (!request.Allows(1, cim::ValueView::Unsigned(tool.weight)) || !request.Allows(2, colour)) continue;
        writer.Begin();
        writer.SetText(0, tool.name);
        writer.SetUnsigned(1, tool.weight);
        if (tool.colour == nullptr) writer.SetDenied(2);
        if (tool.colour != nullptr) writer.SetText(2, tool.colour);
        writer.Commit();
        ++shop.given;
      }
      return provider::ReadState::kEnd;
    }
    Shop& shop;
    const provider::Request& request;
    std::size_t next = 0;
  };
};

// ---- a registered one -----------------------------------------------------------------------------------------------

// Notes what it is asked and answers by the script, which gives more than it is asked for.
class Pusher final : public PushProvider {
 public:
  void Start(const ProviderCall& call, std::shared_ptr<PushPort> port) override {
    MutexLock lock(mutex);
    const char* const kind = call.kind == ProviderCall::Kind::kGetObject   ? "get "
                             : call.kind == ProviderCall::Kind::kEnumerate ? "list "
                                                                           : "query ";
    const bool is_list = call.kind == ProviderCall::Kind::kEnumerate;
    asked.push_back(kind + (is_list ? call.class_name : call.path + call.query));
    may_list = call.kind == ProviderCall::Kind::kQuery && !call.class_name.empty();
    lock.Unlock();
    port->Finish(answer(call, *port));
    port->LetGo();
  }

  std::function<Status(const ProviderCall&, PushPort&)> answer;
  Mutex mutex;
  std::vector<std::string> asked WMI_GUARDED_BY(mutex);
  bool may_list WMI_GUARDED_BY(mutex) = false;  // of the last query
};

class Loader final : public PushProviderLoader {
 public:
  explicit Loader(std::shared_ptr<PushProvider> provider) : provider_(std::move(provider)) {}
  Result<std::shared_ptr<PushProvider>> Find(const SessionPtr&, const cim::Object&) override { return provider_; }

 private:
  const std::shared_ptr<PushProvider> provider_;
};

enum Can : unsigned {
  kNothing = 0,
  kGet = 1,
  kList = 2,
  kSelect = 4,
  kReferences = 8,
  kAssociators = 16,
  kOwnLanguage = 32
};

class PushDownTest : public testing::Test {
 protected:
  PushDownTest() {
    std::ifstream file(std::string(WMI_SOURCE_DIR) + "/schema/system.mof", std::ios::binary);
    engine_.catalogue().SetSystemClasses({"system.mof", {std::istreambuf_iterator<char>(file), {}}});
    Expect(engine_.catalogue().AddNamespace("ROOT\\home"));
    Expect(engine_.catalogue().Compile({"home.mof", kClasses}, "ROOT\\home"));
    auto shop = std::make_unique<Shop>();
    shop_ = shop.get();
    engine_.providers().Register("Tool", std::move(shop));
    engine_.SetLoader(std::make_shared<Loader>(pusher_));
    session_ = engine_.Connect("root\\home").value();
    pusher_->answer = [this](const ProviderCall& call, PushPort& port) { return GiveLamps(call, port); };
  }

  static void Expect(const Status& status) { ASSERT_TRUE(status.ok()) << status.Message(); }

  struct Answer {
    Ending ending;
    std::vector<cim::Object> rows;
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

  // The paths in order, without quotes; the code where it is not success.
  static std::string Text(const Answer& answer) {
    std::vector<std::string> paths;
    for (const cim::Object& row : answer.rows) {
      std::string path = cim::RelativePath(row).value_or("?");
      std::erase_if(path, [](char c) { return c == '"' || c == '\\'; });
      paths.push_back(std::move(path));
    }
    std::sort(paths.begin(), paths.end());
    if (answer.ending.status.code() != code::kOk) paths.emplace_back(CodeName(answer.ending.status.code()));
    return fmt::format("{}", fmt::join(paths, " "));
  }
  std::string Query(const std::string& text) { return Text(Run(QuerySource(session_, text))); }
  std::string Get(const std::string& path) { return Text(Run(ObjectSource(session_, path))); }
  std::string List(const std::string& name) { return Text(Run(InstancesSource(session_, name, Depth::kShallow))); }

  // "Operation Class by Server (Detail)" of each step after Bind.
  std::vector<std::string> Plan(const std::string& text) {
    auto context = std::make_shared<CallContext>();
    context->values.push_back({kExplainValue, Value::Boolean(true)});
    CallOptions options;
    options.context = context;
    std::vector<std::string> steps;
    const auto text_of = [](const cim::Object& step, std::size_t slot) {
      return step.slot(slot).is_null() ? std::string() : std::string(step.slot(slot).text());
    };
    for (const cim::Object& step : Run(QuerySource(session_, text, {}, options)).rows) {
      if (text_of(step, 1) == "Bind") continue;
      steps.push_back(
          fmt::format("{} {} by {} ({})", text_of(step, 1), text_of(step, 2), text_of(step, 3), text_of(step, 4)));
    }
    return steps;
  }

  cim::Object Instance(const char* class_name, const std::vector<std::pair<const char*, Value>>& values) {
    const cim::ClassPtr schema = session_->name_space()->FindClass(class_name);
    cim::RowBlockBuilder row;
    row.BeginRow(schema);
    for (const auto& [name, value] : values) row.Set(*schema->FindSlot(name), value.view());
    row.CommitRow();
    Batch built;
    row.Finish(built);
    return built.front();
  }
  void Put(const cim::Object& instance) { Expect(Run(PutInstanceSource(session_, instance, {})).ending.status); }

  void Register(const char* name, unsigned can) {
    Put(Instance("__Win32Provider", {{"Name", Value::Text(name)}, {"CLSID", Value::Text("{}")}}));
    std::vector<Value> levels;
    if ((can & kSelect) != 0) levels.push_back(Value::Text("WQL:UnarySelect"));
    if ((can & kReferences) != 0) levels.push_back(Value::Text("wql:references"));
    if ((can & kAssociators) != 0) levels.push_back(Value::Text("WQL:Associators"));
    if ((can & kOwnLanguage) != 0) levels.push_back(Value::Text("WQL:V1ProviderDefined"));
    Put(Instance("__InstanceProviderRegistration",
                 {{"provider", Value::Text(fmt::format("__Win32Provider.Name=\"{}\"", name))},
                  {"SupportsGet", Value::Boolean((can & kGet) != 0)},
                  {"SupportsEnumeration", Value::Boolean((can & kList) != 0)},
                  {"QuerySupportLevels", Value::Array(std::move(levels))}}));
  }

  std::vector<std::string> Asked() {
    MutexLock lock(pusher_->mutex);
    return std::exchange(pusher_->asked, {});
  }
  bool MayList() {
    MutexLock lock(pusher_->mutex);
    return pusher_->may_list;
  }

  cim::Object Lamp(const std::string& name, std::uint64_t watts, const char* class_name = "Lamp") {
    return Instance(class_name, {{"Name", Value::Text(name)}, {"Watts", Value::Unsigned(watts)}});
  }
  cim::Object Light(const char* lamp, const char* room, const char* class_name = "Lights") {
    return Instance(class_name, {{"What", Value::Text(fmt::format("Lamp.Name=\"{}\"", lamp))},
                                 {"Where", Value::Text(fmt::format("Room.Name=\"{}\"", room))}});
  }

  // Whatever is asked: all lamps. By path: the one.
  Status GiveLamps(const ProviderCall& call, PushPort& port) {
    if (call.path == "Main=@" || call.class_name == "Main")
      return Status(port.Push({Instance("Main", {{"On", Value::Boolean(true)}})}));
    const bool is_spot = (call.class_name + call.path + call.query).find("Spot") != std::string::npos;
    Batch rows;
    if (is_spot) {
      rows = {Lamp("s1", 60, "Spot")};
    } else {
      rows = {Lamp("a", 40), Lamp("b", 60), Lamp("c", 100)};
    }
    if (call.kind == ProviderCall::Kind::kGetObject) {
      std::erase_if(rows, [&](const cim::Object& row) { return cim::RelativePath(row) != call.path; });
      if (rows.empty()) return Status(code::kNotFound, "no such lamp here").WithProvider("Lamps");
    }
    return Status(port.Push(std::move(rows)));
  }

  Shop* shop_ = nullptr;
  const std::shared_ptr<Pusher> pusher_ = std::make_shared<Pusher>();
  Engine engine_{Engine::Options()};
  SessionPtr session_;
};

using Texts = std::vector<std::string>;

// ---- providers of our own -------------------------------------------------------------------------------------------

TEST_F(PushDownTest, AProviderIsHandedWhatItDeclares) {
  shop_->declared.narrowed = {"Weight", "Colour", "Nothing"};
  EXPECT_EQ(Query("SELECT Name FROM Tool WHERE Name = 'saw'"), "Tool.Name=Saw");
  EXPECT_EQ(shop_->asked, "1 key; 1 of 3 properties");
  EXPECT_EQ(Query("SELECT * FROM Tool WHERE Weight = 3 AND (Colour = 'BLUE' OR Colour = 'green')"), "Tool.Name=Axe");
  EXPECT_EQ(shop_->asked, "values of Weight, Colour");
  EXPECT_EQ(shop_->given, 1) << "it left out the others by itself";
  EXPECT_EQ(Query("SELECT * FROM Tool WHERE Weight > 2 AND Colour = 'red'"), "Tool.Name=Hammer");
  EXPECT_EQ(shop_->asked, "values of Colour") << "an order does not say which values";
  EXPECT_EQ(Query("SELECT Weight FROM Tool WHERE Colour LIKE 'b%'"), "? ?");
  EXPECT_EQ(shop_->asked, "2 of 3 properties");
}

TEST_F(PushDownTest, ASuperclassDoesNotAskForWhatIsListedByItsOwnNameOnly) {
  auto made = std::make_unique<Shop>();
  Shop* const nails = made.get();
  nails->declared.listing = provider::Listing::kByOwnNameOnly;
  nails->declared.narrowed = {"Weight"};
  engine_.providers().Register("Nail", std::move(made));
  const std::string all = "Nail.Name=Axe Nail.Name=Hammer Nail.Name=Pin Nail.Name=Saw";
  const auto deep = [&] { return Run(InstancesSource(session_, "Ware", Depth::kDeep)); };
  for (const Answer& answer : {Run(QuerySource(session_, "SELECT * FROM Ware")), deep()}) {
    EXPECT_TRUE(answer.rows.empty());
    EXPECT_EQ(answer.ending.status.code(), code::kPartialResults);
    EXPECT_NE(answer.ending.status.Message().find("Nail"), std::string::npos) << answer.ending.status.Message();
  }
  EXPECT_EQ(nails->given, 0);
  EXPECT_EQ(Query("SELECT Name, Weight FROM Nail").substr(0, all.size()), all);
  EXPECT_EQ(Query("SELECT Name FROM Ware WHERE Name = 'Saw'"), "Nail.Name=Saw");
  EXPECT_EQ(Get("Ware.Name='Saw'"), "Nail.Name=Saw");
  nails->declared.listing = provider::Listing::kAlways;
  EXPECT_EQ(Query("SELECT Name FROM Ware").substr(0, all.size()), all);
}

TEST_F(PushDownTest, AProviderThatDeclaresNothingIsHandedNothingAndTheAnswerIsTheSame) {
  for (const bool declares : {true, false}) {
    shop_->declared = {.keys = declares, .needed = declares, .narrowed = {}};
    SCOPED_TRACE(declares);
    EXPECT_EQ(Query("SELECT * FROM Tool WHERE Name = 'saw' OR Name = 'axe'"), "Tool.Name=Axe Tool.Name=Saw");
    EXPECT_EQ(Query("SELECT Name FROM Tool WHERE Weight = 3"), "Tool.Name=Axe Tool.Name=Hammer");
    EXPECT_EQ(Get("Tool.Name='SAW'"), "Tool.Name=Saw") << "what is not asked for is denied, and told to nobody";
    EXPECT_EQ(Get("Tool='nothing'"), "WBEM_E_NOT_FOUND");
    EXPECT_EQ(shop_->asked, declares ? "1 key" : "");
    EXPECT_EQ(shop_->given, declares ? 0 : 4);
  }
}

TEST_F(PushDownTest, KeysThatAreNotHandedDownAreReadAllTheSame) {
  shop_->declared.keys = false;
  auto context = std::make_shared<CallContext>();
  context->values.push_back({"__GET_EXTENSIONS", Value::Boolean(true)});
  context->values.push_back({"__GET_EXT_PROPERTIES", Value::Array({Value::Text("Weight")})});
  CallOptions options;
  options.context = context;
  EXPECT_EQ(Text(Run(ObjectSource(session_, "Tool.Name='axe'", options))), "Tool.Name=Axe");
  EXPECT_EQ(shop_->asked, "2 of 3 properties");
}

TEST_F(PushDownTest, ThePlanSaysWhatWasHandedDown) {
  shop_->declared.narrowed = {"Weight"};
  EXPECT_EQ(Plan("SELECT Name FROM Tool WHERE Weight = 3"),
            (Texts{"Scan Tool by Shop (values of Weight; 2 of 3 properties)"}));
  EXPECT_EQ(Plan("SELECT * FROM Tool WHERE Name = 'saw' OR Name = 'axe'"), (Texts{"Keys Tool by Shop (2 keys)"}));
  shop_->declared = {.keys = false, .needed = false, .narrowed = {}};
  EXPECT_EQ(Plan("SELECT Name FROM Tool WHERE Name = 'saw'"), (Texts{"Scan Tool by Shop ()"}));
}

// ---- registered providers: contract 7.6, 9.1 ------------------------------------------------------------------------

struct Question {
  unsigned can;
  std::string call;  // "get path", "list class" or a query
  Texts asked;
  std::string answer;
};

TEST_F(PushDownTest, ARegisteredProviderIsAskedAsItsRegistrationSays) {
  const std::string by_key = "SELECT * FROM Lamp WHERE Name = 'b'";
  const std::string bright = "select Name from lamp where 50 < Watts and __CLASS = 'Lamp'";
  const std::string bright_asked = "query SELECT Name, Watts FROM Lamp WHERE Watts > 50 AND __CLASS = \"Lamp\"";
  const Question all[] = {
      {kList, "list Lamp", {"list Lamp"}, "Lamp.Name=a Lamp.Name=b Lamp.Name=c"},
      {kList | kSelect, "list Lamp", {"list Lamp"}, "Lamp.Name=a Lamp.Name=b Lamp.Name=c"},
      {kSelect, "list Lamp", {"query SELECT * FROM Lamp"}, "Lamp.Name=a Lamp.Name=b Lamp.Name=c"},
      {kGet, "list Lamp", {}, "WBEM_E_PROVIDER_NOT_CAPABLE"},
      {kReferences, "list Lamp", {}, "WBEM_E_PROVIDER_NOT_CAPABLE"},
      {kNothing, by_key, {}, "WBEM_E_PROVIDER_NOT_CAPABLE"},
      // A query that only names the class is an enumeration.
      {kList | kSelect, "SELECT * FROM Main", {"list Main"}, "Main=@"},
      {kList, bright, {"list Lamp"}, "Lamp.Name=b Lamp.Name=c"},
      {kList | kGet, bright, {"list Lamp"}, "Lamp.Name=b Lamp.Name=c"},
      {kSelect, bright, {bright_asked}, "Lamp.Name=b Lamp.Name=c"},
      {kSelect | kList | kGet, bright, {bright_asked}, "Lamp.Name=b Lamp.Name=c"},
      {kGet, bright, {}, "WBEM_E_PROVIDER_NOT_CAPABLE"},
      // Keys.
      {kGet, "get Lamp.Name='b'", {"get Lamp.Name=\"b\""}, "Lamp.Name=b"},
      {kGet | kList | kSelect, "get Lamp='b'", {"get Lamp.Name=\"b\""}, "Lamp.Name=b"},
      {kList, "get Lamp.Name='B'", {"list Lamp"}, "Lamp.Name=b"},
      {kSelect, "get Lamp.Name='b'", {"query SELECT * FROM Lamp WHERE Name = \"b\""}, "Lamp.Name=b"},
      {kSelect | kList, "get Lamp.Name='b'", {"query SELECT * FROM Lamp WHERE Name = \"b\""}, "Lamp.Name=b"},
      {kNothing, "get Lamp.Name='b'", {}, "WBEM_E_PROVIDER_NOT_CAPABLE"},
      {kGet | kList,
       "SELECT * FROM Lamp WHERE (Name = 'b' OR Name = 'x') AND __CLASS = 'lamp'",
       {"get Lamp.Name=\"b\"", "get Lamp.Name=\"x\""},
       "Lamp.Name=b"},
      {kGet | kList, "get Main=@", {"get Main=@"}, "Main=@"},
      {kList, "get Main=@", {"list Main"}, "Main=@"},
  };
  for (const Question& question : all) {
    SCOPED_TRACE(fmt::format("{} {}", question.can, question.call));
    Register("Lamps", question.can);
    std::string answer;
    if (question.call.starts_with("get ")) {
      answer = Get(question.call.substr(4));
    } else if (question.call.starts_with("list ")) {
      answer = List(question.call.substr(5));
    } else {
      answer = Query(question.call);
    }
    EXPECT_EQ(answer, question.answer);
    EXPECT_EQ(Asked(), question.asked);
  }
}

TEST_F(PushDownTest, AQueryMayBecomeAnEnumerationOnlyWhereThatIsSupported) {
  Register("Lamps", kSelect);
  Query("SELECT * FROM Lamp WHERE Watts = 1 AND __CLASS = 'Lamp'");
  EXPECT_FALSE(MayList());
  Register("Lamps", kSelect | kList);
  Query("SELECT * FROM Lamp WHERE Watts = 1 AND __CLASS = 'Lamp'");
  EXPECT_TRUE(MayList());
}

TEST_F(PushDownTest, ManyKeysAreAnEnumeration) {
  Register("Lamps", kList | kGet);
  std::string where;
  for (int i = 0; i < 40; ++i) where += fmt::format("{}Name = 'n{}'", i == 0 ? "" : " OR ", i);
  EXPECT_EQ(Query("SELECT * FROM Lamp WHERE (" + where + " OR Name = 'c') AND __CLASS = 'Lamp'"), "Lamp.Name=c");
  EXPECT_EQ(Asked(), (Texts{"list Lamp"}));
}

TEST_F(PushDownTest, AnObjectOfASubclassIsFoundWhereTheProviderOfTheClassDoesNotHaveIt) {
  Register("Lamps", kGet);
  EXPECT_EQ(Get("Lamp.Name='s1'"), "Spot.Name=s1");
  EXPECT_EQ(Asked(), (Texts{"get Lamp.Name=\"s1\"", "get Spot.Name=\"s1\""}));
  const Answer none = Run(ObjectSource(session_, "Lamp.Name='x'"));
  EXPECT_EQ(none.ending.status.code(), code::kNotFound);
  EXPECT_NE(none.ending.status.Message().find("no such lamp here"), std::string::npos) << none.ending.status.Message();
}

TEST_F(PushDownTest, AnObjectThatCannotBeReadIsAFailure) {
  Register("Lamps", kGet);
  pusher_->answer = [](const ProviderCall&, PushPort&) { return Status(code::kAccessDenied); };
  EXPECT_EQ(Get("Lamp.Name='a'"), "WBEM_E_ACCESS_DENIED");
  EXPECT_EQ(Query("SELECT * FROM Lamp WHERE Name = 'a'"), "WBEM_E_ACCESS_DENIED");
}

TEST_F(PushDownTest, ThePlanSaysWhatARegisteredProviderWasAsked) {
  Register("Lamps", kGet | kList);
  EXPECT_EQ(Plan("SELECT * FROM Lamp WHERE Name = 'a'"),
            (Texts{"Keys Lamp by Lamps (1 key)", "Keys Spot by Lamps (1 key)"}));
  Register("Lamps", kSelect);
  EXPECT_EQ(Plan("select * from Spot where Watts=1"),
            (Texts{"Query Spot by Lamps (SELECT * FROM Spot WHERE Watts = 1)"}));
}

TEST_F(PushDownTest, ATextThatIsNoWqlIsForAProviderWithALanguageOfItsOwn) {
  const std::string sorted = "SELECT * FROM lamp ORDER BY Watts ???";
  Register("Lamps", kSelect | kList);
  EXPECT_EQ(Query(sorted), "WBEM_E_INVALID_QUERY");
  EXPECT_EQ(Asked(), Texts());
  Register("Lamps", kSelect | kList | kOwnLanguage);
  EXPECT_EQ(Query(sorted), "Lamp.Name=a Lamp.Name=b Lamp.Name=c");
  EXPECT_EQ(Asked(), (Texts{"query " + sorted}));
  EXPECT_FALSE(MayList());
  for (const char* other : {"SELECT * FROM Room ORDER BY Name", "SELECT * FROM Tool ORDER BY Name",
                            "SELECT * FROM Nothing ORDER BY Name", "SELECT * WHERE Lamp", "SELECT * FROM 'Lamp'"}) {
    EXPECT_EQ(Query(other), "WBEM_E_INVALID_QUERY") << other;
  }
  EXPECT_EQ(Query("SELECT * FROM Lamp WHERE Name = '" + std::string(20'000, 'x') + "' ORDER BY Name"),
            "WBEM_E_QUOTA_VIOLATION");
  EXPECT_EQ(Asked(), Texts());
}

// ---- associations ---------------------------------------------------------------------------------------------------

class PushedAssociationsTest : public PushDownTest {
 protected:
  PushedAssociationsTest() {
    Register("Lamps", kGet | kList);
    pusher_->answer = [this](const ProviderCall& call, PushPort& port) {
      if ((call.query + call.class_name).find("Light") == std::string::npos) return GiveLamps(call, port);
      if (call.query.starts_with("ASSOCIATORS")) return associators(call, port);
      if (call.kind == ProviderCall::Kind::kQuery && !failure.ok()) return failure;
      const bool also = (call.query + call.class_name).find("AlsoLights") != std::string::npos;
      Batch rows{Light("a", "attic", "AlsoLights")};
      if (!also)
        rows = {Light("a", "hall"), Light("b", "hall"), Light("b", "attic"), Light("a", "attic", "AlsoLights")};
      return Status(port.Push(std::move(rows)));
    };
  }
  Status failure;
  std::function<Status(const ProviderCall&, PushPort&)> associators;
};

TEST_F(PushedAssociationsTest, TheReferencesOfTheSourceAreAskedFor) {
  Register("Wires", kList | kReferences);
  EXPECT_EQ(Query("REFERENCES OF {\\\\.\\root\\home:Room='attic'} WHERE Role=Where"),
            "AlsoLights.What=Lamp.Name=a,Where=Room.Name=attic Lights.What=Lamp.Name=b,Where=Room.Name=attic")
      << "more than was asked for does not come, nor does anything twice";
  EXPECT_EQ(Asked(), (Texts{"query REFERENCES OF {Room=\"attic\"} WHERE ResultClass = Lights Role = Where",
                            "query REFERENCES OF {Room=\"attic\"} WHERE ResultClass = AlsoLights Role = Where"}));
  EXPECT_TRUE(MayList());
}

TEST_F(PushedAssociationsTest, TheOtherEndsAreLookedUp) {
  for (const unsigned can : {kReferences | kAssociators, kReferences | 0, kList | 0}) {
    Register("Wires", can);
    EXPECT_EQ(Query("ASSOCIATORS OF {Room.Name=\"hall\"} WHERE ResultClass=Lamp"), "Lamp.Name=a Lamp.Name=b") << can;
    const Texts asked = Asked();
    EXPECT_EQ(std::count(asked.begin(), asked.end(), "get Lamp.Name=\"a\""), 1) << fmt::format("{}", asked);
    EXPECT_EQ(asked.front(),
              can == kList ? "list Lights" : "query REFERENCES OF {Room.Name=\"hall\"} WHERE ResultClass = Lights");
  }
}

TEST_F(PushedAssociationsTest, AProviderThatOnlyKnowsTheOtherEndsGivesThem) {
  Register("Wires", kList | kAssociators);
  associators = [this](const ProviderCall&, PushPort& port) {
    return Status(port.Push({Lamp("b", 60), Instance("Room", {{"Name", Value::Text("attic")}})}));
  };
  EXPECT_EQ(Query("ASSOCIATORS OF {Room.Name=\"hall\"} WHERE AssocClass=AlsoLights ResultClass=Lamp ResultRole=What"),
            "Lamp.Name=b")
      << "a room is not what was asked for";
  EXPECT_EQ(Asked(),
            (Texts{"query ASSOCIATORS OF {Room.Name=\"hall\"} WHERE AssocClass = AlsoLights ResultClass = Lamp "
                   "ResultRole = What"}));
  EXPECT_FALSE(MayList()) << "associations are not what it was asked for";
  Query("REFERENCES OF {Room.Name=\"hall\"} WHERE ResultClass=AlsoLights");
  EXPECT_EQ(Asked(), (Texts{"list AlsoLights"}));
}

TEST_F(PushedAssociationsTest, AProviderThatCannotFindTheOtherEndsIsAskedForAllAssociations) {
  Register("Wires", kList | kAssociators);
  for (const Code refusal : {code::kProviderNotCapable, code::kNotSupported, code::kUnsupportedParameter}) {
    associators = [&](const ProviderCall&, PushPort&) { return Status(refusal); };
    EXPECT_EQ(Query("ASSOCIATORS OF {Room.Name=\"attic\"} WHERE AssocClass=AlsoLights"), "Lamp.Name=a");
    EXPECT_EQ(Asked().at(1), "list AlsoLights");
  }
  associators = [&](const ProviderCall&, PushPort& port) {
    port.Push({Lamp("a", 40)});
    return Status(code::kProviderNotCapable);
  };
  EXPECT_EQ(Query("ASSOCIATORS OF {Room.Name=\"attic\"} WHERE AssocClass=AlsoLights"),
            "Lamp.Name=a WBEM_S_PARTIAL_RESULTS")
      << "after its first rows it is a failure";
  EXPECT_EQ(Asked().size(), 1u);
}

TEST_F(PushedAssociationsTest, AFailureLeavesTheRest) {
  Register("Wires", kReferences);
  failure = Status(code::kProviderFailure, "a short circuit");
  const Answer answer = Run(QuerySource(session_, "REFERENCES OF {Room.Name=\"hall\"}"));
  EXPECT_EQ(answer.ending.status.code(), code::kPartialResults);
  EXPECT_NE(answer.ending.status.Message().find("a short circuit"), std::string::npos);
}

TEST_F(PushedAssociationsTest, ThePlanSaysWhatWasAsked) {
  Register("Wires", kReferences);
  EXPECT_EQ(Plan("REFERENCES OF {Room.Name='hall'} WHERE ResultClass=AlsoLights").back(),
            "References AlsoLights by Wires (REFERENCES OF {Room.Name=\"hall\"} WHERE ResultClass = AlsoLights)");
}

}  // namespace
}  // namespace wmi::engine
