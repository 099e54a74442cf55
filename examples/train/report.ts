import * as tf from '@tensorflow/tfjs-core';
import { escapeHtml, htmlTable } from '../shared/html';
import { STYLE } from '../shared/reportStyle';
import { accuracyChart, lossChart } from './chart';
import { comparisonTable } from './comparison';
import { byVariant, type Series } from './series';

/** All runs as one HTML page that needs nothing else: curves with intervals over the seeds, the table, the settings. */
export function report(series: readonly Series[], settings: Readonly<Record<string, unknown>>): string {
  const title = `${settings.model} on ${settings.data}`;
  const seeds = [...new Set(series.map(({ seed }) => seed))];
  const several = seeds.length > 1;
  const legend = byVariant(series)
    .map(([variant]) => `<span class="key ${variant.toLowerCase()}">${variant}</span>`)
    .join('');
  const figure = (heading: string, chart: string): string =>
    `<figure><figcaption><h2>${heading}</h2><span class="legend">${legend}</span></figcaption>${chart}</figure>`;
  const facts = {
    ...settings,
    seeds: seeds.join(', '),
    'TensorFlow.js': tf.version_core,
    Node: process.version,
  };
  const started = series.some(({ steps }) => steps.length > 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${several ? `Means over ${seeds.length} seeds; bands and ± are 95 % intervals of the mean.` : 'One seed.'} With the same seed,
runs with and without TrAct start from the same parameters and see the same batches; their difference is taken seed by seed.</p>
</header>
<section class="charts">
${started ? figure('Accuracy on the test pictures, %', accuracyChart(series)) : ''}
${started ? figure('Training loss', lossChart(series)) : ''}
</section>
<section>
<h2>Numbers</h2>
${htmlTable(comparisonTable(series))}
</section>
<footer>${Object.entries(facts)
    .map(([name, value]) => `<span>${escapeHtml(name)} <b>${escapeHtml(String(value))}</b></span>`)
    .join('\n')}</footer>
</main>
</body>
</html>
`;
}
