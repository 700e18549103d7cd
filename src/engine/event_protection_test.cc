#include "engine/event_protection.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cim/class.h"
#include "cim/value.h"
#include "engine/event_hub.h"
#include "engine/event_outlet.h"
#include "security/descriptor_for_test.h"

namespace wmi::engine {
namespace {

using security::Bytes;

cim::ClassPtr Declare(const char* name, const cim::ClassPtr& superclass, std::vector<cim::Property> properties) {
  cim::ClassDeclaration declaration;
  declaration.name = name;
  declaration.properties = std::move(properties);
  return cim::Class::Make(std::move(declaration), superclass, nullptr).value();
}

cim::Property PropertyOf(const char* name, cim::CimType type, bool is_array = false) {
  cim::Property property;
  property.name = name;
  property.type.type = type;
  property.type.is_array = is_array;
  return property;
}

cim::ClassPtr EventClass() {
  static const cim::ClassPtr schema = Declare("Spoken",
                                              Declare("__Event", nullptr,
                                                      {PropertyOf("SECURITY_DESCRIPTOR", cim::CimType::kUint8, true),
                                                       PropertyOf("TIME_CREATED", cim::CimType::kUint64)}),
                                              {PropertyOf("Word", cim::CimType::kString)});
  return schema;
}

cim::Object Spoken(const std::string& word, const Bytes* descriptor = nullptr) {
  const cim::ClassPtr schema = EventClass();
  cim::RowBlockBuilder row;
  row.BeginRow(schema);
  row.SetText(*schema->FindSlot("Word"), word);
  if (descriptor != nullptr) {
    std::vector<cim::Value> bytes;
    for (const std::uint8_t byte : *descriptor) bytes.push_back(cim::Value::Unsigned(byte));
    row.Set(*schema->FindSlot("SECURITY_DESCRIPTOR"), cim::Value::Array(std::move(bytes)).view());
  }
  row.CommitRow();
  std::vector<cim::Object> made;
  row.Finish(made);
  return made.front();
}

security::SecurityDescriptor Sddl(const char* text) { return security::SecurityDescriptor::FromText(text).value(); }
DescriptorPtr Shared(const char* text) { return std::make_shared<const security::SecurityDescriptor>(Sddl(text)); }
cim::Object Spoken(const std::string& word, const char* sddl) {
  const Bytes bytes = security::BytesOf(Sddl(sddl));
  return Spoken(word, &bytes);
}

// Somebody who hears what he may.
class Listener final : public EventReceiver {
 public:
  explicit Listener(std::uint32_t uid, const char* event_access = nullptr)
      : subject_(security::Subject::Named(security::UserSid(uid))),
        event_access_(event_access == nullptr ? nullptr : Shared(event_access)) {}
  void Offer(const cim::Object& event) override {
    heard.emplace_back(event.slot(*event.schema().FindSlot("Word")).text());
  }
  bool MayReceive(const EventProtection& protection, Admission admission) const override {
    ++asked;
    return protection.LetsReceive(subject_, admission) && (!event_access_ || protection.MayBeSentTo(*event_access_));
  }
  std::vector<std::string> heard;
  mutable int asked = 0;

