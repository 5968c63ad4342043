// Outgoing PUBLISH packets in the order in which they were accepted: kept until they are sent
// (QoS 0) or acknowledged (QoS 1), and sent again after a reconnect. The last acknowledged ones may
// be kept for a while longer, for a broker that dies before it has stored what it acknowledged.
#pragma once

#include "device/mqtt/packet.hpp"

namespace mote::mqtt {

// What an acknowledgement was for: nothing that waited, a packet for the first time, or one that
// was acknowledged before and sent again.
enum class Acknowledged : uint8_t { nothing, first, again };

// A packet is stored encoded, in one piece, behind a small record header. Memory is the caller's
// and must outlive the queue; a packet takes its own size + 4 bytes.
class Queue {
 public:
  // replay_max: acknowledged QoS 1 packets kept for rewind(), as long as there is room.
  explicit Queue(Bytes memory, uint32_t replay_max = 0)
      : memory_(memory), replay_max_(replay_max) {}

  // Copies the message in. packet_id: not 0 for QoS 1. busy: no room until something is
  // acknowledged; out_of_memory: larger than the whole queue; invalid_argument: see packet.hpp.
  // Kept packets make room only when nothing else is in the queue.
  Status push(const Message& message, uint16_t packet_id);

  // What of the next packet remains to be written to the stream, or empty when nothing may be sent
  // now: all was sent, or in_flight() has reached in_flight_max and the next is of QoS 1.
  ConstBytes next(uint32_t in_flight_max) const;
  // `count` bytes of next() were written.
  void written(size_t count);
  // Whether a packet is written in part, so that no other packet may go out now.
  bool torn() const { return written_ > 0; }

  // Done with the packet of this id: it is removed, or kept.
  Acknowledged acknowledge(uint16_t packet_id);

  // The connection is gone: everything not acknowledged, and what was kept, is to be sent again,
  // marked as duplicate if any of it was written before. A QoS 0 packet that was written in part is
  // dropped.
  void rewind();

  uint32_t in_flight() const { return in_flight_; }  // QoS 1, written in full, not acknowledged
  uint32_t count() const { return count_; }          // packets not done with, without the kept ones
  size_t bytes() const { return used_; }

 private:
  struct Record {
    uint16_t size_and_flags;  // of the packet
    uint16_t packet_id;       // 0: QoS 0

    size_t size() const { return size_and_flags & size_max; }
    bool kept() const { return size_and_flags & kept_flag; }
    bool seen() const { return size_and_flags & seen_flag; }
  };
  static constexpr uint16_t size_max = 0x3fff;
  static constexpr uint16_t kept_flag = 0x4000;  // acknowledged on this connection
  static constexpr uint16_t seen_flag = 0x8000;  // acknowledged on some connection

  Record record_at(size_t at) const;
  void store(size_t at, const Record& record);
  void remove(size_t at);
  void forget_oldest_kept();

  Bytes memory_;
  uint32_t replay_max_;
  size_t used_ = 0;     // bytes of records
  size_t unsent_ = 0;   // offset of the first record not written in full
  size_t written_ = 0;  // bytes of that record's packet written
  uint32_t in_flight_ = 0;
  uint32_t count_ = 0;
  uint32_t kept_ = 0;
};

}  // namespace mote::mqtt
