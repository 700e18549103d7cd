#include "base/codes.h"

namespace wmi {
namespace {

struct Row {
  Code value;
  std::string_view name;
  std::string_view text;
};

constexpr Row kRows[] = {
#define WMI_CODE(identifier, name, value, text) {static_cast<Code>(value), #name, text},
#include "base/codes.inc"
#undef WMI_CODE
};

const Row* FindRow(Code value) {
  for (const Row& row : kRows) {
    if (row.value == value) return &row;
  }
  return nullptr;
}

}  // namespace

std::string_view CodeName(Code value) {
  const Row* row = FindRow(value);
  return row ? row->name : std::string_view{};
}

std::string_view CodeText(Code value) {
  const Row* row = FindRow(value);
  return row ? row->text : std::string_view{};
}

std::optional<Code> FindCode(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

}  // namespace wmi
