// The functions of <wincred.h>: names and passwords from the terminal. The manual is there.
#include <string.h>
#include <wincred.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "win32/abi_guard.h"
#include "win32/console/terminal.h"
#include "win32/message/error_text.h"
#include "win32/text_out.h"

using wmi::win32::Fit;
using wmi::win32::PutText;
using wmi::win32::SecretText;
using wmi::win32::Shown;
using wmi::win32::Terminal;
using wmi::win32::TextAs;
using wmi::win32::Utf8Of;

namespace {

// A text of a program on its way to the terminal: control characters could be orders for it.
std::string Harmless(std::string text) {
  for (char& character : text) {
    const bool control = static_cast<unsigned char>(character) < 0x20 || character == 0x7f;
    if (control && character != '\n' && character != '\t') character = '?';
  }
  return text;
}

template <typename Char>
struct Prompt {
  const Char* target;
  DWORD auth_error;
  Char* user;
  std::size_t user_size;
  Char* password;
  std::size_t password_size;
  BOOL* save;
  DWORD flags;
  std::string caption;
  std::string message;
};

// What stands in the buffer of the user name, which need not end in NUL.
template <typename Char>
std::string Prefilled(const Prompt<Char>& prompt) {
  const std::basic_string_view<Char> all(prompt.user, prompt.user_size);
  return Utf8Of(std::basic_string<Char>(all.substr(0, all.find(Char{0}))).c_str());
}

template <typename Char>
void Introduce(const Terminal& terminal, const Prompt<Char>& prompt) {
  std::string text;
  if (!prompt.caption.empty()) text += prompt.caption + '\n';
  if (!prompt.message.empty()) text += prompt.message + '\n';
  const std::string target = Utf8Of(prompt.target);
  if (text.empty())
    text = target.empty() ? "Enter your credentials.\n" : "Enter your credentials for " + target + ".\n";
  const std::string_view why = wmi::win32::ErrorText(prompt.auth_error);
  if (prompt.auth_error != ERROR_SUCCESS && !why.empty()) {
    text += std::string("The last attempt failed: ").append(why) + ".\n";
  } else if ((prompt.flags & CREDUI_FLAGS_INCORRECT_PASSWORD) != 0) {
    text += "The user name or the password was not right.\n";
  }
  terminal.Write(Harmless(text));
}

// A secret in the characters of the program's buffer.
template <typename Char>
Fit PutSecret(const SecretText& secret, Char* buffer, std::size_t size) {
  std::string narrow(secret.text());
  std::basic_string<Char> text = TextAs<Char>(narrow);
  const Fit fit = PutText(text, buffer, size);
  explicit_bzero(narrow.data(), narrow.size());
  explicit_bzero(text.data(), text.size() * sizeof(Char));
  return fit;
}

template <typename Char>
Fit Fits(const SecretText& text, std::size_t size) {
  std::basic_string<Char> copy = TextAs<Char>(text.text());
  const Fit fit = copy.size() < size ? Fit::kFits : Fit::kTooSmall;
  explicit_bzero(copy.data(), copy.size() * sizeof(Char));
  return fit;
}

// Whether the name is taken as it stands in the buffer.
template <typename Char>
bool KeepsName(const Prompt<Char>& prompt, const std::string& prefilled) {
  if ((prompt.flags & CREDUI_FLAGS_KEEP_USERNAME) != 0) return true;
  return (prompt.flags & CREDUI_FLAGS_PASSWORD_ONLY_OK) != 0 && !prefilled.empty();
}

template <typename Char>
DWORD Ask(const Prompt<Char>& prompt) {
  const Terminal terminal;
  if (!terminal.is_open()) return ERROR_NO_SUCH_LOGON_SESSION;
  const std::string prefilled = Prefilled(prompt);
  const std::string shown = Harmless(prefilled);
  const bool keeps_name = KeepsName(prompt, prefilled);
  Introduce(terminal, prompt);
  SecretText user;
  if (!keeps_name) {
    const std::string question = shown.empty() ? "User name: " : "User name [" + shown + "]: ";
    if (!terminal.ReadLine(question, Shown::kYes, user)) return ERROR_CANCELLED;
    if (Fits<Char>(user, prompt.user_size) == Fit::kTooSmall) return ERROR_INSUFFICIENT_BUFFER;
  }
  const std::string name = user.text().empty() ? shown : Harmless(std::string(user.text()));
  SecretText password;
  const std::string question = name.empty() ? "Password: " : "Password for " + name + ": ";
  if (!terminal.ReadLine(question, Shown::kNo, password)) return ERROR_CANCELLED;
  if (PutSecret(password, prompt.password, prompt.password_size) == Fit::kTooSmall) return ERROR_INSUFFICIENT_BUFFER;
  if (!user.text().empty()) static_cast<void>(PutSecret(user, prompt.user, prompt.user_size));
  if ((prompt.flags & CREDUI_FLAGS_DO_NOT_PERSIST) != 0 && prompt.save != nullptr) *prompt.save = FALSE;
  return NO_ERROR;
}

template <typename Char>
DWORD Check(const Prompt<Char>& prompt, const void* context) {
  constexpr DWORD kImpossible = CREDUI_FLAGS_REQUIRE_CERTIFICATE | CREDUI_FLAGS_REQUIRE_SMARTCARD;
  if ((prompt.flags & kImpossible) != 0) return ERROR_INVALID_FLAGS;
  if (context != nullptr || prompt.target == nullptr || prompt.user == nullptr || prompt.user_size == 0 ||
      prompt.password == nullptr || prompt.password_size == 0) {
    return ERROR_INVALID_PARAMETER;
  }
  return NO_ERROR;
}

// These functions return their error; the last error of the thread stays as it was.
template <typename Body>
DWORD WithoutLastError(Body body) {
  const DWORD kept = GetLastError();
  const DWORD result = wmi::win32::Guarded(DWORD{ERROR_NOT_ENOUGH_MEMORY}, body);
  SetLastError(kept);
  return result;
}

template <typename Char>
DWORD AskOnCommandLine(Prompt<Char> prompt, const void* context) {
  return WithoutLastError([&]() -> DWORD {
    const DWORD error = Check(prompt, context);
    if (error != NO_ERROR) return error;
    prompt.flags |= CREDUI_FLAGS_PASSWORD_ONLY_OK;  // a name that is given is not asked for again
    return Ask(prompt);
  });
}

template <typename Char, typename Info>
DWORD AskWithInfo(Prompt<Char> prompt, const Info* info, const void* context) {
  return WithoutLastError([&]() -> DWORD {
    const DWORD error = Check(prompt, context);
    if (error != NO_ERROR) return error;
    if (info == nullptr) return Ask(prompt);
    const auto text_of = [](const Char* text) { return text == nullptr ? std::string() : Utf8Of(text); };
    if (info->cbSize != sizeof(Info)) return ERROR_INVALID_PARAMETER;
    if (info->pszCaptionText != nullptr) prompt.caption = text_of(info->pszCaptionText);
    if (info->pszMessageText != nullptr) prompt.message = text_of(info->pszMessageText);
    if (wmi::CharacterCount(prompt.caption) > CREDUI_MAX_CAPTION_LENGTH ||
        wmi::CharacterCount(prompt.message) > CREDUI_MAX_MESSAGE_LENGTH) {
      return ERROR_INVALID_PARAMETER;
    }
    return Ask(prompt);
  });
}

template <typename Char>
DWORD ParseName(const Char* name, Char* user, std::size_t user_size, Char* domain, std::size_t domain_size) {
  if (name == nullptr || user == nullptr || user_size == 0 || domain == nullptr || domain_size == 0) {
    return ERROR_INVALID_PARAMETER;
  }
  return WithoutLastError([&]() -> DWORD {
    const std::basic_string<Char> whole = name;
    std::basic_string<Char> user_part = whole;
    std::basic_string<Char> domain_part;
    if (const std::size_t slash = whole.find(Char{'\\'}); slash != whole.npos) {
      domain_part = whole.substr(0, slash);
      user_part = whole.substr(slash + 1);
      if (domain_part.empty() || user_part.empty()) return ERROR_INVALID_ACCOUNT_NAME;
    } else {
      const std::size_t at = whole.rfind(Char{'@'});
      if (at == whole.npos || at == 0 || at + 1 == whole.size()) return ERROR_INVALID_ACCOUNT_NAME;
    }
    if (user_part.size() >= user_size || domain_part.size() >= domain_size) return ERROR_INSUFFICIENT_BUFFER;
    static_cast<void>(PutText(user_part, user, user_size));
    static_cast<void>(PutText(domain_part, domain, domain_size));
    return NO_ERROR;
  });
}

}  // namespace

