export { aliases } from './aliases';
export { commonSubexpressions } from './commonSubexpressions';
export { constantFolding } from './constantFolding';
export { deadCode } from './deadCode';
export { fusion, fusionFor } from './fusion';
export { loops, type LoopTarget } from './loops';
export { REDUCTIONS, rows, type Rows } from './rows';
export { transposes } from './transposes';
export type { Pass } from './pass';
