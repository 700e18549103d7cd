#include "wmi/column_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "wmi/value_text.h"
#include "wql/diagnostic.h"

namespace wmi::cli {

namespace {

// What is looked through for names that may have been meant: enough for a good hint, little for many objects.
constexpr std::size_t kObjectsLookedAtMax = 100;
constexpr std::size_t kCandidatesMax = 1000;
constexpr std::size_t kColumnsToldMax = 60;
constexpr std::size_t kUsualWidth = 100;

// Of an embedded object.
bool IsInside(std::string_view name) { return name.find('.') != std::string_view::npos; }

}  // namespace

ColumnReader::ColumnReader(std::vector<std::string> names, std::vector<std::string> known)
    : names_(std::move(names)),
      seen_(names_.size(), false),
      lacking_(names_.size(), false),
      candidates_(std::move(known)) {
  for (std::size_t i = 0; i < names_.size(); ++i) seen_[i] = IsCandidate(names_[i]);
}

bool ColumnReader::IsCandidate(std::string_view name) const {
  const auto is_name = [&](const std::string& other) { return EqualFolded(name, other); };
  return std::any_of(candidates_.begin(), candidates_.end(), is_name);
}

void ColumnReader::Look(IWbemClassObject* object) {
  if (looked_at_ >= kObjectsLookedAtMax || candidates_.size() >= kCandidatesMax) return;
  ++looked_at_;
  for (std::string& name : PropertyNames(object)) {
    if (!IsCandidate(name)) candidates_.push_back(std::move(name));
  }
}

RowKey ColumnReader::Read(IWbemClassObject* object) {
  ++objects_;
  RowKey key;
  key.reserve(names_.size());
  bool is_missing = false;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::optional<Value> value = FindProperty(object, names_[i]);
    if (!value) {
      lacking_[i] = true;
    } else if (!value->IsNull() || !IsInside(names_[i])) {  // that may also be an object which is NULL
      seen_[i] = true;
    }
    is_missing = is_missing || !seen_[i];
    key.push_back(std::move(value).value_or(Value{}));
  }
  if (is_missing) Look(object);
  return key;
}

std::string ColumnReader::Missing() const {
  if (objects_ == 0 && candidates_.empty()) return {};
  for (std::size_t i = 0; i < names_.size(); ++i) {
    // A list of the properties of a class has neither of these.
    const bool needs_object = names_[i].starts_with("__") || IsInside(names_[i]);
    if (!seen_[i] && (lacking_[i] || (objects_ == 0 && !needs_object))) return names_[i];
  }
  return {};
}

std::string NoSuchColumn(std::string_view option, std::string_view who, std::string_view name,
                         const std::vector<std::string>& columns, std::size_t width) {
  const std::string nearest = wql::NearestName(name, {columns.begin(), columns.end()});
  std::string result =
      fmt::format("wmi: {}: {} a column '{}'{}\n", option, who, EscapeControls(name), wql::Hint(nearest));
  std::string list;
  for (std::size_t i = 0; i < std::min(columns.size(), kColumnsToldMax); ++i) {
    list += (i == 0 ? "" : ", ") + columns[i];
  }
  if (list.empty()) return result;
  list = fmt::format("There {} {}{}", columns.size() == 1 ? "is" : "are", list,
                     columns.size() > kColumnsToldMax ? " and others." : ".");
  return result + Wrap(list, width == 0 ? kUsualWidth : width, 2);
}

}  // namespace wmi::cli
