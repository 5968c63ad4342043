// Import rules of recurrent layers. Sequences begin from the initial state in every inference.

#include <algorithm>

#include "compiler/import/onnx_operator.hpp"

namespace mote::onnx {
namespace {

// What the layers have in common. Inputs: x, weights of x, weights of the hidden state, biases,
// lengths, initial hidden state.
struct Layer {
  Operator& op;
  int64_t steps, batches, inputs, cells, gates, directions;
  bool batch_first;
  std::string direction;

  Layer(Operator& of, int64_t gate_count)
      : op(of),
        gates(gate_count),
        batch_first(of.integer("layout", 0) != 0),
        direction(of.text("direction", "forward")) {
    const ir::Shape x = op.shape_copy(op.input(0));
    const ir::Shape w = op.shape_copy(op.input(1));
    const ir::Shape r = op.shape_copy(op.input(2));
    op.require(x.size() == 3 && w.size() == 3 && r.size() == 3,
               "input and weights must have three axes");
    op.require(direction == "forward" || direction == "reverse" || direction == "bidirectional",
               "direction " + direction + " is not supported");
    steps = x[batch_first ? 1 : 0];
    batches = x[batch_first ? 0 : 1];
    inputs = x[2];
    cells = r[2];
    directions = direction == "bidirectional" ? 2 : 1;
    const auto rows = static_cast<int32_t>(gates * cells);
    op.require(
        w[0] == directions && w[1] == rows && w[2] == inputs && r[0] == directions && r[1] == rows,
        "weights don't fit the input");
    op.require(op.integer("hidden_size", cells) == cells, "hidden_size differs from the weights'");
    op.require(batches * cells <= 1 << 24, "the state is too large");
    op.require(!op.has("clip"), "clipping is not supported");
    if (!op.has_input(4)) return;
    for (const int64_t length : op.constant_integers(4)) {
      op.require(length == steps, "sequences of different lengths are not supported");
    }
  }

  bool backwards(int64_t d) const { return direction == "reverse" || d == 1; }

  // Throws unless the activations, of each direction, are these.
  void require_activations(const std::vector<std::string>& expected) const {
    const auto* given = op.find("activations");
    if (given == nullptr) return;
    for (int i = 0; i < given->strings_size(); ++i) {
      op.require(given->strings(i) == expected[static_cast<size_t>(i) % expected.size()],
                 "activation " + given->strings(i) + " is not supported here");
    }
  }

  // Part of direction d of an input, without the axis of directions: rows [begin, begin + count).
  TensorId rows(size_t at, int64_t d, int64_t begin, int64_t count) const {
    const TensorId own = op.part(op.input(at), 0, d, 1);
    const ir::Shape shape = op.shape_copy(own);
    const TensorId flat = op.reshaped(own, {shape.begin() + 1, shape.end()});
    return op.part(flat, 0, begin, count);
  }

  // Initial state from input `at`, zeros when it is missing: [batches, cells].
  TensorId initial(size_t at, int64_t d) const {
    if (!op.has_input(at)) {
      return op.reals({static_cast<int32_t>(batches), static_cast<int32_t>(cells)},
                      std::vector<float>(static_cast<size_t>(batches * cells), 0.0f));
    }
    const TensorId own = op.part(op.input(at), batch_first ? 1 : 0, d, 1);
    return op.reshaped(own, {batches, cells});
  }

  // Whether there is no initial state, or one that is known to be zero.
  bool starts_at_zero(size_t at) const {
    if (!op.has_input(at)) return true;
    const ir::Tensor& tensor = op.tensor(op.input(at));
    return tensor.constant &&
           std::ranges::all_of(tensor.data, [](uint8_t byte) { return byte == 0; });
  }

  int64_t time_axis() const { return batch_first ? 1 : 0; }
  TensorId reversed(TensorId x) const { return op.emit("reverse", {x, op.indices({time_axis()})}); }
  TensorId input_of(int64_t d) const { return backwards(d) ? reversed(op.input(0)) : op.input(0); }

