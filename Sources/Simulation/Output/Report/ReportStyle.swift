/// The style sheet of the HTML report: one column, one sans-serif type, light or dark by the
/// reader's system, light on paper. No `<`, `&` or quotation beyond what XML allows as text.
enum ReportStyle {
  static var sheet: String {
    """
    :root{color-scheme:light dark;\(ChartStyle.light)}
    @media screen and (prefers-color-scheme:dark){:root{\(ChartStyle.dark)}}
    \(page)
    \(table)
    \(ChartStyle.rules)
    \(print)
    """
  }

  private static let page = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--page);color:var(--ink);
    font:16px/1.6 \(ChartStyle.fonts)}
    .wrap{max-width:1136px;margin:0 auto;padding:56px 48px 72px}
    header{margin-bottom:32px}
    .over{margin:0 0 10px;font-size:13px;font-weight:600;letter-spacing:.06em;
    text-transform:uppercase;color:var(--accent)}
    h1{margin:0;font-size:34px;line-height:1.2;font-weight:700;letter-spacing:-.015em;
    overflow-wrap:anywhere;text-wrap:balance}
    .meta{margin:14px 0 0;color:var(--muted);font-size:15px;overflow-wrap:anywhere}
    h2{margin:0 0 6px;font-size:21px;line-height:1.3;letter-spacing:-.005em}
    h3{margin:28px 0 8px;font-size:15px}
    section{margin-top:56px}
    p{margin:0 0 12px;max-width:76ch}
    .say{margin:0 0 22px;color:var(--muted)}
    .result{margin-top:0;padding:32px 36px 30px;background:var(--card);
    border:1px solid var(--rule);border-radius:14px}
    .lead{font-size:23px;line-height:1.4;font-weight:600;letter-spacing:-.01em;max-width:56ch;
    margin-bottom:14px;text-wrap:pretty;overflow-wrap:anywhere}
    .result p{overflow-wrap:anywhere}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:26px 22px;
    margin:28px 0 0;padding-top:26px;border-top:1px solid var(--rule)}
    .tiles dt{font-size:13px;color:var(--muted)}
    .tiles dd{margin:0}
    .tiles .value{font-size:30px;line-height:1.25;font-weight:650;letter-spacing:-.02em;
    font-variant-numeric:tabular-nums}
    .tiles .other{font-size:13px;line-height:1.5;color:var(--muted);
    font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    .tiles .change{color:var(--ink);font-weight:600;white-space:nowrap}
    figure{margin:0}
    .scroll{overflow-x:auto}
    .chart{display:block;width:100%;min-width:760px;height:auto}
    figcaption{margin-top:14px;font-size:14px;color:var(--muted);max-width:84ch}
    figure + figure{margin-top:36px}
    dl.words{display:grid;grid-template-columns:minmax(150px,220px) 1fr;gap:10px 28px;margin:0;
    font-size:15px}
    dl.words dt{font-weight:600}
    dl.words dd{margin:0;overflow-wrap:anywhere}
    ul.notes{margin:0;padding-left:20px;max-width:80ch}
    ul.notes li{margin-bottom:6px;overflow-wrap:anywhere}
    pre{margin:0;padding:14px 18px;background:var(--card);border:1px solid var(--rule);
    border-radius:8px;font:14px/1.5 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;
    white-space:pre-wrap;overflow-wrap:anywhere}
    footer{margin-top:56px;padding-top:20px;border-top:1px solid var(--rule);font-size:14px;
    color:var(--muted)}
    footer code{font:13px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
    @media (max-width:700px){.wrap{padding:32px 18px 48px}h1{font-size:27px}
    .result{padding:22px 20px}.lead{font-size:19px}
    dl.words{grid-template-columns:1fr;gap:2px}dl.words dd{margin-bottom:12px}}
    """

  private static let table = """
    table{border-collapse:collapse;font-size:15px;font-variant-numeric:tabular-nums}
    table.figures{width:100%;table-layout:fixed}
    table.few{max-width:700px}
    table.figures th:first-child{width:29%}table.few th:first-child{width:50%}
    table.figures thead th{overflow-wrap:break-word}
    th,td{padding:5px 0 5px 22px;text-align:right;vertical-align:baseline}
    th:first-child,td:first-child{padding-left:0;text-align:left;font-weight:400}
    thead th{padding-bottom:10px;font-weight:650;border-bottom:1.5px solid var(--ink);
    vertical-align:bottom}
    tbody tr{border-bottom:1px solid var(--rule)}
    tbody tr.group{border-bottom:1px solid var(--axis)}
    tbody tr.group th{padding-top:24px;font-weight:650}
    tr.key td,tr.key th:first-child{font-weight:650}
    tr.change td,tr.change th:first-child{font-size:14px;color:var(--muted)}
    tr.change th:first-child{padding-left:18px}
    .unit{color:var(--muted);font-weight:400}
    td.word,tr.key td.word{color:var(--muted);font-weight:400}
    table.clean{min-width:min(520px,100%)}
    """

  private static let print = """
    @media print{body{background:none;font-size:12px}.wrap{max-width:none;padding:0}
    .result{border-radius:0;padding:16px 18px}section{margin-top:28px}h1{font-size:26px}
    .lead{font-size:18px}.tiles .value{font-size:22px}.chart{min-width:0}
    figure,tr,.result,pre{break-inside:avoid}h2,h3,.say,tr.group{break-after:avoid}
    figcaption,dl.words,.tiles dt,.tiles .other,footer{font-size:11px}
    tr.change td,tr.change th:first-child{font-size:11px}
    table{font-size:12px}
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
    """
}
