// What is right: packages and the journal.
#include "rules.h"

namespace wmi::classes {

void AddSoftwareRules(Rules& rules) {
  rules.Add("Win32_Product",
            {
                {"Caption", Always(NonEmptyText())},
                {"Description", Sometimes(NonEmptyText())},
                {"IdentifyingNumber", Always(NonEmptyText())},
                {"InstallDate", Sometimes(NonEmptyText())},
                {"InstallDate2", Sometimes(PastDatetime())},
                {"InstallState", Always(SignedBetween(-6, 5))},
                {"Name", Always(NonEmptyText())},
                {"URLInfoAbout", Sometimes(NonEmptyText())},
                {"Vendor", Sometimes(NonEmptyText())},
                {"Version", Always(NonEmptyText())},
            },
            0);
  rules.Add("Linux_Package",
            {
                {"Architecture", Always(NonEmptyText())},
                {"InstallDate", Sometimes(PastDatetime())},
                {"IsComplete", Always(Boolean())},
                {"Manager", Always(NonEmptyText())},
                {"Name", Always(NonEmptyText())},
                {"Summary", Sometimes(NonEmptyText())},
                {"Url", Sometimes(NonEmptyText())},
                {"Vendor", Sometimes(NonEmptyText())},
                {"Version", Always(NonEmptyText())},
            },
            0);
  rules.AddVolatile("Win32_NTLogEvent",
                    {
                        {"Category", Sometimes(Between(0, 23))},
                        {"CategoryString", Sometimes(NonEmptyText())},
                        {"ComputerName", Sometimes(NonEmptyText())},
                        {"EventType", Sometimes(Between(1, 3))},
                        {"Logfile", Always(NonEmptyText())},
                        {"Message", Sometimes(NonEmptyText())},
                        {"RecordNumber", Always(Number32())},
                        {"SourceName", Sometimes(NonEmptyText())},
                        {"TimeGenerated", Always(PastDatetime())},
                        {"TimeWritten", Always(PastDatetime())},
                        {"Type", Sometimes(NonEmptyText())},
                        {"User", Sometimes(NonEmptyText())},
                    },
                    0);
  rules.AddVolatile("Win32_NTEventlogFile",
                    {
                        {"Caption", Always(NonEmptyText())},
                        {"Compressed", Sometimes(Boolean())},
                        {"CreationClassName", Always(Exactly("Win32_NTEventlogFile"))},
                        {"CreationDate", Sometimes(PastDatetime())},
                        {"CSCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                        {"CSName", Always(NonEmptyText())},
                        {"Description", Always(NonEmptyText())},
                        {"Encrypted", Sometimes(Boolean())},
                        {"Extension", Always(Exactly("journal"))},
                        {"FileName", Always(NonEmptyText())},
                        {"FileSize", Always(Number64())},
                        {"FileType", Always(Exactly("Regular File"))},
                        {"FSCreationClassName", Always(Exactly("Win32_FileSystem"))},
                        {"LastAccessed", Always(PastDatetime())},
                        {"LastModified", Always(PastDatetime())},
                        {"LogfileName", Sometimes(NonEmptyText())},
                        {"MaxFileSize", Sometimes(Number32())},
                        {"Name", Always(NonEmptyText())},
                        {"NumberOfRecords", Sometimes(Number32())},
                        {"OverWritePolicy", Always(Exactly("WhenNeeded"))},
                        {"Path", Always(NonEmptyText())},
                    },
                    0);
}

}  // namespace wmi::classes
