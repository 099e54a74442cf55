import { defineRule } from '../core/rule';

defineRule('Draw', { constant: true, uncapturable: 'it paints on a canvas each time the function runs' });

// Its input is an image or canvas of the page, no tensor.
defineRule('FromPixels', {
  constant: true,
  uncapturable: 'what the page shows is read each time the function runs',
});
