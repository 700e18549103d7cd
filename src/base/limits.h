// Every limit on input and resources in one place (contract 7.5; architecture, decision 8). Each is tested at the limit
// and one past it.
#pragma once

#include <cstddef>

namespace wmi::limits {

// Language. Lengths are in characters.
inline constexpr std::size_t kQueryLengthMax = 0x4000;       // WBEM_MAX_QUERY
inline constexpr std::size_t kIdentifierLengthMax = 0x1000;  // WBEM_MAX_IDENTIFIER
inline constexpr std::size_t kNameLengthMax = 255;           // past it: ..._NAME_TOO_WIDE
inline constexpr std::size_t kPathLengthMax = 0x2000;        // WBEM_MAX_PATH
inline constexpr std::size_t kObjectNestingMax = 64;         // WBEM_MAX_OBJECT_NESTING
inline constexpr std::size_t kPropertiesMax = 1024;          // WBEM_MAX_USER_PROPERTIES
inline constexpr std::size_t kKeysMax = 256;
inline constexpr std::size_t kMethodsMax = 1024;     // of a class, inherited ones too
inline constexpr std::size_t kQualifiersMax = 1024;  // of one element
inline constexpr std::size_t kQueryTermsMax = 512;   // comparisons joined by AND and OR
inline constexpr std::size_t kQueryDepthMax = 64;    // parentheses and NOTs inside each other
inline constexpr std::size_t kSelectListMax = 1024;
inline constexpr std::size_t kDerivationDepthMax = 64;
inline constexpr std::size_t kMofFileBytesMax = 64u << 20;
inline constexpr std::size_t kMofErrorsMax = 100;
// Objects as XML: the text, elements inside each other (three for each embedded object), elements in all.
inline constexpr std::size_t kXmlBytesMax = 64u << 20;
inline constexpr std::size_t kXmlDepthMax = 256;
inline constexpr std::size_t kXmlElementsMax = 1u << 21;
inline constexpr std::size_t kMofIncludeDepthMax = 32;  // files that are open inside each other
inline constexpr std::size_t kMofFilesMax = 10'000;     // of one compilation
inline constexpr std::size_t kArrayLengthMax = 1u << 20;
// Objects inside one value; one that stands in several places counts in each.
inline constexpr std::size_t kEmbeddedObjectsMax = 1u << 16;

// Repository.
inline constexpr std::size_t kNamespacesMax = 4096;
inline constexpr std::size_t kNamespaceDepthMax = 64;  // levels; two for a child of ROOT
inline constexpr std::size_t kClassesPerNamespaceMax = 65'536;
inline constexpr std::size_t kStoredInstancesMax = 1'000'000;

// Delivery (docs/operation.md).
inline constexpr std::size_t kOperationRowsMax = 256;
inline constexpr std::size_t kOperationBytesMax = 256u << 10;
inline constexpr std::size_t kProcessBufferBytesMax = 64u << 20;
inline constexpr std::size_t kBatchRowsMax = 64;
inline constexpr std::size_t kMergedBatchRowsMax = 128;
inline constexpr std::size_t kDeliveryThreadsMax = 512;
inline constexpr std::size_t kDeliveryThreadsPerSessionMax = 128;
inline constexpr std::size_t kOperationsPerSessionMax = 100'000;
inline constexpr std::size_t kOperationsPerProcessMax = 200'000;
// Messages of a source that wait for their turn (engine/notice.h).
inline constexpr std::size_t kNoticesMax = 64;
// Rows that synchronous and rewindable results may hold together.
inline constexpr std::size_t kResultBytesPerSessionMax = std::size_t{1} << 30;
inline constexpr std::size_t kResultBytesPerProcessMax = std::size_t{2} << 30;
// Events that wait for a slow subscriber; then the oldest give way.
inline constexpr std::size_t kEventQueueMax = 10'000;
// Calls inside calls: a provider that asks WMI while it is asked.
inline constexpr std::size_t kCallDepthMax = 32;
// COM providers that are kept, and objects in one Indicate of theirs.
inline constexpr std::size_t kProvidersMax = 1024;
inline constexpr std::size_t kIndicateObjectsMax = 1u << 20;

// The machine's settings file, and what security of proxies and sinks keeps.
inline constexpr std::size_t kSettingsBytesMax = 64u << 10;
inline constexpr std::size_t kSettingsProblemsMax = 20;     // told; the others are not
inline constexpr std::size_t kPrincipalLengthMax = 0x1000;  // of CoSetProxyBlanket, in characters
inline constexpr std::size_t kStubDepthMax = 16;            // a stub of a stub of a sink has depth 2

// The registry (docs/registry.md).
inline constexpr std::size_t kRegistryNameLengthMax = 255;  // characters; also bytes of the file name
inline constexpr std::size_t kRegistryValueBytesMax = 1u << 20;
inline constexpr std::size_t kRegistryDepthMax = 64;      // keys below a predefined one
inline constexpr std::size_t kRegistryNamesMax = 10'000;  // of keys or of values in one key
inline constexpr std::size_t kRegistryOpenKeysMax = 65'536;

}  // namespace wmi::limits
