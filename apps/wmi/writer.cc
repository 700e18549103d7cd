#include "wmi/writer.h"

#include "wmi/csv_writer.h"
#include "wmi/json_writer.h"
#include "wmi/list_writer.h"
#include "wmi/table_writer.h"

namespace wmi::cli {

std::unique_ptr<Writer> MakeWriter(WriterOptions options) {
  switch (options.format) {
    case Format::kList:
      return std::make_unique<ListWriter>(options.colour);
    case Format::kJson:
      return std::make_unique<JsonWriter>(options.kind);
    case Format::kJsonLines:
      return std::make_unique<JsonLinesWriter>();
    case Format::kCsv:
      return std::make_unique<CsvWriter>(std::move(options.columns));
    case Format::kTable:
      break;
  }
  return std::make_unique<TableWriter>(std::move(options.columns), options.width, options.colour);
}

}  // namespace wmi::cli
