#include "engine/amended_rows.h"

#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "cim/amendment.h"
#include "engine/engine.h"

namespace wmi::engine {
namespace {

class AmendedRowsSource final : public RowSource {
 public:
  AmendedRowsSource(SessionPtr session, std::unique_ptr<RowSource> source)
      : session_(std::move(session)), source_(std::move(source)) {}

  Placement placement() const override { return source_->placement(); }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    const std::size_t first = out.size();
    Pulled pulled = source_->Pull(request, out);
    if (out.size() == first) return pulled;
    if (texts_ == nullptr) texts_ = FindTexts();
    for (std::size_t row = first; texts_ != nullptr && row < out.size(); ++row) {
      const Status status = AmendOne(out[row]);
      if (!status.ok()) return Pulled::End(status);
    }
    return pulled;
  }

 private:
  NamespacePtr FindTexts() const {
    return session_->engine().repository().FindNamespace(
        fmt::format("{}\\{}", session_->name_space()->name(), session_->locale()));
  }

  Status AmendOne(cim::Object& object) {
    const cim::ClassPtr schema = object.schema_ptr();
    cim::ClassPtr& amended = amended_[schema.get()];
    if (amended == nullptr) {
      kept_.push_back(schema);
      amended = TRY(cim::Amend(schema, *texts_));
    }
    object = object.is_class() ? cim::Object(amended) : cim::AmendInstance(object, amended);
    return Status();
  }

  const SessionPtr session_;
  const std::unique_ptr<RowSource> source_;
  NamespacePtr texts_;
  std::unordered_map<const cim::Class*, cim::ClassPtr> amended_;
  std::vector<cim::ClassPtr> kept_;  // so that no other class takes an address in amended_
};

}  // namespace

std::unique_ptr<RowSource> AmendedRows(SessionPtr session, std::unique_ptr<RowSource> source) {
  return std::make_unique<AmendedRowsSource>(std::move(session), std::move(source));
}

}  // namespace wmi::engine
