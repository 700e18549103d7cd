// Reading wide text from streams of bytes.
#include <gtest/gtest.h>
#include <unistd.h>
#include <winnt.h>

#include <string>

namespace {

// A stream over a text, closed at the end of the test.
class Input {
 public:
  explicit Input(std::string text) : text_(std::move(text)), stream_(fmemopen(text_.data(), text_.size(), "r")) {}
  ~Input() { fclose(stream_); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  FILE* stream() const { return stream_; }

 private:
  std::string text_;
  FILE* stream_;
};

TEST(WideInput, DecodesUtf8LineByLine) {
  const Input input("gr\xc3\xbc\xc3\x9f\n\n\xe2\x82\xac\xf0\x9f\x90\xa7");
  wchar_t line[20];
  EXPECT_EQ(fgetws(line, 20, input.stream()), line);
  EXPECT_STREQ(line, L"gr\u00fc\u00df\n");
  EXPECT_STREQ(fgetws(line, 20, input.stream()), L"\n");
  EXPECT_STREQ(fgetws(line, 20, input.stream()), L"\u20ac\U0001F427");
  EXPECT_EQ(fgetws(line, 20, input.stream()), nullptr);
}

TEST(WideInput, StopsAtTheSizeOfTheTarget) {
  const Input input("abcd\n");
  wchar_t line[4] = L"xyz";
  EXPECT_STREQ(fgetws(line, 3, input.stream()), L"ab");
  EXPECT_STREQ(fgetws(line, 1, input.stream()), L"");
  EXPECT_STREQ(fgetws(line, 4, input.stream()), L"cd\n");
  EXPECT_EQ(fgetws(line, 0, input.stream()), nullptr);
  EXPECT_EQ(fgetws(nullptr, 4, input.stream()), nullptr);
}

TEST(WideInput, LeavesTheStreamToNarrowReaders) {
  const Input input(
      "\xe2\x82\xac"
      "bc");
  EXPECT_EQ(fgetwc(input.stream()), static_cast<wint_t>(0x20AC));
  EXPECT_EQ(fgetc(input.stream()), 'b');
  EXPECT_EQ(getwc(input.stream()), static_cast<wint_t>('c'));
  EXPECT_EQ(std::fgetwc(input.stream()), WEOF);
}

TEST(WideInput, ReplacesWhatIsNotUtf8AndGoesOn) {
  const Input input("a\xc3z\xff\xe2\x82y\xed\xa0\x80x\xf0\x9f");
  std::wstring text;
  for (wint_t c = fgetwc(input.stream()); c != WEOF; c = fgetwc(input.stream())) text += static_cast<wchar_t>(c);
  EXPECT_EQ(text, L"a\uFFFDz\uFFFD\uFFFDy\uFFFDx\uFFFD");
}

TEST(WideInput, TakesACharacterBack) {
  const Input input("ab");
  EXPECT_EQ(fgetwc(input.stream()), static_cast<wint_t>('a'));
  EXPECT_EQ(ungetwc(0x20AC, input.stream()), static_cast<wint_t>(0x20AC));
  EXPECT_EQ(fgetwc(input.stream()), static_cast<wint_t>(0x20AC));
  EXPECT_EQ(fgetwc(input.stream()), static_cast<wint_t>('b'));
  EXPECT_EQ(ungetwc(WEOF, input.stream()), WEOF);
  EXPECT_EQ(ungetwc(0xD800, input.stream()), WEOF);
}

// Puts a file in the place of stdin for one test.
class StandardInput : public testing::Test {
 protected:
  void Provide(const std::string& text) {
    FILE* file = tmpfile();
    ASSERT_NE(file, nullptr);
    fputs(text.c_str(), file);
    rewind(file);
    old_ = stdin;
    stdin = file;
  }
  void TearDown() override {
    fclose(stdin);
    stdin = old_;
  }

 private:
  FILE* old_ = nullptr;
};

TEST_F(StandardInput, GivesLinesWithoutTheirEnd) {
  Provide("ab\xe2\x82\xac\nnarrow\n\nlast");
  wchar_t wide[4];
  char narrow[7];
  EXPECT_EQ(_getws_s(wide), wide);
  EXPECT_STREQ(wide, L"ab\u20ac");
  EXPECT_STREQ(gets_s(narrow), "narrow");
  EXPECT_STREQ(gets_s(narrow, 7), "");
  EXPECT_EQ(getwchar(), static_cast<wint_t>('l'));
  EXPECT_STREQ(_getws_s(wide, 4), L"ast");
  EXPECT_EQ(_getws_s(wide, 4), nullptr);
  EXPECT_STREQ(wide, L"");
}

TEST_F(StandardInput, DropsALineThatDoesNotFit) {
  Provide("abcd\nef\n");
  char narrow[4] = "old";
  errno = 0;
  EXPECT_EQ(gets_s(narrow), nullptr);
  EXPECT_EQ(errno, ERANGE);
  EXPECT_STREQ(narrow, "");
  EXPECT_STREQ(gets_s(narrow), "ef");
  EXPECT_EQ(gets_s(nullptr, 4), nullptr);
  EXPECT_EQ(_getws_s(nullptr, 4), nullptr);
}

}  // namespace
