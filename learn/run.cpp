#include "learn/run.hpp"

#include <algorithm>
#include <cstring>

#include "compiler/compile.hpp"
#include "compiler/interpret.hpp"
#include "features/append.hpp"
#include "learn/augment.hpp"
#include "learn/join.hpp"
#include "learn/metrics.hpp"
#include "learn/model_zoo.hpp"
#include "learn/quantize.hpp"

namespace mote::learn {
namespace {

using nlohmann::json;

constexpr double normal_part = 0.99;       // of normal windows lie below an anomaly threshold
constexpr int64_t calibration_max = 2048;  // windows that activation ranges are first taken from

ModelSpec model_spec(const project::ModelSection& section) {
  const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
  ModelSpec spec;
  spec.type = section.type;
  spec.hidden.assign(section.hidden.begin(), section.hidden.end());
  spec.code = narrow(section.code);
  spec.batch_norm = section.batch_norm;
  spec.filters.assign(section.filters.begin(), section.filters.end());
  spec.kernel = narrow(section.kernel);
  spec.stride = narrow(section.stride);
  spec.channels = narrow(section.channels);
  spec.blocks = narrow(section.blocks);
  spec.stem_h = narrow(section.stem.at(0));
  spec.stem_w = narrow(section.stem.at(1));
  spec.stride_h = narrow(section.stem_stride.at(0));
  spec.stride_w = narrow(section.stem_stride.at(1));
  spec.dropout = section.dropout;
  return spec;
}

json history_json(const FitResult& result) {
  json epochs = json::array();
  for (const EpochRecord& r : result.history) {
    epochs.push_back({{"epoch", r.epoch + 1},
                      {"learning_rate", r.learning_rate},
                      {"train_loss", r.train_loss},
                      {"val_loss", r.val_loss},
                      {"val_accuracy", r.val_accuracy}});
  }
  return {{"best_epoch", result.best_epoch + 1}, {"epochs", epochs}};
}

json proportion_json(const Proportion& p) {
  return {{"value", p.value()}, {"low", p.low()}, {"high", p.high()}, {"windows", p.trials}};
}

Samples first_of(const Samples& samples, int64_t count) {
  const int64_t taken = std::min(count, samples.count());
  Samples part{.elements = samples.elements, .x = {}, .labels = {}};
  // Evenly spread, so that every class and recording is seen.
  for (int64_t i = 0; i < taken; ++i) {
    const int64_t at = i * samples.count() / taken;
    const auto x = samples.sample(at);
    part.x.insert(part.x.end(), x.begin(), x.end());
    part.labels.push_back(samples.labels[static_cast<size_t>(at)]);
  }
  return part;
}

class Run {
 public:
  Run(const project::Project& project, const DataWindows& data, const RunOptions& options)
      : project_(project),
        data_(data),
        options_(options),
        source_(project, data, options.cache),
        is_anomaly_(project.train.task == "anomaly") {}

  TrainedRun train() {
    if (is_anomaly_ != (project_.model.type == "autoencoder")) {
      project_.fail("model.type", "is '" + project_.model.type + "' for the task '" +
                                      project_.train.task +
                                      "'; anomaly goes with autoencoder, classify with the others");
    }
    train_ = source_.of(data_.train, options_.progress);
    // What the network will see is what standardisation and ranges have to fit.
    if (varies_windows(augment())) source_.vary(data_.train, options_.seed, 0, train_.x);
    val_ = source_.of(data_.val, options_.progress);
    test_ = source_.of(data_.test, options_.progress);
    TrainedRun run;
    run.network = train_float(run.report);
    const ir::Graph int8 = train_int8(run.network, run.report);
    run.device = device_graph(project_, data_.length, data_.axes, int8);
    run.pipeline = pipeline(run.device);
    judge(run, int8);
    describe(run);
    return run;
  }

