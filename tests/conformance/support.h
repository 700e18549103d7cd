// What every table of this folder stands on: a namespace of its own for each test, calls that run in every form of
// contract 0.3, and rows with their source.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "provider.h"
#include "sink.h"

namespace wmi::conformance {

// An input string as the documentation writes it: a literal cast to BSTR, without a length in front (checklist 23).
inline BSTR Literal(const wchar_t* text) { return const_cast<BSTR>(text); }
// For names and values in ASCII.
std::string Narrow(const wchar_t* text);

// ---- forms of a call ------------------------------------------------------------------------------------------------

// For a method without an enumerator the two semisynchronous forms are: RETURN_IMMEDIATELY with a call result, and
// flags 0 with a call result and no place for the object.
enum class Form { kSync, kSemisyncForward, kSemisyncRewindable, kAsync };
inline constexpr Form kAllForms[] = {Form::kSync, Form::kSemisyncForward, Form::kSemisyncRewindable, Form::kAsync};
const char* Name(Form form);

// One method with its arguments, ready to run in any form.
struct Call {
  enum class Gives { kRows, kObject, kPath, kNothing };
  std::string operation;  // as in __ExtendedStatus
  Gives gives;
  std::function<HRESULT(long flags, IEnumWbemClassObject** rows)> enumerate;                       // of kRows
  std::function<HRESULT(long flags, IWbemClassObject** object, IWbemCallResult** result)> single;  // of the others
  std::function<HRESULT(long flags, IWbemObjectSink* sink)> async;
};

struct Outcome {
  HRESULT started = WBEM_S_NO_ERROR;  // what the method returned
  HRESULT code = WBEM_S_NO_ERROR;     // how the call ended
  std::vector<IWbemClassObjectPtr> objects;
  bool has_text = false;
  std::string text;  // the path of what was put
  IWbemClassObjectPtr error;
  // Sorted: __RELPATH of instances, __CLASS of classes and of out-parameters.
  std::vector<std::string> Names() const;
};

// Runs the call to its end. Checks what is true of every call: puReturned is written, a refused start leaves the sink
// alone, a started one gets one final status and loses its reference.
Outcome RunCall(const Call& call, Form form, long flags = 0);

// ---- reading --------------------------------------------------------------------------------------------------------

// The property as text: strings as they are, numbers in decimal, NULL as "(null)", what cannot be read as "(error)".
std::string Text(IWbemClassObject* object, const wchar_t* property);
void SetText(IWbemClassObject* object, const wchar_t* property, const wchar_t* value);
void SetNumber(IWbemClassObject* object, const wchar_t* property, long value);
// The __ExtendedStatus that the last failing call of this thread left; null if it left none.
IWbemClassObjectPtr TakeErrorObject();

// ---- world ----------------------------------------------------------------------------------------------------------

// A namespace with classes and instances (world.cc lists them), a connection to it and a provider. Not thread-safe
// beyond what its parts are. Its end fails the test if a sink saw something disorderly.
class World {
 public:
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  IWbemServicesPtr services;
  ProviderScriptPtr provider = std::make_shared<ProviderScript>();
  const std::wstring& name_space() const { return name_space_; }  // root\conformance_1_2

  static IWbemLocatorPtr Locator();
  static IWbemServicesPtr Connect(const std::wstring& name_space);

  // Calls, with their methods' arguments.
  Call GetObject(const wchar_t* path, IWbemContext* context = nullptr);
  Call PutClass(IWbemClassObject* schema);
  Call DeleteClass(const wchar_t* name);
  Call CreateClassEnum(const wchar_t* superclass);
  Call PutInstance(IWbemClassObject* instance, IWbemContext* context = nullptr);
  Call DeleteInstance(const wchar_t* path);
  Call CreateInstanceEnum(const wchar_t* name, IWbemContext* context = nullptr);
  Call ExecQuery(const wchar_t* query, const wchar_t* language = L"WQL");
  Call ExecMethod(const wchar_t* path, const wchar_t* method, IWbemClassObject* in = nullptr);

  // Objects. Failing to get one fails the test and gives an empty pointer.
  IWbemClassObjectPtr Get(const wchar_t* path);
  IWbemClassObjectPtr NewInstance(const wchar_t* class_name);
  IWbemClassObjectPtr NewThing(const wchar_t* name, long size = 0);
  IWbemClassObjectPtr NewClass(const wchar_t* name, const wchar_t* superclass = nullptr);
  IWbemClassObjectPtr WorkParameters(long level);
  IEnumWbemClassObjectPtr Query(const wchar_t* query, long flags);
  HRESULT Exists(const wchar_t* path);

