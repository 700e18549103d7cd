// Report: what the user is told on stderr about the end of a call, and the exit code that goes with it.
#pragma once

#include "wmi/call.h"
#include "wmi/options.h"

namespace wmi::cli {

class Report {
 public:
  Report(const Options& options, const Signals& signals, const Output& output);

  // Prints the problem; kExitFailure.
  int Failure(const Problem& problem) const;
  // Prints what there is to say of the end of a call.
  int End(const CallEnd& end) const;
  // A remark on a terminal, such as the number of objects; nothing is said to a pipe or file.
  void Remark(const std::string& text) const;
  // The same, if only stderr is a terminal: for those who wait.
  void Notice(const std::string& text) const;
  // "131 objects, 24 ms".
  std::string Count(const CallEnd& end) const;
  // "; 3 more columns do not fit: --format list"; nothing for none.
  static std::string Hidden(std::size_t columns);

  Colour colour() const { return colour_; }

 private:
  int Success(const CallEnd& end) const;
  int OutputLost() const;
  // "1 object", "3 events".
  std::string Objects(std::size_t count) const;

  const Options& options_;
  const Signals& signals_;
  const Output& output_;
  const Colour colour_;
  const std::size_t width_;
};

}  // namespace wmi::cli
