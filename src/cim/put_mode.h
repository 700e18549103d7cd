// PutMode: what a put may do (contract 1.2: WBEM_FLAG_CREATE_OR_UPDATE, _UPDATE_ONLY, _CREATE_ONLY).
#pragma once

namespace wmi::cim {

enum class PutMode { kCreateOrUpdate, kUpdateOnly, kCreateOnly };

}  // namespace wmi::cim
