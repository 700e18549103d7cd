#include "providers/linux/locale_codes.h"

#include <algorithm>

#include "base/text.h"

namespace wmi::linuxos {
namespace {

struct Language {
  std::string_view tag;
  std::uint32_t id;
};

// Language identifiers as MS-LCID lists them, for the locales that distributions install.
constexpr Language kLanguages[] = {
    {"af-ZA", 0x0436}, {"ar-AE", 0x3801}, {"ar-EG", 0x0C01}, {"ar-SA", 0x0401}, {"be-BY", 0x0423}, {"bg-BG", 0x0402},
    {"bs-BA", 0x141A}, {"ca-ES", 0x0403}, {"cs-CZ", 0x0405}, {"cy-GB", 0x0452}, {"da-DK", 0x0406}, {"de-AT", 0x0C07},
    {"de-CH", 0x0807}, {"de-DE", 0x0407}, {"de-LU", 0x1007}, {"el-GR", 0x0408}, {"en-AU", 0x0C09}, {"en-CA", 0x1009},
    {"en-GB", 0x0809}, {"en-IE", 0x1809}, {"en-IN", 0x4009}, {"en-NZ", 0x1409}, {"en-SG", 0x4809}, {"en-US", 0x0409},
    {"en-ZA", 0x1C09}, {"es-AR", 0x2C0A}, {"es-CL", 0x340A}, {"es-CO", 0x240A}, {"es-ES", 0x0C0A}, {"es-MX", 0x080A},
    {"es-PE", 0x280A}, {"es-US", 0x540A}, {"et-EE", 0x0425}, {"eu-ES", 0x042D}, {"fa-IR", 0x0429}, {"fi-FI", 0x040B},
    {"fr-BE", 0x080C}, {"fr-CA", 0x0C0C}, {"fr-CH", 0x100C}, {"fr-FR", 0x040C}, {"fr-LU", 0x140C}, {"ga-IE", 0x083C},
    {"gl-ES", 0x0456}, {"he-IL", 0x040D}, {"hi-IN", 0x0439}, {"hr-HR", 0x041A}, {"hu-HU", 0x040E}, {"hy-AM", 0x042B},
    {"id-ID", 0x0421}, {"is-IS", 0x040F}, {"it-CH", 0x0810}, {"it-IT", 0x0410}, {"ja-JP", 0x0411}, {"ka-GE", 0x0437},
    {"kk-KZ", 0x043F}, {"ko-KR", 0x0412}, {"lt-LT", 0x0427}, {"lv-LV", 0x0426}, {"mk-MK", 0x042F}, {"ms-MY", 0x043E},
    {"nb-NO", 0x0414}, {"nl-BE", 0x0813}, {"nl-NL", 0x0413}, {"nn-NO", 0x0814}, {"pl-PL", 0x0415}, {"pt-BR", 0x0416},
    {"pt-PT", 0x0816}, {"ro-RO", 0x0418}, {"ru-RU", 0x0419}, {"sk-SK", 0x041B}, {"sl-SI", 0x0424}, {"sq-AL", 0x041C},
    {"sv-FI", 0x081D}, {"sv-SE", 0x041D}, {"th-TH", 0x041E}, {"tr-TR", 0x041F}, {"uk-UA", 0x0422}, {"ur-PK", 0x0420},
    {"vi-VN", 0x042A}, {"zh-CN", 0x0804}, {"zh-HK", 0x0C04}, {"zh-SG", 0x1004}, {"zh-TW", 0x0404},
};

struct CodePage {
  std::string_view charset;
  std::uint32_t number;
};

constexpr CodePage kCodePages[] = {
    {"UTF-8", 65001},      {"UTF8", 65001},       {"ISO-8859-1", 28591}, {"ISO8859-1", 28591},  {"ISO-8859-2", 28592},
    {"ISO8859-2", 28592},  {"ISO-8859-5", 28595}, {"ISO-8859-7", 28597}, {"ISO-8859-9", 28599}, {"ISO-8859-15", 28605},
    {"ISO8859-15", 28605}, {"KOI8-R", 20866},     {"KOI8-U", 21866},     {"EUC-JP", 51932},     {"EUC-KR", 51949},
    {"GB18030", 54936},    {"GBK", 936},          {"BIG5", 950},
};

}  // namespace

SystemLocale ParseLocale(std::string_view lang) {
  SystemLocale locale;
  lang = lang.substr(0, lang.find('@'));
  const std::size_t dot = lang.find('.');
  const std::string_view charset = dot == std::string_view::npos ? std::string_view() : lang.substr(dot + 1);
  for (const CodePage& page : kCodePages) {
    if (EqualFolded(page.charset, charset)) locale.code_page = page.number;
  }
  locale.language_tag = lang.substr(0, dot);
  std::replace(locale.language_tag.begin(), locale.language_tag.end(), '_', '-');
  if (locale.language_tag == "C" || locale.language_tag == "POSIX") locale.language_tag.clear();
  for (const Language& language : kLanguages) {
    if (EqualFolded(language.tag, locale.language_tag)) locale.language_id = language.id;
  }
  return locale;
}

}  // namespace wmi::linuxos
