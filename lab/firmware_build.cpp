#include "lab/firmware_build.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <future>
#include <set>
#include <sstream>

#include "lab/process.hpp"
#include "lab/source_tree.hpp"

namespace mote::lab {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

constexpr std::chrono::seconds build_time_max{300};

void append(Arguments& to, const Arguments& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// The compiler's full version, so that another compiler gets other cache entries.
std::string compiler_version(const Board& board) {
  const Toolchain& tools = *board.tools;
  if (!find_program(tools.compiler)) {
    throw LabError(
        fmt::format("{} is not installed; it builds the firmware for {}: apt-get install {}",
                    tools.compiler, board.name, tools.compiler_packages));
  }
  const auto told = run_process({std::string(tools.compiler), "--version"}, "/", build_time_max);
  return told.output;
}

Arguments compile_flags(const Board& board, const std::string& optimisation) {
  Arguments flags = board.flags;
  append(flags, {"-std=c++17", optimisation, "-ffp-contract=off", "-fwrapv", "-ffunction-sections",
                 "-fdata-sections", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics",
                 "-Wall", "-Wextra", "-Werror"});
  return flags;
}

void run_compiler(const Board& board, const Arguments& arguments, const std::string& what) {
  const ProcessResult result = run_process(arguments, source_tree(), build_time_max);
  if (result.exit_code == 0 && !result.timed_out) return;
  std::string messages = result.errors.substr(0, 4000);
  if (result.timed_out) messages = "no end after " + std::to_string(build_time_max.count()) + " s";
  throw LabError(fmt::format("building {} for {} failed:\n{}", what, board.name, messages));
}

class Builder {
 public:
  Builder(const Board& board, const FirmwareRequest& request)
      : board_(board),
        request_(request),
        cache_(cache_folder("firmware")),
        version_(compiler_version(board)) {}

  fs::path run() {
    std::vector<SourceFile> sources = request_.sources;
    for (const std::string& own : board_.sources) sources.push_back({own, "", {}, {}});
    std::vector<std::future<std::string>> pending;
    for (const SourceFile& source : sources) {
      pending.push_back(std::async(std::launch::async, [this, &source] { return object(source); }));
    }
    std::vector<std::string> keys;
    for (auto& object : pending) keys.push_back(object.get());
    return link(keys);
  }

 private:
  std::string object(const SourceFile& source) const {
    const bool generated = !source.text.empty();
    const std::string text = generated ? source.text : read_file(source_tree() / source.path);
    Arguments flags = compile_flags(board_, request_.optimisation);
    append(flags, source.flags);
    std::string key = fmt::format("{}\n{}\n{}\n{}\n{}\n", version_, header_digest(),
                                  fmt::join(flags, " "), source.path, text);
    for (const auto& [name, header] : source.headers) key += name + '\0' + header + '\0';
    key = sha256_hex(key);
    const fs::path object = cache_ / (key + ".o");
    if (fs::exists(object)) return key;

    const ScratchFolder scratch;
    fs::path input = source_tree() / source.path;
    if (generated) write_file(input = scratch.path() / source.path, source.text);
    for (const auto& [name, header] : source.headers) write_file(scratch.path() / name, header);
    Arguments arguments{std::string(board_.tools->compiler)};
    append(arguments, flags);
    for (const std::string& folder : board_.tools->headers) {
      append(arguments, {"-isystem", (source_tree() / folder).string()});
    }
    append(arguments, {"-I" + source_tree().string(), "-I" + scratch.path().string(), "-c", input,
                       "-o", scratch.path() / "out.o"});
    run_compiler(board_, arguments, source.path);
    keep(scratch.path() / "out.o", object);
    return key;
  }

  fs::path link(const std::vector<std::string>& keys) const {
    const std::string key = sha256_hex(fmt::format("{} {}", board_.name, fmt::join(keys, " ")));
    const fs::path image = cache_ / (key + ".elf");
    if (fs::exists(image)) return image;
    const ScratchFolder scratch;
    Arguments arguments{std::string(board_.tools->compiler)};
    append(arguments, board_.flags);
    for (const std::string& object : keys) arguments.push_back(cache_ / (object + ".o"));
    if (!board_.linker_script.empty()) {
      append(arguments, {"-nostdlib", "-Wl,--no-warn-rwx-segments"});
      for (const std::string& folder : board_.tools->script_folders) {
        arguments.push_back("-L" + (source_tree() / folder).string());
      }
      append(arguments, {"-T" + std::string(board_.linker_script), "-Wl,--start-group"});
      append(arguments, board_.tools->libraries);
      append(arguments, {"-Wl,--end-group"});
    }
    append(arguments, {"-Wl,--gc-sections", "-o", scratch.path() / "out.elf"});
    run_compiler(board_, arguments, "the image");
    keep(scratch.path() / "out.elf", image);
    return image;
  }

  // Into the cache, whole or not at all.
  static void keep(const fs::path& built, const fs::path& place) {
    write_file(place, read_file(built));
    fs::permissions(place, fs::perms::owner_all);
  }

  const Board& board_;
  const FirmwareRequest& request_;
  fs::path cache_;
  std::string version_;
};

// "arm-none-eabi-g++" -> "arm-none-eabi-nm"
std::string tool(const Board& board, const std::string& name) {
  const std::string compiler(board.tools->compiler);
  return compiler.substr(0, compiler.rfind('-') + 1) + name;
}

std::string tool_output(const Board& board, const Arguments& arguments) {
  const ProcessResult result = run_process(arguments, "/", build_time_max);
  if (result.exit_code != 0) {
    throw LabError(fmt::format("{} failed for {}: {}", arguments[0], board.name, result.errors));
  }
  return result.output;
}

struct Symbol {
  std::string name;
  uint64_t address = 0;
  int64_t bytes = 0;
};

std::vector<Symbol> read_symbols(const Board& board, const fs::path& image) {
  std::vector<Symbol> symbols;
  std::istringstream lines(tool_output(board, {tool(board, "nm"), "-C", "-S", image}));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string address, bytes, kind, name;
    if (!(fields >> address >> bytes >> kind) || !std::getline(fields >> std::ws, name)) continue;
    symbols.push_back({name, std::stoull(address, nullptr, 16), std::stoll(bytes, nullptr, 16)});
  }
  return symbols;
}

}  // namespace

