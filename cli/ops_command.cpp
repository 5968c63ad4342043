// mote ops: what the compiler knows.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/list_ops.hpp"

namespace mote::cli {
namespace {

using Json = nlohmann::json;

struct Options {
  bool markdown = false;
  bool json = false;
};

int run_ops(const Options& options) {
  if (options.markdown) {
    fmt::print("{}", list_ops());
    return exit_ok;
  }
  Json all = Json::array();
  Table table({"op", "TensorFlow Lite", "kernels"});
  for (const ir::OpDef* op : ir::all_ops()) {
    const auto names = tflite::operators_of(*op);
    Json kernels = Json::array();
    for (const ir::KernelInfo& kernel : op->kernels) kernels.push_back(kernel.symbol);
    std::string joined;
    for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
    table.add({std::string(op->name), joined, std::to_string(op->kernels.size())});
    all.push_back({{"op", op->name}, {"tflite", names}, {"kernels", kernels}});
  }
  if (options.json) {
    print_json(all);
  } else {
    fmt::print("{}", table.text());
  }
  return exit_ok;
}

}  // namespace

void add_ops_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command ops = mote.subcommand("ops", "List the operators that can be compiled");
  ops.flag("--markdown", options->markdown, "Print the page docs/ops.md");
  ops.json_flag(options->json);
  ops.examples({"mote ops", "mote ops --json", "mote ops --markdown > docs/ops.md"});
  ops.on_run([options] { return run_ops(*options); });
}

}  // namespace mote::cli
