// ConsumerProperties: what a logical consumer says, by the names of its properties.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/row.h"
#include "consumers/text_template.h"

namespace wmi::consumers {

// A look at an instance that outlives it. A property that the class does not have, or has as another type, is NULL.
class ConsumerProperties {
 public:
  explicit ConsumerProperties(const cim::Object& consumer) : consumer_(consumer) {}

  // Nullopt for NULL.
  std::optional<std::string> Text(std::string_view property) const;
  std::optional<std::uint64_t> Number(std::string_view property) const;
  // False for NULL.
  bool Flag(std::string_view property) const;
  // Empty for NULL; a NULL among the texts is empty.
  std::vector<std::string> Texts(std::string_view property) const;

  // The text of a property as a template; nullopt for NULL. A failure is as that of Wrong, with the column.
  Result<std::optional<TextTemplate>> Template(std::string_view property) const;
  Result<TextTemplate> ParseTemplate(std::string_view property, std::string_view text) const;

  // kInvalidParameter: `LogFileEventConsumer "a": Filename is "x.log": ` and the advice. The property is its parameter.
  Status Wrong(std::string_view property, std::string_view advice) const;

 private:
  cim::ValueView Find(std::string_view property) const;

  const cim::Object& consumer_;
};

}  // namespace wmi::consumers
