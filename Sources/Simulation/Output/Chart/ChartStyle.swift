/// Colours and type of every drawing. Fills of the four parts are distinct to the colour-blind (blue,
/// orange, teal and grey also differ in lightness); lines of worlds differ in dashes too. Text on
/// the page and on fills has a contrast of at least 4.5 to 1.
package enum ChartStyle {
  package static let light = """
    --page:#f7f7f5;--card:#ffffff;--ink:#181b20;--muted:#59616b;--rule:#e2e4e7;--axis:#aab0b8;
    --accent:#1d5fa6;
    --occupied:#1d5fa6;--on-occupied:#ffffff;--pickup:#e8961e;--on-pickup:#1c1400;
    --guided:#17806d;--on-guided:#ffffff;--idle:#cdd2d8;--on-idle:#23282e;
    --w-recorded:#666e78;--w0:#bd1f74;--w1:#181b20;--w2:#6a45c9;--w3:#767300;--w4:#9a5220;
    --m0:#cfe5b0;--m1:#a9d6b5;--m2:#63b9ba;--m3:#3390b8;--m4:#2c5f9e;--m5:#2b2c70;
    --m-unknown:#b9bfc7;--miss:#c8321f;--map:#f1f2f3;
    """

  package static let dark = """
    --page:#111417;--card:#191d22;--ink:#e9ebee;--muted:#a3acb6;--rule:#2d333a;--axis:#59626c;
    --accent:#78b4f2;
    --occupied:#5b9fe3;--on-occupied:#06121f;--pickup:#f2ab45;--on-pickup:#1c1400;
    --guided:#4fc0a8;--on-guided:#04140f;--idle:#4b535d;--on-idle:#f1f3f5;
    --w-recorded:#98a1ab;--w0:#ff7ab8;--w1:#f3f4f6;--w2:#b59cff;--w3:#cfcb4b;--w4:#e79a66;
    --m0:#34487a;--m1:#2f639b;--m2:#2f7ea6;--m3:#45a9b0;--m4:#8fd0a5;--m5:#eef3b4;
    --m-unknown:#6b747e;--miss:#ff7a62;--map:#14181c;
    """

  package static let fonts =
    "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"Helvetica Neue\",Arial,sans-serif"

  package static let rules = """
    .chart text{font-family:\(fonts);font-size:13px;fill:var(--ink)}
    .chart .t-strong{font-weight:650}
    .chart .t-title{font-weight:650;font-size:14px}
    .chart .t-head{font-weight:650;font-size:19px}
    .chart .t-muted{fill:var(--muted)}
    .chart .t-tick{fill:var(--muted);font-size:12px;font-variant-numeric:tabular-nums}
    .chart .t-number{font-variant-numeric:tabular-nums}
    .chart .t-big{font-weight:650;font-size:15px;font-variant-numeric:tabular-nums}
    .chart .t-on-occupied{fill:var(--on-occupied);font-size:12px}
    .chart .t-on-pickup{fill:var(--on-pickup);font-size:12px}
    .chart .t-on-guided{fill:var(--on-guided);font-size:12px}
    .chart .t-on-idle{fill:var(--on-idle);font-size:12px}
    .f-occupied{fill:var(--occupied)}.f-pickup{fill:var(--pickup)}
    .f-guided{fill:var(--guided)}.f-idle{fill:var(--idle)}
    .f-card{fill:var(--card)}.f-map{fill:var(--map)}
    .grid{stroke:var(--rule);stroke-width:1}
    .axis{stroke:var(--axis);stroke-width:1}
    .mark{stroke:var(--ink);stroke-width:1.25}
    .mark-soft{stroke:var(--ink);stroke-width:1.25;stroke-dasharray:3 3}
    .l{fill:none;stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
    .l-thin{stroke-width:1.4}
    .a{fill-opacity:.22}
    .s-recorded{stroke:var(--w-recorded)}.s-0{stroke:var(--w0)}.s-1{stroke:var(--w1)}
    .s-2{stroke:var(--w2);stroke-dasharray:7 4}.s-3{stroke:var(--w3);stroke-dasharray:2 4}
    .s-4{stroke:var(--w4);stroke-dasharray:9 4 2 4}
    .chart .b-recorded{fill:var(--w-recorded)}.chart .b-0{fill:var(--w0)}
    .chart .b-1{fill:var(--w1)}.chart .b-2{fill:var(--w2)}
    .chart .b-3{fill:var(--w3)}.chart .b-4{fill:var(--w4)}
    .solid{stroke-dasharray:none}
    .soft{fill-opacity:.55}
    .m0{fill:var(--m0)}.m1{fill:var(--m1)}.m2{fill:var(--m2)}.m3{fill:var(--m3)}
    .m4{fill:var(--m4)}.m5{fill:var(--m5)}.m-unknown{fill:var(--m-unknown)}
    .frame-soft{stroke:var(--rule)}
    .cells{shape-rendering:crispEdges}.frame{fill:none;stroke:var(--axis)}
    .miss{fill:var(--card);fill-opacity:.3;stroke:var(--miss);stroke-width:1.5}
    """

  /// The style sheet of a drawing that stands alone: the colours are put in place of the variables,
  /// which not every viewer of SVG files knows.
  package static var standalone: String {
    "\(fill(in: rules, from: light))\n@media (prefers-color-scheme:dark){\(fill(in: rules, from: dark))}"
  }

  private static func fill(in rules: String, from colours: String) -> String {
    var text = rules
    for pair in colours.split(separator: ";") {
      let parts = pair.split(separator: ":")
      guard parts.count == 2 else { continue }
      let name = parts[0].drop { $0 != "-" }
      text = text.replacing("var(\(name))", with: String(parts[1]))
    }
    return text
  }

  /// The class suffix of each world's line and bars: recorded data are grey, the others take turns.
  package static func series(_ worlds: [Figures]) -> [String] {
    var next = 0
    return worlds.map { figures in
      guard figures.world != "recorded" else { return "recorded" }
      defer { next += 1 }
      return String(next % 5)
    }
  }
}
