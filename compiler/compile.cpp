// The table of contents of the compiler: passes, plan, emit.

#include "compiler/compile.hpp"

#include "compiler/emit/package.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/passes/passes.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"

namespace mote {
namespace {

// 16-aligned copies, since a package and an arena promise that to the device.
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t size) : blocks_((size + sizeof(Block) - 1) / sizeof(Block)) {}
  uint8_t* data() { return reinterpret_cast<uint8_t*>(blocks_.data()); }

 private:
  struct alignas(16) Block {
    uint8_t bytes[16];
  };
  std::vector<Block> blocks_;
};

uint32_t golden_checksum(const std::vector<uint8_t>& package, uint32_t seed) {
  AlignedBytes flash(package.size());
  std::copy(package.begin(), package.end(), flash.data());
  Vm vm;
  const Status loaded = vm.load({flash.data(), package.size()}, board_kernels);
  if (loaded != Status::ok) {
    throw ir::GraphError(std::string("the compiled package is refused by this host: ") +
                         status_text(loaded) + " at op " + std::to_string(vm.failed_op()));
  }
  AlignedBytes arena(vm.arena_bytes());
  uint32_t checksum = 0;
  if (vm.golden_checksum({arena.data(), vm.arena_bytes()}, seed, &checksum) != Status::ok) {
    throw ir::GraphError("the compiled package doesn't run on this host");
  }
  return checksum;
}

void refuse(const plan::Plan& plan, const char* what, int64_t needs, int64_t has,
            const std::string& advice) {
  throw ir::GraphError(plan.name + ": needs " + std::to_string(needs) + " bytes of " + what +
                       ", the budget of " + plan.target.name + " is " + std::to_string(has) + "; " +
                       advice);
}

// What a plan that is made for little RAM would need.
std::string ram_advice(const ir::Graph& graph, const CompileOptions& options) {
  const std::string general = "make the model smaller or raise the budget";
  if (options.planning.optimize == plan::Optimize::ram) return general;
  plan::PlanOptions planning = options.planning;
  planning.optimize = plan::Optimize::ram;
  const uint32_t needs = plan::make_plan(graph, options.target, planning).arena_bytes;
  const bool fits = needs <= options.target.ram_bytes;
  return "with --optimize ram it would need " + std::to_string(needs) +
         (fits ? ", which fits" : "; " + general);
}

void check_budget(const ir::Graph& graph, const Compiled& compiled, const CompileOptions& options) {
  const ir::Target& target = options.target;
  const plan::Plan& plan = compiled.plan;
  const auto package_bytes = static_cast<int64_t>(compiled.package.size());
  if (target.ram_bytes > 0 && plan.arena_bytes > target.ram_bytes) {
    refuse(plan, "RAM", plan.arena_bytes, target.ram_bytes, ram_advice(graph, options));
  }
  if (target.flash_bytes > 0 && package_bytes > target.flash_bytes) {
    refuse(plan, "flash", package_bytes, target.flash_bytes,
           "make the model smaller or raise the budget");
  }
}

}  // namespace

void run_passes(ir::Graph& graph) {
  struct Pass {
    const char* name;
    void (*run)(ir::Graph&);
  };
  static constexpr Pass passes[] = {
      {"fold_constants", [](ir::Graph& g) { passes::fold_constants(g, evaluate_on_host); }},
      {"sink_transposes", passes::sink_transposes},
      {"fold_batch_norm", passes::fold_batch_norm},
      {"fuse_bias", passes::fuse_bias},
      {"fuse_activation", passes::fuse_activation},
      {"fold_quantization", passes::fold_quantization},
      {"fuse_padding", passes::fuse_padding},
      {"sink_transposes", passes::sink_transposes},
      {"mix_single_channel", passes::mix_single_channel},
      {"remove_channels", [](ir::Graph& g) { passes::remove_channels(g, evaluate_on_host); }},
      {"remove_dead", ir::remove_dead},
  };
  ir::verify(graph);
  for (const Pass& pass : passes) {
    pass.run(graph);
#ifndef NDEBUG
    try {
      ir::verify(graph);
    } catch (const ir::GraphError& error) {
      throw ir::GraphError(std::string("pass ") + pass.name + " broke the graph: " + error.what());
    }
#endif
  }
}

Compiled compile(ir::Graph graph, const CompileOptions& options) {
  run_passes(graph);
  Compiled compiled;
  compiled.plan = plan::make_plan(graph, options.target, options.planning);
  compiled.plan.pipeline = options.pipeline;
  compiled.plan.metadata = options.metadata;
  compiled.package = emit::write_package(compiled.plan);
  check_budget(graph, compiled, options);
  if (options.golden_seed != 0) {
    compiled.package = emit::write_package(compiled.plan, options.golden_seed,
                                           golden_checksum(compiled.package, options.golden_seed));
  }
  return compiled;
}

}  // namespace mote
