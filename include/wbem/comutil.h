// _bstr_t and _variant_t: a BSTR and a VARIANT with value semantics. Each is for one thread at a time; copies of a
// _bstr_t share their text and are counted atomically. Failures (no memory, no conversion) go to _com_issue_error,
// which throws _com_error unless the program defines it.
#ifndef OPENWMI_COMUTIL_H
#define OPENWMI_COMUTIL_H

#include "detail/bstr_class.h"
#include "detail/com_support.h"
#include "detail/variant_class.h"

#endif
