#include "wmi/object_input.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "wmi/com_text.h"
#include "wmi/problem_reader.h"

namespace wmi::cli {
namespace {

constexpr std::size_t kEmbeddedDepthMax = 8;

Problem Wrong(Code code, std::string description) {
  Problem problem;
  problem.code = code;
  problem.description = std::move(description);
  return problem;
}

// A failure of one Put, with the name of what was put.
Problem PutProblem(HRESULT result, std::string_view name) {
  Problem problem = TakeThreadProblem(result);
  if (problem.description.empty()) problem.description = fmt::format("{} cannot be set", name);
  if (problem.description.find(name) == std::string::npos) {
    problem.description = fmt::format("{}: {}", name, problem.description);
  }
  return problem;
}

// What texts a type takes; empty for those that take any, and objects.
std::string_view FormOf(CIMTYPE type) {
  switch (type) {
    case CIM_BOOLEAN:
      return "TRUE or FALSE";
    case CIM_UINT8:
      return "a whole number from 0 to 255";
    case CIM_SINT8:
      return "a whole number from -128 to 127";
    case CIM_UINT16:
      return "a whole number from 0 to 65535";
    case CIM_SINT16:
      return "a whole number from -32768 to 32767";
    case CIM_UINT32:
      return "a whole number from 0 to 4294967295";
    case CIM_SINT32:
      return "a whole number from -2147483648 to 2147483647";
    case CIM_UINT64:
      return "a whole number from 0 to 18446744073709551615";
    case CIM_SINT64:
      return "a whole number from -9223372036854775808 to 9223372036854775807";
    case CIM_REAL32:
    case CIM_REAL64:
      return "a number";
    case CIM_DATETIME:
      return "a datetime, yyyymmddHHMMSS.mmmmmmsUUU, or an interval, ddddddddHHMMSS.mmmmmm:000";
    default:
      return {};
  }
}

// A list of texts as a VARIANT; WMI converts them to the type of the property.
HRESULT PutTexts(IWbemClassObject* object, const wchar_t* name, const std::vector<std::string>& texts) {
  Variant value;
  VARIANT* const raw = value.Receive();
  SAFEARRAY* const array = ::SafeArrayCreateVector(VT_BSTR, 0, static_cast<ULONG>(texts.size()));
  if (array == nullptr) return E_OUTOFMEMORY;
  raw->vt = VT_ARRAY | VT_BSTR;
  raw->parray = array;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    LONG index = static_cast<LONG>(i);
    const WideText text(texts[i]);
    const BSTR copy = ::SysAllocString(text.c_str());
    const HRESULT put = copy == nullptr ? E_OUTOFMEMORY : ::SafeArrayPutElement(array, &index, copy);
    ::SysFreeString(copy);  // the array has its own
    if (FAILED(put)) return put;
  }
  return object->Put(name, 0, raw, 0);
}

HRESULT PutText(IWbemClassObject* object, const wchar_t* name, const std::optional<std::string>& text) {
  Variant value;
  VARIANT* const raw = value.Receive();
  if (!text) {
    raw->vt = VT_NULL;
  } else {
    raw->vt = VT_BSTR;
    raw->bstrVal = ::SysAllocString(WideText(*text).c_str());
    if (raw->bstrVal == nullptr) return E_OUTOFMEMORY;
  }
  return object->Put(name, 0, raw, 0);
}

// A name once, with all its values.
struct Group {
  std::string name;
  std::vector<std::optional<std::string>> values;
};

class Assigner {
 public:
  explicit Assigner(IWbemServices* services) : services_(services) {}

  std::optional<Problem> Run(IWbemClassObject* object, const std::vector<Assignment>& assignments, std::size_t depth) {
    if (depth > kEmbeddedDepthMax) return Wrong(code::kInvalidParameter, "objects are embedded too deeply");
    std::vector<Group> plain;
    std::map<std::string, std::vector<Assignment>> embedded;
    for (const Assignment& assignment : assignments) {
      const std::size_t dot = assignment.name.find('.');
      if (dot != std::string::npos) {
        embedded[assignment.name.substr(0, dot)].push_back({assignment.name.substr(dot + 1), assignment.value});
      } else if (!plain.empty() && EqualFolded(plain.back().name, assignment.name)) {
        plain.back().values.push_back(assignment.value);
      } else {
        plain.push_back({assignment.name, {assignment.value}});
      }
    }
    for (const Group& group : plain) {
      if (auto problem = PutGroup(object, group)) return problem;
    }
    for (const auto& [name, inner] : embedded) {
      if (auto problem = PutEmbedded(object, name, inner, depth)) return problem;
    }
    return std::nullopt;
  }

