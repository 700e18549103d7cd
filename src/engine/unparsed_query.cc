#include "engine/unparsed_query.h"

#include <memory>
#include <utility>

#include "engine/class_server.h"
#include "engine/instance_scan.h"
#include "wql/lexer.h"

namespace wmi::engine {
namespace {

// As far as the text consists of words of WQL.
std::string_view NameBehindFrom(const std::string& text) {
  wql::Lexer lexer(text);
  while (true) {
    const wql::Token token = lexer.Next();
    if (token.kind == wql::TokenKind::kEnd || token.kind == wql::TokenKind::kBad) return {};
    if (token.keyword != wql::Keyword::kFrom) continue;
    const wql::Token name = lexer.Next();
    return name.kind == wql::TokenKind::kName ? name.text : std::string_view();
  }
}

}  // namespace

Result<SourcePtr> UnparsedQuery(const SessionPtr& session, const std::string& text, const Status& why,
                                const CallOptions& options) {
  if (why.code() != code::kInvalidQuery) return why;  // too long, too deep: nobody gets it
  const cim::ClassPtr schema = session->name_space()->FindClass(NameBehindFrom(text));
  if (schema == nullptr || !schema->is_dynamic()) return why;
  const Result<ClassServer> server = FindServer(session, *schema);
  if (!server.ok() || !server->capabilities.own_language) return why;
  ScanPlan plan;
  plan.classes = {schema};
  plan.statement = text;
  plan.statement_gives = ScanPlan::StatementGives::kAnything;
  return SourcePtr(std::make_unique<InstanceScan>(session, std::move(plan), options));
}

}  // namespace wmi::engine
