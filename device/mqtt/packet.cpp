#include "device/mqtt/packet.hpp"

#include <cstring>

namespace mote::mqtt {
namespace {

constexpr size_t text_bytes_max = 65535;

// Writes into a buffer whose size was checked before.
struct Writer {
  uint8_t* at;

  void byte(uint32_t value) { *at++ = static_cast<uint8_t>(value); }
  void number(uint32_t value) {
    byte(value >> 8);
    byte(value);
  }
  void bytes(const void* data, size_t size) {
    if (size) std::memcpy(at, data, size);
    at += size;
  }
  void text(const void* data, size_t size) {
    number(static_cast<uint32_t>(size));
    bytes(data, size);
  }
};

uint16_t number_at(const uint8_t* data) {
  return static_cast<uint16_t>(data[0] << 8 | data[1]);
}

// Section 2.2.3: seven bits a byte, least significant first.
size_t length_bytes(size_t remaining) {
  size_t count = 1;
  while (remaining >>= 7) ++count;
  return count;
}

// Writes the fixed header when the whole packet fits `out`; result: size of the packet.
Result<size_t> begin(uint32_t first, size_t remaining, Bytes out, Writer* writer) {
  if (remaining > remaining_length_max) return Status::invalid_argument;
  const size_t total = 1 + length_bytes(remaining) + remaining;
  if (total > out.size) return Status::out_of_memory;
  writer->at = out.data;
  writer->byte(first);
  size_t rest = remaining;
  do {
    writer->byte((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>= 7;
  } while (rest);
  return total;
}

Result<size_t> encode_empty(PacketType type, Bytes out) {
  Writer writer;
  return begin(static_cast<uint32_t>(type) << 4, 0, out, &writer);
}

}  // namespace

Text text(const char* zero_terminated) {
  return zero_terminated ? Text{zero_terminated, std::strlen(zero_terminated)} : Text{};
}

Result<size_t> encode_connect(const Connect& packet, Bytes out) {
  const Message& will = packet.will;
  const bool has_user = packet.user_name.data, has_password = packet.password.data;
  const bool has_will = will.topic.data;
  if (packet.client_id.size > text_bytes_max || packet.user_name.size > text_bytes_max ||
      packet.password.size > text_bytes_max || will.payload.size > text_bytes_max || will.qos > 1 ||
      (has_password && !has_user) || (has_will && !topic_valid(will.topic))) {
    return Status::invalid_argument;
  }
  const size_t remaining =
      10 + 2 + packet.client_id.size + (has_will ? 4 + will.topic.size + will.payload.size : 0) +
      (has_user ? 2 + packet.user_name.size : 0) + (has_password ? 2 + packet.password.size : 0);
  Writer writer;
  const Result<size_t> total = begin(0x10, remaining, out, &writer);
  if (!total.ok()) return total;
  writer.text("MQTT", 4);
  writer.byte(4);  // protocol level of 3.1.1
  writer.byte((has_user ? 0x80u : 0) | (has_password ? 0x40u : 0) |
              (has_will ? 0x04u | will.qos << 3 | (will.retain ? 0x20u : 0) : 0) |
              (packet.clean_session ? 0x02u : 0));
  writer.number(packet.keep_alive_s);
  writer.text(packet.client_id.data, packet.client_id.size);
  if (has_will) {
    writer.text(will.topic.data, will.topic.size);
    writer.text(will.payload.data, will.payload.size);
  }
  if (has_user) writer.text(packet.user_name.data, packet.user_name.size);
  if (has_password) writer.text(packet.password.data, packet.password.size);
  return total;
}

Result<size_t> encode_publish(const Publish& packet, Bytes out) {
  const Message& message = packet.message;
  if (!topic_valid(message.topic) || message.qos > 1 || (message.qos && !packet.packet_id)) {
    return Status::invalid_argument;
  }
  const size_t remaining = 2 + message.topic.size + (message.qos ? 2 : 0) + message.payload.size;
  Writer writer;
  const Result<size_t> total =
      begin(0x30u | (packet.duplicate ? 8u : 0) | message.qos << 1 | (message.retain ? 1u : 0),
            remaining, out, &writer);
  if (!total.ok()) return total;
  writer.text(message.topic.data, message.topic.size);
  if (message.qos) writer.number(packet.packet_id);
  writer.bytes(message.payload.data, message.payload.size);
  return total;
}

Result<size_t> encode_puback(uint16_t packet_id, Bytes out) {
  if (!packet_id) return Status::invalid_argument;
  Writer writer;
  const Result<size_t> total = begin(0x40, 2, out, &writer);
  if (total.ok()) writer.number(packet_id);
  return total;
}

Result<size_t> encode_subscribe(uint16_t packet_id, Text filter, uint8_t qos, Bytes out) {
  if (!packet_id || qos > 1 || filter.empty() || filter.size > text_bytes_max) {
    return Status::invalid_argument;
  }
  Writer writer;
  const Result<size_t> total = begin(0x82, 2 + 2 + filter.size + 1, out, &writer);
  if (!total.ok()) return total;
  writer.number(packet_id);
  writer.text(filter.data, filter.size);
  writer.byte(qos);
  return total;
}

Result<size_t> encode_pingreq(Bytes out) {
  return encode_empty(PacketType::pingreq, out);
}
Result<size_t> encode_disconnect(Bytes out) {
  return encode_empty(PacketType::disconnect, out);
}

Result<Header> decode_header(ConstBytes in) {
  if (in.empty()) return Status::busy;
  Header header{static_cast<PacketType>(in[0] >> 4), static_cast<uint8_t>(in[0] & 15), 1, 0};
  const bool from_server =
      header.type == PacketType::publish
          ? (header.flags & 0x04) == 0  // QoS 2 and the forbidden 3 both have this bit
          : header.flags == 0 &&
                (header.type == PacketType::connack || header.type == PacketType::puback ||
                 header.type == PacketType::suback || header.type == PacketType::pingresp);
  if (!from_server) return Status::protocol_error;
  for (uint32_t shift = 0; shift < 28; shift += 7) {
    if (header.header_bytes >= in.size) return Status::busy;
    const uint8_t byte = in[header.header_bytes++];
    header.remaining |= static_cast<uint32_t>(byte & 127) << shift;
    if (byte < 128) return header;
  }
  return Status::protocol_error;
}

Result<Connack> decode_connack(ConstBytes body) {
  if (body.size != 2 || body[0] > 1 || body[1] > 5 || (body[0] && body[1])) {
    return Status::protocol_error;
  }
  return Connack{body[0] == 1, body[1]};
}

Result<Publish> decode_publish(uint8_t flags, ConstBytes body) {
  if (body.size < 2) return Status::protocol_error;
  Publish packet;
  const size_t topic_size = number_at(body.data);
  packet.message.qos = (flags >> 1) & 3;
  packet.message.retain = flags & 1;
  packet.duplicate = flags & 8;
  size_t at = 2 + topic_size;
  if (at + (packet.message.qos ? 2 : 0) > body.size) return Status::protocol_error;
  packet.message.topic = Text{reinterpret_cast<const char*>(body.data + 2), topic_size};
  if (packet.message.qos > 1 || (packet.duplicate && !packet.message.qos) ||
      !topic_valid(packet.message.topic)) {
    return Status::protocol_error;
  }
  if (packet.message.qos) {
    packet.packet_id = number_at(body.data + at);
    if (!packet.packet_id) return Status::protocol_error;
    at += 2;
  }
  packet.message.payload = body.drop(at);
  return packet;
}

Result<uint16_t> decode_puback(ConstBytes body) {
  if (body.size != 2 || !number_at(body.data)) return Status::protocol_error;
  return number_at(body.data);
}

Result<Suback> decode_suback(ConstBytes body) {
  if (body.size < 3 || !number_at(body.data)) return Status::protocol_error;
  if (body[2] > 2 && body[2] != 0x80) return Status::protocol_error;
  return Suback{number_at(body.data), body[2]};
}

bool topic_valid(Text topic) {
  if (topic.empty() || topic.size > text_bytes_max) return false;
  for (const char c : topic) {
    if (c == '+' || c == '#' || c == '\0') return false;
  }
  return true;
}

}  // namespace mote::mqtt
