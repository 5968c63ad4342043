#include "device/mqtt/queue.hpp"

#include <cstring>

namespace mote::mqtt {

Queue::Record Queue::record_at(size_t at) const {
  Record record;
  std::memcpy(&record, memory_.data + at, sizeof record);
  return record;
}

void Queue::remove(size_t at) {
  const size_t size = sizeof(Record) + record_at(at).size;
  std::memmove(memory_.data + at, memory_.data + at + size, used_ - at - size);
  used_ -= size;
  --count_;
  if (unsent_ > at) unsent_ -= size;
}

Status Queue::push(const Message& message, uint16_t packet_id) {
  const Bytes room = memory_.drop(used_ + sizeof(Record));
  const Result<size_t> size = encode_publish({message, packet_id, false}, room);
  if (size.status == Status::out_of_memory) {
    const size_t least = sizeof(Record) + 1 + 1 + 2 + message.topic.size + message.payload.size;
    return least > memory_.size || used_ == 0 ? Status::out_of_memory : Status::busy;
  }
  if (!size.ok()) return size.status;
  if (size.value > UINT16_MAX) return Status::out_of_memory;
  const Record record = {static_cast<uint16_t>(size.value), message.qos ? packet_id : uint16_t{0}};
  std::memcpy(memory_.data + used_, &record, sizeof record);
  used_ += sizeof record + record.size;
  ++count_;
  return Status::ok;
}

ConstBytes Queue::next(uint32_t in_flight_max) const {
  if (unsent_ >= used_) return {};
  const Record record = record_at(unsent_);
  if (record.packet_id && in_flight_ >= in_flight_max) return {};
  return {memory_.data + unsent_ + sizeof(Record) + written_, record.size - written_};
}

void Queue::written(size_t count) {
  written_ += count;
  const Record record = record_at(unsent_);
  if (written_ < record.size) return;
  written_ = 0;
  if (record.packet_id) {
    ++in_flight_;
    unsent_ += sizeof(Record) + record.size;
  } else {
    remove(unsent_);
  }
}

bool Queue::acknowledge(uint16_t packet_id) {
  for (size_t at = 0; at < unsent_; at += sizeof(Record) + record_at(at).size) {
    if (record_at(at).packet_id != packet_id) continue;
    remove(at);
    --in_flight_;
    return true;
  }
  return false;
}

void Queue::rewind() {
  if (written_ && record_at(unsent_).packet_id == 0) {
    remove(unsent_);
    written_ = 0;
  }
  const size_t touched = written_ ? unsent_ + 1 : unsent_;
  for (size_t at = 0; at < touched; at += sizeof(Record) + record_at(at).size) {
    mark_duplicate(memory_.data + at + sizeof(Record));
  }
  unsent_ = 0;
  written_ = 0;
  in_flight_ = 0;
}

}  // namespace mote::mqtt
