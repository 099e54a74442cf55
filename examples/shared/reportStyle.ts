/** The report's style sheet: colours by name, so that light and dark differ in one place. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b2230; --soft: #5c677a; --line: #dfe3ea;
  --ordinary: #2563c9; --tract: #d9570b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151b; --card: #1b2029; --text: #e6e9ef; --soft: #98a2b3; --line: #303846;
    --ordinary: #77aaff; --tract: #ff9a4d;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.55 system-ui, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 20px 40px; display: grid; gap: 18px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 15px; margin: 0; }
p { margin: 0; }
header p { max-width: 78ch; }
header p, .note, footer { color: var(--soft); }
section, figure { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 0; }
section h2 { margin-bottom: 12px; }
.verdict { display: grid; gap: 8px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 18px; background: none; border: 0; padding: 0; }
figcaption { display: flex; flex-wrap: wrap; gap: 0 2px; align-items: baseline; margin-bottom: 8px; }
figcaption h2 { margin: 0 auto 0 0; }
svg { width: 100%; height: auto; color: var(--soft); }
.legend { white-space: nowrap; }
.legend .key { margin-right: 14px; }
.legend .key:last-child { margin: 0; }
.key { font-size: 13px; white-space: nowrap; }
.key::before { content: ''; display: inline-block; width: 16px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: middle; background: currentColor; }
.key.ordinary { color: var(--ordinary); }
.key.tract { color: var(--tract); }
.filters { display: grid; grid-template-columns: 96px 1fr; align-items: center; gap: 8px; margin-bottom: 8px; font-size: 13px; }
.filters div { display: grid; grid-template-columns: repeat(16, minmax(0, 50px)); gap: 5px; }
.filters img { width: 100%; image-rendering: pixelated; border-radius: 3px; display: block; }
.note { font-size: 13px; margin-top: 10px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; max-width: 640px; }
th, td { text-align: right; padding: 5px 10px; font-weight: 400; }
td { white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
thead th { color: var(--soft); font-size: 13px; }
thead tr, tbody tr:last-child { border-bottom: 1px solid var(--line); }
footer { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; }
footer b { color: var(--text); font-weight: 600; }
@media (max-width: 640px) { .filters { grid-template-columns: 1fr; } .filters div { grid-template-columns: repeat(8, 1fr); } }
`;
