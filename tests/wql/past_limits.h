// Queries that would be right if they were not too long, too deep or too wide. Header-only; included by tests.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/codes.h"
#include "base/limits.h"

namespace wmi::wql::testing {

struct PastLimit {
  std::string query;
  Code code;
  std::size_t limit;  // which the message names
};

inline std::string Repeat(const std::string& piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

inline std::vector<PastLimit> SelectsPastLimits() {
  const std::string start = "SELECT * FROM T_Thing WHERE ";
  const std::string long_name(limits::kNameLengthMax + 1, 'n');
  return {
      {start + "Name = '" + std::string(limits::kQueryLengthMax, 'x') + "'", code::kQuotaViolation,
       limits::kQueryLengthMax},
      {start + Repeat("(", limits::kQueryDepthMax + 1) + "Size = 1" + Repeat(")", limits::kQueryDepthMax + 1),
       code::kQuotaViolation, limits::kQueryDepthMax},
      {start + Repeat("NOT ", limits::kQueryDepthMax + 1) + "Size = 1", code::kQuotaViolation, limits::kQueryDepthMax},
      {start + "Size = 1" + Repeat(" OR Size = 2", limits::kQueryTermsMax), code::kQuotaViolation,
       limits::kQueryTermsMax},
      {start + "Size = 1" + Repeat(" AND Size = 1", limits::kQueryTermsMax), code::kQuotaViolation,
       limits::kQueryTermsMax},
      {start + "Any" + Repeat(".x", limits::kObjectNestingMax) + " = 1", code::kQuotaViolation,
       limits::kObjectNestingMax},
      {"SELECT Name" + Repeat(", Name", limits::kSelectListMax) + " FROM T_Thing", code::kQuotaViolation,
       limits::kSelectListMax},
      {"SELECT Any" + Repeat(".x", limits::kObjectNestingMax) + " FROM T_Thing", code::kQuotaViolation,
       limits::kObjectNestingMax},
      {"SELECT * FROM " + long_name, code::kClassNameTooWide, limits::kNameLengthMax},
      {"SELECT " + long_name + " FROM T_Thing", code::kPropertyNameTooWide, limits::kNameLengthMax},
      {start + long_name + " = 1", code::kPropertyNameTooWide, limits::kNameLengthMax},
      {start + "Part." + long_name + " = 1", code::kPropertyNameTooWide, limits::kNameLengthMax},
  };
}

inline std::vector<PastLimit> AssociationsPastLimits() {
  const std::string long_name(limits::kNameLengthMax + 1, 'n');
  return {
      {"ASSOCIATORS OF {P_Person=\"ann\"} WHERE AssocClass = " + long_name, code::kClassNameTooWide,
       limits::kNameLengthMax},
      {"ASSOCIATORS OF {P_Person=\"ann\"} WHERE ResultRole = " + long_name, code::kPropertyNameTooWide,
       limits::kNameLengthMax},
      {"REFERENCES OF {P_Person=\"ann\"} WHERE RequiredQualifier = " + long_name, code::kQualifierNameTooWide,
       limits::kNameLengthMax},
      {"REFERENCES OF {P_Person=\"" + std::string(limits::kQueryLengthMax, 'x') + "\"}", code::kQuotaViolation,
       limits::kQueryLengthMax},
  };
}

inline std::vector<PastLimit> AllPastLimits() {
  std::vector<PastLimit> all = SelectsPastLimits();
  for (PastLimit& more : AssociationsPastLimits()) all.push_back(std::move(more));
  return all;
}

}  // namespace wmi::wql::testing