  // Sinks. The log is watched over to the end of the test.
  SinkLogPtr NewLog();
  SinkPtr NewSink(const SinkLogPtr& log);
  HRESULT QueryAsync(const wchar_t* query, IWbemObjectSink* sink, long flags = 0);
  // An enumeration of C_Provided.
  HRESULT ProvidedAsync(IWbemObjectSink* sink, long flags = 0);

  // Makes C_Provided a source that pushes one object and then waits for `go_on`, on a thread of its own, and then ends.
  void PushOneAndHold(const Signal& pushed, const Signal& go_on);
  // Makes C_Provided a source without an end: it pushes on a thread of its own until its handler refuses. Then
  // `refused` is set, with the code in `refusal`.
  struct Endless {
    Signal refused;
    std::atomic<HRESULT> refusal = WBEM_S_NO_ERROR;
    std::atomic<int> pushed = 0;
    // Until it waits for room: it has pushed nothing for a while. Then a cancellation has to reach it while it waits.
    void WaitForItToStall() {
      int before = -1;
      while (pushed != before && !refused.WaitFor(std::chrono::milliseconds(20))) before = pushed;
    }
  };
  std::shared_ptr<Endless> PushForEver();
  // An event of class C_Event; firing until `sink` has one: a subscription begins some time after its call returned.
  void Fire(const wchar_t* text);
  bool FireUntilSeen(SinkLog& log);

 private:
  void MakeClasses();
  void MakeInstances();
  void RegisterProvider();

  std::wstring name_;
  std::wstring name_space_;
  std::vector<SinkLogPtr> logs_;
  IWbemObjectSinkPtr events_;
};

// ---- rows -----------------------------------------------------------------------------------------------------------

// One behaviour: where the contract says it, its name, how to see it.
struct Row {
  const char* source;
  const char* what;
  void (*body)(World& world);
};
inline void PrintTo(const Row& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

class RowTest : public testing::TestWithParam<Row> {
 protected:
  void Check() {
    SCOPED_TRACE(std::string("contract ") + GetParam().source);
    RecordProperty("source", GetParam().source);
    World world;
    ASSERT_TRUE(world.services);
    GetParam().body(world);
  }
};

// A call in every form: where the contract says it, its name, what is called, how it ends.
struct CallRow {
  const char* source;
  const char* what;
  std::function<Call(World& world)> call;
  long flags = 0;
  HRESULT code = WBEM_S_NO_ERROR;
  std::vector<std::string> names = {};  // of what comes; of kPath: the path
  enum class When { kLate, kAtOnce } when = When::kLate;
};
inline void PrintTo(const CallRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

class CallRowTest : public testing::TestWithParam<std::tuple<CallRow, Form>> {
 protected:
  // Same set and same outcome in all forms; failures leave an __ExtendedStatus in the place of their form (contract 0).
  void Check();
  void CheckIn(World& world);
};

// For calls that change nothing: all rows of a suite share one world.
class ReadingCallRowTest : public CallRowTest {
 protected:
  static void SetUpTestSuite() { world_ = std::make_unique<World>(); }
  static void TearDownTestSuite() { world_.reset(); }
  void Check() { CheckIn(*world_); }

 private:
  static std::unique_ptr<World> world_;
};

std::string RowName(const testing::TestParamInfo<Row>& info);
std::string CallRowName(const testing::TestParamInfo<std::tuple<CallRow, Form>>& info);

// Each row is a test: WMI_ROWS(Cancel, kCancelRows).
#define WMI_ROWS(suite, rows)       \
  class suite : public RowTest {};  \
  TEST_P(suite, Holds) { Check(); } \
  INSTANTIATE_TEST_SUITE_P(Contract, suite, testing::ValuesIn(rows), RowName)

#define WMI_CALL_ROWS(suite, rows) WMI_CALL_ROWS_OF(CallRowTest, suite, rows)
#define WMI_READING_CALL_ROWS(suite, rows) WMI_CALL_ROWS_OF(ReadingCallRowTest, suite, rows)

#define WMI_CALL_ROWS_OF(base, suite, rows)                                                                          \
  class suite : public base {};                                                                                      \
  TEST_P(suite, HoldsInEveryForm) { Check(); }                                                                       \
  INSTANTIATE_TEST_SUITE_P(Contract, suite, testing::Combine(testing::ValuesIn(rows), testing::ValuesIn(kAllForms)), \
                           CallRowName)

}  // namespace wmi::conformance
