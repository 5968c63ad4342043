// Compiles and links firmware for a board at run time; everything built is cached by content.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lab/board.hpp"

namespace mote::lab {

// One translation unit: a file of the source tree, or generated text.
struct SourceFile {
  std::string path;                // relative to the source tree; for generated text, its file name
  std::string text;                // generated; empty for a file of the source tree
  std::vector<std::string> flags;  // further compiler flags
  std::map<std::string, std::string> headers;  // generated headers beside it, by file name
};

struct FirmwareRequest {
  std::vector<SourceFile> sources;  // the board's own start-up code is added
  std::string optimisation = "-O2";
};

// Builds, or finds in the cache, the image of these sources. Throws LabError with the compiler's
// messages, or naming the Debian package when the compiler is missing.
std::filesystem::path build_firmware(const Board& board, const FirmwareRequest& request);

// What an image occupies.
struct ImageSize {
  int64_t flash_bytes = 0;     // code, read-only data, initial values of variables
  int64_t constant_bytes = 0;  // of them, the model's weights and constants
};

// `constant_prefix`: start of the names of the symbols that hold the model's constants, after the
// namespaces ("constant_"); empty for none. Not for the host board.
ImageSize measure_image(const Board& board, const std::filesystem::path& image,
                        const std::string& constant_prefix);

// Where a function starts, named as C++ names it ("mote::engine::invoke()"). Throws LabError when
// the image has none of this name.
uint64_t function_address(const Board& board, const std::filesystem::path& image,
                          const std::string& name);

}  // namespace mote::lab
