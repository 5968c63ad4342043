#include "lab/report/svg.hpp"

#include <cmath>
#include <vector>

namespace mote::lab::report {

std::string escape(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') safe += c;
    }
  }
  return safe;
}

std::string fit(const std::string& text, double width) {
  constexpr double glyph = 6.6;  // average of a 12-pixel sans-serif
  const auto room = static_cast<size_t>(std::max(0.0, width / glyph));
  size_t seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    if (starts && ++seen > room) {
      size_t cut = i;  // one code point back makes room for the ellipsis
      if (room > 0) {
        do {
          --cut;
        } while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80);
      }
      return room == 0 ? "" : text.substr(0, cut) + "…";
    }
  }
  return text;
}

std::string grouped(int64_t value) {
  std::string digits = std::to_string(value);
  const int64_t first = value < 0 ? 1 : 0;
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > first; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

std::string brief(double value) {
  return fmt::format("{:.4g}", value);
}

std::vector<double> ticks_between(double low, double high, int count) {
  std::vector<double> ticks;
  const double range = high - low;
  if (!(range > 0) || !std::isfinite(range) || count < 1) return {low};
  const double raw = range / count;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw) {
      step = factor * power;
      break;
    }
  }
  const double first = std::ceil(low / step);
  for (int i = 0; i <= 2 * count + 2; ++i) {
    const double tick = (first + i) * step;
    if (tick > high + step * 1e-9) break;
    ticks.push_back(tick);
  }
  return ticks;
}

Svg::Svg(double width, double height, std::string_view description)
    : text_(fmt::format(
          "<svg viewBox=\"0 0 {:.0f} {:.0f}\" style=\"max-width:{:.0f}px\" role=\"img\" "
          "aria-label=\"{}\">\n",
          width, height, width, escape(description))) {}

void Svg::rect(double x, double y, double width, double height, std::string_view css_class,
               std::string_view tooltip, double opacity) {
  const std::string faded =
      opacity < 1 ? fmt::format(" fill-opacity=\"{:.3f}\"", opacity) : std::string();
  text_ += fmt::format(
      "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" class=\"{}\"{}", x, y,
      std::max(width, 0.0), std::max(height, 0.0), css_class, faded);
  text_ += tooltip.empty() ? "/>\n" : fmt::format("><title>{}</title></rect>\n", escape(tooltip));
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view css_class) {
  text_ +=
      fmt::format("<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" class=\"{}\"/>\n",
                  x1, y1, x2, y2, css_class);
}

void Svg::text(double x, double y, std::string_view content, std::string_view css_class) {
  text_ += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" class=\"{}\">{}</text>\n", x, y, css_class,
                       escape(content));
}

void Svg::polyline(const std::string& points, std::string_view css_class) {
  text_ += fmt::format("<polyline points=\"{}\" class=\"{}\"/>\n", points, css_class);
}

void Svg::path(const std::string& commands, std::string_view css_class) {
  text_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", commands, css_class);
}

}  // namespace mote::lab::report
