// The application on a board: in QEMU, or natively in a thread for the board "host".
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <thread>

#include "formats/settings/settings.hpp"
#include "lab/board.hpp"
#include "lab/child.hpp"
#include "lab/source_tree.hpp"

namespace mote::lab {

class FieldDevice {
 public:
  // Boots it. package is copied. The broker is reached at 127.0.0.1:broker_port, or at broker_host
  // (an IPv4 address). Throws LabError.
  FieldDevice(const Board& board, std::span<const uint8_t> package,
              const settings::Settings& settings, const std::string& broker_host,
              uint16_t broker_port);
  ~FieldDevice();
  FieldDevice(const FieldDevice&) = delete;
  FieldDevice& operator=(const FieldDevice&) = delete;

  // The sensor's end of the sensor link: connected, non-blocking, owned by this object.
  int sensor() const { return sensor_; }
  // What the device wrote on its console so far, and what QEMU itself said.
  std::string log() const;

 private:
  struct Native;  // the application in this process

  void boot_qemu(const Board& board, const std::string& broker_host, uint16_t broker_port);
  int accept_sensor(int listener);

  ScratchFolder folder_;
  int sensor_ = -1;
  std::unique_ptr<Child> emulator_;
  std::unique_ptr<Native> native_;
};

}  // namespace mote::lab
