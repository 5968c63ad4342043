#include "compiler/plan/small.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "compiler/ir/kernel_costs.hpp"
#include "compiler/plan/arena.hpp"

namespace mote::plan {
namespace {

using ir::LoweredOp;

// About what is measured with -Os on a Cortex-M4.
constexpr int64_t kernel_code_bytes = 1024;  // of a kernel, with what it calls
constexpr int64_t call_code_bytes = 64;      // of a call
// Times that portable kernels take longer when their code is compiled for size, shared by layers:
// kws on a Cortex-M3.
constexpr double portable_slower = 1.3;
// What a program has beside the arena, so that a small model's scratch isn't a multiple of its RAM.
constexpr int64_t other_ram_bytes = 4096;

// Code is estimated, constants are known: what takes over saves so many of these at least.
constexpr int64_t saved_bytes_min = 1024;

constexpr double flash_weight = 2, ram_weight = 0.25;

// A node with one of the kernels that fit it.
struct Form {
  std::string_view symbol;
  LoweredOp op;
  double instructions = 0;
  int64_t constant_bytes = 0;
};

bool is_portable(const ir::KernelInfo& kernel) {
  return kernel.isa == Isa::reference || kernel.isa == Isa::generic;
}

// Of each node, the number of its form.
using Chosen = std::vector<size_t>;

int64_t constant_bytes(const ir::Graph& graph, const LoweredOp& op) {
  int64_t bytes = 0;
  op.for_each_call([&](const LoweredOp& call) {
    for (const ir::Operand& operand : call.operands) {
      if (operand.kind == ir::Operand::Kind::constant) bytes += std::ssize(operand.data);
      if (operand.kind != ir::Operand::Kind::tensor) continue;
      const ir::Tensor& tensor = graph.tensor(operand.tensor);
      if (tensor.constant) bytes += tensor.byte_size();
    }
  });
  return bytes;
}

class SmallSearch {
 public:
  SmallSearch(const ir::Graph& graph, const ir::Target& target)
      : lowering_(lower_all(graph, target)), chosen_(graph.nodes.size(), 0) {
    for (size_t i = 0; i < graph.nodes.size(); ++i) add_forms(graph.nodes[i], target);
    ram_ = ram_of(chosen_);
  }

  Lowering run() {
    while (take_best_kernel()) {
    }
    return with(chosen_);
  }

 private:
  void add_forms(const ir::Node& node, const ir::Target& target) {
    const ir::Graph& graph = *lowering_.graph;
    const LoweredOp& fastest = lowering_.ops[forms_.size()];
    std::vector<Form>& forms = forms_.emplace_back();
    forms.push_back({"", fastest, 0, constant_bytes(graph, fastest)});
    const ir::KernelInfo* kernel = fastest.kernel;
    if (kernel == nullptr) return;
    forms[0].symbol = kernel->symbol;
    if (kernel->instructions == nullptr) return;
    const auto slower = [](const ir::KernelInfo& k) {
      return is_portable(k) ? portable_slower : 1;
    };
    forms[0].instructions = slower(*kernel) * ir::cost_of(graph, node, *kernel, target.costs);
    for (const auto& [other, instructions] : ir::fitting_kernels(graph, node, target)) {
      if (other->instructions == nullptr || other->symbol == kernel->symbol) continue;
      LoweredOp op = ir::lower_to(graph, node, *other);
      const int64_t bytes = constant_bytes(graph, op);
      if (bytes >= forms[0].constant_bytes) continue;
      forms.push_back({other->symbol, std::move(op), slower(*other) * instructions, bytes});
      symbols_.insert(other->symbol);
    }
  }

  Lowering with(const Chosen& chosen) const {
    Lowering lowering = lowering_;
    for (size_t i = 0; i < chosen.size(); ++i) lowering.ops[i] = forms_[i][chosen[i]].op;
    return lowering;
  }

  // Portable kernels' code is compiled anew for each layer, unless three or more share it.
  static int64_t code_bytes(const ir::KernelInfo& kernel, int64_t calls) {
    const bool anew = is_portable(kernel) && calls < shared_layers_min;
    return anew ? calls * kernel_code_bytes : kernel_code_bytes + calls * call_code_bytes;
  }

