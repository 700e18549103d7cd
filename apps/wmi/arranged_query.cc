#include "wmi/arranged_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/text.h"
#include "wmi/column_reader.h"
#include "wmi/exit_code.h"

namespace wmi::cli {

namespace {

constexpr std::size_t kPieceBytes = 64u << 10;  // of text that is sent at once

class CountedObjects : public RowReceiver {
 public:
  explicit CountedObjects(std::optional<std::uint64_t> limit) : limit_(limit) {}

  OutputState Receive(const std::vector<ObjectPtr>& objects) override {
    count_ += objects.size();
    if (limit_) count_ = std::min(count_, *limit_);
    return OutputState::kOpen;
  }
  bool WantsMore() const override { return !limit_ || count_ < *limit_; }
  std::uint64_t count() const { return count_; }

 private:
  const std::optional<std::uint64_t> limit_;
  std::uint64_t count_ = 0;
};

// Hands on one object after the other until there is no room for one.
class HeldObjects : public RowReceiver {
 public:
  OutputState Receive(const std::vector<ObjectPtr>& objects) override {
    for (const ObjectPtr& object : objects) {
      if (room_ == Room::kLeft) room_ = Hold(object.get());
    }
    return OutputState::kOpen;
  }
  bool WantsMore() const override { return room_ == Room::kLeft; }

 private:
  virtual Room Hold(IWbemClassObject* object) = 0;

  Room room_ = Room::kLeft;
};

class SortedObjects : public HeldObjects {
 public:
  SortedObjects(ColumnReader& keys, SortedRows& rows, const std::vector<std::string>& columns)
      : keys_(keys), rows_(rows), columns_(columns) {}

 private:
  Room Hold(IWbemClassObject* object) override {
    RowKey key = keys_.Read(object);
    return rows_.Wants(key) ? rows_.Add(std::move(key), ReadRow(object, columns_)) : Room::kLeft;
  }

  ColumnReader& keys_;
  SortedRows& rows_;
  const std::vector<std::string>& columns_;
};

class GroupedObjects : public HeldObjects {
 public:
  GroupedObjects(ColumnReader& keys, GroupCounts& groups) : keys_(keys), groups_(groups) {}

 private:
  Room Hold(IWbemClassObject* object) override { return groups_.Add(keys_.Read(object)); }

  ColumnReader& keys_;
  GroupCounts& groups_;
};

std::vector<Direction> Directions(const std::vector<SortColumn>& columns) {
  std::vector<Direction> directions;
  for (const SortColumn& column : columns) directions.push_back(column.direction);
  return directions;
}

std::vector<std::string> Names(const std::vector<SortColumn>& columns) {
  std::vector<std::string> names;
  for (const SortColumn& column : columns) names.push_back(column.name);
  return names;
}

int Refuse(const std::string& message) {
  std::fputs(message.c_str(), stderr);
  return kExitUsage;
}

// A name that `known` has not; empty when it has all.
std::string Unknown(const std::vector<std::string>& names, const std::vector<std::string>& known) {
  for (const std::string& name : names) {
    const auto is_name = [&](const std::string& other) { return EqualFolded(name, other); };
    if (std::none_of(known.begin(), known.end(), is_name)) return name;
  }
  return {};
}

// Shows rows that are all there.
class RowPrinter {
 public:
  RowPrinter(Output& output, WriterOptions options) : output_(output), writer_(MakeWriter(std::move(options))) {}

  // False when no more can be written.
  bool Print(const Row& row) {
    writer_->Write(row, text_);
    if (text_.size() < kPieceBytes) return true;
    const OutputState state = output_.Write(text_);
    text_.clear();
    return state == OutputState::kOpen;
  }
  void Finish() {
    writer_->Finish(text_);
    output_.Write(text_);
  }
  std::size_t HiddenColumns() const { return writer_->HiddenColumns(); }

 private:
  Output& output_;
  const std::unique_ptr<Writer> writer_;
  std::string text_;
};

class ArrangedQuery {
 public:
  ArrangedQuery(CommandContext& context, const StartCall& start, WriterOptions options, const QueryColumns& columns)
      : context_(context), start_(start), options_(std::move(options)), columns_(columns) {}

  int Count() {
    CountedObjects receiver(arrangement_.limit);
    end_ = RunCall(context_.call(), start_, receiver);
    if (!IsWhole() && end_.kind != CallEnd::Kind::kEnough) return context_.report.End(end_);
    return Print(context_, end_, fmt::format("{}\n", receiver.count()));
  }

  int Sort() {
    ColumnReader keys(Names(arrangement_.sort), columns_.known);
    if (const auto wrong = CheckList(keys.names(), "--sort")) return *wrong;
    SortedRows rows(Directions(arrangement_.sort), arrangement_.limit, arrangement_.held_bytes_max);
    SortedObjects receiver(keys, rows, columns_.read);
    end_ = RunCall(context_.call(), start_, receiver);
    if (const auto failed = CheckEnd("--sort", keys)) return *failed;
    const std::size_t count = rows.rows().size();
    return Show(rows, count < end_.objects ? fmt::format("{} of ", count) : std::string());
  }

