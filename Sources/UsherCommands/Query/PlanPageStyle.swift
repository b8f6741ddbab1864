/// How the page of a plan looks: light and dark as the reader's system is, narrow on a phone, and black on white on paper.
enum PlanPageStyle {
  static let css = """
    :root { color-scheme: light dark; --text: #1c1e21; --dim: #5f6570; --back: #ffffff; --card: #f5f6f8; --line: #c9cdd4;
      --bar: #8fb1e3; --hot: #b3261e; --hotback: #fdeceb; --warn: #8a5a00; }
    @media (prefers-color-scheme: dark) {
      :root { --text: #e4e6ea; --dim: #a0a6b1; --back: #16181c; --card: #22252b; --line: #444a55; --bar: #4a70a8;
        --hot: #ff8a80; --hotback: #3a1f1e; --warn: #f0bf66; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
    main { max-width: 68rem; margin: 0 auto; padding: 1rem; }
    h1 { font-size: 1.4rem; margin: .2rem 0; }
    h2 { font-size: 1.05rem; margin: 1.4rem 0 .5rem; }
    .facts { color: var(--dim); margin: .3rem 0 .8rem; }
    pre.sql { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; margin: 0;
      white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
    ul.warnings { margin: 0; padding-left: 1.2rem; }
    ul.warnings li { margin: .3rem 0; overflow-wrap: anywhere; }
    ul.warnings li::marker { color: var(--warn); }
    .tree, .tree ul { list-style: none; margin: 0; padding: 0; }
    .tree ul { margin-left: .55rem; padding-left: .9rem; border-left: 1px solid var(--line); }
    .node { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .4rem .6rem; margin: .35rem 0;
      break-inside: avoid; }
    .node.costliest { border-color: var(--hot); background: var(--hotback); }
    .node.never { opacity: .65; }
    .title { display: flex; justify-content: space-between; gap: .8rem; }
    .name { font-weight: 600; overflow-wrap: anywhere; }
    .share { font-variant-numeric: tabular-nums; color: var(--dim); }
    .costliest .share { color: var(--hot); font-weight: 700; }
    .bar { height: 4px; border-radius: 2px; margin: .25rem 0; background: color-mix(in srgb, var(--line) 45%, transparent); }
    .bar i { display: block; height: 100%; border-radius: 2px; background: var(--bar); }
    .costliest .bar i { background: var(--hot); }
    .figures { font-variant-numeric: tabular-nums; }
    .detail { color: var(--dim); font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
    summary { cursor: pointer; color: var(--dim); }
    @media (max-width: 40rem) { main { padding: .6rem; } .tree ul { margin-left: .2rem; padding-left: .4rem; } }
    @media print {
      :root { color-scheme: light; --text: #000; --dim: #333; --back: #fff; --card: #fff; --line: #999; --hot: #900;
        --hotback: #fff; --bar: #777; }
      body { font-size: 11px; } main { max-width: none; padding: 0; }
      .bar i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
    """
}
