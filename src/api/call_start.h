// How the methods of the API start operations: one function a form (async.md, section 3, the last table).
#pragma once

#include <wbemcli.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "engine/deadline.h"
#include "engine/engine.h"
#include "engine/operation.h"
#include "engine/result_set.h"
#include "engine/row_source.h"

namespace wmi::api {

// What is started. `operation` is a name that lives for ever, such as "ExecQuery"; `subject` the text it is about, for
// reports of stalls.
struct CallStart {
  engine::SessionPtr session;
  std::string_view operation;
  std::string subject;
  std::unique_ptr<engine::RowSource> source;
  engine::Deadline deadline = {};
  engine::Lifetime lifetime = engine::Lifetime::kCall;
};

// Asynchronous: results go to the sink. On failure the sink was not touched (R1). Without process security the start
// succeeds, the sink is released and nothing is delivered; a line on stderr says so once (contract 4.1).
Status StartForSink(CallStart start, IWbemObjectSink* sink, engine::WantsProgress wants_progress);

// Synchronous and semisynchronous: results collect in `results`, which is attached to the operation.
Status StartForResults(CallStart start, const std::shared_ptr<engine::ResultSet>& results);

// Lets the line about missing security appear again; tests only.
void ResetSecurityDiagnosticForTest();

}  // namespace wmi::api
