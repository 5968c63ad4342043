#include <stdexcept>

#include "lab/report/report.hpp"
#include "lab/report/svg.hpp"

namespace mote::lab::report {
namespace {

// Colours, of the page and of pictures that stand alone.
constexpr std::string_view palette = R"css(
:root { --paper:#fafaf7; --card:#ffffff; --ink:#1c2230; --muted:#667085; --line:#e4e5e1;
  --accent:#2563c9; --good:#12805c; --bad:#c2410c; --event:#b4236b; --on:#ffffff;
  --s0:#2563c9; --s1:#0f8a8a; --s2:#8a5cc2; --span0:#f3eee2; --span1:#e6eef8; --empty:#f1f1ed; }
@media (prefers-color-scheme: dark) { :root { --paper:#14171d; --card:#1c2028; --ink:#e8eaf0;
  --muted:#98a2b3; --line:#2d333e; --accent:#6ea3f5; --good:#3fbf8f; --bad:#f28a4b;
  --event:#f472b6; --on:#10131a; --s0:#6ea3f5; --s1:#45c4c4; --s2:#b895ea; --span0:#2a2722;
  --span1:#1f2a3a; --empty:#232833; } }
)css";

constexpr std::string_view page_style = R"css(* { box-sizing:border-box }
body { margin:0; background:var(--paper); color:var(--ink); line-height:1.5;
  font:16px/1.5 "Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,sans-serif }
main { max-width:1080px; margin:0 auto; padding:48px 24px 64px }
h1 { font-size:34px; line-height:1.15; letter-spacing:-.02em; margin:0 0 8px }
h2 { font-size:20px; letter-spacing:-.01em; margin:0 0 4px }
.lead { color:var(--muted); font-size:18px; margin:0 0 32px; max-width:46em }
p { margin:0 0 16px; max-width:52em; color:var(--muted) }
.tiles { display:grid; grid-template-columns:repeat(auto-fit,minmax(190px,1fr)); gap:14px;
  margin:0 0 32px; padding:0; list-style:none }
.tiles li, section { background:var(--card); border:1px solid var(--line); border-radius:12px }
.tiles li { padding:16px 18px }
.tiles b { display:block; font-size:28px; letter-spacing:-.02em; line-height:1.2;
  font-variant-numeric:tabular-nums }
.tiles span { display:block } .tiles small { color:var(--muted) }
section { padding:24px; margin:0 0 20px; overflow-x:auto }
ol.stages { list-style:none; counter-reset:stage; margin:8px 0 0; padding:0 }
ol.stages li { counter-increment:stage; display:grid; gap:2px 14px; padding:9px 0;
  grid-template-columns:28px minmax(110px,190px) 1fr 70px; border-top:1px solid var(--line) }
ol.stages li:first-child { border-top:0 }
ol.stages li::before { content:counter(stage); color:var(--on); background:var(--accent);
  border-radius:50%; width:24px; height:24px; text-align:center; font-size:13px;
  line-height:24px; font-weight:600 }
ol.stages .result { color:var(--muted) }
ol.stages .time { text-align:right; color:var(--muted); font-variant-numeric:tabular-nums }
table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums }
th, td { text-align:left; padding:6px 14px 6px 0; border-bottom:1px solid var(--line) }
th { color:var(--muted); font-weight:500 }
svg { width:100%; height:auto; display:block }
footer { color:var(--muted); font-size:14px; margin-top:32px }
@media (max-width:640px) { ol.stages li { grid-template-columns:28px 1fr 60px }
  ol.stages .result { grid-column:2 / -1; grid-row:2 } svg { min-width:560px } }
@media print { body { background:#fff } section, .tiles li { break-inside:avoid } }
)css";

constexpr std::string_view picture_style = R"css(svg { font-size:12.5px }
svg text { fill:var(--ink) } svg .small { font-size:11.5px } svg .muted { fill:var(--muted) }
svg .strong { font-weight:600; font-size:13px }
svg .middle { text-anchor:middle } svg .end { text-anchor:end } svg .on { fill:var(--on) }
svg .halo { paint-order:stroke; stroke:var(--card); stroke-width:4px; stroke-linejoin:round }
.good { fill:var(--good) } .bad { fill:var(--bad) } .empty { fill:var(--empty) }
.bar { fill:var(--accent) } .grid { stroke:var(--line) } .axis { stroke:var(--muted) }
.series0 { fill:var(--s0) } .series1 { fill:var(--s1) } .series2 { fill:var(--s2) }
.span0 { fill:var(--span0) } .span1 { fill:var(--span1) }
.event { stroke:var(--event); stroke-width:1.5; stroke-dasharray:4 3 }
.event_dot { fill:var(--event) } svg .event_text { fill:var(--event); font-weight:600 }
.buffer0, .buffer1, .buffer_scratch { stroke:var(--card); fill-opacity:.4 }
.buffer0 { fill:var(--s0) } .buffer1 { fill:var(--s1) } .buffer_scratch { fill:var(--bad) }
.node { fill:var(--span1); stroke:var(--line); rx:7px } .node_bad { stroke:var(--bad);
  stroke-width:2 } .arrow { fill:var(--muted) }
.curve0, .curve1, .curve2 { fill:none; stroke-width:2; stroke-linejoin:round }
.curve0 { stroke:var(--muted) } .curve1 { stroke:var(--s0) } .curve2 { stroke:var(--good) }
svg .curve0_text { fill:var(--muted) } svg .curve1_text { fill:var(--s0) }
svg .curve2_text { fill:var(--good) }
)css";

// For a picture without a page around it.
constexpr std::string_view alone_style = R"css(svg { background:var(--card);
  font-family:"Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,sans-serif }
)css";

}  // namespace

std::string table_html(const std::vector<std::vector<std::string>>& rows) {
  std::string text = "<table>\n";
  for (size_t r = 0; r < rows.size(); ++r) {
    const char* cell = r == 0 ? "th" : "td";
    text += "<tr>";
    for (const std::string& content : rows[r]) {
      text +=
          fmt::format("<{}{}>{}</{}>", cell, r == 0 ? " scope=\"col\"" : "", escape(content), cell);
    }
    text += "</tr>\n";
  }
  return text + "</table>\n";
}

std::string picture_file(const std::string& svg) {
  constexpr std::string_view start = "<svg viewBox=\"0 0 ";
  const size_t end = svg.find('>');
  if (!svg.starts_with(start) || end == std::string::npos) {
    throw std::invalid_argument("not a picture of this room");
  }
  const std::string size = svg.substr(start.size(), svg.find('"', start.size()) - start.size());
  const size_t space = size.find(' ');
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\"{}>\n<style>{}{}{}"
      "</style>\n{}",
      size.substr(0, space), size.substr(space + 1), svg.substr(4, end - 4), palette, picture_style,
      alone_style, svg.substr(end + 2));
}

std::string page_html(const Page& page) {
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light "
      "dark\">\n<title>{}</title>\n<style>{}{}{}</style>\n"
      "</head>\n<body>\n<main>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n",
      escape(page.title), palette, page_style, picture_style, escape(page.title),
      escape(page.subtitle));
  if (!page.tiles.empty()) text += "<ul class=\"tiles\">\n";
  for (const Tile& tile : page.tiles) {
    text += fmt::format("<li><b>{}</b><span>{}</span><small>{}</small></li>\n", escape(tile.value),
                        escape(tile.label), escape(tile.note));
  }
  if (!page.tiles.empty()) text += "</ul>\n";
  if (!page.stages.empty()) text += "<section>\n<h2>Stages</h2>\n<ol class=\"stages\">\n";
  for (const Stage& stage : page.stages) {
    text += fmt::format(
        "<li><span>{}</span><span class=\"result\">{}</span><span class=\"time\">{:.1f} "
        "s</span></li>\n",
        escape(stage.name), escape(stage.result), stage.seconds);
  }
  if (!page.stages.empty()) text += "</ol>\n</section>\n";
  for (const Section& section : page.sections) {
    text += fmt::format("<section>\n<h2>{}</h2>\n<p>{}</p>\n{}</section>\n", escape(section.title),
                        escape(section.text), section.body);
  }
  return text +
         fmt::format("<footer>{}</footer>\n</main>\n</body>\n</html>\n", escape(page.footer));
}

}  // namespace mote::lab::report
