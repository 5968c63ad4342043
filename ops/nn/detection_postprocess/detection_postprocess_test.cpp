// Detections against TensorFlow Lite's published example, and against sorting in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compiler/export_model.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_builder.hpp"
#include "compiler/ir/same.hpp"
#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

struct Settings {
  int32_t boxes, classes, background, max_detections, per_class;
  bool regular;
  float score_threshold, iou_threshold;

  Attributes attributes() const {
    return {{"max_detections", int64_t{max_detections}},
            {"max_classes_per_detection", int64_t{1}},
            {"detections_per_class", int64_t{per_class}},
            {"use_regular_nms", int64_t{regular}},
            {"num_classes", int64_t{classes}},
            {"nms_score_threshold", double{score_threshold}},
            {"nms_iou_threshold", double{iou_threshold}},
            {"y_scale", 10.0},
            {"x_scale", 10.0},
            {"h_scale", 5.0},
            {"w_scale", 5.0}};
  }
};

struct Found {
  std::vector<float> boxes, classes, scores;
  float count;
};

// Values float, or int8 on the given grids.
template <class T>
Found run(const Settings& s, const std::vector<T>& boxes, const std::vector<T>& scores,
          const std::vector<float>& anchors, const Quantization& box_grid = {},
          const Quantization& score_grid = {}) {
  const DType type = sizeof(T) == 1 ? DType::i8 : DType::f32;
  OpTrial trial;
  trial.input(type, {1, s.boxes, 4}, boxes, box_grid);
  trial.input(type, {1, s.boxes, s.classes + s.background}, scores, score_grid);
  trial.operands.push_back(trial.graph.add_constant("anchors", DType::f32, {s.boxes, 4}, anchors));
  const auto bytes = trial.run("detection_postprocess", s.attributes(), {{}, {}, {}, {}});
  return {values_of<float>(bytes[0]), values_of<float>(bytes[1]), values_of<float>(bytes[2]),
          values_of<float>(bytes[3])[0]};
}

const std::vector<float> example_boxes{0, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0,
                                       0, 0, 0, 0, 0, 1, 0, 0, 0, 0,  0, 0};
const std::vector<float> example_scores{0, .9f,  .8f,  0, .75f, .72f, 0, .6f, .5f,
                                        0, .93f, .95f, 0, .5f,  .4f,  0, .3f, .2f};
const std::vector<float> example_anchors{.5f, .5f,   1, 1, .5f, .5f,   1, 1, .5f, .5f,    1, 1,
                                         .5f, 10.5f, 1, 1, .5f, 10.5f, 1, 1, .5f, 100.5f, 1, 1};

void expect_near(const std::vector<float>& got, const std::vector<float>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-5) << i;
}

TEST(DetectionPostprocess, FindsWhatTensorFlowLitesExampleHas) {
  Settings s{6, 2, 1, 3, 1, false, 0, 0.5f};
  const Found fast = run(s, example_boxes, example_scores, example_anchors);
  expect_near(fast.boxes, {0, 10, 1, 11, 0, 0, 1, 1, 0, 100, 1, 101});
  expect_near(fast.classes, {1, 0, 0});
  expect_near(fast.scores, {.95f, .9f, .3f});
  EXPECT_EQ(fast.count, 3);
  s.regular = true;
  const Found regular = run(s, example_boxes, example_scores, example_anchors);
  expect_near(regular.boxes, {0, 10, 1, 11, 0, 10, 1, 11, 0, 0, 0, 0});
  expect_near(regular.classes, {1, 0, 0});
  expect_near(regular.scores, {.95f, .93f, 0});
  EXPECT_EQ(regular.count, 2);
}

// The same by sorting all candidates, in double.
struct Reference {
  const Settings& s;
  std::vector<double> corners, scores;

  double overlap(size_t a, size_t b) const {
    const double *p = &corners[4 * a], *q = &corners[4 * b];
    const double height = std::min(p[2], q[2]) - std::max(p[0], q[0]);
    const double width = std::min(p[3], q[3]) - std::max(p[1], q[1]);
    const double both = std::max(height, 0.0) * std::max(width, 0.0);
    const double areas = (p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]);
    return both / (areas - both);
  }

  std::vector<size_t> kept(const std::vector<double>& of_box, int32_t most) const {
    std::vector<size_t> order(of_box.size()), result;
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, [&](size_t a, size_t b) { return of_box[a] > of_box[b]; });
    for (const size_t box : order) {
      if (of_box[box] < double{s.score_threshold} || static_cast<int32_t>(result.size()) == most) {
        continue;
      }
      const bool covered = std::ranges::any_of(
          result, [&](size_t other) { return overlap(other, box) > double{s.iou_threshold}; });
      if (!covered) result.push_back(box);
    }
    return result;
  }

  Found find() const {
    struct Hit {
      size_t box;
      int32_t of_class;
      double score;
    };
    std::vector<Hit> hits;
    const auto boxes = static_cast<size_t>(s.boxes);
    const auto score = [&](size_t box, int32_t k) {
      return scores[box * static_cast<size_t>(s.classes + s.background) +
                    static_cast<size_t>(k + s.background)];
    };
    std::vector<double> best(boxes, -1e9);
    std::vector<int32_t> best_class(boxes, 0);
    for (int32_t k = 0; k < s.classes; ++k) {
      std::vector<double> own;
      for (size_t i = 0; i < boxes; ++i) {
        own.push_back(score(i, k));
        if (own[i] > best[i]) best[i] = own[i], best_class[i] = k;
      }
      if (!s.regular) continue;
      for (const size_t box : kept(own, s.per_class)) hits.push_back({box, k, own[box]});
    }
    if (!s.regular) {
      for (const size_t i : kept(best, s.max_detections))
        hits.push_back({i, best_class[i], best[i]});
    }
    std::ranges::stable_sort(hits, [](const Hit& a, const Hit& b) { return a.score > b.score; });
    const auto rows = static_cast<size_t>(s.max_detections);
    hits.resize(std::min(hits.size(), rows));
    Found found{std::vector<float>(4 * rows, 0), std::vector<float>(rows, 0),
                std::vector<float>(rows, 0), static_cast<float>(hits.size())};
    for (size_t i = 0; i < hits.size(); ++i) {
      for (size_t k = 0; k < 4; ++k) {
        found.boxes[4 * i + k] = static_cast<float>(corners[4 * hits[i].box + k]);
      }
      found.classes[i] = static_cast<float>(hits[i].of_class);
      found.scores[i] = static_cast<float>(hits[i].score);
    }
    return found;
  }
};

