// How a subcommand joins `mote`: cli/<name>_command.cpp defines one function and nothing else has
// to be touched. The build finds the file, and calls the function through a generated table:
//
//   void mote::cli::add_<name>_command(CLI::App& app, Commands& commands);
//
// The function adds `<name>` to `app`, declares its options, and hands over what it runs:
//
//   auto options = std::make_shared<Options>();
//   CLI::App* bench = app.add_subcommand("bench", "Count instructions per inference");
//   bench->add_option("MODEL", options->model, "Model to measure")->required();
//   add_json_flag(*bench, options->json);
//   add_examples(*bench, {"mote bench kws.tflite --board mps2-an386"});
//   commands.on_run(*bench, [options] { return run_bench(*options); });
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <initializer_list>
#include <stdexcept>

namespace mote::cli {

// What the process returns to the shell.
enum ExitCode : int {
  exit_ok = 0,
  exit_failure = 1,  // the command ran and failed, or what it checks does not hold
  exit_usage = 2,    // the command line itself is wrong
};

// Thrown by a running command when the combination of its options makes no sense; exits with 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Commands {
 public:
  using Run = std::function<int()>;

  // Declares what `command` runs once the whole command line has been parsed. `run` returns the
  // exit code. An exception that it lets through is printed as `mote: error: ...` and exits with 1.
  void on_run(CLI::App& command, Run run) {
    command.callback([this, &command, run = std::move(run)] {
      if (command.get_subcommands().empty()) chosen_ = run;  // else one of its own is named
    });
  }

  // The run of the subcommand named on the command line; empty before parsing.
  const Run& chosen() const { return chosen_; }

 private:
  Run chosen_;
};

// Adds `--json`: the command prints one JSON document on stdout and nothing else there.
inline void add_json_flag(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "Print the report as one JSON document");
}

// Adds an "Examples:" section to the end of `--help`, one command line each.
inline void add_examples(CLI::App& command, std::initializer_list<const char*> lines) {
  std::string footer = "\nExamples:";
  for (const char* line : lines) footer += std::string("\n  ") + line;
  command.footer(footer);
}

}  // namespace mote::cli
