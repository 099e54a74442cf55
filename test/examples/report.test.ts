import { parseHTML } from 'linkedom';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import type { Options } from '../../examples/mnist/options';
import { report } from '../../examples/mnist/report';
import { tableOf } from '../../examples/mnist/table';
import { textOf } from '../../examples/shared/table';
import { verdict } from '../../examples/mnist/verdict';
import { comparison } from './comparison';

const options: Options = {
  epochs: 3,
  batch: 16,
  rate: 0.001,
  lambda: 0.1,
  seed: '<b>&"',
  backend: 'cpu',
  limit: 64,
  out: 'report.html',
};

describe('the report', () => {
  const html = report(comparison(), options);
  const { document } = parseHTML(html);

  test('needs nothing from elsewhere', () => {
    const outside = [...document.querySelectorAll('[src], [href], script, link, iframe, object')].filter(
      (element) => !element.getAttribute('src')?.startsWith('data:'),
    );
    expect(outside).toEqual([]);
    expect(html).not.toMatch(/https?:|url\(|@import/);
  });

  test('draws both curves of loss and of accuracy', () => {
    const charts = [...document.querySelectorAll('svg')].map((svg) => svg.outerHTML);
    expect(charts).toHaveLength(2);
    for (const chart of charts) {
      expect(chart).toContain('var(--ordinary)');
      expect(chart).toContain('var(--tract)');
      expect(chart).not.toMatch(/NaN|Infinity/);
    }
  });

  test('shows the filters at the start, and of both networks at the end', () => {
    const pictures = [...document.querySelectorAll('img')].map((image) => image.getAttribute('src')!);
    expect(pictures).toHaveLength(6);
    const { width, height, data } = PNG.sync.read(Buffer.from(pictures[0]!.split(',')[1]!, 'base64'));
    expect([width, height, data[0], data[4]]).toEqual([1, 2, 0, 191]); // -1 is black, 0.5 of 1 light grey
  });

  test('names the settings, escaped, and says where training was stopped', () => {
    expect(document.querySelector('footer')!.textContent).toContain('seed <b>&"');
    expect(document.body.textContent).toContain('Stopped after 2.5 of 3 epochs');
  });
});

test('the table holds every epoch, then times and overhead', () => {
  expect(textOf(tableOf(comparison())).split('\n')).toEqual([
    'epoch           accuracy   with TrAct   training loss   with TrAct',
    '------------------------------------------------------------------',
    '1                80.00 %      90.00 %          1.0000       1.0000',
    '2                80.00 %      90.00 %          0.5000       0.5000',
    '2.5              80.00 %      90.00 %          0.4000       0.4000',
    '------------------------------------------------------------------',
    'time per step    2.00 ms      3.00 ms',
    'overhead                         50 %',
  ]);
});

describe('the verdict follows from the numbers', () => {
  test.each([
    [{ ordinary: 8, tract: 9 }, 'shows no difference'],
    [{ ordinary: 5, tract: 5 }, 'shows no difference'],
    [{ ordinary: 1, tract: 9 }, 'TrAct is ahead'],
    [{ ordinary: 9, tract: 1 }, 'the ordinary gradient is ahead'],
  ])('%o', (right, judgement) => {
    expect(verdict(comparison(right)).accuracy).toContain(judgement);
  });
});
