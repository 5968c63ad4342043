#include "device/mqtt/queue.hpp"

#include <cstring>

namespace mote::mqtt {

Queue::Record Queue::record_at(size_t at) const {
  Record record;
  std::memcpy(&record, memory_.data + at, sizeof record);
  return record;
}

void Queue::store(size_t at, const Record& record) {
  std::memcpy(memory_.data + at, &record, sizeof record);
}

void Queue::remove(size_t at) {
  const Record record = record_at(at);
  const size_t size = sizeof(Record) + record.size();
  std::memmove(memory_.data + at, memory_.data + at + size, used_ - at - size);
  used_ -= size;
  --(record.kept() ? kept_ : count_);
  if (unsent_ > at) unsent_ -= size;
}

void Queue::forget_oldest_kept() {
  size_t at = 0;
  while (!record_at(at).kept()) at += sizeof(Record) + record_at(at).size();
  remove(at);
}

Status Queue::push(const Message& message, uint16_t packet_id) {
  for (;;) {
    const Bytes room = memory_.drop(used_ + sizeof(Record));
    const Result<size_t> size = encode_publish({message, packet_id, false}, room);
    if (size.status == Status::out_of_memory) {
      const size_t least = sizeof(Record) + 1 + 1 + 2 + message.topic.size + message.payload.size;
      if (least > memory_.size || used_ == 0) return Status::out_of_memory;
      if (kept_ == 0 || count_ > 0) return Status::busy;
      forget_oldest_kept();
      continue;
    }
    if (!size.ok()) return size.status;
    if (size.value > size_max) return Status::out_of_memory;
    store(used_, {static_cast<uint16_t>(size.value), message.qos ? packet_id : uint16_t{0}});
    used_ += sizeof(Record) + size.value;
    ++count_;
    return Status::ok;
  }
}

ConstBytes Queue::next(uint32_t in_flight_max) const {
  if (unsent_ >= used_) return {};
  const Record record = record_at(unsent_);
  if (record.packet_id && in_flight_ >= in_flight_max) return {};
  return {memory_.data + unsent_ + sizeof(Record) + written_, record.size() - written_};
}

void Queue::written(size_t count) {
  written_ += count;
  const Record record = record_at(unsent_);
  if (written_ < record.size()) return;
  written_ = 0;
  if (record.packet_id) {
    ++in_flight_;
    unsent_ += sizeof(Record) + record.size();
  } else {
    remove(unsent_);
  }
}

Acknowledged Queue::acknowledge(uint16_t packet_id) {
  for (size_t at = 0; at < unsent_; at += sizeof(Record) + record_at(at).size()) {
    Record record = record_at(at);
    if (record.packet_id != packet_id || record.kept()) continue;
    const bool again = record.seen();
    --in_flight_;
    if (replay_max_ == 0) {
      remove(at);
    } else {
      record.size_and_flags |= kept_flag | seen_flag;
      store(at, record);
      --count_;
      ++kept_;
      if (kept_ > replay_max_) forget_oldest_kept();
    }
    return again ? Acknowledged::again : Acknowledged::first;
  }
  return Acknowledged::nothing;
}

void Queue::rewind() {
  if (written_ && record_at(unsent_).packet_id == 0) {
    remove(unsent_);
    written_ = 0;
  }
  const size_t touched = written_ ? unsent_ + 1 : unsent_;
  for (size_t at = 0; at < touched; at += sizeof(Record) + record_at(at).size()) {
    mark_duplicate(memory_.data + at + sizeof(Record));
    Record record = record_at(at);
    if (!record.kept()) continue;
    record.size_and_flags &= static_cast<uint16_t>(~kept_flag);
    store(at, record);
    ++count_;
    --kept_;
  }
  unsent_ = 0;
  written_ = 0;
  in_flight_ = 0;
}

}  // namespace mote::mqtt
