// MQTT 3.1.1 packets to bytes and back (OASIS Standard mqtt-v3.1.1, chapters 2 and 3): what a
// client sends and receives with QoS 0 and 1. Pure functions; decoded fields point into the input.
#pragma once

#include "core/span.hpp"
#include "core/status.hpp"

namespace mote::mqtt {

// UTF-8 without a terminating zero. data == nullptr means "not there", which differs from empty.
using Text = Span<const char>;
Text text(const char* zero_terminated);  // nullptr gives an absent text

enum class PacketType : uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  subscribe = 8,
  suback = 9,
  pingreq = 12,
  pingresp = 13,
  disconnect = 14,
};

constexpr uint32_t remaining_length_max = 268'435'455;  // section 2.2.3
constexpr size_t header_bytes_max = 5;

// Fixed header, section 2.2.
struct Header {
  PacketType type;
  uint8_t flags;          // low four bits of the first byte
  uint32_t header_bytes;  // 2 to 5
  uint32_t remaining;     // bytes that follow the header
};

struct Message {
  Text topic;
  ConstBytes payload;
  uint8_t qos = 0;  // 0 or 1
  bool retain = false;
};

struct Connect {
  Text client_id;
  Text user_name;       // absent: not sent
  ConstBytes password;  // data == nullptr: not sent; needs a user name
  Message will;         // topic absent: no will
  uint16_t keep_alive_s = 0;
  bool clean_session = true;
};

struct Publish {
  Message message;
  uint16_t packet_id = 0;  // QoS 1 only
  bool duplicate = false;
};

struct Connack {
  bool session_present;
  uint8_t return_code;  // 0 accepted, 1 to 5 refused (section 3.2.2.3)
};

struct Suback {
  uint16_t packet_id;
  uint8_t return_code;  // of the first filter: granted QoS, or 0x80 refused
};

// Encoders write one whole packet and return its size. out_of_memory: `out` is too small.
// invalid_argument: a text over 65,535 bytes, QoS over 1, packet id 0, a password without a user.
Result<size_t> encode_connect(const Connect& packet, Bytes out);
Result<size_t> encode_publish(const Publish& packet, Bytes out);
Result<size_t> encode_puback(uint16_t packet_id, Bytes out);
Result<size_t> encode_subscribe(uint16_t packet_id, Text filter, uint8_t qos, Bytes out);
Result<size_t> encode_pingreq(Bytes out);
Result<size_t> encode_disconnect(Bytes out);

// Sets the DUP flag of an encoded PUBLISH.
inline void mark_duplicate(uint8_t* publish_packet) {
  publish_packet[0] |= 0x08;
}

// Reads a fixed header. busy: more bytes are needed. protocol_error: a type or flags that no server
// may send to a client of QoS 0 and 1, or a remaining length of more than four bytes.
Result<Header> decode_header(ConstBytes in);

// Read a packet's body (what follows the fixed header, exactly). protocol_error: malformed.
Result<Connack> decode_connack(ConstBytes body);
Result<Publish> decode_publish(uint8_t flags, ConstBytes body);
Result<uint16_t> decode_puback(ConstBytes body);
Result<Suback> decode_suback(ConstBytes body);

// Whether a message may be published under this topic: 1 to 65,535 bytes, no wildcard, no NUL
// (section 4.7).
bool topic_valid(Text topic);

}  // namespace mote::mqtt
