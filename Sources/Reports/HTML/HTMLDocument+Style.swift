extension HTMLDocument {
  /// Colours follow the reader's preference; below 640 pixels the tables scroll beside their first column; on paper
  /// nothing scrolls and bars keep their ink.
  static let styleSheet: Markup = """
    :root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --muted: #5b6671; --line: #dde2e7; --soft: #f4f6f8;
      --bar: #3d7ab8; --worse: #b42318; --better: #157347; --s0: #1f66ad; --s1: #b4540a; --s2: #157347; --s3: #8a3ba6;
      --s4: #8b6508; --s5: #b3266a; --on: #fff; --shade: #1b1f2440; }
    @media (prefers-color-scheme: dark) {
      :root { --paper: #14181c; --ink: #e5e9ed; --muted: #9ba6b1; --line: #2d343b; --soft: #1c2227;
        --bar: #5b9bd9; --worse: #ff9188; --better: #6fd09a; --s0: #6db1f2; --s1: #f3a15d; --s2: #6fd09a; --s3: #cf95e6;
        --s4: #e0c063; --s5: #f58ab9; --on: #0d1013; --shade: #ffffff40; }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 70rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
    h1 { margin: 0 0 1rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; text-wrap: balance; }
    h2 { margin: 3rem 0 .5rem; font-size: 1.3rem; overflow-wrap: anywhere; }
    h3 { margin: 2rem 0 .75rem; font-size: 1.05rem; }
    h4 { margin: 0 0 .25rem; font-size: 1rem; overflow-wrap: anywhere; }
    h4 span { margin-left: .4em; color: var(--muted); font-weight: 400; }
    .eyebrow { margin: 0 0 .25rem; color: var(--muted); font-size: .875rem; overflow-wrap: anywhere; }
    .verdict { max-width: 46rem; margin: 0; font-size: 1.125rem; overflow-wrap: anywhere; }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1.25rem 2rem;
      margin: 1.75rem 0 0; padding: 1.25rem 0; border-block: 1px solid var(--line); }
    .figures dt { color: var(--muted); font-size: .875rem; }
    .figures dd { margin: 0; font-size: 1.75rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
    .figures small { font-weight: 400; }
    small.seeds { max-width: 12rem; margin-left: auto; white-space: normal; }
    small { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; line-height: 1.35; }
    /* Paper that moves with the content covers the shadows at both edges, except where something is cut off. */
    .scroll, .chart { overflow-x: auto; background:
      linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% no-repeat local,
      linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% no-repeat local,
      linear-gradient(to right, var(--shade), transparent) left / .7rem 100% no-repeat scroll,
      linear-gradient(to left, var(--shade), transparent) right / .7rem 100% no-repeat scroll; }
    .scroll + .scroll { margin-top: 2rem; }
    table { width: 100%; border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; font-size: .9375rem; }
    caption { padding-bottom: .75rem; color: var(--muted); font-size: .875rem; text-align: left; }
    caption span { display: block; position: sticky; left: 0; width: fit-content; max-width: min(46rem, 100vw - 3rem); }
    th, td { padding: .5rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
    thead th, thead td { border-bottom: 1.5px solid var(--ink); font-size: .8125rem; vertical-align: bottom; }
    tbody th { position: sticky; left: 0; background: var(--paper); font-weight: 600; min-width: 6.5rem;
      overflow-wrap: anywhere; }
    th:first-child, td:first-child { padding-left: 0; }
    .number { text-align: right; white-space: nowrap; }
    .wrapping th { white-space: normal; }
    .nowrap { white-space: nowrap; }
    .bar { width: 30%; min-width: 6rem; }
    .track { position: relative; display: block; height: .7rem; margin-top: .4rem; background: var(--soft); }
    .track b { display: block; height: 100%; background: var(--bar); }
    .track i { position: absolute; top: -.2rem; bottom: -.2rem; width: 2px; margin-left: -1px; background: var(--ink); }
    .worse { color: var(--worse); }
    .better { color: var(--better); }
    .confused { min-width: 8rem; color: var(--muted); overflow-wrap: anywhere; }
    .path { min-width: 9rem; overflow-wrap: anywhere; }
    code { font: .8125rem/1.4 ui-monospace, "Liberation Mono", Menlo, monospace; }
    summary { margin: .75rem 0; cursor: pointer; }
    .galleries { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(30rem, 100%), 1fr)); gap: 2rem 2.5rem; }
    article { min-width: 0; break-inside: avoid; }
    .strip-title { margin: .5rem 0 .4rem; color: var(--muted); font-size: .8125rem; }
    .strip { display: flex; flex-wrap: wrap; gap: .4rem; }
    figure { margin: 0; max-width: 8rem; }
    figcaption { width: 0; min-width: 100%; margin-top: .15rem; color: var(--muted); font-size: .75rem; line-height: 1.25;
      overflow-wrap: anywhere; }
    img { display: block; background: var(--soft); }
    .pixels { image-rendering: pixelated; }
    .settings { columns: 2 22rem; column-gap: 2.5rem; margin: 0; font-size: .9375rem; }
    .settings div { display: flex; gap: 1rem; justify-content: space-between; padding: .3rem 0; break-inside: avoid;
      border-bottom: 1px solid var(--line); }
    .settings dt { color: var(--muted); overflow-wrap: anywhere; }
    .settings dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
    .note { max-width: 46rem; color: var(--muted); font-size: .875rem; }
    .charts { display: flex; flex-wrap: wrap; gap: 2rem 2.5rem; margin-top: 2rem; align-items: flex-start; }
    .panel { max-width: 100%; break-inside: avoid; }
    .panel.wide { flex: 1 1 100%; min-width: 0; }
    .panel > figcaption { width: auto; min-width: 0; max-width: 30rem; margin: 0 0 .5rem; font-size: .875rem; line-height: 1.4; }
    .panel strong { color: var(--ink); }
    .members { font-weight: 400; max-width: 40rem; }
    .chart { max-width: 100%; }
    .spaced { margin-bottom: 2rem; }
    .chart + .scroll { margin-top: 1.5rem; }
    /* Each has its own least width, at which letters can be read; below it the reader scrolls. */
    .chart svg { display: block; max-width: 100%; height: auto; font-size: 12px; }
    svg text { fill: var(--ink); }
    svg .mark { fill: var(--muted); }
    .grid { stroke: var(--line); fill: none; }
    .diagonal { stroke: var(--muted); stroke-dasharray: 4 4; fill: none; }
    .expected { stroke: var(--ink); stroke-width: 2; fill: none; }
    .frame { fill: none; stroke: var(--line); }
    .point { fill: var(--bar); fill-opacity: .8; }
    .point.failed { fill: var(--worse); }
    .right { fill: var(--bar); }
    .wrong { fill: var(--worse); }
    svg .on { fill: var(--on); }
    .line { fill: none; stroke-width: 2; stroke: currentColor; }
    .band { fill: currentColor; fill-opacity: .14; }
    .series circle { fill: currentColor; }
    .series circle.part { opacity: .6; }
    .series text { fill: currentColor; }
    .s0 { color: var(--s0); } .s1 { color: var(--s1); } .s2 { color: var(--s2); }
    .s3 { color: var(--s3); } .s4 { color: var(--s4); } .s5 { color: var(--s5); }
    .d1 .line { stroke-dasharray: 7 4; } .d2 .line { stroke-dasharray: 2 3; } .d3 .line { stroke-dasharray: 9 3 2 3; }
    .d4 .line { stroke-dasharray: 12 5; } .d5 .line { stroke-dasharray: 4 2; }
    .law { fill: none; stroke: currentColor; stroke-width: 1; stroke-opacity: .7; }
    th button { padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: inherit; cursor: pointer; }
    th button::after { content: "\\00a0↕"; color: var(--muted); font-weight: 400; }
    [aria-sort=ascending] button::after { content: "\\00a0↑"; color: inherit; }
    [aria-sort=descending] button::after { content: "\\00a0↓"; color: inherit; }
    .filter-line { display: flex; gap: 1rem; align-items: baseline; margin-bottom: .75rem; font-size: .875rem; }
    .filter input { margin-left: .3rem; padding: .25rem .5rem; border: 1px solid var(--muted); border-radius: 3px;
      background: var(--paper); color: var(--ink); font: inherit; }
    :focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
    .warnings { margin: 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
    footer { margin-top: 3rem; color: var(--muted); font-size: .875rem; max-width: 46rem; }
    @media (max-width: 640px) {
      body { padding: 1.5rem 1rem 3rem; }
      h1 { font-size: 1.5rem; }
      .verdict { font-size: 1.0625rem; }
      .figures { grid-template-columns: 1fr 1fr; gap: 1rem; }
      .figures dd { font-size: 1.4rem; }
      th, td { padding: .45rem .45rem; }
      .classes .bar, .classes .top5 { display: none; }
      .confused { min-width: 13rem; }
    }
    @media print {
      :root { font-size: 9pt; }
      body { max-width: none; padding: 0; }
      .scroll, .chart { overflow: visible; background: none; }
      th button::after, .filter-line { display: none; }
      .right, .wrong, .point, .band { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      tr, figure { break-inside: avoid; }
      h2, h3, h4 { break-after: avoid; }
      .track, .track b, .track i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
}
