// Outgoing PUBLISH packets in the order in which they were accepted: kept until they are sent
// (QoS 0) or acknowledged (QoS 1), and sent again after a reconnect.
#pragma once

#include "device/mqtt/packet.hpp"

namespace mote::mqtt {

// A packet is stored encoded, in one piece, behind a small record header. Memory is the caller's
// and must outlive the queue; a packet takes its own size + 4 bytes.
class Queue {
 public:
  explicit Queue(Bytes memory) : memory_(memory) {}

  // Copies the message in. packet_id: not 0 for QoS 1. busy: no room until something is
  // acknowledged; out_of_memory: larger than the whole queue; invalid_argument: see packet.hpp.
  Status push(const Message& message, uint16_t packet_id);

  // What of the next packet remains to be written to the stream, or empty when nothing may be sent
  // now: all was sent, or in_flight() has reached in_flight_max and the next is of QoS 1.
  ConstBytes next(uint32_t in_flight_max) const;
  // `count` bytes of next() were written.
  void written(size_t count);
  // Whether a packet is written in part, so that no other packet may go out now.
  bool torn() const { return written_ > 0; }

  // Removes the packet that this id acknowledges. False: none waits for it.
  bool acknowledge(uint16_t packet_id);

  // The connection is gone: everything not acknowledged is to be sent again, marked as duplicate if
  // any of it was written before. A QoS 0 packet that was written in part is dropped.
  void rewind();

  uint32_t in_flight() const { return in_flight_; }  // QoS 1, written in full, not acknowledged
  uint32_t count() const { return count_; }          // packets not done with
  size_t bytes() const { return used_; }

 private:
  struct Record {
    uint16_t size;       // of the packet
    uint16_t packet_id;  // 0: QoS 0
  };

  Record record_at(size_t at) const;
  void remove(size_t at);

  Bytes memory_;
  size_t used_ = 0;     // bytes of records
  size_t unsent_ = 0;   // offset of the first record not written in full
  size_t written_ = 0;  // bytes of that record's packet written
  uint32_t in_flight_ = 0;
  uint32_t count_ = 0;
};

}  // namespace mote::mqtt
