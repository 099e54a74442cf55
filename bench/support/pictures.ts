import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

// Pictures are shown on pages of any colour, so they bring their own.
const BACKGROUND = '#ffffff';
const COLORS: Record<string, string> = {
  'tf.layers': '#b3b3b3',
  eager: '#9ecae1',
  jit: '#1f77b4',
  'jit tract': '#17456b',
  'jax-js': '#ff9f1c',
  'pytorch 1 thread': '#d62728',
  'pytorch 2 threads': '#8c1a1a',
};

type Options = Parameters<typeof Plot.plot>[0];

function svg(options: Options): string {
  const { document } = parseHTML('<html></html>');
  const plot = Plot.plot({ document, style: { background: BACKGROUND, color: '#222' }, ...options });
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${plot.outerHTML}\n`;
}

/** Bars of multiples on a logarithmic axis, a group for each model. */
export function bars(data: { group: string; name: string; value: number }[], label: string): string {
  const names = Object.keys(COLORS).filter((name) => data.some((d) => d.name === name));
  const groups = [...new Set(data.map(({ group }) => group))];
  return svg({
    width: 900,
    height: 60 + groups.length * (names.length * 15 + 34),
    marginTop: 30,
    marginLeft: 20,
    marginRight: 190,
    x: { type: 'log', grid: true, label, tickFormat: '~g' },
    y: { axis: null, domain: names },
    fy: { axis: null, domain: groups, padding: 0.3 },
    color: { domain: names, range: names.map((name) => COLORS[name]!) },
    marks: [
      Plot.barX(data, {
        x1: 1,
        x2: 'value',
        y: 'name',
        fy: 'group',
        fill: 'name',
        insetTop: 1,
        insetBottom: 1,
      }),
      Plot.ruleX([1], { stroke: '#222' }),
      Plot.text(data, {
        x: (d: { value: number }) => Math.max(d.value, 1),
        y: 'name',
        fy: 'group',
        text: (d: { value: number; name: string }) => `${d.value.toPrecision(2)}  ${d.name}`,
        textAnchor: 'start',
        dx: 5,
      }),
      Plot.text(groups, {
        fy: (group: string) => group,
        text: (group: string) => group,
        frameAnchor: 'top-left',
        fontWeight: 'bold',
        dy: -14,
      }),
    ],
  });
}

/** Curves on logarithmic axes, each with its name at its end. */
export function curves(data: { curve: string; x: number; y: number }[], x: string, y: string): string {
  return svg({
    width: 760,
    height: 420,
    marginRight: 190,
    x: { type: 'log', grid: true, label: x, tickFormat: '~g' },
    y: { type: 'log', grid: true, label: y, tickFormat: '~g' },
    color: { type: 'categorical' },
    marks: [
      Plot.line(data, { x: 'x', y: 'y', z: 'curve', stroke: 'curve', strokeWidth: 2 }),
      Plot.dot(data, { x: 'x', y: 'y', fill: 'curve', r: 3 }),
      Plot.text(
        data,
        Plot.selectLast({ x: 'x', y: 'y', z: 'curve', text: 'curve', textAnchor: 'start', dx: 8 }),
      ),
    ],
  });
}
