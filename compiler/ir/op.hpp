// The compiler's side of the op interface: what each op folder's *.op.cpp provides, and the table
// that is generated from all of them. Nothing else in the compiler names an op.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/quantization_rule.hpp"
#include "compiler/ir/target.hpp"
#include "core/kernel.hpp"

namespace mote::tflite {
class Operator;        // one operator of a .tflite file; compiler/import/tflite_operator.hpp
class OperatorWriter;  // the same in the making; compiler/export/tflite_operator_writer.hpp
}  // namespace mote::tflite

namespace mote::ir {

struct KernelInfo;

// One field of a params struct, in the struct's order.
struct Param {
  std::string name;
  std::variant<int32_t, float> value;
  bool operator==(const Param&) const = default;
};

// One argument of a kernel.
struct Operand {
  enum class Kind : uint8_t {
    tensor,    // a tensor of the graph: activation, or a constant used as it is
    constant,  // data made by lowering: packed weights, requantisation constants, tables
    scratch,   // memory that lives for this one call
  };
  Kind kind = Kind::tensor;
  TensorId tensor = no_tensor;
  std::vector<uint8_t> data;  // constant
  uint32_t bytes = 0;         // scratch
  std::string label;          // what it is, for listings and emitted source: "weights", "bias"

  static Operand of_tensor(TensorId id) { return {Kind::tensor, id, {}, 0, {}}; }
  static Operand of_scratch(uint32_t bytes) { return {Kind::scratch, no_tensor, {}, bytes, {}}; }
  template <class T>
  static Operand of_constant(std::string label, const std::vector<T>& values) {
    const auto* raw = reinterpret_cast<const uint8_t*>(values.data());
    return {Kind::constant, no_tensor, {raw, raw + values.size() * sizeof(T)}, 0, std::move(label)};
  }
};

// A node bound to a kernel. kernel == nullptr: nothing to compute, the first output is the first
// input's memory (reshape). An op's lower function leaves `kernel` to lower(), which sets the
// kernel that was chosen.
struct LoweredOp {
  const KernelInfo* kernel = nullptr;
  bool alias = false;  // set by an op's lower function: no kernel is needed here
  std::vector<Param> params;
  std::vector<Operand> operands;  // in the kernel's order
  // The output may overlap this input (both operand indices) as long as
  //   offset(output) + overlap_lead <= offset(input)
  // and the two offsets differ by a multiple of overlap_step, because the kernel has read every
  // input byte before it writes over it; -1: it may not.
  // overlap_lead: bytes; 0 for an element-wise op, which may then run in place.
  int32_t overlap_output = -1;
  int32_t overlap_input = -1;
  uint32_t overlap_lead = 0;
  uint32_t overlap_step = 1;
  // Further kernel calls of the same node, in order: one per input of a concatenation, say. They
  // name their kernel, or have the first call's; they have no calls of their own and, like the
  // first call of such a node, no overlap.
  std::vector<LoweredOp> then;