  int Group() {
    ColumnReader keys(arrangement_.group, columns_.known);
    if (const auto wrong = CheckList(keys.names(), "--group")) return *wrong;
    const std::vector<std::string> shown = GroupColumns(arrangement_);
    if (const std::string name = Unknown(Names(arrangement_.sort), shown); !name.empty()) {
      return Refuse(NoSuchColumn("--sort", "groups do not have", name, shown, context_.width()));
    }
    GroupCounts groups(keys.names().size(), arrangement_.held_bytes_max);
    GroupedObjects receiver(keys, groups);
    end_ = RunCall(context_.call(), start_, receiver);
    if (const auto failed = CheckEnd("--group", keys)) return *failed;
    return ShowGroups(groups, shown);
  }

 private:
  bool IsWhole() const { return end_.kind == CallEnd::Kind::kComplete && SUCCEEDED(end_.code); }

  std::optional<int> CheckList(const std::vector<std::string>& names, std::string_view option) const {
    if (columns_.extent != QueryColumns::Extent::kList) return std::nullopt;
    const std::string name = Unknown(names, columns_.known);
    if (name.empty()) return std::nullopt;
    return Refuse(NoSuchColumn(option, "the query does not select", name, columns_.known, context_.width()));
  }

  std::optional<int> CheckEnd(std::string_view option, const ColumnReader& keys) {
    if (end_.kind == CallEnd::Kind::kEnough) return TellFull(option);
    if (!IsWhole()) return context_.report.End(end_);
    if (const std::string name = keys.Missing(); !name.empty()) {
      return Refuse(NoSuchColumn(option, "no object has", name, keys.candidates(), context_.width()));
    }
    return std::nullopt;
  }

  int TellFull(std::string_view option) const {
    Problem problem;
    problem.code = code::kQuotaViolation;
    problem.description = fmt::format("{} holds at most {} MiB, and after {} objects there are more. ", option,
                                      arrangement_.held_bytes_max >> 20, end_.objects);
    problem.description += option == "--sort" ? "Add --limit, select fewer columns, or fewer objects with WHERE."
                                              : "Group by fewer columns, or select fewer objects with WHERE.";
    return context_.report.Failure(problem);
  }

  int ShowGroups(const GroupCounts& groups, const std::vector<std::string>& shown) {
    SortedRows rows(Directions(arrangement_.sort), arrangement_.limit, arrangement_.held_bytes_max);
    for (const auto& [key, count] : groups.counts()) {
      Row row;
      for (std::size_t i = 0; i < key.size(); ++i) row.properties.push_back({shown[i], key[i]});
      row.properties.push_back({shown.back(), {count}});
      RowKey order;
      for (const SortColumn& column : arrangement_.sort) order.push_back(*row.Find(column.name));
      if (rows.Add(std::move(order), std::move(row)) == Room::kNone) return TellFull("--group");
    }
    const std::size_t all = groups.counts().size();
    const std::size_t count = rows.rows().size();
    return Show(rows, fmt::format("{}{} {} of ", count < all ? fmt::format("{} of ", count) : std::string(), all,
                                  all == 1 ? "group" : "groups"));
  }

  // `remark` goes before the number of objects that came.
  int Show(const SortedRows& rows, const std::string& remark) {
    RowPrinter printer(context_.output, std::move(options_));
    for (const auto& [key, row] : rows.rows()) {
      if (!printer.Print(row)) break;
    }
    printer.Finish();
    const int exit_code = context_.report.End(WithOutput(end_, context_.output));
    if (exit_code == kExitSuccess) {
      context_.report.Remark(remark + context_.report.Count(end_) + Report::Hidden(printer.HiddenColumns()));
    }
    return exit_code;
  }

  CommandContext& context_;
  const Arrangement& arrangement_ = context_.options.arrangement;
  const StartCall& start_;
  WriterOptions options_;
  const QueryColumns& columns_;
  CallEnd end_;
};

}  // namespace

bool NeedsAllRows(const Arrangement& arrangement) {
  return arrangement.only_count || !arrangement.sort.empty() || !arrangement.group.empty();
}

std::vector<std::string> GroupColumns(const Arrangement& arrangement) {
  std::vector<std::string> columns = arrangement.group;
  std::string count = "Count";
  while (Unknown({count}, columns).empty()) count += '_';
  columns.push_back(std::move(count));
  return columns;
}

int PrintArranged(CommandContext& context, const StartCall& start, WriterOptions options, const QueryColumns& columns) {
  ArrangedQuery query(context, start, std::move(options), columns);
  if (!context.options.arrangement.group.empty()) return query.Group();
  return context.options.arrangement.only_count ? query.Count() : query.Sort();
}

}  // namespace wmi::cli
