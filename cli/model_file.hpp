// Model files as commands read and write them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::cli {

// Throws std::runtime_error naming the file.
std::vector<uint8_t> read_file(const std::filesystem::path& path);

// Written beside and renamed, so that a failure leaves the old file whole. Throws
// std::runtime_error naming the file.
void write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes);

// The graph of a .tflite or .onnx file, or of a .graph file of a training run (the text form of
// compiler/ir/text.hpp). Throws ir::GraphError, and std::runtime_error for a .mote package, which
// holds kernels instead of operators.
ir::Graph import_model_file(const std::filesystem::path& path);

}  // namespace mote::cli