  // Calls visit(call) for this call and the further ones, in order.
  template <class Visit>
  void for_each_call(Visit&& visit) const {
    visit(*this);
    for (const LoweredOp& call : then) visit(call);
  }
};

// The params struct's fields as data.
template <class P>
std::vector<Param> make_params(const P& params) {
  std::vector<Param> fields;
  for_each_field(params, [&](const char* name, auto value) { fields.push_back({name, value}); });
  return fields;
}

// One line of an op's kernels.inc.
struct KernelInfo {
  KernelEntry entry;
  std::string_view symbol;       // C++ name of the body template
  std::string_view header;       // include path of the body
  std::string_view params_type;  // C++ name of the params struct
  std::string_view check;        // C++ name of the check function
  Isa isa;
  bool (*fits)(const Graph&, const Node&);             // dtypes, shapes and attributes it handles
  LoweredOp (*lower)(const Graph&, const Node&);       // params, packed constants, scratch
  int64_t (*instructions)(const Graph&, const Node&);  // estimate, to choose among those that fit
  bool compact = false;  // trades instructions for bytes of constants: only where size is asked for
};

// How a .tflite operator becomes a node, and the node an operator.
//
// import sets attributes. The node comes with its op name, inputs and outputs already set; their
// ids are the file's. It may move them: an op that updates state has the variable among its
// outputs.
//
// write is the way back: it writes the options that import reads, and puts inputs back where the
// file has them. Without one, the operator has the node's inputs and outputs and no options. Of an
// op's rules the first that has a write is for all its nodes, and may choose another's code.
struct TfliteRule {
  int32_t builtin_code;
  void (*import)(const tflite::Operator& source, Node& node);
  void (*write)(tflite::OperatorWriter& out) = nullptr;
  std::string_view custom_name = {};  // of a custom operator, whose builtin_code is 32
};

// What passes may know of an op without naming it.
enum class Role : uint8_t {
  other,
  linear,       // y = weights . x + bias; inputs x, weights, bias (optional)
  addition,     // y = a + b, the smaller repeated
  batch_norm,   // y = gamma * (x - mean) / sqrt(variance + epsilon) + beta per last axis
  activation,   // y = f(x), f named by OpDef::name as in attribute "activation"
  permutation,  // the axes of input 0 in the order that input 1, constant, lists
  reshape,      // input 0's values in the shape that attribute "shape" says
  quantize,     // stored values of real ones
  dequantize,   // real values of stored ones
  move,         // y = x; y may begin in front of x and overlap it
  padding,      // x with constants around it: inputs x, [rank, 2] values before and after on each
                // axis, the constant (optional, else real zero)
};

// Which axes of its inputs an op treats unlike others; what its result is when they come in another
// order follows.
enum class AxisRule : uint8_t {
  fixed,      // each has a meaning of its own: height, channel
  pointwise,  // none; shapes are aligned at their ends, and where one is smaller it repeats
  last,       // the last axis of input 0; the other inputs' axes are their own
  named,      // that of input 0 in attribute "axis"; the other inputs' axes are their own
  joined,     // that of all inputs in attribute "axis"
  listed,     // those of input 0 that input 1, constant, lists
  per_axis,   // all; constant inputs from 1 on have an entry or a row for each
};

// How the op that computes on real values is the op on int8 values that stand for them.
enum class StoredForm : uint8_t {
  none,   // it isn't, or stored values themselves count
  free,   // inputs and output have any scales and zero points
  kept,   // the output has input 0's
  moved,  // each value of the output is one of an input: all share scale and zero point
  own,    // the output has OpTraits::own_scale and own_zero
};

// How a call can compute some rows of its output (axis 1 of [1, h, w, c]) from some rows of its
// inputs. The call for rows differs from the one for the whole in these params alone.
enum class Rows : uint8_t {
  none,      // it can't
  windows,   // in_h, out_h, pad_top. Row r is made of rows r * stride_h - pad_top + k * dilation_h
             // with k below kernel_h or filter_h (all named so in the params; dilation_h may lack)
  elements,  // count (and b_count, where it equals count), or n3 of extents that are 1 but for it:
             // element i is made of elements i, and the output may be any input of its size
};

struct OpTraits {
  bool alias = false;  // no kernel needed: the output is the input's memory
  Role role = Role::other;
  int32_t channel_axis = -1;      // linear: axis of the weights that counts output channels
  bool fuses_activation = false;  // has the attribute "activation"
  // Each channel (index of the last axis) of the output depends on that channel of the inputs only,
  // and never falls when an input grows, wherever all of them have the output's channels.
  bool channelwise = false;
  // Channelwise, and f(s x) = s f(x) for s > 0 where the attribute "activation" is none or relu.
  bool homogeneous = false;
  // Linear, weights [1, h, w, out]: the op that computes the same from weights [out, h, w, 1] when
  // there is one input channel. Empty: there is none.
  std::string_view mixed_form = {};
  // Linear: with one scale for all weights, x.scale * weights.scale is rounded to float.
  bool float_scale_product = false;
  AxisRule axes = AxisRule::fixed;
  StoredForm stored = StoredForm::none;
  float own_scale = 0;
  int32_t own_zero = 0;
  Rows rows = Rows::none;
};

// An op of one row of output that can take its input some rows at a time: it adds them to sums that
// it keeps in between, and makes the output of the sums.
struct RowSums {
  bool (*fits)(const Graph&, const Node&);
  // Operands: x, of which the call gets `rows` rows; sums, as scratch. first: the sums begin here.
  LoweredOp (*add)(const Graph&, const Node&, int32_t rows, bool first);
  LoweredOp (*finish)(const Graph&, const Node&);  // operands: sums, as scratch; y
};

struct OpDef {
  std::string_view name;
  // The shape rule. Checks inputs and attributes and computes dtype and shape of the outputs. An
  // output whose shape is still empty receives them; one that has a shape must agree. Quantisation
  // of the outputs is left as it is. Throws GraphError.
  void (*infer)(Graph&, const Node&);
  int64_t (*macs)(const Graph&, const Node&);  // multiply-accumulates
  std::span<const KernelInfo> kernels;         // empty: only for floats, before passes
  std::span<const TfliteRule> tflite;
  OpTraits traits = {};
  QuantizationRule quantization = {};
  const RowSums* sums = nullptr;  // null: it takes its input whole
  // The node as nodes of other ops with the same bits, for files that can't say it: appends those
  // to the graph and returns what stands for the node's outputs, except variables. Nothing is
  // appended nor returned where the node itself can be said, or those ops don't do.
  std::vector<TensorId> (*expand)(Graph&, const Node&) = nullptr;
};

// All ops, sorted by name; generated from ops/*/*/*.op.cpp.
std::span<const OpDef* const> all_ops();
// Throws GraphError when there is no such op, naming those that exist.
const OpDef& find_op(std::string_view name);

// Of the kernels that fit the node and run on the target, compact ones apart, the one that choose()
// takes by the target's table of costs (kernel_costs.hpp), lowered. Throws GraphError naming op,
// types and target when there is none.
LoweredOp lower(const Graph& graph, const Node& node, const Target& target);
// A kernel that fits the node, and what it costs by the target's table or its own estimate; 0 where
// an op's only kernel has none.
struct FittingKernel {
  const KernelInfo* kernel;
  double instructions;
};
// All kernels that fit the node and run on the target, compact ones included, the fastest first.
std::vector<FittingKernel> fitting_kernels(const Graph& graph, const Node& node,
                                           const Target& target);
// The node lowered to a kernel that fits it.
LoweredOp lower_to(const Graph& graph, const Node& node, const KernelInfo& kernel);

// Shape-rule aid: sets or checks output `index` of `node`.
void set_output(Graph& graph, const Node& node, size_t index, DType dtype, const Shape& shape);
// Shape-rule aid: throws GraphError "op NAME (operator N): <fact>" unless `condition`.
void require(bool condition, const Node& node, const std::string& fact);

// Makes KernelInfo entries of the lines of an op's kernels.inc; a *.op.cpp writes
//   #define MOTE_OP_FOLDER "ops/nn/add"
//   #define MOTE_KERNEL MOTE_KERNEL_INFO
//   const KernelInfo kernels[] = {
//   #include "ops/nn/add/kernels.inc"
//   };
#define MOTE_KERNEL_INFO(ID, NAME, PARAMS, READS, WRITES, CHECK, ISA, VARIANT)      \
  ::mote::ir::KernelInfo{MOTE_KERNEL_ENTRY(ID, NAME, PARAMS, READS, WRITES, CHECK), \
                         #NAME,                                                     \
                         MOTE_OP_FOLDER "/" #NAME ".hpp",                           \
                         #PARAMS,                                                   \
                         #CHECK,                                                    \
                         ::mote::Isa::ISA,                                          \
                         VARIANT.fits,                                              \
                         VARIANT.lower,                                             \
                         VARIANT.instructions},

// The host-only part of a kernels.inc line, defined in *.op.cpp.
struct KernelVariant {
  bool (*fits)(const Graph&, const Node&);
  LoweredOp (*lower)(const Graph&, const Node&);
  int64_t (*instructions)(const Graph&, const Node&);
};

}  // namespace mote::ir