  int64_t flash_of(const Chosen& chosen) const {
    int64_t bytes = 0;
    std::map<std::string_view, std::pair<const ir::KernelInfo*, int64_t>> calls;
    for (size_t i = 0; i < chosen.size(); ++i) {
      const Form& form = forms_[i][chosen[i]];
      bytes += form.constant_bytes;
      if (form.op.kernel == nullptr) continue;
      form.op.for_each_call([&](const LoweredOp& call) {
        auto& [kernel, count] = calls[call.kernel->symbol];
        kernel = call.kernel;
        ++count;
      });
    }
    for (const auto& [symbol, call] : calls) bytes += code_bytes(*call.first, call.second);
    return bytes;
  }

  double instructions_of(const Chosen& chosen) const {
    double sum = 1;
    for (size_t i = 0; i < chosen.size(); ++i) sum += forms_[i][chosen[i]].instructions;
    return sum;
  }

  // By a layout that isn't improved.
  double ram_of(const Chosen& chosen) const {
    const Lowering lowering = with(chosen);
    const std::vector<ChainPlan> none;
    const ArenaBuffers arena(lowering, none);
    return static_cast<double>(other_ram_bytes) +
           plan_memory(arena.buffers(), arena.overlaps(), 0).bytes;
  }

  double weighed(const Chosen& chosen, double ram) const {
    return flash_weight * std::log(static_cast<double>(flash_of(chosen))) +
           std::log(instructions_of(chosen)) + ram_weight * std::log(ram);
  }

  // Layers that a kernel could take over, those first that lose fewest instructions for a byte.
  std::vector<std::pair<size_t, size_t>> candidates(std::string_view symbol) const {
    std::vector<std::pair<size_t, size_t>> found;
    for (size_t i = 0; i < forms_.size(); ++i) {
      const int64_t now = forms_[i][chosen_[i]].constant_bytes;
      for (size_t f = 1; f < forms_[i].size(); ++f) {
        if (forms_[i][f].symbol == symbol && forms_[i][f].constant_bytes < now) {
          found.emplace_back(i, f);
        }
      }
    }
    const auto loss = [this](const std::pair<size_t, size_t>& change) {
      const Form& now = forms_[change.first][chosen_[change.first]];
      const Form& then = forms_[change.first][change.second];
      return (then.instructions - now.instructions) /
             static_cast<double>(now.constant_bytes - then.constant_bytes);
    };
    std::ranges::stable_sort(found, {}, loss);
    return found;
  }

  // The layers that the kernel had best take over; RAM is looked at for all of them together.
  Chosen taken_over(std::string_view symbol) const {
    Chosen next = chosen_, best = chosen_;
    double least = weighed(chosen_, ram_);
    int64_t saved = 0;
    for (const auto& [node, form] : candidates(symbol)) {
      saved += forms_[node][chosen_[node]].constant_bytes - forms_[node][form].constant_bytes;
      next[node] = form;
      const double now = weighed(next, ram_);
      if (saved < saved_bytes_min || now >= least) continue;
      least = now;
      best = next;
    }
    return best;
  }

  bool take_best_kernel() {
    double least = weighed(chosen_, ram_);
    std::optional<std::pair<Chosen, double>> best;
    for (const std::string_view symbol : symbols_) {
      Chosen next = taken_over(symbol);
      if (next == chosen_) continue;
      const double ram = ram_of(next);
      const double now = weighed(next, ram);
      if (now >= least) continue;
      least = now;
      best = {std::move(next), ram};
    }
    if (!best) return false;
    std::tie(chosen_, ram_) = std::move(*best);
    return true;
  }

  const Lowering lowering_;
  std::vector<std::vector<Form>> forms_;  // per node, the fastest first
  std::set<std::string_view> symbols_;    // of the others
  Chosen chosen_;
  double ram_ = 0;
};

}  // namespace

Lowering lower_small(const ir::Graph& graph, const ir::Target& target) {
  return SmallSearch(graph, target).run();
}

}  // namespace mote::plan
