// mote bench train: how fast this machine trains.

#include <fmt/format.h>

#include <memory>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "learn/benchmark.hpp"

namespace mote::cli {
namespace {

struct Options {
  int32_t batch = 64;
  int32_t steps = 100;
  bool json = false;
};

constexpr int32_t warmup_steps = 10;

int run_bench_train(const Options& options) {
  nlohmann::json report = nlohmann::json::array();
  Table table({"model", "batch", "samples", "CPU s", "samples per CPU-second"});
  for (const char* model : {"ds_cnn", "autoencoder"}) {
    const learn::TrainingSpeed speed =
        learn::measure_training(model, options.batch, options.steps, warmup_steps);
    report.push_back({{"model", model},
                      {"batch", speed.batch},
                      {"samples", speed.samples},
                      {"cpu_seconds", speed.cpu_seconds},
                      {"samples_per_cpu_second", speed.samples_per_second()}});
    table.add({model, std::to_string(speed.batch), std::to_string(speed.samples),
               fmt::format("{:.2f}", speed.cpu_seconds),
               fmt::format("{:.0f}", speed.samples_per_second())});
  }
  if (options.json) {
    print_json(report);
  } else {
    fmt::print("Training on one thread: forward, loss, backward, Adam\n\n{}", table.text());
  }
  return exit_ok;
}

}  // namespace

// The table of commands is sorted by name, so `bench` is there already.
void add_bench_train_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command command = mote.existing_subcommand("bench").subcommand(
      "train", "Samples per CPU-second of training on this machine");
  command.option("--batch", options->batch, "Samples per step").between(1, 4096).shows_default();
  command.option("--steps", options->steps, "Steps to measure, after warm-up")
      .between(1, 100000)
      .shows_default();
  command.json_flag(options->json);
  command.examples({"mote bench train", "mote bench train --batch 32 --json"});
  command.on_run([options] { return run_bench_train(*options); });
}

}  // namespace mote::cli
