#include "consumers/mail_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace wmi::consumers {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Mail SmallMail() {
  Mail mail;
  mail.from = {"", "a@example.org"};
  mail.to = {{"", "b@example.org"}};
  mail.subject = "subject";
  mail.body = "text";
  mail.id = "1@box";
  mail.time = 1'795'468'681;
  return mail;
}

// Lines end in CR LF, none is too long, all is ASCII.
void ExpectMailForm(std::string_view text) {
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    EXPECT_LT(static_cast<unsigned char>(text[at]), 0x80);
    if (text[at] == '\n') {
      ASSERT_GT(at, 0u);
      EXPECT_EQ(text[at - 1], '\r');
      EXPECT_LE(at - 1 - start, 998u);
      start = at + 1;
    } else if (text[at] == '\r') {
      EXPECT_TRUE(at + 1 < text.size() && text[at + 1] == '\n');
    }
  }
  EXPECT_EQ(start, text.size());
}

TEST(MailMessage, HeaderAndBody) {
  Mail mail = SmallMail();
  mail.cc = {{"Second One", "c@example.org"}, {"", "d@example.org"}};
  mail.reply_to = {{"", "e@example.org"}};
  mail.fields = {{"X-Priority", " 1"}};
  mail.body = "one\ntwo\r\n\rthree";
  EXPECT_EQ(MessageText(mail),
            "Date: Mon, 23 Nov 2026 21:18:01 +0000\r\n"
            "From: a@example.org\r\n"
            "To: b@example.org\r\n"
            "Cc: \"Second One\"\r\n <c@example.org>,\r\n d@example.org\r\n"
            "Reply-To: e@example.org\r\n"
            "Subject: subject\r\n"
            "Message-ID: <1@box>\r\n"
            "MIME-Version: 1.0\r\n"
            "X-Priority: 1\r\n"
            "Content-Type: text/plain; charset=us-ascii\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "one\r\ntwo\r\n\r\nthree\r\n");
}

TEST(MailMessage, NoValueBeginsAField) {
  Mail mail = SmallMail();
  const std::string evil("x\r\nBcc: evil@example.org\n\rY: z\0\x7F", 32);
  mail.subject = evil;
  mail.from.display = evil;
  mail.to[0].display = evil;
  mail.fields = {{"X-Field", evil}};
  mail.id = evil;
  const std::string text = MessageText(mail);
  EXPECT_THAT(text, Not(HasSubstr("\nBcc")));
  EXPECT_THAT(text, Not(HasSubstr("\nY:")));
  EXPECT_THAT(text, HasSubstr("Subject: x  Bcc: evil@example.org  Y: z\r\n"));
  ExpectMailForm(text);
}

TEST(MailMessage, OtherCharactersAreEncodedWords) {
  Mail mail = SmallMail();
  mail.subject =
      "Gr\xC3\xBC\xC3\x9F"
      "e";
  mail.to[0].display = "J\xC3\xB6rg";
  EXPECT_THAT(MessageText(mail), HasSubstr("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"));
  EXPECT_THAT(MessageText(mail), HasSubstr("To: =?UTF-8?B?SsO2cmc=?=\r\n <b@example.org>\r\n"));
  mail.subject = "=?UTF-8?B?eA==?=";
  EXPECT_THAT(MessageText(mail), HasSubstr("Subject: =?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=\r\n"));
  mail.subject = "a\xFFz";  // no UTF-8
  EXPECT_THAT(MessageText(mail), HasSubstr("Subject: =?UTF-8?B?Ye+/vXo=?=\r\n"));
}

TEST(MailMessage, LongTextsAreFoldedBetweenCharacters) {
  Mail mail = SmallMail();
  mail.subject.clear();
  for (int at = 0; at < 1000; ++at) mail.subject += "\xE2\x82\xAC";
  mail.to[0].display = std::string(2000, 'x');
  mail.fields = {{"X-Long", std::string(5000, 'y')}};
  const std::string text = MessageText(mail);
  ExpectMailForm(text);
  // 13 signs of 3 bytes each in a word of 39 bytes.
  EXPECT_THAT(text, HasSubstr("Subject: =?UTF-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?=\r\n ="));
  mail.subject.insert(0, "x");  // 38 bytes fit
  EXPECT_THAT(MessageText(mail),
              HasSubstr("Subject: =?UTF-8?B?eOKCrOKCrOKCrOKCrOKCrOKCrOKCrOKCrOKCrOKCrOKCrOKCrA==?=\r\n ="));
}

TEST(MailMessage, OtherBodiesAreQuotedPrintable) {
  Mail mail = SmallMail();
  mail.body = "caf\xC3\xA9 = 1 \n.\nend ";
  const std::string text = MessageText(mail);
  EXPECT_THAT(text,
              HasSubstr("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"));
  EXPECT_THAT(text, EndsWith("\r\n\r\ncaf=C3=A9 =3D 1=20\r\n.\r\nend=20\r\n"));
  mail.body = std::string(998, 'x');
  EXPECT_THAT(MessageText(mail), HasSubstr("Content-Transfer-Encoding: 7bit\r\n"));
  mail.body = std::string(999, 'x');
  EXPECT_THAT(MessageText(mail), HasSubstr("charset=us-ascii\r\nContent-Transfer-Encoding: quoted-printable\r\n"));
  EXPECT_THAT(MessageText(mail), HasSubstr("\r\n\r\n" + std::string(75, 'x') + "=\r\n"));
  ExpectMailForm(MessageText(mail));
  mail.body = std::string("a\0b\x1B", 4);
  EXPECT_THAT(MessageText(mail), EndsWith("a=00b=1B\r\n"));
  mail.body = "\ta";
  EXPECT_THAT(MessageText(mail), EndsWith("7bit\r\n\r\n\ta\r\n"));
  mail.body = "";
  EXPECT_THAT(MessageText(mail), EndsWith("7bit\r\n\r\n"));
}

TEST(MailMessage, AClientsContentTypeTakesThePlaceOfOurs) {
  Mail mail = SmallMail();
  mail.fields = {{"content-type", " text/html"}};
  EXPECT_THAT(MessageText(mail), HasSubstr("content-type: text/html\r\n"));
  EXPECT_THAT(MessageText(mail), Not(HasSubstr("text/plain")));
}

TEST(MailDate, DaysAndMonths) {
  EXPECT_EQ(MailDate(0), "Thu, 1 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(MailDate(1'709'210'096), "Thu, 29 Feb 2024 12:34:56 +0000");
}

TEST(MailAddresses, AreSplitAtCommasAndSemicolons) {
  EXPECT_THAT(SplitAddresses(" a@b.c , d@e.f;g@h.i ;; "), ElementsAre("a@b.c", "d@e.f", "g@h.i"));
  EXPECT_THAT(SplitAddresses("\"Doe, J; \\\"x, y\" <a@b.c>, <d,e>"),
              ElementsAre("\"Doe, J; \\\"x, y\" <a@b.c>", "<d,e>"));
  EXPECT_THAT(SplitAddresses("%TargetInstance.Mail% <a@b.c>"), ElementsAre("%TargetInstance.Mail% <a@b.c>"));
  EXPECT_THAT(SplitAddresses(""), IsEmpty());
}

TEST(MailAddresses, Forms) {
  const auto parse = [](std::string_view text) {
    const auto parsed = ParseAddress(text);
    EXPECT_TRUE(parsed.ok()) << parsed.status().Message();
    return parsed.ok() ? parsed->display + "|" + parsed->address : "";
  };
  EXPECT_EQ(parse(" a@b.c "), "|a@b.c");
  EXPECT_EQ(parse("<a@b.c>"), "|a@b.c");
  EXPECT_EQ(parse("One Two <a@b.c>"), "One Two|a@b.c");
  EXPECT_EQ(parse("\"One, \\\"Two\\\"\" <a@b.c>"), "One, \"Two\"|a@b.c");
  EXPECT_EQ(parse("x <evil@b.c> <a@b.c>"), "x <evil@b.c>|a@b.c");
  EXPECT_EQ(parse("a@b.c\r\nX: <x@y.z>"), "a@b.c  X:|x@y.z");
  EXPECT_EQ(parse("root"), "|root");
  EXPECT_EQ(parse("a@[192.0.2.1]"), "|a@[192.0.2.1]");
  EXPECT_EQ(parse(std::string(252, 'a') + "@b"), "|" + std::string(252, 'a') + "@b");
}

TEST(MailAddresses, WhatIsNoAddress) {
  for (const std::string& text :
       {std::string(), std::string("a b@c.d"), std::string("a@b.c,d@e.f"), std::string("a@b.c;d@e.f"),
        std::string("a@"), std::string("@b"), std::string("a@b@c"), std::string("a@b.c>"), std::string("<>"),
        std::string("a@b.c\r\nRCPT TO:x@y.z"), std::string("<a@b.c\r\n>x>"), std::string("\"q\"@b.c"),
        std::string("gr\xC3\xBC\xC3\x9F@b.c"), std::string("a\0@b.c", 6), std::string(253, 'a') + "@b"}) {
    const auto parsed = ParseAddress(text);
    EXPECT_EQ(parsed.status().code(), code::kInvalidParameter) << text;
    EXPECT_THAT(parsed.status().Message(), HasSubstr("is no address of mail")) << text;
    EXPECT_THAT(parsed.status().Message(), Not(HasSubstr("\r"))) << text;
  }
}

TEST(MailFields, Names) {
  EXPECT_TRUE(IsFieldName("X-Priority"));
  for (const char* name : {"", "a b", "a:b", "a\n", "\xC3\xA9"}) EXPECT_FALSE(IsFieldName(name)) << name;
  EXPECT_TRUE(IsOwnField("subject"));
  EXPECT_TRUE(IsOwnField("BCC"));
  EXPECT_FALSE(IsOwnField("Content-Type"));
}

}  // namespace
}  // namespace wmi::consumers
