#include "store/encoding/change_code.h"

#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "cim/declaration.h"
#include "cim/row.h"
#include "store/encoding/bytes.h"
#include "store/encoding/checksum.h"
#include "store/encoding/class_code.h"
#include "store/encoding/row_code.h"
#include "store/encoding/value_code.h"

namespace wmi::store {
namespace {

constexpr std::uint8_t kFormat = 1;

enum class Form : std::uint8_t { kNothing, kClass, kInstance, kQualifiedInstance };

// Writes the changes, and beside them the classes that they need.
class ChangeWriter {
 public:
  void Write(const Change& change) {
    out_.Byte(static_cast<std::uint8_t>(change.subject));
    out_.Byte(static_cast<std::uint8_t>(change.operation));
    out_.Text(change.name_space);
    out_.Text(change.child);
    WriteObject(change.before, change.name_space);
    WriteObject(change.after, change.name_space);
    ++count_;
  }
  std::size_t size_bytes() const { return changes_.size() + classes_.size(); }
  std::size_t count() const { return count_; }

  std::string Finish(std::uint64_t left_out) && {
    std::string body;
    ByteWriter head(body);
    head.Unsigned(left_out);
    head.Unsigned(numbers_.size());
    body += classes_;
    head.Unsigned(count_);
    body += changes_;
    std::string bytes;
    ByteWriter front(bytes);
    front.Byte(kFormat);
    front.Fixed64(Checksum(kFormat, body));
    return bytes += body;
  }

 private:
  void WriteObject(const cim::Object& object, const std::string& name_space) {
    if (!object) return out_.Byte(static_cast<std::uint8_t>(Form::kNothing));
    const std::size_t number = NumberOf(object.schema_ptr(), name_space);
    const cim::InstanceQualifiers* const qualifiers = object.own_qualifiers();
    out_.Byte(static_cast<std::uint8_t>(object.is_class()       ? Form::kClass
                                        : qualifiers == nullptr ? Form::kInstance
                                                                : Form::kQualifiedInstance));
    out_.Unsigned(number);
    if (object.is_class()) return;
    for (std::size_t slot = 0; slot < object.schema().properties().size(); ++slot) {
      WriteValue(out_, changes_, object.slot(slot));
    }
    if (qualifiers != nullptr) WriteInstanceQualifiers(out_, changes_, *qualifiers);
  }

  // From 1; 0 is no class.
  std::size_t NumberOf(const cim::ClassPtr& schema, const std::string& name_space) {
    if (!schema) return 0;
    const auto known = numbers_.find(schema.get());
    if (known != numbers_.end()) return known->second;
    const std::size_t superclass = NumberOf(schema->superclass(), name_space);
    ByteWriter out(classes_);
    out.Text(name_space);
    out.Unsigned(superclass);
    out.Text(EncodeDeclaration(cim::DeclarationOf(*schema)));
    const std::size_t number = numbers_.size() + 1;
    numbers_.emplace(schema.get(), number);
    return number;
  }

  std::string classes_;
  std::string changes_;
  ByteWriter out_{changes_};
  std::size_t count_ = 0;
  // By address: all of them are held by the changes. A class that was changed is there in both forms.
  std::unordered_map<const cim::Class*, std::size_t> numbers_;
};

Status Damaged() { return Status(code::kCriticalError, "what another process noted of its changes is damaged"); }

class ChangeReader {
 public:
  ChangeReader(std::string_view body, const FindClasses& find_classes) : in_(body), find_classes_(find_classes) {}

  Result<ToldChanges> Read() {
    ToldChanges told;
    told.left_out = in_.Unsigned();
    for (std::size_t count = in_.Count(); count != 0; --count) TRY(ReadClass());
    for (std::size_t count = in_.Count(); count != 0 && !in_.failed(); --count) {
      told.changes.push_back(TRY(ReadChange()));
    }
    if (in_.failed() || !in_.at_end()) return Damaged();
    return told;
  }

 private:
  struct Known {
    cim::ClassPtr schema;
    std::size_t depth = 0;  // classes above it
  };

