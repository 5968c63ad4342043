// The few things that every picture of a report needs.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace mote::lab::report {

// `text` as the content of an element or of an attribute in double quotes. Control characters,
// which XML can't hold, are left out.
std::string escape(std::string_view text);

// `text` cut to about `width` pixels of 12-pixel type, with an ellipsis when it was longer. Counts
// code points.
std::string fit(const std::string& text, double width);

// 1234567 -> "1,234,567"
std::string grouped(int64_t value);

// A number in at most four significant digits.
std::string brief(double value);

// Round positions for an axis from `low` to `high`, about `count` of them.
std::vector<double> ticks_between(double low, double high, int count);

class Svg {
 public:
  // The picture scales to the page's width; `width` and `height` are its own units.
  // description: what a reader who can't see it has to know.
  Svg(double width, double height, std::string_view description);

  void rect(double x, double y, double width, double height, std::string_view css_class,
            std::string_view tooltip = {}, double opacity = 1);
  void line(double x1, double y1, double x2, double y2, std::string_view css_class);
  void text(double x, double y, std::string_view content, std::string_view css_class);
  // points: "x,y x,y ..."
  void polyline(const std::string& points, std::string_view css_class);
  void path(const std::string& commands, std::string_view css_class);

  std::string finish() { return std::move(text_) + "</svg>\n"; }

 private:
  std::string text_;
};

}  // namespace mote::lab::report
