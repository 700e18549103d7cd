// Mail as text: addresses and messages of the form that the Internet wants (RFC 5322, 2045, 2047). Functions without
// state; safe from several threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace wmi::consumers {

struct MailAddress {
  std::string display;  // the name before the address, without quotes; may be empty
  std::string address;  // "someone@example.org", or "root" for a mail server that knows it
};

// The addresses between commas and semicolons that stand neither in quotes nor in <>, without the spaces around them;
// empty ones are left out. Also for a template of such a list: places are left whole.
std::vector<std::string> SplitAddresses(std::string_view list);

// "a@b.c", "<a@b.c>", "Name <a@b.c>" or "\"Name\" <a@b.c>". kInvalidParameter with the text and what is wrong for
// anything else: it is one address, in ASCII, without spaces, controls, quotes and <>, at most 254 characters.
Result<MailAddress> ParseAddress(std::string_view text);

// What is to be said, before it has a form.
struct Mail {
  MailAddress from;
  std::vector<MailAddress> to;
  std::vector<MailAddress> cc;
  std::vector<MailAddress> reply_to;
  std::string subject;
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;  // further ones: name, value
  std::string id;                                           // "unique@machine"
  std::int64_t time = 0;                                    // seconds since 1970
};

// The header, an empty line and the body; lines end in CR LF, have at most 998 characters and are ASCII. Controls in
// the header become spaces, so that no value begins a field of its own. What is not ASCII is UTF-8 in encoded words
// and in quoted-printable. A field named Content-Type takes the place of ours.
std::string MessageText(const Mail& mail);

// "Mon, 23 Nov 2026 21:18:01 +0000".
std::string MailDate(std::int64_t time);

// Whether a client may give a field of this name, and that it is one: not those that MessageText writes itself.
bool IsFieldName(std::string_view name);
bool IsOwnField(std::string_view name);

}  // namespace wmi::consumers
