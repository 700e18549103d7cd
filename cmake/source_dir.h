// The root of the source tree, for tests; forced into each of their sources (WmiModule.cmake).
#pragma once

extern "C" const char wmi_source_dir[];
#define WMI_SOURCE_DIR wmi_source_dir
