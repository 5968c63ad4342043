#include <fmt/format.h>

#include <algorithm>

#include "cli/demo_stages.hpp"
#include "lab/report/svg.hpp"

namespace mote::cli {
namespace {

using lab::report::grouped;
using lab::report::Section;

double event_time_s(const DemoResult& result, const lab::FieldEvent& event) {
  const auto end = static_cast<double>(event.first_frame) + result.run.pipeline.window_length;
  return end / result.project.sensor.rate_hz;
}

// The label at a time of a recording, "" when there is none.
std::string truth_at(const DemoResult& result, const lab::FieldRecording& recording,
                     double time_s) {
  const auto frame = static_cast<int64_t>(time_s * result.project.sensor.rate_hz) - 1;
  for (const lab::LabelSpan& span : recording.labels) {
    if (frame >= span.begin && frame < span.end) return span.label;
  }
  return "";
}

// The recording whose first right event is a bearing fault, or else any right event.
size_t caught_recording(const DemoResult& result) {
  size_t found = 0;
  bool bearing = false;
  for (const lab::FieldEvent& event : result.field.events) {
    if (event.recording >= result.recordings.size()) continue;
    const auto& recording = result.recordings[event.recording];
    const bool right = truth_at(result, recording, event_time_s(result, event)) == event.label;
    const bool better = event.label.starts_with("bearing");
    if (right && (!bearing && (better || found == 0))) {
      found = event.recording;
      bearing = better;
    }
  }
  return found;
}

Section caught_fault(const DemoResult& result) {
  const size_t index = caught_recording(result);
  const lab::FieldRecording& recording = result.recordings.at(index);
  const project::SensorSection& sensor = result.project.sensor;
  const size_t axes = sensor.axes.size();
  lab::report::Waveform waveform;
  waveform.rate_hz = sensor.rate_hz;
  waveform.units = sensor.units;
  waveform.axes = sensor.axes;
  waveform.samples.resize(axes);
  for (size_t i = 0; i < recording.samples.size(); ++i) {
    waveform.samples[i % axes].push_back(static_cast<float>(recording.samples[i] * sensor.scale()));
  }
  for (const lab::LabelSpan& span : recording.labels) {
    waveform.truth.push_back({static_cast<double>(span.begin) / sensor.rate_hz,
                              static_cast<double>(span.end) / sensor.rate_hz, span.label});
  }
  for (const lab::FieldEvent& event : result.field.events) {
    if (event.recording != index) continue;
    waveform.events.push_back({event_time_s(result, event), event.label, event.score});
  }
  return {"A caught fault",
          "What the accelerometer delivered and what the device said, without having seen this "
          "machine before. Background: the true condition. Dashed: events as they came over MQTT.",
          lab::report::waveform_svg(waveform)};
}

Section decisions(const DemoResult& result) {
  return {"Decisions",
          fmt::format("Every test window, decided by the virtual {}. Rows are the truth; the "
                      "machines were not in the training data.",
                      lab::find_board(result.options.board).core),
          lab::report::confusion_matrix_svg(result.confusion)};
}

Section costs(const DemoResult& result) {
  std::vector<lab::report::OpCost> ops;
  for (const lab::BenchOp& op : result.bench.ops) {
    ops.push_back({op.name, op.instructions.value_or(0), op.macs});
  }
  return {
      "Cost of one window, by operator",
      fmt::format("Exact instruction counts on {} in the virtual machine: {} together. The same "
                  "plan emitted as C++ takes {} instructions and {} bytes of code.",
                  result.options.board, grouped(result.bench.instructions.value_or(0)),
                  grouped(result.emitted_instructions), grouped(result.emitted_code_bytes)),
      lab::report::op_costs_svg(ops)};
}

Section memory(const DemoResult& result) {
  const plan::Plan& plan = result.compiled.plan;
  return {"Memory over one window",
          fmt::format("Where each tensor lies in the arena of {} bytes, and when. Nothing is "
                      "allocated on the device: the compiler decided all of it.",
                      grouped(plan.arena_bytes)),
          lab::report::memory_map_svg(plan.buffers, plan.arena_bytes, plan.ops.size())};
}

Section training(const DemoResult& result) {
  std::vector<lab::report::Epoch> epochs;
  const auto& history = result.run.report.at("history");
  for (const char* phase : {"float32", "int8"}) {
    if (!history.contains(phase)) continue;
    for (const auto& epoch : history.at(phase).at("epochs")) {
      epochs.push_back({epoch.at("train_loss"), epoch.at("val_loss"), epoch.at("val_accuracy")});
    }
  }
  return {"Training", "float32 first, then with the device's int8 arithmetic in the loop.",
          lab::report::learning_curve_svg(epochs)};
}

Section events(const DemoResult& result) {
  constexpr size_t rows_max = 16;
  std::vector<std::vector<std::string>> rows{
      {"recording", "time", "event", "confidence", "truth", "instructions"}};
  for (const lab::FieldEvent& event : result.field.events) {
    if (rows.size() > rows_max || event.recording >= result.recordings.size()) continue;
    const auto& recording = result.recordings[event.recording];
    const double time = event_time_s(result, event);
    rows.push_back({recording.name, fmt::format("{:.2f} s", time), event.label,
                    fmt::format("{:.0f} %", 100 * event.score), truth_at(result, recording, time),
                    grouped(event.instructions)});
  }
  const lab::FieldReport& field = result.field;
  return {"Events, as the broker received them",
          fmt::format("The first {} of {}. The device connected {} times, lost {} events and "
                      "invented {}; {} came twice, which QoS 1 allows.",
                      rows.size() - 1, field.events.size(), field.summary.connects, field.lost,
                      field.invented, field.duplicates),
          lab::report::table_html(rows)};
}

std::vector<lab::report::Tile> tiles(const DemoResult& result) {
  const lab::BenchReport& bench = result.bench;
  return {
      {fmt::format("{:.1f} %", 100 * result.accuracy.value()), "right on the board",
       fmt::format("{} windows, 95 % interval {:.1f}-{:.1f}", grouped(result.accuracy.trials),
                   100 * result.accuracy.low(), 100 * result.accuracy.high())},
      {fmt::format("{:+.1f} points", 100 * (result.accuracy.value() - result.float_accuracy)),
       "int8 against float32", fmt::format("float32: {:.1f} %", 100 * result.float_accuracy)},
      {grouped(bench.instructions.value_or(0)), "instructions a window", "features and network"},
      {grouped(bench.arena_bytes + bench.stack_bytes.value_or(0)) + " B", "RAM",
       fmt::format("arena {}, stack {}", grouped(bench.arena_bytes),
                   grouped(bench.stack_bytes.value_or(0)))},
      {grouped(bench.code_bytes.value_or(0) + bench.data_bytes.value_or(0)) + " B", "flash",
       fmt::format("code {}, package {}", grouped(bench.code_bytes.value_or(0)),
                   grouped(bench.data_bytes.value_or(0)))},
      {fmt::format("{} / {}", grouped(result.identical_windows), grouped(result.accuracy.trials)),
       "bit-identical windows", "board against host"},
      {fmt::format("{} lost", result.field.lost),
       fmt::format("of {} events", result.field.summary.events),
       fmt::format("{} connections to the broker", result.field.summary.connects)}};
}

}  // namespace

std::string demo_report(const DemoResult& result) {
  const lab::Board& board = lab::find_board(result.options.board);
  lab::report::Page page;
  page.title = result.project.project.name;
  page.subtitle =
      fmt::format("{}. From recordings to a device that decides and reports, on a virtual {}.",
                  result.project.project.description, board.core);
  page.tiles = tiles(result);
  page.stages = result.stages;
  page.sections = {caught_fault(result), decisions(result), costs(result),
                   memory(result),       training(result),  events(result)};
  page.footer = fmt::format(
      "Dataset {}. Instructions are counted by QEMU's instruction clock; they "
      "are not cycles.",
      result.windows.dataset_hash.substr(0, 16));
  return lab::report::page_html(page);
}

std::map<std::string, std::string> demo_pictures(const DemoResult& result) {
  return {{"caught-fault.svg", lab::report::picture_file(caught_fault(result).body)},
          {"decisions.svg", lab::report::picture_file(decisions(result).body)},
          {"operators.svg", lab::report::picture_file(costs(result).body)},
          {"memory.svg", lab::report::picture_file(memory(result).body)}};
}

}  // namespace mote::cli