 private:
  FitOptions fit_options(const std::string& phase, int64_t epochs, double rate) const {
    FitOptions fit;
    fit.loss = is_anomaly_ ? FitOptions::Loss::mean_output : FitOptions::Loss::cross_entropy;
    fit.epochs = static_cast<int32_t>(epochs);
    fit.batch = static_cast<int32_t>(project_.train.batch);
    fit.learning_rate = static_cast<float>(rate);
    fit.weight_decay = static_cast<float>(project_.train.weight_decay);
    fit.label_smoothing = static_cast<float>(project_.train.label_smoothing);
    fit.mixup = static_cast<float>(project_.train.mixup);
    fit.average = static_cast<float>(project_.train.average);
    fit.patience = static_cast<int32_t>(project_.train.patience);
    fit.seed = options_.seed;
    if (varies_windows(augment())) {
      fit.renew = [this](int32_t epoch, std::span<float> x) {
        if (epoch % augment().every != 0) return;
        source_.vary(data_.train, options_.seed, ++rounds_, x);
      };
    }
    if (masks_features(augment())) {
      fit.augment = [this](int64_t, std::span<float> x, Random& random) {
        mask_features(augment(), source_.shape(), standardisation_.mean, random, x);
      };
    }
    if (!is_anomaly_ && project_.train.class_weights) {
      fit.class_weights = balanced_weights(train_.labels, classes());
    }
    fit.on_epoch = [this, phase, epochs](const EpochRecord& record) {
      if (options_.on_epoch) options_.on_epoch(phase, record, static_cast<int32_t>(epochs));
    };
    return fit;
  }

  const project::AugmentSection& augment() const { return project_.train.augment; }
  int64_t classes() const { return static_cast<int64_t>(data_.labels.size()); }

  // The tensor that the loss is taken of: logits before a softmax, or the score itself.
  ir::TensorId trained_output(const ir::Graph& graph) const {
    const ir::Node& last = graph.nodes.back();
    return is_anomaly_ ? last.outputs.at(0) : last.inputs.at(0);
  }

  ir::Graph train_float(json& report) {
    standardisation_ = standardise(source_.shape(), train_.x);
    const Model model =
        make_model(model_spec(project_.model), source_.shape(), static_cast<int32_t>(classes()),
                   options_.seed, standardisation_);
    Network network(model.graph, model.trained_output);
    if (model.dropout_tensor != ir::no_tensor) {
      network.set_dropout(model.dropout_tensor, static_cast<float>(project_.model.dropout),
                          options_.seed);
    }
    const FitResult result =
        fit(network, train_, val_,
            fit_options("float32", project_.train.epochs, project_.train.learning_rate));
    report["history"]["float32"] = history_json(result);
    ir::Graph graph = network.graph();
    graph.name = project_.project.name;
    run_passes(graph);
    return graph;
  }

  ir::Graph train_int8(const ir::Graph& graph, json& report) {
    Network network(graph, trained_output(graph));
    if (is_anomaly_) {
      network.fix_range(graph.nodes.back().inputs.at(0), -anomaly_reach, anomaly_reach);
    }
    network.set_quantization(Network::Quantization::observe);
    predict(network, first_of(train_, calibration_max), 64);
    network.set_quantization(Network::Quantization::fake);
    if (project_.quantize.epochs > 0) {
      FitOptions settings =
          fit_options("int8", project_.quantize.epochs, project_.quantize.learning_rate);
      Network teacher(graph, trained_output(graph));
      if (!is_anomaly_) settings.teacher = &teacher;
      const FitResult result = fit(network, train_, val_, settings);
      report["history"]["int8"] = history_json(result);
    }
    return to_int8(network);
  }

  plan::Pipeline pipeline(const ir::Graph&) const {
    plan::Pipeline p;
    p.rate_hz = project_.sensor.rate_hz;
    p.axes = data_.axes;
    p.window_length = data_.length;
    p.window_stride = static_cast<int32_t>(project_.window.stride);
    p.units_per_count = static_cast<float>(project_.sensor.scale());
    p.decision = is_anomaly_ ? plan::Decision::anomaly : plan::Decision::classify;
    p.threshold = static_cast<float>(project_.publish.threshold);
    p.smoothing = static_cast<int32_t>(project_.publish.smoothing);
    p.labels = data_.labels;
    if (!project_.publish.quiet_labels.empty()) {
      const auto found = std::ranges::find(p.labels, project_.publish.quiet_labels.front());
      if (found != p.labels.end()) {
        p.background_label = static_cast<int32_t>(found - p.labels.begin());
      }
    }
    return p;
  }

  std::vector<float> float_scores(const ir::Graph& graph, const Samples& samples) const {
    Network network(graph, graph.outputs.at(0));
    return predict(network, samples);
  }

