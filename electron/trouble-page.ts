/**
 * The calm page the window shows while there is no agent to show anything: it cannot load what the agent serves, so it brings its own
 * few lines of style. It has no script and asks nobody for anything.
 */
import { troubleNumber } from '../contract/trouble.ts';

/** Everything but the page's own style is refused. */
export const TROUBLE_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function troublePage(): string {
  return `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<title>かざす窓口</title>
<style>
  html, body { height: 100%; margin: 0; }
  body {
    display: flex; flex-direction: column; justify-content: center; align-items: center; gap: 4vmin; padding: 6vmin; box-sizing: border-box;
    background: #fff; color: #1a1a1a; text-align: center; user-select: none; cursor: default;
    font-family: "BIZ UDPGothic", "BIZ UDGothic", "IPAGothic", "Noto Sans CJK JP", sans-serif;
  }
  h1 { margin: 0; font-size: 8vmin; line-height: 1.4; }
  p { margin: 0; font-size: 4.5vmin; line-height: 1.6; }
  .number { padding: 1.5vmin 5vmin; border: 0.4vmin solid #1a1a1a; border-radius: 1.5vmin; font-size: 6vmin; }
</style>
</head>
<body>
  <h1>職員をよんでください</h1>
  <p>いま準備をしています。<br>なくなったものは ありません。</p>
  <p class="number">番号 ${troubleNumber('agent-unreachable')}</p>
  <p lang="en">Please call a member of staff.</p>
</body>
</html>
`;
}