 private:
  // The type of a property that must be there.
  std::optional<Problem> FindType(IWbemClassObject* object, const std::string& name, CIMTYPE& type) {
    WideText wide(name);
    Variant unused;
    const HRESULT result = object->Get(wide.c_str(), 0, unused.Receive(), &type, nullptr);
    if (SUCCEEDED(result)) return std::nullopt;
    std::string known;
    for (const std::string& property : PropertyNames(object)) known += (known.empty() ? "" : ", ") + property;
    return Wrong(code::kInvalidParameter,
                 fmt::format("there is no '{}'; there are: {}", name, known.empty() ? "none" : known));
  }

  std::optional<Problem> PutGroup(IWbemClassObject* object, const Group& group) {
    CIMTYPE type = CIM_EMPTY;
    if (auto problem = FindType(object, group.name, type)) return problem;
    WideText name(group.name);
    const bool is_array = (type & CIM_FLAG_ARRAY) != 0;
    if (!is_array && group.values.size() > 1) {
      return Wrong(code::kInvalidParameter, fmt::format("{} is given twice and is no array", group.name));
    }
    HRESULT result = S_OK;
    if (is_array && group.values.front()) {
      std::vector<std::string> texts;
      for (const auto& value : group.values) texts.push_back(value.value_or(""));
      result = PutTexts(object, name.c_str(), texts);
    } else {
      result = PutText(object, name.c_str(), group.values.front());
    }
    if (FAILED(result)) return ValueProblem(result, group, type);
    return std::nullopt;
  }

  static Problem ValueProblem(HRESULT result, const Group& group, CIMTYPE type) {
    const bool is_array = (type & CIM_FLAG_ARRAY) != 0;
    const std::string_view form = FormOf(type & ~CIM_FLAG_ARRAY);
    const bool is_value = result == WBEM_E_TYPE_MISMATCH || result == WBEM_E_VALUE_OUT_OF_RANGE;
    if (form.empty() || !is_value) return PutProblem(result, group.name);
    std::string given;
    for (const auto& value : group.values)
      given += fmt::format("{}'{}'", given.empty() ? "" : ", ", value.value_or(""));
    return Wrong(result, is_array ? fmt::format("{} takes in each element {}; given: {}", group.name, form, given)
                                  : fmt::format("{} takes {}, not {}", group.name, form, given));
  }

  std::optional<Problem> PutEmbedded(IWbemClassObject* object, const std::string& name,
                                     const std::vector<Assignment>& inner, std::size_t depth) {
    CIMTYPE type = CIM_EMPTY;
    if (auto problem = FindType(object, name, type)) return problem;
    const std::string class_name = DeclaredClass(object, name);
    if (type != CIM_OBJECT || class_name.empty()) {
      return Wrong(code::kInvalidParameter,
                   fmt::format("{} is no embedded object of a known class, so it has no {}", name, inner.front().name));
    }
    WideText path(class_name);
    ObjectPtr declaration;
    HRESULT result = services_->GetObject(path.bstr(), 0, nullptr, declaration.Receive(), nullptr);
    if (FAILED(result)) return PutProblem(result, class_name);
    ObjectPtr instance;
    result = declaration->SpawnInstance(0, instance.Receive());
    if (FAILED(result)) return PutProblem(result, class_name);
    if (auto problem = Run(instance.get(), inner, depth + 1)) return problem;
    Variant value;
    VARIANT* const raw = value.Receive();
    raw->vt = VT_UNKNOWN;
    raw->punkVal = instance.get();
    instance->AddRef();
    WideText wide(name);
    result = object->Put(wide.c_str(), 0, raw, 0);
    if (FAILED(result)) return PutProblem(result, name);
    return std::nullopt;
  }

  // "object:Win32_ProcessStartup" of the qualifier CIMTYPE; empty when it names no class.
  static std::string DeclaredClass(IWbemClassObject* object, const std::string& name) {
    WideText wide(name);
    com::ComPtr<IWbemQualifierSet> qualifiers;
    if (FAILED(object->GetPropertyQualifierSet(wide.c_str(), qualifiers.Receive()))) return {};
    Variant value;
    if (FAILED(qualifiers->Get(L"CIMTYPE", 0, value.Receive(), nullptr)) || value->vt != VT_BSTR) return {};
    const std::string text = Utf8FromWide(value->bstrVal);
    const std::size_t colon = text.find(':');
    return colon == std::string::npos ? std::string() : text.substr(colon + 1);
  }

  IWbemServices* const services_;
};

}  // namespace

std::optional<Assignment> ReadAssignment(std::string_view text) {
  const std::size_t sign = text.find('=');
  if (text.empty() || sign == 0) return std::nullopt;
  if (sign == std::string_view::npos) return Assignment{std::string(text), std::nullopt};
  return Assignment{std::string(text.substr(0, sign)), std::string(text.substr(sign + 1))};
}

std::optional<Problem> Assign(IWbemServices* services, IWbemClassObject* object,
                              const std::vector<Assignment>& assignments) {
  return Assigner(services).Run(object, assignments, 0);
}

}  // namespace wmi::cli