  Status ReadClass() {
    const std::string_view name_space = in_.Text();
    const std::size_t superclass = static_cast<std::size_t>(in_.Unsigned());
    const std::string_view bytes = in_.Text();
    if (in_.failed() || superclass > classes_.size()) return Damaged();
    Known known;
    if (superclass != 0) known = {classes_[superclass - 1].schema, classes_[superclass - 1].depth + 1};
    if (known.depth > limits::kDerivationDepthMax) return Damaged();
    cim::ClassDeclaration declaration = TRY(DecodeDeclaration(bytes));
    const ClassesNow now = find_classes_(name_space);
    const cim::ClassPtr found = now.classes ? now.classes->FindClass(declaration.name) : nullptr;
    if (found && found->superclass() == known.schema && EncodeDeclaration(cim::DeclarationOf(*found)) == bytes) {
      known.schema = found;
    } else {
      known.schema = TRY(cim::Class::Make(std::move(declaration), known.schema, now.home));
    }
    classes_.push_back(std::move(known));
    return Status();
  }

  Result<Change> ReadChange() {
    Change change;
    const std::uint8_t subject = in_.Byte();
    const std::uint8_t operation = in_.Byte();
    if (subject >= kSubjectCount || operation > static_cast<std::uint8_t>(Change::Operation::kDeletion)) {
      return Damaged();
    }
    change.subject = static_cast<Change::Subject>(subject);
    change.operation = static_cast<Change::Operation>(operation);
    change.name_space = in_.Text();
    change.child = in_.Text();
    change.before = TRY(ReadObject());
    change.after = TRY(ReadObject());
    return change;
  }

  Result<cim::Object> ReadObject() {
    const std::uint8_t form = in_.Byte();
    if (form == static_cast<std::uint8_t>(Form::kNothing)) return cim::Object();
    const std::uint64_t number = in_.Unsigned();
    if (form > static_cast<std::uint8_t>(Form::kQualifiedInstance) || number == 0 || number > classes_.size()) {
      return Damaged();
    }
    const cim::ClassPtr& schema = classes_[number - 1].schema;
    if (form == static_cast<std::uint8_t>(Form::kClass)) return cim::Object(schema);
    cim::RowBlockBuilder builder;
    builder.BeginRow(schema);
    ValueSpace space;
    for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) builder.Set(slot, ReadValue(in_, space));
    if (form == static_cast<std::uint8_t>(Form::kQualifiedInstance)) {
      builder.SetOwnQualifiers(ReadInstanceQualifiers(in_, RowMap(), *schema));
    }
    builder.CommitRow();
    if (in_.failed()) return Damaged();
    std::vector<cim::Object> rows;
    builder.Finish(rows);
    return std::move(rows.front());
  }

  ByteReader in_;
  const FindClasses& find_classes_;
  std::vector<Known> classes_;
};

}  // namespace

std::string EncodeChanges(std::span<const Change> changes, std::uint64_t left_out, SubjectSet wanted,
                          std::size_t bytes_max) {
  ChangeWriter writer;
  for (const Change& change : changes) {
    if (!wanted.Has(change.subject)) continue;
    // In the order of the changes: none is told behind one that is left out.
    if (writer.size_bytes() >= bytes_max) {
      ++left_out;
    } else {
      writer.Write(change);
    }
  }
  return writer.count() == 0 && left_out == 0 ? std::string() : std::move(writer).Finish(left_out);
}

Result<ToldChanges> DecodeChanges(std::string_view bytes, const FindClasses& find_classes) {
  ByteReader in(bytes);
  const std::uint8_t format = in.Byte();
  if (format > kFormat) {
    return Status(code::kDatabaseVerMismatch, "a newer version of OpenWMI noted down its changes in another format");
  }
  const std::uint64_t sum = in.Fixed64();
  if (in.failed() || format != kFormat || sum != Checksum(kFormat, in.rest())) return Damaged();
  return ChangeReader(in.rest(), find_classes).Read();
}

}  // namespace wmi::store
