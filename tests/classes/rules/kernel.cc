// What is right: root\linux.
#include <fmt/format.h>

#include "rules.h"

namespace wmi::classes {
namespace {

Check Percent() {
  return [](ValueView value) {
    return value.real() >= 0 && value.real() <= 100 ? std::string() : fmt::format("{} is no share", value.real());
  };
}

// A list that may be empty.
Check Texts() {
  return [](ValueView value) {
    for (const ValueView item : value.items()) {
      if (item.kind() != ValueKind::kText) return std::string("not a list of texts");
    }
    return std::string();
  };
}

Check OneOf(std::vector<std::string> words) {
  return [words = std::move(words)](ValueView value) {
    for (const std::string& word : words) {
      if (value.text() == word) return std::string();
    }
    return fmt::format("'{}' is none of the words", value.text());
  };
}

}  // namespace

void AddKernelRules(Rules& rules) {
  rules.AddVolatile("Linux_Mount", {
                                       {"Device", Always(NonEmptyText())},
                                       {"FileSystem", Always(NonEmptyText())},
                                       {"Id", Always(Number32())},
                                       {"IsReadOnly", Always(Boolean())},
                                       {"MountOptions", Always(Texts())},
                                       {"MountPoint", Always(NonEmptyText())},
                                       {"ParentId", Always(Number32())},
                                       {"Propagation", Always(Texts())},
                                       {"Root", Always(NonEmptyText())},
                                       {"Source", Sometimes(NonEmptyText())},
                                       {"SuperOptions", Always(Texts())},
                                   });
  rules.Add("Linux_KernelModule",
            {
                {"IsBuiltIn", Always(Boolean())},
                {"Name", Always(NonEmptyText())},
                {"Parameters", Always(Texts())},
                {"Size", Sometimes(Number64())},
                {"SourceVersion", Sometimes(NonEmptyText())},
                {"State", Sometimes(OneOf({"Live", "Loading", "Unloading"}))},
                {"Taint", Sometimes(NonEmptyText())},
                {"UseCount", Sometimes(Number32())},
                {"UsedBy", Sometimes(Texts())},
                {"Version", Sometimes(NonEmptyText())},
            },
            0);
  rules.AddVolatile("Linux_Sysctl",
                    {
                        {"IsReadable", Always(Boolean())},
                        {"IsWritable", Always(Boolean())},
                        {"Name", Always(NonEmptyText())},
                        {"Path", Always(NonEmptyText())},
                        {"Value", Sometimes(AnyText())},
                    },
                    100);
  rules.AddVolatile("Linux_Cgroup",
                    {
                        {"Controllers", Always(Texts())},
                        {"CpuPeriod", Sometimes(Between(1, 1'000'000'000))},
                        {"CpuQuota", Sometimes(Number64())},
                        {"CpuSystemTime", Sometimes(Number64())},
                        {"CpuTime", Sometimes(Number64())},
                        {"CpuUserTime", Sometimes(Number64())},
                        {"CpuWeight", Sometimes(Between(0, 10'000))},
                        {"DescendantCount", Sometimes(Number32())},
                        {"DyingDescendantCount", Sometimes(Number32())},
                        {"EnabledControllers", Always(Texts())},
                        {"IoReadBytes", Sometimes(Number64())},
                        {"IoReads", Sometimes(Number64())},
                        {"IoWriteBytes", Sometimes(Number64())},
                        {"IoWrites", Sometimes(Number64())},
                        {"IsFrozen", Sometimes(Boolean())},
                        {"IsPopulated", Sometimes(Boolean())},
                        {"MemoryAnonymous", Sometimes(Number64())},
                        {"MemoryCache", Sometimes(Number64())},
                        {"MemoryCurrent", Sometimes(Number64())},
                        {"MemoryHigh", Sometimes(Number64())},
                        {"MemoryMax", Sometimes(Number64())},
                        {"MemoryPeak", Sometimes(Number64())},
                        {"OutOfMemoryKills", Sometimes(Number64())},
                        {"Path", Always(NonEmptyText())},
                        {"ProcessCount", Sometimes(Number32())},
                        {"SwapCurrent", Sometimes(Number64())},
                        {"SwapMax", Sometimes(Number64())},
                        {"TaskCount", Sometimes(Number64())},
                        {"TaskMax", Sometimes(Number64())},
                        {"ThrottledPeriods", Sometimes(Number64())},
                        {"ThrottledTime", Sometimes(Number64())},
                        {"Type", Sometimes(OneOf({"domain", "domain threaded", "domain invalid", "threaded"}))},
                    },
                    0);
  rules.AddVolatile(
      "Linux_Container",
      {
          {"CgroupPath", Always(NonEmptyText())},
          {"Engine", Always(OneOf({"docker", "podman", "cri-o", "containerd", "kubernetes", "lxc", "nspawn"}))},
          {"FirstProcessId", Always(Between(1, 4u << 20))},
          {"Id", Always(NonEmptyText())},
          {"ProcessCount", Always(Between(1, 4u << 20))},
      },
      0);
  rules.AddVolatile("Linux_Namespace",
                    {
                        {"FirstProcessId", Always(Between(1, 4u << 20))},
                        {"Inode", Always(Between(1, 0xFFFFFFFFu))},
                        {"ProcessCount", Always(Between(1, 4u << 20))},
                        {"Type", Always(OneOf({"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}))},
                    },
                    6);
  rules.AddVolatile("Linux_SystemdUnit",
                    {
                        {"ActiveState", Sometimes(NonEmptyText())},
                        {"Description", Sometimes(NonEmptyText())},
                        {"FilePath", Sometimes(NonEmptyText())},
                        {"FileState", Sometimes(NonEmptyText())},
                        {"Following", Sometimes(NonEmptyText())},
                        {"IsLoaded", Always(Boolean())},
                        {"JobId", Sometimes(Between(1, 0xFFFFFFFFu))},
                        {"JobType", Sometimes(NonEmptyText())},
                        {"LoadState", Sometimes(NonEmptyText())},
                        {"Name", Always(NonEmptyText())},
                        {"ObjectPath", Sometimes(NonEmptyText())},
                        {"SubState", Sometimes(NonEmptyText())},
                        {"Type", Always(NonEmptyText())},
                    },
                    0);
  rules.AddVolatile("Linux_Socket",
                    {
                        {"Id", Always(NonEmptyText())},
                        {"Inode", Sometimes(Number64())},
                        {"LocalAddress", Sometimes(NonEmptyText())},
                        {"LocalPort", Sometimes(Between(0, 65'535))},
                        {"Path", Sometimes(NonEmptyText())},
                        {"ProcessId", Sometimes(Between(1, 4u << 20))},
                        {"Protocol", Always(OneOf({"tcp", "tcp6", "udp", "udp6", "unix"}))},
                        {"ReceiveQueue", Sometimes(Number64())},
                        {"RemoteAddress", Sometimes(NonEmptyText())},
                        {"RemotePort", Sometimes(Between(0, 65'535))},
                        {"SendQueue", Sometimes(Number64())},
                        {"State", Sometimes(NonEmptyText())},
                        {"Type", Sometimes(OneOf({"STREAM", "DGRAM", "SEQPACKET"}))},
                        {"UserId", Sometimes(Number32())},
                    },
                    0);
  rules.Add("Linux_PressureStall",
            {
                {"FullAverage10", Sometimes(Percent())},
                {"FullAverage300", Sometimes(Percent())},
                {"FullAverage60", Sometimes(Percent())},
                {"FullTotal", Sometimes(Number64())},
                {"Resource", Always(OneOf({"cpu", "io", "irq", "memory"}))},
                {"SomeAverage10", Sometimes(Percent())},
                {"SomeAverage300", Sometimes(Percent())},
                {"SomeAverage60", Sometimes(Percent())},
                {"SomeTotal", Sometimes(Number64())},
            },
            0);
}

}  // namespace wmi::classes
