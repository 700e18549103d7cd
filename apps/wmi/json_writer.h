// JsonWriter: one array of all objects, or the one object. JsonLinesWriter: an object a line.
#pragma once

#include "wmi/writer.h"

namespace wmi::cli {

class JsonWriter : public Writer {
 public:
  explicit JsonWriter(ResultKind kind) : kind_(kind) {}
  void Write(const Row& row, std::string& out) override;
  void Finish(std::string& out) override;

 private:
  const ResultKind kind_;
  bool empty_ = true;
};

class JsonLinesWriter : public Writer {
 public:
  void Write(const Row& row, std::string& out) override;
  void Finish(std::string&) override {}
};

}  // namespace wmi::cli
