import { defineBatching } from '../core/rule';
import { batching as conv2d } from './convolution/conv2d';
import { batching as conv3d } from './convolution/conv3d';
import { batching as depthwise } from './convolution/depthwise';
import { batching as filterGradient } from './convolution/filterGradient';
import { batching as inputGradient } from './convolution/inputGradient';
import { batching as bincount } from './indexing/bincount';
import { batching as gather } from './indexing/gather';
import { batching as segmentSum } from './indexing/segmentSum';
import { batching as sparseToDense } from './indexing/sparseToDense';
import { batching as matmul } from './matmul';
import { batching as multinomial } from './multinomial';
import { batching as maximum } from './pooling/maximum';
import { batching as select } from './select';
import { batching as broadcast } from './shape/broadcast';
import { batching as diag } from './shape/diag';
import { batching as spaceBatch } from './shape/spaceBatch';
import { batching as sparse } from './sparse';

/*
 * How kernels run on whole batches, where that takes more than a line: a table of its own beside the other rules of a file. Only what runs batches imports
 * them, so that they are not in a page that has gradients alone. (JAX keeps a table for each interpretation, too.)
 */
for (const table of [
  conv2d,
  conv3d,
  depthwise,
  filterGradient,
  inputGradient,
  bincount,
  gather,
  segmentSum,
  sparseToDense,
  matmul,
  multinomial,
  maximum,
  select,
  broadcast,
  diag,
  spaceBatch,
  sparse,
])
  defineBatching(table);
