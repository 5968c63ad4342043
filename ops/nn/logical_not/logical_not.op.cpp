// Host half of logical_not: element-wise negation of booleans.
//
//   y = not x
//
// Input: x, booleans.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

LoweredOp lower(const Graph& graph, const Node& node) {
  return shared::lower_lookup(graph, node,
                              [](const Graph&, const Node&, int32_t x) { return x == 0 ? 1 : 0; });
}

bool fits(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == DType::boolean &&
         shared::output(graph, node).dtype == DType::boolean;
}

struct Kernels {
  KernelInfo entries[1];
  Kernels() : entries{shared::unary_kernel(0)} {
    entries[0].fits = fits;
    entries[0].lower = lower;
  }
};
const Kernels kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{87, import_tflite}};  // LOGICAL_NOT

}  // namespace

extern const OpDef logical_not_op;
const OpDef logical_not_op{"logical_not",   shared::infer_unary, shared::no_macs,
                           kernels.entries, tflite_rules,        {.axes = AxisRule::pointwise}};

}  // namespace mote
