#include "lab/field_device.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <mutex>
#include <vector>

#include "device/app/app.hpp"
#include "device/ports/posix/clock.hpp"
#include "device/ports/posix/tcp_stream.hpp"
#include "device/vm/kernels.hpp"
#include "lab/firmware_build.hpp"
#include "lab/model.hpp"
#include "lab/qemu.hpp"

namespace mote::lab {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t package_flash_bytes = 2u << 20;  // MODEL in the linker scripts
constexpr uint64_t settings_page_bytes = 4096;      // device/app/firmware_main.cpp

std::vector<SourceFile> application_sources(const Board& board) {
  std::vector<SourceFile> sources;
  for (const char* path :
       {"device/app/firmware_main.cpp", "device/app/app.cpp", "device/app/sensor_link.cpp",
        "device/mqtt/client.cpp", "device/mqtt/packet.cpp", "device/mqtt/queue.cpp",
        "device/pipeline/pipeline.cpp", "device/vm/vm.cpp"}) {
    sources.push_back({path, "", {}, {}});
  }
  sources.push_back(kernel_table(kernels_of(board)));
  return sources;
}

std::string loader(const fs::path& file, uint64_t address) {
  return fmt::format("loader,file={},addr={:#x},force-raw=on", file.string(), address);
}

std::string_view text_of(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

// The application as a thread: the same App, on a socket pair and a TCP connection.
struct FieldDevice::Native {
  struct alignas(16) Block {
    uint8_t bytes[16];
  };

  Native(std::span<const uint8_t> bytes, const settings::Settings& settings, int sensor,
         const std::string& broker_host, uint16_t broker_port)
      : package(bytes.size() / sizeof(Block) + 1),
        arena(arena_bytes / sizeof(Block)),
        ring(ring_values),
        history(history_values),
        sensor_end(sensor),
        network(broker_host, broker_port) {
    std::memcpy(package.data(), bytes.data(), bytes.size());
    AppConfig config = {};
    config.sensor = posix::socket_stream(&sensor_end);
    config.network = network.io();
    config.clock = posix::clock();
    config.log = {this, [](void* self, const char* line, size_t size) {
                    Native& native = *static_cast<Native*>(self);
                    const std::lock_guard lock(native.mutex);
                    native.log.append(line, size);
                  }};
    config.settings = settings;
    config.package = {package[0].bytes, bytes.size()};
    config.kernels = &board_kernels;
    config.memory = {{ring.data(), ring.size()},
                     {history.data(), history.size()},
                     {arena[0].bytes, arena_bytes}};
    app = std::make_unique<App>(config);
    thread = std::thread([this] { run(); });
  }
  ~Native() {
    stopping = true;
    thread.join();
    ::close(sensor_end);
  }
  void run() {
    if (app->start() == Status::ok) {
      while (!stopping && !app->finished()) {
        if (app->step()) continue;
        pollfd watched[2] = {{sensor_end, POLLIN, 0}, {network.descriptor(), POLLIN, 0}};
        ::poll(watched, 2, 1);
      }
    }
    ::shutdown(sensor_end, SHUT_RDWR);
  }

  // As on the virtual boards, device/app/firmware_main.cpp.
  static constexpr size_t arena_bytes = 192 * 1024, ring_values = 32 * 1024, history_values = 2048;
  std::vector<Block> package, arena;
  std::vector<int16_t> ring;
  std::vector<float> history;
  int sensor_end;
  posix::TcpStream network;
  std::unique_ptr<App> app;
  std::mutex mutex;
  std::string log;
  std::atomic<bool> stopping = false;
  std::thread thread;
};

FieldDevice::FieldDevice(const Board& board, std::span<const uint8_t> package,
                         const settings::Settings& settings, const std::string& broker_host,
                         uint16_t broker_port) {
  settings::Settings sealed = settings;
  settings::seal(&sealed);
  if (!settings::read({reinterpret_cast<const uint8_t*>(&sealed), sizeof sealed}).ok()) {
    throw LabError(
        fmt::format("device '{}' in partition '{}': a name must not be empty or hold "
                    "any of / + #",
                    sealed.device, sealed.partition));
  }
  if (board.is_host()) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
      throw LabError(std::string("no socket pair: ") + std::strerror(errno));
    }
    sensor_ = ends[0];
    native_ = std::make_unique<Native>(package, sealed, ends[1], broker_host, broker_port);
    return;
  }
  if (board.is_process()) {
    throw LabError(
        fmt::format("{} has no serial lines to a broker and a sensor; choose host or a "
                    "virtual board",
                    board.name));
  }
  if (package.size() > package_flash_bytes - settings_page_bytes) {
    throw LabError(fmt::format("the package has {} bytes; the board has room for {}",
                               package.size(), package_flash_bytes - settings_page_bytes));
  }
  write_file(folder_.path() / "model.mote", text_of(package));
  write_file(folder_.path() / "settings.bin",
             {reinterpret_cast<const char*>(&sealed), sizeof sealed});
  boot_qemu(board, broker_host, broker_port);
}

