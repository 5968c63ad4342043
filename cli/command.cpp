#include "cli/command.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace mote::cli {
namespace {

int print_parse_error(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  std::string path = command->get_name();
  for (const CLI::App* up = command->get_parent(); up != nullptr; up = up->get_parent()) {
    path = up->get_name() + " " + path;
  }
  std::fprintf(stderr, "mote: error: %s\nRun `%s --help` for what is allowed.\n", error.what(),
               path.c_str());
  return exit_usage;
}

}  // namespace

Option Option::required() {
  option_->required();
  return *this;
}

Option Option::shows_default() {
  option_->capture_default_str();
  return *this;
}

Option Option::value_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option Option::separated_by(char delimiter) {
  option_->delimiter(delimiter);
  return *this;
}

Option Option::needs(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

Option Option::one_of(const std::vector<std::string>& names) {
  option_->check(CLI::IsMember(names));
  return *this;
}

Option Option::existing_path() {
  option_->check(CLI::ExistingPath);
  return *this;
}

Option Option::existing_file() {
  option_->check(CLI::ExistingFile);
  return *this;
}

Option Option::positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

Option Option::not_negative() {
  option_->check(CLI::NonNegativeNumber);
  return *this;
}

Option Option::between_integers(int64_t low, int64_t high) {
  option_->check(CLI::Range(low, high));
  return *this;
}

Option Option::between_reals(double low, double high) {
  option_->check(CLI::Range(low, high));
  return *this;
}

Command Command::subcommand(const std::string& name, const std::string& help) {
  return {*app_->add_subcommand(name, help), *chosen_};
}

Command Command::existing_subcommand(const std::string& name) {
  return {*app_->get_subcommand(name), *chosen_};
}

void Command::requires_subcommand() {
  app_->require_subcommand(1);
}

Option Command::add_option(const std::string& names, OptionValue value, const std::string& help) {
  CLI::Option* option =
      std::visit([&](auto* to) { return app_->add_option(names, *to, help); }, value);
  const bool list = std::holds_alternative<std::vector<std::string>*>(value);
  if (list && !option->get_positional()) option->allow_extra_args(false);
  return Option(*option);
}

Option Command::flag(const std::string& names, bool& value, const std::string& help) {
  return Option(*app_->add_flag(names, value, help));
}

Option Command::existing_option(const std::string& name) {
  return Option(*app_->get_option(name));
}

void Command::json_flag(bool& json) {
  flag("--json", json, "Print the report as one JSON document");
}

void Command::examples(std::initializer_list<const char*> lines) {
  std::string footer = "\nExamples:";
  for (const char* line : lines) footer += std::string("\n  ") + line;
  app_->footer(footer);
}

void Command::on_run(Run run) {
  app_->callback([app = app_, chosen = chosen_, run = std::move(run)] {
    if (app->get_subcommands().empty()) *chosen = run;  // else one of its own is named
  });
}

Program::Program(const std::string& name, const std::string& help, const std::string& version)
    : app_(std::make_unique<CLI::App>(help, name)), root_(*app_, chosen_) {
  app_->set_version_flag("--version", version);
  root_.requires_subcommand();
}

Program::~Program() = default;

std::optional<int> Program::parse(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return print_parse_error(*app_, error);
  }
  return std::nullopt;
}

}  // namespace mote::cli
