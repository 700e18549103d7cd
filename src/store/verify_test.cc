#include "store/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_support.h"

namespace wmi::store {
namespace {

using ::testing::HasSubstr;

cim::Property Indexed(std::string name) { return Prop(std::move(name), cim::CimType::kString, {Flag("indexed")}); }

// Two namespaces, a class with a subclass, indexed values and references.
struct FilledRepository : TestRepository {
  FilledRepository() {
    EXPECT_EQ(Put(*this, Declare("A").With(Key("K")).With(Indexed("Color"))), code::kOk);
    EXPECT_EQ(Put(*this, Declare("B", "A").With(Prop("Size", cim::CimType::kUint32))), code::kOk);
    EXPECT_EQ(Put(*this, Declare("Link").With(Key("Id")).With(Prop("Of", cim::CimType::kReference))), code::kOk);
    for (const char* key : {"1", "2", "3"}) {
      EXPECT_EQ(PutIn(*this, "A", {{"K", T(key)}, {"Color", T("red")}}), code::kOk);
      EXPECT_EQ(PutIn(*this, "B", {{"K", T(std::string("b") + key)}, {"Color", T("blue")}, {"Size", U(7)}}), code::kOk);
      EXPECT_EQ(PutIn(*this, "Link", {{"Id", T(key)}, {"Of", T("A.K=\"1\"")}}), code::kOk);
    }
  }
  VerifyReport Check(const VerifyCallback& progress = {}) {
    Result<VerifyReport> report = Verify(*database(), server(), progress);
    EXPECT_TRUE(report.ok()) << report.status().Message();
    return report.ok() ? std::move(report).value() : VerifyReport();
  }
  void Damage(const char* statement) {
    const Status status = database()->writer().Execute(statement);
    EXPECT_TRUE(status.ok()) << status.Message();
  }
};

std::string Findings(const VerifyReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) text += finding.place + ": " + finding.what + "\n";
  return text;
}

TEST(VerifyTest, ASoundRepositoryHasNoFindings) {
  FilledRepository repository;
  std::string stages;
  const VerifyReport report = repository.Check([&](const VerifyProgress& progress) {
    if (!stages.ends_with(progress.stage)) stages += std::string(" ") + std::string(progress.stage);
    EXPECT_LE(progress.done, progress.total);
  });
  EXPECT_TRUE(report.is_sound()) << Findings(report);
  EXPECT_EQ(report.namespaces, 2u);
  EXPECT_EQ(report.classes, 3u);
  EXPECT_EQ(report.instances, 9u);
  EXPECT_EQ(stages, " file classes instances");
}

TEST(VerifyTest, ARepositoryStaysSoundThroughItsChanges) {
  FilledRepository repository;
  EXPECT_EQ(PutIn(repository, "A", {{"K", T("1")}, {"Color", T("green")}}), code::kOk);
  EXPECT_EQ(PutIn(repository, "Link", {{"Id", T("2")}, {"Of", T("nonsense")}}), code::kOk);
  EXPECT_TRUE(repository.DeleteInstance(kSpace, "B", {T("b2")}).ok());
  EXPECT_TRUE(repository.Check().is_sound()) << Findings(repository.Check());
  EXPECT_TRUE(repository.DeleteClass(kSpace, "A").ok());
  EXPECT_TRUE(repository.Check().is_sound()) << Findings(repository.Check());
}

TEST(VerifyTest, AnOpenWriteTransactionIsNotSeen) {
  FilledRepository repository;
  repository.Damage("PRAGMA user_version");
  const Status status =
      repository.Change([&](Transaction& transaction) { return transaction.DeleteInstance(kSpace, "A", {T("1")}); });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(repository.Check().instances, 8u);
}

struct DamageCase {
  const char* name;
  const char* statement;
  const char* finding;
};
void PrintTo(const DamageCase& item, std::ostream* out) { *out << item.name; }

class VerifyDamageTest : public ::testing::TestWithParam<DamageCase> {};

TEST_P(VerifyDamageTest, IsFound) {
  FilledRepository repository;
  repository.Damage(GetParam().statement);
  const VerifyReport report = repository.Check();
  EXPECT_THAT(Findings(report), HasSubstr(GetParam().finding));
  EXPECT_FALSE(report.is_sound());
}

INSTANTIATE_TEST_SUITE_P(
    All, VerifyDamageTest,
    ::testing::Values(
        DamageCase{"namespace_name", "UPDATE namespaces SET name = 'ROOT\\tesT' WHERE folded = 'root\\test'",
                   "the namespace is damaged"},
        DamageCase{"namespace_folded", "UPDATE namespaces SET folded = 'x' WHERE name = 'ROOT\\test'", "two names"},
        DamageCase{"namespace_parent", "DELETE FROM namespaces WHERE name = 'ROOT'", "around it, ROOT, is missing"},
        DamageCase{"namespace_gone", "DELETE FROM namespaces WHERE name = 'ROOT\\test'", "which does not exist"},
        DamageCase{"class_superclass", "UPDATE classes SET superclass = '' WHERE name = 'B'", "ROOT\\test:B: the row"},
        DamageCase{"class_folded", "UPDATE classes SET folded = 'x' WHERE name = 'B'", "two names"},
        DamageCase{"class_gone", "DELETE FROM classes WHERE name = 'A'", "its class does not exist"},
        DamageCase{"superclass_gone", "DELETE FROM classes WHERE name = 'A'", "ROOT\\test:B: the class cannot be read"},
        DamageCase{"class_count", "UPDATE classes SET instances = 5 WHERE name = 'B'", "B: it counts 2 instances more"},
        DamageCase{"definition_gone", "DELETE FROM definitions WHERE id = 1", "the class cannot be read"},
        DamageCase{"definition_body", "UPDATE definitions SET body = x'0102' WHERE id = 1", "the class cannot be read"},
        DamageCase{"definition_retired", "UPDATE definitions SET retired = 1 WHERE id = 1", "no more in use"},
        DamageCase{"old_definition", "INSERT INTO definitions (body, retired) VALUES (x'01', 5)", "definition number"},
        DamageCase{"layout_body", "UPDATE layouts SET body = body || x'00'", "layout number"},
        DamageCase{"row", "UPDATE instances SET row = row || x'00' WHERE id = 1", "instance number 1 of ROOT\\test:A"},
        DamageCase{"row_root", "UPDATE instances SET root = 99 WHERE id = 1", "instance number 1 of ROOT\\test:A"},
        DamageCase{"row_key", "UPDATE instances SET key = x'31' WHERE id = 1", "instance number 1 of ROOT\\test:A"},
        DamageCase{"row_gone", "DELETE FROM instances WHERE id = 1", "A: it counts 1 instances more than it has"},
        DamageCase{"value_gone", "DELETE FROM property_values WHERE instance = 1", "the index of color"},
        DamageCase{"value_left", "INSERT INTO property_values VALUES (1, 'color', x'00', 77)", "the table of property"},
        DamageCase{"reference_gone", "DELETE FROM instance_references WHERE instance = 3", "refers to"},
        DamageCase{"reference_left", "INSERT INTO instance_references VALUES ('x', 77, 'of')", "table of references"},
        DamageCase{"index_gone", "DROP INDEX instances_of_class", "the index instances_of_class is missing"},
        DamageCase{"note", "UPDATE meta SET value = value || x'00'", "the note schema_revision: the row is damaged"},
        DamageCase{"note_name", "UPDATE meta SET name = 'schema:x'", "the note schema:x: the row is damaged"},
        DamageCase{"format", "PRAGMA user_version = 0", "its format is 0"}),
    [](const ::testing::TestParamInfo<DamageCase>& item) { return item.param.name; });

TEST(VerifyTest, MoreFindingsThanAreKeptAreCounted) {
  FilledRepository repository;
  repository.Damage(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) "
      "INSERT INTO instances (class, root, key, row) SELECT 999, 999, i, x'00' FROM n");
  const VerifyReport report = repository.Check();
  EXPECT_EQ(report.findings.size(), VerifyReport::kFindingsMax);
  EXPECT_EQ(report.findings_total, 1500u);
}

TEST(VerifyTest, AStopEndsIt) {
  FilledRepository repository;
  std::stop_source stop;
  const VerifyCallback stop_at_classes = [&](const VerifyProgress& progress) {
    if (progress.stage == "classes") stop.request_stop();
  };
  EXPECT_EQ(Verify(*repository.database(), "HOST", stop_at_classes, stop.get_token()).status().code(),
            code::kCallCancelled);
  EXPECT_TRUE(repository.Check().is_sound()) << "the connection is as it was";
}

}  // namespace
}  // namespace wmi::store
