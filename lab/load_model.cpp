#include "lab/load_model.hpp"

#include <fmt/format.h>

#include "compiler/import_model.hpp"
#include "lab/source_tree.hpp"

namespace mote::lab {

Model load_model(const std::filesystem::path& file, const Board& board,
                 const plan::PlanOptions& planning) {
  const std::string text = read_file(file);
  std::vector<uint8_t> bytes(text.begin(), text.end());
  if (text.starts_with("MOTE")) return Model(std::move(bytes), file.filename().string());
  constexpr size_t identifier_offset = 4;  // of a flatbuffer
  const std::string name = file.filename().string();
  const bool flatbuffer = text.size() >= 8 && text.substr(identifier_offset, 4) == "TFL3";
  if (model_format(name) == ModelFormat::tflite && !flatbuffer) {
    throw LabError(
        fmt::format("{}: neither a .tflite, .onnx, .graph nor .mote file", file.string()));
  }
  CompileOptions options;
  options.target = board.target();
  options.planning = planning;
  return Model(compile(import_model(bytes, name), options));
}

}  // namespace mote::lab
