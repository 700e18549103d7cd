// SnapshotStream: for classes with few instances. Everything that the query needs is read at the first pull into a list
// of views, which the following pulls write out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "provider/provider.h"
#include "providers/linux/column.h"

namespace wmi::linuxos {

// Loader is called as `Status(SourceSet sources, std::vector<View>&)`. A View has `SourceSet denied` and `unread`, and
// KeyMatches says whether a view is one of those asked for.
template <typename View, typename Loader, typename KeyMatches>
class SnapshotStream final : public provider::InstanceStream {
 public:
  // Sources in `key_sources` are read too when the request names keys.
  SnapshotStream(std::span<const Column<View>> table, const provider::Request& request, SourceSet key_sources,
                 Loader loader, KeyMatches key_matches)
      : request_(request),
        columns_(table, request),
        key_sources_(key_sources),
        loader_(std::move(loader)),
        key_matches_(std::move(key_matches)) {}

  Result<provider::ReadState> Read(provider::RowWriter& writer) override {
    if (!is_loaded_) {
      const Status loaded = loader_(columns_.sources() | (request_.has_keys ? key_sources_ : 0), views_);
      if (!loaded.ok()) return Result<provider::ReadState>(loaded);
      // Success with a message: something is missing, and that is why.
      if (loaded.code() != code::kOk) writer.SetIncomplete(loaded.Message());
      is_loaded_ = true;
    }
    while (next_ < views_.size()) {
      if (writer.full() || request_.stop.stop_requested()) return provider::ReadState::kMore;
      const View& view = views_[next_++];
      if (!IsAskedFor(view)) continue;
      writer.Begin();
      columns_.Write(view, view.denied, view.unread, writer);
      writer.Commit();
    }
    return provider::ReadState::kEnd;
  }

 private:
  bool IsAskedFor(const View& view) const {
    if (!request_.has_keys) return true;
    return std::any_of(request_.keys.begin(), request_.keys.end(),
                       [&](const provider::KeyTuple& key) { return key_matches_(view, key); });
  }

  const provider::Request& request_;
  const BoundColumns<View> columns_;
  const SourceSet key_sources_;
  Loader loader_;
  KeyMatches key_matches_;
  std::vector<View> views_;
  std::size_t next_ = 0;
  bool is_loaded_ = false;
};

template <typename View, typename Loader, typename KeyMatches>
Result<std::unique_ptr<provider::InstanceStream>> OpenSnapshot(std::span<const Column<View>> table,
                                                               const provider::Request& request, SourceSet key_sources,
                                                               Loader loader, KeyMatches key_matches) {
  return std::unique_ptr<provider::InstanceStream>(std::make_unique<SnapshotStream<View, Loader, KeyMatches>>(
      table, request, key_sources, std::move(loader), std::move(key_matches)));
}

// The one key of a class compared as WMI compares key strings: without case.
inline bool TextKeyIs(const provider::KeyTuple& key, std::string_view text) {
  return key.size() == 1 && key.front().view().kind() == cim::ValueKind::kText &&
         EqualFolded(key.front().view().text(), text);
}

}  // namespace wmi::linuxos