std::filesystem::path build_firmware(const Board& board, const FirmwareRequest& request) {
  return Builder(board, request).run();
}

ImageSize measure_image(const Board& board, const std::filesystem::path& image,
                        const std::string& constant_prefix) {
  ImageSize size;
  const std::set<std::string> in_flash{".text", ".ARM.exidx", ".data", ".constants"};
  std::istringstream sections(tool_output(board, {tool(board, "size"), "-A", image}));
  for (std::string line; std::getline(sections, line);) {
    std::istringstream fields(line);
    std::string name;
    int64_t bytes = 0;
    if (fields >> name >> bytes && in_flash.contains(name)) size.flash_bytes += bytes;
  }
  if (constant_prefix.empty()) return size;
  for (const Symbol& symbol : read_symbols(board, image)) {
    const size_t last = symbol.name.rfind("::");
    const std::string leaf = last == std::string::npos ? symbol.name : symbol.name.substr(last + 2);
    if (leaf.starts_with(constant_prefix)) size.constant_bytes += symbol.bytes;
  }
  return size;
}

uint64_t function_address(const Board& board, const std::filesystem::path& image,
                          const std::string& name) {
  for (const Symbol& symbol : read_symbols(board, image)) {
    if (symbol.name == name) return symbol.address & ~uint64_t{1};  // bit 0: Thumb
  }
  throw LabError(fmt::format("{}: the image has no function {}", board.name, name));
}

}  // namespace mote::lab
