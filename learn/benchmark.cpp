#include "learn/benchmark.hpp"

#include <ctime>
#include <vector>

#include "learn/adam.hpp"
#include "learn/loss.hpp"
#include "learn/model_zoo.hpp"

namespace mote::learn {
namespace {

constexpr int32_t classes = 12;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Model make(const std::string& name) {
  ModelSpec spec;
  spec.type = name;
  if (name == "autoencoder") {
    spec.hidden = {128, 128, 128, 128};
    spec.batch_norm = true;
    return make_model(spec, {1, 640}, 0, 1);
  }
  return make_model(spec, {1, 49, 10, 1}, classes, 1);
}

}  // namespace

TrainingSpeed measure_training(const std::string& name, int32_t batch, int32_t steps,
                               int32_t warmup) {
  const Model model = make(name);
  Network network(model.graph, model.trained_output);
  Adam adam(network.parameters(), {});
  Random random(1);
  std::vector<float> x(static_cast<size_t>(network.input_elements() * batch));
  for (float& value : x) value = random.normal();
  std::vector<int32_t> labels;
  for (int32_t i = 0; i < batch; ++i) labels.push_back(static_cast<int32_t>(random.below(classes)));
  const Targets targets = targets_of(labels, classes, {}, 0);
  std::vector<float> gradient;
  double start = 0;
  for (int32_t step = 0; step < warmup + steps; ++step) {
    if (step == warmup) start = cpu_seconds();
    const auto y = network.forward(x, batch, true);
    gradient.resize(y.size());
    if (name == "autoencoder") {
      mean_output(y, gradient);
    } else {
      cross_entropy(y, targets, gradient);
    }
    network.backward(gradient);
    adam.step(1e-3f);
  }
  return {name, batch, int64_t{steps} * batch, cpu_seconds() - start};
}

}  // namespace mote::learn
