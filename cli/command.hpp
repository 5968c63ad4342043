// How a subcommand joins `mote`: cli/<name>_command.cpp defines one function and nothing else has
// to be touched. The build finds the file, and calls the function through a generated table:
//
//   void mote::cli::add_<name>_command(Command& mote);
//
// The function adds `<name>` to `mote`, declares its options, and hands over what it runs:
//
//   auto options = std::make_shared<Options>();
//   Command bench = mote.subcommand("bench", "Count instructions per inference");
//   bench.option("MODEL", options->model, "Model to measure").required();
//   bench.json_flag(options->json);
//   bench.examples({"mote bench kws.tflite --board mps2-an386"});
//   bench.on_run([options] { return run_bench(*options); });
//
// Command lines are read by CLI11, which command.cpp alone includes: it is large and all inline.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

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

// Where an option's value goes: a variable that outlives parsing, and holds the default before.
using OptionValue =
    std::variant<std::string*, int32_t*, int64_t*, uint32_t*, uint64_t*, double*,
                 std::optional<std::string>*, std::optional<uint64_t>*, std::vector<std::string>*>;

// One option of a command, for saying more about it. A view: the command keeps the option.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  Option required();
  Option shows_default();                      // in --help
  Option value_name(const std::string& name);  // in --help, in place of TEXT, INT, ...
  Option separated_by(char delimiter);         // of a list: A,B,C is three values
  Option needs(const Option& other);

  // What values are let through.
  Option one_of(const std::vector<std::string>& names);
  Option existing_path();  // a file or a folder
  Option existing_file();
  Option positive();
  Option not_negative();
  template <typename T>
  Option between(T low, T high) {  // both let through
    static_assert(std::is_arithmetic_v<T>);
    if constexpr (std::is_floating_point_v<T>) {
      return between_reals(low, high);
    } else {
      return between_integers(static_cast<int64_t>(low), static_cast<int64_t>(high));
    }
  }

 private:
  Option between_integers(int64_t low, int64_t high);
  Option between_reals(double low, double high);

  CLI::Option* option_;
};

// A command or subcommand. A view: the Program keeps it.
class Command {
 public:
  using Run = std::function<int()>;

  Command(CLI::App& app, Run& chosen) : app_(&app), chosen_(&chosen) {}

  // Adds a subcommand.
  Command subcommand(const std::string& name, const std::string& help);
  // A subcommand that was added before; throws std::runtime_error if there is none.
  Command existing_subcommand(const std::string& name);
  void requires_subcommand();

  // names: "-o,--output", or "MODEL" for an argument without a name. A list takes one value each
  // time its option is given, so that an argument can follow; a list without name takes the rest.
  template <typename T>
  Option option(const std::string& names, T& value, const std::string& help) {
    return add_option(names, &value, help);
  }
  Option flag(const std::string& names, bool& value, const std::string& help);
  // An option that was added before; throws std::runtime_error if there is none.
  Option existing_option(const std::string& name);

  // Adds `--json`: the command prints one JSON document on stdout and nothing else there.
  void json_flag(bool& json);
  // Adds an "Examples:" section to the end of `--help`, one command line each.
  void examples(std::initializer_list<const char*> lines);

  // Declares what the command runs once the whole command line has been parsed. `run` returns the
  // exit code. An exception that it lets through is printed as `mote: error: ...` and exits with 1.
  void on_run(Run run);

 private:
  Option add_option(const std::string& names, OptionValue value, const std::string& help);

  CLI::App* app_;
  Run* chosen_;
};

// The whole command line.
class Program {
 public:
  // version: what --version prints.
  Program(const std::string& name, const std::string& help, const std::string& version);
  ~Program();

  Command& root() { return root_; }

  // Reads the command line into the options' variables. Returns an exit code where the program ends
  // here, with its message printed: after --help and --version, and when the line is wrong.
  std::optional<int> parse(int argc, const char* const* argv);

  // Runs the subcommand named on the command line; returns its exit code and lets its exceptions
  // through.
  int run() const { return chosen_(); }

 private:
  std::unique_ptr<CLI::App> app_;
  Command::Run chosen_;
  Command root_;
};

}  // namespace mote::cli