FieldDevice::~FieldDevice() {
  emulator_.reset();
  native_.reset();
  if (sensor_ >= 0) ::close(sensor_);
}

void FieldDevice::boot_qemu(const Board& board, const std::string& broker_host,
                            uint16_t broker_port) {
  if (board.uarts < 3) {
    throw LabError(fmt::format(
        "{} has no serial lines for sensor, broker and log ({} of 3), so no device runs "
        "there; `mote bench` and `mote evaluate` do",
        board.name, board.uarts));
  }
  const fs::path image = build_firmware(board, {application_sources(board)});
  const fs::path path = folder_.path() / "sensor";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) {
    throw LabError(path.string() + ": too long for a socket's name; set TMPDIR to a shorter path");
  }
  std::strcpy(address.sun_path, path.c_str());
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 ||
      ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, 1) != 0) {
    throw LabError(path.string() + ": " + std::strerror(errno));
  }
  const uint64_t settings_address =
      board.package_address + package_flash_bytes - settings_page_bytes;
  // The link to the broker is dialled again one second after it was lost. A UART writes byte by
  // byte: without nodelay every event would wait for TCP's delayed acknowledgement.
  const std::string network = fmt::format(
      "socket,id=network,host={},port={},reconnect=1,nodelay=on", broker_host, broker_port);
  std::vector<std::string> arguments = emulator_arguments(board);
  arguments.insert(arguments.end(),
                   {"-chardev", "socket,id=sensor,path=" + path.string(), "-serial",
                    "chardev:sensor", "-chardev", network, "-serial", "chardev:network", "-serial",
                    "file:" + (folder_.path() / "console.log").string(), "-kernel", image.string(),
                    "-device", loader(folder_.path() / "model.mote", board.package_address),
                    "-device", loader(folder_.path() / "settings.bin", settings_address)});
  emulator_ = std::make_unique<Child>(arguments, (folder_.path() / "qemu.log").string());
  sensor_ = accept_sensor(listener);
}

int FieldDevice::accept_sensor(int listener) {
  constexpr int wait_ms = 20'000;
  pollfd watched{listener, POLLIN, 0};
  const int ready = ::poll(&watched, 1, wait_ms);
  const int descriptor =
      ready > 0 ? ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC) : -1;
  ::close(listener);
  if (descriptor < 0) throw LabError("QEMU did not start; it says:\n" + log());
  return descriptor;
}

std::string FieldDevice::log() const {
  if (native_) {
    const std::lock_guard lock(native_->mutex);
    return native_->log;
  }
  std::string text;
  for (const char* name : {"console.log", "qemu.log"}) {
    if (fs::exists(folder_.path() / name)) text += read_file(folder_.path() / name);
  }
  return text;
}

}  // namespace mote::lab
