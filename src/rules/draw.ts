import { defineRule } from '../core/rule';

defineRule('Draw', { constant: true, uncapturable: 'it paints on a canvas each time the function runs' });
