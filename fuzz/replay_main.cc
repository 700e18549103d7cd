// Stands in for libFuzzer in ordinary builds: feeds the target every seed of the folders it is given, every seed cut
// short, and a fixed number of seeded mutations, so that each sanitizer build walks the corpus.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::uint32_t kSeed = 1;
constexpr int kMutationsPerSeed = 64;
constexpr std::size_t kPrefixesMax = 64;

void Feed(const std::string& input) {
  // A copy of exact size, so that AddressSanitizer sees a read past the end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::vector<std::string> ReadSeeds(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());  // the mutations must not depend on the order of a folder
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return seeds;
}

void FeedPrefixes(const std::string& seed) {
  const std::size_t step = seed.size() / kPrefixesMax + 1;
  for (std::size_t size = 0; size < seed.size(); size += step) Feed(seed.substr(0, size));
}

// Flips, drops, doubles or borrows a stretch of another seed.
std::string Mutate(std::string text, const std::string& other, std::mt19937& random) {
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
  const std::size_t changes = 1 + below(4);
  for (std::size_t change = 0; change < changes && !text.empty(); ++change) {
    const std::size_t at = below(text.size());
    const std::size_t length = 1 + below(std::min<std::size_t>(text.size() - at, 16));
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      default:
        text.insert(at, other.substr(other.empty() ? 0 : below(other.size()), 16));
        break;
    }
  }
  return text;
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::vector<std::string> seeds;
  for (int i = 1; i < argument_count; ++i) {
    for (std::string& seed : ReadSeeds(arguments[i])) seeds.push_back(std::move(seed));
  }
  if (seeds.empty()) {
    std::fprintf(stderr, "replay: no seeds; give folders with at least one file\n");
    return 1;
  }
  std::printf("replay: %zu seeds, mutations from seed %u\n", seeds.size(), kSeed);
  std::fflush(stdout);
  std::mt19937 random(kSeed);
  for (const std::string& seed : seeds) {
    Feed(seed);
    FeedPrefixes(seed);
    for (int i = 0; i < kMutationsPerSeed; ++i) Feed(Mutate(seed, seeds[random() % seeds.size()], random));
  }
  return 0;
}
