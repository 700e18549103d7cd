// ColumnReader: the columns that --sort and --group name, read from objects. Which of them exist may only be known when
// the last object has come: the objects of one query can be of many classes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wmi/object_reader.h"
#include "wmi/row_order.h"

namespace wmi::cli {

// For one thread.
class ColumnReader {
 public:
  // `known`: columns that exist whether objects come or not; empty when nothing is known.
  ColumnReader(std::vector<std::string> names, std::vector<std::string> known);

  // A value for each name, NULL for what the object has not.
  RowKey Read(IWbemClassObject* object);

  // The first name that neither an object had nor `known` has; empty when there is none. Of what no object came to
  // show, such as a property of an embedded object, nothing is said.
  std::string Missing() const;

  const std::vector<std::string>& names() const { return names_; }
  // Columns that exist, as far as they have been seen.
  const std::vector<std::string>& candidates() const { return candidates_; }

 private:
  bool IsCandidate(std::string_view name) const;
  void Look(IWbemClassObject* object);

  const std::vector<std::string> names_;
  std::vector<bool> seen_;     // for each name
  std::vector<bool> lacking_;  // for each name: an object had none
  std::size_t objects_ = 0;
  std::vector<std::string> candidates_;
  std::size_t looked_at_ = 0;  // objects whose names are among the candidates
};

// "wmi: --sort: no object has a column 'Nmae'; did you mean 'Name'?", and which columns there are; lines for stderr.
// `who`: "no object has". `width` limits the lines, 0 does not.
std::string NoSuchColumn(std::string_view option, std::string_view who, std::string_view name,
                         const std::vector<std::string>& columns, std::size_t width);

}  // namespace wmi::cli
