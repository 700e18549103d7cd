// Win32_Product: the packages of dpkg and rpm.
#pragma once

#include <memory>

#include "providers/linux/classes.h"

namespace wmi::linuxos {

// Safe from several threads. Reads regular files only, but long ones: on the provider pool.
class ProductProvider final : public provider::InstanceProvider {
 public:
  explicit ProductProvider(Machine machine) : machine_(std::move(machine)) {}

  provider::Blocking blocking() const override { return provider::Blocking::kPossible; }
  provider::Support support() const override { return {.keys = true, .needed = true, .narrowed = {"Name"}}; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;

  static ClassPage Page();

 private:
  const Machine machine_;
};

}  // namespace wmi::linuxos
