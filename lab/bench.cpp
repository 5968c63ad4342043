#include "lab/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "lab/count_classes.hpp"
#include "lab/qemu.hpp"
#include "lab/runner.hpp"

namespace mote::lab {
namespace {

constexpr std::chrono::seconds time_max{600};
// Of processes: as many windows as fit into these bytes, so that one undisturbed is among them.
constexpr size_t host_window_bytes = 8 << 20;
constexpr size_t host_repetitions_min = 20, host_repetitions_max = 1000;

int64_t instructions(const Board& board, uint64_t ticks, const RunReport& report) {
  return std::llround(instructions_of_ticks(board, ticks, report.ticks_hz));
}

class Bench {
 public:
  Bench(const Board& board, const Model& model, const BenchOptions& options)
      : board_(board), model_(model), options_(options) {}

  BenchReport run() {
    require_kernels();
    measure_total();
    measure_ops();
    if (options_.cycles) measure_cycles();
    if (!board_.is_process()) measure_size();
    return std::move(report_);
  }

  std::vector<BenchOp> run_ops() {
    require_kernels();
    measure_ops();
    return std::move(report_.ops);
  }

 private:
  // Other sets' kernels would run portably, and their cost would say nothing.
  void require_kernels() const {
    const ir::Target target = board_.target();
    for (const ir::KernelInfo* kernel : model_.kernels()) {
      if (kernel == nullptr || target.runs(kernel->isa)) continue;
      throw LabError(fmt::format(
          "{}: its kernel {} is for instructions that {} doesn't have; compile the model for {}",
          model_.name(), kernel->symbol, board_.name, board_.name));
    }
  }

  std::filesystem::path build(std::vector<SourceFile> sources, bool with_runner) const {
    FirmwareRequest request{std::move(sources), options_.optimisation};
    if (with_runner) {
      for (SourceFile& source : runner_sources(board_)) {
        request.sources.push_back(std::move(source));
      }
    }
    return build_firmware(board_, request);
  }

  size_t repetitions(size_t window_bytes) const {
    if (!board_.is_host()) return 2;
    return std::clamp(host_window_bytes / std::max<size_t>(window_bytes, 1), host_repetitions_min,
                      host_repetitions_max);
  }

  // The same window twice: the first paints the stack, the last is what counts.
  std::vector<uint8_t> windows() const {
    const std::vector<uint8_t> window = model_.generate_input(options_.input_seed);
    std::vector<uint8_t> all;
    for (size_t i = 0; i < repetitions(window.size()); ++i) {
      all.insert(all.end(), window.begin(), window.end());
    }
    return all;
  }

  std::vector<uint8_t> package() const {
    return options_.engine == Engine::vm ? model_.package() : std::vector<uint8_t>{};
  }

  RunReport run_image(bool profile) const {
    const auto image = build(engine_sources(model_, options_.engine, profile), true);
    return run_windows(board_, image, package(), windows(), time_max);
  }

  void measure_cycles() {
    const auto image = build(engine_sources(model_, options_.engine, false), true);
    report_.classes = count_classes(board_, image, package(), windows(), time_max);
    if (const auto model = cycle_model(board_.name)) report_.cycles = (*model)(*report_.classes);
  }

  void measure_total() {
    const RunReport run = run_image(false);
    const auto bytes = static_cast<std::ptrdiff_t>(model_.output_bytes());
    if (std::ssize(run.outputs) < bytes) {
      throw LabError(fmt::format("{}: no output came back", board_.name));
    }
    report_.output.assign(run.outputs.end() - bytes, run.outputs.end());
    report_.arena_bytes = run.arena_bytes;
    report_.frame_bytes = model_.frame_bytes();
    if (board_.is_host()) {
      report_.microseconds = static_cast<double>(std::ranges::min(run.window_ticks)) / 1e3;
      return;
    }
    if (!board_.counts()) return;
    report_.instructions = instructions(board_, run.window_ticks.back(), run);
    report_.stack_bytes = run.stack_bytes;
    if (options_.engine == Engine::vm) {
      report_.load_instructions = instructions(board_, run.load_ticks, run);
    }
  }

  void measure_ops() {
    if (!options_.ops) return;
    const bool measured = board_.is_host() || board_.counts();
    RunReport run;
    if (measured) run = run_image(true);
    const auto ops = model_.reader().ops();
    if (measured && run.op_ticks.size() != ops.size) {
      throw LabError(fmt::format("{}: {} operators, {} of them measured", model_.name(), ops.size,
                                 run.op_ticks.size()));
    }
    if (model_.plan()) {
      for (const plan::PlannedOp& op : model_.plan()->ops) entries_[op.layer] = 0;
      for (auto& [layer, entry] : entries_) {
        entry = report_.ops.size();
        report_.ops.push_back({});
      }
    }
    for (size_t i = 0; i < ops.size; ++i) {
      BenchOp& op = op_of(i);
      if (board_.is_host()) {
        op.microseconds += static_cast<double>(run.op_ticks[i]) / 1e3;
      } else if (measured) {
        op.instructions = op.instructions.value_or(0) + instructions(board_, run.op_ticks[i], run);
      }
    }
  }

  // The report's entry for the package's op: calls of one layer share one.
  BenchOp& op_of(size_t index) {
    const ir::KernelInfo* kernel = find_kernel(model_.reader().ops()[index].kernel);
    const std::string symbol(kernel == nullptr ? "caller" : kernel->symbol);
    if (!model_.plan()) return report_.ops.emplace_back(BenchOp{symbol, symbol, 0, {}, 0});
    const plan::PlannedOp& planned = model_.plan()->ops[index];
    BenchOp& op = report_.ops[entries_.at(planned.layer)];
    op.macs += planned.macs;
    // Named by its kernel's call, not by what brings or moves its rows.
    if (op.name.empty() || planned.macs > 0) {
      op.name = kernel == nullptr ? "" : planned.name;
      op.kernel = symbol;
    }
    return op;
  }

  void measure_size() {
    auto sources = engine_sources(model_, options_.engine, false);
    sources.push_back({"lab/firmware/size_main.cpp", "", {}, {}});
    if (options_.engine == Engine::vm) {
      sources.push_back({"lab/firmware/clock_board.cpp", "", {}, {}});
    }
    const bool code = options_.engine == Engine::code;
    const ImageSize whole =
        measure_image(board_, build(std::move(sources), false), code ? "constant_" : "");
    const ImageSize empty =
        measure_image(board_, build({{"device/ports/qemu/empty.cpp", "", {}, {}}}, false), "");
    report_.code_bytes = whole.flash_bytes - whole.constant_bytes - empty.flash_bytes;
    report_.data_bytes =
        code ? whole.constant_bytes : static_cast<int64_t>(model_.package().size());
  }

  const Board& board_;
  const Model& model_;
  const BenchOptions& options_;
  BenchReport report_;
  std::map<int32_t, size_t> entries_;  // of report_.ops, by layer
};

}  // namespace

BenchReport bench(const Board& board, const Model& model, const BenchOptions& options) {
  return Bench(board, model, options).run();
}

std::vector<BenchOp> bench_ops(const Board& board, const Model& model,
                               const BenchOptions& options) {
  return Bench(board, model, options).run_ops();
}

}  // namespace mote::lab
