#include "lab/batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <future>

#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "lab/model.hpp"
#include "lab/qemu.hpp"
#include "lab/runner.hpp"

namespace mote::lab {
namespace {

// Arenas are rounded up to this, so that few different images serve all packages.
constexpr uint32_t arena_step = 32 * 1024;

Batch run_on_host(const Model& model, std::span<const uint8_t> windows) {
  struct alignas(16) Block {
    uint8_t bytes[16];
  };
  std::vector<Block> flash(model.package().size() / sizeof(Block) + 1);
  std::memcpy(flash.data(), model.package().data(), model.package().size());
  std::vector<Block> memory(model.arena_bytes() / sizeof(Block) + 1);
  auto* arena = reinterpret_cast<uint8_t*>(memory.data());
  Vm vm;
  Status status = vm.load({flash.data()->bytes, model.package().size()}, board_kernels);
  if (status == Status::ok) status = vm.reset({arena, vm.arena_bytes()});
  Batch batch{model.output_bytes(), {}, {}};
  for (size_t at = 0; at < windows.size() && status == Status::ok;) {
    WholeInput whole{windows.data() + at};
    for (size_t i = 0; i < vm.package().header().input_count; ++i) {
      const Bytes input = vm.input(i, arena);
      if (input.data != nullptr) std::memcpy(input.data, windows.data() + at, input.size);
      at += input.size;
    }
    const InputSource source = whole.source();
    status = vm.run({arena, vm.arena_bytes()}, &source);
    for (size_t i = 0; i < vm.package().header().output_count; ++i) {
      const Bytes output = vm.output(i, arena);
      batch.outputs.insert(batch.outputs.end(), output.begin(), output.end());
    }
  }
  if (status != Status::ok) {
    throw LabError(
        fmt::format("{}: running on this host failed: {}", model.name(), status_text(status)));
  }
  return batch;
}

// One image of the virtual machine serves many packages; emitted source is an image of its own.
std::filesystem::path build_image(const Board& board, const Model& model, Engine engine) {
  const auto rounded = [](uint32_t bytes) {
    return (bytes + arena_step - 1) / arena_step * arena_step;
  };
  FirmwareRequest request;
  request.sources = engine == Engine::vm
                        ? vm_sources(kernels_of(board), rounded(model.arena_bytes()), false,
                                     rounded(model.frame_bytes()))
                        : engine_sources(model, engine, false);
  for (SourceFile& source : runner_sources(board)) request.sources.push_back(std::move(source));
  return build_firmware(board, request);
}

}  // namespace

Batch run_batch(const Board& board, std::span<const uint8_t> package,
                std::span<const uint8_t> windows, const BatchOptions& options) {
  return run_batch(board, Model({package.begin(), package.end()}, "package"), Engine::vm, windows,
                   options);
}

Batch run_batch(const Board& board, const Model& model, Engine engine,
                std::span<const uint8_t> windows, const BatchOptions& options) {
  const size_t window_bytes = model.input_bytes();
  if (window_bytes == 0 || windows.size() % window_bytes != 0) {
    throw LabError(fmt::format("{} bytes of input don't divide into windows of {}", windows.size(),
                               window_bytes));
  }
  if (board.is_host() && engine == Engine::vm) return run_on_host(model, windows);

  const auto image = build_image(board, model, engine);
  std::span<const uint8_t> loaded;  // emitted source holds the model
  if (engine == Engine::vm) loaded = model.package();
  const size_t count = windows.size() / window_bytes;
  const size_t parts = std::clamp<size_t>(static_cast<size_t>(std::max(options.processes, 1)), 1,
                                          std::max<size_t>(count, 1));
  std::vector<std::future<RunReport>> running;
  for (size_t part = 0; part < parts; ++part) {
    const size_t first = count * part / parts, last = count * (part + 1) / parts;
    const auto share = windows.subspan(first * window_bytes, (last - first) * window_bytes);
    running.push_back(std::async(std::launch::async, [&board, image, loaded, share, &options] {
      return run_windows(board, image, loaded, share, options.time_max);
    }));
  }
  Batch batch{model.output_bytes(), {}, {}};
  for (auto& part : running) {
    const RunReport report = part.get();
    batch.outputs.insert(batch.outputs.end(), report.outputs.begin(), report.outputs.end());
    if (!board.counts()) continue;
    for (uint64_t ticks : report.window_ticks) {
      batch.instructions.push_back(static_cast<uint64_t>(
          std::llround(instructions_of_ticks(board, ticks, report.ticks_hz))));
    }
  }
  if (batch.outputs.size() != count * batch.output_bytes) {
    throw LabError(fmt::format("{}: {} output bytes came back where {} were expected", board.name,
                               batch.outputs.size(), count * batch.output_bytes));
  }
  return batch;
}

}  // namespace mote::lab