 private:
  const security::Subject subject_;
  const DescriptorPtr event_access_;
};

using Words = std::vector<std::string>;

// ---- reading --------------------------------------------------------------------------------------------------------

TEST(EventProtection, TheDescriptorOfAnEventIsRead) {
  const Result<DescriptorPtr> none = DescriptorOf(Spoken("open"));
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(*none, nullptr);
  const Result<DescriptorPtr> some = DescriptorOf(Spoken("secret", "O:BAD:(A;;0x40;;;S-1-22-1-7)"));
  ASSERT_TRUE(some.ok());
  ASSERT_NE(*some, nullptr);
  EXPECT_EQ(**some, Sddl("O:BAD:(A;;0x40;;;S-1-22-1-7)"));
}

TEST(EventProtection, OneThatIsMalformedIsAnError) {
  for (const Bytes& bytes : {Bytes(), Bytes{1, 2, 3}, Bytes(20)}) {
    const Result<DescriptorPtr> read = DescriptorOf(Spoken("x", &bytes));
    ASSERT_FALSE(read.ok()) << bytes.size();
    EXPECT_EQ(read.status().code(), code::kInvalidParameter);
    EXPECT_EQ(read.status().detail()->parameter, "SECURITY_DESCRIPTOR");
  }
}

TEST(EventProtection, AClassWithoutThePropertyHasNone) {
  const cim::ClassPtr schema = Declare("Bare", nullptr, {PropertyOf("Word", cim::CimType::kString)});
  cim::RowBlockBuilder row;
  row.BeginRow(schema);
  row.CommitRow();
  std::vector<cim::Object> made;
  row.Finish(made);
  EXPECT_EQ(*DescriptorOf(made.front()), nullptr);
}

TEST(EventProtection, OfSeveralEventsEachHasItsOwn) {
  const std::vector<cim::Object> open = {Spoken("a"), Spoken("b")};
  EXPECT_TRUE(DescriptorsOf(open)->empty());
  const std::vector<cim::Object> mixed = {Spoken("a"), Spoken("b", "O:BA"), Spoken("c")};
  const Result<std::vector<DescriptorPtr>> read = DescriptorsOf(mixed);
  ASSERT_EQ(read->size(), 3u);
  EXPECT_EQ((*read)[0], nullptr);
  ASSERT_NE((*read)[1], nullptr);
  EXPECT_EQ((*read)[1]->owner, security::kAdministrators);
  EXPECT_EQ((*read)[2], nullptr);
}

// ---- the hub --------------------------------------------------------------------------------------------------------

TEST(EventProtection, TheHubPassesOverWhomADescriptorLeavesOut) {
  EventHub hub;
  const auto seven = std::make_shared<Listener>(7);
  const auto eight = std::make_shared<Listener>(8);
  const auto a = hub.Add(seven, {"here", "__Event", ""});
  const auto b = hub.Add(eight, {"here", "Spoken", ""});
  hub.Fire("here", Spoken("open"));
  EXPECT_EQ(seven->asked + eight->asked, 0) << "who may have what everybody may";
  hub.Fire("here", Spoken("for 7", "D:(A;;0x40;;;S-1-22-1-7)"));
  hub.Fire("here", Spoken("not for 7", "D:(D;;0x40;;;S-1-22-1-7)(A;;0x40;;;WD)"));
  hub.Fire("here", Spoken("for nobody", "D:"));
  const Bytes malformed(3);
  hub.Fire("here", Spoken("malformed", &malformed));
  EXPECT_EQ(seven->heard, (Words{"open", "for 7"}));
  EXPECT_EQ(eight->heard, (Words{"open", "not for 7"}));
}

TEST(EventProtection, OfSeveralEventsAllAreFiredOrNone) {
  EventHub hub;
  const auto listener = std::make_shared<Listener>(7);
  const auto entry = hub.Add(listener, {"here", "__Event", ""});
  const Bytes malformed(3);
  const std::vector<cim::Object> bad = {Spoken("a"), Spoken("b", &malformed)};
  EXPECT_EQ(hub.Fire("here", bad).code(), code::kInvalidParameter);
  EXPECT_EQ(listener->heard, Words());
  const std::vector<cim::Object> good = {Spoken("a"), Spoken("b", "D:"), Spoken("c", "D:(A;;0x40;;;WD)")};
  EXPECT_TRUE(hub.Fire("here", good).ok());
  EXPECT_EQ(listener->heard, (Words{"a", "c"}));
}

TEST(EventProtection, OwnersHaveToBeLetPublish) {
  EventHub hub;
  const auto picky = std::make_shared<Listener>(7, "D:(A;;0x80;;;S-1-22-1-9)");
  const auto entry = hub.Add(picky, {"here", "__Event", ""});
  hub.Fire("here", Spoken("without"));
  hub.Fire("here", Spoken("of 8", "O:S-1-22-1-8D:(A;;0x40;;;WD)"));
  hub.Fire("here", Spoken("of 9", "O:S-1-22-1-9D:(A;;0x40;;;WD)"));
  hub.Fire("here", Spoken("of none", "D:(A;;0x40;;;WD)"));
  hub.Fire("here", Spoken("of 9 for nobody", "O:S-1-22-1-9D:"));
  EXPECT_EQ(picky->heard, (Words{"without", "of 9", "of none"}));
}

// ---- the outlet of a provider ---------------------------------------------------------------------------------------

TEST(EventProtection, WhomTheProviderLetInNeedsNoRightOfTheEventButOfTheSink) {
  const auto outlet = std::make_shared<EventOutlet>("here");
  const EventShape shape{EventClass(), nullptr};
  const auto in_full = std::make_shared<Listener>(7);
  const auto subject = std::make_shared<Listener>(7);
  const auto a = outlet->Add(in_full, Admission::kInFull, shape, nullptr);
  const auto b = outlet->Add(subject, Admission::kSubjectToDescriptors, shape, nullptr);
  const auto fire = [&](const cim::Object& event, const std::vector<DescriptorPtr>& sinks) {
    return outlet->Fire({&event, 1}, sinks);
  };
  EXPECT_TRUE(fire(Spoken("open"), {}).ok());
  EXPECT_TRUE(fire(Spoken("not for 7", "D:(A;;0x40;;;S-1-22-1-8)"), {}).ok());
  EXPECT_TRUE(fire(Spoken("by a sink"), {Shared("D:(A;;0x40;;;S-1-22-1-7)")}).ok());
  EXPECT_TRUE(fire(Spoken("by two"), {Shared("D:(A;;GA;;;WD)"), Shared("D:(A;;0x40;;;S-1-22-1-8)")}).ok());
  EXPECT_TRUE(fire(Spoken("both", "D:"), {Shared("D:(A;;0x40;;;WD)")}).ok());
  EXPECT_EQ(in_full->heard, (Words{"open", "not for 7", "by a sink", "both"}));
  EXPECT_EQ(subject->heard, (Words{"open", "by a sink"}));
}

TEST(EventProtection, AnOutletFiresAllOrNone) {
  const auto outlet = std::make_shared<EventOutlet>("here");
  const auto listener = std::make_shared<Listener>(7);
  const auto entry = outlet->Add(listener, Admission::kInFull, {EventClass(), nullptr}, nullptr);
  const Bytes malformed(3);
  const std::vector<cim::Object> bad = {Spoken("a"), Spoken("b", &malformed)};
  EXPECT_EQ(outlet->Fire(bad).code(), code::kInvalidParameter);
  EXPECT_EQ(listener->heard, Words());
  outlet->Close();
  EXPECT_EQ(outlet->Fire(bad).code(), code::kCallCancelled);
}

}  // namespace
}  // namespace wmi::engine
