// Turns a feature recipe into operators of a graph.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "features/recipe.hpp"

namespace mote::features {

// Appends the recipe's operators behind `input`, int16 [length, axes], and returns the features,
// float32 in the shape that recipe.hpp states. An empty list of blocks means the raw samples.
// Throws ir::GraphError naming the operator, the attribute and its allowed values.
ir::TensorId append_features(ir::Graph& graph, ir::TensorId input, const FeatureRecipe& recipe);

// How many columns of `features` are standardised apart from each other: frequency by axis of an
// image (all times share), every value of a vector, the axes of raw samples.
int32_t standardized_columns(const ir::Tensor& features);

// Appends y = (x - mean) / deviation. mean, deviation: standardized_columns(x) values each; a
// deviation below 1e-6 of the mean's size counts as 1, since its column carries nothing.
ir::TensorId append_standardize(ir::Graph& graph, ir::TensorId x, const std::vector<float>& mean,
                                const std::vector<float>& deviation);

// A graph that holds nothing but the features: input "window", int16 [length, axes].
ir::Graph feature_graph(const FeatureRecipe& recipe, int32_t length, int32_t axes);

}  // namespace mote::features
