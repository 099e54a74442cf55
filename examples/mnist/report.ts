import * as tf from '@tensorflow/tfjs-core';
import { accuracyChart, lossChart } from './chart';
import { epochs } from './format';
import type { Filters } from './learner';
import type { Options } from './options';
import { pictures } from './pictures';
import { escapeHtml, htmlTable } from '../shared/html';
import { STYLE } from '../shared/reportStyle';
import { tableOf } from './table';
import type { Comparison } from './train';
import { verdict } from './verdict';

/** A comparison as one HTML page that needs nothing else: curves, the first layer's filters, the table, and what they say. */
export function report(comparison: Comparison, options: Options): string {
  const { accuracy, time } = verdict(comparison);
  const trained = comparison.ordinary.epochs.at(-1)?.epoch ?? 0;
  const stopped =
    trained < options.epochs
      ? `<p class="note">Stopped after ${epochs(trained)} of ${options.epochs} epochs.</p>`
      : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>MNIST with and without TrAct</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>MNIST with and without TrAct</h1>
<p>Two networks with the same initial parameters, trained on the same batches with Adam. One gets the ordinary gradient;
the other's first layer gets TrAct's, which does not let bright images move the weights most.</p>
</header>
${stopped}
<section class="verdict">
<p>${escapeHtml(accuracy)}</p>
<p>${escapeHtml(time)}</p>
</section>
<section class="charts">
<figure><figcaption><h2>Training loss</h2>${LEGEND}</figcaption>${lossChart(comparison)}</figure>
<figure><figcaption><h2>Accuracy on the test images, %</h2>${LEGEND}</figcaption>${accuracyChart(comparison)}</figure>
</section>
<section>
<h2>Filters of the first layer</h2>
${filterRow('at the start', comparison.ordinary.initialFilters)}
${filterRow('ordinary', comparison.ordinary.filters, 'ordinary')}
${filterRow('TrAct', comparison.tract.filters, 'tract')}
<p class="note">Columns show the same filter. Grey is 0, white its largest positive and black its largest negative weight.</p>
</section>
<section>
<h2>Numbers</h2>
${htmlTable(tableOf(comparison))}
</section>
<footer>${settings(options, comparison)}</footer>
</main>
</body>
</html>
`;
}

const LEGEND =
  '<span class="legend"><span class="key ordinary">ordinary</span><span class="key tract">TrAct</span></span>';

function filterRow(title: string, filters: Filters, key?: string): string {
  const images = pictures(filters).map(
    (source, i) => `<img src="${source}" alt="${title}: filter ${i + 1}">`,
  );
  const label = key ? `<span class="key ${key}">${title}</span>` : `<span>${title}</span>`;
  return `<div class="filters">${label}<div>${images.join('')}</div></div>`;
}

function settings(
  { seed, lambda, batch, rate, backend }: Options,
  { stepsPerEpoch, testImages }: Comparison,
): string {
  const facts = {
    seed,
    lambda,
    batch,
    'learning rate': rate,
    'steps per epoch': stepsPerEpoch,
    'test images': testImages,
    backend,
    'TensorFlow.js': tf.version_core,
    Node: process.version,
  };
  return Object.entries(facts)
    .map(([name, value]) => `<span>${name} <b>${escapeHtml(String(value))}</b></span>`)
    .join('\n');
}