void expect_reference(uint32_t seed) {
  SCOPED_TRACE(seed);
  TrialRandom random(seed);
  const Settings s{random.between(1, 60),   random.between(1, 5),   random.between(0, 1),
                   random.between(1, 20),   random.between(1, 8),   random.between(0, 1) != 0,
                   random.real(0.1f, 0.6f), random.real(0.2f, 0.7f)};
  const bool narrow = random.between(0, 1) != 0;
  const Quantization box_grid{{0.05f}, {3}, -1}, score_grid{{1.0f / 256}, {-128}, -1};
  const auto bytes = random.bytes(4 * s.boxes, -60, 60);
  const auto score_bytes = random.bytes(s.boxes * (s.classes + s.background), -128, 127);
  std::vector<float> boxes, scores, anchors;
  for (const int8_t b : bytes) boxes.push_back(0.05f * static_cast<float>(b - 3));
  for (const int8_t b : score_bytes) scores.push_back(static_cast<float>(b + 128) / 256);
  for (int32_t i = 0; i < s.boxes; ++i) {
    anchors.insert(anchors.end(), {random.real(0, 1), random.real(0, 1), random.real(0.1f, 0.5f),
                                   random.real(0.1f, 0.5f)});
  }
  Reference reference{s, {}, {scores.begin(), scores.end()}};
  for (size_t i = 0; i < boxes.size(); i += 4) {
    const auto at = [&](size_t k) { return double{boxes[i + k]}; };
    const auto anchor = [&](size_t k) { return double{anchors[i + k]}; };
    const double y = at(0) / 10 * anchor(2) + anchor(0), x = at(1) / 10 * anchor(3) + anchor(1);
    const double h = std::exp(at(2) / 5) * anchor(2) / 2, w = std::exp(at(3) / 5) * anchor(3) / 2;
    reference.corners.insert(reference.corners.end(), {y - h, x - w, y + h, x + w});
  }
  const Found expected = reference.find();
  const Found got = narrow ? run(s, bytes, score_bytes, anchors, box_grid, score_grid)
                           : run(s, boxes, scores, anchors);
  EXPECT_EQ(got.count, expected.count);
  EXPECT_EQ(got.classes, expected.classes);
  EXPECT_EQ(got.scores, expected.scores);
  expect_near(got.boxes, expected.boxes);
}

TEST(DetectionPostprocess, EqualsSortingInDouble) {
  for (uint32_t seed = 1; seed <= 200; ++seed) expect_reference(seed);
}

TEST(DetectionPostprocess, SuppressionSeesWhatIsActive) {
  // Equal scores: the first box wins, and of two boxes side by side both stay.
  const Settings s{3, 1, 0, 3, 3, false, 0.1f, 0.3f};
  const Found found = run<float>(s, std::vector<float>(12, 0), {.5f, .5f, .5f},
                                 {0, 0, 1, 1, 0, .2f, 1, 1, 5, 5, 1, 1});
  EXPECT_EQ(found.count, 2);
  expect_near(found.boxes, {-.5f, -.5f, .5f, .5f, 4.5f, 4.5f, 5.5f, 5.5f, 0, 0, 0, 0});
}

TEST(DetectionPostprocess, GoesBackToItsFile) {
  tflite::ModelBuilder b;
  const auto real = tflite::schema::TensorType_FLOAT32;
  const int32_t boxes = b.tensor({"boxes", real, {1, 6, 4}});
  const int32_t scores = b.tensor({"scores", real, {1, 6, 3}});
  const int32_t anchors = b.constant("anchors", real, {6, 4}, example_anchors);
  std::vector<int32_t> outputs;
  for (const std::vector<int32_t>& shape :
       std::vector<std::vector<int32_t>>{{1, 3, 4}, {1, 3}, {1, 3}, {1}}) {
    outputs.push_back(b.tensor({"out", real, shape}));
  }
  // Integers where TensorFlow's converter has reals, as some files do.
  b.custom("TFLite_Detection_PostProcess",
           {{"max_detections", 3},
            {"max_classes_per_detection", 1},
            {"num_classes", 2},
            {"nms_score_threshold", 0},
            {"nms_iou_threshold", 1},
            {"y_scale", 10},
            {"x_scale", 10},
            {"h_scale", 5},
            {"w_scale", 5}},
           {boxes, scores, anchors}, outputs);
  const Graph graph = tflite::import_tflite(b.finish({boxes, scores}, outputs), "detector");
  EXPECT_EQ(graph.nodes[0].integer("detections_per_class"), 100);
  const ExportedModel exported = export_tflite(graph);
  EXPECT_TRUE(exported.ran);
  EXPECT_EQ(difference(graph, tflite::import_tflite(exported.file, "again")), "");
}

}  // namespace
}  // namespace mote
