#include "wql/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace wmi::wql {

namespace {

constexpr std::size_t kExcerptMax = 40;
constexpr std::size_t kHintNameMax = 64;  // longer names get no hint; keeps the table below small

// Optimal string alignment distance: insert, delete, replace, swap of neighbours.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

Status QueryError(Code code, std::string_view query, std::size_t offset, std::string message) {
  const std::string_view before = query.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  ErrorDetail detail;
  detail.message = std::move(message);
  detail.parameter = ToUtf8(query);
  detail.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  detail.column = static_cast<int>(CharacterCount(before.substr(line_start))) + 1;
  return Status(code, std::move(detail));
}

std::string NearestName(std::string_view name, const std::vector<std::string_view>& candidates) {
  if (name.size() > kHintNameMax || name.size() < 2) return {};
  const std::string wanted = Fold(name);
  std::size_t best = std::min<std::size_t>(3, wanted.size() / 3 + 1);  // one past what still counts as close
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    const std::size_t gap = std::max(candidate.size(), name.size()) - std::min(candidate.size(), name.size());
    if (gap >= best) continue;
    const std::size_t distance = Distance(wanted, Fold(candidate));
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return std::string(found);
}

std::string Hint(const std::string& nearest) {
  return nearest.empty() ? std::string() : fmt::format("; did you mean '{}'?", nearest);
}

Status UnknownClass(const SyntaxTree& tree, const NamePart& name, const cim::ClassFinder& classes) {
  const std::vector<std::string> names = classes.ClassNames();
  const std::string nearest = NearestName(name.text, {names.begin(), names.end()});
  return QueryError(code::kInvalidClass, tree.text, name.offset,
                    fmt::format("there is no class '{}' in this namespace{}", Excerpt(name.text), Hint(nearest)));
}

std::string Excerpt(std::string_view text) {
  const std::string clean = ToUtf8(text.substr(0, std::min(text.size(), 4 * kExcerptMax + 4)));
  std::size_t end = 0;
  for (std::size_t characters = 0; end < clean.size() && characters < kExcerptMax; ++characters) {
    do {
      ++end;
    } while (end < clean.size() && (static_cast<unsigned char>(clean[end]) & 0xc0) == 0x80);
  }
  return end < clean.size() ? clean.substr(0, end) + "..." : clean;
}

}  // namespace wmi::wql
