#include "lab/load_model.hpp"

#include <fmt/format.h>

#include "compiler/import/tflite.hpp"
#include "lab/source_tree.hpp"

namespace mote::lab {

Model load_model(const std::filesystem::path& file, const Board& board) {
  const std::string text = read_file(file);
  std::vector<uint8_t> bytes(text.begin(), text.end());
  if (text.starts_with("MOTE")) return Model(std::move(bytes), file.filename().string());
  constexpr size_t identifier_offset = 4;  // of a flatbuffer
  if (text.size() < 8 || text.substr(identifier_offset, 4) != "TFL3") {
    throw LabError(fmt::format("{}: neither a .tflite nor a .mote file", file.string()));
  }
  CompileOptions options;
  options.target = board.target();
  return Model(compile(tflite::import_tflite(bytes, file.stem().string()), options));
}

}  // namespace mote::lab