  // y [steps, batches, cells] of each direction (batches first if so said), in the order of its own
  // steps, as the node's first two outputs.
  void set_results(const std::vector<TensorId>& ys) const {
    std::vector<TensorId> all, last;
    for (int64_t d = 0; d < directions; ++d) {
      const TensorId y = ys[static_cast<size_t>(d)];
      const TensorId end = op.part(y, static_cast<size_t>(time_axis()), steps - 1, 1);
      last.push_back(batch_first ? op.reshaped(end, {batches, 1, cells})
                                 : op.reshaped(end, {1, batches, cells}));
      const TensorId in_time = backwards(d) ? reversed(y) : y;
      all.push_back(batch_first ? op.reshaped(in_time, {batches, steps, 1, cells})
                                : op.reshaped(in_time, {steps, 1, batches, cells}));
    }
    op.results = {together(all, batch_first ? 2 : 1), together(last, batch_first ? 1 : 0)};
  }
  TensorId together(const std::vector<TensorId>& parts, int64_t axis) const {
    return parts.size() == 1 ? parts[0] : op.emit("concat", parts, {{"axis", axis}});
  }
};

// Sum of the biases of x's and of the hidden state's products.
TensorId bias_sum(const Layer& l, int64_t d, int64_t gate) {
  const int64_t cells = l.cells;
  if (!l.op.has_input(3)) {
    return l.op.reals({static_cast<int32_t>(cells)},
                      std::vector<float>(static_cast<size_t>(cells), 0.0f));
  }
  return l.op.emit(
      "add", {l.rows(3, d, gate * cells, cells), l.rows(3, d, (l.gates + gate) * cells, cells)});
}

void import_lstm(Operator& op) {
  const Layer l(op, 4);
  l.require_activations({"Sigmoid", "Tanh", "Tanh"});
  op.require(op.integer("input_forget", 0) == 0, "coupled gates are not supported");
  op.require(!op.has_input(7), "peepholes are not supported");
  std::vector<TensorId> ys, cells;
  const std::vector<int64_t> order{0, 2, 3, 1};  // input, forget, cell, output
  for (int64_t d = 0; d < l.directions; ++d) {
    std::vector<TensorId> from{l.input_of(d)};
    for (const size_t weights : {1u, 2u}) {
      for (const int64_t gate : order) from.push_back(l.rows(weights, d, gate * l.cells, l.cells));
    }
    for (const int64_t gate : order) from.push_back(bias_sum(l, d, gate));
    std::vector<TensorId> states;
    if (op.wants(2) || !l.starts_at_zero(5) || !l.starts_at_zero(6)) {
      states = {op.variable(l.initial(5, d)), op.variable(l.initial(6, d))};
    }
    from.insert(from.end(), states.begin(), states.end());
    const int64_t time_major = l.batch_first ? 0 : 1;
    ys.push_back(op.emit_with("lstm", from, {{"time_major", time_major}}, states));
    if (!op.wants(2)) continue;
    const TensorId state = op.emit("read_variable", {states[1]});
    cells.push_back(l.batch_first ? op.reshaped(state, {l.batches, 1, l.cells})
                                  : op.reshaped(state, {1, l.batches, l.cells}));
  }
  l.set_results(ys);
  if (op.wants(2)) op.results.push_back(l.together(cells, l.batch_first ? 1 : 0));
}

void import_gru(Operator& op) {
  const Layer l(op, 3);
  l.require_activations({"Sigmoid", "Tanh"});
  std::vector<TensorId> ys;
  for (int64_t d = 0; d < l.directions; ++d) {
    const int64_t rows = 3 * l.cells;
    const TensorId bias =
        op.has_input(3) ? op.reshaped(l.rows(3, d, 0, 2 * rows), {2, rows}) : ir::no_tensor;
    std::vector<TensorId> from{l.input_of(d), l.rows(1, d, 0, rows), l.rows(2, d, 0, rows), bias};
    const int64_t time_major = l.batch_first ? 0 : 1;
    const int64_t after = op.integer("linear_before_reset", 0) != 0;
    const Attributes attributes{{"time_major", time_major}, {"reset_after", after}};
    std::vector<TensorId> state;
    if (!l.starts_at_zero(5)) state = {op.variable(l.initial(5, d))};
    from.insert(from.end(), state.begin(), state.end());
    ys.push_back(op.emit_with("gru", from, attributes, state));
  }
  l.set_results(ys);
}

// h <- f(w . x[t] + r . h + b), step by step.
void import_rnn(Operator& op) {
  constexpr int64_t steps_max = 256;
  const Layer l(op, 1);
  const auto* activations = op.find("activations");
  const std::string f =
      activations == nullptr || activations->strings_size() == 0 ? "Tanh" : activations->strings(0);
  l.require_activations({f});
  op.require(f == "Tanh" || f == "Relu" || f == "Sigmoid", "activation " + f + " is not supported");
  op.require(l.steps <= steps_max,
             "over " + std::to_string(steps_max) + " steps are not supported");
  const char* name = f == "Tanh" ? "tanh" : f == "Relu" ? "relu" : "logistic";
  std::vector<TensorId> ys;
  const auto time = static_cast<size_t>(l.time_axis());
  for (int64_t d = 0; d < l.directions; ++d) {
    const TensorId of_x =
        op.emit("fully_connected", {l.input_of(d), l.rows(1, d, 0, l.cells), bias_sum(l, d, 0)},
                {{"keep_dims", int64_t{1}}});
    const TensorId r = l.rows(2, d, 0, l.cells);
    TensorId hidden = l.initial(5, d);
    std::vector<TensorId> steps;
    for (int64_t t = 0; t < l.steps; ++t) {
      const TensorId x = op.reshaped(op.part(of_x, time, t, 1), {l.batches, l.cells});
      hidden = op.emit(name, {op.emit("add", {x, op.emit("fully_connected", {hidden, r})})});
      steps.push_back(l.batch_first ? op.reshaped(hidden, {l.batches, 1, l.cells})
                                    : op.reshaped(hidden, {1, l.batches, l.cells}));
    }
    ys.push_back(l.together(steps, l.time_axis()));
  }
  l.set_results(ys);
}

constexpr Rule rules[] = {{"GRU", import_gru}, {"LSTM", import_lstm}, {"RNN", import_rnn}};

}  // namespace

std::span<const Rule> recurrent_rules() {
  return rules;
}

}  // namespace mote::onnx
