// Computes features on this machine, with the kernels and the virtual machine of the device.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "features/recipe.hpp"

namespace mote::features {

class Extractor {
 public:
  // Compiles the recipe for windows of `length` samples of `axes` axes. Throws ir::GraphError.
  Extractor(const FeatureRecipe& recipe, int32_t length, int32_t axes);
  // Any graph from one int16 input to one float32 output, e.g. features with standardisation.
  explicit Extractor(const ir::Graph& graph);
  ~Extractor();
  Extractor(Extractor&&) noexcept;
  Extractor& operator=(Extractor&&) noexcept;

  const ir::Shape& input_shape() const;   // [length, axes]
  const ir::Shape& output_shape() const;  // recipe.hpp
  size_t input_size() const;              // values
  size_t output_size() const;             // values

  // window: input_size() counts, interleaved axes; features: output_size() values. Throws
  // std::invalid_argument for other sizes. Not for two threads at once: give each its own.
  void run(std::span<const int16_t> window, std::span<float> features);
  std::vector<float> run(std::span<const int16_t> window);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mote::features
