#include "compiler/import_model.hpp"

#include "compiler/import/onnx.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/interpret.hpp"

namespace mote {

ModelFormat model_format(std::string_view file_name) {
  return file_name.ends_with(".onnx") ? ModelFormat::onnx : ModelFormat::tflite;
}

ir::Graph import_model(std::span<const uint8_t> bytes, std::string_view file_name) {
  if (model_format(file_name) == ModelFormat::tflite) {
    return tflite::import_tflite(bytes, file_name);
  }
  return onnx::import_onnx(bytes, file_name, evaluate_on_host);
}

}  // namespace mote
