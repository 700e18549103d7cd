// What the tests of consumers share: consumers as the schema has them, and events.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cim/instance_edit.h"
#include "consumers/event_for_test.h"

namespace wmi::consumers {

// A consumer named "c" of a class of schema/subscription_messages.mof, with further properties as MOF.
inline cim::Object ConsumerFromMof(const std::string& class_name, const std::string& properties) {
  std::ifstream file(std::filesystem::path(WMI_SOURCE_DIR) / "schema/subscription_messages.mof");
  EXPECT_TRUE(file) << "schema/subscription_messages.mof";
  std::string text(std::istreambuf_iterator<char>(file), {});
  // The world of the test has one namespace, and no classes of the system.
  const auto replace = [&text](std::string_view what, std::string_view by) {
    EXPECT_NE(text.find(what), std::string::npos) << what;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
      text.replace(at, what.size(), by);
  };
  replace("#pragma namespace (\"\\\\\\\\.\\\\root\\\\subscription\")", "class Consumer { };");
  replace(": __EventConsumer", ": Consumer");
  text += "\ninstance of " + class_name + " { Name = \"c\"; " + properties + " };";
  cim::Object consumer = ObjectFromMof(std::move(text), class_name + ".Name=\"c\"");
  if (!consumer) throw std::invalid_argument(properties);
  return consumer;
}

inline cim::Object EventFromMof(const std::string& properties) {
  return ObjectFromMof(
      "class Inner { string Name; uint8 Bytes[]; };"
      "class Event { [key] string Id; string Text; string More; uint8 Bytes[]; uint32 Number; Inner TargetInstance; };"
      "instance of Event { Id = \"e\"; " +
          properties + " };",
      "Event.Id=\"e\"");
}

// Events with these values of the property Text.
inline std::vector<cim::Object> EventsOfTexts(const std::vector<std::string>& texts) {
  const cim::Object pattern = EventFromMof("");
  std::vector<cim::Object> events;
  for (const std::string& text : texts) {
    events.push_back(cim::WithValue(pattern, *pattern.schema().FindSlot("Text"), cim::ValueView::Text(text)));
  }
  return events;
}

}  // namespace wmi::consumers
