// From a file to something that can be measured.
#pragma once

#include <filesystem>
#include <optional>

#include "lab/model.hpp"

namespace mote::lab {

// A .tflite or .onnx is imported and compiled for the board; a .mote is taken as it is. An .onnx is
// known by its name, the others by their content. Throws LabError or ir::GraphError naming the
// file. planning: how to plan what is compiled here.
Model load_model(const std::filesystem::path& file, const Board& board,
                 const plan::PlanOptions& planning = {});

}  // namespace mote::lab
