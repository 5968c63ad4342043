#include "device/ports/posix/tcp_stream.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace mote::posix {
namespace {

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

Result<size_t> receive(int descriptor, Bytes data) {
  if (data.empty()) return size_t{0};
  const ssize_t count = ::recv(descriptor, data.data, data.size, 0);
  if (count > 0) return static_cast<size_t>(count);
  if (count == 0) return Status::closed;
  return would_block() ? Result<size_t>(size_t{0}) : Result<size_t>(Status::io_error);
}

Result<size_t> transmit(int descriptor, ConstBytes data) {
  const ssize_t count = ::send(descriptor, data.data, data.size, MSG_NOSIGNAL);
  if (count >= 0) return static_cast<size_t>(count);
  return would_block() ? Result<size_t>(size_t{0}) : Result<size_t>(Status::io_error);
}

}  // namespace

StreamIo socket_stream(int* descriptor) {
  return {
      descriptor, [](void*) { return Status::ok; },
      [](void* context, Bytes data) { return receive(*static_cast<int*>(context), data); },
      [](void* context, ConstBytes data) { return transmit(*static_cast<int*>(context), data); },
      [](void*) {}};
}

StreamIo TcpStream::io() {
  return {
      this, [](void* context) { return static_cast<TcpStream*>(context)->open(); },
      [](void* context, Bytes data) { return static_cast<TcpStream*>(context)->read(data); },
      [](void* context, ConstBytes data) { return static_cast<TcpStream*>(context)->write(data); },
      [](void* context) { static_cast<TcpStream*>(context)->close(); }};
}

Status TcpStream::open() {
  if (connected_) return Status::ok;
  if (descriptor_ < 0) {
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(port_);
    if (inet_pton(AF_INET, address_.c_str(), &peer.sin_addr) != 1) return Status::invalid_argument;
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0) return Status::io_error;
    const int on = 1;  // small packets that wait for an answer must not wait for company
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&peer), sizeof peer) != 0 &&
        errno != EINPROGRESS) {
      return Status::io_error;
    }
  }
  pollfd wanted{descriptor_, POLLOUT, 0};
  if (::poll(&wanted, 1, 0) == 0) return Status::busy;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
    return Status::io_error;
  }
  connected_ = true;
  return Status::ok;
}

Result<size_t> TcpStream::read(Bytes data) {
  if (!connected_) return Status::closed;
  return receive(descriptor_, data);
}

Result<size_t> TcpStream::write(ConstBytes data) {
  if (!connected_) return Status::closed;
  return transmit(descriptor_, data);
}

void TcpStream::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  connected_ = false;
}

}  // namespace mote::posix
