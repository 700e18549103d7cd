#include "wmi/event_printer.h"

#include <utility>

#include "wmi/event_reader.h"

namespace wmi::cli {

namespace {

std::unique_ptr<Writer> WriterFor(const EventPrinterOptions& options) {
  if (options.format == Format::kTable) return nullptr;
  WriterOptions writer;
  writer.format = options.format;
  writer.colour = options.colour;
  writer.columns = options.columns;
  if (writer.columns.empty()) writer.columns = {"Time", "Event", "Object", "Detail"};
  return MakeWriter(std::move(writer));
}

}  // namespace

EventPrinter::EventPrinter(EventPrinterOptions options, Output& output)
    : options_(std::move(options)), output_(output), lines_(options_.width), writer_(WriterFor(options_)) {}

void EventPrinter::Write(IWbemClassObject* object, std::string& text) {
  const auto event = [&] { return ReadEvent(object, options_.columns, options_.clock()); };
  switch (options_.format) {
    case Format::kJson:
    case Format::kJsonLines:
      return writer_->Write(ReadEventRow(object, options_.columns), text);
    case Format::kCsv:
      return writer_->Write(options_.columns.empty() ? SummaryRow(event()) : ReadEventRow(object, options_.columns),
                            text);
    case Format::kList:
      return writer_->Write(FullRow(event()), text);
    case Format::kTable:
      text += lines_.Line(event());
  }
}

OutputState EventPrinter::Receive(const std::vector<ObjectPtr>& objects) {
  std::string text;
  for (const ObjectPtr& object : objects) {
    if (!WantsMore()) break;
    Write(object.get(), text);
    ++printed_;
  }
  return output_.Write(text);
}

OutputState EventPrinter::Finish() {
  std::string text;
  if (writer_) writer_->Finish(text);
  return output_.Write(text);
}

}  // namespace wmi::cli
