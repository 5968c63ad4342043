// A TCP connection as a StreamIo, for device code that runs on a host.
#pragma once

#include <cstdint>
#include <string>

#include "device/io/stream.hpp"

namespace mote::posix {

// A socket that is connected already (a socketpair's end, an accepted connection) as a StreamIo.
// Not owned; must be non-blocking and outlive the stream.
StreamIo socket_stream(int* descriptor);

class TcpStream {
 public:
  // address: an IPv4 address in dotted form. Nothing is connected before open().
  TcpStream(std::string address, uint16_t port) : address_(std::move(address)), port_(port) {}
  ~TcpStream() { close(); }
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  // Valid as long as this object.
  StreamIo io();

  // The socket, or -1; for poll(2).
  int descriptor() const { return descriptor_; }

 private:
  Status open();
  Result<size_t> read(Bytes data);
  Result<size_t> write(ConstBytes data);
  void close();

  std::string address_;
  uint16_t port_;
  int descriptor_ = -1;
  bool connected_ = false;
};

}  // namespace mote::posix