DWORD CredUIPromptForCredentialsW(PCREDUI_INFOW info, PCWSTR target, PCtxtHandle context, DWORD auth_error, PWSTR user,
                                  ULONG user_size, PWSTR password, ULONG password_size, BOOL* save, DWORD flags) {
  return AskWithInfo<WCHAR>({target, auth_error, user, user_size, password, password_size, save, flags, {}, {}}, info,
                            context);
}

DWORD CredUIPromptForCredentialsA(PCREDUI_INFOA info, PCSTR target, PCtxtHandle context, DWORD auth_error, PSTR user,
                                  ULONG user_size, PSTR password, ULONG password_size, BOOL* save, DWORD flags) {
  return AskWithInfo<CHAR>({target, auth_error, user, user_size, password, password_size, save, flags, {}, {}}, info,
                           context);
}

DWORD CredUICmdLinePromptForCredentialsW(PCWSTR target, PCtxtHandle context, DWORD auth_error, PWSTR user,
                                         ULONG user_size, PWSTR password, ULONG password_size, BOOL* save,
                                         DWORD flags) {
  return AskOnCommandLine<WCHAR>({target, auth_error, user, user_size, password, password_size, save, flags, {}, {}},
                                 context);
}

DWORD CredUICmdLinePromptForCredentialsA(PCSTR target, PCtxtHandle context, DWORD auth_error, PSTR user,
                                         ULONG user_size, PSTR password, ULONG password_size, BOOL* save, DWORD flags) {
  return AskOnCommandLine<CHAR>({target, auth_error, user, user_size, password, password_size, save, flags, {}, {}},
                                context);
}

DWORD CredUIParseUserNameW(PCWSTR name, PWSTR user, ULONG user_size, PWSTR domain, ULONG domain_size) {
  return ParseName(name, user, user_size, domain, domain_size);
}

DWORD CredUIParseUserNameA(PCSTR name, PSTR user, ULONG user_size, PSTR domain, ULONG domain_size) {
  return ParseName(name, user, user_size, domain, domain_size);
}
