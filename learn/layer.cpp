#include "learn/layer.hpp"

#include <algorithm>
#include <string>

namespace mote::learn {

const LayerDef& find_layer(std::string_view op) {
  const auto layers = all_layers();
  const auto found = std::ranges::find(layers, op, [](const LayerDef* l) { return l->op; });
  if (found != layers.end()) return **found;
  std::string known;
  for (const LayerDef* layer : layers) {
    known += (known.empty() ? "" : ", ") + std::string(layer->op);
  }
  throw ir::GraphError("op " + std::string(op) + " can't be trained; ops that can: " + known);
}

}  // namespace mote::learn