  static std::vector<float> int8_scores(const ir::Graph& graph, const Samples& samples) {
    Interpreter interpreter(graph, host_target());
    const ir::TensorId y = graph.outputs.at(0);
    std::vector<float> scores;
    std::vector<std::vector<uint8_t>> inputs(1);
    for (int64_t i = 0; i < samples.count(); ++i) {
      const auto x = samples.sample(i);
      inputs[0].resize(x.size_bytes());
      std::memcpy(inputs[0].data(), x.data(), x.size_bytes());
      interpreter.run(inputs);
      const auto each = read_scores(graph.tensor(y), interpreter.bytes(y));
      scores.insert(scores.end(), each.begin(), each.end());
    }
    return scores;
  }

  json judge_part(const TrainedRun& run, const Samples& samples, std::span<const float> scores,
                  float threshold) const {
    plan::Pipeline pipeline = run.pipeline;
    pipeline.threshold = threshold;
    const auto guesses = decide(pipeline, scores);
    const Confusion confusion(classes(), samples.labels, guesses);
    json part{{"accuracy", proportion_json(confusion.accuracy())},
              {"balanced_accuracy", confusion.balanced_accuracy()}};
    if (is_anomaly_) part["area_under_curve"] = area_under_curve(scores, samples.labels);
    return part;
  }

  void judge(TrainedRun& run, const ir::Graph& int8) const {
    const Samples& normal = val_.count() > 0 ? val_ : train_;
    float float_threshold = 0;
    if (is_anomaly_) {
      run.pipeline.threshold = anomaly_threshold(int8_scores(int8, normal));
      float_threshold = anomaly_threshold(float_scores(run.network, normal));
    }
    const std::pair<const char*, const Samples*> parts[] = {{"val", &val_}, {"test", &test_}};
    for (const auto& [name, samples] : parts) {
      if (samples->count() == 0) continue;
      run.report["float32"][name] =
          judge_part(run, *samples, float_scores(run.network, *samples), float_threshold);
      run.report["int8"][name] =
          judge_part(run, *samples, int8_scores(int8, *samples), run.pipeline.threshold);
    }
  }

  void describe(TrainedRun& run) const {
    json& report = run.report;
    report["project"] = project_.project.name;
    report["dataset_hash"] = data_.dataset_hash;
    report["seed"] = options_.seed;
    report["labels"] = data_.labels;
    report["windows"] = {
        {"train", data_.train.count()}, {"val", data_.val.count()}, {"test", data_.test.count()}};
    report["feature_shape"] = source_.shape();
    report["warnings"] = data_.warnings;
  }

  const project::Project& project_;
  const DataWindows& data_;
  const RunOptions& options_;
  FeatureSource source_;
  bool is_anomaly_;
  Samples train_, val_, test_;
  Standardisation standardisation_;
  mutable int64_t rounds_ = 0;  // of variations drawn
};

}  // namespace

TrainedRun train(const project::Project& project, const DataWindows& data,
                 const RunOptions& options) {
  return Run(project, data, options).train();
}

ir::Graph device_graph(const project::Project& project, int32_t length, int32_t axes,
                       const ir::Graph& network) {
  ir::Graph graph = features::feature_graph(project.recipe(), length, axes);
  join(graph, graph.outputs.at(0), network);
  graph.name = project.project.name;
  return graph;
}

float anomaly_threshold(std::vector<float> normal_scores) {
  return quantile(std::move(normal_scores), normal_part);
}

std::vector<int32_t> decide(const plan::Pipeline& pipeline, std::span<const float> scores) {
  if (pipeline.decision == plan::Decision::classify) {
    return top_class(scores, static_cast<int64_t>(pipeline.labels.size()));
  }
  std::vector<int32_t> result;
  for (float score : scores) result.push_back(score >= pipeline.threshold ? 1 : 0);
  return result;
}

std::vector<float> read_scores(const ir::Tensor& output, std::span<const uint8_t> bytes) {
  std::vector<float> scores(static_cast<size_t>(output.elements()));
  if (output.dtype == ir::DType::f32 && bytes.size() == scores.size() * sizeof(float)) {
    std::memcpy(scores.data(), bytes.data(), bytes.size());
    return scores;
  }
  if (output.dtype != ir::DType::i8 || bytes.size() != scores.size()) {
    throw ir::GraphError("output '" + output.name + "' is neither int8 nor float32 scores");
  }
  for (size_t i = 0; i < scores.size(); ++i) {
    const auto stored = static_cast<int8_t>(bytes[i]);
    scores[i] = output.scale() * static_cast<float>(stored - output.zero_point());
  }
  return scores;
}

}  // namespace mote::learn
