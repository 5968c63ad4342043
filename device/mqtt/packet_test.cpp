#include "device/mqtt/packet.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mote::mqtt {
namespace {

using Vector = std::vector<uint8_t>;

std::string text_of(Text t) {
  return {t.data, t.size};
}
ConstBytes bytes_of(const Vector& v) {
  return {v.data(), v.size()};
}
ConstBytes bytes_of(const std::string& s) {
  return {reinterpret_cast<const uint8_t*>(s.data()), s.size()};
}

// Encodes into exactly enough room, and sees every smaller room refused.
template <class Encode>
Vector encode_checked(Encode encode) {
  Vector out(70000);
  const Result<size_t> size = encode(Bytes{out.data(), out.size()});
  EXPECT_TRUE(size.ok()) << status_text(size.status);
  for (size_t room = 0; room < size.value && room < 300; ++room) {
    Vector small(room);
    EXPECT_EQ(encode(Bytes{small.data(), room}).status, Status::out_of_memory) << room;
  }
  out.resize(size.value);
  return out;
}

// Section 3.1.2 and 3.1.3 with every field that a client can set.
TEST(Packet, ConnectWithEverything) {
  const std::string gone = "gone", secret = "pw";
  Connect connect;
  connect.client_id = text("dev");
  connect.user_name = text("user");
  connect.password = bytes_of(secret);
  connect.will = {text("a/b"), bytes_of(gone), 1, true};
  connect.keep_alive_s = 10;
  connect.clean_session = true;
  const Vector expected = {0x10, 36,  0,   4,   'M', 'Q', 'T', 'T', 4,   0xee, 0,   10,  0,
                           3,    'd', 'e', 'v', 0,   3,   'a', '/', 'b', 0,    4,   'g', 'o',
                           'n',  'e', 0,   4,   'u', 's', 'e', 'r', 0,   2,    'p', 'w'};
  EXPECT_EQ(encode_checked([&](Bytes out) { return encode_connect(connect, out); }), expected);
}

TEST(Packet, ConnectWithNothing) {
  Connect connect;
  connect.client_id = text("");
  connect.clean_session = false;
  const Vector expected = {0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 0, 0, 0, 0, 0};
  EXPECT_EQ(encode_checked([&](Bytes out) { return encode_connect(connect, out); }), expected);
}

TEST(Packet, ConnectRefusesWhatTheStandardForbids) {
  Vector out(200);
  const Bytes room{out.data(), out.size()};
  Connect connect;
  connect.password = bytes_of(std::string("x"));
  EXPECT_EQ(encode_connect(connect, room).status, Status::invalid_argument);
  connect = {};
  connect.will.topic = text("a/#");
  EXPECT_EQ(encode_connect(connect, room).status, Status::invalid_argument);
  connect.will.topic = text("a");
  connect.will.qos = 2;
  EXPECT_EQ(encode_connect(connect, room).status, Status::invalid_argument);
}

// Figure 3.11 of the standard: topic a/b, packet id 10.
TEST(Packet, PublishOfTheStandard) {
  const Publish publish = {{text("a/b"), {}, 1, false}, 10, false};
  EXPECT_EQ(encode_checked([&](Bytes out) { return encode_publish(publish, out); }),
            (Vector{0x32, 7, 0, 3, 'a', '/', 'b', 0, 10}));
}

// Section 3.8, with the standard's filter a/b.
TEST(Packet, SmallPacketsOfTheStandard) {
  EXPECT_EQ(encode_checked([](Bytes out) { return encode_subscribe(10, text("a/b"), 1, out); }),
            (Vector{0x82, 8, 0, 10, 0, 3, 'a', '/', 'b', 1}));
  EXPECT_EQ(encode_checked([](Bytes out) { return encode_puback(0x1234, out); }),
            (Vector{0x40, 2, 0x12, 0x34}));
  EXPECT_EQ(encode_checked([](Bytes out) { return encode_pingreq(out); }), (Vector{0xc0, 0}));
  EXPECT_EQ(encode_checked([](Bytes out) { return encode_disconnect(out); }), (Vector{0xe0, 0}));
  Vector out(20);
  const Bytes room{out.data(), out.size()};
  EXPECT_EQ(encode_puback(0, room).status, Status::invalid_argument);
  EXPECT_EQ(encode_subscribe(0, text("a"), 0, room).status, Status::invalid_argument);
  EXPECT_EQ(encode_subscribe(1, text(""), 0, room).status, Status::invalid_argument);
  EXPECT_EQ(encode_subscribe(1, text("a"), 2, room).status, Status::invalid_argument);
  const Publish no_id = {{text("a"), {}, 1, false}, 0, false};
  EXPECT_EQ(encode_publish(no_id, room).status, Status::invalid_argument);
}

// Every combination of flags and of small topic and payload sizes, and those around each step of
// the remaining length's size (table 2.4), there and back.
TEST(Packet, PublishRoundTripExhaustive) {
  const std::vector<size_t> sizes = {0,     1,     2,     3,     100,   119,   120,   121,   122,
                                     123,   124,   125,   126,   127,   128,   16374, 16375, 16376,
                                     16377, 16378, 16379, 16380, 16381, 16382, 16383, 16384};
  for (size_t topic_size : {1, 2, 3, 5}) {
    const std::string topic(topic_size, 't');
    for (size_t payload_size : sizes) {
      const std::string payload(payload_size, 'p');
      for (int flags = 0; flags < 8; ++flags) {
        Publish in = {{text(topic.c_str()), bytes_of(payload), uint8_t(flags & 1), bool(flags & 2)},
                      uint16_t(flags & 1 ? 0xfffe : 0),
                      (flags & 5) == 5};
        Vector out(payload_size + 20);
        const Result<size_t> size = encode_publish(in, {out.data(), out.size()});
        ASSERT_TRUE(size.ok());
        const Result<Header> header = decode_header({out.data(), size.value});
        ASSERT_TRUE(header.ok());
        ASSERT_EQ(header.value.type, PacketType::publish);
        ASSERT_EQ(header.value.header_bytes + header.value.remaining, size.value);
        const ConstBytes body{out.data() + header.value.header_bytes, header.value.remaining};
        const Result<Publish> back = decode_publish(header.value.flags, body);
        ASSERT_TRUE(back.ok());
        EXPECT_EQ(text_of(back.value.message.topic), topic);
        EXPECT_EQ(back.value.message.payload.size, payload_size);
        EXPECT_EQ(back.value.message.qos, in.message.qos);
        EXPECT_EQ(back.value.message.retain, in.message.retain);
        EXPECT_EQ(back.value.duplicate, in.duplicate);
        EXPECT_EQ(back.value.packet_id, in.packet_id);
      }
    }
  }
}

// All 65,536 two-byte beginnings: accepted exactly where section 2.2 lets a server send them.
TEST(Packet, HeaderExhaustive) {
  for (int first = 0; first < 256; ++first) {
    const int type = first >> 4, flags = first & 15;
    const bool server = type == 3
                            ? (flags & 6) < 4
                            : flags == 0 && (type == 2 || type == 4 || type == 9 || type == 13);
    for (int second = 0; second < 256; ++second) {
      const uint8_t in[2] = {uint8_t(first), uint8_t(second)};
      const Result<Header> header = decode_header({in, 2});
      if (!server) {
        EXPECT_EQ(header.status, Status::protocol_error) << first;
      } else if (second > 127) {
        EXPECT_EQ(header.status, Status::busy);
      } else {
        ASSERT_TRUE(header.ok());
        EXPECT_EQ(header.value.remaining, uint32_t(second));
        EXPECT_EQ(header.value.header_bytes, 2u);
      }
    }
    const uint8_t one = uint8_t(first);
    EXPECT_EQ(decode_header({&one, 1}).status, server ? Status::busy : Status::protocol_error);
  }
  EXPECT_EQ(decode_header({}).status, Status::busy);
}

// Table 2.4: the limits of each size of the remaining length.
TEST(Packet, RemainingLengthLimits) {
  const struct {
    Vector bytes;
    uint32_t value;
  } cases[] = {{{0x30, 0x80, 0x01}, 128},
               {{0x30, 0xff, 0x7f}, 16383},
               {{0x30, 0x80, 0x80, 0x01}, 16384},
               {{0x30, 0xff, 0xff, 0x7f}, 2097151},
               {{0x30, 0x80, 0x80, 0x80, 0x01}, 2097152},
               {{0x30, 0xff, 0xff, 0xff, 0x7f}, 268435455}};
  for (const auto& c : cases) {
    const Result<Header> header = decode_header(bytes_of(c.bytes));
    ASSERT_TRUE(header.ok());
    EXPECT_EQ(header.value.remaining, c.value);
    EXPECT_EQ(header.value.header_bytes, c.bytes.size());
    for (size_t size = 0; size < c.bytes.size(); ++size) {
      EXPECT_EQ(decode_header({c.bytes.data(), size}).status, Status::busy);
    }
  }
  EXPECT_EQ(decode_header(bytes_of(Vector{0x30, 0x80, 0x80, 0x80, 0x80, 1})).status,
            Status::protocol_error);
}

TEST(Packet, ConnackExhaustive) {
  for (int flags = 0; flags < 256; ++flags) {
    for (int code = 0; code < 256; ++code) {
      const uint8_t body[2] = {uint8_t(flags), uint8_t(code)};
      const Result<Connack> connack = decode_connack({body, 2});
      const bool good = (flags == 0 && code <= 5) || (flags == 1 && code == 0);
      EXPECT_EQ(connack.ok(), good) << flags << ' ' << code;
    }
  }
  const uint8_t body[3] = {};
  EXPECT_FALSE(decode_connack({body, 1}).ok());
  EXPECT_FALSE(decode_connack({body, 3}).ok());
}

// Every body of up to three bytes over a small alphabet: no decoder reads past the end (the
// vectors are exact, so AddressSanitizer would see it), none accepts a zero packet id.
TEST(Packet, TinyBodiesExhaustive) {
  const uint8_t alphabet[] = {0, 1, 2, 'a', '#', 0x80, 0xff};
  for (size_t size = 0; size <= 5; ++size) {
    size_t combinations = 1;
    for (size_t i = 0; i < size; ++i) combinations *= std::size(alphabet);
    for (size_t n = 0; n < combinations; ++n) {
      Vector body(size);
      for (size_t i = 0, rest = n; i < size; ++i, rest /= std::size(alphabet)) {
        body[i] = alphabet[rest % std::size(alphabet)];
      }
      const bool id = size >= 2 && (body[0] || body[1]);
      EXPECT_EQ(decode_puback(bytes_of(body)).ok(), size == 2 && id);
      EXPECT_EQ(decode_suback(bytes_of(body)).ok(),
                size >= 3 && id && (body[2] <= 2 || body[2] == 0x80));
      for (uint8_t flags = 0; flags < 16; ++flags) {
        const Result<Publish> publish = decode_publish(flags, bytes_of(body));
        if (!publish.ok()) continue;
        EXPECT_EQ(2 + publish.value.message.topic.size + (flags & 2 ? 2 : 0) +
                      publish.value.message.payload.size,
                  size);
        EXPECT_TRUE(topic_valid(publish.value.message.topic));
        EXPECT_EQ(publish.value.packet_id != 0, (flags & 2) != 0);
      }
    }
  }
}

TEST(Packet, TopicRules) {
  EXPECT_TRUE(topic_valid(text("mote/1/p/d/event")));
  EXPECT_TRUE(topic_valid(text("/")));
  EXPECT_FALSE(topic_valid(text("")));
  EXPECT_FALSE(topic_valid(text(nullptr)));
  EXPECT_FALSE(topic_valid(text("a/+")));
  EXPECT_FALSE(topic_valid(text("#")));
  EXPECT_FALSE(topic_valid(Text{"a\0b", 3}));
  const std::string longest(65535, 'x'), longer(65536, 'x');
  EXPECT_TRUE(topic_valid(text(longest.c_str())));
  EXPECT_FALSE(topic_valid(text(longer.c_str())));
}

}  // namespace
}  // namespace mote::mqtt
