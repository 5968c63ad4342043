// A project's way through the commands: data, training, compiling, measuring, the field.
#include "cli/project_model.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "cli/command_trial.hpp"
#include "cli/evaluation_page.hpp"
#include "cli/field_recordings.hpp"
#include "data/dataset.hpp"
#include "data/test_files.hpp"
#include "learn/prepare.hpp"

namespace mote::cli {
namespace {

constexpr const char* project_text = R"([project]
name = "shaker"
[data]
datasets = ["./set"]
labels = ["still", "moving"]
[data.relabel]
shaking = "moving"
[sensor]
axes = ["x"]
units = "g"
rate_hz = 100
range = 16
[window]
length = 32
stride = 32
[[features]]
op = "statistics"
statistics = ["rms"]
[model]
type = "mlp"
hidden = [4]
[train]
epochs = 12
learning_rate = 0.05
[quantize]
epochs = 1
[target]
board = "host"
ram = "64 KiB"
flash = "256 KiB"
[publish]
smoothing = 1
)";

// Twelve recordings of each label with a split of their own; every third is shorter than a window.
void write_project(const data::ScratchFolder& folder) {
  std::mt19937 random(3);
  std::vector<data::Recording> recordings;
  for (int i = 0; i < 24; ++i) {
    const bool shaking = i % 2 == 1;
    std::vector<int16_t> counts(i % 3 == 0 ? 20 : 96);
    for (int16_t& count : counts) {
      const int amplitude = shaking ? 8 : 1;
      count = static_cast<int16_t>((random() % 2 ? 1 : -1) * (amplitude + int(random() % 2)));
    }
    data::Recording recording =
        data::make_recording("r" + std::to_string(i), counts, shaking ? "shaking" : "still");
    recording.info.split = i < 12   ? data::Split::train
                           : i < 18 ? data::Split::val
                                    : data::Split::test;
    recordings.push_back(std::move(recording));
  }
  data::Dataset dataset = data::Dataset::create(folder / "set", "set");
  dataset.add({}, recordings);
  dataset.save();
  data::write_file(folder / "mote.toml", project_text);
}

TEST(Project, CommandsSayThatTrainingIsMissing) {
  const data::ScratchFolder folder;
  write_project(folder);
  for (const char* command : {"compile", "bench", "run"}) {
    const Ran ran = run_captured({command, folder / "mote.toml"});
    EXPECT_EQ(ran.code, 1) << command;
    EXPECT_NE(ran.err.find("run `mote train " + (folder / "mote.toml") + "` first"),
              std::string::npos)
        << ran.err;
  }
}

TEST(Project, GoesThroughEveryCommand) {
  const data::ScratchFolder folder;
  write_project(folder);
  const std::string path = folder / "mote.toml";
  const Ran trained = run_captured({"train", path, "--json"});
  ASSERT_EQ(trained.code, 0) << trained.err;

  const Ran compiled = run_captured({"compile", path, "-o", folder / "shaker.mote", "--json"});
  ASSERT_EQ(compiled.code, 0) << compiled.err;
  EXPECT_EQ(nlohmann::json::parse(compiled.out).at("board"), "host");

  const Ran bench = run_captured({"bench", path, "--engine", "vm", "--json"});
  ASSERT_EQ(bench.code, 0) << bench.err;
  EXPECT_EQ(nlohmann::json::parse(bench.out).at("arena_bytes"),
            nlohmann::json::parse(compiled.out).at("arena_bytes"));

  const Ran quantised = run_captured({"quantize", path, "--method", "mse", "-o",
                                      folder / "ptq.mote", "-o", folder / "ptq.tflite", "--json"});
  ASSERT_EQ(quantised.code, 0) << quantised.err;
  const auto figures = nlohmann::json::parse(quantised.out);
  EXPECT_EQ(figures.at("accuracy").at("test").at("quantised"), 1.0);
  EXPECT_EQ(
      run_captured({"run", folder / "ptq.mote", "--data", folder / "set", "--board", "host"}).code,
      0);
  EXPECT_EQ(run_captured({"bench", folder / "ptq.tflite", "--board", "host"}).code, 0);

  const Ran exported = run_captured({"export", path, "-o", folder / "shaker.tflite", "--json"});
  ASSERT_EQ(exported.code, 0) << exported.err;
  const auto network = nlohmann::json::parse(exported.out);
  EXPECT_EQ(network.at("left_out").size(), 2U) << "scaling, statistics";
  EXPECT_EQ(network.at("expanded"), nlohmann::json::parse(R"(["standardize"])"));
  EXPECT_EQ(network.at("inputs").at(0).at("type"), "f32");
  EXPECT_TRUE(network.at("same_bits"));
  EXPECT_EQ(run_captured({"export", path, "--float", "-o", folder / "float.tflite"}).code, 0);

  const Ran same = run_captured({"compare", path, "--json"});
  EXPECT_EQ(same.code, 0) << same.out;
  const Ran precisions = run_captured({"compare", path + ":float", path, "--split", "test",
                                       "--outputs", "--tolerance", "0.1", "--json"});
  EXPECT_EQ(precisions.code, 0) << precisions.out << precisions.err;
  const auto parted = nlohmann::json::parse(precisions.out);
  EXPECT_EQ(parted.at("inferences"), 4);
  EXPECT_GT(parted.at("layers").size(), 3U);
  EXPECT_GT(parted.at("outputs").at(0).at("sqnr_db"), 10.0);

  // Six test recordings: two of them short, four of three windows.
  const Ran field = run_captured({"run", path, "--json"});
  ASSERT_EQ(field.code, 0) << field.err;
  const auto report = nlohmann::json::parse(field.out);
  EXPECT_EQ(report.at("windows"), 14);
  EXPECT_EQ(report.at("total").at("windows"), 14);
  EXPECT_EQ(report.at("labels").size(), 2U) << "the project's classes, not the dataset's labels";
  EXPECT_EQ(report.at("total").at("windows_right"), 14);
  EXPECT_NE(field.err.find("2 of 6 recordings are shorter"), std::string::npos) << field.err;

  EXPECT_EQ(run_captured({"run", path, "--data", "set"}).code, 2);
  EXPECT_EQ(run_captured({"run", folder / "shaker.mote"}).code, 2);
  EXPECT_EQ(
      run_captured({"run", folder / "shaker.mote", "--data", folder / "set", "--board", "host"})
          .code,
      0);
}

// What the device senses must be what was evaluated, sample for sample.
TEST(Project, FieldDeliversTheEvaluatedWindows) {
  const data::ScratchFolder folder;
  write_project(folder);
  ASSERT_EQ(run_captured({"train", folder / "mote.toml", "--json"}).code, 0);
  const project::Project project = project::load(folder / "mote.toml");
  const learn::TrainedRun run = learn::load_run(learn::run_folder(project));
  const learn::DataWindows windows = learn::load_windows(project, {});
  const FieldData data = project_recordings(project, run, {"test", 0}, {});
  std::vector<int16_t> sensed;
  for (const lab::FieldRecording& recording : data.recordings) {
    sensed.insert(sensed.end(), recording.samples.begin(), recording.samples.end());
  }
  EXPECT_EQ(sensed, windows.test.counts);
  EXPECT_FALSE(data.changed_since_training);
}

TEST(Project, EvaluationPageShowsTheWorstMistakes) {
  const data::ScratchFolder folder;
  write_project(folder);
  ASSERT_EQ(run_captured({"train", folder / "mote.toml", "--json"}).code, 0);
  const std::string page = folder / "page.html";
  const Ran ran = run_captured({"evaluate", folder / "mote.toml", "--html", page, "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const std::string html = data::read_file(page);
  for (const char* part : {"<svg", "Confusion matrix: 14 of 14", "still", "moving", "Precision"}) {
    EXPECT_NE(html.find(part), std::string::npos) << part;
  }

  const project::Project project = project::load(folder / "mote.toml");
  const learn::TrainedRun run = learn::load_run(learn::run_folder(project));
  learn::WindowSet set;
  set.labels = {0, 0, 0, 1, 1};
  set.recording.assign(5, "r.wav");
  set.counts.assign(5 * 32, 100);
  const std::vector<int32_t> guesses{1, 1, 0, 0, 1};
  const std::vector<float> scores{0.4F, 0.6F, 0.1F, 0.9F, 0.8F, 0.2F, 0.7F, 0.3F, 0.2F, 0.8F};
  const learn::Confusion confusion(2, set.labels, guesses);
  const nlohmann::json report = nlohmann::json::parse(ran.out);
  const Evaluation evaluation{project, run, set, confusion, scores, guesses, report};
  EXPECT_EQ(wrong_windows(evaluation, 9), (std::vector<size_t>{1, 3, 0}));
  EXPECT_EQ(wrong_windows(evaluation, 1), (std::vector<size_t>{1}));
  EXPECT_NE(evaluation_page(evaluation).find("still taken for moving"), std::string::npos);
}

TEST(Project, ShortRecordingsGetTheZerosOfTraining) {
  using Short = data::WindowSpec::Short;
  const lab::FieldRecording original{"r", {1, 2, 3, 4}, {{0, 1, "a"}, {1, 2, "b"}}};
  lab::FieldRecording end = original;
  EXPECT_TRUE(pad_short(end, 4, 2, Short::zero_pad_end));
  EXPECT_EQ(end.samples, (std::vector<int16_t>{1, 2, 3, 4, 0, 0, 0, 0}));
  EXPECT_EQ(end.labels[1].begin, 1);
  lab::FieldRecording centre = original;
  EXPECT_TRUE(pad_short(centre, 5, 2, Short::zero_pad_centre));
  EXPECT_EQ(centre.samples, (std::vector<int16_t>{0, 0, 1, 2, 3, 4, 0, 0, 0, 0}));
  EXPECT_EQ(centre.labels[0].begin, 1);
  EXPECT_EQ(centre.labels[1].end, 3);
  lab::FieldRecording skipped = original;
  EXPECT_FALSE(pad_short(skipped, 4, 2, Short::skip));
  EXPECT_TRUE(pad_short(skipped, 2, 2, Short::skip));
  EXPECT_EQ(skipped.samples, original.samples);
}

}  // namespace
}  // namespace mote::cli
