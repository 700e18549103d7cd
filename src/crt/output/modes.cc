// The functions of io.h.
#include <fcntl.h>
#include <io.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace {

constexpr int kStandardStreams = 3;

// Only a memory of what was set; it controls nothing.
std::atomic<int> modes[kStandardStreams] = {_O_TEXT, _O_TEXT, _O_TEXT};

bool IsMode(int mode) {
  return mode == _O_TEXT || mode == _O_BINARY || mode == _O_WTEXT || mode == _O_U16TEXT || mode == _O_U8TEXT;
}

}  // namespace

extern "C" {

int _setmode(int descriptor, int mode) {
  if (!IsMode(mode)) {
    errno = EINVAL;
    return -1;
  }
  if (fcntl(descriptor, F_GETFD) < 0) return -1;
  return descriptor < kStandardStreams ? modes[static_cast<std::size_t>(descriptor)].exchange(mode) : _O_TEXT;
}

int _fileno(FILE* stream) {
  if (stream == nullptr) {
    errno = EINVAL;
    return -1;
  }
  return fileno(stream);
}

int _isatty(int descriptor) { return isatty(descriptor); }

}  // extern "C"
