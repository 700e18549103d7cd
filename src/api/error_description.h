// The error object of a failure outside of any session: a description and no __ExtendedStatus, whose class belongs to a
// namespace. What belongs to a session reports through error_report.h.
#pragma once

#include <winerror.h>

#include "base/status.h"

namespace wmi::api {

// Leaves the text of a failure for GetErrorInfo on this thread, without memory for it nothing; success leaves what is
// there. Returns the code of `status`. Safe from any thread.
HRESULT ReportDescription(const Status& status);

}  // namespace wmi::api
