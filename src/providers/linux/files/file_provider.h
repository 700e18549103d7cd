// CIM_DataFile and Win32_Directory: the files of this machine by name, those of one folder, or all of them.
#pragma once

#include <memory>

#include "provider/provider.h"
#include "providers/linux/classes.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

enum class FileKind { kDataFile, kDirectory };

// Safe from several threads. May block: file systems may lie on servers that do not answer.
class FileProvider final : public provider::InstanceProvider {
 public:
  FileProvider(Machine machine, FileKind kind) : machine_(std::move(machine)), kind_(kind) {}

  provider::Blocking blocking() const override { return provider::Blocking::kPossible; }
  provider::Support support() const override {
    provider::Support support;
    support.narrowed = {"Path", "Drive"};
    support.listing = provider::Listing::kByOwnNameOnly;
    return support;
  }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;
  Result<cim::Object> Execute(const provider::MethodRequest& request) override;

  static ClassPage Page(FileKind kind);

 private:
  const Machine machine_;
  const FileKind kind_;
};

}  // namespace wmi::linuxos
