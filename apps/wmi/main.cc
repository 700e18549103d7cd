// wmi: the command line of OpenWMI. options.h says what it takes, commands.h runs it.
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <exception>

#include "wmi/commands.h"
#include "wmi/exit_code.h"
#include "wmi/options.h"
#include "wmi/output.h"
#include "wmi/signals.h"

namespace {

// The widths of characters (wcwidth) are known in any locale of Unicode; all text is UTF-8 whatever the user's is.
void ChooseLocale() {
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) std::setlocale(LC_CTYPE, "");
}

int Run(int argument_count, const char* const* arguments) {
  const auto parsed = wmi::cli::ParseOptions(argument_count, arguments);
  if (const auto* text = std::get_if<wmi::cli::ParsedText>(&parsed)) {
    std::fputs(text->text.c_str(), text->exit_code == wmi::cli::kExitSuccess ? stdout : stderr);
    return text->exit_code;
  }
  const wmi::cli::Signals signals;
  wmi::cli::Output output(STDOUT_FILENO, signals);
  return wmi::cli::RunCommand(std::get<wmi::cli::Options>(parsed), signals, output);
}

}  // namespace

int main(int argument_count, char** arguments) {
  ChooseLocale();
  try {
    return Run(argument_count, arguments);
  } catch (const std::exception& error) {  // out of memory and nothing else
    std::fprintf(stderr, "wmi: %s\n", error.what());
    return wmi::cli::kExitFailure;
  }
}
